#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# cli_graft.sh HASHSECT ELFSECT MKELF: an official build, a rebuild with another key or none, and the one put onto the other.
set -euo pipefail

hashsect=$1
elfsect=$2
mkelf=$3
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/cli.sh
. "$here/../cli.sh"
# shellcheck source=tests/slot.sh
. "$here/../slot.sh"

same()
{
	cmp "$1" "$2" || fail "$1 and $2 differ"
	passed=$((passed + 1))
}

for key in official other; do
	openssl req -x509 -newkey rsa:2048 -nodes -keyout "$key.key" -out "$key.crt" -subj "/CN=Key $key" -days 3650 2> /dev/null
	openssl x509 -in "$key.crt" -outform DER -out "$key.der"
done
[ "$(stat -c %s official.der)" -gt "$(stat -c %s other.der)" ] || fail "the length of the certificates"

# sign KEY FILE
sign()
{
	openssl cms -sign -binary -noattr -nocerts -nosmimecap -md sha256 -outform DER -signer "$1.crt" -inkey "$1.key" -in "$2" -out p7s
	"$hashsect" sig attach "$2" --signature p7s
}

# kernel KEY BUILD-ID OUT: a linked kernel with a certificate in the list, and room for another
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
	ld -m elf_x86_64 "--build-id=0x$2" -e _start -o "$3" a.o
	"$elfsect" keyring add "$3" "$1.crt" > /dev/null 2>&1
}

id=0123456789abcdef0123456789abcdef01234567
mkdir -p official/lib/modules official/boot
for name in a b c; do
	"$mkelf" keyring-absent-64le "official/lib/modules/$name.ko"
	echo "$name" >> "official/lib/modules/$name.ko"
done
printf 'a text' > official/readme
printf '\37\213 not gzip' > official/changelog.gz
ln -s readme official/link
PYTHONPATH=$here python3 - <<-'END'
	import pe_files as pe
	open("official/boot/vmlinuz", "wb").write(pe.make())
END
cp -r official rebuilt
kernel official "$id" official/boot/vmlinux
kernel other "$(tr 0-9 1-9a <<< "$id")" rebuilt/boot/vmlinux
for name in a b c; do
	sign official "official/lib/modules/$name.ko"
done
xz --check=crc32 official/lib/modules/c.ko
xz -1 --check=crc32 rebuilt/lib/modules/c.ko
PYTHONPATH=$here python3 - <<-'END'
	import pe_files as pe
	data = open("official/boot/vmlinuz", "rb").read()
	signer = pe.Signer(".", "Boot")
	open("official/boot/vmlinuz", "wb").write(pe.attach(data, pe.entry(pe.message(signer, pe.digest(data, padded=True)))))
END
chmod 640 rebuilt/lib/modules/a.ko

# ---- a folder: everything is equal afterwards. The key of the modules is in the kernel that lies beside them.
cp -r rebuilt before
expect 0 "$hashsect" graft --from official rebuilt -o out1
has out "equal to the official files: 7"
has out "4: signature put on"
has out "1: certificates put in"
has out "1: build-id put in"
has out "1: compressed as the official file, equal in what is inside"
rm official/link
expect 0 diff -r official out1
[ "$(stat -c %a out1/lib/modules/a.ko)" = 640 ] || fail "another mode"
rm -f before/link rebuilt/link
expect 0 diff -r before rebuilt
refused "out1: it is there already" "$hashsect" graft --from official rebuilt -o out1

# ---- single files
for name in lib/modules/a.ko lib/modules/b.ko; do
	# Nobody knows the certificate: it was in the kernel.
	expect 1 "$hashsect" graft --from "official/$name" "rebuilt/$name" -o one
	has out "NOT EQUAL: 1 of 1 files"
	[ ! -e one ] || fail "written all the same"
	expect 1 "$hashsect" graft --certificates other.crt --from "official/$name" "rebuilt/$name" -o one
	expect 0 "$hashsect" graft --certificates official.crt --from "official/$name" "rebuilt/$name" -o one
	same one "official/$name"
	rm one
	expect 0 "$hashsect" graft --keyring official/boot/vmlinux --from "official/$name" "rebuilt/$name" -o one
	same one "official/$name"
	rm one
