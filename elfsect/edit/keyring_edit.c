// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Changing the certificates of a kernel. system_extra_cert is filled; where the keyring is a section of its own in a
 * relocatable file, the section is made anew, in the layout that it has (keyring_layout.h).
 */
#include "edit/inject.h"
#include "kernel/keyring.h"
#include "view/select.h"
#include "view/view.h"

#include <stdlib.h>

/* A list that is being put together. */
struct list {
	uint8_t *bytes; /* owned */
	uint64_t size;
	uint64_t module; /* how many of them are the certificate of the build's own key */
};

static int list_append(struct list *list, const uint8_t *der, uint64_t size)
{
	uint8_t *grown = realloc(list->bytes, list->size + size);

	if (!grown)
		return -ENOMEM;
	list->bytes = grown;
	memcpy(list->bytes + list->size, der, size);
	list->size += size;
	return 0;
}

/* Zeros behind the certificates, up to that length. */
static int list_pad(struct list *list, uint64_t size)
{
	uint8_t *grown = size > list->size ? realloc(list->bytes, size) : list->bytes;

	if (!grown)
		return size ? -ENOMEM : 0;
	if (size > list->size)
		memset(grown + list->size, 0, size - list->size);
	list->bytes = grown;
	list->size = size;
	return 0;
}

static bool list_has(const struct list *list, const uint8_t *der, uint64_t size)
{
	uint64_t length;

	for (uint64_t at = 0; at < list->size; at += length) {
		if (elfsect_certificate_read(list->bytes + at, list->size - at, &length, NULL, NULL))
			return false;
		if (length == size && !memcmp(list->bytes + at, der, size))
			return true;
	}
	return false;
}

/* Whether the list is one that ends with zeros up to a multiple of align, though there may be none just now. */
static bool has_end_zeros(const struct elfsect_keyring *k, uint64_t align)
{
	if (k->zeros)
		return !(k->built_in.size % align);
	return keyring_ends_with_zeros(k->view->header.machine) && !k->has_extra && !(k->built_in.size % align);
}

/* ------------------------------------------------------------------------------------------ a section of its own */

/* The symbols of the section, in the order in which the words stand in it. */
static const struct elfsect_definition known_symbols[] = {
	/* clang-format off */
	{"system_certificate_list", ELFSECT_AT_START, 0},
	{"__cert_list_start", ELFSECT_AT_START, 0},
	{"__module_cert_start", ELFSECT_AT_START, 0},
	{"__module_cert_end", ELFSECT_AT_OFFSET, 0},
	{"__cert_list_end", ELFSECT_AT_END, 0},
	{"system_certificate_list_size", ELFSECT_AT_SIZE_WORD, 0},
	{"module_cert_size", ELFSECT_AT_NUMBER_WORD, 0},
	/* clang-format on */
};

enum { KNOWN_SYMBOLS = sizeof(known_symbols) / sizeof(known_symbols[0]) };

static bool has_own_section(const struct elfsect_keyring *k)
{
	return elfsect_is_relocatable(k->view) && !k->has_extra &&
	       !strcmp(k->view->sections[k->list.section].name, KEYRING_SECTION);
}

static int not_the_layout(const struct elfsect_keyring *k, const char *what, struct elfsect_error *error)
{
	const struct elfsect_section *s = &k->view->sections[k->list.section];

	return failure(error, EINVAL, "%s: section %u (%s): %s: not the layout of system_certificates.S", k->view->name,
		       s->index, s->name, what);
}

/* The length of the build's own certificate, which is the beginning of the list. */
static int module_size(const struct elfsect_keyring *k, const struct elfsect_symbol *word, uint64_t *size,
		       struct elfsect_error *error)
{
	const unsigned int width = elfsect_word_size(k->view);
	struct elfsect_region region;
	uint64_t end = 0;
	int ret;

	ret = region_at_symbol(k->view, word, width, &region, error);
	if (ret)
		return ret;
	*size = elfsect_load(k->view, elfsect_region_bytes(k->view, &region), width);
	for (size_t i = 0; i < k->count && end < *size; i++)
		end += k->certificates[i].size;
	if (*size == k->built_in.size && end + k->zeros == *size)
		*size = end;
	return end == *size ? 0 : not_the_layout(k, "module_cert_size is not the length of certificates", error);
}

