// SPDX-License-Identifier: LGPL-2.1-or-later
/* What others may ask of two sections: hashsect.h. */
#include "btf/compare.h"
#include "hashsect.h"

/* A section and its base, as they were read. */
struct side {
	struct btf *base, *btf;
};

static void forget_side(struct side *side)
{
	btf_free(side->btf);
	btf_free(side->base);
}

static int read_side(const struct hashsect_btf *from, struct side *side, struct elfsect_error *error)
{
	int ret = from->base ? btf_parse(from->base, from->base_size, NULL, from->name, &side->base, error) : 0;

	return ret ? ret : btf_parse(from->bytes, from->size, side->base, from->name, &side->btf, error);
}

static enum hashsect_btf_verdict verdict_of(const struct btf_comparison *c)
{
	if (c->identical)
		return HASHSECT_BTF_IDENTICAL;
	if (btf_same_types(c))
		return HASHSECT_BTF_REORDERED;
	return c->other.count || c->names.count ? HASHSECT_BTF_DIFFERENT : HASHSECT_BTF_PROTOTYPES;
}

int hashsect_btf_compare(const struct hashsect_btf *a, const struct hashsect_btf *b, enum hashsect_btf_verdict *verdict,
			 struct elfsect_error *error)
{
	struct side sides[2] = {{NULL, NULL}, {NULL, NULL}};
	struct btf_comparison comparison;
	int ret = read_side(a, &sides[0], error);

	ret = ret ? ret : read_side(b, &sides[1], error);
	ret = ret ? ret : btf_compare(sides[0].btf, sides[1].btf, &comparison, error);
	if (!ret)
		*verdict = verdict_of(&comparison);
	forget_side(&sides[0]);
	forget_side(&sides[1]);
	return ret;
}
