#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# manual.sh HASHSECT ELFSECT MKELF: libelfsect(3) and libhashsect(3) name what the libraries export and nothing else, and their
# examples compile and run; the policy in hashsect-policy(5) is one. From the environment: BUILD, SOURCE (folders), CC, FLAGS.
set -euo pipefail
hashsect=$(realpath "$1") elfsect=$(realpath "$2") mkelf=$(realpath "$3")
read -r -a flags <<< "$FLAGS"

# shellcheck source=tests/cli.sh
. "$(dirname "$0")/../cli.sh"

# names_of LIBRARY: its functions.
exported()
{
	sed -n 's/^	\([a-z_]*\);$/\1/p' "$SOURCE/$1/lib$1.map" | sort
}

# example PAGE: the first one of its section EXAMPLES.
example()
{
	sed -n '/^\.Sh EXAMPLES/,$p' "$1" | sed -n '/^\.Bd/,/^\.Ed/{/^\.[BE]d/d; s/\\e/\\/g; p}'
}

compile()
{
	example "$SOURCE/$1/man/lib$1.3" > "$1.c"
	"$CC" -std=c11 -Wall -Wextra -Werror "${flags[@]}" -I "$SOURCE/elfsect" -I "$SOURCE/hashsect" -o "$1" "$1.c" \
		-L "$BUILD/hashsect" -L "$BUILD/elfsect" -lhashsect -lelfsect || fail "the example of lib$1(3) does not compile"
	passed=$((passed + 1))
}

for library in elfsect hashsect; do
	diff <(exported $library) <(sed -n 's/^\.Fn \([a-z_]*\).*/\1/p' "$SOURCE/$library/man/lib$library.3" |
		grep "^${library}_" | sort -u) || fail "functions in lib$library(3), behind the arrow, and of the library"
	compile $library
done
export LD_LIBRARY_PATH=$BUILD/hashsect:$BUILD/elfsect
"$mkelf" keyring-64le file
expect 0 ./elfsect file
mv out names
expect 0 "$elfsect" list file
diff names <(sed 1d out | awk '{ print $2 }') > /dev/null || fail "the example of libelfsect(3) prints $(cat names)"
expect 0 ./hashsect file
mv out digest
expect 0 "$hashsect" digest -q file
[ "$(cat digest)" = "$(cut -d ' ' -f 1 out)" ] || fail "the example of libhashsect(3) prints $(cat digest)"
expect 2 ./hashsect digest
expect 2 ./elfsect digest

example "$SOURCE/hashsect/man/hashsect-policy.5" > policy.ini
expect 0 "$hashsect" policy show policy.ini
mv out shown
expect 0 "$hashsect" policy show "$SOURCE/samples/policies/keyring-only.ini"
cmp out shown || fail "the policy in hashsect-policy(5) is not that of the samples"
"$hashsect" policy show linux > linux
while read -r word; do
	has "$SOURCE/hashsect/man/hashsect-policy.5" "$word"
done < <(awk '$1 == "rule" || $1 == "content" { print $2 }' linux)
echo "ok - $passed checks"
