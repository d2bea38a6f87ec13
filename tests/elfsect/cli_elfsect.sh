#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# elfsect's commands on files of real assemblers, judged by readelf and ld. Machines without an
# assembler here are skipped, x86_64 is not.
# usage: cli_elfsect.sh ELFSECT
set -eu

elfsect=$(realpath "$1")
# shellcheck source=tests/cli.sh
. "$(dirname "$0")/../cli.sh"

# sound FILE: elfsect and readelf have nothing to say against it
sound() {
	"$elfsect" check "$1" || fail "$1: check"
	"${prefix}readelf" -SsrgW "$1" 2>&1 >/dev/null | grep . && fail "$1: readelf warns"
	return 0
}

# word FILE SYMBOL: the integer of $bytes bytes at a symbol, in the target's byte order
word() {
	"$elfsect" extract --symbols "$2..$2+$bytes" "$1" | od -An -v -tu1 | tr -s ' \n' '\n' | sed '/^$/d' |
		{ if [ "$order" = little ]; then tac; else cat; fi; } | { n=0; while read -r b; do n=$((n * 256 + b)); done; echo $n; }
}

address() { "${prefix}nm" "$1" | awk -v s="$2" '$3 == s { print $1 }' | { read -r a; echo $((16#$a)); }; }

section_sum() { "$elfsect" extract --section "$2" "$1" | sha256sum; }

# link FILE OUT: as the kernel links; what the linker makes itself (.got) may be unplaced, what we make may not
link() {
	cat >script.ld <<-'LD'
	ENTRY(code)
	SECTIONS {
		. = 0x10000;
		.text : { *(.text) }
		.rodata : { *(.rodata .rodata.*) }
		.data : { *(.data) }
		.bss : { *(.bss) }
		/DISCARD/ : { *(.note*) *(.comment) *(.reginfo) *(.MIPS*) *(.pdr) *(.gnu*) *(.ARM*) *(.debug*) *(.riscv*) }
	}
	LD
	"${prefix}ld" $emulation --orphan-handling=warn -T script.ld -o "$2" "$1" 2>link.err || fail "$1: ld: $(cat link.err)"
	! grep -F rodata link.err || fail "$1: ld: not placed"
}

source_text() {
	cat <<-AS
	.section .rodata,"a",%progbits
	.balign 8
	.globl first, last, after
	before: .byte 1, 2, 3, 4, 5, 6, 7, 8
	first:
	local_first:
	.ascii "range..."
	local_second:
	.ascii "second.."
	$pointer local_third
	.balign 8
	local_third:
	.ascii "third..."
	last: .ascii "last...."
	after:
	local_after: .ascii "after..."
	.data
	.balign 8
	.globl to_before, to_first, to_second, to_third, to_after, to_start, to_end, to_size
	to_before: $pointer before
	to_first: $pointer first
	to_second: $pointer local_second
	to_third: $pointer local_third + 2
	to_after: $pointer local_after
	to_start: $pointer blob_start
	to_end: $pointer blob_end
	to_size: $pointer blob_size
	.text
	.globl code
	code: .byte 0, 0, 0, 0, 0, 0, 0, 0
	AS
}

# points FILE POINTER TEXT: what a pointer of the linked file points to
points() {
	local at text
	at=$(word "$1" "$2")
	text=$("$elfsect" extract --address "$at..$((at + ${#3}))" "$1") || fail "$1: $2"
	[ "$text" = "$3" ] || fail "$1: $2 points to '$text' instead of '$3'"
}

check_pointers() {
	points "$1" to_before "$(printf '\1\2\3\4')"
	points "$1" to_first range...
	points "$1" to_second second..
	points "$1" to_third ird...
	points "$1" to_after after...
	points "$1" to_start "$2"
	[ $(($(word "$1" to_end) - $(word "$1" to_start))) = ${#2} ] || fail "$1: the end is not at the end"
	[ "$(word "$1" to_size)" = "$(address "$1" blob_size)" ] || fail "$1: to_size"
	[ "$(word "$1" blob_size)" = ${#2} ] || fail "$1: the size word holds $(word "$1" blob_size)"
}

defines=(--define blob_start=start --define blob_end=end --define blob_size=size-word)

# machine NAME PREFIX AS-OPTIONS LD-OPTIONS BYTES ORDER
machine() {
	prefix=$2 emulation=$4 bytes=$5 order=$6
	if ! command -v "${prefix}as" >/dev/null; then
		[ "$1" != x86_64 ] || fail "no binutils"
		skipped "$1: no ${prefix}as here"
		return
	fi
	pointer=.long
	[ "$bytes" = 8 ] && pointer=.quad
	[ "$prefix" = s390x-linux-gnu- ] || [ "$bytes" = 4 ] || pointer=.8byte
	source_text >a.s
	"${prefix}as" $3 -o a.o a.s
	sound a.o

	# Created, grown, emptied, filled.
	printf 'some injected data' | "$elfsect" inject --section .rodata.blob --data - "${defines[@]}" -o b.o a.o
	sound b.o
	for s in .rodata .data .text; do
		[ "$(section_sum a.o $s)" = "$(section_sum b.o $s)" ] || fail "$1: inject changed $s"
	done
	link b.o b && check_pointers b 'some injected data'
	for text in 'a much longer text than there was before' '' 'x'; do
		printf '%s' "$text" | "$elfsect" inject --section .rodata.blob --data - "${defines[@]}" b.o
		sound b.o
		link b.o b && check_pointers b "$text"
	done
	# ld -r takes what has been made, and what is injected afterwards.
	"${prefix}ld" $emulation -r -o r.o b.o && sound r.o
	"${prefix}ld" $emulation -r -o r.o a.o
	printf 'late' | "$elfsect" inject --section .rodata.blob --data - "${defines[@]}" r.o
	link r.o b && check_pointers b late

	# Isolated: the linked program points to the same bytes.
	"$elfsect" isolate --symbols first..last+8 --into .rodata.own -o i.o b.o
	sound i.o
	link i.o i && check_pointers i x
	[ "$("$elfsect" extract --section .rodata.own i.o | tail -c 8)" = last.... ] || fail "$1: isolate lost the end"
	[ "$("$elfsect" list i.o | awk '$2 == ".rodata" { print $7 }')" = \
	  "$("$elfsect" list b.o | awk '$2 == ".rodata" { print $7 }')" ] || fail "$1: isolate changed the size of .rodata"

	# Renamed; removed again.
	refused "already" "$elfsect" rename i.o .rodata.own=.text
	"$elfsect" rename i.o .rodata.own=.rodata.other
	sound i.o
	link i.o i && check_pointers i x
	"$elfsect" remove --section .rodata.blob -o c.o b.o
	sound c.o
	"${prefix}nm" c.o | grep -q 'U blob_start' || fail "$1: remove did not undefine blob_start"
	[ "$("$elfsect" list --hash c.o | awk '$3 != "STRTAB" && $3 != "SYMTAB" { print $2, $NF }')" = \
	  "$("$elfsect" list --hash a.o | awk '$3 != "STRTAB" && $3 != "SYMTAB" { print $2, $NF }')" ] ||
		fail "$1: inject and remove left a trace"
	echo "# $1: ok"
}

machine x86_64 "" --64 "-m elf_x86_64" 8 little
machine i386 "" --32 "-m elf_i386" 4 little
machine powerpc64 powerpc64-linux-gnu- "-a64 -mbig" "-m elf64ppc" 8 big
machine s390x s390x-linux-gnu- "" "" 8 big
machine arm arm-linux-gnueabi- "" "" 4 little
machine aarch64 aarch64-linux-gnu- "" "" 8 little
machine riscv64 riscv64-linux-gnu- "" "" 8 little
machine mips64 mips64-linux-gnuabi64- "-64 -EB" "-m elf64btsmip" 8 big
machine mips64el mips64-linux-gnuabi64- "-64 -EL" "-m elf64ltsmip" 8 little
machine mips mips-linux-gnu- "-32 -EB" "-m elf32btsmip" 4 big

# ------------------------------------------------------------------------------------------- the tool's own behaviour
prefix="" emulation="" bytes=8 order=little pointer=.quad
source_text >a.s
as -o a.o a.s
printf data >data

# No change: the file is not touched.
"$elfsect" inject --section .blob --data data a.o
touch -d 2001-01-01 a.o
before=$(stat -c '%i %Y' a.o)
says 0 "nothing to change" "$elfsect" inject --section .blob --data data a.o
[ "$(stat -c '%i %Y' a.o)" = "$before" ] || fail "an edit without a change touched the file"
expect 0 "$elfsect" clear --section .blob a.o
[ "$(stat -c '%Y' a.o)" -gt 1000000000 ] || fail "changed content has no new mtime"

# Links.
ln -sf a.o link; ln -f a.o hard
says 0 "1 other hard link" "$elfsect" inject --section .blob --data data link
[ -L link ] || fail "a symbolic link was replaced"
[ "$("$elfsect" extract --section .blob a.o)" = data ] || fail "the link's target was not edited"

# Bad input: one line, status 2, nothing changed, nothing left.
cp a.o keep.o
mkdir dir
head -c 200 a.o >short.o
: >empty.o
ls -A >names
names=$(cat names)
refused "inject: --data is needed" "$elfsect" inject a.o
refused "inject: one of --section" "$elfsect" inject --data data a.o
refused "--section and --symbol exclude each other" "$elfsect" inject --section .x --symbol y --data data a.o
refused "--section is given twice" "$elfsect" inject --section .x --section .y --data data a.o
refused "--flags goes with --section" "$elfsect" inject --symbol y --flags a --data data a.o
refused "unknown option --nothing" "$elfsect" inject --nothing a.o
refused "unknown option --setcion; did you mean '--section'?" "$elfsect" inject --setcion x a.o
refused "unknown command 'lsit'; did you mean 'list'?" "$elfsect" lsit a.o
refused "unknown command 'keyring ad'; did you mean 'add'?" "$elfsect" keyring ad a.o
refused "--align needs" "$elfsect" inject --section .x --data data --align
refused "not a power of two" "$elfsect" inject --section .x --data data --align 3 a.o
refused "not a number or letters" "$elfsect" inject --section .x --data data --flags q a.o
refused "not NAME=start" "$elfsect" inject --section .x --data data --define a=b a.o
refused "nowhere" "$elfsect" inject --section .x --data nowhere a.o
refused "nowhere.o" "$elfsect" inject --section .x --data data nowhere.o
refused "Is a directory" "$elfsect" inject --section .x --data dir a.o
refused "dir" "$elfsect" inject --section .x --data data dir
refused "short.o" "$elfsect" inject --section .x --data data short.o
refused "empty" "$elfsect" inject --section .x --data data empty.o
refused "not an ELF file" "$elfsect" list data
refused "-o needs a file" "$elfsect" inject --section .x --data data -o - a.o
refused "Is a directory" "$elfsect" inject --section .x --data data -o dir a.o
refused "no section .nothing" "$elfsect" remove --section .nothing a.o
refused "no section .nothing" "$elfsect" extract --section .nothing a.o
refused "one of --section" "$elfsect" extract a.o
refused "OLD=NEW" "$elfsect" rename a.o .text
refused "symbol nothing" "$elfsect" isolate --symbols nothing..last --into .x a.o
refused "no addresses" "$elfsect" extract --address 0..4 a.o
expect 2 bash -c "ulimit -f 1; head -c 5000 /dev/zero | '$elfsect' inject --section .x --data - a.o"
if [ -w /dev/full ]; then
	refused "No space left" bash -c "'$elfsect' extract --section .blob a.o >/dev/full"
	refused "No space left" bash -c "'$elfsect' list a.o >/dev/full"
fi
if [ "$(id -u)" = 0 ] && chattr +i a.o 2>/dev/null; then
	refused "a.o: " "$elfsect" inject --section .x --data data a.o
	chattr -i a.o
fi
cmp -s a.o keep.o || fail "bad input changed a file"
rm -f out err; : >out; : >err
[ "$(ls -A | sort)" = "$(echo "$names" | sort)" ] || fail "something was left behind: $(ls -A)"

# A tmpfs that is too small, where the right to mount allows it.
if [ "$(id -u)" = 0 ] && mkdir small && mount -t tmpfs -o size=16k tmpfs small 2>/dev/null; then
	cp a.o small/a.o
	sum=$(sha256sum <small/a.o)
	head -c 30000 /dev/zero >zeros
	refused "small/a.o: " "$elfsect" inject --section .x --data zeros small/a.o
	[ "$(sha256sum <small/a.o)" = "$sum" ] && [ "$(ls -A small)" = a.o ] || fail "a full disk left something behind"
	umount small
fi

# A signal in the middle: old or new, and nothing beside it.
head -c 30000000 /dev/zero >zeros
"$elfsect" inject --section .zeros --data zeros -o big.o a.o
rm zeros
mkdir signals
for i in 02 05 1 2 3 4 5 6 7 8 9; do
	for signal in INT TERM HUP KILL; do
		cp big.o signals/s.o
		timeout -s $signal 0.00$i "$elfsect" clear --section .blob signals/s.o 2>/dev/null || true
		"$elfsect" check signals/s.o || fail "SIG$signal left a broken file"
		[ "$(ls -A signals)" = s.o ] || [ $signal = KILL ] || fail "SIG$signal left: $(ls -A signals)"
	done
done

# JSON has its version, and as many sections as the table has lines.
"$elfsect" list --json --hash a.o >json
grep -q '"schema": 1' json || fail "no schema version"
[ "$(grep -c '"index"' json)" = "$(($("$elfsect" list a.o | wc -l) - 1))" ] || fail "JSON and table differ"
echo "ok"
