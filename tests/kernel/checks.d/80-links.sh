# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154
# changes: tree
# The kernel links from a vmlinux.o that elfsect has edited. Only the final link runs: with CONFIG_X86_KERNEL_IBT its
# input is vmlinux.o, and a vmlinux.o newer than its parts is not made again.

tree=$cache/tree

# link_from TEXT OBJECT CERTIFICATE
link_from() {
	cp "$2" "$tree/vmlinux.o"
	expect 0 "$1: the kernel links with --orphan-handling=error" kernel_make vmlinux
	expect 0 "$1: vmlinux was linked from this vmlinux.o" cmp "$2" "$tree/vmlinux.o"
	if [[ $tree/vmlinux -nt $tree/vmlinux.o ]]; then
		ok "$1: vmlinux is new"
	else
		not_ok "$1: vmlinux is new"
	fi
	check_linked_keyring "$1" "$tree/vmlinux" "$3"
}

# An earlier run may have been stopped half-way.
expect 0 "the tree is in order" kernel_hashsect_make vmlinux
expect 0 "CONFIG_LD_ORPHAN_WARN_LEVEL is error" grep -x 'CONFIG_LD_ORPHAN_WARN_LEVEL="error"' "$tree/.config"

# The same layout with other content: all symbols stay. The certificates have one length, so vmlinux has one digest too.
"$elfsect" extract "$cache/stock-rsa1/vmlinux.o" --symbols system_certificate_list..module_cert_size+8 -o keyring
"$elfsect" inject "$cache/iso-rsa/vmlinux.o" --section "$keyring" --data keyring -o refilled.o
link_from "keyring refilled in vmlinux.o" refilled.o "$cache/stock-rsa1/signing_key.x509"
expect 0 "keyring refilled in vmlinux.o: digest of vmlinux" "$hashsect" digest "$tree/vmlinux"
same "keyring refilled in vmlinux.o: vmlinux has the digest that it had with the old certificate" \
	"$(digest_of "$tree/vmlinux")" "$(digest_of "$cache/iso-rsa/vmlinux")"

# A keyring made anew has the symbols that the kernel's code refers to, but not the local ones around the build's own
# certificate: in a linked file nothing tells then what is key and what is configuration.
certificate=$cache/iso-ecdsa/signing_key.x509
cp "$cache/iso-rsa/vmlinux.o" injected.o
"$elfsect" remove injected.o --section "$keyring"
"$elfsect" inject injected.o --section "$keyring" --data "$certificate" --define system_certificate_list=start \
	--define system_certificate_list_size=size-word --define module_cert_size=size-word
link_from "keyring injected into vmlinux.o" injected.o "$certificate"
expect 2 "keyring injected into vmlinux.o: the linux policy refuses vmlinux" "$hashsect" digest "$tree/vmlinux"
expect 0 "keyring injected into vmlinux.o: strict digest of vmlinux" "$hashsect" digest --policy strict "$tree/vmlinux"

"$elfsect" isolate "$cache/stock-rsa1/vmlinux.o" --symbols system_certificate_list..module_cert_size+8 \
	--into "$keyring" -o isolated.o
expect 0 "isolated in vmlinux.o: the section is there" "$elfsect" extract isolated.o --section "$keyring" -o /dev/null
expect 0 "isolated in vmlinux.o: digest" "$hashsect" digest isolated.o
"$elfsect" isolate "$cache/stock-rsa2/vmlinux.o" --symbols system_certificate_list..module_cert_size+8 \
	--into "$keyring" -o isolated2.o
same "isolated in vmlinux.o: two RSA keys, one digest" "$(digest_of isolated.o)" "$(digest_of isolated2.o)"
link_from "isolated in vmlinux.o" isolated.o "$cache/stock-rsa1/signing_key.x509"
expect 0 "isolated in vmlinux.o: digest of vmlinux" "$hashsect" digest "$tree/vmlinux"
