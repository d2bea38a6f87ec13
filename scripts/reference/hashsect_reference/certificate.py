# SPDX-License-Identifier: LGPL-2.1-or-later
"""Section 7.1: certificates."""

import hashlib
import re
from collections import namedtuple

from .common import is_zero, must

# A DER element: raw has the header too, children are those of a constructed element.
Element = namedtuple("Element", "tag raw content children")


def der_bounds(data, at):
    """7.1, 1: tag and length. Where the content of the element starts and ends."""
    must(at + 2 <= len(data) and data[at] & 0x1F != 0x1F, "DER: element is cut off, or has a long tag")
    length, start = data[at + 1], at + 2
    if length >= 0x80:
        count = length - 0x80
        must(1 <= count <= 3 and start + count <= len(data), "DER: bad length")
        length = int.from_bytes(data[start:start + count], "big")
        must(length >= (0x80 if count == 1 else 1 << 8 * (count - 1)), "DER: length is not in the shortest form")
        start += count
    must(start + length <= len(data), "DER: element is cut off")
    return start, start + length


def der(data, level=1):
    """7.1, 1: the elements that fill the data, with all below them."""
    elements, at = [], 0
    while at < len(data):
        must(level <= 16, "DER: nested too deeply")
        start, end = der_bounds(data, at)
        children = der(data[start:end], level + 1) if data[at] & 0x20 else []
        elements.append(Element(data[at], data[at:end], data[start:end], children))
        at = end
    return elements


def tags(elements):
    return [element.tag for element in elements]


def oid(text):
    """An OBJECT IDENTIFIER element."""
    first, second, *rest = (int(part) for part in text.split("."))
    result = bytearray()
    for value in [first * 40 + second, *rest]:
        digits = [value & 0x7F]
        while value > 0x7F:
            value >>= 7
            digits.append(0x80 | value & 0x7F)
        result += bytes(reversed(digits))
    return bytes([0x06, len(result)]) + bytes(result)


EXTENSIONS = {oid(text) for text in (
    "2.5.29.14", "2.5.29.15", "2.5.29.17", "2.5.29.19", "2.5.29.31", "2.5.29.32", "2.5.29.35", "2.5.29.37",
    "1.3.6.1.5.5.7.1.1", "2.16.840.1.113730.1.1")}
DER_NULL = b"\x05\x00"
RSA_KEY = oid("1.2.840.113549.1.1.1") + DER_NULL
EC_KEY = oid("1.2.840.10045.2.1")       # followed by the curve
NIST = "2.16.840.1.101.3.4."
# Hash: its own identifier, those of RSASSA-PKCS1-v1_5 and ECDSA with it.
HASH_OIDS = {
    "sha1": ("1.3.14.3.2.26", "1.2.840.113549.1.1.5", None),
    "sha256": (NIST + "2.1", "1.2.840.113549.1.1.11", "1.2.840.10045.4.3.2"),
    "sha384": (NIST + "2.2", "1.2.840.113549.1.1.12", "1.2.840.10045.4.3.3"),
    "sha512": (NIST + "2.3", "1.2.840.113549.1.1.13", "1.2.840.10045.4.3.4"),
    "sha3_256": (NIST + "2.8", NIST + "3.14", NIST + "3.10"),
    "sha3_384": (NIST + "2.9", NIST + "3.15", NIST + "3.11"),
    "sha3_512": (NIST + "2.10", NIST + "3.16", NIST + "3.12")}
# Content of an AlgorithmIdentifier: the key's kind and the hash.
SIGNATURES = {**{oid(rsa) + DER_NULL: ("rsa", name) for name, (_, rsa, _) in HASH_OIDS.items()},
              **{oid(ec): ("ec", name) for name, (_, _, ec) in HASH_OIDS.items() if ec}}


