/* SPDX-License-Identifier: ISC */
/*
 * form - one value: a line, a code, a link, a long text; and drafts.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "ask.h"
#include "codes.h"
#include "editor.h"
#include "form.h"
#include "who.h"

#define DRAFT_SECONDS 10

/* A longer list is shown only when it is asked for. */
#define LIST_MAX 26

/* Of what is there, in brackets. */
#define SHOWN_COLUMNS 40

/* ---- Drafts ---- */

static time_t
monotonic(void)
{
	struct timespec t;

	return clock_gettime(CLOCK_MONOTONIC, &t) == 0 ? t.tv_sec : 0;
}

/* Keep the body as it would be with text at path; path may be "". */
static enum vault_err
draft_with(struct form *f, const char *path, const char *text, size_t len)
{
	struct vault_body *copy = NULL;
	struct buf json = { 0 };
	enum vault_err err;

	f->drafted = monotonic();
	if ((err = vault_body_json(&json, f->body)) == VAULT_OK &&
	    *path != '\0')
		err = vault_body_read(&copy, json.bytes, json.len);
	/* A half that cannot stand there is not kept; what there was is. */
	if (err == VAULT_OK && copy != NULL &&
	    vault_body_set(copy, path, text, len) == VAULT_OK) {
		buf_reset(&json);
		err = vault_body_json(&json, copy);
	}
	if (err == VAULT_OK)
		err = vault_draft_put(f->s->vault, &f->draft, f->record,
		    f->type.name, json.bytes, json.len);
	buf_free(&json);
	vault_body_free(copy);
	return err;
}

enum vault_err
form_draft(struct form *f)
{
	return draft_with(f, "", "", 0);
}

/* After each field: a draft that cannot be kept is said once. */
static void
field_done(struct form *f)
{
	f->changed = true;
	if (form_draft(f) == VAULT_OK)
		return;
	if (!f->drafts_fail)
		FORM_TELL(SAY_FORM_NO_DRAFT);
	f->drafts_fail = true;
}

/* While a line is typed. */
static void
typed(void *ctx, const struct buf *line)
{
	struct form *f = ctx;

	if (f->asking[0] == '\0' || line->len == 0 ||
	    monotonic() - f->drafted < DRAFT_SECONDS)
		return;
	f->changed = true;
	if (draft_with(f, f->asking, buf_text(line), line->len) != VAULT_OK)
		f->drafts_fail = true;
}

static int
keep_text(void *ctx, const struct buf *text)
{
	struct form *f = ctx;

	f->changed = true;
	return draft_with(f, f->asking, buf_text(text), text->len) == VAULT_OK
	    ? 0
	    : 1;
}

static bool
gone(void *ctx)
{
	(void)ctx;
	return session_is_gone();
}

bool
form_open(struct form *f)
{
	struct lineedit_hooks hooks = { f, gone, typed, NULL };

	f->drafted = monotonic();
	f->l = lineedit_new(&hooks);
	return f->l != NULL;
}

void
form_close(struct form *f)
{
	lineedit_free(f->l);
	f->l = NULL;
	vault_body_free(f->body);
	f->body = NULL;
}

/* ---- What is there ---- */

bool
form_is_line(const struct vault_field *field)
{
	return field->object != NULL &&
	    (strcmp(field->object, "date") == 0 ||
		strcmp(field->object, "span") == 0 ||
		strcmp(field->object, "party") == 0);
}

static bool
is_object(const struct vault_field *field, const char *name)
{
	return field->object != NULL && strcmp(field->object, name) == 0;
}

static bool
is_link(const struct vault_field *field)
{
	return field->kind == VAULT_KIND_LINK || is_object(field, "party");
}

/* The types a link leads to; those of a party's are its first member's. */
static const char *
targets(const struct vault_field *field)
{
	struct vault_field m = { 0 };

	if (is_object(field, "party") && vault_member_next(&m, field))
		return m.targets;
	return field->targets == NULL ? "" : field->targets;
}

