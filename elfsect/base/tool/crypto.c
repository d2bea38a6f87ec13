// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/tool/crypto.h"

#include <openssl/crypto.h>
#include <stdlib.h>

#include "base/tool/signals.h"

static void *given(void *memory, size_t size)
{
	if (!memory && size)
		signals_end(": out of memory\n");
	return memory;
}

static void *take(size_t size, const char *file, int line)
{
	(void)file, (void)line;
	return given(malloc(size), size);
}

static void *resize(void *old, size_t size, const char *file, int line)
{
	(void)file, (void)line;
	return given(realloc(old, size), size);
}

static void give_back(void *memory, const char *file, int line)
{
	(void)file, (void)line;
	free(memory);
}

void crypto_begin(void)
{
	/* Refused if a library has made libcrypto allocate already: then it goes on as it is. */
	(void)CRYPTO_set_mem_functions(take, resize, give_back);
	(void)OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
}
