/* SPDX-License-Identifier: ISC */
#include "plain_csv.h"
#include "csv_cell.h"

struct table {
	struct outfile *file;
	struct buf line;
};

static void
cell(void *ctx, const char *text)
{
	struct table *t = ctx;

	if (t->line.len > 0)
		buf_put_byte(&t->line, ',');
	csv_put(&t->line, text);
}

static enum vault_err
row(void *ctx)
{
	struct table *t = ctx;
	enum vault_err err;

	buf_put_text(&t->line, "\r\n");
	if ((err = buf_ok(&t->line)) == VAULT_OK)
		err = outfile_write(t->file, t->line.bytes, t->line.len);
	buf_reset(&t->line);
	return err;
}

static bool
step(void *ctx, uint64_t done, uint64_t total)
{
	return outfile_step(((struct table *)ctx)->file, done, total);
}

enum vault_err
plain_csv_write(struct outfile *file, struct vault_plain *p)
{
	struct table t = { .file = file };
	const struct vault_plain_sink to = { &t, cell, row, step };
	enum vault_err err = vault_plain_table(p, &to);

	buf_free(&t.line);
	return err;
}
