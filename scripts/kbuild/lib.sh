# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154
# What the hooks share. Sourced, never run. They set elfsect and hashsect (with `tool`) and objtree, where the kernel
# is built.

objtree=.

die() {
	echo "${0##*/}: $*" >&2
	exit 2
}

note() {
	echo "${0##*/}: $*"
}

# The header comment of the script is its help: from line 3 to the first line that is no comment.
show_help() {
	sed -n '3,${/^#/!q; s/^# \{0,1\}//; p}' "$0"
}

# tool NAME OVERRIDE: the path of a tool.
tool() {
	local built
	built=$(dirname "$(readlink -f "$0")")/../../build/$1/$1
	if [[ $2 == */* ]]; then
		[[ -x $2 ]] || die "${1^^}: $2 cannot be run"
		realpath "$2"
	elif [[ -n $2 ]]; then
		echo "$2"
	elif [[ -x $built ]]; then
		readlink -f "$built"
	else
		command -v "$1" || die "$1 not found: build it, or set ${1^^}"
	fi
}

# in_dir BASE PATH: PATH as seen from BASE.
in_dir() {
	if [[ $2 == /* ]]; then echo "$2"; else echo "$1/$2"; fi
}

# object_tree DIRECTORY OUTPUT: of make -C DIRECTORY O=OUTPUT; OUTPUT may be empty.
object_tree() {
	if [[ -n $2 ]]; then in_dir "$1" "$2"; else echo "$1"; fi
}

# is_set CONFIG_NAME: in the configuration that kbuild really used.
is_set() {
	grep -qx "$1=y" "$objtree/include/config/auto.conf"
}

# store_digest FILE: as a line that `hashsect digest --check` reads, in FILE.hashsect.
store_digest() {
	(
		cd "$objtree" || die "no folder $objtree"
		"$hashsect" digest "$1" >"$1.hashsect.tmp" || die "no digest of $objtree/$1"
		mv "$1.hashsect.tmp" "$1.hashsect"
		cat "$1.hashsect"
	)
}
