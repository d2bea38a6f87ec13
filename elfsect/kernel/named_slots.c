// SPDX-License-Identifier: LGPL-2.1-or-later
/* The slots of a kernel. */
#include "kernel/named_slots.h"

#include "base/error.h"
#include "kernel/keyring_layout.h"
#include "view/select.h"
#include "view/system_map.h"
#include "view/view.h"

/* struct module_hashes_root: u32 levels, 32 bytes of hash. An assembler symbol has no size. */
enum { MERKLE_ROOT_SIZE = 36, USED_SIZE = 4 };

struct finder {
	const struct elfsect_view *view;
	const struct elfsect_system_map *map;
	struct elfsect_slot *slot;
};

static int need_symbols(const struct finder *f, struct elfsect_error *error)
{
	if (f->map || f->view->symtab)
		return 0;
	return failure(error, ENOENT, "%s: %s: the file has no symbol table: give its System.map", f->view->name,
		       f->slot->name);
}

static int bad_words(const struct finder *f, const char *what, struct elfsect_error *error)
{
	return failure(error, EINVAL, "%s: %s: %s%s%s", f->view->name, f->slot->name, what,
		       f->map ? ": or the map is not of this file: " : "", f->map ? system_map_name(f->map) : "");
}

static uint64_t load(const struct finder *f, const struct elfsect_region *region)
{
	return elfsect_load(f->view, elfsect_region_bytes(f->view, region), (unsigned int)region->size);
}

static bool overlap(const struct elfsect_region *a, const struct elfsect_region *b)
{
	return a->section == b->section && a->offset < b->offset + b->size && b->offset < a->offset + a->size;
}

/* ------------------------------------------------------------------------------------------------ linux-extra-cert */

/*
 * certs/system_certificates.S: system_certificate_list, the built-in certificates, system_extra_cert right behind them,
 * zeros at first; system_extra_cert_used (.int), how many bytes of it are filled; system_certificate_list_size, the
 * built-in ones and what is filled together. In a file whose words do not say that, something else is at these places.
 */
static int check_words(const struct finder *f, const struct elfsect_symbol *list, const struct elfsect_symbol *extra,
		       struct elfsect_error *error)
{
	const struct elfsect_slot *slot = f->slot;
	const uint64_t used = load(f, &slot->used), size = load(f, &slot->list_size);

	if (overlap(&slot->region, &slot->used) || overlap(&slot->region, &slot->list_size) ||
	    overlap(&slot->used, &slot->list_size))
		return failure(error, EBUSY, "%s: %s: the slot and its length words overlap", f->view->name,
			       slot->name);
	if (used > slot->region.size)
		return bad_words(f, "system_extra_cert_used is more than the slot has", error);
	if (extra->section != list->section || extra->value < list->value || extra->value - list->value + used != size)
		return bad_words(f, "system_certificate_list_size is not the length of the list", error);
	return 0;
}

static int find_extra(const struct finder *f, struct elfsect_error *error)
{
	struct elfsect_slot *slot = f->slot;
	enum { EXTRA, USED, SIZE, LIST, NAMES };
	struct wanted wanted[NAMES] = {
		[EXTRA] = {.name = "system_extra_cert"},
		[USED] = {.name = "system_extra_cert_used"},
		[SIZE] = {.name = "system_certificate_list_size"},
		[LIST] = {.name = "system_certificate_list"},
	};
	struct elfsect_symbol extra, used;
	int ret;

	ret = symbols_lookup(f->view, f->map, wanted, NAMES, error);
	if (ret)
		return ret;
	extra = wanted[EXTRA].symbol;
	used = wanted[USED].symbol;
	/* A map has no sizes; up to three bytes of alignment are then part of the slot, as for insert-sys-cert. */
	if (!extra.size && f->map && !f->view->symtab && used.value > extra.value)
		extra.size = used.value - extra.value;
	if (!extra.size)
		return failure(error, EINVAL, "%s: %s: symbol system_extra_cert has no size", f->view->name,
			       slot->name);
	ret = region_at_symbol(f->view, &extra, extra.size, &slot->region, error);
	if (!ret)
		ret = region_at_symbol(f->view, &used, USED_SIZE, &slot->used, error);
	if (!ret)
		ret = region_at_symbol(f->view, &wanted[SIZE].symbol, elfsect_word_size(f->view), &slot->list_size,
				       error);
	if (ret)
		return ret;
	slot->has_words = true;
	return check_words(f, &wanted[LIST].symbol, &extra, error);
}

/* -------------------------------------------------------------------------------------------------- linux-keyring */

/*
 * Whether the built-in list is empty (CONFIG_MODULE_SIG_KEY="") and system_extra_cert follows right behind it: 1, 0,
 * -errno. Then what is put there is the list.
 */
