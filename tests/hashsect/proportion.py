#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""proportion.py --hashsect H --elfsect E [--kinds WORD]

Work in proportion to the input: inputs that are made to cost more than their size, each at one size and at four times that.
Counted are instructions (by valgrind, so that a busy machine changes nothing) and resident memory. Four times the input may
cost at most five times as many instructions, and of neither more than SECURITY.md says, for a byte.
"""
import argparse
import io
import json
import os
import re
import shutil
import struct
import subprocess
import sys
import tarfile
import tempfile

GROWTH = 5.0                 # times, for four times the input
INSTRUCTIONS = 4000          # for a byte
MEMORY = 64                  # bytes for a byte
ALWAYS = 50_000_000          # instructions that any input may take
# Each symbol has its name hashed, also one that it shares with others: up to 16 KiB for 24 bytes. Types are compared in as many
# rounds as they are nested deep, 1000 at most.
MORE = {"symbols of one long name": 30_000, "types of types": 30_000}


def names_of(wanted):
    """A table of names, and where each is in it: the end of a longer one does, as compilers have it."""
    table, places = bytearray(b"\0"), {b"": 0}
    for name in sorted(set(wanted), key=len, reverse=True):
        if name not in places:
            for i in range(len(name)):
                places.setdefault(name[i:], len(table) + i)
            table += name + b"\0"
    return bytes(table), places


class Section:
    def __init__(self, name, kind, content, flags=0, link=0, info=0, align=1, entsize=0):
        self.name, self.kind, self.content, self.flags = name, kind, content, flags
        self.link, self.info, self.align, self.entsize = link, info, align, entsize


def elf(sections, symbols=(), strings=b"\0", segment=None):
    """A 64-bit little-endian file for x86-64; with a segment, the one that is loaded, from its first section on, a linked one."""
    rows = list(sections)
    if symbols:
        rows.append(Section(b".symtab", 2, bytes(24) + b"".join(symbols), 0, len(rows) + 2, 1, 8, 24))
        rows.append(Section(b".strtab", 3, strings))
    table, places = names_of([row.name for row in rows] + [b".shstrtab"])
    rows.append(Section(b".shstrtab", 3, table))
    out, headers = bytearray(64 if segment is None else 4096), [bytes(64)]
    for row in rows:
        out += bytes(-len(out) % row.align)
        address = segment + len(out) if segment is not None and row.flags & 2 else 0
        headers.append(struct.pack("<IIQQQQIIQQ", places[row.name], row.kind, row.flags, address, len(out), len(row.content), row.link,
                                   row.info, row.align, row.entsize))
        out += row.content
    out += bytes(-len(out) % 8)
    count, kind, phoff = len(headers), 1, 0
    if segment is not None:
        size = len(rows[0].content)
        kind, phoff = 2, 64
        out[64:120] = struct.pack("<IIQQQQQQ", 1, 7, 4096, segment + 4096, segment + 4096, size, size, 4096)
    out[:64] = struct.pack("<16sHHIQQQIHHHHHH", b"\x7fELF\2\1\1", kind, 62, 1, 0, phoff, len(out), 0, 64, 56 if phoff else 0,
                           1 if phoff else 0, 64, count, count - 1)
    return bytes(out) + b"".join(headers)


def code(content=b"\x90" * 64):
    return Section(b".text", 1, content, 6, align=16)


def symbol(name, value=0, size=0):
    return struct.pack("<IBBHQQ", name, 18, 0, 1, value, size)


def sections_of_one_long_name(size):
    """Each is called what is left of one long name."""
    return elf([Section(b"x" * (1000 - i % 1000), 1, b"") for i in range(size // 64)])


def symbols_of_one_long_name(size):
    return elf([code()], [symbol(1 + i % 15000, i) for i in range(size // 24)], b"\0" + b"y" * 16000 + b"\0")


def relocations(size):
    rows = b"".join(struct.pack("<QQq", 4 * (i % 8), (1 + i % 3) << 32 | 2, i) for i in range(size // 24))
    return elf([code(), Section(b".rela.text", 4, rows, 64, 3, 1, 8, 24)], [symbol(1, i) for i in range(3)], b"\0a\0")


def notes(size):
    return elf([Section(b".note", 7, struct.pack("<III4s", 4, 0, 3, b"GNU\0") * (size // 16), 2, align=4)])


def functions(change):
    """As many as fit, each with other bytes."""
    def make(size):
        names = [b"f%d" % i for i in range(size // 64)]
        table, places = names_of(names)
        content = b"".join(struct.pack("<I", i * 2654435761 + change & 0xffffffff) + b"\x90" * 12 for i in range(len(names)))
        return elf([code(content)], [symbol(places[name], 16 * i, 16) for i, name in enumerate(names)], table)
    return make


def strings(change):
    def make(size):
        text = b"".join(b"%d%c\0" % (i * 7919, 97 + change) for i in range(size // 10))
        return elf([Section(b".rodata.str1.1", 1, text, 0x32, entsize=1)])
    return make


def looks_like(pattern):
    """A stripped kernel full of what looks like the beginning of something."""
    return lambda size: elf([code(pattern * (size // len(pattern)))], segment=0xffffffff81000000)


def manifest(size):
    return json.dumps({"hashsect": [{"a": [i, {}]} for i in range(size // 16)]}).encode()


def deep(size):
    return b'{"hashsect":' + b"[" * (size // 2) + b"]" * (size // 2) + b"}"


def archive(size):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for i in range(size // 512):
            tar.addfile(tarfile.TarInfo(f"lib/modules/{i}.ko"))
    return out.getvalue()


def long_path_archive(size):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.GNU_FORMAT) as tar:
        for i in range(size // 2560):
            tar.addfile(tarfile.TarInfo("d/" * 500 + str(i)))
    return out.getvalue()


def lines(text):
    return lambda size: b"".join(text % i for i in range(size // len(text % 100000)))


def der_length(size):
    return bytes([size]) if size < 128 else bytes([0x80 | (size.bit_length() + 7) // 8]) + size.to_bytes((size.bit_length() + 7) // 8, "big")


def der(size):
    """Nested as deep as a certificate is, again and again."""
    node = b"\5\0"
    for _ in range(12):
        node = b"\x30" + der_length(len(node)) + node
    nodes = node * (size // len(node))
    return b"\x30" + der_length(len(nodes)) + nodes


def signed(content):
    def make(size):
        message = content(size)
        return elf([code()]) + message + struct.pack(">BBBBB3xI", 0, 0, 2, 0, 0, len(message)) + b"~Module signature appended~\n"
    return make


def pe(size):
    count = min(size // 40, 65535)
    headers = bytearray(b"MZ" + bytes(58) + struct.pack("<I", 64))
    headers += b"PE\0\0" + struct.pack("<HHIIIHH", 0x8664, count, 0, 0, 0, 240, 0x22e)
    total = (len(headers) + 240 + 40 * count + 511) // 512 * 512
    optional = bytearray(240)
    optional[:2] = struct.pack("<H", 0x20b)
    optional[32:40] = struct.pack("<II", 4096, 512)
    optional[56:64] = struct.pack("<II", 1 << 30, total)
    optional[108:112] = struct.pack("<I", 16)
    headers += optional + b"".join(struct.pack("<8sIIIIIIHHI", b"s%d" % i, 512, 4096 * (i + 1), 512, total + 512 * i, 0, 0, 0, 0, 0)
                                   for i in range(count))
    return bytes(headers).ljust(total + 512 * count, b"\0")


def btf(size):
    """Structures of two pointers each, to the structures before: as many paths as leaves of a tree, but few types."""
    types, number = bytearray(struct.pack("<IIII", 1, 1 << 24, 4, 32)), 1
    while len(types) < size:
        inner = 1
        for _ in range(300):
            types += struct.pack("<III", 0, 2 << 24, inner)
            types += struct.pack("<III", 0, 4 << 24 | 2, 16) + struct.pack("<IIIIII", 1, number + 1, 0, 1, number + 1, 64)
            number += 2
            inner = number
    text = b"\0int\0"
    return struct.pack("<HBBIIIII", 0xeb9f, 1, 0, 24, 0, len(types), len(types), len(text)) + bytes(types) + text


# Name: what makes the input, and the commands: {} is the input, {other} is made by the second one of a pair, {out} may be written.
KINDS = {
    "sections of one long name": (sections_of_one_long_name, ("hashsect digest --policy strict {}", "elfsect list {}", "hashsect explain --policy strict {} {other}")),
    "symbols of one long name": (symbols_of_one_long_name, ("hashsect digest {}", "elfsect check {}")),
    "relocations": (relocations, ("hashsect digest {}", "elfsect inject --section .added --data /dev/null -o {out} {}")),
    "notes": (notes, ("hashsect digest --policy strict {}", "hashsect audit {}")),
    "functions that all differ": ((functions(0), functions(1)), ("hashsect explain {} {other}", "hashsect compare {} {other}")),
    "strings that all differ": ((strings(0), strings(1)), ("hashsect explain --policy strict {} {other}",)),
    "starts of certificates": (looks_like(b"\x30\x82\xff\xf0\x30\x82"),
                               ("hashsect audit {}", "elfsect keyring list {}", "hashsect sig collect -o {out} {}")),
    "starts of certificates in a row": (looks_like(b"\x30\x82\x01\x00" + bytes(256)), ("hashsect audit {}", "elfsect keyring list {}")),
    "starts of private keys in DER": (looks_like(b"\x30\x82\xff\xf0\x02\x01\x00"), ("hashsect audit {}",)),
    "starts of private keys in PEM": (looks_like(b"-----BEGIN PRIVATE KEY-----\nMII"), ("hashsect audit {}",)),
    "starts and ends of private keys": (looks_like(b"-----BEGIN RSA PRIVATE KEY-----\n-----END"), ("hashsect audit {}",)),
    "starts of compressed data": (looks_like(b"\xfd7zXZ\0\0\4\x1f\x8b\x08\0(\xb5/\xfd"), ("hashsect digest --policy strict {}", "hashsect audit {}")),
    "a wide manifest": (manifest, ("hashsect compare --manifest {} /dev/null",)),
    "a deep manifest": (deep, ("hashsect compare --manifest {} /dev/null",)),
    "a package of empty modules": (archive, ("hashsect compare {}.tar {other}.tar", "hashsect audit {}.tar",
                                             "hashsect sig collect -o {out} {}.tar")),
    "a package of deep folders": (long_path_archive, ("hashsect compare {}.tar {other}.tar",)),
    "a list of digests": (lines(b"hashsect1:sha256:linux:file:%064d  none\n"), ("hashsect digest --check {}",)),
    "nested DER as a signature": (signed(der), ("hashsect sig show {}", "hashsect digest {}", "hashsect audit {}")),
    "a PE file of sections": (pe, ("hashsect digest --authenticode {}", "hashsect sig show {}")),
    "types of types": (btf, ("hashsect btf compare {} {other}",)),
}


class Scene:
    def __init__(self, arguments, folder):
        self.tools = {"hashsect": os.path.abspath(arguments.hashsect), "elfsect": os.path.abspath(arguments.elfsect)}
        self.folder, self.wrong, self.counted = folder, 0, 0

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, content):
        with open(self.path(name), "wb") as file:
            file.write(content)
        if not os.path.exists(self.path(name + ".tar")):
            os.link(self.path(name), self.path(name + ".tar"))
        return len(content)

    def words(self, template):
        shutil.rmtree(self.path("out"), ignore_errors=True)
        if os.path.exists(self.path("out")):
            os.unlink(self.path("out"))
        tool, *words = template.split()
        places = {"other": self.path("other"), "out": self.path("out")}
        return [self.tools[tool], *(word.format(self.path("input"), **places) for word in words), "--no-sandbox"]

    def instructions(self, template):
        said = self.path("counted")
        ran = subprocess.run(["valgrind", "--tool=lackey", "--basic-counts=yes", "--log-file=" + said, *self.words(template)],
                             cwd=self.folder, capture_output=True, stdin=subprocess.DEVNULL, check=False)
        if ran.returncode not in (0, 1, 2, 3):
            self.fail(template, f"exit status {ran.returncode}: {ran.stderr.decode(errors='replace')[-300:]}")
        with open(said, encoding="utf-8", errors="replace") as file:
            return int(re.search(r"guest instrs: +([0-9,]+)", file.read()).group(1).replace(",", ""))

    def resident(self, template):
        """In bytes, at most."""
        process = subprocess.Popen(self.words(template), cwd=self.folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)
        _, process.returncode, usage = os.wait4(process.pid, 0)
        return usage.ru_maxrss * 1024

    def cost(self, template):
        return self.instructions(template), self.resident(template)

    def fail(self, what, why):
        self.wrong += 1
        print(f"not ok - {what}: {why}", flush=True)

    def try_kind(self, name, makers, templates, size):
        first, second = makers if isinstance(makers, tuple) else (makers, makers)
        results = []
        for times in (1, 4):
            written = self.write("input", first(size * times))
            self.write("other", second(size * times))
            results.append((written, [self.cost(template) for template in templates]))
        (small, costs), (large, more) = results
        for template, (instructions, resident), (instructions4, resident4) in zip(templates, costs, more):
            self.counted += 1
            what = f"{name}: {template.split()[0]} {template.split()[1]}"
            per_byte, memory = (instructions4 - instructions) / (large - small), max(0, resident4 - resident) / (large - small)
            print(f"{what}: {small} to {large} bytes: {instructions} to {instructions4} instructions, {per_byte:.0f} a byte more; "
                  f"{memory:.1f} bytes of memory a byte", flush=True)
            # What any input costs is no part of the growth; where it is nearly all, there is none.
            if instructions4 > ALWAYS and instructions4 > GROWTH * instructions:
                self.fail(what, f"{instructions4 / instructions:.1f} times the instructions for {large / small:.1f} times the bytes")
            if per_byte > MORE.get(name, INSTRUCTIONS):
                self.fail(what, f"{per_byte:.0f} instructions a byte")
            if memory > MEMORY:
                self.fail(what, f"{memory:.0f} bytes of memory a byte")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("hashsect", "elfsect"):
        parser.add_argument("--" + name, required=True)
    parser.add_argument("--size", type=int, default=16384)
    parser.add_argument("--kinds", default="")
    arguments = parser.parse_args()
    if not shutil.which("valgrind"):
        print("skipped: valgrind is missing, which counts instructions")
        return 77
    with tempfile.TemporaryDirectory() as folder:
        scene = Scene(arguments, folder)
        for name, (makers, templates) in KINDS.items():
            if arguments.kinds in name:
                scene.try_kind(name, makers, templates, arguments.size)
        print(f"{scene.counted} commands, {scene.wrong} wrong")
        return 1 if scene.wrong or not scene.counted else 0


if __name__ == "__main__":
    sys.exit(main())
