/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * DOC: libelfsect
 *
 * Reads ELF files of both classes and byte orders without copying them, checks their structure, and edits the sections
 * of a file by a plan of byte changes that is verified after it was written.
 *
 *     file -> view -> check -> select -> plan -> verified write
 *
 * Functions return 0 or a negative errno value and then fill the caller's struct elfsect_error. The library prints
 * nothing and never exits. What a function gives through a pointer counts only if it returns 0.
 *
 * Threads: there is no global state that a caller could see. A view is immutable, several threads may read one, and
 * whatever takes a const pointer may run at the same time on one object. What takes another pointer (close, free, plans
 * being written, batches) is for one thread at a time. An error belongs to one call.
 *
 * NULL: every function takes NULL for its struct elfsect_error, and every close and free function for what it releases.
 * What ELFSECT_NONNULL lists must not be NULL; of the rest, bytes may be NULL if their length is 0, and the comment on
 * a function says what NULL means for its other arguments.
 *
 * Structs that the caller fills in start with their size, so that they can grow: a member that the caller's header does
 * not have counts as zero; one that the library does not know is refused with -E2BIG unless it is zero; a size that is
 * not set is -EINVAL. In C write {ELFSECT_INJECTION_INIT, .section = ".new"}; in C++ before C++20 make the struct {}
 * and set struct_size. Numbers are in host byte order, sizes and offsets in bytes, if nothing else is said.
 *
 * A view of a file is a shared mapping: if another process truncates the file meanwhile, reading it raises SIGBUS, as
 * with any mapping. The tools turn that into an error message; other users may want to do the same.
 */
#ifndef ELFSECT_H
#define ELFSECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define ELFSECT_VERSION "1.0.0-rc1"

#define ELFSECT_API	   __attribute__((visibility("default")))
#define ELFSECT_MUST_CHECK __attribute__((warn_unused_result))

/* These arguments, counted from 1, must not be NULL. */
#define ELFSECT_NONNULL(...) __attribute__((nonnull(__VA_ARGS__)))

/**
 * struct elfsect_error - what went wrong, in one line
 * @message: text without a line end: file, place, reason. Control characters in it are written as \xHH
 */
struct elfsect_error {
	char message[5120]; /* the longest path, and as much again */
};

struct elfsect_view;

/**
 * struct elfsect_header - the ELF header's fields that carry meaning
 * @elf_class: ELFCLASS32 or ELFCLASS64
 * @data: ELFDATA2LSB or ELFDATA2MSB
 *
 * Counts and the string table index have their extended values (gABI: e_shnum 0 and SHN_XINDEX are resolved; PN_XNUM is
 * not supported).
 */
struct elfsect_header {
	uint8_t elf_class;
	uint8_t data;
	uint8_t osabi;
	uint8_t abiversion;
	uint16_t type;
	uint16_t machine;
	uint32_t version;
	uint32_t flags;
	uint64_t entry;
	uint64_t phoff;
	uint64_t shoff;
	uint16_t ehsize;
	uint16_t phentsize;
	uint16_t shentsize;
	uint32_t phnum;
	uint32_t shnum;
	uint32_t shstrndx;
};

/**
 * struct elfsect_section - one section header
 * @name: borrowed from the view, never NULL
 * @offset: bytes from the start of the file
 *
 * Numbers are in host byte order, widened to 64 bits.
 */
struct elfsect_section {
	const char *name;
	uint32_t index;
	uint32_t name_offset;
	uint32_t type;
	uint32_t link;
	uint32_t info;
	uint64_t flags;
	uint64_t addr;
	uint64_t offset;
	uint64_t size;
	uint64_t align;
	uint64_t entsize;
};

/** struct elfsect_segment - one program header, in host byte order, widened to 64 bits */
struct elfsect_segment {
	uint32_t type;
	uint32_t flags;
	uint64_t offset;
	uint64_t vaddr;
	uint64_t paddr;
	uint64_t filesz;
	uint64_t memsz;
	uint64_t align;
};

/**
 * struct elfsect_symbol - one entry of the symbol table (SHT_SYMTAB)
 * @name: borrowed from the view
 * @shndx: the 16-bit field as it stands in the file
 * @section: the section's index with SHN_XINDEX resolved; 0 for undefined and reserved values
 */
struct elfsect_symbol {
	const char *name;
	uint32_t name_offset;
	uint8_t info;
	uint8_t other;
	uint16_t shndx;
	uint32_t section;
	uint64_t value;
	uint64_t size;
};

