/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * DOC: editing sections
 *
 * An edit is made in two steps. A pure function turns a view and a wish into a plan: the list of byte changes that
 * makes the new file. elfsect_plan_write() then applies the plan to a copy, proves that the copy differs from the
 * original by the plan and by nothing else, and puts it in the original's place.
 *
 * The functions elfsect_plan_*() run elfsect_check() on the view first and refuse what it refuses; those that fill or
 * clear bytes, and move nothing, read headers alone. Bytes of sections that the wish does not name stay where they are;
 * tables that grow are moved behind everything else, and what they leave behind is zeroed.
 *
 * Threads and NULL: as in elfsect.h. A plan is not changed by what reads it; two threads may make plans of one view,
 * but one at a time writes to a file: elfsect_view_open_edit() locks out others. A batch is for one thread at a time.
 */
#ifndef ELFSECT_EDIT_H
#define ELFSECT_EDIT_H

#include "elfsect.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ------------------------------------------------------------------------------------------------------ regions */

/**
 * struct elfsect_region - bytes inside one section
 * @section: its index
 * @offset: from the section's start
 */
struct elfsect_region {
	uint32_t section;
	uint64_t offset;
	uint64_t size;
};

/** elfsect_region_of_section() - all bytes of the section @name; -EINVAL for sections without bytes in the file */
ELFSECT_API ELFSECT_MUST_CHECK int elfsect_region_of_section(const struct elfsect_view *view, const char *name,
							     struct elfsect_region *region, struct elfsect_error *error)
	ELFSECT_NONNULL(1, 2, 3);

/**
 * elfsect_region_of_symbols() - the bytes from one symbol up to another
 * @range: "FIRST..LAST" or "FIRST..LAST+N"; the end is not part of the region
 *
 * Return: 0; -ENOENT or -EEXIST if a name is not defined exactly once; -EINVAL if the two are not in one section in
 * this order.
 */
ELFSECT_API ELFSECT_MUST_CHECK int elfsect_region_of_symbols(const struct elfsect_view *view, const char *range,
							     struct elfsect_region *region, struct elfsect_error *error)
	ELFSECT_NONNULL(1, 2, 3);

/** elfsect_region_of_symbol() - the st_size bytes of the symbol @name; -EINVAL if its size is 0 */
ELFSECT_API ELFSECT_MUST_CHECK int elfsect_region_of_symbol(const struct elfsect_view *view, const char *name,
							    struct elfsect_region *region, struct elfsect_error *error)
	ELFSECT_NONNULL(1, 2, 3);

/** elfsect_region_of_addresses() - the bytes at the addresses [start, end) of a linked file */
ELFSECT_API ELFSECT_MUST_CHECK int elfsect_region_of_addresses(const struct elfsect_view *view, uint64_t start,
							       uint64_t end, struct elfsect_region *region,
							       struct elfsect_error *error) ELFSECT_NONNULL(1, 4);

/** elfsect_region_bytes() - the region's bytes, borrowed from the view; NULL if it is empty */
ELFSECT_API const uint8_t *elfsect_region_bytes(const struct elfsect_view *view, const struct elfsect_region *region)
	ELFSECT_NONNULL(1, 2);

/* -------------------------------------------------------------------------------------------------------- plans */

/**
 * struct elfsect_change - bytes of the new file that differ from the old one
 * @offset: in the new file
 * @old: what is there in the old file, borrowed from the view
 * @old_size: how many bytes; less than @size where the new file goes beyond the old one's end
 * @bytes: the new bytes, owned by the plan; NULL means zeros
 */
struct elfsect_change {
	uint64_t offset;
	uint64_t size;
	const uint8_t *old;
	uint64_t old_size;
	const uint8_t *bytes;
};

/**
 * struct elfsect_plan - how a file becomes another one
 *
 * Borrows the view it was made from. Its changes are in order and disjoint. Bytes that no change names are the old
 * file's, and zero beyond the old file's end.
 */
struct elfsect_plan;

/** elfsect_plan_free() - NULL is allowed */
ELFSECT_API void elfsect_plan_free(struct elfsect_plan *plan);

