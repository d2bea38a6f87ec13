# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154,SC2034
# reproduce-kernel tree: a kernel's source and a configuration. Sourced after reproduce.sh.
#
# What is changed in the build: the key is the shipped certificate, on make's command line; signing is attaching from the store;
# pahole is scripts/kbuild/pahole.

phases=(
	"official|10|the shipped boot image and modules"
	"inputs|20|certificate, .BTF and signatures of what was shipped"
	"configure|10|the configuration that was given"
	"build|600|compiles the kernel and its modules"
	"install|20|boot image and modules, with the shipped signatures"
	"package|60|the package, by the kernel's own target"
	"compare|20|each file with what was shipped"
)

kernel_source='' config='' shipped='' with_signatures=yes build_folder='' target=''
make_words=()

load_state() {
	objtree=${build_folder:-$work/build}
	official=$work/official
	inputs=$work/inputs
}

# the_one WHAT FOLDER FIND_WORD...: the one file of this kind.
the_one() {
	local what=$1 folder=$2
	local -a found
	shift 2
	mapfile -t found < <(find -L "$folder" -type f "$@")
	[[ ${#found[@]} == 1 ]] || die "$folder has ${#found[@]} $what; exactly one is needed"
	echo "${found[0]}"
}

boot_image() {
	the_one "boot images" "$official" \( -name 'vmlinuz*' -o -name 'bzImage*' \)
}

# The folder that modules.order of modules is relative to: of the official ones, where kernel/ is.
modules_folder() {
	local first
	first=$(find -L "$official" -name '*.ko' -path '*/kernel/*' -print -quit)
	[[ -n $first ]] || die "$official has no modules that are not compressed"
	echo "${first%%/kernel/*}"
}

phase_official() {
	rm -rf "$official"
	case $shipped in
	*.deb) mkdir -p "$official" && dpkg-deb -x "$shipped" "$official" ;;
	*.tar | *.tar.*) mkdir -p "$official" && tar -xf "$shipped" -C "$official" ;;
	*)
		[[ -d $shipped ]] || die "neither a folder nor a package that is known: $shipped"
		ln -s "$shipped" "$official"
		;;
	esac
	boot_image
	modules_folder
}

phase_inputs() {
	local image
	image=$(boot_image)
	mkdir -p "$inputs"
	certificate_of "$image" "$inputs/vmlinux" "$inputs/certificate.pem"
	# What is no Linux has no banner.
	build_number_of "$inputs/vmlinux" >"$inputs/build-number" 2>/dev/null || rm -f "$inputs/build-number"
	rm -rf "$inputs/btf"
	if "$elfsect" list "$inputs/vmlinux" | grep -qw '\.BTF'; then
		btf_of "$inputs/vmlinux" "$(modules_folder)" "$inputs/btf"
	fi
	signatures_of "$official" "$inputs/signatures"
	rm -f "$inputs/image.sig"
	if has_table "$image"; then
		"$hashsect" sig extract -o "$inputs/image.sig" "$image"
	fi
}

# has_table IMAGE: whether a PE image has a certificate table.
has_table() {
	python3 - "$1" <<-'PYTHON'
		import struct, sys
		image = open(sys.argv[1], "rb").read(4096)
		pe = struct.unpack_from("<I", image, 0x3c)[0]
		if image[:2] != b"MZ" or image[pe:pe + 4] != b"PE\0\0":
		    sys.exit(1)
		directories = pe + 24 + {0x10b: 96, 0x20b: 112}[struct.unpack_from("<H", image, pe + 24)[0]]
		sys.exit(0 if struct.unpack_from("<I", image, directories + 4 * 8 + 4)[0] else 1)
	PYTHON
}

# Stands in for scripts/sign-file of the kernel: the last word is the module.
make_sign_file() {
	{
		echo "#!/bin/bash"
		[[ -z $with_signatures ]] ||
			printf '%q sig attach -q --from %q --certificates %q "${@: -1}"\n' "$hashsect" "$inputs/signatures" "$inputs/certificate.pem"
	} >"$work/bin/sign-file"
	chmod +x "$work/bin/sign-file"
}

# kernel_make WORD...
kernel_make() {
	env PATH="$work/bin:$PATH" HASHSECT="$hashsect" HASHSECT_BTF="$([[ ! -d $inputs/btf ]] || echo "$inputs/btf")" \
		HASHSECT_BTF_LOG="$work/btf" make -C "$kernel_source" O="$objtree" -j"$jobs" \
		CONFIG_MODULE_SIG_KEY="$inputs/certificate.pem" "cmd_sign=$work/bin/sign-file \$@" "${make_words[@]}" "$@"
}

