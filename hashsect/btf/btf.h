/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A .BTF section as it is: the types that a kernel or a module describes itself with. The format is that of the
 * kernel's Documentation/bpf/btf.rst and include/uapi/linux/btf.h, version 1; the byte order is that of the magic
 * number.
 *
 * A module's section is split: its numbers of types and offsets of strings go on where those of vmlinux, its base, end.
 */
#ifndef HASHSECT_BTF_BTF_H
#define HASHSECT_BTF_BTF_H

#include "elfsect.h"

/* More than ten times what the largest kernel has. */
#define BTF_MAX_SIZE (UINT64_C(64) << 20)

/** enum btf_kind - what a type is; the numbers are those of the format */
enum btf_kind {
	BTF_VOID,
	BTF_INT,
	BTF_PTR,
	BTF_ARRAY,
	BTF_STRUCT,
	BTF_UNION,
	BTF_ENUM,
	BTF_FWD,
	BTF_TYPEDEF,
	BTF_VOLATILE,
	BTF_CONST,
	BTF_RESTRICT,
	BTF_FUNC,
	BTF_FUNC_PROTO,
	BTF_VAR,
	BTF_DATASEC,
	BTF_FLOAT,
	BTF_DECL_TAG,
	BTF_TYPE_TAG,
	BTF_ENUM64,
	BTF_KINDS
};

struct btf;

/**
 * struct btf_type - one type
 * @info: kind, number of members and the flag, as they stand there
 * @count: the members that follow; of a function its linkage
 * @size_or_type: the size in bytes, or the number of the type that this one refers to, by the kind
 * @rest: what follows the three words, in the file's byte order; borrowed
 * @rest_words: of 4 bytes each
 */
struct btf_type {
	enum btf_kind kind;
	uint32_t info;
	uint32_t count;
	const char *name;
	uint32_t size_or_type;
	const uint8_t *rest;
	uint32_t rest_words;
};

/**
 * enum btf_word - what a word behind a type is
 * @BTF_WORD_NUMBER: itself
 * @BTF_WORD_NAME: an offset in the strings
 * @BTF_WORD_TYPE: the number of a type
 */
enum btf_word { BTF_WORD_NUMBER, BTF_WORD_NAME, BTF_WORD_TYPE };

/**
 * btf_parse() - read a section
 * @bytes: of the section, which the caller keeps as long as the result
 * @base: what the section continues, kept by the caller as well; NULL: nothing
 * @name: for messages; kept too
 *
 * Guarantees for what it returns: no byte of the section is outside header, types and strings, and those do not
 * overlap; every name is one of the strings, from its first byte on; every number of a type is one that exists; a
 * function's type is a prototype; the kinds are known, and what the format says is zero is zero.
 *
 * Return: 0; -EBADMSG; -EFBIG above BTF_MAX_SIZE; -ENOMEM.
 */
ELFSECT_MUST_CHECK int btf_parse(const uint8_t *bytes, uint64_t size, const struct btf *base, const char *name,
				 struct btf **out, struct elfsect_error *error);

/** btf_free() - release it, not its bytes; NULL is allowed */
void btf_free(struct btf *btf);

/** btf_name() - the name for messages */
const char *btf_name(const struct btf *btf);

/** btf_base() - what it continues, or NULL */
const struct btf *btf_base(const struct btf *btf);

/** btf_identical() - whether two sections are equal byte for byte, and so their bases */
bool btf_identical(const struct btf *a, const struct btf *b);

/** btf_first() - the number of its own first type: 1, or one more than the base's last */
uint32_t btf_first(const struct btf *btf);

/** btf_end() - one more than the number of its last type */
uint32_t btf_end(const struct btf *btf);

/** btf_type() - a type of its own or of its base; @id is below btf_end(). Number 0 is void */
struct btf_type btf_type(const struct btf *btf, uint32_t id);

/** btf_kind_name() - the format's name of a kind in small letters, as bpftool prints them without brackets */
const char *btf_kind_name(enum btf_kind kind);

/** btf_refers() - whether size_or_type of that kind is the number of a type */
bool btf_refers(enum btf_kind kind);

/** btf_word_is() - what word @i of those behind a type of that kind is */
enum btf_word btf_word_is(enum btf_kind kind, uint32_t i);

/** btf_word() - word @i behind a type of @btf, in host byte order; @i is below rest_words */
uint32_t btf_word(const struct btf *btf, const struct btf_type *type, uint32_t i);

/** btf_string() - the string at an offset that a type of @btf has */
const char *btf_string(const struct btf *btf, uint32_t offset);

/**
 * btf_unused_string() - whether the strings hold something that no type's name is, and that none of others has
 * @others: sections that pahole made of the same build: it leaves the names of types there that it dropped again
 * @offset: receives where the first such string starts
 */
bool btf_unused_string(const struct btf *btf, const struct btf *const *others, size_t count, uint32_t *offset,
		       struct elfsect_error *error);

#endif
