/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the stages of an injection hand on. */
#ifndef ELFSECT_INJECT_CONTENT_H
#define ELFSECT_INJECT_CONTENT_H

#include "draft/draft.h"

/**
 * struct injection_shape - how content is laid out, where the wish does not say it
 * @word_align: each word stands at a multiple of it; 0: as in a kernel's keyring for its words, 8 for others
 * @tail: zeros behind the last word
 */
struct injection_shape {
	uint64_t word_align;
	uint64_t tail;
};

struct job {
	struct draft *draft;
	const struct elfsect_injection *wish;
	uint32_t section;
	uint64_t old_size;
	uint64_t size;	      /* of the content */
	uint64_t data_offset; /* of the data in it: behind a note's header */
	uint64_t align;	      /* of the section, as it is or will be */
	struct injection_shape shape;
	uint64_t *places; /* owned; where each definition stands */
};

/* inject_content.c, in the order of use: what is wished for makes sense in itself; where a new section is aligned; */
int injection_check(const struct elfsect_view *view, const struct elfsect_injection *wish, struct elfsect_error *error);
uint64_t injection_align(const struct elfsect_view *view, const struct elfsect_injection *wish);

/* where the definitions stand, and so the size; the bytes of the section, which the caller frees. */
int injection_place(struct job *job, struct elfsect_error *error);
int injection_content(const struct job *job, uint8_t **content, struct elfsect_error *error);

/* Whether a word stands in the content for this definition. */
bool injection_is_word(const struct elfsect_definition *definition);

/* Whether a section holds one note, of the owner and type of the one in this content. */
bool injection_is_same_note(const struct job *job, const uint8_t *content, const struct elfsect_section *section);

#endif
