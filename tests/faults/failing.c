// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Preloaded into a tool: lets one call of it fail, the FAULT_AT-th from main() on, and writes the call's name to the
 * file FAULT_LOG. FAULT_WHAT says which calls are counted:
 *
 *   memory   malloc() and its like, called by the tool itself; strdup() and asprintf() among them
 *   library  the same, by the libraries that it uses, libc among them
 *   file     open(), read(), fstat(), mmap(), write(), rename() and their like, by the tool
 *   short    read() and pread() by the tool: half of what was asked for, which is no failure
 *
 * To the file FAULT_KEPT goes how many of the tool's own allocations are still there when main() has returned.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum what { NOTHING, MEMORY, LIBRARY, FILES, SHORT };

static enum what what;
static long fault_at;
static atomic_long calls;
static uintptr_t tool_from, tool_to;

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *old, size_t size);
extern void __libc_free(void *pointer);

#define CALLER	   __builtin_return_address(0)
#define NEXT(name) ((__typeof__(&(name)))dlsym(RTLD_NEXT, #name))

/* The tool is the first of all objects. */
static int find_bounds(struct dl_phdr_info *info, size_t size, void *context)
{
	(void)size, (void)context;
	tool_from = UINTPTR_MAX;
	for (int i = 0; i < info->dlpi_phnum; i++) {
		const uintptr_t start = info->dlpi_addr + info->dlpi_phdr[i].p_vaddr;

		if (info->dlpi_phdr[i].p_type != PT_LOAD)
			continue;
		tool_from = start < tool_from ? start : tool_from;
		tool_to = start + info->dlpi_phdr[i].p_memsz > tool_to ? start + info->dlpi_phdr[i].p_memsz : tool_to;
	}
	return 1;
}

static bool is_tool(const void *caller)
{
	return (uintptr_t)caller >= tool_from && (uintptr_t)caller < tool_to;
}

/* Opened before main(): the sandbox of a tool lets it open no such file. -1: not asked for. */
static int log_fd = -1, kept_fd = -1;

static int open_named(const char *variable)
{
	const char *path = getenv(variable);
	const int fd =
		path ? (int)syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600) : -1;

	if (path && fd < 0)
		abort();
	return fd;
}

/* A debugger stops here: the caller of the caller is the place. */
__attribute__((noinline)) void fault_happens(const char *name)
{
	if (syscall(SYS_write, log_fd, name, strlen(name)) < 0)
		abort();
}

/* Whether this call, of a kind that is counted, is the one. */
static bool fails(const char *name)
{
	if (atomic_fetch_add(&calls, 1) + 1 != fault_at)
		return false;
	fault_happens(name);
	return true;
}

/* Set while the tool allocates on behalf of libcrypto. */
static _Thread_local bool for_library;

static bool memory_fails(const void *caller, const char *name)
{
	const bool is_own = is_tool(caller) && !for_library;

	if (what != (is_own ? MEMORY : LIBRARY) || !fails(name))
		return false;
	errno = ENOMEM;
	return true;
}

static bool file_fails(const void *caller, const char *name)
{
	if (what != FILES || !is_tool(caller) || !fails(name))
		return false;
	errno = EIO;
	return true;
}

static size_t shorter(const void *caller, const char *name, size_t size)
{
	return what == SHORT && size > 1 && is_tool(caller) && fails(name) ? size / 2 : size;
}

/* ------------------------------------------------------------------------------------------------------------ memory
 */

/* The tool's own allocations, by address; a pointer that was freed leaves its slot to be taken again. */
enum { SLOTS = 1 << 20 };
static _Atomic(void *) kept[SLOTS];
static char freed;

static size_t slot_of(const void *pointer)
{
	return (size_t)(((uintptr_t)pointer >> 4) * UINT64_C(0x9e3779b97f4a7c15) >> 44) % SLOTS;
}

static void *keep(const void *caller, void *pointer)
{
	if (!pointer || !is_tool(caller) || for_library)
		return pointer;
	for (size_t i = slot_of(pointer);; i = (i + 1) % SLOTS) {
		void *empty = NULL, *left = &freed;

		if (atomic_compare_exchange_strong(&kept[i], &empty, pointer) ||
		    atomic_compare_exchange_strong(&kept[i], &left, pointer))
			return pointer;
	}
}

static void forget(void *pointer)
{
	for (size_t i = slot_of(pointer); pointer && atomic_load(&kept[i]); i = (i + 1) % SLOTS) {
		void *same = pointer;

		if (atomic_compare_exchange_strong(&kept[i], &same, &freed))
			return;
	}
}

static void report_kept(void)
{
	size_t count = 0;

	for (size_t i = 0; i < SLOTS; i++)
		count += atomic_load(&kept[i]) && atomic_load(&kept[i]) != &freed;
	if (kept_fd >= 0 && dprintf(kept_fd, "%zu", count) < 0)
		abort();
}

