#!/usr/bin/env python3
"""Draws the icon in every size from parlor.svg: assets/icons/*.png for Linux, parlor.icns for macOS, and
parlor.png for the window itself. Needs rsvg-convert (Debian: librsvg2-bin). The same version of it draws
the same pixels, so what is committed changes only with the drawing."""

import struct
import subprocess
from pathlib import Path

HERE = Path(__file__).parent
SIZES = [16, 22, 24, 32, 48, 64, 128, 256, 512]
# Which piece of an .icns file has which size: the ones that hold PNG.
ICNS = {b"icp4": 16, b"icp5": 32, b"icp6": 64, b"ic07": 128, b"ic08": 256, b"ic09": 512}


def draw(size: int) -> bytes:
    command = ["rsvg-convert", "--width", str(size), "--height", str(size), str(HERE / "parlor.svg")]
    return subprocess.run(command, check=True, capture_output=True).stdout


def icns(pictures: dict[int, bytes]) -> bytes:
    pieces = b"".join(name + struct.pack(">I", 8 + len(pictures[size])) + pictures[size] for name, size in ICNS.items())
    return b"icns" + struct.pack(">I", 8 + len(pieces)) + pieces


def main() -> None:
    (HERE / "icons").mkdir(exist_ok=True)
    pictures = {size: draw(size) for size in SIZES}
    for size, picture in pictures.items():
        (HERE / "icons" / f"{size}.png").write_bytes(picture)
    (HERE / "icons" / "parlor.icns").write_bytes(icns(pictures))
    (HERE / "parlor.png").write_bytes(pictures[256])


main()
