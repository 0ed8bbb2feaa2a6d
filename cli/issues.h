/* SPDX-License-Identifier: ISC */
/*
 * issues - what a report of the library says, as sentences for people and as
 * JSON for programs.
 */
#ifndef CLI_ISSUES_H
#define CLI_ISSUES_H

#include "say.h"

/* Append the sentence for an issue, made safe, with what may be meant. */
void issues_sentence(struct buf *out, const struct vault_issue *issue);

/* Append where a text is no JSON. */
void issues_put_line(struct buf *out, size_t line, size_t column);

/* "did you mean 'a' or 'b'?": up to three, or nothing. */
void issues_hint_near(const char *const *near, size_t n);

/*
 * A line on standard error for each issue of this severity, the first ones if
 * there are many.  What stands in the report known, unless that is NULL, is not
 * said: the record was like this before.
 */
void issues_say(const struct vault_report *report, enum vault_severity severity,
    const struct vault_report *known);

/*
 * The array "issues" of a result: {"severity", "code", "path", "value",
 * "near", "message"} each; to be given to doc_put.
 */
struct doc *issues_doc(const struct vault_report *report);

#endif
