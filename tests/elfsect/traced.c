// SPDX-License-Identifier: GPL-2.0-or-later
#include "traced.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/fs.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

/* ------------------------------------------------------------------------------------------ registers, by machine */

/* A call that does not exist: what the kernel does instead of the one that is to fail. */
enum { NO_CALL = -1 };

#if defined(__x86_64__)

static void change_registers(pid_t pid, int argument, uint64_t value)
{
	struct user_regs_struct r;

	assert_int_equal(ptrace(PTRACE_GETREGS, pid, NULL, &r), 0);
	*(unsigned long long *[]){&r.rdi, &r.rsi, &r.rdx, &r.r10, &r.r8, &r.r9}[argument] = value;
	assert_int_equal(ptrace(PTRACE_SETREGS, pid, NULL, &r), 0);
}

static void skip_call(pid_t pid)
{
	struct user_regs_struct r;

	assert_int_equal(ptrace(PTRACE_GETREGS, pid, NULL, &r), 0);
	r.orig_rax = (unsigned long long)NO_CALL;
	assert_int_equal(ptrace(PTRACE_SETREGS, pid, NULL, &r), 0);
}

static void set_result(pid_t pid, int64_t result)
{
	struct user_regs_struct r;

	assert_int_equal(ptrace(PTRACE_GETREGS, pid, NULL, &r), 0);
	r.rax = (unsigned long long)result;
	assert_int_equal(ptrace(PTRACE_SETREGS, pid, NULL, &r), 0);
}

#elif defined(__aarch64__)

static void change_registers(pid_t pid, int argument, uint64_t value)
{
	struct user_regs_struct r;
	struct iovec io = {&r, sizeof(r)};

	assert_int_equal(ptrace(PTRACE_GETREGSET, pid, NT_PRSTATUS, &io), 0);
	r.regs[argument] = value;
	assert_int_equal(ptrace(PTRACE_SETREGSET, pid, NT_PRSTATUS, &io), 0);
}

static void skip_call(pid_t pid)
{
	int number = NO_CALL;
	struct iovec io = {&number, sizeof(number)};

	assert_int_equal(ptrace(PTRACE_SETREGSET, pid, NT_ARM_SYSTEM_CALL, &io), 0);
}

static void set_result(pid_t pid, int64_t result)
{
	change_registers(pid, 0, (uint64_t)result);
}

#endif

/* ---------------------------------------------------------------------------------------------------------- calls */

/* The calls that can be made to fail. length: the argument that says how much is transferred; of calls of bytes only.
 */
static const struct known {
	long number;
	const char *name;
	int length;
} known[] = {
	{SYS_write, "write", 2},
	{SYS_writev, "writev", -1},
	{SYS_pwrite64, "pwrite64", 2},
	{SYS_pread64, "pread64", 2},
	{SYS_copy_file_range, "copy_file_range", 4},
	{SYS_sendfile, "sendfile", 3},
	{SYS_ioctl, "ioctl", -1},
	{SYS_fsync, "fsync", -1},
	{SYS_fdatasync, "fdatasync", -1},
	{SYS_sync_file_range, "sync_file_range", -1},
	{SYS_ftruncate, "ftruncate", -1},
	{SYS_fallocate, "fallocate", -1},
	{SYS_openat, "openat", -1},
	{SYS_linkat, "linkat", -1},
	{SYS_unlinkat, "unlinkat", -1},
	{SYS_renameat, "renameat", -1},
	{SYS_renameat2, "renameat2", -1},
	{SYS_fchmod, "fchmod", -1},
	{SYS_fchown, "fchown", -1},
	{SYS_fsetxattr, "fsetxattr", -1},
	{SYS_utimensat, "utimensat", -1},
#ifdef SYS_unlink
	{SYS_unlink, "unlink", -1},
	{SYS_rename, "rename", -1},
	{SYS_link, "link", -1},
#endif
};

static const struct known *find_known(const struct __ptrace_syscall_info *info)
{
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (known[i].number == (long)info->entry.nr)
			return &known[i];
	return NULL;
}

/* Whether the call makes or changes a file, or reads one again: messages, and files that are just opened, do not count.
 */
static bool can_fail(const struct known *k, const struct __ptrace_syscall_info *info)
{
	const uint64_t *a = info->entry.args;

	if (k->number == SYS_openat)
		return (a[2] & O_CREAT) || (a[2] & O_TMPFILE) == O_TMPFILE;
	if (k->number == SYS_ioctl)
		return (unsigned int)a[1] == FICLONE;
	if (k->number == SYS_write || k->number == SYS_writev)
		return a[0] > STDERR_FILENO;
	return true;
}

/* ---------------------------------------------------------------------------------------------------------- tracer */

struct tracer {
	const struct wound *wound;
	struct traced *traced;
	pid_t pid;	    /* the command */
	bool begun;	    /* counting */
	int skipped;	    /* the call that is being made is to fail with this errno; 0: none */
	unsigned int count; /* stops, or calls that can be harmed */
};

