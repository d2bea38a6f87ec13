// SPDX-License-Identifier: LGPL-2.1-or-later
#include "explain/fill.h"

#include <elf.h>
#include <stddef.h>
#include <string.h>

#include "base/bytes.h"

/* x86: nop, int3, and the long forms of the manuals: prefixes 66 and 2e, 0f 1f and a ModR/M byte with its displacement.
 */
static uint64_t x86_nop(const uint8_t *bytes, uint64_t size)
{
	uint64_t at = 0;

	while (at < size && at < 12 && (bytes[at] == 0x66 || bytes[at] == 0x2e))
		at++;
	if (at < size && (bytes[at] == 0x90 || (!at && bytes[at] == 0xcc)))
		return at + 1;
	if (!range_inside(at, 3, size) || bytes[at] != 0x0f || bytes[at + 1] != 0x1f)
		return 0;
	switch (bytes[at + 2]) {
	case 0x00:
		return at + 3;
	case 0x40:
		return at + 4;
	case 0x44:
		return at + 5;
	case 0x80:
		return at + 7;
	case 0x84:
		return at + 8;
	}
	return 0;
}

static const struct {
	uint16_t machine;
	uint8_t size;
	uint8_t bytes[4];
} nops[] = {
	{EM_AARCH64, 4, {0x1f, 0x20, 0x03, 0xd5}},
	{EM_RISCV, 4, {0x13, 0, 0, 0}},
	{EM_RISCV, 2, {0x01, 0}},
	{EM_PPC64, 4, {0, 0, 0, 0x60}},
	{EM_PPC64, 4, {0x60, 0, 0, 0}},
	{EM_S390, 2, {0x07, 0x07}},
	{EM_S390, 2, {0x07, 0}},
	{EM_ARM, 4, {0, 0xf0, 0x20, 0xe3}},
	{EM_ARM, 2, {0, 0xbf}},
	{EM_ARM, 4, {0, 0, 0xa0, 0xe1}},
	{EM_LOONGARCH, 4, {0, 0, 0x40, 0x03}},
};

static uint64_t other_nop(uint16_t machine, const uint8_t *bytes, uint64_t size)
{
	for (size_t i = 0; i < sizeof(nops) / sizeof(nops[0]); i++)
		if (nops[i].machine == machine && size >= nops[i].size && !memcmp(bytes, nops[i].bytes, nops[i].size))
			return nops[i].size;
	return 0;
}

bool is_fill(uint16_t machine, const uint8_t *bytes, uint64_t size)
{
	const bool x86 = machine == EM_X86_64 || machine == EM_386;

	for (uint64_t at = 0, step; at < size; at += step) {
		step = !bytes[at] ? 1
		       : x86	  ? x86_nop(bytes + at, size - at)
				  : other_nop(machine, bytes + at, size - at);
		if (!step || step > size - at)
			return false;
	}
	return true;
}
