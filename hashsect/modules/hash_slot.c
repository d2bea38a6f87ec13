// SPDX-License-Identifier: LGPL-2.1-or-later
#include "modules/hash_slot.h"

#include <elf.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "base/error.h"

/* ----------------------------------------------------------------------------------------------- the slot's content */

int merkle_root_check(const uint8_t *root, uint8_t data, const char *name, struct elfsect_error *error)
{
	const uint32_t levels = load_u32(root, data), swapped = __builtin_bswap32(levels);
	const bool has_hash = first_nonzero(root + 4, MODULE_HASH_SIZE) != MODULE_HASH_SIZE;

	if (levels > TRAILER_MERKLE_LEVELS_MAX && swapped <= TRAILER_MERKLE_LEVELS_MAX)
		return failure(error, EINVAL, "%s: a root in the other byte order: this machine would read %u levels",
			       name, levels);
	if (levels > TRAILER_MERKLE_LEVELS_MAX)
		return failure(error, EINVAL, "%s: not a Merkle root: %u levels", name, levels);
	if (!levels != !has_hash)
		return failure(error, EINVAL, "%s: not a Merkle root: %u levels and a hash that is%s zero", name,
			       levels, has_hash ? " not" : "");
	return 0;
}

int module_table_check(const uint8_t *table, uint64_t size, const char *name, struct elfsect_error *error)
{
	if (size % MODULE_HASH_SIZE)
		return failure(error, EINVAL, "%s: not a table of module hashes: %ju bytes are no multiple of %d", name,
			       (uintmax_t)size, MODULE_HASH_SIZE);
	for (uint64_t at = 0; at < size; at += MODULE_HASH_SIZE)
		if (first_nonzero(table + at, MODULE_HASH_SIZE) == MODULE_HASH_SIZE)
			return failure(error, EINVAL, "%s: entry %ju is zero, which no module has as its hash", name,
				       (uintmax_t)(at / MODULE_HASH_SIZE));
	return 0;
}

static size_t used_entries(const uint8_t *table, uint64_t size)
{
	while (size && first_nonzero(table + size - MODULE_HASH_SIZE, MODULE_HASH_SIZE) == MODULE_HASH_SIZE)
		size -= MODULE_HASH_SIZE;
	return (size_t)(size / MODULE_HASH_SIZE);
}

int module_hash_slot_find(const struct elfsect_view *view, const struct elfsect_system_map *map,
			  struct module_hash_slot *s, struct elfsect_error *error)
{
	const uint8_t data = elfsect_view_header(view)->data;
	uint64_t size;
	int ret;

	*s = (struct module_hash_slot){0};
	ret = elfsect_slot_find(view, map, ELFSECT_SLOT_NAMED, "module-hashes", &s->slot, error);
	if (ret)
		return ret;
	size = s->slot.region.size;
	s->bytes = elfsect_region_bytes(view, &s->slot.region);
	s->is_root = size == MERKLE_ROOT_SIZE;
	if (!s->is_root && size % MODULE_HASH_SIZE)
		return failure(error, EINVAL, "%s: module-hashes: %ju bytes are neither a root nor a table",
			       elfsect_view_name(view), (uintmax_t)size);
	if (s->is_root)
		s->levels = load_u32(s->bytes, data);
	else if (size)
		s->entries = used_entries(s->bytes, size);
	return 0;
}

/* -------------------------------------------------------------------------------------------------------- verdicts */

const char *hash_verdict_name(const struct hash_verdict *v)
{
	switch (v->code) {
	case 0:
		return "ok";
	case ENODATA:
		return "-ENODATA";
	case EBADMSG:
		return "-EBADMSG";
	case ENOPKG:
		return "-ENOPKG";
	default:
		return "-ENOKEY";
	}
}

__attribute__((format(printf, 3, 4))) static int say(struct hash_verdict *v, int code, const char *format, ...)
{
	va_list args;

	v->code = code;
	va_start(args, format);
	vsnprintf(v->reason, sizeof(v->reason), format, args);
	va_end(args);
	return 0;
}

static const char *stripped_hint(const struct module_file *f)
{
	return module_looks_stripped(f)
		       ? "; it looks stripped: was it hashed before it was stripped (INSTALL_MOD_STRIP)?"
		       : "";
}

static int follow_proof(const struct module_hash_slot *s, const struct module_file *f, const struct trailer_fields *t,
			struct hash *hash, struct hash_verdict *v)
{
	const uint8_t *proof = f->bytes + t->data_offset;
	const uint32_t position = load_u32(proof, ELFDATA2MSB);
	uint8_t node[MODULE_HASH_SIZE];
	int ret;

