/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HASHSECT_SURROUNDINGS_H
#define HASHSECT_SURROUNDINGS_H

#include "digest/resolution.h"

/* Relocations, the entry point, segments and symbols must keep away from masked bytes. Numbers are not needed. */
int surroundings_check(const struct resolution *resolution, enum hashsect_scope scope, struct elfsect_error *error);

#endif
