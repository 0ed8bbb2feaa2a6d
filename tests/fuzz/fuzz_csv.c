/* SPDX-License-Identifier: ISC */
/*
 * Reaches table_read with any bytes, libcsv, iconv and the JSON reader behind
 * it.  Property, for each form that a file may be said to have: one that is
 * accepted, written again with every cell in quotes, gives the same rows;
 * one that is refused names a fault within its bounds.
 */
#include "core/buf.h"
#include "fuzz.h"
#include "record/table_import.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	json_setup();
	return 0;
}

struct reading {
	struct buf rows; /* quoted, with LF behind each */
	size_t columns;
	uint64_t size;
	unsigned faults;
	bool json;
};

static enum vault_err
read_at(void *ctx, void *to, size_t len, uint64_t offset, size_t *got)
{
	const struct buf *b = ctx;

	*got = offset >= b->len ? 0 : b->len - (size_t)offset;
	if (*got > len)
		*got = len;
	if (*got > 0)
		memcpy(to, b->bytes + offset, *got);
	return VAULT_OK;
}

static enum vault_err
on_row(void *ctx, const struct table_row *row)
{
	struct reading *r = ctx;

	if (row->row == 0)
		r->columns = row->n;
	assert(row->n == r->columns && row->n > 0);
	for (size_t i = 0; i < row->n; i++) {
		const char *cell = table_cell(row, i);

		assert(strlen(cell) == table_cell_len(row, i));
		buf_put_text(&r->rows, i > 0 ? ",\"" : "\"");
		for (; *cell != '\0'; cell++) {
			if (*cell == '"')
				buf_put_byte(&r->rows, '"');
			buf_put_byte(&r->rows, (uint8_t)*cell);
		}
		buf_put_byte(&r->rows, '"');
	}
	buf_put_byte(&r->rows, '\n');
	return buf_ok(&r->rows);
}

static void
on_fault(void *ctx, const struct table_fault *f)
{
	struct reading *r = ctx;

	assert(f->why != TABLE_FAULT_NONE);
	assert((f->line >= 1 || r->json) && f->line <= r->size + 1);
	assert(f->offset <= r->size && f->row <= r->size);
	r->faults++;
}

static enum vault_err
read_all(
    struct reading *r, const struct buf *bytes, const struct table_form *form)
{
	struct buf copy = *bytes;
	struct table_source from = { &copy, read_at, bytes->len };
	struct table_events events = { r, on_row, on_fault, NULL };
	uint8_t sha256[DIGEST_LEN];

	memset(r, 0, sizeof(*r));
	r->size = bytes->len;
	r->json = form->json;
	return table_read(&from, form, &events, sha256);
}

static void
try_form(const struct buf *bytes, const struct table_form *form)
{
	static const struct table_form plain = { ',', NULL, false };
	struct reading first, second;
	enum vault_err again;

	if (read_all(&first, bytes, form) == VAULT_OK) {
		assert(first.faults == 0);
		again = read_all(&second, &first.rows, &plain);
		assert(again == VAULT_OK);
		assert(first.rows.len == second.rows.len &&
		    memcmp(first.rows.bytes, second.rows.bytes,
			first.rows.len) == 0);
		buf_free(&second.rows);
	} else {
		assert(first.faults > 0);
	}
	buf_free(&first.rows);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct table_form forms[] = { { ',', NULL, false },
		{ ',', NULL, true }, { ',', "ISO-8859-1", false },
		{ ',', "UTF-16", false }, { ',', "BIG5-HKSCS", false } };
	struct buf bytes = { 0 };

	buf_put(&bytes, data, size);
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
		try_form(&bytes, &forms[i]);
	buf_free(&bytes);
	return 0;
}
