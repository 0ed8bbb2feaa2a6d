/* SPDX-License-Identifier: ISC */
/* What is being written: kept, listed, replaced, gone without a trace. */
#include "core/clock.h"
#include "support.h"

struct fixture {
	struct opened o;
	char *folder;
};

static int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	f->folder = folder_new();
	vault_make(f->folder);
	assert_ok(vault_try(&f->o, f->folder, "dusk"));
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	clock_test_set(-1);
	vault_done(&f->o);
	folder_free(f->folder);
	free(f);
	return 0;
}

struct seen {
	unsigned n, stop_after;
	int64_t number[8], time[8];
	char record[8][VAULT_ID_LEN];
	char body[8][100];
};

static bool
see(void *ctx, const struct vault_draft *d)
{
	struct seen *s = ctx;

	assert_true(s->n < 8);
	s->number[s->n] = d->number;
	s->time[s->n] = d->time;
	memcpy(s->record[s->n], d->record, VAULT_ID_LEN);
	snprintf(s->body[s->n], 100, "%s|%s", d->type, buf_text(&d->body));
	s->n++;
	return s->n != s->stop_after;
}

static struct seen
drafts(struct vault *v)
{
	struct seen s = { 0 };

	assert_ok(vault_drafts(v, see, &s));
	return s;
}

static int64_t
put(struct vault *v, int64_t number, const char *record, const char *json)
{
	assert_ok(vault_draft_put(
	    v, &number, record, NULL, "case", json, strlen(json)));
	return number;
}

static void
a_draft_is_kept_and_listed_newest_first(void **state)
{
	struct fixture *f = *state;
	int64_t a, b;
	struct seen s;

	assert_int_equal(drafts(f->o.vault).n, 0);
	clock_test_set(100);
	a = put(f->o.vault, 0, NULL, "{\"title\":\"a\"}");
	clock_test_set(200);
	b = put(f->o.vault, 0, "", "{\"title\":\"b\"}");
	assert_int_not_equal(a, b);
	vault_done(&f->o);
	assert_ok(vault_try(&f->o, f->folder, "dusk"));
	s = drafts(f->o.vault);
	assert_int_equal(s.n, 2);
	assert_int_equal(s.number[0], b);
	assert_int_equal(s.number[1], a);
	assert_int_equal(s.time[1], 100);
	assert_string_equal(s.record[0], "");
	assert_string_equal(s.body[1], "case|{\"title\":\"a\"}");
	s = (struct seen){ .stop_after = 1 };
	assert_ok(vault_drafts(f->o.vault, see, &s));
	assert_int_equal(s.n, 1);
}

static void
a_draft_put_again_replaces_itself(void **state)
{
	struct fixture *f = *state;
	int64_t a = put(f->o.vault, 0, NULL, "{\"title\":\"first\"}");
	struct seen s;

	assert_int_equal(put(f->o.vault, a, NULL, "{}"), a);
	s = drafts(f->o.vault);
	assert_int_equal(s.n, 1);
	assert_string_equal(s.body[0], "case|{}");
}

static void
a_draft_of_a_record_names_it(void **state)
{
	static const char json[] = "{\"type\":\"case\",\"title\":\"x\"}";
	struct fixture *f = *state;
	struct vault_report *report;
	char id[VAULT_ID_LEN];

	assert_ok(vault_report_new(&report));
	assert_ok(vault_add(id, f->o.vault, report, NULL, json, strlen(json)));
	vault_report_free(report);
	put(f->o.vault, 0, id, json);
	assert_string_equal(drafts(f->o.vault).record[0], id);
}

static bool
copy_base(void *ctx, const struct vault_draft *d)
{
	assert_true(buf_put(ctx, d->base.bytes, d->base.len));
	return false;
}

/* Whatever the clocks say: the edit that came later is dated before both. */
static void
a_draft_knows_what_it_follows(void **state)
{
	static const char one[] = "{\"type\":\"case\",\"title\":\"one\"}",
			  two[] = "{\"type\":\"case\",\"title\":\"two\"}";
	struct fixture *f = *state;
	struct vault_record now, then;
	struct vault_report *report;
	struct buf base = { 0 };
	char id[VAULT_ID_LEN];
	int64_t draft = 0;

	assert_ok(vault_report_new(&report));
	clock_test_set(2000);
	assert_ok(vault_add(id, f->o.vault, report, NULL, one, strlen(one)));
	assert_ok(vault_get(&now, f->o.vault, id));
	assert_ok(vault_draft_put(
	    f->o.vault, &draft, id, &now.heads, "case", one, strlen(one)));
	clock_test_set(1000);
	assert_ok(vault_edit(f->o.vault, &now, report, two, strlen(two)));
	vault_record_free(&now);
	assert_ok(vault_drafts(f->o.vault, copy_base, &base));
	assert_ok(vault_get(&now, f->o.vault, id));
	assert_int_equal(base.len, now.heads.len);
	assert_memory_not_equal(base.bytes, now.heads.bytes, base.len);
	assert_ok(vault_get_at(&then, f->o.vault, id, &base));
	assert_non_null(strstr(buf_text(&then.body), "\"one\""));
	assert_ok(vault_edit(f->o.vault, &then, report, one, strlen(one)));
	vault_record_free(&now);
	assert_ok(vault_get(&now, f->o.vault, id));
	assert_int_equal(now.n_heads, 2);
	vault_record_free(&then);

	base.bytes[0] ^= 1;
	assert_int_equal(
	    vault_get_at(&then, f->o.vault, id, &base), VAULT_ENORECORD);
	buf_truncate(&base, base.len - 1);
	assert_int_equal(
	    vault_get_at(&then, f->o.vault, id, &base), VAULT_EUSE);
	vault_record_free(&now);
	vault_report_free(report);
	buf_free(&base);
}

