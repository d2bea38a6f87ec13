// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <openssl/err.h>
#include <openssl/objects.h>
#include <string.h>

#include "trust/certificate.h"
#include "base/certificate_outline.h"
#include "base/error.h"
#include "trust/signature.h"

enum { EXTENSIONS_MAX = 10 };

static const int known_extensions[EXTENSIONS_MAX] = {
	NID_subject_key_identifier,   /* 2.5.29.14 */
	NID_key_usage,		      /* 2.5.29.15 */
	NID_subject_alt_name,	      /* 2.5.29.17 */
	NID_basic_constraints,	      /* 2.5.29.19 */
	NID_crl_distribution_points,  /* 2.5.29.31 */
	NID_certificate_policies,     /* 2.5.29.32 */
	NID_authority_key_identifier, /* 2.5.29.35 */
	NID_ext_key_usage,	      /* 2.5.29.37 */
	NID_info_access,	      /* 1.3.6.1.5.5.7.1.1 */
	NID_netscape_cert_type,	      /* 2.16.840.1.113730.1.1 */
};

/* ---------------------------------------------------------------------------------------------------- extensions */

static int known_extension(const struct der *oid)
{
	const int nid = der_nid(oid);

	for (int i = 0; i < EXTENSIONS_MAX; i++)
		if (nid != NID_undef && nid == known_extensions[i])
			return i;
	return -1;
}

/* The content of an extension's OCTET STRING: one element. */
static int check_extension_value(const struct der *octets, struct elfsect_error *error)
{
	struct der value;
	struct der_reader reader = der_inside(octets);
	int ret;

	if (octets->length > CERTIFICATE_EXTENSION_MAX)
		return failure(error, EBADMSG, "an extension of %ju bytes, more than %d", (uintmax_t)octets->length,
			       CERTIFICATE_EXTENSION_MAX);
	ret = der_next(&reader, &value, error);
	if (!ret)
		ret = der_end(&reader, "extension value", error);
	if (!ret)
		ret = der_check_nesting(&value, error);
	return ret;
}

static int check_extension(const struct certificate_extension *e, bool *seen, struct elfsect_error *error)
{
	const int which = known_extension(&e->oid);

	if (which < 0)
		return failure(error, EBADMSG, "an extension that is not known");
	if (seen[which])
		return failure(error, EBADMSG, "an extension that occurs twice");
	seen[which] = true;
	if (e->critical.size && (e->critical.length != 1 || e->critical.content[0] != 0xff))
		return failure(error, EBADMSG, "extension: a critical flag that is not TRUE");
	return check_extension_value(&e->value, error);
}

static int check_extensions(const struct der *list, struct elfsect_error *error)
{
	struct der_reader reader = der_inside(list);
	bool seen[EXTENSIONS_MAX] = {false};
	int ret = 0;

	while (!ret && list->size && !der_done(&reader)) {
		struct certificate_extension extension;

		ret = certificate_extension_next(&reader, &extension, error);
		if (!ret)
			ret = check_extension(&extension, seen, error);
	}
	return ret;
}

/* -------------------------------------------------------------------------------------------------------- fields */

static int check_version(const struct der *version, struct elfsect_error *error)
{
	static const uint8_t v3[] = {DER_CONTEXT_0, 3, DER_INTEGER, 1, 2};

	if (version->size != sizeof(v3) || memcmp(version->bytes, v3, sizeof(v3)) != 0)
		return failure(error, EBADMSG, "not an X.509 certificate of version 3");
	return 0;
}

/* UTCTime YYMMDDHHMMSSZ, GeneralizedTime YYYYMMDDHHMMSSZ (RFC 5280, 4.1.2.5). */
static bool is_time(const struct der *time)
{
	const uint64_t digits = time->tag == DER_UTC_TIME ? 12 : 14;

	if (time->length != digits + 1 || time->content[digits] != 'Z')
		return false;
	for (uint64_t i = 0; i < digits; i++)
		if (time->content[i] < '0' || time->content[i] > '9')
			return false;
	return true;
}

static int check_validity(const struct der *validity, struct elfsect_error *error)
{
	struct der_reader reader = der_inside(validity);
	int ret;

	for (int i = 0; i < 2; i++) {
		struct der time;

		ret = der_next(&reader, &time, error);
		if (ret)
			return ret;
		if (time.tag != DER_UTC_TIME && time.tag != DER_GENERALIZED_TIME)
			return failure(error, EBADMSG, "validity: tag 0x%02x, not that of a time", time.tag);
		if (!is_time(&time))
			return failure(error, EBADMSG, "validity: a time that is not digits and Z");
	}
	return der_end(&reader, "validity", error);
}

