# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154
# changes: tree
# modules_install with the private key, and with the signatures that it made: scripts/kbuild/sign-file stands in for the
# kernel's.

stand_in="$repo/scripts/kbuild/sign-file \$(CONFIG_MODULE_SIG_HASH) \"\$(sig-key)\" certs/signing_key.x509 \$@"

expect 0 "modules_install, with the key" kernel_make modules_install "INSTALL_MOD_PATH=$PWD/official" DEPMOD=true
mapfile -t modules < <(cd official && find . -name '*.ko' | sort)
same "all modules are there" "${#modules[@]}" "$(wc -l <"$cache/tree/modules.order")"
expect 0 "their signatures are collected" "$hashsect" sig collect -q official -o store
export HASHSECT="$hashsect" HASHSECT_STORE="$PWD/store" HASHSECT_SIGN_LOG="$PWD/log"
expect 0 "modules_install, with the store" kernel_make modules_install "INSTALL_MOD_PATH=$PWD/rebuilt" DEPMOD=true \
	CONFIG_MODULE_SIG_KEY=/nowhere/key.pem "cmd_sign=$stand_in"
expect 0 "every file is the same" diff -r official rebuilt
[[ ! -e log ]] || not_ok "the log has $(<log)"
rm "store/modules/$("$hashsect" sig strip -o plain.ko "official/${modules[0]}" && sha256sum plain.ko | cut -d ' ' -f 1).p7s"
expect 0 "a signature that is missing breaks nothing" kernel_make modules_install "INSTALL_MOD_PATH=$PWD/behind" DEPMOD=true \
	CONFIG_MODULE_SIG_KEY=/nowhere/key.pem "cmd_sign=$stand_in"
expect 0 "that module is the unsigned one" cmp plain.ko "behind/${modules[0]}"
same "the log has its name" "$(<log)" "$PWD/behind/${modules[0]#./}"
expect 2 "but where every module has to be signed" env HASHSECT_REQUIRE=1 make -C "$cache/source" "O=$cache/tree" modules_install \
	"INSTALL_MOD_PATH=$PWD/required" DEPMOD=true CONFIG_MODULE_SIG_KEY=/nowhere/key.pem "cmd_sign=$stand_in"
