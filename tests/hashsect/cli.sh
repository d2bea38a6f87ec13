# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# What the tests of hashsect's command line share. Sourced; afterwards the current directory is an empty one, removed at the end.

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit
passed=0

fail()
{
	echo "not ok - $*"
	exit 1
}

# expect STATUS COMMAND...: output in out and err.
expect()
{
	local wanted=$1 status=0
	shift
	"$@" > out 2> err < /dev/null || status=$?
	[ "$status" = "$wanted" ] || fail "exit status $status, not $wanted: $* ($(head -c 500 out err))"
	passed=$((passed + 1))
}

# refused WORDS COMMAND...: exit status 2, nothing on stdout, and one line on stderr that holds WORDS.
refused()
{
	local words=$1
	shift
	expect 2 "$@"
	[ ! -s out ] || fail "output with exit status 2: $*: $(head -c 300 out)"
	[ "$(wc -l < err)" = 1 ] || fail "not one line on stderr: $*: $(head -c 500 err)"
	grep -qF -- "$words" err || fail "no '$words' in '$(cat err)' of $*"
}

has()
{
	grep -qF -- "$2" "$1" || fail "no '$2' in: $(head -c 1000 "$1")"
	passed=$((passed + 1))
}