/** elfsect_plan_changes() - @count receives their number */
ELFSECT_API const struct elfsect_change *elfsect_plan_changes(const struct elfsect_plan *plan, size_t *count)
	ELFSECT_NONNULL(1, 2);

/** elfsect_plan_size() - the new file's size in bytes */
ELFSECT_API uint64_t elfsect_plan_size(const struct elfsect_plan *plan) ELFSECT_NONNULL(1);

/** elfsect_plan_is_empty() - whether the new file is the old one */
ELFSECT_API bool elfsect_plan_is_empty(const struct elfsect_plan *plan) ELFSECT_NONNULL(1);

/** elfsect_plan_apply() - the new file in memory, elfsect_plan_size() bytes, the caller's to free; NULL without memory
 */
ELFSECT_API ELFSECT_MUST_CHECK uint8_t *elfsect_plan_apply(const struct elfsect_plan *plan) ELFSECT_NONNULL(1);

/**
 * enum elfsect_place - where a defined symbol stands in injected content
 * @ELFSECT_AT_START: at its first byte
 * @ELFSECT_AT_END: behind the last byte of the data
 * @ELFSECT_AT_SIZE_WORD: at a word of the target's size and byte order that holds the length of the data. The words
 *	follow the data in the order of the definitions, each at a multiple of 8; those of a kernel's keyring, which
 *	are known by their names, at multiples of 256 if that is the section's alignment
 * @ELFSECT_AT_OFFSET: at that many bytes into the data
 * @ELFSECT_AT_NUMBER_WORD: at a word like that of @ELFSECT_AT_SIZE_WORD, which holds a number
 */
enum elfsect_place {
	ELFSECT_AT_START,
	ELFSECT_AT_END,
	ELFSECT_AT_SIZE_WORD,
	ELFSECT_AT_OFFSET,
	ELFSECT_AT_NUMBER_WORD,
};

/**
 * struct elfsect_definition - a symbol of injected content
 * @number: the offset or the word's number, for the places that need one
 */
struct elfsect_definition {
	const char *name;
	enum elfsect_place place;
	uint64_t number;
};

/**
 * struct elfsect_injection - what elfsect_plan_inject() shall put where
 * @struct_size: set by ELFSECT_INJECTION_INIT: {ELFSECT_INJECTION_INIT, .section = ".new"}
 * @section: created if the file has none of this name
 * @align: of the section, a power of two; 0: for a new section 8, or what the words of a kernel's keyring have on this
 *	machine; as it is for an existing one
 * @flags: sh_flags, if @has_flags; otherwise SHF_ALLOC for a new section, as they are for an existing one
 * @note_owner: make the data the descriptor of one note of this owner and of type @note_type, and the section one of
 *	notes (SHT_NOTE, alignment 4); NULL: the data is the section's content
 */
struct elfsect_injection {
	size_t struct_size;
	const char *section;
	const uint8_t *data;
	uint64_t size;
	uint64_t align;
	uint64_t flags;
	bool has_flags;
	const struct elfsect_definition *definitions;
	size_t definition_count;
	const char *note_owner;
	uint32_t note_type;
};

#define ELFSECT_INJECTION_INIT .struct_size = sizeof(struct elfsect_injection)

/**
 * elfsect_plan_inject() - create a section of a relocatable file, or give an existing one new content
 *
 * A defined name becomes a symbol of the section: an undefined reference is defined in place (binding, type and
 * visibility kept), a symbol of this section is moved, any other name becomes a new global symbol.
 *
 * A linked file can only get a new section that is not allocated, without symbols: it goes behind everything else, and
 * segments stay untouched. If the section is there with this very content, the plan is empty; if it is a note of this
 * owner and type, not loaded, and nothing refers to it, the note is replaced. What else is there already is filled with
 * elfsect_plan_fill().
 *
 * Return: 0; -EINVAL, -EEXIST, -ENOENT, -EBUSY if the file does not allow it (see @error); -ENOEXEC if the file is
 * malformed; -EFBIG; -ENOMEM. This holds for the other elfsect_plan_*() functions too.
 */
ELFSECT_API ELFSECT_MUST_CHECK int elfsect_plan_inject(const struct elfsect_view *view,
						       const struct elfsect_injection *injection,
						       struct elfsect_plan **plan, struct elfsect_error *error)
	ELFSECT_NONNULL(1, 2, 3);

