# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154
# Every module of Debian's current cloud kernel, as it is shipped.

readonly meta=linux-image-cloud-amd64

# The meta package depends on one image; it is kept beside the test kernels.
package=$(apt-cache depends --no-recommends --no-suggests "$meta" | sed -n 's/^ *Depends: \(linux-image-[0-9].*\)/\1/p' | head -n 1)
[[ -n $package ]] || die "apt knows no $meta"
version=$(apt-cache policy "$package" | sed -n 's/^ *Candidate: //p')
downloads=${cache%/*}/debian
deb=$downloads/${package}_${version//:/%3a}_amd64.deb
if [[ ! -f $deb ]]; then
	mkdir -p "$downloads"
	rm -f "$downloads"/*.deb
	mkdir download
	(cd download && apt-get -q download "$package=$version" >apt.log 2>&1) || die "apt-get cannot download $package: $(cat download/apt.log)"
	mv download/*.deb "$deb"
fi
note "$package $version"
dpkg-deb -x "$deb" image
mapfile -t modules < <(cd image && find . \( -name '*.ko' -o -name '*.ko.[gxz]*' \) | sort)
if [[ ${#modules[@]} -ge 1000 ]]; then
	ok "there are ${#modules[@]} modules"
else
	not_ok "there are ${#modules[@]} modules"
fi

expect 0 "an audit of the package finds nothing wrong" "$hashsect" audit "$deb"
out_says "every module is signed by the key in the boot image" "modules: ${#modules[@]}, ${#modules[@]} verified by a certificate below"
out_says "nothing is an error or a warning" "OK: 0 errors, 0 warnings, "

cd image || exit
expect 0 "every module has a digest" "$hashsect" digest -q "${modules[@]}"
before=$out
same "every module has a digest: all lines" "$(wc -l <<<"$before")" "${#modules[@]}"

expect 0 "every trailer is parsed" sh -c '"$@" >../layers.json' sh "$hashsect" sig show --json "${modules[@]}"
python3 - "${#modules[@]}" >../signers <<'END'
import json, sys
files = json.load(open("../layers.json"))["files"]
assert len(files) == int(sys.argv[1])
signers = set()
for f in files:
    trailers = [l for l in f["layers"] if l["kind"] not in ("gzip", "xz", "zstd")]
    assert [t["kind"] for t in trailers] == ["signature"], f["path"]
    signers.add(json.dumps(trailers[0]["signature"], sort_keys=True))
for s in signers:
    print(s)
END
same "one signer of all modules" "$(wc -l <../signers)" 1
note "$(cat ../signers)"

# Stripped to uncompressed files, where they are compressed; all at once where they are not.
compressed=0
for module in "${modules[@]}"; do
	if [[ $module != *.ko ]]; then
		"$hashsect" sig strip "$module" -o "${module%.*}"
		compressed=$((compressed + 1))
	fi
done
if [[ $compressed == 0 ]]; then
	expect 0 "strip every module" "$hashsect" sig strip "${modules[@]}"
fi
mapfile -t plain < <(printf '%s\n' "${modules[@]}" | sed 's/\.ko\..*/.ko/')
expect 0 "digest of every stripped module" "$hashsect" digest -q "${plain[@]}"
same "the digests before and after sig strip are equal" "$(cut -d ' ' -f 1 <<<"$before")" "$(cut -d ' ' -f 1 <<<"$out")"
expect 1 "every module is unsigned now" "$hashsect" sig verify --certificates "$cache/iso-rsa/signing_key.x509" "${plain[@]}"
same "every module is unsigned now: all lines" "$(grep -c ': unsigned: ' <<<"$out")" "${#modules[@]}"

# Signatures, and the certificates that they are by, are in the package itself: with them every file is what it was.
dpkg-deb -x "$deb" ../official
# equal_files: how many modules, and boot images, are those of the package
equal_files() {
	local module count=0
	for module in "${modules[@]}"; do
		case $module in
		*.ko) cmp -s "$module" "../official/$module" && count=$((count + 1)) ;;
		*.xz) cmp -s "${module%.xz}" <(xz -dc "../official/$module") && count=$((count + 1)) ;;
		*.zst) cmp -s "${module%.zst}" <(zstd -dc "../official/$module") && count=$((count + 1)) ;;
		esac
	done
	cmp -s boot/vmlinuz-* ../official/boot/vmlinuz-* && count=$((count + 1))
	echo "$count"
}
"$hashsect" sig strip boot/vmlinuz-* 2>../strip-notes
same "without signatures no file is the one of the package" "$(equal_files)" 0
expect 0 "signatures and certificates are collected from the package" "$hashsect" sig collect -o ../store "$deb"
out_says "all of them" "signatures: modules ${#modules[@]}, images 1; certificates "
expect 0 "and attached" "$hashsect" sig attach --from ../store --require "${plain[@]}" boot/vmlinuz-*
out_says "to every file" "$((${#modules[@]} + 1)) files: attached to $((${#modules[@]} + 1))"
same "every file is the one of the package" "$(equal_files)" $((${#modules[@]} + 1))
