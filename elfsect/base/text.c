// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char hex_digits[] = "0123456789abcdef";

size_t text_utf8_length(const uint8_t *text, size_t size)
{
	const unsigned char first = text[0];
	const size_t length = first < 0x80   ? 1
			      : first < 0xc2 ? 0
			      : first < 0xe0 ? 2
			      : first < 0xf0 ? 3
			      : first < 0xf5 ? 4
					     : 0;

	if (length > size)
		return 0;
	for (size_t i = 1; i < length; i++)
		if ((text[i] & 0xc0) != 0x80)
			return 0;
	if ((first == 0xe0 && text[1] < 0xa0) || (first == 0xed && text[1] >= 0xa0) ||
	    (first == 0xf0 && text[1] < 0x90) || (first == 0xf4 && text[1] >= 0x90))
		return 0;
	return length;
}

/* The bytes at text that can be written as they are, or 0: the first of them needs an escape. */
static size_t plain_length(enum text_escape_mode mode, const unsigned char *text, size_t size)
{
	if (text[0] < 0x20 || text[0] == 0x7f)
		return 0;
	if (mode == TEXT_FOR_MACHINES)
		return text[0] < 0x7f && text[0] != '\\';
	/* U+0080 to U+009F: terminals obey U+009B as they do ESC [. */
	if (text[0] == 0xc2 && size > 1 && text[1] < 0xa0)
		return 0;
	return text_utf8_length(text, size);
}

size_t text_escape(enum text_escape_mode mode, const char *text, size_t size, char *out, size_t room)
{
	const unsigned char *p = (const unsigned char *)text;
	size_t used = 0, all = 0;
	bool full = !room;

	while (size) {
		const size_t plain = plain_length(mode, p, size), taken = plain ? plain : 1, wanted = plain ? plain : 4;

		full = full || used + wanted >= room;
		if (!full) {
			const char escape[4] = {'\\', 'x', hex_digits[*p >> 4], hex_digits[*p & 15]};

			memcpy(out + used, plain ? (const char *)p : escape, wanted);
			used += wanted;
		}
		all += wanted;
		p += taken;
		size -= taken;
	}
	if (room)
		out[used] = '\0';
	return all;
}

char *text_escaped(enum text_escape_mode mode, const char *text)
{
	const size_t size = strlen(text), room = text_escape(mode, text, size, NULL, 0) + 1;
	char *out = malloc(room);

	if (out)
		text_escape(mode, text, size, out, room);
	return out;
}

bool text_unescape(char *text)
{
	char *out = text;

	while (*text) {
		uint8_t byte;
		char digits[3] = "";

		if (*text != '\\') {
			*out++ = *text++;
			continue;
		}
		if (text[1] != 'x' || !text[2] || !text[3])
			return false;
		memcpy(digits, text + 2, 2);
		if (!text_hex_parse(digits, &byte, 1) || !byte)
			return false;
		*out++ = (char)byte;
		text += 4;
	}
	*out = '\0';
	return true;
}

bool text_begins(const char *text, const char *prefix)
{
	return !strncmp(text, prefix, strlen(prefix));
}

void text_print(FILE *out, const char *text)
{
	text_print_as(TEXT_FOR_TERMINALS, out, text);
}

static void print_piece(void *context, const char *piece)
{
	fputs(piece, context);
}

void text_print_as(enum text_escape_mode mode, FILE *out, const char *text)
{
	text_pieces(mode, text, strlen(text), print_piece, out);
}

void text_pieces(enum text_escape_mode mode, const char *text, size_t size, text_taker *take, void *context)
{
	while (size) {
		char piece[512];
		/* No character may be cut: a piece ends where one starts. */
		size_t part = size < 120 ? size : 120;

		while (part < size && part > 100 && ((unsigned char)text[part] & 0xc0) == 0x80)
			part--;
		text_escape(mode, text, part, piece, sizeof(piece));
		take(context, piece);
		text += part;
		size -= part;
	}
}

void text_hex(const uint8_t *bytes, size_t size, char *out, size_t room)
{
	size_t used = 0;

	for (size_t i = 0; i < size && used + 3 <= room; i++) {
		out[used++] = hex_digits[bytes[i] >> 4];
		out[used++] = hex_digits[bytes[i] & 15];
	}
	if (room)
		out[used] = '\0';
}

char *text_hex_of(const uint8_t *bytes, size_t size)
{
	char *out = malloc(2 * size + 1);

	if (out)
		text_hex(bytes, size, out, 2 * size + 1);
	return out;
}

bool text_is_hex(const char *word, size_t digits)
{
	return strspn(word, hex_digits) == digits && !word[digits];
}

bool text_hex_parse(const char *word, uint8_t *bytes, size_t size)
{
	if (!text_is_hex(word, 2 * size))
		return false;
	for (size_t i = 0; i < size; i++)
		bytes[i] = (uint8_t)((strchr(hex_digits, word[2 * i]) - hex_digits) << 4 |
				     (strchr(hex_digits, word[2 * i + 1]) - hex_digits));
	return true;
}

bool text_number(const char *word, uint64_t *value)
{
	const int base = word[0] == '0' && (word[1] == 'x' || word[1] == 'X') ? 16 : 10;
	char *end;

	if (*word < '0' || *word > '9')
		return false;
	errno = 0;
	*value = strtoull(word, &end, base);
	return !errno && !*end && !(base == 16 && end == word + 2);
}

bool text_hex_number(const char *word, uint64_t *value)
{
	if (!*word || word[strspn(word, "0123456789abcdefABCDEF")])
		return false;
	errno = 0;
	*value = strtoull(word, NULL, 16);
	return !errno;
}

bool text_decimal(const char *word, uint64_t *value)
{
	return strspn(word, "0123456789") == strlen(word) && (word[0] != '0' || !word[1]) && text_number(word, value);
}
