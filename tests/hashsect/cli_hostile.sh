#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# cli_hostile.sh HASHSECT ELFSECT MKELF: names, subjects and texts that others chose are never printed so that a terminal could
# act on them, by any command, in results, in JSON and in errors.
set -euo pipefail

hashsect=$1
elfsect=$2
mkelf=$3
# shellcheck source=tests/cli.sh
. "$(dirname "$0")/../cli.sh"

# ESC, C1 as a byte and as U+009B, no UTF-8, newline, DEL.
evil=$'\x1b[2J\x9b\xc2\x9b\xff\n\x7f'

cat > clean.py << 'END'
import sys
for name in sys.argv[1:]:
    data = open(name, "rb").read()
    text = data.decode("utf-8")  # fails on what is no UTF-8
    bad = [c for c in text if (ord(c) < 0x20 and c != "\n") or 0x7f <= ord(c) < 0xa0]
    if bad:
        sys.exit(f"{name}: {bad!r} in {data[:600]!r}")
END

# run COMMAND...: any exit status, but nothing of the evil kind on stdout and stderr
run()
{
	local status=0
	"$@" > out 2> err < /dev/null || status=$?
	[ "$status" -le 3 ] || fail "exit status $status: $*"
	python3 clean.py out err || fail "a terminal could act on the output of: $*"
	passed=$((passed + 1))
}

# trouble COMMAND...: the same, and one line on stderr
trouble()
{
	run "$@"
	[ "$(wc -l < err)" = 1 ] || fail "not one line on stderr: $*: $(head -c 500 err)"
}

# ---- names of sections and symbols, and the path
"$mkelf" keyring-64le good
python3 - "$evil" << 'END'
import os, sys
data = open("good", "rb").read()
evil = os.fsencode(sys.argv[1])
for name, new in ((b"\0.data\0", b"\x1b\x9b\xff\n\x7f"), (b"\0start_kernel\0", evil + b"__"), (b"\0.text\0", b"\xc2\x9b\x1b[m")):
    assert data.count(name) == 1 and len(new) == len(name) - 2, (name, new)
    data = data.replace(name, b"\0" + new + b"\0")
open("evil", "wb").write(data)
open(b"path" + evil, "wb").write(data)
END
path="path$evil"
for file in evil "$path"; do
	run "$elfsect" list "$file"
	run "$elfsect" list --json --hash "$file"
	run "$elfsect" check "$file"
	run "$elfsect" keyring list "$file"
	run "$elfsect" keyring list --json "$file"
	run "$hashsect" digest "$file"
	run "$hashsect" digest --json "$file"
	run "$hashsect" digest --manifest "$file"
	run "$hashsect" compare "$file" good
	run "$hashsect" compare --json good "$file"
	run "$hashsect" dump "$file"
	run "$hashsect" sig show "$file"
	run "$hashsect" sig show --json "$file"
	trouble "$hashsect" policy resolve "$file"
	trouble "$elfsect" extract --section missing "$file"
	run "$elfsect" remove --section $'\x1b\x9b\xff\n\x7f' -o new "$file"
	run "$hashsect" digest --exclude-section $'\x1b\x9b\xff\n\x7f:zero' "$file"
done
"$hashsect" digest -q "$path" > list
expect 0 "$hashsect" digest --check list
run "$hashsect" digest -v --check list
has out 'path\x1b[2J\x9b\xc2\x9b\xff\x0a\x7f: OK'

# ---- what is named on the command line
for command in "list" "check" "extract --section a" "keyring list" "recover"; do
	# shellcheck disable=SC2086
	trouble "$elfsect" $command "missing$evil"
done
for command in digest dump "digest --check" "sig show" "sig strip" "policy show" "modules list" "compare good"; do
	# shellcheck disable=SC2086
	trouble "$hashsect" $command "missing$evil"
done
for option in policy map modules scope hash exclude-section max-size jobs; do
	run "$hashsect" digest "--$option" "$evil" good
done
trouble "$hashsect" "$evil"
trouble "$hashsect" digest "--$evil" good
trouble "$elfsect" "-$evil"
trouble "$elfsect" extract --symbols "$evil..$evil" good
trouble "$elfsect" extract --section "$evil" good

