#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Golden vectors: generated ELF file -> dump -> digest.

golden.py --hashsect PATH --mkelf PATH --vectors DIR [--reference PATH] [--update]

DIR/digests has the digest of each case under both built-in policies, in both scopes and with every hash ("refused" where there
is none). DIR/CASE.dump is a dump, see vectors.py. DIR/example is one case in base64, with its digests: a whole file for those who
do not build mkelf. With --reference the reference must make the same digests and dumps. Vectors
are only added: --update writes those that are missing and never changes one that is there, unless --rewrite is given too, which
is for the time before the first release.
"""
import argparse
import base64
import os
import subprocess
import sys
import tempfile

from vectors import KEPT_DUMPS, Vectors, run

HASHES = ("sha256", "sha384", "sha512", "sha3-256", "blake2b512")
LARGE = 1 << 20
EXAMPLE = "keyring-64le"


class Golden:
    def __init__(self, arguments):
        self.arguments = arguments
        self.vectors = Vectors(arguments.vectors, arguments.update, arguments.rewrite)
        self.check = self.vectors.check
        self.tools = {"C": [arguments.hashsect]}
        if arguments.reference:
            self.tools["reference"] = [sys.executable, arguments.reference]

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

    def check_example(self, directory, digests):
        with open(os.path.join(directory, EXAMPLE), "rb") as file:
            content = file.read()
        self.check(len(content) < 2048, "the example is not small")
        self.vectors.text("example", "".join((
            f"{EXAMPLE}: {len(content)} bytes, in base64\n\n", base64.encodebytes(content).decode(), "\nits digests\n\n",
            *(f"{key}: {value}\n" for key, value in digests.items() if key.startswith(EXAMPLE + " ")))))

    def check_digests(self, names, directory):
        ours = self.digests("C", names, directory)
        if "reference" in self.tools:
            theirs = self.digests("reference", names, directory)
            for key, value in ours.items():
                self.check(theirs[key] == value, f"{key}: C {value}, reference {theirs[key]}")
        path = self.vectors.path("digests")
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
        self.check_example(directory, ours)
        self.check(any(value != "refused" for value in golden.values()), "no golden digest at all")

    # ---- dumps

    def dump(self, tool, path):
        """Under the linux policy, or under strict where that refuses the file."""
        result = run(self.tools[tool] + ["dump", path])
        return result if result.returncode == 0 else run(self.tools[tool] + ["dump", "--policy", "strict", path])

    def check_dump(self, name, path):
        ours = self.dump("C", path)
        self.check(ours.returncode == 0 and ours.stdout, f"{name}: no dump: {ours.stderr.strip()}")
        self.vectors.dump(name, ours.stdout)
        if "reference" in self.tools:
            self.check(ours.stdout == self.dump("reference", path).stdout, f"{name}: the dumps of C and reference differ")

    def run(self):
        with tempfile.TemporaryDirectory() as directory:
            names = self.cases(directory)
            self.check(bool(names), "mkelf has no cases")
            self.check_digests(names, directory)
            for name in names:
                path = os.path.join(directory, name)
                if os.path.getsize(path) < LARGE and (name.endswith(KEPT_DUMPS) or "reference" in self.tools):
                    self.check_dump(name, path)
        return self.vectors.result()


def main():
    parser = argparse.ArgumentParser()
    for name in ("hashsect", "mkelf", "vectors"):
        parser.add_argument("--" + name, required=True)
    parser.add_argument("--reference")
    parser.add_argument("--update", action="store_true")
    parser.add_argument("--rewrite", action="store_true")
    return Golden(parser.parse_args()).run()


if __name__ == "__main__":
    sys.exit(main())