# y^2 = x^3 - 3 x + b over the integers modulo p; base point (x, y) of order n.
Curve = namedtuple("Curve", "p b n x y")
CURVES = {
    oid("1.2.840.10045.3.1.7"): Curve(  # P-256
        2**256 - 2**224 + 2**192 + 2**96 - 1,
        0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b,
        0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551,
        0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296,
        0x4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5),
    oid("1.3.132.0.34"): Curve(  # P-384
        2**384 - 2**128 - 2**96 + 2**32 - 1,
        0xb3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aef,
        0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973,
        0xaa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b9859f741e082542a385502f25dbf55296c3a545e3872760ab7,
        0x3617de4a96262c6f5d9e98bf9292dc29f8f41dbd289a147ce9da3113b5f0b8c00a60b1ce1d7e819d7a431d7c90ea0e5f),
    oid("1.3.132.0.35"): Curve(  # P-521
        2**521 - 1,
        int("51953eb9618e1c9a1f929a21a0b68540eea2da725b99b315f3b8b489918ef109"
            "e156193951ec7e937b1652c0bd3bb1bf073573df883d2c34f1ef451fd46b503f00", 16),
        int("1ff" + "f" * 63 + "a51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409", 16),
        int("c6858e06b70404e9cd9e3ecb662395b4429c648139053fb521f828af606b4d3d"
            "baa14b5e77efe75928fe1dc127a2ffa8de3348b3c1856a429bf97e7e31c2e5bd66", 16),
        int("11839296a789a3bc0045c8a5fb42c7d1bd998f54449579b446817afbd17273e66"
            "2c97ee72995ef42640c550b9013fad0761353c7086a272c24088be94769fd16650", 16)),
}


def point_add(curve, first, second):
    """The point at infinity is None."""
    if first is None or second is None:
        return first or second
    (x1, y1), (x2, y2), p = first, second, curve.p
    if x1 != x2:
        slope = (y2 - y1) * pow(x2 - x1, -1, p)
    elif y1 == y2 != 0:
        slope = 3 * (x1 * x1 - 1) * pow(2 * y1, -1, p)
    else:
        return None
    x = (slope * slope - x1 - x2) % p
    return x, (slope * (x1 - x) - y1) % p


def ecdsa_verifies(curve, key, r, s, digest):
    """Whether (r, s) is a signature over the hash by the key, a point on the curve."""
    n = curve.n
    if not (0 < r < n and 0 < s < n):
        return False
    e = int.from_bytes(digest, "big") >> max(0, 8 * len(digest) - n.bit_length())
    w = pow(s, -1, n)
    u1, u2 = e * w % n, r * w % n
    base = (curve.x, curve.y)
    summands = (None, base, key, point_add(curve, base, key))
    point = None
    for bit in range(n.bit_length() - 1, -1, -1):
        point = point_add(curve, point, point)
        point = point_add(curve, point, summands[(u1 >> bit & 1) + 2 * (u2 >> bit & 1)])
    return point is not None and point[0] % n == r


def rsa_verifies(modulus, exponent, signature, hash_name, digest):
    """RSASSA-PKCS1-v1_5."""
    size = (modulus.bit_length() + 7) // 8
    value = int.from_bytes(signature, "big")
    hash_id = oid(HASH_OIDS[hash_name][0]) + DER_NULL
    info = bytes([0x30, len(hash_id)]) + hash_id + bytes([0x04, len(digest)]) + digest
    info = bytes([0x30, len(info)]) + info
    expected = b"\x00\x01" + b"\xff" * (size - 3 - len(info)) + b"\x00" + info
    return (len(signature) == size and value < modulus
            and pow(value, exponent, modulus) == int.from_bytes(expected, "big"))


def der_integers(data):
    """The numbers of a SEQUENCE of two INTEGERs, neither negative nor longer than needed."""
    elements = der(data)
    must(tags(elements) == [0x30] and tags(elements[0].children) == [0x02, 0x02], "certificate: bad pair of INTEGERs")
    values = [child.content for child in elements[0].children]
    must(all(value and value[0] < 0x80 and (len(value) == 1 or value[0] or value[1] >= 0x80) for value in values),
         "certificate: bad INTEGER")
    return [int.from_bytes(value, "big") for value in values]


def bit_string(element):
    """The bytes of a BIT STRING without unused bits."""
    must(element.tag == 0x03 and element.content[:1] == b"\0", "certificate: bad BIT STRING")
    return element.content[1:]


