/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The header of an x86 boot image (Documentation/arch/x86/boot.rst of Linux); every number is little-endian.
 *
 *     0x1f1 u8 setup_sects (0: 4)   0x1f4 u32 syssize, of 16 bytes each   0x1fe u16 0xaa55   0x202 "HdrS"
 *     0x206 u16 version   0x248 u32 payload_offset   0x24c u32 payload_length
 *
 *     boot sector and setup code, (setup_sects + 1) * 512 bytes | the rest: what is loaded, the payload inside
 */
#ifndef HASHSECT_IMAGE_X86_BOOT_H
#define HASHSECT_IMAGE_X86_BOOT_H

#include <stdbool.h>
#include <stdint.h>

/**
 * struct x86_boot - what such a header says
 * @setup_size: bytes in front of what is loaded
 * @size: of the whole image, where it was made by a kernel before 6.15
 * @payload: offset in the file; @payload_size: in bytes, both 0 where the version is before 2.08
 */
struct x86_boot {
	uint16_t version;
	uint64_t setup_size;
	uint64_t size;
	uint64_t payload;
	uint64_t payload_size;
};

/** x86_boot_read() - read it; false: there is no such header */
bool x86_boot_read(const uint8_t *bytes, uint64_t size, struct x86_boot *boot);

#endif
