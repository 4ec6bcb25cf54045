"""Lists what a screen reader sees of a program, one JSON object a line, once it shows a thing of the name asked for.

Arguments: the name of the program, the name of the thing, the seconds to wait.
"""

import json
import sys
import time

import gi

gi.require_version("Gio", "2.0")
from gi.repository import Gio, GLib  # noqa: E402

DEEPEST = 60


def switch_on():
    """Programs show themselves only where somebody says that there is a screen reader."""
    bus = Gio.bus_get_sync(Gio.BusType.SESSION)
    value = GLib.Variant("(ssv)", ("org.a11y.Status", "IsEnabled", GLib.Variant("b", True)))
    path, properties = "/org/a11y/bus", "org.freedesktop.DBus.Properties"
    bus.call_sync("org.a11y.Bus", path, properties, "Set", value, None, Gio.DBusCallFlags.NONE, -1)


def things(node, depth=0):
    """All that is below a node, itself first."""
    yield {"role": node.getRoleName(), "name": node.name, "usable": usable(node)}
    if depth < DEEPEST:
        for index in range(node.childCount):
            child = node.getChildAtIndex(index)
            if child is not None:
                yield from things(child, depth + 1)


def usable(node):
    try:
        return node.queryAction().nActions > 0
    except NotImplementedError:
        return False


def main():
    program, wanted, seconds = sys.argv[1], sys.argv[2], float(sys.argv[3])
    switch_on()
    import pyatspi

    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            shown = [app for app in pyatspi.Registry.getDesktop(0) if app is not None and app.name == program]
            found = [thing for app in shown for thing in things(app)]
        except (GLib.Error, LookupError):  # it changed while it was looked at
            found = []
        if any(thing["name"] == wanted for thing in found):
            for thing in found:
                print(json.dumps(thing))
            return
        time.sleep(0.3)
    sys.exit(f"no {wanted!r} in {program!r}; there is {[thing['name'] for thing in found]}")


if __name__ == "__main__":
    main()
