#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# cli_page.sh HASHSECT ELFSECT [--browser]: reports as pages. What is in them, what hostile names cannot do, and what a browser
# says.
set -euo pipefail

hashsect=$1
elfsect=$2
browser=${3:-}
here=$(realpath "$(dirname "$0")")
# shellcheck source=tests/slot.sh
. "$(dirname "$0")/../slot.sh"
# shellcheck source=tests/cli.sh
. "$here/../cli.sh"

# page FILE WORDS...: a sound page that holds these words; tags are closed in order, nothing is loaded, nothing can run.
page()
{
	python3 - "$@" <<-'PYTHON' || fail "no good page: $1"
		import html.parser, re, sys

		allowed = set("""html head meta title style body header h1 h2 h3 p span bdi svg defs pattern path main section
		    dl dt dd table caption thead tbody tr th td code figure figcaption rect div ul li details summary pre""".split())
		empty = {"meta"}

		class Page(html.parser.HTMLParser):
		    open, text, problems = [], "", []

		    def handle_starttag(self, tag, attributes):
		        if tag not in allowed:
		            self.problems.append(f"a {tag}")
		        for name, value in attributes:
		            if name.startswith("on") or name in ("href", "src", "xlink:href", "srcdoc", "action"):
		                self.problems.append(f"{tag} with {name}={value}")
		        if tag in ("td", "th", "dd", "span", "p"):
		            self.text += " "
		        if tag not in empty:
		            self.open.append(tag)

		    def handle_startendtag(self, tag, attributes):
		        if tag not in ("rect", "path"):
		            self.problems.append(f"an empty {tag}")

		    def handle_endtag(self, tag):
		        if not self.open or self.open.pop() != tag:
		            self.problems.append(f"{tag} closed in vain")

		    def handle_data(self, data):
		        self.text += data

		source = open(sys.argv[1], "rb").read().decode()
		page = Page()
		page.feed(source)
		page.close()
		if page.open:
		    page.problems.append(f"open at the end: {page.open}")
		if re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", source):
		    page.problems.append("control characters")
		if re.search(r"https?:|url\((?!#)|@import", source):
		    page.problems.append("something to load")
		text = " ".join(page.text.replace("\u202f", " ").split())
		for words in sys.argv[2:]:
		    if words not in text:
		        page.problems.append(f"no {words!r}")
		print("\n".join(page.problems), end="")
		sys.exit(bool(page.problems))
	PYTHON
	passed=$((passed + 1))
}

for key in one two; do
	openssl req -x509 -newkey rsa:2048 -nodes -keyout "$key.key" -out "$key.crt" -subj "/CN=<b>Key $key<\/b> & \"sons\"" \
		-days 3650 -addext basicConstraints=critical,CA:FALSE 2> /dev/null
done

# kernel OUT [NAME] [CONSTANT]: a linked kernel with a slot for certificates and a section of this name
kernel()
{
	cat > a.s <<-AS
	.section .text,"ax",@progbits
	.globl _start
	.type _start, @function
	_start: .fill 300000, 1, 0x90
	mov \$${3:-1}, %eax
	.size _start, . - _start
	.section .foreign,"a",@progbits
	.fill 40000, 1, 7
	$(slot_assembly 4096)
	AS
	as --64 -o a.o a.s
	ld -m elf_x86_64 --build-id=none -e _start -o "$1" a.o
	[ -z "${2:-}" ] || objcopy --rename-section ".foreign=$2" "$1"
}

# ---- two that differ in the certificate, two that differ in code
kernel empty
for key in one two; do
	cp empty "$key"
	"$elfsect" keyring add "$key" "$key.crt" > /dev/null 2>&1
done
expect 3 "$hashsect" compare --html same.html one two
cp out text
page same.html "equal but for the excluded bytes: rule keyring" "A: 4 sections" ".init.rodata" "of them excluded: 4 116" \
	'CN=\<b\>Key one' "RSA-2048" "hashsect1:sha256:linux:file:"
# The report on standard output is that of the page.
[ "$(wc -l < text)" -gt 3 ] || fail "a report of $(wc -l < text) lines"
while IFS= read -r line; do
	page same.html "$(printf '%s' "$line" | tr -s ' ' | sed 's/^ //')"
done < text
expect 3 "$hashsect" compare --html again.html -j1 one two
expect 0 cmp same.html again.html
expect 3 "$hashsect" compare --html - one two
cp out stdout.html
expect 0 cmp stdout.html same.html
kernel other "" 2
expect 1 "$hashsect" compare -q --html other.html empty other
[ ! -s out ] || fail "-q printed something"
page other.html "different" "section .text both, different"
grep -q '<rect class="different" x=' other.html || fail "no difference in the picture"
expect 1 "$hashsect" explain --html cause.html empty other
page cause.html "different: 1 cause, 0 bytes that nothing explains" "function _start" ".text+0x493e1" "nothing explains them 0"
expect 0 "$hashsect" compare --html equal.html one one
page equal.html "equal, excluded bytes included"
! grep -q '<rect class="different" x=' equal.html || fail "a difference in the picture of equals"

