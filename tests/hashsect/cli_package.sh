#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# cli_package.sh HASHSECT ELFSECT MKELF: folders and packages, compared path by path.
set -euo pipefail

hashsect=$1
elfsect=$2
mkelf=$3
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/slot.sh
. "$(dirname "$0")/../slot.sh"
# shellcheck source=tests/cli.sh
. "$here/../cli.sh"

for key in one two; do
	openssl req -x509 -newkey rsa:2048 -nodes -keyout "$key.key" -out "$key.crt" -subj "/CN=Key $key" -days 3650 2> /dev/null
done

# sign KEY FILE
sign()
{
	openssl cms -sign -binary -noattr -nocerts -nosmimecap -md sha256 -outform DER -signer "$1.crt" -inkey "$1.key" -in "$2" -out p7s
	"$hashsect" sig attach "$2" --signature p7s
}

# kernel KEY OUT: a linked kernel with a slot, and the key's certificate in it
kernel()
{
	cat > a.s <<-AS
	.section .text,"ax",@progbits
	.globl _start
	_start: nop
	.ascii "code of the kernel"
	$(slot_assembly 2048)
	AS
	as --64 -o a.o a.s
	ld -m elf_x86_64 --build-id=none -e _start -o "$2" a.o
	"$elfsect" keyring add "$2" "$1.crt" > /dev/null 2>&1
}

# tree KEY FOLDER: what a build with a key of its own installs
tree()
{
	mkdir -p "$2/lib/modules/kernel" "$2/boot" "$2/usr/share/doc"
	for name in a b c; do
		cp "$name.ko" "$2/lib/modules/kernel/"
		sign "$1" "$2/lib/modules/kernel/$name.ko"
	done
	cp d.ko "$2/lib/modules/kernel/"
	xz --check=crc32 "$2/lib/modules/kernel/c.ko"
	kernel "$1" "$2/boot/vmlinux"
	printf 'a text' > "$2/usr/share/doc/readme"
	gzip -n < "$2/usr/share/doc/readme" > "$2/usr/share/doc/changelog.gz"
	ln -s readme "$2/usr/share/doc/link"
}

for name in a b c d; do
	"$mkelf" keyring-absent-64le "$name.ko"
done
tree one A
tree two B
cp -r A A2

# ---- folders
expect 0 "$hashsect" compare A A2
has out "equal: 15 paths"
has out "identical: 4 modules, 1 ELF file, 2 other files, 7 folders, 1 symbolic link"
expect 3 "$hashsect" compare A B
[ "$(head -n 1 out)" = "equal but for the excluded bytes: in 4 of 15 paths" ] || fail "the verdict comes first: $(head -n 1 out)"
has out "equal but for excluded bytes: 3 modules: the trailer signature"
has out "equal but for excluded bytes: 1 ELF file, boot/vmlinux: rule keyring"
has out "identical: 1 module, 2 other files, 7 folders, 1 symbolic link"
[ "$(wc -l < out)" = 6 ] || fail "more lines than needed: $(cat out)"
expect 0 "$hashsect" compare --accept-excluded A B
expect 1 "$hashsect" compare --policy strict A B
expect 3 "$hashsect" compare -q A B
[ ! -s out ] || fail "-q prints"
expect 3 "$hashsect" compare -v A B
has out "equal but for excluded bytes: lib/modules/kernel/a.ko: the trailer signature"
has out "identical: lib/modules/kernel/d.ko"
expect 3 "$hashsect" compare --json A B
python3 - out <<-'END' || fail "JSON"
	import json, sys
	report = json.load(open(sys.argv[1]))
	assert report["schema"] == 1 and report["verdict"] == "excluded", report
	paths = {entry["path"]: entry for entry in report["paths"]}
	assert len(paths) == 15
	assert paths["boot/vmlinux"] == {"path": "boot/vmlinux", "class": "ELF", "result": "excluded", "what": "rule keyring"}, paths
	assert paths["lib/modules/kernel/d.ko"] == {"path": "lib/modules/kernel/d.ko", "class": "module", "result": "identical"}
