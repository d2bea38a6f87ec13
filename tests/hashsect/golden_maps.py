#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Golden vectors of maps: generated linked file -> map -> digests of the file, its stripped copy, and both with a note.

golden_maps.py --hashsect PATH --elfsect PATH --mkelf PATH --vectors DIR [--reference PATH] [--update]

DIR/CASE.map is the map of each linked case. DIR/map-digests has the digests, in both scopes, of the file with its map as a
note (note), of the stripped file with the map given (stripped+map), of the stripped file with the note (stripped+note), and
with both (stripped+note+map). DIR/CASE+stripped.dump is the dump of the stripped file with the map given, see vectors.py. With
--reference the reference must make the same. Vectors are only added: --update writes those that are missing.
"""
import argparse
import os
import subprocess
import sys
import tempfile

from vectors import Vectors, run

KINDS = ("note", "stripped+map", "stripped+note", "stripped+note+map")


class Golden:
    def __init__(self, arguments, directory):
        self.arguments, self.directory = arguments, directory
        self.tools = {"C": [arguments.hashsect]}
        if arguments.reference:
            self.tools["reference"] = [sys.executable, arguments.reference]
        self.vectors = Vectors(arguments.vectors, arguments.update)
        self.check = self.vectors.check
        self.digests = {}

    def path(self, name):
        return os.path.join(self.directory, name)

    def make(self, name):
        """The files of one case. False if it is not a linked file, which has no map."""
        mkelf = self.arguments.mkelf
        subprocess.run([mkelf, name, self.path(name)], check=True)
        made = run([self.arguments.hashsect, "policy", "resolve", self.path(name), "-o", self.path(name + ".map")])
        if made.returncode != 0:
            self.check("no map: " in made.stderr or ": rule " in made.stderr, f"{name}: {made.stderr.strip()}")
            return False
        subprocess.run([mkelf, "--stripped", name, self.path(name + "+stripped")], check=True)
        inject = [self.arguments.elfsect, "inject", "--section", ".gnu.warning.hashsect", "--note", "hashsect:1",
                  "--flags", "0", "--data", self.path(name + ".map")]
        for kind in ("", "+stripped"):
            subprocess.run([*inject, "-o", self.path(name + kind + "+note"), self.path(name + kind)], check=True)
        return True

    def digest(self, tool, name, kind, scope):
        given = ["--map", self.path(name + ".map")] if kind.endswith("+map") else []
        path = self.path(name + "+" + kind.replace("+map", ""))
        return run(self.tools[tool] + ["digest", "--scope", scope, *given, path]).stdout.partition("  ")[0] or "refused"

    def check_case(self, name):
        with open(self.path(name + ".map"), encoding="ascii") as file:
            text = file.read()
        self.vectors.text(name + ".map", text)
        plain = {scope: run([self.arguments.hashsect, "digest", "--scope", scope, self.path(name)]).stdout.partition("  ")[0]
                 for scope in ("file", "loaded")}
        self.check(f"\ndigest {plain['loaded']}\n" in text, f"{name}: the map names another digest")
        embedded = self.path(name + "+embedded")
        run([self.arguments.hashsect, "policy", "resolve", "--embed", "-o", embedded, self.path(name)])
        self.check(run(["cmp", embedded, self.path(name + "+note")]).returncode == 0, f"{name}: --embed and elfsect inject")
        for kind in KINDS:
            for scope in ("file", "loaded"):
                digest = self.digest("C", name, kind, scope)
                self.digests[f"{name} {kind} {scope}"] = digest
                if scope == "loaded" or kind == "note":
                    self.check(digest == plain[scope], f"{name} {kind} {scope}: {digest}, not {plain[scope]}")
                if "reference" in self.tools:
                    theirs = self.digest("reference", name, kind, scope)
                    self.check(digest == theirs, f"{name} {kind} {scope}: C {digest}, reference {theirs}")
        self.check_dump(name)
        if "reference" in self.tools:
            theirs = run(self.tools["reference"] + ["map", self.path(name)])
            self.check(theirs.stdout == text, f"{name}: C and reference make other maps")

    def check_dump(self, name):
        words = ["dump", "--map", self.path(name + ".map"), self.path(name + "+stripped")]
        dumps = {tool: run(command + words) for tool, command in self.tools.items()}
        self.check(dumps["C"].returncode == 0, f"{name}: no dump: {dumps['C'].stderr.strip()}")
        self.vectors.dump(name + "+stripped", dumps["C"].stdout)
        for tool, dump in dumps.items():
            self.check(dump.stdout == dumps["C"].stdout, f"{name}: the dumps of C and {tool} differ")

    def run(self):
        names = [name for name in run([self.arguments.mkelf, "--list"]).stdout.split() if self.make(name)]
        self.check(len(names) >= 20, "not even 20 linked cases")
        for name in names:
            self.check_case(name)
        self.vectors.text("map-digests", "".join(f"{key}: {value}\n" for key, value in self.digests.items()))
        return self.vectors.result()


def main():
    parser = argparse.ArgumentParser()
    for name in ("hashsect", "elfsect", "mkelf", "vectors"):
        parser.add_argument("--" + name, required=True)
    parser.add_argument("--reference")
    parser.add_argument("--update", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        return Golden(arguments, directory).run()


if __name__ == "__main__":
    sys.exit(main())
