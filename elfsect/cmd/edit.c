// SPDX-License-Identifier: GPL-2.0-or-later
#include "edit.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

static bool same_file(const char *a, const char *b)
{
	struct stat x, y;

	return !stat(a, &x) && !stat(b, &y) && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

bool edit_check_output(const char *out)
{
	if (!out || (*out && strcmp(out, "-") != 0))
		return true;
	cli_usage("-o needs a file: the result is verified before it gets its name, a stream cannot be");
	return false;
}

int edit_write(const struct elfsect_plan *plan, const char *path, const char *out)
{
	struct elfsect_write_result result = { 0 };
	struct elfsect_error error;

	if (elfsect_plan_is_empty(plan) && (!out || same_file(path, out))) {
		fprintf(stderr, "elfsect: %s: nothing to change\n", path);
		return STATUS_OK;
	}
	if (!out)
		out = path;
	if (elfsect_plan_write(plan, out, &cli_write_options, &result, &error))
		return cli_error(&error);
	if (result.other_links)
		fprintf(stderr, "elfsect: %s: note: %ju other hard link%s of it still name%s the old content\n", out,
			(uintmax_t)result.other_links, result.other_links == 1 ? "" : "s",
			result.other_links == 1 ? "s" : "");
	return STATUS_OK;
}

static int region_of_addresses(const char *word, const struct elfsect_view *view, struct elfsect_region *region,
			       struct elfsect_error *error)
{
	const char *dots = strstr(word, "..");
	autofree char *first = dots ? strndup(word, (size_t)(dots - word)) : NULL;
	unsigned long long start, end;

	if (!first || !cli_number(first, &start) || !cli_number(dots + 2, &end))
		return elfsect_fail(error, EINVAL, "--address %s: not two numbers as in 0xA..0xB", word);
	return elfsect_region_of_addresses(view, start, end, region, error);
}

int region_option_count(const struct region_option *option)
{
	return !!option->section + !!option->symbols + !!option->symbol + !!option->addresses;
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
