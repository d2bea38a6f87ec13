#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# add_to_tree.sh ADD-TO-TREE: on what little of a kernel tree it looks at.
set -euo pipefail

add=$1
# shellcheck source=tests/cli.sh
. "$(dirname "$0")/../cli.sh"

# kernel NAME PATCHLEVEL: a tree of Linux 6.PATCHLEVEL.
kernel()
{
	mkdir -p "$1"/security "$1"/kernel/module "$1"/include/linux
	printf 'VERSION = 6\nPATCHLEVEL = %s\nSUBLEVEL = 1\n' "$2" > "$1"/Makefile
	touch "$1"/Kbuild "$1"/kernel/module/main.c "$1"/include/linux/lsm_hooks.h
	printf 'menu "Security options"\n\nconfig LSM\n\tstring "x"\n\nendmenu\n' > "$1"/security/Kconfig
	printf 'obj-y += security.o\n' > "$1"/security/Makefile
	if [ "$2" -ge 12 ]; then
		printf '#define COUNT_LSMS(args...) x\n#define MAX_LSM_COUNT\t\\\n\tCOUNT_LSMS(\t\\\n\t\tIPE)\n' \
			> "$1"/include/linux/lsm_count.h
	fi
}

state()
{
	find "$1" -printf '%P %i %T@ %s %m\n' | sort
}

# untouched WORDS TREE: refused, and nothing in the tree is touched.
untouched()
{
	local before
	before=$(state "$2")
	refused "$1" "$add" "$2"
	[ "$(state "$2")" = "$before" ] || fail "the tree was changed: $1"
}

kernel old 1
kernel new 12
for tree in old new; do
	cp -a $tree $tree.original
	cp -al $tree $tree.linked
	cp $tree/security/Kconfig Kconfig.before
	"$add" $tree > out 2> err || fail "$(cat err)"
	[ -z "$(cat out err)" ] || fail "it is not silent: $(cat out err)"
	before=$(state $tree)
	"$add" $tree
	[ "$(state $tree)" = "$before" ] || fail "a second run changes something"
	diff -r $tree.original $tree > changes || true
	! grep -q '^<' changes || fail "a line was changed: $(cat changes)"
	[ "$(grep -c 'security/modhash/Kconfig' $tree/security/Kconfig)" = 1 ] || fail "security/Kconfig"
	[ "$(tail -n 1 $tree/security/Kconfig)" = endmenu ] || fail "not in the menu"
	[ "$(grep -c 'modhash/$' $tree/security/Makefile)" = 1 ] || fail "security/Makefile"
	# A tree of hard links is not its original.
	diff -r $tree.original $tree.linked || fail "the original was changed through a hard link"
	for file in "$(dirname "$add")"/*; do
		case $file in
		*/README.md | */add-to-tree) [ ! -e "$tree/security/modhash/${file##*/}" ] || fail "$file was copied" ;;
		*) cmp "$file" "$tree/security/modhash/${file##*/}" || fail "$file was not copied" ;;
		esac
	done
done
grep -q '^#define MODHASH_ENABLED 1,$' new/include/linux/lsm_count.h || fail "not counted"
[ "$(grep -A 1 COUNT_LSMS\( new/include/linux/lsm_count.h | tail -n 1 | tr -cd A-Z_)" = MODHASH_ENABLED ] \
	|| fail "not in the count: $(cat new/include/linux/lsm_count.h)"

# Brought up to date.
echo "/* old */" > new/security/modhash/lsm.c
"$add" new
cmp "$(dirname "$add")/lsm.c" new/security/modhash/lsm.c || fail "not brought up to date"

mkdir empty
untouched "empty is not the source of a kernel: there is no Makefile" empty
kernel half 12
rm half/security/Kconfig
untouched "there is no security/Kconfig" half
kernel other 6
untouched "this is for 6.1, 6.12 and 7.2" other
kernel odd 12
sed -i 's/COUNT_LSMS(\t/COUNTED(/' odd/include/linux/lsm_count.h
untouched "not counted as in Linux 6.12" odd
for arguments in "" nowhere "a b" "--no-such-option"; do
	status=0
	# shellcheck disable=SC2086
	"$add" $arguments > out 2> err || status=$?
	[ "$status $(wc -l < err)" = "2 1" ] || fail "arguments '$arguments': $status $(cat err)"
done
"$add" --help | grep -q 'add-to-tree KERNEL-TREE' || fail "--help"
echo "all passed"
