// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A filter of system calls: a list of those that fail from now on. A list of those that are allowed would be shorter to
 * argue for and wrong within a year: which calls malloc(), libcrypto, libarchive, libdw and the C library make is their
 * affair, differs between machines and changes with each of their versions, and a tool that fails after an upgrade of a
 * library, in the middle of a write, does more harm than it prevents. So that a list of what is forbidden does not age
 * either, calls that are newer than it are forbidden as a whole.
 *
 * Forbidden calls fail and do not kill: a library that tries one (a log, a helper that may be missing) has an error
 * path for it, and an edit is undone as after any other error. EPERM for what a user may be forbidden as well; ENOSYS
 * for what a caller has to live without on other kernels.
 */
#include "base/tool/sandbox.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Numbers have a meaning together with the machine alone. On others there is no filter. */
#if defined(__x86_64__) && defined(__LP64__)
#define THIS_MACHINE AUDIT_ARCH_X86_64
#elif defined(__i386__)
#define THIS_MACHINE AUDIT_ARCH_I386
#elif defined(__aarch64__)
#define THIS_MACHINE AUDIT_ARCH_AARCH64
#elif defined(__arm__) && defined(__ARM_EABI__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define THIS_MACHINE AUDIT_ARCH_ARM
#elif defined(__riscv) && __riscv_xlen == 64
#define THIS_MACHINE AUDIT_ARCH_RISCV64
#elif defined(__powerpc64__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define THIS_MACHINE AUDIT_ARCH_PPC64LE
#elif defined(__powerpc64__)
#define THIS_MACHINE AUDIT_ARCH_PPC64
#elif defined(__s390x__)
#define THIS_MACHINE AUDIT_ARCH_S390X
#elif defined(__loongarch_lp64) && defined(AUDIT_ARCH_LOONGARCH64)
#define THIS_MACHINE AUDIT_ARCH_LOONGARCH64
#endif

#if defined(THIS_MACHINE) && !SANDBOX_LEFT_OUT

/*
 * Calls since 424 have one number on all of these machines, and headers may be older than the kernel. The newest one
 * that was looked at is file_setattr, of Linux 6.17; ARM has some of its own far above, which every program needs. That
 * takes care of x32 too, whose numbers have bit 30 set, and ENOSYS is what the kernel says of the number -1, by which a
 * tracer skips a call.
 */
enum {
	CALL_PIDFD_SEND_SIGNAL = 424,
	CALL_IO_URING_SETUP,
	CALL_IO_URING_ENTER,
	CALL_IO_URING_REGISTER,
	CALL_OPEN_TREE,
	CALL_MOVE_MOUNT,
	CALL_FSOPEN,
	CALL_FSCONFIG,
	CALL_FSMOUNT,
	CALL_FSPICK,
	CALL_PIDFD_OPEN,
	CALL_CLONE3,
	CALL_PIDFD_GETFD = 438,
	CALL_PROCESS_MADVISE = 440,
	CALL_MOUNT_SETATTR = 442,
	CALL_PROCESS_MRELEASE = 448,
	CALL_OPEN_TREE_ATTR = 467,
	CALL_NEWEST = 469,
	CALLS_OF_ARM = 0x0f0000,
};

/* Where the flags of clone() are. */
#ifdef __s390x__
enum { CLONE_FLAGS = 1 };
#else
enum { CLONE_FLAGS = 0 };
#endif

#ifndef SECCOMP_FILTER_FLAG_SPEC_ALLOW
#define SECCOMP_FILTER_FLAG_SPEC_ALLOW (1UL << 2)
#endif

#define ALLOW	     BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)
#define FAIL(code)   BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (code))
#define LOAD(offset) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t)(offset))

/* Behind LOAD: the rule that follows is for this value alone; it has `rules` lines. */
#define IF(value, rules) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)(value), 0, rules)

#define FORBID(number) IF(number, 1), FAIL(EPERM)

/* The lower half of an argument: all of what the kernel takes for flags, a process, or the number of an ioctl. */
#define LOAD_ARGUMENT(i)                                                                                               \
	LOAD(offsetof(struct seccomp_data, args) + 8 * (size_t)(i) + (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? 4 : 0))

/* The line that is filled in when there is a process. */
enum { OWN_PROCESS = 8 };