/* Cut text to a few columns, made safe. */
static void
put_short(struct buf *out, const struct buf *text)
{
	struct buf safe = { 0 };
	size_t columns = 0, at = 0, step;

	if (text_safe_line(&safe, buf_text(text), text->len) != VAULT_OK)
		out->failed = true;
	while (at < safe.len && columns < SHOWN_COLUMNS &&
	    (step = text_grapheme(safe.bytes + at, safe.len - at)) > 0) {
		columns += text_width(safe.bytes + at, step);
		at += step;
	}
	buf_put(out, buf_text(&safe), at);
	if (at < safe.len)
		buf_put_text(out, "...");
	buf_free(&safe);
}

/* What stands at the path, for people; false if nothing does. */
static bool
current(struct buf *out, const struct form *f, const struct form_ask *ask)
{
	struct buf value = { 0 }, title = { 0 };
	bool there = vault_body_get(&value, f->body, ask->path);

	if (there && ask->field->kind == VAULT_KIND_CODE) {
		buf_put_text(out, codes_label(ask->field, buf_text(&value)));
	} else if (there && is_link(ask->field) &&
	    vault_title(&title, f->s->vault, buf_text(&value)) == VAULT_OK &&
	    title.len > 0) {
		put_short(out, &title);
	} else if (there) {
		put_short(out, &value);
	}
	buf_free(&value);
	buf_free(&title);
	return there;
}

/* ---- Answers ---- */

enum answer {
	ANSWER_TEXT,
	ANSWER_KEEP,
	ANSWER_HELP,
	ANSWER_EMPTY,
	ANSWER_END, /* *end says how */
};

/* The last two are what a Chinese keyboard gives for the same key. */
static const struct {
	const char *typed[3];
	enum answer answer;
	enum form_end end;
} signs[] = {
	{ { "?", "\xef\xbc\x9f", "" }, ANSWER_HELP, FORM_NEXT },
	{ { "-", "\xef\xbc\x8d", "" }, ANSWER_EMPTY, FORM_NEXT },
	{ { "<", "\xef\xbc\x9c", "\xe3\x80\x8a" }, ANSWER_END, FORM_BACK },
	{ { "!", "\xef\xbc\x81", "" }, ANSWER_END, FORM_FINISH },
	{ { "more", "MORE", "More" }, ANSWER_END, FORM_MORE },
};
#define SIGNS (sizeof(signs) / sizeof(signs[0]))

static const char *
sign_at(size_t i, size_t j)
{
	return signs[i].typed[j];
}

/* A backslash in front of a sign makes it a text. */
static enum answer
read_sign(enum form_end *end, struct buf *line)
{
	const char *text = buf_text(line);
	bool escaped = text[0] == '\\';

	if (line->len == 0)
		return ANSWER_KEEP;
	for (size_t i = 0; i < 3 * SIGNS; i++) {
		const char *sign = sign_at(i / 3, i % 3);

		if (*sign == '\0' || strcmp(text + escaped, sign) != 0)
			continue;
		if (!escaped) {
			*end = signs[i / 3].end;
			return signs[i / 3].answer;
		}
		buf_reset(line);
		buf_put_text(line, sign);
		return ANSWER_TEXT;
	}
	return ANSWER_TEXT;
}

/* Ctrl-D and a closed terminal look alike to the one that reads the line. */
static bool
terminal_is_there(void)
{
	struct pollfd p = { open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY),
		POLLIN, 0 };
	bool there = p.fd >= 0 && poll(&p, 1, 0) >= 0 &&
	    (p.revents & (POLLHUP | POLLERR | POLLNVAL)) == 0;

	if (p.fd >= 0)
		close(p.fd);
	return there;
}