/**
 * struct elfsect_relocation - one REL or RELA entry
 * @type: for 64-bit MIPS ssym << 24 | type3 << 16 | type2 << 8 | type
 * @symbol: index in the symbol table that the section links to
 * @addend: 0 for REL
 */
struct elfsect_relocation {
	uint64_t offset;
	uint32_t type;
	uint32_t symbol;
	int64_t addend;
};

/* -------------------------------------------------------------------------------------------------------- view */

/**
 * elfsect_view_open() - map a file and parse its headers
 * @path: a regular file
 * @view: receives the view; the caller closes it
 *
 * Guarantees for what it returns: header, tables and all sections with content lie inside the file; every section name
 * ends inside its table; sh_link, and sh_info where it is an index, are below the number of sections. Everything else
 * is for elfsect_check().
 *
 * Return: 0; -errno of open/fstat/mmap; -ENOEXEC for what is no well-formed ELF file.
 */
ELFSECT_API ELFSECT_MUST_CHECK int elfsect_view_open(const char *path, struct elfsect_view **view,
						     struct elfsect_error *error) ELFSECT_NONNULL(1, 2);

/** elfsect_view_of_fd() - like elfsect_view_open() for an open descriptor, which stays the caller's; @name for messages
 */
ELFSECT_API ELFSECT_MUST_CHECK int elfsect_view_of_fd(int fd, const char *name, struct elfsect_view **view,
						      struct elfsect_error *error) ELFSECT_NONNULL(2, 3);

/** elfsect_view_of_memory() - like elfsect_view_open() for bytes that the caller keeps alive; @name for messages */
ELFSECT_API ELFSECT_MUST_CHECK int elfsect_view_of_memory(const void *bytes, size_t size, const char *name,
							  struct elfsect_view **view, struct elfsect_error *error)
	ELFSECT_NONNULL(3, 4);

/** elfsect_view_close() - release a view, its mapping and all it lent out; NULL is allowed */
ELFSECT_API void elfsect_view_close(struct elfsect_view *view);

/** elfsect_view_unchanged() - whether the file still has the size and modification time it had when it was opened */
ELFSECT_API ELFSECT_MUST_CHECK int elfsect_view_unchanged(const struct elfsect_view *view, struct elfsect_error *error)
	ELFSECT_NONNULL(1);

/** elfsect_view_name() - the name for messages */
ELFSECT_API const char *elfsect_view_name(const struct elfsect_view *view) ELFSECT_NONNULL(1);

/** elfsect_view_bytes() - the whole file; @size receives its length in bytes */
ELFSECT_API const uint8_t *elfsect_view_bytes(const struct elfsect_view *view, uint64_t *size) ELFSECT_NONNULL(1, 2);

/**
 * elfsect_view_read() - bytes of the file, read and not mapped: for what is looked at once
 * @offset, @size: a range inside the file, in bytes
 * @buffer: room for @size bytes
 * @bytes: receives @buffer, filled; or, where the view is one of memory, the place of the bytes there, and @buffer is
 * left alone
 *
 * Memory stays flat, however large the file is, and a file that was cut short meanwhile is an error.
 *
 * Return: 0; -EAGAIN if the file has become shorter; -errno.
 */
ELFSECT_API ELFSECT_MUST_CHECK int elfsect_view_read(const struct elfsect_view *view, uint64_t offset, size_t size,
						     void *buffer, const uint8_t **bytes, struct elfsect_error *error)
	ELFSECT_NONNULL(1, 4, 5);

/**
 * elfsect_view_release() - a range of the file will not be looked at again soon: its pages need not stay resident
 *
 * Changes no bytes; without effect on a view of memory.
 */
ELFSECT_API void elfsect_view_release(const struct elfsect_view *view, uint64_t offset, uint64_t size)
	ELFSECT_NONNULL(1);

/** elfsect_view_header() - the ELF header; borrowed from the view */
ELFSECT_API const struct elfsect_header *elfsect_view_header(const struct elfsect_view *view) ELFSECT_NONNULL(1);

/** elfsect_view_sections() - all section headers, index 0 included; @count receives their number (0 if there are none)
 */
ELFSECT_API const struct elfsect_section *elfsect_view_sections(const struct elfsect_view *view, uint32_t *count)
	ELFSECT_NONNULL(1, 2);

/** elfsect_view_segments() - all program headers; @count receives their number (0 if there are none); borrowed */
ELFSECT_API const struct elfsect_segment *elfsect_view_segments(const struct elfsect_view *view, uint32_t *count)
	ELFSECT_NONNULL(1, 2);

