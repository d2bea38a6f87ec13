#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Every error of a slot on the command line: exit status 2, one line on stderr that begins with the tool and names the file and
# the reason, nothing on stdout, the file as it was and nothing beside it; written to the file, into it, or elsewhere.
# The library's side: test_slots.c (too_large, missing, in_two_places, wrong_ranges, wrong_targets, overlaps, wrong_words,
# relocated) and test_linked.c (maps_that_do_not_fit).
# usage: cli_slot_errors.sh ELFSECT
set -eu

elfsect=$(realpath "$1")
# shellcheck source=tests/cli.sh
. "$(dirname "$0")/../cli.sh"
refusals=0

# refuse WORD FILE OPTION...: of inject; the word is in the message, or each of several between "|"; one behind "!" is not
refuse() {
	local words=$1 file=$2 way word before status
	shift 2
	: >out; : >err
	before=$(sha256sum "$file"; stat -c '%i %Y %a' "$file"; ls -A)
	for way in "" "--in-place" "--in-place --verify" "-o new"; do
		status=0
		"$elfsect" inject "$@" $way "$file" >out 2>err || status=$?
		[ "$status" = 2 ] || fail "$file $* $way: exit status $status: $(cat err)"
		[ "$(wc -l <err)" = 1 ] && [ "$(tail -c 1 err | od -An -tx1)" = " 0a" ] || fail "$*: not one line: $(cat err)"
		grep -q '^elfsect: ' err || fail "$*: who says that: $(cat err)"
		[ ! -s out ] || fail "$*: something on stdout: $(cat out)"
		while read -r word; do
			if [ "${word#!}" != "$word" ]; then
				! grep -qF -- "${word#!}" err || fail "$*: '${word#!}' is in: $(cat err)"
				continue
			fi
			grep -qF -- "$word" err || fail "$*: '$word' is not in: $(cat err)"
		done < <(tr '|' '\n' <<<"$words")
		[ "$(sha256sum "$file"; stat -c '%i %Y %a' "$file"; ls -A)" = "$before" ] || fail "$* $way: something changed"
		refusals=$((refusals + 1))
	done
}

# source_text POINTER: a kernel with every kind of slot
source_text() {
	cat <<-AS
	.section .text,"ax",%progbits
	.globl _start, code
	_start: .byte 0, 0, 0, 0
	code: .fill 60, 1, 0
	.size code, 60
	.section .init.data,"aw",%progbits
	.balign 8
	.globl system_certificate_list, system_extra_cert, system_extra_cert_used, system_certificate_list_size
	system_certificate_list:
	__cert_list_start: .ascii "certificates"
	__cert_list_end:
	system_extra_cert: .fill 100, 1, 0
	.size system_extra_cert, 100
	.balign 4
	system_extra_cert_used: .4byte 0
	.balign 8
	system_certificate_list_size: $1 __cert_list_end - __cert_list_start
	.globl object, wide
	object: .fill 8, 1, 1
	.size object, 8
	wide: .fill 4, 1, 1
	.size wide, 64
	init_end:
	.section .module_hashes,"a",%progbits
	.fill 64, 1, 0
	.bss
	.globl zeros
	zeros: .fill 32, 1, 0
	.size zeros, 32
	AS
}

# class NAME AS-OPTION EMULATION POINTER BYTES
class() {
	as=$2 ld="-m $3" pointer=$4 bytes=$5
	printf 'some data' >data
	head -c 101 /dev/zero >large
	source_text "$pointer" >a.s
	as $as -o vmlinux.o a.s
	ld $ld -o vmlinux vmlinux.o
	nm vmlinux >System.map
	strip -o stripped vmlinux

	# Too large: what there is and what is needed, and which option of the kernel would have helped.
	refuse "vmlinux: linux-extra-cert|100 bytes are available, 101 are needed; CONFIG_SYSTEM_EXTRA_CERTIFICATE_SIZE makes it larger" vmlinux \
		--slot linux-extra-cert --data large
	refuse "vmlinux: linux-keyring|12 bytes are available|101 are needed; |CONFIG_SYSTEM_EXTRA_CERTIFICATE=y makes room" vmlinux \
		--slot linux-keyring --data large
	refuse "12 bytes are available and have to be filled, 9 are needed; |CONFIG_MODULE_SIG_KEY=\"\" leaves" vmlinux \
		--slot linux-keyring --data data
	refuse "vmlinux: module-hashes|64 bytes are available, 101 are needed; CONFIG_SECURITY_MODHASH_ENTRIES makes it larger" vmlinux \
		--slot module-hashes --data large
	refuse "vmlinux: .module_hashes|64 bytes are available, 101 are needed" vmlinux --section .module_hashes --data large
	refuse "vmlinux: object|8 bytes are available, 9 are needed" vmlinux --symbol object --data data
	refuse "vmlinux: object..wide|8 bytes are available, 9 are needed" vmlinux --symbols object..wide --data data
	refuse "100 bytes are available, 101 are needed" stripped --slot linux-extra-cert --system-map System.map --data large

