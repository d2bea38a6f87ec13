# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154
# Maps: vmlinux, its stripped copies and what is compressed into the kernel image have one digest of what is loaded.

for variant in "${variants[@]}"; do
	vmlinux=$cache/$variant/vmlinux
	expect 0 "$variant: policy resolve" "$hashsect" policy resolve "$vmlinux" -o "$variant.map"
	loaded=$(digest_of "$vmlinux" --scope loaded)
	same "$variant: the map names the digest of vmlinux" "$(sed -n 's/^digest //p' "$variant.map")" "$loaded"
	objcopy -S "$vmlinux" stripped
	objcopy -R .comment -S "$vmlinux" payload # as arch/x86/boot/compressed/Makefile makes vmlinux.bin
	for file in "$vmlinux" stripped payload; do
		same "$variant: with the map, ${file##*/} has the digest of vmlinux, scope loaded" \
			"$(digest_of "$file" --scope loaded --map "$variant.map")" "$loaded"
	done

	cp "$vmlinux" noted
	expect 0 "$variant: policy resolve --embed" "$hashsect" policy resolve --embed noted
	expect 0 "$variant: elfsect check of vmlinux with its map" "$elfsect" check noted
	same "$variant: the note does not change the digest, scope file" "$(digest_of noted)" "$(digest_of "$vmlinux")"
	expect 3 "$variant: compare exits 3 where one file has a note" "$hashsect" compare "$vmlinux" noted
	differ "$variant: the file is another one" "$(sha256_of noted)" "$(sha256_of "$vmlinux")"
	cp noted again
	expect 0 "$variant: policy resolve --embed again" "$hashsect" policy resolve --embed again
	expect 0 "$variant: the second time changes nothing" cmp noted again
	same "$variant: the segments are the same" "$(readelf -lW noted 2>&1)" "$(readelf -lW "$vmlinux" 2>&1)"
	objcopy -S noted noted.stripped
	objcopy -R .comment -S noted noted.payload
	strip -o noted.strip noted
	for file in noted.stripped noted.payload noted.strip; do
		expect 0 "$variant: $file kept the note" "$elfsect" extract --section .gnu.warning.hashsect -o note "$file"
		same "$variant: $file has the digest of vmlinux, scope loaded, without --map" \
			"$(digest_of "$file" --scope loaded)" "$loaded"
	done
done

same "two RSA keys: one digest of what is loaded, by the maps" "$(digest_of "$cache/stock-rsa1/vmlinux" --scope loaded)" \
	"$(sed -n 's/^digest //p' stock-rsa2.map)"
expect 0 "two RSA keys: one map" cmp stock-rsa1.map stock-rsa2.map
objcopy -S "$cache/stock-rsa1/vmlinux" stripped
same "two RSA keys: the map of one for the other, stripped" "$(digest_of stripped --scope loaded --map stock-rsa2.map)" \
	"$(digest_of "$cache/stock-rsa1/vmlinux" --scope loaded)"

expect 2 "the map of another build is refused" "$hashsect" digest --map iso-rsa.map stripped
expect 2 "the map of another build is refused for the unstripped file" \
	"$hashsect" digest --map iso-rsa.map "$cache/stock-rsa1/vmlinux"
expect 2 "the map of a stock build is refused for an isolated one" \
	"$hashsect" digest --map stock-rsa1.map "$cache/iso-rsa/vmlinux"
expect 2 "keys of two lengths: the map of one is refused for the other" \
	"$hashsect" digest --map stock-ecdsa.map "$cache/stock-rsa1/vmlinux"
expect 2 "without a map the stripped vmlinux is refused" "$hashsect" digest --scope loaded stripped
out_says "and the message says how to get one" "hashsect policy resolve"
expect 2 "vmlinux.o has no map" "$hashsect" policy resolve "$cache/stock-rsa1/vmlinux.o"
