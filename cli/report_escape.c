/* SPDX-License-Identifier: ISC */
/* report_escape - texts of records as markup that does nothing. */
#include "report.h"

void
report_escape(struct buf *out, const char *text, size_t len)
{
	static const char *const marks[] = { ['&'] = "&amp;",
		['<'] = "&lt;",
		['>'] = "&gt;",
		['"'] = "&quot;",
		['\''] = "&#39;" };

	for (size_t i = 0, step; i < len; i += step) {
		uint32_t cp;

		if ((step = text_next(&cp, text + i, len - i)) == 0) {
			cp = 0xfffd;
			step = 1;
		}
		/* Blanks that are none, directions that are forced, tags. */
		if (cp == '\t' || cp == '\n' || cp == 0x2028 || cp == 0x2029)
			cp = ' ';
		else if (cp < 0x20 || (cp >= 0x7f && cp < 0xa0) ||
		    (cp >= 0x202a && cp <= 0x202e) ||
		    (cp >= 0x2066 && cp <= 0x2069) || cp == 0xfffe ||
		    cp == 0xffff || (cp >= 0xe0000 && cp <= 0xe007f))
			cp = 0xfffd;
		if (cp < sizeof(marks) / sizeof(marks[0]) && marks[cp] != NULL)
			buf_put_text(out, marks[cp]);
		else
			text_put(out, cp);
	}
}
