#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# seeds.sh HASHSECT ELFSECT MKELF SOURCE OUT: good inputs of each kind, from which a fuzzer starts: OUT/TARGET/NAME.
set -euo pipefail

# shellcheck source=tests/slot.sh
. "$(dirname "$0")/../slot.sh"
hashsect=$(realpath "$1")
elfsect=$(realpath "$2")
mkelf=$(realpath "$3")
source=$(realpath "$4")
out=$5
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
rm -rf "$out"
mkdir -p "$out"/{archive,attestation,btf,certificate,cms,elf,explain,image,journal,list,manifest,map,order,policy,store,system_map}
out=$(realpath "$out")
cd "$work"

# ---- ELF files, and what is made of them
while IFS= read -r name; do
	"$mkelf" "$name" "$out/elf/$name"
done < <("$mkelf" --list | grep -E 'keyring|linked|note|group|build-id' | grep -E -- '-(64le|32be)$' | head -n 24)
cat > a.s <<-AS
	.section .text,"ax",@progbits
	.globl _start
	_start: nop
	$(slot_assembly 4096)
AS
as --64 -o a.o a.s
ld -m elf_x86_64 --build-id -e _start -o vmlinux a.o
openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out one.crt -subj "/CN=Seed" -days 3650 \
	-addext basicConstraints=critical,CA:FALSE 2> err
openssl x509 -in one.crt -outform DER -out "$out/certificate/rsa"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-384 -nodes -keyout ec.pem -subj "/CN=Seed" -days 3650 2> err |
	openssl x509 -outform DER -out "$out/certificate/ec"
cat "$out"/certificate/{rsa,ec} > "$out/certificate/list"
"$elfsect" keyring add vmlinux one.crt > log 2>&1
cp vmlinux a.o "$out/elf/"
for file in "$out"/elf/*; do
	{ printf '\1\2\3\4\5\6\7\10'; cat "$file"; } > "$out/explain/${file##*/}"
	if "$hashsect" digest --manifest "$file" > manifest 2> err; then
		cp manifest "$out/manifest/${file##*/}"
	fi
	if "$hashsect" policy resolve -o map "$file" > log 2> err; then
		cp map "$out/map/${file##*/}"
	fi
done
nm vmlinux | sort > "$out/system_map/vmlinux"
"$hashsect" digest vmlinux > "$out/list/one" 2> err
printf '\\hashsect1:sha256:linux:file:%064d  a\\x1b\\nb\\\\c\n' 0 > "$out/list/escaped"
# One change, of two bytes at 4: its place, the old bytes, the new ones, which are those of the file.
printf '\2\4\0\0\0\0\0\0\0\2\0\0\0\0\0\0\0\101\102\4\5' > "$out/journal/one"
printf '\1elfsect journal\0\1\0\0\0' > "$out/journal/cut"
cp "$source"/samples/policies/*.ini "$out/policy/"
"$hashsect" policy show linux > "$out/policy/linux"

# ---- modules, their signatures, a store, attestations
mkdir -p tree/lib
for name in a b; do
	cp a.o "tree/lib/$name.ko"
	openssl cms -sign -binary -noattr -nocerts -nosmimecap -md sha256 -outform DER -signer one.crt -inkey key.pem \
		-in "tree/lib/$name.ko" -out p7s
	"$hashsect" sig attach "tree/lib/$name.ko" --signature p7s > log 2>&1
done
cp p7s "$out/cms/cades"
openssl cms -sign -binary -md sha512 -outform DER -signer one.crt -inkey key.pem -in a.o -out "$out/cms/attributes"
cp tree/lib/a.ko "$out/image/signed"
for way in gzip "xz --check=crc32" "zstd -q" bzip2 "xz --format=lzma"; do
	if command -v "${way%% *}" > where; then
		$way -c < a.o > "$out/image/${way// /_}"
	fi
done
cp vmlinux tree/vmlinux
"$hashsect" sig collect -o store tree > log 2>&1
cp store/index.json "$out/store/index"
printf 'lib/a.o\nlib/b.o\n' > "$out/order/of-objects"
printf 'kernel/lib/a.ko\nkernel/lib/b.ko\n' > "$out/order/of-modules"
export SOURCE_DATE_EPOCH=1767225600
"$hashsect" attest --key key.pem vmlinux > "$out/attestation/rsa" 2> err
"$hashsect" attest --key ec.pem tree/lib/a.ko vmlinux > "$out/attestation/ec" 2> err
"$hashsect" attest --format svr --key ec.pem vmlinux > "$out/attestation/svr" 2> err

# ---- boot images, packages, types
python3 - "$source/tests/hashsect" "$out/image" <<-'PYTHON'
	import gzip, sys
	sys.path.insert(0, sys.argv[1])
	import boot, pe_files
	kernel = gzip.compress(open("vmlinux", "rb").read(), mtime=0)
	made = {"bzimage": boot.bzimage(kernel), "zboot": boot.zboot(kernel, "gzip", 0), "uki": boot.uki(boot.bzimage(kernel)),
	        "pe": pe_files.make()}
	for name, data in made.items():
	    open(f"{sys.argv[2]}/{name}", "wb").write(data)
PYTHON
echo text > tree/readme
ln -s readme tree/link
tar -C tree -cf "$out/archive/tar" .
gzip -c "$out/archive/tar" > "$out/archive/tar.gz"
if command -v cpio > where; then
	(cd tree && find . | cpio -o -H newc 2> ../err) > "$out/archive/cpio"
fi
mkdir -p tree/DEBIAN
printf 'Package: seed\nVersion: 1\nArchitecture: all\nMaintainer: nobody <nobody@example.org>\nDescription: seed\n' > tree/DEBIAN/control
if command -v dpkg-deb > where; then
	dpkg-deb --root-owner-group -b tree "$out/archive/deb" > log
fi
printf '\x9f\xeb\x01\x00\x18\0\0\0\0\0\0\0\x0c\0\0\0\x0c\0\0\0\x01\0\0\0\0\0\0\0\0\0\0\x02\0\0\0\0\0' > "$out/btf/pointer"
printf 'struct list { struct list *next; enum { A, B } kind; } list; int f(struct list *l) { return l->kind; }\n' > types.c
if command -v pahole > where && gcc -g -c types.c -o types.o 2> err; then
	pahole -J --btf_encode_detached="$out/btf/types" types.o
fi
find "$out" -type f -empty -delete
for folder in "$out"/*/; do
	[ -n "$(ls "$folder")" ] || { echo "no seeds in $folder"; exit 1; }
done
find "$out" -type f | wc -l
