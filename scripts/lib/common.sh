# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# What every script of the project shares. Sourced, never run.

repo=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
readonly repo

die() {
	echo "${0##*/}: $*" >&2
	exit 2
}

note() {
	echo "$*" >&2
}

# Where tests/kernel/build keeps its kernels.
kernel_cache_root() {
	local home=~
	realpath -m "${HASHSECT_KERNEL_CACHE:-${XDG_CACHE_HOME:-$home/.cache}/hashsect/kernel}"
}

# The header comment of the script is its help: from line 3 to the first line that is no comment.
show_help() {
	sed -n '3,${/^#/!q; s/^# \{0,1\}//; p}' "$0"
}

# run_quietly LOG COMMAND...: the output is shown only when the command fails.
run_quietly() {
	local log=$1
	shift
	if ! "$@" >"$log" 2>&1 </dev/null; then
		tail -n 60 "$log" >&2
		rm -f "$log"
		die "failed: $*"
	fi
}

# build_folder DIR: where --build points, as an absolute path.
build_folder() {
	[[ $# == 1 && -n $1 ]] || die "--build needs a folder"
	realpath -m -- "$1"
}

# configure DIR [CMAKE-OPTION...]: silent on success.
configure() {
	local dir=$1 log
	shift
	log=$(mktemp)
	run_quietly "$log" cmake -S "$repo" -B "$dir" "$@"
	rm -f "$log"
}

# build DIR [TARGET...]: one line on success, the compiler's words on failure. Default: all targets.
build() {
	local dir=$1 log start=$SECONDS
	shift
	log=$(mktemp)
	run_quietly "$log" cmake --build "$dir" --parallel "$(nproc)" --target "${@:-all}"
	rm -f "$log"
	note "built in ${dir#"$repo"/}, $((SECONDS - start)) s"
}