static enum answer
read_answer(
    struct buf *line, enum form_end *end, struct form *f, const char *prompt)
{
	*end = FORM_FAILED;
	switch (lineedit_read(line, f->l, prompt, NULL)) {
	case LINEEDIT_DONE:
		return read_sign(end, line);
	case LINEEDIT_CANCELLED:
		*end = FORM_STOP;
		break;
	case LINEEDIT_CLOSED:
		*end = terminal_is_there() ? FORM_FINISH : FORM_CLOSED;
		break;
	case LINEEDIT_GONE:
		*end = FORM_LOCKED;
		break;
	case LINEEDIT_TOO_LONG:
	case LINEEDIT_NOT_TEXT:
	case LINEEDIT_FAILED:
		f->err = VAULT_ENOMEM;
		break;
	}
	return ANSWER_END;
}

/* Ask once: "Label [what is there]: "; Up brings back what is there. */
static enum answer
ask_once(struct buf *line, enum form_end *end, struct form *f,
    const struct form_ask *ask)
{
	struct buf prompt = { 0 }, shown = { 0 }, value = { 0 };
	bool single = ask->field->kind == VAULT_KIND_LINE ||
	    is_object(ask->field, "date") || is_object(ask->field, "span");
	enum answer answer;

	lineedit_forget(f->l);
	if (vault_body_get(&value, f->body, ask->path) && single)
		lineedit_remember(f->l, &value);
	if (current(&shown, f, ask))
		say_put(&prompt, SAY_FORM_PROMPT_WITH, buf_text(&ask->label),
		    buf_text(&shown), NULL);
	else
		say_put(&prompt, SAY_FORM_PROMPT, buf_text(&ask->label), NULL);
	if (single || ask->field->kind == VAULT_KIND_TEXT)
		snprintf(f->asking, sizeof(f->asking), "%s", ask->path);
	answer = read_answer(line, end, f, buf_text(&prompt));
	f->asking[0] = '\0';
	buf_free(&prompt);
	buf_free(&shown);
	buf_free(&value);
	return answer;
}

static enum form_end
failed(struct form *f, enum vault_err err)
{
	f->err = err;
	return err == VAULT_ELOCKED ? FORM_LOCKED : FORM_FAILED;
}

static enum form_end
set(struct form *f, const struct form_ask *ask, const char *text, size_t len)
{
	enum vault_err err = vault_body_set(f->body, ask->path, text, len);

	if (err == VAULT_OK)
		field_done(f);
	else if (err != VAULT_EUSE)
		return failed(f, err);
	return err == VAULT_OK ? FORM_NEXT : FORM_BACK;
}

static enum form_end
take_out(struct form *f, const struct form_ask *ask)
{
	enum vault_err err = vault_body_unset(f->body, ask->whole);

	if (err != VAULT_OK && err != VAULT_EUSE)
		return failed(f, err);
	field_done(f);
	return FORM_EMPTIED;
}

/* ---- Help ---- */

static enum say
help_of_kind(const struct vault_field *field)
{
	if (is_object(field, "date"))
		return SAY_FORM_HELP_DATE;
	if (is_object(field, "span"))
		return SAY_FORM_HELP_SPAN;
	if (is_object(field, "party"))
		return SAY_FORM_HELP_PARTY;
	switch (field->kind) {
	case VAULT_KIND_TEXT:
		return SAY_FORM_HELP_TEXT;
	case VAULT_KIND_CODE:
		return SAY_FORM_HELP_CODE;
	case VAULT_KIND_BOOL:
		return SAY_FORM_HELP_BOOL;
	case VAULT_KIND_INT:
		return SAY_FORM_HELP_INT;
	case VAULT_KIND_LINK:
		return SAY_FORM_HELP_LINK;
	case VAULT_KIND_LINE:
	case VAULT_KIND_OBJECT:
		break;
	}
	return SAY_FORM_HELP_LINE;
}

static void
help(const struct form_ask *ask)
{
	const struct vault_field *field = ask->field;

	if (field->help != NULL && *field->help != '\0')
		FORM_TELL(SAY_FORM_HELP, say_label(field->label),
		    say_label(field->help));
	if (field->must)
		FORM_TELL(SAY_FORM_MUST);
	FORM_TELL(help_of_kind(field));
	FORM_TELL(SAY_FORM_HELP_KEYS);
}

/* ---- A line ---- */