static int list_is_extra(const struct finder *f, struct elfsect_error *error)
{
	static const char *const ends[] = {"system_certificate_list", "__cert_list_end"};
	struct elfsect_symbol symbol, extra;
	int ret;

	ret = symbol_exists(f->view, f->map, "system_extra_cert", &extra, error);
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]) && ret > 0; i++) {
		ret = symbol_exists(f->view, f->map, ends[i], &symbol, error);
		/* __cert_list_end is local, and may be gone. */
		if (i && !ret)
			return 1;
		if (ret > 0)
			ret = symbol.section == extra.section && symbol.value == extra.value;
	}
	return ret;
}

/* The list is bounded by symbols that code refers to: in a linked file they cannot move, so its length stays. */
static int find_keyring(const struct finder *f, struct elfsect_error *error)
{
	struct elfsect_symbol start, extra;
	struct elfsect_region section, other;
	int ret;

	ret = list_is_extra(f, error);
	if (ret)
		return ret < 0 ? ret : find_extra(f, error);
	f->slot->exact = true;
	ret = symbol_exists(f->view, f->map, "__cert_list_start", &start, error);
	if (ret < 0)
		return ret;
	if (!ret) {
		ret = elfsect_region_of_section(f->view, KEYRING_SECTION, &f->slot->region, error);
		return ret == -ENOENT ? failure(error, ENOENT,
						"%s: %s: there is neither a symbol __cert_list_start nor a "
						"section " KEYRING_SECTION,
						f->view->name, f->slot->name)
				      : ret;
	}
	ret = region_of_symbols(f->view, f->map, "__cert_list_start..__cert_list_end", &f->slot->region, error);
	if (ret)
		return ret;
	if (!elfsect_region_of_section(f->view, KEYRING_SECTION, &section, NULL) &&
	    section.section != f->slot->region.section)
		return failure(error, EEXIST,
			       "%s: %s: in two places: section " KEYRING_SECTION " and, by its symbols, %s",
			       f->view->name, f->slot->name, f->view->sections[f->slot->region.section].name);
	ret = symbol_exists(f->view, f->map, "system_extra_cert", &extra, error);
	if (ret <= 0)
		return ret;
	ret = region_at_symbol(f->view, &extra, extra.size, &other, error);
	if (!ret && overlap(&f->slot->region, &other))
		return failure(error, EBUSY, "%s: %s: overlaps the slot linux-extra-cert", f->view->name,
			       f->slot->name);
	return ret;
}

/* -------------------------------------------------------------------------------------------------- module-hashes */

static int two_places(const struct finder *f, const char *a, const char *b, struct elfsect_error *error)
{
	return failure(error, EEXIST, "%s: %s: in two places: %s and %s", f->view->name, f->slot->name, a, b);
}

/* Where symbols say that it is: 1, 0 if none does, -errno. */
static int find_hash_symbols(const struct finder *f, struct elfsect_region *region, struct elfsect_error *error)
{
	struct elfsect_symbol root, start;
	struct elfsect_region range;
	int has_root, has_range, ret = 0;

	has_root = symbol_exists(f->view, f->map, "module_hashes_root", &root, error);
	if (has_root < 0)
		return has_root;
	has_range = symbol_exists(f->view, f->map, "__start_module_hashes", &start, error);
	if (has_range < 0)
		return has_range;
	if (has_root)
		ret = region_at_symbol(f->view, &root, root.size ? root.size : MERKLE_ROOT_SIZE, region, error);
	if (!ret && has_range)
		ret = region_of_symbols(f->view, f->map, "__start_module_hashes..__stop_module_hashes", &range, error);
	if (ret)
		return ret;
	if (has_root && has_range && (range.section != region->section || range.offset != region->offset))
		return two_places(f, "module_hashes_root", "__start_module_hashes", error);
	if (!has_root && has_range)
		*region = range;
	return has_root || has_range;
}

static int find_hashes(const struct finder *f, struct elfsect_error *error)
{
	struct elfsect_region *region = &f->slot->region, section;
	int by_symbols, by_section;

	by_section = elfsect_region_of_section(f->view, ".module_hashes", &section, error);
	if (by_section && by_section != -ENOENT)
		return by_section;
	if (by_section) {
		by_symbols = need_symbols(f, error);
		if (by_symbols)
			return by_symbols;
	}
	by_symbols = find_hash_symbols(f, region, error);
	if (by_symbols < 0)
		return by_symbols;
	if (by_symbols) {
		if (!by_section && (section.section != region->section || region->offset))
			return two_places(f, "section .module_hashes", "its symbols", error);
		return 0;
	}
	if (by_section)
		return failure(error, ENOENT,
			       "%s: %s: there is neither a section .module_hashes nor a symbol module_hashes_root or "
			       "__start_module_hashes",
			       f->view->name, f->slot->name);
	*region = section;
	return 0;
}

