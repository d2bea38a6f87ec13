# SPDX-License-Identifier: LGPL-2.1-or-later
"""Module hashes. Section numbers are those of hashsect/modules/FORMAT.md."""

import hashlib
import os
import re

from .common import is_zero, must
from .layers import MARKER, MERKLE, PKCS7, TRAILER, decompressed, make_trailer, read_trailer, without_trailers

HASH = 32
ROOT = 4 + HASH
LONGEST_PATH, MOST_MODULES = 4095, 1048576


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


# --------------------------------------------------------------------------------------------------------------
# Section 1: modules.order


def parse_order(data):
    """The stems, as bytes, in order."""
    if not data:
        return []
    must(data.endswith(b"\n"), "modules.order: the last line has no line feed")
    lines = data[:-1].split(b"\n")
    must(len(lines) <= MOST_MODULES, "modules.order: too many lines")
    for line in lines:
        must(1 <= len(line) <= LONGEST_PATH and not re.search(rb"[\x00-\x1f\x7f]", line)
             and not any(part in (b"", b".", b"..") for part in line.split(b"/")), f"modules.order: bad path {line!r}")
    kinds = {os.path.splitext(line)[1] for line in lines}
    must(kinds in ({b".o"}, {b".ko"}), "modules.order: lines must end in .o or .ko, all of them in the same")
    stems = [line.rpartition(b".")[0] for line in lines]
    must(len(stems) == len(set(stems)), "modules.order: a path is there twice")
    return stems


def read_order(path):
    """The folder and the stems of a modules.order, or of a directory with one."""
    path = os.fsencode(path)
    if os.path.isdir(path):
        path = os.path.join(path, b"modules.order")
    with open(path, "rb") as file:
        return os.path.dirname(path), parse_order(file.read())


def read_module(folder, stem):
    """Section 2: what is hashed of a module, which is the one file of four names."""
    paths = [os.path.join(folder, stem + ending) for ending in (b".ko", b".ko.gz", b".ko.xz", b".ko.zst")]
    found = [path for path in paths if os.path.lexists(path)]
    must(len(found) == 1, f"{stem!r}: {len(found)} files, not one")
    with open(found[0], "rb") as file:
        data = decompressed(file.read())
    must(data, f"{stem!r}: an empty file")
    return without_trailers(data)


# --------------------------------------------------------------------------------------------------------------
# Sections 3 and 4: table, tree, root, proofs


def flat_table(modules):
    return b"".join(sha256(module) for module in modules)


def leaf_hash(position, module):
    return sha256(b"\x01", position.to_bytes(4, "big"), module)


def node_hash(left, right):
    return sha256(b"\x02", left, right)


class Tree:
    """levels[0] is the leaves, levels[-1] the root hash alone."""

    def __init__(self, modules):
        self.nodes = [[leaf_hash(position, module) for position, module in enumerate(modules)]]
        while len(self.nodes[-1]) > 1 or len(self.nodes) == 1 == len(self.nodes[0]):
            below = self.nodes[-1]
            self.nodes.append([node_hash(below[at], below[min(at + 1, len(below) - 1)])
                               for at in range(0, len(below), 2)])

    @property
    def levels(self):
        return len(self.nodes) - 1

    @property
    def root_hash(self):
        return self.nodes[-1][0] if self.nodes[-1] else bytes(HASH)

    def root(self, endian):
        return self.levels.to_bytes(4, endian) + self.root_hash

    def proof(self, position):
        siblings = [nodes[min(position >> level ^ 1, len(nodes) - 1)]
                    for level, nodes in enumerate(self.nodes[:-1])]
        return position.to_bytes(4, "big") + b"".join(siblings)

    def proof_file(self, position):
        proof = self.proof(position)
        return proof + make_trailer(MERKLE, len(proof))


def folds_to(module, proof, root_hash):
    """Section 4: whether a proof leads from a module to the root hash."""
    position, siblings = int.from_bytes(proof[:4], "big"), proof[4:]
    node = leaf_hash(position, module)
    for level in range(len(siblings) // HASH):
        sibling = siblings[HASH * level:HASH * (level + 1)]
        node = node_hash(sibling, node) if position >> level & 1 else node_hash(node, sibling)
    return node == root_hash


# --------------------------------------------------------------------------------------------------------------
# Section 5: what the kernel says


def verdict_with_root(root, endian, data):
    levels, root_hash = int.from_bytes(root[:4], endian), root[4:]
    must(levels <= 32, f"not a root: {levels} levels")
    must((levels == 0) == is_zero(root_hash), f"not a root: {levels} levels and hash {root_hash.hex()}")
    if len(data) <= len(MARKER) or data[-len(MARKER):] != MARKER:
        return "-ENODATA"
    if len(data) < 13 + len(MARKER):
        return "-EBADMSG"
    trailer = read_trailer(data)
    if trailer.id_type != MERKLE:
        return "-ENOPKG"
    if not trailer.data_fits(len(data)) or not is_zero(trailer.others):
        return "-EBADMSG"
    if trailer.sig_len != 4 + HASH * levels:
        return "-ENOPKG"
    at = len(data) - TRAILER - trailer.sig_len
    return "ok" if folds_to(data[:at], data[at:-TRAILER], root_hash) else "-ENOKEY"


def without_signature(data):
    """What is in front of a sound trailer of type 2 and its data; else all."""
    if len(data) < TRAILER:
        return data
    trailer = read_trailer(data)
    if not trailer or trailer.id_type != PKCS7 or not is_zero(trailer.others) or not trailer.data_fits(len(data)):
        return data
    return data[:len(data) - TRAILER - trailer.sig_len]


def verdict_with_table(table, data):
    entries = {table[at:at + HASH] for at in range(0, len(table), HASH)} - {bytes(HASH)}
    return "ok" if sha256(data) in entries or sha256(without_signature(data)) in entries else "-ENOKEY"


def verdict(hashes, endian, data):
    """hashes: a root of 36 bytes, or a table."""
    must(data, "an empty file")
    if len(hashes) == ROOT:
        return verdict_with_root(hashes, endian, data)
    must(len(hashes) % HASH == 0, "neither a root nor a table")
    return verdict_with_table(hashes, data)


# --------------------------------------------------------------------------------------------------------------
# Section 6: generated vectors

VECTORS = (0, 1, 2, 3, 4, 5, 7, 8, 9, 4256)


def generated_module(i):
    return bytes((31 * i + 7 * j + j // 256) % 256 for j in range(100 * (i % 7) + 1))


def vector(count):
    """The text of the vector of so many modules."""
    modules = [generated_module(i) for i in range(count)]
    tree = Tree(modules)
    shown = range(count) if count <= 9 else (0, count // 2, count - 1)
    lines = [f"modules {count}", f"table {sha256(flat_table(modules)).hex()}", f"levels {tree.levels}",
             f"little {tree.root('little').hex()}", f"big {tree.root('big').hex()}",
             f"proofs {sha256(*(tree.proof_file(i) for i in range(count))).hex()}",
             *(f"proof {i} {tree.proof_file(i).hex()}" for i in shown)]
    return "".join(line + "\n" for line in lines)
