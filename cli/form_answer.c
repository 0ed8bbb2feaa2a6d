/* SPDX-License-Identifier: ISC */
/* form - reading an answer: what is there, and the signs that are typed. */
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "ask.h"
#include "codes.h"
#include "form_inner.h"
#include "layout.h"

/* Of what is there, in brackets. */
#define SHOWN_COLUMNS 40

/* ---- What is there ---- */

bool
form_is_line(const struct vault_field *field)
{
	return field->object != NULL &&
	    (strcmp(field->object, "date") == 0 ||
		strcmp(field->object, "span") == 0 ||
		strcmp(field->object, "party") == 0);
}

bool
form_is(const struct vault_field *field, const char *name)
{
	return field->object != NULL && strcmp(field->object, name) == 0;
}

static bool
is_link(const struct vault_field *field)
{
	return field->kind == VAULT_KIND_LINK || form_is(field, "party");
}

/* The types a link leads to; those of a party's are its first member's. */
const char *
form_targets(const struct vault_field *field)
{
	struct vault_field m = { 0 };

	if (form_is(field, "party") && vault_member_next(&m, field))
		return m.targets;
	return field->targets == NULL ? "" : field->targets;
}

/* The first line of text, made safe and cut to a few columns. */
void
form_put_short(struct buf *out, const struct buf *text)
{
	size_t at, line = strcspn(buf_text(text), "\n");
	struct buf safe = { 0 };

	if (text_safe_line(&safe, buf_text(text), line) != VAULT_OK)
		out->failed = true;
	/* A text that runs from the right is never cut. */
	at = text_is_rtl(buf_text(&safe), safe.len)
	    ? safe.len
	    : layout_fit(safe.bytes, safe.len, SHOWN_COLUMNS);
	buf_put(out, buf_text(&safe), at);
	if (at < safe.len || line < text->len)
		buf_put_text(out, "...");
	buf_free(&safe);
}

/* What stands at the path, for people; false if nothing does. */
bool
form_put_current(
    struct buf *out, const struct form *f, const struct form_ask *ask)
{
	struct buf value = { 0 }, title = { 0 };
	bool there = vault_body_get(&value, f->body, ask->path);

	if (there && ask->field->kind == VAULT_KIND_CODE) {
		buf_put_text(out, codes_label(ask->field, buf_text(&value)));
	} else if (there && ask->field->kind == VAULT_KIND_BOOL) {
		buf_put_text(out, codes_yes_no(buf_text(&value)));
	} else if (there && is_link(ask->field) &&
	    vault_title(&title, f->s->vault, buf_text(&value)) == VAULT_OK &&
	    title.len > 0) {
		form_put_short(out, &title);
	} else if (there) {
		form_put_short(out, &value);
	}
	buf_free(&value);
	buf_free(&title);
	return there;
}

/* ---- Answers ---- */

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
bool
form_has_terminal(void)
{
	struct pollfd p = { open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY),
		POLLIN, 0 };
	bool there = p.fd >= 0 && poll(&p, 1, 0) >= 0 &&
	    (p.revents & (POLLHUP | POLLERR | POLLNVAL)) == 0;

	if (p.fd >= 0)
		close(p.fd);
	return there;
}

enum answer
form_read(
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
		*end = form_has_terminal() ? FORM_FINISH : FORM_CLOSED;
		break;
	case LINEEDIT_GONE:
		*end = session_is_gone() ? FORM_LOCKED : FORM_CLOSED;
		break;
	case LINEEDIT_TOO_LONG:
	case LINEEDIT_NOT_TEXT:
	case LINEEDIT_FAILED:
		f->err = VAULT_ENOMEM;
		break;
	}
	return ANSWER_END;
}

/* True for "Pregnant?", behind which no colon stands. */
static bool
is_question(const struct buf *label)
{
	static const char *const marks[] = { "?", "\xef\xbc\x9f" };
	bool is = false;

	for (size_t i = 0; i < 2; i++) {
		size_t len = strlen(marks[i]);

		is |= label->len >= len &&
		    memcmp(label->bytes + label->len - len, marks[i], len) == 0;
	}
	return is;
}

/* Ask once: "Label [what is there]: "; Up brings back what is there. */
enum answer
form_ask_line(struct buf *line, enum form_end *end, struct form *f,
    const struct form_ask *ask)
{
	struct buf prompt = { 0 }, shown = { 0 }, value = { 0 };
	bool single = ask->field->kind == VAULT_KIND_LINE ||
	    form_is(ask->field, "date") || form_is(ask->field, "span");
	enum answer answer;

	lineedit_forget(f->l);
	if (vault_body_get(&value, f->body, ask->path) && single)
		lineedit_remember(f->l, &value);
	(void)form_put_current(&shown, f, ask);
	/* Nor does it stand in the middle of a line. */
	if (text_is_rtl(buf_text(&shown), shown.len)) {
		FORM_TELL(SAY_FORM_CHOSEN, buf_text(&shown));
		buf_reset(&shown);
	}
	if (shown.len > 0)
		say_put(&prompt, SAY_FORM_PROMPT_WITH, buf_text(&ask->label),
		    buf_text(&shown), NULL);
	else
		say_put(&prompt,
		    is_question(&ask->label) ? SAY_FORM_QUESTION
					     : SAY_FORM_PROMPT,
		    buf_text(&ask->label), NULL);
	if (single || ask->field->kind == VAULT_KIND_TEXT)
		snprintf(f->asking, sizeof(f->asking), "%s", ask->path);
	answer = form_read(line, end, f, buf_text(&prompt));
	f->asking[0] = '\0';
	buf_free(&prompt);
	buf_free(&shown);
	buf_free(&value);
	return answer;
}

enum form_end
form_failed(struct form *f, enum vault_err err)
{
	f->err = err;
	return err == VAULT_ELOCKED ? FORM_LOCKED : FORM_FAILED;
}

enum form_end
form_put(
    struct form *f, const struct form_ask *ask, const char *text, size_t len)
{
	enum vault_err err = vault_body_set(f->body, ask->path, text, len);

	if (err == VAULT_OK)
		form_done(f);
	else if (err != VAULT_EUSE)
		return form_failed(f, err);
	return err == VAULT_OK ? FORM_NEXT : FORM_BACK;
}

enum form_end
form_take_out(struct form *f, const struct form_ask *ask)
{
	enum vault_err err = vault_body_unset(f->body, ask->whole);

	if (err != VAULT_OK && err != VAULT_EUSE)
		return form_failed(f, err);
	form_done(f);
	return FORM_EMPTIED;
}

/* ---- Looking at it ---- */

static void
show_line(void *ctx, const struct vault_line *l)
{
	struct buf *out = ctx, text = { 0 }, label = { 0 };

	/* The label of a field that nobody here knows is its name. */
	buf_put_text(&label, say_label(l->label));
	buf_put(&text, l->text, l->len);
	for (unsigned i = 0; i <= l->depth; i++)
		buf_put_text(out, "  ");
	form_put_short(out, &label);
	buf_put_text(out, is_question(&label) ? " " : ": ");
	form_put_short(out, &text);
	codes_vague(out, l);
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
