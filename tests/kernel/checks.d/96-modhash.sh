# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154
# changes: modhash
# Kernels with samples/kernel/modhash: the hashes go in after the link, and then the kernel says of every kind of module
# file what it should, and what "hashsect modules verify" says.

sample=$repo/samples/kernel/modhash
source=$cache/source-modhash

# ---- the script that adds the sample to a tree

# tree_state: every file with its inode and time.
tree_state() {
	find "$source" -printf '%P %i %T@ %s\n' | sort
}

before=$(tree_state)
expect 0 "add-to-tree again" "$sample/add-to-tree" "$source"
same "it changes nothing" "$(tree_state | sha256sum)" "$(sha256sum <<<"$before")"
same "it has added a directory and lines to three files" "$(diff -rq --no-dereference "$cache/source" "$source")" \
	"Files $cache/source/include/linux/lsm_count.h and $source/include/linux/lsm_count.h differ
Files $cache/source/security/Kconfig and $source/security/Kconfig differ
Files $cache/source/security/Makefile and $source/security/Makefile differ
Only in $source/security: modhash"
same "it has changed no line" "$(diff -r --no-dereference "$cache/source" "$source" | grep -c '^<' || true)" 0

expect 0 "the kernel's style" "$source/scripts/checkpatch.pl" --no-tree --terse --strict \
	--ignore UNDOCUMENTED_SETUP,LINUX_VERSION_CODE,CONSTANT_COMPARISON \
	-f "$source"/security/modhash/{Kconfig,Makefile,*.[chS]}

# ---- the hashes: five modules are listed, the sixth is not

cp -r "$cache/modhash/modules" listed
grep -v crc-ccitt "$cache/modhash/modules/modules.order" >listed/modules.order
expect 0 "modules tree" "$hashsect" modules tree listed -o root --for "$cache/modhash/vmlinux" --proofs proofs
expect 0 "modules append" "$hashsect" modules append --proofs proofs listed -o appended
expect 0 "modules list" "$hashsect" modules list listed -o table
key=$cache/modhash/signing_key.pem
"$repo/tests/kernel/module_files.py" files --modules listed --proofs proofs \
	--sign "$cache/modhash/sign-file sha512 $key $key" >expected
# The kernel gets the file as it is, the tool looks through compression.
xz -c --check=crc32 <files/good.ko >good.ko.xz

