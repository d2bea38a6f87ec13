# SPDX-License-Identifier: GPL-2.0-or-later

_TOOL_choose()
{
	_alternative "words:word:(${(j: :)${(@q)argv}})" 'files:file:_files'
}

_TOOL_level()
{
	local -a commands

	_TOOL_next "$1" && _describe -t commands "${1:-TOOL} command" commands
}

_TOOL()
{
	local curcontext=$curcontext command
	local -a commands

	if (( CURRENT == 2 )) && [[ $words[2] == -* ]]; then
		_arguments '(-)'{-h,--help}'[the commands]' '(-)'{-V,--version}'[the version]' \
			'(-)--completion[print a script that completes command lines]:shell:(bash zsh fish)'
		return
	fi
	if (( CURRENT == 3 )) && [[ $words[2] == --completion ]]; then
		compadd bash zsh fish
		return
	fi
	if (( CURRENT > 2 )) && [[ $words[2] == help ]]; then
		shift words
		(( CURRENT-- ))
	fi
	if (( CURRENT == 2 )); then
		_TOOL_level ''
		return
	fi
	shift words
	(( CURRENT-- ))
	command=$words[1]
	if _TOOL_next "$command"; then
		if (( CURRENT == 2 )); then
			_TOOL_level "$command"
			return
		fi
		shift words
		(( CURRENT-- ))
		command+=" $words[1]"
	fi
	curcontext="${curcontext%:*:*}:TOOL-${command// /-}:"
	_TOOL_arguments "$command"
}
