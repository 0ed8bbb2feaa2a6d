/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "who.h"

#define SHORT_ID 8

/* Candidates before their types are known. */
#define CANDIDATES 50

struct candidates {
	char id[CANDIDATES][VAULT_ID_LEN];
	size_t n;
};

static void
take(void *ctx, const char *id, const char *title)
{
	struct candidates *all = ctx;

	(void)title;
	if (all->n < CANDIDATES)
		memcpy(all->id[all->n++], id, VAULT_ID_LEN);
}

bool
who_has_word(const char *words, const char *word)
{
	size_t len = strlen(word);
	const char *at = words;

	while ((at = strstr(at, word)) != NULL) {
		if ((at == words || at[-1] == ' ') &&
		    (at[len] == ' ' || at[len] == '\0'))
			return true;
		at += len;
	}
	return false;
}

/* Those of the right type: the type of a record is known when it is read. */
static enum vault_err
choose(struct who *out, struct vault *v, const struct candidates *all,
    const char *types)
{
	for (size_t i = 0; i < all->n; i++) {
		struct vault_record r;
		enum vault_err err = vault_get(&r, v, all->id[i]);
		bool fits;

		if (err == VAULT_ENORECORD)
			continue;
		if (err != VAULT_OK)
			return err;
		fits = !r.forgotten &&
		    (*types == '\0' || who_has_word(types, r.type));
		vault_record_free(&r);
		if (fits && out->n == WHO_MAX)
			out->more = true;
		else if (fits)
			memcpy(out->id[out->n++], all->id[i], VAULT_ID_LEN);
	}
	return VAULT_OK;
}

enum vault_err
who_find(struct who *out, struct vault *v, const char *text, const char *types)
{
	struct candidates all = { .n = 0 };
	char id[VAULT_ID_LEN];
	enum vault_err err;

	memset(out, 0, sizeof(*out));
	err = vault_find_id(id, v, text, take, &all);
	if (err == VAULT_OK)
		take(&all, id, "");
	else if (err == VAULT_ENORECORD)
		return VAULT_OK;
	else if (err != VAULT_ECONFLICT)
		return err;
	return choose(out, v, &all, types == NULL ? "" : types);
}

static void
put_safe(struct buf *out, const struct buf *text)
{
	if (text_safe_line(out, buf_text(text), text->len) != VAULT_OK)
		out->failed = true;
}

/* The value at path behind a comma, unless it is the title itself. */
static void
put_value(struct buf *out, const struct vault_body *b, const char *path,
    const struct buf *title)
{
	struct buf value = { 0 };

	if (vault_body_get(&value, b, path) &&
	    strcmp(buf_text(&value), buf_text(title)) != 0) {
		buf_put_text(out, ", ");
		put_safe(out, &value);
	}
	buf_free(&value);
}

void
who_describe(struct buf *out, struct vault *v, const char *id)
{
	struct vault_body *b;
	struct vault_record r;

	if (vault_get(&r, v, id) != VAULT_OK) {
		buf_put_text(out, id);
		return;
	}
	put_safe(out, &r.title);
	if (vault_body_read(&b, r.body.bytes, r.body.len) == VAULT_OK) {
		put_value(out, b, "pseudonym", &r.title);
		put_value(out, b, "occupations[0]", &r.title);
		vault_body_free(b);
	}
	buf_putf(out, ", %.*s", SHORT_ID, id);
	vault_record_free(&r);
}

int
who_only(char id[static VAULT_ID_LEN], const struct session *s,
    const char *text, const char *types)
{
	enum vault_err err;
	struct who who;

	if ((err = who_find(&who, s->vault, text, types)) != VAULT_OK)
		return session_fault(s, err);
	if (who.n == 0) {
		say_error(SAY_NO_RECORD, text, NULL);
		return say_status(VAULT_ENORECORD);
	}
	if (who.n == 1) {
		memcpy(id, who.id[0], VAULT_ID_LEN);
		return 0;
	}
	say_error(SAY_WHO_SEVERAL, text, NULL);
	for (size_t i = 0; i < who.n; i++) {
		struct buf about = { 0 };

		who_describe(&about, s->vault, who.id[i]);
		say_warning(SAY_ISSUE, buf_text(&about), NULL);
		buf_free(&about);
	}
	say_hint(SAY_HINT_WHO, NULL);
	return say_status(VAULT_ENORECORD);
}
