/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What `hashsect btf` says: two sections of types, or one and the build that it should describe. */
#ifndef HASHSECT_REPORT_BTF_H
#define HASHSECT_REPORT_BTF_H

#include <stdio.h>

#include "btf/prove.h"

/** Version of the JSON. New members do not change it. */
enum { BTF_REPORT_SCHEMA = 1 };

/** btf_comparison_print() - the verdict, then what differs; @names of both sides */
void btf_comparison_print(const struct btf_comparison *comparison, const char *const names[2], FILE *out);

/** btf_comparison_print_json() - the same as one JSON object; 0 or -ENOMEM */
ELFSECT_MUST_CHECK int btf_comparison_print_json(const struct btf_comparison *comparison, const char *const names[2],
						 FILE *out);

/** btf_proof_print() - the verdict, then what is not explained; @name of the section */
void btf_proof_print(const struct btf_proof *proof, const char *name, FILE *out);

/** btf_proof_print_json() - the same as one JSON object; 0 or -ENOMEM */
ELFSECT_MUST_CHECK int btf_proof_print_json(const struct btf_proof *proof, const char *name, FILE *out);

/** btf_comparison_advice() - of files whose sections .BTF differ: what it is; NULL: just other types; static text */
const char *btf_comparison_advice(const struct btf_comparison *comparison);

#endif
