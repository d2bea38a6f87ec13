/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Numbers and foreign text, in and out. Names from files are hostile: what a terminal could act on, or what could pass
 * for a line of ours, is never printed as it is. There is one rule for that, text_escape().
 */
#ifndef ELFSECT_BASE_TEXT_H
#define ELFSECT_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/**
 * enum text_escape_mode - what is written as \xHH, lower-case hexadecimal, a byte each
 * @TEXT_FOR_TERMINALS: the controls C0, DEL and C1 (as bytes, and as U+0080 to U+009F), and what is not UTF-8
 * @TEXT_FOR_MACHINES: whatever is not printable ASCII, and the backslash: the bytes can be had back, text_unescape()
 */
enum text_escape_mode { TEXT_FOR_TERMINALS, TEXT_FOR_MACHINES };

/**
 * text_utf8_length() - the bytes of the UTF-8 character that starts at @text, of which there are @size, or 0 if none
 * does
 *
 * Only the shortest form of what Unicode has (RFC 3629): no surrogates, nothing above U+10FFFF.
 */
size_t text_utf8_length(const uint8_t *text, size_t size);

/**
 * text_escape() - write @size bytes of text into @room bytes, escaped, with a zero byte at the end
 *
 * What does not fit is left out, never part of an escape or of a character.
 *
 * Return: the length of all of it, without the zero byte: at least @room if something was left out.
 */
size_t text_escape(enum text_escape_mode mode, const char *text, size_t size, char *out, size_t room);

/** text_escaped() - the same in memory of its own, which the caller frees; NULL: no memory */
char *text_escaped(enum text_escape_mode mode, const char *text);

/** text_unescape() - undo TEXT_FOR_MACHINES in place; @text has no zero byte inside afterwards that it did not have */
bool text_unescape(char *text);

/** text_begins() - whether @text begins with @prefix */
bool text_begins(const char *text, const char *prefix);

/** text_print() - write a string to a stream, TEXT_FOR_TERMINALS */
void text_print(FILE *out, const char *text);

/** text_print_as() - the same in a mode */
void text_print_as(enum text_escape_mode mode, FILE *out, const char *text);

/** text_pieces() - escape @size bytes, without memory for all of it: @take gets piece by piece */
typedef void text_taker(void *context, const char *piece);
void text_pieces(enum text_escape_mode mode, const char *text, size_t size, text_taker *take, void *context);

/** text_hex() - bytes in lower-case hexadecimal, as many as fit into @room with the zero byte */
void text_hex(const uint8_t *bytes, size_t size, char *out, size_t room);

/** text_hex_of() - the same in memory of its own, which the caller frees; NULL: no memory */
char *text_hex_of(const uint8_t *bytes, size_t size);

/** text_is_hex() - whether a word is @digits lower-case hexadecimal digits, and nothing else */
bool text_is_hex(const char *word, size_t digits);

/** text_hex_parse() - 2 * @size lower-case hexadecimal digits, the whole word; false if it is something else */
bool text_hex_parse(const char *word, uint8_t *bytes, size_t size);

/** text_number() - an unsigned number, decimal, or hexadecimal behind 0x; the whole word */
bool text_number(const char *word, uint64_t *value);

/** text_hex_number() - an unsigned number in hexadecimal without 0x, as nm prints addresses; the whole word */
bool text_hex_number(const char *word, uint64_t *value);

/** text_decimal() - a decimal number as it is printed: no sign, no zeros in front; the whole word */
bool text_decimal(const char *word, uint64_t *value);

#endif
