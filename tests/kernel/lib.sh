# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154
# What the check files share. tests/kernel/run sources it, then one check file, in a shell of its own:
#
#   $cache      the directory that tests/kernel/build printed; what may be changed there: tree*/ and source-boot/, by files that
#               say so in a line "# changes: TREE...": only one of those that name a tree runs at a time
#   $elfsect, $hashsect, $reference, $tools   what is tested
#   $PWD        an empty directory that is removed afterwards
#
# Each check prints "ok - TEXT" or "not ok - TEXT"; what helps to understand a failure follows with "# ".

readonly isolated_variants=(iso-rsa iso-ecdsa)
readonly stock_variants=(stock-rsa1 stock-rsa2 stock-ecdsa)
readonly variants=("${isolated_variants[@]}" "${stock_variants[@]}")
readonly keyring=.init.rodata.keyring
readonly reference=$repo/scripts/reference/hashsect_ref.py
out=

ok() {
	echo "ok - $*"
}

not_ok() {
	echo "not ok - $1"
	if [[ -n ${2:-} ]]; then
		tail -n 30 <<<"$2" | sed 's/^/# /'
	fi
}

# expect STATUS TEXT COMMAND...: leaves what it printed in out.
expect() {
	local want=$1 text=$2 status=0
	shift 2
	out=$("$@" 2>&1 </dev/null) || status=$?
	if [[ $status == "$want" ]]; then
		ok "$text"
	else
		not_ok "$text" "status $status, not $want: $*"$'\n'"$out"
	fi
}

# out_says TEXT PATTERN: whether the last expect printed something that matches the glob.
out_says() {
	# shellcheck disable=SC2053
	if [[ $out == *$2* ]]; then
		ok "$1"
	else
		not_ok "$1" "$2 is not in:"$'\n'"$out"
	fi
}

same() {
	if [[ -n $2 && $2 == "$3" ]]; then
		ok "$1"
	else
		not_ok "$1" "'$2'"$'\n'"'$3'"
	fi
}

differ() {
	if [[ -n $2 && -n $3 && $2 != "$3" ]]; then
		ok "$1"
	else
		not_ok "$1" "'$2'"$'\n'"'$3'"
	fi
}

# digest_with COMMAND FILE [OPTION...]: the digest alone that the command (a word list) prints; on failure its message,
# with a number, so that it equals no other.
digest_with() {
	local command=$1 file=$2 line
	shift 2
	# shellcheck disable=SC2086
	if line=$($command digest "$@" "$file" 2>messages </dev/null); then
		echo "${line%"  $file"}"
	else
		echo "no digest ($RANDOM$RANDOM): $(tail -n 3 messages)"
	fi
}

digest_of() {
	digest_with "$hashsect" "$@"
}

sha256_of() {
	openssl dgst -sha256 -r "$1" | cut -d ' ' -f 1
}

subject_of() {
	openssl x509 -inform DER -in "$1" -noout -subject | sed 's/.*CN *= *//'
}

# linked_bytes VMLINUX SYMBOL LENGTH: what the symbol of a linked kernel stands for, without our tools.
linked_bytes() {
	local address section_address offset size
	address=$((16#$(nm "$1" | awk -v name="$2" '$3 == name { print $1 }')))
	while read -r section_address offset size; do
		if ((16#$section_address <= address && address - 16#$section_address < 16#$size)); then
			tail -c "+$((16#$offset + address - 16#$section_address + 1))" "$1" | head -c "$3" || true
			return
		fi
	done < <(readelf -SW "$1" | sed 's/^ *\[ *[0-9]*\] *//' | awk '$2 != "NOBITS" && $7 ~ /A/ { print $3, $4, $5 }')
}

# linked_word VMLINUX SYMBOL: as a decimal number.
linked_word() {
	linked_bytes "$1" "$2" 8 | od -An -td8 | tr -d ' '
}

# check_linked_keyring TEXT VMLINUX CERTIFICATE: the kernel's own symbols lead to this certificate.
check_linked_keyring() {
	local size
	size=$(stat -c %s "$3")
	linked_bytes "$2" system_certificate_list "$size" >linked.x509
	expect 0 "$1: system_certificate_list is the certificate" cmp linked.x509 "$3"
	same "$1: system_certificate_list_size is its size" "$(linked_word "$2" system_certificate_list_size)" "$size"
	same "$1: module_cert_size is its size" "$(linked_word "$2" module_cert_size)" "$size"
}

# new_key NAME TYPE COMMON-NAME: NAME.pem (key and certificate, as kbuild's), NAME.x509 (DER). TYPE as for -newkey.
new_key() {
	local type=("$2")
	if [[ $2 == P-* ]]; then type=(ec -pkeyopt "ec_paramgen_curve:$2"); fi
	openssl req -new -x509 -nodes -batch -sha512 -days 36500 -subj "/CN=$3" -addext keyUsage=digitalSignature \
		-newkey "${type[@]}" -keyout "$1.pem" -out "$1.crt" 2>/dev/null
	cat "$1.crt" >>"$1.pem"
	openssl x509 -in "$1.crt" -outform DER -out "$1.x509"
}

# key_id CERTIFICATE: in DER; what the kernel prints, lower case without colons.
key_id() {
	openssl x509 -inform DER -in "$1" -noout -ext subjectKeyIdentifier | tail -n 1 | tr -d ' :\n' | tr A-F a-f
}

# occurrences FILE PART: how many times the bytes of PART are in FILE.
occurrences() {
	python3 -c 'import sys; a, b = (open(f, "rb").read() for f in sys.argv[1:]); print(a.count(b))' "$1" "$2"
}
