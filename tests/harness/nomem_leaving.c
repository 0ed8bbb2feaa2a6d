/* SPDX-License-Identifier: ISC */
/* nomem_leaving - calls by which something leaves. */
#include "harness.h"
#include "nomem.h"

static void
say_may_person(void *ctx, const struct vault_may_person *p)
{
	(void)ctx;
	buf_putf(
	    &said, "%d|%d|%s\n", (int)p->consent, (int)p->naming, p->title);
}

static void
say_left(void *ctx, const struct vault_left *l)
{
	(void)ctx;
	buf_putf(&said, "%s|%s\n", l->what, l->title);
}

static enum vault_err
call_may(struct state *s)
{
	struct vault_may may;
	enum vault_err err = vault_may(&may, s->vault, content.person,
	    "partner", say_may_person, say_left, NULL);

	if (err == VAULT_OK)
		buf_putf(&said, "%d %d", (int)may.why, may.level);
	return saying(err);
}

static enum vault_err
call_plain(struct state *s)
{
	const struct vault_plain_what what = { .query = "",
		.audience = "partner" };
	struct vault_plain *p;
	size_t n = 0;
	struct vault_sink to = { &n, count_bytes, NULL };
	enum vault_err err;

	err = vault_plain_new(&p, s->vault, &what, NULL, NULL);
	if (err != VAULT_OK)
		return err;
	vault_plain_confirm_parts(p);
	err = vault_plain_write(p, &to);
	vault_plain_free(p);
	return err;
}

static void
say_dossier_record(void *ctx, const struct vault_dossier_record *r)
{
	(void)ctx;
	buf_putf(&said, "%zu|%s|%s\n", r->number, r->type, r->title);
}

static enum vault_err
end_dossier(void *ctx)
{
	(void)ctx;
	return buf_ok(&said);
}

static enum vault_err
call_dossier(struct state *s)
{
	const struct vault_dossier_sink to = { NULL, say_dossier_record,
		say_dossier_record, say_line, end_dossier };
	const struct vault_plain_what what = { .the_case = content.old,
		.audience = "partner" };
	struct vault_plain *p;
	enum vault_err err;

	err = vault_plain_new(&p, s->vault, &what, NULL, NULL);
	if (err != VAULT_OK)
		return err;
	err = vault_dossier(p, &to);
	vault_plain_free(p);
	return saying(err);
}

static enum vault_err
call_redact(struct state *s)
{
	static const char *const words[] = { "lake" };
	const struct vault_redact_what what = { .id = content.old,
		.audience = "partner",
		.words = words,
		.n_words = 1,
		.from_closed = true };
	char id[VAULT_ID_LEN];
	struct vault_report *report = NULL;
	struct buf body = { 0 };
	enum vault_err err;
	bool closed;

	if ((err = vault_redact(&body, &closed, s->vault, &what)) == VAULT_OK &&
	    (err = vault_report_new(&report)) == VAULT_OK)
		err = vault_redact_keep(id, s->vault, report, &what, &body, 1);
	vault_report_free(report);
	buf_free(&body);
	return err;
}

/*
 * Somebody of two records, both with a consent and something that hangs on
 * them: not in the call, which must write once or not at all.
 */
enum vault_err
prepare_submission(struct vault *v)
{
	char id[VAULT_ID_LEN], other[VAULT_ID_LEN], json[512];
	enum vault_err err;

	snprintf(json, sizeof(json),
	    "{\"type\":\"person\",\"names\":[{\"text\":\"Jia Heshu\"}],"
	    "\"sex\":\"m\",\"born\":{\"edtf\":\"1971\"},"
	    "\"same_as\":[\"%s\"]}",
	    content.person);
	err = content_add(other, v, json);
	for (int i = 0; err == VAULT_OK && i < 2; i++) {
		snprintf(json, sizeof(json),
		    "{\"type\":\"consent\",\"person\":\"%s\","
		    "\"scopes\":[\"un\"],\"naming\":\"full\","
		    "\"given_by\":\"family\",\"date\":{\"edtf\":\"2011\"}}",
		    i == 0 ? content.person : other);
		err = content_add(id, v, json);
	}
	snprintf(json, sizeof(json),
	    "{\"type\":\"act\",\"act\":\"torture\",\"victims\":[\"%s\"],"
	    "\"date\":{\"edtf\":\"2011-03\"},\"methods\":[\"beating\"]}",
	    other);
	return err == VAULT_OK ? content_add(id, v, json) : err;
}