	# Missing: the symbol, the section, the slot, the table.
	refuse "vmlinux: symbol nothing" vmlinux --symbol nothing --data data
	refuse "vmlinux: symbol nothing" vmlinux --symbols object..nothing --data data
	refuse "vmlinux: there is no slot of the name nothing|linux-extra-cert" vmlinux --slot nothing --data data
	refuse "vmlinux: section .nothing" vmlinux --section .nothing --data data
	objcopy -N system_extra_cert vmlinux missing
	for target in "--slot linux-extra-cert" "--symbol system_extra_cert" "--symbols system_extra_cert..system_extra_cert+9" \
		"--symbols object..system_extra_cert+9"; do
		refuse "missing: symbol system_extra_cert|; CONFIG_SYSTEM_EXTRA_CERTIFICATE=y makes it" missing $target --data data
	done
	objcopy -N system_certificate_list -N __cert_list_start vmlinux missing
	for target in "--slot linux-keyring" "--symbols __cert_list_start..__cert_list_end"; do
		refuse "missing: |__cert_list_start|; CONFIG_SYSTEM_TRUSTED_KEYRING=y makes it" missing $target --data data
	done
	objcopy --rename-section .module_hashes=.other vmlinux missing
	refuse "missing: module-hashes|neither a section|; CONFIG_SECURITY_MODHASH=y (samples/kernel/modhash) makes it" missing \
		--slot module-hashes --data data
	refuse "missing: section .module_hashes: not there|; CONFIG_SECURITY_MODHASH=y (samples/kernel/modhash) makes it" missing \
		--section .module_hashes --data data
	refuse "symbol module_hashes_root|; CONFIG_SECURITY_MODHASH=y (samples/kernel/modhash) makes it" missing \
		--symbol module_hashes_root --data data
	refuse "section .init.rodata.keyring: not there|; samples/kernel/keyring makes it" vmlinux \
		--section .init.rodata.keyring --data data
	# A slot of which a part is there was not left out by the configuration.
	objcopy -N system_extra_cert_used vmlinux missing
	refuse "missing: symbol system_extra_cert_used|!CONFIG" missing --slot linux-extra-cert --data data
	objcopy -N system_certificate_list_size vmlinux missing
	refuse "missing: symbol system_certificate_list_size|!CONFIG" missing --slot linux-extra-cert --data data
	objcopy -N __cert_list_end vmlinux missing
	refuse "missing: symbol __cert_list_end|!CONFIG" missing --slot linux-keyring --data data
	objcopy -N __cert_list_start vmlinux missing
	refuse "missing: linux-keyring: there is neither|!CONFIG" missing --slot linux-keyring --data data
	refuse "missing: symbol __cert_list_start|!CONFIG" missing --symbols __cert_list_start..object --data data
	refuse "vmlinux: symbol nothing|!CONFIG" vmlinux --symbols nothing..object --data data
	for slot in linux-extra-cert linux-keyring; do
		refuse "stripped: $slot|give its System.map|!CONFIG" stripped --slot $slot --data data
	done
	refuse "stripped: symbol object|no symbol table" stripped --symbol object --data data

