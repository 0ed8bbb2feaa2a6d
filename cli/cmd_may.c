/* SPDX-License-Identifier: ISC */
/*
 * may: whether a record may leave to an audience, and why.  Exit status 0 is
 * yes, 17 no: for scripts.
 */
#include <stdio.h>
#include <string.h>

#include "pager.h"
#include "pick.h"
#include "plain.h"

#define USAGE "may [ID] --audience AUDIENCE"

static const char *const naming_words[] = {
	[VAULT_NAMING_FULL] = "full",
	[VAULT_NAMING_INITIALS] = "initials",
	[VAULT_NAMING_PSEUDONYM] = "pseudonym",
	[VAULT_NAMING_NONE] = "none",
};

static const struct {
	const char *word;
	enum say sentence;
} consents[] = {
	[VAULT_CONSENT_GIVEN] = { "given", SAY_CONSENT_GIVEN },
	[VAULT_CONSENT_NONE] = { "none", SAY_CONSENT_NONE },
	[VAULT_CONSENT_FOREIGN] = { "foreign", SAY_CONSENT_FOREIGN },
	[VAULT_CONSENT_WITHDRAWN] = { "withdrawn", SAY_CONSENT_WITHDRAWN },
	[VAULT_CONSENT_ENDED] = { "ended", SAY_CONSENT_ENDED },
	[VAULT_CONSENT_LATER] = { "later", SAY_CONSENT_LATER },
	[VAULT_CONSENT_UNPUBLISHED] = { "unpublished",
	    SAY_CONSENT_UNPUBLISHED },
	[VAULT_CONSENT_NOBODY] = { "nobody", SAY_CONSENT_NOBODY },
	[VAULT_CONSENT_NO_SCOPE] = { "no-scope", SAY_CONSENT_NO_SCOPE },
	[VAULT_CONSENT_DISPUTED] = { "disputed", SAY_CONSENT_DISPUTED },
	[VAULT_CONSENT_FORGOTTEN] = { "withdrawal-forgotten",
	    SAY_CONSENT_FORGOTTEN },
};

static const struct {
	const char *word;
	enum say sentence;
} reasons[] = {
	[VAULT_MAY] = { "yes", SAY_MAY },
	[VAULT_MAY_NOT_FORGOTTEN] = { "forgotten", SAY_MAY_NOT_FORGOTTEN },
	[VAULT_MAY_NOT_WITHHELD] = { "withheld", SAY_MAY_NOT_WITHHELD },
	[VAULT_MAY_NOT_LEVEL] = { "level", SAY_MAY_NOT_LEVEL },
	[VAULT_MAY_NOT_NO_RECORDS] = { "figures-only", SAY_MAY_NOT_NO_RECORDS },
	[VAULT_MAY_NOT_LIMITED] = { "limited", SAY_MAY_NOT_LIMITED },
	[VAULT_MAY_NOT_READERS] = { "readers", SAY_MAY_NOT_READERS },
	[VAULT_MAY_NOT_CONSENT] = { "consent", SAY_MAY_NOT_CONSENT },
};

const char *
may_word(enum vault_may_why why)
{
	return reasons[why].word;
}

enum say
may_reason(enum vault_may_why why)
{
	return reasons[why].sentence;
}

struct page {
	struct buf people, left;
	struct doc *people_docs, *left_docs;
};

static void
put_safe(struct buf *out, const char *text)
{
	if (text_safe_line(out, text, strlen(text)) != VAULT_OK)
		out->failed = true;
}

static void
add_person_doc(struct page *page, const struct vault_may_person *p)
{
	struct doc *d = doc_object();

	doc_text(d, "person", p->person);
	doc_text(d, "title", p->title);
	doc_bool(d, "here", p->here);
	doc_bool(d, "exempt", p->exempt);
	doc_bool(d, "protected", p->protected);
	doc_text(d, "consent", consents[p->consent].word);
	if (p->by[0] != '\0')
		doc_text(d, "by", p->by);
	doc_text(d, "naming", naming_words[p->naming]);
	doc_put(page->people_docs, NULL, d);
}