static void
refuse(const struct form_ask *ask, const struct buf *line)
{
	FORM_TELL(SAY_FORM_REFUSED, buf_text(line));
	FORM_TELL(help_of_kind(ask->field));
}

/* Words for a date are kept as words; say so, since it cannot be sorted. */
static void
tell_of_words(struct form *f, const struct form_ask *ask)
{
	char path[FORM_PATH_LEN + 8];
	struct buf edtf = { 0 };

	snprintf(path, sizeof(path), "%s.edtf", ask->path);
	if (is_object(ask->field, "date") &&
	    !vault_body_get(&edtf, f->body, path))
		FORM_TELL(SAY_FORM_WORDS);
	buf_free(&edtf);
}

static bool
is_person_name(const struct form *f, const char *path)
{
	return strcmp(f->type.name, "person") == 0 &&
	    strncmp(path, "names[", 6) == 0 &&
	    strcmp(path + strcspn(path, "]"), "].text") == 0;
}

static enum form_end already_here(
    struct form *f, const struct form_ask *ask, const struct buf *name);

/* Not empty: set it; FORM_BACK asks again. */
static enum form_end
take_line(struct form *f, const struct form_ask *ask, const struct buf *line)
{
	enum form_end step;

	if (is_person_name(f, ask->path) &&
	    (step = already_here(f, ask, line)) != FORM_NEXT)
		return step;
	step = set(f, ask, buf_text(line), line->len);
	if (step == FORM_NEXT)
		tell_of_words(f, ask);
	else if (step == FORM_BACK)
		refuse(ask, line);
	return step;
}

/* ---- A code ---- */

static size_t
screen_columns(void)
{
	int tty = open("/dev/tty", O_RDONLY | O_CLOEXEC | O_NOCTTY);
	struct winsize size = { 0 };

	if (tty >= 0) {
		(void)ioctl(tty, TIOCGWINSZ, &size);
		close(tty);
	}
	return size.ws_col == 0 ? 80 : size.ws_col;
}

static void
put_entry(struct buf *out, const struct codes_found *c, size_t i, bool esf)
{
	const char *label = say_label(c->code[i].label);

	buf_putf(out, "%4zu  %s", c->number[i], c->code[i].code);
	if (strcmp(label, c->code[i].code) != 0)
		buf_putf(out, "  %s", label);
	if (esf && c->code[i].esf != NULL)
		buf_putf(out, "  (%s)", c->code[i].esf);
}

/* The list, in two columns if all of it is short enough. */
static void
list_codes(const struct codes_found *c)
{
	size_t half = screen_columns() / 2, widest = 0, rows = c->n;
	struct buf out = { 0 }, entry = { 0 };

	for (size_t i = 0; i < c->n; i++) {
		size_t width;

		buf_reset(&entry);
		put_entry(&entry, c, i, false);
		width = text_width(buf_text(&entry), entry.len);
		widest = width > widest ? width : widest;
	}
	if (widest + 2 <= half && c->n > 3)
		rows = (c->n + 1) / 2;
	for (size_t i = 0; i < rows; i++) {
		size_t start = out.len;

		put_entry(&out, c, i, false);
		if (i + rows < c->n) {
			for (size_t w =
				 text_width(out.bytes + start, out.len - start);
			     w < half; w++)
				buf_put_byte(&out, ' ');
			put_entry(&out, c, i + rows, false);
		}
		buf_put_byte(&out, '\n');
	}
	(void)ask_show(buf_text(&out));
	buf_free(&out);
	buf_free(&entry);
}

static void
list_all(const struct vault_field *field)
{
	struct codes_found *c = calloc(1, sizeof(*c));

	if (c != NULL) {
		codes_all(c, field);
		list_codes(c);
	}
	free(c);
}

static bool
list_is_short(const struct vault_field *field)
{
	struct vault_code code = { 0 };
	size_t n = 0;

	while (vault_code_next(&code, field))
		n++;
	return n <= LIST_MAX;
}

