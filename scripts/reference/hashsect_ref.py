#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Reference implementation of the hashsect digest, scheme 1.

Written from hashsect/FORMAT.md alone, with nothing but the Python standard library (3.9 or later). Section numbers
in the docstrings are those of FORMAT.md. It favours the words of the specification over speed, but a kernel's
vmlinux.o with millions of relocations takes seconds. The library has no zstd: files compressed with it are refused.

    hashsect_ref.py digest [--policy linux|strict|FILE.ini] [--exclude-section NAME[:CLASS]]...
                           [--scope file|loaded] [--hash NAME]
                           [--map MAP] FILE...
    hashsect_ref.py dump   (same options) FILE
    hashsect_ref.py map    [--policy linux|FILE.ini] FILE
    hashsect_ref.py certificate FILE...         certificates in DER: the number of free bytes of each, or why it is refused
"""

import argparse
import os
import sys

from hashsect_reference.certificate import check_certificate
from hashsect_reference.common import HASHES, SCOPES, Refused
from hashsect_reference.digest import HashsectFile
from hashsect_reference.policy import load_policy, split_exclude


def parse_arguments(words):
    parser = argparse.ArgumentParser(prog="hashsect_ref", description="Reference implementation of hashsect digests.")
    commands = parser.add_subparsers(dest="command", required=True)
    for command, count in (("digest", "+"), ("dump", 1), ("map", 1)):
        options = commands.add_parser(command)
        options.add_argument("--policy", default="linux", metavar="linux|strict|FILE.ini")
        options.set_defaults(exclude_section=[], scope="loaded", hash="sha256", map=None)
        if command != "map":
            options.add_argument("--exclude-section", action="append", default=[], metavar="NAME[:CLASS]")
            options.add_argument("--scope", default="file", choices=SCOPES)
            options.add_argument("--hash", default="sha256", choices=HASHES)
            options.add_argument("--map", metavar="MAP")
        options.add_argument("files", nargs=count, metavar="FILE")
    commands.add_parser("certificate").add_argument("files", nargs="+", metavar="FILE")
    return parser.parse_args(words)


def read(path):
    with open(path, "rb") as file:
        return file.read()


def show(command, file, path):
    """Prints what was asked for one file."""
    if command == "digest":
        print(f"{file.tagged_digest()}  {path}", flush=True)
        return
    lines = (line + "\n" for line in file.dump()) if command == "dump" else [file.map_text().decode()]
    sys.stdout.writelines(lines)
    sys.stdout.flush()


def run(arguments, policy, given_map, path):
    """Returns the exit status for one file."""
    try:
        excluded = [split_exclude(text) for text in arguments.exclude_section]
        show(arguments.command,
             HashsectFile(read(path), policy, excluded, arguments.scope, arguments.hash, given_map), path)
    except BrokenPipeError:
        # The reader has seen enough (dump | head); keep the interpreter from complaining at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 2
    except (Refused, OSError) as reason:
        print(f"hashsect_ref: {path}: {getattr(reason, 'strerror', None) or reason}", file=sys.stderr)
        return 2
    return 0


def show_certificate(path):
    """Returns the exit status for one certificate."""
    try:
        print(f"{check_certificate(read(path))}  {path}")
    except (Refused, OSError) as reason:
        print(f"hashsect_ref: {path}: {getattr(reason, 'strerror', None) or reason}", file=sys.stderr)
        return 2
    return 0


def main(words=None):
    arguments = parse_arguments(words)
    if arguments.command == "certificate":
        return max([show_certificate(path) for path in arguments.files])
    try:
        policy = load_policy(arguments.policy)
        given_map = read(arguments.map) if arguments.map else None
    except (Refused, OSError) as reason:
        print(f"hashsect_ref: {reason}", file=sys.stderr)
        return 2
    return max([run(arguments, policy, given_map, path) for path in arguments.files])


if __name__ == "__main__":
    sys.exit(main())
