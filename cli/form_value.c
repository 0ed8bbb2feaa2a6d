/* SPDX-License-Identifier: ISC */
/* form - one value: explained, asked for, taken. */
#include <stdio.h>
#include <string.h>

#include "answer.h"
#include "ask.h"
#include "editor.h"
#include "form_inner.h"

/* ---- Help ---- */

enum say
form_help_of_kind(const struct vault_field *field)
{
	if (form_is(field, "date"))
		return SAY_FORM_HELP_DATE;
	if (form_is(field, "span"))
		return SAY_FORM_HELP_SPAN;
	if (form_is(field, "party"))
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
	FORM_TELL(form_help_of_kind(field));
	FORM_TELL(SAY_FORM_HELP_KEYS);
}

/* ---- A line ---- */

static void
refuse(const struct form_ask *ask, const struct buf *line)
{
	const struct vault_field *field = ask->field;
	enum say kind = form_help_of_kind(field);

	FORM_TELL(SAY_FORM_REFUSED, buf_text(line));
	/* "One line" says nothing: it was one. */
	if (kind == SAY_FORM_HELP_LINE && field->help != NULL)
		FORM_TELL(SAY_FORM_HELP, say_label(field->label),
		    say_label(field->help));
	else
		FORM_TELL(kind);
}

static bool
is_person_name(const struct form *f, const char *path)
{
	return strcmp(f->type.name, "person") == 0 &&
	    strncmp(path, "names[", 6) == 0 &&
	    strcmp(path + strcspn(path, "]"), "].text") == 0;
}

/* Not empty: set it; FORM_BACK asks again. */
enum form_end
form_take_line(
    struct form *f, const struct form_ask *ask, const struct buf *line)
{
	enum form_end step;

	if (is_person_name(f, ask->path) &&
	    (step = form_already_here(f, ask, line)) != FORM_NEXT)
		return step;
	step = form_put(f, ask, buf_text(line), line->len);
	if (step == FORM_NEXT)
		step = form_read_words(f, ask, line);
	else if (step == FORM_BACK)
		refuse(ask, line);
	return step;
}

/* ---- A long text ---- */

static enum form_end
edit_text(struct form *f, const struct form_ask *ask)
{
	const struct editor_hooks hooks = { .ctx = f,
		.draft = form_keep_text,
		.gone = form_gone,
		.is_yes = answer_is_yes,
		.title = buf_text(&ask->label) };
	struct buf text = { 0 };
	enum form_end step = FORM_NEXT;
	enum editor_end end;

	(void)vault_body_get(&text, f->body, ask->path);
	snprintf(f->asking, sizeof(f->asking), "%s", ask->path);
	end = editor_run(&text, &hooks);
	f->asking[0] = '\0';
	switch (end) {
	case EDITOR_KEEP:
		step = form_put(f, ask, buf_text(&text), text.len);
		if (step == FORM_BACK) /* blank: there is nothing to keep */
			step = form_take_out(f, ask);
		break;
	case EDITOR_DROP:
		step = form_has_terminal() ? FORM_NEXT : FORM_CLOSED;
		break;
	case EDITOR_GONE:
		step = session_is_gone() ? FORM_LOCKED : FORM_CLOSED;
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
	return form_take_line(f, ask, line);
}

/* ---- A value ---- */

static enum form_end
take_bool(struct form *f, const struct form_ask *ask, const struct buf *line)
{
	enum answer_is is = answer_is(line->bytes, line->len);

	if (is == IS_YES)
		return form_put(f, ask, "yes", 3);
	return is == IS_NO ? form_put(f, ask, "no", 2)
			   : form_take_line(f, ask, line);
}

/* What was typed; FORM_BACK asks again. */
static enum form_end
take(struct form *f, const struct form_ask *ask, const struct buf *line)
{
	switch (ask->field->kind) {
	case VAULT_KIND_CODE:
		return form_take_code(f, ask, line);
	case VAULT_KIND_LINK:
		return form_take_link(f, ask, line);
	case VAULT_KIND_TEXT:
		return take_text(f, ask, line);
	case VAULT_KIND_OBJECT:
		if (form_is(ask->field, "party"))
			return form_take_party(f, ask, line);
		break;
	case VAULT_KIND_BOOL:
		return take_bool(f, ask, line);
	case VAULT_KIND_LINE:
	case VAULT_KIND_INT:
		break;
	}
	return form_take_line(f, ask, line);
}

enum form_end
form_value(struct form *f, const struct form_ask *ask)
{
	bool code = ask->field->kind == VAULT_KIND_CODE;
	struct buf line = { 0 }, value = { 0 };
	enum form_end end = FORM_BACK;
	bool there = vault_body_get(&value, f->body, ask->path), done = false;

	buf_free(&value);
	if (code && ask->first && !there && form_list_is_short(ask->field))
		form_list_codes(ask->field);
	if (ask->direct && !there) {
		end = edit_text(f, ask);
		done = end != FORM_BACK;
	}
	while (!done) {
		done = true;
		switch (form_ask_line(&line, &end, f, ask)) {
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
				form_list_codes(ask->field);
			done = false;
			break;
		case ANSWER_EMPTY:
			end = form_take_out(f, ask);
			break;
		case ANSWER_END:
			break;
		}
	}
	buf_free(&line);
	return end;
}

/* ---- An object that is opened ---- */

static void
put_gate(struct buf *out, const struct form_ask *ask, const struct buf *shown)
{
	const char *label = buf_text(&ask->label);
	bool rtl = shown != NULL && text_is_rtl(buf_text(shown), shown->len);

	/* What runs from the right does not stand in the middle of a line. */
	if (rtl)
		FORM_TELL(SAY_FORM_CHOSEN, buf_text(shown));
	if (shown == NULL)
		say_put(out, SAY_FORM_GATE, label, NULL);
	else
		say_put(out, SAY_FORM_GATE_WITH, label,
		    rtl || shown->len == 0 ? "..." : buf_text(shown), NULL);
}

enum form_end
form_gate(bool *in, struct form *f, const struct form_ask *ask,
    const struct buf *shown)
{
	struct buf prompt = { 0 }, line = { 0 };
	enum form_end end = FORM_NEXT;
	bool done = false;

	lineedit_forget(f->l);
	put_gate(&prompt, ask, shown);
	while (!done) {
		enum answer answer = form_read(
		    &line, &end, f, buf_text(&prompt));
		enum answer_is is = answer_is(line.bytes, line.len);

		done = true;
		if (answer == ANSWER_EMPTY) {
			end = form_take_out(f, ask);
		} else if (answer != ANSWER_END) {
			end = FORM_NEXT;
			*in = answer == ANSWER_TEXT && is == IS_YES;
			done = *in || answer == ANSWER_KEEP || is == IS_NO;
			if (!done)
				FORM_TELL(SAY_FORM_GATE_HELP);
		}
	}
	buf_free(&prompt);
	buf_free(&line);
	return end;
}
