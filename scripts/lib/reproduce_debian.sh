# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154,SC2034
# reproduce-kernel debian: Debian's source package, by its own rules. Sourced after reproduce.sh.
#
# What is changed in the build: debian/rules.real takes the shipped certificate where it would make a key, and signs nothing;
# pahole is scripts/kbuild/pahole. Everything else is Debian's: configuration, flags, packaging.

readonly build_root=/build/reproducible-path
# What Debian's linux needs to be built for one flavour, and what its signed package and this script need.
readonly debian_packages=(pahole kmod lz4 bison flex rsync quilt kernel-wedge debhelper dh-exec python3-jinja2 dh-python
	fakeroot bc cpio libelf-dev libssl-dev xz-utils zstd dpkg-dev gcc-12 binutils sbsigntool openssl python3 util-linux)

phases=(
	"fetch|80|the newest version whose source and packages are all to be had"
	"unpack|120|packages and source"
	"tools|60|packages for the build, and whether they are those that the shipped kernel was built with"
	"inputs|60|certificate, .BTF and signatures of the shipped packages"
	"configure|30|Debian's configuration"
	"build|2700|compiles the kernel and its modules"
	"sign|60|attaches the shipped signatures to the modules"
	"packages|600|the unsigned package and the one of debug information, by debian/rules"
	"signed|80|the signed package, by the template in the source"
	"compare|120|packages and files"
)

package='' flavour='' abi='' version='' upstream='' local_packages='' jobs='' wanted_version=''

# ------------------------------------------------------------------------------------------------- where things are

# The state that later phases need, in a file that is read again when a run is resumed.
load_state() {
	if [[ -f $work/state ]]; then
		# shellcheck source=/dev/null
		. "$work/state"
		upstream=${version%-*}
	fi
	tree=$build_root/linux-$upstream
	objtree=$tree/debian/build/build_amd64_none_$flavour
	release=$abi-$flavour
	image=linux-image-$release
	fetched=$work/fetched
	official=$work/official
	inputs=$work/inputs
}

deb() {
	echo "$1_${version}_amd64.deb"
}

# apt_here OPTION...: apt with lists of its own, of the archives of Debian that this system names, with their sources.
apt_here() {
	local tool=$1
	shift
	"$tool" -o "Dir::Etc::sourcelist=$work/apt/sources.list" -o Dir::Etc::sourceparts=- -o "Dir::State::lists=$work/apt/lists" \
		-o "Dir::Cache::pkgcache=" -o "Dir::Cache::srcpkgcache=" -o APT::Sandbox::User=root -q "$@"
}

make_apt() {
	local uri suite component keyring=/usr/share/keyrings/debian-archive-keyring.gpg kind
	mkdir -p "$work/apt/lists/partial"
	# shellcheck disable=SC2016
	apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' 'Architecture: amd64' \
		'Origin: Debian' | sort -u | while read -r uri suite component; do
		for kind in deb deb-src; do
			echo "$kind [$([[ ! -f $keyring ]] || echo "signed-by=$keyring ")arch=amd64] $uri $suite $component"
		done
	done >"$work/apt/sources.list"
	[[ -s $work/apt/sources.list ]] || die "the apt sources of this system name no Debian archive"
	apt_here apt-get update
}

# ------------------------------------------------------------------------------------------------- fetch

# "VERSION PACKAGE" of every package that could be meant, newest first.
candidates() {
	local pattern="^linux-image-[0-9][0-9.]*-[0-9a-z.]*-$flavour\$" name
	if [[ -n $abi ]]; then
		pattern="^linux-image-$abi-$flavour\$"
	fi
	{
		apt_here apt-cache pkgnames linux-image- | grep -E "$pattern" | while read -r name; do
			apt_here apt-cache madison "$name" | awk -F'|' '/Packages/ { gsub(/ /, "", $2); gsub(/ /, "", $1); print $2, $1 }'
		done
		if [[ -n $local_packages ]]; then
			find "$local_packages" -name 'linux-image-*_amd64.deb' -printf '%f\n' | sed 's/_/ /g' |
				awk '{ print $2, $1 }' | grep -E " ${pattern#^}"
		fi
	} | sort -u | if [[ -n $wanted_version ]]; then grep "^${wanted_version//./\\.} "; else cat; fi | sort -rV
}