	# A range that leaves its section, or is none: what there is and what is needed.
	size=$((16#$("$elfsect" list vmlinux | awk '$2 == ".init.data" { print $7 }')))
	refuse "vmlinux: wide: not inside section|(.init.data): it has $size bytes, 64 are needed from offset" vmlinux \
		--symbol wide --data data
	refuse "not inside section|it has $size bytes, 5 are needed" vmlinux --symbols wide..wide+5 --data data
	refuse "not inside section|are needed" vmlinux --symbols object..object+0x100000 --data data
	refuse "the end lies before the start" vmlinux --symbols wide..object --data data
	refuse "different sections, .text and .init.data" vmlinux --symbols code..object --data data
	refuse "has no size" vmlinux --symbol init_end --data data
	refuse "FIRST..LAST" vmlinux --symbols object --data data

	# Slots that overlap: list and room, room and words, word and word.
	objcopy -N __cert_list_end --add-symbol "__cert_list_end=.init.data:20,local" vmlinux overlap
	refuse "overlap: linux-keyring|overlaps the slot linux-extra-cert" overlap --slot linux-keyring --data data
	objcopy -N system_extra_cert_used --add-symbol "system_extra_cert_used=.init.data:40,global" vmlinux overlap
	refuse "overlap: linux-extra-cert|length words overlap" overlap --slot linux-extra-cert --data data

	# Code, sections without bytes, sections that mean something.
	refuse "vmlinux: .text|holds executable code" vmlinux --section .text --data data
	refuse "vmlinux: code|holds executable code" vmlinux --symbol code --data data
	refuse "(.bss) has no bytes in the file" vmlinux --section .bss --data data
	refuse "vmlinux: zeros: section|(.bss) has no bytes in the file" vmlinux --symbol zeros --data data
	refuse "is not a data section" vmlinux --section .strtab --data data

	# A name that is there twice, and a slot that is in two places.
	as $as -o twice.o - <<-AS
	.data
	object: .8byte 0
	.size object, 8
	system_extra_cert: .8byte 0
	.size system_extra_cert, 8
	AS
	ld $ld -o twice vmlinux.o twice.o
	refuse "twice: symbol object: defined more than once" twice --symbol object --data data
	refuse "twice: symbol object: defined more than once" twice --symbols object..wide --data data
	refuse "twice: symbol system_extra_cert: defined more than once" twice --slot linux-extra-cert --data data
	as $as -o places.o - <<-AS
	.data
	.globl module_hashes_root
	module_hashes_root: .fill 36, 1, 0
	.size module_hashes_root, 36
	.section .init.rodata.keyring,"a",%progbits
	.fill 64, 1, 0
	AS
	ld $ld -o places vmlinux.o places.o
	refuse "places: module-hashes: in two places" places --slot module-hashes --data data
	refuse "places: linux-keyring: in two places" places --slot linux-keyring --data data

	# A System.map that is not of this file, or none.
	zeros=$(printf '%0*d' $((bytes * 2)) 0)
	sed "s/^[0-9a-f]*\( . _start\)$/$zeros\1/" System.map >code.map
	refuse "code.map: symbol _start: code|the map is not of this file" stripped --slot linux-extra-cert \
		--system-map code.map --data data
	sed "s/^[0-9a-f]*\( . system_extra_cert\)$/$zeros\1/" System.map >nowhere.map
	refuse "nowhere.map: symbol system_extra_cert|lies in no section" stripped --slot linux-extra-cert \
		--system-map nowhere.map --data data
	refuse "nowhere.map: symbol system_extra_cert|the map is not of this file" vmlinux --slot linux-extra-cert \
		--system-map nowhere.map --data data
	# Of another build, where everything lies a little further: the words give it away.
	while read -r address type name; do
		printf '%0*x %s %s\n' $((bytes * 2)) $((16#$address + 8)) "$type" "$name"
	done <System.map >shifted.map
	refuse "or the map is not of this file: shifted.map" stripped --slot linux-extra-cert --system-map shifted.map \
		--data data
	awk '{ print } $3 == "object" { print }' System.map >double.map
	refuse "double.map: symbol object: defined more than once" stripped --symbols object..wide --system-map double.map \
		--data data
	{ cat System.map; echo "${zeros%0}8 d __start_.module_hashes"; } >bound.map
	refuse "bound.map|does not bound that section" stripped --symbols object..wide --system-map bound.map --data data
	grep -v ' system_extra_cert_used$' System.map >less.map
	refuse "less.map: symbol system_extra_cert_used|!CONFIG" stripped --slot linux-extra-cert --system-map less.map --data data
	grep -v ' system_extra_cert' System.map >none.map
	refuse "none.map: symbol system_extra_cert|; CONFIG_SYSTEM_EXTRA_CERTIFICATE=y makes it" stripped --slot linux-extra-cert \
		--system-map none.map --data data
	refuse "data: line 1" stripped --slot linux-extra-cert --system-map data --data data
	: >empty.map
	refuse "empty.map: not a System.map: it is empty" stripped --slot linux-extra-cert --system-map empty.map --data data
	refuse "nothing.map" stripped --slot linux-extra-cert --system-map nothing.map --data data
	refuse "no addresses for a System.map" vmlinux.o --slot linux-extra-cert --system-map System.map --data data

	# Words that do not say what they should, and bytes that relocations change.
	printf '\7\0\0\0' | "$elfsect" inject --symbols system_extra_cert_used..system_extra_cert_used+4 --data - \
		-o words vmlinux 2>/dev/null
	refuse "words: linux-extra-cert|system_certificate_list_size is not the length" words --slot linux-extra-cert --data data
	printf '\377\0\0\0' | "$elfsect" inject --symbols system_extra_cert_used..system_extra_cert_used+4 --data - \
		-o words vmlinux 2>/dev/null
	refuse "words: linux-extra-cert|system_extra_cert_used is more than the slot has" words --slot linux-extra-cert \
		--data data
	as $as -o moved.o - <<-AS
	.data
	.globl pointer, _start
	_start:
	pointer: $pointer pointer
	.size pointer, $bytes
	AS
	ld $ld -pie --no-dynamic-linker -o moved moved.o
	refuse "moved: pointer|relocations of section" moved --symbol pointer --data /dev/null
}

class x86_64 --64 elf_x86_64 .8byte 8
class i386 --32 elf_i386 .4byte 4
[ "$refusals" -gt 300 ] || fail "only $refusals refusals"
echo "ok: $refusals refusals"
