/* SPDX-License-Identifier: ISC */
/* Drafts for forms: whose consent they need, what is urgent, who is named. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "core/clock.h"
#include "core/mem.h"
#include "core/text.h"
#include "exchange/forms.h"
#include "exchange/forms_value.h"
#include "exchange/forms_words.h"
#include "record/model.h"
#include "core/clock.h"
#include "offices_help.h"

/* 26 April 2011, noon. */
#define DAY 86400
#define NOON ((int64_t)1303819200)

static struct office a;

static int
setup(void **state)
{
	(void)state;
	assert_ok(vault_setup());
	clock_test_set(NOON);
	office_open(&a, "A");
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	office_close(&a);
	clock_test_set(-1);
	return 0;
}

/* A record whose %s is the person. */
static void
about(char *id, const char *person, const char *json)
{
	char text[1024];
	const char *at = strchr(json, '@');

	assert_non_null(at);
	snprintf(text, sizeof(text), "%.*s%s%s", (int)(at - json), json, person,
	    at + 1);
	add(id, &a, text);
}

static void
consents(const char *person, const char *date, const char *more)
{
	char id[VAULT_ID_LEN], json[1024];

	snprintf(json, sizeof(json),
	    "{\"type\":\"consent\",\"person\":\"@\",\"scopes\":[\"un\"],"
	    "\"naming\":\"full\",\"date\":{\"edtf\":\"%s\"}%s}",
	    date, more);
	about(id, person, json);
}

#define STATUS(code, more)                                                     \
	"{\"type\":\"status\",\"person\":\"@\",\"status\":\"" code "\"" more "}"
#define ACT(code, more)                                                        \
	"{\"type\":\"act\",\"victims\":[\"@\"],\"act\":\"" code "\"" more "}"
#define ON(edtf) ",\"date\":{\"edtf\":\"" edtf "\"}"

/* The draft of a form; NULL if it is refused: info says why. */
static struct vault_submission *
draft(struct vault_submission_info *info, const char *form, const char *person)
{
	struct vault_submission_what what = { .form = form, .person = person };
	struct vault_submission *s;

	assert_ok(vault_submission_new(&s, of(&a), &what));
	vault_submission_info(info, s);
	return s;
}

static void
refused(const char *form, const char *person, enum vault_submission_refused why)
{
	struct memory out = { 0 };
	struct vault_sink sink = { &out, memory_write, NULL };
	struct vault_submission_info info;
	struct vault_submission *s = draft(&info, form, person);

	assert_int_equal(info.refused, why);
	if (why != VAULT_SUBMISSION_MAY) {
		assert_null(vault_submission_text(s));
		assert_int_equal(
		    vault_submission_write(s, &sink, NULL), VAULT_EREFUSED);
		assert_int_equal(out.len, 0);
	}
	vault_submission_free(s);
}

static bool
has(const struct vault_submission *s, const char *text)
{
	const struct buf *draft = vault_submission_text(s);

	return draft != NULL && strstr(buf_text(draft), text) != NULL;
}

static void
needs_the_consent_of_the_person(void **state)
{
	char person[VAULT_ID_LEN], id[VAULT_ID_LEN];

	(void)state;
	add(person, &a,
	    "{\"type\":\"person\",\"names\":[{\"text\":\"Jia Heshu\"}]}");
	refused("wgad", person, VAULT_SUBMISSION_CONSENT);
	agree(&a, person);
	refused("wgad", person, VAULT_SUBMISSION_CONSENT);
	/* It may begin after today. */
	consents(person, "2011", "");
	refused("wgad", person, VAULT_SUBMISSION_CONSENT);
	add(person, &a,
	    "{\"type\":\"person\",\"names\":[{\"text\":\"Yi Yuanshan\"}]}");
	consents(person, "2009", "");
	refused("wgad", person, VAULT_SUBMISSION_MAY);
	/* Rule 7: that of the family, or of the person. */
	refused("wgeid", person, VAULT_SUBMISSION_GIVEN_BY);
	consents(person, "2010-05-01", ",\"given_by\":\"lawyer\"");
	refused("wgeid", person, VAULT_SUBMISSION_GIVEN_BY);
	add(person, &a,
	    "{\"type\":\"person\",\"names\":[{\"text\":\"Bing Hushan\"}]}");
	consents(person, "2009", ",\"given_by\":\"family\"");
	refused("wgeid", person, VAULT_SUBMISSION_MAY);
	/* An agency need not consent to be told of; here it is the victim. */
	add(person, &a,
	    "{\"type\":\"person\",\"kind\":\"agency\","
	    "\"names\":[{\"text\":\"Bureau\"}]}");
	refused("wgad", person, VAULT_SUBMISSION_CONSENT);
	/* Level 3 never leaves. */
	add(id, &a,
	    "{\"type\":\"person\",\"level\":3,\"readers\":[\"AB\"],"
	    "\"names\":[{\"text\":\"Ding\"}]}");
	consents(id, "2009", "");
	refused("wgad", id, VAULT_SUBMISSION_RECORD);
}

