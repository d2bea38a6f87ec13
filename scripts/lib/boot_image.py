#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The compressed kernel in a shipped x86 boot image, an ELF file, decompressed.

boot_image.py BZIMAGE OUT

Its place is in the boot protocol's header (Documentation/x86/boot.rst). Nothing is proved of it here: what is taken out of it
is judged by those who read it.
"""
import lzma
import struct
import subprocess
import sys
import zlib


def refuse(reason):
    sys.exit(f"boot_image.py: {sys.argv[1]}: {reason}")


def decompressed(data):
    """The payload; most compressors' output is followed by four bytes with its size, which gzip's own has inside."""
    for magic, make in ((b"\x1f\x8b", lambda: zlib.decompressobj(31)),
                        (b"\xfd7zXZ\x00", lambda: lzma.LZMADecompressor(lzma.FORMAT_XZ)),
                        (b"\x5d\x00\x00", lambda: lzma.LZMADecompressor(lzma.FORMAT_ALONE))):
        if data.startswith(magic):
            try:
                return make().decompress(data)
            except (zlib.error, lzma.LZMAError) as error:
                refuse(f"its payload: {error}")
    for magic, command in ((b"\x02\x21\x4c\x18", "lz4"), (b"\x28\xb5\x2f\xfd", "zstd")):
        if data.startswith(magic):
            done = subprocess.run([command, "-dc"], input=data[:-4], stdout=subprocess.PIPE, check=False)
            if done.returncode:
                refuse(f"{command} cannot decompress its payload")
            return done.stdout
    return refuse(f"a payload that begins with {data[:4].hex()} is not known")


def payload(image):
    if len(image) < 0x250 or image[0x202:0x206] != b"HdrS" or struct.unpack_from("<H", image, 0x206)[0] < 0x208:
        refuse("no x86 boot image, or one of a protocol before 2.08")
    offset, length = struct.unpack_from("<II", image, 0x248)
    start = (image[0x1F1] + 1) * 512 + offset
    if start + length > len(image):
        refuse("its payload is cut off")
    return decompressed(image[start:start + length])


def main():
    with open(sys.argv[1], "rb") as file:
        result = payload(file.read())
    with open(sys.argv[2], "wb") as file:
        file.write(result)


main()
