# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154
# Every other bit counts: more than 20 000 flips, spread over all kinds of places (tests/flip_sample.c). One in headers,
# symbols or relocations has the whole file read again, so most of those are in what is left without debug information.

flip=$tools/tests/flip_sample

# flips KIND FILE COUNT SEED
flips() {
	expect 0 "$3 flips in ${2#"$cache"/}: $1" "$flip" -s "$1" "$2" "$3" "$4"
}

objcopy --strip-debug "$cache/iso-rsa/vmlinux.o" small.o
objcopy --strip-debug "$cache/stock-rsa1/vmlinux" small

flips content "$cache/iso-rsa/vmlinux.o" 5000 1
flips content "$cache/stock-rsa1/vmlinux.o" 3000 2
flips content "$cache/stock-rsa1/vmlinux" 4000 3
flips structure "$cache/iso-rsa/vmlinux.o" 1000 4
flips structure "$cache/stock-rsa1/vmlinux" 1500 5
flips structure small.o 5000 6
flips structure small 4000 7
