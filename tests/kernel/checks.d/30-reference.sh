# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154
# The implementation in Python agrees.

# agree FILE [OPTION...]
agree() {
	local file=$1
	shift
	same "the reference agrees: ${file#"$cache"/}${*:+ $*}" \
		"$(digest_with "python3 $reference" "$file" "$@")" "$(digest_of "$file" "$@")"
}

for variant in "${variants[@]}"; do
	agree "$cache/$variant/vmlinux.o"
	agree "$cache/$variant/vmlinux"
done
for file in "$cache/iso-rsa/vmlinux.o" "$cache/stock-ecdsa/vmlinux.o" "$cache/iso-rsa/vmlinux"; do
	agree "$file" --scope loaded
	agree "$file" --policy strict
done

"$hashsect" dump "$cache/iso-rsa/vmlinux.o" >ours.dump
python3 "$reference" dump "$cache/iso-rsa/vmlinux.o" >reference.dump
expect 0 "the reference agrees: dump of iso-rsa/vmlinux.o" cmp ours.dump reference.dump
