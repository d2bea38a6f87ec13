# SPDX-License-Identifier: LGPL-2.1-or-later
"""Section 13: what is wrapped around a file. Trailers are also section 2 of hashsect/modules/FORMAT.md."""

import bz2
import lzma
import zlib
from typing import NamedTuple, Optional

from . import boot
from .certificate import der_bounds, oid
from .common import Refused, is_zero, must

MARKER = b"~Module signature appended~\n"
TRAILER = 12 + len(MARKER)
PKCS7, MERKLE = 2, 3
NAMED_SIGNER = (0, 1)    # of kernels before 4.3
LONGEST_SIGNATURE = 0x40000
SIGNED_DATA = oid("1.2.840.113549.1.7.2")
PROOF_SIZES = range(4 + 32, 4 + 32 * 32 + 1, 32)
LARGEST = 1 << 30       # of what is decompressed
MOST_LAYERS = 16
LZ4_BLOCK = 8 << 20
PAYLOADS = (("gzip", b"\x1f\x8b\x08"), ("xz", b"\xfd7zXZ\0"), ("zstd", b"\x28\xb5\x2f\xfd"), ("lz4", b"\x02\x21\x4c\x18"),
            ("bzip2", b"BZh"), ("lzo", b"\x89LZO\0\r\n\x1a\n"), ("lzma", b"\x5d\0"))
GZIP, XZ, ZSTD = b"\x1f\x8b\x08", b"\xfd7zXZ\0", b"\x28\xb5\x2f\xfd"


class Trailer(NamedTuple):
    id_type: int
    others: bytes       # algo, hash, signer_len, key_id_len, pad[3]: zero in trailers of the known types
    sig_len: int

    def data_fits(self, size):
        """Whether the signature data are fewer than the bytes in front of the trailer."""
        return self.sig_len < size - TRAILER


def read_trailer(data) -> Optional[Trailer]:
    """The outermost trailer, or None if the file does not end with the marker."""
    if data[-len(MARKER):] != MARKER:
        return None
    must(len(data) >= TRAILER, "module trailer is cut off")
    fields = data[-TRAILER:-len(MARKER)]
    return Trailer(fields[2], fields[:2] + fields[3:8], int.from_bytes(fields[8:], "big"))


def make_trailer(id_type, sig_len):
    return bytes([0, 0, id_type, 0, 0, 0, 0, 0]) + sig_len.to_bytes(4, "big") + MARKER


def check_known_trailer(trailer):
    """What a trailer of type 2 or 3 must be."""
    must(is_zero(trailer.others), "module trailer: a field that must be zero is not")
    must(trailer.id_type != MERKLE or trailer.sig_len in PROOF_SIZES, "module trailer: a proof cannot have this length")


def without_trailers(data):
    """The bytes in front of all trailers of type 2 and 3."""
    while True:
        trailer = read_trailer(data)
        if not trailer:
            return data
        must(trailer.data_fits(len(data)), "module trailer: sig_len is larger than the file")
        if trailer.id_type not in (PKCS7, MERKLE):
            return data
        check_known_trailer(trailer)
        data = data[:len(data) - TRAILER - trailer.sig_len]


def is_compressed(data):
    return data.startswith((GZIP, XZ, ZSTD))


def decompressed(data, nested=False):
    """The content of a compressed file, which its first bytes tell; of any other file its bytes."""
    if not is_compressed(data):
        return data
    must(not data.startswith(ZSTD), "zstd: Python's standard library has none")
    must(not data.startswith(GZIP) or data[3:4] in (b"\0", b"\x08"), "gzip: a header with more in it than a name")
    must(not data.startswith(XZ) or data[7:8] in (b"\0", b"\1", b"\4", b"\n"), "xz: a check that is not known")
    try:
        decoder = (lzma.LZMADecompressor(lzma.FORMAT_XZ) if data.startswith(XZ)
                   else zlib.decompressobj(zlib.MAX_WBITS | 16))
        result = decoder.decompress(data, LARGEST + 1)
    except (lzma.LZMAError, zlib.error) as reason:
        raise Refused(f"compressed data: {reason}") from None
    must(len(result) <= LARGEST, "compressed data: too large")
    must(decoder.eof and not decoder.unused_data, "compressed data are cut off, or something follows")
    must(nested or not is_compressed(result), "compressed more than once")
    return result


def check_signature(data):
    """Section 13, 6c: a SEQUENCE of the identifier of signedData and [0], exactly. What is in that is not looked at."""
    must(len(data) <= LONGEST_SIGNATURE, f"module trailer: signature longer than {LONGEST_SIGNATURE} bytes")
    start, end = der_bounds(data, 0)
    must(data[0] == 0x30 and end == len(data), "module trailer: the signature is not one SEQUENCE")
    inner = start + len(SIGNED_DATA)
    must(data[start:inner] == SIGNED_DATA and data[inner:inner + 1] == b"\xa0" and der_bounds(data, inner)[1] == end,
         "module trailer: the signature is not signedData")


