// SPDX-License-Identifier: LGPL-2.1-or-later
#include "modules/release.h"

#include <ctype.h>
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

/* In words that may stand elsewhere too, "Linux version %s (%s)" among them. */
static const uint8_t *next_banner(const uint8_t *at, const uint8_t *end, char release[RELEASE_MAX])
{
	static const char word[] = "Linux version ", then[] = " (";

	while ((at = memmem(at, (size_t)(end - at), word, strlen(word)))) {
		uint64_t taken;

		at += strlen(word);
		taken = take(at, (uint64_t)(end - at), release);
		if (taken && (uint64_t)(end - at) - taken >= strlen(then) && !memcmp(at + taken, then, strlen(then)))
			return at;
	}
	*release = '\0';
	return NULL;
}

void kernel_release(const uint8_t *bytes, uint64_t size, char release[RELEASE_MAX], char other[RELEASE_MAX])
{
	const uint8_t *end = bytes + size, *at = next_banner(bytes, end, release);

	*other = '\0';
	while (at && (at = next_banner(at, end, other)) && !strcmp(other, release))
		;
}

void module_release(const uint8_t *bytes, uint64_t size, char release[RELEASE_MAX])
{
	static const char word[] = "vermagic=";
	const uint64_t length = sizeof(word) - 1;

	*release = '\0';
	for (uint64_t at = 0; at < size; at += strnlen((const char *)bytes + at, size - at) + 1) {
		if (size - at <= length || memcmp(bytes + at, word, length) != 0)
			continue;
		(void)take(bytes + at + length, size - at - length, release);
		return;
	}
}
