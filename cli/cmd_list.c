/* SPDX-License-Identifier: ISC */
/* list, find: many records, the newest or the best first. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ask.h"
#include "doubt.h"
#include "layout.h"
#include "pager.h"
#include "pick.h"

#define LIMIT_DEFAULT 50
#define DATE_LEN 10

/* The columns before the title, found while the rows are gathered. */
struct listing {
	bool finding, like;
	uint64_t limit; /* 0: all */
	struct buf rows;
	size_t number_width, type_width;
	struct doc *array;
	uint64_t n;
};

/* ---- For people ---- */

static void
put_safe(struct buf *out, const void *text, size_t len)
{
	if (text_safe_line(out, text, len) != VAULT_OK)
		out->failed = true;
}

/* The snippet on one line, its hits marked. */
static void
put_snippet(struct buf *out, const struct vault_row *row)
{
	const uint8_t *text = row->snippet.bytes;
	size_t at = 0;

	for (size_t i = 0; i < row->n_hits; i++) {
		const struct vault_hit *hit = &row->hit[i];

		if (hit->start < at || hit->end > row->snippet.len)
			continue;
		put_safe(out, text + at, hit->start - at);
		buf_put_byte(out, PAGER_MARK);
		put_safe(out, text + hit->start, hit->end - hit->start);
		buf_put_byte(out, PAGER_END);
		at = hit->end;
	}
	if (row->snippet.len > at)
		put_safe(out, text + at, row->snippet.len - at);
}

/* Cells with TABs between them; align gives them their columns. */
static void
add_row(struct listing *l, const struct vault_row *row)
{
	size_t type_width = strlen(row->type);

	if (type_width > l->type_width)
		l->type_width = type_width;
	buf_putf(&l->rows, "%" PRIu64 "\t%.*s\t%s\t%.*s\t", l->n, PICK_SHORT,
	    row->id, row->type, DATE_LEN, say_time(row->time));
	/* The title last: it may be right-to-left. */
	if (row->heads > 1)
		say_put(&l->rows, SAY_LIST_CONFLICT, NULL);
	say_put_title(&l->rows, &row->title);
	if (row->snippet.len > 0) {
		buf_put_byte(&l->rows, '\t');
		put_snippet(&l->rows, row);
	}
	buf_put_byte(&l->rows, '\n');
}

/* The next cell; *at moves behind the TAB or line break at its end. */
static size_t
next_cell(const char **cell, const char **at)
{
	size_t len = strcspn(*at, "\t\n");

	*cell = *at;
	*at += len + ((*at)[len] != '\0');
	return len;
}

/* One row by columns, the title cut; the snippet has a line of its own. */
static void
align_row(
    struct buf *out, const char **at, const struct listing *l, size_t columns)
{
	size_t widths[] = { l->number_width, PICK_SHORT, l->type_width,
		DATE_LEN };
	const char *cell;
	size_t len, used = 0;

	for (unsigned i = 0; i < 4; i++) {
		used += widths[i] + 2;
		len = next_cell(&cell, at);
		/* Numbers to the right, texts to the left. */
		buf_putf(out, i == 0 ? "%*.*s  " : "%-*.*s  ", (int)widths[i],
		    (int)len, cell);
	}
	len = next_cell(&cell, at);
	layout_cut(out, cell, len, used < columns ? columns - used : 0);
	buf_put_byte(out, '\n');
	if (cell[len] == '\t') {
		layout_blanks(out, l->number_width + 2);
		len = next_cell(&cell, at);
		buf_put(out, cell, len);
		buf_put_byte(out, '\n');
	}
}

static void
print_rows(struct listing *l)
{
	const char *at = buf_text(&l->rows);
	struct buf out = { 0 };
	size_t columns = pager_columns();

	if (columns == 0) {
		pager_print(&l->rows);
		return;
	}
	l->number_width = strlen(say_number(l->n));
	while (*at != '\0')
		align_row(&out, &at, l, columns);
	pager_print(&out);
	buf_free(&out);
}

/* ---- For programs ---- */

static struct doc *
hits(const struct vault_row *row)
{
	struct doc *all = doc_array();

	for (size_t i = 0; i < row->n_hits; i++) {
		struct doc *one = doc_array();

		doc_int(one, NULL, (int64_t)row->hit[i].start);
		doc_int(one, NULL, (int64_t)row->hit[i].end);
		doc_put(all, NULL, one);
	}
	return all;
}

