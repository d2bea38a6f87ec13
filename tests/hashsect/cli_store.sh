#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# cli_store.sh HASHSECT ELFSECT MKELF: signature stores: collected from signed modules, put onto the same modules without them.
# What is in a store is hostile.
set -euo pipefail

hashsect=$1
elfsect=$2
mkelf=$3
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/cli.sh
. "$(dirname "$0")/../cli.sh"

same()
{
	cmp "$1" "$2" || fail "$1 and $2 differ"
	passed=$((passed + 1))
}

# sign KEY FILE OUT: as sign-file does.
sign()
{
	openssl cms -sign -binary -noattr -nocerts -nosmimecap -md sha256 -outform DER -signer "$1.crt" -inkey "$1.key" -in "$2" \
		-out sign.p7s
	"$hashsect" sig attach "$2" --signature sign.p7s -o "$3"
}

hash_of()
{
	sha256sum "$1" | cut -d ' ' -f 1
}

for key in rsa other; do
	openssl req -x509 -newkey rsa:2048 -nodes -keyout "$key.key" -out "$key.crt" -subj "/CN=Test $key" -days 3650 2> /dev/null
	openssl x509 -in "$key.crt" -outform DER -out "$key.der"
done
mkdir -p official/kernel/sub plain/kernel/sub
for name in a b sub/c; do
	"$mkelf" keyring-absent-64le "plain/kernel/$name.ko"
	printf '%s' "$name" >> "plain/kernel/$name.ko"
	sign rsa "plain/kernel/$name.ko" "official/kernel/$name.ko"
done
printf 'a text\n' > official/readme

# ---- a store: what is in it, and that it depends on nothing else
expect 0 "$hashsect" sig collect official -o store
has out "store: signatures: modules 3, images 0; certificates 0"
has out "3 modules: RSA with SHA256, by issuer CN=Test rsa, serial "
[ "$(cat store/format)" = "hashsect store 1" ] || fail "the format"
for name in a b sub/c; do
	digest=$(hash_of "plain/kernel/$name.ko")
	"$hashsect" sig extract "official/kernel/$name.ko" -o p7s
	same p7s "store/modules/$digest.p7s"
	openssl cms -verify -binary -inform DER -in "store/modules/$digest.p7s" -content "plain/kernel/$name.ko" -certfile rsa.crt \
		-noverify -out verified 2> /dev/null || fail "openssl does not verify an entry"
done
python3 - store official <<-'END' || fail "index.json"
	import hashlib, json, os, sys
	store = sys.argv[1]
	index = json.load(open(f"{store}/index.json"))
	assert index["schema"] == 1 and len(index["files"]) == 3
	paths = []
	for entry in index["files"]:
	    data = open(f"{store}/{entry['file']}", "rb").read()
	    assert len(data) == entry["size"] and hashlib.sha256(data).hexdigest() == entry["sha256"]
	    assert entry["kind"] == "module" and entry["signature"]["signer"]["issuer"] == "CN=Test rsa"
	    paths += [origin["path"] for origin in entry["origins"]]
	assert sorted(paths) == ["kernel/a.ko", "kernel/b.ko", "kernel/sub/c.ko"], paths
	assert [e["file"] for e in index["files"]] == sorted(e["file"] for e in index["files"])
END
cp -r official moved
xz --check=crc32 moved/kernel/a.ko
gzip -n moved/kernel/b.ko
zstd -q --rm moved/kernel/sub/c.ko
expect 0 "$hashsect" sig collect -j 1 moved/ -o again
expect 0 diff -r store/modules again/modules
expect 0 "$hashsect" sig collect -q -j 2 -o third "$dir/official"
[ ! -s out ] || fail "-q prints: $(cat out)"
expect 0 diff -r store third
refused "it is there already, and not empty" "$hashsect" sig collect official -o store
mkdir empty
expect 0 "$hashsect" sig collect official -o empty
refused "no signature and no certificate" "$hashsect" sig collect plain -o none
[ ! -e none ] || fail "a store of nothing"
refused "-o is needed" "$hashsect" sig collect official

