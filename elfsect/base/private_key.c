// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/private_key.h"

#include <ctype.h>
#include <string.h>

#include "base/der.h"

/* ------------------------------------------------------------------------------------------------------------ PEM */

/* The end of the line that holds [from, end). */
static const uint8_t *line_end(const uint8_t *from, const uint8_t *end)
{
	const uint8_t *newline = memchr(from, '\n', (size_t)(end - from));

	return newline ? newline : end;
}

/*
 * "-----BEGIN ... PRIVATE KEY...-----", the whole line, and something below it. A program that writes such lines has
 * them inside of other text, or with a zero byte behind.
 */
static bool is_begin(const uint8_t *line, const uint8_t *end)
{
	static const char begin[] = "-----BEGIN ", word[] = "PRIVATE KEY", dashes[] = "-----";
	const uint8_t *last = line_end(line, end), *next = last;

	while (last > line && isspace(last[-1]))
		last--;
	if ((size_t)(last - line) < sizeof(begin) + sizeof(word) + sizeof(dashes) - 3 ||
	    memcmp(line, begin, sizeof(begin) - 1) != 0 || memcmp(last - 5, dashes, 5) != 0 ||
	    !memmem(line, (size_t)(last - line), word, sizeof(word) - 1))
		return false;
	while (next < end && isspace(*next))
		next++;
	return next < end && isalnum(*next);
}

static bool pem_key_in(const uint8_t *bytes, uint64_t size)
{
	static const char dashes[] = "-----BEGIN ";
	const uint8_t *end = bytes + size, *at = bytes;

	while ((at = memmem(at, (size_t)(end - at), dashes, sizeof(dashes) - 1))) {
		if ((at == bytes || at[-1] == '\n' || at[-1] == '\r') && is_begin(at, end))
			return true;
		at++;
	}
	return false;
}

/* ------------------------------------------------------------------------------------------------------------ DER */

enum { CHILDREN_MAX = 16, DER_CONTEXT_1 = 0xa1 };

/* The children of an element, as many as there is room for; 0 if it is not well-formed. */
static unsigned int children_of(const struct der *element, struct der children[CHILDREN_MAX])
{
	struct der_reader reader = der_inside(element);
	unsigned int count = 0;

	while (count < CHILDREN_MAX && !der_done(&reader))
		if (der_next(&reader, &children[count++], NULL))
			return 0;
	return der_done(&reader) ? count : 0;
}

/* PBES1 and PBES2 (1.2.840.113549.1.5), those of PKCS#12 (1.2.840.113549.1.12.1). */
static bool is_encryption(const struct der *algorithm)
{
	static const uint8_t pkcs5[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x05};
	static const uint8_t pkcs12[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x0c, 0x01};
	struct der children[CHILDREN_MAX];

	if (algorithm->tag != DER_SEQUENCE || !children_of(algorithm, children) || children[0].tag != DER_OID)
		return false;
	return (children[0].length > sizeof(pkcs5) && !memcmp(children[0].content, pkcs5, sizeof(pkcs5))) ||
	       (children[0].length > sizeof(pkcs12) && !memcmp(children[0].content, pkcs12, sizeof(pkcs12)));
}

static bool is_algorithm(const struct der *element)
{
	struct der children[CHILDREN_MAX];

	return element->tag == DER_SEQUENCE && children_of(element, children) && children[0].tag == DER_OID;
}

static bool all_integers(const struct der *children, unsigned int count)
{
	for (unsigned int i = 0; i < count; i++)
		if (children[i].tag != DER_INTEGER)
			return false;
	return true;
}

/*
 * PKCS#8: SEQUENCE { version, algorithm, OCTET STRING, [0] and [1] OPTIONAL }; encrypted: SEQUENCE { algorithm, OCTET
 * STRING }; PKCS#12: SEQUENCE { 3, SEQUENCE, ... }; SEC 1: SEQUENCE { 1, OCTET STRING, [0] and [1] OPTIONAL }; PKCS#1
 * and DSA: SEQUENCE of nine or six INTEGERs (and more, with more primes).
 */
static bool is_private_key(const struct der *element)
{
	struct der c[CHILDREN_MAX];
	const unsigned int count = element->tag == DER_SEQUENCE ? children_of(element, c) : 0;

	if (count == 2 && c[1].tag == DER_OCTET_STRING && c[0].tag == DER_SEQUENCE)
		return is_encryption(&c[0]);
	if (count < 2 || c[0].tag != DER_INTEGER || c[0].length != 1 || c[0].content[0] > 3)
		return false;
	if (c[0].content[0] == 3)
		return c[1].tag == DER_SEQUENCE && is_algorithm(&c[1]);
	if (c[1].tag == DER_OCTET_STRING)
		return count <= 4 && c[0].content[0] == 1 &&
		       (count == 2 || c[2].tag == DER_CONTEXT_0 || c[2].tag == DER_CONTEXT_1);
	if (count >= 3 && c[2].tag == DER_OCTET_STRING)
		return is_algorithm(&c[1]);
	return count >= 6 && all_integers(c, count < 9 ? count : 9);
}

static bool der_key_in(const uint8_t *bytes, uint64_t size)
{
	struct der_reader reader = {bytes, bytes + size};
	struct der element;

	while (!der_done(&reader) && !der_next(&reader, &element, NULL))
		if (is_private_key(&element))
			return true;
	return false;
}

bool private_key_in(const uint8_t *bytes, uint64_t size)
{
	return size && (pem_key_in(bytes, size) || der_key_in(bytes, size));
}