/* The number of the call stays loaded but in rules that return, so that one test follows the other. */
static struct sock_filter filter[] = {
	LOAD(offsetof(struct seccomp_data, arch)),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, THIS_MACHINE, 1, 0), /* not by the 32-bit door of the kernel either */
	FAIL(ENOSYS),
	LOAD(offsetof(struct seccomp_data, nr)),

	/* Signals for the process itself: raise(), abort(). */
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_tgkill, 2, 0),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_kill, 1, 0),
	IF(SYS_tkill, 4),
	LOAD_ARGUMENT(0),
	[OWN_PROCESS] = IF(0, 1),
	ALLOW,
	FAIL(EPERM),

#ifdef __arm__
	BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, CALLS_OF_ARM, 2, 0),
#endif
	BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, CALL_NEWEST, 0, 1),
	FAIL(ENOSYS),

	/* Programs and processes, not threads. The flags of clone3() are out of sight: libraries go on with clone(). */
	FORBID(SYS_execve),
	FORBID(SYS_execveat),
#ifdef SYS_fork
	FORBID(SYS_fork),
	FORBID(SYS_vfork),
#endif
#ifdef SYS_uselib
	FORBID(SYS_uselib),
#endif
	IF(CALL_CLONE3, 1),
	FAIL(ENOSYS),
	IF(SYS_clone, 4),
	LOAD_ARGUMENT(CLONE_FLAGS),
	BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, CLONE_THREAD, 0, 1),
	ALLOW,
	FAIL(EPERM),

/* The network, and descriptors of others by sockets. */
#ifdef SYS_socketcall
	FORBID(SYS_socketcall),
#endif
#ifdef SYS_accept
	FORBID(SYS_accept),
#endif
	FORBID(SYS_socket),
	FORBID(SYS_socketpair),
	FORBID(SYS_connect),
	FORBID(SYS_bind),
	FORBID(SYS_listen),
	FORBID(SYS_accept4),
	FORBID(SYS_sendto),
	FORBID(SYS_sendmsg),
	FORBID(SYS_sendmmsg),
	FORBID(SYS_recvmsg),
	FORBID(SYS_recvmmsg),
#ifdef SYS_recvmmsg_time64
	FORBID(SYS_recvmmsg_time64),
#endif

	/* Other processes: their memory, descriptors and signals. */
	FORBID(SYS_ptrace),
	FORBID(SYS_process_vm_readv),
	FORBID(SYS_process_vm_writev),
	FORBID(SYS_kcmp),
	FORBID(SYS_migrate_pages),
	FORBID(SYS_move_pages),
	FORBID(CALL_PIDFD_OPEN),
	FORBID(CALL_PIDFD_SEND_SIGNAL),
	FORBID(CALL_PIDFD_GETFD),
	FORBID(CALL_PROCESS_MADVISE),
	FORBID(CALL_PROCESS_MRELEASE),
	FORBID(SYS_rt_sigqueueinfo),
	FORBID(SYS_rt_tgsigqueueinfo),

	/* Limits may be asked and set, but not those of others, for which that can be the end. */
	IF(SYS_prlimit64, 4),
	LOAD_ARGUMENT(0),
	IF(0, 1),
	ALLOW,
	FAIL(EPERM),

	/* Letters typed in the name of who sits at the terminal. */
	IF(SYS_ioctl, 5),
	LOAD_ARGUMENT(1),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, TIOCSTI, 2, 0),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, TIOCLINUX, 1, 0),
	ALLOW,
	FAIL(EPERM),

	/* Programs inside the kernel, and what attacks on it begin with. */
	FORBID(SYS_bpf),
	FORBID(SYS_perf_event_open),
	FORBID(CALL_IO_URING_SETUP),
	FORBID(CALL_IO_URING_ENTER),
	FORBID(CALL_IO_URING_REGISTER),
#ifdef SYS_userfaultfd
	FORBID(SYS_userfaultfd),
#endif
	FORBID(SYS_add_key),
	FORBID(SYS_request_key),
	FORBID(SYS_keyctl),
	FORBID(SYS_personality),
	FORBID(SYS_fanotify_init),
#ifdef SYS_remap_file_pages
	FORBID(SYS_remap_file_pages),
#endif
#ifdef SYS_modify_ldt
	FORBID(SYS_modify_ldt),
#endif
#ifdef SYS_iopl
	FORBID(SYS_iopl),
#endif
#ifdef SYS_ioperm
	FORBID(SYS_ioperm),
#endif
#ifdef SYS_vm86
	FORBID(SYS_vm86),
#endif
#ifdef SYS_vm86old
	FORBID(SYS_vm86old),
#endif