/* Which of the known symbols the section has. Those that are not known are elfsect_plan_inject()'s to refuse. */
static int find_definitions(const struct elfsect_keyring *k, struct elfsect_definition *definitions, size_t *count,
			    uint64_t *module, struct elfsect_error *error)
{
	int ret = 0;

	*count = 0;
	*module = 0;
	for (size_t i = 0; i < KNOWN_SYMBOLS && !ret; i++) {
		struct elfsect_symbol symbol;

		ret = symbol_exists(k->view, NULL, known_symbols[i].name, &symbol, error);
		if (ret <= 0)
			continue;
		ret = 0;
		if (symbol.section != k->list.section)
			return not_the_layout(k, known_symbols[i].name, error);
		if (known_symbols[i].place == ELFSECT_AT_NUMBER_WORD)
			ret = module_size(k, &symbol, module, error);
		definitions[*count] = known_symbols[i];
		definitions[(*count)++].number = symbol.value;
	}
	return ret;
}

/*
 * The symbols stand where making the section anew would put them, and nothing would be lost. shape: receives how the
 * words stand.
 */
static int check_layout_of(const struct elfsect_keyring *k, const struct elfsect_definition *definitions, size_t count,
			   uint64_t module, struct injection_shape *shape, struct elfsect_error *error)
{
	const struct elfsect_section *s = &k->view->sections[k->list.section];
	uint64_t end = k->built_in.size;

	for (size_t i = 0; i < count; i++) {
		const enum elfsect_place place = definitions[i].place;
		uint64_t expected = 0;

		if (place == ELFSECT_AT_END) {
			expected = k->built_in.size;
		} else if (place == ELFSECT_AT_OFFSET) {
			/* Where nothing is configured behind it, zeros stand in front of the label. */
			expected = module + k->zeros == k->built_in.size && definitions[i].number != module
					   ? k->built_in.size
					   : module;
		} else if (place != ELFSECT_AT_START) {
			if (!align_u64(end, shape->word_align, &expected))
				return not_the_layout(k, definitions[i].name, error);
			end = expected + elfsect_word_size(k->view);
		}
		if (definitions[i].number != expected)
			return not_the_layout(k, definitions[i].name, error);
	}
	shape->tail = s->size - end;
	if (end > s->size || (shape->tail >= 16 && shape->tail >= s->align) ||
	    (shape->tail && first_nonzero(elfsect_section_bytes(k->view, s) + end, shape->tail) != shape->tail))
		return not_the_layout(k, "it has more than the list and its words", error);
	return 0;
}

/* The list's end as the assembler of a list of this layout would make it. */
static int end_list(const struct elfsect_keyring *k, struct list *list, uint64_t align, struct elfsect_error *error)
{
	uint64_t end = list->size;

	if (k->zeros && k->built_in.size % align)
		return not_the_layout(k, "zeros behind the last certificate that no alignment explains", error);
	if (has_end_zeros(k, align))
		align_u64(list->size, align, &end);
	return list_pad(list, end) ? failure_errno(error, ENOMEM, "%s: %s", k->view->name, k->slot) : 0;
}

static int plan_section(const struct elfsect_keyring *k, struct list *list, struct elfsect_plan **plan,
			struct elfsect_error *error)
{
	struct elfsect_definition definitions[KNOWN_SYMBOLS];
	struct elfsect_injection wish = {ELFSECT_INJECTION_INIT, .section = KEYRING_SECTION,
					 .definitions = definitions};
	struct injection_shape shape = {
		.word_align = keyring_align_of_symbols(k->view, k->list.section, k->list.value),
	};
	uint64_t module;
	int ret;

	ret = find_definitions(k, definitions, &wish.definition_count, &module, error);
	if (!ret)
		ret = check_layout_of(k, definitions, wish.definition_count, module, &shape, error);
	if (!ret)
		ret = end_list(k, list, shape.word_align, error);
	if (ret)
		return ret;
	for (size_t i = 0; i < wish.definition_count; i++)
		definitions[i].number = list->module;
	wish.data = list->bytes;
	wish.size = list->size;
	return plan_injection(k->view, &wish, &shape, plan, error);
}

/* ---------------------------------------------------------------------------------------------------------- plans */

