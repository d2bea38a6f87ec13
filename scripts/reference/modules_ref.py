#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Reference implementation of module hash lists and Merkle trees.

Written from hashsect/modules/FORMAT.md alone, with nothing but the Python standard library (3.9 or later). That has
no zstd: modules compressed with it are refused.

    modules_ref.py list ORDER [-o TABLE]
    modules_ref.py tree ORDER [--endian little|big] [-o ROOT] [--proofs DIR]
    modules_ref.py verify [--endian little|big] ROOT|TABLE MODULE...
    modules_ref.py vectors [N...]

ORDER is a modules.order, or a directory with one. Exit status: 0 done, 1 verify refuses a module, 2 trouble.
"""

import argparse
import os
import sys

from hashsect_reference import merkle
from hashsect_reference.common import Refused
from hashsect_reference.layers import decompressed


def write(path, data):
    with open(path, "wb") as file:
        file.write(data)


def list_modules(arguments):
    folder, stems = merkle.read_order(arguments.order)
    modules = [merkle.read_module(folder, stem) for stem in stems]
    if arguments.output:
        write(arguments.output, merkle.flat_table(modules))
        return 0
    for stem, module in zip(stems, modules):
        print(f"{merkle.sha256(module).hex()}  {os.fsdecode(stem)}.ko")
    return 0


def make_tree(arguments):
    folder, stems = merkle.read_order(arguments.order)
    tree = merkle.Tree(merkle.read_module(folder, stem) for stem in stems)
    for position, stem in enumerate(stems if arguments.proofs else ()):
        path = os.path.join(os.fsencode(arguments.proofs), stem + b".merkle")
        os.makedirs(os.path.dirname(path), exist_ok=True)
        write(path, tree.proof_file(position))
    if arguments.output:
        write(arguments.output, tree.root(arguments.endian))
    print(f"modules: {len(stems)}\nlevels: {tree.levels}\nroot hash: {tree.root_hash.hex()}")
    return 0


def verify(arguments):
    with open(arguments.hashes, "rb") as file:
        hashes = file.read()
    status = 0
    for path in arguments.modules:
        with open(path, "rb") as file:
            data = decompressed(file.read())
        verdict = merkle.verdict(hashes, arguments.endian, data)
        print(f"{path}: {verdict}")
        status |= verdict != "ok"
    return status


def print_vectors(arguments):
    for count in arguments.counts or merkle.VECTORS:
        sys.stdout.write(merkle.vector(count))
    return 0


def parse_arguments(words):
    parser = argparse.ArgumentParser(prog="modules_ref", description="Reference implementation of module hashes.")
    commands = parser.add_subparsers(required=True)
    endian = {"choices": ("little", "big"), "default": "little"}
    options = commands.add_parser("list")
    options.set_defaults(run=list_modules)
    options.add_argument("order", metavar="ORDER")
    options.add_argument("-o", dest="output", metavar="TABLE")
    options = commands.add_parser("tree")
    options.set_defaults(run=make_tree)
    options.add_argument("order", metavar="ORDER")
    options.add_argument("--endian", **endian)
    options.add_argument("-o", dest="output", metavar="ROOT")
    options.add_argument("--proofs", metavar="DIR")
    options = commands.add_parser("verify")
    options.set_defaults(run=verify)
    options.add_argument("--endian", **endian)
    options.add_argument("hashes", metavar="ROOT|TABLE")
    options.add_argument("modules", nargs="+", metavar="MODULE")
    options = commands.add_parser("vectors")
    options.set_defaults(run=print_vectors)
    options.add_argument("counts", nargs="*", type=int, metavar="N")
    return parser.parse_args(words)


def main(words=None):
    arguments = parse_arguments(words)
    try:
        return arguments.run(arguments)
    except Refused as reason:
        print(f"modules_ref: {reason}", file=sys.stderr)
    except OSError as reason:
        print(f"modules_ref: {reason.filename}: {reason.strerror}", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
