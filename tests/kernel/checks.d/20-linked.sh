# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154
# The linked kernel, with and without what is not loaded.

for variant in "${variants[@]}"; do
	for scope in file loaded; do
		expect 0 "$variant: digest of vmlinux, scope $scope" \
			"$hashsect" digest --scope "$scope" "$cache/$variant/vmlinux"
	done
	objcopy -S "$cache/$variant/vmlinux" stripped
	same "$variant: --scope loaded is the same for the stripped vmlinux" \
		"$(digest_of "$cache/$variant/vmlinux" --scope loaded --policy strict)" \
		"$(digest_of stripped --scope loaded --policy strict)"
	expect 2 "$variant: the linux policy refuses the stripped vmlinux, which does not show what it lacks" \
		"$hashsect" digest stripped
done

first=$cache/stock-rsa1/vmlinux
second=$cache/stock-rsa2/vmlinux
differ "two RSA keys: sha256 of vmlinux differs" "$(sha256_of "$first")" "$(sha256_of "$second")"
same "two RSA keys: one digest of vmlinux" "$(digest_of "$first")" "$(digest_of "$second")"
same "two RSA keys: one digest of vmlinux, scope loaded" \
	"$(digest_of "$first" --scope loaded)" "$(digest_of "$second" --scope loaded)"
expect 3 "two RSA keys: compare of vmlinux exits 3" "$hashsect" compare "$first" "$second"
out_says "compare lists the build-id" build-id
differ "RSA and ECDSA: digests of vmlinux differ" \
	"$(digest_of "$cache/iso-rsa/vmlinux")" "$(digest_of "$cache/iso-ecdsa/vmlinux")"