# As they are installed: the same root and the same modules.
expect 0 "modules_install" modhash_make tree-modhash modules_install "INSTALL_MOD_PATH=$PWD/staging" DEPMOD=true
installed=$(echo staging/lib/modules/*)
"$hashsect" modules tree "$cache/modhash/modules" -o root.all --for "$cache/modhash/vmlinux" --proofs proofs.all >/dev/null
expect 0 "modules tree of what is installed" "$hashsect" modules tree "$installed" -o root.installed \
	--for "$cache/modhash/vmlinux" --proofs proofs.installed
expect 0 "the same root as of what was built" cmp root.installed root.all
expect 0 "the same proofs" diff -r proofs.installed/kernel proofs.all
expect 0 "modules append to what is installed" "$hashsect" modules append --proofs proofs.installed "$installed"
cat listed/lib/crc4.ko proofs.all/lib/crc4.merkle >with-proof
expect 0 "the proof is at the end" cmp "$installed/kernel/lib/crc4.ko" with-proof

# fill VARIANT HASHES SYMBOL: after the link, and the image is made without another one.
fill() {
	local variant=$1 hashes=$2 symbol=$3 tree=$cache/tree-$1 pristine=$cache/$1/vmlinux size made time
	size=$(stat -c %s "$hashes")
	cp "$pristine" "$tree/vmlinux"
	same "$variant: zeros come from the link" "$(linked_bytes "$pristine" "$symbol" "$size" | tr -d '\0' | wc -c)" 0
	expect 0 "$variant: modules embed" "$hashsect" modules embed "$tree/vmlinux" listed
	linked_bytes "$tree/vmlinux" "$symbol" "$size" >embedded
	expect 0 "$variant: the hashes are in their place" cmp embedded "$hashes"
	same "$variant: and nothing else is changed" \
		"$(cmp -l "$pristine" "$tree/vmlinux" | wc -l)" "$(tr -d '\0' <"$hashes" | wc -c)"
	same "$variant: the digest is the same" "$(digest_of "$tree/vmlinux")" "$(digest_of "$pristine")"
	differ "$variant: sha256 differs" "$(sha256_of "$tree/vmlinux")" "$(sha256_of "$pristine")"
	cp "$tree/vmlinux" "vmlinux.$variant"
	time=$(stat -c %y "$tree/vmlinux")
	expect 0 "$variant: make bzImage" modhash_make "tree-$variant" bzImage
	made=$out
	same "$variant: it linked no vmlinux" "$(grep -c '^ *LD  *\(\[[A-Z]*\] *\)\?vmlinux' <<<"$made" || true)" 0
	same "$variant: it stripped the new vmlinux" "$(grep -c 'OBJCOPY arch/x86/boot/compressed/vmlinux.bin$' <<<"$made")" 1
	expect 0 "$variant: vmlinux is what embed made" cmp "$tree/vmlinux" "vmlinux.$variant"
	same "$variant: its time too" "$(stat -c %y "$tree/vmlinux")" "$time"
}

fill modhash root module_hashes_root
fill modhash-table table __start_module_hashes

# The same in vmlinux.o, where the section is still one of its own.
expect 0 "vmlinux.o: inject" "$elfsect" inject "$cache/modhash/vmlinux.o" --symbol module_hashes_root --data root \
	-o vmlinux.o
same "vmlinux.o: the digest is the same" "$(digest_of vmlinux.o)" "$(digest_of "$cache/modhash/vmlinux.o")"
differ "vmlinux.o: sha256 differs" "$(sha256_of vmlinux.o)" "$(sha256_of "$cache/modhash/vmlinux.o")"

# ---- the machine

# All files, then those that need another way in. The log comes last, since the console would mix it with the output.
# shellcheck disable=SC2016
make_initramfs initramfs '
dmesg -n 1
load() {
	load_module "$@"
	for loaded in $(cut -d " " -f 1 /proc/modules); do
		echo "taint: $2 $(cat "/sys/module/$loaded/taint")"
		rmmod "$loaded"
	done
}
for file in *.ko; do load -f "$file"; done
echo "---- other ways"
for file in good bare changed; do load -m "$file.ko"; done
load -c good.ko.xz
echo "---- log"
dmesg | sed "s/^\[ *[0-9.]*\] //"' files/*.ko good.ko.xz

# boot TEXT IMAGE [ARGUMENT...]: leaves what it printed in loads, ways and log.
boot() {
	local text=$1
	shift
	expect 0 "$text: it boots" boot_kernel "$1" initramfs "${@:2}"
	out_says "$text: all commands were run" "init: end, status 0"
	sed -n 's/^load_module: \([^ ]*\): \([^ :]*\).*/\1 \2/p; /^---- other ways/q' <<<"$out" >loads
	sed -n '/^---- other ways/,/^---- log/p' <<<"$out" | sed -n 's/^load_module: \([^ ]*\): \([^ :]*\).*/\1 \2/p' >ways
	sed -n 's/^taint: //p' <<<"$out" >taints
	sed -n '/^---- log/,$p' <<<"$out" >log
}

# column N: what the files are expected to become.
column() {
	cut -d ' ' "-f1,$1" expected | sort
}

# objections WORD: the files that the log speaks of, and their errors.
objections() {
	sed -n "s|^modhash: $1: /files/\([^:]*\): .* (-\(E[A-Z]*\))$|\1 \2|p" log | grep -v good.ko.xz | sort
}

log_says() {
	expect 0 "$1" grep -xE "$2" log
}

tree_image=$cache/tree-modhash/arch/x86/boot/bzImage
boot "root, enforce" "$tree_image"
log_says "root, enforce: it says so" "modhash: enforce, Merkle root of 3 levels"
same "root, enforce: what becomes of each file" "$(sort loads)" "$(column 2)"
same "root, enforce: the log has a line for each that is refused" \
	"$(objections refused)" "$(column 2 | grep -v ' loaded$')"
same "root, enforce: from memory, and compressed" "$(cat ways)" "$(printf '%s\n' \
	'good.ko loaded' 'bare.ko ENODATA' 'changed.ko ENOKEY' 'good.ko.xz ENODATA')"
log_says "root, enforce: a changed module is refused" \
	"modhash: refused: /files/changed.ko: the proof does not lead to the kernel's root \(-ENOKEY\)"
