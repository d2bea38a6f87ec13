/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Option structs of callers that were compiled with an older or a newer header. */
#ifndef ELFSECT_BASE_OPTIONS_H
#define ELFSECT_BASE_OPTIONS_H

#include <stddef.h>

#include "elfsect.h"

/**
 * options_take() - the members that this library knows of a struct that starts with its size
 * @own: receives them: @own_size bytes, with that as their size. What the caller's struct does not have is zero
 * @given: the caller's struct
 * @what: its name, for messages
 *
 * Members are added behind what was there, never in its padding: a caller need not have cleared that.
 *
 * Return: 0; -EINVAL if the size was not set; -E2BIG if a member is set that this library does not know.
 */
__attribute__((warn_unused_result)) int options_take(void *own, size_t own_size, const void *given, const char *what,
						     struct elfsect_error *error);

/** options_take_or_none() - the same where NULL stands for a struct in which nothing is set */
__attribute__((warn_unused_result)) int options_take_or_none(void *own, size_t own_size, const void *given,
							     const char *what, struct elfsect_error *error);

#endif
