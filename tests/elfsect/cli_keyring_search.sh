#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# cli_keyring_search.sh ELFSECT MKELF: the keyring of linked files without symbols, as each machine's assembler and linker make
# them, of flat files, and of several at once.
set -euo pipefail

elfsect=$1
mkelf=$2
# shellcheck source=tests/cli.sh
. "$(dirname "$0")/../cli.sh"

for name in built extra; do
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout key.pem -out $name.pem -days 100 \
		-subj "/CN=$name" -addext keyUsage=digitalSignature 2> /dev/null
	openssl x509 -in $name.pem -outform DER -out $name.der
done

# pem_of OPTION...: what "keyring list --pem" prints, as DER, hashed
pem_of()
{
	"$elfsect" keyring list --pem "$@" 2> note | sha256sum
}

# source_text POINTER ROOM: certs/system_certificates.S, with something in front of it and behind it
source_text()
{
	cat <<-AS
	.section .text,"ax",%progbits
	.globl _start
	_start:
	.8byte 0
	.section .init.rodata,"a",%progbits
	.ascii "before"
	.align 8
	.globl system_certificate_list
	system_certificate_list:
	__cert_list_start:
	__module_cert_start:
	.incbin "built.der"
	__module_cert_end:
	.incbin "extra.der"
	__cert_list_end:
	$2
	.align 8
	.globl system_certificate_list_size
	system_certificate_list_size: $1 __cert_list_end - __cert_list_start
	.align 8
	.globl module_cert_size
	module_cert_size: $1 __module_cert_end - __module_cert_start
	.ascii "behind it"
	AS
}
room=".globl system_extra_cert
.size system_extra_cert, 1000
system_extra_cert: .fill 1000, 1, 0
.align 4
.globl system_extra_cert_used
system_extra_cert_used: .int 0"

# machine NAME PREFIX AS-OPTIONS LD-OPTIONS BYTES
machine()
{
	local prefix=$2 kind
	if ! command -v "${prefix}as" > /dev/null || ! command -v "${prefix}ld" > /dev/null; then
		skipped "$1: no ${prefix}as and ${prefix}ld here"
		return
	fi
	for kind in "" "$room"; do
		source_text ".$5byte" "$kind" > a.s
		# shellcheck disable=SC2086
		"${prefix}as" $3 -o a.o a.s
		# shellcheck disable=SC2086
		"${prefix}ld" $4 -e _start -o linked a.o 2> /dev/null || fail "$1: ld"
		"${prefix}objcopy" -S linked stripped
		"${prefix}objcopy" -O binary -j .init.rodata linked flat
		[ "$(pem_of linked)" = "$(sha256sum < <("$elfsect" keyring list --pem linked))" ] || fail "$1: linked"
		[ ! -s note ] || fail "$1: a note on a file with symbols: $(cat note)"
		[ "$(pem_of linked)" = "$(pem_of stripped)" ] || fail "$1: another keyring without symbols: $(cat note)"
		has note "stripped: note: there are no symbols; found by content: 2 certificates"
		[ "$(pem_of linked)" = "$(pem_of flat)" ] || fail "$1: another keyring in a flat file: $(cat note)"
		[ "$(grep -c BEGIN < <("$elfsect" keyring list --pem stripped 2> /dev/null))" = 2 ] || fail "$1: not two"
		expect 0 "$elfsect" keyring list --slot linux-keyring stripped
		[ "$(grep -c '^  subject' out)" = 2 ] || fail "$1: --slot: $(cat out)"
		refused "no symbol table: give its System.map" "$elfsect" keyring add stripped built.pem
		refused "no symbol table: give its System.map" "$elfsect" keyring remove stripped built.pem
	done
	echo "# $1: ok"
}

machine x86_64 "" --64 "-m elf_x86_64" 8
machine i386 "" --32 "-m elf_i386" 4
machine aarch64 aarch64-linux-gnu- "" "" 8
machine arm arm-linux-gnueabi- "" "" 4
machine powerpc64 powerpc64-linux-gnu- "-a64 -mbig" "-m elf64ppc" 8
machine powerpc powerpc64-linux-gnu- "-a32 -mbig" "-m elf32ppclinux" 4
machine mips mips-linux-gnu- "-32 -EB" "" 4
machine mips64 mips-linux-gnu- "-64 -EB" "-m elf64btsmip" 8
machine s390x s390x-linux-gnu- "" "" 8
machine riscv64 riscv64-linux-gnu- "" "" 8
machine loongarch64 loongarch64-linux-gnu- "" "" 8

# ---- the generated kernels, of both classes and byte orders
for variant in 32le 32be 64le 64be; do
	for kind in linked-keyring linked-isolated; do
		"$mkelf" "$kind-$variant" linked
		"$mkelf" --stripped "$kind-$variant" stripped
		[ "$(pem_of linked)" = "$(pem_of stripped)" ] || fail "$kind-$variant: another keyring without symbols: $(cat note)"
	done
done

# ---- none, and several
source_text .8byte "" > a.s
as --64 -o a.o a.s
ld -m elf_x86_64 -e _start -o linked a.o
objcopy -S linked stripped
objcopy -O binary -j .init.rodata linked flat
cp flat twice
truncate -s 4096 twice
cat flat >> twice
refused "twice: not an ELF file: by content the keyring may be in 2 places: offset 0x8, offset 0x1008" "$elfsect" keyring list twice
head -c -30 flat > short
refused "none with their length behind them: offset 0x8" "$elfsect" keyring list short
head -c 100 flat > shorter
refused "shorter: not an ELF file: by content no certificate is found that may be in its keyring" "$elfsect" keyring list shorter
sed 's/system_cert/other_cert/g; s/module_cert/other_module/g; s/__cert_/__other_/g; s/_start$/other/; s/_start:$/other:/' a.s |
	sed 's/^\.section \.init\.rodata,"a"/.section .data,"aw"/; s/other_start:$/__other_start:/' > b.s
as --64 -o b.o b.s
ld -m elf_x86_64 -s -e _start -o both a.o b.o
refused "both: the file has no symbol table: give its System.map: by content the keyring may be in 2 places: section " \
	"$elfsect" keyring list both
nm linked > map
expect 0 "$elfsect" keyring list --system-map map stripped
grep -q "by content" err && fail "by content, with a map: $(cat err)"
cp a.o bare.o
strip --strip-all bare.o
refused "a relocatable file without a symbol table" "$elfsect" keyring list bare.o

echo "ok - $passed checks"