static enum form_end
take_code(struct form *f, const struct form_ask *ask, const struct buf *line)
{
	struct codes_found *c = calloc(1, sizeof(*c));
	enum form_end step = FORM_BACK;

	if (c == NULL)
		return failed(f, VAULT_ENOMEM);
	codes_find(c, ask->field, buf_text(line));
	if (c->n == 1) {
		step = set(f, ask, c->code[0].code, strlen(c->code[0].code));
		FORM_TELL(SAY_FORM_CHOSEN, say_label(c->code[0].label));
	} else if (c->n > 1) {
		list_codes(c);
	} else if ((step = set(f, ask, buf_text(line), line->len)) ==
	    FORM_NEXT) {
		FORM_TELL(SAY_FORM_UNLISTED, buf_text(line));
	} else if (step == FORM_BACK) {
		FORM_TELL(SAY_FORM_NO_CODE, buf_text(line));
	}
	free(c);
	return step;
}

/* ---- A link ---- */

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
		enum answer answer = read_answer(
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
	char first;

	say_put(&prompt, question, about, NULL);
	answer = read_answer(&line, &end, f, buf_text(&prompt));
	first = line.len > 0 ? (char)line.bytes[0] : '\0';
	if (answer == ANSWER_KEEP)
		end = preset ? FORM_NEXT : FORM_BACK;
	else if (answer != ANSWER_END)
		end = first == 'y' || first == 'Y' ? FORM_NEXT : FORM_BACK;
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
		err = vault_add(id, f->s->vault, report, json.bytes, json.len);
	vault_report_free(report);
	vault_body_free(b);
	buf_free(&json);
	return err == VAULT_OK ? FORM_NEXT : failed(f, err);
}

static bool
may_be_person(const char *types)
{
	return *types == '\0' || strstr(types, "person") != NULL;
}

/* The record a name stands for: *id.  FORM_BACK: none. */
static enum form_end
find_record(char id[VAULT_ID_LEN], struct form *f, const struct form_ask *ask,
    const struct buf *name)
{
	const char *types = targets(ask->field);
	enum form_end step;
	enum vault_err err;
	struct who who;
	size_t at = 0;

	err = who_find(&who, f->s->vault, buf_text(name), types);
	if (err != VAULT_OK)
		return failed(f, err);
	if (who.n == 0) {
		FORM_TELL(SAY_FORM_NOBODY, buf_text(name));
		if (!may_be_person(types))
			return FORM_BACK;
		step = confirm(f, SAY_FORM_MAKE, buf_text(name), false);
		return step == FORM_NEXT ? make_person(id, f, name) : step;
	}
	step = who.n == 1 ? confirm_record(f, who.id[0])
			  : choose(&at, f, &who, SAY_FORM_WHICH);
	if (step == FORM_NEXT)
		memcpy(id, who.id[at], VAULT_ID_LEN);
	return step;
}

static enum form_end
take_link(struct form *f, const struct form_ask *ask, const struct buf *line)
{
	char id[VAULT_ID_LEN];
	enum form_end step = find_record(id, f, ask, line);

	return step == FORM_NEXT ? set(f, ask, id, strlen(id)) : step;
}

/* "@NAME" must be somebody who is here; other words may be. */
static enum form_end
take_party(struct form *f, const struct form_ask *ask, const struct buf *line)
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
		return step == FORM_NEXT ? set(f, ask, id, strlen(id)) : step;
	}
	err = who_find(&who, f->s->vault, text, targets(ask->field));
	if (err != VAULT_OK)
		return failed(f, err);
	if (who.n > 0) {
		size_t at = 0;

		step = who.n == 1 ? confirm_record(f, who.id[0])
				  : choose(&at, f, &who, SAY_FORM_WHICH_PARTY);
		if (step == FORM_NEXT)
			return set(f, ask, who.id[at], VAULT_ID_LEN - 1);
		if (step != FORM_BACK)
			return step;
	}
	return set(f, ask, text, line->len);
}

/* A name that is here already is shown before a second record has it. */
static enum form_end
already_here(struct form *f, const struct form_ask *ask, const struct buf *name)
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
		step = failed(f, err);
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

