/* SPDX-License-Identifier: ISC */
/*
 * report_html - figures as one page that needs nothing else.
 *
 * 1. No script, no link, nothing that is fetched; a policy in the page forbids
 *    all of it, and allows the one style by its hash.
 * 2. Every text goes through report_escape, as markup and as XML.
 */
#include <string.h>

#include "codes.h"
#include "report.h"

/* Its SHA-256 stands in the policy; tests/cli/46-report compares them. */
#define STYLE                                                                  \
	"body{font-family:sans-serif;max-width:50em;margin:2em auto;"          \
	"padding:0 1em;color:#000;background:#fff}"                            \
	"table{border-collapse:collapse}"                                      \
	"th,td{border:1px solid #999;padding:.2em .6em;text-align:start}"      \
	"td{text-align:end}svg{max-width:100%;height:auto}"                    \
	"@media print{body{margin:0;max-width:none}tr,svg"                     \
	"{break-inside:avoid}thead{display:table-header-group}}"
#define STYLE_HASH "UZWQISo4gLcO3VPtvk3JHlXMKZd8O5yeLgNlO7wFtng="

static void
put_buf(struct buf *out, const struct buf *text)
{
	report_escape(out, buf_text(text), text->len);
}

/* <TAG>text</TAG>; the text's own direction. */
static void
put_in(struct buf *out, const char *tag, const struct buf *text)
{
	buf_putf(out, "<%s dir=\"auto\">", tag);
	put_buf(out, text);
	buf_putf(out, "</%.*s>\n", (int)strcspn(tag, " "), tag);
}

static void
put_sentence(struct buf *out, const char *tag, enum say what)
{
	struct buf text = { 0 };

	say_put(&text, what, NULL);
	put_in(out, tag, &text);
	buf_free(&text);
}

/* ---- Head ---- */

static void
put_title(struct buf *out, const struct report *r)
{
	if (r->info.axes > 1)
		say_put(out, SAY_REPORT_TITLE_TWO, r->axis[0].field,
		    r->axis[1].field, NULL);
	else
		say_put(out, SAY_REPORT_TITLE, r->axis[0].field, NULL);
}

static void
put_head(struct buf *out, const struct buf *title)
{
	struct buf lang = { 0 };

	say_put(&lang, SAY_LANGUAGE, NULL);
	buf_put_text(out, "<!DOCTYPE html>\n<html lang=\"");
	put_buf(out, &lang);
	buf_put_text(out, "\">\n<head>\n");
	buf_free(&lang);
	buf_put_text(out,
	    "<meta charset=\"utf-8\" />\n"
	    "<meta http-equiv=\"Content-Security-Policy\""
	    " content=\"default-src 'none'; style-src 'sha256-" STYLE_HASH
	    "'; base-uri 'none'; form-action 'none'\" />\n"
	    "<meta name=\"referrer\" content=\"no-referrer\" />\n"
	    "<meta name=\"viewport\" content=\"width=device-width\" />\n"
	    "<title>");
	put_buf(out, title);
	buf_put_text(
	    out, "</title>\n<style>" STYLE "</style>\n</head>\n<body>\n");
}

/* ---- The table ---- */

static void
put_value(struct buf *out, const struct report *r, const char *tag,
    unsigned axis, size_t i)
{
	struct vault_tally_value v;
	struct buf text = { 0 }, with = { 0 };

	vault_tally_value(&v, r->tally, axis, i);
	report_value(&text, r, axis, &v);
	buf_put_text(&with, tag);
	/* Labels may be in another language than the sentences. */
	if (v.is == VAULT_VALUE && r->axis[axis].vocab != NULL)
		buf_putf(&with, " lang=\"%s\"", codes_language(say_lang()));
	put_in(out, buf_text(&with), &text);
	buf_free(&text);
	buf_free(&with);
}

static void
put_figure(struct buf *out, const struct report *r, struct vault_figure f)
{
	struct buf text = { 0 };

	report_figure(&text, r, f);
	put_in(out, "td", &text);
	buf_free(&text);
}

static void
put_table_head(struct buf *out, const struct report *r)
{
	struct buf field = { 0 };

	buf_put_text(out, "<thead>\n<tr>\n");
	buf_put_text(&field, r->axis[0].field);
	put_in(out, "th scope=\"col\"", &field);
	for (size_t i = 0; r->info.axes > 1 && i < r->axis[1].n; i++)
		put_value(out, r, "th scope=\"col\"", 1, i);
	if (r->info.axes < 2)
		put_sentence(out, "th scope=\"col\"", SAY_REPORT_COUNT);
	else if (r->info.totals)
		put_sentence(out, "th scope=\"col\"", SAY_REPORT_TOTAL);
	buf_put_text(out, "</tr>\n</thead>\n");
	buf_free(&field);
}

static void
put_row(struct buf *out, const struct report *r, size_t row)
{
	struct vault_tally_value v;

	buf_put_text(out, "<tr>\n");
	put_value(out, r, "th scope=\"row\"", 0, row);
	for (size_t i = 0; r->info.axes > 1 && i < r->axis[1].n; i++)
		put_figure(out, r, vault_tally_cell(r->tally, row, i));
	vault_tally_value(&v, r->tally, 0, row);
	if (r->info.axes < 2 || r->info.totals)
		put_figure(out, r, v.n);
	buf_put_text(out, "</tr>\n");
}

static void
put_total(struct buf *out, const struct report *r)
{
	struct vault_tally_value v;

	if (r->info.axes > 1 && !r->info.totals)
		return;
	buf_put_text(out, "<tfoot>\n<tr>\n");
	put_sentence(out, "th scope=\"row\"", SAY_REPORT_TOTAL_ONCE);
	for (size_t i = 0; r->info.axes > 1 && i < r->axis[1].n; i++) {
		vault_tally_value(&v, r->tally, 1, i);
		put_figure(out, r, v.n);
	}
	put_figure(out, r, r->info.total);
	buf_put_text(out, "</tr>\n</tfoot>\n");
}

/* ---- The page ---- */

static void
put_note(void *ctx, const char *sentence)
{
	struct buf text = { 0 };

	buf_put_text(&text, sentence);
	put_in(ctx, "li", &text);
	buf_free(&text);
}

static void
put_figures(struct buf *out, const struct report *r)
{
	struct buf note = { 0 };

	report_chart(out, &note, r);
	if (note.len > 0)
		put_in(out, "p", &note);
	buf_free(&note);
	buf_put_text(out, "<table>\n");
	put_table_head(out, r);
	buf_put_text(out, "<tbody>\n");
	for (size_t i = 0; i < r->axis[0].n; i++)
		put_row(out, r, i);
	buf_put_text(out, "</tbody>\n");
	put_total(out, r);
	buf_put_text(out, "</table>\n");
}

void
report_html(struct buf *out, const struct report *r)
{
	struct buf text = { 0 };

	put_title(&text, r);
	put_head(out, &text);
	put_in(out, "h1", &text);
	buf_reset(&text);
	report_heading(&text, r);
	put_in(out, "p", &text);
	buf_reset(&text);
	report_query(&text, r);
	put_in(out, "p", &text);
	buf_free(&text);
	put_figures(out, r);
	put_sentence(out, "h2", SAY_REPORT_NOTES);
	buf_put_text(out, "<ul>\n");
	report_notes(r, put_note, out);
	buf_put_text(out, "</ul>\n</body>\n</html>\n");
}
