/* SPDX-License-Identifier: ISC */
/*
 * submission_names.c - who is named in a draft that must not be
 * (submission.c, rule 3).
 */
#include <string.h>

#include "core/text.h"
#include "record/body.h"
#include "record/json.h"
#include "record/name.h"
#include "leaving/submission_inside.h"

struct seeing {
	struct vault_submission *s;
	struct name_list own; /* of the person, as the draft has them */
	const char *record;
	const char *text; /* that is looked through */
	size_t len;
	struct buf seen; /* ids of who is named by a whole name, one each */
	bool whole_draft;
};

static bool
is_seen(const struct seeing *to, const char *id)
{
	for (size_t i = 0; i < to->seen.len; i += ID_TEXT_LEN)
		if (memcmp(to->seen.bytes + i, id, ID_TEXT_LEN) == 0)
			return true;
	return false;
}

/* The characters of the hit, as a key without blanks. */
static enum vault_err
key_of(struct buf *out, const struct seeing *to, const struct reveal_hit *hit)
{
	size_t from = 0, end;
	struct buf key = { 0 };
	uint32_t cp;
	enum vault_err err;

	for (size_t i = 0; i < hit->at && from < to->len; i++)
		from += text_next(&cp, to->text + from, to->len - from);
	end = from;
	for (size_t i = 0; i < hit->len && end < to->len; i++)
		end += text_next(&cp, to->text + end, to->len - end);
	if ((err = text_key(&key, to->text + from, end - from)) == VAULT_OK)
		err = text_key_joined(out, key.bytes, key.len);
	buf_free(&key);
	return err;
}

static enum vault_err
is_name_of(bool *same, const struct name_list *own, const struct buf *key)
{
	enum vault_err err = VAULT_OK;

	*same = false;
	for (size_t i = 0; err == VAULT_OK && !*same && i < own->n; i++) {
		struct buf mine = { 0 };

		err = text_key_joined(
		    &mine, own->forms[i].key, strlen(own->forms[i].key));
		*same = err == VAULT_OK && mine.len == key->len &&
		    memcmp(mine.bytes, key->bytes, key->len) == 0;
		buf_free(&mine);
	}
	return err;
}

/*
 * A form is filled in for somebody whom its first line names: that name is no
 * other's, though many may share it.  By the whole name only: or own is empty.
 */
static bool
is_own_name(struct seeing *to, const struct reveal_hit *hit)
{
	struct buf key = { 0 };
	bool own = false;

	if (to->own.n == 0)
		return false;
	if (sub_is_person(to->s, hit->person))
		return true;
	if (hit->kind == SCAN_PART)
		return sub_is_person(to->s, to->record) &&
		    strncmp(hit->path, "names[", 6) == 0;
	/* That memory was short is looked at at the end. */
	if (hit->kind == SCAN_NAME &&
	    (key_of(&key, to, hit) != VAULT_OK ||
		is_name_of(&own, &to->own, &key) != VAULT_OK))
		to->seen.failed = true;
	buf_free(&key);
	return own;
}

static void
see(void *ctx, const struct reveal_hit *hit)
{
	struct seeing *to = ctx;
	struct vault_submission *s = to->s;
	struct vault_named named = { hit->record, hit->path, hit->person,
		(enum vault_named_how)hit->kind, hit->at, hit->len };

	/* Parts across lines, and labels of ours, are nobody. */
	if (is_own_name(to, hit) ||
	    (to->whole_draft &&
		(hit->kind == SCAN_PART || is_seen(to, hit->person))))
		return;
	if (hit->kind == SCAN_PART) {
		s->info.parts++;
	} else {
		s->info.names++;
		buf_put(&to->seen, hit->person, ID_TEXT_LEN);
	}
	if (s->what.named != NULL)
		s->what.named(s->what.ctx, &named);
}

static enum vault_err
look_at(void *ctx, const char *path, const char *text, size_t len)
{
	struct seeing *to = ctx;

	to->text = text;
	to->len = len;
	return reveal_text(to->s->reveal, to->record, path, text, len, see, to);
}

static enum vault_err
read_own_names(struct seeing *to)
{
	size_t n, own = 0;
	const struct sub_item *items = sub_items(to->s, &n);
	enum vault_err err = VAULT_OK;

	if (sub_naming(to->s) != CONSENT_FULL)
		return VAULT_OK;
	for (size_t k = 0; k < n && strcmp(items[k].row.type, "person") == 0;
	     k++) {
		const json_t *names = json_object_get(items[k].used, "names");

		for (size_t i = 0;
		     err == VAULT_OK && i < json_array_size(names); i++)
			err = name_add(
			    &to->own, json_array_get(names, i), own++);
	}
	return err;
}

/* Rule 3. */
static enum vault_err
look_at_all(struct seeing *to)
{
	struct vault_submission *s = to->s;
	size_t n;
	struct sub_item *items = sub_items(s, &n);
	enum vault_err err = read_own_names(to);

	for (size_t i = 0; err == VAULT_OK && i < n; i++) {
		to->record = items[i].id;
		if (items[i].used != NULL)
			err = body_words(items[i].used, true, look_at, to);
	}
	to->record = s->person;
	if (err == VAULT_OK && s->what.relation != NULL)
		err = look_at(to, "--relation", s->what.relation,
		    strlen(s->what.relation));
	to->whole_draft = true;
	if (err == VAULT_OK)
		err = look_at(to, "draft", buf_text(&s->text), s->text.len);
	return err == VAULT_OK ? buf_ok(&to->seen) : err;
}

enum vault_err
sub_names(struct vault_submission *s)
{
	struct seeing to = { .s = s };
	enum vault_err err = look_at_all(&to);

	name_list_free(&to.own);
	buf_free(&to.seen);
	return err;
}
