// SPDX-License-Identifier: LGPL-2.1-or-later
#include "report/image_show.h"

#include "report/layers.h"
#include "report/manifest_write.h"

static struct json_object *image_object(const struct image *image)
{
	const struct image_layer *unknown = image_unknown(image);
	struct json_object *o = json_object_new_object(), *u = NULL;
	struct arena arena = {0};
	struct manifest_layer *layers;
	uint64_t size;
	size_t count;

	image_bytes(image, &size);
	layers = manifest_layers_make(&arena, image, false, false, &count);
	json_set(&o, "path", json_name(image_name(image)));
	json_set(&o, "layers", arena.failed ? NULL : manifest_layers_object(layers, count));
	if (unknown) {
		u = json_object_new_object();
		json_set(&u, "id_type", json_number(unknown->id_type));
		json_set(&u, "size", json_number(unknown->size));
		json_set(&o, "unknown_trailer", u);
	}
	json_set(&o, "size", json_number(size));
	arena_clear(&arena);
	return o;
}

void files_report_image(struct files_report *r, const struct image *image)
{
	if (r->json)
		json_append(&r->list, image_object(image));
	else
		layers_print(r->out, image);
}