/** elfsect_section_bytes() - a section's bytes in the file, section->size of them; NULL for NOBITS, NULL and empty
 * sections */
ELFSECT_API const uint8_t *elfsect_section_bytes(const struct elfsect_view *view, const struct elfsect_section *section)
	ELFSECT_NONNULL(1, 2);

/** elfsect_section_has_extent() - whether a section occupies bytes of the file */
ELFSECT_API bool elfsect_section_has_extent(const struct elfsect_section *section) ELFSECT_NONNULL(1);

/** Compact relocations (gABI, "Relocation"); nothing here reads them. */
#define ELFSECT_SHT_CREL 0x40000014

/** elfsect_section_info_is_index() - whether sh_info is a section index: REL, RELA, CREL and SHF_INFO_LINK */
ELFSECT_API bool elfsect_section_info_is_index(const struct elfsect_section *section) ELFSECT_NONNULL(1);

/**
 * elfsect_section_is_name_table() - a string table, not allocated, whose bytes are nothing but the names of sections,
 * or of the symbols of the SHT_SYMTAB
 */
ELFSECT_API bool elfsect_section_is_name_table(const struct elfsect_view *view, const struct elfsect_section *section)
	ELFSECT_NONNULL(1, 2);

/**
 * elfsect_section_find() - the section of a name
 *
 * Return: 0; -ENOENT if there is none; -EEXIST if there are several.
 */
ELFSECT_API ELFSECT_MUST_CHECK int elfsect_section_find(const struct elfsect_view *view, const char *name,
							const struct elfsect_section **section,
							struct elfsect_error *error) ELFSECT_NONNULL(1, 2, 3);

/** elfsect_view_symtab() - the SHT_SYMTAB section, or NULL */
ELFSECT_API const struct elfsect_section *elfsect_view_symtab(const struct elfsect_view *view) ELFSECT_NONNULL(1);

/** elfsect_view_symtab_shndx() - the SHT_SYMTAB_SHNDX section, or NULL */
ELFSECT_API const struct elfsect_section *elfsect_view_symtab_shndx(const struct elfsect_view *view) ELFSECT_NONNULL(1);

/** elfsect_symbol_count() - entries of the symbol table, entry 0 included; 0 if there is none */
ELFSECT_API uint32_t elfsect_symbol_count(const struct elfsect_view *view) ELFSECT_NONNULL(1);

/**
 * elfsect_symbol_get() - decode entry @index, which is below elfsect_symbol_count()
 *
 * Only after elfsect_check() succeeded are names and section indices known to be valid; before, a name outside the
 * table reads as "".
 */
ELFSECT_API struct elfsect_symbol elfsect_symbol_get(const struct elfsect_view *view, uint32_t index)
	ELFSECT_NONNULL(1);

/** elfsect_symbol_is_defined() - whether a symbol lies in a section: not undefined, absolute, common or reserved */
ELFSECT_API bool elfsect_symbol_is_defined(const struct elfsect_symbol *symbol);

/**
 * elfsect_relocations_are_symbolic() - a REL or RELA section that links to the symbol table
 *
 * In a linked file those are not: allocated ones are the dynamic loader's.
 */
ELFSECT_API bool elfsect_relocations_are_symbolic(const struct elfsect_view *view,
						  const struct elfsect_section *section) ELFSECT_NONNULL(1, 2);

/** elfsect_relocation_count() - entries of a REL or RELA section */
ELFSECT_API uint64_t elfsect_relocation_count(const struct elfsect_view *view, const struct elfsect_section *section)
	ELFSECT_NONNULL(1, 2);

/** elfsect_relocation_get() - decode entry @index of a REL or RELA section, below elfsect_relocation_count() */
ELFSECT_API struct elfsect_relocation elfsect_relocation_get(const struct elfsect_view *view,
							     const struct elfsect_section *section, uint64_t index)
	ELFSECT_NONNULL(1, 2);

/** elfsect_relocation_decode() - the entry whose bytes, as they are in the section, are @entry */
ELFSECT_API struct elfsect_relocation elfsect_relocation_decode(const struct elfsect_view *view,
								const struct elfsect_section *section,
								const uint8_t *entry) ELFSECT_NONNULL(1, 2, 3);

/** elfsect_relocation_width() - bytes that a relocation of this type patches, 8 or 16 if the type is not known */
ELFSECT_API unsigned int elfsect_relocation_width(uint16_t machine, uint32_t type);