/**
 * elfsect_plan_isolate() - give a region of a relocatable file a section of its own
 * @align: of the new section; 0: for a kernel's keyring 8 or 256, by the places of its words; else 8, or what the
 *	region's position in its section guarantees if that is less
 *
 * A region that is a whole section: the section and its relocation section are renamed. Otherwise bytes, symbols and
 * relocations move to a new section, zeros stay behind, and references to the region follow it. What cannot be decided
 * is refused.
 */
ELFSECT_API ELFSECT_MUST_CHECK int elfsect_plan_isolate(const struct elfsect_view *view,
							const struct elfsect_region *region, const char *into,
							uint64_t align, struct elfsect_plan **plan,
							struct elfsect_error *error) ELFSECT_NONNULL(1, 2, 3, 5);

/** elfsect_plan_rename() - rename a section of a relocatable file and its relocation section */
ELFSECT_API ELFSECT_MUST_CHECK int elfsect_plan_rename(const struct elfsect_view *view, const char *from,
						       const char *to, struct elfsect_plan **plan,
						       struct elfsect_error *error) ELFSECT_NONNULL(1, 2, 3, 4);

/**
 * elfsect_plan_remove() - remove a section of a relocatable file and its relocation section
 *
 * Its local symbols are removed; its global and weak ones become undefined if something refers to them and are removed
 * otherwise. So are undefined ones that nothing but the section has used.
 */
ELFSECT_API ELFSECT_MUST_CHECK int elfsect_plan_remove(const struct elfsect_view *view, const char *section,
						       struct elfsect_plan **plan, struct elfsect_error *error)
	ELFSECT_NONNULL(1, 2, 3);

/** elfsect_plan_clear() - make the bytes of a region zero, in relocatable and linked files */
ELFSECT_API ELFSECT_MUST_CHECK int elfsect_plan_clear(const struct elfsect_view *view,
						      const struct elfsect_region *region, struct elfsect_plan **plan,
						      struct elfsect_error *error) ELFSECT_NONNULL(1, 2, 3);

/* -------------------------------------------------------------------------------------------------------- slots */

struct elfsect_system_map;

/** elfsect_system_map_open() - read a System.map: the symbols of a kernel whose file has none any more */
ELFSECT_API ELFSECT_MUST_CHECK int elfsect_system_map_open(const char *path, struct elfsect_system_map **map,
							   struct elfsect_error *error) ELFSECT_NONNULL(1, 2);

/** elfsect_system_map_close() - NULL is allowed */
ELFSECT_API void elfsect_system_map_close(struct elfsect_system_map *map);

/**
 * enum elfsect_slot_kind - how a slot is named
 * @ELFSECT_SLOT_SECTION: a section
 * @ELFSECT_SLOT_SYMBOLS: "FIRST..LAST" or "FIRST..LAST+N"
 * @ELFSECT_SLOT_SYMBOL: the st_size bytes of a symbol
 * @ELFSECT_SLOT_NAMED: "linux-extra-cert" (system_extra_cert, with its two length words), "linux-keyring" (the built-in
 *	certificates; if there are none and system_extra_cert follows, that) or "module-hashes" (.module_hashes)
 */
enum elfsect_slot_kind {
	ELFSECT_SLOT_SECTION,
	ELFSECT_SLOT_SYMBOLS,
	ELFSECT_SLOT_SYMBOL,
	ELFSECT_SLOT_NAMED,
};

/**
 * struct elfsect_slot - a region made to receive data, found by elfsect_slot_find()
 * @name: borrowed, for messages
 * @region: its size is the capacity
 * @exact: the data must have that length
 * @has_words: two words hold the length of the data:
 * @used: u32, the length
 * @list_size: of the target's word size, a sum that the length is part of
 */
struct elfsect_slot {
	const char *name;
	struct elfsect_region region;
	bool exact;
	bool has_words;
	struct elfsect_region used;
	struct elfsect_region list_size;
};

