// SPDX-License-Identifier: GPL-2.0-or-later
#include "certificates.h"

#include <stdlib.h>
#include <stdio.h>
#include <ctype.h>
#include <elf.h>
#include <errno.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <string.h>

#include "base/tool/cli.h"
#include "base/cleanup.h"
#include "base/private_key.h"

static void cleanup_bio(BIO **bio)
{
	BIO_free(*bio);
}

static int append(struct certificates *certificates, const uint8_t *der, uint64_t size)
{
	uint8_t *grown = realloc(certificates->bytes, certificates->size + size);

	if (!grown)
		return cli_trouble("%s", strerror(ENOMEM));
	certificates->bytes = grown;
	memcpy(grown + certificates->size, der, size);
	certificates->size += size;
	return STATUS_OK;
}

/* All of the bytes are certificates. Place goes before the offset in messages. */
static int append_list(struct certificates *certificates, const char *path, const char *place, const uint8_t *bytes,
		       uint64_t room)
{
	uint64_t size;

	for (uint64_t at = 0; at < room; at += size) {
		struct elfsect_error error;
		int status;

		if (elfsect_certificate_read(bytes + at, room - at, &size, NULL, &error))
			return cli_trouble("%s: %soffset 0x%jx: %s", path, place, (uintmax_t)at, error.message);
		status = append(certificates, bytes + at, size);
		if (status)
			return status;
	}
	return STATUS_OK;
}

/* One block: exactly one certificate, as it is. A private key in the wrong place is worth a word of its own. */
static int append_block(struct certificates *certificates, const char *path, unsigned int number, const char *name,
			const char *header, const uint8_t *bytes, uint64_t size)
{
	char place[64];
	uint64_t first;

	if (strstr(name, "PRIVATE KEY"))
		return cli_trouble("%s: block %u is a private key (%s): only certificates go into a kernel", path,
				   number, name);
	if (strcmp(name, PEM_STRING_X509) != 0 && strcmp(name, PEM_STRING_X509_OLD) != 0)
		return cli_trouble("%s: block %u is not a certificate: %s", path, number, name);
	if (*header)
		return cli_trouble("%s: block %u has headers: a certificate has none", path, number);
	snprintf(place, sizeof(place), "block %u, ", number);
	if (!elfsect_certificate_read(bytes, size, &first, NULL, NULL) && first != size)
		return cli_trouble("%s: block %u: %ju bytes after the certificate", path, number,
				   (uintmax_t)(size - first));
	return append_list(certificates, path, place, bytes, size);
}

/* Text between the blocks is common, and ignored. */
static int read_pem(struct certificates *certificates, const char *path, const uint8_t *bytes, uint64_t size)
{
	__attribute__((cleanup(cleanup_bio))) BIO *bio = BIO_new_mem_buf(bytes, (int)size);
	unsigned int number = 0;
	int status = STATUS_OK;

	while (bio && status == STATUS_OK) {
		char *name = NULL, *header = NULL;
		unsigned char *der = NULL;
		long length = 0;
		unsigned long reason;

		if (!PEM_read_bio(bio, &name, &header, &der, &length)) {
			reason = ERR_peek_last_error();
			ERR_clear_error();
			if (number && ERR_GET_REASON(reason) == PEM_R_NO_START_LINE)
				return STATUS_OK;
			if (!number && ERR_GET_REASON(reason) == PEM_R_NO_START_LINE)
				return cli_trouble("%s: there is no certificate in it, neither DER nor PEM", path);
			return cli_trouble("%s: block %u is not well-formed PEM: %s", path, number + 1,
					   ERR_reason_error_string(reason) ? ERR_reason_error_string(reason) : "?");
		}
		status = append_block(certificates, path, ++number, name, header, der, (uint64_t)length);
		OPENSSL_free(name);
		OPENSSL_free(header);
		OPENSSL_clear_free(der, (size_t)length);
	}
	return bio ? status : cli_trouble("%s: %s", path, strerror(ENOMEM));
}

int certificates_read(struct certificates *certificates, const char *path)
{
	const char *name = strcmp(path, "-") ? path : "stdin";
	autofree uint8_t *bytes = NULL;
	uint64_t size;
	int status;

	status = cli_read_file(path, CLI_SMALL_FILE_MAX, &bytes, &size);
	if (status)
		return status;
	if (!size)
		return cli_trouble("%s: there is no certificate in it: it is empty", name);
	if (size >= SELFMAG && !memcmp(bytes, ELFMAG, SELFMAG))
		return cli_trouble("%s: an ELF file, not a certificate: the kernel comes first, then certificates",
				   name);
	/* DER: a SEQUENCE whose length takes more than a byte. Text does not begin so. */
	if (size > 1 && bytes[0] == 0x30 && bytes[1] & 0x80 && private_key_in(bytes, size))
		return cli_trouble("%s: a private key in it: only certificates go into a kernel", name);
	if (size > 1 && bytes[0] == 0x30 && bytes[1] & 0x80)
		return append_list(certificates, name, "", bytes, size);
	return read_pem(certificates, name, bytes, size);
}

int certificate_print_pem(const uint8_t *der, uint64_t size)
{
	if (PEM_write(stdout, PEM_STRING_X509, "", der, (long)size) > 0)
		return STATUS_OK;
	ERR_clear_error();
	return cli_trouble("stdout: %s", strerror(errno));
}

bool certificate_parse_hex(const char *word, char *text, size_t room)
{
	size_t used = 0;

	for (; *word; word++) {
		if (*word == ':' && used && used % 2 == 0 && isxdigit((unsigned char)word[1]))
			continue;
		if (!isxdigit((unsigned char)*word) || used + 1 >= room)
			return false;
		text[used++] = (char)tolower((unsigned char)*word);
	}
	text[used] = '\0';
	return used && used % 2 == 0;
}
