# SPDX-License-Identifier: GPL-2.0-or-later
"""PE files and their signatures, made by hand: nothing here is shared with the C. Imported by the tests beside it."""

import hashlib
import os
import struct
import subprocess

X86_64, ARM64, RISCV64, LOONGARCH64, I386 = 0x8664, 0xaa64, 0x5064, 0x6264, 0x14c
HEADER = 0x80


def element(tag, *contents):
    content = b"".join(contents)
    size = len(content)
    if size < 0x80:
        return bytes((tag, size)) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(length))) + length + content


def oid(text):
    numbers = [int(n) for n in text.split(".")]
    content = bytes((numbers[0] * 40 + numbers[1],))
    for number in numbers[2:]:
        digits = [number & 0x7f]
        while number > 0x7f:
            number >>= 7
            digits.append(0x80 | number & 0x7f)
        content += bytes(reversed(digits))
    return element(6, content)


NULL = element(5)
HASHES = {"sha1": "1.3.14.3.2.26", "sha256": "2.16.840.1.101.3.4.2.1", "sha384": "2.16.840.1.101.3.4.2.2",
          "sha512": "2.16.840.1.101.3.4.2.3"}
INDIRECT_DATA, PE_IMAGE = oid("1.3.6.1.4.1.311.2.1.4"), oid("1.3.6.1.4.1.311.2.1.15")


def algorithm(name):
    return element(0x30, oid(HASHES[name]), NULL)


def make(machine=X86_64, sections=(0x200, 0x400), tail=b"", plus=True, checksum=0, gap=0, names=(b".text", b".data", b".sbat")):
    """A file with sections of these sizes, one behind the other, and a tail; gap: bytes in front of the last section."""
    optional = struct.pack("<HBBIIIII", 0x20b if plus else 0x10b, 14, 0, 0, 0, 0, 0x1000, 0x1000)
    optional += struct.pack("<Q", 0x140000000) if plus else struct.pack("<II", 0x2000, 0x400000)
    optional += struct.pack("<IIHHHHHHIIIIHH", 0x1000, 0x200, 0, 0, 0, 0, 0, 0, 0, 0x9000, 0x400, checksum, 10, 0)
    optional += struct.pack("<QQQQ" if plus else "<IIII", 0, 0, 0, 0) + struct.pack("<II", 0, 16) + bytes(16 * 8)
    data = b"MZ" + bytes(0x3a) + struct.pack("<I", HEADER) + bytes(HEADER - 0x40)
    data += b"PE\0\0" + struct.pack("<HHIIIHH", machine, len(sections), 0, 0, 0, len(optional), 0x206) + optional
    offset, bodies = 0x400, b""
    for i, size in enumerate(sections):
        if gap and i == len(sections) - 1:
            offset += gap
            bodies += bytes(gap)
        data += struct.pack("<8sIIIIIIHHI", names[i], size - 8 if size > 8 else size, 0x1000 * (i + 1), size, offset, 0, 0, 0, 0,
                            0x60000020)
        bodies += hashlib.shake_128(b"%d" % i).digest(size)
        offset += size
    return data + bytes(0x400 - len(data)) + bodies + tail


class Layout:
    """Where the fields are."""

    def __init__(self, data):
        self.header = struct.unpack_from("<I", data, 0x3c)[0]
        self.optional = self.header + 24
        plus = struct.unpack_from("<H", data, self.optional)[0] == 0x20b
        self.checksum = self.optional + 64
        self.entry = self.optional + (112 if plus else 96) + 32
        self.headers = struct.unpack_from("<I", data, self.optional + 60)[0]
        self.table, self.table_size = struct.unpack_from("<II", data, self.entry)
        self.end = self.table if self.table_size else len(data)
        first = self.optional + struct.unpack_from("<H", data, self.header + 20)[0]
        self.section_headers = [first + 40 * i for i in range(struct.unpack_from("<H", data, self.header + 6)[0])]
        self.sections = [struct.unpack_from("<II", data, at + 16) for at in self.section_headers]


