#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Maps and the note that carries one: the C tool and the reference must agree, on good ones and on broken ones.

maps.py --hashsect PATH --mkelf PATH --reference DIR [--count N] [--seed N]

The files are the linked ones of mkelf, whole and without their symbol table. For each: both make the same map or none;
with it the stripped file has the digest of the whole one in scope loaded. Then N changed maps, given with --map or in
a note, and N changed notes: both print the same digest, or both refuse.
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

BATCH = 200
SHT_NULL, SHT_SYMTAB, SHT_NOTE = 0, 2, 7
NOTE = b".gnu.warning.hashsect"
CUSTOM = """\
[policy]
name = custom
[rule first]
reason = a range, and a name that the next rule has too
content = x509
max-size = 0x1000
optional = yes
match = range __module_cert_start..__module_cert_end
match = nothing
symbol = __module_cert_end end local notype
[rule second]
reason = a range of no bytes
content = zero
max-size = 0x1000
optional = no
match = range system_extra_cert+0x0
match = range __cert_list_end..__module_cert_end
match = nothing
[rule third]
reason = names that are nowhere
content = zero
max-size = 0x10
optional = no
match = range no_such_symbol..neither_this
match = nothing
"""

IDS = """\
[policy]
name = ids
[rule build-id]
reason = a policy without symbols
content = build-id
max-size = 0x14
optional = no
match = note GNU 0x3 0x14
match = nothing
"""


class Elf:
    """Section headers as lists, to be changed; everything else stays where it is."""

    def __init__(self, data):
        self.order = ">" if data[5] == 2 else "<"
        self.wide = data[4] == 2
        self.form = self.order + ("IIQQQQIIQQ" if self.wide else "10I")
        self.size = struct.calcsize(self.form)
        self.data = bytearray(data)
        self.table = self.unpack("Q" if self.wide else "I", 40 if self.wide else 32)
        at = 60 if self.wide else 48
        self.count, self.names = self.unpack("H", at), self.unpack("H", at + 2)
        self.headers = [list(struct.unpack_from(self.form, data, self.table + i * self.size))
                        for i in range(self.count)]

    def unpack(self, form, at):
        return struct.unpack_from(self.order + form, self.data, at)[0]

    def pack(self, form, at, value):
        struct.pack_into(self.order + form, self.data, at, value)

    def content(self, index):
        return bytes(self.data[self.headers[index][4]:self.headers[index][4] + self.headers[index][5]])

    def zero(self, at, size):
        self.data[at:at + size] = bytes(size)

    def append(self, content, alignment=8):
        self.data += bytes(-len(self.data) % alignment)
        self.data += content
        return len(self.data) - len(content)

    def store(self):
        """The file with its headers as they are now: a new table at the end, if it has grown."""
        if len(self.headers) != self.count:
            self.zero(self.table, self.count * self.size)
            self.table = self.append(bytes(len(self.headers) * self.size))
            self.count = len(self.headers)
            self.pack("Q" if self.wide else "I", 40 if self.wide else 32, self.table)
            self.pack("H", 60 if self.wide else 48, self.count)
        for i, header in enumerate(self.headers):
            struct.pack_into(self.form, self.data, self.table + i * self.size, *header)
        return bytes(self.data)

    def symtab(self):
        return next((i for i, header in enumerate(self.headers) if header[1] == SHT_SYMTAB), 0)


def stripped(data):
    """Without SYMTAB, its names and what links to it."""
    elf, symtab = Elf(data), Elf(data).symtab()
    if not symtab:
        return data
    names = elf.headers[symtab][6]
    gone = {symtab} | {i for i, header in enumerate(elf.headers) if header[6] == symtab}
    if names != elf.names and not any(header[6] == names for i, header in enumerate(elf.headers) if i not in gone):
        gone.add(names)
    for i in gone:
        elf.zero(elf.headers[i][4], elf.headers[i][5])
        elf.headers[i][1:] = [SHT_NULL] + [0] * 8
    return elf.store()


def note(order, text):
    return struct.pack(order + "III", 9, len(text), 1) + b"hashsect\0\0\0\0" + text + bytes(-len(text) % 4)