/**
 * elfsect_slot_find() - find a slot
 * @map: symbols of a stripped file, or NULL. If the file has symbols too, the two must agree.
 *
 * Return: 0; -ENOENT, -EEXIST if a name is not there exactly once; -EINVAL if it does not name bytes that data can be
 * put into, or if the map is not of this file; -EBUSY for slots that overlap; -ENOEXEC if the headers are malformed.
 */
ELFSECT_API ELFSECT_MUST_CHECK int elfsect_slot_find(const struct elfsect_view *view,
						     const struct elfsect_system_map *map, enum elfsect_slot_kind kind,
						     const char *name, struct elfsect_slot *slot,
						     struct elfsect_error *error) ELFSECT_NONNULL(1, 4, 5);

/**
 * elfsect_plan_fill() - put data into a slot, zeros into the rest of it, and keep the length words in step
 *
 * Does not change the file's size and moves nothing. Reads headers, the slot and relocations that may apply to it, not
 * the rest of the file: elfsect_check() is the caller's decision.
 *
 * Return: 0; -ENOSPC if the data does not fit; -EBUSY if relocations apply to the slot; -EINVAL, -ENOEXEC, -ENOMEM.
 */
ELFSECT_API ELFSECT_MUST_CHECK int elfsect_plan_fill(const struct elfsect_view *view, const struct elfsect_slot *slot,
						     const uint8_t *data, uint64_t size, struct elfsect_plan **plan,
						     struct elfsect_error *error) ELFSECT_NONNULL(1, 2, 5);

/* ------------------------------------------------------------------------------------------------------ writing */

/**
 * struct elfsect_write_options - details of elfsect_plan_write(); ELFSECT_WRITE_OPTIONS_INIT alone is fine
 * @struct_size: set by ELFSECT_WRITE_OPTIONS_INIT: {ELFSECT_WRITE_OPTIONS_INIT, .in_place = true}
 * @on_temporary: called with the path of a temporary file before it is created, and with NULL once it is gone, so that
 *	a signal handler can remove it. Where the file system allows it the file has a name for a moment only.
 * @data: handed to @on_temporary
 * @in_place: write nothing but the planned bytes, into the file of the view, which elfsect_view_open_edit() opened with
 *	ELFSECT_EDIT_IN_PLACE; the plan must keep the file's size
 * @verify: with @in_place: check that the structure of the whole file is as sound as it was, and prove by a hash of all
 *other bytes, taken before and after, that they did not change. Without @in_place the whole file is always compared.
 */
struct elfsect_write_options {
	size_t struct_size;
	void (*on_temporary)(const char *path, void *data);
	void *data;
	bool in_place;
	bool verify;
};

#define ELFSECT_WRITE_OPTIONS_INIT .struct_size = sizeof(struct elfsect_write_options)

/**
 * struct elfsect_write_result - what elfsect_plan_write() did
 * @other_links: other hard links of the file that was replaced; they still name the old content
 */
struct elfsect_write_result {
	uint64_t other_links;
};

/**
 * elfsect_plan_write() - make the new file
 * @path: the file to replace or create; symbolic links are followed
 * @options: may be NULL
 * @result: may be NULL
 *
 * The new file appears at once and complete, or not at all: it is written beside @path, compared with the old bytes and
 * the plan over its whole length, parsed and checked, synced and renamed. Owner, mode and extended attributes of a file
 * that is replaced are kept; a file that is created has the mode of the view's file. A file that may not be written is
 * not replaced either. Changed content has a later time of modification than the old one, whatever the clock says.
 *
 * Return: 0; -errno of the call that failed; -EIO if the written file differs from the plan; -EAGAIN if the file was
 * changed meanwhile.
 *
 * In place: an undo journal (.NAME.elfsect-journal, beside the file) is brought to disk first, then the planned bytes
 * are written, synced, read again and compared, then the journal is removed. On an error the old bytes are put back.
 * What interrupts this leaves the journal, and elfsect_recover() takes the file back to its old content. Only if
 * removing the journal cannot be synced an error comes with the new content.
 */
ELFSECT_API ELFSECT_MUST_CHECK int elfsect_plan_write(const struct elfsect_plan *plan, const char *path,
						      const struct elfsect_write_options *options,
						      struct elfsect_write_result *result, struct elfsect_error *error)
	ELFSECT_NONNULL(1, 2);

