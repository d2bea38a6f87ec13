#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Module hashes: the C tool and the reference must agree, on generated vectors, random sets and broken input.

modules_reference.py --hashsect PATH --reference DIR --vectors DIR [--count N] [--seed N] [--update]

--reference is the folder of the Python implementation. DIR/N.txt are the vectors of hashsect/modules/FORMAT.md;
--update writes those that are missing and never changes one that is there.
"""
import argparse
import gzip
import lzma
import os
import random
import shutil
import struct
import subprocess
import sys
import tempfile

BATCH = 500
MARKER = b"~Module signature appended~\n"


def write(path, data):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(data)


def read(path):
    with open(path, "rb") as file:
        return file.read()


def kernel(endian, slot):
    """A linked ELF file whose only section is .module_hashes."""
    order = "<" if endian == "little" else ">"
    names = b"\0.module_hashes\0.shstrtab\0"
    at, address = 64 + 56, 0x1000000
    strings = at + len(slot)
    headers = (strings + len(names) + 7) // 8 * 8
    elf = b"\x7fELF" + bytes((2, 1 if order == "<" else 2, 1)) + bytes(9)
    elf += struct.pack(order + "HHIQQQIHHHHHH", 2, 62, 1, 0, 64, headers, 0, 64, 56, 1, 64, 3, 2)
    elf += struct.pack(order + "IIQQQQQQ", 1, 4, at, address + at, address + at, len(slot), len(slot), 1)
    elf += slot + names
    elf += bytes(headers - len(elf)) + bytes(64)
    elf += struct.pack(order + "IIQQQQIIQQ", 1, 1, 2, address + at, at, len(slot), 0, 0, 4, 0)
    return elf + struct.pack(order + "IIQQQQIIQQ", 16, 3, 0, 0, strings, len(names), 0, 0, 1, 0)


class Run:
    def __init__(self, arguments):
        sys.path.insert(0, arguments.reference)
        from hashsect_reference import common, layers, merkle  # the folder is known only now
        self.refused, self.layers, self.merkle = common.Refused, layers, merkle
        self.arguments = arguments
        self.rng = random.Random(arguments.seed)
        self.checks = self.failures = 0
        self.directory = tempfile.mkdtemp(prefix="hashsect-modules-")

    def check(self, good, text):
        self.checks += 1
        if not good:
            self.failures += 1
            print(f"not ok - {text}")

    def path(self, *parts):
        return os.path.join(self.directory, *parts)

    def tool(self, *words, statuses=(0,)):
        result = subprocess.run([self.arguments.hashsect, "modules", *words], capture_output=True, timeout=300,
                                stdin=subprocess.DEVNULL)
        if result.returncode not in statuses or b"Sanitizer" in result.stderr or b"runtime error" in result.stderr:
            sys.exit(f"not ok - modules {' '.join(words[:4])}: status {result.returncode}: {result.stderr[-2000:]!r}; "
                     f"kept: {self.directory}")
        return result

    # ---- the same from both: table, roots, proofs

    def make_set(self, modules, ending=".o"):
        """A folder with these modules. Returns it and the stems."""
        folder = self.path("set")
        shutil.rmtree(folder, ignore_errors=True)
        stems = [f"kernel/{i % 5}/m{i}" for i in range(len(modules))]
        for stem, module in zip(stems, modules):
            write(f"{folder}/{stem}.ko", module)
        write(f"{folder}/modules.order", "".join(stem + ending + "\n" for stem in stems).encode())
        return folder, stems

    def tool_outputs(self, folder, stems):
        """Table, both roots and all proof files that the tool makes."""
        out = self.path("out")
        shutil.rmtree(out, ignore_errors=True)
        os.mkdir(out)
        self.tool("list", "-o", f"{out}/table", folder)
        self.tool("tree", "--endian", "little", "-o", f"{out}/little", "--proofs", f"{out}/proofs", folder)
        self.tool("tree", "--endian", "big", "-o", f"{out}/big", f"{folder}/modules.order")
        found = {os.path.join(place, name) for place, _, names in os.walk(f"{out}/proofs") for name in names}
        paths = [f"{out}/proofs/{stem}.merkle" for stem in stems]
        self.check(found == set(paths), f"the proofs of {len(stems)} modules are other files: {sorted(found)[:5]}")
        return read(f"{out}/table"), read(f"{out}/little"), read(f"{out}/big"), [read(path) for path in paths]

    def reference_outputs(self, modules):
        tree = self.merkle.Tree(modules)
        proofs = [tree.proof_file(i) for i in range(len(modules))]
        return self.merkle.flat_table(modules), tree.root("little"), tree.root("big"), proofs

    def check_vectors(self):
        for count in self.merkle.VECTORS:
            modules = [self.merkle.generated_module(i) for i in range(count)]
            ours = self.tool_outputs(*self.make_set(modules, self.rng.choice((".o", ".ko"))))
            self.check(ours == self.reference_outputs(modules), f"vector {count}: C and reference differ")
            text = self.merkle.vector(count)
            path = os.path.join(self.arguments.vectors, f"{count}.txt")
            if self.arguments.update and not os.path.exists(path):
                write(path, text.encode())
            self.check(os.path.exists(path) and read(path).decode() == text, f"{path}: missing, or not the vector")

    def wrapped(self, module):
        """The same module as it may be shipped: trailers, compression."""
        for _ in range(self.rng.choice((0, 0, 1, 2))):
            kind, size = self.rng.choice(((self.layers.PKCS7, 0), (self.layers.PKCS7, 681), (self.layers.MERKLE, 36),
                                          (self.layers.MERKLE, 68)))
            if size < len(module):
                module += self.rng.randbytes(size) + self.layers.make_trailer(kind, size)
        ending = self.rng.choice(("", "", ".gz", ".xz"))
        return ending, {"": bytes, ".gz": gzip.compress, ".xz": lzma.compress}[ending](module)

    def check_random_sets(self):
        for _ in range(self.arguments.count // 50):
            modules = [self.rng.randbytes(self.rng.choice((1, 2, 63, 64, 65, 700, 5000)))
                       for _ in range(self.rng.randrange(40))]
            folder, stems = self.make_set(modules)
            for stem, module in zip(stems, modules):
                ending, data = self.wrapped(module)
                os.unlink(f"{folder}/{stem}.ko")
                write(f"{folder}/{stem}.ko{ending}", data)
            theirs = [self.merkle.read_module(os.fsencode(folder), os.fsencode(stem)) for stem in stems]
            self.check(theirs == modules, "the reference does not unwrap a module")
            self.check(self.tool_outputs(folder, stems) == self.reference_outputs(modules),
                       f"random set of {len(modules)} modules: C and reference differ")

    # ---- refused by both

    def reference_refuses(self, folder):
        try:
            place, stems = self.merkle.read_order(folder)
            for stem in stems:
                self.merkle.read_module(place, stem)
        except (self.refused, OSError, ValueError):
            return True
        return False

    def check_refusals(self, folder, text):
        result = self.tool("list", folder, statuses=(0, 2))
        refused = result.returncode == 2
        self.check(refused == self.reference_refuses(folder),
                   f"{text}: {'only C' if refused else 'only the reference'} refuses: {result.stderr!r}")
        self.check(not refused or (result.stderr.count(b"\n") == 1 and not result.stdout),
                   f"{text}: not one line of reason: {result.stdout!r} {result.stderr!r}")
        return refused

    def check_broken_orders(self):
        folder, stems = self.make_set([b"module"] * 8)
        good = read(f"{folder}/modules.order")
        refused = 0
        pieces = (b"\n", b"\0", b"/", b".", b"..", b"./", b"../", b"//", b".ko", b".o", b".ko.gz", b"\r", b"\x7f", b" ",
                  b"\xff", b"kernel/1/m1.o\n", b"/kernel/1/m1.o\n", b"kernel/../kernel/1/m1.o\n", b"x" * 4096, b"")
        for i in range(self.arguments.count):
            data = bytearray(good)
            for _ in range(self.rng.choice((1, 1, 2))):
                at, size = self.rng.randrange(len(data) + 1), self.rng.choice((0, 0, 1, 2, 14))
                data[at:at + size] = self.rng.choice(pieces)
                if self.rng.randrange(8) == 0:
                    del data[self.rng.randrange(len(data) + 1):]
            write(f"{folder}/modules.order", bytes(data))
            refused += self.check_refusals(folder, f"modules.order {bytes(data)!r}")
        self.check(0 < refused < self.arguments.count, "all orders went one way")

    def broken_module(self):
        """The bytes of a file with something wrong around a trailer or compression, and its ending."""
        size = self.rng.choice((0, 1, 4, 36, 36, 68, 69))
        fields = bytearray(self.layers.make_trailer(self.rng.choice((0, 1, 2, 2, 3, 3, 4, 255)), size))
        data = self.rng.randbytes(self.rng.choice((0, 1, 12, size, size + 1, 200)))
        for _ in range(self.rng.choice((0, 1, 1))):
            fields[self.rng.randrange(12)] = self.rng.choice((0, 1, 2, 3, 0x7F, 0xFF))
        data = (data + fields)[-self.rng.choice((28, 29, 39, 40, 41, 1000, 1000, 1000, 1000)):]
        if self.rng.randrange(4) == 0:
            data += self.layers.make_trailer(2, 0)
        if self.rng.randrange(8) == 0:
            data = data[:self.rng.randrange(len(data))]
        ending, packed = self.rng.choice((("", bytes), ("", bytes), (".gz", gzip.compress), (".xz", lzma.compress)))
        data = packed(data)
        if ending and self.rng.randrange(3) == 0:
            data = self.rng.choice((data[:-1], data[:len(data) // 2], data + b"x", b"",
                                    data[:20] + b"\xff" + data[21:]))
        return ending, data

    def check_broken_modules(self):
        folder, stems = self.make_set([b"module"])
        os.unlink(f"{folder}/{stems[0]}.ko")
        refused = 0
        for i in range(self.arguments.count):
            ending, data = self.broken_module()
            path = f"{folder}/{stems[0]}.ko{ending}"
            write(path, data)
            refused += self.check_refusals(folder, f"module {ending} {data!r}")
            os.unlink(path)
        self.check(0 < refused < self.arguments.count, "all modules went one way")
        for ending, other in (("", ".gz"), (".xz", ".zst"), (".gz", ".xz")):
            for name in (ending, other):
                write(f"{folder}/{stems[0]}.ko{name}", b"module")
            self.check(self.check_refusals(folder, "two files of one module"), "two files of one module are accepted")
            for name in (ending, other):
                os.unlink(f"{folder}/{stems[0]}.ko{name}")
        self.check(self.check_refusals(folder, "no module"), "a missing module is accepted")

    # ---- verdicts

    def reference_verdict(self, slot, endian, data):
        try:
            return self.merkle.verdict(slot, endian, data)
        except self.refused:
            return "refused"

    def verdicts(self, endian, slot, files):
        """What the tool says of these files, and that the reference says the same."""
        kernel_path = self.path("kernel")
        write(kernel_path, kernel(endian, slot))
        found = []
        for start in range(0, len(files), BATCH):
            paths = []
            for i, data in enumerate(files[start:start + BATCH]):
                paths.append(self.path("verdicts", str(i)))
                write(paths[-1], data)
            lines = self.tool("verify", kernel_path, *paths, statuses=(0, 1, 2)).stdout.decode().splitlines()
            said = dict(line.split(": ", 2)[:2] for line in lines)
            found += [said.get(path, "refused") for path in paths]
        for data, ours in zip(files, found):
            theirs = self.reference_verdict(slot, endian, data)
            self.check(ours == theirs, f"C says {ours}, the reference {theirs} of {data!r} with {slot.hex()}")
        return found

    def check_every_bit(self, endian):
        """One changed bit, anywhere: the module is not accepted."""
        modules = [self.merkle.generated_module(i) for i in range(5)]
        tree = self.merkle.Tree(modules)
        root = tree.root(endian)
        signed = [module + tree.proof_file(i) for i, module in enumerate(modules)]
        self.check(self.verdicts(endian, root, signed) == ["ok"] * 5, "a good module is not accepted")
        for i in (0, 1, 4):
            number = int.from_bytes(signed[i], "big")
            flipped = [(number ^ 1 << bit).to_bytes(len(signed[i]), "big") for bit in range(8 * len(signed[i]))]
            self.check("ok" not in self.verdicts(endian, root, flipped), "a changed module is accepted")
        swapped = [modules[i] + tree.proof_file(k) for i in range(5) for k in range(5) if i != k]
        found = set(self.verdicts(endian, root, swapped))
        self.check(found == {"-ENOKEY"}, f"modules with another's proof: {found}")
        number = int.from_bytes(root, "big")
        for bit in range(8 * len(root)):
            changed = (number ^ 1 << bit).to_bytes(len(root), "big")
            found = self.verdicts(endian, changed, signed)
            self.check("ok" not in found, f"bit {bit} of the root flipped: {found}")

    def check_other_verdicts(self):
        modules = [self.rng.randbytes(self.rng.choice((1, 50, 300))) for _ in range(9)]
        tree = self.merkle.Tree(modules)
        files = []
        for i in range(self.arguments.count):
            data = self.rng.choice(modules) + tree.proof_file(self.rng.randrange(9))
            trailer = bytearray(data[-40:])
            for _ in range(self.rng.choice((0, 1, 1, 2))):
                trailer[self.rng.randrange(12)] = self.rng.choice((0, 1, 2, 3, 4, 132, 164, 0xFF))
            data = data[:-40] + trailer
            cut = self.rng.choice((0, 0, 0, len(data) - self.rng.randrange(60), self.rng.randrange(len(data))))
            files.append(data[max(cut, 0):] + self.rng.choice((b"", b"", b"x", MARKER)))
        files += [b"", b"x", MARKER, b"x" + MARKER, bytes(12) + MARKER, bytes(13) + MARKER, MARKER * 3]
        found = set(self.verdicts("little", tree.root("little"), files))
        self.check(found >= {"-ENODATA", "-EBADMSG", "-ENOPKG", "-ENOKEY"}, f"only these verdicts: {found}")
        table = self.merkle.flat_table(modules) + bytes(64)
        found = self.verdicts("big", table, modules + files)
        self.check(found[:9] == ["ok"] * 9 and {"-ENOKEY", "refused"} <= set(found[9:]), f"with a table: {found}")
        signed = [module + self.layers.make_trailer(2, 0) for module in modules]
        self.check(self.verdicts("big", table, signed) == ["ok"] * 9, "a signed module is not in the table")
        for count in (0, 1, 2):
            tree = self.merkle.Tree(modules[:count])
            self.verdicts("big", tree.root("big"), [modules[0] + tree.proof_file(0)] if count else files[:20])

    def run(self):
        self.check_vectors()
        self.check_random_sets()
        self.check_broken_orders()
        self.check_broken_modules()
        for endian in ("little", "big"):
            self.check_every_bit(endian)
        self.check_other_verdicts()
        shutil.rmtree(self.directory)
        print(f"{self.checks - self.failures} passed, {self.failures} failed")
        return 1 if self.failures else 0


def main():
    parser = argparse.ArgumentParser()
    for name in ("hashsect", "reference", "vectors"):
        parser.add_argument("--" + name, required=True)
    parser.add_argument("--count", type=int, default=600, help="broken inputs of each kind")
    parser.add_argument("--seed", type=int, default=20260102)
    parser.add_argument("--update", action="store_true")
    return Run(parser.parse_args()).run()


if __name__ == "__main__":
    sys.exit(main())