/* Another victim's consent opens the act, but not for this person. */
static void
a_record_needs_the_consent_of_whom_it_is_of(void **state)
{
	char jia[VAULT_ID_LEN], yi[VAULT_ID_LEN], id[VAULT_ID_LEN], text[512];
	struct vault_submission_info info;
	struct vault_submission *s;

	(void)state;
	add(jia, &a,
	    "{\"type\":\"person\",\"names\":[{\"text\":\"Jia Heshu\"}]}");
	add(yi, &a,
	    "{\"type\":\"person\",\"names\":[{\"text\":\"Yi Yuanshan\"}]}");
	consents(yi, "2009", "");
	snprintf(text, sizeof(text), ",\"records\":[\"%s\"]", jia);
	consents(jia, "2009", text);
	snprintf(text, sizeof(text),
	    "{\"type\":\"act\",\"victims\":[\"%s\",\"%s\"],"
	    "\"description\":\"beaten at night\"}",
	    jia, yi);
	add(id, &a, text);
	s = draft(&info, "wgad", jia);
	assert_int_equal(info.refused, VAULT_SUBMISSION_MAY);
	assert_int_equal(info.held, 1);
	assert_false(has(s, "beaten"));
	vault_submission_free(s);
	/* So does a statement, but for what is public already. */
	about(id, yi,
	    "{\"type\":\"testimony\",\"about\":[\"@\"],\"level\":0,"
	    "\"text\":\"it was in the papers\"}");
	about(id, yi,
	    "{\"type\":\"testimony\",\"about\":[\"@\"],"
	    "\"source\":{\"text\":\"a neighbour\"},\"text\":\"I saw it\"}");
	s = draft(&info, "wgad", yi);
	assert_int_equal(info.held, 1);
	assert_true(has(s, "it was in the papers"));
	assert_false(has(s, "I saw it"));
	assert_true(has(s, "beaten at night"));
	assert_false(has(s, "Jia"));
	vault_submission_free(s);
}

static void
refuses_what_names_somebody(void **state)
{
	static const char *const acts[] = {
		"{\"type\":\"act\",\"victims\":[\"@\"],"
		"\"description\":\"beside Bing\\nHushan\"}",
		/* Two values that only the line of the draft joins. */
		"{\"type\":\"act\",\"victims\":[\"@\"],"
		"\"places\":[{\"facility\":\"Bing\",\"text\":\"Hushan\"}]}",
		"{\"type\":\"act\",\"victims\":[\"@\"],\"date\":"
		"{\"edtf\":\"2011\",\"text\":\"as Bing Hushan says\"}}",
	};
	char id[VAULT_ID_LEN], jia[VAULT_ID_LEN];
	struct vault_submission_info info;
	struct vault_submission *s;

	(void)state;
	add(id, &a,
	    "{\"type\":\"person\",\"names\":[{\"text\":\"Bing Hushan\"}]}");
	for (size_t i = 0; i < sizeof(acts) / sizeof(acts[0]); i++) {
		add(jia, &a,
		    "{\"type\":\"person\",\"protected\":true,"
		    "\"names\":[{\"text\":\"Jia Heshu\"}]}");
		consents(jia, "2009", "");
		about(id, jia,
		    "{\"type\":\"act\",\"victims\":[\"@\"],"
		    "\"description\":\"Jia Heshu was taken\"}");
		s = draft(&info, "special-procedures", jia);
		/* Whom the form is for may be named in it. */
		assert_int_equal(info.names, 0);
		assert_true(has(s, "Jia Heshu was taken"));
		vault_submission_free(s);
		about(id, jia, acts[i]);
		s = draft(&info, "special-procedures", jia);
		assert_true(info.names > 0);
		assert_null(vault_submission_text(s));
		vault_submission_free(s);
	}
}

/* What is private is not told by where something else stands, either. */
static void
tells_only_what_may_be_told(void **state)
{
	char jia[VAULT_ID_LEN], id[VAULT_ID_LEN], used[64];
	struct vault_submission_info info;
	struct vault_submission *s;

	(void)state;
	add(id, &a, "{\"type\":\"document\",\"title\":\"a portrait\"}");
	about(jia, id,
	    "{\"type\":\"person\",\"names\":[{\"text\":\"Zhu Linlin\"}],"
	    "\"photo\":\"@\",\"portrait_ok\":\"n\"}");
	consents(jia, "2009",
	    ",\"given_by\":\"family\",\"level\":3,\"readers\":[\"AB\"],"
	    "\"conditions\":\"not while she is held\"");
	about(id, jia,
	    ACT("torture",
		ON("2011-04") ",\"witnesses\":[\"5gtfk5je6wh5fxe316hrvp6yww\"],"
			      "\"private_fields\":[\"act\",\"witnesses\"]"));
	s = draft(&info, "sr-torture", jia);
	assert_true(has(s, "Date of torture (to check): (not stated)"));
	assert_true(has(s, "Act: (not stated); in April 2011"));
	assert_false(has(s, "available on request"));
	assert_true(info.conditions);
	snprintf(used, sizeof(used), "Consent used: %s\n", info.by);
	assert_true(has(s, used));
	assert_false(has(s, "while she is held"));
	vault_submission_free(s);
	s = draft(&info, "wgeid", jia);
	assert_true(has(s, "Photograph: (not stated)"));
	vault_submission_free(s);
}

