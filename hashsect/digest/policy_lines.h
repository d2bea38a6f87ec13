/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The match and symbol lines of a policy, read from people's files and printed as canonical text. FORMAT.md 6.1. */
#ifndef HASHSECT_POLICY_LINES_H
#define HASHSECT_POLICY_LINES_H

#include <stdio.h>

#include "digest/policy.h"

/* Parse the value of a match or symbol line. Return 0 or -EINVAL, -ENOMEM with the reason (no file or line in it). */
int rule_parse_match(struct rule *rule, const char *value, struct elfsect_error *error);
int rule_parse_symbol(struct rule *rule, const char *value, struct elfsect_error *error);

/* Print a whole line, in its canonical form. */
void match_print(FILE *out, const struct match *match);
void rule_symbol_print(FILE *out, const struct rule_symbol *symbol);

#endif
