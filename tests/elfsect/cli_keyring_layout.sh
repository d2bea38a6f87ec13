#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A keyring as each machine's assembler lays it out: isolated, refilled, emptied, made anew, certificates added and
# removed. The file has a digest each time (that of its first state, as long as nothing is added behind the build's own
# certificate: what is configured counts), and comes home byte for byte.
# usage: cli_keyring_layout.sh ELFSECT HASHSECT...: the reference, or the tool: who takes "digest FILE"
set -eu

elfsect=$(realpath "$1")
shift
hashsect=("$@")
# shellcheck source=tests/cli.sh
. "$(dirname "$0")/../cli.sh"

for name in built extra more; do
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout key.pem -outform DER -out $name.der \
		-days 100 -subj "/CN=$name, of another length" -addext keyUsage=digitalSignature 2>/dev/null ||
		fail "openssl req"
done
: >empty
section=.init.rodata.keyring

# source_text BUILT-IN CONFIGURED BEFORE: certs/system_certificates.S
source_text() {
	cat <<-AS
	.section .init.rodata,"a",%progbits
	$3
	.align 8
	.globl system_certificate_list
	system_certificate_list:
	__cert_list_start:
	__module_cert_start:
	.incbin "$1"
	__module_cert_end:
	.incbin "$2"
	__cert_list_end:
	.align 8
	.globl system_certificate_list_size
	system_certificate_list_size: $pointer __cert_list_end - __cert_list_start
	.align 8
	.globl module_cert_size
	module_cert_size: $pointer __module_cert_end - __module_cert_start
	AS
	[ -z "$3" ] || echo ".byte 1"
}

count() { "$elfsect" keyring list "$1" | grep -c '^  subject' || true; }

# state GROUP FILE WHAT: it has a digest; those of one group have the same. "each": it may be another one
state() {
	number=$((number + 1))
	cp "$2" "state-$number-$1-${3// /-}"
}

# All at once: an interpreter takes longer to start than to digest.
judge() {
	local group
	"${hashsect[@]}" digest state-* >digests 2>err || fail "$machine: no digest: $(cat err)"
	[ "$(wc -l <digests)" = "$number" ] || fail "$machine: $number states, but: $(cat digests)"
	for group in plain behind new; do
		[ "$(grep -e "-$group-" digests | cut -d' ' -f1 | sort -u | wc -l)" = 1 ] ||
			fail "$machine: $group: more than one digest: $(grep -e "-$group-" digests)"
	done
	rm state-*
}

# home FILE: certificates come and go
home() {
	cp "$1" first
	"$elfsect" keyring add "$1" more.der || fail "$machine: add to $1"
	[ "$(count "$1")" = $(($(count first) + 1)) ] || fail "$machine: $1 does not list what was added"
	state each "$1" "one more"
	"$elfsect" keyring remove "$1" more.der || fail "$machine: remove from $1"
	cmp "$1" first || fail "$machine: $1: not the first file again"
}

# machine NAME PREFIX AS-OPTIONS BYTES ALIGNMENT
machine() {
	machine=$1 number=0
	if ! command -v "${2}as" >/dev/null; then
		echo "skipped: $1: no ${2}as here"
		return
	fi
	pointer=.4byte
	[ "$4" = 4 ] || pointer=.8byte
	for before in "" ".byte 1"; do
		source_text built.der empty "$before" >a.s
		"${2}as" $3 -o a.o a.s
		"$elfsect" isolate --symbols "system_certificate_list..module_cert_size+$4" --into $section -o i.o a.o
		readelf -SW i.o | sed 's/^ *\[ *//' | awk -v name=$section '$2 == name { print $NF }' >align
		[ "$(cat align)" = "$5" ] || fail "$1: the alignment is $(cat align)"
		group=plain
		[ -z "$before" ] || group=behind
		state $group i.o isolated
		home i.o
		cp i.o e.o
		"$elfsect" keyring remove --all e.o
		[ "$(count e.o)" = 0 ] || fail "$1: not empty"
		state $group e.o "emptied"
		home e.o
		"$elfsect" keyring add e.o built.der
		state each e.o "filled again"
		# Filled and emptied by injection, which knows the words by the names of the symbols.
		for data in extra.der empty built.der; do
			"$elfsect" inject --section $section --data $data --define system_certificate_list=start \
				--define __cert_list_start=start --define __module_cert_start=start \
				--define __module_cert_end=end --define __cert_list_end=end \
				--define system_certificate_list_size=size-word --define module_cert_size=size-word e.o
			state $group e.o "injected $data"
			home e.o
		done
	done
	# Configured certificates count, so that the digest is another one.
	source_text built.der extra.der "" >a.s
	"${2}as" $3 -o a.o a.s
	"$elfsect" isolate --symbols "system_certificate_list..module_cert_size+$4" --into $section a.o
	state each a.o "one configured"
	"$elfsect" keyring remove a.o built.der
	state each a.o "only that"
	# From nothing: with undefined references, as in a module of its own.
	printf '.section .text,"ax",%%progbits\n.section .data,"aw",%%progbits\n%s\n' \
		"$pointer system_certificate_list, system_certificate_list_size, module_cert_size" >u.s
	"${2}as" $3 -o u.o u.s
	"$elfsect" inject --section $section --data built.der --define system_certificate_list=start \
		--define system_certificate_list_size=size-word --define module_cert_size=size-word u.o
	readelf -SW u.o | sed 's/^ *\[ *//' | awk -v name=$section '$2 == name { print $NF }' >align
	[ "$(cat align)" = "$5" ] || fail "$1: the alignment of a new one is $(cat align)"
	state new u.o injected
	home u.o
	judge
	echo "# $1: ok"
}

machine x86_64 "" --64 8 8
machine i386 "" --32 4 8
machine aarch64 aarch64-linux-gnu- "" 8 256
machine arm arm-linux-gnueabi- "" 4 256
machine powerpc64 powerpc64-linux-gnu- "-a64 -mbig" 8 256
machine mips mips-linux-gnu- "-32 -EB" 4 256
machine mips64 mips-linux-gnu- "-64 -EB" 8 256
machine s390x s390x-linux-gnu- "" 8 8
echo ok