# take_deb NAME VERSION: into $fetched.
take_deb() {
	local file=$1_$2_amd64.deb
	[[ ! -s $fetched/$file ]] || return 0
	if [[ -n $local_packages && -s $local_packages/$file ]]; then
		ln -sf "$(realpath "$local_packages/$file")" "$fetched/$file"
	else
		(cd "$fetched" && apt_here apt-get download "$1=$2")
	fi
}

take_source() {
	local dsc=linux_$1.dsc
	if [[ -n $local_packages && -s $local_packages/$dsc ]]; then
		ln -sf "$(realpath "$local_packages")"/linux_"${1%-*}".orig.tar.xz "$(realpath "$local_packages")"/linux_"$1".* "$fetched/"
	else
		(cd "$fetched" && apt_here apt-get source --download-only "linux=$1")
	fi
}

phase_fetch() {
	local found name
	mkdir -p "$fetched"
	make_apt
	while read -r found name; do
		echo "trying $name $found"
		if take_source "$found" && take_deb "$name" "$found" && take_deb "$name-unsigned" "$found" &&
			take_deb "$name-dbg" "$found"; then
			name=${name#linux-image-}
			printf 'version=%s\nabi=%s\nflavour=%s\n' "$found" "${name%"-$flavour"}" "$flavour" >"$work/state"
			return
		fi
	done < <(candidates)
	die "no version of $package whose source and packages are all to be had"
}

phase_unpack() {
	local name
	for name in "$image" "$image-unsigned" "$image-dbg"; do
		rm -rf "${official:?}/$name"
		mkdir -p "$official/$name"
		dpkg-deb -x "$fetched/$(deb "$name")" "$official/$name"
	done
	mkdir -p "$build_root"
	rm -rf "$tree"
	(cd "$build_root" && dpkg-source --no-check -x "$fetched/linux_$version.dsc" "$tree")
	change_rules "$tree/debian/rules.real"
}

# The two changes; a recipe that is not as known is not guessed at.
change_rules() {
	python3 - "$1" "$inputs/certificate.pem" <<-'PYTHON'
		import sys
		path, certificate = sys.argv[1:]
		text = open(path).read()
		begin, end = "\topenssl req -new ", "-newkey rsa 2>&1\n"
		install = "\t+$(MAKE_CLEAN) -C $(DIR) modules_install \\\n\t\tDEPMOD="
		if text.count(begin) != 1 or text.count(end) != 1 or text.count(install) != 1:
		    sys.exit(f"{path}: not the recipe that is known: neither key nor signing where they should be")
		head, rest = text.split(begin)
		text = head + f"\tcp '{certificate}' $(DIR)/output/signing_key.pem\n" + rest.split(end)[1]
		text = text.replace(install, install.replace("DEPMOD=", "cmd_sign= \\\n\t\tDEPMOD="))
		open(path, "w").write(text)
	PYTHON
}

# ------------------------------------------------------------------------------------------------- tools, inputs

# same_tool WHAT HERE SHIPPED
same_tool() {
	echo "$1: here $2, shipped $3"
	[[ $2 == "$3" ]] || die "the shipped kernel was built with another $1: $3, here $2"
}

config_value() {
	sed -n "s/^$1=\"\\{0,1\\}\\([^\"]*\\)\"\\{0,1\\}\$/\\1/p" "$official/$image-unsigned/boot/config-$release"
}

phase_tools() {
	local compiler path
	need_packages "${debian_packages[@]}"
	compiler=$(sed -n "s/.*setup_image.*COMPILER='\\([^']*\\)'.*FLAVOUR='$flavour'.*/\\1/p" "$tree/debian/rules.gen" | sed -n 1p)
	same_tool compiler "$("$compiler" --version | sed -n 1p)" "$(config_value CONFIG_CC_VERSION_TEXT)"
	same_tool assembler "$(as --version | awk 'NR == 1 { split($NF, v, "."); print v[1] * 10000 + v[2] * 100 + v[3] }')" \
		"$(config_value CONFIG_AS_VERSION)"
	same_tool linker "$(ld --version | awk 'NR == 1 { split($NF, v, "."); print v[1] * 10000 + v[2] * 100 + v[3] }')" \
		"$(config_value CONFIG_LD_VERSION)"
	same_tool pahole "$(/usr/bin/pahole --version | tr -dc 0-9)" "$(config_value CONFIG_PAHOLE_VERSION)"
	path=$(readelf --debug-dump=info "$official/$image-dbg/usr/lib/debug/boot/vmlinux-$release" 2>/dev/null |
		grep -m 1 -oE "$build_root/linux-[^/]*/debian/build/build_[a-z0-9_-]*" || true)
	same_tool "build path" "$objtree" "${path:-none in its debug information}"
}

phase_inputs() {
	mkdir -p "$inputs"
	certificate_of "$official/$image/boot/vmlinuz-$release" "$inputs/vmlinux" "$inputs/certificate.pem"
	build_number_of "$inputs/vmlinux" >"$inputs/build-number"
	btf_of "$inputs/vmlinux" "$official/$image/lib/modules/$release" "$inputs/btf"
	signatures_of "$official/$image" "$inputs/signatures"
	"$hashsect" sig extract -o "$inputs/vmlinuz.sig" "$official/$image/boot/vmlinuz-$release"
}

# ------------------------------------------------------------------------------------------------- build

# in_tree COMMAND...: in the source, with an environment of Debian's builds.
in_tree() {
	(cd "$tree" && env -i PATH="$work/bin:/usr/sbin:/usr/bin:/sbin:/bin" HOME=/nonexistent LC_ALL=C.UTF-8 \
		DEB_BUILD_OPTIONS="parallel=$jobs" MAKEFLAGS="-j$jobs" HASHSECT="$hashsect" HASHSECT_PAHOLE=/usr/bin/pahole \
		HASHSECT_BTF="$inputs/btf" HASHSECT_BTF_LOG="$work/btf" "$@")
}

rule() {
	in_tree make -f debian/rules.gen "$1_amd64_none_${flavour}_real_$2"
}

phase_configure() {
	mkdir -p "$work/bin"
	ln -sf "$here/kbuild/pahole" "$work/bin/pahole"
	rule setup image
}

progress_build() {
	echo "$(find "$objtree" -name '*.mod' 2>/dev/null | wc -l) modules compiled, $(find "$objtree" -name '*.ko' -not -path '*/output/*' \
		2>/dev/null | wc -l) linked, of $(find "$official/$image" -name '*.ko' | wc -l)"
}

# Debian's rules would take their own word for what was done before.
phase_build() {
	rm -f "$tree/debian/stamps/build_amd64_none_$flavour"
	start_count "$objtree"
	unlink_modules "$objtree"
	rule build-arch image
	[[ ! -f $work/btf ]] || sort "$work/btf" | grep proved | cut -d: -f3- | sort | uniq -c
}

phase_sign() {
	attach_signatures "$inputs/signatures" "$inputs/certificate.pem" "$objtree/output/image/lib/modules/$release"
}

# ------------------------------------------------------------------------------------------------- packages

phase_packages() {
	local name
	rm -f "$build_root/$(deb "$image-unsigned")" "$build_root/$(deb "$image-dbg")"
	rule binary-arch image
	rule binary-arch image-dbg
	for name in "$image-unsigned" "$image-dbg"; do
		[[ -s $build_root/$(deb "$name") ]]
	done
}

# What the signing service makes of the template: its source with the signatures in it.
signed_source() {
	local template=linux-image-amd64-signed-template
	local -a others
	mapfile -t others < <(sed -n 's/^binary-arch_amd64_real_signed-template://p' "$tree/debian/rules.gen" | tr ' ' '\n' | grep . |
		sed 's/^/-o\n/')
	in_tree fakeroot make -f debian/rules.gen "${others[@]}" binary-arch_amd64_real_signed-template
	rm -rf "$1"
	cp -a "$tree/debian/$template/usr/share/code-signing/$template/source-template" "$1"
	mkdir -p "$1/debian/signatures/$image-unsigned/boot"
	cp "$inputs/vmlinuz.sig" "$1/debian/signatures/$image-unsigned/boot/vmlinuz-$release.sig"
}

# It wants the unsigned package installed: in a mount namespace of its own, with a database of its own, it is.
phase_signed() {
	local source=$work/signed/source root=$work/signed/root admin=$work/signed/admin unsigned
	unsigned=$build_root/$(deb "$image-unsigned")
	rm -rf "$work/signed"
	mkdir -p "$root" "$admin/updates" "$admin/info" /boot /lib/modules /usr/share/bug
	signed_source "$source"
	dpkg-deb -x "$unsigned" "$root"
	{
		cat /var/lib/dpkg/status
		dpkg-deb -f "$unsigned" | sed '1a Status: install ok installed'
		echo
	} >"$admin/status"
	# shellcheck disable=SC2016
	unshare -m bash -ec '
		mount --bind "$1/boot" /boot
		mount --bind "$1/lib/modules" /lib/modules
		mount --bind "$1/usr/share/bug" /usr/share/bug
		cd "$2"
		env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/nonexistent LC_ALL=C.UTF-8 DPKG_ADMINDIR="$3" fakeroot \
			make -f debian/rules.gen "binary-arch_amd64_none_${4}_real_image"' \
		- "$root" "$source" "$admin" "$flavour"
	[[ -s $work/signed/$(deb "$image") ]]
}

# ------------------------------------------------------------------------------------------------- compare

kind_of_file() {
	case $1 in
	usr/lib/debug/*.ko) echo "debug module" ;;
	*.ko) echo "module, signed" ;;
	usr/lib/debug/boot/vmlinux-*) echo "vmlinux with debug information" ;;
	boot/vmlinuz-*) echo "boot image" ;;
	*boot/System.map-*) echo "System.map" ;;
	boot/config-*) echo "configuration" ;;
	*) echo "other file" ;;
	esac
}

rebuilt_deb() {
	if [[ $1 == "$image" ]]; then
		echo "$work/signed/$(deb "$1")"
	else
		echo "$build_root/$(deb "$1")"
	fi
}

phase_compare() {
	local name
	for name in "$image-unsigned" "$image" "$image-dbg"; do
		rm -rf "${work:?}/rebuilt"
		mkdir -p "$work/rebuilt"
		dpkg-deb -x "$(rebuilt_deb "$name")" "$work/rebuilt"
		compare_folders "$official/$name" "$work/rebuilt" kind_of_file
		if cmp -s "$fetched/$(deb "$name")" "$(rebuilt_deb "$name")"; then
			count "package" yes
		else
			count "package" no
			echo "different: package: $(deb "$name"): $(first_difference "$fetched/$(deb "$name")" "$(rebuilt_deb "$name")")"
		fi
	done
	rm -rf "${work:?}/rebuilt"
	print_results >"$work/results" && echo 0 >"$work/status" || echo 1 >"$work/status"
	cat "$work/results"
}

# ------------------------------------------------------------------------------------------------- the command

parse_debian() {
	local name
	while [[ $# -gt 0 ]]; do
		case $1 in
		-h | --help) show_help; exit 0 ;;
		--version | --packages | --work | --jobs | --until | --again)
			[[ $# -gt 1 && -n $2 ]] || die "$1 needs a value (try --help)"
			case $1 in
			--version) wanted_version=$2 ;;
			--packages) local_packages=$2 ;;
			--work) work=$2 ;;
			--jobs) jobs=$2 ;;
			--until) until_phase=$2 ;;
			--again) again_phase=$2 ;;
			esac
			shift
			;;
		-*) die "unknown option: $1 (try --help)" ;;
		*)
			[[ -z $package ]] || die "one package, please"
			package=$1
			;;
		esac
		shift
	done
	[[ $package == linux-image-?* ]] || die "a package linux-image-... is needed (try --help)"
	name=${package#linux-image-}
	if [[ $name =~ ^([0-9][0-9.]*-[0-9a-z.]+)-(.+)$ ]]; then
		abi=${BASH_REMATCH[1]}
		flavour=${BASH_REMATCH[2]}
	else
		flavour=$name
	fi
	[[ -z $local_packages || -d $local_packages ]] || die "no folder $local_packages"
}

reproduce_debian() {
	local home=~
	parse_debian "$@"
	work=$(realpath -m "${work:-${XDG_CACHE_HOME:-$home/.cache}/hashsect/reproduce/$package}")
	jobs=${jobs:-$(nproc)}
	[[ $(id -u) == 0 ]] || die "needs root: the build path is $build_root, and the signed package wants the unsigned one installed"
	elfsect=$(find_tool elfsect "${ELFSECT:-}")
	hashsect=$(find_tool hashsect "${HASHSECT:-}")
	mkdir -p "$work"
	exec 9>"$work/lock"
	flock -n 9 || die "another run works in $work"
	load_state
	run_phases
	cat "$work/results"
	exit "$(<"$work/status")"
}
