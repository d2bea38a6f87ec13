// SPDX-License-Identifier: LGPL-2.1-or-later
#include "trust/cms_outline.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/objects.h>
#include <string.h>

#include "base/der.h"
#include "base/error.h"

enum { DER_SET = 0x31, DER_CONTEXT_1 = 0xa1 };

/* 1.2.840.113549.1.7.2, header included. */
static const uint8_t signed_data[] = {DER_OID, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 2};

static int check_outside(const uint8_t *bytes, uint64_t size, struct elfsect_error *error)
{
	struct der_reader reader = {bytes, bytes + size};
	struct der whole, type, tagged;
	int ret;

	if (size > CMS_OUTLINE_SIZE_MAX)
		return failure(error, EBADMSG, "%ju bytes, more than %d", (uintmax_t)size, CMS_OUTLINE_SIZE_MAX);
	ret = der_expect(&reader, DER_SEQUENCE, "PKCS#7", &whole, error);
	if (!ret)
		ret = der_end(&reader, "PKCS#7", error);
	if (ret)
		return ret;
	reader = der_inside(&whole);
	ret = der_expect(&reader, DER_OID, "type", &type, error);
	if (!ret && (type.size != sizeof(signed_data) || memcmp(type.bytes, signed_data, sizeof(signed_data)) != 0))
		ret = failure(error, EBADMSG, "not of type SignedData");
	if (!ret)
		ret = der_expect(&reader, DER_CONTEXT_0, "SignedData", &tagged, error);
	return ret ? ret : der_end(&reader, "PKCS#7", error);
}

int cms_check_outside(const uint8_t *bytes, uint64_t size, struct elfsect_error *error)
{
	const int ret = check_outside(bytes, size, error);

	ERR_clear_error();
	return ret;
}

/* The next element, if it has this tag. */
static bool take(struct der_reader *reader, uint8_t tag, struct der *element)
{
	struct elfsect_error ignored;

	return !der_done(reader) && *reader->next == tag && !der_next(reader, element, &ignored);
}

/* Of an AlgorithmIdentifier. */
static void take_name(struct der_reader *reader, char name[CMS_ALGORITHM_NAME_MAX])
{
	enum { OID_MAX = 32 };
	struct der identifier, oid;
	struct der_reader inside;
	ASN1_OBJECT *object = NULL;
	const uint8_t *p;

	if (!take(reader, DER_SEQUENCE, &identifier))
		return;
	inside = der_inside(&identifier);
	if (!take(&inside, DER_OID, &oid) || oid.length > OID_MAX)
		return;
	p = oid.bytes;
	object = d2i_ASN1_OBJECT(NULL, &p, (long)oid.size);
	if (object && OBJ_obj2txt(name, CMS_ALGORITHM_NAME_MAX, object, 0) <= 0)
		*name = '\0';
	ASN1_OBJECT_free(object);
}

/*
 * SignerInfo ::= SEQUENCE { version, sid ANY, digestAlgorithm SEQUENCE, signedAttrs [0] OPTIONAL,
 *                           signatureAlgorithm SEQUENCE, ... }
 */
static void read_signer(const struct der *info, struct cms_outline *outline)
{
	struct der_reader reader = der_inside(info);
	struct elfsect_error ignored;
	struct der element;

	if (!take(&reader, DER_INTEGER, &element) || der_done(&reader) || der_next(&reader, &element, &ignored))
		return;
	take_name(&reader, outline->hash);
	outline->signed_attributes = take(&reader, DER_CONTEXT_0, &element);
	take_name(&reader, outline->algorithm);
}

static void read_signers(const struct der *set, struct cms_outline *outline)
{
	struct der_reader reader = der_inside(set);
	struct der info;
	uint64_t count = 0;

	while (take(&reader, DER_SEQUENCE, &info))
		if (!count++)
			read_signer(&info, outline);
	outline->signers = der_done(&reader) ? count : 0;
}

/*
 * SignedData ::= SEQUENCE { version INTEGER, digestAlgorithms SET, encapContentInfo SEQUENCE,
 *                           certificates [0] OPTIONAL, crls [1] OPTIONAL, signerInfos SET }
 */
static void read_signed_data(const struct der *tagged, struct cms_outline *outline)
{
	struct der_reader reader = der_inside(tagged);
	struct der data, element;

	if (!take(&reader, DER_SEQUENCE, &data))
		return;
	reader = der_inside(&data);
	if (!take(&reader, DER_INTEGER, &element) || !take(&reader, DER_SET, &element) ||
	    !take(&reader, DER_SEQUENCE, &element))
		return;
	outline->certificates = take(&reader, DER_CONTEXT_0, &element);
	take(&reader, DER_CONTEXT_1, &element);
	if (take(&reader, DER_SET, &element))
		read_signers(&element, outline);
}

void cms_outline_read(const uint8_t *bytes, uint64_t size, struct cms_outline *outline)
{
	struct der_reader reader = {bytes, bytes + size};
	struct der whole, element;

	*outline = (struct cms_outline){0};
	if (!take(&reader, DER_SEQUENCE, &whole))
		return;
	reader = der_inside(&whole);
	if (take(&reader, DER_OID, &element) && take(&reader, DER_CONTEXT_0, &element))
		read_signed_data(&element, outline);
	ERR_clear_error();
}
