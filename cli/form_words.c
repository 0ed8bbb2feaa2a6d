/* SPDX-License-Identifier: ISC */
/* form - words for a date or a duration: what they are understood as. */
#include <stdio.h>

#include "answer.h"
#include "ask.h"
#include "form_inner.h"

bool
form_is_words(struct form *f, const struct vault_field *field, const char *path)
{
	bool date = form_is(field, "date"), words;
	struct buf exact = { 0 }, inner = { 0 };

	if (!date && !form_is(field, "span"))
		return false;
	words = true;
	for (size_t i = 0; i < 3; i++) {
		static const char *const members[] = { "iso", "min", "max" };

		buf_reset(&inner);
		buf_putf(&inner, "%s.%s", path, date ? "edtf" : members[i]);
		words = words && buf_ok(&inner) == VAULT_OK &&
		    !vault_body_get(&exact, f->body, buf_text(&inner));
	}
	buf_free(&inner);
	buf_free(&exact);
	return words;
}

/* What the words say, for a person to compare. */
static void
put_reading(struct buf *out, const struct vault_words *w)
{
	const char *least = buf_text(&w->least), *most = buf_text(&w->most);
	char first[11], last[11];

	snprintf(first, sizeof(first), "%.10s", say_time(w->first));
	snprintf(last, sizeof(last), "%.10s", say_time(w->last));
	if (w->starts && w->ends && w->first < w->last)
		say_put(out, SAY_FORM_READ_DAYS, least, first, last, NULL);
	else if (w->starts && !w->ends)
		say_put(out, SAY_FORM_READ_SINCE, least, first, NULL);
	else if (w->ends && !w->starts)
		say_put(out, SAY_FORM_READ_UNTIL, least, last, NULL);
	else if (w->exact)
		say_put(out, SAY_FORM_READ, least, NULL);
	else if (*most == '\0')
		say_put(out, SAY_FORM_READ_LEAST, least, NULL);
	else if (*least == '\0')
		say_put(out, SAY_FORM_READ_MOST, most, NULL);
	else
		say_put(out, SAY_FORM_READ_BETWEEN, least, most, NULL);
}

/* A member beside the words, if it says anything. */
static enum form_end
put_member(struct form *f, const struct form_ask *ask, const char *member,
    const struct buf *value)
{
	struct buf path = { 0 };
	enum vault_err err = buf_putf(&path, "%s.%s", ask->path, member)
	    ? VAULT_OK
	    : VAULT_ENOMEM;

	if (err == VAULT_OK && value->len > 0)
		err = vault_body_set(
		    f->body, buf_text(&path), buf_text(value), value->len);
	buf_free(&path);
	form_done(f);
	return err == VAULT_OK ? FORM_NEXT : form_failed(f, err);
}

static enum form_end
put_read(
    struct form *f, const struct form_ask *ask, const struct vault_words *w)
{
	enum form_end end;

	if (form_is(ask->field, "date"))
		return put_member(f, ask, "edtf", &w->least);
	if (w->exact)
		return put_member(f, ask, "iso", &w->least);
	end = put_member(f, ask, "min", &w->least);
	return end == FORM_NEXT ? put_member(f, ask, "max", &w->most) : end;
}

/* Only a yes makes a date of words; "<" asks for the field again. */
static enum form_end
ask_reading(bool *yes, struct form *f, const struct vault_words *w)
{
	struct buf prompt = { 0 }, line = { 0 };
	enum form_end end = FORM_NEXT;
	enum answer answer;

	put_reading(&prompt, w);
	say_put(&prompt, SAY_FORM_READ_RIGHT, NULL);
	lineedit_forget(f->l);
	answer = form_read(&line, &end, f, buf_text(&prompt));
	*yes = answer == ANSWER_TEXT && answer_is_yes(line.bytes, line.len);
	buf_free(&prompt);
	buf_free(&line);
	return answer == ANSWER_END ? end : FORM_NEXT;
}

enum form_end
form_read_words(
    struct form *f, const struct form_ask *ask, const struct buf *line)
{
	struct vault_words w;
	enum vault_err err;
	enum form_end end = FORM_NEXT;
	bool yes = false;

	if (!form_is_words(f, ask->field, ask->path))
		return FORM_NEXT;
	err = vault_words_read(
	    &w, ask->field, say_lang(), buf_text(line), line->len);
	if (err == VAULT_OK)
		end = ask_reading(&yes, f, &w);
	else if (err != VAULT_EUSE)
		end = form_failed(f, err);
	if (yes)
		end = put_read(f, ask, &w);
	else if (end == FORM_NEXT)
		FORM_TELL(form_is(ask->field, "date") ? SAY_FORM_WORDS
						      : SAY_FORM_WORDS_SPAN);
	vault_words_free(&w);
	return end;
}
