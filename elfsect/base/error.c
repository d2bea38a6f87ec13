// SPDX-License-Identifier: LGPL-2.1-or-later
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"

/* The longest path, and whatever else a message may hold. */
enum { TEXT_MAX = 4 * sizeof(((struct elfsect_error *)NULL)->message) };

static size_t escaped_size(const char *text, size_t size)
{
	char nothing[1];

	return text_escape(TEXT_FOR_TERMINALS, text, size, nothing, sizeof(nothing));
}

/* How many bytes of text can go into that much room when they are escaped: from its start, or its end. */
static size_t bytes_that_fit(const char *text, size_t size, size_t room, bool from_end)
{
	size_t low = 0, high = size;

	while (low < high) {
		const size_t middle = low + (high - low + 1) / 2;

		if (escaped_size(from_end ? text + size - middle : text, middle) <= room)
			low = middle;
		else
			high = middle - 1;
	}
	/* Not in the middle of a character. */
	while (low && low < size && ((uint8_t)text[from_end ? size - low : low] & 0xc0) == 0x80)
		low--;
	return low;
}

/*
 * A message begins with a path and ends with a place and a reason. If it is too long, its middle goes, which the path
 * has most of, if it is the path that is long.
 */
static void set_escaped(struct elfsect_error *error, const char *text, size_t path)
{
	static const char mark[] = "...";
	const size_t size = strlen(text), room = sizeof(error->message) - sizeof(mark);
	size_t head, tail;
	char *out = error->message;

	if (escaped_size(text, size) < sizeof(error->message)) {
		text_escape(TEXT_FOR_TERMINALS, text, size, out, sizeof(error->message));
		return;
	}
	if (path > size)
		path = size;
	/* All that follows the path, if that leaves room for a part of the path. */
	tail = bytes_that_fit(text + path, size - path, room - room / 4, true);
	if (tail == size - path)
		tail += bytes_that_fit(text, path, (room - escaped_size(text + path, tail)) / 2, true);
	head = bytes_that_fit(text, size - tail, room - escaped_size(text + size - tail, tail), false);
	text_escape(TEXT_FOR_TERMINALS, text, head, out, sizeof(error->message));
	out += strlen(out);
	memcpy(out, mark, sizeof(mark));
	out += sizeof(mark) - 1;
	text_escape(TEXT_FOR_TERMINALS, text + size - tail, tail, out,
		    sizeof(error->message) - (size_t)(out - error->message));
}

/* The length of the path that a message begins with, by convention the first argument; 0: it begins otherwise. */
static size_t path_length(const char *format, va_list args)
{
	return !strncmp(format, "%s", 2) ? strlen(va_arg(args, const char *)) : 0;
}

void error_set(struct elfsect_error *error, const char *format, ...)
{
	char text[TEXT_MAX];
	va_list args;
	size_t path;

	if (!error)
		return;
	va_start(args, format);
	path = path_length(format, args);
	va_end(args);
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	set_escaped(error, text, path);
}

void error_set_errno(struct elfsect_error *error, int code, const char *format, ...)
{
	char text[TEXT_MAX], reason[128];
	va_list args;
	size_t path;
	int used;

	if (!error)
		return;
	va_start(args, format);
	path = path_length(format, args);
	va_end(args);
	va_start(args, format);
	used = vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (used >= 0 && (size_t)used < sizeof(text))
		snprintf(text + used, sizeof(text) - (size_t)used, ": %s", strerror_r(code, reason, sizeof(reason)));
	set_escaped(error, text, path);
}

void error_copy(struct elfsect_error *error, const struct elfsect_error *from)
{
	if (error)
		*error = *from;
}

bool error_is_trouble(int ret)
{
	static const int codes[] = {ENOMEM, EIO,   EACCES, EPERM,  EMFILE, ENFILE,    ENOSPC,
				    EDQUOT, EROFS, ESTALE, EAGAIN, EBUSY,  ETIMEDOUT, ENOLCK};

	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		if (ret == -codes[i])
			return true;
	return false;
}

void error_append(struct elfsect_error *error, const char *format, ...)
{
	char text[sizeof(error->message)];
	va_list args;
	size_t used;

	if (!error)
		return;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	used = strlen(error->message);
	text_escape(TEXT_FOR_TERMINALS, text, strlen(text), error->message + used, sizeof(error->message) - used);
}
