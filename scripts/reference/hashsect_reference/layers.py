# SPDX-License-Identifier: LGPL-2.1-or-later
"""Section 13: what is wrapped around a file. Trailers are also section 2 of hashsect/modules/FORMAT.md."""

import lzma
import zlib
from typing import NamedTuple, Optional

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


def decompressed(data):
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
    must(not is_compressed(result), "compressed more than once")
    return result


def check_signature(data):
    """Section 13, 2c: a SEQUENCE of the identifier of signedData and [0], exactly. What is in that is not looked at."""
    must(len(data) <= LONGEST_SIGNATURE, f"module trailer: signature longer than {LONGEST_SIGNATURE} bytes")
    start, end = der_bounds(data, 0)
    must(data[0] == 0x30 and end == len(data), "module trailer: the signature is not one SEQUENCE")
    inner = start + len(SIGNED_DATA)
    must(data[start:inner] == SIGNED_DATA and data[inner:inner + 1] == b"\xa0" and der_bounds(data, inner)[1] == end,
         "module trailer: the signature is not signedData")


def trailer_data_size(trailer, judged):
    """Section 13, 2a and 2c."""
    if trailer.id_type in NAMED_SIGNER and not judged:
        return trailer.others[2] + trailer.others[3] + trailer.sig_len
    must(trailer.id_type in (PKCS7, MERKLE), f"module trailer: unknown id_type {trailer.id_type}")
    must(is_zero(trailer.others), "module trailer: a field that must be zero is not")
    return trailer.sig_len


def peeled(data, judged):
    """The ELF file inside all layers, and the trailers, the outermost first. judged: the policy has rules."""
    content, trailers = decompressed(data), []
    layers = int(content is not data)
    while content[-len(MARKER):] == MARKER:
        trailer = read_trailer(content)
        size = trailer_data_size(trailer, judged)
        end = len(content) - TRAILER
        must(size < end, "module trailer: the data are larger than the file")
        if judged:
            check_known_trailer(trailer)
            if trailer.id_type == PKCS7:
                check_signature(bytes(content[end - size:end]))
        trailers.append(content[end - size:])
        content = content[:end - size]
    must(layers + len(trailers) <= MOST_LAYERS, "too many layers")
    return content, trailers
