#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# completion.sh TOOL FOLDER: what it prints for bash, zsh and fish offers every command and option that its help has, and no
# other; in FOLDER is what gets installed.
set -euo pipefail
tool=$(realpath "$1") name=${1##*/} folder=$(realpath "$2")

# shellcheck source=tests/cli.sh
. "$(dirname "$0")/cli.sh"

for shell in bash zsh fish; do
	expect 0 "$tool" --completion $shell
	cmp out "$folder/$name.$shell" || fail "$folder/$name.$shell is not what the tool prints"
	mv out "$name.$shell"
done
refused "is bash, zsh or fish, not 'sh'" "$tool" --completion sh
refused 'needs the name of a shell' "$tool" --completion
bash -n "$name.bash"
# shellcheck disable=SC1090
. "./$name.bash"
[[ $(complete -p "$name") == "complete -F _$name $name" ]] || fail "no completion for $name"

# Outside of a completion bash has an error for it.
compopt()
{
	asked+=" $2"
}

# typed WORD...: what bash offers for the last word.
typed()
{
	COMP_WORDS=("$name" "$@")
	COMP_CWORD=$#
	COMP_LINE="$name $*"
	COMP_POINT=${#COMP_LINE} asked=
	"_$name" "$name" "${*: -1}" "${COMP_WORDS[COMP_CWORD - 1]}"
	replies=$(printf '%s\n' "${COMPREPLY[@]}")
}

# offers REPLIES WORD...: these, and in this order, for the last word.
offers()
{
	typed "${@:2}"
	[ "$replies" = "$1" ] || fail "'$name ${*:2}' is completed as '$replies', not '$1'"
	passed=$((passed + 1))
}

# All options of a command, as its help has them.
options_of()
{
	# shellcheck disable=SC2086
	"$tool" $1 --help | sed -n 's/^  \(-[a-z], \)\?--\([a-z-]*\).*/--\2/p'
	echo --help
	echo --version
}

# The part of the zsh script that has a command's options.
zsh_options_of()
{
	sed -n "/^_${name}_arguments/,\$p" "$name.zsh" | sed -n "/^	('$1')$/,/;;/p" |
		grep -o '\(^\|[^-a-z ]\)--[a-z-]*' | grep -o -- '--.*'
}

fish_options_of()
{
	sed -n "s/^complete -c $name -n '__fish_${name}_begins $1' -l \([a-z-]*\).*/--\1/p" "$name.fish"
}

same()
{
	[ "$2" = "$3" ] || fail "$1: $(diff <(echo "$2") <(echo "$3"))"
	passed=$((passed + 1))
}

mapfile -t commands < <("$tool" --help | sed -n 's/^  \([a-z-]\+\( [a-z]\+\)\?\)  .*/\1/p')
[ "${#commands[@]}" -gt 10 ] || fail "${#commands[@]} commands"
for command in "${commands[@]}"; do
	options=$(options_of "$command" | sort)
	read -ra words <<< "$command"
	typed "${words[@]}"
	[[ $replies == "${words[-1]}"* ]] || fail "bash: $command is not offered"
	typed "${words[@]}" --
	same "bash, $command" "$options" "$(sort <<< "$replies")"
	same "zsh, $command" "$options" "$(zsh_options_of "$command" | sort -u)"
	same "fish, $command" "$options" "$(fish_options_of "$command" | sort)"
	grep -q "^		'${words[-1]}:" "$name.zsh" || fail "zsh: $command is not offered"
	grep -q "is${words[1]:+ ${words[0]}}' -f -a '${words[-1]}' " "$name.fish" || fail "fish: $command is not offered"
done

touch plain "two words" "it's \$HOME"
mkdir folder
case $name in
hashsect)
	offers 'digest' dig
	offers 'verify' sig ver
	offers $'show\nresolve' policy ''
	offers 'sig' help si
	offers 'attach' help sig at
	offers $'--scope' digest --sc
	offers $'file\nloaded' digest --scope ''
	offers 'loaded' digest --scope = l
	offers 'sha3-256' digest --hash sha3-
	offers '' digest --jobs ''
	offers '' digest -j ''
	offers '--manifest' compare --man
	offers 'plain' compare --manifest pl
	offers 'folder' modules list -o fol
	offers 'two words' digest --map tw
	offers 'two words' digest -q tw
	offers "it's \$HOME" digest it
	[ "$asked" = ' filenames' ] || fail "what bash is asked for files: '$asked'"
	offers 'from=' sig strip --checksum f
	[ "$asked" = ' nospace' ] || fail "what bash is asked for 'from=': '$asked'"
	offers $'strict' policy show st
	offers $'linux' dump --policy li
	offers $'plain' dump --policy pl
	offers '--quiet' verify-attestation --q
	offers '' digest -- --sc
	typed digest --hash ''
	for word in "${COMPREPLY[@]}"; do
		expect 0 "$tool" digest --policy strict --hash "$word" "$BASH"
	done
	refused "unknown hash" "$tool" digest --policy strict --hash md5 "$BASH"
	;;
elfsect)
	offers $'list\nadd\nremove' keyring ''
	offers 'linux-extra-cert' keyring list --slot linux-e
	offers $'linux-extra-cert\nlinux-keyring\nmodule-hashes' inject --slot ''
	offers '' extract --section pl
	offers 'plain' inject --data pl
	offers 'plain' inject --in-place pl
	;;
esac

if command -v zsh > /dev/null; then
	zsh -n "$name.zsh" || fail "zsh -n $name.zsh"
	passed=$((passed + 1))
else
	skipped "zsh is not installed"
fi
if command -v fish > /dev/null; then
	fish --no-execute "$name.fish" || fail "fish --no-execute $name.fish"
	passed=$((passed + 1))
else
	skipped "fish is not installed"
fi
echo "ok - $passed checks"
