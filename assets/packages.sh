#!/bin/sh
# Installs the Debian packages named that are missing: at once where we are root, else says the one line to run.
# On other systems it says what to look for and goes on.
set -eu

if ! command -v dpkg-query >/dev/null; then
    echo "No Debian here. If the build fails, install what these packages hold: $*" >&2
    exit 0
fi

missing=""
for package in "$@"; do
    if ! dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed'; then
        missing="$missing $package"
    fi
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" -ne 0 ]; then
    echo "Some system packages are missing. Please run this, and then make again:" >&2
    echo "  sudo apt-get install -y --no-install-recommends$missing" >&2
    exit 1
fi
echo "Installing missing system packages:$missing"
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq --no-install-recommends $missing >/dev/null
