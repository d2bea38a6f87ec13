#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# cli_policy.sh HASHSECT ELFSECT MKELF: policy resolve, policy show, and maps on the command line.
set -euo pipefail

hashsect=$1
elfsect=$2
mkelf=$3
# shellcheck source=tests/cli.sh
. "$(dirname "$0")/../cli.sh"

hex_of()
{
	"$hashsect" digest -q "$@" | sed 's/  .*//'
}

# vmlinux: a linked file with symbols; stripped: without; note: with the map in it; both: stripped, with the map in it.
"$mkelf" linked-keyring-64le vmlinux
"$mkelf" linked-isolated-64le other
"$mkelf" keyring-64le object.o
objcopy -S vmlinux stripped

# ---- policy show
expect 0 "$hashsect" policy show linux
has out "rule keyring"
[ "$(head -1 out)" = "hashsect-policy 1" ] || fail "policy show: $(head -1 out)"
"$hashsect" dump vmlinux | sed -n '2,/^  part/ { s/^  //; p; }' | sed '1d; $d' | cmp - out || fail "show is not what the dump has"
expect 0 "$hashsect" policy show strict
[ "$(wc -l < out)" = 2 ] || fail "strict has two lines"
printf '[policy]\nname = mine\n[rule a]\nreason = r\ncontent = zero\nmax-size = 8\nmatch = nothing\n' > mine.ini
expect 0 "$hashsect" policy show mine.ini
has out "max-size 0x8"
refused "missing.ini: No such file" "$hashsect" policy show missing.ini
refused "linus: neither a built-in policy (linux, strict) nor a file" "$hashsect" policy show linus
refused "the name of a policy is needed" "$hashsect" policy show
refused "the name of a policy is needed" "$hashsect" policy show linux strict
refused "unknown option --x" "$hashsect" policy show --x
refused "which of its commands" "$hashsect" policy
expect 0 "$hashsect" policy --help
has out "policy resolve"

# ---- policy resolve
expect 0 "$hashsect" policy resolve vmlinux
cp out map
[ "$(head -1 map)" = "hashsect-map 1" ] || fail "not a map: $(head -1 map)"
has map "digest $(hex_of --scope loaded vmlinux)"
has map "symbol system_extra_cert 3 0x1014e3 0x1c2"
expect 0 "$hashsect" policy resolve -o map2 vmlinux
[ ! -s out ] || fail "-o prints to stdout"
cmp map map2 || fail "-o writes something else"
"$hashsect" policy resolve - < vmlinux | cmp - map || fail "standard input"
expect 0 "$hashsect" policy resolve -j1 -o - vmlinux
cmp out map || fail "-o - is not stdout"
refused "stripped: no map: the file has no symbol table" "$hashsect" policy resolve --policy mine.ini stripped
refused "a map is made of the unstripped file" "$hashsect" policy resolve stripped
refused "no map: a relocatable file" "$hashsect" policy resolve object.o
refused "policy strict excludes nothing" "$hashsect" policy resolve --policy strict vmlinux
refused "exactly one file" "$hashsect" policy resolve
refused "exactly one file" "$hashsect" policy resolve vmlinux vmlinux
refused "unknown option --scope" "$hashsect" policy resolve --scope loaded vmlinux
refused "unknown option --map" "$hashsect" policy resolve --map map vmlinux
refused "unknown option --modules" "$hashsect" policy resolve --modules . vmlinux
refused "missing: No such file" "$hashsect" policy resolve missing
refused "No such file" "$hashsect" policy resolve -o nowhere/map vmlinux
printf 'old' > kept
refused "not an ELF file" "$hashsect" policy resolve -o kept map
[ "$(cat kept)" = old ] || fail "a failure touched the output"
ln -s vmlinux link
refused "would replace vmlinux, which is read" "$hashsect" policy resolve -o vmlinux vmlinux
refused "would replace vmlinux, which is read" "$hashsect" policy resolve -o link vmlinux
"$elfsect" check vmlinux || fail "the file is gone"
refused "--embed needs files" "$hashsect" policy resolve --embed -
refused "--embed needs files" "$hashsect" policy resolve --embed -o - vmlinux