static void
add_doc(struct listing *l, const struct vault_row *row)
{
	struct doc *d = doc_object();

	doc_text(d, "id", row->id);
	doc_text(d, "type", row->type);
	doc_text(d, "time", say_time(row->time));
	doc_text(d, "title", buf_text(&row->title));
	doc_int(d, "versions_now", row->heads);
	if (row->snippet.len > 0) {
		doc_text(d, "snippet", buf_text(&row->snippet));
		doc_put(d, "hits", hits(row));
	}
	doc_put(l->array, NULL, d);
}

/* ---- Searching ---- */

static bool
gather(void *ctx, const struct vault_row *row)
{
	struct listing *l = ctx;

	l->n++;
	pick_list_add(row->id);
	if (say_is_json())
		add_doc(l, row);
	else
		add_row(l, row);
	return buf_ok(&l->rows) == VAULT_OK;
}

static void
say_total(
    const struct listing *l, const struct buf *query, uint64_t total, bool cut)
{
	if (cut)
		say_warning(SAY_QUERY_CUT, NULL);
	if (total > l->n)
		say_warning(
		    SAY_LIST_PART, say_number(l->n), say_number(total), NULL);
	if (total == 0) {
		say_warning(SAY_LIST_NONE, NULL);
		if (!doubt_say(buf_text(query), query->len) && l->finding &&
		    !l->like)
			say_hint(SAY_HINT_LIKE, NULL);
	}
}

static int
search(struct session *s, struct listing *l, const struct buf *query,
    const char *like)
{
	struct vault_search what = {
		.query = buf_text(query),
		.query_len = query->len,
		.like = like,
		.ranked = l->finding,
		.snippets = l->finding,
		.limit = l->limit,
	};
	enum vault_err err;
	uint64_t total = 0;
	bool cut = false;

	l->like = like != NULL;
	pick_list_begin();
	l->array = doc_array();
	err = vault_find(s->vault, &what, gather, l, &total, &cut);
	if (err != VAULT_OK || (err = buf_ok(&l->rows)) != VAULT_OK) {
		doc_free(l->array);
		return err == VAULT_EUSE ? say_fault(err, NULL, NULL)
					 : session_fault(s, err);
	}
	if (say_is_json())
		return doc_print(l->array);
	doc_free(l->array);
	print_rows(l);
	say_total(l, query, total, cut);
	return 0;
}

/* ---- The commands ---- */

static int
run(struct cli *c, int words, char **argv, struct listing *l, const char *like,
    const char *usage)
{
	bool asking = l->finding && words == 0 && like == NULL;
	struct buf query = { 0 };
	struct session s;
	int status;

	if (asking && !ask_has_terminal())
		return say_usage(usage);
	cli_join(&query, argv + 1, words);
	if ((status = session_open(&s, c)) == 0) {
		/* Asked for here, a name stands in no history, in no list. */
		if (asking && !ask_line(&query, SAY_ASK_QUERY, NULL)) {
			say_error(SAY_STOPPED, NULL);
			status = 1;
		} else {
			status = search(&s, l, &query, like);
		}
		session_close(&s);
	}
	buf_free(&l->rows);
	buf_free(&query);
	return status;
}

int
cmd_list(struct cli *c, int argc, char **argv)
{
	static const char usage[] = "list [QUERY ...] [--limit N]";
	struct listing l = { .limit = LIMIT_DEFAULT };
	const char *limit = NULL;
	const struct option_of options[] = { { "--limit", &limit, NULL } };
	int words = cli_options(argc, argv, options, 1);

	if (words < 0 || !cli_number(&l.limit, limit))
		return say_usage(usage);
	return run(c, words, argv, &l, NULL, usage);
}

int
cmd_find(struct cli *c, int argc, char **argv)
{
	static const char usage[] =
	    "find [QUERY ...] [--like NAME] [--limit N]";
	struct listing l = { .finding = true, .limit = LIMIT_DEFAULT };
	const char *limit = NULL, *like = NULL;
	const struct option_of options[] = { { "--limit", &limit, NULL },
		{ "--like", &like, NULL } };
	int words = cli_options(argc, argv, options, 2);

	if (words < 0 || !cli_number(&l.limit, limit) ||
	    (like != NULL && words > 0))
		return say_usage(usage);
	return run(c, words, argv, &l, like, usage);
}
