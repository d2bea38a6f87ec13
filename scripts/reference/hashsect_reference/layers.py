# SPDX-License-Identifier: LGPL-2.1-or-later
"""What is wrapped around a file: compression and module trailers (hashsect/modules/FORMAT.md, section 2)."""

import lzma
import zlib
from typing import NamedTuple, Optional

from .common import Refused, is_zero, must

MARKER = b"~Module signature appended~\n"
TRAILER = 12 + len(MARKER)
PKCS7, MERKLE = 2, 3
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


def without_trailers(data):
    """The bytes in front of all trailers of type 2 and 3."""
    while True:
        trailer = read_trailer(data)
        if not trailer or trailer.id_type not in (PKCS7, MERKLE):
            return data
        must(is_zero(trailer.others), "module trailer: a field that must be zero is not")
        must(trailer.data_fits(len(data)), "module trailer: sig_len is larger than the file")
        data = data[:len(data) - TRAILER - trailer.sig_len]


def decompressed(data, ending):
    """The content of a file whose name ends so. zstd is not in the standard library."""
    must(ending != ".zst", "zstd cannot be decompressed here")
    if ending not in (".gz", ".xz"):
        return data
    try:
        decoder = lzma.LZMADecompressor(lzma.FORMAT_XZ) if ending == ".xz" else zlib.decompressobj(zlib.MAX_WBITS | 16)
        result = decoder.decompress(data, LARGEST)
        must(decoder.eof and not decoder.unused_data, "compressed data are cut off, too large, or something follows")
        return result
    except (lzma.LZMAError, zlib.error) as reason:
        raise Refused(f"compressed data: {reason}") from None
