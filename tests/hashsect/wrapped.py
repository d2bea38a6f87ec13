#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Wrapped files: the C tool and the reference must agree, on good layers and on broken ones.

wrapped.py --hashsect PATH --mkelf PATH --reference DIR [--count N] [--seed N]

A generated ELF file gets module trailers, with signatures and proofs, and is compressed; then bits, DER elements,
trailer fields or compressed bytes change. For each of N files both print the same digest, that of the bare file, or
both refuse; under the policy without rules, where trailers count, that of the bare file only where there is none.
zstd is missing here: Python's standard library has none.
"""
import argparse
import collections
import gzip
import lzma
import os
import random
import shutil
import subprocess
import sys
import tempfile
import zlib

BATCH = 250
MARKER = b"~Module signature appended~\n"
CASES = ("rela-64le", "rela-32be", "linked-64be", "keyring-64le")


def element(tag, *contents):
    content = b"".join(contents)
    size = len(content)
    if size < 0x80:
        return bytes((tag, size)) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(length))) + length + content


SHA256, SHA512 = bytes.fromhex("0609608648016503040201"), bytes.fromhex("0609608648016503040203")
SHA1, SHA3_256 = bytes.fromhex("06052b0e03021a"), bytes.fromhex("0609608648016503040208")
SHA224, MD5 = bytes.fromhex("0609608648016503040204"), bytes.fromhex("06082a864886f70d0205")
RSA, PSS = bytes.fromhex("06092a864886f70d010101"), bytes.fromhex("06092a864886f70d01010a")
ECDSA_SHA256, ECDSA_SHA1 = bytes.fromhex("06082a8648ce3d040302"), bytes.fromhex("06072a8648ce3d0401")
ECDSA_SHA3_256 = bytes.fromhex("060960864801650304030a")
ECDSA_SHA224 = bytes.fromhex("06082a8648ce3d040301")
SIGNED_DATA, DATA = bytes.fromhex("06092a864886f70d010702"), bytes.fromhex("06092a864886f70d010701")
NULL = b"\x05\x00"


def trailer(id_type, size):
    return bytes((0, 0, id_type, 0, 0, 0, 0, 0)) + size.to_bytes(4, "big") + MARKER


class Generator:
    """Wraps a file in a way that a fixed seed chooses; more or less often in a wrong way."""

    def __init__(self, rng):
        self.rng = rng

    def maybe(self, good, *others):
        """Mostly the first."""
        return self.rng.choice(others) if self.rng.randrange(14) == 0 else good

    def integer(self, size):
        first = self.maybe(self.rng.choice((1, 0x7F)), 0, 0x80, 0xFF)
        return element(0x02, bytes((first,)) + self.rng.randbytes(size - 1)) if size else element(0x02)

    def signature_value(self, digest):
        """signatureAlgorithm and signature."""
        pairs = {SHA256: ECDSA_SHA256, SHA1: ECDSA_SHA1, SHA3_256: ECDSA_SHA3_256, SHA224: ECDSA_SHA224}
        if digest not in pairs or self.rng.randrange(2):
            size = self.maybe(self.rng.choice((128, 256, 512, 1024)), 0, 127, 1025)
            algorithm = element(0x30, self.maybe(RSA, PSS, SHA256), self.maybe(NULL, b"", NULL + NULL))
            return algorithm + element(0x04, self.rng.randbytes(size))
        size = self.rng.choice((32, 48, 66, 67))
        value = element(0x30, self.integer(self.maybe(size, 0, 1, 68)), self.maybe(self.integer(size), b""))
        algorithm = element(0x30, self.maybe(pairs[digest], ECDSA_SHA256, RSA), self.maybe(b"", NULL))
        return algorithm + element(0x04, value + self.maybe(b"", b"\0"))

    def signer_name(self, version):
        if version == 3:
            return element(self.maybe(0x80, 0xA0, 0x81, 0x04), self.rng.randbytes(self.maybe(20, 0, 1, 64, 65)))
        text = element(0x0C, b"x" * self.maybe(self.rng.choice((1, 40)), 497, 496, 495, 494, 493, 492, 491, 490, 489))
        issuer = element(0x30, element(0x31, element(0x30, bytes.fromhex("0603550403"), text)))
        return element(self.maybe(0x30, 0x31), self.maybe(issuer, b"", issuer + issuer),
                       self.integer(self.maybe(self.rng.choice((1, 8, 20)), 0, 21)))

    def signature(self):
        version = self.rng.choice((1, 3))
        digest = self.maybe(self.rng.choice((SHA256, SHA256, SHA512, SHA1, SHA3_256, SHA224)), MD5, RSA)
        algorithm = element(0x30, digest, self.rng.choice((b"", NULL)))
        number = element(0x02, bytes((self.maybe(version, 0, 2, 4 - version),)))
        name = self.signer_name(self.maybe(version, 4 - version))
        signer = element(0x30, self.maybe(number, b"", b"\x02\x01\x01", b"\x02\x02\x00\x01"), name,
                         self.maybe(algorithm, b"", element(0x30, digest), element(0x30, digest, NULL)),
                         self.maybe(b"", element(0xA0), element(0xA0, element(0x30))), self.signature_value(digest),
                         self.maybe(b"", element(0xA1), element(0x05)))
        signed = element(0x30, number, element(0x31, algorithm, self.maybe(b"", algorithm)),
                         element(0x30, self.maybe(DATA, SIGNED_DATA), self.maybe(b"", element(0xA0, element(0x04)))),
                         self.maybe(b"", element(0xA0), element(0xA1)), element(0x31, signer, self.maybe(b"", signer)))
        message = element(0x30, self.maybe(SIGNED_DATA, DATA), element(self.maybe(0xA0, 0xA1, 0x30), signed))
        return message + self.maybe(b"", b"\0")

    def add_trailer(self, data):
        if self.rng.randrange(5):
            id_type, body = 2, bytearray(self.signature())
            if self.rng.randrange(6) == 0:
                body[self.rng.randrange(len(body))] ^= 1 << self.rng.randrange(8)
        else:
            id_type, body = 3, self.rng.randbytes(4 + 32 * self.maybe(self.rng.choice((1, 13, 32)), 0, 33))
            body += self.maybe(b"", b"\0")
        end = bytearray(trailer(self.maybe(id_type, 0, 1, 4, 5 - id_type), len(body)))
        if self.rng.randrange(12) == 0:   # as kernels before 4.3 have it: name, key identifier, signature
            name, key_id = (min(self.rng.choice((0, 20, 255)), len(body) // 2) for _ in range(2))
            end = bytearray(trailer(self.rng.choice((0, 1)), len(body) - name - key_id))
            end[0], end[1], end[3], end[4] = self.rng.randrange(3), self.rng.randrange(9), name, key_id
        if self.rng.randrange(12) == 0:
            end[self.rng.randrange(12)] ^= 1 << self.rng.randrange(8)
        return data + bytes(body) + bytes(end)

    def gzip_file(self, data):
        packed = bytearray(gzip.compress(data, self.rng.choice((1, 9)), mtime=self.rng.randrange(1 << 32)))
        packed[9] = self.rng.choice((0, 3, 255))
        if self.rng.randrange(6) == 0:   # flags, with what they announce, but for a header's CRC
            packed[3] = flags = self.rng.choice((1, 4, 8, 8, 8, 16, 2, 32, 0x80))
            packed[10:10] = {4: b"\x02\0ab", 8: b"name\0", 16: b"text\0"}.get(flags, b"")
            if flags == 2:
                packed[10:10] = (zlib.crc32(packed[:10]) & 0xFFFF).to_bytes(2, "little")
        return bytes(packed)

    def xz_file(self, data):
        check = self.rng.choice((lzma.CHECK_CRC32, lzma.CHECK_CRC32, lzma.CHECK_CRC64, lzma.CHECK_NONE,
                                 lzma.CHECK_SHA256))
        filters = [{"id": lzma.FILTER_LZMA2, "preset": 1}]
        if self.rng.randrange(4) == 0:
            filters.insert(0, {"id": lzma.FILTER_X86})
        return lzma.compress(data, lzma.FORMAT_XZ, check, filters=filters)

    def compress(self, data):
        pack = self.rng.choice((self.gzip_file, self.xz_file))
        packed = pack(data)
        way = self.rng.randrange(40)
        at = self.rng.randrange(len(packed))
        ways = {0: lambda: packed[:at], 1: lambda: packed[:-1], 2: lambda: packed + b"\0" * self.rng.choice((1, 4, 8)),
                3: lambda: packed + packed, 4: lambda: pack(packed), 5: lambda: packed + b"x",
                6: lambda: packed + pack(b""), 7: lambda: lzma.compress(data, lzma.FORMAT_ALONE),
                8: lambda: self.add_trailer(packed), 9: lambda: pack(b"") + packed}
        if way < 10:
            return ways[way]()
        if way < 20:
            near_end = len(packed) - 1 - self.rng.randrange(30)
            at = self.rng.choice((at, self.rng.randrange(min(40, len(packed))), near_end))
            flipped = bytearray(packed)
            flipped[at] ^= 1 << self.rng.randrange(8)
            return bytes(flipped)
        return packed

    def wrap(self, data):
        for _ in range(self.rng.choice((0, 1, 1, 1, 2))):
            data = self.add_trailer(data)
        if self.rng.randrange(30) == 0:
            data = data[self.rng.randrange(len(data)):]
        return self.compress(data) if self.rng.randrange(2) else data


class Run:
    def __init__(self, arguments):
        sys.path.insert(0, arguments.reference)
        from hashsect_reference import common, digest, policy  # the folder is known only now
        self.refused, self.file = common.Refused, digest.HashsectFile
        self.policies = {name: policy.load_policy(name) for name in ("linux", "strict")}
        self.arguments = arguments
        self.rng = random.Random(arguments.seed)
        self.counts = collections.Counter()
        self.directory = tempfile.mkdtemp(prefix="hashsect-wrapped-")

    def fail(self, text):
        print(f"not ok - {text}; kept: {self.directory}")
        sys.exit(1)

    def expected(self, data, policy):
        try:
            return self.file(data, self.policies[policy], [], "file", "sha256").tagged_digest(), ""
        except self.refused as reason:
            return None, str(reason)

    def compare(self, inputs):
        """inputs: pairs of a file and the digest of the bare one under `linux`."""
        paths = [os.path.join(self.directory, f"input-{i}") for i in range(len(inputs))]
        for path, (data, _) in zip(paths, inputs):
            with open(path, "wb") as file:
                file.write(data)
        for policy in self.policies:
            self.compare_under(policy, inputs, paths)

    def compare_under(self, policy, inputs, paths):
        result = subprocess.run([self.arguments.hashsect, "digest", "-q", "--policy", policy, *paths], capture_output=True,
                                timeout=600, stdin=subprocess.DEVNULL)
        if result.returncode not in (0, 2) or b"Sanitizer" in result.stderr or b"runtime error" in result.stderr:
            self.fail(f"digest: status {result.returncode}: {result.stderr[-2000:]!r}")
        found = {path: digest for digest, path in
                 (line.split("  ", 1) for line in result.stdout.decode().splitlines())}
        complaints = result.stderr.decode(errors="replace").splitlines()
        for path, (data, bare) in zip(paths, inputs):
            digest, reason = self.expected(data, policy)
            about = [line for line in complaints if line.startswith(f"hashsect: {path}: ")]
            if found.get(path) != digest or bool(about) == bool(digest) or len(about) > 1:
                self.fail(f"{path}: C says {found.get(path)} {about}, the reference {digest} {reason}")
            if policy == "linux" and digest not in (None, bare):
                self.fail(f"{path}: {digest}, not that of the bare file, {bare}")
            self.counts[policy + (" digest" if digest else " refused")] += 1

    def check_limits(self, data, bare):
        """16 layers are allowed, 17 are not; unpacking stops at the limit."""
        proof = bytes(36) + trailer(3, 36)
        inputs = [(data + proof * count, bare) for count in (15, 16, 17)]
        inputs += [(gzip.compress(data + proof * count), bare) for count in (15, 16)]
        before = dict(self.counts)
        self.compare(inputs + [(MARKER, bare), (b"x" * 12 + MARKER, bare), (b"", bare), (gzip.compress(b""), bare)])
        for policy in self.policies:
            if self.counts[policy + " refused"] - before.get(policy + " refused", 0) != 6:
                self.fail("the limit of layers is another one")

    def run(self):
        files = []
        for case in CASES:
            path = os.path.join(self.directory, case)
            subprocess.run([self.arguments.mkelf, case, path], check=True)
            with open(path, "rb") as file:
                data = file.read()
            files.append((data, self.expected(data, "linux")[0]))
        if None in [bare for _, bare in files]:
            self.fail("a case has no digest")
        self.check_limits(*files[0])
        generator, inputs = Generator(self.rng), []
        for _ in range(self.arguments.count):
            data, bare = self.rng.choice(files)
            inputs.append((generator.wrap(data), bare))
            if len(inputs) == BATCH:
                self.compare(inputs)
                inputs = []
        self.compare(inputs)
        shutil.rmtree(self.directory)
        if len(self.counts) != 4 or min(self.counts.values()) < self.arguments.count // 10:
            print(f"not ok - nearly all went one way: {dict(self.counts)}")
            return 1
        print("ok - " + ", ".join(f"{count} {name}" for name, count in sorted(self.counts.items())))
        return 0


def main():
    parser = argparse.ArgumentParser()
    for name in ("hashsect", "mkelf", "reference"):
        parser.add_argument("--" + name, required=True)
    parser.add_argument("--count", type=int, default=4000)
    parser.add_argument("--seed", type=int, default=20260104)
    return Run(parser.parse_args()).run()


if __name__ == "__main__":
    sys.exit(main())
