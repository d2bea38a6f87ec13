# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154
# Other suites and architectures of Debian, by an apt of their own: nothing of this system is changed. Sourced after common.sh;
# who sources it sets archive_cache, the folder that lists are kept in.

debian_archive() {
	# shellcheck disable=SC2016
	apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Origin: Debian' 'Label: Debian' | sed -n 1p
}

# An apt of its own for one suite and architecture: apt_of SUITE/ARCHITECTURE COMMAND...
apt_of() {
	local root=$archive_cache/$1 command=$2 proxy
	local -a words=()
	while read -r proxy; do
		words+=(-o "$proxy")
	done < <(apt-config dump | sed -n 's/^\(Acquire::https\{0,1\}::Proxy\) "\(.*\)";$/\1=\2/p')
	"$command" -q -o Dir="$root" -o Dir::Etc="$root/etc" -o Dir::State="$root/state" -o Dir::State::status="$root/status" \
		-o Dir::Cache="$root/cache" -o APT::Architecture="${1#*/}" -o APT::Architectures="${1#*/}" -o APT::Sandbox::User=root \
		-o Acquire::Languages=none "${words[@]}" "${@:3}"
}

# Whether the archive has this suite for this architecture; lists are a day old at most.
lists_of() {
	local root=$archive_cache/$1
	if [[ -n $(find "$root/complete" -mtime -1 2>/dev/null) ]]; then
		return
	fi
	rm -rf "$root"
	mkdir -p "$root"/{etc/sources.list.d,etc/preferences.d,etc/apt.conf.d,state/lists/partial,cache/archives/partial}
	: >"$root/status"
	echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $(debian_archive) ${1%/*} main" >"$root/etc/sources.list"
	apt_of "$1" apt-get update >"$root/log" 2>&1 || return 1
	[[ -n $(find "$root/state/lists" -name "*binary-${1#*/}_Packages*") ]] || return 1
	touch "$root/complete"
}
