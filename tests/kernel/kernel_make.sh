# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154
# How the test kernel is built. Sourced; part of the cache's key.

# Nothing of the environment may get into the kernels.
export LC_ALL=C KBUILD_BUILD_TIMESTAMP=2026-01-01 KBUILD_BUILD_USER=user KBUILD_BUILD_HOST=host KBUILD_BUILD_VERSION=1
# In which place a variable is at each instruction costs a fifth of the time, and nothing here asks for it.
export KCFLAGS=-fno-var-tracking-assignments
unset MAKEFLAGS MAKELEVEL KBUILD_OUTPUT ARCH CROSS_COMPILE

# make_in SOURCE TREE ...: two directories of the cache.
make_in() {
	local source=$1 tree=$2
	shift 2
	make "-j$(nproc)" -C "$cache/$source" "O=$cache/$tree" "$@"
}

kernel_make() {
	make_in source tree "$@"
}

kernel_hashsect_make() {
	"$repo/scripts/kbuild/hashsect-make" "-j$(nproc)" -C "$cache/source" "O=$cache/tree" "$@"
}

boot_make() {
	make_in source-boot tree-boot "$@"
}

# modhash_make TREE ...
modhash_make() {
	make_in source-modhash "$@"
}
