#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# scene.sh HASHSECT ELFSECT SOURCE OUT: small files of each kind, for each command one that it has work with.
set -euo pipefail

hashsect=$(realpath "$1")
elfsect=$(realpath "$2")
source=$(realpath "$3")
mkdir -p "$4"
cd "$4"
exec >log 2>&1
# shellcheck source=tests/slot.sh
. "$source/tests/slot.sh"
export SOURCE_DATE_EPOCH=1767225600 TZ=UTC

# kernel OUT NUMBER: linked and not, with slots for certificates and module hashes, a build-id, code that has a line
kernel()
{
	cat > a.s <<-AS
	.section .text,"ax",@progbits
	.globl _start
	.type _start, @function
	_start: movl \$$2, %eax
	leaq text(%rip), %rdi
	ret
	.size _start, . - _start
	.section .rodata,"a",@progbits
	.globl text
	.type text, @object
	text: .asciz "Linux version 6.12.0-$2 (me@host) (gcc) #1"
	.size text, . - text
	.section .module_hashes,"a",@progbits
	.balign 32
	.globl __start_module_hashes, __stop_module_hashes
	__start_module_hashes: .fill 64, 1, 0
	__stop_module_hashes:
	$(slot_assembly 4096)
	AS
	as --64 -g -o "$1.o" a.s
	ld -m elf_x86_64 --build-id -e _start -o "$1" "$1.o"
	nm "$1" | sort > "$1.map"
}

kernel vmlinux 1
kernel other 2
rm a.s
for key in one two; do
	openssl req -x509 -newkey rsa:2048 -nodes -keyout "$key.key" -out "$key.crt" -subj "/CN=Key $key" -days 3650 \
		-addext basicConstraints=critical,CA:FALSE
done
cp vmlinux unsigned
"$elfsect" keyring add vmlinux one.crt
mkdir -p tree/lib bare
printf 'lib/a.ko\nlib/b.ko\n' > tree/modules.order
printf 'code' > payload
for name in a b; do
	printf '.text\n.globl init\ninit: ret\n.section .modinfo,"a",@progbits\n.asciz "name=%s", "vermagic=6.12.0-1 SMP "\n' "$name" | as --64 -o "tree/lib/$name.ko"
	cp "tree/lib/$name.ko" bare/
	openssl cms -sign -binary -noattr -nocerts -nosmimecap -md sha256 -outform DER -signer one.crt -inkey one.key \
		-in "tree/lib/$name.ko" -out "$name.p7s"
	"$hashsect" sig attach "tree/lib/$name.ko" --signature "$name.p7s"
done
cp vmlinux tree/vmlinux
cp -r tree rebuilt
cp -r tree hashed
for name in a b; do
	"$hashsect" sig strip "rebuilt/lib/$name.ko"
	"$hashsect" sig strip "hashed/lib/$name.ko"
done
cp unsigned rebuilt/vmlinux
cp unsigned hashed/vmlinux
# By content, whatever the name: where a compressor is missing the file is not compressed.
compressed()
{
	if command -v "$1" > where; then
		"$@" < tree/lib/a.ko
	else
		cat tree/lib/a.ko
	fi
}
compressed xz --check=crc32 -c > a.ko.xz
compressed zstd -q -c > a.ko.zst
gzip -n -c tree/lib/a.ko > a.ko.gz
tar -cf tree.tar -C tree .
tar -czf rebuilt.tar.gz -C rebuilt .
"$hashsect" sig collect -o store tree
"$hashsect" digest --manifest vmlinux > manifest
"$hashsect" digest vmlinux tree/lib/a.ko > list
"$hashsect" policy resolve -o map vmlinux
strip -o stripped vmlinux
"$hashsect" attest --key one.key -o envelope vmlinux
openssl pkey -in one.key -pubout -out one.pub
cp -r hashed embedded
"$hashsect" modules embed embedded/vmlinux embedded
"$hashsect" modules tree hashed --endian little -o root --proofs proofs
objcopy -O binary --only-section=.rodata vmlinux plain
python3 - "$source/tests/hashsect" <<-'PYTHON'
	import gzip, sys
	sys.path.insert(0, sys.argv[1])
	import boot, pe_files
	kernel = gzip.compress(open("vmlinux", "rb").read(), mtime=0)
	for name, data in {"bzimage": boot.bzimage(kernel), "pe": pe_files.make()}.items():
	    open(name, "wb").write(data)
PYTHON
rm -f log where
