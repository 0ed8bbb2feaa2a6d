/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "csv_cell.h"

static bool
needs_apostrophe(const char *text)
{
	static const char *const first[] = { "=", "+", "-", "@", "\t", "\r",
		"\n", "'", "\xef\xbc\x9d", "\xef\xbc\x8b", "\xef\xbc\x8d",
		"\xef\xbc\xa0" };

	for (size_t i = 0; i < sizeof(first) / sizeof(first[0]); i++)
		if (strncmp(text, first[i], strlen(first[i])) == 0)
			return true;
	return false;
}

void
csv_put(struct buf *out, const char *text)
{
	bool quoted = strpbrk(text, ",\"\r\n") != NULL;

	if (quoted)
		buf_put_byte(out, '"');
	if (needs_apostrophe(text))
		buf_put_byte(out, '\'');
	for (; *text != '\0'; text++) {
		if (*text == '"')
			buf_put_byte(out, '"');
		buf_put_byte(out, (uint8_t)*text);
	}
	if (quoted)
		buf_put_byte(out, '"');
}