	ret = merkle_leaf(hash, position, f->bytes, t->data_offset, node)
		      ?: merkle_fold(hash, node, proof, s->levels, node);
	if (ret)
		return ret;
	if (memcmp(node, s->bytes + 4, MODULE_HASH_SIZE) != 0)
		return say(v, ENOKEY, "the proof for position %u does not lead to the root%s", position,
			   stripped_hint(f));
	return say(v, 0, "position %u, %u levels", position, s->levels);
}

/*
 * In which step the kernel stops: image/module_trailer.h has the fields, and its own reader of modules refuses what is
 * not sound. A marker or a tail that is all of the file the kernel does not look into.
 */
static int verify_root(const struct module_hash_slot *s, const struct module_file *f, struct hash *hash,
		       struct hash_verdict *v)
{
	const struct trailer_fields t = module_trailer_read(f->bytes, f->size);

	if (!t.has_marker || f->size <= TRAILER_MARKER_SIZE)
		return say(v, ENODATA, "no proof at its end");
	if (!t.has_info || f->size <= TRAILER_TAIL_SIZE)
		return say(v, EBADMSG, "nothing in front of the marker at its end");
	if (t.id_type == TRAILER_ID_PKCS7)
		return say(v, ENOPKG, "a signature and no proof at its end: only a keyring can accept it");
	if (t.id_type != TRAILER_ID_MERKLE)
		return say(v, ENOPKG, "a trailer of type %u and no proof at its end", t.id_type);
	if (!t.fits || !t.clean)
		return say(v, EBADMSG, "the trailer at its end is not sound");
	if (t.data_size != merkle_proof_size(s->levels))
		return say(v, ENOPKG, "a proof of %u bytes, those of this kernel have %ju", t.data_size,
			   (uintmax_t)merkle_proof_size(s->levels));
	return follow_proof(s, f, &t, hash, v);
}

static bool find_entry(const struct module_hash_slot *s, const uint8_t *wanted, size_t *entry)
{
	if (first_nonzero(wanted, MODULE_HASH_SIZE) == MODULE_HASH_SIZE)
		return false;
	for (*entry = 0; *entry < s->entries; ++*entry)
		if (!memcmp(s->bytes + *entry * MODULE_HASH_SIZE, wanted, MODULE_HASH_SIZE))
			return true;
	return false;
}

static int hash_bytes(struct hash *hash, const uint8_t *bytes, uint64_t size, uint8_t *out)
{
	return hash_begin(hash) ?: hash_add(hash, bytes, size) ?: hash_end(hash, out);
}

static int verify_table(const struct module_hash_slot *s, const struct module_file *f, struct hash *hash,
			struct hash_verdict *v)
{
	const struct trailer_fields t = module_trailer_read(f->bytes, f->size);
	uint8_t sum[MODULE_HASH_SIZE];
	size_t entry;
	int ret;

	ret = hash_bytes(hash, f->bytes, f->size, sum);
	if (ret)
		return ret;
	if (find_entry(s, sum, &entry))
		return say(v, 0, "entry %zu", entry);
	if (t.fits && t.clean && t.id_type == TRAILER_ID_PKCS7) {
		ret = hash_bytes(hash, f->bytes, t.data_offset, sum);
		if (ret)
			return ret;
		if (find_entry(s, sum, &entry))
			return say(v, 0, "entry %zu, without the signature at its end", entry);
	}
	return say(v, ENOKEY, "not in the table of %zu modules%s", s->entries, stripped_hint(f));
}

int module_hash_verify(const struct module_hash_slot *s, const struct module_file *f, struct hash *hash,
		       struct hash_verdict *v)
{
	return s->is_root ? verify_root(s, f, hash, v) : verify_table(s, f, hash, v);
}

/*
 * The linker keeps the symbols that name the source files; strip, even --strip-debug, takes them away. A module without
 * any is a stripped one, or made of assembly alone.
 */
bool module_looks_stripped(const struct module_file *f)
{
	struct elfsect_view *view;
	bool stripped = true;

	if (elfsect_view_of_memory(f->bytes, f->body_size, "module", &view, NULL))
		return false;
	for (uint32_t i = 1, n = elfsect_symbol_count(view); i < n && stripped; i++) {
		const struct elfsect_symbol symbol = elfsect_symbol_get(view, i);

		stripped = ELF64_ST_TYPE(symbol.info) != STT_FILE;
	}
	elfsect_view_close(view);
	return stripped;
}
