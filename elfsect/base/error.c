// SPDX-License-Identifier: LGPL-2.1-or-later
#include <stdio.h>
#include <stdarg.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"

static void set_escaped(struct elfsect_error *error, const char *text)
{
	text_escape(TEXT_FOR_TERMINALS, text, strlen(text), error->message, sizeof(error->message));
}

void error_set(struct elfsect_error *error, const char *format, ...)
{
	char text[sizeof(error->message)];
	va_list args;

	if (!error)
		return;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	set_escaped(error, text);
}

void error_set_errno(struct elfsect_error *error, int code, const char *format, ...)
{
	char text[sizeof(error->message)], reason[128];
	va_list args;
	int used;

	if (!error)
		return;
	va_start(args, format);
	used = vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (used >= 0 && (size_t)used < sizeof(text))
		snprintf(text + used, sizeof(text) - (size_t)used, ": %s", strerror_r(code, reason, sizeof(reason)));
	set_escaped(error, text);
}

void error_copy(struct elfsect_error *error, const struct elfsect_error *from)
{
	if (error)
		*error = *from;
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