/* ---- Records of one person ---- */

static void
join(const char *x, const char *y)
{
	const char *which;

	assert_ok(vault_same_say(of(&a), x, y, true, &which));
}

/* What the draft was told to be made of. */
struct told {
	size_t used, left, differences;
	char path[64];
};

static void
count_same(void *ctx, const struct vault_submission_same *r)
{
	struct told *t = ctx;

	t->used += r->used;
	t->left += !r->used;
	assert_int_equal(r->by[0] != '\0', r->used);
}

static void
count_difference(void *ctx, const struct vault_difference *d)
{
	struct told *t = ctx;

	t->differences++;
	snprintf(t->path, sizeof(t->path), "%s", d->path);
	assert_string_not_equal(d->a, d->b);
}

static struct vault_submission *
draft_telling(struct vault_submission_info *info, struct told *told,
    const char *form, const char *person)
{
	struct vault_submission_what what = { .form = form,
		.person = person,
		.same = count_same,
		.differs = count_difference,
		.ctx = told };
	struct vault_submission *s;

	memset(told, 0, sizeof(*told));
	assert_ok(vault_submission_new(&s, of(&a), &what));
	vault_submission_info(info, s);
	assert_int_equal(info->same, told->used);
	assert_int_equal(info->others, told->left);
	assert_int_equal(info->differences, told->differences);
	return s;
}

/* Whichever of two records is asked for: both, with what hangs on each. */
static void
gathers_what_hangs_on_all_records_of_a_person(void **state)
{
	char one[VAULT_ID_LEN], two[VAULT_ID_LEN], id[VAULT_ID_LEN];
	struct vault_submission_info info;
	struct vault_submission *s;
	struct told told;

	(void)state;
	add(one, &a,
	    "{\"type\":\"person\",\"names\":[{\"text\":\"Wang Xiaoming\"}],"
	    "\"born\":{\"edtf\":\"1971-11-12\"},\"sex\":\"m\","
	    "\"occupations\":[\"lawyer\"]}");
	add(two, &a,
	    "{\"type\":\"person\",\"names\":[{\"text\":\"Wang Xiaoming\"},"
	    "{\"text\":\"Zhuge Qianjin\"}],\"born\":{\"edtf\":\"1972\"},"
	    "\"sex\":\"m\",\"occupations\":[\"lawyer\"],"
	    "\"nationalities\":[\"CN\"]}");
	consents(one, "2009", ",\"given_by\":\"family\"");
	consents(two, "2010", ",\"given_by\":\"self\"");
	about(id, one, ACT("abduction", ON("2011-02-01")));
	about(id, two, ACT("torture", ON("2011-03-02")));
	about(id, two, STATUS("held", ON("2011-04-03")));
	about(id, two,
	    "{\"type\":\"testimony\",\"about\":[\"@\"],\"level\":0,"
	    "\"text\":\"they shouted Zhuge Qianjin\"}");
	s = draft_telling(&info, &told, "wgeid", one);
	assert_int_equal(told.used, 0);
	assert_false(has(s, "2 March 2011"));
	vault_submission_free(s);
	join(one, two);
	for (int i = 0; i < 2; i++) {
		s = draft_telling(&info, &told, "wgeid", i == 0 ? one : two);
		assert_int_equal(info.refused, VAULT_SUBMISSION_MAY);
		assert_int_equal(info.names, 0);
		assert_int_equal(told.used, 1);
		assert_int_equal(told.left, 0);
		assert_true(has(s, "Gathered from: 2 records of the person"));
		assert_true(has(s, "on 1 February 2011"));
		assert_true(has(s, "on 2 March 2011"));
		assert_true(has(s, "on 3 April 2011"));
		assert_true(has(s, "they shouted Zhuge Qianjin"));
		assert_true(has(s, "] Zhuge Qianjin"));
		/* Two birth dates: both, and neither is chosen. */
		assert_int_equal(told.differences, 1);
		assert_string_equal(told.path, "person.born");
		assert_true(has(s, "differ in: Date of birth\n"));
		assert_true(has(s, "on 12 November 1971"));
		assert_true(has(s, "in 1972"));
		assert_true(has(s, "[record 2]"));
		/* What both say stands once. */
		assert_true(has(s, "Sex: [record 1]"));
		assert_false(has(s, "Sex: [record 2]"));
		assert_true(has(s, "occupation: [record 1] lawyer"));
		assert_false(has(s, "occupation: [record 2]"));
		vault_submission_free(s);
	}
}