log_says "root, enforce: in memory too" \
	"modhash: refused: module in the memory of load_module\[[0-9]+\]: the proof does not lead to .* \(-ENOKEY\)"
log_says "root, enforce: a compressed one is refused" \
	"modhash: refused: /files/good.ko.xz: it is no ELF file, or compressed \(-ENODATA\)"

boot "root, report" "$tree_image" modhash=report
log_says "root, report: it says so" "modhash: report, Merkle root of 3 levels"
same "root, report: all are let in" "$(sort loads)" "$(column 4)"
same "root, report: the log has the same lines" "$(objections reported)" "$(column 2 | grep -v ' loaded$')"
same "root, report: in memory, and compressed" "$(cat ways)" "$(printf '%s\n' \
	'good.ko loaded' 'bare.ko loaded' 'changed.ko loaded' 'good.ko.xz EOPNOTSUPP')"
# The kernel marks modules whose signature it does not know.
same "root, report: the signatures are the kernel's own" "$(grep -E '^(signed|signature)' taints | sort)" \
	"$(printf '%s \n' signature-behind-proof.ko signed-changed.ko signed-unlisted.ko signed.ko)"

boot "root, off" "$tree_image" modhash=off
log_says "root, off: it says so" "modhash: off, Merkle root of 3 levels"
same "root, off: all are let in" "$(sort loads)" "$(column 4)"
same "root, off: and nothing is said" "$(grep -c '^modhash: ' log)" 1

boot "root, signatures enforced" "$tree_image" module.sig_enforce=1
same "root, signatures enforced: no module passes both" "$(grep -c ' loaded$' loads || true)" 0
same "root, signatures enforced: a proof is no signature" "$(grep '^good.ko' loads)" "good.ko EKEYREJECTED"

# A mode that does not exist does not weaken it.
boot "no root" "$cache/modhash/bzImage" modhash=repotr
log_says "no root: the mode is not known" "modhash: modhash=repotr is not known, it stays enforce"
log_says "no root: it says so" "modhash: no hashes have been put into this kernel, no module will pass"
same "no root: every file is refused" "$(grep -c ' loaded$' loads || true)" 0
log_says "no root: a good module" "modhash: refused: /files/good.ko: no hashes have been put into this kernel \(-E[A-Z]+\)"

boot "table, enforce" "$cache/tree-modhash-table/arch/x86/boot/bzImage"
log_says "table, enforce: it says so" "modhash: enforce, table of 5 modules"
same "table, enforce: what becomes of each file" "$(sort loads)" "$(column 3)"
same "table, enforce: the log has a line for each that is refused" \
	"$(objections refused)" "$(column 3 | grep -v ' loaded$')"
same "table, enforce: from memory, and compressed" "$(cat ways)" "$(printf '%s\n' \
	'good.ko ENOKEY' 'bare.ko loaded' 'changed.ko ENOKEY' 'good.ko.xz ENOKEY')"
log_says "table, enforce: a changed module is refused" \
	"modhash: refused: /files/changed.ko: its hash is not in the kernel's table \(-ENOKEY\)"

boot "table, signatures enforced" "$cache/tree-modhash-table/arch/x86/boot/bzImage" module.sig_enforce=1
same "table, signatures enforced: what passes both" "$(grep ' loaded$' loads)" "signed.ko loaded"
same "table, signatures enforced: listed, not signed" "$(grep '^bare.ko' loads)" "bare.ko EKEYREJECTED"
same "table, signatures enforced: signed, not listed" "$(grep '^signed-unlisted.ko' loads)" "signed-unlisted.ko ENOKEY"

# ---- the tool says the same of all of them

# verdicts VMLINUX: in the words of expected.
verdicts() {
	(cd files && "$hashsect" modules verify "$1" ./*.ko) |
		sed 's|^\./\([^:]*\): -*\([^:]*\).*|\1 \2|; s/ ok$/ loaded/' | sort
}

same "modules verify, root" "$(verdicts "$cache/tree-modhash/vmlinux")" "$(column 2)"
same "modules verify, table" "$(verdicts "$cache/tree-modhash-table/vmlinux")" "$(column 3)"
same "modules verify, no root: none is good" "$(verdicts "$cache/modhash/vmlinux" | grep -c ' loaded$' || true)" 0
