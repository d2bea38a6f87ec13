// SPDX-License-Identifier: LGPL-2.1-or-later
#include "modules/release.h"

#include <ctype.h>
#include <stddef.h>
#include <string.h>

/* Up to the next space, where it is one word of letters that a release is made of. */
static uint64_t take(const uint8_t *bytes, uint64_t size, char release[RELEASE_MAX])
{
	uint64_t length = 0;

	*release = '\0';
	while (length < size && length < RELEASE_MAX - 1 && bytes[length] > ' ' && isprint(bytes[length]))
		length++;
	if (length == size || bytes[length] != ' ' || !isdigit(*bytes))
		return 0;
	memcpy(release, bytes, length);
	release[length] = '\0';
	return length;
}

/* What follows a word that may stand elsewhere too; @then: behind the release. */
static void find(const uint8_t *bytes, uint64_t size, const char *word, const char *then, char release[RELEASE_MAX])
{
	const size_t length = strlen(word), more = strlen(then);
	const uint8_t *end = bytes + size, *at = bytes;

	*release = '\0';
	while ((at = memmem(at, (size_t)(end - at), word, length))) {
		uint64_t taken;

		at += length;
		taken = take(at, (uint64_t)(end - at), release);
		if (taken && (uint64_t)(end - at) - taken >= more && !memcmp(at + taken, then, more))
			return;
		*release = '\0';
	}
}

void kernel_release(const uint8_t *bytes, uint64_t size, char release[RELEASE_MAX])
{
	find(bytes, size, "Linux version ", " (", release);
}

void module_release(const uint8_t *bytes, uint64_t size, char release[RELEASE_MAX])
{
	find(bytes, size, "vermagic=", " ", release);
}
