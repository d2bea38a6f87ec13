# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154
# Signed boot images as Debian ships them for amd64 and arm64: boot loaders, firmware updaters, kernels. What pesign,
# sbsigntool and osslsigncode say of them, and what we do.

readonly downloads=${cache%/*}/debian-boot

for program in pesign sbverify sbattach osslsigncode; do
	command -v "$program" >/dev/null || { echo "skipped: $program is missing: boot images are not compared with it"; }
done

# apt_of ARCHITECTURE: an apt with lists of its own, from the mirrors of Debian that this machine uses.
apt_of() {
	local dir=$downloads/apt-$1
	mkdir -p "$dir"/{lists/partial,cache/archives/partial,etc/preferences.d}
	: >"$dir/status"
	apt-get indextargets --format '$(ORIGIN) $(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' |
		awk -v options="arch=$1 signed-by=/usr/share/keyrings/debian-archive-keyring.gpg" \
			'$1 == "Debian" { print "deb [" options "] " $2, $3, $4 }' | sort -u >"$dir/etc/sources.list"
	[[ -s $dir/etc/sources.list ]] || return 1
	apt_options=(-q -o "APT::Architecture=$1" -o "APT::Architectures=$1" -o "Dir::State=$dir" -o "Dir::State::status=$dir/status"
		-o "Dir::Cache=$dir/cache" -o "Dir::Etc=$dir/etc" -o "Dir::Etc::SourceList=$dir/etc/sources.list"
		-o "Dir::Etc::SourceParts=/dev/null" -o "Dir::Etc::trusted=/etc/apt/trusted.gpg"
		-o "Dir::Etc::trustedparts=/etc/apt/trusted.gpg.d" -o "APT::Sandbox::User=root")
	apt-get "${apt_options[@]}" update >"$dir/log" 2>&1
}

# fetch ARCHITECTURE PACKAGE: into ARCHITECTURE/PACKAGE, from the downloads that are kept; says what it skips.
fetch() {
	local arch=$1 package=$2 version deb
	version=$(apt-cache "${apt_options[@]}" policy "$package" 2>/dev/null | sed -n 's/^ *Candidate: //p')
	if [[ -z $version || $version == "(none)" ]]; then
		echo "skipped: apt knows no $package for $arch"
		return 0
	fi
	deb=$(compgen -G "$downloads/${package}_${version//:/%3a}_*.deb" | head -n 1) || true
	if [[ -z $deb ]]; then
		(cd "$downloads" && apt-get "${apt_options[@]}" download "$package=$version" >"apt-$arch/log" 2>&1) || {
			echo "skipped: apt cannot download $package for $arch"
			return 0
		}
		deb=$(compgen -G "$downloads/${package}_${version//:/%3a}_*.deb" | head -n 1)
	fi
	mkdir -p "$arch/$package"
	dpkg-deb -x "$deb" "$arch/$package"
	note "$arch: $package $version"
}

# digest_by COMMAND...: the first SHA-256 that it prints, in lower case.
digest_by() {
	"$@" 2>/dev/null | grep -ioE '[0-9a-f]{64}' | head -n 1 | tr A-F a-f
}

# The digest that others compute.
check_digest() {
	local file=$1 name=$2 digest
	digest=$("$hashsect" digest --authenticode "$file" 2>&1 | head -n 1 | grep -oE '[0-9a-f]{64}') || digest="none"
	if command -v pesign >/dev/null; then
		same "$name: the digest of pesign" "$(digest_by pesign -h -i "$file")" "$digest"
	fi
}

# strip, extract, attach; what sbattach and pesign make of it but for CheckSum, where we do as they do.
check_removal() {
	local file=$1 name=$2
	expect 0 "$name: sig strip" "$hashsect" sig strip -o bare "$file"
	expect 0 "$name: sig extract --trailer" "$hashsect" sig extract --trailer -o table "$file"
	if [[ $out == *"--checksum"* ]]; then
		expect 0 "$name: sig attach" "$hashsect" sig attach --trailer table --checksum "$(grep -oE '0x[0-9a-f]+$' <<<"${out%\'}")" \
			-o again bare
	else
		expect 0 "$name: sig attach" "$hashsect" sig attach --trailer table -o again bare
	fi
	expect 0 "$name: is the signed file again" cmp again "$file"
	# One signature: of several sbattach and pesign take one off.
	[[ $("$hashsect" sig show "$file" 2>&1) == *" 1 PE signature,"* ]] || return 0
	if command -v sbattach >/dev/null; then
		cp "$file" theirs
		chmod u+w theirs
		if sbattach --remove theirs >/dev/null 2>&1; then
			"$hashsect" sig strip --checksum recompute -o ours "$file" 2>/dev/null
			expect 0 "$name: sbattach --remove makes the same, CheckSum recomputed" cmp theirs ours
		else
			echo "skipped: sbattach does not take $name"
		fi
	fi
	if command -v pesign >/dev/null; then
		rm -f theirs
		if pesign -r -u 0 -i "$file" -o theirs >/dev/null 2>&1; then
			"$hashsect" sig strip --checksum keep -o ours "$file" 2>/dev/null
			# The offset of the table, which pesign leaves in its directory entry, was 0 in the unsigned file.
			clear_table_offset theirs
			expect 0 "$name: pesign -r makes the same, CheckSum kept" cmp theirs ours
		else
			echo "skipped: pesign does not take the signature off $name"
		fi
	fi
	if command -v osslsigncode >/dev/null; then
		same "$name: the digest of osslsigncode" \
			"$(osslsigncode verify -in "$file" 2>&1 | sed -n 's/^Calculated message digest *: *\([0-9A-F]*\).*/\1/p' | tr A-F a-f)" \
			"$("$hashsect" digest --authenticode "$file" | grep -oE '[0-9a-f]{64}')"
	fi
}

