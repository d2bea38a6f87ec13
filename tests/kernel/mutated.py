#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""mutated.py --hashsect H --elfsect E [--count N] [--seed N] FILE...

Real kernels, modules, boot images and packages, with single fields of their structures changed, through every command that
reads such files. Whatever is in them: the exit status is 0, 1, 2 or 3; trouble is said in lines that name the tool; it ends
within a minute; no sanitizer reports; and no file but the named output appears or changes.
"""
import argparse
import collections
import os
import random
import shutil
import struct
import subprocess
import sys
import tempfile

SECONDS = 60
EXTREMES = (0, 1, 2, 3, 4, 7, 8, 0x7F, 0x80, 0xFF, 0x100, 0xFFF1, 0xFFFF, 0x10000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF,
            0x100000000, 0x7FFFFFFFFFFFFFFF, 0x8000000000000000, 0xFFFFFFFFFFFFFFF0, 0xFFFFFFFFFFFFFFFF)
TRAILER = b"~Module signature appended~\n"
MOST_FIELDS = 4096

# Kinds of files and the commands that read them: {} is the mutated file, {was} the file as it came, {out} may be written.
READ_BY_ALL = ("hashsect digest {}", "hashsect digest --scope loaded {}", "hashsect digest --policy strict {}",
               "hashsect digest --json {}", "hashsect compare {was} {}", "hashsect compare --json {} {was}",
               "hashsect audit {}", "hashsect audit --json {}", "hashsect explain {was} {}", "hashsect explain {} {was}",
               "hashsect explain --json {was} {}", "hashsect compare --html {out} {was} {}",
               "hashsect explain --html {out} {was} {}", "hashsect audit --html {out} {}",
               "hashsect sig show {}", "hashsect sig show --json {}", "hashsect sig verify {}", "hashsect sig collect -o {out} {}",
               "hashsect graft --from {} -o {out} {was}", "hashsect graft --from {was} -o {out} {}",
               "hashsect attest -o {out} {}")
SIGNED = ("hashsect sig strip -o {out} {}", "hashsect sig extract -o {out} {}", "hashsect sig extract --trailer -o {out} {}")
ELF = ("hashsect dump {}", "hashsect policy resolve -o {out} {}", "hashsect digest --manifest {}", "hashsect btf compare {was} {}",
       "hashsect modules list {}", "elfsect list {}", "elfsect list --hash --json {}", "elfsect check {}",
       "elfsect extract --section .text -o {out} {}", "elfsect remove --section .modinfo -o {out} {}",
       "elfsect remove --section .init.data -o {out} {}", "elfsect rename -o {out} {} .text=.other",
       "elfsect clear --section .data -o {out} {}", "elfsect inject --section .added --data {was} -o {out} {}",
       "elfsect inject --section .modinfo --data /dev/null -o {out} {}", "elfsect keyring list {}",
       "elfsect keyring remove --all -o {out} {}", "elfsect isolate {} --symbols __start_ro..__end_ro --into .apart -o {out}")
COMMANDS = {
    "elf": READ_BY_ALL + SIGNED + ELF,
    "pe": READ_BY_ALL + SIGNED + ("hashsect digest --authenticode {}", "elfsect keyring list {}"),
    "packed": READ_BY_ALL + SIGNED,
    "archive": READ_BY_ALL,
}


class Image:
    """A file that is changed, and where the fields of its structures are: (offset, width)."""

    def __init__(self, path):
        with open(path, "rb") as file:
            self.data = file.read()
        self.path = path
        data = self.data
        if data[:4] == b"\x7fELF":
            self.kind, self.order = "elf", "big" if data[5] == 2 else "little"
            self.groups = elf_fields(data)
        elif data[:2] == b"MZ" or data[0x202:0x206] == b"HdrS":
            self.kind, self.order = "pe", "little"
            self.groups = pe_fields(data)
        elif data[:8] == b"!<arch>\n" or data[257:262] == b"ustar":
            self.kind, self.order = "archive", "big"
            self.groups = archive_fields(data)
        else:
            self.kind, self.order = "packed", "little"
            self.groups = [[(at, 1) for at in (*range(min(64, len(data))), *range(max(0, len(data) - 64), len(data)))]]
        self.groups += der_fields(data)
        if data.endswith(TRAILER):
            at = len(data) - len(TRAILER) - 12
            self.groups.append([(at + i, 1) for i in range(5)] + [(at + 8, 4)] + [(at + 12 + i, 1) for i in range(len(TRAILER))])
        self.groups = [group for group in self.groups if group]

    def mutate(self, rng):
        data = bytearray(self.data)
        for _ in range(rng.choice((1, 1, 1, 2, 3))):
            rng.choice((self.set_field,) * 12 + (self.swap_fields, self.cut, self.leave_out, self.double, self.flip))(data, rng)
        if self.kind == "archive" and rng.randrange(4):
            mend_checksums(data)
        return data

    def field(self, rng):
        return rng.choice(rng.choice(self.groups))

    def get(self, data, at, width):
        return int.from_bytes(data[at:at + width], self.order)

    def put(self, data, at, width, value):
        if at + width <= len(data):
            data[at:at + width] = (value % (1 << 8 * width)).to_bytes(width, self.order)

    def set_field(self, data, rng):
        at, width = self.field(rng)
        old = self.get(data, at, width)
        other = self.get(data, *self.field(rng))
        self.put(data, at, width, rng.choice((old + rng.choice((-8, -4, -1, 1, 4, 8, 16, 4096)), old ^ 1 << rng.randrange(8 * width),
                                              other, len(data) - rng.choice((0, 1, old, at)), rng.choice(EXTREMES))))

    def swap_fields(self, data, rng):
        group = rng.choice(self.groups)
        (at, width), (to, _) = rng.choice(group), rng.choice(group)
        first, second = self.get(data, at, width), self.get(data, to, width)
        self.put(data, at, width, second)
        self.put(data, to, width, first)

    def cut(self, data, rng):
        del data[rng.choice((self.field(rng)[0], rng.randrange(len(data)))):]
        data += b"" if data else b"x"

    def leave_out(self, data, rng):
        at = self.field(rng)[0]
        del data[at:at + rng.choice((1, 2, 4, 8, 64, 4096))]
        data += b"" if data else b"x"

    def double(self, data, rng):
        at, size = self.field(rng)[0], rng.choice((1, 4, 8, 64, 4096))
        data[at:at] = data[at:at + size]

    def flip(self, data, rng):
        data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)


def entries(offset, size, entry, fields, most=MOST_FIELDS):
    """Fields of a table: some of its entries, the first and last among them."""
    count = size // entry if entry else 0
    step = max(1, count * len(fields) // most)
    return [(offset + entry * i + at, width) for i in (*range(0, count, step), *range(max(0, count - 4), count)) for at, width in fields]


def elf_fields(data):
    order, wide = "<>"[data[5] == 2], data[4] == 2
    words = {4: tuple((at, 4) for at in range(0, 16, 4)), 9: ((0, 4), (4, 4)), 2: tuple((at, 4) for at in range(0, 16, 4))}
    if wide:
        phoff, shoff = struct.unpack_from(order + "QQ", data, 32)
        phentsize, phnum, shentsize, shnum = struct.unpack_from(order + "HHHH", data, 54)
        header = [(16, 2), (18, 2), (20, 4), (24, 8), (32, 8), (40, 8), (48, 4)] + [(at, 2) for at in range(52, 64, 2)]
        segment = ((0, 4), (4, 4)) + tuple((at, 8) for at in range(8, 56, 8))
        section = ((0, 4), (4, 4), (8, 8), (16, 8), (24, 8), (32, 8), (40, 4), (44, 4), (48, 8), (56, 8))
        words = {4: ((0, 8), (8, 4), (12, 4), (16, 8)), 9: ((0, 8), (8, 4), (12, 4)),
                 2: ((0, 4), (4, 1), (5, 1), (6, 2), (8, 8), (16, 8))}
    else:
        phoff, shoff = struct.unpack_from(order + "II", data, 28)
        phentsize, phnum, shentsize, shnum = struct.unpack_from(order + "HHHH", data, 42)
        header = [(16, 2), (18, 2)] + [(at, 4) for at in range(20, 40, 4)] + [(at, 2) for at in range(40, 52, 2)]
        segment = tuple((at, 4) for at in range(0, 32, 4))
        section = tuple((at, 4) for at in range(0, 40, 4))
    header += [(at, 1) for at in range(4, 16)]
    groups = [header, entries(phoff, phentsize * phnum, phentsize, segment), entries(shoff, shentsize * shnum, shentsize, section)]
    strings = []
    for i in range(shnum):
        at = shoff + shentsize * i
        name_type = struct.unpack_from(order + "I", data, at + 4)[0]
        offset, size = struct.unpack_from(order + "QQ", data, at + 24) if wide else struct.unpack_from(order + "II", data, at + 16)
        if name_type in words:
            entry = {2: 24 if wide else 16, 4: 24 if wide else 12, 9: 16 if wide else 8}[name_type]
            groups.append(entries(offset, size, entry, words[name_type], 512))
        elif name_type == 7:
            groups.append(entries(offset, min(size, 64), 4, ((0, 4),)))
        elif name_type == 3:
            strings += entries(offset, size, 1, ((0, 1),), 256)
        elif name_type == 1 and size:
            groups.append(entries(offset, size, 8, ((0, 8), (0, 1)), 64))
    # Headers are few among many tables, and matter most.
    return [*[group for group in groups[:3] for _ in range(max(1, len(groups) // 4))], *groups[3:], strings]


def pe_fields(data):
    setup = [(0x1f1 + at, width) for at, width in ((0, 1), (1, 2), (3, 4), (13, 2), (15, 4), (21, 2), (32, 1), (33, 1), (35, 4), (55, 4),
                                                  (61, 4), (67, 4), (71, 4), (75, 1), (76, 1), (87, 4), (91, 4), (95, 8), (111, 4), (115, 4))]
    at = struct.unpack_from("<I", data, 0x3c)[0]
    if data[at:at + 4] != b"PE\0\0":
        return [setup]
    count, size = struct.unpack_from("<H", data, at + 6)[0], struct.unpack_from("<H", data, at + 20)[0]
    headers = [(0x3c, 4)] + [(at + 4 + i, 2) for i in range(0, 20, 2)] + [(at + 24 + i, 4) for i in range(0, size, 4)]
    table = at + 24 + size
    sections = entries(table, 40 * count, 40, tuple((i, 4) for i in range(8, 40, 4)))
    directory = at + 24 + (112 if data[at + 24:at + 26] == b"\x0b\x02" else 96) + 32
    where, length = struct.unpack_from("<II", data, directory)
    certificates = [(directory, 4), (directory + 4, 4)]
    if length:
        certificates += [(where, 4), (where + 4, 2), (where + 6, 2)]
    return [setup, headers, sections, certificates, [(len(data) - 4, 4), (0, 2)]]


def archive_fields(data):
    if data[:8] == b"!<arch>\n":
        fields, at = [], 8
        while at + 60 <= len(data):
            fields += [(at + i, 1) for i in range(60)]
            at += 60 + int(data[at + 48:at + 58] or b"0")
            at += at % 2
        return [fields]
    fields, at = [], 0
    while at + 512 <= len(data) and data[at]:
        fields += [(at + i, 1) for i in (*range(0, 24), *range(100, 157), *range(157, 181), *range(257, 265), *range(345, 360))]
        at += 512 + (int(data[at + 124:at + 135].strip(b"\0 ") or b"0", 8) + 511) // 512 * 512
    return [fields]


def mend_checksums(data):
    """Of tar headers, so that what is behind them is looked at."""
    for at in range(0, len(data) - 511, 512):
        if data[at + 257:at + 262] == b"ustar":
            data[at + 148:at + 156] = b" " * 8
            data[at + 148:at + 156] = b"%06o\0 " % sum(data[at:at + 512])


def der_fields(data):
    """Tags and lengths of certificates and signatures, wherever they lie."""
    fields, at = [], -1
    while len(fields) < MOST_FIELDS and (at := data.find(b"\x30\x82", at + 1)) >= 0:
        nodes = []
        if walk_der(data, at, at + 4 + struct.unpack_from(">H", data, at + 2)[0] if at + 4 <= len(data) else 0, nodes) and len(nodes) > 8:
            fields += nodes
    return [fields] * 3 if fields else []


def walk_der(data, at, end, nodes, depth=0):
    if end > len(data) or depth > 16:
        return False
    while at < end:
        tag, length, start = data[at], data[at + 1] if at + 1 < end else 0, at + 2
        if length & 0x80:
            width = length & 0x7f
            if width not in (1, 2, 3):
                return False
            length, start = int.from_bytes(data[start:start + width], "big"), start + width
        if start + length > end:
            return False
        nodes += [(i, 1) for i in range(at, start)] + [(start, 1)]
        if tag & 0x20 and not walk_der(data, start, start + length, nodes, depth + 1):
            return False
        at = start + length
    return True


class Run:
    def __init__(self, arguments):
        self.tools = {"hashsect": os.path.abspath(arguments.hashsect), "elfsect": os.path.abspath(arguments.elfsect)}
        self.rng = random.Random(arguments.seed)
        self.images = [Image(path) for path in arguments.files]
        self.counts, self.left = collections.Counter(), arguments.count
        self.work = tempfile.mkdtemp(prefix="hashsect-mutated-")
        self.wrong = 0

    def run(self):
        # As many of each kind, and of each kind small files more often: they say as much in less time.
        kinds = {}
        for image in self.images:
            kinds.setdefault(image.kind, []).append(image)
        while self.left:
            images = kinds[self.rng.choice(sorted(kinds))]
            self.one(self.rng.choices(images, [1 / (len(image.data) + (1 << 18)) for image in images])[0])
            self.left -= 1
        shutil.rmtree(self.work)
        print(f"{sum(self.counts.values())} commands, {self.wrong} wrong; exit status "
              + ", ".join(f"{status}: {count}" for status, count in sorted(self.counts.items())))
        return 0 if not self.wrong and {0, 2} <= self.counts.keys() else 1

    def one(self, image):
        folder = os.path.join(self.work, "case")
        shutil.rmtree(folder, ignore_errors=True)
        os.mkdir(folder)
        data = image.mutate(self.rng)
        name = os.path.basename(image.path)
        with open(os.path.join(folder, name), "wb") as file:
            file.write(data)
        template = self.rng.choice(COMMANDS[image.kind])
        words = [word.format(name, was=os.path.abspath(image.path), out="out") for word in template.split()]
        try:
            ran = subprocess.run([self.tools[words[0]], *words[1:]], cwd=folder, capture_output=True, timeout=SECONDS,
                                 stdin=subprocess.DEVNULL, check=False)
            problem = self.problem(ran, folder, name, data, words)
            self.counts[ran.returncode] += 1
        except subprocess.TimeoutExpired:
            problem = f"no end in {SECONDS} s"
        if problem:
            self.wrong += 1
            kept = f"{tempfile.gettempdir()}/mutated-{self.wrong}-{name}"
            with open(kept, "wb") as file:
                file.write(data)
            print(f"not ok - {template.format(kept, was=image.path, out='out')}: {problem}", flush=True)

    @staticmethod
    def problem(ran, folder, name, data, words):
        says = ran.stderr.decode("utf-8", "replace")
        if ran.returncode not in (0, 1, 2, 3) or "Sanitizer" in says or "runtime error" in says:
            return f"exit status {ran.returncode}: {says[-1500:]}"
        lines = says.splitlines()
        if ran.returncode == 2 and not any(line.startswith(words[0] + ": ") for line in lines):
            return f"exit status 2 for no reason: {says[-300:]!r}"
        if any(ord(c) < 32 and c != "\n" for c in says) or "\x1b" in ran.stdout.decode("utf-8", "replace"):
            return f"a control character: {says[-300:]!r}"
        there = set(os.listdir(folder)) - {name}
        if not there <= ({"out"} if "out" in words else set()):
            return f"files that nobody asked for: {sorted(there)}"
        with open(os.path.join(folder, name), "rb") as file:
            if file.read() != data:
                return "its input is another now"
        return None


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("hashsect", "elfsect"):
        parser.add_argument("--" + name, required=True)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=20260101)
    parser.add_argument("files", nargs="+")
    return Run(parser.parse_args()).run()


if __name__ == "__main__":
    sys.exit(main())