# ---- from manifests, where there are no files
expect 0 "$hashsect" digest --manifest one
cp out one.json
expect 3 "$hashsect" compare --manifest one.json --html manifest.html two
page manifest.html "equal but for the excluded bytes: rule keyring" ".init.rodata"

# One that lies about sizes and places has a picture too.
python3 - <<-'PYTHON'
	import json
	manifest = json.load(open("one.json"))
	changed = 0
	def lie(value):
	    global changed
	    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else []:
	        lie(item)
	    for name in ("size", "offset", "length") if isinstance(value, dict) else ():
	        if isinstance(value.get(name), int):
	            value[name] = (1 << 63) - 1
	            changed += 1
	lie(manifest["exclusions"])
	assert changed
	json.dump(manifest, open("lie.json", "w"))
PYTHON
status=0
"$hashsect" compare --manifest lie.json --html lie.html two > out 2>&1 || status=$?
[ "$status" -le 3 ] || fail "status $status of a lying manifest: $(cat out)"
if [ "$status" = 2 ]; then
	has out "lie.json: "
else
	page lie.html "Map"
fi

# ---- folders, packages, an audit
mkdir -p left/boot right/boot
cp one left/boot/vmlinux
cp two right/boot/vmlinux
echo text > left/readme
expect 1 "$hashsect" compare --html folders.html left right
page folders.html "different: 1 of 3 paths" "readme" "only in A" "boot/vmlinux"
cp empty left/boot/old
cp other right/boot/old
expect 1 "$hashsect" explain --html causes.html left right
page causes.html "different: 1 cause in 1 file, 0 bytes that nothing explains; 1 other path" "function _start" "boot/old .text+0x493e1"
rm left/boot/old right/boot/old
cp two.key left/boot/
expect 1 "$hashsect" audit --html audit.html left
page audit.html "FAILED: 1 error" "a private key" "boot/two.key" 'CN=\<b\>Key one' "Map" "counted"
expect 0 "$hashsect" audit -q --html good.html right
page good.html "OK: 0 errors"

# ---- hostile names: of sections, symbols, files and certificates
kernel hostile '</title><script>alert(1)</script><img src=x onerror=alert(2)>'
cp hostile '<img src=x onerror=alert(3)>"&'\''.o'
cp hostile $'\e[31mred\n<script>.o'
for file in '<img src=x onerror=alert(3)>"&'\''.o' $'\e[31mred\n<script>.o'; do
	expect 1 "$hashsect" compare --html hostile.html empty "$file"
	page hostile.html "<script>alert(1)</script>"
	expect 1 "$hashsect" explain --html hostile.html empty "$file"
	page hostile.html "<script>alert(1)</script>"
	mkdir -p names
	cp "$file" one.key names/
	expect 1 "$hashsect" audit --html hostile.html names
	page hostile.html "a private key"
	expect 1 "$hashsect" compare --html hostile.html left names
	page hostile.html "only in B"
done
grep -qF '\x1b[31mred\x0a' hostile.html || fail "not escaped: $(grep -F red hostile.html)"
# Letters that turn the direction of writing stay within their own text.
kernel turned $'\xe2\x80\xaegnp.exe\xe2\x81\xa6'
expect 1 "$hashsect" compare --html turned.html empty turned
page turned.html
python3 - <<-'PYTHON' || fail "a direction of writing outside of an element of its own"
	import re
	page = open("turned.html", encoding="utf-8").read()
	assert "\u202e" in page
	assert "\u202e" not in re.sub(r"<bdi>[^<]*</bdi>|<pre>[^<]*</pre>", "", page)
PYTHON

# ---- what cannot be written
refused "No such file or directory" "$hashsect" compare --html missing/page.html one two
refused "No such file or directory" "$hashsect" explain --html missing/page.html one two
refused "No such file or directory" "$hashsect" audit --html missing/page.html one
refused "No such file or directory" "$hashsect" compare --html missing/page.html left right

# ---- a browser
mkdir npm
if [ "$browser" != --browser ]; then
	:
elif ! [ -x "${CHROMIUM:-/usr/bin/chromium}" ] || ! command -v npm > where; then
	skipped "no chromium, or no npm: pages in a browser"
elif ! (cd npm && timeout 90 npm install --no-audit --no-fund playwright-core@1.65.1 axe-core@4.14.1 > log 2>&1); then
	skipped "no playwright-core, or no axe-core to be had: pages in a browser"
else
	cp "$here/page.cjs" npm/
	expect 0 timeout 300 node npm/page.cjs same.html other.html cause.html folders.html causes.html audit.html hostile.html
	has out "7 pages are good"
	expect 1 timeout 100 node npm/page.cjs
	# What it would say of others.
	sed 's/<h2>Map/<img src="x.png"><h2 style="color:#eee">Map/; s/<body>/<body><script>console.error("oh")<\/script>/' same.html > bad.html
	sed -i '/Content-Security-Policy/d' bad.html
	expect 1 timeout 100 node npm/page.cjs bad.html
	for words in "the console says" "it asks for" "it has a script" "color-contrast" "image-alt"; do
		has out "$words"
	done
fi
echo "$passed checks passed"
