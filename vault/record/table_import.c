/* SPDX-License-Identifier: ISC */
/*
 * table_import - libcsv knows neither lines nor encodings: bytes are checked
 * here first, and handed to it line by line, so that every cell and every
 * fault has its place.
 */
#include <errno.h>
#include <iconv.h>
#include <string.h>
#include <strings.h>

#include <csv.h>

#include "core/mem.h"
#include "core/text.h"
#include "record/table_import.h"

#define BLOCK 65536
#define CUT 3    /* bytes of UTF-8 that can lack the rest of a character */
#define CARRY 16 /* of a character that the end of a block has cut */

struct reader {
	struct csv_parser csv;
	const struct table_events *events;
	struct table_row row;
	size_t columns; /* 0: the names have not come yet */
	uint64_t line;  /* of the next byte */
	uint64_t offset;
	bool beyond_ascii; /* there has been a character that is not ASCII */
	bool after_cr;
	bool in_row;
	bool refused;
	enum vault_err err;
	/* Of a file in another encoding. */
	bool converts;
	iconv_t from;
	uint8_t *text; /* BLOCK bytes, converted */
};

const char *
table_cell(const struct table_row *r, size_t i)
{
	size_t start;

	memcpy(&start, r->starts.bytes + i * sizeof(start), sizeof(start));
	return buf_text(&r->text) + start;
}

size_t
table_cell_len(const struct table_row *r, size_t i)
{
	const char *next = i + 1 < r->n ? table_cell(r, i + 1)
					: buf_text(&r->text) + r->text.len;

	return (size_t)(next - table_cell(r, i)) - 1;
}

/* ---- Faults ---- */

static void
fault(struct reader *r, enum table_fault_why why)
{
	struct table_fault f = { .why = why,
		.row = r->row.row,
		.line = r->line,
		/* Of converted text: of the file only if it was set. */
		.offset = r->converts && why != TABLE_FAULT_ENCODING
		    ? 0
		    : r->offset,
		.cells = r->row.n,
		.columns = r->columns,
		.mixed = why == TABLE_FAULT_UTF8 && r->beyond_ascii };

	r->refused = true;
	if (r->events->fault != NULL)
		r->events->fault(r->events->ctx, &f);
}

/* One after which nothing can be said of what follows. */
static void
last_fault(struct reader *r, enum table_fault_why why)
{
	fault(r, why);
	r->err = VAULT_EUSE;
}

/* ---- What libcsv finds ---- */

static void
clear_row(struct reader *r)
{
	buf_reset(&r->row.text);
	buf_reset(&r->row.starts);
	r->row.n = 0;
	r->in_row = false;
}

static void
on_cell(void *bytes, size_t len, void *ctx)
{
	struct reader *r = ctx;
	size_t start = r->row.text.len;

	if (r->err != VAULT_OK)
		return;
	if (len > TABLE_ROW_MAX - start || r->row.n == TABLE_COLUMNS_MAX) {
		last_fault(r, TABLE_FAULT_LONG);
		return;
	}
	buf_put(&r->row.starts, &start, sizeof(start));
	if (len > 0)
		buf_put(&r->row.text, bytes, len);
	buf_put_byte(&r->row.text, 0);
	r->row.n++;
	if ((r->err = buf_ok(&r->row.starts)) == VAULT_OK)
		r->err = buf_ok(&r->row.text);
}

static void
on_row(int end, void *ctx)
{
	struct reader *r = ctx;
	uint64_t line = r->line;

	(void)end;
	if (r->err != VAULT_OK)
		return;
	if (r->columns == 0) {
		r->columns = r->row.n;
	} else if (r->row.n != r->columns) {
		r->line = r->row.line;
		fault(r, TABLE_FAULT_CELLS);
		r->line = line;
		clear_row(r);
		r->row.row++;
		return;
	}
	/* Of a file that is refused in any case only the faults count. */
	if (!r->refused && r->events->row != NULL)
		r->err = r->events->row(r->events->ctx, &r->row);
	clear_row(r);
	r->row.row++;
}

/* No blank is cut off. */
static int
is_no_blank(unsigned char c)
{
	(void)c;
	return 0;
}

