// SPDX-License-Identifier: LGPL-2.1-or-later
/* Extensions of certificates: each that is known has a type of value. */
#include <errno.h>
#include <openssl/objects.h>

#include "base/certificate_outline.h"
#include "base/error.h"
#include "kernel/certificate_profile.h"

enum tag {
	TAG_0 = 0x80,
	TAG_1 = 0x81,
	TAG_2 = 0x82,
	TAG_6 = 0x86,
	TAG_0_CONSTRUCTED = 0xa0,
	TAG_1_CONSTRUCTED = 0xa1,
	TAG_4_CONSTRUCTED = 0xa4,
	TAG_7_CONSTRUCTED = 0xa7,
};

/* --------------------------------------------------------------------------------------------- values */

static bool is_key_identifier(const struct der *e)
{
	return e->tag == DER_OCTET_STRING && e->length >= 1 && e->length <= 64;
}

static bool is_serial(const struct der *e)
{
	return e->length <= 20 && der_is_integer(e);
}

/* SEQUENCE { [0] key identifier OPTIONAL, { [1] { [4] { name } }, [2] serial number } OPTIONAL } */
static bool read_authority(const struct der *e, struct profile_extensions *found)
{
	struct der_reader reader = der_inside(e), inside;
	struct der part, general;

	if (e->tag != DER_SEQUENCE)
		return false;
	if (!der_done(&reader) && *reader.next == TAG_0) {
		if (der_next(&reader, &found->authority_key, NULL) || !found->authority_key.length ||
		    found->authority_key.length > 64)
			return false;
	}
	if (der_done(&reader))
		return true;
	if (der_next(&reader, &part, NULL) || part.tag != TAG_1_CONSTRUCTED ||
	    der_next(&reader, &found->authority_serial, NULL) || found->authority_serial.tag != TAG_2 ||
	    !der_done(&reader) || !is_serial(&found->authority_serial))
		return false;
	inside = der_inside(&part);
	if (der_next(&inside, &general, NULL) || general.tag != TAG_4_CONSTRUCTED || !der_done(&inside))
		return false;
	inside = der_inside(&general);
	return !der_next(&inside, &found->authority_name, NULL) && der_done(&inside) &&
	       found->authority_name.size <= PROFILE_NAME_MAX && profile_is_name(&found->authority_name);
}

/* SEQUENCE { cA BOOLEAN, pathLenConstraint INTEGER OPTIONAL }, or empty: Linux takes no path length without CA. */
static bool is_constraints(const struct der *e)
{
	struct der_reader reader = der_inside(e);
	struct der ca, length;

	if (e->tag != DER_SEQUENCE)
		return false;
	if (der_done(&reader))
		return true;
	if (der_next(&reader, &ca, NULL) || !profile_is_true(&ca))
		return false;
	return der_done(&reader) || (!der_next(&reader, &length, NULL) && der_done(&reader) &&
				     length.tag == DER_INTEGER && length.length == 1 && length.content[0] < 0x80);
}

/* A BIT STRING of named bits ends with the last one that is set. */
static bool is_named_bits(const struct der *e, uint64_t longest)
{
	const uint8_t *c = e->content;

	if (e->tag != DER_BIT_STRING || e->length < 2 || e->length > longest || c[0] > 7)
		return false;
	return (c[e->length - 1] & -c[e->length - 1]) == 1 << c[0];
}

static bool is_key_usage(const struct der *e)
{
	return is_named_bits(e, 3);
}

static bool is_netscape_type(const struct der *e)
{
	return is_named_bits(e, 2);
}

static bool is_purposes(const struct der *e)
{
	enum { PURPOSES_MAX = 16, PURPOSE_MAX = 16 };
	struct der_reader reader = der_inside(e);
	struct der purpose;
	unsigned int count = 0;

	if (e->tag != DER_SEQUENCE)
		return false;
	for (; !der_done(&reader); count++)
		if (der_next(&reader, &purpose, NULL) || !profile_is_identifier(&purpose, PURPOSE_MAX))
			return false;
	return count >= 1 && count <= PURPOSES_MAX;
}

static bool is_readable(const struct der *e)
{
	struct der_reader reader = der_inside(e);
	struct der child;

	if (e->tag == DER_SEQUENCE || e->tag == DER_SET ||
	    (e->tag >= TAG_0_CONSTRUCTED && e->tag <= TAG_7_CONSTRUCTED)) {
		while (!der_done(&reader))
			if (der_next(&reader, &child, NULL) || !is_readable(&child))
				return false;
		return true;
	}
	if (e->tag == DER_INTEGER)
		return e->length <= 20;
	if (e->tag == DER_BIT_STRING)
		return e->length >= 1 && e->length <= 3 && e->content[0] <= 7;
	if (e->tag == TAG_1 || e->tag == TAG_2 || e->tag == TAG_6)
		return profile_is_printable(e);
	return profile_is_true(e) || profile_is_identifier(e, PROFILE_OID_MAX) || profile_is_string(e);
}

