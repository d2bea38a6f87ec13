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

# Maps, the note that carries one, and the stripped file.
for variant in iso-rsa stock-rsa1; do
	vmlinux=$cache/$variant/vmlinux
	"$hashsect" policy resolve "$vmlinux" -o ours.map
	python3 "$reference" map "$vmlinux" >reference.map
	expect 0 "the reference agrees: map of $variant/vmlinux" cmp ours.map reference.map
	"$hashsect" policy resolve --embed "$vmlinux" -o noted
	objcopy -S "$vmlinux" stripped
	objcopy -S noted stripped-noted
	agree stripped --map ours.map
	agree noted
	agree stripped-noted
	for file in stripped stripped-noted; do
		same "the reference: $file of $variant/vmlinux has the digest of the whole one, scope loaded" \
			"$(digest_with "python3 $reference" "$file" --scope loaded --map ours.map)" \
			"$(digest_of "$vmlinux" --scope loaded)"
	done
done

# Modules: the tree over all of them, and what is around one.
modules_reference=${reference%/*}/modules_ref.py
cp -r "$cache/iso-rsa/modules" copy
"$hashsect" modules tree copy --endian little -o ours.root --proofs ours.proofs >/dev/null
python3 "$modules_reference" tree copy --endian little -o reference.root --proofs reference.proofs >/dev/null
expect 0 "the reference agrees: Merkle root of $(wc -l <copy/modules.order) modules" cmp ours.root reference.root
expect 0 "the reference agrees: their proofs" diff -r ours.proofs reference.proofs
module=copy/$(sed 's/\.o$/.ko/; q' copy/modules.order)
agree "$module"
gzip -k "$module"
xz -k --check=crc32 --lzma2=dict=1MiB "$module"
agree "$module.gz"
agree "$module.xz"
