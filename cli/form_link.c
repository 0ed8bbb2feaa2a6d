/* SPDX-License-Identifier: ISC */
/* form - a link: the record that a name stands for. */
#include <string.h>

#include "answer.h"
#include "ask.h"
#include "form_inner.h"
#include "who.h"

static void
list_records(const struct form *f, const struct who *who)
{
	struct buf out = { 0 };

	for (size_t i = 0; i < who->n; i++) {
		buf_putf(&out, "%4zu  ", i + 1);
		who_describe(&out, f->s->vault, who->id[i]);
		buf_put_byte(&out, '\n');
	}
	(void)ask_show(buf_text(&out));
	if (who->more)
		FORM_TELL(SAY_FORM_MORE_RECORDS);
	buf_free(&out);
}

/*
 * Let one of them be chosen by its number: *at; or none, which FORM_BACK
 * says.
 */
static enum form_end
choose(size_t *at, struct form *f, const struct who *who, enum say question)
{
	struct buf prompt = { 0 }, line = { 0 };
	enum form_end end = FORM_BACK;

	list_records(f, who);
	say_put(&prompt, question, NULL);
	for (;;) {
		enum answer answer = form_read(
		    &line, &end, f, buf_text(&prompt));
		char first = line.len == 1 ? (char)line.bytes[0] : '0';

		if (answer == ANSWER_KEEP ||
		    (answer == ANSWER_END && end == FORM_BACK)) {
			end = FORM_BACK;
			break;
		}
		if (answer == ANSWER_END && end != FORM_MORE)
			break;
		if (first > '0' && (size_t)(first - '0') <= who->n) {
			*at = (size_t)(first - '1');
			end = FORM_NEXT;
			break;
		}
	}
	buf_free(&prompt);
	buf_free(&line);
	return end;
}

/* "Is it that one?" Yes is FORM_NEXT, no FORM_BACK. */
static enum form_end
confirm(struct form *f, enum say question, const char *about, bool preset)
{
	struct buf prompt = { 0 }, line = { 0 };
	enum form_end end;
	enum answer answer;

	say_put(&prompt, question, about, NULL);
	answer = form_read(&line, &end, f, buf_text(&prompt));
	if (answer == ANSWER_KEEP)
		end = preset ? FORM_NEXT : FORM_BACK;
	else if (answer != ANSWER_END)
		end = answer_is_yes(line.bytes, line.len) ? FORM_NEXT
							  : FORM_BACK;
	buf_free(&prompt);
	buf_free(&line);
	return end;
}

static enum form_end
confirm_record(struct form *f, const char *id)
{
	struct buf about = { 0 };
	enum form_end end;

	who_describe(&about, f->s->vault, id);
	end = confirm(f, SAY_FORM_IS_IT, buf_text(&about), true);
	buf_free(&about);
	return end;
}

/* A record of a person that has nothing but this name. */
static enum form_end
make_person(char id[VAULT_ID_LEN], struct form *f, const struct buf *name)
{
	struct vault_report *report = NULL;
	struct vault_body *b = NULL;
	struct buf json = { 0 };
	enum vault_err err;

	if ((err = vault_report_new(&report)) == VAULT_OK &&
	    (err = vault_body_new(&b, "person")) == VAULT_OK &&
	    (err = vault_body_set(
		 b, "names[0].text", buf_text(name), name->len)) == VAULT_OK &&
	    (err = vault_body_json(&json, b)) == VAULT_OK)
		err = vault_add(
		    id, f->s->vault, report, NULL, json.bytes, json.len);
	vault_report_free(report);
	vault_body_free(b);
	buf_free(&json);
	return err == VAULT_OK ? FORM_NEXT : form_failed(f, err);
}

static bool
may_be_person(const char *types)
{
	return *types == '\0' || strstr(types, "person") != NULL;
}

/*
 * Nothing has that name: what has it in its title, or a name like it; or else
 * a person who is not here yet.
 */
