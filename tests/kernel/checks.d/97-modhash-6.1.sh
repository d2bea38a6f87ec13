# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154
# samples/kernel/modhash compiles in Linux 6.1, both forms, without a warning. (Debian 13 has no source package of it.)

readonly old_tarball=/usr/src/linux-source-6.1.tar.xz

# unpack_old: without what this does not read.
unpack_old() {
	mkdir old
	tar -C old --strip-components=1 -xJf "$old_tarball" --exclude='linux-source-6.1/arch/*/boot/dts/*' \
		--exclude='linux-source-6.1/drivers/*/*.[ch]' --exclude='linux-source-6.1/sound/*/*.[ch]' \
		--exclude='linux-source-6.1/Documentation/*/*' --exclude='linux-source-6.1/tools/testing'
}

old_make() {
	make "-j$(nproc)" -C old "O=$PWD/old-tree" "$@"
}

# old_form TREE|TABLE
old_form() {
	local form=$1 other=TABLE
	if [[ $form == TABLE ]]; then other=TREE; fi
	old/scripts/config --file old-tree/.config -e "SECURITY_MODHASH_$form" -d "SECURITY_MODHASH_$other"
	old_make olddefconfig >/dev/null 2>&1
	expect 0 "Linux 6.1, $form: configured" grep -x "CONFIG_SECURITY_MODHASH_$form=y" old-tree/.config
	expect 0 "Linux 6.1, $form: compiles" old_make prepare security/modhash/
	same "Linux 6.1, $form: without a warning" "$(grep -ci warning <<<"$out" || true)" 0
	nm old-tree/security/modhash/slot.o >"$form.symbols"
}

compile_in_old() {
	unpack_old
	expect 0 "Linux 6.1: add-to-tree" "$repo/samples/kernel/modhash/add-to-tree" old
	mkdir old-tree
	old_make tinyconfig >/dev/null
	(cd old-tree && ../old/scripts/kconfig/merge_config.sh -m .config "$repo/tests/kernel/config.modhash") >/dev/null 2>&1
	old_form TREE
	expect 0 "Linux 6.1: room for a root" grep -E ' R module_hashes_root$' TREE.symbols
	old_form TABLE
	expect 0 "Linux 6.1: room for a table" grep -E ' R __start_module_hashes$' TABLE.symbols
	expect 0 "Linux 6.1: of 8192 entries" grep -E '^0*40000 R __stop_module_hashes$' TABLE.symbols
}

# Only a system that cannot have it may do without.
if [[ -f $old_tarball ]]; then
	compile_in_old
elif grep -qx VERSION_CODENAME=bookworm /etc/os-release; then
	not_ok "Linux 6.1: the source is here" "no $old_tarball: install linux-source-6.1 (apt-get update may be needed)"
else
	echo "# skipped: Linux 6.1: no $old_tarball here, and no package of it in this release"
fi