done
expect 0 "$hashsect" graft --from official/boot/vmlinux rebuilt/boot/vmlinux -o one
same one official/boot/vmlinux
rm one
expect 0 "$hashsect" graft -v --from official/boot/vmlinuz rebuilt/boot/vmlinuz -o one
has out "vmlinuz: equal, signature put on"
same one official/boot/vmlinuz
rm one
expect 0 "$hashsect" graft --json --from official/boot/vmlinux rebuilt/boot/vmlinux -o one
python3 - out <<-'END' || fail "JSON of graft"
	import json, sys
	report = json.load(open(sys.argv[1]))
	assert report == {"schema": 1, "files": [{"path": "vmlinux", "status": "equal", "signature": False, "certificates": True,
	                                          "build_id": True, "compression": False}]}, report
END
rm one

# ---- one bit of code: loud, and not written
# flip FILE OFFSET
flip()
{
	python3 - "$1" "$2" <<-'END'
		import sys
		data = bytearray(open(sys.argv[1], "rb").read())
		data[int(sys.argv[2])] ^= 1
		open(sys.argv[1], "wb").write(data)
	END
}
# other WORDS FILE: the file alone is not equal
other()
{
	rm -rf out2
	expect 1 "$hashsect" graft --from official changed -o out2
	has out "NOT EQUAL: 1 of 7 files; equal: 6"
	has out "$1"
	[ ! -e "out2/$2" ] || fail "$2 was written"
	[ "$(find out2 -type f | wc -l)" = 6 ] || fail "not the others: $(find out2)"
}
for file in lib/modules/a.ko boot/vmlinuz; do
	rm -rf changed
	cp -r rebuilt changed
	flip "changed/$file" 700
	other "these are not the bytes that were signed, and a signature cannot be made valid for others" "$file"
done
rm -rf changed
cp -r rebuilt changed
unxz changed/lib/modules/c.ko.xz
flip changed/lib/modules/c.ko 200
xz --check=crc32 changed/lib/modules/c.ko
other "a signature cannot be made valid for others" lib/modules/c.ko.xz
rm -rf changed
cp -r rebuilt changed
flip changed/boot/vmlinux "$(grep -abo 'code of the kernel' changed/boot/vmlinux | cut -d : -f 1)"
other "boot/vmlinux: not equal: offset 0x" boot/vmlinux
for file in readme changelog.gz; do
	rm -rf changed
	cp -r rebuilt changed
	flip "changed/$file" 3
	other "$file: not equal: offset 0x3: other bytes than in the official file" "$file"
done

# ---- signed already, even by the very signature; files on one side only
rm -rf changed
cp -r rebuilt changed
sign other changed/lib/modules/a.ko
other "a.ko: refused: it has a signature already: a rebuild has none" lib/modules/a.ko
cp official/lib/modules/a.ko changed/lib/modules/a.ko
other "a.ko: refused: it has a signature already: a rebuild has none" lib/modules/a.ko
cp official/boot/vmlinuz changed/boot/vmlinuz
cp rebuilt/lib/modules/a.ko changed/lib/modules/a.ko
other "vmlinuz: refused: it has a signature already" boot/vmlinuz
rm -rf changed out2
cp -r rebuilt changed
rm changed/readme
printf '\37\213 new' > changed/new
expect 1 "$hashsect" graft --from official changed -o out2
has out "NOT EQUAL: 2 of 8 files; equal: 6"
has out "readme: only in the official build"
has out "new: not equal: there is no official file of this name"

# ---- a certificate that does not fit
rm -rf big
"$elfsect" keyring remove --all official/boot/vmlinux > /dev/null 2>&1
"$elfsect" keyring add official/boot/vmlinux official.crt other.crt > /dev/null 2>&1
expect 0 "$hashsect" graft --from official/boot/vmlinux rebuilt/boot/vmlinux -o big
same big official/boot/vmlinux

refused "a file is grafted from a file, and a folder from a folder" "$hashsect" graft --from official rebuilt/readme -o x
refused "No such file" "$hashsect" graft --from missing rebuilt -o x
refused "--from" "$hashsect" graft rebuilt -o x
[ -z "$(find . -name '.elfsect-*' -o -name 'hashsect-*')" ] || fail "temporary files are left"
echo "ok - $passed checks"