END
for jobs in 1 4; do
	expect 3 "$hashsect" compare -j "$jobs" A B
	cp out "out.$jobs"
done
expect 0 cmp out.1 out.4
# Signatures by a key that is not given: what was asked is not skipped.
expect 1 "$hashsect" compare --require-proof --certificates one.crt A B
has out "different: lib/modules/kernel/a.ko: B/lib/modules/kernel/a.ko: "

# changed NAME COMMAND...: a copy of B in C, changed; the comparison with A has to say NAME
changed()
{
	local words=$1
	rm -rf C
	cp -a B C
	shift
	(cd C && "$@")
	expect 1 "$hashsect" compare A C
	grep -q '^different: 1 of 1[56] paths$' out || fail "the verdict: $(cat out)"
	has out "$words"
	expect 1 "$hashsect" compare C A
}

one_bit()
{
	printf '\1' | dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}

changed "different: lib/modules/kernel/a.ko: header" one_bit lib/modules/kernel/a.ko 48
changed "different: lib/modules/kernel/d.ko: header" one_bit lib/modules/kernel/d.ko 48
changed "different: boot/vmlinux: header" one_bit boot/vmlinux 48
changed "different: usr/share/doc/readme" one_bit usr/share/doc/readme 1
changed "different: lib/modules/kernel/b.ko: C/lib/modules/kernel/b.ko: " truncate -s 40 lib/modules/kernel/b.ko
changed "different: lib/modules/kernel/b.ko: mode 0644 in A, 0600 in " chmod 600 lib/modules/kernel/b.ko
changed "different: usr/share/doc/link: link target readme in A, other in B" ln -sfn other usr/share/doc/link
changed "different: usr/share/doc/link: symbolic link in A, file in B" sed -i 's/x/x/' usr/share/doc/link
changed "only in A: usr/share/doc/readme" rm usr/share/doc/readme
changed "only in B: new" touch new
# A signature that is none.
changed "different: lib/modules/kernel/a.ko: C/lib/modules/kernel/a.ko: " \
	sh -c 'size=$(stat -c %s lib/modules/kernel/a.ko); printf "\377" | dd of=lib/modules/kernel/a.ko bs=1 seek=$((size - 35)) conv=notrunc status=none'
rm -rf C
cp -a A C
mkdir -p C/more/below
touch C/more/below/x C/more/y
expect 1 "$hashsect" compare A C
has out "only in B: more, with 3 paths below"
[ "$(grep -c 'only in B' out)" = 1 ] || fail "a folder is said once"
rm -rf C
cp -a A C
xz -d C/lib/modules/kernel/c.ko.xz
xz -1 --check=crc32 C/lib/modules/kernel/c.ko
printf 'a text' | gzip -1 > C/usr/share/doc/changelog.gz
expect 1 "$hashsect" compare A C
has out "1 module, lib/modules/kernel/c.ko.xz: compressed differently"
has out "different: usr/share/doc/changelog.gz: compressed differently"

# ---- packages of all kinds
# deb FOLDER OUT
deb()
{
	rm -rf pkg
	mkdir -p pkg/DEBIAN
	cp -a "$1/." pkg/
	# As dpkg-gencontrol counts: each file in KiB, rounded up, and 1 for whatever else there is.
	size=$(find "$1" -mindepth 1 \( -type f -printf '%s\n' -o -printf '1\n' \) | awk '{ sum += int(($1 + 1023) / 1024) } END { print sum }')
	printf 'Package: linux\nVersion: 1\nInstalled-Size: %s\nMaintainer: me <me@example.org>\nDescription: x\n' "$size" > pkg/DEBIAN/control
	(cd pkg && find boot lib usr -type f | sort | xargs md5sum > DEBIAN/md5sums && tar -cJf ../data.tar.xz ./boot ./lib ./usr &&
		tar -czf ../control.tar.gz -C DEBIAN ./control ./md5sums)
	echo 2.0 > debian-binary
	rm -f "$2"
	ar rc "$2" debian-binary control.tar.gz data.tar.xz
}