/* Who spoke without a name may be the other one. */
static void
takes_in_only_records_that_have_their_own_consent(void **state)
{
	static const char *const naming[] = { NULL, "pseudonym", "full" };
	char one[VAULT_ID_LEN], two[VAULT_ID_LEN], id[VAULT_ID_LEN];
	char json[512];
	struct vault_submission_info info;
	struct vault_submission *s;
	struct told told;

	(void)state;
	add(one, &a,
	    "{\"type\":\"person\",\"names\":[{\"text\":\"Ouyang Meili\"}]}");
	add(two, &a,
	    "{\"type\":\"person\",\"names\":[{\"text\":\"Ouyang Meili\"}],"
	    "\"pseudonym\":\"Witness 7\",\"religion\":\"none\"}");
	join(one, two);
	consents(one, "2009", "");
	/* Of both, by the name of the one. */
	snprintf(json, sizeof(json),
	    "{\"type\":\"act\",\"victims\":[\"%s\",\"%s\"],"
	    "\"act\":\"assault\",\"date\":{\"edtf\":\"2011-03-04\"}}",
	    one, two);
	add(id, &a, json);
	about(id, two, ACT("torture", ON("2011-03-02")));
	for (size_t i = 0; i < 3; i++) {
		bool full = i == 2;

		snprintf(json, sizeof(json),
		    "{\"type\":\"consent\",\"person\":\"%s\","
		    "\"scopes\":[\"un\"],\"naming\":\"%s\","
		    "\"date\":{\"edtf\":\"201%zu\"}}",
		    two, naming[i] == NULL ? "" : naming[i], i);
		/* From one day on that has come: the last decides. */
		if (i == 2)
			clock_test_set(NOON + (int64_t)2 * 365 * DAY);
		if (naming[i] != NULL)
			add(id, &a, json);
		s = draft_telling(&info, &told, "wgad", one);
		assert_int_equal(info.refused, VAULT_SUBMISSION_MAY);
		assert_int_equal(told.used, full);
		assert_int_equal(told.left, !full);
		assert_int_equal(has(s, "2 March 2011"), full);
		assert_int_equal(has(s, "4 March 2011"), full);
		assert_int_equal(has(s, "Gathered"), full);
		assert_int_equal(info.held, full ? 0 : 3);
		assert_false(has(s, "Witness 7"));
		vault_submission_free(s);
	}
	clock_test_set(NOON);
}

/* The intervention that is kept tells nobody else that they are one. */
static void
keeps_to_itself_that_they_are_one(void **state)
{
	struct memory out = { 0 };
	struct vault_sink sink = { &out, memory_write, NULL };
	char one[VAULT_ID_LEN], two[VAULT_ID_LEN];
	struct vault_submission_kept kept;
	struct vault_submission_info info;
	struct vault_submission *s;
	struct vault_record r;

	(void)state;
	add(one, &a,
	    "{\"type\":\"person\",\"names\":[{\"text\":\"Shangguan Yue\"}]}");
	add(two, &a,
	    "{\"type\":\"person\",\"names\":[{\"text\":\"Shangguan Yue\"}]}");
	join(one, two);
	consents(one, "2009", "");
	consents(two, "2009", "");
	s = draft(&info, "wgad", one);
	assert_ok(vault_submission_write(s, &sink, &kept));
	vault_submission_free(s);
	assert_ok(vault_get(&r, of(&a), kept.intervention));
	assert_non_null(strstr(buf_text(&r.body), two));
	assert_non_null(strstr(buf_text(&r.body),
	    "\"private_fields\":[\"persons\",\"consents_used\"]"));
	vault_record_free(&r);
	free(out.bytes);
}

/* ---- What is urgent ---- */

struct urgent {
	const char *form;
	const char *records[3]; /* @ is the person */
	enum vault_urgency urgency;
	const char *words; /* a part of them */
};