phase_configure() {
	mkdir -p "$objtree" "$work/bin"
	ln -sf "$here/kbuild/pahole" "$work/bin/pahole"
	cp "$config" "$objtree/.config"
	kernel_make olddefconfig
	# The key is on the command line; whatever else moves is another kernel.
	diff <(grep -v MODULE_SIG_KEY= "$config") <(grep -v MODULE_SIG_KEY= "$objtree/.config") ||
		die "this source and toolchain make another configuration of $config"
}

phase_build() {
	start_count "$objtree"
	unlink_modules "$objtree"
	kernel_make
}

phase_install() {
	local image
	rm -rf "${out:?}/lib" "$out/vmlinux" "$out/vmlinuz"
	mkdir -p "$out"
	make_sign_file
	kernel_make modules_install DEPMOD=true INSTALL_MOD_PATH="$out"
	image=$objtree/$(kernel_make -s --no-print-directory image_name | tail -n 1)
	# In the tree, so that a package has it too; make sees a new image and leaves it alone.
	if [[ -n $with_signatures && -f $inputs/image.sig ]] && ! has_table "$image"; then
		"$hashsect" sig attach --signature "$inputs/image.sig" "$image"
	fi
	cp "$image" "$out/vmlinuz"
	cp "$objtree/vmlinux" "$objtree/System.map" "$out/"
}

phase_package() {
	[[ -z $target ]] || kernel_make "$target"
}

compare_one() {
	if cmp -s -- "$2" "$3"; then
		count "$1" yes
	else
		count "$1" no
		echo "different: $1: $(first_difference "$2" "$3")"
	fi
}

# Of modules the .ko files: what depmod writes, and links into the source, are not of the build.
phase_compare() {
	local ours theirs path
	theirs=$(modules_folder)
	ours=$(find "$out/lib/modules" -mindepth 1 -maxdepth 1 -type d)
	compare_one "boot image" "$(boot_image)" "$out/vmlinuz"
	while IFS= read -r path; do
		compare_one "module" "$theirs/$path" "$ours/$path"
	done < <({ (cd "$theirs" && find kernel -name '*.ko'); (cd "$ours" && find kernel -name '*.ko'); } | LC_ALL=C sort -u)
	if [[ -n $target && -f $shipped ]]; then
		compare_one "package" "$shipped" "$(dirname "$objtree")/${shipped##*/}"
	fi
	for path in vmlinux System.map; do
		if [[ -f $official/$path ]]; then
			compare_one "$path" "$official/$path" "$out/$path"
		fi
	done
	print_results >"$work/results" && echo 0 >"$work/status" || echo 1 >"$work/status"
	cat "$work/results"
}

parse_tree() {
	while [[ $# -gt 0 ]]; do
		case $1 in
		-h | --help) show_help; exit 0 ;;
		--without-signatures) with_signatures='' ;;
		--source | --config | --official | --make | --build | --target | --jobs | --until | --again | -o)
			[[ $# -gt 1 && -n $2 ]] || die "$1 needs a value (try --help)"
			case $1 in
			--source) kernel_source=$(realpath "$2") ;;
			--config) config=$(realpath "$2") ;;
			--official) shipped=$(realpath "$2") ;;
			--make) read -ra make_words <<<"$2" ;;
			--build) build_folder=$(realpath -m "$2") ;;
			--target) target=$2 ;;
			--jobs) jobs=$2 ;;
			--until) until_phase=$2 ;;
			--again) again_phase=$2 ;;
			-o) out=$(realpath -m "$2") ;;
			esac
			shift
			;;
		*) die "unknown word: $1 (try --help)" ;;
		esac
		shift
	done
	[[ -f $kernel_source/Makefile && -f $config && -e $shipped && -n $out ]] ||
		die "--source, --config, --official and -o are needed, and have to be there (try --help)"
}

reproduce_tree() {
	out='' jobs=$(nproc)
	parse_tree "$@"
	# The build is kept there, for a second run.
	work=$out/.reproduce
	elfsect=$(find_tool elfsect "${ELFSECT:-}")
	hashsect=$(find_tool hashsect "${HASHSECT:-}")
	mkdir -p "$work"
	exec 9>"$work/lock"
	flock -n 9 || die "another run works in $out"
	load_state
	run_phases
	cat "$work/results"
	exit "$(<"$work/status")"
}