clear_table_offset() {
	python3 - "$repo/tests/hashsect" "$1" <<'END'
import sys
sys.path.insert(0, sys.argv[1])
import pe_files
data = bytearray(open(sys.argv[2], "rb").read())
entry = pe_files.Layout(data).entry
data[entry:entry + 4] = bytes(4)
open(sys.argv[2], "wb").write(data)
END
}

# Debian's authority: what sbverify says. Where a certificate above the signer's is in the message, and the one that it
# names is not, sbverify takes the file with any certificate (UEFI 2.10, section 32.5.3.3, wants a chain to one that is
# known): then it has no say.
check_verdict() {
	local file=$1 name=$2 status=0
	command -v sbverify >/dev/null || return 0
	if sbverify --cert nobody.crt "$file" >/dev/null 2>&1; then
		expect 1 "$name: sig verify does not take what sbverify takes with anybody's certificate" \
			"$hashsect" sig verify --certificates nobody.x509 "$file"
		return
	fi
	sbverify --cert ca.pem "$file" >sbverify.log 2>&1 || status=$?
	expect "$((status != 0))" "$name: sig verify says what sbverify says ($status)" "$hashsect" sig verify --certificates ca.pem "$file"
}

# A gap between sections: what firmware hashes, and pesign and sbsign with it, leaves the gap out and has other bytes twice
# (what is left behind the last section is counted from the sum of what was hashed). By the specification that is right,
# and osslsigncode, which hashes all bytes in a row, is wrong. Nobody signed what is in the gap: the file is refused.
check_gap() {
	local file=$1 name=$2
	[[ $("$hashsect" digest --authenticode "$file" 2>&1) == *": a gap before section"* ]] || return 1
	expect 2 "$name: has a gap between sections, no digest" "$hashsect" digest --authenticode "$file"
	expect 1 "$name: and is not good" "$hashsect" sig verify --certificates ca.pem "$file"
	if command -v osslsigncode >/dev/null && command -v pesign >/dev/null; then
		differ "$name: pesign and osslsigncode do not agree on it either" "$(digest_by pesign -h -i "$file")" \
			"$(osslsigncode verify -in "$file" 2>&1 | sed -n 's/^Calculated message digest *: *\([0-9A-F]*\).*/\1/p' | tr A-F a-f)"
	fi
}

check_file() {
	if check_gap "$1" "$2"; then
		return 0
	fi
	check_digest "$1" "$2"
	if [[ $("$hashsect" sig verify --certificates ca.pem "$1" 2>&1) == *": unsigned: "* ]]; then
		return 0
	fi
	check_removal "$1" "$2"
	check_verdict "$1" "$2"
}

# check_pair SIGNED UNSIGNED NAME: the one without its signature is the other.
check_pair() {
	[[ -f $1 && -f $2 ]] || return 0
	expect 0 "$3: sig strip with the unsigned file as reference" "$hashsect" sig strip --checksum "from=$2" -o bare "$1"
	expect 0 "$3: is the unsigned file" cmp bare "$2"
}

