// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <inttypes.h>

#include "commands.h"
#include "base/json.h"
#include "hashsect.h"
#include "sig_file.h"
#include "base/text.h"

enum { OPT_JSON = OPT_SIG_FIRST_OWN };

static void print_text(const struct image *image)
{
	const struct module_trailer *unknown = image_unknown_trailer(image);
	size_t count;
	const struct image_layer *layers = image_layers(image, &count);

	for (size_t i = 0; i < count; i++) {
		text_print(stdout, image_name(image));
		printf(": %s, %" PRIu64 " bytes: ", layer_kind_name(layers[i].kind), layers[i].size);
		text_print(stdout, layers[i].text);
		putchar('\n');
	}
	if (unknown) {
		text_print(stdout, image_name(image));
		printf(": unknown, %" PRIu64 " bytes: a trailer with id_type %u\n", unknown->size, unknown->id_type);
	} else if (!count) {
		text_print(stdout, image_name(image));
		printf(": no layer\n");
	}
}

static struct json_object *file_object(const struct image *image)
{
	const struct module_trailer *unknown = image_unknown_trailer(image);
	struct json_object *o = json_object_new_object(), *u;
	uint64_t size;

	image_bytes(image, &size);
	json_object_object_add(o, "path", json_name(image_name(image)));
	json_object_object_add(o, "layers", image_layers_object(image));
	if (unknown) {
		u = json_object_new_object();
		json_object_object_add(u, "id_type", json_object_new_int(unknown->id_type));
		json_object_object_add(u, "size", json_object_new_uint64(unknown->size));
		json_object_object_add(o, "unknown_trailer", u);
	}
	json_object_object_add(o, "size", json_object_new_uint64(size));
	return o;
}

static int show(const char *path, uint64_t max_size, struct json_object *list)
{
	const struct image_options options = {.max_size = max_size};
	struct elfsect_error error;
	struct image *image;

	if (image_open(path, &options, &image, &error))
		return cli_error(&error);
	if (list)
		json_object_array_add(list, file_object(image));
	else
		print_text(image);
	image_close(image);
	return STATUS_OK;
}

int cmd_sig_show(int argc, char **argv)
{
	static const struct option options[] = {
		{"json", no_argument, NULL, OPT_JSON},
		SIG_MAX_SIZE_OPTION,
		{0},
	};
	struct json_object *list, *all;
	uint64_t max_size = 0;
	bool json = false;
	int c, status = STATUS_OK;

	while ((c = getopt_long(argc, argv, ":", options, NULL)) != -1) {
		if (c == OPT_JSON)
			json = true;
		else if (c != OPT_SIG_MAX_SIZE)
			return cli_bad_option(c, argv);
		else if (option_max_size(optarg, &max_size))
			return STATUS_TROUBLE;
	}
	if (optind == argc)
		return cli_usage("sig show: no file given");
	list = json ? json_object_new_array() : NULL;
	for (int i = optind; i < argc; i++)
		if (show(argv[i], max_size, list))
			status = STATUS_TROUBLE;
	if (!list)
		return status;
	all = json_object_new_object();
	json_object_object_add(all, "schema", json_object_new_int(HASHSECT_MANIFEST_SCHEMA));
	json_object_object_add(all, "files", list);
	return print_json(all) ?: status;
}
