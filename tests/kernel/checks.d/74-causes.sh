# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154
# changes: shipped
# Causes planted into the build of a kernel: each is named, at once with the others, as vmlinux.o, vmlinux, boot image and
# package, and no byte is left that nothing explains.

why=$(why_not_shipped)
if [[ -n $why ]]; then
	echo "# $why"
	exit 0
fi
need_shipped

# Five of them: somebody else, at another time, in another place, with other options for one file and another name in the
# configuration.
sed 's/^CONFIG_DEFAULT_HOSTNAME=.*/CONFIG_DEFAULT_HOSTNAME="another"/' "$shipped/config" >config
elsewhere=$(dirname "$objtree")/elsewhere/obj
mkdir -p "${elsewhere%/*}"
rm -rf "$elsewhere"
words='KBUILD_BUILD_USER=somebody KBUILD_BUILD_TIMESTAMP=2026-02-02 CFLAGS_do_mounts.o=-O1'
expect 1 "built with five changes" reproduce_shipped "$elsewhere" config "$words" --without-signatures -o out
cp "$elsewhere/vmlinux.o" out/
cp "$(package_in "$(dirname "$elsewhere")")" out/package.deb
official=$(package_in "$shipped")

explained() {
	local what=$1
	expect 1 "$what is explained" "$hashsect" explain "${@:2}"
	out_says "$what: the user" "B: *version *[(]somebody@"
	out_says "$what: the time" "B: #1 2026-02-02"
	out_says "$what: a line of the configuration" "CONFIG_DEFAULT_HOSTNAME"
	out_says "$what: the options of a file" "compiler options of *init/do_mounts.c"
	out_says "$what: the vDSO, whose build-id has the place of the build in it" "build-id: raw_data"
	out_says "$what: nothing is left" "0 bytes that nothing explains"
}

# What is shipped has no debug information, and so no paths.
for file in vmlinux.o vmlinux; do
	explained "$file" "$shipped/$file" "out/$file"
	out_says "$file: the place of the build" "build path*${elsewhere%/obj}"
done
explained "the boot image" --debug-file "$shipped/vmlinux" --debug-file out/vmlinux "$shipped/vmlinuz" out/vmlinuz
explained "the package" --debug-file "$shipped/vmlinux" --debug-file out/vmlinux "$official" out/package.deb
rm -rf "$(dirname "$elsewhere")"
