// SPDX-License-Identifier: LGPL-2.1-or-later
#include "report/digest_line.h"

#include <stdint.h>
#include <string.h>

#include "base/text.h"

static bool needs_escape(const char *path)
{
	const size_t length = strlen(path);

	return strchr(path, '\\') || text_escape(TEXT_FOR_TERMINALS, path, length, NULL, 0) != length;
}

void digest_line_print(FILE *out, const char *digest, const char *path)
{
	char character[8];

	fprintf(out, "%s%s  ", needs_escape(path) ? "\\" : "", digest);
	for (const char *next; *path; path = next) {
		/* A character, or one byte of what is none. */
		for (next = path + 1; ((unsigned char)*next & 0xc0) == 0x80 && next - path < 4; next++)
			;
		if (text_escape(TEXT_FOR_TERMINALS, path, (size_t)(next - path), character, sizeof(character)) !=
		    (size_t)(next - path)) {
			next = path + 1;
			text_escape(TEXT_FOR_TERMINALS, path, 1, character, sizeof(character));
		}
		fputs(*path == '\n' ? "\\n" : *path == '\r' ? "\\r" : *path == '\\' ? "\\\\" : character, out);
	}
	fputc('\n', out);
}

/* Undo the escapes of a path; a zero byte is none. */
static bool unescape(char *path)
{
	char *out = path;

	for (; *path; path++) {
		char digits[3] = "";

		if (*path != '\\') {
			*out++ = *path;
			continue;
		}
		path++;
		if (*path == 'x') {
			uint8_t byte;

			memcpy(digits, path + 1, strnlen(path + 1, 2));
			if (!text_hex_parse(digits, &byte, 1) || !byte)
				return false;
			*out++ = (char)byte;
			path += 2;
		} else if (*path == 'n' || *path == 'r' || *path == '\\') {
			*out++ = *path == 'n' ? '\n' : *path == 'r' ? '\r' : '\\';
		} else {
			return false;
		}
	}
	*out = '\0';
	return true;
}

bool digest_line_parse(char *line, char **digest, char **path)
{
	const bool escaped = *line == '\\';
	char *spaces;

	*digest = line + escaped;
	spaces = strstr(*digest, "  ");
	if (!spaces)
		return false;
	*spaces = '\0';
	*path = spaces + 2;
	return **path && (!escaped || unescape(*path));
}
