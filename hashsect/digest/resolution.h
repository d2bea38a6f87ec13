/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Resolution: what each rule of a policy leaves out of one file. FORMAT.md sections 6.3 and 7. */
#ifndef HASHSECT_RESOLVE_H
#define HASHSECT_RESOLVE_H

#include "digest/findings.h"
#include "digest/policy_symbols.h"

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
	/* What content_check() finds: */
	const uint8_t *residue; /* borrowed from the view */
	uint64_t residue_size;
	bool proved;
	struct findings findings;
};

struct resolution {
	const struct elfsect_view *view;
	const struct hashsect_policy *policy;
	struct known_symbols known;
	bool names_known;	      /* by a symbol table or a map: what is not defined is not there */
	struct exclusion *exclusions; /* one a rule; owned */
	uint32_t mask_count;	      /* of all exclusions */
	uint32_t left_out;	      /* index of a .gnu.warning.hashsect that is not in scope, or 0 */
};

/* Begin with the names of a policy: known_symbols_define(), or map_define(), says where they are. */
int resolution_begin(const struct elfsect_view *view, const struct hashsect_policy *policy,
		     struct resolution *resolution, struct elfsect_error *error);
void resolution_clear(struct resolution *resolution);

/* Find what each rule excludes, and check that it may. What the excluded bytes are is not asked here. */
int resolution_make(struct resolution *resolution, struct elfsect_error *error);

/* The exclusion that takes a section out, or NULL. */
const struct exclusion *resolution_taken_out(const struct resolution *resolution, uint32_t section);

/* The symbol of a rule with this role, as known_symbol_of_role(). */
static inline const struct known_symbol *resolution_role(const struct resolution *resolution, const struct rule *rule,
							 enum symbol_role role, unsigned int n)
{
	return known_symbol_of_role(&resolution->known, rule, role, n);
}

#endif
