# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154
# changes: tree shipped
# These kernels, their modules, boot images and packages with single fields changed: no command is harmed by any.

modules=$cache/iso-rsa/modules/crypto
cp "$modules/michael_mic.ko" unsigned.ko
cp "$modules/md4.ko" signed.ko
"$cache/tree/scripts/sign-file" sha256 "$cache/tree/certs/signing_key.pem" "$cache/tree/certs/signing_key.x509" signed.ko
for compress in "xz --check=crc32" "zstd -q" gzip; do
	$compress -k signed.ko
done
strip -o vmlinux "$cache/boot/vmlinux"
cp "$cache/boot/bzImage" bzimage
files=(unsigned.ko signed.ko signed.ko.xz signed.ko.zst signed.ko.gz vmlinux bzimage)
if [[ -z $(why_not_shipped) ]]; then
	need_shipped
	cp "$shipped/vmlinuz" signed-image
	files+=(signed-image)
fi
mkdir -p package/DEBIAN package/lib
cp unsigned.ko signed.ko package/lib/
printf '%s\n' "Package: kernel" "Version: 1" "Architecture: amd64" "Maintainer: a <a@example.org>" "Description: a" >package/DEBIAN/control
dpkg-deb -Znone -b package package.deb >dpkg.log
tar -cf modules.tar package
expect 0 "commands on mutated files" python3 "$repo/tests/kernel/mutated.py" --hashsect "$hashsect" --elfsect "$elfsect" --count 3000 \
	"${files[@]}" package.deb modules.tar
note "$out"
