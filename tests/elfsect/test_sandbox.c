// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the sandbox takes away and what it leaves: each thing is tried by a process of its own, which has entered it.
 * That the same attempt succeeds, or fails otherwise, without it, is tried first where it does no harm.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <linux/filter.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/tool/confine.h"
#include "base/tool/sandbox.h"

/* FOLDER/in is where writing is allowed, FOLDER/out is beside it. Both have a file "old" and a folder "sub". */
static char folder[] = "/tmp/test_sandbox.XXXXXX";

/* What this kernel has of it. */
static unsigned int parts;

/* -------------------------------------------------------------------------------------------------------- processes */

static void say_skipped(const char *what)
{
	printf("skipped: %s\n", SANDBOX_LEFT_OUT ? "a sanitizer, which has no sandbox" : what);
}

/* 0: it worked; else errno. */
typedef int attempt(void);

/* What an attempt comes to in a process of its own: 0 or errno; 256 and more: a signal ended it. */
static int result_of(attempt *try, bool inside)
{
	const pid_t pid = fork();
	int status;

	assert_true(pid >= 0);
	if (!pid) {
		struct sandbox sandbox;

		if (inside) {
			sandbox_begin(&sandbox);
			sandbox_write_file(&sandbox, "in/new");
			sandbox_enter(&sandbox);
		}
		_exit(try());
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 256 + WTERMSIG(status);
}

static int outcome(long result)
{
	return result < 0 ? errno : 0;
}

/* -------------------------------------------------------------------------------------------------------- the scene */

static void write_text(const char *path)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_true(fputs("old", file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *where)
{
	(void)st;
	(void)type;
	(void)where;
	return remove(path);
}

static void remove_below(const char *path)
{
	(void)nftw(path, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static void make_scene(void)
{
	remove_below("in");
	remove_below("out");
	remove_below("sub");
	remove_below("new");
	assert_int_equal(mkdir("in", 0700) | mkdir("out", 0700) | mkdir("out/sub", 0700) | mkdir("sub", 0700), 0);
	write_text("in/old");
	write_text("out/old");
	assert_int_equal(symlink("../out/old", "in/way-out"), 0);
}

/* ----------------------------------------------------------------------------------------------------- system calls */

static int run_program(void)
{
	char name[] = "/bin/true", *const words[] = {name, NULL}, *const no_words[] = {NULL};

	return outcome(execve(name, words, no_words));
}

static int run_descriptor(void)
{
	const int fd = open("/bin/true", O_RDONLY | O_CLOEXEC);
	char name[] = "true", *const words[] = {name, NULL}, *const no_words[] = {NULL};

	return outcome(syscall(SYS_execveat, fd, "", words, no_words, AT_EMPTY_PATH));
}

/* As glibc does it, and by clone3(), which it would use if it could. */
static int make_process(void)
{
	const pid_t pid = fork();

	if (!pid)
		_exit(0);
	return outcome(pid);
}

static int make_process_by_clone3(void)
{
	struct clone_args args = {.exit_signal = SIGCHLD};
	const long pid = syscall(SYS_clone3, &args, sizeof(args));

	if (!pid)
		_exit(0);
	return outcome(pid);
}

static int open_socket(void)
{
	return outcome(socket(AF_INET, SOCK_STREAM, 0));
}

static int open_local_socket(void)
{
	return outcome(socket(AF_UNIX, SOCK_STREAM, 0));
}

static int open_socket_pair(void)
{
	int pair[2];

	return outcome(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
}

static int signal_other(void)
{
	return outcome(kill(getppid(), 0));
}

static int signal_thread_of_other(void)
{
	return outcome(syscall(SYS_tgkill, getppid(), getppid(), 0));
}

static int limit_other(void)
{
	struct rlimit limit;

	return outcome(prlimit(getppid(), RLIMIT_CORE, NULL, &limit));
}

static int read_own_limit(void)
{
	struct rlimit limit;

	return outcome(getrlimit(RLIMIT_NOFILE, &limit)) ?: outcome(setrlimit(RLIMIT_NOFILE, &limit));
}

static int read_other(void)
{
	char byte;
	struct iovec iov = {&byte, 1};

	return outcome(process_vm_readv(getppid(), &iov, 1, &(struct iovec){folder, 1}, 1, 0));
}

static int new_namespace(void)
{
	return outcome(unshare(CLONE_NEWUSER));
}

/* What fails for other reasons in a process without rights, or without an argument that is good. */
static int io_uring(void)
{
	return outcome(syscall(SYS_io_uring_setup, 1, NULL));
}

static int user_fault(void)
{
	return outcome(syscall(SYS_userfaultfd, -1));
}

static int kernel_key(void)
{
	return outcome(syscall(SYS_add_key, NULL, NULL, NULL, 0, 0));
}

static int read_personality(void)
{
	return outcome(syscall(SYS_personality, 0xffffffff));
}

static int type_into_terminal(void)
{
	return outcome(ioctl(STDIN_FILENO, TIOCSTI, "x"));
}

static const struct call {
	const char *name;
	attempt *try;
	int expected;
	bool works_outside;
} calls[] = {
	{"execve", run_program, EPERM, true},
	{"execveat", run_descriptor, EPERM, true},
	{"fork", make_process, EPERM, true},
	{"clone3", make_process_by_clone3, ENOSYS, true},
	{"socket", open_socket, EPERM, true},
	{"local socket", open_local_socket, EPERM, true},
	{"socketpair", open_socket_pair, EPERM, true},
	{"kill", signal_other, EPERM, true},
	{"tgkill", signal_thread_of_other, EPERM, true},
	{"prlimit", limit_other, EPERM, true},
	{"process_vm_readv", read_other, EPERM, false},
	{"unshare", new_namespace, EPERM, false},
	{"io_uring_setup", io_uring, EPERM, false},
	{"userfaultfd", user_fault, EPERM, false},
	{"add_key", kernel_key, EPERM, false},
	{"personality", read_personality, EPERM, true},
	{"TIOCSTI", type_into_terminal, EPERM, false},
};

static void test_calls_fail(void **state)
{
	(void)state;
	if (!(parts & SANDBOX_CALLS)) {
		say_skipped("this kernel filters no system calls");
		return;
	}
	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		const int inside = result_of(calls[i].try, true);

		if (calls[i].works_outside && result_of(calls[i].try, false))
			printf("skipped: %s does not work here\n", calls[i].name);
		if (inside != calls[i].expected)
			fail_msg("%s: %d, not %d", calls[i].name, inside, calls[i].expected);
	}
}

/* The kernel does not know the call either; a filter that was there before makes it another error. */
static int call_of_the_future(void)
{
	enum { FUTURE = 500, OTHER_ERROR = 99 };
	struct sock_filter lines[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, FUTURE, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | OTHER_ERROR),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	const struct sock_fprog program = {sizeof(lines) / sizeof(lines[0]), lines};
	struct sandbox sandbox;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0))
		return 1;
	if (outcome(syscall(FUTURE)) != OTHER_ERROR)
		return 2;
	sandbox_begin(&sandbox);
	sandbox_enter(&sandbox);
	return outcome(syscall(FUTURE)) != ENOSYS ? 3 : 0;
}

/* The same machine has other numbers behind another door. */
static int call_by_another_door(void)
{
	long result = 20; /* getpid() */

#ifdef __x86_64__
	__asm__ volatile("int $0x80" : "+a"(result) : : "memory", "r8", "r9", "r10", "r11");
#else
	result = -ENOSYS;
#endif
	return result < 0 ? (int)-result : 0;
}

static void test_other_calls_fail(void **state)
{
	int outside;

	(void)state;
	if (!(parts & SANDBOX_CALLS)) {
		say_skipped("this kernel filters no system calls");
		return;
	}
	assert_int_equal(result_of(call_of_the_future, false), 0);
	outside = result_of(call_by_another_door, false);
	if (outside)
		say_skipped("this machine has no calls by other numbers");
	else
		assert_int_equal(result_of(call_by_another_door, true), ENOSYS);
}

static void *leave(void *try)
{
	return (void *)(intptr_t)(*(attempt **)try)();
}

/* In a thread made afterwards. */
static int in_thread(attempt *try)
{
	pthread_t thread;
	void *result;

	if (pthread_create(&thread, NULL, leave, &try) || pthread_join(thread, &result))
		return 255;
	return (int)(intptr_t)result;
}

static int run_program_in_thread(void)
{
	return in_thread(run_program);
}

static int write_outside(void)
{
	return outcome(open("out/old", O_WRONLY));
}

static int write_outside_in_thread(void)
{
	return in_thread(write_outside);
}

static void test_threads_inherit(void **state)
{
	(void)state;
	make_scene();
	if (parts & SANDBOX_CALLS)
		assert_int_equal(result_of(run_program_in_thread, true), EPERM);
	if (parts & SANDBOX_FILES)
		assert_int_equal(result_of(write_outside_in_thread, true), EACCES);
	if (!parts)
		say_skipped("this kernel has no sandbox");
}

/* ------------------------------------------------------------------------------------------------------------ files */

static int read_outside(void)
{
	return outcome(open("out/old", O_RDONLY));
}

static int read_folder_outside(void)
{
	return outcome(open("/etc", O_RDONLY | O_DIRECTORY));
}

static int make_outside(void)
{
	return outcome(open("out/new", O_WRONLY | O_CREAT, 0600));
}

static int make_nameless_outside(void)
{
	return outcome(open("out", O_RDWR | O_TMPFILE, 0600));
}

static int truncate_outside(void)
{
	return outcome(truncate("out/old", 0));
}

static int remove_outside(void)
{
	return outcome(unlink("out/old"));
}

static int remove_folder_outside(void)
{
	return outcome(rmdir("out/sub"));
}

static int rename_outside(void)
{
	return outcome(rename("out/old", "out/new"));
}

static int link_outside(void)
{
	return outcome(link("out/old", "out/new"));
}

static int symlink_outside(void)
{
	return outcome(symlink("old", "out/new"));
}

static int mkdir_outside(void)
{
	return outcome(mkdir("out/new", 0700));
}

static int fifo_outside(void)
{
	return outcome(mkfifo("out/new", 0600));
}

static int rename_out(void)
{
	return outcome(rename("in/old", "out/new"));
}

static int rename_in(void)
{
	return outcome(rename("out/old", "in/new"));
}

static int write_through_symlink(void)
{
	return outcome(open("in/way-out", O_WRONLY));
}

static int symlink_inside(void)
{
	return outcome(symlink("old", "in/new"));
}

/* What a verified write does: a file without a name, which gets one and takes that of another. */
static int replace_inside(void)
{
	const int fd = open("in", O_RDWR | O_TMPFILE | O_CLOEXEC, 0600);
	char path[64];

	if (fd < 0 || write(fd, "new", 3) != 3 || ftruncate(fd, 2) || fchmod(fd, 0640) || fsync(fd))
		return errno;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (linkat(AT_FDCWD, path, AT_FDCWD, "in/.tmp", AT_SYMLINK_FOLLOW))
		return errno;
	return outcome(rename("in/.tmp", "in/old"));
}

/* What an edit in place does. */
static int patch_inside(void)
{
	const int journal = open("in/.journal", O_RDWR | O_CREAT | O_EXCL, 0600), fd = open("in/old", O_RDWR);

	if (journal < 0 || fd < 0 || pwrite(fd, "x", 1, 0) != 1 || fsync(fd))
		return errno;
	return outcome(unlink("in/.journal"));
}

static int fill_folder_inside(void)
{
	return outcome(mkdir("in/new", 0700)) ?: outcome(open("in/new/file", O_WRONLY | O_CREAT, 0600));
}

static int write_memory(void)
{
	const int fd = memfd_create("test", MFD_CLOEXEC);

	return outcome(write(fd, "x", 1)) ?: outcome(ftruncate(fd, 4096));
}

static int write_device(void)
{
	return outcome(open("/dev/null", O_WRONLY));
}

static const struct file_access {
	const char *name;
	attempt *try;
	bool allowed;
} accesses[] = {
	{"reading outside", read_outside, true},
	{"reading a folder", read_folder_outside, true},
	{"writing outside", write_outside, false},
	{"making a file outside", make_outside, false},
	{"making a nameless file outside", make_nameless_outside, false},
	{"truncating outside", truncate_outside, false},
	{"removing outside", remove_outside, false},
	{"removing a folder outside", remove_folder_outside, false},
	{"renaming outside", rename_outside, false},
	{"linking outside", link_outside, false},
	{"a symbolic link outside", symlink_outside, false},
	{"making a folder outside", mkdir_outside, false},
	{"a FIFO outside", fifo_outside, false},
	{"renaming to the outside", rename_out, false},
	{"renaming from the outside", rename_in, false},
	{"writing through a symbolic link", write_through_symlink, false},
	{"a symbolic link inside", symlink_inside, false},
	{"writing a device", write_device, false},
	{"replacing a file inside", replace_inside, true},
	{"patching a file inside", patch_inside, true},
	{"filling a folder inside", fill_folder_inside, true},
	{"writing to memory", write_memory, true},
};

static void test_files_stay(void **state)
{
	(void)state;
	if (!(parts & SANDBOX_FILES)) {
		say_skipped("this kernel has no Landlock");
		return;
	}
	for (size_t i = 0; i < sizeof(accesses) / sizeof(accesses[0]); i++) {
		const struct file_access *a = &accesses[i];
		int outside, inside;

		make_scene();
		outside = result_of(a->try, false);
		make_scene();
		inside = result_of(a->try, true);
		if (outside)
			printf("skipped: %s does not work here\n", a->name);
		else if (!inside != a->allowed)
			fail_msg("%s: %s", a->name, inside ? strerror(inside) : "allowed");
	}
}

/* ---------------------------------------------------------------------------------------------------- what is named */

static int try_to_make(const char *path)
{
	return outcome(open(path, O_WRONLY | O_CREAT, 0600));
}

/* "+PATH" can be made, "-PATH" cannot: 1 for the first that is wrong, 2 for the second; 0: all are right. */
static int first_wrong(const char *const *paths)
{
	for (int i = 0; paths[i]; i++)
		if (!try_to_make(paths[i] + 1) != (*paths[i] == '+'))
			return 1 + i;
	return 0;
}

/* What may be written after a name was given: "+PATH" or "-PATH". */
struct naming {
	const char *named;
	bool is_folder;
	const char *try[5];
};

static const struct naming namings[] = {
	{"in/new", false, {"+in/new", "+in/beside", "-new", "-out/new"}},
	{"new", false, {"+new", "+in/new"}},
	{"in", false, {"+in/new", "-new"}},
	{"in/way-out", false, {"+out/new", "-in/new"}},
	{"missing/new", false, {"-new", "-in/new"}},
	{"missing/new", true, {"+new", "+in/new"}},
	{"missing", true, {"+new", "+in/new"}},
	{"in/a//b/", true, {"+in/new", "-new"}},
	{"in//", true, {"+in/new", "-new"}},
	{"", false, {"-new", "-in/new"}},
	{"", true, {"-new", "-in/new"}},
};

static int check_naming(const struct naming *n)
{
	struct sandbox sandbox;

	sandbox_begin(&sandbox);
	(n->is_folder ? sandbox_write_folder : sandbox_write_file)(&sandbox, n->named);
	sandbox_enter(&sandbox);
	return first_wrong(n->try);
}

static const struct naming *current;

static int check_current(void)
{
	return check_naming(current);
}

static void test_what_is_named(void **state)
{
	(void)state;
	if (!(parts & SANDBOX_FILES)) {
		say_skipped("this kernel has no Landlock");
		return;
	}
	for (size_t i = 0; i < sizeof(namings) / sizeof(namings[0]); i++) {
		int wrong;

		make_scene();
		current = &namings[i];
		wrong = result_of(check_current, false);
		if (wrong)
			fail_msg("'%s'%s: %s", current->named, current->is_folder ? " as a folder" : "",
				 wrong > 4 ? "?" : current->try[wrong - 1]);
	}
}

/* ------------------------------------------------------------------------------------------------------ descriptors */

struct options {
	const char *file, *folder, *code;
	bool edits;
};

static const struct option_row rows[] = {
	EFFECT_ROW(EFFECT_FILE, 0, "file", "FILE", struct options, file, "a file"),
	EFFECT_ROW(EFFECT_FOLDER, 0, "folder", "DIR", struct options, folder, "a folder"),
	EFFECT_ROW(EFFECT_ANY, 0, "code", "NAME", struct options, code, "code"),
	EDITS_ROW(0, "edits", struct options, edits, "an edit"),
	{0},
};

/* What may be written by a command that does this with its two operands, in/old and out/old. */
struct described {
	enum operand_use use;
	struct options options;
	bool unpacks;
	const char *try[5];
};

static const struct described descriptions[] = {
	{OPERANDS_READ, {0}, false, {"-in/new", "-out/new", "-new", "-sub/new"}},
	{OPERANDS_READ, {0}, true, {"-in/new", "-out/new", "-new", "+sub/new"}},
	{OPERANDS_READ, {.file = "sub/x"}, false, {"-in/new", "-out/new", "-new", "+sub/new"}},
	{OPERANDS_READ, {.file = "-"}, false, {"-in/new", "-out/new", "-new", "-sub/new"}},
	{OPERANDS_READ, {.folder = "sub/x/y"}, false, {"-in/new", "-out/new", "-new", "+sub/new"}},
	{OPERANDS_READ, {.edits = true}, false, {"+in/new", "-out/new", "-new", "-sub/new"}},
	{OPERAND_EDITED, {.file = "sub/x"}, false, {"+in/new", "-out/new", "-new", "+sub/new"}},
	{OPERANDS_EDITED, {0}, false, {"+in/new", "+out/new", "-new", "-sub/new"}},
	{OPERANDS_EDITED_WITHOUT_OUTPUT, {0}, false, {"+in/new", "+out/new", "-new", "-sub/new"}},
	{OPERANDS_EDITED_WITHOUT_OUTPUT, {.file = "sub/x"}, false, {"-in/new", "-out/new", "-new", "+sub/new"}},
	{OPERANDS_EDITED_WITHOUT_OUTPUT, {.folder = "sub/x"}, false, {"-in/new", "-out/new", "-new", "+sub/new"}},
	{OPERANDS_READ, {.code = "x"}, false, {"+in/new", "+out/new", "+new", "+sub/new"}},
};

static const struct described *description;

static const char *temporary_folder(void)
{
	return "sub";
}

static int check_description(void)
{
	const struct command command = {.options = rows, .use = description->use};
	const struct tool tool = {.temporary_folder = description->unpacks ? temporary_folder : NULL};
	char one[] = "in/old", two[] = "out/old", *operands[] = {one, two};

	confine(&tool, &command, &description->options, 2, operands);
	return first_wrong(description->try);
}

static void test_descriptors(void **state)
{
	(void)state;
	if (!(parts & SANDBOX_FILES)) {
		say_skipped("this kernel has no Landlock");
		return;
	}
	for (size_t i = 0; i < sizeof(descriptions) / sizeof(descriptions[0]); i++) {
		int wrong;

		make_scene();
		description = &descriptions[i];
		wrong = result_of(check_description, false);
		if (wrong)
			fail_msg("%zu: %s", i, wrong > 4 ? "?" : description->try[wrong - 1]);
	}
}

/* ------------------------------------------------------------------------------------------------------ the process */

static int state_of_process(void)
{
	const int expected = parts & SANDBOX_CALLS ? 2 : 0;

	if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != !SANDBOX_LEFT_OUT)
		return 1;
	return prctl(PR_GET_SECCOMP, 0, 0, 0, 0) != expected;
}

static int end_by_signal(void)
{
	return raise(SIGTERM);
}

static int end_by_kill(void)
{
	return kill(getpid(), SIGTERM);
}

static int end_by_abort(void)
{
	abort();
}

/* On a kernel that has neither: calls of both fail as there. */
static int enter_nothing(void)
{
	enum { LANDLOCK_CREATE_RULESET = 444 };
	struct sock_filter lines[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, LANDLOCK_CREATE_RULESET, 2, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_seccomp, 1, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_prctl, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	const struct sock_fprog program = {sizeof(lines) / sizeof(lines[0]), lines};
	struct sandbox sandbox;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0))
		return 1;
	sandbox_begin(&sandbox);
	sandbox_write_file(&sandbox, "in/new");
	sandbox_write_folder(&sandbox, "in/new");
	return sandbox_enter(&sandbox) ? 2 : write_outside();
}