/* How many bytes at the list's start are the build's own certificate; 0 where no word says so. */
static int own_module(const struct elfsect_keyring *k, uint64_t *module, struct elfsect_error *error)
{
	struct elfsect_definition ignored[KNOWN_SYMBOLS];
	size_t count;

	*module = 0;
	return has_own_section(k) ? find_definitions(k, ignored, &count, module, error) : 0;
}

/* A list that keeps its length may end with more or fewer zeros. */
static int pad_in_place(const struct elfsect_keyring *k, struct list *list, struct elfsect_error *error)
{
	const uint64_t size = k->built_in.size;

	if (list->size >= size || size - list->size >= KEYRING_ALIGN_POWER || !has_end_zeros(k, KEYRING_ALIGN_BYTES))
		return 0;
	return list_pad(list, size) ? failure_errno(error, ENOMEM, "%s: %s", k->view->name, k->slot) : 0;
}

static int plan_list(const struct elfsect_keyring *k, struct list *list, struct elfsect_plan **plan,
		     struct elfsect_error *error)
{
	struct elfsect_slot slot = {.name = k->slot, .region = k->built_in, .exact = true};

	if (has_own_section(k))
		return plan_section(k, list, plan, error);
	if (keyring_is_extra(k)) {
		slot = k->extra;
		slot.name = k->slot;
	} else if (pad_in_place(k, list, error)) {
		return -ENOMEM;
	}
	return elfsect_plan_fill(k->view, &slot, list->bytes, list->size, plan, error);
}

static int check_one_slot(const struct elfsect_keyring *k, struct elfsect_error *error)
{
	if (k->by_content)
		return failure(error, ENOENT, "%s: the file has no symbol table: give its System.map",
			       k->view ? k->view->name : "keyring");
	return k->slot ? 0 : failure(error, EINVAL, "%s: which slot is to be changed?", k->view->name);
}

int elfsect_plan_keyring_add(const struct elfsect_keyring *keyring, const uint8_t *new_list, uint64_t size,
			     struct elfsect_plan **plan, struct elfsect_error *error)
{
	struct list list = {0};
	uint64_t length;
	int ret;

	ret = check_one_slot(keyring, error);
	if (!ret)
		ret = own_module(keyring, &list.module, error);
	for (size_t i = 0; i < keyring->count && !ret; i++)
		ret = list_append(&list, keyring->certificates[i].der, keyring->certificates[i].size);
	for (uint64_t at = 0; at < size && !ret; at += length) {
		struct elfsect_error reason;

		ret = elfsect_certificate_read(new_list + at, size - at, &length, NULL, &reason);
		if (ret)
			ret = failure(error, -ret, "%s: %s: at 0x%jx of what is to be added: %s", keyring->view->name,
				      keyring->slot, (uintmax_t)at, reason.message);
		else if (!list_has(&list, new_list + at, length))
			ret = list_append(&list, new_list + at, length);
	}
	if (ret == -ENOMEM)
		ret = failure_errno(error, ENOMEM, "%s: %s", keyring->view->name, keyring->slot);
	if (!ret)
		ret = plan_list(keyring, &list, plan, error);
	free(list.bytes);
	return ret;
}

int elfsect_plan_keyring_remove(const struct elfsect_keyring *keyring, const bool *remove, struct elfsect_plan **plan,
				struct elfsect_error *error)
{
	struct list list = {0};
	uint64_t module = 0;
	int ret;

	ret = check_one_slot(keyring, error);
	if (!ret)
		ret = own_module(keyring, &module, error);
	for (size_t i = 0; i < keyring->count && !ret; i++) {
		const struct elfsect_keyring_certificate *c = &keyring->certificates[i];

		if (remove[i])
			continue;
		ret = list_append(&list, c->der, c->size);
		if (ret)
			ret = failure_errno(error, ENOMEM, "%s: %s", keyring->view->name, keyring->slot);
		else if (c->offset < module)
			list.module = list.size;
	}
	if (!ret)
		ret = plan_list(keyring, &list, plan, error);
	free(list.bytes);
	return ret;
}

int elfsect_keyring_default_slot(const struct elfsect_view *view, const struct elfsect_system_map *map,
				 const char **slot, struct elfsect_error *error)
{
	struct elfsect_symbol extra;
	const int ret = symbol_exists(view, map, "system_extra_cert", &extra, error);

	*slot = ret > 0 ? EXTRA_SLOT : BUILT_IN_SLOT;
	return ret < 0 ? ret : 0;
}
