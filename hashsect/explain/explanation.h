/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Why two ELF files differ: sections are matched by name, symbols within them, and each byte that differs is put down
 * to a cause, or to what follows from one: an address in it that moved, a table of names. What is left is said too.
 */
#ifndef HASHSECT_EXPLAIN_EXPLANATION_H
#define HASHSECT_EXPLAIN_EXPLANATION_H

#include "elfsect.h"

struct image;

/** enum explain_kind - a cause */
enum explain_kind {
	EXPLAIN_EXCLUDED,      /* bytes that the policy leaves out: @subject is the rule */
	EXPLAIN_VERSION,       /* the version string: user, host, number, time */
	EXPLAIN_BUILD_PATH,    /* a path of the build: @before, @after */
	EXPLAIN_CONFIG,	       /* a line of the configuration in the kernel */
	EXPLAIN_COMPILER,      /* compiler or linker, by .comment */
	EXPLAIN_OPTIONS,       /* a file's compiler options, by its debug information: @file */
	EXPLAIN_RANDSTRUCT,    /* the seed of the layout of structures */
	EXPLAIN_BTF_ORDER,     /* .BTF has the same types in another order */
	EXPLAIN_BUILD_ID,      /* a build-id: @subject says whose */
	EXPLAIN_HEADERS,       /* the archive of headers in the kernel */
	EXPLAIN_FUNCTION,      /* code of a function */
	EXPLAIN_DATA,	       /* bytes of an object */
	EXPLAIN_STRING,	       /* a string: @before, @after */
	EXPLAIN_REFERENCE,     /* what a function or object refers to: @before, @after */
	EXPLAIN_ADDED,	       /* a symbol that A does not have */
	EXPLAIN_REMOVED,       /* one that B does not have */
	EXPLAIN_SECTION_ADDED, /* a section that A does not have */
	EXPLAIN_SECTION_REMOVED,
	EXPLAIN_SECTION_MOVED,	/* sections in another order */
	EXPLAIN_ORDER,		/* symbols of a section in another order, from @subject on */
	EXPLAIN_INITCALLS,	/* the same of initcalls, which are called in this order */
	EXPLAIN_ENTRIES,	/* a table with the same entries in another order */
	EXPLAIN_SECTION_HEADER, /* type, flags, alignment */
	EXPLAIN_HEADER,		/* a field of the ELF header: @subject */
	EXPLAIN_SEGMENT,	/* a program header: @subject is its number */
	EXPLAIN_SYMBOL,		/* binding, type or visibility of a symbol, or one without bytes on one side only */
	EXPLAIN_AROUND,		/* what stands around the kernel in a boot image: @subject is the piece */
	EXPLAIN_PADDING,	/* alignment padding that follows from nothing else: @subject is what it is after */
	EXPLAIN_BYTES,		/* bytes of a section, of no symbol */
	EXPLAIN_KINDS,
};

/** enum explain_following - what follows from causes */
enum explain_following {
	FOLLOWS_ADDRESS,  /* an address or offset in other bytes, of something that moved */
	FOLLOWS_SYMBOLS,  /* tables of symbols and of names */
	FOLLOWS_KALLSYMS, /* the kernel's own table of symbols */
	FOLLOWS_UNWIND,	  /* ORC and .eh_frame */
	FOLLOWS_DEBUG,	  /* debug information and types */
	FOLLOWS_PADDING,  /* fill between symbols */
	FOLLOWS_LAYOUT,	  /* code and data, after another layout of structures; other changes are not told apart */
	FOLLOWS_KINDS,
};

/**
 * struct explain_cause - one cause
 * @subject: symbol, rule or section; owned; never NULL
 * @section: where the first place is; owned; NULL: in no section
 * @before, @after: what it was and became, as text; owned; may be NULL
 * @file, @line: in the source, of the first place; owned; NULL: not known
 * @offset: of the first place in the section, in A and in B
 * @bytes: that differ because of it
 * @places: how many runs of bytes that are
 */
struct explain_cause {
	enum explain_kind kind;
	char *subject;
	char *section;
	char *before, *after;
	char *file;
	int line;
	uint64_t offset[2];
	uint64_t bytes;
	size_t places;
};

/**
 * struct explanation - all of it; explanation_clear() releases it
 * @causes: largest first, @count of them
 * @following: bytes by what they follow from
 * @unexplained: bytes that differ for no reason that was found
 * @has_lines: there was debug information to name lines of source
 * @index: to find causes while they are gathered; owned
 */
struct explanation {
	struct explain_cause *causes;
	size_t count;
	uint64_t following[FOLLOWS_KINDS];
	uint64_t unexplained;
	bool has_lines;
	size_t *index;
	size_t index_size;
};

/** struct explain_range - bytes that a rule leaves out, of the section with an index */
struct explain_range {
	const char *rule;
	uint32_t section;
	uint64_t offset, length;
};

/**
 * struct explain_side - one of the files
 * @view: borrowed
 * @path: of the file that it is a view of, for libdw; NULL: it is one of memory
 * @image: where the view is from, with what stands around it; borrowed; NULL: nothing does
 * @debug: the file with its debug information, and with its symbols if it has none, borrowed; NULL: they are in it
 * @debug_path: of that, as @path
 * @ranges: what the policy leaves out, @range_count of them
 */
struct explain_side {
	const struct elfsect_view *view;
	const char *path;
	const struct image *image;
	const struct elfsect_view *debug;
	const char *debug_path;
	const struct explain_range *ranges;
	size_t range_count;
};

void explanation_clear(struct explanation *explanation);

#endif
