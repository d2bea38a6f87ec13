#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# cli_modules.sh HASHSECT ELFSECT: modules list, tree, embed, append and verify, and evidence for digest and compare, on kernels
# that ld made for machines of both byte orders.
set -euo pipefail

hashsect=$(realpath "$1")
elfsect=$(realpath "$2")
reference=$(realpath "$(dirname "$0")/../../scripts/reference/modules_ref.py")
# shellcheck source=tests/cli.sh
. "$(dirname "$0")/../cli.sh"

hexes()
{
	od -An -v -tx1 "$@" | tr -d ' \n'
}

sha256()
{
	sha256sum | cut -d ' ' -f 1
}

bytes_of()
{
	# shellcheck disable=SC2001
	printf '%b' "$(sed 's/../\\x&/g' <<< "$1")"
}

# ---- modules: five, two with one base name, as a build leaves them
mkdir -p m/a m/b
for i in 0 1 2 3 4; do
	cat > m.s <<-AS
		.file "m$i.c"
		.section .text,"ax",%progbits
		.fill $((i * 50 + 1)),1,$i
		.section .debug_info,"",%progbits
		.fill 40,1,1
	AS
	as -o "m$i" m.s
done
cp m0 m/a/one.ko
cp m1 m/b/one.ko
cp m2 m/b/two.ko
cp m3 m/three.ko
cp m4 m/a/four.ko
printf '%s\n' b/two.o a/one.o b/one.o three.o a/four.o > m/modules.order
order=(b/two a/one b/one three a/four)
cp -r m plain

# ---- list
expect 0 "$hashsect" modules list m
for name in "${order[@]}"; do
	printf '%s  %s.ko\n' "$(sha256 < "m/$name.ko")" "$name"
done > expected
cmp out expected || fail "another list than sha256sum's"
expect 0 "$hashsect" modules list m/modules.order -o table -j 2
[ "$(hexes table)" = "$(cut -d ' ' -f 1 expected | tr -d '\n')" ] || fail "another table"
expect 0 "$hashsect" modules list m -o -
cmp out table || fail "-o -"
for jobs in 1 3 32; do
	(cd m && "$hashsect" modules list modules.order -j $jobs) | cmp - expected || fail "-j $jobs"
done
expect 0 "$hashsect" modules list m --json
has out '"schema": 1'
python3 - out expected << 'PY' || fail "json"
import json, sys
found = [m["sha256"] + "  " + m["path"] for m in json.load(open(sys.argv[1]))["modules"]]
assert found == open(sys.argv[2]).read().splitlines()
PY

# What the directory's order is does not matter, the file's order does.
cp -r m reversed
tac m/modules.order > reversed/modules.order
expect 0 "$hashsect" modules list reversed
tac expected | cmp - out || fail "reversed order"

# Installed: .ko lines below kernel/, compressed, signed.
mkdir -p installed/kernel
cp -r m/a m/b m/three.ko installed/kernel/
sed 's,^,kernel/,;s,o$,ko,' m/modules.order > installed/modules.order
xz --check=crc32 --lzma2=dict=1MiB installed/kernel/a/one.ko
gzip installed/kernel/b/two.ko
printf 'signature data\0\0\2\0\0\0\0\0\0\0\0\16~Module signature appended~\n' >> installed/kernel/three.ko
expect 0 "$hashsect" modules list installed
sed 's,  ,&kernel/,' expected | cmp - out || fail "the installed modules have other hashes"

# ---- what is refused
expect 0 test ! -e m/a/modules.order
refused "modules.order" "$hashsect" modules list m/a
refused "x: No such file" "$hashsect" modules list x
refused "one modules.order or modules directory" "$hashsect" modules list
refused "one modules.order or modules directory" "$hashsect" modules list m m
refused "-j takes a number" "$hashsect" modules list -j 0 m
refused "-o and --json exclude each other" "$hashsect" modules list --json -o t m
refused "which of its commands" "$hashsect" modules
refused "unknown command 'modules sort'" "$hashsect" modules sort
mkdir bad
for file in a/one.ko b/one.ko b/two.ko three.ko a/four.ko; do
	install -D "m/$file" "bad/$file"
