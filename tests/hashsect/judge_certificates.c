// SPDX-License-Identifier: GPL-2.0-or-later
/* Judges certificates from standard input, each behind its length (u32, little-endian): a line each, its free bytes, or
 * why it is refused. */
#include <stdio.h>
#include <stdlib.h>

#include "trust/certificate.h"

int main(void)
{
	uint8_t head[4];

	while (fread(head, 1, 4, stdin) == 4) {
		const size_t size = (size_t)head[0] | (size_t)head[1] << 8 | (size_t)head[2] << 16;
		uint8_t *der = malloc(size + 1);
		struct elfsect_certificate c;
		struct elfsect_error error;
		uint64_t length;

		if (!der || fread(der, 1, size, stdin) != size)
			return 2;
		if (certificate_check(der, size, "x", &length, &c, &error))
			printf("%s\n", error.message);
		else if (length != size)
			printf("x: bytes behind it\n");
		else
			printf("%ju\n", (uintmax_t)c.free_bytes);
		free(der);
	}
	return 0;
}
