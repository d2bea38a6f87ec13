/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the commands on signatures do with a PE file: sig_*.c ask which kind of file it is. */
#ifndef HASHSECT_SIG_PE_H
#define HASHSECT_SIG_PE_H

#include "image/pe.h"
#include "sig_file.h"

/* Whether the commands take it for a PE file. */
bool sig_is_pe(const struct sig_file *file);

/* Return exit statuses; @checksum is the word of the option, or NULL. @size: of the unsigned file; 0: not given. */
int sig_pe_strip(const struct sig_file *file, const char *out, const char *checksum, uint64_t size);
int sig_pe_extract(const struct sig_file *file, const char *out, bool whole);

/* @addition: a detached signature in DER, or with @is_table a whole certificate table, of the file @name. */
int sig_pe_attach(const struct sig_file *file, const char *out, const char *checksum, const char *name,
		  const uint8_t *addition, uint64_t size, bool is_table);

#endif