static const struct urgent urgencies[] = {
	/* Three months before 26 April 2011: since 26 January. */
	{ "wgeid", { STATUS("missing", ON("2011-01-26")) }, VAULT_URGENT,
	    "from 26 January 2011 to 26 April 2011" },
	{ "wgeid", { STATUS("missing", ON("2011-01-25")) }, VAULT_NOT_URGENT,
	    "standard procedure" },
	{ "wgeid", { STATUS("missing", ON("2011-01")) }, VAULT_PERHAPS_URGENT,
	    "possibly" },
	{ "wgeid", { STATUS("missing", ON("2011-01-30~")) },
	    VAULT_PERHAPS_URGENT, "possibly" },
	{ "wgeid", { STATUS("missing", ON("2011-02-15/..")) }, VAULT_URGENT,
	    "urgent" },
	{ "wgeid", { STATUS("missing", ON("2011-02-15/2011-03-01")) },
	    VAULT_NOT_URGENT, "no longer missing" },
	/* It was true on that day, and began after the last contact. */
	{ "wgeid",
	    { STATUS("missing",
		ON("2011-04-26") ",\"last_contact\":{\"edtf\":\"2010-12\"}") },
	    VAULT_PERHAPS_URGENT, "possibly" },
	{ "wgeid",
	    { STATUS("missing",
		ON("2011-04-26") ",\"last_contact\":{\"edtf\":\"2011-02\"}") },
	    VAULT_URGENT, "urgent" },
	{ "wgeid", { STATUS("missing", "") }, VAULT_PERHAPS_URGENT,
	    "possibly" },
	{ "wgeid", { ACT("enforced-disappearance", ON("2011-04-01")) },
	    VAULT_URGENT, "urgent" },
	{ "wgeid", { ACT("threat", ON("2011-04-01")) }, VAULT_PERHAPS_URGENT,
	    "possibly" },
	{ "wgeid",
	    { STATUS("missing", ON("2011-04-01")),
		STATUS("reappeared", ON("2011-04-20")) },
	    VAULT_NOT_URGENT, "no longer missing" },
	{ "wgad", { STATUS("held-crim", ON("2011-04-01")) }, VAULT_URGENT,
	    "is detained today" },
	{ "wgad", { STATUS("missing", ON("2011-04-01")) }, VAULT_NOT_URGENT,
	    "is not detained today" },
	{ "wgad", { STATUS("held", ON("2011")) }, VAULT_PERHAPS_URGENT,
	    "leave open" },
	{ "special-procedures", { STATUS("missing", ON("2009-04-01")) },
	    VAULT_URGENT, "urgent appeal" },
	{ "special-procedures",
	    { STATUS("held", ON("2011-04-01")),
		STATUS("released", ON("2011-04-02")) },
	    VAULT_NOT_URGENT, "letter of allegation" },
	{ "special-procedures",
	    { STATUS("held", ON("2011-04")),
		STATUS("released", ON("2011-04")) },
	    VAULT_PERHAPS_URGENT, "possibly an urgent appeal" },
	{ "special-procedures", { STATUS("held", "") }, VAULT_PERHAPS_URGENT,
	    "possibly" },
	{ "special-procedures", { NULL }, VAULT_PERHAPS_URGENT, "leave open" },
	{ "special-procedures", { STATUS("held", ON("2010-04-01/2011-04-10")) },
	    VAULT_NOT_URGENT, "letter of allegation" },
	{ "sr-torture", { ACT("torture", ON("2009-04-25")) },
	    VAULT_PERHAPS_URGENT, "more than two years ago" },
	{ "sr-torture", { ACT("torture", ON("2009")) }, VAULT_PERHAPS_URGENT,
	    "may have happened more than two years ago" },
	{ "sr-torture", { ACT("torture", "") }, VAULT_PERHAPS_URGENT,
	    "is not dated" },
	{ "sr-torture",
	    { ACT("torture", ON("2009-04-26")),
		STATUS("located", ON("2010-05-01")) },
	    VAULT_URGENT, "in custody today" },
};

static void
says_what_is_urgent(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(urgencies) / sizeof(urgencies[0]); i++) {
		const struct urgent *u = &urgencies[i];
		char person[VAULT_ID_LEN], id[VAULT_ID_LEN];
		struct vault_submission_info info;
		struct vault_submission *s;

		add(person, &a,
		    "{\"type\":\"person\",\"names\":[{\"text\":\"Ana\"}]}");
		consents(person, "2009", ",\"given_by\":\"self\"");
		for (size_t k = 0; k < 3 && u->records[k] != NULL; k++)
			about(id, person, u->records[k]);
		s = draft(&info, u->form, person);
		if (info.urgency != u->urgency ||
		    strstr(info.urgency_words, u->words) == NULL)
			fail_msg("row %zu: %d, %s", i, (int)info.urgency,
			    info.urgency_words);
		assert_true(has(s, u->words));
		if (i == sizeof(urgencies) / sizeof(urgencies[0]) - 1)
			assert_null(strstr(info.urgency_words, "two years"));
		vault_submission_free(s);
	}
}

/* ---- What is kept ---- */

