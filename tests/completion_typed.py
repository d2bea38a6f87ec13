#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""completion_typed.py TOOL SHELL: types into a shell, on a terminal, and looks at the words that a command then gets.

In place of the tool there is a function that prints its arguments: so the shell's own quoting is part of the answer."""
import os
import pty
import select
import shutil
import subprocess
import sys
import tempfile
import time

ODD = "odd 'name' $HOME;[x]*"
# What is typed, "<" being the tab key, and the arguments then.
CASES = {"odd": [
    ("d< f", ["do", "f"]),
    ("do --word it<", ["do", "--word", "it's"]),
    ("do --word two<", ["do", "--word", "two words"]),
    ("do -w x<", ["do", "-w", "x:y[z]"]),
    ("do --word back<", ["do", "--word", "back\\slash"]),
    ("do --either it<", ["do", "--either", "it's"]),
    ("do --eith< f", ["do", "--either", "f"]),
    ("do odd<", ["do", ODD]),
], "hashsect": [
    ("dig< f", ["digest", "f"]),
    ("sig ver< f", ["sig", "verify", "f"]),
    ("help mod< tr<", ["help", "modules", "tree"]),
    ("digest --req< f", ["digest", "--require-proof", "f"]),
    ("digest --scope loa< f", ["digest", "--scope", "loaded", "f"]),
    ("digest --scope=loa< f", ["digest", "--scope=loaded", "f"]),
    ("digest --hash sha3-2<", ["digest", "--hash", "sha3-256"]),
    ("digest --policy stri<", ["digest", "--policy", "strict"]),
    ("digest --policy odd<", ["digest", "--policy", ODD]),
    ("digest --map odd<", ["digest", "--map", ODD]),
    ("compare --json odd<", ["compare", "--json", ODD]),
    ("policy show stri<", ["policy", "show", "strict"]),
    ("sig strip --checksum rec<", ["sig", "strip", "--checksum", "recompute"]),
    ("digest --jobs odd<", ["digest", "--jobs", "odd"]),
    ("sig verify --sig< f", ["sig", "verify", "--sig", "f"]),
    ("--compl< fi<", ["--completion", "fish"]),
]}
PRINTS = {
    "bash": "TOOL() { printf '<<%s>>' \"$@\"; printf 'END\\n'; }\n. ./script\n",
    "zsh": "TOOL() { printf '<<%s>>' \"$@\"; printf 'END\\n'; }\n"
           "fpath=($PWD/functions $fpath)\nautoload -Uz compinit\ncompinit -u -D\n",
    "fish": "function TOOL; printf '<<%s>>' $argv; printf 'END\\n'; end\nsource script\n",
}
COMMANDS = {"bash": ["bash", "--norc", "--noprofile", "-i"], "zsh": ["zsh", "-f", "-i"],
            "fish": ["fish", "--no-config", "-i"]}


class Terminal:
    def __init__(self, command, environment):
        self.pid, self.fd = pty.fork()
        if not self.pid:
            os.execvpe(command[0], command, environment)

    def write(self, text):
        os.write(self.fd, text.encode())

    def read_until(self, mark, seconds=20):
        seen, end = b"", time.monotonic() + seconds
        while mark not in seen:
            if not select.select([self.fd], [], [], max(0, end - time.monotonic()))[0]:
                sys.exit(f"not ok - the shell says nothing more after {seen!r}")
            seen += os.read(self.fd, 65536)
        return seen

    def close(self):
        os.close(self.fd)
        os.waitpid(self.pid, 0)


def arguments(answer):
    """Those between the last marks of the answer."""
    line = answer[:answer.rindex(b"END")].decode()
    return [word.split(">>")[0] for word in line[line.index("<<"):].split("<<")[1:]]


def check(name, shell, folder):
    with open(os.path.join(folder, "setup"), "w", encoding="ascii") as setup:
        setup.write(PRINTS[shell].replace("TOOL", name))
    environment = {"PATH": os.environ["PATH"], "HOME": folder, "TERM": "dumb", "LC_ALL": "C.UTF-8", "PS1": "% "}
    terminal = Terminal(COMMANDS[shell], environment)
    terminal.write(". ./setup; " + name + " READY\n")
    terminal.read_until(b">>END")
    for typed, wanted in CASES[name]:
        terminal.write(name + " " + typed.replace("<", "\t") + "\n")
        got = arguments(terminal.read_until(b">>END"))
        if got != wanted:
            sys.exit(f"not ok - {shell}: {typed} became {got}, not {wanted}")
    terminal.close()


def main():
    tool, shell = os.path.abspath(sys.argv[1]), sys.argv[2]
    name = os.path.basename(tool)
    if not shutil.which(shell):
        print(f"skipped: {shell} is not installed")
        sys.exit(77)
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        script = subprocess.run([tool, "--completion", shell], check=True, stdout=subprocess.PIPE).stdout
        os.mkdir("functions")
        for path in ("script", "functions/_" + name):
            with open(path, "wb") as file:
                file.write(script)
        with open(ODD, "wb"):
            pass
        check(name, shell, folder)
        if os.path.exists("made"):
            sys.exit(f"not ok - {shell} ran what stands in a text")
    print(f"ok - {len(CASES[name])} lines typed into {shell}")


main()
