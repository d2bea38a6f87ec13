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
static bool is_private_key(const struct der *element, enum private_key_form *form)
{
	struct der c[CHILDREN_MAX];
	const unsigned int count = element->tag == DER_SEQUENCE ? children_of(element, c) : 0;

	*form = PRIVATE_KEY_PKCS8_ENCRYPTED;
	if (count == 2 && c[1].tag == DER_OCTET_STRING && c[0].tag == DER_SEQUENCE)
		return is_encryption(&c[0]);
	if (count < 2 || c[0].tag != DER_INTEGER || c[0].length != 1 || c[0].content[0] > 3)
		return false;
	*form = PRIVATE_KEY_PKCS12;
	if (c[0].content[0] == 3)
		return c[1].tag == DER_SEQUENCE && is_algorithm(&c[1]);
	*form = PRIVATE_KEY_SEC1;
	if (c[1].tag == DER_OCTET_STRING)
		return count <= 4 && c[0].content[0] == 1 &&
		       (count == 2 || c[2].tag == DER_CONTEXT_0 || c[2].tag == DER_CONTEXT_1);
	*form = PRIVATE_KEY_PKCS8;
	if (count >= 3 && c[2].tag == DER_OCTET_STRING)
		return is_algorithm(&c[1]);
	*form = PRIVATE_KEY_PKCS1;
	return count >= 6 && all_integers(c, count < 9 ? count : 9);
}

static bool der_key_in(const uint8_t *bytes, uint64_t size)
{
	struct der_reader reader = {bytes, bytes + size};
	enum private_key_form form;
	struct der element;

	while (!der_done(&reader) && !der_next(&reader, &element, NULL))
		if (is_private_key(&element, &form))
			return true;
	return false;
}

bool private_key_in(const uint8_t *bytes, uint64_t size)
{
	return size && (pem_key_in(bytes, size) || der_key_in(bytes, size));
}

/* -------------------------------------------------------------------------------------------------------- anywhere */

const char *private_key_form_name(enum private_key_form form)
{
	static const char *const names[PRIVATE_KEY_FORMS] = {
		[PRIVATE_KEY_PEM] = "PEM",
		[PRIVATE_KEY_PKCS1] = "PKCS#1",
		[PRIVATE_KEY_SEC1] = "SEC 1",
		[PRIVATE_KEY_PKCS8] = "PKCS#8",
		[PRIVATE_KEY_PKCS8_ENCRYPTED] = "encrypted PKCS#8",
		[PRIVATE_KEY_PKCS12] = "PKCS#12",
	};

	return names[form];
}

/* Shorter ones hold no key; a key's numbers, or an encrypted key, follow. */
enum { KEY_LEAST = 32, BASE64_LEAST = 40 };

static bool is_base64(uint8_t c)
{
	return isalnum(c) || c == '+' || c == '/' || c == '=';
}

/* A line that begins a key, with some of it below, after the fields of an encrypted one. A string in a program has not.
 */
static bool begins_pem(const uint8_t *at, const uint8_t *end)
{
	static const char field[] = "Proc-Type:";
	const uint8_t *line = line_end(at, end);
	size_t run = 0;

	if (line - at > 80 || !is_begin(at, end))
		return false;
	while (line < end && isspace(*line))
		line++;
	if ((size_t)(end - line) > sizeof(field) && !memcmp(line, field, sizeof(field) - 1))
		return true;
	while (run < BASE64_LEAST && line + run < end && is_base64(line[run]))
		run++;
	return run == BASE64_LEAST;
}

static const uint8_t *find_pem(const uint8_t *from, const uint8_t *end)
{
	static const char begin[] = "-----BEGIN ";

	for (; (from = memmem(from, (size_t)(end - from), begin, sizeof(begin) - 1)); from++)
		if (begins_pem(from, end))
			return from;
	return NULL;
}

/* Whether 0x30 may begin a key: its first element is a small number, or an algorithm. Most do not. */
static bool may_be_key(const uint8_t *at, const uint8_t *end)
{
	size_t header;

	if (end - at < KEY_LEAST)
		return false;
	header = at[1] < 0x80 ? 2 : at[1] == 0x81 ? 3 : at[1] == 0x82 ? 4 : 0;
	return header && ((at[header] == DER_INTEGER && at[header + 1] == 1 && at[header + 2] <= 3) ||
			  at[header] == DER_SEQUENCE);
}

static const uint8_t *find_der(const uint8_t *from, const uint8_t *end, enum private_key_form *form, uint64_t *size)
{
	for (; (from = memchr(from, DER_SEQUENCE, (size_t)(end - from))); from++) {
		struct der_reader reader = {from, end};
		struct der element;

		if (may_be_key(from, end) && !der_next(&reader, &element, NULL) && element.size >= KEY_LEAST &&
		    is_private_key(&element, form)) {
			*size = element.size;
			return from;
		}
	}
	return NULL;
}

bool private_key_next(const uint8_t *bytes, uint64_t size, uint64_t *at, struct private_key_place *place)
{
	const uint8_t *end = bytes + size;
	const uint8_t *pem = *at < size ? find_pem(bytes + *at, end) : NULL;
	const uint8_t *der = NULL;

	*place = (struct private_key_place){.form = PRIVATE_KEY_PEM};
	if (*at < size)
		der = find_der(bytes + *at, pem ? pem : end, &place->form, &place->size);
	if (!pem && !der)
		return false;
	if (!der)
		place->form = PRIVATE_KEY_PEM;
	place->start = (uint64_t)((der ? der : pem) - bytes);
	*at = place->start + (place->size ? place->size : 1);
	return true;
}
