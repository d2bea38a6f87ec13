# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# What the tests of elfsect's command line share. Sourced; afterwards the current directory is an empty one, removed at the end.
export LC_ALL=C

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit

fail() { echo "not ok: $*"; exit 1; }
note() { echo "# $*"; }

# expect STATUS WORD COMMAND...: the exit status, and the word on stderr; trouble is one line
expect() {
	local status=$1 word=$2 got=0
	shift 2
	"$@" >out 2>err || got=$?
	[ "$got" = "$status" ] || fail "$*: exit status $got instead of $status: $(cat err)"
	[ -z "$word" ] || grep -qF -- "$word" err || fail "$*: '$word' is not in: $(cat err)"
	[ "$status" != 2 ] || [ "$(wc -l <err)" = 1 ] || fail "$*: more than one line: $(cat err)"
}