/* Memory runs out anywhere: both records and the log, or none of them. */
static void
is_kept_whole_or_not_at_all(void **state)
{
	static const char all[] =
	    "SELECT (SELECT count(*) FROM record)"
	    "+(SELECT count(*) FROM attachment)+(SELECT count(*) FROM log)";
	char jia[VAULT_ID_LEN], id[VAULT_ID_LEN];
	struct vault_submission_kept kept;
	struct vault_submission_info info;
	enum vault_err err = VAULT_ENOMEM;
	struct vault_submission *s;
	int64_t before;
	size_t n = 0;

	(void)state;
	add(jia, &a,
	    "{\"type\":\"person\",\"names\":[{\"text\":\"Wu Yishan\"}]}");
	consents(jia, "2009", "");
	about(id, jia, ACT("torture", ON("2011-04")));
	s = draft(&info, "sr-torture", jia);
	before = number(&a, all);
	while (err != VAULT_OK) {
		struct memory out = { 0 };
		struct vault_sink sink = { &out, memory_write, NULL };

		mem_test_fail(++n, 1);
		err = vault_submission_write(s, &sink, &kept);
		mem_test_fail(0, 0);
		memory_free(&out);
		if (err != VAULT_OK)
			assert_int_equal(number(&a, all), before);
		assert_int_equal(kept.document[0] == '\0', err != VAULT_OK);
		assert_true(n < 100000);
	}
	assert_true(n > 100);
	/* Two records, a file; the draft, two adds and an attach in the log. */
	assert_int_equal(number(&a, all), before + 2 + 1 + 4);
	/* Its own entry of the log is a change: it is looked at again. */
	assert_int_equal(vault_submission_write(s,
			     &(struct vault_sink){
				 &(struct memory){ 0 }, memory_write, NULL },
			     NULL),
	    VAULT_EBUSY);
	vault_submission_free(s);
}

/* A consent may have ended, and what was urgent be so no more. */
static void
is_not_written_on_another_day(void **state)
{
	char jia[VAULT_ID_LEN], id[VAULT_ID_LEN];
	struct vault_submission_info info;
	struct vault_submission *s;
	int64_t today;
	struct memory out = { 0 };
	struct vault_sink sink = { &out, memory_write, NULL };

	(void)state;
	add(jia, &a,
	    "{\"type\":\"person\",\"names\":[{\"text\":\"Wu Yishan\"}]}");
	consents(jia, "2009", "");
	about(id, jia, ACT("torture", ON("2011-04")));
	s = draft(&info, "sr-torture", jia);
	today = clock_now();
	clock_test_set(today + 86400);
	assert_int_equal(vault_submission_write(s, &sink, NULL), VAULT_EBUSY);
	clock_test_set(today);
	assert_int_equal(out.len, 0);
	assert_ok(vault_submission_write(s, &sink, NULL));
	vault_submission_free(s);
	memory_free(&out);
}

/* Memory is short once, anywhere: the same draft, with all its names, or none.
 */
static void
says_the_same_or_nothing_when_memory_is_short(void **state)
{
	char jia[VAULT_ID_LEN], id[VAULT_ID_LEN];
	struct vault_submission_what what = { .form = "wgeid" };
	struct vault_submission_info want, info;
	struct vault_submission *whole, *s;
	size_t total = 0, good = 0;
	struct office big = a;

	(void)state;
	office_open(&a, "Small");
	add(id, &a,
	    "{\"type\":\"person\",\"names\":[{\"text\":\"Bing Hushan\"}]}");
	/* A namesake, who has not consented. */
	add(id, &a,
	    "{\"type\":\"person\",\"names\":[{\"text\":\"Xu Yilin\"}]}");
	add(jia, &a,
	    "{\"type\":\"person\",\"names\":[{\"text\":\"Xu Yilin\"}]}");
	consents(jia, "2009", ",\"given_by\":\"family\"");
	about(id, jia,
	    ACT("torture",
		ON("2011-04") ",\"description\":\"with Bing Hushan\","
			      "\"places\":[{\"text\":\"7 Road\"}]"));
	about(id, jia,
	    STATUS("missing",
		ON("2011-04-01") ",\"level\":3,"
				 "\"readers\":[\"AB\"]"));
	about(id, jia, STATUS("reappeared", ON("2011-04-20")));
	what.person = jia;
	mem_test_fail(0, 0);
	whole = draft(&want, "wgeid", jia);
	total = mem_test_count();
	assert_true(want.names > 0 && want.held == 1 && total > 100);
	for (size_t n = 1; n <= total; n += n % 7 + 1) {
		mem_test_fail(n, 0);
		if (vault_submission_new(&s, of(&a), &what) == VAULT_OK) {
			good++;
			vault_submission_info(&info, s);
			assert_int_equal(info.names, want.names);
			assert_int_equal(info.parts, want.parts);
			assert_int_equal(info.held, want.held);
			assert_int_equal(info.must, want.must);
			assert_int_equal(info.urgency, want.urgency);
		} else {
			assert_null(s);
		}
		mem_test_fail(0, 0);
		vault_submission_free(s);
	}
	assert_true(good < total);
	vault_submission_free(whole);
	office_close(&a);
	a = big;
}

/* ---- Values ---- */

static enum vault_err
call(void *ctx, struct buf *out, const char *person)
{
	(void)ctx;
	/* Of two persons one may be named. */
	if (person[0] == '5')
		buf_put_text(out, "Jin");
	return VAULT_OK;
}

