# SPDX-License-Identifier: LGPL-2.1-or-later
"""Section 7.1: certificates."""

import hashlib
import re
from collections import namedtuple
from datetime import datetime

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
        must(data[at] != 0x02 or is_shortest(data[start:end]), "DER: INTEGER is not in the shortest form")
        elements.append(Element(data[at], data[at:end], data[start:end], children))
        at = end
    return elements


def is_shortest(integer):
    """7.1, 1: the content of an INTEGER."""
    return len(integer) == 1 or (len(integer) > 1 and (integer[0], integer[1] >> 7) not in ((0, 0), (0xFF, 1)))


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
# ML-DSA: content of the AlgorithmIdentifier of key and signature: bytes of the key, of a signature.
ML_DSA = {oid(NIST + "3.17"): (1312, 2420), oid(NIST + "3.18"): (1952, 3309), oid(NIST + "3.19"): (2592, 4627)}
# Content of an AlgorithmIdentifier: the key's kind and the hash.
SIGNATURES = {**{oid(rsa) + DER_NULL: ("rsa", name) for name, (_, rsa, _) in HASH_OIDS.items()},
              **{oid(ec): ("ec", name) for name, (_, _, ec) in HASH_OIDS.items() if ec},
              **{algorithm: (algorithm, None) for algorithm in ML_DSA}}


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
    """The contents of a SEQUENCE of two INTEGERs, neither negative."""
    elements = der(data)
    must(tags(elements) == [0x30] and tags(elements[0].children) == [0x02, 0x02]
         and all(child.content[0] < 0x80 for child in elements[0].children), "certificate: bad pair of INTEGERs")
    return [child.content for child in elements[0].children]


def bit_string(element):
    """The bytes of a BIT STRING without unused bits."""
    must(element.tag == 0x03 and element.content[:1] == b"\0", "certificate: bad BIT STRING")
    return element.content[1:]


# ---- items 1 to 6: identifiers, strings, names, times, extensions


def is_identifier(element, longest=32):
    content = element.content
    return (element.tag == 0x06 and 1 <= len(content) <= longest and content[-1] < 0x80
            and not any(byte == 0x80 and (at == 0 or content[at - 1] < 0x80) for at, byte in enumerate(content)))


def is_text(text):
    return not re.search("[\0-\x1f\x7f-\x9f]", text)


def is_string(element):
    if element.tag in (0x13, 0x14, 0x16):
        return is_printable(element.content)
    if element.tag not in (0x0C, 0x1E):
        return False
    try:
        if element.tag == 0x0C:
            return is_text(element.content.decode("utf-8"))
    except UnicodeDecodeError:
        return False
    characters = "".join(map(chr, (int.from_bytes(element.content[at:at + 2], "big")
                                   for at in range(0, len(element.content), 2))))
    return len(element.content) % 2 == 0 and is_text(characters) and not re.search("[\ud800-\udfff]", characters)


def is_printable(data):
    return re.fullmatch(rb"[\x20-\x7e]*", data) is not None


def is_name(element):
    """Item 5."""
    return (element.tag == 0x30 and len(element.raw) <= 512
            and all(part.tag == 0x31 and part.children
                    and all(pair.tag == 0x30 and len(pair.children) == 2 and is_identifier(pair.children[0])
                            and is_string(pair.children[1]) for pair in part.children) for part in element.children))


def is_time(element):
    """Item 4."""
    match = re.fullmatch({0x17: rb"([0-9]{2})([0-9]{10})Z", 0x18: rb"([0-9]{4})([0-9]{10})Z"}.get(element.tag, rb"(?!)"),
                         element.content)
    if not match:
        return False
    year = int(match[1])
    if element.tag == 0x17:
        year += 2000 if year < 50 else 1900
    if year < 1970 or (element.tag == 0x18 and year < 2050):
        return False
    try:
        datetime(year, *(int(match[2][at:at + 2]) for at in range(0, 10, 2)))
    except ValueError:
        return False
    return True


def is_key_identifier(element):
    return element.tag == 0x04 and 1 <= len(element.content) <= 64


def is_authority(element):
    parts = {part.tag: part for part in element.children}
    if element.tag != 0x30 or tags(element.children) not in ([], [0x80], [0xA1, 0x82], [0x80, 0xA1, 0x82]):
        return False
    if 0x80 in parts and not 1 <= len(parts[0x80].content) <= 64:
        return False
    return 0xA1 not in parts or (
        tags(parts[0xA1].children) == [0xA4] and len(parts[0xA1].children[0].children) == 1
        and is_name(parts[0xA1].children[0].children[0])
        and len(parts[0x82].content) <= 20 and is_shortest(parts[0x82].content))