/* -------------------------------------------------------------------------------------------------------- by name */

/* What the kernel's configuration says of each: init/Kconfig and certs/Kconfig, and samples/kernel/modhash/Kconfig. */
static const struct known {
	const char *name;
	int (*find)(const struct finder *finder, struct elfsect_error *error);
	bool is_of_symbols;   /* without them a section by its name would do, but then nothing says what is in it */
	const char *names[8]; /* that the option brings; where the first is, a symbol, something else is missing */
	const char *hints[SLOT_LACKS];
} known[] = {
	{"linux-extra-cert",
	 find_extra,
	 true,
	 {"system_extra_cert", "system_extra_cert_used"},
	 {[SLOT_MISSING] = "CONFIG_SYSTEM_EXTRA_CERTIFICATE=y makes it",
	  [SLOT_TOO_SMALL] = "CONFIG_SYSTEM_EXTRA_CERTIFICATE_SIZE makes it larger"}},
	{"linux-keyring",
	 find_keyring,
	 true,
	 {"system_certificate_list", "system_certificate_list_size", "__cert_list_start", "__cert_list_end",
	  "__module_cert_start", "__module_cert_end", "module_cert_size"},
	 {[SLOT_MISSING] = "CONFIG_SYSTEM_TRUSTED_KEYRING=y makes it",
	  [SLOT_TOO_SMALL] =
		  "after the link it keeps its length; CONFIG_SYSTEM_EXTRA_CERTIFICATE=y makes room beside it",
	  [SLOT_TOO_LARGE] = "after the link it keeps its length; CONFIG_MODULE_SIG_KEY=\"\" leaves the build's own "
			     "certificate out of it"}},
	{"module-hashes",
	 find_hashes,
	 false,
	 {"module_hashes_root", "__start_module_hashes", "__stop_module_hashes", ".module_hashes"},
	 {[SLOT_MISSING] = "CONFIG_SECURITY_MODHASH=y (samples/kernel/modhash) makes it",
	  [SLOT_TOO_SMALL] = "CONFIG_SECURITY_MODHASH_ENTRIES makes it larger, with CONFIG_SECURITY_MODHASH_TABLE=y"}},
};

static const struct known *find_known(const char *name)
{
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (name && !strcmp(known[i].name, name))
			return &known[i];
	return NULL;
}

const char *slot_hint(const char *name, enum slot_lack lack)
{
	const struct known *k = find_known(name);

	return k ? k->hints[lack] : NULL;
}

/* Only where nothing of the slot is there, and that is known. */
static void hint_missing(const struct finder *f, const struct known *k, struct elfsect_error *error)
{
	struct elfsect_symbol mark;
	struct elfsect_error ignored;

	if ((f->map || f->view->symtab) && !symbol_exists(f->view, f->map, k->names[0], &mark, &ignored))
		error_append(error, "; %s", k->hints[SLOT_MISSING]);
}

/* Whether a target is this name, or a range FIRST..LAST or FIRST..LAST+N with it at one end. */
static bool has_name(const char *target, const char *name)
{
	const size_t length = strlen(name);
	const char *last = strstr(target, "..");

	if (!strncmp(target, name, length) && (!target[length] || target + length == last))
		return true;
	return last && !strncmp(last + 2, name, length) && (!last[2 + length] || last[2 + length] == '+');
}

void slot_hint_target(const struct elfsect_view *view, const struct elfsect_system_map *map, const char *target,
		      struct elfsect_error *error)
{
	const struct finder f = {.view = view, .map = map};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		for (size_t j = 0; known[i].names[j]; j++)
			if (has_name(target, known[i].names[j])) {
				hint_missing(&f, &known[i], error);
				return;
			}
	if (!strcmp(target, KEYRING_SECTION))
		error_append(error, "; samples/kernel/keyring makes it in a kernel");
}

int slot_find_named(const struct elfsect_view *view, const struct elfsect_system_map *map, const char *name,
		    struct elfsect_slot *slot, struct elfsect_error *error)
{
	const struct finder f = {view, map, slot};
	const struct known *k = find_known(name);
	int ret;

	if (!k)
		return failure(error, EINVAL,
			       "%s: there is no slot of the name %s; there are linux-extra-cert, linux-keyring and "
			       "module-hashes",
			       view->name, name);
	if (k->is_of_symbols) {
		ret = need_symbols(&f, error);
		if (ret)
			return ret;
	}
	ret = k->find(&f, error);
	if (ret == -ENOENT)
		hint_missing(&f, k, error);
	return ret;
}