void *malloc(size_t size)
{
	return memory_fails(CALLER, "malloc") ? NULL : keep(CALLER, __libc_malloc(size));
}

void *calloc(size_t count, size_t size)
{
	return memory_fails(CALLER, "calloc") ? NULL : keep(CALLER, __libc_calloc(count, size));
}

static void *resize(const void *caller, void *old, size_t size)
{
	void *grown;

	forget(old);
	grown = __libc_realloc(old, size);
	if (!grown && size)
		keep(caller, old);
	return keep(caller, grown);
}

void *realloc(void *old, size_t size)
{
	return memory_fails(CALLER, "realloc") ? NULL : resize(CALLER, old, size);
}

void *reallocarray(void *old, size_t count, size_t size)
{
	size_t all;

	if (memory_fails(CALLER, "reallocarray") || __builtin_mul_overflow(count, size, &all))
		return NULL;
	return resize(CALLER, old, all);
}

void free(void *pointer)
{
	forget(pointer);
	__libc_free(pointer);
}

/* The functions that the tool gave to libcrypto. */
static void *(*crypto_take)(size_t, const char *, int);
static void *(*crypto_resize)(void *, size_t, const char *, int);

static void *take_for_library(size_t size, const char *file, int line)
{
	void *memory;

	for_library = true;
	memory = crypto_take(size, file, line);
	for_library = false;
	return memory;
}

static void *resize_for_library(void *old, size_t size, const char *file, int line)
{
	void *memory;

	for_library = true;
	memory = crypto_resize(old, size, file, line);
	for_library = false;
	return memory;
}

int CRYPTO_set_mem_functions(void *(*take)(size_t, const char *, int),
			     void *(*resize)(void *, size_t, const char *, int),
			     void (*give_back)(void *, const char *, int))
{
	crypto_take = take;
	crypto_resize = resize;
	return NEXT(CRYPTO_set_mem_functions)(take_for_library, resize_for_library, give_back);
}

/* These allocate in libc, which is not counted as the tool's. */
char *strdup(const char *text)
{
	const size_t size = strlen(text) + 1;
	char *copy = memory_fails(CALLER, "strdup") ? NULL : keep(CALLER, __libc_malloc(size));

	return copy ? memcpy(copy, text, size) : NULL;
}

char *strndup(const char *text, size_t most)
{
	const size_t size = strnlen(text, most);
	char *copy = memory_fails(CALLER, "strndup") ? NULL : keep(CALLER, __libc_malloc(size + 1));

	if (copy)
		memcpy(copy, text, size);
	if (copy)
		copy[size] = '\0';
	return copy;
}

static int print(const void *caller, char **text, const char *format, va_list list)
{
	const int size = NEXT(vasprintf)(text, format, list);

	if (size >= 0)
		keep(caller, *text);
	return size;
}

int vasprintf(char **text, const char *format, va_list list)
{
	return memory_fails(CALLER, "vasprintf") ? -1 : print(CALLER, text, format, list);
}

int __vasprintf_chk(char **text, int flag, const char *format, va_list list)
{
	(void)flag;
	return memory_fails(CALLER, "vasprintf") ? -1 : print(CALLER, text, format, list);
}

#define PRINT(name, parameters)                                                                                        \
	int name parameters                                                                                            \
	{                                                                                                              \
		va_list list;                                                                                          \
		int size;                                                                                              \
                                                                                                                       \
		if (memory_fails(CALLER, "asprintf"))                                                                  \
			return -1;                                                                                     \
		va_start(list, format);                                                                                \
		size = print(CALLER, text, format, list);                                                              \
		va_end(list);                                                                                          \
		return size;                                                                                           \
	}

PRINT(asprintf, (char **text, const char *format, ...))
PRINT(__asprintf_chk, (char **text, int flag __attribute__((unused)), const char *format, ...))

FILE *open_memstream(char **text, size_t *size)
{
	return memory_fails(CALLER, "open_memstream") ? NULL : NEXT(open_memstream)(text, size);
}

/* ------------------------------------------------------------------------------------------------------------- files
 */

