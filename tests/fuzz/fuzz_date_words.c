/* SPDX-License-Identifier: ISC */
/*
 * Reaches date_rules_read, date_fold, date_atoms and date_words_read.  The
 * input is the rules of a column, and behind a zero byte a cell.  Properties:
 * a date that is read is EDTF and printed as it was read; as EDTF it is read
 * again as itself; blanks around a cell do not matter; and rules that allow
 * every order never make another date of it.
 */
#include "core/buf.h"
#include "fuzz.h"
#include "record/date.h"
#include "record/date_words.h"
#include "record/json.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	json_setup();
	return 0;
}

static enum date_reading
read_cell(struct buf *out, const struct date_rules *rules, const void *cell,
    size_t len)
{
	enum date_reading what;

	assert(date_words_read(out, &what, rules, cell, len) == VAULT_OK);
	assert((what == DATE_READ) == (out->len > 0));
	return what;
}

static void
check_date(const struct buf *edtf)
{
	static const struct date_rules only_edtf = { .edtf = true };
	struct buf again = { 0 };
	struct date date;

	assert(date_parse(&date, buf_text(edtf), edtf->len) == VAULT_OK);
	assert(date_print(&again, &date));
	assert(strcmp(buf_text(&again), buf_text(edtf)) == 0);
	assert(
	    read_cell(&again, &only_edtf, edtf->bytes, edtf->len) == DATE_READ);
	assert(strcmp(buf_text(&again), buf_text(edtf)) == 0);
	buf_free(&again);
}

static void
use(const struct date_rules *rules, const uint8_t *cell, size_t len)
{
	struct buf edtf = { 0 }, other = { 0 }, wide = { 0 };
	struct date_rules more = *rules;
	enum date_reading what = read_cell(&edtf, rules, cell, len);

	more.orders = UINT16_MAX;
	if (what == DATE_READ) {
		check_date(&edtf);
		if (read_cell(&other, &more, cell, len) == DATE_READ)
			assert(strcmp(buf_text(&other), buf_text(&edtf)) == 0);
	}
	more = *rules;
	more.edtf = false; /* which takes no blanks */
	buf_put_byte(&wide, ' ');
	buf_put(&wide, cell, len);
	buf_put_text(&wide, "\t ");
	if (wide.len <= DATE_CELL_MAX) {
		what = read_cell(&edtf, &more, cell, len);
		assert(read_cell(&other, &more, wide.bytes, wide.len) == what);
		assert(strcmp(buf_text(&other), buf_text(&edtf)) == 0);
	}
	buf_free(&edtf);
	buf_free(&other);
	buf_free(&wide);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *zero = size == 0 ? NULL : memchr(data, 0, size);
	struct date_rules rules;
	struct date_rules_fault fault;
	json_t *json;
	size_t len;

	if (zero == NULL)
		return 0;
	len = (size_t)(zero - data);
	if (json_read(&json, data, len, 4096, NULL) != VAULT_OK)
		return 0;
	if (date_rules_read(&rules, &fault, json) == VAULT_OK)
		use(&rules, zero + 1, size - len - 1);
	json_decref(json);
	return 0;
}
