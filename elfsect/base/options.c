// SPDX-License-Identifier: LGPL-2.1-or-later
#include <string.h>

#include "base/error.h"
#include "base/options.h"

int options_take(void *own, size_t own_size, const void *given, const char *what, struct elfsect_error *error)
{
	const unsigned char *bytes = given;
	size_t size;

	memcpy(&size, given, sizeof(size));
	if (size < sizeof(size))
		return failure(error, EINVAL, "struct %s: struct_size is not set", what);
	for (size_t i = own_size; i < size; i++) {
		if (bytes[i])
			return failure(error, E2BIG,
				       "struct %s: has something at byte %zu of %zu, and this library knows %zu", what,
				       i, size, own_size);
	}
	memset(own, 0, own_size);
	memcpy(own, given, size < own_size ? size : own_size);
	memcpy(own, &own_size, sizeof(own_size));
	return 0;
}

int options_take_or_none(void *own, size_t own_size, const void *given, const char *what, struct elfsect_error *error)
{
	const size_t none = sizeof(none);

	return options_take(own, own_size, given ? given : &none, what, error);
}