/* ---- A long text ---- */

static enum form_end
edit_text(struct form *f, const struct form_ask *ask)
{
	struct editor_hooks hooks = { f, keep_text, gone, buf_text(&ask->label),
		0 };
	struct buf text = { 0 };
	enum form_end step = FORM_NEXT;
	enum editor_end end;

	(void)vault_body_get(&text, f->body, ask->path);
	snprintf(f->asking, sizeof(f->asking), "%s", ask->path);
	end = editor_run(&text, &hooks);
	f->asking[0] = '\0';
	switch (end) {
	case EDITOR_KEEP:
		step = set(f, ask, buf_text(&text), text.len);
		if (step == FORM_BACK) /* blank: there is nothing to keep */
			step = take_out(f, ask);
		break;
	case EDITOR_DROP:
		step = terminal_is_there() ? FORM_NEXT : FORM_CLOSED;
		break;
	case EDITOR_GONE:
		step = FORM_LOCKED;
		break;
	case EDITOR_FAILED:
		FORM_TELL(SAY_FORM_NO_EDITOR);
		step = FORM_BACK;
		break;
	}
	buf_free(&text);
	return step;
}

/* A line is enough for a short text; what is there already wants the editor. */
static enum form_end
take_text(struct form *f, const struct form_ask *ask, const struct buf *line)
{
	struct buf value = { 0 };
	bool there = vault_body_get(&value, f->body, ask->path);

	buf_free(&value);
	if (strcmp(buf_text(line), "e") == 0)
		return edit_text(f, ask);
	if (there) {
		FORM_TELL(SAY_FORM_TEXT_HERE);
		return FORM_BACK;
	}
	return take_line(f, ask, line);
}

/* ---- A value ---- */

/* What was typed; FORM_BACK asks again. */
static enum form_end
take(struct form *f, const struct form_ask *ask, const struct buf *line)
{
	switch (ask->field->kind) {
	case VAULT_KIND_CODE:
		return take_code(f, ask, line);
	case VAULT_KIND_LINK:
		return take_link(f, ask, line);
	case VAULT_KIND_TEXT:
		return take_text(f, ask, line);
	case VAULT_KIND_OBJECT:
		if (is_object(ask->field, "party"))
			return take_party(f, ask, line);
		break;
	case VAULT_KIND_LINE:
	case VAULT_KIND_BOOL:
	case VAULT_KIND_INT:
		break;
	}
	return take_line(f, ask, line);
}

enum form_end
form_value(struct form *f, const struct form_ask *ask)
{
	bool code = ask->field->kind == VAULT_KIND_CODE;
	struct buf line = { 0 }, value = { 0 };
	enum form_end end = FORM_BACK;
	bool there = vault_body_get(&value, f->body, ask->path), done = false;

	buf_free(&value);
	if (code && ask->first && !there && list_is_short(ask->field))
		list_all(ask->field);
	if (ask->direct && !there) {
		end = edit_text(f, ask);
		done = end != FORM_BACK;
	}
	while (!done) {
		done = true;
		switch (ask_once(&line, &end, f, ask)) {
		case ANSWER_TEXT:
			end = take(f, ask, &line);
			done = end != FORM_BACK;
			break;
		case ANSWER_KEEP:
			end = FORM_NEXT;
			break;
		case ANSWER_HELP:
			help(ask);
			if (code)
				list_all(ask->field);
			done = false;
			break;
		case ANSWER_EMPTY:
			end = take_out(f, ask);
			break;
		case ANSWER_END:
			break;
		}
	}
	buf_free(&line);
	return end;
}

/* ---- Without a terminal ---- */