# rpm FOLDER OUT HEADER: a lead of 96 bytes, two headers, of which the second has some data, a compressed cpio archive
rpm()
{
	(cd "$1" && find . | sort | cpio -o -H newc --quiet > ../cpio)
	python3 - "$2" "$3" <<-'END'
		import gzip, sys
		start, data = bytes.fromhex("8eade80100000000"), sys.argv[2].encode()
		headers = start + bytes(8) + start + bytes(4) + len(data).to_bytes(4, "big") + data
		payload = gzip.compress(open("cpio", "rb").read(), mtime=0)
		open(sys.argv[1], "wb").write(bytes.fromhex("edabeedb03000000") + bytes(88) + headers + payload)
	END
}

for side in A B; do
	deb "$side" "$side.deb"
	tar -C "$side" --zstd -cf "$side.pkg.tar.zst" .
	tar -C "$side" -cf "$side.tar" .
	rpm "$side" "$side.rpm" header
	(cd "$side" && find . | cpio -o -H newc --quiet > "../$side.cpio")
done
for kind in deb pkg.tar.zst tar rpm cpio; do
	cp "A.$kind" "copy.$kind"
	expect 0 "$hashsect" compare "A.$kind" "copy.$kind"
	expect 3 "$hashsect" compare "A.$kind" "B.$kind"
	has out "3 modules: the trailer signature"
	has out "1 ELF file, boot/vmlinux: rule keyring"
	# With what was installed from it.
	expect 0 "$hashsect" compare "A.$kind" A
	expect 3 "$hashsect" compare B "A.$kind"
	expect 1 "$hashsect" compare --policy strict "A.$kind" "B.$kind"
done
expect 3 "$hashsect" compare A.deb B.deb
has out "equal but for the excluded bytes: in 5 of 18 paths"
has out "1 member that describes the package, DEBIAN/md5sums: checksums of such files, each that of its file"
# One side without signatures: the size that the control file says follows from that, another one does not.
cp -a B unsigned
"$hashsect" sig strip unsigned/lib/modules/kernel/[ab].ko
deb unsigned unsigned.deb
cmp -s <(dpkg-deb -f unsigned.deb Installed-Size) <(dpkg-deb -f A.deb Installed-Size) && fail "the sizes are the same"
expect 3 "$hashsect" compare A.deb unsigned.deb
has out "1 member that describes the package, DEBIAN/control: Installed-Size, by the size of such files"
expect 3 "$hashsect" compare unsigned.deb A.deb
sed -i 's/^Installed-Size: .*/Installed-Size: 77777/' pkg/DEBIAN/control
tar -czf control.tar.gz -C pkg/DEBIAN ./control ./md5sums
rm unsigned.deb
ar rc unsigned.deb debian-binary control.tar.gz data.tar.xz
expect 1 "$hashsect" compare A.deb unsigned.deb
has out "different: DEBIAN/control"

# Equal in what they hold, not as files.
tar -C A --sort=name --mtime=@1 --zstd -cf times.tar.zst .
tar -C A --sort=name --mtime=@2 -cJf other.tar.xz .
expect 0 "$hashsect" compare times.tar.zst other.tar.xz
has out "equal: 16 paths; the packages themselves are not"
if command -v xorriso > where; then
	xorriso -as mkisofs -quiet -R -o A.iso A 2> err
	expect 0 "$hashsect" compare A.iso A.iso
else
	skipped "no xorriso: images of disks"
fi

