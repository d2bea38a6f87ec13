// SPDX-License-Identifier: LGPL-2.1-or-later
#include "kernel/certificate_profile.h"

#include <errno.h>
#include <openssl/objects.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"

enum tag {
	TAG_UTF8 = 0x0c,
	TAG_PRINTABLE = 0x13,
	TAG_TELETEX = 0x14,
	TAG_IA5 = 0x16,
	TAG_BMP = 0x1e,
};

/* ---------------------------------------------------------------------------------------- identifiers and strings */

bool profile_is_identifier(const struct der *e, uint64_t longest)
{
	if (e->tag != DER_OID || !e->length || e->length > longest || e->content[e->length - 1] & 0x80)
		return false;
	for (uint64_t i = 0; i < e->length; i++)
		if (e->content[i] == 0x80 && (!i || !(e->content[i - 1] & 0x80)))
			return false;
	return true;
}

bool profile_is_true(const struct der *e)
{
	return e->tag == DER_BOOLEAN && e->length == 1 && e->content[0] == 0xff;
}

bool profile_is_printable(const struct der *e)
{
	for (uint64_t i = 0; i < e->length; i++)
		if (e->content[i] < 0x20 || e->content[i] > 0x7e)
			return false;
	return true;
}

static bool is_control(unsigned int character)
{
	return character < 0x20 || (character >= 0x7f && character < 0xa0);
}

static bool is_utf8(const struct der *e)
{
	size_t step;

	for (uint64_t i = 0; i < e->length; i += step) {
		step = text_utf8_length(e->content + i, e->length - i);
		if (!step || (step == 1 && is_control(e->content[i])) ||
		    (step == 2 && e->content[i] == 0xc2 && is_control(e->content[i + 1])))
			return false;
	}
	return true;
}

static bool is_bmp(const struct der *e)
{
	for (uint64_t i = 0; i + 1 < e->length; i += 2) {
		const unsigned int character = (unsigned int)e->content[i] << 8 | e->content[i + 1];

		if (is_control(character) || (character >= 0xd800 && character < 0xe000))
			return false;
	}
	return !(e->length & 1);
}

bool profile_is_string(const struct der *e)
{
	switch (e->tag) {
	case TAG_UTF8:
		return is_utf8(e);
	case TAG_PRINTABLE:
	case TAG_TELETEX:
	case TAG_IA5:
		return profile_is_printable(e);
	case TAG_BMP:
		return is_bmp(e);
	default:
		return false;
	}
}

uint64_t profile_primitive_size(const struct der *element)
{
	struct der_reader reader = der_inside(element);
	struct der child;
	uint64_t size = 0;

	if (!(element->tag & DER_CONSTRUCTED))
		return element->length;
	while (!der_done(&reader) && !der_next(&reader, &child, NULL))
		size += profile_primitive_size(&child);
	return size;
}

/* Extensions that companies put in, which libcrypto has no names for. */
static const char *other_name(const char *dotted)
{
	static const char *const names[][2] = {
		{"1.3.6.1.4.1.311.20.2", "Microsoft certificate template name"},
		{"1.3.6.1.4.1.311.21.1", "Microsoft CA version"},
		{"1.3.6.1.4.1.311.21.2", "Microsoft previous CA certificate hash"},
		{"1.3.6.1.4.1.311.21.7", "Microsoft certificate template"},
		{"1.3.6.1.4.1.311.21.10", "Microsoft application policies"},
		{"1.3.6.1.4.1.311.25.2", "Microsoft security identifier"},
		{"2.16.840.1.101.3.4.3.17", "ML-DSA-44"},
		{"2.16.840.1.101.3.4.3.18", "ML-DSA-65"},
		{"2.16.840.1.101.3.4.3.19", "ML-DSA-87"},
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!strcmp(names[i][0], dotted))
			return names[i][1];
	/* FIPS 205: twelve parameter sets, each pure (20 to 31) and with a hash before (35 to 46). */
	if (!strncmp(dotted, "2.16.840.1.101.3.4.3.", 21) && strlen(dotted) == 23) {
		const int n = (dotted[21] - '0') * 10 + dotted[22] - '0';

		return (n >= 20 && n <= 31) || (n >= 35 && n <= 46) ? "SLH-DSA" : NULL;
	}
	return NULL;
}

/* The identifier in digits, or "?". */
static void print_dotted(const struct der *oid, char *text, size_t room)
{
	const uint8_t *p = oid->bytes;
	ASN1_OBJECT *object = oid->tag == DER_OID ? d2i_ASN1_OBJECT(NULL, &p, (long)oid->size) : NULL;

	if (!object || OBJ_obj2txt(text, (int)room, object, 1) <= 0)
		snprintf(text, room, "?");
	ASN1_OBJECT_free(object);
}