/* "  5031hqst  consent 4r7dbtyf, named in full  Jin Guanghong" */
static void
add_person(void *ctx, const struct vault_may_person *p)
{
	struct page *page = ctx;
	struct buf *out = &page->people;
	char by[PICK_SHORT + 1] = "";

	if (say_is_json()) {
		add_person_doc(page, p);
		return;
	}
	memcpy(by, p->by,
	    strlen(p->by) < sizeof(by) ? strlen(p->by) : sizeof(by) - 1);
	buf_putf(out, "  %.*s  ", PICK_SHORT, p->person);
	if (p->exempt)
		say_put(out, SAY_CONSENT_EXEMPT, NULL);
	else
		say_put(out, consents[p->consent].sentence, by,
		    naming_words[p->naming], NULL);
	if (p->protected) {
		buf_put_text(out, "; ");
		say_put(out, SAY_MAY_PROTECTED, NULL);
	}
	buf_put_text(out, "  ");
	put_safe(out, p->title);
	buf_put_byte(out, '\n');
}

static void
add_left(void *ctx, const struct vault_left *l)
{
	struct page *page = ctx;
	struct doc *d;

	if (say_is_json()) {
		d = doc_object();
		doc_text(d, "what", l->what);
		doc_text(d, "id", l->id);
		if (l->time != 0)
			doc_int(d, "time", l->time);
		doc_put(page->left_docs, NULL, d);
		return;
	}
	buf_putf(&page->left, "  %s  %s  %.*s  ",
	    l->time == 0 ? "" : say_time(l->time), l->what, PICK_SHORT, l->id);
	put_safe(&page->left, l->title);
	buf_put_byte(&page->left, '\n');
}

static int
print_doc(struct page *page, const struct vault_may *may, const char *audience)
{
	struct doc *d = doc_object();

	doc_text(d, "audience", audience);
	doc_bool(d, "may", may->why == VAULT_MAY);
	doc_text(d, "why", reasons[may->why].word);
	doc_int(d, "level", may->level);
	doc_int(d, "highest_level", may->most);
	doc_put(d, "people", page->people_docs);
	doc_put(d, "left", page->left_docs);
	page->people_docs = page->left_docs = NULL;
	return doc_print(d);
}

static void
print(const struct page *page, const struct vault_may *may)
{
	struct buf out = { 0 };
	char level[8], most[8];

	snprintf(level, sizeof(level), "%d", may->level);
	snprintf(most, sizeof(most), "%d", may->most);
	say_put(&out, reasons[may->why].sentence, NULL);
	if (may->why == VAULT_MAY_NOT_LEVEL) {
		buf_put_text(&out, "; ");
		say_put(&out, SAY_MAY_LEVELS, level, most, NULL);
	}
	buf_put_byte(&out, '\n');
	buf_put(&out, page->people.bytes, page->people.len);
	if (page->left.len > 0) {
		say_put(&out, SAY_MAY_LEFT, NULL);
		buf_put_byte(&out, '\n');
		buf_put(&out, page->left.bytes, page->left.len);
	}
	pager_print(&out);
	buf_free(&out);
}

/* All audiences that there are, for whoever named another one. */
int
may_no_audience(const char *audience)
{
	struct buf all = { 0 };

	for (size_t i = 0; vault_audience(i) != NULL; i++)
		buf_putf(&all, "%s%s", i > 0 ? ", " : "", vault_audience(i));
	say_error(SAY_NO_AUDIENCE, audience, NULL);
	say_hint(SAY_HINT_AUDIENCES, buf_text(&all), NULL);
	buf_free(&all);
	return 2;
}

static int
show(struct session *s, const char *id, const char *audience)
{
	struct page page = { .people_docs = doc_array(),
		.left_docs = doc_array() };
	struct vault_may may;
	enum vault_err err;
	int status = 0;

	err = vault_may(
	    &may, s->vault, id, audience, add_person, add_left, &page);
	if (err == VAULT_EUSE)
		status = may_no_audience(audience);
	else if (err != VAULT_OK)
		status = session_fault(s, err);
	else if (say_is_json())
		status = print_doc(&page, &may, audience);
	else
		print(&page, &may);
	if (status == 0 && may.why != VAULT_MAY)
		status = 17;
	doc_free(page.people_docs);
	doc_free(page.left_docs);
	buf_free(&page.people);
	buf_free(&page.left);
	return status;
}

int
cmd_may(struct cli *c, int argc, char **argv)
{
	const char *audience = NULL;
	const struct option_of options[] = { { "--audience", &audience,
	    NULL } };
	int words = cli_options(argc, argv, options, 1), status;
	char id[VAULT_ID_LEN];
	struct session s;

	if (words < 0 || words > 1 || audience == NULL)
		return say_usage(USAGE);
	status = pick_open(&s, id, c, words == 1 ? argv[1] : NULL);
	if (status != 0)
		return status;
	status = show(&s, id, audience);
	session_close(&s);
	return status;
}
