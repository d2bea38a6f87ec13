/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A policy: rules that say which bytes are left out, why, and what they must be. FORMAT.md section 6. */
#ifndef HASHSECT_POLICY_H
#define HASHSECT_POLICY_H

#include "hashsect.h"

enum symbol_role {
	ROLE_LIST_START,
	ROLE_MODULE_START,
	ROLE_MODULE_END,
	ROLE_LIST_END,
	ROLE_SLOT,
	ROLE_SLOT_USED,
	ROLE_LIST_SIZE,
	ROLE_MODULE_SIZE,
	ROLE_START,
	ROLE_END,
};

enum match_kind { MATCH_SECTION, MATCH_ROLES, MATCH_RANGE, MATCH_RANGE_SIZED, MATCH_NOTE, MATCH_NOTHING };

/* What, beside the bytes themselves, shows that they are what their class says. */
enum content_evidence {
	EVIDENCE_NONE_NEEDED, /* the form proves it */
	EVIDENCE_MODULES,     /* the modules that hashes are of */
	EVIDENCE_UNKNOWN,     /* nothing that this version knows */
};

struct judged;

/*
 * What excluded bytes must be, FORMAT.md sections 6.1 and 7. The table of all classes is in content.c.
 * @matches: bits 1 << enum match_kind: what its rules may have beside 'match nothing'
 * @keyring_roles: its symbols have the roles of a keyring, else start and end
 * @judge: accept the bytes of one exclusion and say what they are, or refuse them; 0 or -errno
 */
struct content_class {
	const char *name;
	unsigned int matches;
	bool keyring_roles;
	enum content_evidence evidence;
	int (*judge)(struct judged *judged);
};

static inline bool content_allows(const struct content_class *content, enum match_kind kind)
{
	return kind == MATCH_NOTHING || content->matches & 1u << kind;
}

enum { ALIGNS_MAX = 4 };

/* One alternative of a rule. Which fields are used depends on the kind. */
struct match {
	enum match_kind kind;
	char *name;		 /* section, first symbol, or note owner; owned */
	char *last;		 /* MATCH_RANGE: end symbol; owned */
	uint64_t size;		 /* MATCH_RANGE_SIZED: bytes; MATCH_NOTE: bytes of the descriptor */
	uint32_t type;		 /* MATCH_SECTION: sh_type; MATCH_NOTE: n_type */
	uint64_t flags, entsize; /* MATCH_SECTION, like the next two */
	uint64_t aligns[ALIGNS_MAX];
	unsigned int align_count;
};

struct rule_symbol {
	char *name; /* owned */
	enum symbol_role role;
	bool global;	   /* else local */
	bool object;	   /* else notype */
	uint32_t position; /* among all symbol lines of the policy */
};

struct rule {
	char *name;   /* owned, like reason */
	char *reason; /* never NULL */
	const struct content_class *content;
	uint64_t max_size;
	bool optional;
	struct match *matches;
	size_t match_count;
	struct rule_symbol *symbols;
	size_t symbol_count;
};

struct hashsect_policy {
	char *name;
	bool builtin;
	struct rule *rules;
	size_t rule_count;
	char *text; /* canonical; made by policy_finish() */
	char *tag;
};

const char *symbol_role_name(enum symbol_role role);
bool symbol_role_parse(const char *word, enum symbol_role *role);

/* An empty policy; NULL if there is no memory. */
struct hashsect_policy *policy_new(const char *name);

/* Append; NULL if there is no memory. The strings in the argument are copied. */
struct rule *policy_add_rule(struct hashsect_policy *policy, const char *name);
struct match *rule_add_match(struct rule *rule, const struct match *match);
struct rule_symbol *rule_add_symbol(struct rule *rule, const struct rule_symbol *symbol);

#endif
