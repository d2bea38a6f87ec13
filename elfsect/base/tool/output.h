/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whole inputs and outputs of commands, "-" being standard input or output. */
#ifndef ELFSECT_TOOL_OUTPUT_H
#define ELFSECT_TOOL_OUTPUT_H

#include <stdint.h>

/*
 * The most bytes of a file that is read whole. Certificates, signatures, trailers and proofs have some kilobytes each,
 * SLH-DSA signatures 49; data for a section may be an archive.
 */
enum { CLI_SMALL_FILE_MAX = 1 << 24, CLI_DATA_FILE_MAX = 1 << 30 };

/**
 * cli_read_file() - all of a file, pipe or, for "-", standard input; its size need not be known before
 * @limit: the most bytes that are taken; more is trouble, and costs no more memory than twice as many
 * @bytes: receives them; the caller frees them; NULL on failure
 *
 * Return: an exit status.
 */
int cli_read_file(const char *path, uint64_t limit, uint8_t **bytes, uint64_t *size);

/**
 * cli_write_output() - write a command's output
 * @out: NULL or "-": standard output. A regular file gets the bytes at once or not at all; devices and pipes are
 *	written to.
 *
 * Return: an exit status.
 */
int cli_write_output(const char *out, const uint8_t *bytes, uint64_t size);

#endif
