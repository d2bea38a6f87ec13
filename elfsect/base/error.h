/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Filling a struct elfsect_error. */
#ifndef ELFSECT_ERROR_H
#define ELFSECT_ERROR_H

#include <errno.h>
#include <stdbool.h>

#include "elfsect.h"

/** error_is_trouble() - whether a negative errno says that the machine failed, and nothing about what a file holds */
bool error_is_trouble(int ret);

__attribute__((format(printf, 2, 3))) void error_set(struct elfsect_error *error, const char *format, ...);
__attribute__((format(printf, 3, 4))) void error_set_errno(struct elfsect_error *error, int code, const char *format,
							   ...);

/* One error in place of another, and more text behind it. All functions here do nothing if @error is NULL. */
void error_copy(struct elfsect_error *error, const struct elfsect_error *from);
__attribute__((format(printf, 2, 3))) void error_append(struct elfsect_error *error, const char *format, ...);

/*
 * Write the message and be -code. It is escaped as TEXT_FOR_TERMINALS says: names in messages are hostile. Macros, so
 * that the compiler sees that the value is not 0.
 */
#define failure(error, code, ...) (error_set(error, __VA_ARGS__), -(code))

/* The same, with ": " and the text of errno code at the end. */
#define failure_errno(error, code, ...)                                                                                \
	({                                                                                                             \
		const int code_ = (code);                                                                              \
		error_set_errno(error, code_, __VA_ARGS__);                                                            \
		-(code_ ? code_ : EIO);                                                                                \
	})

#endif
