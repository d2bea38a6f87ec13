#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# consumers.sh KIND: programs outside this project that use what is installed, found through pkg-config or find_package()
# alone. KIND is shared, static, cxx, cmake or absolute. From the environment: BUILD, SOURCE (folders), LIBDIR (as
# CMAKE_INSTALL_LIBDIR), CC, CXX, FLAGS (of the compiler), HASHSECT, MKELF.
set -euo pipefail
kind=$1
readonly SKIPPED=77
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
sample=$SOURCE/samples/library/digest.c
read -r -a flags <<< "$FLAGS"

fail() {
	echo "not ok - $kind: $*"
	exit 1
}

skip() {
	echo "skipped: $kind: $*"
	exit $SKIPPED
}

# quietly COMMAND...: what it says is shown if it fails.
quietly() {
	"$@" > "$dir/log" 2>&1 || fail "$(cat "$dir/log")"
}

# flags_of OPTION...: what pkg-config says, as separate words in the array $said.
flags_of() {
	local line
	line=$(PKG_CONFIG_PATH=$dir/prefix/$LIBDIR/pkgconfig pkg-config "$@") || fail "pkg-config $*"
	read -r -a said <<< "$line"
}

install_all() {
	[[ $LIBDIR != /* ]] || skip "this build installs to $LIBDIR"
	quietly cmake --install "$BUILD" --prefix "$dir/prefix"
	export LD_LIBRARY_PATH=$dir/prefix/$LIBDIR
	"$MKELF" keyring-64le "$dir/file"
	wanted=$("$HASHSECT" digest -q "$dir/file" | cut -d ' ' -f 1)
}

# runs PROGRAM: it prints the digest that the tool prints.
runs() {
	local found
	found=$("$1" "$dir/file" | head -n 1) || fail "$1 does not run"
	[ "$found" = "$wanted" ] || fail "$found instead of $wanted"
}

# Functions with the names that our libraries have inside, for a program that must not call ours or lose its own.
own_functions() {
	nm -g --defined-only "$BUILD/elfsect/libelfsect_internal.a" "$BUILD/hashsect/libhashsect_internal.a" |
		awk 'NF == 3 && $3 ~ /^[a-z]/ { print $3 }' | grep -v '^elfsect_\|^hashsect_' | sort -u |
		awk '{ print "void " $1 "(void);\nvoid " $1 "(void) { __builtin_trap(); }" }' > "$dir/own.c"
	[ "$(grep -c trap "$dir/own.c")" -gt 50 ] || fail "too few names inside: $(cat "$dir/own.c")"
}

shared() {
	flags_of --cflags --libs hashsect elfsect
	"$CC" "${flags[@]}" -o "$dir/program" "$sample" "${said[@]}"
	runs "$dir/program"
	LC_ALL=C readelf -d "$dir/program" | grep -q 'NEEDED.*libhashsect\.so\.1' || fail "not linked to the shared library"
}

static() {
	local first second
	rm "$dir/prefix/$LIBDIR"/lib*.so*
	own_functions
	flags_of --static --cflags --libs hashsect elfsect
	"$CC" "${flags[@]}" -o "$dir/program" "$sample" "${said[@]}"
	runs "$dir/program"
	"$CC" "${flags[@]}" -w -fno-builtin -c -o "$dir/own.o" "$dir/own.c"
	for first in hashsect elfsect; do
		second=$([ $first = hashsect ] && echo elfsect || echo hashsect)
		"$CC" "${flags[@]}" -o "$dir/program" "$sample" "$dir/own.o" "$dir/prefix/$LIBDIR/lib$first.a" \
			"$dir/prefix/$LIBDIR/lib$second.a" "${said[@]}"
		runs "$dir/program"
	done
}

cxx() {
	command -v "$CXX" > /dev/null || skip "there is no $CXX"
	flags_of --cflags --libs hashsect elfsect
	"$CXX" "${flags[@]}" -std=c++17 -Wall -Wextra -Wpedantic -Wconversion -Werror -o "$dir/program" \
		"$SOURCE/tests/library/consumer.cpp" "${said[@]}"
	runs "$dir/program"
}

with_cmake() {
	quietly cmake -S "$SOURCE/tests/library/find_package" -B "$dir/build" -DCMAKE_PREFIX_PATH="$dir/prefix" \
		-DSAMPLE="$sample" -DCMAKE_C_COMPILER="$CC" -DCMAKE_C_FLAGS="$FLAGS"
	quietly cmake --build "$dir/build"
	runs "$dir/build/consumer"
}

# Folders that are not below the prefix. Nothing is built: the .pc files are a component of their own.
absolute() {
	LIBDIR=../libraries
	quietly cmake -S "$SOURCE" -B "$dir/build" -DCMAKE_C_COMPILER="$CC" -DBUILD_TESTS=OFF \
		-DCMAKE_INSTALL_PREFIX="$dir/prefix" -DCMAKE_INSTALL_LIBDIR="$dir/libraries" \
		-DCMAKE_INSTALL_INCLUDEDIR="$dir/headers"
	quietly cmake --install "$dir/build" --component pkgconfig
	mkdir -p "$dir/prefix"
	for module in elfsect hashsect; do
		flags_of --variable=libdir $module
		[ "${said[*]}" = "$dir/libraries" ] || fail "$module: libdir is ${said[*]}"
		flags_of --variable=includedir $module
		[ "${said[*]}" = "$dir/headers" ] || fail "$module: includedir is ${said[*]}"
	done
}

case $kind in
absolute) absolute ;;
cmake) install_all && with_cmake ;;
*) install_all && $kind ;;
esac
echo "ok - $kind"
