// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <limits.h>
#include <openssl/asn1.h>
#include <openssl/objects.h>
#include <string.h>

#include "base/der.h"
#include "base/error.h"

enum { DER_LEVELS = 16, DER_HEADER_MAX = 5 };

/* What ASN1_get_object() returns, ORed. */
enum { OBJECT_INDEFINITE = 0x01, OBJECT_BAD = 0x80 };

/*
 * Header: tag byte (class 2 bits, constructed 1, number 5), then the length: below 0x80 one byte, else 0x80 + n and n
 * bytes, most significant first. It is DER if libcrypto would write the same bytes.
 */
int der_next(struct der_reader *reader, struct der *element, struct elfsect_error *error)
{
	const uint64_t room = (uint64_t)(reader->end - reader->next);
	const uint8_t *p = reader->next;
	uint8_t header[16], *end_of_header = header;
	int tag, class, ret;
	long length;

	if (!room)
		return failure(error, EBADMSG, "an element is missing");
	if ((*p & V_ASN1_PRIMITIVE_TAG) == V_ASN1_PRIMITIVE_TAG)
		return failure(error, EBADMSG, "an element with a tag of several bytes");
	ret = ASN1_get_object(&p, &length, &tag, &class, room > LONG_MAX ? LONG_MAX : (long)room);
	if (ret & OBJECT_INDEFINITE)
		return failure(error, EBADMSG, "an element of indefinite length");
	if (ret & OBJECT_BAD)
		return failure(error, EBADMSG, "an element that does not fit the room it has");
	if (length > INT_MAX || p - reader->next > DER_HEADER_MAX)
		return failure(error, EBADMSG, "an element with more than 3 length bytes");
	ASN1_put_object(&end_of_header, ret & DER_CONSTRUCTED, (int)length, tag, class);
	if (end_of_header - header != p - reader->next || memcmp(header, reader->next, (size_t)(p - reader->next)) != 0)
		return failure(error, EBADMSG, "an element whose length is not in the shortest form");
	*element = (struct der){
		.bytes = reader->next,
		.content = p,
		.size = (uint64_t)(p - reader->next) + (uint64_t)length,
		.length = (uint64_t)length,
		.tag = *reader->next,
	};
	reader->next = p + length;
	return 0;
}

int der_expect(struct der_reader *reader, uint8_t tag, const char *what, struct der *element,
	       struct elfsect_error *error)
{
	struct elfsect_error reason;

	if (der_next(reader, element, &reason))
		return failure(error, EBADMSG, "%s: %s", what, reason.message);
	if (element->tag != tag)
		return failure(error, EBADMSG, "%s: tag 0x%02x instead of 0x%02x", what, element->tag, tag);
	return 0;
}

int der_end(const struct der_reader *reader, const char *what, struct elfsect_error *error)
{
	if (der_done(reader))
		return 0;
	return failure(error, EBADMSG, "%s: %ju bytes after its last element", what,
		       (uintmax_t)(reader->end - reader->next));
}

/* Of several bytes, the first nine bits are not all equal. */
bool der_is_integer(const struct der *element)
{
	const uint8_t *c = element->content;

	if (element->length < 2)
		return element->length;
	return !(c[0] == 0x00 && !(c[1] & 0x80)) && !(c[0] == 0xff && (c[1] & 0x80));
}

static int check_level(const struct der *element, unsigned int level, struct elfsect_error *error)
{
	struct der_reader children = der_inside(element);

	if (level > DER_LEVELS)
		return failure(error, EBADMSG, "elements nested more than %u levels deep", (unsigned int)DER_LEVELS);
	if (element->tag == DER_INTEGER && !der_is_integer(element))
		return failure(error, EBADMSG, "an INTEGER that is not in the shortest form");
	if (!(element->tag & DER_CONSTRUCTED))
		return 0;
	while (!der_done(&children)) {
		struct der child;
		int ret;

		ret = der_next(&children, &child, error);
		if (!ret)
			ret = check_level(&child, level + 1, error);
		if (ret)
			return ret;
	}
	return 0;
}

int der_check_nesting(const struct der *element, struct elfsect_error *error)
{
	return check_level(element, 1, error);
}

bool der_equal(const struct der *a, const struct der *b)
{
	return a->size == b->size && memcmp(a->bytes, b->bytes, a->size) == 0;
}

bool der_is_null(const struct der *element)
{
	return element->size && element->tag == DER_NULL && !element->length;
}

int der_nid(const struct der *element)
{
	const uint8_t *p = element->bytes;
	ASN1_OBJECT *object;
	int nid = NID_undef;

	if (element->tag != DER_OID)
		return NID_undef;
	object = d2i_ASN1_OBJECT(NULL, &p, (long)element->size);
	if (object)
		nid = OBJ_obj2nid(object);
	ASN1_OBJECT_free(object);
	return nid;
}
