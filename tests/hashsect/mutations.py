#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Mutated inputs: the C tool and the reference must agree on each, and nothing may crash or write to its input.

mutations.py --hashsect PATH --elfsect PATH --mkelf PATH --reference PATH [--count N] [--seed N] [--edits N]

Each input is a generated ELF file, cut short or with bits, bytes, fields or whole table entries changed. For each one:
hashsect digest exits with 0 or 2 and prints either a digest or one line of reason; the reference gives the same digest, or
refuses too; elfsect check agrees with hashsect that a structure is sound; the file is as it was. Some of the inputs also go
through elfsect's editing commands. A failure keeps the input and says where.
"""
import argparse
import collections
import hashlib
import importlib.util
import os
import random
import shutil
import struct
import subprocess
import sys
import tempfile

BATCH = 250
TRAILER = b"~Module signature appended~\n"
EXTREMES = (0, 1, 2, 3, 4, 7, 8, 0x7F, 0x80, 0xFF, 0x100, 0xFF00, 0xFFF1, 0xFFF2, 0xFFFF, 0x10000, 0x7FFFFFFF, 0x80000000,
            0xFFFFFFFF, 0x100000000, 0x7FFFFFFFFFFFFFFF, 0x8000000000000000, 0xFFFFFFFFFFFFFFF0, 0xFFFFFFFFFFFFFFFF)


def load_reference(path):
    sys.path.insert(0, os.path.dirname(os.path.abspath(path)))
    spec = importlib.util.spec_from_file_location("hashsect_ref", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules["hashsect_ref"] = module
    spec.loader.exec_module(module)
    return module


class Mutator:
    """Changes one copy of a file, in one of several ways that a fixed seed chooses."""

    def __init__(self, data, rng):
        self.data, self.rng = bytearray(data), rng
        self.order = ">" if data[5] == 2 else "<"
        self.wide = data[4] == 2
        if self.wide:
            self.shoff = struct.unpack_from(self.order + "Q", data, 40)[0]
            self.shentsize, self.shnum = struct.unpack_from(self.order + "HH", data, 58)
        else:
            self.shoff = struct.unpack_from(self.order + "I", data, 32)[0]
            self.shentsize, self.shnum = struct.unpack_from(self.order + "HH", data, 46)

    def mutate(self):
        ways = [self.cut, self.flip, self.flip, self.set_bytes, self.header_field, self.append, self.swap_words]
        if self.shoff and self.shnum:
            ways += [self.section_field] * 5 + [self.section_content] * 4 + [self.swap_headers]
        for _ in range(self.rng.choice((1, 1, 1, 2, 3))):
            if len(self.data) > 64:
                self.rng.choice(ways)()
        return bytes(self.data)

    def put(self, offset, width, value):
        if 0 <= offset and offset + width <= len(self.data):
            order = "big" if self.order == ">" else "little"
            self.data[offset:offset + width] = (value % (1 << 8 * width)).to_bytes(width, order)

    def get(self, offset, width):
        order = "big" if self.order == ">" else "little"
        return int.from_bytes(self.data[offset:offset + width], order)

    def any_value(self, old):
        near = old + self.rng.choice((-8, -4, -1, 1, 4, 8, 16))
        return self.rng.choice((near, near, len(self.data), len(self.data) - 1, self.rng.choice(EXTREMES)))

    def cut(self):
        del self.data[self.rng.randrange(len(self.data)):]

    def append(self):
        self.data += self.rng.choice((b"\0" * 16, b"x", TRAILER, bytes(12) + TRAILER))

    def flip(self):
        self.data[self.rng.randrange(len(self.data))] ^= 1 << self.rng.randrange(8)

    def set_bytes(self):
        at = self.rng.randrange(len(self.data))
        for i in range(at, min(at + self.rng.choice((1, 2, 4, 8)), len(self.data))):
            self.data[i] = self.rng.randrange(256)

    def header_field(self):
        width = self.rng.choice((1, 2, 2, 4, 8))
        offset = self.rng.randrange(0, 64, width)
        self.put(offset, width, self.any_value(self.get(offset, width)))

    def swap_words(self):
        first, second = (8 * self.rng.randrange(len(self.data) // 8) for _ in range(2))
        self.data[first:first + 8], self.data[second:second + 8] = self.data[second:second + 8], self.data[first:first + 8]

    def header_of_any_section(self):
        return self.shoff + self.shentsize * self.rng.randrange(min(self.shnum, 256))

    def section_field(self):
        header = self.header_of_any_section()
        fields = ((0, 4), (4, 4), (8, 8), (16, 8), (24, 8), (32, 8), (40, 4), (44, 4), (48, 8), (56, 8)) if self.wide else \
            tuple((at, 4) for at in range(0, 40, 4))
        offset, width = self.rng.choice(fields)
        self.put(header + offset, width, self.any_value(self.get(header + offset, width)))

    def section_content(self):
        header = self.header_of_any_section()
        offset, size = (self.get(header + 24, 8), self.get(header + 32, 8)) if self.wide else \
            (self.get(header + 16, 4), self.get(header + 20, 4))
        if not size or offset + size > len(self.data):
            return
        at = offset + self.rng.randrange(size)
        if self.rng.randrange(2):
            self.data[at] ^= 1 << self.rng.randrange(8)
        else:
            width = self.rng.choice((1, 2, 4, 8))
            at -= at % width
            self.put(at, width, self.any_value(self.get(at, width)))

    def swap_headers(self):
        first, second = self.header_of_any_section(), self.header_of_any_section()
        size = self.shentsize
        if max(first, second) + size <= len(self.data) and first != second:
            self.data[first:first + size], self.data[second:second + size] = \
                self.data[second:second + size], self.data[first:first + size]


class Run:
    def __init__(self, arguments):
        self.arguments = arguments
        self.reference = load_reference(arguments.reference)
        self.policies = {name: self.reference.load_policy(name) for name in ("linux", "strict")}
        self.rng = random.Random(arguments.seed)
        self.counts = collections.Counter()
        self.directory = tempfile.mkdtemp(prefix="hashsect-mutations-")
        self.cases = self.generate()

    def generate(self):
        names = subprocess.run([self.arguments.mkelf, "--list"], check=True, capture_output=True, text=True).stdout.split()
        cases = []
        for name in names:
            path = os.path.join(self.directory, name)
            subprocess.run([self.arguments.mkelf, name, path], check=True)
            with open(path, "rb") as file:
                data = file.read()
            if len(data) < 1 << 20:  # the files with 65 000 sections take too long
                cases.append((name, data))
        if not cases:
            self.fail("mkelf made no case", None)
        return cases

    def fail(self, text, path):
        kept = ""
        if path:
            kept = os.path.join(tempfile.gettempdir(), "hashsect-failed-input")
            shutil.copyfile(path, kept)
            kept = f" (input kept as {kept})"
        print(f"not ok - {text}{kept}")
        shutil.rmtree(self.directory)
        sys.exit(1)

    def expected(self, data, policy, scope):
        """What the reference says: a tagged digest, or None."""
        try:
            return self.reference.HashsectFile(memoryview(data), self.policies[policy], [], scope, "sha256").tagged_digest()
        except (self.reference.Refused, ValueError):
            return None

    def command(self, words, statuses, path=None):
        result = subprocess.run(words, capture_output=True, timeout=300, stdin=subprocess.DEVNULL)
        if result.returncode not in statuses or b"Sanitizer" in result.stderr or b"runtime error" in result.stderr:
            text = result.stderr.decode(errors="replace")[-2000:]
            self.fail(f"{' '.join(words[:3])}: exit status {result.returncode}: {text}", path or words[-1])
        return result

    def digest(self, paths, policy, scope):
        result = self.command([self.arguments.hashsect, "digest", "-q", "--policy", policy, "--scope", scope, *paths], (0, 2))
        lines = result.stdout.decode().splitlines()
        digests = {path: line for line, path in (line.split("  ", 1) for line in lines)}
        complaints = result.stderr.decode(errors="replace").splitlines()
        for path in paths:
            about = [line for line in complaints if line.startswith(f"hashsect: {path}: ")]
            if (path in digests) == bool(about) or len(about) > 1:
                self.fail(f"not one digest or one line of reason: {about}", path)
        if len(complaints) + len(digests) != len(paths):
            self.fail("lines on stderr that name no input: " + repr(complaints[:3]), paths[0])
        return digests

    def check_batch(self, inputs):
        policy, scope = self.rng.choice(("linux", "linux", "strict")), self.rng.choice(("file", "file", "loaded"))
        paths = []
        for number, data in enumerate(inputs):
            path = os.path.join(self.directory, f"input-{number}")
            with open(path, "wb") as file:
                file.write(data)
            paths.append(path)
        digests = self.digest(paths, policy, scope)
        sound = self.command([self.arguments.elfsect, "check", *paths], (0, 2)).stderr.decode(errors="replace")
        for path, data in zip(paths, inputs):
            expected = self.expected(data, policy, scope)
            if digests.get(path) != expected:
                self.fail(f"--policy {policy} --scope {scope}: C says {digests.get(path)}, the reference {expected}", path)
            # elfsect knows no layers: to it a trailer is bytes behind the last section.
            peeled = data.endswith(TRAILER)
            if path in digests and scope == "file" and not peeled and f"elfsect: {path}: " in sound:
                self.fail("hashsect prints a digest of what elfsect check refuses", path)
            self.counts["digest" if expected else "refused"] += 1
        self.edit(paths, [path for path in paths if f"elfsect: {path}: " not in sound])
        for path, data in zip(paths, inputs):
            with open(path, "rb") as file:
                if hashlib.sha256(file.read()).digest() != hashlib.sha256(data).digest():
                    self.fail("the input was written to", path)

    def edit(self, paths, sound):
        """Editing commands on some of the inputs: refused, or a file that is sound if the input was."""
        out = os.path.join(self.directory, "out")
        tool = self.arguments.elfsect
        commands = (
            ["inject", "--section", ".added", "--data", self.arguments.mkelf, "--define", "added_start=start", "-o", out],
            ["inject", "--section", ".init.rodata.keyring", "--data", os.devnull, "-o", out],
            ["isolate", "--symbols", "__module_cert_start..__module_cert_end", "--into", ".isolated", "-o", out],
            ["rename", ".text=.other", "-o", out], ["remove", "--section", ".text", "-o", out],
            ["remove", "--section", ".init.rodata.keyring", "-o", out],
            ["clear", "--section", ".data", "-o", out], ["list"], ["extract", "--section", ".text", "-o", out])
        for path in self.rng.sample(paths, min(len(paths), self.arguments.edits)):
            words = list(self.rng.choice(commands))
            words = [tool, words[0], path, *words[1:]]
            if os.path.exists(out):
                os.unlink(out)
            result = self.command(words, (0, 2), path)
            if result.returncode and (not result.stderr.startswith(b"elfsect: ") or result.stderr.count(b"\n") != 1):
                self.fail(f"{words[1]}: not one line of reason: {result.stderr!r}", path)
            if result.returncode == 0 and words[1] not in ("list", "extract"):
                self.command([tool, "check", out], (0,) if path in sound else (0, 2), path)
            self.counts[f"edits {'done' if result.returncode == 0 else 'refused'}"] += 1
            if any(name not in ("out",) and not name.startswith("input-") and name not in self.names()
                   for name in os.listdir(self.directory)):
                self.fail(f"{words[1]}: left a file behind: {os.listdir(self.directory)}", path)

    def names(self):
        if not hasattr(self, "case_names"):
            self.case_names = {name for name in os.listdir(self.directory) if not name.startswith("input-")} - {"out"}
        return self.case_names

    def run(self):
        self.names()
        left = self.arguments.count
        while left:
            size = min(BATCH, left)
            self.check_batch([Mutator(self.rng.choice(self.cases)[1], self.rng).mutate() for _ in range(size)])
            left -= size
        shutil.rmtree(self.directory)
        if not self.counts["digest"] or not self.counts["refused"]:
            print(f"not ok - all inputs went one way: {dict(self.counts)}")
            return 1
        print("ok - " + ", ".join(f"{count} {name}" for name, count in sorted(self.counts.items())))
        return 0


def main():
    parser = argparse.ArgumentParser()
    for name in ("hashsect", "elfsect", "mkelf", "reference"):
        parser.add_argument("--" + name, required=True)
    parser.add_argument("--count", type=int, default=10000)
    parser.add_argument("--edits", type=int, default=25, help="editing commands for each 250 inputs")
    parser.add_argument("--seed", type=int, default=20260101)
    return Run(parser.parse_args()).run()


if __name__ == "__main__":
    sys.exit(main())
