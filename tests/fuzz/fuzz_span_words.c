/* SPDX-License-Identifier: ISC */
/*
 * Reaches span_words_read.  The input is a byte, the languages, and a cell.
 * Properties: what is read is a span that a record may have; blanks around a
 * cell do not matter; more languages never read something else.
 */
#include "core/buf.h"
#include "fuzz.h"
#include "record/date.h"
#include "record/json.h"
#include "record/span_words.h"

static void
check_object(const struct span_reading *r)
{
	json_t *span = json_object();

	if (r->exact) {
		assert(strcmp(buf_text(&r->least), buf_text(&r->most)) == 0);
		json_object_set_new(
		    span, "iso", json_string(buf_text(&r->least)));
	} else {
		assert(r->least.len + r->most.len > 0);
		if (r->least.len > 0)
			json_object_set_new(
			    span, "min", json_string(buf_text(&r->least)));
		if (r->most.len > 0)
			json_object_set_new(
			    span, "max", json_string(buf_text(&r->most)));
	}
	assert(date_span_object_check(span) == DATE_FAULT_NONE);
	json_decref(span);
}

static void
check_same(const struct span_reading *r, uint8_t languages, const void *cell,
    size_t len, bool must)
{
	struct span_reading other;
	enum vault_err err = span_words_read(&other, languages, cell, len);

	assert(err == VAULT_OK || (err == VAULT_EUSE && !must));
	if (err == VAULT_OK) {
		assert(other.exact == r->exact);
		assert(
		    strcmp(buf_text(&other.least), buf_text(&r->least)) == 0);
		assert(strcmp(buf_text(&other.most), buf_text(&r->most)) == 0);
	}
	span_reading_free(&other);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span_reading r;
	struct buf wide = { 0 };

	if (size == 0)
		return 0;
	if (span_words_read(&r, data[0], data + 1, size - 1) == VAULT_OK) {
		check_object(&r);
		check_same(&r, 0xff, data + 1, size - 1, false);
		buf_put_byte(&wide, ' ');
		buf_put(&wide, data + 1, size - 1);
		buf_put_text(&wide, "\t ");
		check_same(&r, data[0], wide.bytes, wide.len,
		    wide.len <= SPAN_CELL_MAX);
	}
	span_reading_free(&r);
	buf_free(&wide);
	return 0;
}