# ---- --map
loaded=$(hex_of --scope loaded vmlinux)
[ "$(hex_of --scope loaded --map map stripped)" = "$loaded" ] || fail "the stripped file has another digest"
expect 0 "$hashsect" digest -v --scope loaded --map map vmlinux stripped
[ "$(cut -d' ' -f1 out | sort -u)" = "$loaded" ] || fail "two digests"
has err "vmlinux: symbols agree with the map given, made of a file with $loaded"
has err "stripped: symbols by the map given, made of a file with $loaded"
has err "stripped: excluded by keyring: section .init.data, offset 0x10"
grep -q "note:" err && fail "a note about another file"
sed "s/$loaded/${loaded%????????}00000000/" map > foreign
expect 0 "$hashsect" digest --scope loaded --map foreign stripped
has err "stripped: note: the map was made of another file"
expect 0 "$hashsect" digest --scope loaded --map foreign stripped vmlinux
has err "2 files: symbols by the map given; note: made of another file than each of these"
expect 0 "$hashsect" digest --map foreign stripped
grep -q "note:" err && fail "a note about another file with scope file"
expect 0 "$hashsect" digest -q --map map stripped
[ ! -s err ] || fail "-q is not quiet"
"$hashsect" digest -q --scope loaded --map map vmlinux stripped > list
expect 0 "$hashsect" digest -v --check list --map map
[ "$(grep -c ': OK$' out)" = 2 ] || fail "--check with a map"
expect 2 "$hashsect" digest --check list
has err "stripped: rule keyring: the file has no symbol table"
expect 0 "$hashsect" compare --scope loaded --map map vmlinux stripped
expect 1 "$hashsect" compare --map map vmlinux stripped
"$hashsect" dump --scope loaded vmlinux > dump1
"$hashsect" dump --scope loaded --map map stripped | cmp - dump1 || fail "the dumps differ"
expect 0 "$hashsect" digest -q --scope loaded --map map --manifest stripped
cp out stripped.json
has stripped.json '"from": "file"'
has stripped.json "\"digest\": \"$loaded\""
has stripped.json "\"sha256\": \"$(openssl dgst -sha256 -r map | cut -d ' ' -f 1)\""
expect 0 "$hashsect" compare --manifest stripped.json vmlinux
refused "missing.map: No such file" "$hashsect" digest --map missing.map stripped
refused "vmlinux: not a map: a byte" "$hashsect" digest --map vmlinux stripped
refused ".: Is a directory" "$hashsect" digest --map . stripped
head -c 300 map > short
refused "no line end" "$hashsect" digest --map short stripped
refused "a relocatable file has no addresses" "$hashsect" digest --map map object.o
refused "made under another policy than strict" "$hashsect" digest --policy strict --map map stripped
refused "map map: line 5" "$hashsect" digest --map map other
objcopy -S other other-stripped
refused "the file has no such section" "$hashsect" digest --map map other-stripped
sed 's/__module_cert_start 3 0x101010/__module_cert_start 3 0x101018/' map > moved
refused "(where the map moved puts it)" "$hashsect" digest --map moved stripped

# ---- --embed
cp vmlinux note
expect 0 "$hashsect" policy resolve --embed note
[ ! -s out ] || fail "--embed prints to stdout"
"$elfsect" check note || fail "the file with the map"
"$elfsect" extract --section .gnu.warning.hashsect note | tail -c +25 | head -c "$(stat -c %s map)" | cmp - map ||
	fail "not the map"
