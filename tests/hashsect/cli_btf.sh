#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# hashsect btf: on what pahole writes for small objects, where there is one; and what is refused.
# usage: cli_btf.sh HASHSECT PAHOLE (the stand-in)
set -euo pipefail

HASHSECT=$(realpath "$1")
stand_in=$(realpath "$2")
export HASHSECT
unset HASHSECT_BTF HASHSECT_BTF_LOG HASHSECT_PAHOLE
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
refused "there is no section .BTF" "$HASHSECT" btf compare "$BASH" pointer.btf

pahole --help > options 2>&1 || true
if ! command -v gcc > where || ! grep -q btf_encode_detached options; then
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
has out "proved to describe this build: the same types, 2 of them as other runs have them"
expect 0 "$HASHSECT" btf prove --json --official ba.btf ab.btf two.btf
python3 -c 'import json; d = json.load(open("out")); assert d["proved"] and not d["unexplained"]["count"], d'
# What is missing is said, on either side.
expect 1 "$HASHSECT" btf prove --official ab.btf one.btf two.btf
has out "func two"
expect 1 "$HASHSECT" btf compare --json one.btf two.btf
python3 -c 'import json; d = json.load(open("out")); assert not d["same_types"] and d["types"]["count"], d'

# Files that differ in it: the order alone, or more.
printf 'int zero;\n' > plain.c
gcc -c plain.c -o plain.o
for name in ab ba one two; do
	objcopy --add-section .BTF=$name.btf plain.o plain-$name.o
done
expect 1 "$HASHSECT" compare plain-ab.o plain-ba.o
has out "note: the sections .BTF have the same types but for prototypes of functions"
expect 1 "$HASHSECT" compare --json plain-ab.o plain-ba.o
has out '"note": "the sections .BTF have the same types but for prototypes'
expect 1 "$HASHSECT" compare plain-one.o plain-two.o
! grep -q note out || fail "other types are no other order"
sed 's/fill(/fill2(/' one.c > renamed.c
gcc -g -O1 -c renamed.c -o renamed.o
for order in "renamed two" "two renamed"; do
	# shellcheck disable=SC2086
	ld -r -o "${order/ /-}.o" ${order/ /.o }.o
	pahole -J -j1 --btf_encode_detached="${order/ /-}.btf" "${order/ /-}.o"
	objcopy --add-section .BTF="${order/ /-}.btf" plain.o "plain-${order/ /-}.o"
done
expect 1 "$HASHSECT" compare plain-renamed-two.o plain-two-renamed.o
has out "note: the sections .BTF have the same types in another order"

# In the object itself as beside it; and a module that continues it.
objcopy --add-section .BTF=ab.btf ab.o with.o
expect 0 "$HASHSECT" btf compare with.o ab.btf
pahole -J -j1 --btf_base with.o --btf_encode_detached=module.btf two.o
expect 0 "$HASHSECT" btf compare --base ab.btf module.btf module.btf
refused "continue a base" "$HASHSECT" btf compare module.btf module.btf

# The stand-in: nothing is put in without a proof.
mkdir shipped build
cp one.o two.o build/
encode()
{
	cp ab.o "build/$1"
	(cd build && "$stand_in" -J -j "${@:2}" "$1")
}
put_in()
{
	"$HASHSECT" btf compare -q "build/$1" "$2"
}
if ! command -v llvm-objcopy > where && ! encode .tmp_vmlinux.btf > out 2> err && grep -q llvm-objcopy err; then
	skipped "no llvm-objcopy, which this pahole puts .BTF into files with"
	echo "$passed checks passed"
	exit 0
fi
expect 0 encode .tmp_vmlinux.btf
expect 0 "$HASHSECT" btf prove --official build/.tmp_vmlinux.btf ab.btf ba.btf
export HASHSECT_BTF=$PWD/shipped HASHSECT_BTF_LOG=$PWD/log
expect 0 encode .tmp_vmlinux.btf
[ ! -e log ] || fail "a proof of nothing: $(cat log)"
cp ba.btf shipped/vmlinux.btf
expect 0 encode .tmp_vmlinux.btf
expect 0 put_in .tmp_vmlinux.btf ba.btf
has log "vmlinux: proved to describe this build"
again()
{
	(cd build && "$stand_in" -J -j .tmp_vmlinux.btf)
}
expect 0 again
expect 0 put_in .tmp_vmlinux.btf ba.btf
cp two.btf shipped/vmlinux.btf
says 2 "not proved to describe it" encode .tmp_vmlinux.btf
has err "func one"
readelf -SW build/.tmp_vmlinux.btf > sections
! grep -q '\.BTF' sections || fail "a section without a proof"
# A prototype that no part of the build has.
sed 's/void \*buf/void *data/; s/buf ?/data ?/' two.c > three.c
gcc -g -O1 -c three.c -o three.o
ld -r -o ca.o three.o one.o
pahole -J -j1 --btf_encode_detached=shipped/vmlinux.btf ca.o
says 2 "not proved to describe it" encode .tmp_vmlinux.btf
has err "func fill"
# Of a module, by its name.
pahole -J -j1 --btf_base with.o --btf_encode_detached=shipped/a_module.btf ab.o
expect 0 encode a-module.ko --btf_base ../with.o
has log "a_module: proved to describe this build"
# Other forms of a module's types in its first runs: which of them are written is luck.
cat > part.c << 'C'
struct deep { int value; };
struct outer { struct deep *in; struct outer *next; };
struct outer part;
C
sed 's/struct deep { int value; };//' part.c > declared.c
for name in part declared; do
	gcc -g -c "$name.c" -o "$name.o"
	pahole -J -j1 --btf_base with.o --btf_encode_detached="$name.btf" "$name.o"
done
cat > moody-pahole << 'SCRIPT'
#!/bin/bash
echo run >> "$MOODY_RUNS"
(($(wc -l < "$MOODY_RUNS") > MOODY_FIRST)) || exec pahole "${@:1:$#-1}" ../declared.o
exec pahole "${@:1:$#-1}" ../part.o
SCRIPT
chmod +x moody-pahole
export HASHSECT_PAHOLE=$PWD/moody-pahole MOODY_RUNS=$PWD/moody-runs MOODY_FIRST=3
cp part.btf shipped/moody.btf
expect 0 encode moody.ko --btf_base ../with.o
has log "moody: proved to describe this build"
[ "$(wc -l < moody-runs)" -eq 4 ] || fail "not four runs: $(wc -l < moody-runs)"
rm moody-runs
export MOODY_FIRST=1000
says 2 "not proved to describe it" encode moody.ko --btf_base ../with.o
has err "types, functions and prototypes that no run has"
has err "struct deep"
[ "$(wc -l < moody-runs)" -lt 30 ] || fail "it did not end: $(wc -l < moody-runs) runs"
# What the build has and the section has not, no further run can mend.
rm moody-runs
export MOODY_FIRST=0
cp declared.btf shipped/moody.btf
says 2 "not proved to describe it" encode moody.ko --btf_base ../with.o
has err "types that are missing: 1"
has err "struct deep"
[ "$(wc -l < moody-runs)" -eq 1 ] || fail "more runs, in vain: $(wc -l < moody-runs)"
unset HASHSECT_PAHOLE
expect 0 "$stand_in" --version
expect 0 pahole --version
echo "$passed checks passed"