done
printf 'b/two.o\nb/two.o\n' > bad/modules.order
refused "line 2: b/two is on line 1 already" "$hashsect" modules list bad
printf 'b/two.o\nb/none.o\n' > bad/modules.order
refused "line 2: no b/none.ko" "$hashsect" modules tree bad
printf 'b/two.o\n' > bad/modules.order
cp bad/b/two.ko bad/b/two.ko.xz
refused "both b/two.ko and b/two.ko.xz exist" "$hashsect" modules list bad
rm bad/b/two.ko
printf '\3757zXZ\0garbage' > bad/b/two.ko.xz
refused "b/two.ko.xz" "$hashsect" modules list -o bad/table bad
rm bad/b/two.ko.xz
: > bad/b/two.ko
refused "the file is empty" "$hashsect" modules list bad
printf 'x\0\0\2\0\0\0\0\0\377\377\377\377~Module signature appended~\n' > bad/b/two.ko
refused "two.ko: module trailer" "$hashsect" modules list -o bad/table bad
rm bad/b/two.ko
mkdir bad/b/two.ko
refused "not a regular file" "$hashsect" modules list bad
rmdir bad/b/two.ko
mkfifo bad/b/two.ko
refused "not a regular file" "$hashsect" modules list bad
[ ! -e bad/table ] || fail "a failed command wrote its output"

# ---- tree, against the rules spelled out with sha256sum
be32()
{
	printf '%08x' "$1"
}
leaf()
{
	(bytes_of "01$(be32 "$1")"; cat "$2") | sha256
}
node()
{
	bytes_of "02$1$2" | sha256
}
leaves=()
for i in 0 1 2 3 4; do
	leaves+=("$(leaf "$i" "m/${order[i]}.ko")")
done
n01=$(node "${leaves[0]}" "${leaves[1]}")
n23=$(node "${leaves[2]}" "${leaves[3]}")
n44=$(node "${leaves[4]}" "${leaves[4]}")
top=$(node "$(node "$n01" "$n23")" "$(node "$n44" "$n44")")
expect 0 "$hashsect" modules tree m -o root.little --endian little --proofs proofs
has out "levels: 3"
has out "root hash: $top"
[ "$(hexes root.little)" = "03000000$top" ] || fail "the root"
expect 0 "$hashsect" modules tree m -o root.big --endian big
[ "$(hexes root.big)" = "00000003$top" ] || fail "the big-endian root"
expect 0 "$hashsect" modules tree -o - --endian big m
cmp out root.big || fail "-o -"
expect 0 "$hashsect" modules tree m --json
has out '"levels": 3'
has out "\"root\": \"$top\""
trailer=$(printf '\0\0\3\0\0\0\0\0\0\0\0\144~Module signature appended~\n' | hexes)
[ "$(hexes proofs/b/one.merkle)" = "$(be32 2)${leaves[3]}$n01$(node "$n44" "$n44")$trailer" ] || fail "the proof of b/one"
[ "$(hexes proofs/a/four.merkle)" = "$(be32 4)${leaves[4]}$n44$(node "$n01" "$n23")$trailer" ] || fail "the proof of a/four"
[ "$(find proofs -type f | wc -l)" = 5 ] || fail "not five proofs"
refused "needs --endian or --for" "$hashsect" modules tree m -o root
refused "little or big" "$hashsect" modules tree m -o root --endian middle
refused "exclude each other" "$hashsect" modules tree m -o root --endian big --for m0
refused "not an ELF file" "$hashsect" modules tree m -o root --for root.big
refused "root.big/b" "$hashsect" modules tree m --proofs root.big
[ ! -e root ] || fail "a failed command wrote its output"
mkdir none
: > none/modules.order
expect 0 "$hashsect" modules tree none -o root.none --endian little
[ "$(hexes root.none)" = "$(printf '%072d' 0)" ] || fail "the root of nothing"

# ---- append
cp -r m appended
expect 0 "$hashsect" modules append appended --proofs proofs
has out "appended: 5, present: 0"
for name in "${order[@]}"; do
	cat "m/$name.ko" "proofs/$name.merkle" | cmp - "appended/$name.ko" || fail "$name: not what modules_install makes"
