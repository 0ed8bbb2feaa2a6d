/* SPDX-License-Identifier: ISC */
/* report - what the forms of a report share: the figures, and their words. */
#ifndef CLI_REPORT_H
#define CLI_REPORT_H

#include "session.h"

struct report {
	struct session *session;
	struct vault_tally *tally;
	const char *query; /* as it was typed; "" : all records */
	struct vault_tally_info info;
	struct vault_tally_axis axis[2];
};

/* ---- Words (report_words.c): texts of records as they are, not made safe */

/* A code by its label, a link by its title, what has no value in words. */
void report_value(struct buf *out, const struct report *r, unsigned axis,
    const struct vault_tally_value *v);

/* "12", "<5", "withheld" */
void report_figure(
    struct buf *out, const struct report *r, struct vault_figure f);

/* What was counted, out of what, when: one sentence. */
void report_heading(struct buf *out, const struct report *r);
void report_query(struct buf *out, const struct report *r);

/* What is to be read with the figures, a sentence each. */
void report_notes(const struct report *r,
    void (*each)(void *ctx, const char *sentence), void *ctx);

/* A word for what a value is, for programs: "value", "not-stated" ... */
const char *report_is(enum vault_value_is is);

/* Are records of one person counted as one, and may that be said? */
bool report_joins(const struct report *r);

/* Say that so many pairs may be one person, if there are any. */
void report_warn_alike(uint64_t pairs);

/* How many figures are there that are below n and not 0? */
uint64_t report_small(const struct report *r, uint64_t n);

/* ---- Forms, appended to out ---- */

/* For a terminal of so many columns; 0: TABs.  Safe. */
void report_table(struct buf *out, const struct report *r, size_t columns);
struct doc *report_json(const struct report *r);
void report_csv(struct buf *out, const struct report *r);
void report_html(struct buf *out, const struct report *r);

/* The chart in it: an svg element; and what is to be said of it. */
void report_chart(struct buf *out, struct buf *note, const struct report *r);

/* Text in HTML, XML or an attribute: no markup, no control character. */
void report_escape(struct buf *out, const char *text, size_t len);

#endif
