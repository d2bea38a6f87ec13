// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What is appended to a module:
 *
 *   module | data | struct module_signature, 12 bytes | "~Module signature appended~\n", 28 bytes
 *
 * The length of the data is in the structure, as a big-endian u32. The kernel's own check of
 * signatures reads the same bytes later, if it is built.
 */
#include <asm/byteorder.h>
#include <linux/errno.h>
#include <linux/module_signature.h>
#include <linux/string.h>
#include "modhash.h"

static bool unused_fields_are_zero(const struct module_signature *ms)
{
	return !ms->algo && !ms->hash && !ms->signer_len && !ms->key_id_len &&
	       !ms->__pad[0] && !ms->__pad[1] && !ms->__pad[2];
}

/**
 * modhash_split - find the data that are appended to a module
 * @image: the module as the kernel read it
 * @len: its length in bytes
 * @id_type: the kind of data that are looked for
 * @parts: where they are, filled on success
 *
 * Only the last trailer counts. What precedes its data is the module, other trailers included.
 *
 * Return: 0, -ENODATA without a trailer, -ENOPKG if it is of another kind, -EBADMSG if it is
 * broken.
 */
int modhash_split(const u8 *image, size_t len, u8 id_type, struct modhash_parts *parts)
{
	const size_t marker_len = sizeof(MODULE_SIGNATURE_MARKER) - 1;
	struct module_signature ms;
	size_t data_len;

	if (len <= marker_len ||
	    memcmp(image + len - marker_len, MODULE_SIGNATURE_MARKER, marker_len))
		return -ENODATA;
	len -= marker_len;

	if (len <= sizeof(ms))
		return -EBADMSG;
	len -= sizeof(ms);
	memcpy(&ms, image + len, sizeof(ms));

	if (ms.id_type != id_type)
		return -ENOPKG;
	data_len = be32_to_cpu(ms.sig_len);
	if (data_len >= len || !unused_fields_are_zero(&ms))
		return -EBADMSG;

	parts->module = image;
	parts->module_len = len - data_len;
	parts->data = image + parts->module_len;
	parts->data_len = data_len;
	return 0;
}