static bool names_path(pid_t pid, uint64_t address, const char *path)
{
	char text[PATH_MAX];
	const size_t size = strlen(path);
	const struct iovec local = {text, size}, remote = {(void *)(uintptr_t)address, size};

	return address && process_vm_readv(pid, &local, 1, &remote, 1, 0) == (ssize_t)size && !memcmp(text, path, size);
}

static void remember(struct tracer *t, pid_t pid, const struct known *k, uint64_t descriptor)
{
	char link[64];
	ssize_t length;

	t->traced->done = true;
	snprintf(t->traced->call, sizeof(t->traced->call), "%s", k->name);
	snprintf(link, sizeof(link), "/proc/%d/fd/%d", pid, (int)descriptor);
	length = readlink(link, t->traced->target, sizeof(t->traced->target) - 1);
	t->traced->target[length < 0 ? 0 : length] = '\0';
}

/* A call that can be harmed is about to be made. */
static void harm_call(struct tracer *t, pid_t pid, const struct known *k, const uint64_t *arguments)
{
	const enum harm harm = t->wound->harm;

	if (k->number == SYS_ioctl && t->wound->no_clone) {
		skip_call(pid);
		t->skipped = EOPNOTSUPP;
		return;
	}
	if (harm == HARM_SHORT && (k->length < 0 || arguments[k->length] < 2))
		return;
	t->count++;
	if (t->count < t->wound->at || (t->count > t->wound->at && harm != HARM_ERRORS))
		return;
	if (!t->traced->done)
		remember(t, pid, k, arguments[k->number == SYS_copy_file_range ? 2 : 0]);
	if (harm == HARM_SHORT) {
		change_registers(pid, k->length, arguments[k->length] / 2);
		return;
	}
	skip_call(pid);
	t->skipped = t->wound->error;
}

static void on_call(struct tracer *t, pid_t pid)
{
	const struct wound *w = t->wound;
	struct __ptrace_syscall_info info;
	const struct known *k;

	if (ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof(info), &info) <= 0)
		return; /* gone */
	if (info.op == PTRACE_SYSCALL_INFO_ENTRY && !t->begun)
		t->begun =
			names_path(pid, info.entry.args[0], w->below) || names_path(pid, info.entry.args[1], w->below);
	if (!t->begun)
		return;
	if (w->harm == HARM_KILL && ++t->count == w->at) {
		t->traced->done = true;
		kill(t->pid, SIGKILL);
	} else if (info.op == PTRACE_SYSCALL_INFO_ENTRY && w->harm > HARM_KILL) {
		k = find_known(&info);
		if (k && can_fail(k, &info))
			harm_call(t, pid, k, info.entry.args);
	} else if (info.op == PTRACE_SYSCALL_INFO_EXIT && t->skipped) {
		set_result(pid, -t->skipped);
		t->skipped = 0;
	}
}

/* Until the command is gone, with all its threads. */
static void follow(struct tracer *t)
{
	bool started = false;
	int status;
	pid_t pid;

	for (;;) {
		long signal_number = 0;

		pid = waitpid(-1, &status, __WALL);
		if (pid < 0)
			fail_msg("waitpid: %s", strerror(errno));
		if (!WIFSTOPPED(status)) {
			if (pid != t->pid)
				continue;
			t->traced->status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
			return;
		}
		if (!started) {
			const long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL | PTRACE_O_TRACECLONE |
					     PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACEEXEC;

			assert_int_equal(ptrace(PTRACE_SETOPTIONS, pid, NULL, options), 0);
			started = true;
		} else if (WSTOPSIG(status) == (SIGTRAP | 0x80)) {
			on_call(t, pid);
		} else if (status >> 16 == 0 && WSTOPSIG(status) != SIGSTOP) {
			signal_number = WSTOPSIG(status);
		}
		(void)ptrace(PTRACE_SYSCALL, pid, NULL, signal_number);
	}
}

static void run_child(const char *const argv[], int messages, bool trace)
{
	const int null = open("/dev/null", O_RDWR);

	dup2(null, STDIN_FILENO);
	dup2(null, STDOUT_FILENO);
	dup2(messages, STDERR_FILENO);
	/* The leak checker wants to trace the process itself. */
	setenv("ASAN_OPTIONS", "detect_leaks=0", 1);
	if (trace) {
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		raise(SIGSTOP);
	}
	execv(argv[0], (char *const *)(uintptr_t)argv);
	_exit(127);
}

void traced_run(const char *const argv[], const struct wound *wound, struct traced *traced)
{
	struct tracer tracer = {.wound = wound, .traced = traced};
	const int messages = memfd_create("messages", MFD_CLOEXEC);
	ssize_t size;
	int status;

	*traced = (struct traced){.status = -1};
	assert_true(messages >= 0);
	fflush(NULL);
	tracer.pid = fork();
	assert_true(tracer.pid >= 0);
	if (!tracer.pid)
		run_child(argv, messages, wound->harm != HARM_NONE);
	if (wound->harm != HARM_NONE) {
		follow(&tracer);
	} else {
		assert_int_equal(waitpid(tracer.pid, &status, 0), tracer.pid);
		traced->status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
	}
	size = pread(messages, traced->messages, sizeof(traced->messages) - 1, 0);
	traced->messages[size < 0 ? 0 : size] = '\0';
	close(messages);
}
