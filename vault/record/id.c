/* SPDX-License-Identifier: ISC */
/* id - 26 digits of 5 bits are 130, so the first has only 3 of them. */
#include <string.h>

#include "core/random.h"
#include "record/id.h"

static const char digits[] = "0123456789abcdefghjkmnpqrstvwxyz";

void
id_new(uint8_t id[static ID_LEN])
{
	random_fill(id, ID_LEN);
}

void
id_print(char text[static ID_TEXT_LEN + 1], const uint8_t id[static ID_LEN])
{
	/* Digit i stands for the bits from 5 * i - 2 on, 0 being the highest.
	 */
	for (int i = 0; i < ID_TEXT_LEN; i++) {
		unsigned value = 0;

		for (int bit = 5 * i - 2; bit < 5 * i + 3; bit++) {
			value <<= 1;
			if (bit >= 0)
				value |= (unsigned)id[bit / 8] >>
					(7 - bit % 8) &
				    1u;
		}
		text[i] = digits[value];
	}
	text[ID_TEXT_LEN] = '\0';
}

/* The value of a digit as it is typed, or -1. */
static int
digit_value(char c)
{
	const char *found;

	if (c >= 'A' && c <= 'Z')
		c = (char)(c - 'A' + 'a');
	if (c == 'i' || c == 'l')
		c = '1';
	if (c == 'o')
		c = '0';
	found = c == '\0' ? NULL : strchr(digits, c);
	return found == NULL ? -1 : (int)(found - digits);
}

/* Read len digits and fill the rest of the number with the digit fill. */
static enum vault_err
read_digits(
    uint8_t id[static ID_LEN], const char *text, size_t len, unsigned fill)
{
	memset(id, 0, ID_LEN);
	for (size_t i = 0; i < ID_TEXT_LEN; i++) {
		int value = i < len ? digit_value(text[i]) : (int)fill;

		if (value < 0 || (i == 0 && value > 7)) {
			memset(id, 0, ID_LEN);
			return VAULT_EUSE;
		}
		for (size_t j = i == 0 ? 2 : 0; j < 5; j++) {
			size_t bit = 5 * i + j - 2;

			if (value >> (4 - j) & 1)
				id[bit / 8] |= (uint8_t)(0x80u >> bit % 8);
		}
	}
	return VAULT_OK;
}

enum vault_err
id_parse(uint8_t id[static ID_LEN], const char *text, size_t len)
{
	memset(id, 0, ID_LEN);
	return len == ID_TEXT_LEN ? read_digits(id, text, len, 0) : VAULT_EUSE;
}

bool
id_is_canonical(const char *text, size_t len)
{
	if (len != ID_TEXT_LEN || text[0] < '0' || text[0] > '7')
		return false;
	for (size_t i = 0; i < len; i++)
		if (text[i] == '\0' || strchr(digits, text[i]) == NULL)
			return false;
	return true;
}

enum vault_err
id_range(uint8_t low[static ID_LEN], uint8_t high[static ID_LEN],
    const char *prefix, size_t len)
{
	memset(low, 0, ID_LEN);
	memset(high, 0, ID_LEN);
	if (len < ID_PREFIX_MIN || len > ID_TEXT_LEN ||
	    read_digits(low, prefix, len, 0) != VAULT_OK)
		return VAULT_EUSE;
	return read_digits(high, prefix, len, 31);
}
