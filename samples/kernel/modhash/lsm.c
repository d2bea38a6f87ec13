// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The security module: looks at every module image after it was read and before it is parsed.
 *
 * Both ways to load a module pass a hook that gets the whole image, in the memory that is parsed
 * afterwards: kernel_post_read_file for finit_module(), kernel_post_load_data for init_module().
 * The hooks that come before them are told whether they will follow. If not, nothing can be
 * checked.
 */
#define pr_fmt(fmt) "modhash: " fmt

#include <linux/elf.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/kernel_read_file.h>
#include <linux/lsm_hooks.h>
#include <linux/sched.h>
#include <linux/security.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/string_helpers.h>
#include <linux/version.h>
#include "modhash.h"

enum modhash_mode {
	MODHASH_OFF,
	MODHASH_REPORT,
	MODHASH_ENFORCE,
};

static const char * const mode_names[] = {
	[MODHASH_OFF] = "off",
	[MODHASH_REPORT] = "report",
	[MODHASH_ENFORCE] = "enforce",
};

static enum modhash_mode mode __ro_after_init =
	IS_ENABLED(CONFIG_SECURITY_MODHASH_REPORT) ? MODHASH_REPORT : MODHASH_ENFORCE;

/* A value that is no mode is no reason to do less than was configured. */
static int __init parse_mode(char *value)
{
	int found = match_string(mode_names, ARRAY_SIZE(mode_names), value);

	if (found >= 0)
		mode = found;
	else
		pr_warn("modhash=%s is not known, it stays %s\n", value, mode_names[mode]);
	return 1;
}
__setup("modhash=", parse_mode);

/* One line for each module that does not pass. With init_module() there is no file, and no name. */
static int complain(struct file *file, const char *reason, int err)
{
	const char *verdict = mode == MODHASH_ENFORCE ? "refused" : "reported";
	char *path;

	if (file) {
		path = kstrdup_quotable_file(file, GFP_KERNEL);
		pr_err("%s: %s: %s (%pe)\n", verdict, path ?: "<no memory>", reason, ERR_PTR(err));
		kfree(path);
	} else {
		pr_err("%s: module in the memory of %*pE[%d]: %s (%pe)\n", verdict,
		       (int)strlen(current->comm), current->comm, task_pid_nr(current),
		       reason, ERR_PTR(err));
	}
	return mode == MODHASH_ENFORCE ? err : 0;
}

static bool is_elf(const u8 *image, size_t len)
{
	return len >= SELFMAG && !memcmp(image, ELFMAG, SELFMAG);
}

static int check_image(struct file *file, const u8 *image, loff_t len)
{
	const char *reason;
	int err;

	/* The kernel's hash functions take an unsigned int: the rest would be loaded unseen. */
	if (len < 0 || len > INT_MAX)
		return complain(file, "it is larger than 2 GiB", -EFBIG);

	err = modhash_check(image, len);
	if (!err)
		return 0;
	if (modhash_is_empty())
		reason = "no hashes have been put into this kernel";
	else if (!is_elf(image, len))
		reason = "it is no ELF file, or compressed";
	else
		reason = modhash_reason(err);
	return complain(file, reason, err);
}

static int modhash_kernel_read_file(struct file *file, enum kernel_read_file_id id, bool contents)
{
	if (id != READING_MODULE || contents)
		return 0;
	return complain(file, "it is not read as a whole", -EACCES);
}

static int modhash_kernel_post_read_file(struct file *file, char *buf, loff_t size,
					 enum kernel_read_file_id id)
{
	if (id != READING_MODULE)
		return 0;
	return check_image(file, buf, size);
}

static int modhash_kernel_load_data(enum kernel_load_data_id id, bool contents)
{
	if (id != LOADING_MODULE || contents)
		return 0;
	return complain(NULL, "it is not shown as a whole", -EACCES);
}

static int modhash_kernel_post_load_data(char *buf, loff_t size, enum kernel_load_data_id id,
					 char *description)
{
	if (id != LOADING_MODULE)
		return 0;
	return check_image(NULL, buf, size);
}

static struct security_hook_list modhash_hooks[] __ro_after_init = {
	LSM_HOOK_INIT(kernel_read_file, modhash_kernel_read_file),
	LSM_HOOK_INIT(kernel_post_read_file, modhash_kernel_post_read_file),
	LSM_HOOK_INIT(kernel_load_data, modhash_kernel_load_data),
	LSM_HOOK_INIT(kernel_post_load_data, modhash_kernel_post_load_data),
};

/*
 * Active if built, whatever CONFIG_LSM and lsm= say: modhash= is the one switch. Linux 6.12 has an
 * order for that, 6.1 only the one that capabilities use.
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 8, 0)
#include <uapi/linux/lsm.h>

#define MODHASH_ORDER LSM_ORDER_LAST

/* The kernel's maintainers count up from 100. This is far away from that. */
#define LSM_ID_MODHASH 0x6d6f6468

static const struct lsm_id modhash_lsmid = {
	.name = "modhash",
	.id = LSM_ID_MODHASH,
};

static void __init add_hooks(void)
{
	security_add_hooks(modhash_hooks, ARRAY_SIZE(modhash_hooks), &modhash_lsmid);
}
#else
#define MODHASH_ORDER LSM_ORDER_FIRST

static void __init add_hooks(void)
{
	security_add_hooks(modhash_hooks, ARRAY_SIZE(modhash_hooks), "modhash");
}
#endif

static int __init modhash_init(void)
{
	modhash_announce(mode_names[mode]);
	if (mode == MODHASH_OFF)
		return 0;
	if (modhash_is_empty())
		pr_warn("no hashes have been put into this kernel, no module will pass\n");
	add_hooks();
	return 0;
}

DEFINE_LSM(modhash) = {
#if LINUX_VERSION_CODE >= KERNEL_VERSION(7, 0, 0)
	.id = &modhash_lsmid,
#else
	.name = "modhash",
#endif
	.order = MODHASH_ORDER,
	.init = modhash_init,
};
