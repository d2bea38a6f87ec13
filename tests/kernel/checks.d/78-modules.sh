# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154
# changes: tree
# Module hashes of a real build: list, tree, proofs, what is installed, and a table in vmlinux.o that the modules prove.

readonly modules=$cache/iso-rsa/modules
readonly modules_reference=$repo/scripts/reference/modules_ref.py
names=()
while read -r name; do
	names+=("${name%.o}")
done <"$modules/modules.order"
last=${names[-1]}

# installed DIR COMMAND...: a copy of the modules as installed; the command gets the file of each.
installed() {
	local directory=$1 name
	shift
	cp -r "$modules" "$directory"
	for name in "${names[@]}"; do
		"$@" "$directory/$name.ko"
	done
}

# list_is TEXT DIR
list_is() {
	same "$1: the same list" "$("$hashsect" modules list "$2")" "$(cat list)"
}

# Modules and hashes
(cd "$modules" && sha256sum "${names[@]/%/.ko}") >list
same "there are modules" "$((${#names[@]} > 2))" 1
list_is "as sha256sum has them" "$modules"
same "the reference agrees: list" "$(python3 "$modules_reference" list "$modules")" "$(cat list)"

# Tree
expect 0 "tree" "$hashsect" modules tree "$modules" -o root --for "$cache/iso-rsa/vmlinux" --proofs proofs
expect 0 "the reference makes a tree" python3 "$modules_reference" tree "$modules" -o root.reference --endian little \
	--proofs proofs.reference
expect 0 "the reference agrees: root" cmp root root.reference
expect 0 "the reference agrees: proofs" diff -r proofs proofs.reference

# What is installed: signed by the kernel's sign-file, compressed as the kernel compresses
sign() {
	"$cache/tree/scripts/sign-file" sha256 "$cache/tree/certs/signing_key.pem" "$cache/tree/certs/signing_key.x509" "$1"
}
compress() {
	sign "$1"
	xz --check=crc32 --lzma2=dict=1MiB "$1"
}
installed signed sign
differ "sign-file changes the modules" "$(sha256_of "signed/$last.ko")" "$(sha256_of "$modules/$last.ko")"
list_is "signed" signed
installed compressed compress
list_is "signed and compressed" compressed
installed appended true
expect 0 "append" "$hashsect" modules append appended --proofs proofs
for name in "${names[@]}"; do
	same "$name: the module and its proof" "$(cat "$modules/$name.ko" "proofs/$name.merkle" | sha256sum)" \
		"$(sha256sum <"appended/$name.ko")"
done
list_is "with proofs" appended

# A table in the relocatable kernel
expect 0 "table" "$hashsect" modules list "$modules" -o table
expect 0 "inject the table" "$elfsect" inject "$cache/iso-rsa/vmlinux.o" --section .module_hashes --data table --align 32 \
	--define __start_module_hashes=start --define __stop_module_hashes=end -o with-table.o
same "the digest is that without a table" "$(digest_of with-table.o)" "$(digest_of "$cache/iso-rsa/vmlinux.o")"
for directory in "$modules" signed compressed appended; do
	expect 0 "proved by ${directory##*/}" "$hashsect" digest --require-proof --modules "$directory" with-table.o
done
files=()
for name in "${names[@]}"; do
	files+=("$modules/$name.ko" "signed/$name.ko" "compressed/$name.ko.xz")
done
expect 0 "verify: built, signed, compressed" "$hashsect" modules verify with-table.o "${files[@]}"

# Stripped modules
installed stripped strip --strip-debug
expect 1 "stripped modules do not prove the table" "$hashsect" digest --modules stripped with-table.o
out_says "the first is named" "entry 0 is not the hash of stripped/${names[0]}.ko"
expect 1 "verify refuses a stripped module" "$hashsect" modules verify with-table.o "stripped/$last.ko"
out_says "and says why" "-ENOKEY: not in the table of ${#names[@]} modules; it looks stripped"
expect 2 "append refuses stripped modules" "$hashsect" modules append stripped --proofs proofs
out_says "and says why" "it looks stripped"
expect 0 "what is installed stripped is hashed stripped" "$hashsect" modules list stripped -o table.stripped
expect 0 "fill in that table" "$elfsect" inject with-table.o --section .module_hashes --data table.stripped -o for-stripped.o
expect 0 "and the stripped module passes" "$hashsect" modules verify for-stripped.o "stripped/$last.ko"