def digest(data, name="sha256", padded=False):
    """As firmware does it: UEFI 2.10, section 32.2.4; Microsoft's Authenticode_PE.docx, "Calculating the PE Image Hash"."""
    at = Layout(data)
    h = hashlib.new(name)
    h.update(data[:at.checksum] + data[at.checksum + 4:at.entry] + data[at.entry + 8:at.headers])
    done = at.headers
    for size, offset in sorted(at.sections, key=lambda s: s[1]):
        if size:
            h.update(data[offset:offset + size])
            done += size
    h.update(data[done:at.end])
    if padded:
        h.update(bytes(-at.end % 8))
    return h.digest()


def checksum(data, at):
    data = data[:at] + bytes(4) + data[at + 4:]
    total = sum(struct.unpack(f"<{(len(data) + 1) // 2}H", data + bytes(len(data) % 2)))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return total + len(data)


class Signer:
    """A key with a certificate, made by openssl."""

    def __init__(self, folder, name, issuer=None):
        self.base = os.path.join(folder, name)
        self.key, self.certificate = self.base + ".key", self.base + ".crt"
        command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", self.key, "-out", self.certificate,
                   "-subj", f"/CN={name}", "-days", "3650"]
        if issuer:
            command += ["-CA", issuer.certificate, "-CAkey", issuer.key]
        subprocess.run(command, check=True, capture_output=True)
        self.der = subprocess.run(["openssl", "x509", "-in", self.certificate, "-outform", "DER"], check=True,
                                  capture_output=True).stdout
        # Certificate ::= SEQUENCE { tbs SEQUENCE { [0] version, serial, algorithm, issuer, ...
        tbs = children(children(self.der)[0])
        self.serial, self.issuer = tbs[1], tbs[3]

    def sign(self, data, name):
        return subprocess.run(["openssl", "dgst", f"-{name}", "-sign", self.key], input=data, check=True,
                              capture_output=True).stdout


def header_size(data):
    return 2 if data[1] < 0x80 else 2 + (data[1] & 0x7f)


def children(data):
    """The elements in an element, whole."""
    found, at = [], header_size(data)
    while at < len(data):
        size = data[at + 1]
        if size & 0x80:
            count = size & 0x7f
            size = int.from_bytes(data[at + 2:at + 2 + count], "big") + count
        found.append(data[at:at + 2 + size])
        at += 2 + size
    return found


def message(signer, file_digest, name="sha256", file_hash=None, extra=(), certificates=(), unsigned=b"", image_type=PE_IMAGE,
            content_type=INDIRECT_DATA, claimed=None):
    """A PKCS#7 message as sbsign makes it; the words change one thing each."""
    image = element(0x30, image_type, element(0x30, element(3, b"\0"), element(0xa0, element(0xa2, element(0x80)))))
    content = element(0x30, image, element(0x30, algorithm(file_hash or name), element(4, file_digest)))
    inner = content[header_size(content):]
    attributes = b"".join([
        element(0x30, oid("1.2.840.113549.1.9.3"), element(0x31, content_type)),
        element(0x30, oid("1.2.840.113549.1.9.4"), element(0x31, element(4, claimed or hashlib.new(name, inner).digest()))),
        *extra])
    value = signer.sign(element(0x31, attributes), name)
    info = element(0x30, element(2, b"\1"), element(0x30, signer.issuer, signer.serial), algorithm(name),
                   element(0xa0, attributes), element(0x30, oid("1.2.840.113549.1.1.1"), NULL), element(4, value),
                   element(0xa1, unsigned) if unsigned else b"")
    signed = element(0x30, element(2, b"\1"), element(0x31, algorithm(name)),
                     element(0x30, INDIRECT_DATA, element(0xa0, content)),
                     element(0xa0, signer.der, *certificates), element(0x31, info))
    return element(0x30, oid("1.2.840.113549.1.7.2"), element(0xa0, signed))


def entry(der, padded_length=False, kind=2):
    """A WIN_CERTIFICATE, padded to 8."""
    padding = -(8 + len(der)) % 8
    return struct.pack("<IHH", 8 + len(der) + (padding if padded_length else 0), 0x200, kind) + der + bytes(padding)


def attach(data, table, summed=True):
    """The signed file."""
    at = Layout(data)
    data += bytes(-len(data) % 8)
    signed = bytearray(data + table)
    struct.pack_into("<II", signed, at.entry, len(data), len(table))
    if summed:
        struct.pack_into("<I", signed, at.checksum, checksum(bytes(signed), at.checksum))
    return bytes(signed)
