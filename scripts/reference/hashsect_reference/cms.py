# SPDX-License-Identifier: LGPL-2.1-or-later
"""Section 13: the signature in a module trailer. Whether it is valid is not asked."""

from .certificate import DER_NULL, HASH_OIDS, NIST, der, oid, tags
from .common import must

LONGEST_SIGNATURE = 4096
SIGNED_DATA, DATA = oid("1.2.840.113549.1.7.2"), oid("1.2.840.113549.1.7.1")
RSA_ENCRYPTION = oid("1.2.840.113549.1.1.1") + DER_NULL

# By the content of a digestAlgorithm without parameters: that of ecdsa with it.
DIGESTS = {oid(hash_id): ecdsa and oid(ecdsa) for hash_id, _, ecdsa in HASH_OIDS.values()}
DIGESTS[oid("1.3.14.3.2.26")] = oid("1.2.840.10045.4.1")            # SHA-1, which certificates do not have here
DIGESTS[oid(NIST + "2.4")] = oid("1.2.840.10045.4.3.1")             # SHA-224, the same


def is_shortest(content):
    """Whether an INTEGER has no byte too many."""
    return len(content) == 1 or (len(content) > 1 and not (content[0] == 0 and content[1] < 0x80)
                                 and not (content[0] == 0xFF and content[1] >= 0x80))


def check_signer_name(sid, version):
    """Issuer and serial number, or a key identifier."""
    if sid.tag == 0x80:
        must(version == 3 and 1 <= len(sid.content) <= 64, "signature: bad key identifier or version")
        return
    must(version == 1 and sid.tag == 0x30 and tags(sid.children) == [0x30, 0x02], "signature: bad signer or version")
    issuer, serial = sid.children
    must(len(issuer.raw) <= 512 and len(serial.content) <= 20 and is_shortest(serial.content),
         "signature: issuer too long, or bad serial number")


def check_signature_value(algorithm, ecdsa, value):
    if algorithm == RSA_ENCRYPTION:
        must(128 <= len(value) <= 1024, "signature: a length that RSA does not have")
        return
    must(ecdsa and algorithm == ecdsa, "signature: another algorithm, or not with this hash")
    pair = der(value)
    must(tags(pair) == [0x30] and tags(pair[0].children) == [0x02, 0x02], "signature: not a pair of INTEGERs")
    must(all(len(number.content) <= 67 and is_shortest(number.content) and number.content[0] < 0x80
             and any(number.content) for number in pair[0].children), "signature: bad INTEGER")


def check_signature(data):
    """The data of a trailer of type 2."""
    must(len(data) <= LONGEST_SIGNATURE, "signature: longer than 4096 bytes")
    message = der(data)
    must(tags(message) == [0x30] and tags(message[0].children) == [0x06, 0xA0], "signature: not a ContentInfo")
    kind, content = message[0].children
    must(kind.raw == SIGNED_DATA and tags(content.children) == [0x30], "signature: not signedData")
    must(tags(content.children[0].children) == [0x02, 0x31, 0x30, 0x31], "signature: not a bare SignedData")
    version, digests, encapsulated, signers = content.children[0].children
    must(encapsulated.content == DATA, "signature: not of data, or with its content")
    must(tags(digests.children) == [0x30] and tags(signers.children) == [0x30], "signature: more than one signer")
    signer = signers.children[0].children
    must(len(signer) == 5 and tags(signer[2:]) == [0x30, 0x30, 0x04] and signer[0].raw == version.raw,
         "signature: bad SignerInfo")
    must(version.content in (b"\x01", b"\x03"), "signature: bad version")
    check_signer_name(signer[1], version.content[0])
    must(signer[2].raw == digests.children[0].raw, "signature: two digest algorithms")
    digest = signer[2].content
    digest = digest[:-len(DER_NULL)] if digest.endswith(DER_NULL) else digest
    must(digest in DIGESTS, "signature: unknown digest algorithm")
    check_signature_value(signer[3].content, DIGESTS[digest], signer[4].content)
