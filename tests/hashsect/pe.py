#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Signatures of PE files: what is right comes from pe_files.py, which has its own way to everything.

pe.py --hashsect PATH [--count N] [--seed N]

Files of several machines are digested, signed, verified, stripped, and made again; files that are made to deceive are
refused, each for its reason; N mutated files end with a documented exit status.
"""

import argparse
import os
import random
import struct
import subprocess
import sys
import tempfile
import zlib

import pe_files as pe

MUTATIONS = 50    # in one run of the tool


class Checks:
    """Runs the tool in a folder, and counts."""

    def __init__(self, tool, folder):
        self.tool, self.folder = tool, folder
        self.passed = 0

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, data):
        with open(self.path(name), "wb") as file:
            file.write(data)
        return self.path(name)

    def read(self, name):
        with open(self.path(name), "rb") as file:
            return file.read()

    def run(self, *words):
        done = subprocess.run([self.tool, *words], capture_output=True, check=False)
        return done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace")

    def expect(self, status, *words, says=""):
        got, out, err = self.run(*words)
        if got != status or says not in out + err:
            sys.exit(f"not ok - exit status {got}, not {status}, or no '{says}': {' '.join(words)}\n{out}{err}")
        self.passed += 1
        return out

    def refused(self, says, *words):
        got, out, err = self.run(*words)
        if got != 2 or out or says not in err or err.count("\n") != 1:
            sys.exit(f"not ok - not refused with '{says}' in one line ({got}): {' '.join(words)}\n{out}{err}")
        self.passed += 1

    def same(self, a, b, what):
        if a != b:
            sys.exit(f"not ok - {what} differ")
        self.passed += 1


def check_digests(t, files):
    for name, data in files.items():
        path = t.write("a.efi", data)
        for hash_name in ("sha256", "sha384", "sha512"):
            lines = t.expect(0, "digest", "--authenticode", "--hash", hash_name, path).splitlines()
            wanted = [f"authenticode:{hash_name}:{pe.digest(data, hash_name).hex()}  {path}"]
            if len(data) % 8:
                wanted.append(f"authenticode:{hash_name}:padded:{pe.digest(data, hash_name, True).hex()}  {path}")
            t.same(lines, wanted, f"digests of {name}")


def check_round_trips(t, files, signer, authority):
    for data in files.values():
        der = pe.message(signer, pe.digest(data, padded=True))
        signed = pe.attach(data, pe.entry(der))
        plain, made = t.write("plain.efi", data), t.path("made.efi")
        t.write("sig.der", der)
        t.expect(0, "sig", "attach", "--signature", t.path("sig.der"), "-o", made, plain)
        t.same(t.read("made.efi"), signed, "attached")
        t.expect(0, "sig", "verify", "--certificates", signer.certificate, made, says=": good (RSA with SHA256")
        t.expect(0, "sig", "verify", "--certificates", authority.certificate, made, says="certified by CN=authority")
        t.expect(0, "sig", "show", made, says="1 PE signature, the first by issuer CN=authority")
        t.expect(0, "sig", "extract", "-o", t.path("x.der"), made)
        t.same(t.read("x.der"), der, "extracted")
        for summed in (True, False):
            for padded in (True, False):
                whole = pe.attach(data, pe.entry(der, padded), summed)
                path = t.write("whole.efi", whole)
                t.expect(0, "sig", "strip", "--original-size", str(len(data)), "-o", t.path("bare.efi"), path)
                t.same(t.read("bare.efi"), data, "stripped")
                t.expect(0, "sig", "strip", "--checksum", f"from={plain}", "-o", t.path("bare.efi"), path)
                t.same(t.read("bare.efi"), data, "stripped by a reference")
                t.expect(0, "sig", "extract", "--trailer", "-o", t.path("table"), path)
                t.expect(0, "sig", "attach", "--trailer", t.path("table"), "--checksum", "recompute" if summed else "keep", "-o",
                         made, t.path("bare.efi"))
                t.same(t.read("made.efi"), whole, "made again")


def check_checksums(t, signer):
    data = pe.make(checksum=0x1234)
    signed = t.write("signed.efi", pe.attach(data, pe.entry(pe.message(signer, pe.digest(data)))))
    at = pe.Layout(data).checksum
    out = t.path("out.efi")
    stored = struct.unpack_from("<I", t.read("signed.efi"), at)[0]
    for rule, value in (("zero", 0), ("auto", 0), ("keep", stored), ("recompute", pe.checksum(data, at)), ("0x1234", 0x1234)):
        t.expect(0, "sig", "strip", "--checksum", rule, "-o", out, signed)
        t.same(t.read("out.efi"), data[:at] + struct.pack("<I", value) + data[at + 4:], f"CheckSum {rule}")
    t.expect(0, "sig", "strip", "-o", out, signed, says="CheckSum is assumed to have been 0")
    t.expect(2, "sig", "strip", "--checksum", "0x123456789", "-o", out, signed)
    t.expect(2, "sig", "strip", "--checksum", f"from={signed}", "-o", out, signed, says="it is signed itself")
    t.refused("more than padding", "sig", "strip", "--original-size", str(len(data) - 9), "-o", out, signed)
    t.refused("more than padding", "sig", "strip", "--original-size", str(len(data) + 1), "-o", out, signed)


def boot_image(tail, checksum=0):
    """A PE file with the header of an x86 boot image, which ends in a CRC-32 of all of it."""
    data = bytearray(pe.make(sections=(0x400, 0x400), checksum=checksum))
    data += bytes(-len(data) % 16) + bytes(12)
    data[0x1f1] = 1
    struct.pack_into("<I", data, 0x1f4, (len(data) + 4 - 1024) // 16)
    data[0x1fe:0x200] = b"\x55\xaa"
    data[0x202:0x208] = b"HdrS\x0f\x02"
    return bytes(data) + struct.pack("<I", zlib.crc32(data) ^ 0xffffffff) + tail


def check_crc(t, signer):
    """The CRC of a boot image proves CheckSum and size."""
    data = boot_image(b"")
    assert zlib.crc32(data) == 0xffffffff and not len(data) % 8
    signed = t.write("signed.efi", pe.attach(data, pe.entry(pe.message(signer, pe.digest(data)))))
    out = t.path("out.efi")
    t.expect(0, "sig", "strip", "-o", out, signed, says="proved by the CRC-32")
    t.same(t.read("out.efi"), data, "proved by CRC")
    broken = bytearray(data)
    broken[-20] ^= 1
    signed = t.write("signed.efi", pe.attach(bytes(broken), pe.entry(pe.message(signer, pe.digest(bytes(broken))))))
    t.expect(0, "sig", "strip", "-o", out, signed, says="assumed to have been 0")
    # A signer that leaves CheckSum alone, of an image that has one: the CRC was made with it.
    data = boot_image(b"", 0x777)
    signed = t.write("signed.efi", pe.attach(data, pe.entry(pe.message(signer, pe.digest(data))), False))
    t.expect(0, "sig", "strip", "-o", out, signed, says="CheckSum 0x777")
    t.same(t.read("out.efi"), data, "CheckSum that was kept")


def check_verdicts(t, data, signer, other, authority):
    """What a message can be, and what is said of it."""
    digest = pe.digest(data)
    attribute = pe.element(0x30, pe.oid("1.3.6.1.4.1.311.2.4.1"), pe.element(0x31, pe.element(0x30)))
    page_hashes = pe.element(0x30, pe.oid("1.2.840.113549.1.9.5"), pe.element(0x31, pe.element(0x17, b"260101000000Z")))
    cases = (
        ("good", pe.message(signer, digest)),
        ("good", pe.message(signer, digest, extra=[page_hashes])),
        ("good", pe.message(signer, pe.digest(data, "sha384"), "sha384")),
        ("1 unsigned attributes were not checked, another signature", pe.message(signer, digest, unsigned=attribute)),
        ("good", pe.message(signer, digest, image_type=pe.oid("1.3.6.1.4.1.311.2.1.21"))),
        ("bad: the signature is not that of the file's bytes", pe.message(signer, bytes(32))),
        ("bad: the signed attributes are of another content", pe.message(signer, digest, claimed=bytes(32))),
        ("malformed: content type", pe.message(signer, digest, content_type=pe.oid("1.2.840.113549.1.7.1"))),
        ("malformed: a signature of something else", pe.message(signer, digest, image_type=pe.oid("1.3.6.1.4.1.311.2.1.30"))),
        ("unsupported: hash of the file", pe.message(signer, pe.digest(data, "sha1"), "sha1")),
        ("unsupported: the hash of the file is", pe.message(signer, pe.digest(data, "sha512"), "sha256", "sha512")),
        ("malformed: digest of the file: not of the length", pe.message(signer, digest[:31])),
        ("no certificate: no chain", pe.message(other, digest)),
    )
    for says, der in cases:
        path = t.write("v.efi", pe.attach(data, pe.entry(der)))
        status = 0 if says == "good" or says.startswith("1 unsigned") else 1
        t.expect(status, "sig", "verify", "--certificates", authority.certificate, path, says=says)
        t.expect(status, "sig", "verify", "--json", "--certificates", authority.certificate, path)
    good, foreign = pe.entry(pe.message(signer, digest)), pe.entry(pe.message(other, digest))
    bad = pe.entry(pe.message(signer, bytes(32)))
    for status, table in ((0, good + foreign), (0, foreign + good), (1, good + bad), (1, bad + good), (1, foreign + foreign)):
        path = t.write("v.efi", pe.attach(data, table))
        t.expect(status, "sig", "verify", "--certificates", authority.certificate, path, says="kernel that loads it (kexec) refuses")
        t.expect(status, "sig", "verify", "--certificates", authority.certificate, path, says="signature 2 of 2")
    # One bit of what is signed, each in another place.
    signed = pe.attach(data, good)
    at = pe.Layout(signed)
    for place in (2, at.header + 8, at.checksum - 1, at.checksum + 4, at.entry - 1, at.entry + 8, 0x3ff, 0x400, at.table - 1):
        flipped = bytearray(signed)
        flipped[place] ^= 0x40
        path = t.write("v.efi", flipped)
        t.expect(1, "sig", "verify", "--certificates", authority.certificate, path)
    for unsigned in (data, signed[:at.entry + 4] + bytes(4) + signed[at.entry + 8:]):
        t.expect(1, "sig", "verify", "--certificates", authority.certificate, t.write("v.efi", unsigned), says="unsigned")


def check_attach(t, data, signer):
    """A signature goes only where it belongs."""
    der = t.write("sig.der", pe.message(signer, pe.digest(data)))
    changed = bytearray(data)
    changed[0x500] ^= 1
    out = t.path("never")
    t.refused("a signature of other bytes", "sig", "attach", "--signature", der, "-o", out, t.write("c.efi", changed))
    t.refused("a signature of other bytes", "sig", "attach", "--signature", der, "-o", out, t.write("c.efi", data + bytes(16)))
    table = t.write("table", pe.entry(pe.message(signer, pe.digest(data))) + pe.entry(pe.message(signer, bytes(32))))
    t.refused("a signature of other bytes", "sig", "attach", "--trailer", table, "-o", out, t.write("c.efi", data))
    t.refused("it is signed already", "sig", "attach", "--signature", der, "-o", out,
              t.write("c.efi", pe.attach(data, pe.entry(t.read("sig.der")))))
    t.same(os.path.exists(out), False, "outputs of refusals")


def hostile(data, signer):
    """(name, words of the refusal, bytes)"""
    der = pe.message(signer, pe.digest(data))
    good = pe.attach(data, pe.entry(der))
    at = pe.Layout(good)

    def changed(place, form, *values, of=good):
        copy = bytearray(of)
        struct.pack_into(form, copy, place, *values)
        return bytes(copy)

    def table(entries, declared=None):
        return changed(at.entry, "<II", len(data), declared or len(entries), of=pe.attach(data, entries, False))

    yield "a second file behind the first", "bytes behind the certificate table", good + bytes(8)
    yield "original, code, signature", None, pe.attach(data + b"code" * 4, pe.entry(der))
    yield "table beyond the file", "ends beyond the file", good[:-8]
    yield "table not at its end", "bytes behind the certificate table", changed(at.entry + 4, "<I", at.table_size - 8)
    yield "table not aligned", "not at a multiple of 8", changed(at.entry, "<II", len(data) + 4, at.table_size - 4)
    yield "size without place", "bytes behind the certificate table", changed(at.entry, "<I", 0)
    yield "table over a section", "overlaps the certificate table", changed(at.entry, "<II", len(data) - 16, at.table_size + 16)
    yield "table over the headers", "overlaps the", changed(at.entry, "<II", 0x200, len(good) - 0x200)
    yield "length 0", "an entry without data", changed(at.table, "<I", 0)
    yield "length 8", "an entry without data", changed(at.table, "<I", 8)
    yield "length too long", "longer than the table", changed(at.table, "<I", at.table_size + 1)
    yield "length 0xffffffff", "longer than the table", changed(at.table, "<I", 0xffffffff)
    yield "slack inside an entry", "bytes behind the PKCS#7 message", table(pe.entry(der + b"slack" + bytes(11)))
    yield "zeros inside an entry", "bytes behind the PKCS#7 message", table(pe.entry(der + bytes(16)))
    yield "a bit in the padding", "not zero|behind the PKCS#7", \
        table(pe.entry(der + bytes(-(8 + len(der)) % 8 and -(8 + len(der)) % 8 - 1) + b"\1"))
    yield "an entry that is cut off", "cut off|without data", table(pe.entry(der) + bytes(8))
    yield "no message in it", "PKCS#7", table(pe.entry(bytes(64)))
    yield "headers that end too early", "do not end where they say", changed(at.optional + 60, "<I", 0x100)
    yield "headers beyond the file", "do not end where they say", changed(at.optional + 60, "<I", 0x7fffffff)
    yield "section beyond the file", "beyond the end", changed(at.section_headers[0] + 20, "<I", 0x7ffffff0)
    longer = pe.attach(data + bytes(16), pe.entry(der))
    yield "sections with a gap", "a gap before section", changed(at.section_headers[1] + 20, "<I", at.sections[1][1] + 8, of=longer)
    yield "sections that overlap", "an overlap before section", changed(at.section_headers[1] + 20, "<I", at.sections[1][1] - 8)
    yield "header inside the header", "inside the one for DOS", \
        changed(0x3c, "<I", 0x38, of=good[:0x38] + good[at.header:at.header + 4] + good[0x3c:])
    yield "neither kind", "neither PE32 nor PE32+", changed(at.optional, "<H", 0x107)
    yield "too many directory entries", "more directory entries", changed(at.entry - 36, "<I", 0x10000)


def check_hostile(t, data, signer):
    for name, says, broken in hostile(data, signer):
        path = t.write("h.efi", broken)
        for words in (("sig", "strip", "-o", t.path("never")), ("sig", "show"),
                      ("sig", "verify", "--certificates", signer.certificate)):
            status, out, err = t.run(*words, path)
            # What is sound, but signed for other bytes, can be taken off; it never verifies.
            wanted = 1 if words[1] == "verify" else 2 if says else 0
            if status != wanted or (says and not any(part in out + err for part in says.split("|"))):
                sys.exit(f"not ok - {name}: {words[1]}: exit status {status}, or no '{says}': {out}{err}")
            t.passed += 1
        if says:
            t.same(os.path.exists(t.path("never")), False, f"output of {name}")
        elif os.path.exists(t.path("never")):
            os.unlink(t.path("never"))


def mutated(good, at, rng):
    broken = bytearray(good)
    places = (range(0x40), range(at.header, at.header + 0x188), range(at.entry, at.entry + 8),
              range(at.section_headers[0], at.section_headers[-1] + 40), range(at.table, at.table + 64),
              range(at.table, len(good)))
    for _ in range(rng.choice((1, 1, 2, 4))):
        place = rng.choice(rng.choice(places))
        if rng.random() < 0.5:
            broken[place] ^= 1 << rng.randrange(8)
        else:
            struct.pack_into("<I", broken, min(place, len(broken) - 4),
                             rng.choice((0, 1, 7, 8, len(good), len(good) - 8, 0x7fffffff, 0xffffffff, rng.getrandbits(32))))
    if rng.random() < 0.2:
        del broken[rng.randrange(len(broken)):]
    return broken


def check_run(t, about, *words):
    status, out, err = t.run(*words)
    if status not in (0, 1, 2, 3) or "Sanitizer" in err or "runtime error" in err:
        sys.exit(f"not ok - {about}: exit status {status}: {' '.join(words)}\n{out}{err}")
    return status


def check_mutations(t, data, signer, count, seed):
    """Bytes change, above all in headers and tables: the exit status is a documented one, and nothing is left behind."""
    rng = random.Random(seed)
    good = pe.attach(data, pe.entry(pe.message(signer, pe.digest(data))))
    at = pe.Layout(good)
    for start in range(0, count, MUTATIONS):
        about = f"mutations from {start} of seed {seed}"
        paths = [t.write(f"m{i}.efi", mutated(good, at, rng)) for i in range(min(MUTATIONS, count - start))]
        for words in (("sig", "show"), ("digest", "--authenticode"), ("digest", "--policy", "strict"),
                      ("sig", "verify", "--certificates", signer.certificate)):
            check_run(t, about, *words, *paths)
        for path in paths[:2]:
            for words in (("sig", "strip"), ("sig", "extract", "--trailer")):
                status = check_run(t, about, *words, "-o", t.path("m.out"), path)
                if status == 2 and os.path.exists(t.path("m.out")):
                    sys.exit(f"not ok - {about}: an output in spite of exit status 2")
                if os.path.exists(t.path("m.out")):
                    os.unlink(t.path("m.out"))
        t.passed += len(paths)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--hashsect", required=True)
    parser.add_argument("--count", type=int, default=400)
    parser.add_argument("--seed", type=int, default=1)
    a = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        t = Checks(os.path.abspath(a.hashsect), folder)
        authority = pe.Signer(folder, "authority")
        signer, other = pe.Signer(folder, "signer", authority), pe.Signer(folder, "other")
        files = {f"machine 0x{machine:x}": pe.make(machine, plus=machine != pe.I386)
                 for machine in (pe.X86_64, pe.ARM64, pe.RISCV64, pe.LOONGARCH64, pe.I386)}
        files["no section"] = pe.make(sections=())
        files["a tail"] = pe.make(tail=b"a tail of 21 bytes...")
        files["odd"] = pe.make(sections=(0x20, 0, 0x123))
        data = files["machine 0x8664"]
        check_digests(t, files)
        check_round_trips(t, files, signer, authority)
        check_checksums(t, signer)
        check_crc(t, signer)
        check_verdicts(t, data, signer, other, authority)
        check_attach(t, data, signer)
        check_hostile(t, data, signer)
        check_mutations(t, data, signer, a.count, a.seed)
        print(f"ok - {t.passed} checks of PE files")


if __name__ == "__main__":
    main()
