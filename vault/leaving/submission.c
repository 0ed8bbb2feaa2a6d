/* SPDX-License-Identifier: ISC */
/*
 * submission.c - what we hold of a person, for a form of the United Nations.
 *
 * 1. Without the person's own consent to "un", recorded by our office, there
 *    is no draft; a form that wants the family's takes no other.  Of other
 *    records that are of the person, as our office has said, each needs one
 *    of its own, with the same naming, or stays behind with what hangs on it.
 * 2. Every record goes through edition_make, and leaves only if the consents
 *    of this person cover it too, whoever else has consented.
 * 3. Every text in the draft is looked through for names, each in its field;
 *    and the finished draft once more, for what only its lines put together.
 * 4. Who told or saw it is never named, but for the person; and a statement
 *    leaves only if its source has consented too, or it is public.  One who has
 *    no record cannot have been asked.
 */
#include <string.h>

#include "core/clock.h"
#include "core/mem.h"
#include "record/json.h"
#include "store/log.h"
#include "store/store.h"
#include "leaving/submission_inside.h"

struct sub_item *
sub_items(const struct vault_submission *s, size_t *n)
{
	*n = s->items.len / sizeof(struct sub_item);
	return (struct sub_item *)(void *)s->items.bytes;
}

const char *
vault_form(size_t i)
{
	return forms_code(i);
}

const char *
vault_form_language(size_t i)
{
	return forms_language_code(i);
}

void
sub_item_free(struct sub_item *item)
{
	edition_free(&item->edition);
	json_decref(item->whole);
	json_decref(item->used);
}

void
vault_submission_free(struct vault_submission *s)
{
	struct sub_item *items;
	size_t n;

	if (s == NULL)
		return;
	items = sub_items(s, &n);
	for (size_t i = 0; i < n; i++)
		sub_item_free(&items[i]);
	buf_free(&s->items);
	buf_free(&s->persons);
	buf_free(&s->differing);
	buf_free(&s->text);
	buf_free(&s->urgency);
	buf_free(&s->withheld);
	reveal_free(s->reveal);
	audience_free(s->audience);
	mem_free(s);
}

void
vault_submission_info(
    struct vault_submission_info *out, const struct vault_submission *s)
{
	*out = s->info;
	out->mechanism = s->form->title;
	out->urgency_words = buf_text(&s->urgency);
}

void
vault_submission_confirm_parts(struct vault_submission *s)
{
	s->parts_confirmed = true;
}

bool
sub_may_leave(const struct vault_submission *s)
{
	return s->info.refused == VAULT_SUBMISSION_MAY && s->info.names == 0 &&
	    (s->info.parts == 0 || s->parts_confirmed);
}

const struct buf *
vault_submission_text(const struct vault_submission *s)
{
	return sub_may_leave(s) ? &s->text : NULL;
}

/* ---- Deciding ---- */

static enum vault_err
read_people(struct vault_submission *s)
{
	enum vault_err err;

	err = reveal_new(&s->reveal, s->v->store, s->audience, s->what.progress,
	    s->what.ctx);
	if (err == VAULT_OK)
		s->info.short_names = reveal_short(s->reveal);
	return err;
}

static enum vault_err
decide(struct vault_submission *s)
{
	int64_t time;
	enum vault_err err;

	if ((err = log_last(s->v->store, &s->seen, &time)) != VAULT_OK ||
	    (err = audience_new(&s->audience, s->v->store, CONSENT_UN,
		 s->today)) != VAULT_OK ||
	    (err = sub_add_persons(s)) != VAULT_OK ||
	    s->info.refused != VAULT_SUBMISSION_MAY)
		return err;
	if ((err = sub_add_records(s)) == VAULT_OK &&
	    (err = sub_settle(s)) == VAULT_OK &&
	    (err = sub_urgency(s)) == VAULT_OK &&
	    (err = sub_differences(s)) == VAULT_OK &&
	    (err = sub_draft(s)) == VAULT_OK &&
	    (err = read_people(s)) == VAULT_OK) {
#ifndef PLANT_DRAFT_UNSEEN
		err = sub_names(s);
#endif
	}
	return err;
}