done
cp -r appended again
touch -d 2001-01-01 again/three.ko
expect 0 "$hashsect" modules append again --proofs proofs
has out "appended: 0, present: 5"
[ "$(stat -c %Y again/three.ko)" = "$(date -d 2001-01-01 +%s)" ] || fail "a module that has its proof was touched"
# What an append that was interrupted left undone is done by the next.
cp -r m again.half
cp appended/b/two.ko again.half/b/
cp appended/a/four.ko again.half/a/
expect 0 "$hashsect" modules append again.half --proofs proofs
has out "appended: 3, present: 2"
diff -r appended again.half || fail "an append that was interrupted cannot be finished"
expect 0 "$hashsect" modules append m --proofs proofs -o appended.o
diff -r --exclude modules.order appended appended.o || fail "-o DIR"
diff -r m plain || fail "append -o changed its input"
expect 0 "$hashsect" modules tree appended
has out "root hash: $top"

# Nothing is written if one of them does not fit: what could go wrong, one by one, and at the last module.
cp -r m victim
spoil()
{
	local words=$1
	refused "$words" "$hashsect" modules append victim --proofs spoilt
	diff -r m victim || fail "a refused append wrote"
	rm -rf spoilt victim
	cp -r proofs spoilt
	cp -r m victim
}
cp -r proofs spoilt
rm spoilt/a/four.merkle
spoil "spoilt/a/four.merkle: No such file"
cp spoilt/three.merkle spoilt/a/four.merkle
spoil "a proof for position 3, but the module is at 4"
printf '\0' | dd of=spoilt/a/four.merkle bs=1 seek=40 conv=notrunc status=none
spoil "leads to another root than the proofs before it"
truncate -s -1 spoilt/a/four.merkle
spoil "are no proof with its trailer"
truncate -s 44 spoilt/a/four.merkle
spoil "44 bytes are no proof with its trailer"
: > spoilt/a/four.merkle
spoil "0 bytes are no proof with its trailer"
printf '\1' | dd of=spoilt/a/four.merkle bs=1 seek=101 conv=notrunc status=none
spoil "does not end with the trailer of a Merkle proof of its size"
strip --strip-debug victim/a/four.ko
cp victim/a/four.ko stripped
refused "it looks stripped" "$hashsect" modules append victim --proofs proofs
cp m/a/four.ko victim/a/four.ko
cat proofs/three.merkle >> victim/a/four.ko
refused "has a trailer of type 3 already" "$hashsect" modules append victim --proofs proofs
cp m/a/four.ko victim/a/four.ko
xz victim/a/four.ko
refused "before a module is compressed" "$hashsect" modules append victim --proofs proofs
refused "--proofs is needed" "$hashsect" modules append m

# ---- kernels: little-endian and big-endian, with a root, with a table, with symbols in another section
slot()
{
	case $1 in
	root)
		cat <<-'AS'
			.section .module_hashes,"a",%progbits
			.balign 4
			.globl module_hashes_root
			.type module_hashes_root, %object
			.size module_hashes_root, 36
			module_hashes_root: .fill 36,1,0
		AS
		;;
	table)
		cat <<-AS
			.section .module_hashes,"a",%progbits
			.balign 32
			.globl __start_module_hashes, __stop_module_hashes
			__start_module_hashes: .fill $((32 * $2)),1,0
			__stop_module_hashes:
		AS
		;;
	inside)
		cat <<-AS
			.section .rodata,"a",%progbits
			.ascii "something else"
			.balign 32
			.globl __start_module_hashes, __stop_module_hashes
			__start_module_hashes: .fill $((32 * $2)),1,0
			__stop_module_hashes: .ascii "more"
		AS
		;;
	esac
}

# kernel PREFIX NAME KIND [ENTRIES]
kernel()
{
	(printf '\t.section .text,"ax",%%progbits\n\t.globl _start\n_start: .byte 0, 0, 0, 0\n'; slot "$3" "${4:-}") > k.s
	"$1as" -o k.o k.s
	"$1ld" -o "$2" k.o
}

