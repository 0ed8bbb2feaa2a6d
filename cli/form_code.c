/* SPDX-License-Identifier: ISC */
/* form - a code, out of a list. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "ask.h"
#include "codes.h"
#include "form_inner.h"

/* A longer list is shown only when it is asked for. */
#define LIST_MAX 26

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
	const char *label = vault_code_label(&c->code[i], say_lang());

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

void
form_list_codes(const struct vault_field *field)
{
	struct codes_found *c = calloc(1, sizeof(*c));

	if (c != NULL) {
		codes_all(c, field);
		list_codes(c);
	}
	free(c);
}

bool
form_list_is_short(const struct vault_field *field)
{
	struct vault_code code = { 0 };
	size_t n = 0;

	while (vault_code_next(&code, field))
		n++;
	return n <= LIST_MAX;
}

enum form_end
form_take_code(
    struct form *f, const struct form_ask *ask, const struct buf *line)
{
	struct codes_found *c = calloc(1, sizeof(*c));
	enum form_end step = FORM_BACK;

	if (c == NULL)
		return form_failed(f, VAULT_ENOMEM);
	codes_find(c, ask->field, buf_text(line));
	if (c->n == 1) {
		step = form_put(
		    f, ask, c->code[0].code, strlen(c->code[0].code));
		FORM_TELL(
		    SAY_FORM_CHOSEN, vault_code_label(&c->code[0], say_lang()));
	} else if (c->n > 1) {
		list_codes(c);
	} else if ((step = form_put(f, ask, buf_text(line), line->len)) ==
	    FORM_NEXT) {
		FORM_TELL(SAY_FORM_UNLISTED, buf_text(line));
	} else if (step == FORM_BACK) {
		FORM_TELL(SAY_FORM_NO_CODE, buf_text(line));
		codes_near(c, ask->field, buf_text(line));
		if (c->n > 0)
			list_codes(c);
	}
	free(c);
	return step;
}