[ "$(hex_of note)" = "$(hex_of vmlinux)" ] || fail "the note counts"
touch -d @1000000000 note
expect 0 "$hashsect" policy resolve --embed note
has err "nothing to change"
[ "$(stat -c %Y note)" = 1000000000 ] || fail "embedding twice wrote to the file"
expect 0 "$hashsect" policy resolve --embed -o note2 vmlinux
cmp note note2 || fail "-o makes another file"
"$hashsect" policy resolve note | cmp - map || fail "the map of a file with a note"
for tool in "llvm-objcopy -S" "llvm-strip -o" "objcopy -S" "objcopy -R .comment -S" "strip -o"; do
	if ! command -v "${tool%% *}" > /dev/null; then
		echo "skipped: ${tool%% *}: not installed"
		continue
	fi
	case $tool in
	*strip*) $tool both note ;;
	*) $tool note both ;;
	esac
	"$elfsect" check both || fail "$tool: the structure"
	[ "$(hex_of --scope loaded both)" = "$loaded" ] || fail "$tool: the stripped file with a note has another digest"
done
expect 0 "$hashsect" digest --scope loaded both
has err "both: symbols by the map in its section .gnu.warning.hashsect, made of a file with $loaded"
expect 0 "$hashsect" digest note
has err "note: left out: section .gnu.warning.hashsect, "
expect 0 "$hashsect" digest both
grep -q "left out" err && fail "the note of a stripped file is left out"
[ "$(hex_of --map map both)" = "$(hex_of --map map stripped)" ] || fail "the given map does not vouch for the note"
refused "a relocatable file" "$hashsect" policy resolve --embed object.o

# ---- what a note changes for compare and manifests
expect 3 "$hashsect" compare vmlinux note
has out "left out, .gnu.warning.hashsect with the file's map: different"
has out "A: nothing"
has out "equal but for the excluded bytes"
expect 0 "$hashsect" compare --accept-excluded vmlinux note
expect 0 "$hashsect" compare note note2
has out "left out, .gnu.warning.hashsect with the file's map: the same in both"
expect 0 "$hashsect" compare --scope loaded note vmlinux
expect 3 "$hashsect" compare --json note vmlinux
python3 -c '
import json
found = json.load(open("out"))
assert found["exclusions_differ"] is True and found["a"]["map_note"]["length"] > 100 and found["b"]["map_note"] is None
' || fail "compare --json"
expect 0 "$hashsect" digest -q --manifest note
cp out note.json
python3 -c '
import hashlib, json
note = json.load(open("note.json"))["map_note"]
bytes = open("note", "rb").read()[note["file_offset"]:][:note["length"]]
assert b"hashsect-map 1" in bytes and note["sha256"] == hashlib.sha256(bytes).hexdigest()
' || fail "the manifest's map_note"
expect 0 "$hashsect" compare --manifest note.json note
expect 3 "$hashsect" compare --manifest note.json vmlinux
sed 's/"map_note": {/"map_note": 1, "x": {/' note.json > broken.json
refused "'map_note' is malformed" "$hashsect" compare --manifest broken.json note
expect 0 "$hashsect" digest -q --manifest vmlinux
has out '"map": null'
has out '"map_note": null'

# ---- a note of another map: it is replaced; a section of the name that is none: an error
cp vmlinux stale
"$elfsect" inject --section .gnu.warning.hashsect --note hashsect:1 --flags 0 --data foreign stale
[ "$(hex_of stale)" != "$(hex_of vmlinux)" ] || fail "a note that is not the map does not count"
expect 0 "$hashsect" policy resolve --embed stale
[ "$(hex_of stale)" = "$(hex_of vmlinux)" ] || fail "the stale map was not replaced"
[ "$(readelf -SW stale | grep -c gnu.warning.hashsect)" = 1 ] || fail "two notes"
cp vmlinux taken
"$elfsect" inject --section .gnu.warning.hashsect --flags 0 --data map taken
refused "there is a section .gnu.warning.hashsect already, which is no note with a map" "$hashsect" policy resolve --embed taken

echo "$passed passed"