class WithNote(Elf):
    """A file with a section .gnu.warning.hashsect, or several."""

    def __init__(self, data, content):
        super().__init__(data)
        names = self.content(self.names)
        self.zero(self.headers[self.names][4], len(names))
        self.name = len(names)
        names += NOTE + b"\0"
        self.headers[self.names][4:6] = [self.append(names, 1), len(names)]
        self.add(content)

    def add(self, content):
        at = self.append(content, 4)
        self.headers.append([self.name, SHT_NOTE, 0, 0, at, len(content), 0, 0, 4, 0])


class Run:
    def __init__(self, arguments):
        sys.path.insert(0, arguments.reference)
        from hashsect_reference import common, digest, policy  # the folder is known only now
        self.refused, self.file = common.Refused, digest.HashsectFile
        self.arguments = arguments
        self.rng = random.Random(arguments.seed)
        self.counts = collections.Counter()
        self.directory = tempfile.mkdtemp(prefix="hashsect-maps-")
        files = [self.write("custom.ini", CUSTOM.encode()), self.write("ids.ini", IDS.encode())]
        self.policies = {name: policy.load_policy(name) for name in ("linux", "strict", *files)}

    def write(self, name, data):
        path = os.path.join(self.directory, name)
        with open(path, "wb") as file:
            file.write(data)
        return path

    def fail(self, text):
        print(f"not ok - {text}; kept: {self.directory}")
        sys.exit(1)

    def tool(self, *words):
        result = subprocess.run([self.arguments.hashsect, *words], capture_output=True, timeout=300,
                                stdin=subprocess.DEVNULL)
        if result.returncode not in (0, 2) or b"Sanitizer" in result.stderr or b"runtime error" in result.stderr:
            self.fail(f"{' '.join(words)[:300]}: status {result.returncode}: {result.stderr[-2000:]!r}")
        return result

    def expected(self, data, policy, scope, given):
        try:
            return self.file(data, self.policies[policy], [], scope, "sha256", given).tagged_digest()
        except self.refused:
            return None

    def compare(self, inputs, policy, scope, given, what):
        """The digests of these files from both, with a map or None. Returns them."""
        paths = [self.write(f"input-{i}", data) for i, data in enumerate(inputs)]
        words = ["digest", "-q", "--policy", policy, "--scope", scope]
        if given is not None:
            words += ["--map", self.write("map", given)]
        result = self.tool(*words, *paths)
        found = {path: digest for digest, path in
                 (line.split("  ", 1) for line in result.stdout.decode().splitlines())}
        if not result.stderr.count(b"\n") <= len(paths) - len(found):
            self.fail(f"{what}: more than one line of reason: {result.stderr!r}")
        digests = []
        for path, data in zip(paths, inputs):
            digest = self.expected(data, policy, scope, given)
            digests.append(digest)
            if found.get(path) != digest:
                complaint = [line for line in result.stderr.decode(errors="replace").splitlines() if path in line]
                self.fail(f"{what}: {path}, {' '.join(words)}: C says {found.get(path)} {complaint}, "
                          f"the reference {digest}")
            self.counts[f"{what}: {'digest' if digest else 'refused'}"] += 1
        return digests

    # ---- good maps

    def make_map(self, name, data, policy):
        """The map of a file from both, or None."""
        result = self.tool("policy", "resolve", "--policy", policy, self.write(name, data))
        try:
            theirs = self.file(data, self.policies[policy], [], "loaded", "sha256").map_text()
        except self.refused:
            theirs = None
        ours = None if result.returncode else result.stdout
        if ours != theirs:
            self.fail(f"{name}, {policy}: the maps of C and reference differ: {ours!r} {result.stderr!r} {theirs!r}")
        self.counts[f"maps {'made' if ours else 'refused'}"] += 1
        return ours

    def check_good(self, name, data, policy, text):
        """What a map is for."""
        order = Elf(data).order
        bare = stripped(data)
        noted, bare_noted = WithNote(data, note(order, text)).store(), WithNote(bare, note(order, text)).store()
        wanted = self.compare([data], policy, "loaded", None, "good")[0]
        for given in (None, text):
            files = [data, noted, bare_noted] + ([bare] if given else [])
            if self.compare(files, policy, "loaded", given, "good") != [wanted] * len(files):
                self.fail(f"{name}, {policy}: the stripped file has another digest than the whole one")
        whole = self.compare([data, noted], policy, "file", None, "good")
        parts = self.compare([bare, bare_noted], policy, "file", text, "good")
        alone = self.compare([bare_noted], policy, "file", None, "good")
        if whole[0] != whole[1] or parts[0] != parts[1] or alone[0] == parts[0] or None in (*whole, *parts, *alone):
            self.fail(f"{name}, {policy}: the note counts where it must not, or the other way round")
        if text.split(b"\n", 3)[2].partition(b" ")[2].decode() != wanted:
            self.fail(f"{name}, {policy}: the map names another digest")

    def prepare(self):
        """Makes the good maps of all cases."""
        names = subprocess.run([self.arguments.mkelf, "--list"], check=True, capture_output=True,
                               text=True).stdout.split()
        self.cases, self.all = [], []
        for name in names:
            path = os.path.join(self.directory, "case")
            subprocess.run([self.arguments.mkelf, name, path], check=True)
            with open(path, "rb") as file:
                data = file.read()
            if len(data) >= 1 << 20:    # the files with 65 000 sections take too long
                continue
            self.all.append(data)
            for policy in self.policies:
                text = self.make_map(name, data, policy)
                if text:
                    self.check_good(name, data, policy, text)
                    self.cases.append((data, stripped(data), policy, text))
        if len(self.cases) < 20 or len({policy for _, _, policy, _ in self.cases}) < 2:
            self.fail(f"only {len(self.cases)} maps")

    # ---- broken maps

    def word(self, word):
        """Another word in the place of this one."""
        ways = [word + b" ", b" " + word, word.upper(), word[:-1], b"", b"0", b"0x0", b"1", b"M", b"F", b"N", b"S",
                b"0x" + b"f" * 16, b"0x1" + b"0" * 16, b"module_cert_size", b"no_such_name", b"x" * 2000]
        if word[:2] == b"0x" or word.isdigit():
            value = int(word, 16 if word[:2] == b"0x" else 10)
            near = max(0, value + self.rng.choice((-0x100, -8, -4, -1, 1, 4, 8, 0x100, 1 << 32)))
            same = b"%#x" % near if word[:2] == b"0x" else b"%d" % near
            ways = ways[:5] + [same] * 12 + [word.replace(b"0x", b"0x0"), b"%d" % value, b"0X" + word[2:], b"0" + word]
        return self.rng.choice(ways)

    def changed_map(self, text):
        lines = text.split(b"\n")[:-1]
        for _ in range(self.rng.choice((1, 1, 1, 2))):
            at, other = self.rng.randrange(len(lines)), self.rng.randrange(len(lines))
            way = self.rng.randrange(8)
            if way < 4:
                words = lines[at].split(b" ")
                place = self.rng.randrange(len(words))
                words[place] = self.word(words[place])
                lines[at] = b" ".join(words)
            elif way == 4:
                lines[at], lines[other] = lines[other], lines[at]
            elif way == 5:
                lines.insert(at, lines[other])
            elif way == 6:
                if len(lines) > 1:
                    del lines[at]
            else:   # all lines that name one symbol or mask move together
                words = lines[at].split(b" ")
                old, new = words[-2], self.word(words[-2])
                lines = [line.replace(b" " + old + b" ", b" " + new + b" ") for line in lines]
        result = b"\n".join(lines) + b"\n"
        way = self.rng.randrange(24)
        at = self.rng.randrange(len(result))
        return (result[:at] if way == 0 else result[:-1] if way == 1 else b"\n" + result if way == 2
                else result.replace(b"\n", b"\r\n") if way == 3 else result[:at] + b"\xff" + result[at:] if way == 4
                else result[:at] + b"\0" + result[at:] if way == 5 else result + b"\n" if way == 6 else result)

    def any_map(self, text):
        """A changed map; sometimes that of another file, or one that must do."""
        way = self.rng.randrange(20)
        if way == 0:
            return self.rng.choice(self.cases)[3]
        if way == 1:    # the name of the policy counts, the digest itself does not
            return text.replace(b":loaded:", b"x:loaded:", 1)
        if way == 2:
            digest = b"%064x" % self.rng.getrandbits(256)
            return text.replace(text.split(b"\n", 3)[2].rpartition(b":")[2], digest)
        return self.changed_map(text)

    def check_given_maps(self):
        """One run of the tool a map, with a whole and a stripped file."""
        for _ in range(self.arguments.count // 10):
            data, bare, policy, text = self.rng.choice(self.cases)
            used = policy if self.rng.randrange(16) else self.rng.choice(list(self.policies))
            self.compare([data, bare], used, self.rng.choice(("file", "loaded")), self.any_map(text), "given maps")
        for _, bare, policy, text in self.rng.sample(self.cases, 4):
            longest = text + b"x" * (65537 - len(text))
            for given in (b"", b"\n", longest, longest[:-1], text * 40):
                self.compare([bare], policy, "loaded", given, "given maps")

    # ---- broken notes

    def changed_note(self, elf, index):
        """Changes a file with a note at this section."""
        order, header = elf.order, elf.headers[index]
        way = self.rng.randrange(9) if header[1] != SHT_NULL and header[5] >= 12 else 8
        other = self.rng.randrange(1, len(elf.headers) - 1)
        if way == 0:
            header[self.rng.choice((0, 1, 2, 3, 6, 7, 8, 9))] = self.rng.choice((0, 1, 2, 3, 7, 8, 16))
        elif way == 1:
            struct.pack_into(order + "I", elf.data, header[4] + self.rng.choice((0, 4, 8)),
                             self.rng.choice((0, 1, 8, 9, 10, 12, header[5], header[5] - 24, 0xFFFFFFFF)))
        elif way == 2:
            elf.data[header[4] + self.rng.randrange(header[5])] ^= 1 << self.rng.randrange(8)
        elif way == 3:
            elf.headers[other][self.rng.choice((6, 7))] = index
        elif way == 4:
            elf.headers[other][0] = elf.name
        elif way == 5:
            elf.add(self.rng.choice((elf.content(index), note(order, b"hashsect-map 1\n"), b"", bytes(24))))
        elif way == 6 and elf.symtab():
            symbols = elf.headers[elf.symtab()]
            at = symbols[4] + symbols[9] * self.rng.randrange(symbols[5] // symbols[9])
            elf.pack("H", at + (6 if elf.wide else 14), index)
        elif way == 7:
            header[5] = max(0, header[5] + self.rng.choice((-4, -1, 1, 4)))
        else:
            elf.headers[index], elf.headers[other] = elf.headers[other], elf.headers[index]

    def note_file(self, policy):
        data, bare, _, text = self.rng.choice([case for case in self.cases if case[2] == policy])
        if self.rng.randrange(2):
            text = self.any_map(text)
            return WithNote(self.rng.choice((data, bare, bare, bare)), note(Elf(data).order, text)).store()
        elf = WithNote(self.rng.choice((data, bare)), note(Elf(data).order, text))
        if not self.rng.randrange(12):
            elf.data[elf.headers[-1][4]:] = note("<" if elf.order == ">" else ">", text)
        for _ in range(self.rng.choice((0, 1, 1, 1, 2))):
            self.changed_note(elf, len(elf.headers) - 1)
        return elf.store()

    def check_any_file(self):
        """Every file, relocatable ones too, with the note or map of another one, under any policy."""
        for policy in self.policies:
            text = self.rng.choice(self.cases)[3]
            files = [WithNote(data, note(Elf(data).order, text)).store() for data in self.all if Elf(data).names]
            files += [stripped(data) for data in files]
            self.compare(files, policy, self.rng.choice(("file", "loaded")), None, "any file")
            self.compare(files, policy, self.rng.choice(("file", "loaded")), text, "any file")

    def check_notes(self):
        policies = sorted({policy for _, _, policy, _ in self.cases})
        for start in range(0, self.arguments.count, BATCH):
            policy = self.rng.choice(policies)
            used = policy if self.rng.randrange(12) else self.rng.choice(list(self.policies))
            self.compare([self.note_file(policy) for _ in range(BATCH)], used,
                         self.rng.choice(("file", "file", "loaded")), None, "notes")

    def run(self):
        self.prepare()
        self.check_given_maps()
        self.check_any_file()
        self.check_notes()
        shutil.rmtree(self.directory)
        for what in ("given maps", "notes"):
            if not self.counts[f"{what}: digest"] or not self.counts[f"{what}: refused"]:
                print(f"not ok - all {what} went one way")
                return 1
        print("ok - " + ", ".join(f"{count} {name}" for name, count in sorted(self.counts.items())))
        return 0


def main():
    parser = argparse.ArgumentParser()
    for name in ("hashsect", "mkelf", "reference"):
        parser.add_argument("--" + name, required=True)
    parser.add_argument("--count", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=20260103)
    return Run(parser.parse_args()).run()


if __name__ == "__main__":
    sys.exit(main())