static bool is_readable_sequence(const struct der *e)
{
	return e->tag == DER_SEQUENCE && e->length && is_readable(e);
}

/* ------------------------------------------------------------------------------------------------------- extensions */

static const struct known_extension {
	int nid;
	bool (*is_value)(const struct der *value); /* NULL: read_authority() */
} known_extensions[] = {
	{NID_subject_key_identifier, is_key_identifier},     /* 2.5.29.14 */
	{NID_authority_key_identifier, NULL},		     /* 2.5.29.35 */
	{NID_basic_constraints, is_constraints},	     /* 2.5.29.19 */
	{NID_key_usage, is_key_usage},			     /* 2.5.29.15 */
	{NID_netscape_cert_type, is_netscape_type},	     /* 2.16.840.1.113730.1.1 */
	{NID_ext_key_usage, is_purposes},		     /* 2.5.29.37 */
	{NID_subject_alt_name, is_readable_sequence},	     /* 2.5.29.17 */
	{NID_crl_distribution_points, is_readable_sequence}, /* 2.5.29.31 */
	{NID_certificate_policies, is_readable_sequence},    /* 2.5.29.32 */
	{NID_info_access, is_readable_sequence},	     /* 1.3.6.1.5.5.7.1.1 */
};

enum { KNOWN_EXTENSIONS = sizeof(known_extensions) / sizeof(known_extensions[0]) };

static int bad_extension(const struct der *oid, const char *why, struct elfsect_error *error)
{
	char text[192];

	profile_oid_text(oid, text, sizeof(text));
	return failure(error, EBADMSG, "extension %s: %s", text, why);
}

static int check_value(const struct known_extension *known, const struct certificate_extension *extension,
		       struct profile_extensions *found, struct elfsect_error *error)
{
	struct der_reader reader = der_inside(&extension->value);
	struct elfsect_error why;
	struct der value;
	int ret;

	if (extension->value.length > PROFILE_EXTENSION_MAX)
		return bad_extension(&extension->oid, "a value of more than 512 bytes", error);
	ret = der_next(&reader, &value, &why);
	if (!ret)
		ret = der_end(&reader, "value", &why);
	if (!ret)
		ret = der_check_nesting(&value, &why);
	if (ret)
		return bad_extension(&extension->oid, why.message, error);
	if (known->is_value ? !known->is_value(&value) : !read_authority(&value, found))
		return bad_extension(&extension->oid, "its value is not what the extension is for", error);
	if (known->nid == NID_subject_key_identifier)
		found->key_id = value;
	found->free_bytes += profile_primitive_size(&value);
	return 0;
}

static int check_extension(const struct certificate_extension *extension, bool *seen, struct profile_extensions *found,
			   struct elfsect_error *error)
{
	const int nid = der_nid(&extension->oid);
	int which = 0;

	if (!profile_is_identifier(&extension->oid, PROFILE_OID_MAX))
		return failure(error, EBADMSG, "an extension whose identifier is not well-formed");
	if (extension->critical.size && !profile_is_true(&extension->critical))
		return bad_extension(&extension->oid, "a critical flag that is not TRUE", error);
	while (which < KNOWN_EXTENSIONS && (nid == NID_undef || known_extensions[which].nid != nid))
		which++;
	if (which == KNOWN_EXTENSIONS)
		return bad_extension(&extension->oid, "not one of those that are known", error);
	if (seen[which])
		return bad_extension(&extension->oid, "it occurs twice", error);
	seen[which] = true;
	return check_value(&known_extensions[which], extension, found, error);
}

int profile_check_extensions(const struct der *list, struct profile_extensions *found, struct elfsect_error *error)
{
	struct der_reader reader = der_inside(list);
	bool seen[KNOWN_EXTENSIONS] = {false};

	*found = (struct profile_extensions){0};
	if (!list->size)
		return 0;
	for (unsigned int count = 1; !der_done(&reader); count++) {
		struct certificate_extension extension;
		int ret;

		if (count > PROFILE_EXTENSIONS_MAX)
			return failure(error, EBADMSG, "more than %d extensions", PROFILE_EXTENSIONS_MAX);
		ret = certificate_extension_next(&reader, &extension, error);
		if (!ret)
			ret = check_extension(&extension, seen, found, error);
		if (ret)
			return ret;
	}
	return 0;
}
