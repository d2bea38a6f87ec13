#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""module_files.py OUT --modules DIR --proofs DIR --sign COMMAND

Makes module files in OUT, good ones and every kind of bad one, and prints a line for each: its name, and what becomes
of it in a kernel with the root of these modules, in one with their table, and in one that lets everything in ("loaded",
or the error of the parts of the kernel that know nothing of module hashes).

COMMAND is run with the name of a module to sign and that of the file to write.
"""
import argparse
import pathlib
import shlex
import struct
import subprocess

MARKER = b"~Module signature appended~\n"
LISTED, OTHER, UNLISTED = "crc4", "crc7", "crc-ccitt"


def trailer(id_type, sig_len, pad=0):
    return struct.pack(">BBBBBBBBI", 0, 0, id_type, 0, 0, pad, 0, 0, sig_len) + MARKER


def with_data(module, data, id_type=3):
    return module + data + trailer(id_type, len(data))


def flipped(data, offset):
    return data[:offset] + bytes([data[offset] ^ 1]) + data[offset + 1:]


def changed_description(module):
    """One bit of a text in the module: it still loads."""
    return flipped(module, module.index(b"description=") + len(b"description=") + 2)


def cases(modules, proofs, sign):
    module, unlisted = modules[LISTED], modules[UNLISTED]
    changed = changed_description(module)
    proof_file = proofs[LISTED]
    proof = proof_file[:-40]
    sibling = proof[-32:]
    # name, content, root, table, everything let in
    yield "good", module + proof_file, "loaded", "ENOKEY", "loaded"
    yield "bare", module, "ENODATA", "loaded", "loaded"
    yield "changed", changed + proof_file, "ENOKEY", "ENOKEY", "loaded"
    yield "changed-bare", changed, "ENODATA", "ENOKEY", "loaded"
    yield "others-proof", module + proofs[OTHER], "ENOKEY", "ENOKEY", "loaded"
    yield "position", with_data(module, flipped(proof, 3)), "ENOKEY", "ENOKEY", "loaded"
    yield "sibling", with_data(module, flipped(proof, len(proof) - 1)), "ENOKEY", "ENOKEY", "loaded"
    yield "unlisted", unlisted, "ENODATA", "ENOKEY", "loaded"
    yield "unlisted-proof", unlisted + proof_file, "ENOKEY", "ENOKEY", "loaded"
    yield "signed", sign(module), "ENOPKG", "loaded", "loaded"
    yield "signed-unlisted", sign(unlisted), "ENOPKG", "ENOKEY", "loaded"
    yield "signed-changed", sign(changed), "ENOPKG", "ENOKEY", "loaded"
    yield "proof-behind-signature", sign(module) + proof_file, "ENOKEY", "ENOKEY", "loaded"
    yield "signature-behind-proof", sign(module + proof_file), "ENOPKG", "ENOKEY", "loaded"
    yield "short-proof", with_data(module, proof[:-32]), "ENOPKG", "ENOKEY", "loaded"
    yield "long-proof", with_data(module, proof + sibling), "ENOPKG", "ENOKEY", "loaded"
    yield "empty-proof", with_data(module, b""), "ENOPKG", "ENOKEY", "loaded"
    yield "other-type", with_data(module, proof, 4), "ENOPKG", "ENOKEY", "loaded"
    yield "not-zero", module + proof + trailer(3, len(proof), pad=1), "EBADMSG", "ENOKEY", "loaded"
    yield "all-is-proof", module + proof + trailer(3, len(module + proof)), "EBADMSG", "ENOKEY", "EBADMSG"
    yield "beyond", module + proof + trailer(3, 0xffffffff), "EBADMSG", "ENOKEY", "EBADMSG"
    yield "beyond-signed", module + proof + trailer(2, 0xffffffff), "ENOPKG", "ENOKEY", "EBADMSG"
    yield "cut", (module + proof_file)[:-1], "ENODATA", "ENOKEY", "loaded"
    yield "one-more", module + proof_file + b"\n", "ENODATA", "ENOKEY", "loaded"
    yield "proof-alone", proof_file, "EBADMSG", "ENOKEY", "EBADMSG"
    yield "trailer-alone", trailer(3, 0), "EBADMSG", "ENOKEY", "EBADMSG"
    yield "marker-alone", MARKER, "ENODATA", "ENOKEY", "ENOEXEC"
    for name in sorted(set(modules) - {UNLISTED}):
        yield f"all-{name}", modules[name] + proofs[name], "loaded", "ENOKEY", "loaded"
    yield "text", b"no module at all\n", "ENODATA", "ENOKEY", "ENOEXEC"


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=pathlib.Path)
    for name in "--modules", "--proofs":
        parser.add_argument(name, type=pathlib.Path, required=True)
    parser.add_argument("--sign", type=shlex.split, required=True)
    return parser.parse_args()


def main():
    args = parse_arguments()
    args.out.mkdir()
    modules = {path.stem: path.read_bytes() for path in args.modules.rglob("*.ko")}
    proofs = {path.stem: path.read_bytes() for path in args.proofs.rglob("*.merkle")}

    def sign(module):
        unsigned, signed = args.out / "unsigned", args.out / "signed"
        unsigned.write_bytes(module)
        subprocess.run([*args.sign, unsigned, signed], check=True)
        content = signed.read_bytes()
        unsigned.unlink()
        signed.unlink()
        return content

    for name, content, *verdicts in cases(modules, proofs, sign):
        (args.out / f"{name}.ko").write_bytes(content)
        print(f"{name}.ko", *verdicts)


if __name__ == "__main__":
    main()