/* What is shared with others by name. */
#ifdef SYS_ipc
	FORBID(SYS_ipc),
#endif
#ifdef SYS_shmget
	FORBID(SYS_shmget),
	FORBID(SYS_shmat),
	FORBID(SYS_shmctl),
	FORBID(SYS_msgget),
	FORBID(SYS_msgsnd),
	FORBID(SYS_msgrcv),
	FORBID(SYS_msgctl),
	FORBID(SYS_semget),
	FORBID(SYS_semctl),
#endif
#ifdef SYS_semop
	FORBID(SYS_semop),
#endif
#ifdef SYS_semtimedop
	FORBID(SYS_semtimedop),
#endif
#ifdef SYS_semtimedop_time64
	FORBID(SYS_semtimedop_time64),
#endif
	FORBID(SYS_mq_open),
	FORBID(SYS_mq_unlink),

	/* Where files are: mounts, roots, namespaces, devices. */
	FORBID(SYS_mount),
	FORBID(SYS_umount2),
#ifdef SYS_umount
	FORBID(SYS_umount),
#endif
	FORBID(SYS_pivot_root),
	FORBID(SYS_chroot),
	FORBID(SYS_unshare),
	FORBID(SYS_setns),
	FORBID(CALL_OPEN_TREE),
	FORBID(CALL_MOVE_MOUNT),
	FORBID(CALL_FSOPEN),
	FORBID(CALL_FSCONFIG),
	FORBID(CALL_FSMOUNT),
	FORBID(CALL_FSPICK),
	FORBID(CALL_MOUNT_SETATTR),
	FORBID(CALL_OPEN_TREE_ATTR),
	FORBID(SYS_open_by_handle_at),
	/* Not forbidden by Landlock before Linux 6.2. What has been opened can be cut all the same. */
	FORBID(SYS_truncate),
#ifdef SYS_truncate64
	FORBID(SYS_truncate64),
#endif
#ifdef SYS_mknod
	FORBID(SYS_mknod),
#endif
	FORBID(SYS_mknodat),

	/* Who this is. */
	FORBID(SYS_setuid),
	FORBID(SYS_setgid),
	FORBID(SYS_setreuid),
	FORBID(SYS_setregid),
	FORBID(SYS_setresuid),
	FORBID(SYS_setresgid),
	FORBID(SYS_setfsuid),
	FORBID(SYS_setfsgid),
	FORBID(SYS_setgroups),
#ifdef SYS_setuid32
	FORBID(SYS_setuid32),
	FORBID(SYS_setgid32),
	FORBID(SYS_setreuid32),
	FORBID(SYS_setregid32),
	FORBID(SYS_setresuid32),
	FORBID(SYS_setresgid32),
	FORBID(SYS_setfsuid32),
	FORBID(SYS_setfsgid32),
	FORBID(SYS_setgroups32),
#endif
	FORBID(SYS_capset),

	/* The machine. */
	FORBID(SYS_reboot),
#ifdef SYS_kexec_load
	FORBID(SYS_kexec_load),
#endif
#ifdef SYS_kexec_file_load
	FORBID(SYS_kexec_file_load),
#endif
	FORBID(SYS_init_module),
	FORBID(SYS_finit_module),
	FORBID(SYS_delete_module),
	FORBID(SYS_swapon),
	FORBID(SYS_swapoff),
	FORBID(SYS_acct),
	FORBID(SYS_syslog),
	FORBID(SYS_quotactl),
	FORBID(SYS_sethostname),
	FORBID(SYS_setdomainname),
	FORBID(SYS_vhangup),
#ifdef SYS_settimeofday
	FORBID(SYS_settimeofday),
#endif
#ifdef SYS_clock_settime
	FORBID(SYS_clock_settime),
#endif
	FORBID(SYS_clock_adjtime),
	FORBID(SYS_adjtimex),
#ifdef SYS_clock_settime64
	FORBID(SYS_clock_settime64),
	FORBID(SYS_clock_adjtime64),
#endif
	ALLOW,
};

bool sandbox_calls_enter(void)
{
	const struct sock_fprog program = {sizeof(filter) / sizeof(filter[0]), filter};

	filter[OWN_PROCESS].k = (uint32_t)getpid();
	/* Kernels before 5.16 slow a filtered process down by what they do against speculation, unless asked not to. */
	return !syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_SPEC_ALLOW, &program) ||
	       !prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0);
}

#else

bool sandbox_calls_enter(void)
{
	return false;
}

#endif
