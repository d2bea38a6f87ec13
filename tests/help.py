#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""help.py TOOL FOLDER: the help texts of a tool and its man pages say the same.

Every command has a help in lines of up to 100 columns, and a page, that of its first word, with its synopsis and each of its
options. A page lists no other options, and mentions none that no command has; the commands in its examples and quotations
have the options that stand there. The overview has all pages, and there is no page without a command."""
import os
import re
import subprocess
import sys

EVERYWHERE = {"help", "version"}


def fail(message):
    sys.exit("not ok - " + message)


def run(*command):
    text = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    wide = [line for line in text.splitlines() if len(line) > 100]
    if wide:
        fail(f"{' '.join(command)} is wider than 100 columns: {wide[0]}")
    return text


class Tool:
    def __init__(self, path):
        self.name = os.path.basename(path)
        names = re.findall(r"^  ([a-z-]+(?: [a-z]+)?)  ", run(path, "--help"), re.MULTILINE)
        if len(names) < 10:
            fail(f"{self.name} --help has {len(names)} commands")
        self.options = {}
        for name in names:
            text = run(path, *name.split(), "--help")
            if not text.startswith(f"usage: {self.name} {name} "):
                fail(f"{self.name} {name} --help begins otherwise: {text[:80]}")
            self.options[name] = set(re.findall(r"^  (?:-[a-z], )?--([a-z-]+)", text, re.MULTILINE))
        self.all = set().union(*self.options.values()) | EVERYWHERE | {"completion"}

    def pages(self):
        """What each page is about: the commands that begin with its word."""
        pages = {}
        for name in self.options:
            pages.setdefault(name.split()[0], []).append(name)
        return pages


def options_in(text):
    return set(re.findall(r"Fl Fl ([a-z][a-z-]*)", text))


def section(text, name):
    found = re.search(rf"^\.Sh {name}\n(.*?)(?=^\.Sh )", text, re.MULTILINE | re.DOTALL)
    return found.group(1) if found else ""


def check_page(tool, word, names, text):
    """A page of commands."""
    own = set().union(*(tool.options[name] for name in names)) | EVERYWHERE
    synopsis = section(text, "SYNOPSIS")
    for name in names:
        if f"\n.Cm {name}\n" not in synopsis:
            fail(f"{name} is not in the synopsis of its page")
        for option in sorted(tool.options[name] | EVERYWHERE):
            if not re.search(rf"^\.It .*Fl Fl {option}( |$)", text, re.MULTILINE):
                fail(f"--{option} of {name} is not in the list of its page")
    if set(re.findall(r"^\.Cm ([a-z][a-z -]*)$", synopsis, re.MULTILINE)) - set(names):
        fail(f"the synopsis of {word} has what is no command of it")
    listed = options_in(synopsis + "\n".join(re.findall(r"^\.It .*", text, re.MULTILINE)))
    if listed - own:
        fail(f"the page of {word} has options of others: {listed - own}")


def check_mentions(tool, path, text):
    """Options in running text, and in what a reader could type."""
    unknown = options_in(text) - tool.all
    if unknown:
        fail(f"{path} has options that no command knows: {unknown}")
    for line in re.sub(r"\\e\n\s*", "", text).splitlines():
        typed = re.match(rf"(?:\.Dl |\.Ql )?{tool.name} ([a-z-]+)(?: ([a-z]+))?(.*)", line)
        if not typed:
            continue
        first, second, rest = typed.groups()
        name = first if first in tool.options else f"{first} {second}"
        if name not in tool.options:
            fail(f"{path}: {line}: no such command")
        wrong = set(re.findall(r" --([a-z-]+)", rest)) - tool.options[name]
        if wrong:
            fail(f"{path}: {line}: {name} has no {wrong}")


def check_overview(tool, text):
    listed = re.findall(rf"^\.It Xr {tool.name}-([a-z-]+) 1$", text, re.MULTILINE)
    if listed != list(tool.pages()):
        fail(f"the overview lists {listed}, not the pages of all commands in the order of the help")
    if {f"{tool.name}-{word} 1" for word in listed} - set(re.findall(r"^\.Xr (.*?)(?: ,)?$", text, re.MULTILINE)):
        fail("the overview does not refer to all pages under SEE ALSO")


def main():
    tool, folder = Tool(sys.argv[1]), sys.argv[2]
    texts = {}
    for file in sorted(os.listdir(folder)):
        with open(os.path.join(folder, file), encoding="ascii") as page:
            texts[file] = page.read()
        check_mentions(tool, file, texts[file])
    overview = f"{tool.name}.1"
    expected = {f"{tool.name}-{word}.1" for word in tool.pages()} | {overview}
    found = {file for file in texts if file.endswith(".1")}
    if found != expected:
        fail(f"pages of commands: missing {sorted(expected - found)}, too many {sorted(found - expected)}")
    check_overview(tool, texts[overview])
    for word, names in tool.pages().items():
        check_page(tool, word, names, texts[f"{tool.name}-{word}.1"])
    print(f"ok - {len(tool.options)} commands, {len(texts)} pages")


main()
