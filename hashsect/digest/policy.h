/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A policy: rules that say which bytes are left out, why, and what they must be. FORMAT.md section 6. */
#ifndef HASHSECT_POLICY_H
#define HASHSECT_POLICY_H

#include "hashsect.h"

enum content_class {
	CONTENT_X509_KEYRING,
	CONTENT_X509,
	CONTENT_MODULE_HASHES,
	CONTENT_BUILD_ID,
	CONTENT_ZERO,
};

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
	enum content_class content;
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

const char *content_class_name(enum content_class content);
bool content_class_parse(const char *word, enum content_class *content);
const char *symbol_role_name(enum symbol_role role);

/* An empty policy; NULL if there is no memory. */
struct hashsect_policy *policy_new(const char *name);

/* Append; NULL if there is no memory. The strings in the argument are copied. */
struct rule *policy_add_rule(struct hashsect_policy *policy, const char *name);
struct match *rule_add_match(struct rule *rule, const struct match *match);
struct rule_symbol *rule_add_symbol(struct rule *rule, const struct rule_symbol *symbol);

/* Parse the value of a match or symbol line. Return 0 or -EINVAL, -ENOMEM with the reason (no file or line in it). */
int rule_parse_match(struct rule *rule, const char *value, struct elfsect_error *error);
int rule_parse_symbol(struct rule *rule, const char *value, struct elfsect_error *error);

/* Check the whole policy against FORMAT.md 6.1, number its symbols, make text and tag. */
int policy_finish(struct hashsect_policy *policy, struct elfsect_error *error);

#endif
