#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Boot images: the C tool and the reference must agree, on good ones and on broken ones.

boot.py --hashsect PATH --mkelf PATH --reference DIR [--count N] [--seed N] [--tool-alone]

An ELF file is wrapped as kernels are: compressed in each way, inside an x86 boot image, an EFI zboot image, a unified
kernel image, signed or not. In scope loaded the digest is that of the ELF file; in scope file every byte around it counts,
and "compare" names what differs. N mutated images get one digest from both, or both refuse.
"""

import argparse
import bz2
import collections
import gzip
import json
import lzma
import os
import random
import shutil
import struct
import subprocess
import sys
import tempfile
import zlib

import pe_files as pe

BATCH = 100
FILTERS = [{"id": lzma.FILTER_X86}, {"id": lzma.FILTER_LZMA2, "dict_size": 1 << 20}]


def lz4(data):
    """Literals only."""
    out = b"\x02\x21\x4c\x18"
    for at in range(0, len(data), 8 << 20):
        part = data[at:at + (8 << 20)]
        length = len(part)
        block = bytes([min(length, 15) << 4])
        if length >= 15:
            block += b"\xff" * ((length - 15) // 255) + bytes([(length - 15) % 255])
        out += struct.pack("<I", len(block + part)) + block + part
    return out


def lzo(data):
    """Blocks that did not get smaller."""
    header = struct.pack(">HHHBBIIIIB", 0x1030, 0x20a0, 0x0940, 3, 9, 1, 0, 0, 0, 0)
    out = b"\x89LZO\0\r\n\x1a\n" + header + struct.pack(">I", zlib.adler32(header))
    for at in range(0, len(data), 0x40000):
        part = data[at:at + 0x40000]
        out += struct.pack(">III", len(part), len(part), zlib.adler32(part)) + part
    return out + bytes(4)


def lzop(data):
    return subprocess.run(["lzop", "-9"], input=data, capture_output=True, check=True).stdout


def zstd(data):
    return subprocess.run(["zstd", "-q", "-19", "--ultra", "--long=27", "--no-check"], input=data, capture_output=True,
                          check=True).stdout


# Name, how, whether the u32 with the size follows, whether the reference can read it.
COMPRESSIONS = (
    ("gzip", lambda data: gzip.compress(data, mtime=0), False, True),
    ("xz", lambda data: lzma.compress(data, check=lzma.CHECK_CRC32, filters=FILTERS), True, True),
    ("lzma", lambda data: lzma.compress(data, lzma.FORMAT_ALONE), True, True),
    ("bzip2", bz2.compress, True, True),
    ("lz4", lz4, True, True),
    ("lzo", lzo, True, False),
    ("lzo", lzop, True, False),
    ("zstd", zstd, True, False),
)

# Compressions that Python does not have, and the program for it.
PROGRAMS = {lzop: "lzop", zstd: "zstd"}

Case = collections.namedtuple("Case", "name data kernel readable pieces")


def with_size(compressed, content, sized):
    return compressed + (struct.pack("<I", len(content)) if sized else b"")


def bzimage(payload, tail=b"the decompressor" * 5):
    """A PE file whose header is that of an x86 boot image, too."""
    head = b"startup" * 3
    body = head + payload + tail
    body += bytes(-(len(body) + 4) % 16)
    image = bytearray(pe.make(sections=(0x600,), names=(b".setup",)))     # 0x400 + 0x600: 5 sectors
    image[0x1f1] = 4
    struct.pack_into("<I", image, 0x1f4, (len(body) + 4) // 16)
    image[0x1fe:0x200] = b"\x55\xaa"
    image[0x202:0x208] = b"HdrS\x0f\x02"
    struct.pack_into("<II", image, 0x248, len(head), len(payload))
    image += body
    return bytes(image) + struct.pack("<I", zlib.crc32(image) ^ 0xffffffff)


def zboot(payload, name, size):
    image = bytearray(pe.make(pe.ARM64, sections=(0x200,)))
    image[4:8] = b"zimg"
    struct.pack_into("<II", image, 8, len(image), size)
    image[24:24 + len(name)] = name.encode()
    return bytes(image) + payload + b"the stub" + bytes(-len(payload) % 8)


def uki(kernel, padding=5):
    size = len(kernel) + padding
    image = bytearray(pe.make(sections=(0x40, 0, 0x80), names=(b".cmdline", b".bss", b".osrel")))
    struct.pack_into("<I", image, 0x200, 0)
    at = pe.Layout(bytes(image))
    # A fourth header, behind the others, for what is appended.
    struct.pack_into("<H", image, at.header + 6, 4)
    struct.pack_into("<8sIIII", image, at.section_headers[-1] + 40, b".linux", len(kernel), 0x9000, size, len(image))
    return bytes(image) + kernel + bytes(padding) + b"tail"


class Boot:
    def __init__(self, arguments, folder):
        sys.path.insert(0, arguments.reference)
        from hashsect_reference import common, digest, policy  # the folder is known only now
        self.refused, self.file, self.policy = common.Refused, digest.HashsectFile, policy.load_policy("strict")
        self.arguments, self.folder = arguments, folder
        self.rng = random.Random(arguments.seed)
        self.passed = 0

    def fail(self, text):
        sys.exit(f"not ok - seed {self.arguments.seed}: {text}")

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, data):
        with open(self.path(name), "wb") as file:
            file.write(data)
        return self.path(name)

    def run(self, *words):
        done = subprocess.run([os.path.abspath(self.arguments.hashsect), *words], capture_output=True, check=False)
        return done.returncode, done.stdout.decode(), done.stderr.decode("utf-8", "replace")

    def expected(self, data, scope):
        try:
            return self.file(data, self.policy, [], scope, "sha256").tagged_digest()
        except self.refused as reason:
            return f"refused: {reason}"

    def digest(self, data, scope):
        status, out, err = self.run("digest", "-q", "--policy", "strict", "--scope", scope, self.write("image", data))
        self.passed += 1
        return out.split(" ")[0] if status == 0 else f"refused: {err}"

    def agree(self, case, data=None):
        """Both scopes of a file; the digest in scope file."""
        data = case.data if data is None else data
        found = {scope: self.digest(data, scope) for scope in ("loaded", "file")}
        for scope, tag in found.items():
            wanted = self.expected(data, scope)
            if case.readable and tag != wanted and not (tag.startswith("refused") and wanted.startswith("refused")):
                self.fail(f"{case.name}, scope {scope}: C says {tag}, the reference {wanted}")
        return found

    def cases(self, elf, signer):
        relocations = b"places to patch!"
        for name, compress, sized, readable in COMPRESSIONS:
            if compress in PROGRAMS and not shutil.which(PROGRAMS[compress]):
                print(f"skipped: payloads that {PROGRAMS[compress]} compressed: it is missing")
                continue
            for tail in (b"", relocations):
                packed = with_size(compress(elf + tail), elf + tail, sized)
                more = ["relocations"] if tail else []
                yield Case(f"bzimage, {name}", bzimage(packed), elf, readable, ["setup", "head", "decompressor", *more])
                yield Case(f"zboot, {name}", zboot(packed, name + "22" * (name == "zstd"), len(packed) - 4 * sized), elf, readable,
                           ["head", "decompressor", *more])
        image = bzimage(gzip.compress(elf + relocations, mtime=0))
        inside = ["setup", "head", "decompressor", "relocations"]
        outside = ["headers", "section .cmdline", "section .osrel", "padding of .linux", "rest"]
        yield Case("unified", uki(image), elf, True, outside + inside)
        yield Case("unified, vmlinux", uki(elf, 0), elf, True, [name for name in outside if name[0] != "p"])
        signed = pe.attach(image, pe.entry(pe.message(signer, pe.digest(image, padded=True))))
        whole = uki(signed)
        yield Case("unified, both signed", pe.attach(whole, pe.entry(pe.message(signer, pe.digest(whole, padded=True)))), elf, True,
                   outside + inside)

    def check(self, case):
        found = self.agree(case)
        bare = self.digest(case.kernel, "loaded")
        if found["loaded"].startswith("refused") or found["file"].startswith("refused"):
            self.fail(f"{case.name}: {found}")
        if "signed" not in case.name and found["loaded"] != bare:
            self.fail(f"{case.name}: scope loaded is {found['loaded']}, that of the kernel {bare}")
        status, out, err = self.run("digest", "--json", "--policy", "strict", self.write("image", case.data))
        layers = json.loads(out)["files"][0]["layers"]
        pieces = [piece["name"] for layer in layers for piece in layer.get("pieces", ())]
        if status or pieces != case.pieces:
            self.fail(f"{case.name}: pieces {pieces}, not {case.pieces}: {err}")

    def check_pieces(self, case, places):
        """A byte of each piece: it counts in scope file, and compare names it in both scopes."""
        a = self.write("a", case.data)
        for name, place in places:
            changed = bytearray(case.data)
            changed[place] ^= 1
            b = self.write("b", changed)
            self.agree(case, bytes(changed))
            status, out, err = self.run("compare", "--policy", "strict", "--scope", "loaded", a, b)
            first = f"equal but for the excluded bytes: around the kernel {name}"
            if status != 3 or f"around the kernel: {name}: different" not in out or out.splitlines()[0] != first:
                self.fail(f"{case.name}, {name}: scope loaded: exit status {status}: {out}{err}")
            status, out, err = self.run("compare", "--policy", "strict", a, b)
            if status != 1 or f"differs: surrounding {name}\n" not in out:
                self.fail(f"{case.name}, {name}: scope file: exit status {status}: {out}{err}")
            status, out, err = self.run("digest", "--manifest", "--policy", "strict", "--scope", "loaded", a)
            manifest = self.write("manifest", out.encode())
            status, out, err = self.run("compare", "--manifest", manifest, b)
            if status != 3:
                self.fail(f"{case.name}, {name}: with a manifest: exit status {status}: {out}{err}")
            self.passed += 4

    def check_worked_example(self):
        """FORMAT.md, section 12: the numbers of the document, from both."""
        elf = bytearray(64)
        elf[:7] = b"\x7fELF\2\1\1"
        struct.pack_into("<HHI", elf, 16, 1, 62, 1)
        elf[52] = 64
        block = b"\xf0\x31" + elf
        payload = b"\x02\x21\x4c\x18" + struct.pack("<I", len(block)) + block + struct.pack("<I", 64)
        image = bytearray(1024)
        image[0x1f1] = 1
        image[0x1fe:0x200] = b"\x55\xaa"
        image[0x202:0x208] = b"HdrS\x08\x02"
        struct.pack_into("<II", image, 0x248, 4, len(payload))
        image = bytes(image + b"head" + payload + b"tail")
        for scope, digest in (("file", "3583e536d41443f8370b7d6b3d37d1e779fec8abed1d1e418ba3abe920a51397"),
                              ("loaded", "64b05968a21968f2a843bf3bca5f68fe1de1cc6973aaf23a009beeaad9bca3db")):
            for tag in (self.digest(image, scope), self.expected(image, scope)):
                if tag != f"hashsect1:sha256:strict:{scope}:{digest}":
                    self.fail(f"the worked example, scope {scope}: {tag}")

    def check_refusals(self, elf):
        packed = gzip.compress(elf, mtime=0)
        sized = with_size(lzma.compress(elf, check=lzma.CHECK_CRC32), elf, True)

        def moved(at, value, of=bzimage(packed)):
            image = bytearray(of)
            struct.pack_into("<I", image, at, value)
            return bytes(image)

        for says, data in (
                ("the payload is not inside the file", moved(0x248, 0x7fffffff)),
                ("the payload is not inside the file", moved(0x24c, 0xffffffff)),
                ("not compressed in a way that kernels use", moved(0x248, 0)),
                ("cut off", moved(0x24c, len(packed) - 1)),
                ("bytes after its end", moved(0x24c, len(packed) + 1)),
                ("says two sizes", bzimage(sized[:-4] + struct.pack("<I", len(elf) + 1))),
                ("less than it says it holds", bzimage(lz4(elf) + struct.pack("<I", len(elf) + 1))),
                ("more than it says it holds", bzimage(lz4(elf) + struct.pack("<I", len(elf) - 1))),
                ("not one whole stream", bzimage(sized[:-4] + b"more" + sized[-4:])),
                ("not compressed in the way that the header says", zboot(packed, "xzkern", len(packed) - 4)),
                ("the payload is not inside the file", moved(8, 0, zboot(packed, "gzip", len(packed)))),
                ("the payload is not inside the file", moved(12, 0x7fffffff, zboot(packed, "gzip", len(packed)))),
                ("an overlap before section", moved(pe.Layout(uki(elf)).section_headers[-1] + 20, 0x400, uki(elf))),
                ("compressed more than once", zboot(gzip.compress(packed), "gzip", len(gzip.compress(packed))))):
            for scope in ("file", "loaded"):
                found = self.digest(data, scope)
                if not found.startswith("refused") or says not in found:
                    self.fail(f"not refused with '{says}': {found}")
                if not self.expected(data, scope).startswith("refused"):
                    self.fail(f"not refused by the reference, for '{says}'")

    def check_two_kinds(self, elf):
        """What would be a boot image for one loader and another one, or an ELF file, for others."""
        packed = gzip.compress(elf, mtime=0)
        image = bytearray(bzimage(packed))
        image[4:8] = b"zimg"
        struct.pack_into("<II", image, 8, 0xa15, len(packed))
        image[24:28] = b"gzip"
        linux = bytearray(uki(bytes(image)))
        linux[4:8] = b"zimg"
        for data in (image, linux):
            if "two boot images in one" not in self.digest(bytes(data), "file") or \
                    not self.expected(bytes(data), "file").startswith("refused"):
                self.fail("two boot images in one are not refused")
        # The header of a boot image in the middle of an ELF file.
        end = bytearray(elf + bytes(0x400))
        with_header = bytearray(bzimage(packed))
        with_header[:4] = b"\x7fELF"
        for data in (end, with_header):
            data[0x1fe:0x200], data[0x202:0x208] = b"\x55\xaa", b"HdrS\x0f\x02"
            struct.pack_into("<II", data, 0x248, 0, 16)
            if "boot image" in self.digest(bytes(data), "file") or "bzimage" in self.digest(bytes(data), "file"):
                self.fail("an ELF file is taken for a boot image")
            self.agree(Case("ELF with a boot header", bytes(data), elf, True, []))

    def check_raw(self):
        """Kernels that are no ELF file: one line that says what they are, also from inside other layers."""
        image = bytearray(pe.make(pe.ARM64))
        for at, magic, says in ((56, b"ARM\x64", "arm64"), (56, b"RSC\x05", "RISC-V"), (0x24, b"\x18\x28\x6f\x01", "ARM")):
            raw = bytes(image[:at] + magic + image[at + 4:])
            for data in (raw, gzip.compress(raw, mtime=0), zboot(gzip.compress(raw, mtime=0), "gzip", len(gzip.compress(raw, mtime=0))),
                         uki(raw)):
                found = self.digest(data, "file")
                if f"a raw {says} kernel" not in found or "--authenticode" not in found or found.count("\n") != 1:
                    self.fail(f"a raw kernel: {found}")

    def mutated(self, case):
        image = bytearray(case.data)
        for _ in range(self.rng.choice((1, 1, 1, 2, 3))):
            place = self.rng.choice((self.rng.randrange(len(image)), self.rng.randrange(min(0x400, len(image))),
                                     self.rng.choice((0x1f1, 0x1f4, 0x202, 0x206, 0x248, 0x24c, 8, 12, 24, 0x3c))))
            if self.rng.random() < 0.6:
                image[place] ^= 1 << self.rng.randrange(8)
            else:
                struct.pack_into("<I", image, min(place, len(image) - 4),
                                 self.rng.choice((0, 1, 0x10, len(image), 0xffffffff, self.rng.getrandbits(32))))
        if self.rng.random() < 0.15:
            del image[self.rng.randrange(len(image)):]
        return bytes(image)

    def check_mutations(self, cases):
        """Many in one run of the tool: its speed is that of starting it."""
        for start in range(0, self.arguments.count, BATCH):
            batch = []
            for i in range(start, min(start + BATCH, self.arguments.count)):
                case = self.rng.choice(cases)
                data = self.mutated(case)
                batch.append((case, data, self.write(f"m{i}", data)))
            scope = self.rng.choice(("file", "loaded"))
            status, out, err = self.run("digest", "-q", "--policy", "strict", "--scope", scope, *(path for _, _, path in batch))
            if status not in (0, 2) or "Sanitizer" in err or "runtime error" in err:
                self.fail(f"mutations from {start}: exit status {status}: {err[-3000:]}")
            found = {line.split("  ", 1)[1]: line.split("  ", 1)[0] for line in out.splitlines()}
            for case, data, path in batch:
                tag = found.get(path, "refused")
                wanted = self.expected(data, scope) if case.readable and not self.arguments.tool_alone else tag
                if tag != wanted and not (tag == "refused" and wanted.startswith("refused")):
                    shutil.copy(path, "boot-mutation")
                    about = [line for line in err.splitlines() if path + ":" in line]
                    self.fail(f"{case.name}, scope {scope}: C says {tag} {about}, the reference {wanted}: kept as boot-mutation")
                self.passed += 1
                os.unlink(path)

    def run_all(self):
        elf = subprocess.run([os.path.abspath(self.arguments.mkelf), "linked-64le", self.path("elf")], check=True,
                             capture_output=True)
        with open(self.path("elf"), "rb") as file:
            elf = file.read()
        cases = list(self.cases(elf, pe.Signer(self.folder, "signer")))
        for case in cases:
            self.check(case)
        self.check_pieces(cases[2], (("setup", 0x300), ("setup", 0x9ff), ("head", 0xa00), ("decompressor", len(cases[2].data) - 30)))
        self.check_pieces(cases[3], (("head", 0x300), ("decompressor", len(cases[3].data) - 8)))
        of_uki = next(case for case in cases if case.name == "unified")
        self.check_pieces(of_uki, (("headers", 0x3f0), ("section .cmdline", 0x400), ("section .osrel", 0x440),
                                   ("padding of .linux", len(of_uki.data) - 5), ("rest", len(of_uki.data) - 1)))
        self.check_worked_example()
        self.check_refusals(elf)
        self.check_raw()
        self.check_two_kinds(elf)
        self.check_mutations(cases)
        print(f"ok - {self.passed} checks of boot images")


def main():
    parser = argparse.ArgumentParser()
    for name in ("hashsect", "mkelf", "reference"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--tool-alone", action="store_true", help="mutated images are not given to the reference: many, quickly")
    with tempfile.TemporaryDirectory() as folder:
        Boot(parser.parse_args(), folder).run_all()


if __name__ == "__main__":
    main()
