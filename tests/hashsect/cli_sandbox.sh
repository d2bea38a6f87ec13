#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# cli_sandbox.sh HASHSECT ELFSECT MKELF SANITIZER: the tools run in their sandbox, but with --no-sandbox; what is named on
# command lines can be written all the same. What the sandbox forbids is tried by test_sandbox.
# SANITIZER: OFF, or what the tools were built with.
set -euo pipefail
hashsect=$(realpath "$1") elfsect=$(realpath "$2") mkelf=$(realpath "$3") sanitizer=$4

# shellcheck source=tests/cli.sh
. "$(dirname "$0")/../cli.sh"

# state_of PROCESS: what it has given up: "SECCOMP NO_NEW_PRIVS".
state_of()
{
	sed -n 's/^\(NoNewPrivs\|Seccomp\):	*//p' "/proc/$1/status" | paste -sd ' '
}

# state_while COMMAND...: that of its process, which reads the FIFO: opening that for writing waits until the command has it
# open, and then the command waits for what is written.
state_while()
{
	local process
	rm -f fifo
	mkfifo fifo
	"$@" > out 2> err < /dev/null &
	process=$!
	# shellcheck disable=SC2016
	timeout 60 bash -c "$(declare -f state_of)"'; exec 3> fifo; state_of "$1"; echo no input >&3' - "$process" > found ||
		fail "it does not open the FIFO: $* ($(head -c 300 err))"
	wait "$process" || true
}

# confined EXPECTED COMMAND...
confined()
{
	state_while "${@:2}"
	[ "$(cat found)" = "$1" ] || fail "NoNewPrivs and Seccomp are $(cat found), not $1: ${*:2} ($(head -c 300 err))"
	passed=$((passed + 1))
}

"$mkelf" keyring-64le vmlinux.o
free=$(state_of self)
if [ "$sanitizer" != OFF ]; then
	skipped "built with a sanitizer, which has no sandbox"
elif ! grep -q errno /proc/sys/kernel/seccomp/actions_avail 2> /dev/null; then
	skipped "this kernel filters no system calls"
else
	confined '1 2' "$hashsect" digest --check fifo
	confined '1 2' "$hashsect" policy show fifo
	confined '1 2' "$hashsect" attest --key fifo vmlinux.o
	confined '1 2' "$elfsect" inject --section .new --data fifo -o new.o vmlinux.o
	confined "$free" "$hashsect" digest --no-sandbox --check fifo
	confined "$free" "$elfsect" inject --section .new --no-sandbox --data fifo -o new.o vmlinux.o
	# What a provider needs nobody knows.
	confined "$free" "$hashsect" attest --provider default --key fifo vmlinux.o
fi

# It changes no result, and every command has it.
expect 0 "$hashsect" digest vmlinux.o
mv out with
expect 0 "$hashsect" digest --no-sandbox vmlinux.o
cmp out with || fail "another digest without the sandbox"
for tool in "$hashsect" "$elfsect"; do
	while read -r command; do
		# shellcheck disable=SC2086
		refused '' "$tool" $command --no-sandbox --no-such-option
		has err "--no-such-option"
	done < <("$tool" --help | sed -n 's/^  \([a-z-]\+\( [a-z]\+\)\?\)  .*/\1/p')
done

# Files in other folders, through symbolic links, devices and pipes; a folder whose parents are missing.
mkdir -p there/deep
expect 0 "$elfsect" extract --section .shstrtab -o plain vmlinux.o
expect 0 "$elfsect" extract --section .shstrtab -o there/deep/file vmlinux.o
cmp plain there/deep/file || fail "there/deep/file"
mkdir links
echo old > there/target
ln -s ../there/target links/link
expect 0 "$elfsect" extract --section .shstrtab -o links/link vmlinux.o
[ -L links/link ] || fail "the link is gone"
cmp plain there/target || fail "there/target"
expect 0 "$elfsect" extract --section .shstrtab -o /dev/null vmlinux.o
expect 0 "$elfsect" extract --section .shstrtab -o /dev/stdout vmlinux.o
cmp plain out || fail "/dev/stdout"
"$elfsect" extract --section .shstrtab -o >(cat > piped) vmlinux.o
for ((tries = 0; tries < 100; tries++)); do
	! cmp -s plain piped || break
	sleep 0.05
done
cmp plain piped || fail "a pipe"
rm -f fifo
mkfifo fifo
cat fifo > piped &
expect 0 "$elfsect" extract --section .shstrtab -o fifo vmlinux.o
wait
cmp plain piped || fail "a FIFO"
cp vmlinux.o links/vmlinux.o
ln -s ../links/vmlinux.o there/vmlinux.o
expect 0 "$elfsect" inject --section .new --data plain there/vmlinux.o
expect 0 "$elfsect" extract --section .new links/vmlinux.o
cmp plain out || fail "an edit through a symbolic link"
mkdir official rebuilt
cp vmlinux.o official
cp vmlinux.o rebuilt
expect 0 "$hashsect" graft --from official -o made/by/graft rebuilt
cmp vmlinux.o made/by/graft/vmlinux.o || fail "made/by/graft"
(
	cd there/deep
	expect 0 "$elfsect" extract --section .shstrtab -o ../../above ../../vmlinux.o
)
cmp plain above || fail "above"

# Temporary files go to $TMPDIR; that of /tmp is not needed then.
xz --keep vmlinux.o
mkdir "$dir/temporary"
expect 0 env TMPDIR="$dir/temporary" "$hashsect" digest vmlinux.o.xz
expect 0 env TMPDIR=temporary "$hashsect" digest vmlinux.o.xz
expect 0 env -u TMPDIR "$hashsect" digest vmlinux.o.xz
echo "ok - $passed checks"
