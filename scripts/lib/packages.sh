# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034
# Installs what is missing on Debian and Ubuntu; asks apt only then, so that a second run needs no network.
# Sourced after common.sh.

readonly library_packages=(libc6-dev libelf-dev libssl-dev libcmocka-dev libjson-c-dev libinih-dev zlib1g-dev liblzma-dev
	libzstd-dev libbz2-dev liblz4-dev libarchive-dev)
readonly build_packages=(gcc make cmake pkg-config binutils openssl python3 "${library_packages[@]}")
# Used where the system has them.
readonly optional_library_packages=(liblzo2-dev libdw-dev)
readonly optional_packages=(libipsec-mb-dev lzop mandoc zsh fish "${optional_library_packages[@]}")
readonly test_packages=(g++ binutils-powerpc64-linux-gnu binutils-s390x-linux-gnu binutils-arm-linux-gnueabi
	binutils-mips-linux-gnu binutils-aarch64-linux-gnu strace valgrind xz-utils zstd pahole)
# Beside npm, which is taken where it is: to look at pages as readers do.
readonly browser_packages=(chromium)
readonly lint_packages=(clang clang-format clang-tidy cppcheck shellcheck git)
readonly kernel_packages=(linux-source-6.12 flex bison bc cpio kmod xz-utils zstd perl
	qemu-system-x86 busybox-static)
# In Debian 12 only.
readonly old_kernel_packages=(linux-source-6.1)
# What boot images are compared with, and what makes a kernel's package.
readonly boot_packages=(sbsigntool pesign osslsigncode debhelper rsync)
# What reads what elfsect has edited.
readonly reader_packages=(elfutils lld mold llvm gdb bpftool)

is_installed() {
	[[ $(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null) == installed ]]
}

missing_packages() {
	local package
	for package in "$@"; do
		is_installed "$package" || echo "$package"
	done
}

as_root() {
	if [[ $(id -u) == 0 ]]; then
		env "$@"
	else
		sudo env "$@"
	fi
}

# Those that apt knows here.
available_packages() {
	local package
	for package in "$@"; do
		if is_installed "$package" || apt-cache show "$package" >/dev/null 2>&1; then
			echo "$package"
		fi
	done
}

require_root() {
	if [[ $(id -u) == 0 ]]; then
		return
	elif ! command -v sudo >/dev/null; then
		die "run this as root, or install: $*"
	elif [[ ! -t 0 ]] && ! sudo -n true 2>/dev/null; then
		die "sudo wants a password; run this as root, or install: $*"
	fi
}

apt_get() {
	as_root DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300 "$@" </dev/null
}

# A third-party source that does not answer must not stop us: only the install decides.
apt_install() {
	local log
	log=$(mktemp)
	require_root "$@"
	note "installing: $*"
	apt_get update >"$log" 2>&1 || note "apt-get update had errors, going on"
	if ! apt_get install --no-install-recommends "$@" >>"$log" 2>&1; then
		tail -n 20 "$log" >&2
		rm -f "$log"
		if [[ " $* " == *" linux-source-6.12 "* ]]; then
			note "linux-source-6.12 is in Debian 13, and in bookworm-security and bookworm-updates of Debian 12"
		fi
		die "apt-get could not install: $*"
	fi
	rm -f "$log"
}

require_cmake() {
	local version
	version=$(cmake --version | sed -n 's/^cmake version //p')
	if [[ $(printf '%s\n' 3.25 "$version" | sort -V | head -n 1) != 3.25 ]]; then
		die "cmake $version is too old, 3.25 is needed (Debian 12, Ubuntu 24.04 or newer have it)"
	fi
}

# need_packages PACKAGE...: afterwards they are installed, or the script has ended with a message.
need_packages() {
	local missing
	if [[ -n ${HASHSECT_NO_SETUP:-} ]]; then
		return
	fi
	if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
		note "This is neither Debian nor Ubuntu. Please install what these packages bring there:"
		note "  $*"
		die "then run this again with HASHSECT_NO_SETUP=1"
	fi
	mapfile -t missing < <(missing_packages "$@")
	if [[ ${#missing[@]} -gt 0 ]]; then
		apt_install "${missing[@]}"
	fi
	require_cmake
}

# need_packages_if_known PACKAGE...: those that this system's package lists have.
need_packages_if_known() {
	local package
	for package in "$@"; do
		if [[ -z ${HASHSECT_NO_SETUP:-} && $(apt-cache policy "$package" | grep -c 'Candidate: [0-9]') == 1 ]]; then
			need_packages "$package"
		fi
	done
}
