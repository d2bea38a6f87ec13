#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Broken packages: whatever is in one, the tool says something about it and makes nothing but its output.

archives.py --hashsect PATH --mkelf PATH [--count N] [--seed N]

Packages of all kinds are mutated, as files and before they are compressed. Each is compared with the sound one and collected from:
the exit status is 0 to 3, trouble is one line, no sanitizer speaks, it does not take long, and beside the store that was named
there is no new file anywhere below the current folder or above it.
"""

import argparse
import collections
import gzip
import io
import lzma
import os
import random
import shutil
import subprocess
import sys
import tarfile
import tempfile

SECONDS = 60


def zstd(data):
    return subprocess.run(["zstd", "-q", "-c"], input=data, capture_output=True, check=True).stdout


COMPRESSIONS = {"": bytes, ".gz": lambda data: gzip.compress(data, 1, mtime=0), ".xz": lambda data: lzma.compress(data, preset=0),
                ".zst": zstd}


def tar(members, form):
    """members: (name, bytes or None for a folder or link, fields of TarInfo)"""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=form) as archive:
        for name, data, fields in members:
            member = tarfile.TarInfo(name)
            member.size = len(data or b"")
            for field, value in fields.items():
                setattr(member, field, value)
            archive.addfile(member, io.BytesIO(data or b""))
    return out.getvalue()


def cpio(members):
    """The format newc."""
    out = b""
    for number, (name, data, fields) in enumerate(list(members) + [("TRAILER!!!", b"", {})]):
        kinds = {tarfile.DIRTYPE: 0o040755, tarfile.SYMTYPE: 0o120777, tarfile.CHRTYPE: 0o020600}
        mode = kinds.get(fields.get("type"), 0o100644)
        data = fields.get("linkname", "").encode() if mode >> 12 == 0o12 else data or b""
        path = name.encode() + b"\0"
        values = (number, mode, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(path), 0)
        out += b"070701" + b"".join(b"%08x" % value for value in values) + path
        out += bytes(-len(out) % 4) + data
        out += bytes(-len(out) % 4)
    return out


def ar(members):
    out = b"!<arch>\n"
    for name, data in members:
        out += b"%-16s%-12d%-6d%-6d%-8s%-10d`\n" % (name.encode(), 0, 0, 0, b"100644", len(data)) + data + b"\n" * (len(data) % 2)
    return out


def rpm(payload):
    header = bytes.fromhex("8eade80100000000") + bytes(8)
    return bytes.fromhex("edabeedb03000000") + bytes(88) + header + header + payload


def mutate(rng, data):
    """One to four changes: bits, bytes, numbers, cuts, copies and holes."""
    data = bytearray(data)
    for _ in range(rng.choice((1, 1, 1, 2, 4))):
        at = rng.randrange(len(data))
        size = rng.choice((1, 2, 8, 100, 512))
        kind = rng.randrange(7)
        if kind == 0:
            data[at] ^= 1 << rng.randrange(8)
        elif kind == 1:
            data[at:at + 1] = rng.randbytes(1)
        elif kind == 2:
            data[at:at + 8] = rng.choice((b"\xff" * 8, bytes(8), b"77777777", b"00000000", b"99999999"))
        elif kind == 3 and len(data) > 1:
            del data[at:at + size]
        elif kind == 4:
            data[at:at] = data[at:at + size]
        elif kind == 5:
            data[at:at + size] = bytes(size)
        else:
            del data[max(1, at):]
        if not data:
            data = bytearray(b"\0")
    return bytes(data)


class Archives:
    def __init__(self, options, folder):
        self.options, self.folder = options, folder
        self.rng = None
        self.statuses = collections.Counter()
        module = self.module()
        self.members = [
            (".", None, {"type": tarfile.DIRTYPE}), ("lib", None, {"type": tarfile.DIRTYPE}), ("lib/a.ko", module, {}),
            ("lib/b.ko.xz", lzma.compress(module, check=lzma.CHECK_CRC32, preset=0), {}), ("lib/text", b"some text\n" * 20, {}),
            ("lib/link", None, {"type": tarfile.SYMTYPE, "linkname": "../../../etc/passwd"}),
            ("lib/c.ko", None, {"type": tarfile.LNKTYPE, "linkname": "lib/a.ko"}),
            ("lib/null", None, {"type": tarfile.CHRTYPE, "devmajor": 1, "devminor": 3}),
            ("lib/" + "long" * 20, b"long name", {}), ("lib/empty", b"", {}),
        ]

    def module(self):
        """Signed, so that there is something to collect."""
        names = ["module.ko", "key.pem", "key.crt", "p7s"]
        path, key, certificate, signature = (os.path.join(self.folder, name) for name in names)
        subprocess.run([self.options.mkelf, "keyring-absent-64le", path], check=True)
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", certificate, "-subj", "/CN=Key",
                        "-days", "3650"], check=True, capture_output=True)
        subprocess.run(["openssl", "cms", "-sign", "-binary", "-noattr", "-nocerts", "-nosmimecap", "-md", "sha256", "-outform", "DER",
                        "-signer", certificate, "-inkey", key, "-in", path, "-out", signature], check=True)
        subprocess.run([self.options.hashsect, "sig", "attach", path, "--signature", signature], check=True)
        with open(path, "rb") as file:
            return file.read()

    def make(self, changed):
        """A package: its ending and bytes; changed() is applied somewhere on the way."""
        places = [bytes, bytes, bytes]
        places[self.rng.randrange(3)] = changed
        inner, outer, whole = places
        compression = self.rng.choice(list(COMPRESSIONS))
        form = self.rng.choice((tarfile.PAX_FORMAT, tarfile.GNU_FORMAT, tarfile.USTAR_FORMAT))
        kind = self.rng.choice(("deb", "tar", "cpio", "rpm"))
        members = [member for member in self.members if kind in ("deb", "tar") or "LNK" not in str(member)]
        if kind == "tar":
            return ".tar" + compression, whole(COMPRESSIONS[compression](outer(inner(tar(members, form)))))
        if kind == "cpio":
            return ".cpio", whole(outer(inner(cpio(members))))
        if kind == "rpm":
            return ".rpm", whole(rpm(outer(COMPRESSIONS[".gz"](inner(cpio(members))))))
        control = tar([("./control", b"Package: linux\n", {}), ("./md5sums", b"0" * 32 + b"  lib/text\n", {})], form)
        return ".deb", whole(ar([("debian-binary", b"2.0\n"), ("control.tar.gz", gzip.compress(control, mtime=0)),
                                 ("data.tar" + compression, outer(COMPRESSIONS[compression](inner(tar(members, form)))))]))

    def fail(self, text, data, ending):
        with open("/tmp/archives-failed" + ending, "wb") as file:
            file.write(data)
        sys.exit(f"{text}; kept as /tmp/archives-failed{ending}, seed {self.options.seed}")

    def run(self, arguments, data, ending):
        try:
            ran = subprocess.run([self.options.hashsect] + arguments, cwd=os.path.join(self.folder, "jail"), capture_output=True,
                                 stdin=subprocess.DEVNULL, timeout=SECONDS, check=False)
        except subprocess.TimeoutExpired:
            self.fail(f"{arguments} took {SECONDS} s", data, ending)
        words = ran.stderr.decode("utf-8", "replace")
        if ran.returncode not in range(4) or "Sanitizer" in words or "runtime error" in words:
            self.fail(f"{arguments}: status {ran.returncode}: {words[-2000:]}", data, ending)
        lines = [line for line in words.splitlines() if ": note: " not in line]
        if ran.returncode == 2 and (len(lines) != 1 or ran.stdout):
            self.fail(f"{arguments}: not one line of trouble: {words}", data, ending)
        if b"\033" in ran.stdout + ran.stderr:
            self.fail(f"{arguments}: a terminal sequence", data, ending)
        self.statuses[arguments[0], ran.returncode] += 1
        return ran

    def run_all(self):
        jail = os.path.join(self.folder, "jail")
        os.mkdir(jail)
        for number in range(self.options.count + 20):
            sound = number < 20  # to see that what is mutated is accepted
            seed = f"{self.options.seed} {number}"
            self.rng = random.Random(seed)
            ending, good = self.make(bytes)
            self.rng = random.Random(seed)
            mutation = random.Random("mutation " + seed)
            bad = good if sound else self.make(lambda data: mutate(mutation, data))[1]
            for name, data in (("a", good), ("b", bad)):
                with open(os.path.join(self.folder, name + ending), "wb") as file:
                    file.write(data)
            before = set(os.listdir(self.folder))
            compared = self.run(["compare", "../a" + ending, "../b" + ending], bad, ending)
            self.run(["sig", "collect", "../b" + ending, "-o", "store"], bad, ending)
            if sound and compared.returncode:
                self.fail(f"a sound package: {compared.stdout.decode()} {compared.stderr.decode()}", bad, ending)
            if set(os.listdir(self.folder)) != before or set(os.listdir(jail)) - {"store"}:
                self.fail("a file that nobody named", bad, ending)
            shutil.rmtree(os.path.join(jail, "store"), ignore_errors=True)
            for name in "ab":
                os.remove(os.path.join(self.folder, name + ending))
        for (command, status), count in sorted(self.statuses.items()):
            print(f"{command}: status {status}: {count}")
        if not self.options.count or len(self.statuses) < 5:
            sys.exit("too little variety to say anything")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--hashsect", required=True, type=os.path.abspath)
    parser.add_argument("--mkelf", required=True, type=os.path.abspath)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    with tempfile.TemporaryDirectory() as folder:
        Archives(parser.parse_args(), folder).run_all()


if __name__ == "__main__":
    main()
