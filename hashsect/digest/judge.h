/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the judges of content classes have in common: FORMAT.md section 7. */
#ifndef HASHSECT_JUDGE_H
#define HASHSECT_JUDGE_H

#include "digest/resolution.h"

/* An exclusion that is judged, section by section. */
struct judged {
	const struct resolution *resolution;
	struct exclusion *exclusion; /* residue, proved and findings are the judge's to fill */
	struct elfsect_error *error;
	const struct elfsect_section *section; /* this and the next two are set by judged_set() */
	const uint8_t *bytes;		       /* of the section; NULL if it is empty */
	uint64_t size;
};

/* Go on in this section. Refuses one without content. */
int judged_set(struct judged *judged, uint32_t section);

/* The beginning of a message about the byte at this offset in the section. Returns text. */
enum { JUDGED_PLACE_MAX = 512 };
const char *judged_place(const struct judged *judged, uint64_t at, char text[JUDGED_PLACE_MAX]);

/* Refuse the bytes, or the position of a symbol. Return -EBADMSG. */
int judged_refuse(const struct judged *judged, uint64_t at, const char *reason);
int judged_refuse_symbol(const struct judged *judged, const struct known_symbol *known, uint64_t expected);

/* Say what was found. Returns 0 or -ENOMEM. */
static inline int judged_found(struct judged *judged, struct hashsect_finding finding)
{
	return findings_add(&judged->exclusion->findings, finding);
}

/* [from, to) is zero. */
int judged_zero(struct judged *judged, uint64_t from, uint64_t to);

/* The same, and say so: zero bytes between or behind what the class is about. */
int judged_padding(struct judged *judged, uint64_t from, uint64_t to);

/*
 * [from, to) holds certificates, which are described in the exclusion, or SEQUENCEs of any content, and then fewer than
 * `zeros` zero bytes; *end is where these begin. 0 or -errno.
 */
int judged_certificates(struct judged *judged, uint64_t from, uint64_t to, uint64_t zeros);
int judged_elements(struct judged *judged, uint64_t from, uint64_t to, uint64_t zeros, uint64_t *end);

/*
 * For classes whose symbols, with the roles start and end, stand at the ends of what is excluded: judge the section
 * that is taken out, or each mask.
 */
int judged_ranges(struct judged *judged, int (*judge)(struct judged *judged, uint64_t from, uint64_t to));

#endif
