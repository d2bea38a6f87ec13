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

int region_resolve(const struct region_option *option, const struct elfsect_view *view, struct elfsect_region *region,
		   struct elfsect_error *error)
{
	if (option->section)
		return elfsect_region_of_section(view, option->section, region, error);
	if (option->symbols)
		return elfsect_region_of_symbols(view, option->symbols, region, error);
	if (option->symbol)
		return elfsect_region_of_symbol(view, option->symbol, region, error);
	return region_of_addresses(option->addresses, view, region, error);
}
