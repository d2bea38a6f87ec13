// SPDX-License-Identifier: LGPL-2.1-or-later
#include "digest/lanes.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#ifdef HAVE_IPSEC_MB

#include <intel-ipsec-mb.h>

static bool is_wanted(void)
{
	const char *choice = getenv("HASHSECT_SHA256");

	return !choice || strcmp(choice, "libcrypto") != 0;
}

struct lanes *lanes_new(void)
{
	IMB_MGR *manager;

	if (!is_wanted())
		return NULL;
	/* Its SHA instructions take two messages at a time, AVX-512 sixteen. */
	manager = alloc_mb_mgr(IMB_FLAG_SHANI_OFF);
	if (manager && (manager->features & IMB_FEATURE_AVX512_SKX)) {
		init_mb_mgr_avx512(manager);
		if (!imb_get_errno(manager))
			return (struct lanes *)manager;
	}
	free_mb_mgr(manager);
	return NULL;
}

void lanes_free(struct lanes *lanes)
{
	if (lanes)
		free_mb_mgr((IMB_MGR *)lanes);
}

static size_t completed(IMB_MGR *manager, IMB_JOB *job)
{
	size_t count = 0;

	for (; job; job = IMB_GET_COMPLETED_JOB(manager))
		count += job->status == IMB_STATUS_COMPLETED;
	return count;
}

int lanes_sha256(struct lanes *lanes, const struct span *messages, size_t count, uint8_t *out)
{
	IMB_MGR *manager = (IMB_MGR *)lanes;
	IMB_JOB *job;
	size_t done = 0;

	for (size_t i = 0; i < count; i++) {
		job = IMB_GET_NEXT_JOB(manager);
		memset(job, 0, sizeof(*job));
		job->cipher_mode = IMB_CIPHER_NULL;
		job->cipher_direction = IMB_DIR_ENCRYPT;
		job->chain_order = IMB_ORDER_HASH_CIPHER;
		job->hash_alg = IMB_AUTH_SHA_256;
		job->src = messages[i].bytes;
		job->msg_len_to_hash_in_bytes = messages[i].size;
		job->auth_tag_output = out + i * SHA256_SIZE;
		job->auth_tag_output_len_in_bytes = SHA256_SIZE;
		done += completed(manager, IMB_SUBMIT_JOB(manager));
	}
	while ((job = IMB_FLUSH_JOB(manager)))
		done += completed(manager, job);
	return done == count ? 0 : -EIO;
}

#else

struct lanes *lanes_new(void)
{
	return NULL;
}

void lanes_free(struct lanes *lanes)
{
	(void)lanes;
}

int lanes_sha256(struct lanes *lanes, const struct span *messages, size_t count, uint8_t *out)
{
	(void)lanes;
	(void)messages;
	(void)count;
	(void)out;
	return -EIO;
}

#endif
