/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "issues.h"

/* More than this many lines are of no use to anybody. */
#define LINES_MAX 20

/* Words of the JSON, which never change; and sentences of path and value. */
static const struct {
	const char *word;
	enum say sentence;
} issues[VAULT_ISSUE_CODES] = {
	[VAULT_ISSUE_NOT_AN_OBJECT] = { "not-an-object",
	    SAY_ISSUE_NOT_AN_OBJECT },
	[VAULT_ISSUE_UNKNOWN_TYPE] = { "unknown-type", SAY_ISSUE_UNKNOWN_TYPE },
	[VAULT_ISSUE_UNKNOWN_FIELD] = { "unknown-field",
	    SAY_ISSUE_UNKNOWN_FIELD },
	[VAULT_ISSUE_BAD_NAME] = { "bad-name", SAY_ISSUE_BAD_NAME },
	[VAULT_ISSUE_WRONG_KIND] = { "wrong-kind", SAY_ISSUE_WRONG_KIND },
	[VAULT_ISSUE_EMPTY] = { "empty", SAY_ISSUE_EMPTY },
	[VAULT_ISSUE_BAD_TEXT] = { "bad-text", SAY_ISSUE_BAD_TEXT },
	[VAULT_ISSUE_UNKNOWN_CODE] = { "unknown-code", SAY_ISSUE_UNKNOWN_CODE },
	[VAULT_ISSUE_UNLISTED_CODE] = { "unlisted-code",
	    SAY_ISSUE_UNLISTED_CODE },
	[VAULT_ISSUE_MISSING] = { "missing", SAY_ISSUE_MISSING },
	[VAULT_ISSUE_SHOULD] = { "should", SAY_ISSUE_SHOULD },
	[VAULT_ISSUE_BAD_NUMBER] = { "bad-number", SAY_ISSUE_BAD_NUMBER },
	[VAULT_ISSUE_BAD_ID] = { "bad-id", SAY_ISSUE_BAD_ID },
	[VAULT_ISSUE_BAD_DATE] = { "bad-date", SAY_ISSUE_BAD_DATE },
	[VAULT_ISSUE_BAD_SPAN] = { "bad-span", SAY_ISSUE_BAD_SPAN },
	[VAULT_ISSUE_BAD_LANG] = { "bad-lang", SAY_ISSUE_BAD_LANG },
	[VAULT_ISSUE_BAD_SCRIPT] = { "bad-script", SAY_ISSUE_BAD_SCRIPT },
	[VAULT_ISSUE_BAD_HASH] = { "bad-hash", SAY_ISSUE_BAD_HASH },
	[VAULT_ISSUE_BAD_PATH] = { "bad-path", SAY_ISSUE_BAD_PATH },
	[VAULT_ISSUE_NOT_PRIVATE] = { "not-private", SAY_ISSUE_NOT_PRIVATE },
	[VAULT_ISSUE_HIDES_NOTHING] = { "hides-nothing",
	    SAY_ISSUE_HIDES_NOTHING },
	[VAULT_ISSUE_INCOMPLETE] = { "incomplete", SAY_ISSUE_INCOMPLETE },
	[VAULT_ISSUE_NOT_BOTH] = { "not-both", SAY_ISSUE_NOT_BOTH },
	[VAULT_ISSUE_TWICE] = { "twice", SAY_ISSUE_TWICE },
	[VAULT_ISSUE_ORDER] = { "order", SAY_ISSUE_ORDER },
	[VAULT_ISSUE_SPAN_ORDER] = { "span-order", SAY_ISSUE_SPAN_ORDER },
	[VAULT_ISSUE_ONLY_WHEN] = { "only-when", SAY_ISSUE_ONLY_WHEN },
	[VAULT_ISSUE_LESS] = { "less", SAY_ISSUE_LESS },
	[VAULT_ISSUE_ONE_SOURCE] = { "one-source", SAY_ISSUE_ONE_SOURCE },
	[VAULT_ISSUE_TYPE_CHANGED] = { "type-changed", SAY_ISSUE_TYPE_CHANGED },
	[VAULT_ISSUE_FACT_CHANGED] = { "fact-changed", SAY_ISSUE_FACT_CHANGED },
	[VAULT_ISSUE_LOOP] = { "loop", SAY_ISSUE_LOOP },
	[VAULT_ISSUE_JSON] = { "json", SAY_ISSUE_JSON },
	[VAULT_ISSUE_TOO_LONG] = { "too-long", SAY_ISSUE_TOO_LONG },
};

static const enum say sentences[] = { SAY_ISSUE_NEAR_ONE, SAY_ISSUE_NEAR_TWO,
	SAY_ISSUE_NEAR_THREE };

