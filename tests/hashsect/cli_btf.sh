#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# hashsect btf: on what pahole writes for small objects, where there is one; and what is refused.
# usage: cli_btf.sh HASHSECT
set -euo pipefail

HASHSECT=$(realpath "$1")
# shellcheck source=tests/cli.sh
. "$(dirname "$0")/../cli.sh"

printf '\x9f\xeb\x01\x00\x18\0\0\0\0\0\0\0\x0c\0\0\0\x0c\0\0\0\x01\0\0\0\0\0\0\0\0\0\0\x02\0\0\0\0\0' > pointer.btf
cp pointer.btf same.btf
expect 0 "$HASHSECT" btf compare pointer.btf same.btf
has out identical
expect 0 "$HASHSECT" btf compare -q pointer.btf same.btf
[ ! -s out ] || fail "-q printed something"
expect 0 "$HASHSECT" btf prove --official pointer.btf same.btf
has out "proved to describe this build: identical to a run"
head -c 30 pointer.btf > cut.btf
refused "do not fill its 30 bytes" "$HASHSECT" btf compare pointer.btf cut.btf
echo "no types in here, nor anything else" > text
refused "text: not BTF" "$HASHSECT" btf compare text pointer.btf
refused "cut.btf" "$HASHSECT" btf prove --official pointer.btf pointer.btf cut.btf
says 2 "--official" "$HASHSECT" btf prove pointer.btf
says 2 "at most two bases" "$HASHSECT" btf compare --base text --base text --base text text text
says 2 "exactly two files" "$HASHSECT" btf compare pointer.btf
refused "there is no section .BTF" "$HASHSECT" btf compare "$HASHSECT" pointer.btf

if ! command -v pahole > where || ! command -v gcc > where || ! pahole --help 2>&1 | grep -q btf_encode_detached; then
	skipped "no pahole that writes BTF by itself"
	exit 0
fi

# Two files whose functions of one name have other parameters, in both orders.
cat > one.c <<-'C'
	struct list { struct list *next; int value; };
	static __attribute__((noinline)) long fill(void *buffer, unsigned long n) { __asm__(""); return buffer ? (long)n : 0; }
	long one(struct list *l) { return fill(l, 1); }
C
cat > two.c <<-'C'
	struct list { struct list *next; int value; };
	enum colour { RED, GREEN };
	static __attribute__((noinline)) long fill(void *buf, unsigned long n) { __asm__(""); return buf ? (long)n : 1; }
	long two(struct list *l, enum colour c) { return fill(l, c); }
C
for name in one two; do
	gcc -g -O1 -c $name.c -o $name.o
done
ld -r -o ab.o one.o two.o
ld -r -o ba.o two.o one.o
for name in one two ab ba; do
	pahole -J -j1 --btf_encode_detached=$name.btf $name.o
done
expect 1 "$HASHSECT" btf compare ab.btf ba.btf
has out "different: the same types but for prototypes of functions"
has out "func fill"
expect 1 "$HASHSECT" btf prove --official ba.btf ab.btf
has out "ba.btf: not proved to describe this build"
has out "only in it: type"
# The object that has the other one explains it.
expect 0 "$HASHSECT" btf prove --official ba.btf ab.btf two.btf
has out "proved to describe this build: the same types, and "
expect 0 "$HASHSECT" btf prove --json --official ba.btf ab.btf two.btf
python3 -c 'import json; d = json.load(open("out")); assert d["proved"] and not d["unexplained"]["count"], d'
# What is missing is said, on either side.
expect 1 "$HASHSECT" btf prove --official ab.btf one.btf two.btf
has out "func two"
expect 1 "$HASHSECT" btf compare --json one.btf two.btf
python3 -c 'import json; d = json.load(open("out")); assert not d["same_types"] and d["types"]["count"], d'

# In the object itself as beside it; and a module that continues it.
objcopy --add-section .BTF=ab.btf ab.o with.o
expect 0 "$HASHSECT" btf compare with.o ab.btf
pahole -J -j1 --btf_base with.o --btf_encode_detached=module.btf two.o
expect 0 "$HASHSECT" btf compare --base ab.btf module.btf module.btf
refused "continue a base" "$HASHSECT" btf compare module.btf module.btf
echo "$passed checks passed"
