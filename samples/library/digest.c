/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The digest of a file with libhashsect, and whether what it leaves out proves itself.
 *
 *	cc -o digest digest.c $(pkg-config --cflags --libs hashsect elfsect)
 *	./digest vmlinux.o
 */
#include <hashsect.h>

#include <stdio.h>

static int print_digest(const struct elfsect_view *view, const struct hashsect_policy *policy,
			struct elfsect_error *error)
{
	const struct hashsect_options options = {HASHSECT_OPTIONS_INIT, .policy = policy};
	struct hashsect_digest *digest;
	int ret = hashsect_digest(view, &options, &digest, error);

	if (ret)
		return ret;
	/* The file is mapped: only if it is still what it was when it was opened is this a digest of anything. */
	ret = elfsect_view_unchanged(view, error);
	if (!ret)
		puts(digest->tagged);
	/* A rule that finds nothing leaves nothing out. */
	for (size_t i = 0; !ret && i < digest->exclusion_count; i++)
		if (digest->exclusions[i].range_count)
			printf("left out by rule %s: %s\n", digest->exclusions[i].rule,
			       digest->exclusions[i].evidence ? "proved"
			       : digest->exclusions[i].proved ? "well-formed"
							      : "not proved");
	hashsect_digest_free(digest);
	return ret;
}

int main(int argc, char **argv)
{
	struct hashsect_policy *policy = NULL;
	struct elfsect_view *view = NULL;
	struct elfsect_error error;
	int ret;

	if (argc != 2) {
		fprintf(stderr, "usage: %s FILE\n", argv[0]);
		return 2;
	}
	ret = hashsect_policy_builtin("linux", &policy, &error);
	if (!ret)
		ret = elfsect_view_open(argv[1], &view, &error);
	if (!ret)
		ret = print_digest(view, policy, &error);
	if (ret)
		fprintf(stderr, "%s\n", error.message);
	elfsect_view_close(view);
	hashsect_policy_free(policy);
	return ret ? 2 : 0;
}
