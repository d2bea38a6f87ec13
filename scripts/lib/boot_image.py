#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What a rebuild takes from a shipped x86 boot image.

boot_image.py payload BZIMAGE OUT           the compressed kernel, an ELF file
boot_image.py certificate KERNEL OUT        the certificate of the build's own key, DER

The place of the payload is in the boot protocol's header (Documentation/x86/boot.rst). The keyring is found by content:
certificates in a row, and behind them, where the next multiple of 8 is, two words of 8 bytes: the length of all of them, and
that of the first ones, which are the build's own (certs/system_certificates.S).
"""
import lzma
import struct
import subprocess
import sys
import zlib


def refuse(reason):
    sys.exit(f"boot_image.py: {sys.argv[2]}: {reason}")


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


def certificates_from(data, at):
    """Where the certificates in a row that begin there end, and where each does."""
    ends = []
    while data[at:at + 2] == b"\x30\x82" and data[at + 4:at + 6] == b"\x30\x82":
        at += 4 + struct.unpack_from(">H", data, at + 2)[0]
        if at > len(data):
            break
        ends.append(at)
    return ends


def certificate(kernel):
    found = set()
    at = kernel.find(b"\x30\x82")
    while at >= 0:
        for end in certificates_from(kernel, at):
            words = (end + 7) & ~7
            if at % 8 == 0 and words + 16 <= len(kernel):
                total, own = struct.unpack_from("<QQ", kernel, words)
                if total == end - at and own and at + own in certificates_from(kernel, at)[:1]:
                    found.add((at, own))
        at = kernel.find(b"\x30\x82", at + 1)
    if len(found) != 1:
        refuse(f"{len(found)} places that look like the keyring")
    at, own = found.pop()
    return kernel[at:at + own]


def main():
    action = {"payload": payload, "certificate": certificate}[sys.argv[1]]
    with open(sys.argv[2], "rb") as file:
        result = action(file.read())
    with open(sys.argv[3], "wb") as file:
        file.write(result)


main()