def public_key(info):
    """7.1, 5: (modulus, exponent), or a curve and a point on it."""
    must(info.tag == 0x30 and tags(info.children) == [0x30, 0x03], "certificate: bad subjectPublicKeyInfo")
    algorithm, key = info.children[0].content, bit_string(info.children[1])
    if algorithm == RSA_KEY:
        modulus, exponent = der_integers(key)
        must(1024 <= modulus.bit_length() <= 8192 and modulus & 1, "certificate: bad RSA modulus")
        must(exponent & 1 and 3 <= exponent < 1 << 32, "certificate: bad RSA exponent")
        return modulus, exponent
    curve = CURVES.get(algorithm[len(EC_KEY):]) if algorithm.startswith(EC_KEY) else None
    must(curve, "certificate: unknown kind of key")
    size = (curve.p.bit_length() + 7) // 8
    must(len(key) == 1 + 2 * size and key[0] == 4, "certificate: bad EC point")
    x, y = int.from_bytes(key[1:1 + size], "big"), int.from_bytes(key[1 + size:], "big")
    must(x < curve.p and y < curve.p and (y * y - (x * x * x - 3 * x + curve.b)) % curve.p == 0,
         "certificate: EC point is not on the curve")
    return curve, (x, y)


def check_extensions(extensions):
    """7.1, 4."""
    seen = set()
    for extension in extensions:
        parts = extension.children
        must(extension.tag == 0x30 and tags(parts) in ([0x06, 0x04], [0x06, 0x01, 0x04])
             and (len(parts) == 2 or parts[1].content == b"\xff"), "certificate: bad extension")
        must(parts[0].raw in EXTENSIONS and parts[0].raw not in seen, "certificate: extension unknown, or there twice")
        seen.add(parts[0].raw)
        must(len(parts[-1].content) <= 256 and len(der(parts[-1].content)) == 1, "certificate: bad extension value")


def check_certificate(data):
    """7.1: one certificate."""
    must(len(data) <= 4096, "certificate: longer than 4096 bytes")
    outer, = der(data)
    must(outer.tag == 0x30 and tags(outer.children) == [0x30, 0x30, 0x03], "certificate: bad outer SEQUENCE")
    tbs, algorithm, signature = outer.children
    signature = bit_string(signature)
    must(len(signature) <= 1024, "certificate: signature is too long")
    must(tags(tbs.children) in ([0xA0, 0x02, 0x30, 0x30, 0x30, 0x30, 0x30],
                                [0xA0, 0x02, 0x30, 0x30, 0x30, 0x30, 0x30, 0xA3]), "certificate: bad tbsCertificate")
    version, serial, signed_with, issuer, validity, subject, key_info, *extensions = tbs.children
    must(version.content == b"\x02\x01\x02" and 1 <= len(serial.content) <= 20, "certificate: bad version or serial")
    must(signed_with.raw == algorithm.raw, "certificate: signature algorithms differ")
    must(len(issuer.raw) <= 512 and len(subject.raw) <= 512, "certificate: issuer or subject is too long")
    must(len(validity.children) == 2 and all(
        re.fullmatch({0x17: rb"[0-9]{12}Z", 0x18: rb"[0-9]{14}Z"}.get(time.tag, rb"(?!)"), bytes(time.content))
        for time in validity.children), "certificate: bad validity")
    if extensions:
        must(tags(extensions[0].children) == [0x30], "certificate: bad extensions")
        check_extensions(extensions[0].children[0].children)
    must(algorithm.content in SIGNATURES, "certificate: unknown signature algorithm")
    kind, hash_name = SIGNATURES[algorithm.content]
    key = public_key(key_info)
    if issuer.raw != subject.raw:
        return
    must(kind == ("ec" if isinstance(key[0], Curve) else "rsa"), "certificate: key and signature algorithm differ")
    digest = hashlib.new(hash_name, tbs.raw).digest()
    good = (ecdsa_verifies(*key, *der_integers(signature), digest) if kind == "ec"
            else rsa_verifies(*key, signature, hash_name, digest))
    must(good, "certificate: the self-signature does not verify")


def check_certificate_list(data, zeros_may_follow=False):
    """7.1: a certificate list that fills the data, or (class x509) is followed by zero bytes."""
    data, at, count = bytes(data), 0, 0
    while at < len(data) and not (zeros_may_follow and data[at] == 0):
        end = der_bounds(data, at)[1]
        count += 1
        must(count <= 64, "more than 64 certificates")
        check_certificate(data[at:end])
        at = end
    must(is_zero(data[at:]), "bytes after the certificates are not zero")
