/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a process gives up before it looks at input that nobody vouches for: running programs, the network, other
 * processes, the machine's settings, and writing anywhere but where the command line says. So a mistake in a parser, of
 * ours or of a library, is not at once the whole account of who ran the tool.
 *
 * Two mechanisms of Linux, each used where the kernel has it, without a word where not: Landlock for files and TCP
 * (sandbox_files.c), a seccomp filter for system calls (sandbox_calls.c). Neither can be left again, and threads made
 * afterwards have both. Reading stays free: lists, folders of modules and debug files name what is read while it is
 * read, and what is read can go nowhere but into the outputs.
 */
#ifndef ELFSECT_TOOL_SANDBOX_H
#define ELFSECT_TOOL_SANDBOX_H

#include <stdbool.h>
#include <stdint.h>

/*
 * A sanitizer runs helpers beside the process that it watches, and writes reports; counters of coverage are written
 * when it ends: no sandbox in such builds.
 */
#if defined(COUNTS_COVERAGE) || defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANDBOX_LEFT_OUT 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define SANDBOX_LEFT_OUT 1
#endif
#endif
#ifndef SANDBOX_LEFT_OUT
#define SANDBOX_LEFT_OUT 0
#endif

/** struct sandbox - one in the making: where it will be allowed to write */
struct sandbox {
	int rules;	 /* of Landlock, a descriptor; -1: the kernel has none */
	uint64_t rights; /* those that the rules are about */
};

/** enum sandbox_part - what is in force */
enum sandbox_part {
	SANDBOX_FILES = 1,
	SANDBOX_CALLS = 2,
};

/** sandbox_begin() - start one that allows to write nowhere; sandbox_enter() follows, or sandbox_cancel() */
void sandbox_begin(struct sandbox *sandbox);

/**
 * sandbox_write_file() - allow to replace or make a file, and what is made beside it meanwhile
 * @path: a file, there or not: its folder and all beneath; a folder: all beneath; a device or FIFO: itself
 */
void sandbox_write_file(const struct sandbox *sandbox, const char *path);

/** sandbox_write_folder() - allow to make a folder, with those above it that are missing, and to fill it */
void sandbox_write_folder(const struct sandbox *sandbox, const char *path);

/** sandbox_enter() - for good, and while there is one thread. Returns the parts in force; none is no error */
unsigned int sandbox_enter(struct sandbox *sandbox);

/** sandbox_cancel() - go on without */
void sandbox_cancel(struct sandbox *sandbox);

/* ---------------------------------------------------------------------------------------- for sandbox_enter() alone */

/** sandbox_calls_enter() - whether system calls are filtered from now on; PR_SET_NO_NEW_PRIVS has been set */
bool sandbox_calls_enter(void);

#endif