def trailer_data_size(trailer, judged):
    """Section 13, 6a and 6c."""
    if trailer.id_type in NAMED_SIGNER and not judged:
        return trailer.others[2] + trailer.others[3] + trailer.sig_len
    must(trailer.id_type in (PKCS7, MERKLE), f"module trailer: unknown id_type {trailer.id_type}")
    must(is_zero(trailer.others), "module trailer: a field that must be zero is not")
    return trailer.sig_len


def without_module_trailer(content, judged):
    """What is in front of the outermost trailer, and that."""
    trailer = read_trailer(content)
    size = trailer_data_size(trailer, judged)
    end = len(content) - TRAILER
    must(size < end, "module trailer: the data are larger than the file")
    if judged:
        check_known_trailer(trailer)
        if trailer.id_type == PKCS7:
            check_signature(bytes(content[end - size:end]))
    return content[:end - size], content[end - size:]


def peeled(data, judged):
    """The ELF file inside all layers, the trailers, and what stands around a kernel: pairs of name and bytes.

    The outermost come first. judged: the policy has rules.
    """
    content, trailers, surroundings = data, [], []
    for layers in range(MOST_LAYERS + 1):
        pieces = None
        if is_compressed(content):
            must(not layers, "compressed more than once")
            content = decompressed(content)
        elif boot.is_signed_pe(content):
            content, record = boot.without_signatures(content)
            trailers.append(record)
        elif boot.is_uki(content) + boot.is_zboot(content) + boot.is_bzimage(content) > 1:
            raise Refused("two boot images in one")
        elif boot.is_uki(content):
            content, pieces = boot.peel_uki(content)
        elif boot.is_zboot(content):
            content, pieces = boot.peel_zboot(content, unpack)
        elif boot.is_bzimage(content):
            content, pieces = boot.peel_bzimage(content, unpack)
        elif content[-len(MARKER):] == MARKER:
            content, trailer = without_module_trailer(content, judged)
            trailers.append(trailer)
        else:
            return content, trailers, surroundings
        surroundings += [(name, bytes(piece)) for name, piece in pieces or () if piece]
    raise Refused("too many layers")


def unpack(data, with_size, named=None):
    """Section 13, items 4 and 5: what is in the payload of a boot image."""
    found = [name for name, magic in PAYLOADS if data.startswith(magic)]
    must(found, "payload: no compression that kernels use")
    must(named is None or named.startswith(found[0]), "payload: another compression than the header says")
    size = None
    if with_size and found[0] != "gzip":
        must(len(data) > 4, "payload is cut off")
        size, data = int.from_bytes(data[-4:], "little"), data[:-4]
    if found[0] in ("gzip", "xz", "zstd"):
        content = decompressed(data, nested=True)
    else:
        must(found[0] != "lzo", "lzo: Python's standard library has none")
        try:
            content = {"lz4": unlz4, "bzip2": unbzip2, "lzma": unlzma}[found[0]](data)
        except (lzma.LZMAError, OSError, ValueError) as reason:
            raise Refused(f"payload: {reason}") from None
    must(size in (None, len(content)), "payload: not of the size that it says")
    return content


def all_of(decoder, data):
    result = decoder.decompress(data, LARGEST + 1)
    must(len(result) <= LARGEST, "payload: too large")
    must(decoder.eof and not decoder.unused_data, "payload is cut off, or something follows")
    return result


def unbzip2(data):
    return all_of(bz2.BZ2Decompressor(), data)


def unlzma(data):
    return all_of(lzma.LZMADecompressor(lzma.FORMAT_ALONE), data)


def unlz4(data):
    """The legacy frame: blocks of 8 MiB."""
    blocks, at = [], 4
    while at < len(data):
        must(not blocks or len(blocks[-1]) == LZ4_BLOCK, "lz4: a block that is not full before the last")
        size = int.from_bytes(data[at:at + 4], "little")
        must(len(data) - at >= 4 and 0 < size <= len(data) - at - 4, "lz4: a block that is cut off")
        blocks.append(unlz4_block(data[at + 4:at + 4 + size]))
        must(blocks[-1] and sum(map(len, blocks)) <= LARGEST, "lz4: too large, or nothing")
        at += 4 + size
    return b"".join(blocks)


def unlz4_block(data):
    """lz4_Block_format.md"""
    out, at = bytearray(), 0

    def length(nibble):
        nonlocal at
        total = nibble
        more = nibble == 15
        while more:
            must(at < len(data), "lz4: cut off")
            total += data[at]
            more = data[at] == 255
            at += 1
        return total

    while True:
        must(at < len(data), "lz4: cut off")
        token = data[at]
        at += 1
        literals = length(token >> 4)
        must(literals <= len(data) - at and len(out) + literals <= LZ4_BLOCK, "lz4: literals beyond the block")
        out += data[at:at + literals]
        at += literals
        if at == len(data):
            return bytes(out)
        must(len(data) - at >= 2, "lz4: cut off")
        offset = int.from_bytes(data[at:at + 2], "little")
        at += 2
        count = length(token & 15) + 4
        must(0 < offset <= len(out) and len(out) + count <= LZ4_BLOCK, "lz4: a match beyond the block")
        start = len(out) - offset
        if offset >= count:
            out += out[start:start + count]
        else:
            out += (out[start:] * (count // offset + 1))[:count]
