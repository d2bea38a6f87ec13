#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Golden vectors: generated ELF file -> dump -> digest, from the C tool and from the reference.

golden.py --hashsect PATH --mkelf PATH --reference PATH --vectors DIR [--update]

DIR/CASE.dump is the dump of each case; DIR/digests has the digest of each case under both built-in policies, in both
scopes and with every hash ("refused" where there is none). Vectors are only added: --update writes those that are missing and
never changes one that is there, unless --rewrite is given too, which is for the time before the first release.
"""
import argparse
import os
import subprocess
import sys
import tempfile

HASHES = ("sha256", "sha384", "sha512", "sha3-256", "blake2b512")
LARGE = 1 << 20


def run(words):
    return subprocess.run(words, capture_output=True, text=True, errors="surrogateescape", stdin=subprocess.DEVNULL)


class Golden:
    def __init__(self, arguments):
        self.arguments = arguments
        self.tools = {"C": [arguments.hashsect], "reference": [sys.executable, arguments.reference]}
        self.failures = 0
        self.checks = 0

    def check(self, good, text):
        self.checks += 1
        if not good:
            self.failures += 1
            print(f"not ok - {text}")

    def cases(self, directory):
        names = run([self.arguments.mkelf, "--list"]).stdout.split()
        for name in names:
            subprocess.run([self.arguments.mkelf, name, os.path.join(directory, name)], check=True)
        return names

    # ---- digests

    def digests(self, tool, names, directory):
        """Lines 'CASE POLICY SCOPE HASH: HEX' of one implementation."""
        lines = {}
        for policy in ("linux", "strict"):
            for scope in ("file", "loaded"):
                for hash_name in HASHES if (policy, scope) == ("strict", "file") else HASHES[:1]:
                    words = self.tools[tool] + ["digest", *(["-q"] if tool == "C" else []), "--policy", policy, "--scope", scope,
                                                "--hash", hash_name, *(os.path.join(directory, name) for name in names)]
                    found = {os.path.basename(path): digest for digest, path in
                             (line.split("  ", 1) for line in run(words).stdout.splitlines())}
                    for name in names:
                        lines[f"{name} {policy} {scope} {hash_name}"] = found.get(name, "refused").rsplit(":", 1)[-1]
        return lines

    def check_digests(self, names, directory):
        ours, theirs = self.digests("C", names, directory), self.digests("reference", names, directory)
        for key, value in ours.items():
            self.check(theirs[key] == value, f"{key}: C {value}, reference {theirs[key]}")
        path = os.path.join(self.arguments.vectors, "digests")
        golden = {}
        if os.path.exists(path):
            with open(path, encoding="ascii") as file:
                golden = dict(line.rstrip("\n").rsplit(": ", 1) for line in file)
        if self.arguments.update:
            golden = {**ours, **golden} if not self.arguments.rewrite else ours
            with open(path, "w", encoding="ascii") as file:
                file.writelines(f"{key}: {value}\n" for key, value in golden.items())
        self.check(set(golden) == set(ours), f"{path} and mkelf do not have the same cases")
        for key, value in golden.items():
            self.check(ours.get(key) == value, f"{key}: golden {value}, C {ours.get(key)}")
        self.check(any(value != "refused" for value in golden.values()), "no golden digest at all")

    # ---- dumps

    def dump(self, tool, path):
        """Under the linux policy, or under strict where that refuses the file."""
        result = run(self.tools[tool] + ["dump", path])
        return result if result.returncode == 0 else run(self.tools[tool] + ["dump", "--policy", "strict", path])

    def check_dump(self, name, path):
        golden_path = os.path.join(self.arguments.vectors, name + ".dump")
        ours, theirs = self.dump("C", path), self.dump("reference", path)
        self.check(ours.returncode == 0 and ours.stdout, f"{name}: no dump: {ours.stderr.strip()}")
        self.check(ours.stdout == theirs.stdout, f"{name}: the dumps of C and reference differ")
        if self.arguments.update and (self.arguments.rewrite or not os.path.exists(golden_path)):
            with open(golden_path, "w", encoding="ascii") as file:
                file.write(ours.stdout)
        try:
            with open(golden_path, encoding="ascii") as file:
                self.check(file.read() == ours.stdout, f"{name}: the dump differs from {golden_path}")
        except OSError as reason:
            self.check(False, str(reason))

    def run(self):
        os.makedirs(self.arguments.vectors, exist_ok=True)
        with tempfile.TemporaryDirectory() as directory:
            names = self.cases(directory)
            self.check(bool(names), "mkelf has no cases")
            self.check_digests(names, directory)
            for name in names:
                path = os.path.join(directory, name)
                if os.path.getsize(path) < LARGE:
                    self.check_dump(name, path)
        print(f"{self.checks - self.failures} passed, {self.failures} failed")
        return 1 if self.failures or not self.checks else 0


def main():
    parser = argparse.ArgumentParser()
    for name in ("hashsect", "mkelf", "reference", "vectors"):
        parser.add_argument("--" + name, required=True)
    parser.add_argument("--update", action="store_true")
    parser.add_argument("--rewrite", action="store_true")
    return Golden(parser.parse_args()).run()


if __name__ == "__main__":
    sys.exit(main())
