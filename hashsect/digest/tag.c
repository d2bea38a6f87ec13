// SPDX-License-Identifier: LGPL-2.1-or-later
#include "digest/tag.h"

#include <stdio.h>
#include <string.h>

#include "base/hash.h"
#include "base/text.h"

#define STRING(x)      #x
#define SCHEME_WORD(n) "hashsect" STRING(n)

static bool take_field(const char **text, char *field, size_t room)
{
	const size_t length = strcspn(*text, ":");

	if (!length || length >= room || (*text)[length] != ':')
		return false;
	memcpy(field, *text, length);
	field[length] = '\0';
	*text += length + 1;
	return true;
}

bool tag_parse(const char *digest, struct tag *tag)
{
	char scheme[16];

	if (!take_field(&digest, scheme, sizeof(scheme)) || strcmp(scheme, "hashsect1") != 0)
		return false;
	return take_field(&digest, tag->hash, sizeof(tag->hash)) &&
	       take_field(&digest, tag->policy, sizeof(tag->policy)) &&
	       take_field(&digest, tag->scope, sizeof(tag->scope)) &&
	       (!strcmp(tag->scope, "file") || !strcmp(tag->scope, "loaded")) && hash_size(tag->hash) &&
	       text_is_hex(digest, 2 * hash_size(tag->hash));
}

bool tags_equal(const char *a, const char *b)
{
	const size_t length = (size_t)(strrchr(a, ':') - a);

	return !strncmp(a, b, length + 1) && strrchr(b, ':') == b + length;
}

const char *scope_name(enum hashsect_scope scope)
{
	return scope == HASHSECT_SCOPE_LOADED ? "loaded" : "file";
}

char *tag_print(const char *hash, const struct hashsect_policy *policy, enum hashsect_scope scope, const uint8_t *root)
{
	char hex[2 * HASHSECT_HASH_MAX + 1], *text;

	text_hex(root, hash_size(hash), hex, sizeof(hex));
	if (asprintf(&text, SCHEME_WORD(HASHSECT_SCHEME) ":%s:%s:%s:%s", hash, hashsect_policy_tag(policy),
		     scope_name(scope), hex) < 0)
		return NULL;
	return text;
}
