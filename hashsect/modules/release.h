/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which release of Linux a kernel is, and which one a module was built for: "6.1.0-56-cloud-amd64". */
#ifndef HASHSECT_MODULES_RELEASE_H
#define HASHSECT_MODULES_RELEASE_H

#include <stdint.h>

/** RELEASE_MAX - bytes of a release with its zero byte; the kernel's own limit, __NEW_UTS_LEN + 1 */
enum { RELEASE_MAX = 65 };

/**
 * kernel_release() - by the first banner in its bytes, "Linux version RELEASE (..."
 * @release: "": there is none
 * @other: of a later banner that differs; "": all are of one release
 */
void kernel_release(const uint8_t *bytes, uint64_t size, char release[RELEASE_MAX], char other[RELEASE_MAX]);

/** module_release() - by the first string "vermagic=RELEASE ..." in the bytes of .modinfo; "": there is none */
void module_release(const uint8_t *bytes, uint64_t size, char release[RELEASE_MAX]);

#endif