/* The field at the end of a path, indices or not. */
static bool
find_field(struct vault_field *out, const struct form *f, const char *path)
{
	struct vault_field at = { 0 };
	bool top = true;

	for (;;) {
		size_t len = strcspn(path, ".[");
		struct vault_field m = { 0 };

		do {
			bool more = top ? vault_field_next(&m, &f->type)
					: vault_member_next(&m, &at);

			if (!more)
				return false;
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

static int
set_plain(struct form *f, const char *path, const char *text)
{
	enum vault_err err = *text == '\0'
	    ? vault_body_unset(f->body, path)
	    : vault_body_set(f->body, path, text, strlen(text));

	if (err == VAULT_EUSE) {
		say_error(SAY_FORM_CANNOT, path, text, NULL);
		return 2;
	}
	return err == VAULT_OK ? 0 : session_fault(f->s, err);
}

static int
set_code(struct form *f, const char *path, const struct vault_field *field,
    const char *text)
{
	struct codes_found *c = calloc(1, sizeof(*c));
	struct buf near = { 0 };
	int status;

	if (c == NULL)
		return say_fault(VAULT_ENOMEM, NULL, "");
	codes_find(c, field, text);
	/* Nobody sees what a part of a word has found: only a whole one counts.
	 */
	status = set_plain(
	    f, path, c->n == 1 && c->exact ? c->code[0].code : text);
	for (size_t i = 0; status == 2 && i < c->n && i < 5; i++)
		buf_putf(&near, "%s%s", i > 0 ? ", " : "", c->code[i].code);
	if (near.len > 0)
		say_hint(SAY_HINT_MEAN, buf_text(&near), NULL);
	buf_free(&near);
	free(c);
	return status;
}

static int
set_link(struct form *f, const char *path, const struct vault_field *field,
    const char *name)
{
	enum vault_err err;
	struct who who;

	err = who_find(&who, f->s->vault, name, targets(field));
	if (err != VAULT_OK)
		return session_fault(f->s, err);
	if (who.n == 1)
		return set_plain(f, path, who.id[0]);
	if (who.n == 0) {
		say_error(SAY_NO_RECORD, name, NULL);
		return say_status(VAULT_ENORECORD);
	}
	say_error(SAY_FORM_SEVERAL, name, NULL);
	for (size_t i = 0; i < who.n; i++) {
		struct buf about = { 0 };

		who_describe(&about, f->s->vault, who.id[i]);
		say_warning(SAY_ISSUE, buf_text(&about), NULL);
		buf_free(&about);
	}
	return say_status(VAULT_EUSE);
}

int
form_set(struct form *f, const char *path, const char *text)
{
	struct vault_field field;

	f->changed = true;
	if (*text == '\0' || !find_field(&field, f, path))
		return set_plain(f, path, text);
	if (field.kind == VAULT_KIND_CODE)
		return set_code(f, path, &field, text);
	if (field.kind == VAULT_KIND_LINK)
		return set_link(f, path, &field, text);
	if (is_object(&field, "party") && text[0] == '@')
		return set_link(f, path, &field, text + 1);
	/* The path of a citation alone means what it cites. */
	if (is_object(&field, "cite")) {
		struct vault_field ref = { 0 };

		if (vault_member_next(&ref, &field))
			return set_link(f, path, &ref, text);
	}
	return set_plain(f, path, text);
}

/* ---- Looking at it ---- */

static void
show_line(void *ctx, const struct vault_line *l)
{
	struct buf *out = ctx, text = { 0 }, label = { 0 };

	/* The label of a field that nobody here knows is its name. */
	buf_put_text(&label, say_label(l->label));
	buf_put(&text, l->text, l->len);
	buf_put_text(out, "  ");
	put_short(out, &label);
	buf_put_text(out, ": ");
	put_short(out, &text);
	if (l->block)
		say_put(out, SAY_FORM_SIZE, say_size(l->len), NULL);
	buf_put_byte(out, '\n');
	buf_free(&text);
	buf_free(&label);
}

void
form_show(struct form *f)
{
	struct buf json = { 0 }, out = { 0 };

	buf_put_byte(&out, '\n');
	if (vault_body_json(&json, f->body) == VAULT_OK &&
	    vault_lines(f->s->vault, &json, show_line, &out) == VAULT_OK)
		(void)ask_show(buf_text(&out));
	buf_free(&json);
	buf_free(&out);
}