# ---- attach: without a certificate nothing can be verified, and nothing is attached; no build breaks by it
cp -r plain rebuilt
expect 0 "$hashsect" sig attach --from store rebuilt
has out "3 files: attached to 0, without a signature: 3"
has out "rebuilt/kernel/a.ko: not attached: the certificate of its signer was not given"
expect 0 diff -r plain rebuilt
expect 1 "$hashsect" sig attach --from store --require rebuilt
expect 0 "$hashsect" sig attach --from store --certificates rsa.crt rebuilt
has out "3 files: attached to 3"
has out "3 modules: RSA with SHA256, by issuer CN=Test rsa, serial "
expect 0 diff -r official/kernel rebuilt/kernel
expect 0 "$hashsect" sig attach --from store --certificates rsa.crt --require -v rebuilt
has out "3 files: attached to 0, there already: 3"
has out "rebuilt/kernel/a.ko: there already"

# ---- the certificate may be in the store, under its SHA-256
cp rsa.der "store/certificates/$(hash_of rsa.der).der"
rm -r rebuilt
cp -r plain rebuilt
chmod 640 rebuilt/kernel/a.ko
expect 0 "$hashsect" sig attach --from store --require rebuilt/kernel/a.ko rebuilt/kernel/sub
has out "2 files: attached to 2"
same rebuilt/kernel/a.ko official/kernel/a.ko
same rebuilt/kernel/sub/c.ko official/kernel/sub/c.ko
same rebuilt/kernel/b.ko plain/kernel/b.ko
[ "$(stat -c %a rebuilt/kernel/a.ko)" = 640 ] || fail "attach changes the mode"
expect 0 "$hashsect" sig attach --from store rebuilt/kernel/b.ko -o out.ko
same out.ko official/kernel/b.ko
same rebuilt/kernel/b.ko plain/kernel/b.ko
refused "-o takes one file" "$hashsect" sig attach --from store rebuilt -o out.ko
# Given ones are the only ones.
expect 1 "$hashsect" sig attach --from store --certificates other.crt --require rebuilt/kernel/b.ko

# ---- one byte of another module: nothing for it, and it is said
printf x >> rebuilt/kernel/b.ko
cp rebuilt/kernel/b.ko changed
expect 0 "$hashsect" sig attach --from store rebuilt/kernel
has out "3 files: attached to 0, there already: 2, without a signature: 1"
has out "rebuilt/kernel/b.ko: no signature in the store for these bytes"
same rebuilt/kernel/b.ko changed
expect 1 "$hashsect" sig attach --from store --require -q rebuilt/kernel
[ "$(grep -c '^  ' out)" = 1 ] || fail "-q prints others: $(cat out)"
expect 0 "$hashsect" sig attach --from store --json rebuilt/kernel
python3 - out <<-'END' || fail "JSON of sig attach"
	import json, sys
	files = {f["path"]: f["status"] for f in json.load(open(sys.argv[1]))["files"]}
	assert files == {"rebuilt/kernel/a.ko": "present", "rebuilt/kernel/b.ko": "none", "rebuilt/kernel/sub/c.ko": "present"}
END

# ---- signed already, by another key: left alone, and never a success
sign other plain/kernel/b.ko other.ko
cp other.ko before
expect 1 "$hashsect" sig attach --from store other.ko
has out "1 file: attached to 0, refused: 1"
has out "other.ko: refused: it has a signature, or another trailer, that is not the one in the store"
same other.ko before

# ---- compressed: it could not be put back
xz -k --check=crc32 plain/kernel/a.ko
cp plain/kernel/a.ko.xz before
expect 0 "$hashsect" sig attach --from store plain/kernel/a.ko.xz
has out "not attached: compressed: a signature is attached before a module is compressed"
same plain/kernel/a.ko.xz before
rm plain/kernel/a.ko.xz

