/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "menu.h"
#include "say.h"
#include "split.h"

#define ASKED_MAX 3

/*
 * A "?" in the words is what is asked for, in order.  What stands in brackets
 * goes if nothing is said.
 */
static const struct choice {
	enum say label;
	const char *words;
	enum say asked[ASKED_MAX];
} choices[] = {
	{ SAY_MENU_TESTIMONY, "new testimony", { 0 } },
	{ SAY_MENU_PERSON, "new person", { 0 } },
	{ SAY_MENU_OTHER, "new ?", { SAY_MENU_ASK_TYPE } },
	{ SAY_MENU_FIND, "find", { 0 } },
	{ SAY_MENU_SHOW, "show", { 0 } },
	{ SAY_MENU_EDIT, "edit", { 0 } },
	{ SAY_MENU_ATTACH, "attach ? ?",
	    { SAY_MENU_ASK_RECORD, SAY_MENU_ASK_FILE } },
	{ SAY_MENU_EXPORT, "export ? --to ? -o ?",
	    { SAY_MENU_ASK_WHICH, SAY_MENU_ASK_OFFICE, SAY_MENU_ASK_NEW } },
	{ SAY_MENU_IMPORT, "import ?[ --map ?]",
	    { SAY_MENU_ASK_FILE, SAY_MENU_ASK_MAP } },
	{ SAY_MENU_BACKUP, "backup ?", { SAY_MENU_ASK_FOLDER } },
};
#define CHOICES (sizeof(choices) / sizeof(choices[0]))

void
menu_show(void)
{
	for (size_t i = 0; i < CHOICES; i++) {
		struct buf label = { 0 };

		say_put(&label, choices[i].label, NULL);
		say_line(SAY_MENU_LINE, i < 9 ? " " : "", say_number(i + 1),
		    buf_text(&label), NULL);
		buf_free(&label);
	}
	say_line(SAY_MENU_LEAVE, NULL);
}

static enum lineedit_end
ask(struct buf *answer, struct lineedit *l, enum say what)
{
	struct buf prompt = { 0 };
	enum lineedit_end end;

	say_put(&prompt, what, NULL);
	end = lineedit_read(answer, l, buf_text(&prompt), NULL);
	buf_free(&prompt);
	return end;
}

/* The words, with an answer in the place of each "?". */
static enum lineedit_end
compose(struct buf *line, struct lineedit *l, const struct choice *c)
{
	enum lineedit_end end = LINEEDIT_DONE;
	struct buf answer = { 0 };
	const char *at = c->words;
	size_t n = 0, before = 0; /* the bracket that is open; 0: none is */

	for (; end == LINEEDIT_DONE && *at != '\0'; at++) {
		if (*at == '[') {
			before = line->len;
		} else if (*at == ']') {
			before = 0;
		} else if (*at != '?') {
			buf_put_byte(line, (uint8_t)*at);
		} else if ((end = ask(&answer, l, c->asked[n++])) !=
		    LINEEDIT_DONE) {
			break;
		} else if (answer.len > 0) {
			split_quote(line, buf_text(&answer));
		} else if (before > 0) {
			buf_truncate(line, before);
		} else {
			end = LINEEDIT_CANCELLED; /* nothing said: not done */
		}
	}
	buf_free(&answer);
	return end;
}

enum lineedit_end
menu_read(struct buf *line, struct lineedit *l)
{
	struct buf typed = { 0 }, prompt = { 0 };
	enum lineedit_end end;
	char *rest;
	unsigned long n;

	buf_reset(line);
	say_put(&prompt, SAY_MENU_ASK, say_number(CHOICES), NULL);
	end = lineedit_read(&typed, l, buf_text(&prompt), NULL);
	n = strtoul(buf_text(&typed), &rest, 10);
	if (end != LINEEDIT_DONE)
		;
	else if (typed.len == 0)
		menu_show();
	else if (*rest != '\0')
		buf_put(line, typed.bytes, typed.len); /* a command */
	else if (n == 0)
		buf_put_text(line, "lock");
	else if (n > CHOICES)
		say_error(SAY_MENU_NO_NUMBER, buf_text(&typed), NULL);
	else if ((end = compose(line, l, &choices[n - 1])) ==
	    LINEEDIT_CANCELLED) {
		buf_reset(line); /* back to the list */
		end = LINEEDIT_DONE;
	}
	buf_free(&typed);
	buf_free(&prompt);
	return end;
}
