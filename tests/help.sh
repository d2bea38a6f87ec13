#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# help.sh TOOL MANPAGE: every command has a help of lines up to 100 columns, and a place in the synopsis of the man page;
# the man page knows no other command, and has the same long options.
set -euo pipefail
tool=$1 page=$2 name=${1##*/}

# shellcheck source=tests/cli.sh
. "$(dirname "$0")/cli.sh"

narrow() {
	awk 'length > 100 { print; wide = 1 } END { exit wide }' <<< "$2" || fail "$1 --help is wider than 100 columns"
}

help=$("$tool" --help)
narrow "$name" "$help"
mapfile -t commands < <(sed -n 's/^  \([a-z]\+\( [a-z]\+\)\?\)  .*/\1/p' <<< "$help")
[ "${#commands[@]}" -gt 10 ] || fail "${#commands[@]} commands in: $help"
all_options=
for command in "${commands[@]}"; do
	# shellcheck disable=SC2086
	help=$("$tool" $command --help)
	narrow "$name $command" "$help"
	[[ $help == "usage: $name $command "* ]] || fail "$name $command --help begins otherwise: $help"
	grep -qx "\.Cm $command" "$page" || fail "$command is not in the synopsis of $page"
	while read -r option; do
		grep -q "Fl Fl $option\b" "$page" || fail "$command --$option is not in $page"
		all_options+=" $option "
	done < <(grep -o '^  \(-[a-z], \)\?--[a-z-]*' <<< "$help" | sed 's/.*--//')
done
while read -r option; do
	[[ $all_options == *" $option "* ]] || fail "$page has --$option, which no command knows"
done < <(grep -o 'Fl Fl [a-z-]*' "$page" | sed 's/.* //' | grep -vx 'help\|version' | sort -u)
known=$(printf '%s\n' "${commands[@]}" | sort)
documented=$(sed -n '/^\.Sh SYNOPSIS/,/^\.Sh DESCRIPTION/s/^\.Cm \([a-z]*\( [a-z]*\)\?\)$/\1/p' "$page" | sort -u)
[ "$known" = "$documented" ] || fail "the synopsis of $page: $(diff <(echo "$known") <(echo "$documented"))"
echo "ok - ${#commands[@]} commands"