/**
 * struct elfsect_patch - bytes that a relocation changes
 * @table: the section that asks for it: REL, RELA or RELR
 * @at: the first byte: an offset in the section that @table applies to in a relocatable file, an address in a linked
 * one
 * @width: their number, by elfsect_relocation_width()
 */
struct elfsect_patch {
	const struct elfsect_section *table;
	uint64_t at;
	unsigned int width;
};

/** typedef elfsect_patch_visit - called for each patch; what it returns, if not 0, ends the visits */
typedef int elfsect_patch_visit(const struct elfsect_patch *patch, void *context, struct elfsect_error *error);

/**
 * elfsect_patches() - visit what a table of relocations patches near some bytes, in its order
 * @table: any section; one that is not of type REL, RELA or RELR patches nothing
 * @start, @size: the bytes, in the terms of @at; patches that cannot touch one of them may be left out
 * @context: the caller's, handed to @visit
 *
 * Return: 0; what @visit returned that was not 0; -ENOEXEC for a malformed table, which may come after some visits.
 */
ELFSECT_API ELFSECT_MUST_CHECK int elfsect_patches(const struct elfsect_view *view, const struct elfsect_section *table,
						   uint64_t start, uint64_t size, elfsect_patch_visit *visit,
						   void *context, struct elfsect_error *error) ELFSECT_NONNULL(1, 2, 5);

/** elfsect_patch_touches() - whether bytes from @start on, in the terms of @patch->at, are patched; none wraps around
 */
ELFSECT_API bool elfsect_patch_touches(const struct elfsect_patch *patch, uint64_t start, uint64_t size)
	ELFSECT_NONNULL(1);

/** enum elfsect_naming - how a section names another by its number: in a header field, or as a member of a group */
enum elfsect_naming {
	ELFSECT_NOT_NAMED,
	ELFSECT_NAMED_BY_LINK,
	ELFSECT_NAMED_BY_INFO,
	ELFSECT_NAMED_AS_MEMBER,
};

/** typedef elfsect_section_test - whether a section is one that is asked for */
typedef bool elfsect_section_test(uint32_t section, const void *context);

/**
 * elfsect_section_names() - whether, and how, a section names one of those that are asked for
 * @context: the caller's, handed to @test
 */
ELFSECT_API enum elfsect_naming elfsect_section_names(const struct elfsect_view *view,
						      const struct elfsect_section *section, elfsect_section_test *test,
						      const void *context);

/** elfsect_is_relocatable() - whether the file is ET_REL */
ELFSECT_API bool elfsect_is_relocatable(const struct elfsect_view *view) ELFSECT_NONNULL(1);

/** elfsect_word_size() - 4 or 8, the target's word in bytes */
ELFSECT_API unsigned int elfsect_word_size(const struct elfsect_view *view) ELFSECT_NONNULL(1);

/** elfsect_load() - read an unsigned integer of 1, 2, 4 or 8 bytes in the file's byte order */
ELFSECT_API uint64_t elfsect_load(const struct elfsect_view *view, const uint8_t *bytes, unsigned int width)
	ELFSECT_NONNULL(1, 2);

/* ------------------------------------------------------------------------------------------------------- check */

/**
 * enum elfsect_check_flags - what elfsect_check() does beyond the rest
 * @ELFSECT_CHECK_RELOCATIONS: read every relocation and check its symbol index. Who reads them anyway leaves it out.
 * @ELFSECT_CHECK_PLACES: what the digest asks of places: program headers right behind the ELF header, what is not
 *loaded behind all that is, sections without bytes inside the file. Edits do not need it
 * @ELFSECT_CHECK_LOADED: do not judge bytes that are not loaded: gaps and tables of names
 */
enum elfsect_check_flags {
	ELFSECT_CHECK_RELOCATIONS = 1,
	ELFSECT_CHECK_PLACES = 2,
	ELFSECT_CHECK_LOADED = 4,
};

/**
 * elfsect_check() - prove that a file has one meaning for every reader
 *
 * The rules are those of hashsect/FORMAT.md section 3: no overlaps, no bytes in gaps, no unreferenced bytes in string
 * tables, valid symbols, segments that agree with sections, reserved fields zero.
 *
 * Return: 0; -ENOEXEC with the first violation; -ENOMEM.
 */
ELFSECT_API ELFSECT_MUST_CHECK int elfsect_check(const struct elfsect_view *view, unsigned int flags,
						 struct elfsect_error *error) ELFSECT_NONNULL(1);

#ifdef __cplusplus
}
#endif
#endif
