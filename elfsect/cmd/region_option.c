// SPDX-License-Identifier: GPL-2.0-or-later
#include "region_option.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/text.h"

const struct option_row region_option_rows[] = {
	STRING_ROW(0, "section", "NAME", struct region_option, section, "all bytes of a section"),
	SYMBOLS_ROW(struct region_option, symbols),
	SYMBOL_ROW(struct region_option, symbol),
	{0},
};

static int region_of_addresses(const char *word, const struct elfsect_view *view, struct elfsect_region *region,
			       struct elfsect_error *error)
{
	const char *dots = strstr(word, "..");
	autofree char *first = dots ? strndup(word, (size_t)(dots - word)) : NULL;
	uint64_t start, end;

	if (!first || !text_number(first, &start) || !text_number(dots + 2, &end))
		return failure(error, EINVAL, "--address %s: not two numbers as in 0xA..0xB", word);
	return elfsect_region_of_addresses(view, start, end, region, error);
}

/* A slot that is not there has the same message, and the option with which a kernel would have it. */
static int not_there(const struct elfsect_view *view, enum elfsect_slot_kind kind, const char *word,
		     struct elfsect_error *error)
{
	struct elfsect_error hinted;
	struct elfsect_slot slot;

	if (elfsect_slot_find(view, NULL, kind, word, &slot, &hinted) == -ENOENT)
		*error = hinted;
	return -ENOENT;
}

int region_resolve(const struct region_option *option, const struct elfsect_view *view, struct elfsect_region *region,
		   struct elfsect_error *error)
{
	enum elfsect_slot_kind kind = ELFSECT_SLOT_SECTION;
	const char *word = option->section;
	int ret;

	if (option->section) {
		ret = elfsect_region_of_section(view, word, region, error);
	} else if (option->symbols) {
		kind = ELFSECT_SLOT_SYMBOLS;
		word = option->symbols;
		ret = elfsect_region_of_symbols(view, word, region, error);
	} else if (option->symbol) {
		kind = ELFSECT_SLOT_SYMBOL;
		word = option->symbol;
		ret = elfsect_region_of_symbol(view, word, region, error);
	} else {
		return region_of_addresses(option->addresses, view, region, error);
	}
	return ret == -ENOENT ? not_there(view, kind, word, error) : ret;
}
