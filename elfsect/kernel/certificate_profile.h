/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What may stand in the names, times and extensions of a certificate: hashsect/FORMAT.md, 7.1, items 4 to 6. Each of
 * them has a type, so that a tool can show all of it. Elements were found to be DER before, der_check_nesting().
 */
#ifndef ELFSECT_KERNEL_CERTIFICATE_PROFILE_H
#define ELFSECT_KERNEL_CERTIFICATE_PROFILE_H

#include "base/der.h"

enum { PROFILE_NAME_MAX = 512, PROFILE_EXTENSION_MAX = 512, PROFILE_EXTENSIONS_MAX = 32, PROFILE_OID_MAX = 32 };
enum { DER_SET = 0x31 };

/** profile_is_identifier() - an OBJECT IDENTIFIER of at most @longest content bytes, well-formed */
bool profile_is_identifier(const struct der *element, uint64_t longest);

/** profile_is_string() - text that can be shown: UTF8String, PrintableString, TeletexString, IA5String or BMPString */
bool profile_is_string(const struct der *element);

/** profile_is_printable() - the content is printable ASCII, whatever the tag */
bool profile_is_printable(const struct der *element);

/** profile_is_true() - BOOLEAN TRUE */
bool profile_is_true(const struct der *element);

/** profile_is_name() - SEQUENCE OF SET OF { identifier, string } */
bool profile_is_name(const struct der *element);

/** profile_check_name() - a Name that is not too long; @what says which in messages */
ELFSECT_MUST_CHECK int profile_check_name(const struct der *name, const char *what, struct elfsect_error *error);

/** profile_check_validity() - two times */
ELFSECT_MUST_CHECK int profile_check_validity(const struct der *validity, struct elfsect_error *error);

/**
 * struct profile_extensions - what is asked of extensions afterwards; size 0 for what is not there
 * @key_id: the OCTET STRING of subjectKeyIdentifier
 * @authority_key: [0] of authorityKeyIdentifier; @authority_name: the name in its [1]; @authority_serial: its [2]
 * @free_bytes: content bytes of the primitive elements in all values
 */
struct profile_extensions {
	struct der key_id;
	struct der authority_key;
	struct der authority_name;
	struct der authority_serial;
	uint64_t free_bytes;
};

/** profile_check_extensions() - all of a list; @list may have size 0: there are none */
ELFSECT_MUST_CHECK int profile_check_extensions(const struct der *list, struct profile_extensions *found,
						struct elfsect_error *error);

/** profile_primitive_size() - the content bytes of the primitive elements in an element */
uint64_t profile_primitive_size(const struct der *element);

/** profile_oid_name() - a word of static memory or libcrypto's, or NULL */
const char *profile_oid_name(const struct der *oid);

/** profile_oid_text() - "2.5.29.30 (X509v3 Name Constraints)", without the name where there is none */
void profile_oid_text(const struct der *oid, char *text, size_t room);

#endif
