# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# A second opinion on ELF files, through readelf and dd: the scripts check our tools with other tools.
# Sourced after common.sh.

# section_field FILE SECTION N: of `readelf -S`, counted from the name: 1 name, 2 type, 3 address, 4 offset, 5 size.
# A failing or absent match prints nothing.
section_field() {
	readelf -SW "$1" 2>/dev/null | sed 's/^ *\[ *[0-9]*\] *//' |
		awk -v name="$2" -v n="$3" '$1 == name && !seen++ { print $n }'
}

has_section() {
	[[ -n $(section_field "$1" "$2" 1) ]]
}

section_offset() {
	local hex
	hex=$(section_field "$1" "$2" 4)
	[[ -n $hex ]] || die "$1: no section $2"
	echo $((16#$hex))
}

section_size() {
	local hex
	hex=$(section_field "$1" "$2" 5)
	[[ -n $hex ]] || die "$1: no section $2"
	echo $((16#$hex))
}

# section_bytes FILE SECTION: to stdout.
section_bytes() {
	tail -c +$(($(section_offset "$1" "$2") + 1)) "$1" | head -c "$(section_size "$1" "$2")" || true
}

# flip_bit FILE OFFSET: the lowest bit of that byte.
flip_bit() {
	local byte
	byte=$(od -An -tu1 -j "$2" -N 1 "$1")
	printf '%b' "\\x$(printf %x $((byte ^ 1)))" | dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}