for prefix in "" powerpc64-linux-gnu- s390x-linux-gnu-; do
	endian=big
	[ -n "$prefix" ] || endian=little
	kernel "$prefix" k.root root
	kernel "$prefix" k.table table 8
	kernel "$prefix" k.inside inside 5
	"${prefix}ld" --build-id -o k.id k.o
	expect 0 "$hashsect" modules embed k.id m
	has err "hashsect: k.id: note: the build-id"
	for kind in root table inside; do
		cp "k.$kind" k.old
		before=$("$hashsect" digest -q "k.$kind" | cut -d ' ' -f 1)
		expect 0 "$hashsect" modules embed "k.$kind" m -o k.new
		cmp "k.$kind" k.old || fail "embed -o changed its input"
		if [ "$kind" = root ]; then
			expect 0 "$hashsect" modules embed "k.$kind" --root "root.$endian" --in-place --verify
		else
			expect 0 "$hashsect" modules embed "k.$kind" --table table --in-place
		fi
		cmp "k.$kind" k.new || fail "embed of modules and of a file differ"
		[ "$(stat -c %s k.old)" = "$(stat -c %s k.new)" ] || fail "another size"
		[ "$before" = "$("$hashsect" digest -q k.new | cut -d ' ' -f 1)" ] || fail "embed changed the digest"
	done
	"$elfsect" extract k.root --section .module_hashes -o slot
	cmp slot "root.$endian" || fail "the slot is not the root"
	"$elfsect" extract k.table --section .module_hashes -o slot
	(cat table; head -c 96 /dev/zero) | cmp - slot || fail "the slot is not the table and zeros"
	expect 0 "$hashsect" modules tree m -o root --for k.root
	cmp root "root.$endian" || fail "--for"

	# Without symbols the map says where the slot is.
	"${prefix}nm" k.inside > System.map
	"${prefix}strip" -o k.stripped k.inside
	refused "give its System.map" "$hashsect" modules verify k.stripped m/a/one.ko
	expect 0 "$hashsect" modules verify --system-map System.map k.stripped m/a/one.ko
	"${prefix}strip" -o k.old k.old
	expect 0 "$hashsect" modules embed --system-map System.map k.old m -o k.new
	cmp k.new k.stripped || fail "embed with a map"

	# The verdicts.
	mods=()
	for name in "${order[@]}"; do
		mods+=("appended/$name.ko")
	done
	expect 0 "$hashsect" modules verify k.root "${mods[@]}"
	[ "$(grep -c ': ok: position [0-4], 3 levels$' out)" = 5 ] || fail "not five good modules: $(cat out)"
	expect 0 "$hashsect" modules verify -q k.root "${mods[@]}"
	[ ! -s out ] || fail "-q"
	expect 0 "$hashsect" modules verify k.table "${mods[@]/appended/m}"
	[ "$(grep -c ': ok: entry [0-4]$' out)" = 5 ] || fail "not five good modules: $(cat out)"
	expect 0 "$hashsect" modules verify k.inside installed/kernel/*.ko installed/kernel/*/*.ko*
	has out "installed/kernel/three.ko: ok: entry 3, without the signature at its end"

	# Standard input, whatever file may have its name.
	xz -c m/a/one.ko > ./-
	"$hashsect" modules verify k.table - < m/b/one.ko > out || fail "standard input"
	has out "-: ok: entry 2"
	xz -c m/b/one.ko | "$hashsect" modules verify k.table - > out || fail "standard input, compressed"
	has out "-: ok: entry 2"
	refused "-: the file is empty" "$hashsect" modules verify k.table -
	expect 0 "$hashsect" modules verify k.table ./-
	has out "./-: ok: entry 1"
	rm ./-

	# The other byte order, another kind, no room.
	other=$([ $endian = big ] && echo little || echo big)
	cp k.root k.old
	refused "a root in the other byte order" "$hashsect" modules embed k.root --root "root.$other"
	refused "for a Merkle root, not for a table" "$hashsect" modules embed k.root --table table
	refused "for a table of hashes, not for a Merkle root" "$hashsect" modules embed k.table --root "root.$endian"
	refused "a Merkle root has 36 bytes, not 160" "$hashsect" modules embed k.root --root table
	kernel "$prefix" k.small table 4
	refused "k.small" "$hashsect" modules embed k.small m
	cmp k.root k.old || fail "a refused embed wrote"
done

