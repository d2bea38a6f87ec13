/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HASHSECT_POLICY_FINISH_H
#define HASHSECT_POLICY_FINISH_H

#include "digest/policy.h"

/* Check the whole policy against FORMAT.md 6.1, number its symbols, make text and tag. */
int policy_finish(struct hashsect_policy *policy, struct elfsect_error *error);

#endif
