// SPDX-License-Identifier: LGPL-2.1-or-later
#include "trust/certificate.h"

#include <errno.h>
#include <openssl/err.h>

#include "base/der.h"
#include "base/error.h"

/* The rule is libelfsect's, so that what one tool puts into a kernel is what the other one takes. */
static int check_one(const uint8_t *bytes, uint64_t room, struct elfsect_certificate *info, struct elfsect_error *error)
{
	struct der_reader reader = {bytes, bytes + room};
	struct der whole;
	int ret;

	ret = der_expect(&reader, DER_SEQUENCE, "certificate", &whole, error);
	if (!ret)
		ret = elfsect_certificate_describe(whole.bytes, whole.size, info, error);
	if (!ret && !info->accepted)
		return failure(error, EBADMSG, "%s", info->refused);
	return ret;
}

int certificate_check(const uint8_t *bytes, uint64_t room, const char *where, uint64_t *size,
		      struct elfsect_certificate *info, struct elfsect_error *error)
{
	struct elfsect_certificate scratch;
	struct elfsect_error reason;
	const int ret = check_one(bytes, room, &scratch, &reason);

	ERR_clear_error();
	if (ret)
		return failure(error, -ret, "%s: %s", where, reason.message);
	*size = scratch.size;
	if (info)
		*info = scratch;
	return 0;
}

int certificate_list_check(const uint8_t *bytes, uint64_t size, const char *where, certificate_visit visit,
			   void *context, struct elfsect_error *error)
{
	uint64_t offset = 0;

	for (unsigned int number = 1; offset < size; number++) {
		struct elfsect_certificate info;
		struct elfsect_error reason;
		uint64_t length;
		int ret;

		if (number > CERTIFICATE_LIST_MAX)
			return failure(error, EBADMSG, "%s: more than %d certificates", where, CERTIFICATE_LIST_MAX);
		ret = certificate_check(bytes + offset, size - offset, "", &length, &info, &reason);
		if (ret)
			return failure(error, -ret, "%s: certificate %u (offset 0x%jx in the list)%s", where, number,
				       (uintmax_t)offset, reason.message);
		info.offset = offset;
		if (visit) {
			ret = visit(&info, context, error);
			if (ret)
				return ret;
		}
		offset += length;
	}
	return 0;
}
