# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154
# What other tools say of a file they say of it after each edit too: no new complaint, the same lines of source and types.

for tool in readelf eu-elflint llvm-readelf gdb pahole bpftool ld ld.lld mold; do
	command -v "$tool" >where || echo "# skipped: no $tool here"
done

# by TOOL FILE: what it prints, without the file's name; a status other than 0 is part of it.
by() {
	local tool=$1 file
	file=$(realpath "$2")
	if ! command -v "$tool" >where; then
		return
	fi
	{
		case $tool in
		# Of what they print but their complaints, that the edit shows is right.
		readelf | llvm-readelf) "$tool" -aW "$file" 2>&1 >where ;;
		eu-elflint) eu-elflint --gnu-ld "$file" 2>&1 | sed 's/section \[ *[0-9]*\]/section [N]/g' ;;
		gdb) gdb -nx -batch -ex "info line $function" -ex "ptype struct list_head" "$file" 2>&1 ;;
		pahole) pahole -C list_head,module "$file" 2>&1 ;;
		bpftool) bpftool btf dump file "$file" 2>&1 | head -n 2000 ;;
		ld | ld.lld | mold) "$tool" -r -o linked "$file" 2>&1 && ! readelf -aW linked 2>&1 >where | grep . ;;
		esac || echo "status $?"
	} | sed "s|$file|FILE|g"
}

# heard TEXT FILE EDITED TOOL...
heard() {
	local text=$1 file=$2 edited=$3 tool
	for tool in "${@:4}"; do
		if command -v "$tool" >where; then
			same "$text: $tool" "$tool $(by "$tool" "$edited")" "$tool $(by "$tool" "$file")"
		fi
	done
}

certificate=$cache/stock-rsa2/signing_key.x509
printf 'something to put in' >payload

# A module: relocatable, with debug information and types. pahole's words are kept apart by a folder of the kernel.
modules=$cache/iso-rsa/modules/crypto
pahole --btf_encode_detached=types "$modules/md4.ko" 2>pahole.log && objcopy --add-section .BTF=types "$modules/md4.ko" module.ko
function=md4_init
relocatable=(readelf eu-elflint llvm-readelf gdb pahole bpftool ld ld.lld mold)
expect 0 "a section in a module" "$elfsect" inject --section .added --data payload --define added_start=start -o added.ko module.ko
heard "with a section more" module.ko added.ko "${relocatable[@]}"
expect 0 "and away again" "$elfsect" remove --section .added -o removed.ko added.ko
heard "with it removed" module.ko removed.ko "${relocatable[@]}"
expect 0 "renamed" "$elfsect" rename -o renamed.ko module.ko .data=.renamed
heard "with a section renamed" module.ko renamed.ko "${relocatable[@]}"
expect 0 "cleared" "$elfsect" clear --section .modinfo -o cleared.ko module.ko
heard "with a section cleared" module.ko cleared.ko "${relocatable[@]}"

# A kernel before it is linked: the section for the keyring, filled.
function=start_kernel
expect 0 "vmlinux.o with a section of its own for the certificates" "$elfsect" isolate "$cache/stock-rsa1/vmlinux.o" \
	--symbols system_certificate_list..__module_cert_end --into "$keyring" -o isolated.o
heard "isolated" "$cache/stock-rsa1/vmlinux.o" isolated.o eu-elflint gdb pahole ld ld.lld mold

# A linked kernel.
expect 0 "a certificate in vmlinux" "$elfsect" keyring add -o added "$cache/stock-rsa1/vmlinux" "$certificate"
heard "with a certificate more" "$cache/stock-rsa1/vmlinux" added readelf eu-elflint llvm-readelf gdb pahole