static int enter_again(void)
{
	struct sandbox sandbox;

	sandbox_begin(&sandbox);
	return sandbox_enter(&sandbox) != parts;
}

static void test_process(void **state)
{
	(void)state;
	assert_int_equal(result_of(state_of_process, true), 0);
	assert_int_equal(result_of(end_by_signal, true), 256 + SIGTERM);
	assert_int_equal(result_of(end_by_kill, true), 256 + SIGTERM);
	assert_int_equal(result_of(end_by_abort, true), 256 + SIGABRT);
	make_scene();
	if (parts & SANDBOX_CALLS)
		assert_int_equal(result_of(enter_nothing, false), 0);
	assert_int_equal(result_of(read_own_limit, true), 0);
	assert_int_equal(result_of(enter_again, true), 0);
}

static int parts_here(void)
{
	struct sandbox sandbox;

	sandbox_begin(&sandbox);
	return (int)sandbox_enter(&sandbox);
}

static int set_up(void **state)
{
	(void)state;
	if (!mkdtemp(folder) || chdir(folder))
		return -1;
	parts = (unsigned int)result_of(parts_here, false);
	return parts > (SANDBOX_FILES | SANDBOX_CALLS);
}

static int tear_down(void **state)
{
	(void)state;
	remove_below(folder);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_calls_fail),	cmocka_unit_test(test_other_calls_fail),
		cmocka_unit_test(test_threads_inherit), cmocka_unit_test(test_files_stay),
		cmocka_unit_test(test_what_is_named),	cmocka_unit_test(test_descriptors),
		cmocka_unit_test(test_process),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