# ---- a module that was signed twice: two entries
sign other official/kernel/a.ko twice.ko 2> /dev/null
expect 0 "$hashsect" sig collect twice.ko -o twice
has out "modules 2"
cp plain/kernel/a.ko one.ko
expect 0 "$hashsect" sig attach --from twice --certificates rsa.crt --certificates other.crt one.ko
same one.ko official/kernel/a.ko

# ---- two signatures of the same bytes: the certificate that is given says which; else none
mkdir two
cp official/kernel/b.ko two/b.ko
sign other plain/kernel/b.ko two/c.ko
expect 0 "$hashsect" sig collect two -o both
digest=$(hash_of plain/kernel/b.ko)
[ -e "both/modules/$digest.p7s" ] && [ -e "both/modules/$digest.2.p7s" ] || fail "two signatures: $(ls both/modules)"
cp plain/kernel/b.ko b.ko
expect 0 "$hashsect" sig attach --from both --certificates rsa.crt --certificates other.crt b.ko
has out "b.ko: not attached: 2 signatures would do"
same b.ko plain/kernel/b.ko
expect 0 "$hashsect" sig attach --from both --certificates other.crt b.ko
same b.ko two/c.ko

# ---- hostile stores
# hostile: a copy of the store to change; the entry of a.ko
hostile()
{
	rm -rf bad
	cp -r store bad
	entry=bad/modules/$(hash_of plain/kernel/a.ko).p7s
	cp plain/kernel/a.ko target.ko
}
# The file is as it was.
unchanged()
{
	same target.ko plain/kernel/a.ko
}
hostile
"$hashsect" sig extract official/kernel/b.ko -o "$entry"
expect 1 "$hashsect" sig attach --from bad target.ko
has out "target.ko: refused: the signature is not that of the module's bytes"
unchanged
hostile
cp "$entry" "bad/modules/$(hash_of plain/kernel/b.ko).2.p7s"
cp plain/kernel/b.ko b.ko
expect 1 "$hashsect" sig attach --from bad b.ko
same b.ko plain/kernel/b.ko
hostile
head -c 700 /dev/urandom > "$entry"
expect 1 "$hashsect" sig attach --from bad target.ko
unchanged
: > "$entry"
expect 1 "$hashsect" sig attach --from bad target.ko
unchanged
truncate -s 262145 "$entry"
refused "more than 262144 bytes" "$hashsect" sig attach --from bad target.ko
truncate -s 1T "$entry" && refused "more than 262144 bytes" "$hashsect" sig attach --from bad target.ko
unchanged
"$hashsect" sig extract official/kernel/a.ko -o outside
ln -sf ../../outside "$entry"
refused "Too many levels of symbolic links" "$hashsect" sig attach --from bad target.ko
unchanged
rm "$entry"
mkfifo "$entry"
refused "not a regular file" timeout 10 "$hashsect" sig attach --from bad target.ko
unchanged
rm "$entry"
mkdir "$entry"
refused "not a regular file" "$hashsect" sig attach --from bad target.ko
unchanged
hostile
mv bad/modules elsewhere
ln -s ../elsewhere bad/modules
refused "bad/modules: " "$hashsect" sig attach --from bad target.ko
unchanged
rm -r elsewhere
hostile
echo '{"schema": 1, "files": [{"file": "../../../etc/passwd", "kind": "module", "sha256": 7}]}' > bad/index.json
expect 0 "$hashsect" sig attach --from bad target.ko
same target.ko official/kernel/a.ko
hostile
rm bad/format
refused "not a signature store, or one that was not finished" "$hashsect" sig attach --from bad target.ko
echo "hashsect store 2" > bad/format
refused "a store of another kind" "$hashsect" sig attach --from bad target.ko
hostile
cp other.der "bad/certificates/$(hash_of rsa.der).der"
refused "the name is not the SHA-256 of the file" "$hashsect" sig attach --from bad target.ko
hostile
cp plain/kernel/a.ko "bad/certificates/$(hash_of plain/kernel/a.ko).der"
refused "not a certificate" "$hashsect" sig attach --from bad target.ko
unchanged
hostile
touch "bad/modules/../../escape.p7s" "bad/certificates/x.der" "bad/certificates/README" "bad/surplus"
expect 0 "$hashsect" sig attach --from bad target.ko
same target.ko official/kernel/a.ko
refused "No such file" "$hashsect" sig attach --from missing target.ko

