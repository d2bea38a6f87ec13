# SPDX-License-Identifier: GPL-2.0-or-later
"""Golden files in a folder: what golden.py and golden_maps.py share.

The dump of a file begins with the canonical policy, which is long and the same in nearly all. It is kept once, as
NAME.policy, and a dump in the folder has the line "  = NAME.policy" in its place. The dumps of one 32-bit and one 64-bit
variant of opposite byte order are kept; of the others their digests are, and C and reference must make the same dumps.
"""
import os
import subprocess

KEPT_DUMPS = ("-32be", "-64le", "-32be+stripped", "-64le+stripped")


def run(words):
    return subprocess.run(words, capture_output=True, text=True, errors="surrogateescape", stdin=subprocess.DEVNULL)


class Vectors:
    def __init__(self, folder, update=False, rewrite=False):
        self.folder, self.update, self.rewrite = folder, update, rewrite
        self.failures = self.checks = 0
        os.makedirs(folder, exist_ok=True)

    def check(self, good, text):
        self.checks += 1
        if not good:
            self.failures += 1
            print(f"not ok - {text}")

    def result(self):
        print(f"{self.checks - self.failures} passed, {self.failures} failed")
        return 1 if self.failures or not self.checks else 0

    def path(self, name):
        return os.path.join(self.folder, name)

    def text(self, name, text):
        """Compare a text with the golden file of this name."""
        path = self.path(name)
        if self.update and (self.rewrite or not os.path.exists(path)):
            with open(path, "w", encoding="ascii") as file:
                file.write(text)
        try:
            with open(path, encoding="ascii") as file:
                self.check(file.read() == text, f"{name}: not the golden one")
        except OSError as reason:
            self.check(False, str(reason))

    def dump(self, name, text):
        """The policy of a dump is compared for every dump, the rest where it is kept."""
        lines = text.splitlines(keepends=True)
        start = lines.index("policy\n") + 1 if "policy\n" in lines else len(lines)
        end = next((i for i in range(start, len(lines)) if not lines[i].startswith("  ")), len(lines))
        policy = next((line.split()[1] for line in lines[start:end] if line.startswith("  name ")), None)
        self.check(policy, f"{name}: the dump has no policy")
        if not policy:
            return
        self.text(policy + ".policy", "".join(lines[start:end]))
        if name.endswith(KEPT_DUMPS):
            self.text(name + ".dump", "".join((*lines[:start], f"  = {policy}.policy\n", *lines[end:])))
