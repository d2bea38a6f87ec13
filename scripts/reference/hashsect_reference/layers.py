# SPDX-License-Identifier: LGPL-2.1-or-later
"""What is wrapped around a file: compression and module trailers (hashsect/modules/FORMAT.md, section 2)."""

import lzma
import zlib
from typing import NamedTuple, Optional

from .common import Refused, is_zero, must

MARKER = b"~Module signature appended~\n"
TRAILER = 12 + len(MARKER)
PKCS7, MERKLE = 2, 3
PROOF_SIZES = range(4 + 32, 4 + 32 * 32 + 1, 32)
LARGEST = 1 << 32       # of what is decompressed


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


def decompressed(data):
    """The content of a compressed file, which its first bytes tell; of any other file its bytes."""
    must(not data.startswith(b"\x28\xb5\x2f\xfd"), "zstd: Python's standard library has none")
    try:
        if data.startswith(b"\x1f\x8b"):
            decoder = zlib.decompressobj(zlib.MAX_WBITS | 16)
        elif data.startswith(b"\xfd7zXZ\0"):
            decoder = lzma.LZMADecompressor(lzma.FORMAT_XZ)
        else:
            return data
        result = decoder.decompress(data, LARGEST)
    except (lzma.LZMAError, zlib.error) as reason:
        raise Refused(f"compressed data: {reason}") from None
    must(decoder.eof and not decoder.unused_data, "compressed data are cut off, too large, or something follows")
    return result