# A checksum that is not that of its file, and one of a file that is the same on both sides.
deb B wrong.deb
sed -i 's/^./0/; 1q' pkg/DEBIAN/md5sums
(cd pkg && find boot lib usr -type f | sort | xargs md5sum | sed '1s/^./z/' > DEBIAN/md5sums && tar -czf ../control.tar.gz -C DEBIAN ./control ./md5sums)
rm wrong.deb
ar rc wrong.deb debian-binary control.tar.gz data.tar.xz
expect 1 "$hashsect" compare A.deb wrong.deb
has out "different: DEBIAN/md5sums"
(cd pkg && find boot lib usr -type f | sort | xargs md5sum | sed '/readme/s/^./z/' > DEBIAN/md5sums && tar -czf ../control.tar.gz -C DEBIAN ./control ./md5sums)
rm wrong.deb
ar rc wrong.deb debian-binary control.tar.gz data.tar.xz
expect 1 "$hashsect" compare A.deb wrong.deb
has out "different: DEBIAN/md5sums"
rpm A other.rpm other
expect 1 "$hashsect" compare A.rpm other.rpm
has out "different: rpm:header"
# Owners are of packages, and of folders, not of one and the other.
tar -C A --owner=1000 --group=1000 -cf owners.tar .
expect 1 "$hashsect" compare A.tar owners.tar
has out "owner 0:0"
expect 0 "$hashsect" compare A owners.tar

# ---- hostile packages: nothing is made, and nothing of them acts on a terminal
python3 - <<-'END'
	import io, tarfile

	def tar(name, *members):
	    with tarfile.open(name, "w") as out:
	        for path, data, fields in members:
	            member = tarfile.TarInfo(path)
	            member.size = len(data)
	            for field, value in fields.items():
	                setattr(member, field, value)
	            out.addfile(member, io.BytesIO(data))

	module = open("A/lib/modules/kernel/d.ko", "rb").read()
	tar("names.tar", ("../../escaped.ko", module, {}), ("/absolute/escaped.ko", module, {}),
	    ("link", b"", {"type": tarfile.SYMTYPE, "linkname": "/etc/passwd"}),
	    ("hard.ko", b"", {"type": tarfile.LNKTYPE, "linkname": "../../escaped.ko"}),
	    ("fifo", b"", {"type": tarfile.FIFOTYPE}), ("null", b"", {"type": tarfile.CHRTYPE, "devmajor": 1, "devminor": 3}),
	    ("esc\033[2Jape.ko", module, {}), ("line\nequal: all", b"x", {}))
	tar("devices.tar", ("../../escaped.ko", module, {}), ("/absolute/escaped.ko", module, {}),
	    ("link", b"", {"type": tarfile.SYMTYPE, "linkname": "/etc/shadow"}),
	    ("hard.ko", b"", {"type": tarfile.LNKTYPE, "linkname": "../../escaped.ko"}),
	    ("fifo", b"", {"type": tarfile.FIFOTYPE}), ("null", b"", {"type": tarfile.CHRTYPE, "devmajor": 1, "devminor": 5}),
	    ("esc\033[2Jape.ko", module, {}), ("line\nequal: all", b"y", {}))
	tar("twice.tar", ("a", b"x", {}), ("./a", b"y", {}))
	tar("lost.tar", ("a", b"", {"type": tarfile.LNKTYPE, "linkname": "b"}))
	tar("loop.tar", ("a", b"", {"type": tarfile.LNKTYPE, "linkname": "a"}))
	tar("reserved.tar", ("DEBIAN/control", b"x", {}))
	# What it says of its size is more than there may be.
	header = tarfile.TarInfo("bomb")
	header.size = 3 << 30
	open("bomb.tar", "wb").write(header.tobuf() + bytes(1 << 20))