static int check_fields(const struct certificate_outline *c, struct elfsect_error *error)
{
	if (!c->signature.length || c->signature.content[0])
		return failure(error, EBADMSG, "signature: not a whole number of bytes");
	if (c->signature.length > CERTIFICATE_SIGNATURE_MAX + 1)
		return failure(error, EBADMSG, "a signature of more than %d bytes", CERTIFICATE_SIGNATURE_MAX);
	if (!c->serial.length || c->serial.length > CERTIFICATE_SERIAL_MAX)
		return failure(error, EBADMSG, "a serial number of %ju bytes, not of 1 to %d",
			       (uintmax_t)c->serial.length, CERTIFICATE_SERIAL_MAX);
	if (!der_equal(&c->algorithm, &c->outer_algorithm))
		return failure(error, EBADMSG, "the two signature algorithm fields differ");
	if (c->issuer.size > CERTIFICATE_NAME_MAX || c->subject.size > CERTIFICATE_NAME_MAX)
		return failure(error, EBADMSG, "an issuer or subject of more than %d bytes", CERTIFICATE_NAME_MAX);
	if (c->other.size)
		return failure(error, EBADMSG, "certificate: an element that is not one of its fields, tag 0x%02x",
			       c->other.tag);
	return check_validity(&c->validity, error);
}

static int check_structure(const struct certificate_outline *c, struct elfsect_error *error)
{
	int ret;

	ret = check_version(&c->version, error);
	if (!ret)
		ret = check_fields(c, error);
	return ret ? ret : check_extensions(&c->extensions, error);
}

/* The key, the algorithm, and, if issuer and subject are the same, the signature. */
static int check_signature(const struct certificate_outline *c, struct elfsect_error *error)
{
	struct signature_algorithm algorithm;
	struct public_key key;
	int ret;

	ret = signature_algorithm_read(&c->outer_algorithm, &algorithm, error);
	if (ret)
		return ret;
	ret = public_key_read(&c->key, &key, error);
	if (ret)
		return ret;
	if (der_equal(&c->issuer, &c->subject))
		ret = signature_verify(&key, &algorithm, &c->tbs, c->signature.content + 1, c->signature.length - 1,
				       error);
	public_key_release(&key);
	return ret;
}

/* ------------------------------------------------------------------------------------------------------ the check */

/*
 * The reason is written without a place. Names and times are printed, not judged: what libcrypto cannot decode of them
 * is left empty.
 */
static int check_one(struct der_reader *reader, struct certificate_outline *c, struct elfsect_certificate *info,
		     struct elfsect_error *error)
{
	struct der whole;
	int ret;

	ret = der_expect(reader, DER_SEQUENCE, "certificate", &whole, error);
	if (ret)
		return ret;
	if (whole.size > CERTIFICATE_SIZE_MAX)
		return failure(error, EBADMSG, "%ju bytes, more than %d", (uintmax_t)whole.size, CERTIFICATE_SIZE_MAX);
	ret = certificate_outline_read(&whole, c, error);
	if (!ret)
		ret = check_structure(c, error);
	if (!ret)
		ret = check_signature(c, error);
	return ret ? ret : elfsect_certificate_describe(c->whole.bytes, c->whole.size, info, error);
}

int certificate_check(const uint8_t *bytes, uint64_t room, const char *where, uint64_t *size,
		      struct elfsect_certificate *info, struct elfsect_error *error)
{
	struct der_reader reader = {bytes, bytes + room};
	struct elfsect_certificate scratch = {0};
	struct certificate_outline c = {0};
	struct elfsect_error reason;
	int ret;

	ret = check_one(&reader, &c, &scratch, &reason);
	ERR_clear_error();
	if (ret)
		return failure(error, -ret, "%s: %s", where, reason.message);
	*size = c.whole.size;
	if (info)
		*info = scratch;
	return 0;
}

int certificate_list_check(const uint8_t *bytes, uint64_t size, const char *where, certificate_visit visit,
			   void *context, struct elfsect_error *error)
{
	uint64_t offset = 0;

	for (unsigned int number = 1; offset < size; number++) {
		struct elfsect_certificate info;
		struct elfsect_error reason;
		uint64_t length;
		int ret;

		if (number > CERTIFICATE_LIST_MAX)
			return failure(error, EBADMSG, "%s: more than %d certificates", where, CERTIFICATE_LIST_MAX);
		ret = certificate_check(bytes + offset, size - offset, "", &length, &info, &reason);
		if (ret)
			return failure(error, -ret, "%s: certificate %u (offset 0x%jx in the list)%s", where, number,
				       (uintmax_t)offset, reason.message);
		info.offset = offset;
		if (visit) {
			ret = visit(&info, context, error);
			if (ret)
				return ret;
		}
		offset += length;
	}
	return 0;
}
