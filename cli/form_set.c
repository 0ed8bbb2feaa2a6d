/* SPDX-License-Identifier: ISC */
/* form - values without a terminal: only what is said exactly counts. */
#include <stdlib.h>
#include <string.h>

#include "answer.h"
#include "codes.h"
#include "form_inner.h"
#include "issues.h"
#include "who.h"

/* Where a path leaves the model, and what may be meant there. */
struct lost {
	const char *at; /* a name in the path; NULL: nowhere */
	size_t len;
	const char *near[3];
	size_t n_near;
};

static void
get_lost(struct lost *lost, const struct form *f,
    const struct vault_field *parent, const char *at, size_t len)
{
	struct buf name = { 0 };

	*lost = (struct lost){ .at = at, .len = len };
	if (len > 0 && buf_put(&name, at, len))
		lost->n_near = parent == NULL
		    ? vault_near_fields(lost->near, &f->type, buf_text(&name))
		    : vault_near_members(lost->near, parent, buf_text(&name));
	buf_free(&name);
}

/* The field at the end of a path, indices or not. */
static bool
find_field(struct vault_field *out, struct lost *lost, const struct form *f,
    const char *path)
{
	struct vault_field at = { 0 };
	bool top = true;

	*lost = (struct lost){ 0 };
	for (;;) {
		size_t len = strcspn(path, ".[");
		struct vault_field m = { 0 };

		do {
			bool more = top ? vault_field_next(&m, &f->type)
					: vault_member_next(&m, &at);

			if (!more) {
				get_lost(lost, f, top ? NULL : &at, path, len);
				return false;
			}
		} while (
		    strlen(m.name) != len || strncmp(m.name, path, len) != 0);
		at = m;
		top = false;
		path += len;
		path += strcspn(path, ".");
		if (*path++ == '\0')
			break;
	}
	*out = at;
	return true;
}

/* The whole path with each of the names that may be meant in it. */
static void
say_lost(const struct lost *lost, const char *path)
{
	struct buf near[3] = { 0 };
	const char *paths[3];

	say_error(SAY_ISSUE_UNKNOWN_FIELD, path, NULL);
	for (size_t i = 0; i < lost->n_near; i++)
		buf_putf(&near[i], "%.*s%s%s", (int)(lost->at - path), path,
		    lost->near[i], lost->at + lost->len);
	for (size_t i = 0; i < lost->n_near; i++)
		paths[i] = buf_text(&near[i]);
	issues_hint_near(paths, lost->n_near);
	for (size_t i = 0; i < 3; i++)
		buf_free(&near[i]);
}

static int
set_plain(struct form *f, const char *path, const char *text)
{
	struct vault_field field;
	struct lost lost;
	enum vault_err err = *text == '\0'
	    ? vault_body_unset(f->body, path)
	    : vault_body_set(f->body, path, text, strlen(text));

	if (err == VAULT_EUSE) {
		if (find_field(&field, &lost, f, path))
			say_error(SAY_FORM_CANNOT, path, text, NULL);
		else
			say_lost(&lost, path);
		return 2;
	}
	return err == VAULT_OK ? 0 : session_fault(f->s, err);
}

static int
set_bool(struct form *f, const char *path, const char *text)
{
	enum answer_is is = answer_is(text, strlen(text));

	return set_plain(f, path,
	    is == IS_YES      ? "yes"
		: is == IS_NO ? "no"
			      : text);
}

static int
set_code(struct form *f, const char *path, const struct vault_field *field,
    const char *text)
{
	struct codes_found *c = calloc(1, sizeof(*c));
	const char *near[3];
	int status;

	if (c == NULL)
		return say_fault(VAULT_ENOMEM, NULL, "");
	codes_find(c, field, text);
	/* Nobody sees what a part of a word has found: only a whole one counts.
	 */
	status = set_plain(
	    f, path, c->n == 1 && c->exact ? c->code[0].code : text);
	if (status == 2 && c->n == 0)
		codes_near(c, field, text);
	for (size_t i = 0; i < c->n && i < 3; i++)
		near[i] = c->code[i].code;
	if (status == 2)
		issues_hint_near(near, c->n);
	free(c);
	return status;
}

static int
set_link(struct form *f, const char *path, const struct vault_field *field,
    const char *name)
{
	char id[VAULT_ID_LEN];
	int status = who_only(id, f->s, name, form_targets(field));

	return status == 0 ? set_plain(f, path, id) : status;
}

/* A mistyped date stays as words, which nothing sorts: that is said. */
static int
set_moment(struct form *f, const char *path, const struct vault_field *field,
    const char *text)
{
	int status = set_plain(f, path, text);

	if (status == 0 && form_is_words(f, field, path))
		say_warning(
		    form_is(field, "date") ? SAY_SET_WORDS : SAY_SET_WORDS_SPAN,
		    path, text, NULL);
	return status;
}

int
form_set(struct form *f, const char *path, const char *text)
{
	struct vault_field field;
	struct lost lost;

	f->changed = true;
	if (*text == '\0' || !find_field(&field, &lost, f, path))
		return set_plain(f, path, text);
	if (field.kind == VAULT_KIND_CODE)
		return set_code(f, path, &field, text);
	if (field.kind == VAULT_KIND_LINK)
		return set_link(f, path, &field, text);
	if (field.kind == VAULT_KIND_BOOL)
		return set_bool(f, path, text);
	if (form_is(&field, "party") && text[0] == '@')
		return set_link(f, path, &field, text + 1);
	/* The path of a citation alone means what it cites. */
	if (form_is(&field, "cite")) {
		struct vault_field ref = { 0 };

		if (vault_member_next(&ref, &field))
			return set_link(f, path, &ref, text);
	}
	return set_moment(f, path, &field, text);
}