# ---- official folders: links are not followed, what is no file is passed over, what is malformed is refused
cp -r official odd
ln -s "$dir/two" odd/link
ln -s /dev/zero odd/kernel/zero.ko
mkfifo odd/kernel/fifo.ko
expect 0 timeout 20 "$hashsect" sig collect odd -o odd.store
expect 0 diff -r third odd.store
head -c -3 official/kernel/a.ko > odd/kernel/d.ko
expect 0 "$hashsect" sig collect -q odd -o odd.2
printf 'x~Module signature appended~\n' > odd/kernel/e.ko
refused "e.ko: " "$hashsect" sig collect odd -o odd.3
rm odd/kernel/e.ko
printf '\3757zXZ\0not an xz file' > odd/changelog.xz
expect 0 "$hashsect" sig collect -q odd -o odd.4
has err "odd/changelog.xz: note: "
cp odd/changelog.xz odd/kernel/f.ko.xz
refused "odd/kernel/f.ko.xz: " "$hashsect" sig collect odd -o odd.5
refused "neither a file nor a folder" "$hashsect" sig collect /dev/null -o odd.6

# ---- a kernel's certificates
"$mkelf" linked-keyring-64le vmlinux
expect 0 "$elfsect" keyring list vmlinux
certificates=$(grep '^  sha256 ' out | sort -u | wc -l)
expect 0 "$hashsect" sig collect vmlinux -o kernel
has out "certificates $certificates"
[ "$(find kernel/certificates -type f | wc -l)" = "$certificates" ] || fail "not all certificates"
for file in kernel/certificates/*; do
	[ "$(basename "$file" .der)" = "$(hash_of "$file")" ] || fail "$file has not its own name"
done

# ---- images: the certificate table, by the Authenticode digest; in front of it a kernel that is compressed
"$mkelf" --stripped linked-keyring-64le kernel.elf
PYTHONPATH=$here python3 - <<-'END'
	import gzip, os, struct
	import pe_files as pe
	os.makedirs("images/sub")
	os.makedirs("unsigned/sub")
	one, two = pe.Signer(".", "One"), pe.Signer(".", "Two")
	def write(path, data):
	    open(path, "wb").write(data)
	# An EFI zboot image: "zimg", offset and size of the payload, its compression at 24.
	payload = gzip.compress(open("kernel.elf", "rb").read(), mtime=0)
	boot = bytearray(pe.make(sections=(0x200, (len(payload) + 0x1ff) & ~0x1ff)))
	boot[0x600:0x600 + len(payload)] = payload
	struct.pack_into("<4sII", boot, 4, b"zimg", 0x600, len(payload))
	boot[24:56] = b"gzip".ljust(32, b"\0")
	files = {"vmlinuz": bytes(boot), "plain": pe.make(), "odd": pe.make(tail=b"abc"), "sub/arm": pe.make(machine=pe.ARM64)}
	for name, data in files.items():
	    write("unsigned/" + name, data)
	    table = pe.entry(pe.message(one, pe.digest(data, padded=True)))
	    if name == "plain":
	        table += pe.entry(pe.message(two, pe.digest(data, padded=True)))
	    write("images/" + name, pe.attach(data, table, summed=name != "odd"))
	    write("digest." + os.path.basename(name), pe.digest(data, padded=True).hex().encode())
	wrong = pe.entry(pe.message(one, pe.digest(pe.make(tail=b"other"), padded=True)))
	write("wrong.table", wrong)
END
expect 0 "$hashsect" sig collect images -o images.store
has out "modules 0, images 4; certificates 4"
for name in vmlinuz plain odd sub/arm; do
	entry=images.store/images/$(cat "digest.$(basename $name)").table
	"$hashsect" sig extract --trailer "images/$name" -o table 2> /dev/null
	same table "$entry"
done
[ "$(find images.store/images -name '*.checksum' | wc -l)" = 1 ] || fail "checksums: $(ls images.store/images)"
same "images.store/images/$(cat digest.odd).checksum" <(echo 00000000)
"$elfsect" keyring list --pem kernel.elf 2> /dev/null | openssl x509 -outform DER -out first.der
[ -e "images.store/certificates/$(hash_of first.der).der" ] || fail "no certificate of the kernel in the image"
python3 - images.store/index.json <<-'END' || fail "places in index.json"
	import collections, json, sys
	files = json.load(open(sys.argv[1]))["files"]
	places = collections.Counter(o.get("place") for f in files for o in f["origins"])
	assert places == {None: 4, "keyring": 2, "signature": 5}, places
END
cp -r unsigned signed
expect 0 "$hashsect" sig attach --from images.store --require signed
has out "4 files: attached to 4"
has out "4 images: RSA with SHA256, by issuer CN=One, serial "
expect 0 diff -r images signed
expect 0 "$hashsect" sig attach --from images.store --require signed
has out "attached to 0, there already: 4"
expect 0 "$hashsect" sig verify --certificates One.crt signed/vmlinuz signed/odd signed/sub/arm
# By a certificate that is given, and by no other.
cp unsigned/vmlinuz target
expect 1 "$hashsect" sig attach --from images.store --certificates Two.crt --require target
has out "target: not attached: "
same target unsigned/vmlinuz
expect 0 "$hashsect" sig attach --from images.store --certificates One.crt --require target
same target images/vmlinuz
# A bit of the image, the table of another one, a table that is none, a checksum that is none.
cp unsigned/vmlinuz target
printf x | dd of=target bs=1 seek=3000 conv=notrunc 2> /dev/null
cp target before
expect 0 "$hashsect" sig attach --from images.store target
has out "target: no signature in the store for these bytes"
same target before
cp unsigned/vmlinuz target
cp -r images.store bad
entry=bad/images/$(cat digest.vmlinuz).table
bad_entry()
{
	expect 1 "$hashsect" sig attach --from bad target
	has out "target: refused: "
	same target unsigned/vmlinuz
}
rm -rf bad
cp -r images.store bad
cp wrong.table "$entry"
bad_entry
head -c 64 wrong.table > "$entry"
bad_entry
{ cat wrong.table; printf 'slack!!!'; } > "$entry"
bad_entry
: > "$entry"
bad_entry
truncate -s 1048577 "$entry"
refused "more than 1048576 bytes" "$hashsect" sig attach --from bad target
cp images.store/images/*.table bad/images
for text in 0000000 0000000x -0000001 ""; do
	echo "$text" > "${entry%.table}.checksum"
	refused "not 8 hexadecimal digits and a line end" "$hashsect" sig attach --from bad target
done
echo 000000000 > "${entry%.table}.checksum"
refused "more than 9 bytes" "$hashsect" sig attach --from bad target
ln -sf /etc/hostname "${entry%.table}.checksum"
refused "symbolic links" "$hashsect" sig attach --from bad target
same target unsigned/vmlinuz

# ---- packages: the same store, and where it was found
mkdir -p pkg/DEBIAN
cp -r official pkg/lib
printf 'Package: linux\nVersion: 1\nArchitecture: all\nMaintainer: me <me@example.org>\nDescription: x\n' > pkg/DEBIAN/control
(cd pkg && tar -c --zstd -f ../linux.pkg.tar.zst lib && tar -cJf ../data.tar.xz ./lib && tar -czf ../control.tar.gz -C DEBIAN ./control &&
	find lib | cpio -o -H newc --quiet > ../linux.cpio)
echo 2.0 > debian-binary
ar rc linux.deb debian-binary control.tar.gz data.tar.xz
# An RPM package: a lead of 96 bytes, two headers without entries, a compressed cpio archive.
python3 - <<-'END'
	import gzip
	header = bytes.fromhex("8eade80100000000") + bytes(8)
	payload = gzip.compress(open("linux.cpio", "rb").read(), mtime=0)
	open("linux.rpm", "wb").write(bytes.fromhex("edabeedb03000000") + bytes(88) + header + header + payload)
END
for package in linux.pkg.tar.zst linux.deb linux.cpio linux.rpm; do
	expect 0 "$hashsect" sig collect "$package" -o "of-$package"
	has out "modules 3, images 0; certificates 0"
	expect 0 diff -r store/modules "of-$package/modules"
	expect 0 grep -q "\"package\": \"$package\"" "of-$package/index.json"
	expect 0 grep -q '"path": "lib/kernel/sub/c.ko"' "of-$package/index.json"
	head -c "$(($(stat -c %s "$package") * 2 / 3))" "$package" > "short-$package"
	refused "short-$package: " "$hashsect" sig collect "short-$package" -o short-store
done
mkdir packages
mv linux.deb packages
expect 0 "$hashsect" sig collect packages official/kernel/a.ko -o mixed
has out "modules 3, images 0"
# Names that lead out of it, links and devices: shown, never made.
python3 - <<-'END'
	import io, tarfile
	module = open("official/kernel/b.ko", "rb").read()
	with tarfile.open("hostile.tar", "w") as tar:
	    def add(name, data=b"", **fields):
	        member = tarfile.TarInfo(name)
	        member.size = len(data)
	        for field, value in fields.items():
	            setattr(member, field, value)
	        tar.addfile(member, io.BytesIO(data))
	    add("../../escaped.ko", module)
	    add("/absolute/escaped.ko", module)
	    add("link.ko", type=tarfile.SYMTYPE, linkname="/etc/passwd")
	    add("hard.ko", type=tarfile.LNKTYPE, linkname="../../escaped.ko")
	    add("fifo.ko", type=tarfile.FIFOTYPE)
	    add("null.ko", type=tarfile.CHRTYPE)
	    add("esc\033[2Jape.ko", module)
	with tarfile.open("bad.tar", "w") as tar:
	    add("broken.ko", module[:-5] + b"ded~\n")
	    add("cut.ko", b"x~Module signature appended~\n")
END
mkdir jail
(cd jail && expect 0 "$hashsect" sig collect ../hostile.tar -o ../hostile.store)
[ -z "$(find . .. -maxdepth 2 -name 'escaped.ko*' 2> /dev/null)" ] || fail "something was made outside"
expect 0 "$hashsect" sig collect hostile.tar -o hostile.2
has out "modules 1, images 0"
grep -q '\\x1b\[2J' hostile.2/index.json || fail "an escape in the index: $(cat hostile.2/index.json)"
refused "bad.tar: cut.ko: " "$hashsect" sig collect bad.tar -o bad.store
ar rc empty.deb debian-binary control.tar.gz
refused "no data archive in it" "$hashsect" sig collect empty.deb -o bad.store
ar rc double.deb debian-binary packages/linux.deb
cp data.tar.xz data.tar
ar rc double.deb data.tar.xz data.tar
refused "two data archives" "$hashsect" sig collect double.deb -o bad.store

refused "one of --signature, --trailer and --from is needed" "$hashsect" sig attach target.ko
refused "--from" "$hashsect" sig attach --signature p7s --require target.ko
[ -z "$(find . -name '.elfsect-*' -o -name 'hashsect-*')" ] || fail "temporary files are left"

echo "ok - $passed checks"
