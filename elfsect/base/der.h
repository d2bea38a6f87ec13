/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * DER, the framing only: where an element starts, what it holds, and that there was one way to write it. libcrypto
 * parses BER where it can; here each byte has to be where DER puts it (hashsect/FORMAT.md, 7.1, item 1). Not installed:
 * libhashsect uses it too.
 */
#ifndef ELFSECT_DER_H
#define ELFSECT_DER_H

#include <stdbool.h>
#include <stdint.h>

#include "elfsect.h"

enum der_tag {
	DER_BOOLEAN = 0x01,
	DER_INTEGER = 0x02,
	DER_BIT_STRING = 0x03,
	DER_OCTET_STRING = 0x04,
	DER_NULL = 0x05,
	DER_OID = 0x06,
	DER_UTC_TIME = 0x17,
	DER_GENERALIZED_TIME = 0x18,
	DER_CONSTRUCTED = 0x20, /* the bit */
	DER_SEQUENCE = 0x30,
	DER_CONTEXT_0 = 0xa0,
	DER_CONTEXT_3 = 0xa3,
};

/**
 * struct der - one element; pointers are borrowed from the bytes that were read
 * @bytes: its header, the first of @size bytes
 * @content: what follows the header, @length bytes
 */
struct der {
	const uint8_t *bytes;
	const uint8_t *content;
	uint64_t size;
	uint64_t length;
	uint8_t tag;
};

/** struct der_reader - what is left of a sequence of elements, @next to @end */
struct der_reader {
	const uint8_t *next;
	const uint8_t *end;
};

/** der_inside() - a reader of an element's children; of an element that is all zero: none */
static inline struct der_reader der_inside(const struct der *element)
{
	return (struct der_reader){element->content,
				   element->length ? element->content + element->length : element->content};
}

/** der_done() - whether a reader has no more elements */
static inline bool der_done(const struct der_reader *reader)
{
	return reader->next == reader->end;
}

/**
 * der_next() - read an element's header and step over the element
 *
 * The header is in its only DER form: a single tag byte, the shortest length, of at most 3 bytes after the first.
 *
 * Return: 0, or -EBADMSG with a reason that names no place (the caller knows it).
 */
ELFSECT_MUST_CHECK int der_next(struct der_reader *reader, struct der *element, struct elfsect_error *error);

/** der_expect() - der_next() for an element that must have this tag; @what names it in messages */
ELFSECT_MUST_CHECK int der_expect(struct der_reader *reader, uint8_t tag, const char *what, struct der *element,
				  struct elfsect_error *error);

/** der_end() - refuse whatever a reader still has; @what names what should have ended */
ELFSECT_MUST_CHECK int der_end(const struct der_reader *reader, const char *what, struct elfsect_error *error);

/** der_is_integer() - whether the content of an element is that of an INTEGER: not empty, in the shortest form */
bool der_is_integer(const struct der *element);

/**
 * der_check_nesting() - constructed elements are filled exactly by their children, at most 16 levels deep, and each
 * INTEGER is in the shortest form
 */
ELFSECT_MUST_CHECK int der_check_nesting(const struct der *element, struct elfsect_error *error);

/** der_equal() - whether two elements are the same bytes, header included */
bool der_equal(const struct der *a, const struct der *b);

/** der_is_null() - whether it is the NULL of ASN.1 */
bool der_is_null(const struct der *element);

/** der_nid() - libcrypto's number for an OBJECT IDENTIFIER; NID_undef if it is unknown, malformed or no such one */
int der_nid(const struct der *element);

#endif
