#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Mutated certificates: the C tool and the reference must agree on each, and on its free bytes.

certificates.py --judge PATH --reference DIR [--count N] [--seed N]

Certificates of all kinds of keys are made by openssl; ML-DSA ones are put together of random bytes, since nothing checks
them. Elements of DER are changed, doubled, dropped and swapped, with lengths that fit again. Self-signed ones also get their
signature in other encodings, of which neither may take one that is not FORMAT.md's.
"""
import argparse
import hashlib
import os
import random
import struct
import subprocess
import sys
import tempfile

EXTENSIONS = ("subjectAltName=DNS:a.example,email:x@example.org", "keyUsage=digitalSignature,keyCertSign",
              "extendedKeyUsage=codeSigning,1.2.3.4", "certificatePolicies=1.2.3.4",
              "crlDistributionPoints=URI:http://example.org/", "authorityInfoAccess=OCSP;URI:http://example.org/",
              "authorityKeyIdentifier=keyid:always,issuer:always", "nsCertType=server")
KINDS = (("rsa:1024",), ("rsa:2048",), ("ec", "P-256"), ("ec", "P-384"), ("ec", "P-521"))


def make(folder, kind, extensions):
    words = ["openssl", "req", "-x509", "-newkey", kind[0], "-nodes", "-keyout", "key", "-outform", "DER", "-out", "cert",
             "-days", "1000", "-subj", "/O=Tests/CN=A certificate", *sum((["-addext", e] for e in extensions), [])]
    words += ["-pkeyopt", f"ec_paramgen_curve:{kind[1]}"] if len(kind) > 1 else []
    subprocess.run(words, cwd=folder, check=True, stderr=subprocess.DEVNULL)
    with open(os.path.join(folder, "cert"), "rb") as file:
        return file.read()


def header(tag, size):
    if size < 0x80:
        return bytes([tag, size])
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length


class Tree:
    """An element that can be changed. An OCTET STRING or BIT STRING that holds DER has children too."""

    def __init__(self, reference, element):
        self.tag, self.before, self.content = element.tag, b"", element.content
        children = element.children
        if element.tag in (0x03, 0x04):
            self.before = element.content[:1] if element.tag == 0x03 else b""
            try:
                children = reference.der(element.content[len(self.before):])
            except Exception:  # no DER in it
                children = []
        self.children = [Tree(reference, child) for child in children]

    def encode(self):
        content = self.before + b"".join(c.encode() for c in self.children) if self.children else self.content
        return header(self.tag, len(content)) + content

    def all(self):
        return [self] + [node for child in self.children for node in child.all()]


def ml_dsa(reference, tree, rng):
    """Turns a certificate into one that says to have a key and a signature of ML-DSA."""
    tbs, algorithm, signature = tree.children
    which, own = rng.randrange(3), rng.randrange(3)
    sizes = list(reference.ML_DSA.items())
    for node, index in ((algorithm, which), (tbs.children[2], which), (tbs.children[6].children[0], own)):
        node.children, node.content = [], sizes[index][0]
    signature.children, signature.content = [], b"\0" + rng.randbytes(sizes[which][1][1])
    tbs.children[6].children[1].children = []
    tbs.children[6].children[1].content = b"\0" + rng.randbytes(sizes[own][1][0])


def change(tree, rng):
    nodes = tree.all()
    node = rng.choice(nodes)
    way = rng.randrange(8)
    if way == 0:
        node.tag = rng.choice((rng.randrange(256), 0x0C, 0x13, 0x16, 0x1E, 0x30, 0x31, 0x17, 0x18, 0x81, 0x82, 0x86))
    elif way == 1 and node.children:
        node.children.insert(rng.randrange(len(node.children) + 1), rng.choice(node.children))
    elif way == 2 and node.children:
        del node.children[rng.randrange(len(node.children))]
    elif way == 3 and node.children:
        rng.shuffle(node.children)
    elif not node.children and node.content:
        content = bytearray(node.content)
        if way == 4:
            content[rng.randrange(len(content))] = rng.choice((0, 1, 0x1B, 0x20, 0x7F, 0x80, 0x9B, 0xC2, 0xFF, 0x30, 0x39))
        elif way == 5:
            content[rng.randrange(len(content))] ^= 1 << rng.randrange(8)
        elif way == 6:
            content[:] = content[:rng.randrange(len(content) + 1)]
        else:
            content += content[:rng.choice((1, 2, 16, 600))]
        node.content = bytes(content)


def mutate(reference, data, rng):
    tree = Tree(reference, reference.der(data)[0])
    if rng.randrange(4):
        # Another issuer, so that the signature decides nothing.
        tree.children[0].children[3].children[0].children[0].children[1].content = b"CA"
    if not rng.randrange(3):
        ml_dsa(reference, tree, rng)
    for _ in range(rng.choice((0, 1, 1, 1, 1, 2))):
        change(tree, rng)
    return tree.encode()


def with_signature(reference, data, change_tree):
    tree = Tree(reference, reference.der(data)[0])
    change_tree(tree.children[2])
    return tree.encode()


def rsa_encodings(reference, folder, data):
    """The same signature in too many bytes, or as another number of the same class; one without the parameters NULL, or cut."""
    key = subprocess.run(["openssl", "rsa", "-in", "key", "-traditional", "-outform", "DER"], cwd=folder, check=True,
                         capture_output=True).stdout
    modulus, _, private = (int.from_bytes(element.content, "big") for element in reference.der(key)[0].children[1:4])
    size = (modulus.bit_length() + 7) // 8
    tree = Tree(reference, reference.der(data)[0])
    signature = int.from_bytes(tree.children[2].content[1:], "big")
    digest = hashlib.sha256(tree.children[0].encode()).digest()
    identifier = bytes.fromhex("0609608648016503040201")

    def signed(algorithm, padding=b"\xff"):
        info = header(0x30, len(algorithm)) + algorithm + header(0x04, len(digest)) + digest
        info = header(0x30, len(info)) + info
        block = b"\0\1" + b"\xff" * (size - 4 - len(info)) + padding + b"\0" + info
        return pow(int.from_bytes(block, "big"), private, modulus).to_bytes(size, "big")

    values = [signed(identifier + b"\5\0"), b"\0" + signature.to_bytes(size, "big"), signed(identifier),
              signed(identifier + b"\4\0"), signed(identifier + b"\5\0", b"\xfe"), (signature + modulus).to_bytes(size + 1, "big")]
    if signature + modulus < 1 << 8 * size:
        values.append((signature + modulus).to_bytes(size, "big"))
    return [with_signature(reference, data, lambda part, value=value: vars(part).update(content=b"\0" + value, children=[]))
            for value in values]


def ecdsa_encodings(reference, data, order):
    """(r, s) and, which is a signature too, (r, -s); then 0, the order, and what is the same modulo it."""
    r, s = (int.from_bytes(element.content, "big") for element in
            Tree(reference, reference.der(data)[0]).children[2].children[0].children)
    pairs = [(r, s), (r, order - s), (0, s), (r, 0), (order, s), (r, order), (r + order, s), (r, s + order)]

    def change_to(part, pair):
        for element, value in zip(part.children[0].children, pair):
            element.content, element.children = value.to_bytes(value.bit_length() // 8 + 1, "big"), []
    return [with_signature(reference, data, lambda part, pair=pair: change_to(part, pair)) for pair in pairs]


def encodings(reference, folder):
    """Certificates, and whether their signatures are to be taken."""
    cases = []
    for kind in KINDS:
        data = make(folder, kind, ())
        if kind[0] == "ec":
            order = next(curve.n for curve in reference.CURVES.values() if curve.p.bit_length() == int(kind[1][2:]))
            made, good = ecdsa_encodings(reference, data, order), 2
        else:
            made, good = rsa_encodings(reference, folder, data), 1
        cases += [(case, number < good) for number, case in enumerate(made)]
    return cases


def verdict(reference, refused, data):
    try:
        return str(reference.check_certificate(data))
    except refused as reason:
        return f"refused: {reason}"


def main():
    parser = argparse.ArgumentParser()
    for name in ("judge", "reference"):
        parser.add_argument("--" + name, required=True)
    parser.add_argument("--count", type=int, default=400)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    sys.path.insert(0, arguments.reference)
    from hashsect_reference import certificate as reference
    from hashsect_reference.common import Refused

    rng = random.Random(arguments.seed)
    with tempfile.TemporaryDirectory() as folder:
        signatures = encodings(reference, folder)
        bases = [make(folder, kind, EXTENSIONS[i:i + 3] if i % 2 else EXTENSIONS) for i, kind in enumerate(KINDS)]
    cases = [case for case, _ in signatures] + bases + [mutate(reference, rng.choice(bases), rng) for _ in range(arguments.count)]
    stream = b"".join(struct.pack("<I", len(data)) + data for data in cases)
    answers = subprocess.run([arguments.judge], input=stream, stdout=subprocess.PIPE, check=True).stdout.decode().splitlines()
    assert len(answers) == len(cases), "the judge stopped"
    accepted = bad = 0
    for number, (data, theirs) in enumerate(zip(cases, answers)):
        ours = verdict(reference, Refused, data)
        accepted += ours.isdigit()
        if (ours if ours.isdigit() else None) != (theirs if theirs.isdigit() else None):
            bad += 1
            print(f"not ok: {number}: reference: {ours}; C: {theirs}: {data.hex()}")
        if number < len(signatures) and ours.isdigit() != signatures[number][1]:
            bad += 1
            print(f"not ok: {number}: an encoding of a signature: {ours}: {data.hex()}")
    print(f"{len(cases)} certificates, {accepted} accepted, {bad} disagreements")
    return 1 if bad or accepted < len(cases) // 10 else 0


if __name__ == "__main__":
    sys.exit(main())