# Verdicts of the kernel, by name.
mkdir v
cp appended/three.ko v/good.ko
cp m/three.ko v/none.ko
cp v/good.ko v/changed.ko
printf '\377' | dd of=v/changed.ko bs=1 seek=64 conv=notrunc status=none
cat m/three.ko proofs/a/one.merkle > v/other.ko
printf 'three.o\n' > bad/modules.order
"$hashsect" modules tree bad --proofs v/p > /dev/null
cat m/three.ko v/p/three.merkle > v/levels.ko
cp installed/kernel/three.ko v/signed.ko
(cat m/three.ko; head -c 100 proofs/three.merkle; printf '\1'; tail -c 39 proofs/three.merkle) > v/fields.ko
cat m/three.ko m/three.ko proofs/three.merkle > v/twice.ko
cat stripped proofs/a/four.merkle > v/stripped.ko
kernel "" k.root root
"$hashsect" modules embed k.root m
expect 1 "$hashsect" modules verify k.root v/*.ko
has out "v/good.ko: ok"
has out "v/none.ko: -ENODATA: "
has out "v/changed.ko: -ENOKEY: the proof for position 3 does not lead to the root"
has out "v/other.ko: -ENOKEY: the proof for position 1 "
has out "v/levels.ko: -ENOPKG: a proof of 36 bytes, those of this kernel have 100"
has out "v/signed.ko: -ENOPKG: a signature and no proof"
has out "v/fields.ko: -EBADMSG: "
has out "v/twice.ko: -ENOKEY"
has out "v/stripped.ko: -ENOKEY: the proof for position 4 does not lead to the root; it looks stripped"
[ "$(grep -c 'looks stripped' out)" = 1 ] || fail "a module that is not stripped is called so: $(cat out)"
expect 1 "$hashsect" modules verify -q k.root v/good.ko v/none.ko
[ "$(wc -l < out)" = 1 ] || fail "-q"
expect 1 "$hashsect" modules verify --json k.root v/*.ko
python3 - out << 'PY' || fail "json: $(cat out)"
import json, sys
found = json.load(open(sys.argv[1]))
assert (found["schema"], found["kind"], found["levels"]) == (1, "root", 3)
verdicts = {m["path"]: m["verdict"] for m in found["modules"]}
assert verdicts == {"v/good.ko": "ok", "v/none.ko": "-ENODATA", "v/changed.ko": "-ENOKEY", "v/other.ko": "-ENOKEY",
                    "v/levels.ko": "-ENOPKG", "v/signed.ko": "-ENOPKG", "v/fields.ko": "-EBADMSG",
                    "v/twice.ko": "-ENOKEY", "v/stripped.ko": "-ENOKEY"}, verdicts
PY
kernel "" k.table table 8
"$hashsect" modules embed k.table m
expect 1 "$hashsect" modules verify k.table v/none.ko v/changed.ko v/stripped.ko v/good.ko
has out "v/none.ko: ok: entry 3"
has out "v/changed.ko: -ENOKEY: not in the table of 5 modules"
has out "v/good.ko: -ENOKEY"
expect 2 "$hashsect" modules verify k.root v/good.ko v/absent.ko
has out "v/good.ko: ok"
has err "v/absent.ko: No such file"
refused "a kernel and at least one module" "$hashsect" modules verify k.root
refused "module-hashes" "$hashsect" modules verify m0 v/good.ko
kernel "" k.empty root
expect 1 "$hashsect" modules verify k.empty v/good.ko
has out "-ENOPKG"
(printf '\3\3\3\3'; head -c 32 /dev/zero) > slot
"$elfsect" inject k.empty --section .module_hashes --data slot -o k.broken
refused "not a Merkle root" "$hashsect" modules verify k.broken v/good.ko
# levels STATUS WORDS HEX-OF-LEVELS HASH-BYTE
levels()
{
	(bytes_of "$3"; head -c 32 /dev/zero | tr '\0' "$4") > slot
	"$elfsect" inject k.empty --section .module_hashes --data slot -o k.broken
	expect "$1" "$hashsect" modules verify k.broken v/good.ko
	cat out err > both
	has both "$2"
	expect "$1" python3 "$reference" verify --endian little slot v/good.ko
}
levels 1 "those of this kernel have 1028" 20000000 x
levels 2 "not a Merkle root: 33 levels" 21000000 x
levels 2 "in the other byte order" 00000020 x
levels 2 "a hash that is zero" 03000000 '\0'
levels 2 "a hash that is not zero" 00000000 x

# ---- evidence: k.root and k.table hold what m has
for kind in root table; do
	expect 0 "$hashsect" digest "k.$kind"
	has err "excluded by module-hashes: not proved"
	digest=$(cat out)
	refused "not proved (--require-proof)" "$hashsect" digest -q --require-proof "k.$kind"
	expect 0 "$hashsect" digest --require-proof --modules m "k.$kind"
	[ "$(cat out)" = "$digest" ] || fail "evidence changed the digest"
	has err "excluded by module-hashes: proved: 5 module hashes, recomputed from m/modules.order"
	expect 0 "$hashsect" digest -q --require-proof --modules appended/modules.order "k.$kind"
	expect 0 "$hashsect" digest -q --require-proof --modules installed "k.$kind"
	expect 0 "$hashsect" digest --manifest --modules m "k.$kind"
	has out '"evidence": "5 module hashes, recomputed from m/modules.order"'
	cp out proved.json
	# A statement says that it is proved, wherever the modules lie.
	expect 0 env SOURCE_DATE_EPOCH=1 "$hashsect" attest --modules m "k.$kind"
	has out '"status": "proved"'
	cp out attested.json
	expect 0 env SOURCE_DATE_EPOCH=1 "$hashsect" attest --modules appended/modules.order "k.$kind"
	cmp out attested.json || fail "a statement with a path in it"
	"$hashsect" digest -q --manifest "k.$kind" > unproved.json
	expect 0 "$hashsect" compare --manifest proved.json --manifest unproved.json
	expect 0 "$hashsect" compare --require-proof --modules m --manifest proved.json "k.$kind"
	refused "not proved" "$hashsect" compare --require-proof --modules m --manifest unproved.json "k.$kind"
	echo "$digest" > list
	expect 0 "$hashsect" digest --check list --modules m
	expect 1 "$hashsect" digest --check list --modules reversed
	expect 1 "$hashsect" digest --modules reversed "k.$kind"
	[ ! -s out ] || fail "a digest was printed although its evidence is refuted"
	[ "$(wc -l < err)" = 1 ] || fail "not one line: $(cat err)"
	has err "k.$kind: rule module-hashes: the excluded bytes are not the hashes of the modules of reversed/modules.order"
	expect 1 "$hashsect" compare --modules reversed "k.$kind" "k.$kind"
	expect 1 "$hashsect" digest --modules none "k.$kind"
	expect 2 "$hashsect" digest --modules bad "k.$kind" absent
	has err "absent: No such file"
done
refused "unknown option --modules" "$hashsect" dump --modules m k.root
expect 2 "$hashsect" digest --modules m m0
has err "no module hashes are excluded"
expect 2 "$hashsect" digest --modules x k.root
expect 1 "$hashsect" digest --modules m k.empty
has err "they are all zero, and there are 5 modules"
# The first that differs is named: in a table always, under a root if the modules carry their proofs.
cp -r m changed
printf '\377' | dd of=changed/b/one.ko bs=1 seek=64 conv=notrunc status=none
expect 1 "$hashsect" digest --modules changed k.table
has err "entry 2 is not the hash of changed/b/one.ko"
expect 1 "$hashsect" digest --modules changed k.root
has err "the root is another one than that of the 5 modules there (3 levels)"
cp -r appended changed.appended
printf '\377' | dd of=changed.appended/b/one.ko bs=1 seek=64 conv=notrunc status=none
expect 1 "$hashsect" digest --modules changed.appended k.root
has err "changed.appended/b/one.ko: the proof for position 2 does not lead to the root"
find changed.appended -name '*.ko' -exec xz --check=crc32 --lzma2=dict=1MiB {} +
expect 1 "$hashsect" digest --modules changed.appended k.root
has err "changed.appended/b/one.ko: the proof for position 2 does not lead to the root"
# More modules than the table, and fewer.
cp -r m more
cp m0 more/zzz.ko
echo zzz.o >> more/modules.order
kernel "" k.full table 5
"$hashsect" modules embed k.full m
expect 1 "$hashsect" digest --modules more k.full
has err "no entry for more/zzz.ko"
expect 1 "$hashsect" digest --modules more k.table
has err "entry 5 is not the hash of more/zzz.ko"
cp -r m fewer
head -n 4 m/modules.order > fewer/modules.order
expect 1 "$hashsect" digest --modules fewer k.table
has err "entry 4 is used, but there are only 4 modules"

echo "ok - $passed checks"
