# SPDX-License-Identifier: GPL-2.0-or-later

# The words before the one to complete, without the tool and a "help" in front of a command.
function __fish_TOOL_words
	set -l words (commandline -opc)
	set -e words[1]
	test "$words[1]" = help; and set -e words[1]
	string join \n -- $words
end

function __fish_TOOL_is --description 'Whether these words are typed and no others'
	set -l words (__fish_TOOL_words)
	test "$words" = "$argv"
end

function __fish_TOOL_begins --description 'Whether the words that are typed begin with these'
	set -l words (__fish_TOOL_words)
	test "$words[1..$(count $argv)]" = "$argv"
end

