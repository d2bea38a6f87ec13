#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A verifier of attestations of its own, from the specifications of DSSE and in-toto and from ATTESTATION.md.

dsse.py verify ENVELOPE PUBLIC-KEY SCHEMA FILE...   signature (by openssl), schema, plain and policy hashes; prints the statement
dsse.py bytes HASHSECT ENVELOPE PUBLIC-KEY FILE STEP   each STEP-th byte of the envelope changed: all are refused
"""

import base64
import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile


def encoding(kind, payload):
    return b"DSSEv1 %d %s %d %s" % (len(kind), kind.encode(), len(payload), payload)


def signed(key, message, signature):
    """openssl's word on it, for whatever key that is."""
    with tempfile.TemporaryDirectory() as folder:
        paths = {name: os.path.join(folder, name) for name in ("message", "signature")}
        for name, data in (("message", message), ("signature", signature)):
            with open(paths[name], "wb") as file:
                file.write(data)
        text = subprocess.run(["openssl", "pkey", "-pubin", "-in", key, "-noout", "-text"], capture_output=True, text=True, check=True).stdout
        if "ED25519" in text:
            command = ["pkeyutl", "-verify", "-pubin", "-inkey", key, "-rawin", "-in", paths["message"], "-sigfile", paths["signature"]]
        else:
            command = ["dgst", "-sha256", "-verify", key, "-signature", paths["signature"], paths["message"]]
        return subprocess.run(["openssl"] + command, capture_output=True, check=False).returncode == 0


TYPES = {"object": dict, "array": list, "string": str, "integer": int, "null": type(None)}


def check(schema, value, root, where="statement"):
    """As much of JSON Schema as the schema uses; a keyword that is not known is an error."""
    for word, wanted in schema.items():
        if word == "$ref":
            check(root["$defs"][wanted.rsplit("/", 1)[1]], value, root, where)
        elif word == "type":
            types = tuple(TYPES[name] for name in ([wanted] if isinstance(wanted, str) else wanted))
            assert isinstance(value, types) and not isinstance(value, bool), f"{where}: not {wanted}"
        elif word == "const":
            assert value == wanted, f"{where}: not {wanted}"
        elif word == "enum":
            assert value in wanted, f"{where}: {value}"
        elif word == "required":
            assert all(name in value for name in wanted), f"{where}: {wanted}"
        elif word == "properties":
            for name, inner in wanted.items():
                if name in value:
                    check(inner, value[name], root, f"{where}.{name}")
        elif word == "items":
            for number, item in enumerate(value):
                check(wanted, item, root, f"{where}[{number}]")
        elif word in ("minItems", "minLength"):
            assert len(value) >= wanted, where
        elif word == "minimum":
            assert value >= wanted, where
        elif word == "pattern":
            assert re.search(wanted, value), f"{where}: {value}"
        elif word == "allOf":
            for inner in wanted:
                check(inner, value, root, where)
        elif word == "if":
            check(schema["then" if fits(wanted, value, root) else "else"], value, root, where)
        else:
            assert word in ("then", "else", "title", "$defs") or word.startswith("$"), f"unknown keyword {word}"


def fits(schema, value, root):
    try:
        check(schema, value, root)
    except AssertionError:
        return False
    return True


def verify(envelope, key, schema, *files):
    with open(envelope, "rb") as file:
        parsed = json.load(file)
    payload = base64.b64decode(parsed["payload"], validate=True)
    (signature,) = parsed["signatures"]
    assert parsed["payloadType"] == "application/vnd.in-toto+json"
    assert signed(key, encoding(parsed["payloadType"], payload), base64.b64decode(signature["sig"], validate=True)), "not signed"
    der = subprocess.run(["openssl", "pkey", "-pubin", "-in", key, "-outform", "DER"], capture_output=True, check=True).stdout
    assert signature["keyid"] == hashlib.sha256(der).hexdigest(), "another key's identifier"
    statement = json.loads(payload)
    with open(schema, encoding="utf-8") as file:
        root = json.load(file)
    check(root, statement, root)
    subjects = {subject["name"]: subject["digest"]["sha256"] for subject in statement["subject"]}
    for path in files:
        with open(path, "rb") as file:
            assert subjects.pop(os.path.basename(path)) == hashlib.sha256(file.read()).hexdigest(), path
    assert not subjects, subjects
    for claim in statement["predicate"].get("files", []):
        assert hashlib.sha256(claim["policy"]["text"].encode()).hexdigest() == claim["policy"]["sha256"]
    sys.stdout.buffer.write(payload)


def change_bytes(hashsect, envelope, key, path, step):
    with open(envelope, "rb") as file:
        data = file.read()
    bad = envelope + ".changed"
    for number, at in enumerate(range(0, len(data), int(step))):
        changed = bytearray(data)
        changed[at] ^= (1, 0x20, 0x80, 0xff, 2)[number % 5]
        with open(bad, "wb") as file:
            file.write(changed)
        ran = subprocess.run([hashsect, "verify-attestation", "--key", key, bad, path], capture_output=True, check=False)
        assert ran.returncode in (1, 2), f"byte {at}: status {ran.returncode}: {ran.stderr}"
        assert len(ran.stderr.splitlines()) == 1 and not ran.stdout, f"byte {at}: {ran.stderr}"
    print(len(range(0, len(data), int(step))))


if __name__ == "__main__":
    {"verify": verify, "bytes": change_bytes}[sys.argv[1]](*sys.argv[2:])
