# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154
# What both forms of reproduce-kernel share: phases, inputs from shipped files, the table of results. Sourced after common.sh.

phases=()      # "name|seconds on two idle processors|what it does"
work=
until_phase=
again_phase=

# find_tool NAME OVERRIDE
find_tool() {
	if [[ -n $2 ]]; then
		command -v "$2" || die "${1^^}: $2 cannot be run"
	elif [[ -x $repo/build/$1/$1 ]]; then
		echo "$repo/build/$1/$1"
	else
		command -v "$1" || die "$1 not found: build it (scripts/test does), or set ${1^^}"
	fi
}

minutes() {
	printf '%d:%02d' $(($1 / 60)) $(($1 % 60))
}

# log TEXT: for the reader, and in the log.
log() {
	note "$*"
	echo "$(date -u +%FT%TZ) $*" >>"$work/log"
}

# left_after NAME: seconds that the phases behind it take by their estimates.
left_after() {
	local entry name seconds found='' sum=0
	for entry in "${phases[@]}"; do
		IFS='|' read -r name seconds _ <<<"$entry"
		if [[ -n $found && ! -e $work/stamps/$name ]]; then
			sum=$((sum + seconds))
		fi
		[[ $name != "$1" ]] || found=yes
	done
	echo $sum
}

# watch PHASE ESTIMATE: a line a minute while it runs.
watch_phase() {
	local start=$SECONDS spent
	while sleep 60; do
		spent=$((SECONDS - start))
		note "  $1: $(minutes $spent) of about $(minutes "$2")$(type -t "progress_$1" >/dev/null && echo ", $("progress_$1")")"
	done
}

# run_phase NAME SECONDS TEXT NUMBER: calls phase_NAME in a shell of its own, its output in logs/NAME.
run_phase() {
	local name=$1 estimate=$2 text=$3 start=$SECONDS watcher status=0
	if [[ -e $work/stamps/$name ]]; then
		log "[$4/${#phases[@]}] $name: done before, $(minutes "$(<"$work/stamps/$name")")"
		return
	fi
	log "[$4/${#phases[@]}] $name: $text; about $(minutes "$estimate"), then $(minutes "$(left_after "$name")") are left"
	watch_phase "$name" "$estimate" 9>&- &
	watcher=$!
	# Not in a condition: set -e has to hold in there.
	set +e
	(set -e; "phase_$name") >>"$work/logs/$name" 2>&1 </dev/null
	status=$?
	set -e
	kill $watcher 2>/dev/null || true
	wait $watcher 2>/dev/null || true
	if [[ $status != 0 ]]; then
		tail -n 20 "$work/logs/$name" >&2
		die "$name failed after $(minutes $((SECONDS - start))); its log: $work/logs/$name"
	fi
	echo $((SECONDS - start)) >"$work/stamps/$name"
	log "  $name: done in $(minutes $((SECONDS - start)))"
}

run_phases() {
	local entry name seconds text i=0 again=''
	mkdir -p "$work/stamps" "$work/logs"
	if [[ -n $until_phase$again_phase ]]; then
		for name in $until_phase $again_phase; do
			[[ " $(printf '%s\n' "${phases[@]}" | cut -d'|' -f1 | tr '\n' ' ')" == *" $name "* ]] || die "no phase $name"
		done
	fi
	for entry in "${phases[@]}"; do
		IFS='|' read -r name seconds text <<<"$entry"
		i=$((i + 1))
		[[ $name != "$again_phase" ]] || again=yes
		[[ -z $again ]] || rm -f "$work/stamps/$name"
		run_phase "$name" "$seconds" "$text" $i
		load_state
		if [[ $name == "$until_phase" ]]; then
			exit 0
		fi
	done
}

# ------------------------------------------------------------------------------------------------- inputs

# certificate_of BOOT_IMAGE KERNEL OUT.pem: the public half of the build's key, which is the first of the keyring; KERNEL receives
# what is compressed in the boot image. Found by content: there are no symbols.
certificate_of() {
	python3 "$here/lib/boot_image.py" "$1" "$2"
	"$elfsect" keyring list --slot linux-keyring --pem "$2" >"$3.all"
	openssl x509 -in "$3.all" -out "$3"
	openssl x509 -in "$3" -noout -subject -serial
}