/* ---- Bytes ---- */

/* Up to a line end and with it, or all. */
static size_t
line_len(const uint8_t *at, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (at[i] == '\n' || at[i] == '\r')
			return i + 1;
	return len;
}

/* CR, LF and CR LF are one line end each. */
static void
count_line(struct reader *r, uint8_t last)
{
	if (last == '\r' || (last == '\n' && !r->after_cr))
		r->line++;
	r->after_cr = last == '\r';
}

/* Bytes that are valid text. */
static void
feed(struct reader *r, const uint8_t *at, size_t len)
{
	while (len > 0 && r->err == VAULT_OK) {
		size_t n = line_len(at, len);
		bool blank = n == 1 && (*at == '\n' || *at == '\r');

		if (!r->in_row && !blank) {
			r->in_row = true;
			r->row.line = r->line;
		}
		if (csv_parse(&r->csv, at, n, on_cell, on_row, r) != n &&
		    r->err == VAULT_OK) {
			if (csv_error(&r->csv) == CSV_ENOMEM)
				r->err = VAULT_ENOMEM;
			else
				last_fault(r, TABLE_FAULT_QUOTE);
		}
		if (csv_get_buffer_size(&r->csv) > TABLE_ROW_MAX + BLOCK &&
		    r->err == VAULT_OK)
			last_fault(r, TABLE_FAULT_LONG);
		count_line(r, at[n - 1]);
		r->offset += n;
		at += n;
		len -= n;
	}
}

/* How many bytes are text; *nul tells that a byte of zero follows. */
static size_t
text_len(bool *nul, bool *beyond_ascii, const uint8_t *at, size_t len)
{
	size_t i = 0, n = 1;
	uint32_t cp;

	*nul = false;
	while (i < len && n > 0) {
		if (at[i] == 0) {
			*nul = true;
			return i;
		}
		n = at[i] < 0x80 ? 1 : text_next(&cp, at + i, len - i);
		*beyond_ascii = *beyond_ascii || n > 1;
		i += n;
	}
	return i;
}

/*
 * Take a block; what it holds of a character that goes on in the next one is
 * left in *rest.
 */
static void
take(struct reader *r, const uint8_t *at, size_t len, bool end, size_t *rest)
{
	bool nul;
	size_t n = text_len(&nul, &r->beyond_ascii, at, len);

	feed(r, at, n);
	*rest = len - n;
	if (r->err != VAULT_OK || *rest == 0)
		return;
	if (nul)
		last_fault(r, r->converts ? TABLE_FAULT_ZERO : TABLE_FAULT_NUL);
	else if (end || *rest > CUT)
		last_fault(r, TABLE_FAULT_UTF8);
}

static void
skip_mark(struct reader *r, const uint8_t **at, size_t *len)
{
	if (r->offset == 0 && *len >= 3 &&
	    memcmp(*at, "\xef\xbb\xbf", 3) == 0) {
		*at += 3;
		*len -= 3;
		r->offset = 3;
	}
}

/* ---- Other encodings ---- */

/* Some encodings hold a character back until they know what follows it. */
static void
flush(struct reader *r)
{
	char *out = (char *)r->text;
	size_t room = BLOCK, left;

	(void)iconv(r->from, NULL, NULL, &out, &room);
	take(r, r->text, BLOCK - room, true, &left);
}

/*
 * Convert a block; what it holds of a character that goes on in the next one
 * is left in *rest.  Whatever comes before a wrong byte is fed first, so that
 * the byte is in the row and line that are told.  base is the place of the
 * block in the file.
 */
static void
convert(struct reader *r, const uint8_t *at, size_t len, uint64_t base,
    bool end, size_t *rest)
{
	char *in = (char *)(uintptr_t)at;

	*rest = len;
	while (r->err == VAULT_OK && *rest > 0) {
		char *out = (char *)r->text;
		size_t room = BLOCK, left;
		bool bad = iconv(r->from, &in, rest, &out, &room) == (size_t)-1;
		int why = errno;
		const uint8_t *text = r->text;
		size_t n = BLOCK - room;

		skip_mark(r, &text, &n);
		take(r, text, n, true, &left);
		if (r->err != VAULT_OK || !bad || why == E2BIG)
			continue;
		if (why == EINVAL && !end && *rest < CARRY)
			return;
		r->offset = base + (len - *rest);
		last_fault(r, TABLE_FAULT_ENCODING);
	}
	if (end && r->err == VAULT_OK)
		flush(r);
}

