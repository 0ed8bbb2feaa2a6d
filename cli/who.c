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

/* ---- By a part of what a record is called ---- */

/* So many of the newest are looked at. */
#define LOOKED_AT 2000

/* Titles that hold any of these: all the words of it, or it as a whole. */
#define PARTS_MAX (WHO_MAX + 1)

struct search {
	struct who *out;
	const char *types;
	struct buf words;              /* key */
	struct buf person[PARTS_MAX];  /* keys of the names of who is meant */
	struct buf besides[PARTS_MAX]; /* and of what stood in front of them */
	size_t n;
	uint64_t seen;
};

/* True if each word of words begins a word of title. */
static bool
has_words(const struct buf *title, const struct buf *words)
{
	const char *at = buf_text(words);

	while (*at != '\0') {
		size_t len = strcspn(at, " ");
		const char *t = buf_text(title);

		while (strncmp(t, at, len) != 0) {
			t += strcspn(t, " ");
			if (*t++ == '\0')
				return false;
		}
		at += len;
		at += *at == ' ';
	}
	return true;
}

static bool
is_meant(const struct search *s, const struct buf *title)
{
	if (s->words.len > 0 && has_words(title, &s->words))
		return true;
	for (size_t i = 0; i < s->n; i++)
		if (has_words(title, &s->person[i]) &&
		    has_words(title, &s->besides[i]))
			return true;
	return false;
}

static void
add_found(struct who *out, const char *id)
{
	for (size_t i = 0; i < out->n; i++)
		if (strcmp(out->id[i], id) == 0)
			return;
	if (out->n == WHO_MAX)
		out->more = true;
	else
		memcpy(out->id[out->n++], id, VAULT_ID_LEN);
}

static bool
look_at(void *ctx, const struct vault_row *row)
{
	struct search *s = ctx;
	struct buf key = { 0 };

	s->seen++;
	if ((*s->types == '\0' || who_has_word(s->types, row->type)) &&
	    text_key(&key, buf_text(&row->title), row->title.len) == VAULT_OK &&
	    is_meant(s, &key))
		add_found(s->out, row->id);
	buf_free(&key);
	return !s->out->more;
}

static bool
look_at_like(void *ctx, const struct vault_row *row)
{
	struct search *s = ctx;

	if (who_has_word(s->types, row->type))
		add_found(s->out, row->id);
	return !s->out->more;
}

/* Who is named by the text, or by what stands behind its first word. */
static enum vault_err
find_persons(struct search *s, struct vault *v, const char *text)
{
	size_t first = strcspn(text, " ");
	enum vault_err err = VAULT_OK;

	for (int part = 0; part < 2 && err == VAULT_OK; part++) {
		const char *name = part == 0 ? text : text + first;
		struct who who;

		name += strspn(name, " ");
		if (*name == '\0' || s->n == PARTS_MAX)
			break;
		err = who_find(&who, v, name, "person");
		for (size_t i = 0;
		     err == VAULT_OK && i < who.n && s->n < PARTS_MAX; i++) {
			struct buf title = { 0 };

			err = vault_title(&title, v, who.id[i]);
			if (err == VAULT_OK)
				err = text_key(&s->person[s->n],
				    buf_text(&title), title.len);
			if (err == VAULT_OK && part == 1)
				err = text_key(&s->besides[s->n], text, first);
			s->n++;
			buf_free(&title);
		}
	}
	return err;
}

/* Append "(type:a OR type:b)"; nothing for any type. */
static void
put_types(struct buf *query, const char *types)
{
	while (*types != '\0') {
		size_t len = strcspn(types, " ");

		buf_putf(query, "%stype:%.*s", query->len > 0 ? " OR " : "",
		    (int)len, types);
		types += len;
		types += *types == ' ';
	}
}

static enum vault_err
search_titles(struct search *s, struct vault *v)
{
	struct buf query = { 0 };
	struct vault_search what = { .limit = LOOKED_AT };
	enum vault_err err;

	put_types(&query, s->types);
	what.query = buf_text(&query);
	what.query_len = query.len;
	err = vault_find(v, &what, look_at, s, NULL, NULL);
	s->out->more = s->out->more || s->seen == LOOKED_AT;
	buf_free(&query);
	return err;
}

/* Persons with these words in one of their names, as find has it. */
static enum vault_err
search_names(struct search *s, struct vault *v)
{
	struct buf query = { 0 };
	struct vault_search what = { .limit = WHO_MAX + 1 };
	const char *at = buf_text(&s->words);
	enum vault_err err;

	buf_put_text(&query, "type:person");
	while (*at != '\0') {
		size_t len = strcspn(at, " ");

		buf_putf(&query, " name:%.*s", (int)len, at);
		at += len + (at[len] == ' ');
	}
	buf_put_byte(&query, '*'); /* the last may be typed in part */
	what.query = buf_text(&query);
	what.query_len = query.len;
	if ((err = buf_ok(&query)) == VAULT_OK)
		err = vault_find(v, &what, look_at_like, s, NULL, NULL);
	buf_free(&query);
	return err;
}

/* Persons by what they are called: a name may be written another way. */
static enum vault_err
search_persons(struct search *s, struct vault *v, const char *text)
{
	struct vault_search like = { .like = text, .limit = WHO_MAX };
	enum vault_err err = VAULT_OK;

	if (s->words.len > 0)
		err = search_names(s, v);
	if (err == VAULT_OK && s->out->n == 0)
		err = vault_find(v, &like, look_at_like, s, NULL, NULL);
	return err;
}

enum vault_err
who_search(
    struct who *out, struct vault *v, const char *text, const char *types)
{
	struct search s = { .out = out, .types = types };
	enum vault_err err;

	memset(out, 0, sizeof(*out));
	if ((err = text_key(&s.words, text, strlen(text))) == VAULT_OK &&
	    (err = find_persons(&s, v, text)) == VAULT_OK)
		err = search_titles(&s, v);
	/* What is no person has no names. */
	if (err == VAULT_OK && who_has_word(types, "person"))
		err = search_persons(&s, v, text);
	for (size_t i = 0; i < PARTS_MAX; i++) {
		buf_free(&s.person[i]);
		buf_free(&s.besides[i]);
	}
	buf_free(&s.words);
	return err == VAULT_EUSE ? VAULT_OK : err;
}

static void
put_safe(struct buf *out, const struct buf *text)
{
	if (text_safe_line(out, buf_text(text), text->len) != VAULT_OK)
		out->failed = true;
}

/* The value at path behind a comma, unless it is in the title already. */
static void
put_value(struct buf *out, const struct vault_body *b, const char *path,
    const struct buf *title)
{
	struct buf value = { 0 };

	if (vault_body_get(&value, b, path) &&
	    strstr(buf_text(title), buf_text(&value)) == NULL) {
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
		put_value(out, b, "date", &r.title);
		put_value(out, b, "as_of", &r.title);
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
