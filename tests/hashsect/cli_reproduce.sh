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

# A boot image with a payload.
cat > make.py <<'PYTHON'
import gzip, lzma, struct
packed = {"gzip": gzip.compress, "xz": lzma.compress, "none": bytes}

def image(name, kernel, how="gzip", cut=0):
    payload = packed[how](kernel) + struct.pack("<I", len(kernel))
    head = bytearray(1024)
    head[0x1f1] = 1
    head[0x202:0x206] = b"HdrS"
    struct.pack_into("<H", head, 0x206, 0x20f)
    struct.pack_into("<II", head, 0x248, 64, len(payload))
    whole = bytes(head) + bytes(64) + payload
    open(name, "wb").write(whole[:len(whole) - cut])

kernel = b"a kernel" + bytes(4096)
open("kernel", "wb").write(kernel)
image("right", kernel)
image("xz", kernel, "xz")
image("cut", kernel, cut=8)
image("plain", kernel, "none")
PYTHON
python3 make.py
for name in right xz; do
	expect 0 python3 "$boot_image" $name out.kernel
	expect 0 cmp out.kernel kernel
done
says 1 "its payload is cut off" python3 "$boot_image" cut none
says 1 "is not known" python3 "$boot_image" plain none
says 1 "no x86 boot image" python3 "$boot_image" kernel none
[ ! -e none ] || fail "a kernel out of nothing"
echo "$passed checks passed"