static enum vault_err
begin(struct vault_submission **out, struct vault *v,
    const struct vault_submission_what *what)
{
	struct vault_submission *s = mem_zalloc(sizeof(*s));

	*out = s;
	if (s == NULL)
		return VAULT_ENOMEM;
	s->v = v;
	s->what = *what;
	s->now = clock_now();
	s->today = (int32_t)(s->now / 86400);
	s->form = forms_find(what->form);
	s->lang = forms_language(what->lang == NULL ? "en" : what->lang);
	if (s->lang == NULL)
		return VAULT_EUSE;
	if (s->form == NULL || strlen(what->person) != ID_TEXT_LEN)
		return s->form == NULL ? VAULT_EUSE : VAULT_ENORECORD;
	memcpy(s->person, what->person, ID_TEXT_LEN + 1);
	return VAULT_OK;
}

enum vault_err
vault_submission_new(struct vault_submission **out, struct vault *v,
    const struct vault_submission_what *what)
{
	struct vault_submission *s;
	enum vault_err err;

	*out = NULL;
	if ((err = begin(&s, v, what)) == VAULT_OK &&
	    (err = store_read(v->store)) == VAULT_OK) {
		err = decide(s);
		store_read_end(v->store);
	}
	if (err == VAULT_OK) {
		s->what = (struct vault_submission_what){ .ctx = NULL };
		*out = s;
		s = NULL; /* given away */
	}
	vault_submission_free(s);
	return err == VAULT_EUSE ? err : vault_failed(v, err);
}

/* ---- Writing ---- */

/* Who wrote meanwhile may have changed what may leave; so may the day. */
enum vault_err
sub_is_same(struct vault_submission *s)
{
	uint64_t last;
	int64_t time;
	enum vault_err err = log_last(s->v->store, &last, &time);

	s->info.changed = err == VAULT_OK &&
	    (last != s->seen || (int32_t)(clock_now() / 86400) != s->today);
	return s->info.changed ? VAULT_EBUSY : err;
}

/*
 * {"audience":"un","consents":[ID ...],"form":CODE,"records":[ID ...]}: the
 * person's first, even if no word of it could leave.
 */
enum vault_err
sub_log(struct vault_submission *s)
{
	size_t n;
	const struct sub_item *items = sub_items(s, &n);
	struct buf detail = { 0 }, records = { 0 }, consents = { 0 };
	enum vault_err err = VAULT_OK;

	for (size_t i = 0; err == VAULT_OK && i < n; i++) {
		if (i > 0 && json_object_size(items[i].used) == 0)
			continue;
		buf_putf(&records, "%s\"%s\"", records.len > 0 ? "," : "",
		    items[i].id);
		err = audience_used(&consents, s->audience, &items[i].row);
	}
	buf_put_text(&detail, "{\"audience\":\"un\",");
	audience_print_used(&detail, &consents);
	buf_putf(&detail, "\"form\":\"%s\",\"records\":[", s->form->code);
	buf_put(&detail, records.bytes, records.len);
	buf_put_text(&detail, "]}");
	buf_free(&records);
	buf_free(&consents);
	if (err == VAULT_OK && (err = buf_ok(&detail)) == VAULT_OK)
		err = log_add(
		    s->v->store, "export-plain", buf_text(&detail), detail.len);
	buf_free(&detail);
	return err;
}

static enum vault_err
log_and_keep(struct vault_submission *s, struct vault_submission_kept *kept)
{
	enum vault_err err;

	if ((err = store_begin(s->v->store)) != VAULT_OK)
		return err;
	if ((err = sub_is_same(s)) == VAULT_OK &&
	    (err = sub_log(s)) == VAULT_OK && kept != NULL)
		err = sub_keep(kept, s);
	if (err == VAULT_OK)
		err = store_commit(s->v->store);
	store_abort(s->v->store);
	return err;
}

enum vault_err
vault_submission_write(struct vault_submission *s, const struct vault_sink *to,
    struct vault_submission_kept *kept)
{
	enum vault_err err;

	if (kept != NULL)
		memset(kept, 0, sizeof(*kept));
	if (!sub_may_leave(s))
		return VAULT_EREFUSED;
	/* What was printed to a pipe cannot be taken back. */
	if ((err = store_begin(s->v->store)) != VAULT_OK)
		return vault_failed(s->v, err);
	err = sub_is_same(s);
	store_abort(s->v->store);
	if (err == VAULT_OK)
		err = to->write(to->ctx, s->text.bytes, s->text.len);
	/* Logged in the transaction that sees that it is still so. */
	if (err == VAULT_OK)
		err = log_and_keep(s, kept);
	if (err != VAULT_OK && kept != NULL)
		memset(kept, 0, sizeof(*kept));
	return vault_failed(s->v, err);
}
