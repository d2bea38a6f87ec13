#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""faults.py --hashsect H --elfsect E --failing LIBRARY --source DIR [--step N] [--kinds KIND,...] [COMMAND...]

What every command does where a single call fails: memory, files, memory of a library, or a read that brings less than was
asked for. One call after the other, until none is left. A fault may change nothing but this: the exit status is 2, there is one
line that says what happened, nothing is printed as if it were a result, and all files are as they were. Or it is made up for, and
everything is as it would have been.
"""
import argparse
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile

# Name of the command: arguments in the scene. "*" in front: it writes; "**": many files, of which each is the old or the new one.
COMMANDS = {
    "hashsect digest": ["digest", "-j1", "vmlinux", "vmlinux.o", "a.ko.xz", "a.ko.zst", "a.ko.gz"],
    "hashsect digest bzimage": ["digest", "-j1", "bzimage"],
    "hashsect digest --manifest": ["digest", "-j1", "--manifest", "vmlinux"],
    "hashsect digest --check": ["digest", "-j1", "--check", "list"],
    "hashsect digest --map": ["digest", "-j1", "--map", "map", "stripped"],
    "hashsect digest --authenticode": ["digest", "--authenticode", "pe"],
    "hashsect digest folder": ["digest", "-j1", "--json", "tree"],
    "hashsect dump": ["dump", "vmlinux.o"],
    "hashsect compare": ["compare", "-j1", "vmlinux", "unsigned"],
    "hashsect compare --manifest": ["compare", "-j1", "--json", "--manifest", "manifest", "vmlinux"],
    "hashsect compare packages": ["compare", "-j1", "tree.tar", "rebuilt.tar.gz"],
    "hashsect compare folders": ["compare", "-j1", "--html", "-", "tree", "rebuilt"],
    "hashsect explain": ["explain", "-j1", "vmlinux", "other"],
    "hashsect explain vmlinux.o": ["explain", "-j1", "--json", "vmlinux.o", "other.o"],
    "hashsect explain packages": ["explain", "-j1", "tree.tar", "rebuilt.tar.gz"],
    "hashsect audit": ["audit", "-j1", "tree"],
    "hashsect audit package": ["audit", "-j1", "--json", "tree.tar"],
    "hashsect sig show": ["sig", "show", "tree/lib/a.ko", "a.ko.xz", "bzimage", "pe"],
    "hashsect sig verify": ["sig", "verify", "--certificates", "one.crt", "tree/lib/a.ko", "a.ko.xz"],
    "hashsect sig extract": ["sig", "extract", "tree/lib/a.ko"],
    "hashsect sig strip": ["*", "sig", "strip", "tree/lib/a.ko"],
    "hashsect sig attach": ["*", "sig", "attach", "--signature", "a.p7s", "rebuilt/lib/a.ko"],
    "hashsect sig attach --from": ["**", "sig", "attach", "-j1", "--from", "store", "rebuilt/lib/a.ko", "rebuilt/lib/b.ko"],
    "hashsect sig collect": ["**", "sig", "collect", "-j1", "-o", "new", "tree.tar"],
    "hashsect graft": ["**", "graft", "-j1", "--from", "tree", "-o", "new", "rebuilt"],
    "hashsect attest": ["*", "attest", "--key", "one.key", "-o", "new", "vmlinux", "tree/lib/a.ko"],
    "hashsect verify-attestation": ["verify-attestation", "--key", "one.pub", "envelope", "vmlinux"],
    "hashsect modules list": ["modules", "list", "-j1", "hashed"],
    "hashsect modules tree": ["*", "modules", "tree", "-j1", "--endian", "little", "-o", "new", "hashed"],
    "hashsect modules embed": ["*", "modules", "embed", "-j1", "hashed/vmlinux", "hashed"],
    "hashsect modules verify": ["modules", "verify", "embedded/vmlinux", "embedded/lib/a.ko", "embedded/lib/b.ko"],
    "hashsect modules append": ["**", "modules", "append", "--proofs", "proofs", "hashed"],
    "hashsect policy show": ["policy", "show", "linux"],
    "hashsect policy resolve": ["*", "policy", "resolve", "-o", "new", "vmlinux"],
    "elfsect list": ["list", "--hash", "vmlinux"],
    "elfsect check": ["check", "vmlinux", "vmlinux.o"],
    "elfsect extract": ["extract", "--section", ".rodata", "vmlinux"],
    "elfsect inject": ["*", "inject", "--section", ".new", "--data", "payload", "vmlinux.o"],
    "elfsect inject in place": ["*", "inject", "--in-place", "--section", ".rodata", "--data", "plain", "vmlinux"],
    "elfsect isolate": ["*", "isolate", "vmlinux.o", "--symbols", "text..text+42", "--into", ".apart"],
    "elfsect rename": ["*", "rename", "vmlinux.o", ".rodata=.renamed"],
    "elfsect remove": ["*", "remove", "vmlinux.o", "--section", ".module_hashes"],
    "elfsect clear": ["*", "clear", "vmlinux", "--section", ".rodata"],
    "elfsect recover": ["recover", "vmlinux"],
    "elfsect keyring list": ["keyring", "list", "vmlinux"],
    "elfsect keyring add": ["*", "keyring", "add", "vmlinux", "two.crt"],
    "elfsect keyring add in place": ["*", "keyring", "add", "--in-place", "vmlinux", "two.crt"],
    "elfsect keyring remove": ["*", "keyring", "remove", "vmlinux", "--all"],
}
SECONDS = 20
LIBRARY_STEP = 211
CRASHES = -signal.SIGSEGV, -signal.SIGABRT


def state_of(folder):
    """Of everything in a folder: type, mode and content."""
    found = {}
    for path, folders, files in os.walk(folder):
        for name in folders + files:
            full = os.path.join(path, name)
            status = os.lstat(full)
            content = hashlib.sha256(open(full, "rb").read()).hexdigest() if os.path.isfile(full) else ""
            found[os.path.relpath(full, folder)] = (status.st_mode, content)
    return found


class Command:
    """One command, its scene, and what it does when nothing fails."""

    def __init__(self, name, words, arguments, scene, work):
        self.writes = words[0][0] == "*"
        self.many = words[0] == "**"
        self.tool = os.path.abspath(getattr(arguments, name.split()[0]))
        self.words = words[1:] if self.writes else words
        self.name, self.scene, self.work, self.failing = name, scene, work, os.path.abspath(arguments.failing)
        self.before = state_of(scene)
        self.reference = self.run(None, 0)

    def run(self, kind, at):
        folder = self.scene
        log, kept = os.path.join(self.work, "fault"), os.path.join(self.work, "kept")
        if self.writes:
            folder = os.path.join(self.work, "copy")
            shutil.rmtree(folder, ignore_errors=True)
            shutil.copytree(self.scene, folder, symlinks=True)
        for path in log, kept:
            if os.path.exists(path):
                os.unlink(path)
        environment = dict(os.environ, LC_ALL="C", SOURCE_DATE_EPOCH="1767225600", TZ="UTC", NO_COLOR="1")
        if kind:
            environment.update(LD_PRELOAD=self.failing, FAULT_WHAT=kind, FAULT_AT=str(at), FAULT_LOG=log, FAULT_KEPT=kept)
        try:
            ran = subprocess.run([self.tool, *self.words], cwd=folder, env=environment, stdin=subprocess.DEVNULL,
                                 capture_output=True, timeout=SECONDS, check=False)
            result = ran.returncode, ran.stdout, ran.stderr
        except subprocess.TimeoutExpired:
            result = "no end", b"", b""
        self.kept = int(open(kept, encoding="ascii").read() or 0) if os.path.exists(kept) else 0
        failed = open(log, encoding="ascii").read() if os.path.exists(log) else None
        return result, state_of(folder) if self.writes else self.before, failed

    def judge(self, kind, run):
        """What is wrong with a run in which a call failed; None: nothing."""
        (status, out, err), state, _ = run
        (usual_status, usual_out, _), usual_state, _ = self.reference
        if self.kept and kind != "library":
            return f"status {status}, and {self.kept} allocations that nobody freed"
        if status == usual_status:
            if out != usual_out:
                return f"status {status} as always, and other results: {out[:200]!r}"
            return None if state == usual_state else f"status {status} as always, and other files: {changes(usual_state, state)}"
        if status in CRASHES and kind == "library":
            return None  # libc's fts_open() and json-c do not survive it themselves; nothing was said
        if status != 2:
            return f"status {status}, which is {usual_status} or 2: {err[-300:]!r}"
        if out and not out.startswith(b"FAILED") and not self.is_part(out, usual_out):
            return f"results with status 2: {out[:200]!r}"
        lines = err.decode("utf-8", "replace").splitlines()
        if not [line for line in lines if line.startswith(os.path.basename(self.tool) + ": ")]:
            return f"status 2 for no reason: {err!r}"
        odd = [path for path in state.keys() | self.before.keys()
               if self.shown(state, path) not in (self.shown(self.before, path), self.shown(usual_state, path))]
        if odd:
            return f"files that are neither the old nor the new ones: {sorted(odd)[:5]}"
        if state not in (self.before, usual_state) and not self.many:
            return f"some of the files were written: {changes(self.before, state)}"
        return None

    def shown(self, state, path):
        """Of one file. Where there are many each gets its mode when all are written."""
        return state.get(path) if not self.many or path not in state else state[path][1]

    @staticmethod
    def is_part(out, usual):
        """What was printed before: the start of all, or whole lines of other files, in their order."""
        lines, usual_lines = out.splitlines(True), iter(usual.splitlines(True))
        return usual.startswith(out) or (out.endswith(b"\n") and all(line in usual_lines for line in lines))


def changes(one, other):
    return sorted(path for path in one.keys() | other.keys() if one.get(path) != other.get(path))[:5]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for option in ("hashsect", "elfsect", "failing", "source"):
        parser.add_argument("--" + option, required=True)
    parser.add_argument("--step", type=int, default=1, help="only every N-th call")
    parser.add_argument("--kinds", default="memory,file,short,library")
    parser.add_argument("commands", nargs="*", help="only those whose names hold one of these words")
    arguments = parser.parse_args()
    wrong = ran = 0
    with tempfile.TemporaryDirectory() as work:
        scene = os.path.join(work, "scene")
        subprocess.run(["bash", os.path.join(arguments.source, "tests/faults/scene.sh"), arguments.hashsect, arguments.elfsect,
                        arguments.source, scene], check=True)
        for name, words in COMMANDS.items():
            if arguments.commands and not any(word in name for word in arguments.commands):
                continue
            command = Command(name, words, arguments, scene, work)
            status = command.reference[0][0]
            if status not in (0, 1, 3):
                print(f"not ok - {name}: status {status} without a fault: {command.reference[0][2][-300:]!r}")
                wrong += 1
                continue
            for kind in arguments.kinds.split(","):
                # Of libraries some: they are many, and whose allocation it is makes no difference to libcrypto.
                step = arguments.step * (LIBRARY_STEP if kind == "library" else 1)
                at = 1
                while True:
                    run = command.run(kind, at)
                    problem = command.judge(kind, run)
                    if problem:
                        wrong += 1
                        print(f"not ok - {name}: {kind} {at} ({run[2]}): {problem}", flush=True)
                    if not run[2]:
                        break
                    ran += 1
                    at += step
    print(f"{ran} faults, {wrong} wrong")
    return 1 if wrong or not ran else 0


if __name__ == "__main__":
    sys.exit(main())
