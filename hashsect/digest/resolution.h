/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Resolution: what each rule of a policy leaves out of one file. FORMAT.md sections 6.3 and 7. */
#ifndef HASHSECT_RESOLVE_H
#define HASHSECT_RESOLVE_H

#include "digest/policy.h"

struct mask {
	uint32_t section; /* index in the file */
	uint64_t offset;  /* from the section's start */
	uint64_t length;
};

/* The longest list of masks that a rule makes: the roles of a keyring. */
enum { MASKS_MAX = 5 };

struct exclusion {
	const struct rule *rule;
	char resolution;	/* F, S, M or N */
	uint32_t taken_out;	/* index of the section that is taken out, or 0 */
	uint32_t whole_section; /* M: index of the section that 'match section' named and a mask covers, or 0 */
	struct mask masks[MASKS_MAX];
	size_t mask_count;
	const uint8_t *residue; /* borrowed from the view */
	uint64_t residue_size;
	bool proved;
	char **contents; /* owned: one line for each thing found in the excluded bytes */
	size_t content_count;
};

/* A name that the policy knows, and where the file defines it. */
struct known_symbol {
	const struct rule *rule;
	const struct rule_symbol *line; /* NULL: the name stands in a 'match range' only */
	const char *name;
	uint32_t defined;	      /* how many symbols of this name lie in a section */
	uint32_t not_undefined;	      /* how many have another st_shndx than 0 */
	uint32_t undefined;	      /* how many have st_shndx 0 */
	struct elfsect_symbol symbol; /* the first of those in a section */
};

struct resolution {
	const struct elfsect_view *view;
	const struct hashsect_policy *policy;
	const struct hashsect_map *map; /* in force for this file, or NULL */
	struct exclusion *exclusions;	/* one a rule */
	struct known_symbol *known;
	size_t known_count;
	uint32_t mask_count; /* of all exclusions */
	uint32_t left_out;   /* index of a .note.hashsect that is not in scope, or 0; set by map_note_judge() */
};

/*
 * Find what the policy excludes, check that it is allowed to and that the content is what it must be. The map says
 * where a stripped file defines the policy's names; it may be NULL.
 */
int resolution_make(const struct elfsect_view *view, const struct hashsect_policy *policy,
		    const struct hashsect_map *map, struct resolution *resolution, struct elfsect_error *error);
void resolution_clear(struct resolution *resolution);

/* The exclusion that takes a section out, or NULL. */
const struct exclusion *resolution_taken_out(const struct resolution *resolution, uint32_t section);

/* The known symbol of a rule with this role, if it is defined; else NULL. The n-th from 0, where several have the role.
 */
const struct known_symbol *resolution_role(const struct resolution *resolution, const struct rule *rule,
					   enum symbol_role role, unsigned int n);

/* known.c: fill resolution->known, and find a name of a rule in it (NULL: not a name of this rule). */
int known_symbols_find(struct resolution *resolution, struct elfsect_error *error);
struct known_symbol *known_symbol_find(const struct resolution *resolution, const struct rule *rule, const char *name);

/* Where in its section a symbol is: st_value, less the section's address in a linked file. */
uint64_t symbol_position(const struct elfsect_view *view, const struct elfsect_symbol *symbol);

/* content.c: check the excluded bytes of one rule; fills residue, proved and contents. What differs in contents
 * differs. */
int content_check(const struct resolution *resolution, struct exclusion *exclusion, struct elfsect_error *error);

/* Add a line to exclusion->contents. Returns 0 or -ENOMEM. */
__attribute__((format(printf, 2, 3))) int exclusion_note(struct exclusion *exclusion, const char *format, ...);

/*
 * notes.c: find the one note with this owner and type, in the whole file; FORMAT.md section 7.4. The mask is its
 * descriptor. Returns 0; -ENOENT if there is none; -EBADMSG if there are several, or a NOTE section is not sound.
 */
int note_find(const struct elfsect_view *view, const char *owner, uint32_t type, uint64_t size, struct mask *mask,
	      struct elfsect_error *error);

#endif