static bool
never(void *ctx, const struct vault_row *row)
{
	(void)ctx;
	(void)row;
	fail_msg("a draft is found");
	return false;
}

static void
a_draft_is_no_record(void **state)
{
	struct fixture *f = *state;
	struct vault_search what = { .query = "title", .query_len = 5 };
	struct vault_search all = { .query = "" };

	put(f->o.vault, 0, NULL, "{\"type\":\"case\",\"title\":\"title\"}");
	assert_ok(vault_find(f->o.vault, &what, never, NULL, NULL, NULL));
	assert_ok(vault_find(f->o.vault, &all, never, NULL, NULL, NULL));
	/* Nor need it be whole. */
	put(f->o.vault, 0, NULL, "not even JSON {");
	assert_int_equal(drafts(f->o.vault).n, 2);
}

/* What was typed and taken out again is in no page, free ones too. */
static void
what_is_replaced_or_dropped_is_gone(void **state)
{
	struct fixture *f = *state;
	char text[6000];
	int64_t a;

	/* Long enough for pages of its own. */
	memset(text, '.', sizeof(text));
	memcpy(text, "a name told too early", 21);
	memcpy(text + 5900, "and its end", 11);
	text[sizeof(text) - 1] = '\0';
	a = put(f->o.vault, 0, NULL, text);
	assert_true(inner_count(&f->o, "a name told too early") > 0);
	assert_true(inner_count(&f->o, "and its end") > 0);
	put(f->o.vault, a, NULL, "a second thought");
	assert_int_equal(inner_count(&f->o, "a name told too early"), 0);
	assert_int_equal(inner_count(&f->o, "and its end"), 0);
	assert_ok(vault_draft_drop(f->o.vault, a));
	assert_int_equal(inner_count(&f->o, "a second thought"), 0);
	assert_int_equal(drafts(f->o.vault).n, 0);
}

static void
dropping_one_leaves_the_others(void **state)
{
	struct fixture *f = *state;
	int64_t a = put(f->o.vault, 0, NULL, "a");
	int64_t b = put(f->o.vault, 0, NULL, "b");

	assert_ok(vault_draft_drop(f->o.vault, a));
	assert_ok(vault_draft_drop(f->o.vault, a));
	assert_ok(vault_draft_drop(f->o.vault, 999));
	assert_int_equal(drafts(f->o.vault).n, 1);
	assert_int_equal(drafts(f->o.vault).number[0], b);
}

static bool
note_len(void *ctx, const struct vault_draft *d)
{
	*(size_t *)ctx = d->body.len;
	return true;
}

static void
the_longest_body_fits_and_one_byte_more_does_not(void **state)
{
	struct fixture *f = *state;
	char *text = malloc(VAULT_BODY_MAX + 1);
	int64_t number = 0;
	size_t len = 0;

	memset(text, 'x', VAULT_BODY_MAX + 1);
	assert_ok(vault_draft_put(
	    f->o.vault, &number, NULL, NULL, "case", text, VAULT_BODY_MAX));
	assert_ok(vault_drafts(f->o.vault, note_len, &len));
	assert_int_equal(len, VAULT_BODY_MAX);
	assert_int_equal(vault_draft_put(f->o.vault, &number, NULL, NULL,
			     "case", text, VAULT_BODY_MAX + 1),
	    VAULT_EVERSION);
	free(text);
}

static void
too_long_a_type_is_refused_or_kept_whole(void **state)
{
	static const char longest[] = "abcdefghijklmnopqrstuvwxyz123456";
	struct fixture *f = *state;
	int64_t number = 0;

	assert_int_equal(strlen(longest), VAULT_TYPE_LEN - 1);
	assert_ok(
	    vault_draft_put(f->o.vault, &number, NULL, NULL, longest, "{}", 2));
	assert_string_equal(
	    drafts(f->o.vault).body[0], "abcdefghijklmnopqrstuvwxyz123456|{}");
}

int
main(void)
{
#define with_vault(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
	const struct CMUnitTest tests[] = {
		with_vault(a_draft_is_kept_and_listed_newest_first),
		with_vault(a_draft_put_again_replaces_itself),
		with_vault(a_draft_of_a_record_names_it),
		with_vault(a_draft_knows_what_it_follows),
		with_vault(a_draft_is_no_record),
		with_vault(what_is_replaced_or_dropped_is_gone),
		with_vault(dropping_one_leaves_the_others),
		with_vault(the_longest_body_fits_and_one_byte_more_does_not),
		with_vault(too_long_a_type_is_refused_or_kept_whole),
	};

	if (vault_setup() != VAULT_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