#define OPEN(name, parameters, words)                                                                                  \
	int name parameters                                                                                            \
	{                                                                                                              \
		va_list list;                                                                                          \
		mode_t mode;                                                                                           \
                                                                                                                       \
		va_start(list, flags);                                                                                 \
		mode = flags & (O_CREAT | __O_TMPFILE) ? va_arg(list, mode_t) : 0;                                     \
		va_end(list);                                                                                          \
		return file_fails(CALLER, #name) ? -1 : NEXT(name) words;                                              \
	}

#define CALL(type, name, parameters, words)                                                                            \
	type name parameters                                                                                           \
	{                                                                                                              \
		return file_fails(CALLER, #name) ? (type)-1 : NEXT(name) words;                                        \
	}

OPEN(open, (const char *path, int flags, ...), (path, flags, mode))
OPEN(open64, (const char *path, int flags, ...), (path, flags, mode))
OPEN(openat, (int folder, const char *path, int flags, ...), (folder, path, flags, mode))
OPEN(openat64, (int folder, const char *path, int flags, ...), (folder, path, flags, mode))

ssize_t read(int fd, void *bytes, size_t size)
{
	return file_fails(CALLER, "read") ? -1 : NEXT(read)(fd, bytes, shorter(CALLER, "read", size));
}

ssize_t pread(int fd, void *bytes, size_t size, off_t at)
{
	return file_fails(CALLER, "pread") ? -1 : NEXT(pread)(fd, bytes, shorter(CALLER, "pread", size), at);
}

ssize_t pread64(int fd, void *bytes, size_t size, off64_t at)
{
	return file_fails(CALLER, "pread64") ? -1 : NEXT(pread64)(fd, bytes, shorter(CALLER, "pread64", size), at);
}

CALL(ssize_t, write, (int fd, const void *bytes, size_t size), (fd, bytes, size))
CALL(ssize_t, pwrite, (int fd, const void *bytes, size_t size, off_t at), (fd, bytes, size, at))
CALL(ssize_t, pwrite64, (int fd, const void *bytes, size_t size, off64_t at), (fd, bytes, size, at))
CALL(int, fsync, (int fd), (fd))
CALL(int, fdatasync, (int fd), (fd))
CALL(int, ftruncate, (int fd, off_t size), (fd, size))
CALL(int, ftruncate64, (int fd, off64_t size), (fd, size))
CALL(int, fstat, (int fd, struct stat *status), (fd, status))
CALL(int, fstat64, (int fd, struct stat64 *status), (fd, status))
CALL(int, stat, (const char *path, struct stat *status), (path, status))
CALL(int, stat64, (const char *path, struct stat64 *status), (path, status))
CALL(int, lstat, (const char *path, struct stat *status), (path, status))
CALL(int, lstat64, (const char *path, struct stat64 *status), (path, status))
CALL(int, fstatat, (int folder, const char *path, struct stat *status, int flags), (folder, path, status, flags))
CALL(int, fstatat64, (int folder, const char *path, struct stat64 *status, int flags), (folder, path, status, flags))
CALL(int, rename, (const char *from, const char *to), (from, to))
CALL(int, renameat, (int a, const char *from, int b, const char *to), (a, from, b, to))
CALL(int, linkat, (int a, const char *from, int b, const char *to, int flags), (a, from, b, to, flags))
CALL(int, mkdir, (const char *path, mode_t mode), (path, mode))
CALL(int, mkdirat, (int folder, const char *path, mode_t mode), (folder, path, mode))
CALL(off_t, lseek, (int fd, off_t at, int from), (fd, at, from))
CALL(off64_t, lseek64, (int fd, off64_t at, int from), (fd, at, from))

void *mmap(void *at, size_t size, int protection, int flags, int fd, off_t offset)
{
	return file_fails(CALLER, "mmap") ? MAP_FAILED : NEXT(mmap)(at, size, protection, flags, fd, offset);
}

void *mmap64(void *at, size_t size, int protection, int flags, int fd, off64_t offset)
{
	return file_fails(CALLER, "mmap64") ? MAP_FAILED : NEXT(mmap64)(at, size, protection, flags, fd, offset);
}

/* -------------------------------------------------------------------------------------------------------------- main
 */

static int (*tool_main)(int, char **, char **);

static int counted_main(int count, char **words, char **environment)
{
	static const char *const names[] = {
		[MEMORY] = "memory", [LIBRARY] = "library", [FILES] = "file", [SHORT] = "short"};
	const char *wanted = getenv("FAULT_WHAT"), *at = getenv("FAULT_AT");
	int status;

	dl_iterate_phdr(find_bounds, NULL);
	log_fd = open_named("FAULT_LOG");
	kept_fd = open_named("FAULT_KEPT");
	fault_at = at ? strtol(at, NULL, 10) : 0;
	for (enum what w = MEMORY; wanted && w <= SHORT; w++)
		if (!strcmp(names[w], wanted))
			what = w;
	status = tool_main(count, words, environment);
	report_kept();
	return status;
}

int __libc_start_main(int (*main)(int, char **, char **), int count, char **words, void (*init)(void),
		      void (*fini)(void), void (*end)(void), void *stack)
{
	__typeof__(&__libc_start_main) next = NEXT(__libc_start_main);

	tool_main = main;
	return next(counted_main, count, words, init, fini, end, stack);
}
