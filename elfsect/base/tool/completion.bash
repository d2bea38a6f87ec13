# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash

# Offer those of the words that begin with $1, and files if $2 is not empty; $3 stands before what is offered.
_TOOL_offer()
{
	local word

	for word in "${words[@]}"; do
		[[ $word == "$1"* ]] || continue
		COMPREPLY+=("$3$word")
		# Readline puts quotes around what it takes for names of files.
		[[ $word != *[^-A-Za-z0-9_.=+]* ]] || compopt -o filenames 2> /dev/null
	done
	if [[ ${#COMPREPLY[@]} == 1 && ${COMPREPLY[0]} == *= ]]; then
		compopt -o nospace 2> /dev/null
	fi
	[[ $2 ]] || return 0
	compopt -o filenames 2> /dev/null
	while IFS= read -r word; do
		COMPREPLY+=("$3$word")
	done < <(compgen -f -- "$1")
}

# The option in a word whose value is the next word, "-qo" too: sets option, or makes it empty.
_TOOL_option()
{
	local words files letters=${1#-}

	option=$1
	if [[ $1 == --* ]]; then
		_TOOL_value "$command $1" || option=
		return 0
	fi
	for ((; ${#letters}; )); do
		option=-${letters:0:1}
		letters=${letters:1}
		if _TOOL_value "$command $option"; then
			[[ -z $letters ]] || option=
			return 0
		fi
	done
	option=
}

# Read the options between word $1 and the one to complete: sets option to that which waits for its value, and last to
# "--" if what follows are operands.
_TOOL_scan()
{
	local i word

	for ((i = $1; i < COMP_CWORD; i++)); do
		word=${COMP_WORDS[i]}
		if [[ $option ]]; then
			# bash cuts "--name=value" in three.
			[[ $word == = ]] || option=
		elif [[ $word == -- ]]; then
			last=$word
			return 0
		elif [[ $word == -?* && $word != *=* ]]; then
			_TOOL_option "$word"
		fi
	done
}

# bash says in $2 what it will replace, which is not all of the word where that has a colon.
_TOOL()
{
	local current=${2-${COMP_WORDS[COMP_CWORD]}} first=1 command='' option='' last='' files=''
	local -a words=()

	COMPREPLY=()
	[[ $current != = ]] || current=
	[[ ${COMP_WORDS[1]} != help || $COMP_CWORD == 1 ]] || first=2
	if ((COMP_CWORD == first)); then
		_TOOL_next ''
		((first > 1)) || words+=('--help' '-h' '--version' '-V' '--completion')
		_TOOL_offer "$current" '' ''
		return 0
	fi
	if ((first == 1)) && [[ ${COMP_WORDS[1]} == --completion ]]; then
		words=('bash' 'zsh' 'fish')
		_TOOL_offer "$current" '' ''
		return 0
	fi
	command=${COMP_WORDS[first]}
	if _TOOL_next "$command"; then
		if ((COMP_CWORD == ++first)); then
			_TOOL_offer "$current" '' ''
			return 0
		fi
		command+=" ${COMP_WORDS[first]}"
	fi
	_TOOL_options "$command" || return 0
	_TOOL_scan $((first + 1))
	if [[ $option ]]; then
		_TOOL_value "$command $option"
		_TOOL_offer "$current" "$files" ''
	elif [[ -z $last && $current == --*=* ]]; then
		_TOOL_value "$command ${current%%=*}" && _TOOL_offer "${current#*=}" "$files" "${current%%=*}="
	elif [[ -z $last && $current == -* ]]; then
		_TOOL_options "$command"
		_TOOL_offer "$current" '' ''
	else
		_TOOL_operands "$command"
		_TOOL_offer "$current" yes ''
	fi
	return 0
}