/**
 * enum elfsect_recovery - what was found beside a file
 * @ELFSECT_FILE_RESTORED: an edit in place was interrupted; the file has its old content again
 * @ELFSECT_JOURNAL_DISCARDED: the journal was incomplete, so the file had not been touched; the journal was removed
 */
enum elfsect_recovery {
	ELFSECT_NOTHING_TO_RECOVER,
	ELFSECT_FILE_RESTORED,
	ELFSECT_JOURNAL_DISCARDED,
};

/**
 * elfsect_recover() - after an interrupted edit in place, bring the file back to its old content
 *
 * Also removes, from the file's directory, temporary files that killed writers left.
 *
 * Return: 0; -ESTALE if the journal belongs to another file; -EPERM if others could have written it; -EBUSY while the
 * edit is still being made; -errno of the call that failed. Then file and journal are as they were.
 */
ELFSECT_API ELFSECT_MUST_CHECK int elfsect_recover(const char *path, enum elfsect_recovery *recovery,
						   struct elfsect_error *error) ELFSECT_NONNULL(1, 2);

/**
 * enum elfsect_edit_mode - what an edit will do to the file that it opens
 * @ELFSECT_EDIT_COPY: leave it alone and write another one
 * @ELFSECT_EDIT_REPLACE: put a new file in its place
 * @ELFSECT_EDIT_IN_PLACE: write into it
 */
enum elfsect_edit_mode {
	ELFSECT_EDIT_COPY,
	ELFSECT_EDIT_REPLACE,
	ELFSECT_EDIT_IN_PLACE,
};

/**
 * elfsect_view_open_edit() - recover a file at need and open a view of it that locks out other editors until it is
 * closed
 *
 * Return: as elfsect_recover() and elfsect_view_open(); -EBUSY if another process edits the file.
 */
ELFSECT_API ELFSECT_MUST_CHECK int elfsect_view_open_edit(const char *path, enum elfsect_edit_mode mode,
							  enum elfsect_recovery *recovery, struct elfsect_view **view,
							  struct elfsect_error *error) ELFSECT_NONNULL(1, 3, 4);

/**
 * elfsect_file_write() - write any file in the manner of elfsect_plan_write(): complete or not at all
 * @options: may be NULL
 */
ELFSECT_API ELFSECT_MUST_CHECK int elfsect_file_write(const char *path, const void *bytes, uint64_t size,
						      const struct elfsect_write_options *options,
						      struct elfsect_error *error) ELFSECT_NONNULL(1);

/**
 * struct elfsect_batch - many files, each written as by elfsect_file_write(), but synced together: a sync takes long
 */
struct elfsect_batch;

/**
 * elfsect_batch_new() - start with no file
 * @options: may be NULL; copied
 *
 * Return: 0; -ENOMEM. The caller releases the batch with elfsect_batch_free().
 */
ELFSECT_API ELFSECT_MUST_CHECK int elfsect_batch_new(const struct elfsect_write_options *options,
						     struct elfsect_batch **batch, struct elfsect_error *error)
	ELFSECT_NONNULL(2);

/**
 * elfsect_batch_add() - write one more file
 *
 * It has its name when elfsect_batch_finish() returns, or earlier: no more than a few dozen wait for the next sync.
 *
 * Return: 0; or -errno, also on account of a file that was added before. Every file that has its name is complete.
 */
ELFSECT_API ELFSECT_MUST_CHECK int elfsect_batch_add(struct elfsect_batch *batch, const char *path, const void *bytes,
						     uint64_t size, struct elfsect_error *error) ELFSECT_NONNULL(1, 2);

/** elfsect_batch_finish() - put the files in place that still wait. Return: as elfsect_batch_add(). */
ELFSECT_API ELFSECT_MUST_CHECK int elfsect_batch_finish(struct elfsect_batch *batch, struct elfsect_error *error)
	ELFSECT_NONNULL(1);

/** elfsect_batch_free() - release it; files that wait are gone. NULL is fine. */
ELFSECT_API void elfsect_batch_free(struct elfsect_batch *batch);

#ifdef __cplusplus
}
#endif
#endif
