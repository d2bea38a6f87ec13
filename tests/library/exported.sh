#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# exported.sh SHARED STATIC NODE HEADER...: both libraries export the functions that the headers declare, no more and no fewer;
# those of the shared one have the version NODE. Each has a comment. That missing and additional ones are found is tried with changed headers.
set -euo pipefail
shared=$1 static=$2 node=$3
shift 3

# The names of the functions that headers declare with ELFSECT_API, without comments and directives.
declared() {
	cat "$@" | sed -E ':a; /\\$/ { N; s/\\\n//; ta }; /^[[:space:]]*#/ d' | tr '\n' ' ' |
		sed -E 's|/\*([^*]\|\*+[^*/])*\*+/| |g' | tr ';' '\n' | grep ELFSECT_API |
		sed -E 's/[A-Z_]+\([^)]*\)//g; s/^([^(]*[^a-z0-9_(])?([a-z0-9_]+)[[:space:]]*\(.*/\2/' | sort
}

# Everything that a shared library exports but the version node itself, as NAME@@VERSION.
exported() {
	nm -D --defined-only --with-symbol-versions "$1" | awk '$2 != "A" { print $3 }' | sort
}

# The global symbols of a static library.
global() {
	nm -g --defined-only "$1" | awk 'NF == 3 { print $3 }' | sort
}

# compare KIND HEADER...: prints what is on one side alone
compare() {
	local kind=$1 wrong
	shift
	if [ "$kind" = shared ]; then
		wrong=$(diff <(declared "$@" | sed "s/\$/@@$node/") <(exported "$shared") | grep '^[<>]' || true)
	else
		wrong=$(diff <(declared "$@") <(global "$static") | grep '^[<>]' || true)
	fi
	[ -z "$wrong" ] || { sed 's/^</declared only:/; s/^>/exported only:/' <<< "$wrong"; return 1; }
}

# expect_difference KIND HEADER TEXT...: a comparison with a planted error fails and says so
expect_difference() {
	local said text
	! said=$(compare "$1" "$2") || { echo "not ok - planted and not found, $1: ${*:3}"; exit 1; }
	for text in "${@:3}"; do
		grep -q "^$text\(@@.*\)\?$" <<< "$said" || { echo "not ok - not reported, $1: $text"; exit 1; }
	done
}

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
first=$(declared "$@" | head -n 1)
[ -n "$first" ] || { echo "not ok - no function in $*"; exit 1; }
cat "$@" | sed "s/\b$first(/planted_$first(/" > "$dir/renamed.h"
for kind in shared static; do
	compare $kind "$@" || { echo "not ok - the headers and the $kind library differ"; exit 1; }
	expect_difference $kind "$dir/renamed.h" "exported only: $first" "declared only: planted_$first"
done
bare=$(awk '/^ELFSECT_API/ && before !~ /\*\/$/ { print } { before = $0 }' "$@")
[ -z "$bare" ] || { echo "not ok - no comment above: $bare"; exit 1; }
foreign=$(grep -hE '^#[[:space:]]*define' "$@" | grep -vE '^#[[:space:]]*define (ELFSECT|HASHSECT|elfsect|hashsect)_' || true)
[ -z "$foreign" ] || { echo "not ok - a name without our prefix: $foreign"; exit 1; }
cat "$@" > "$dir/same.h"
node=${node}9 expect_difference shared "$dir/same.h" "exported only: $first"
echo "ok - $(declared "$@" | wc -l) functions"
