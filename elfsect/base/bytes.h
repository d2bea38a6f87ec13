/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Integers in memory, and the one place where sums and products of sizes from a file are checked. */
#ifndef ELFSECT_BASE_BYTES_H
#define ELFSECT_BASE_BYTES_H

#include <elf.h>
#include <endian.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

static inline uint16_t load_u16(const uint8_t *p, uint8_t data)
{
	uint16_t v;

	memcpy(&v, p, sizeof(v));
	return data == ELFDATA2MSB ? be16toh(v) : le16toh(v);
}

static inline uint32_t load_u32(const uint8_t *p, uint8_t data)
{
	uint32_t v;

	memcpy(&v, p, sizeof(v));
	return data == ELFDATA2MSB ? be32toh(v) : le32toh(v);
}

static inline uint64_t load_u64(const uint8_t *p, uint8_t data)
{
	uint64_t v;

	memcpy(&v, p, sizeof(v));
	return data == ELFDATA2MSB ? be64toh(v) : le64toh(v);
}

static inline void store_u16(uint8_t *p, uint8_t data, uint16_t v)
{
	v = data == ELFDATA2MSB ? htobe16(v) : htole16(v);
	memcpy(p, &v, sizeof(v));
}

static inline void store_u32(uint8_t *p, uint8_t data, uint32_t v)
{
	v = data == ELFDATA2MSB ? htobe32(v) : htole32(v);
	memcpy(p, &v, sizeof(v));
}

static inline void store_u64(uint8_t *p, uint8_t data, uint64_t v)
{
	v = data == ELFDATA2MSB ? htobe64(v) : htole64(v);
	memcpy(p, &v, sizeof(v));
}

/* True if [offset, offset + size) lies inside [0, limit). */
static inline bool range_inside(uint64_t offset, uint64_t size, uint64_t limit)
{
	return offset <= limit && size <= limit - offset;
}

/* a + b and a * b; false on overflow. */
static inline bool add_u64(uint64_t a, uint64_t b, uint64_t *sum)
{
	return !__builtin_add_overflow(a, b, sum);
}

static inline bool mul_u64(uint64_t a, uint64_t b, uint64_t *product)
{
	return !__builtin_mul_overflow(a, b, product);
}

/* x rounded up to a multiple of a power of two; false on overflow. */
static inline bool align_u64(uint64_t x, uint64_t alignment, uint64_t *result)
{
	if (!add_u64(x, alignment - 1, result))
		return false;
	*result &= ~(alignment - 1);
	return true;
}

/* Offset of the first non-zero byte of p[0, size), or size. */
static inline uint64_t first_nonzero(const uint8_t *p, uint64_t size)
{
	uint64_t i = 0;

	for (; i + 8 <= size; i += 8) {
		uint64_t word;

		memcpy(&word, p + i, sizeof(word));
		if (word)
			break;
	}
	while (i < size && !p[i])
		i++;
	return i;
}

#endif
