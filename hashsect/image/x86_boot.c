// SPDX-License-Identifier: LGPL-2.1-or-later
#include "image/x86_boot.h"

#include <string.h>

#include "base/bytes.h"

enum {
	SECTOR = 512,
	PARAGRAPH = 16,
	SETUP_SECTS = 0x1f1,
	SYSSIZE = 0x1f4,
	BOOT_FLAG = 0x1fe,
	MAGIC = 0x202,
	VERSION = 0x206,
	PAYLOAD_OFFSET = 0x248,
	PAYLOAD_LENGTH = 0x24c,
	HEADER_END = 0x250,
	OLD_SETUP_SECTS = 4,
	VERSION_WITH_PAYLOAD = 0x208,
};

bool x86_boot_read(const uint8_t *bytes, uint64_t size, struct x86_boot *boot)
{
	uint64_t sectors;

	*boot = (struct x86_boot){0};
	if (size < HEADER_END || load_u16(bytes + BOOT_FLAG, ELFDATA2LSB) != 0xaa55 ||
	    memcmp(bytes + MAGIC, "HdrS", 4) != 0)
		return false;
	sectors = bytes[SETUP_SECTS] ? bytes[SETUP_SECTS] : OLD_SETUP_SECTS;
	boot->version = load_u16(bytes + VERSION, ELFDATA2LSB);
	boot->setup_size = (sectors + 1) * SECTOR;
	boot->size = boot->setup_size + (uint64_t)load_u32(bytes + SYSSIZE, ELFDATA2LSB) * PARAGRAPH;
	if (boot->version < VERSION_WITH_PAYLOAD)
		return true;
	boot->payload = boot->setup_size + load_u32(bytes + PAYLOAD_OFFSET, ELFDATA2LSB);
	boot->payload_size = load_u32(bytes + PAYLOAD_LENGTH, ELFDATA2LSB);
	return true;
}