static void
say_gap(void *ctx, const struct vault_gap *g)
{
	(void)ctx;
	buf_putf(&said, "%s|%s|%d\n", g->label, g->paths, (int)g->why);
}

static void
say_kept_back(void *ctx, const struct vault_kept_back *k)
{
	(void)ctx;
	buf_putf(&said, "%s|%s|%s\n", k->type, k->title, k->field);
}

static void
say_same_record(void *ctx, const struct vault_submission_same *r)
{
	(void)ctx;
	buf_putf(&said, "%s|%d\n", r->title, r->used);
}

static void
say_difference(void *ctx, const struct vault_difference *d)
{
	(void)ctx;
	buf_putf(&said, "%s|%s\n", d->label, d->path);
}

static enum vault_err
call_submission(struct state *s)
{
	const struct vault_submission_what what = { .form = "wgeid",
		.person = content.person,
		.lang = "es",
		.gap = say_gap,
		.kept = say_kept_back,
		.same = say_same_record,
		.differs = say_difference };
	struct vault_submission_kept kept;
	struct vault_submission_info info;
	struct vault_submission *sub;
	size_t n = 0;
	struct vault_sink to = { &n, count_bytes, NULL };
	enum vault_err err;

	if ((err = vault_submission_new(&sub, s->vault, &what)) != VAULT_OK)
		return err;
	vault_submission_info(&info, sub);
	buf_putf(&said, "%zu %zu", info.same, info.differences);
	vault_submission_confirm_parts(sub);
	err = vault_submission_write(sub, &to, &kept);
	vault_submission_free(sub);
	return saying(err);
}

static void
say_tally(const struct vault_tally *t)
{
	struct vault_tally_axis rows, columns;

	vault_tally_axis(&rows, t, 0);
	vault_tally_axis(&columns, t, 1);
	for (size_t i = 0; i < rows.n; i++)
		for (size_t k = 0; k < columns.n; k++) {
			struct vault_tally_value row, column;

			vault_tally_value(&row, t, 0, i);
			vault_tally_value(&column, t, 1, k);
			buf_putf(&said, "%s|%s|%s|%llu\n", row.text,
			    column.text, column.title,
			    (unsigned long long)vault_tally_cell(t, i, k).n);
		}
}

static enum vault_err
call_tally(struct state *s)
{
	const struct vault_tally_what what = { .query = "type:status",
		.query_len = 11,
		.by = { "person" },
		.over = VAULT_MONTH,
		.persons = true };
	struct vault_tally_fault fault;
	struct vault_tally *t;
	enum vault_err err;

	if ((err = go_missing(s)) != VAULT_OK ||
	    (err = vault_tally_new(&t, s->vault, &what, &fault)) != VAULT_OK)
		return err;
	say_tally(t);
	err = vault_tally_log(s->vault, t, "csv");
	vault_tally_free(t);
	return err;
}

const struct call nomem_leaving[] = {
	RECORDS("vault_tally_new, vault_tally_log", call_tally),
	RECORDS("vault_may", call_may),
	RECORDS("vault_plain_write", call_plain),
	RECORDS("vault_dossier", call_dossier),
	RECORDS("vault_redact, vault_redact_keep", call_redact),
	RECORDS(
	    "vault_submission_new, vault_submission_write", call_submission),
};
const size_t nomem_leaving_n = sizeof(nomem_leaving) / sizeof(nomem_leaving[0]);
