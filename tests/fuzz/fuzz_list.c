// SPDX-License-Identifier: GPL-2.0-or-later
/* Lines of a list of digests. One that is taken apart and printed again is taken apart in the same way. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "digest/tag.h"
#include "fuzz.h"
#include "report/digest_line.h"

static char *printed(const char *digest, const char *path)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	fuzz_require(out != NULL, "memory");
	digest_line_print(out, digest, path);
	fuzz_require(!fclose(out) && size && text[size - 1] == '\n', "a line ends");
	text[size - 1] = '\0';
	fuzz_require(!strchr(text, '\n'), "a line is one line");
	return text;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *line = strndup((const char *)data, size), *digest, *path;
	struct tag tag;

	line[strcspn(line, "\n")] = '\0';
	/* Whatever stands before the spaces is taken for a digest, until it is looked at. */
	if (digest_line_parse(line, &digest, &path) && tag_parse(digest, &tag)) {
		char *again = printed(digest, path), *digest_again, *path_again;

		fuzz_require(digest_line_parse(again, &digest_again, &path_again), "what is printed can be read");
		fuzz_require(!strcmp(digest, digest_again) && !strcmp(path, path_again), "and says the same");
		free(again);
	}
	if (tag_parse(line, &tag))
		fuzz_require(memchr(tag.policy, 0, sizeof(tag.policy)) && memchr(tag.hash, 0, sizeof(tag.hash)),
			     "words that end");
	free(line);
	return 0;
}
