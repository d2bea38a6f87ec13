# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154
# Threads, locale, time zone, directory, umask: no effect.

file=$cache/iso-rsa/vmlinux.o
expected=$(digest_of "$file")

# unchanged TEXT COMMAND...: the command prints a digest line.
unchanged() {
	local text=$1 line
	shift
	line=$("$@" 2>messages) || line=$(cat messages)
	same "$text" "${line%% *}" "$expected"
}

in_directory() {
	cd "$1" || return
	"$hashsect" digest vmlinux.o
}

with_umask() {
	umask "$1"
	"$hashsect" digest "$file"
}

unchanged "-j 1" "$hashsect" digest -j 1 "$file"
unchanged "-j 2" "$hashsect" digest -j 2 "$file"
unchanged "-j 7" "$hashsect" digest -j 7 "$file"
for locale in C C.UTF-8 tr_TR.UTF-8; do
	unchanged "LC_ALL=$locale" env LC_ALL="$locale" "$hashsect" digest "$file"
done
unchanged "TZ" env TZ=Asia/Kathmandu "$hashsect" digest "$file"
unchanged "another directory, relative path" in_directory "$cache/iso-rsa"
unchanged "umask 077" with_umask 077
unchanged "empty environment" env -i "$hashsect" digest "$file"
ln -s "$file" "odd name"
unchanged "a symbolic link with an odd name" "$hashsect" digest "odd name"
unchanged "a build with SOURCE_DATE_EPOCH" env SOURCE_DATE_EPOCH=1 "$hashsect" digest "$file"
