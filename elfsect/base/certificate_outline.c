// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/certificate_outline.h"

#include <stddef.h>

/* [3] holding one SEQUENCE of extensions. What else there is, a second [3] too, is others' to judge. */
static int read_rest(struct der_reader *reader, struct certificate_outline *o, struct elfsect_error *error)
{
	struct der element;
	int ret = 0;

	while (!ret && !der_done(reader)) {
		struct der_reader inside;

		ret = der_next(reader, &element, error);
		if (ret)
			return ret;
		if (element.tag != DER_CONTEXT_3 || o->extensions.size) {
			o->other = o->other.size ? o->other : element;
			continue;
		}
		inside = der_inside(&element);
		ret = der_expect(&inside, DER_SEQUENCE, "extensions", &o->extensions, error);
		if (!ret)
			ret = der_end(&inside, "extensions", error);
	}
	return ret;
}

/*
 * TBSCertificate ::= SEQUENCE { version [0] DEFAULT v1, serialNumber INTEGER, signature AlgorithmIdentifier,
 *                               issuer Name, validity Validity, subject Name, subjectPublicKeyInfo, [1], [2],
 *                               extensions [3] }
 */
static int read_tbs(struct certificate_outline *o, struct elfsect_error *error)
{
	struct der_reader reader = der_inside(&o->tbs);
	const struct {
		uint8_t tag;
		const char *what;
		struct der *element;
	} fields[] = {
		{DER_INTEGER, "serial number", &o->serial}, {DER_SEQUENCE, "signature", &o->algorithm},
		{DER_SEQUENCE, "issuer", &o->issuer},	    {DER_SEQUENCE, "validity", &o->validity},
		{DER_SEQUENCE, "subject", &o->subject},	    {DER_SEQUENCE, "public key", &o->key},
	};
	int ret = 0;

	if (!der_done(&reader) && *reader.next == DER_CONTEXT_0)
		ret = der_next(&reader, &o->version, error);
	for (size_t i = 0; !ret && i < sizeof(fields) / sizeof(fields[0]); i++)
		ret = der_expect(&reader, fields[i].tag, fields[i].what, fields[i].element, error);
	return ret ? ret : read_rest(&reader, o, error);
}

/* Certificate ::= SEQUENCE { tbsCertificate, signatureAlgorithm AlgorithmIdentifier, signature BIT STRING } */
int certificate_outline_read(const struct der *whole, struct certificate_outline *o, struct elfsect_error *error)
{
	struct der_reader reader = der_inside(whole);
	int ret;

	*o = (struct certificate_outline){.whole = *whole};
	ret = der_check_nesting(whole, error);
	if (!ret)
		ret = der_expect(&reader, DER_SEQUENCE, "certificate", &o->tbs, error);
	if (!ret)
		ret = der_expect(&reader, DER_SEQUENCE, "signature algorithm", &o->outer_algorithm, error);
	if (!ret)
		ret = der_expect(&reader, DER_BIT_STRING, "signature", &o->signature, error);
	if (!ret)
		ret = der_end(&reader, "certificate", error);
	return ret ? ret : read_tbs(o, error);
}

/* Extension ::= SEQUENCE { extnID OBJECT IDENTIFIER, critical BOOLEAN DEFAULT FALSE, extnValue OCTET STRING } */
int certificate_extension_next(struct der_reader *list, struct certificate_extension *extension,
			       struct elfsect_error *error)
{
	struct der_reader reader;
	struct der whole;
	int ret;

	*extension = (struct certificate_extension){0};
	ret = der_expect(list, DER_SEQUENCE, "extension", &whole, error);
	if (ret)
		return ret;
	reader = der_inside(&whole);
	ret = der_expect(&reader, DER_OID, "extension identifier", &extension->oid, error);
	if (!ret && !der_done(&reader) && *reader.next == DER_BOOLEAN)
		ret = der_next(&reader, &extension->critical, error);
	if (!ret)
		ret = der_expect(&reader, DER_OCTET_STRING, "extension value", &extension->value, error);
	return ret ? ret : der_end(&reader, "extension", error);
}
