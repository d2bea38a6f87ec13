#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# scripts/reproduce-kernel without a kernel: what it refuses, and what it takes from boot images; with one: tests/kernel.
# usage: cli_reproduce.sh REPRODUCE-KERNEL BOOT_IMAGE.PY
set -euo pipefail

reproduce=$(realpath "$1")
boot_image=$(realpath "$2")
# shellcheck source=tests/cli.sh
. "$(dirname "$0")/../cli.sh"

expect 0 "$reproduce" --help
has out "reproduce-kernel debian [OPTION...] PACKAGE"
says 2 "unknown form: arch" "$reproduce" arch
says 2 "a package linux-image-... is needed" "$reproduce" debian
says 2 "a package linux-image-... is needed" "$reproduce" debian bash
says 2 "unknown option: --fast" "$reproduce" debian --fast linux-image-amd64
says 2 "--jobs needs a value" "$reproduce" debian linux-image-amd64 --jobs
says 2 "no folder nowhere" "$reproduce" debian --packages nowhere linux-image-amd64
says 2 "one package" "$reproduce" debian linux-image-amd64 linux-image-arm64
says 2 "--source, --config, --official and -o are needed" "$reproduce" tree --source . -o out
[ ! -e out/.reproduce ] || fail "a folder after a usage error"

# A boot image with a payload that holds certificates, and behind them their lengths.
for name in own other; do
	openssl req -new -x509 -nodes -batch -sha256 -subj "/CN=$name" -newkey rsa:2048 -keyout $name.key -outform DER \
		-out $name.der 2> openssl.log
done
cat > make.py <<'PYTHON'
import gzip, lzma, struct, sys
own, other = open("own.der", "rb").read(), open("other.der", "rb").read()
packed = {"gzip": gzip.compress, "xz": lzma.compress, "none": bytes}

def keyring(*words):
    certificates = own + other
    padding = bytes(-len(certificates) % 8)
    return certificates + padding + struct.pack("<QQ", *words)

def image(name, kernel, how="gzip", cut=0):
    payload = packed[how](kernel) + struct.pack("<I", len(kernel))
    head = bytearray(1024)
    head[0x1f1] = 1
    head[0x202:0x206] = b"HdrS"
    struct.pack_into("<H", head, 0x206, 0x20f)
    struct.pack_into("<II", head, 0x248, 64, len(payload))
    whole = bytes(head) + bytes(64) + payload
    open(name, "wb").write(whole[:len(whole) - cut])

right = bytes(4096) + keyring(len(own + other), len(own)) + bytes(64)
image("right", right)
image("xz", right, "xz")
image("two", right + bytes(-len(right) % 8) + keyring(len(own + other), len(own)))
image("words", bytes(4096) + keyring(len(own + other) + 1, len(own)))
image("middle", bytes(4096) + keyring(len(own + other), len(own) - 1))
image("cut", right, cut=8)
image("plain", right, "none")
PYTHON
python3 make.py
for name in right xz; do
	expect 0 python3 "$boot_image" payload $name kernel
	expect 0 python3 "$boot_image" certificate kernel found.der
	expect 0 cmp found.der own.der
done
for name in two words middle; do
	expect 0 python3 "$boot_image" payload $name kernel
	says 1 "places that look like the keyring" python3 "$boot_image" certificate kernel none.der
	[ ! -e none.der ] || fail "a certificate from $name"
done
says 1 "its payload is cut off" python3 "$boot_image" payload cut kernel.cut
says 1 "is not known" python3 "$boot_image" payload plain kernel.plain
says 1 "no x86 boot image" python3 "$boot_image" payload own.der kernel.der
echo "$passed checks passed"