# build_number_of VMLINUX: how often the shipped kernel had been linked, which it says in its banner, "#1".
build_number_of() {
	python3 - "$1" <<-'PYTHON'
		import re, sys
		banner = re.search(rb"Linux version [^\0\n]*#(\d+) ", open(sys.argv[1], "rb").read())
		if not banner:
		    sys.exit(f"{sys.argv[1]}: no number of the build in its banner")
		print(banner.group(1).decode())
	PYTHON
}

# unlink_modules OBJTREE: kbuild runs resolve_btfids on a module again when vmlinux is newer, without linking the module again;
# the second run puts identifiers where the first has sorted them away from, beside the flags of others (nf_conntrack.ko of
# Linux 6.1). So a build that is resumed links all modules.
unlink_modules() {
	[[ ! -d $1 ]] || find "$1" -name '*.ko' -not -path '*/output/*' -delete
}

# start_count OBJTREE: the next link is as many as the shipped kernel's. The kernel counts in a file; KBUILD_BUILD_VERSION would
# say the number in one more place, the placeholder of the banner that is compiled before the link.
start_count() {
	local number
	number=$(cat "$inputs/build-number" 2>/dev/null || echo 1)
	if ((number > 1)); then
		echo $((number - 1)) >"$1/.version"
	else
		rm -f "$1/.version"
	fi
}

# btf_of VMLINUX MODULES_FOLDER OUT: sections under the names that scripts/kbuild/pahole looks for.
btf_of() {
	local module name n=0
	rm -rf "$3"
	mkdir -p "$3"
	"$elfsect" extract --section .BTF -o "$3/vmlinux.btf" "$1"
	while IFS= read -r module; do
		name=${module##*/}
		name=${name%.ko}
		name=$3/${name//-/_}.btf
		[[ ! -e $name ]] || die "two modules of one name: $module"
		"$elfsect" extract --section .BTF -o "$name" "$module" 2>/dev/null || continue
		n=$((n + 1))
	done < <(find "$2" -name '*.ko')
	echo ".BTF of vmlinux, and of $n modules"
}

# signatures_of FOLDER STORE: those of modules and of boot images, each under the digest of what it signs.
signatures_of() {
	rm -rf "$2"
	"$hashsect" sig collect -o "$2" "$1"
}

# attach_signatures STORE CERTIFICATE FILE...: what the store has for these bytes, and this key made; the rest stays as it is.
attach_signatures() {
	"$hashsect" sig attach --from "$1" --certificates "$2" "${@:3}"
}

# ------------------------------------------------------------------------------------------------- results

declare -A equal=() total=()
kinds=()

# count KIND yes|no
count() {
	[[ -n ${total[$1]:-} ]] || kinds+=("$1")
	total[$1]=$((${total[$1]:-0} + 1))
	[[ -n ${equal[$1]:-} ]] || equal[$1]=0
	if [[ $2 == yes ]]; then
		equal[$1]=$((equal[$1] + 1))
	fi
}

# first_difference A B: where, in one line.
first_difference() {
	cmp -- "$1" "$2" 2>&1 | head -n 1 || true
}

# same_file A B: two regular files or links.
same_file() {
	if [[ -L $1 || -L $2 ]]; then
		[[ -L $1 && -L $2 && $(readlink "$1") == "$(readlink "$2")" ]]
	else
		[[ -f $1 && -f $2 ]] && cmp -s -- "$1" "$2"
	fi
}

# compare_folders OFFICIAL REBUILT KIND_FUNCTION: each file of either side, by its kind.
compare_folders() {
	local path kind
	while IFS= read -r path; do
		kind=$("$3" "$path")
		if same_file "$1/$path" "$2/$path"; then
			count "$kind" yes
		else
			count "$kind" no
			echo "different: $kind: $path: $(first_difference "$1/$path" "$2/$path")"
		fi
	done < <({ (cd "$1" && find . ! -type d); (cd "$2" && find . ! -type d); } | sed 's|^\./||' | LC_ALL=C sort -u)
}

# print_results: the table; status 1 if anything differs.
print_results() {
	local kind all=0 same=0
	for kind in "${kinds[@]}"; do
		printf '%s %s of %s equal\n' "$kind" "${equal[$kind]}" "${total[$kind]}"
		all=$((all + total[$kind]))
		same=$((same + equal[$kind]))
	done
	[[ $all -gt 0 ]] || die "nothing was compared"
	if [[ $all == "$same" ]]; then
		echo "equal: $same of $all"
	else
		echo "different: $((all - same)) of $all"
		return 1
	fi
}