static void
says_values_as_one_would_write_them(void **state)
{
	static const struct {
		const char *type, *path, *json, *text;
	} rows[] = {
		{ "person", "sex", "[\"f\"]", "female" },
		{ "person", "names",
		    "[{\"text\":\"\u91d1\u5149\u9e3f\",\"family\":\"\u91d1\","
		    "\"given\":\"\u5149\u9e3f\"}]",
		    "\u91d1\u5149\u9e3f (family name: \u91d1, given name: "
		    "\u5149\u9e3f)" },
		{ "person", "names", "[{\"text\":\"Jin\",\"kind\":\"pen\"}]",
		    "Jin (pen name)" },
		{ "person", "names", "[{\"script\":\"Latn\"}]", "" },
		{ "person", "id_papers",
		    "[{\"kind\":\"passport\",\"number\":\"X1\","
		    "\"date\":{\"edtf\":\"2001~\"}}]",
		    "Kind of paper: passport; Number: X1; "
		    "Date of issue: about 2001" },
		{ "person", "mother", "[{\"text\":\"her mother\"}]",
		    "her mother" },
		{ "person", "mother",
		    "[{\"ref\":\"5gtfk5je6wh5fxe316hrvp6yww\","
		    "\"text\":\"a teacher\"}]",
		    "Jin (a teacher)" },
		{ "person", "mother",
		    "[{\"ref\":\"4gtfk5je6wh5fxe316hrvp6yww\"}]",
		    "(not named)" },
		{ "person", "occupations", "[[\"lawyer\",\"writer\"]]",
		    "lawyer, writer" },
		{ "person", "photo", "[\"4gtfk5je6wh5fxe316hrvp6yww\"]",
		    "on file with whoever submits this" },
		{ "act", "places",
		    "[{\"facility\":\"No. 1\",\"text\":\"7 Road\","
		    "\"admin\":[\"Shire\",\"Town\"],\"country\":\"CN\","
		    "\"lat\":\"1.5\",\"lon\":\"2\","
		    "\"from\":{\"edtf\":\"2011-04\"}}]",
		    "No. 1, 7 Road, Town, Shire, China (latitude 1.5, "
		    "longitude 2, not exact); from: in April 2011" },
		{ "act", "duration", "[{\"iso\":\"~P10D\"}]", "about 10 days" },
		{ "act", "detention.lawyer_access", "[\"02\"]",
		    "HURIDOCS Micro-thesaurus, number 02" },
		{ "act", "detention.wgad_category", "[\"2\"]",
		    "for the exercise of rights" },
		{ "act", "methods", "[[\"drugged\",\"x-newer\"]]",
		    "drugging, x-newer" },
		{ "act", "torture.doctor",
		    "[{\"could_detect\":\"n\",\"findings\":\"bruises\"}]",
		    "Could torture be detected?: no; Findings: bruises" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		json_t *array = json_loads(rows[i].json, 0, NULL);
		struct buf out = { 0 };

		assert_non_null(array);
		assert_ok(forms_value(&out, NULL,
		    model_path(model_type(rows[i].type), rows[i].path, false),
		    json_array_get(array, 0), call, NULL));
		assert_string_equal(buf_text(&out), rows[i].text);
		buf_free(&out);
		json_decref(array);
	}
}

/* ---- The tables ---- */

/* Every path of every row is a field of its type, every code is one. */
static void
forms_ask_for_what_there_is(void **state)
{
	(void)state;
	for (size_t i = 0; forms_code(i) != NULL; i++) {
		const struct form *f = forms_find(forms_code(i));

		assert_non_null(f);
		assert_null(f->rows[0].from);
		assert_non_null(
		    model_code(model_vocab("mechanism"), f->mechanism));
		assert_non_null(
		    model_code(model_vocab("intervention"), f->kind));
		for (size_t k = 0; k < f->n; k++) {
			char from[256], *path, *save = NULL;

			if (f->rows[k].from == NULL)
				continue;
			snprintf(from, sizeof(from), "%s", f->rows[k].from);
			for (path = strtok_r(from, " ", &save); path != NULL;
			     path = strtok_r(NULL, " ", &save)) {
				char *dot = strchr(path, '.');

				if (path[0] == '@')
					continue;
				assert_non_null(dot);
				*dot = '\0';
				assert_non_null(model_type(path));
				assert_non_null(model_path(
				    model_type(path), dot + 1, false));
			}
			snprintf(from, sizeof(from), "%s",
			    f->rows[k].only == NULL ? "" : f->rows[k].only);
			for (path = strtok_r(from, " ", &save); path != NULL;
			     path = strtok_r(NULL, " ", &save))
				assert_true(model_code(model_vocab("act"),
						path) != NULL ||
				    model_code(model_vocab("status"), path) !=
					NULL);
		}
	}
	assert_null(forms_find("nothing"));
}

static void
is_in_all(const char *text)
{
	for (size_t i = 0; forms_language_code(i) != NULL; i++) {
		const char *found = forms_find_words(
		    forms_language(forms_language_code(i)), text);

		if (found == NULL || found[0] == '\0')
			fail_msg("%s: %s", forms_language_code(i), text);
		assert_true(text_is_valid(found, strlen(found)));
		/* Lines stay lines, and marks marks. */
		assert_int_equal(text[strlen(text) - 1] == '\n',
		    found[strlen(found) - 1] == '\n');
	}
}

/* And nothing else stands beside them that no form has. */
static void
every_label_is_in_all_three_languages(void **state)
{
	(void)state;
	assert_string_equal(forms_language_code(0), "en");
	assert_string_equal(forms_language_code(1), "fr");
	assert_string_equal(forms_language_code(2), "es");
	assert_null(forms_language_code(3));
	for (size_t i = 0; forms_code(i) != NULL; i++) {
		const struct form *f = forms_find(forms_code(i));

		is_in_all(f->title);
		if (f->notes != NULL)
			is_in_all(f->notes);
		for (size_t k = 0; k < f->n; k++)
			is_in_all(f->rows[k].label);
	}
}

/* Lines of a draft of much, that are the same in English: only values. */
static void
a_draft_has_the_labels_of_its_language(void **state)
{
	static const struct {
		const char *lang, *has[8], *hasnt[8];
	} langs[] = {
		{ "fr",
		    { "Langue des intitulés : français\n",
			"Aucun locuteur natif", "les codes des vocabulaires\n",
			"\n6. Démarches entreprises\n", "Sexe: male\n",
			"Situation: held", "Acte: enforced disappearance",
			"(à vérifier): (non précisé)" },
		    { "(not stated)", "(to check)", "Language of",
			"Consent used", "Status", "Act:", "Witnesses",
			"DRAFT" } },
		{ "es",
		    { "Idioma de los rótulos: español\n",
			"Ningún hablante nativo", "\n6. Gestiones realizadas\n",
			"Sexo: hombre\n",
			"Situación: ", "Acto: desaparición forzada",
			"Testigos: confidencial, disponible a petición",
			"(por verificar): (no consta)" },
		    { "(not stated)", "(to check)", "Language of",
			"Consent used", "Status", "Act:", "Witnesses",
			"male" } },
	};
	char id[VAULT_ID_LEN], person[VAULT_ID_LEN];

	(void)state;
	add(person, &a,
	    "{\"type\":\"person\",\"sex\":\"m\","
	    "\"names\":[{\"text\":\"Situ Haoran\"}]}");
	consents(person, "2009", ",\"given_by\":\"family\"");
	about(id, person,
	    ACT("enforced-disappearance",
		ON("2011-04-01") ",\"witnesses\":"
				 "[\"5gtfk5je6wh5fxe316hrvp6yww\"]"));
	about(id, person,
	    STATUS("held", ON("2011-04-02") ",\"certainty\":\"likely\""));
	for (size_t i = 0; i < 2; i++) {
		struct vault_submission_what what = {
			.form = "wgeid", .person = person, .lang = langs[i].lang
		};
		struct vault_submission *s;

		assert_ok(vault_submission_new(&s, of(&a), &what));
		for (size_t k = 0; k < 8; k++) {
			if (!has(s, langs[i].has[k]))
				fail_msg("not there: %s\n%s", langs[i].has[k],
				    buf_text(vault_submission_text(s)));
			if (has(s, langs[i].hasnt[k]))
				fail_msg("there: %s\n%s", langs[i].hasnt[k],
				    buf_text(vault_submission_text(s)));
		}
		vault_submission_free(s);
		what.lang = "zh";
		assert_int_equal(
		    vault_submission_new(&s, of(&a), &what), VAULT_EUSE);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(needs_the_consent_of_the_person),
		cmocka_unit_test(a_record_needs_the_consent_of_whom_it_is_of),
		cmocka_unit_test(refuses_what_names_somebody),
		cmocka_unit_test(tells_only_what_may_be_told),
		cmocka_unit_test(gathers_what_hangs_on_all_records_of_a_person),
		cmocka_unit_test(
		    takes_in_only_records_that_have_their_own_consent),
		cmocka_unit_test(keeps_to_itself_that_they_are_one),
		cmocka_unit_test(says_what_is_urgent),
		cmocka_unit_test(is_kept_whole_or_not_at_all),
		cmocka_unit_test(is_not_written_on_another_day),
		cmocka_unit_test(says_the_same_or_nothing_when_memory_is_short),
		cmocka_unit_test(says_values_as_one_would_write_them),
		cmocka_unit_test(forms_ask_for_what_there_is),
		cmocka_unit_test(every_label_is_in_all_three_languages),
		cmocka_unit_test(a_draft_has_the_labels_of_its_language),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