void
issues_hint_near(const char *const *near, size_t n)
{
	n = n > 3 ? 3 : n;
	if (n > 0)
		say_hint(sentences[n - 1], near[0], n > 1 ? near[1] : "",
		    n > 2 ? near[2] : "", NULL);
}

/* "; did you mean 'a' or 'b'?" */
static void
put_near(struct buf *out, const struct vault_issue *i)
{
	const char *near[3] = { "", "", "" };

	if (i->n_near == 0 || i->n_near > 3)
		return;
	for (size_t j = 0; j < i->n_near; j++)
		near[j] = i->near[j];
	buf_put_text(out, "; ");
	say_put(out, sentences[i->n_near - 1], near[0], near[1], near[2], NULL);
}

void
issues_put_line(struct buf *out, size_t line, size_t column)
{
	say_put(out, SAY_AT_LINE, say_number(line), say_number(column), NULL);
}

void
issues_sentence(struct buf *out, const struct vault_issue *issue)
{
	struct buf whole = { 0 };
	const char *path = issue->path == NULL ? "" : issue->path;
	const char *value = issue->value == NULL ? "" : issue->value;

	if (issue->line > 0) {
		issues_put_line(&whole, issue->line, issue->column);
		value = say_label(value);
	} else if (*path == '\0') {
		say_put(&whole, SAY_ISSUE_WHOLE, NULL);
	}
	if (whole.len > 0)
		path = buf_text(&whole);
	if (issue->example != NULL)
		say_put(out, SAY_ISSUE_WANTS, path, issue->example, NULL);
	else if (issue->low < issue->high && issue->low >= 0)
		say_put(out, SAY_ISSUE_RANGE, path, value,
		    say_number((uint64_t)issue->low),
		    say_number((uint64_t)issue->high), NULL);
	else
		say_put(out, issues[issue->code].sentence, path, value, NULL);
	put_near(out, issue);
	buf_free(&whole);
}

static bool
is_same(const struct vault_issue *a, const struct vault_issue *b)
{
	const char *one = a->value == NULL ? "" : a->value;

	return a->code == b->code && a->severity == b->severity &&
	    strcmp(a->path, b->path) == 0 &&
	    strcmp(one, b->value == NULL ? "" : b->value) == 0;
}

static bool
is_known(const struct vault_report *known, const struct vault_issue *issue)
{
	struct vault_issue other;

	for (size_t i = 0; known != NULL && i < vault_report_len(known); i++) {
		vault_report_at(&other, known, i);
		if (is_same(&other, issue))
			return true;
	}
	return false;
}

static void
say_one(const struct vault_issue *issue)
{
	struct buf line = { 0 };

	issues_sentence(&line, issue);
	/* It was made safe: an escaped text stays as it is. */
	if (issue->severity == VAULT_ERROR)
		say_error(SAY_ISSUE, buf_text(&line), NULL);
	else
		say_warning(SAY_ISSUE, buf_text(&line), NULL);
	buf_free(&line);
}

void
issues_say(const struct vault_report *report, enum vault_severity severity,
    const struct vault_report *known)
{
	size_t said = 0, more = vault_report_count(report, severity);
	struct vault_issue issue;

	for (size_t i = 0; i < vault_report_len(report); i++) {
		vault_report_at(&issue, report, i);
		if (issue.severity != severity ||
		    (said == LINES_MAX && !is_known(known, &issue)))
			continue;
		more--;
		if (is_known(known, &issue))
			continue;
		say_one(&issue);
		said++;
	}
	if (said > 0 && more > 0)
		say_warning(SAY_ISSUE_MORE, say_number(more), NULL);
}

static const char *
severity_word(enum vault_severity severity)
{
	switch (severity) {
	case VAULT_NOTE:
		return "note";
	case VAULT_WARNING:
		return "warning";
	case VAULT_ERROR:
		break;
	}
	return "error";
}

struct doc *
issues_doc(const struct vault_report *report)
{
	struct doc *all = doc_array();
	struct vault_issue issue;

	for (size_t i = 0; i < vault_report_len(report); i++) {
		struct doc *one = doc_object(), *near = doc_array();
		struct buf message = { 0 };

		vault_report_at(&issue, report, i);
		issues_sentence(&message, &issue);
		doc_text(one, "severity", severity_word(issue.severity));
		doc_text(one, "code", issues[issue.code].word);
		doc_text(one, "path", issue.path);
		if (issue.value != NULL && issue.value[0] != '\0')
			doc_text(one, "value", issue.value);
		for (size_t j = 0; j < issue.n_near && j < 3; j++)
			doc_text(near, NULL, issue.near[j]);
		doc_put(one, "near", near);
		doc_text(one, "message", buf_text(&message));
		doc_put(all, NULL, one);
		buf_free(&message);
	}
	return all;
}