/* A name of letters and digits: no suffix that would let a byte pass. */
static bool
is_encoding(const char *name)
{
	static const char plain[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
	    "-_.:+()";

	return *name != '\0' && name[strspn(name, plain)] == '\0';
}

static void
open_encoding(struct reader *r, const char *name)
{
	if (name == NULL || strcasecmp(name, "UTF-8") == 0 ||
	    strcasecmp(name, "UTF8") == 0)
		return;
	r->from = is_encoding(name) ? iconv_open("UTF-8", name) : (iconv_t)-1;
	if (r->from == (iconv_t)-1) {
		last_fault(r, TABLE_FAULT_NO_ENCODING);
		return;
	}
	r->converts = true;
	if ((r->text = mem_alloc(BLOCK)) == NULL)
		r->err = VAULT_ENOMEM;
}

/* ---- All of it ---- */

static void
read_blocks(struct reader *r, const struct table_source *from,
    struct digest *digest, uint8_t block[static BLOCK + CARRY])
{
	uint64_t read = 0;
	size_t rest = 0, got = BLOCK;

	while (r->err == VAULT_OK && got == BLOCK) {
		const uint8_t *at = block;
		size_t len;

		r->err = from->read(from->ctx, block + rest, BLOCK, read, &got);
		if (r->err != VAULT_OK)
			return;
		digest_put(digest, block + rest, got);
		len = rest + got;
		if (r->converts) {
			convert(r, at, len, read - rest, got < BLOCK, &rest);
		} else {
			skip_mark(r, &at, &len);
			take(r, at, len, got < BLOCK, &rest);
		}
		read += got;
		memmove(block, at + len - rest, rest);
		if (r->err == VAULT_OK && r->events->progress != NULL &&
		    !r->events->progress(r->events->ctx, read, from->size))
			r->err = VAULT_ECANCELED;
	}
}

/* The last row may lack its line end. */
static void
finish(struct reader *r)
{
	if (r->err != VAULT_OK)
		return;
	if (csv_fini(&r->csv, on_cell, on_row, r) != 0) {
		r->line = r->row.line;
		last_fault(r, TABLE_FAULT_CUT);
	}
	if (r->err == VAULT_OK && r->columns == 0)
		last_fault(r, TABLE_FAULT_EMPTY);
	if (r->err == VAULT_OK && r->refused)
		r->err = VAULT_EUSE;
}

enum vault_err
table_read(const struct table_source *from, const struct table_form *form,
    const struct table_events *events, uint8_t sha256[static DIGEST_LEN])
{
	struct reader r = { .events = events, .line = 1, .err = VAULT_ENOMEM };
	struct digest *digest;
	uint8_t *block;

	if (form->json)
		return table_read_json(from, events, sha256);
	digest = digest_new();
	block = mem_alloc(BLOCK + CARRY);
	if (csv_init(&r.csv, CSV_STRICT | CSV_STRICT_FINI | CSV_APPEND_NULL) !=
		0 ||
	    digest == NULL || block == NULL)
		goto out;
	csv_set_realloc_func(&r.csv, mem_realloc);
	csv_set_free_func(&r.csv, mem_free);
	csv_set_space_func(&r.csv, is_no_blank);
	csv_set_blk_size(&r.csv, BLOCK);
	csv_set_delim(&r.csv, (unsigned char)form->delimiter);
	r.err = VAULT_OK;
	open_encoding(&r, form->encoding);
	read_blocks(&r, from, digest, block);
	finish(&r);
	digest_end(digest, sha256);
out:
	if (r.converts)
		(void)iconv_close(r.from);
	mem_free(r.text);
	csv_free(&r.csv);
	buf_free(&r.row.text);
	buf_free(&r.row.starts);
	digest_free(digest);
	mem_free(block);
	return r.err;
}
