// SPDX-License-Identifier: GPL-2.0-or-later
#include "explained.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"

/* What the digest left out, for the library. The caller frees the list. */
static int take_side(const char *path, const struct file_digest *file, struct explain_side *side,
		     struct explain_range **ranges, struct elfsect_error *error)
{
	const struct hashsect_digest *digest = file->digest;
	size_t count = 0;

	for (size_t i = 0; i < digest->exclusion_count; i++)
		count += digest->exclusions[i].range_count;
	*ranges = calloc(count + 1, sizeof(**ranges));
	if (!*ranges)
		return failure_errno(error, ENOMEM, "%s", path ? path : "explaining");
	*side = (struct explain_side){.view = file->view, .image = file->image, .ranges = *ranges};
	(void)image_layers(file->image, &count);
	if (path && !count && strcmp(path, "-") != 0)
		side->path = path;
	for (size_t i = 0; i < digest->exclusion_count; i++) {
		const struct hashsect_exclusion *e = &digest->exclusions[i];

		for (size_t k = 0; k < e->range_count; k++)
			(*ranges)[side->range_count++] = (struct explain_range){
				e->rule, e->ranges[k].section, e->ranges[k].offset, e->ranges[k].length};
	}
	return 0;
}

int explain_digests(const char *const paths[2], const struct file_digest files[2],
		    const struct debug_file *const debug[2], struct explanation *explanation,
		    struct elfsect_error *error)
{
	struct explain_range *ranges[2] = {NULL, NULL};
	struct explain_side sides[2];
	int ret = 0;

	for (int i = 0; i < 2 && !ret; i++) {
		ret = take_side(paths[i], &files[i], &sides[i], &ranges[i], error);
		if (!ret && debug[i])
			debug_file_take(debug[i], &sides[i]);
	}
	if (!ret)
		ret = explain_files(sides, explanation, error);
	free(ranges[0]);
	free(ranges[1]);
	return ret;
}