END
mkdir jail
(cd jail && expect 0 "$hashsect" compare ../names.tar ../names.tar)
[ -z "$(find . .. -maxdepth 2 -name 'escaped.ko*' 2> /dev/null)" ] || fail "something was made outside"
expect 1 "$hashsect" compare names.tar devices.tar
has out "different: link: link target /etc/passwd in A, /etc/shadow in B"
has out "different: null: device c 1:3 in A, c 1:5 in B"
has out 'different: line\x0aequal: all'
[ "$(wc -l < out)" = 7 ] || fail "lines: $(cat out)"
expect 0 "$hashsect" compare -v names.tar names.tar
! grep -q $'\033' out || fail "a terminal sequence"
refused "twice.tar: a: twice in the package" "$hashsect" compare twice.tar A.tar
refused "lost.tar: a: a hard link to no file" "$hashsect" compare lost.tar A.tar
refused "loop.tar: a: a hard link to no file" "$hashsect" compare loop.tar A.tar
refused "reserved.tar: DEBIAN/control: a name that stands for" "$hashsect" compare reserved.tar A.tar
refused "bomb.tar: " "$hashsect" compare bomb.tar A.tar
head -c 1G /dev/zero | tar --zstd -cf more.tar.zst --transform 's/.*/zeros/' /dev/stdin 2> /dev/null || true
python3 - <<-'END'
	import tarfile
	header = tarfile.TarInfo("zeros")
	header.size = (1 << 30) + 1
	with open("zeros.tar", "wb") as out:
	    out.write(header.tobuf())
	    out.truncate(512 + (1 << 30) + 1024)
END
zstd -q --rm zeros.tar -o zeros.tar.zst
refused "zeros: more than can be read from a package" "$hashsect" compare zeros.tar.zst A.tar
rm -f zeros.tar.zst more.tar.zst
for kind in deb pkg.tar.zst tar rpm cpio; do
	size=$(stat -c %s "A.$kind")
	for cut in $((size / 3)) $((size * 2 / 3)) 100; do
		head -c "$cut" "A.$kind" > "cut.$kind"
		refused "cut.$kind: " "$hashsect" compare "cut.$kind" "A.$kind"
		refused "cut.$kind: " "$hashsect" compare "A.$kind" "cut.$kind"
	done
done

# A package that holds nothing.
mkdir nothing
tar -C nothing -cf nothing.tar --files-from /dev/null
expect 0 "$hashsect" compare nothing.tar nothing.tar
has out "equal: 0 paths"
expect 1 "$hashsect" compare nothing.tar A.tar
expect 0 "$hashsect" audit nothing.tar

# ---- what it does not go with
says 2 "a folder or package is compared with another one" "$hashsect" compare A A/boot/vmlinux
says 2 "a folder or package is compared with another one" "$hashsect" compare A.deb d.ko
says 2 "two files are needed" "$hashsect" compare A
"$hashsect" digest --manifest d.ko > m.json 2> /dev/null
says 2 "a folder or package is compared with another one" "$hashsect" compare --manifest m.json A
refused "missing.deb: " "$hashsect" compare A.deb missing.deb

# ---- who waits at a terminal sees what goes on, and nobody else does
mkdir -p slow
truncate -s 900M slow/a slow/b slow/c
tar -C slow -c . | zstd -q -1 -o slow.tar.zst
# at_terminal TERM COMMAND: what a terminal gets
at_terminal()
{
	TERM=$1 script -qec "$2" /dev/null < /dev/null > out 2>&1 || fail "status $? of $2"
}
if command -v script > where; then
	at_terminal xterm "'$hashsect' compare slow.tar.zst slow.tar.zst"
	grep -qF $'reading packages: 0 of 2, 1 s\r\e[K' out || fail "no progress: $(cat -v out)"
	# It goes away before the result is said.
	tr '\r' '\n' < out | sed 's/\x1b\[K//' | grep -A 1 '^equal: ' | head -n 1 | grep -qx "equal: 4 paths" || fail "the result: $(cat -v out)"
	at_terminal xterm "'$hashsect' compare -j1 slow.tar.zst slow.tar.zst 2> err.file"
	[ ! -s err.file ] || fail "progress in a file: $(cat -v err.file)"
	at_terminal dumb "'$hashsect' compare slow.tar.zst slow.tar.zst"
	! grep -q reading out || fail "progress on a terminal that has no way back"
else
	skipped "no script: progress at a terminal"
fi
rm -r slow slow.tar.zst

echo "$passed passed"