static enum form_end
find_like(char id[VAULT_ID_LEN], struct form *f, const char *types,
    const struct buf *name)
{
	enum form_end step = FORM_BACK;
	enum vault_err err;
	struct who who;
	size_t at = 0;

	err = who_search(&who, f->s->vault, buf_text(name), types);
	if (err != VAULT_OK)
		return form_failed(f, err);
	if (who.n > 0) {
		FORM_TELL(SAY_FORM_LIKE, buf_text(name));
		step = choose(&at, f, &who, SAY_FORM_WHICH);
		if (step == FORM_NEXT)
			memcpy(id, who.id[at], VAULT_ID_LEN);
	} else {
		FORM_TELL(SAY_FORM_NOBODY, buf_text(name));
	}
	if (step != FORM_BACK || !may_be_person(types))
		return step;
	step = confirm(f, SAY_FORM_MAKE, buf_text(name), false);
	return step == FORM_NEXT ? make_person(id, f, name) : step;
}

/* The record a name stands for: *id.  FORM_BACK: none. */
static enum form_end
find_record(char id[VAULT_ID_LEN], struct form *f, const struct form_ask *ask,
    const struct buf *name)
{
	const char *types = form_targets(ask->field);
	enum form_end step;
	enum vault_err err;
	struct who who;
	size_t at = 0;

	err = who_find(&who, f->s->vault, buf_text(name), types);
	if (err != VAULT_OK)
		return form_failed(f, err);
	if (who.n == 0)
		return find_like(id, f, types, name);
	step = who.n == 1 ? confirm_record(f, who.id[0])
			  : choose(&at, f, &who, SAY_FORM_WHICH);
	if (step == FORM_NEXT)
		memcpy(id, who.id[at], VAULT_ID_LEN);
	return step;
}

enum form_end
form_take_link(
    struct form *f, const struct form_ask *ask, const struct buf *line)
{
	char id[VAULT_ID_LEN];
	enum form_end step = find_record(id, f, ask, line);

	return step == FORM_NEXT ? form_put(f, ask, id, strlen(id)) : step;
}

/* "@NAME" must be somebody who is here; other words may be. */
enum form_end
form_take_party(
    struct form *f, const struct form_ask *ask, const struct buf *line)
{
	const char *text = buf_text(line);
	struct buf name = { 0 };
	char id[VAULT_ID_LEN];
	enum form_end step;
	enum vault_err err;
	struct who who;

	if (text[0] == '@') {
		buf_put_text(&name, text + 1);
		step = find_record(id, f, ask, &name);
		buf_free(&name);
		return step == FORM_NEXT ? form_put(f, ask, id, strlen(id))
					 : step;
	}
	err = who_find(&who, f->s->vault, text, form_targets(ask->field));
	if (err != VAULT_OK)
		return form_failed(f, err);
	if (who.n > 0) {
		size_t at = 0;

		step = who.n == 1 ? confirm_record(f, who.id[0])
				  : choose(&at, f, &who, SAY_FORM_WHICH_PARTY);
		if (step == FORM_NEXT)
			return form_put(f, ask, who.id[at], VAULT_ID_LEN - 1);
		if (step != FORM_BACK)
			return step;
	}
	return form_put(f, ask, text, line->len);
}

/* A name that is here already is shown before a second record has it. */
enum form_end
form_already_here(
    struct form *f, const struct form_ask *ask, const struct buf *name)
{
	struct buf value = { 0 };
	enum form_end step = FORM_NEXT;
	struct who who, others = { .n = 0 };
	enum vault_err err;
	size_t at = 0;

	/* The same name again is a look at what stands there. */
	if (vault_body_get(&value, f->body, ask->path) &&
	    strcmp(buf_text(&value), buf_text(name)) == 0)
		goto out;
	err = who_find(&who, f->s->vault, buf_text(name), "person");
	if (err != VAULT_OK) {
		step = form_failed(f, err);
		goto out;
	}
	for (size_t i = 0; i < who.n; i++)
		if (strcmp(who.id[i], f->record) != 0)
			memcpy(others.id[others.n++], who.id[i], VAULT_ID_LEN);
	others.more = who.more;
	if (others.n == 0)
		goto out;
	FORM_TELL(SAY_FORM_HERE, buf_text(name));
	step = choose(&at, f, &others, SAY_FORM_HERE_WHICH);
	if (step == FORM_BACK) {
		step = FORM_NEXT; /* another person of that name */
	} else if (step == FORM_NEXT) {
		memcpy(f->instead, others.id[at], VAULT_ID_LEN);
		step = FORM_INSTEAD;
	}
out:
	buf_free(&value);
	return step;
}
