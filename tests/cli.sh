# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# What the tests of command lines share. Sourced, with the tools' paths made absolute before; afterwards the current directory is
# an empty one, removed at the end.
export LC_ALL=C

dir=$(mktemp -d)
# hashsect may write in $TMPDIR, so that the tests have to be elsewhere.
TMPDIR=$(mktemp -d)
export TMPDIR
trap 'rm -rf "$dir" "$TMPDIR"' EXIT
cd "$dir" || exit
passed=0

fail()
{
	echo "not ok - $*"
	exit 1
}

# skipped REASON: a part that cannot be tested here. scripts/test repeats it at the end.
skipped()
{
	echo "skipped: $*"
}

# expect STATUS COMMAND...: its exit status; output in out and err.
expect()
{
	local wanted=$1 status=0
	shift
	"$@" > out 2> err < /dev/null || status=$?
	[ "$status" = "$wanted" ] || fail "exit status $status, not $wanted: $* ($(head -c 500 out err))"
	passed=$((passed + 1))
}

# says STATUS WORDS COMMAND...: its exit status, and words on stderr.
says()
{
	local words=$2
	expect "$1" "${@:3}"
	grep -qF -- "$words" err || fail "no '$words' in '$(cat err)' of ${*:3}"
}

# refused WORDS COMMAND...: exit status 2, nothing on stdout, and one line on stderr that holds WORDS.
refused()
{
	local words=$1
	shift
	says 2 "$words" "$@"
	[ ! -s out ] || fail "output with exit status 2: $*: $(head -c 300 out)"
	[ "$(wc -l < err)" = 1 ] || fail "not one line on stderr: $*: $(head -c 500 err)"
}

# has FILE WORDS
has()
{
	grep -qF -- "$2" "$1" || fail "no '$2' in: $(head -c 1000 "$1")"
	passed=$((passed + 1))
}