# ---- manifests and lists
"$hashsect" digest -q --manifest good > good.json
python3 - << 'END'
import json
evil = "\x1b[2J\x9b\n\x7f"
good = json.load(open("good.json"))
for name, change in (
        ("path", lambda m: m.update(path=evil)),
        ("rule", lambda m: m["exclusions"][0].update(rule=evil, reason=evil, contents=[evil], evidence=evil)),
        ("parts", lambda m: m["parts"][-1].update(name=evil, hash="0" * 64)),
        ("section", lambda m: m["exclusions"][0]["ranges"][0].update(section=evil)),
        ("layers", lambda m: m.update(layers=[dict(kind=evil, size=1, content_size=1, offset=0, sha256="0" * 64, proved=False,
            text=evil, signature=dict(hash=evil, algorithm=evil, signer=dict(issuer=evil, serial=evil)))])),
        ("map", lambda m: m.update(map={"from": "file", "sha256": "0" * 64, "digest": evil})),
        ("kind", lambda m: m["parts"][-1].update(kind=evil)),
        ("digest", lambda m: m.update(digest=evil)),
        ("tag", lambda m: m.update(digest=m["digest"].replace(":linux:", ":" + evil + ":"))),
        ("policy", lambda m: m.update(policy=evil))):
    manifest = json.loads(json.dumps(good))
    change(manifest)
    json.dump(manifest, open(f"evil-{name}.json", "w"), ensure_ascii=False)
    json.dump(manifest, open(f"escaped-{name}.json", "w"))
END
for manifest in evil-*.json escaped-*.json; do
	run "$hashsect" compare "$manifest" good
	run "$hashsect" compare "$manifest" "$manifest"
	run "$hashsect" compare --json "$manifest" "$manifest"
	run "$hashsect" compare --require-proof "$manifest" "$manifest"
	run "$hashsect" digest --check "$manifest"
done
printf 'hashsect1:sha256:\x1b\x9b:file:00  good\n' > bad-list
trouble "$hashsect" digest --check bad-list
printf 'hashsect1:sha256:linux:file:%064d  \x1b\x9b\xc2\x9b\xff\x7f\n' 0 > bad-list
trouble "$hashsect" digest --check bad-list

# ---- policies
cat > good.ini << 'END'
[policy]
name = mine
[rule key]
reason = made during the build
content = x509-keyring
max-size = 8192
match = section .init.rodata.keyring
END
for change in 's/= mine/= EVIL/' 's/rule key/rule EVIL/' 's/made during/EVIL/' 's/x509-keyring/EVIL/' 's/8192/EVIL/' \
	's/section .init.rodata.keyring/section EVIL/' 's/match = /EVIL = /' 's/match.*/&\nsymbol = EVIL list-start/' 's/section/EVIL/'; do
	evil_of=$(printf '\x1b[2J\x9b\xc2\x9b\xff\x7f')
	sed "${change//EVIL/"${evil_of//[/\\[}"}" good.ini > evil.ini
	run "$hashsect" policy show evil.ini
	run "$hashsect" digest --policy evil.ini good
	run "$hashsect" dump --policy evil.ini good
done
printf 'hashsect-map 1\n\x1b\x9b\xff\n' > evil.map
trouble "$hashsect" digest --map evil.map good

# ---- a System.map, modules.order
printf 'ffffffff81000000 D %s\nffffffff81000000 D system_certificate_list\n' "$(printf '\x1b[2J\x9b\xff\x7f')" > System.map
run "$elfsect" keyring list --system-map System.map good
printf '\x1b\x9b\n' > System.map
run "$elfsect" keyring list --system-map System.map good
run "$hashsect" sig verify --keyring good --system-map System.map good
mkdir modules
printf 'kernel/\x1b[2J\x9b\xc2\x9b\xff\x7f.o\n' > modules/modules.order
run "$hashsect" modules list modules
mkdir modules/kernel
cp good "modules/kernel/$(printf '\x1b[2J\x9b\xc2\x9b\xff\x7f').ko"
run "$hashsect" modules list modules
run "$hashsect" modules list --json modules
run "$hashsect" modules tree --proofs proofs modules

# ---- subjects of certificates, issuers of signatures
evil_subject=$(printf '/CN=a\xc2\x9b\x1b[2J\x7fb/O=M\xc3\xbcller')
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:secp384r1 -nodes -keyout key -out crt -utf8 -subj "$evil_subject" \
	-days 3650 2> /dev/null
"$elfsect" keyring add -o signed good crt > /dev/null 2>&1 || fail "the certificate does not go into the keyring"
run "$elfsect" keyring list signed
has out "CN=a"
run "$elfsect" keyring list --json signed
run "$hashsect" digest signed
run "$hashsect" digest --json signed
run "$hashsect" compare good signed
openssl cms -sign -binary -noattr -nocerts -nosmimecap -outform DER -signer crt -inkey key -md sha256 -in good -out p7s
"$hashsect" sig attach good --signature p7s -o good.ko
run "$hashsect" sig show good.ko
has out "CN=a"
run "$hashsect" sig show --json good.ko
run "$hashsect" digest good.ko
run "$hashsect" compare good good.ko
run "$hashsect" sig verify --certificates crt good.ko
has out ": good"
run "$hashsect" sig verify --json --certificates crt good.ko
run "$hashsect" sig verify --keyring good good.ko
echo "$passed checks passed"