def is_true(element):
    return element.raw == b"\x01\x01\xff"


def is_constraints(element):
    return (element.tag == 0x30 and tags(element.children) in ([], [0x01], [0x01, 0x02])
            and all(is_true(child) for child in element.children[:1])
            and all(len(child.content) == 1 and child.content[0] < 0x80 for child in element.children[1:]))


def is_named_bits(element, longest):
    content = element.content
    return (element.tag == 0x03 and 2 <= len(content) <= longest and content[0] <= 7
            and content[-1] & -content[-1] == 1 << content[0])


def is_purposes(element):
    return (element.tag == 0x30 and 1 <= len(element.children) <= 16
            and all(is_identifier(child, 16) for child in element.children))


def is_readable(element):
    """Item 6, the last: an element at any level."""
    content = element.content
    if element.tag in (0x30, 0x31, *range(0xA0, 0xA8)):
        return all(map(is_readable, element.children))
    if element.tag == 0x02:
        return len(content) <= 20
    if element.tag == 0x03:
        return 1 <= len(content) <= 3 and content[0] <= 7
    if element.tag in (0x81, 0x82, 0x86):
        return is_printable(content)
    return is_true(element) or is_identifier(element) or is_string(element)


def is_readable_sequence(element):
    return element.tag == 0x30 and element.children != [] and is_readable(element)


SUBJECT_KEY, AUTHORITY_KEY = oid("2.5.29.14"), oid("2.5.29.35")
EXTENSIONS = {
    SUBJECT_KEY: is_key_identifier, AUTHORITY_KEY: is_authority, oid("2.5.29.19"): is_constraints,
    oid("2.5.29.15"): lambda element: is_named_bits(element, 3),
    oid("2.16.840.1.113730.1.1"): lambda element: is_named_bits(element, 2),
    oid("2.5.29.37"): is_purposes,
    **{oid(text): is_readable_sequence for text in ("2.5.29.17", "2.5.29.31", "2.5.29.32", "1.3.6.1.5.5.7.1.1")}}