const char *profile_oid_name(const struct der *oid)
{
	const int nid = der_nid(oid);
	const char *name;
	char dotted[160];

	print_dotted(oid, dotted, sizeof(dotted));
	name = other_name(dotted);
	return name || nid == NID_undef ? name : OBJ_nid2ln(nid);
}

void profile_oid_text(const struct der *oid, char *text, size_t room)
{
	const char *name = profile_oid_name(oid);
	char dotted[160];

	print_dotted(oid, dotted, sizeof(dotted));
	snprintf(text, room, name ? "%s (%s)" : "%s", dotted, name);
}

/* -------------------------------------------------------------------------------------------------- names and times */

/* SEQUENCE { identifier, string } */
static bool is_attribute(const struct der *attribute)
{
	struct der_reader reader = der_inside(attribute);
	struct der oid, value;

	return attribute->tag == DER_SEQUENCE && !der_next(&reader, &oid, NULL) && !der_next(&reader, &value, NULL) &&
	       der_done(&reader) && profile_is_identifier(&oid, PROFILE_OID_MAX) && profile_is_string(&value);
}

/* SEQUENCE OF SET OF attribute; no set is empty. */
bool profile_is_name(const struct der *name)
{
	struct der_reader sets = der_inside(name), attributes;
	struct der set, attribute;

	if (name->tag != DER_SEQUENCE)
		return false;
	while (!der_done(&sets)) {
		if (der_next(&sets, &set, NULL) || set.tag != DER_SET || !set.length)
			return false;
		attributes = der_inside(&set);
		while (!der_done(&attributes))
			if (der_next(&attributes, &attribute, NULL) || !is_attribute(&attribute))
				return false;
	}
	return true;
}

int profile_check_name(const struct der *name, const char *what, struct elfsect_error *error)
{
	if (name->size > PROFILE_NAME_MAX)
		return failure(error, EBADMSG, "%s: %ju bytes, more than %d", what, (uintmax_t)name->size,
			       PROFILE_NAME_MAX);
	if (profile_is_name(name))
		return 0;
	return failure(error, EBADMSG, "%s: not a name of identifiers and strings that can be shown", what);
}

static unsigned int two_digits(const uint8_t *digits)
{
	return (unsigned int)(digits[0] - '0') * 10 + (unsigned int)(digits[1] - '0');
}

static unsigned int days_of(unsigned int year, unsigned int month)
{
	static const uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	return month == 2 && leap ? 29 : days[month - 1];
}

/* UTCTime YYMMDDHHMMSSZ, GeneralizedTime YYYYMMDDHHMMSSZ; each for its own years (RFC 5280, 4.1.2.5). */
static bool is_time(const struct der *time)
{
	const uint64_t digits = time->tag == DER_UTC_TIME ? 12 : 14;
	const uint8_t *p = time->content;
	unsigned int year, month, day;

	if (time->length != digits + 1 || p[digits] != 'Z')
		return false;
	for (uint64_t i = 0; i < digits; i++)
		if (p[i] < '0' || p[i] > '9')
			return false;
	year = two_digits(p);
	p += 2;
	if (time->tag == DER_UTC_TIME) {
		year += year < 50 ? 2000 : 1900;
	} else {
		year = year * 100 + two_digits(p);
		p += 2;
	}
	month = two_digits(p);
	day = two_digits(p + 2);
	return year >= (time->tag == DER_UTC_TIME ? 1970 : 2050) && month >= 1 && month <= 12 && day >= 1 &&
	       day <= days_of(year, month) && two_digits(p + 4) < 24 && two_digits(p + 6) < 60 &&
	       two_digits(p + 8) < 60;
}

int profile_check_validity(const struct der *validity, struct elfsect_error *error)
{
	struct der_reader reader = der_inside(validity);

	for (int i = 0; i < 2; i++) {
		struct der time;
		const int ret = der_next(&reader, &time, error);

		if (ret)
			return ret;
		if (time.tag != DER_UTC_TIME && time.tag != DER_GENERALIZED_TIME)
			return failure(error, EBADMSG, "validity: tag 0x%02x, not that of a time", time.tag);
		if (!is_time(&time))
			return failure(error, EBADMSG, "validity: \"%.*s\" is no time that Linux takes",
				       time.length < 20 && profile_is_printable(&time) ? (int)time.length : 1,
				       time.length && profile_is_printable(&time) ? (const char *)time.content : "?");
	}
	return der_end(&reader, "validity", error);
}
