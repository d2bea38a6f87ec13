# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154
# changes: shipped
# The test kernel's bzImage: the vmlinux inside, every piece around it, and a signature put on and taken off.

readonly image=$cache/boot/bzImage vmlinux=$cache/boot/vmlinux
loaded=(--scope loaded --map map)

expect 0 "a map of vmlinux" "$hashsect" policy resolve -o map "$vmlinux"
expected=$(digest_of "$vmlinux" --scope loaded)
same "bzImage has the digest of vmlinux in scope loaded" "$(digest_of "$image" "${loaded[@]}")" "$expected"
differ "and another one in scope file, where all around it counts" "$(digest_of "$image" --map map)" "$(digest_of "$vmlinux" --map map)"
expect 2 "bzImage without a map is refused" "$hashsect" digest "$image"
same "in one line" "$(wc -l <<<"$out")" 1
expect 0 "the reference reads bzImage" python3 "$reference" digest --map map "$image"
same "and agrees in scope file" "${out%% *}" "$(digest_of "$image" --map map)"

# One byte of each piece: named in both scopes.
"$hashsect" sig show --json "$image" >layers.json
mapfile -t pieces < <(python3 - "$image" layers.json <<'END'
import json, struct, sys
data = open(sys.argv[1], "rb").read()
setup = (data[0x1f1] + 1) * 512
offset, size = struct.unpack_from("<II", data, 0x248)
places = {"setup": 0x300, "head": setup + 1, "decompressor": setup + offset + size + 1}
for piece in json.load(open(sys.argv[2]))["files"][0]["layers"][0]["pieces"]:
    if piece["name"] in places:
        print(piece["name"], places[piece["name"]])
END
)
same "bzImage has three pieces around the payload" "${#pieces[@]}" 3
for piece in "${pieces[@]}"; do
	cp "$image" flipped
	flip_bit flipped "${piece#* }"
	expect 1 "${piece% *}: scope file: different" "$hashsect" compare --map map "$image" flipped
	out_says "${piece% *}: is named" "differs: surrounding ${piece% *}"
	expect 3 "${piece% *}: scope loaded: equal but for it" "$hashsect" compare "${loaded[@]}" "$image" flipped
	out_says "${piece% *}: is named there too" "around the kernel: ${piece% *}: different"
done

# One with an EFI stub, signed.
why=$(why_not_shipped)
if [[ -n $why ]]; then
	echo "# $why"
	return 0
fi
need_shipped
expect 0 "what was shipped, unsigned" "$hashsect" sig strip -o unsigned "$shipped/vmlinuz"
expect 0 "its map" "$hashsect" policy resolve -o shipped-map "$shipped/vmlinux"
new_key key rsa:2048 "Boot key"
sbsign --key key.pem --cert key.crt --output signed unsigned >sbsign.log 2>&1
expect 0 "sig verify" "$hashsect" sig verify --certificates key.crt signed
expect 0 "sig strip" "$hashsect" sig strip -o bare signed
out_says "CheckSum and size are proved" "proved by the CRC-32"
expect 0 "the unsigned image is back" cmp bare unsigned
expect 0 "sig extract" "$hashsect" sig extract -o message signed
expect 0 "sig attach" "$hashsect" sig attach --signature message -o again bare
expect 0 "the signed image is back" cmp again signed
same "the signed image has the digest of the unsigned one" "$(digest_of signed --map shipped-map)" \
	"$(digest_of unsigned --map shipped-map)"
flip_bit bare 2000
expect 2 "a signature is not put on other bytes" "$hashsect" sig attach --signature message -o never bare