def oid_text(content):
    """For messages."""
    numbers, value = [], 0
    for byte in content:
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            numbers.append(value)
            value = 0
    first = min(numbers[0] // 40, 2)
    return ".".join(map(str, [first, numbers[0] - 40 * first, *numbers[1:]]))


def read_extensions(extensions):
    """Item 6: the value by identifier."""
    must(len(extensions) <= 32, "certificate: more than 32 extensions")
    values = {}
    for extension in extensions:
        parts = extension.children
        must(extension.tag == 0x30 and tags(parts) in ([0x06, 0x04], [0x06, 0x01, 0x04])
             and is_identifier(parts[0]) and (len(parts) == 2 or is_true(parts[1])), "certificate: bad extension")
        what = f"certificate: extension {oid_text(parts[0].content)}"
        must(parts[0].raw in EXTENSIONS, f"{what} is not known")
        must(parts[0].raw not in values, f"{what} is there twice")
        value = der(parts[-1].content)
        must(len(parts[-1].content) <= 512 and len(value) == 1 and EXTENSIONS[parts[0].raw](value[0]),
             f"{what} has a bad value")
        values[parts[0].raw] = value[0]
    return values


# ---- items 7 to 10: keys and signatures


def public_key(info):
    """Item 7: the kind, the key (modulus and exponent, or a curve and a point on it), and its free bytes."""
    must(info.tag == 0x30 and tags(info.children) == [0x30, 0x03], "certificate: bad subjectPublicKeyInfo")
    algorithm, key = info.children[0].content, bit_string(info.children[1])
    if algorithm == RSA_KEY:
        integers = der_integers(key)
        modulus, exponent = (int.from_bytes(integer, "big") for integer in integers)
        must(modulus.bit_length() in (1024, 1536, 2048, 3072, 4096) and modulus & 1, "certificate: bad RSA modulus")
        must(exponent & 1 and 3 <= exponent < 1 << 32, "certificate: bad RSA exponent")
        return "rsa", (modulus, exponent), sum(map(len, integers))
    if algorithm in ML_DSA:
        must(len(key) == ML_DSA[algorithm][0], "certificate: bad ML-DSA key")
        return algorithm, None, len(key)
    curve = CURVES.get(algorithm[len(EC_KEY):]) if algorithm.startswith(EC_KEY) else None
    must(curve, "certificate: unknown kind of key")
    size = (curve.p.bit_length() + 7) // 8
    must(len(key) == 1 + 2 * size and key[0] == 4, "certificate: bad EC point")
    x, y = int.from_bytes(key[1:1 + size], "big"), int.from_bytes(key[1 + size:], "big")
    must(x < curve.p and y < curve.p and (y * y - (x * x * x - 3 * x + curve.b)) % curve.p == 0,
         "certificate: EC point is not on the curve")
    return "ec", (curve, (x, y)), 2 * size


def check_signature_form(kind, signature):
    """Item 8."""
    if kind == "rsa":
        must(64 <= len(signature) <= 1024, "certificate: a length that RSA signatures do not have")
    elif kind == "ec":
        must(all(len(integer) <= 67 for integer in der_integers(signature)), "certificate: bad ECDSA signature")
    else:
        must(len(signature) == ML_DSA[kind][1], "certificate: bad ML-DSA signature")


def check_self_issued(tbs, values, kind, hash_name, key, signature):
    """Items 9b and 9c."""
    if kind in ("rsa", "ec"):
        digest = hashlib.new(hash_name, tbs.raw).digest()
        good = (rsa_verifies(*key, signature, hash_name, digest) if kind == "rsa" else
                ecdsa_verifies(*key, *(int.from_bytes(integer, "big") for integer in der_integers(signature)), digest))
        must(good, "certificate: the self-signature does not verify")
    authority = values[AUTHORITY_KEY].children if AUTHORITY_KEY in values else []
    if len(authority) == 3:
        same_key = SUBJECT_KEY in values and values[SUBJECT_KEY].content == authority[0].content
        same_name = (authority[1].children[0].children[0].raw == tbs.children[3].raw
                     and authority[2].content == tbs.children[1].content)
        must(same_key == same_name, "certificate: authorityKeyIdentifier contradicts itself")


def primitive_size(elements):
    """The content bytes of the primitive elements."""
    return sum(primitive_size(element.children) if element.tag & 0x20 else len(element.content) for element in elements)


def check_certificate(data):
    """7.1: one certificate. Returns the number of its free bytes (item 10)."""
    must(data[:2] == b"\x30\x82", "certificate: its header is not 30 82, so that Linux does not load it")
    must(len(data) <= 65535, "certificate: longer than 65535 bytes")
    outer, = der(data)
    must(tags(outer.children) == [0x30, 0x30, 0x03], "certificate: bad outer SEQUENCE")
    tbs, algorithm, signature = outer.children
    signature = bit_string(signature)
    must(tags(tbs.children) in ([0xA0, 0x02, 0x30, 0x30, 0x30, 0x30, 0x30],
                                [0xA0, 0x02, 0x30, 0x30, 0x30, 0x30, 0x30, 0xA3]), "certificate: bad tbsCertificate")
    version, serial, signed_with, issuer, validity, subject, key_info, *extensions = tbs.children
    must(version.content == b"\x02\x01\x02" and len(serial.content) <= 20, "certificate: bad version or serial")
    must(signed_with.raw == algorithm.raw, "certificate: signature algorithms differ")
    must(len(tbs.raw) - len(key_info.raw) <= 2048, "certificate: more than 2048 bytes beside the key")
    must(is_name(issuer) and is_name(subject), "certificate: bad issuer or subject")
    must(len(validity.children) == 2 and all(map(is_time, validity.children)), "certificate: bad validity")
    values = {}
    if extensions:
        must(tags(extensions[0].children) == [0x30], "certificate: bad extensions")
        values = read_extensions(extensions[0].children[0].children)
    must(algorithm.content in SIGNATURES, "certificate: unknown signature algorithm")
    kind, hash_name = SIGNATURES[algorithm.content]
    check_signature_form(kind, signature)
    key_kind, key, key_size = public_key(key_info)
    free = (primitive_size([serial, issuer, validity, subject]) + primitive_size(values.values()) + key_size
            + len(signature))
    if issuer.raw == subject.raw:
        must(kind == key_kind, "certificate: key and signature algorithm differ")
        check_self_issued(tbs, values, kind, hash_name, key, signature)
        free -= len(signature) if kind == "rsa" else 0
    return free


def check_certificates(data):
    """7.1: certificates from the start of the data, as far as they go; returns where they end."""
    at, count = 0, 0
    while at < len(data) and data[at] != 0:
        end = der_bounds(data, at)[1]
        count += 1
        must(count <= 64, "more than 64 certificates")
        check_certificate(data[at:end])
        at = end
    return at


def check_certificate_list(data, most_zeros=0):
    """7.1: a certificate list that fills the data, or is followed by so many zero bytes at most."""
    data = bytes(data)
    at = check_certificates(data)
    must(is_zero(data[at:]) and len(data) - at <= most_zeros, "bytes after the certificates")
