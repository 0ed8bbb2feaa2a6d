/* SPDX-License-Identifier: ISC */
/*
 * Reaches record/date.c.  Properties: what is accepted is printed as it was
 * read, and its first day is not after its last.
 */
#include <assert.h>
#include <string.h>

#include "core/buf.h"
#include "record/date.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	const char *text = (const char *)data;
	struct buf out = { 0 };
	struct date_days days;
	struct date_span span;
	struct date date;

	if (date_parse(&date, text, len) == VAULT_OK) {
		assert(date_print(&out, &date));
		assert(out.len == len && memcmp(out.bytes, text, len) == 0);
		date_days(&days, &date);
		assert(days.lo <= days.hi);
		assert(days.lo != INT32_MIN || days.hi != INT32_MAX);
	}
	buf_reset(&out);
	if (date_span_parse(&span, text, len) == VAULT_OK) {
		assert(date_span_print(&out, &span));
		assert(out.len == len && memcmp(out.bytes, text, len) == 0);
		date_span_days(&days, &span);
		assert(days.lo >= 0 && days.lo <= days.hi);
	}
	buf_free(&out);
	return 0;
}
