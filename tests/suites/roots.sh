# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154
# Bare Debian systems to try things in: a root with apt and what it needs, nothing else, and a copy of the files that git
# knows. Sourced after common.sh and packages.sh.
#
# The roots, as archives, and the packages that were downloaded stay in ~/.cache/hashsect/suites (HASHSECT_SUITE_CACHE puts
# them elsewhere).

roots=()

# prepare_roots: what they need. As root.
prepare_roots() {
	local home=~
	cache=$(realpath -m "${HASHSECT_SUITE_CACHE:-${XDG_CACHE_HOME:-$home/.cache}/hashsect/suites}")
	need_packages mmdebstrap arch-test git
	mkdir -p "$cache"
}

# become_root SCRIPT_WORD...: starts the script again with sudo, unless root runs it.
become_root() {
	if [[ $(id -u) != 0 ]]; then
		require_root mmdebstrap
		exec sudo --preserve-env=HASHSECT_SUITE_CACHE "$0" "$@"
	fi
}

remove_roots() {
	if [[ ${#roots[@]} -gt 0 ]]; then
		rm -rf --one-file-system "${roots[@]}"
	fi
}

# Where this system gets Debian from: no archive is named here.
debian_archive() {
	# shellcheck disable=SC2016
	apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Origin: Debian' 'Label: Debian' | sed -n 1p
}

# name_of SUITE[/ARCHITECTURE]: what its files are called in the cache.
name_of() {
	echo "${1/\//-}"
}

# bare_root SUITE: makes the archive of its root, unless a young one is there; says why not on stdout.
bare_root() {
	local name tar uri log
	local -a proxies architecture=()
	name=$(name_of "$1")
	tar=$cache/$name.tar log=$cache/$name.log
	if [[ -n $(find "$tar" -mtime -30 2>/dev/null) ]]; then
		return
	fi
	uri=$(debian_archive)
	if [[ -z $uri ]]; then
		echo "the apt sources of this system name no Debian archive"
		return 1
	fi
	mapfile -t proxies < <(apt-config dump | grep -E '^Acquire::https?::Proxy ' || true)
	if [[ $1 == */* ]]; then
		architecture=(--architectures="${1#*/}")
	fi
	note "making a bare root of $1"
	# Nobody needs this root after a crash.
	if ! mmdebstrap --mode=root --variant=apt --format=tar --dpkgopt=force-unsafe-io "${architecture[@]}" \
		"${proxies[@]/#/--aptopt=}" "${1%/*}" "$tar.new" "$uri" >"$log" 2>&1 </dev/null; then
		rm -f "$tar.new"
		grep -E '^(E|W):' "$log" | tail -n 1 | sed 's/[a-z]*:\/\/[^ ]*/(archive)/g'
		return 1
	fi
	mv "$tar.new" "$tar"
}

# unpack SUITE ROOT: a root that can reach the network, with the project in /src.
unpack() {
	local name root=$2
	name=$(name_of "$1")
	mkdir -p "$root" "$cache/$name.debs/partial"
	tar -C "$root" -xf "$cache/$name.tar"
	cp -L /etc/resolv.conf /etc/hosts "$root/etc/"
	mkdir "$root/src"
	git -C "$repo" ls-files -z | tar -C "$repo" --null -T - -c | tar -C "$root/src" --no-same-owner -x
}

# new_root SUITE: a fresh one, in $root; remove_roots removes it.
new_root() {
	root=$(mktemp -d "$cache/$(name_of "$1").XXXXXX")
	roots+=("$root")
	chmod 755 "$root"
	unpack "$1" "$root"
}

# inside SUITE ROOT COMMAND...: with an environment as after a login, and mounts that end with the command. 32-bit
# programs hear from the system that it has 32 bits.
inside() {
	local suite=$1 root=$2 personality=linux64
	shift 2
	if [[ $suite == */i386 || $suite == */arm* ]]; then personality=linux32; fi
	# shellcheck disable=SC2016
	"$personality" unshare --mount --propagation private --pid --fork --kill-child bash -euc '
		root=$1
		debs=$2
		shift 2
		mount -t proc proc "$root/proc"
		mount --rbind /sys "$root/sys"
		mount --rbind /dev "$root/dev"
		mount --bind "$debs" "$root/var/cache/apt/archives"
		exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root chroot "$root" "$@"
	' - "$root" "$cache/$(name_of "$suite").debs" "$@" </dev/null
}