new_key nobody rsa:2048 nobody
for arch in amd64 arm64; do
	case $arch in
	amd64) efi=x64 grub=x86_64 flavour=cloud-amd64 ;;
	arm64) efi=aa64 grub=arm64 flavour=cloud-arm64 ;;
	esac
	if ! apt_of "$arch"; then
		echo "skipped: apt has no lists for $arch: $(tail -n 1 "$downloads/apt-$arch/log" 2>/dev/null)"
		continue
	fi
	kernel=$(apt-cache "${apt_options[@]}" depends --no-recommends --no-suggests "linux-image-$flavour" |
		sed -n 's/^ *Depends: \(linux-image-[0-9].*\)/\1/p' | head -n 1)
	for package in shim-signed shim-unsigned "grub-efi-$arch-signed" "grub-efi-$arch-bin" systemd-boot-efi "fwupd-$arch-signed" \
		fwupd-unsigned "$kernel" "$kernel-unsigned"; do
		fetch "$arch" "$package"
	done
	[[ -f ca.pem ]] || openssl x509 -inform DER -in "$arch/shim-unsigned/usr/share/shim/debian-uefi-ca.der" -out ca.pem
	mapfile -t files < <(find "$arch" -type f \( -name '*.efi' -o -name '*.efi.signed' -o -name '*.efi.stub' -o -name 'vmlinuz-*' \) | sort)
	if [[ ${#files[@]} -ge 8 ]]; then
		ok "$arch: ${#files[@]} boot images"
	else
		not_ok "$arch: ${#files[@]} boot images"
	fi
	for file in "${files[@]}"; do
		check_file "$file" "${file#*/}"
	done
	check_pair "$arch/shim-signed/usr/lib/shim/shim$efi.efi.signed" "$arch/shim-unsigned/usr/lib/shim/shim$efi.efi" "$arch: shim"
	for name in grub grubnet gcd; do
		check_pair "$arch/grub-efi-$arch-signed/usr/lib/grub/$grub-efi-signed/$name$efi.efi.signed" \
			"$arch/grub-efi-$arch-bin/usr/lib/grub/$grub-efi/monolithic/$name$efi.efi" "$arch: $name"
	done
	check_pair "$arch/fwupd-$arch-signed/usr/libexec/fwupd/efi/fwupd$efi.efi.signed" \
		"$arch/fwupd-unsigned/usr/libexec/fwupd/efi/fwupd$efi.efi" "$arch: fwupd"
	signed=$(compgen -G "$arch/$kernel/boot/vmlinuz-*") || continue
	unsigned=$(compgen -G "$arch/$kernel-unsigned/boot/vmlinuz-*") || continue
	check_pair "$signed" "$unsigned" "$arch: kernel"
	expect 0 "$arch: kernel: sig strip alone" "$hashsect" sig strip -o bare "$signed"
	expect 0 "$arch: kernel: is the unsigned file" cmp bare "$unsigned"
done

# ---- the kernel inside is that of the debug package
apt_of amd64 || return 0
kernel=$(apt-cache "${apt_options[@]}" depends --no-recommends --no-suggests linux-image-cloud-amd64 |
	sed -n 's/^ *Depends: \(linux-image-[0-9].*\)/\1/p' | head -n 1)
fetch amd64 "$kernel-dbg"
signed=$(compgen -G "amd64/$kernel/boot/vmlinuz-*") || return 0
debug=amd64/$kernel-dbg/usr/lib/debug/boot/${signed##*/}
debug=${debug/vmlinuz-/vmlinux-}
[[ -f $debug ]] || return 0
expect 2 "kernel: without a map no digest under policy linux" "$hashsect" digest "$signed"
out_says "kernel: the remedy is named" "--map"
expect 0 "kernel: a map of the debug vmlinux" "$hashsect" policy resolve -o map "$debug"
expected=$(digest_of "$debug" --scope loaded)
same "kernel: vmlinuz has the digest of the debug vmlinux" "$(digest_of "$signed" --scope loaded --map map)" "$expected"
same "kernel: the unsigned vmlinuz too" "$(digest_of "amd64/$kernel-unsigned/boot/${signed##*/}" --scope loaded --map map)" "$expected"
expect 3 "kernel: signed and unsigned are equal but for the signature" "$hashsect" compare --map map "$signed" \
	"amd64/$kernel-unsigned/boot/${signed##*/}"
expect 0 "kernel: the reference takes it" python3 "$reference" digest --scope loaded --map map "$signed"
same "kernel: and prints the same digest" "${out%% *}" "$expected"
