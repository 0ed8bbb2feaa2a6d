/* SPDX-License-Identifier: ISC */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "glyph.h"
#include "keystroke.h"
#include "lineedit.h"
#include "term.h"
#include "textarea.h"
#include "vault.h"

/* The oldest lines go when the history is longer, in bytes. */
#define HISTORY_MAX ((size_t)1024 * 1024)

/* Only so that offsets cannot overflow; no person types this. */
#define LINE_MAX_LEN ((size_t)64 * 1024 * 1024)

/* How textarea wraps it is never seen; it makes moves quick in long lines. */
#define WRAP 80

/* The columns that a prompt leaves for the line, at least. */
#define MIN_ROOM 16

/* Options shown at once. */
#define OPTIONS_MAX 100

struct lineedit {
	int fd;
	struct lineedit_hooks hooks;
	struct keystrokes *keys;
	struct termios before;
	struct buf history; /* lines, each with a NUL behind it */

	const char *prompt;
	struct textarea *line;
	size_t left;       /* what is shown begins here */
	size_t back;       /* where in history the line is from, or its end */
	struct buf typed;  /* the line that Up was pressed in */
	struct buf output; /* on its way to the terminal */
	bool options_due;  /* the second TAB lists them */
};

/* The terminal. */

static bool
raw_on(struct lineedit *l)
{
	struct termios raw;

	if (tcgetattr(l->fd, &l->before) != 0)
		return false;
	raw = l->before;
	raw.c_iflag &= (tcflag_t) ~(
	    BRKINT | ICRNL | INLCR | IGNCR | ISTRIP | IXON);
	raw.c_lflag &= (tcflag_t) ~(ECHO | ECHONL | ICANON | IEXTEN | ISIG);
	raw.c_cc[VMIN] = 1;
	raw.c_cc[VTIME] = 0;
	term_hold(l->fd, &l->before, "\r\n" KEYS_PASTE_OFF);
	/* What was typed ahead is kept. */
	if (tcsetattr(l->fd, TCSADRAIN, &raw) == 0)
		return true;
	term_let_go();
	return false;
}

static void
raw_off(struct lineedit *l)
{
	(void)tcsetattr(l->fd, TCSADRAIN, &l->before);
	term_let_go();
}

/* Write out what was collected, and wipe it. */
static void
flush(struct lineedit *l)
{
	size_t at = 0;
	ssize_t n;

	while (at < l->output.len) {
		n = write(l->fd, l->output.bytes + at, l->output.len - at);
		if (n <= 0)
			break; /* closed: the next key says so */
		at += (size_t)n;
	}
	if (l->output.bytes != NULL)
		bytes_wipe(l->output.bytes, l->output.len);
	l->output.len = 0;
	l->output.failed = false;
}

static size_t
columns(const struct lineedit *l)
{
	struct winsize size;

	if (ioctl(l->fd, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
		return 80;
	return size.ws_col;
}

static void
put(struct lineedit *l, const char *text)
{
	(void)buf_put_text(&l->output, text);
}

/* Drawing the line. */

static const uint8_t *
line_bytes(const struct lineedit *l)
{
	return textarea_text(l->line)->bytes;
}

/*
 * Move the left edge so that there are at most room columns between it and
 * the cursor; *column is the number of these.
 */
static void
scroll(size_t *column, struct lineedit *l, size_t room)
{
	size_t cursor = textarea_cursor(l->line), row, end;
	const uint8_t *text = line_bytes(l);
	struct glyph g;

	if (cursor < l->left) {
		/* Show some of what stands before the cursor too. */
		textarea_where(&row, column, l->line);
		textarea_row(&l->left, &end, l->line, row > 0 ? row - 1 : 0);
		room /= 2;
	}
	*column = glyph_columns(text + l->left, cursor - l->left);
	while (*column > room && l->left < cursor) {
		glyph_read(&g, text + l->left, cursor - l->left, 0);
		l->left += g.len;
		*column -= g.columns < *column ? g.columns : *column;
	}
}

/* Append the glyphs from the left edge that fit into room columns. */
static void
put_line(struct lineedit *l, size_t room)
{
	const struct buf *line = textarea_text(l->line);
	size_t column = 0;
	struct glyph g;

	for (size_t at = l->left; at < line->len; at += g.len) {
		glyph_read(&g, line->bytes + at, line->len - at, column);
		if (column + g.columns > room)
			break;
		glyph_show(&l->output, &g, line->bytes + at);
		column += g.columns;
	}
}

static void
draw(struct lineedit *l)
{
	size_t width = columns(l), asked, room, column;

	asked = glyph_columns((const uint8_t *)l->prompt, strlen(l->prompt));
	/* The last column stays free: terminals differ about what it does. */
	room = width > asked + 4 ? width - asked - 1 : 3;
	scroll(&column, l, room);
	put(l, "\r");
	put(l, l->prompt);
	put_line(l, room);
	put(l, "\033[K\r");
	if (asked + column > 0)
		(void)buf_putf(&l->output, "\033[%zuC", asked + column);
	flush(l);
}

/* Changing the line. */

/* Begin anew with another line. */
static bool
set_line(struct lineedit *l, const void *text, size_t len)
{
	struct textarea *line = textarea_new(text, len, WRAP, LINE_MAX_LEN);

	if (line == NULL)
		return false;
	textarea_move(line, TEXTAREA_TEXT_END);
	textarea_free(l->line);
	l->line = line;
	l->left = 0;
	return true;
}

static void
insert(struct lineedit *l, const uint8_t *text, size_t len)
{
	size_t from = 0, i;

	/* Line breaks and tabs, which only a paste can bring, are blanks. */
	for (i = 0; i < len; i++) {
		if (text[i] != '\n' && text[i] != '\t')
			continue;
		(void)textarea_insert(l->line, text + from, i - from);
		(void)textarea_insert(l->line, " ", 1);
		from = i + 1;
	}
	if (textarea_insert(l->line, text + from, len - from) != TEXTAREA_DONE)
		put(l, "\a");
}

/* History. */

/* The line before offset at in the history; at 0 there is none. */
static size_t
history_before(const struct buf *history, size_t at)
{
	if (at == 0)
		return 0;
	for (at--; at > 0 && history->bytes[at - 1] != '\0'; at--)
		;
	return at;
}

static void
history_up(struct lineedit *l)
{
	const struct buf *line = textarea_text(l->line);

	if (l->back == 0)
		return;
	if (l->back == l->history.len) {
		buf_reset(&l->typed);
		if (!buf_put(&l->typed, line->bytes, line->len))
			return;
	}
	l->back = history_before(&l->history, l->back);
	set_line(l, l->history.bytes + l->back,
	    strlen((const char *)l->history.bytes + l->back));
}

static void
history_down(struct lineedit *l)
{
	const char *line;

	if (l->back == l->history.len)
		return;
	l->back += strlen((const char *)l->history.bytes + l->back) + 1;
	if (l->back == l->history.len) {
		set_line(l, l->typed.bytes, l->typed.len);
		return;
	}
	line = (const char *)l->history.bytes + l->back;
	set_line(l, line, strlen(line));
}

void
lineedit_remember(struct lineedit *l, const struct buf *line)
{
	struct buf *h = &l->history;
	size_t last = history_before(h, h->len), drop = 0;

	if (line->len == 0 || line->len >= HISTORY_MAX ||
	    memchr(line->bytes, '\0', line->len) != NULL)
		return;
	if (h->len > 0 && h->len - last - 1 == line->len &&
	    memcmp(h->bytes + last, line->bytes, line->len) == 0)
		return;
	while (h->len - drop + line->len + 1 > HISTORY_MAX)
		drop += strlen((const char *)h->bytes + drop) + 1;
	if (drop > 0) {
		memmove(h->bytes, h->bytes + drop, h->len - drop);
		bytes_wipe(h->bytes + h->len - drop, drop);
		h->len -= drop;
	}
	/* A line that finds no memory is not remembered. */
	if (buf_reserve(h, line->len + 1)) {
		(void)buf_put(h, line->bytes, line->len);
		(void)buf_put_byte(h, '\0');
	}
	h->failed = false;
}

void
lineedit_forget(struct lineedit *l)
{
	buf_free(&l->history);
	buf_free(&l->typed);
	l->back = 0;
}

/* Completion. */

/* The length that the options have in common, cut at a code point. */
static size_t
common_len(const struct buf *options)
{
	const char *first = buf_text(options), *next = first;
	size_t common = strcspn(first, "\n"), n;

	while (*next != '\0') {
		for (n = 0; n < common && next[n] == first[n]; n++)
			;
		common = n;
		next += strcspn(next, "\n");
		next += *next == '\n';
	}
	while (common > 0 && ((uint8_t)first[common] & 0xc0) == 0x80)
		common--;
	return common;
}

static void
put_options(struct lineedit *l, const struct buf *options)
{
	const char *next = buf_text(options);

	put(l, "\r\n");
	for (size_t n = 0; *next != '\0'; n++) {
		size_t len = strcspn(next, "\n");

		if (n == OPTIONS_MAX) {
			put(l, "...\r\n");
			break;
		}
		if (text_safe_line(&l->output, next, len) != VAULT_OK)
			break;
		put(l, "\r\n");
		next += len + (next[len] == '\n');
	}
}

/* Put the text with in place of what stands between from and the cursor. */
static void
replace_word(struct lineedit *l, size_t from, const char *with, size_t len)
{
	while (textarea_cursor(l->line) > from)
		(void)textarea_delete(l->line, TEXTAREA_LEFT);
	insert(l, (const uint8_t *)with, len);
}

static void
complete(struct lineedit *l)
{
	const struct buf *line = textarea_text(l->line);
	size_t at = textarea_cursor(l->line), from, common;
	struct buf options = { 0 };
	bool only;

	if (l->hooks.complete == NULL)
		return;
	from = l->hooks.complete(l->hooks.ctx, &options, line, at);
	if (buf_ok(&options) != VAULT_OK || options.len == 0 || from > at) {
		put(l, "\a");
		goto out;
	}
	common = common_len(&options);
	only = strchr(buf_text(&options), '\n') ==
	    buf_text(&options) + options.len - 1;
	/* Never shorten what was typed: options may differ in case from it. */
	if (only || common > at - from) {
		replace_word(l, from, buf_text(&options), common);
		if (only)
			insert(l, (const uint8_t *)" ", 1);
	} else if (l->options_due) {
		put_options(l, &options);
	} else {
		l->options_due = true;
		put(l, "\a");
	}
out:
	buf_free(&options);
}

/* Keys. */

static const struct {
	int key;
	enum textarea_move move;
} moves[] = {
	{ KEYS_LEFT, TEXTAREA_LEFT },
	{ KEYS_CTRL('B'), TEXTAREA_LEFT },
	{ KEYS_RIGHT, TEXTAREA_RIGHT },
	{ KEYS_CTRL('F'), TEXTAREA_RIGHT },
	{ KEYS_WORD_LEFT, TEXTAREA_WORD_LEFT },
	{ KEYS_WORD_RIGHT, TEXTAREA_WORD_RIGHT },
	{ KEYS_HOME, TEXTAREA_TEXT_START },
	{ KEYS_CTRL('A'), TEXTAREA_TEXT_START },
	{ KEYS_END, TEXTAREA_TEXT_END },
	{ KEYS_CTRL('E'), TEXTAREA_TEXT_END },
}, deletions[] = {
	{ KEYS_BACKSPACE, TEXTAREA_LEFT },
	{ KEYS_DELETE, TEXTAREA_RIGHT },
	{ KEYS_CTRL('D'), TEXTAREA_RIGHT },
	{ KEYS_CTRL('K'), TEXTAREA_LINE_END },
	{ KEYS_CTRL('U'), TEXTAREA_LINE_START },
	{ KEYS_CTRL('W'), TEXTAREA_WORD_LEFT },
	{ KEYS_WORD_BACKSPACE, TEXTAREA_WORD_LEFT },
};

#define N(array) (sizeof(array) / sizeof((array)[0]))

static void
press(struct lineedit *l, int key)
{
	size_t len;
	const uint8_t *text = keystroke_text(&len, l->keys);

	for (size_t i = 0; i < N(moves); i++)
		if (moves[i].key == key)
			textarea_move(l->line, moves[i].move);
	for (size_t i = 0; i < N(deletions); i++)
		if (deletions[i].key == key)
			(void)textarea_delete(l->line, deletions[i].move);
	switch (key) {
	case KEYS_TEXT:
		insert(l, text, len);
		break;
	case KEYS_UP:
	case KEYS_CTRL('P'):
		history_up(l);
		break;
	case KEYS_DOWN:
	case KEYS_CTRL('N'):
		history_down(l);
		break;
	case KEYS_CTRL('Z'):
		(void)textarea_undo(l->line);
		break;
	case KEYS_CTRL('L'):
		put(l, "\033[H\033[2J");
		break;
	}
	if (key == KEYS_TAB)
		complete(l);
	else
		l->options_due = false;
}

/* True if key ends the line, then with *end. */
static bool
is_end(enum lineedit_end *end, const struct lineedit *l, int key)
{
	switch (key) {
	case KEYS_ENTER:
		*end = LINEEDIT_DONE;
		return true;
	case KEYS_CTRL('C'):
		*end = LINEEDIT_CANCELLED;
		return true;
	case KEYS_CTRL('D'):
		*end = LINEEDIT_CLOSED;
		return l->line == NULL || textarea_text(l->line)->len == 0;
	case KEYS_CLOSED:
		*end = LINEEDIT_CLOSED;
		return true;
	case KEYS_GONE:
		*end = LINEEDIT_GONE;
		return true;
	}
	return false;
}

/* A prompt that leaves no room for the line stands on lines of its own. */
static void
put_wide_prompt(struct lineedit *l)
{
	const uint8_t *prompt = (const uint8_t *)l->prompt;

	if (glyph_columns(prompt, strlen(l->prompt)) + MIN_ROOM < columns(l))
		return;
	put(l, l->prompt);
	put(l, "\r\n");
	l->prompt = "";
}

enum lineedit_end
lineedit_read(
    struct buf *out, struct lineedit *l, const char *prompt, const char *start)
{
	enum lineedit_end end = LINEEDIT_FAILED;
	bool drawn = true;
	int key;

	buf_reset(out);
	l->prompt = prompt;
	l->back = l->history.len;
	l->options_due = false;
	if (!set_line(l, start, start != NULL ? strlen(start) : 0))
		return LINEEDIT_FAILED;
	if (!raw_on(l))
		goto out;
	put(l, KEYS_PASTE_ON);
	put_wide_prompt(l);
	draw(l);
	/* KEYS_NONE is a signal, such as that the window has another size. */
	while (!is_end(&end, l, key = keystroke_next(l->keys, -1))) {
		press(l, key);
		if (key != KEYS_NONE && l->hooks.typed != NULL)
			l->hooks.typed(l->hooks.ctx, textarea_text(l->line));
		drawn = key == KEYS_NONE || !keystroke_are_waiting(l->keys);
		if (drawn)
			draw(l);
	}
	/* Enter may come with the text: in a paste of several lines it does. */
	if (!drawn && end != LINEEDIT_GONE)
		draw(l);
	/* What was typed may stay on the screen, but not if we are locked. */
	put(l, end == LINEEDIT_GONE ? "\r\033[K" : "\r\n");
	put(l, KEYS_PASTE_OFF);
	flush(l);
	raw_off(l);
	if (end == LINEEDIT_DONE &&
	    !buf_put(out, line_bytes(l), textarea_text(l->line)->len))
		end = LINEEDIT_FAILED;
out:
	textarea_free(l->line);
	l->line = NULL;
	buf_free(&l->typed);
	return end;
}

/* Secrets. */

/* The length of secret without its last glyph. */
static size_t
shortened(const uint8_t *secret, size_t len)
{
	size_t at = 0, last = 0;
	struct glyph g;

	for (; at < len; at += g.len) {
		last = at;
		glyph_read(&g, secret + at, len - at, 0);
	}
	return last;
}

/* Change the *len bytes of s; a length beyond the limit stays there. */
static void
press_secret(size_t *len, struct secret *s, const struct lineedit *l, int key)
{
	uint8_t *secret = secret_bytes(s);
	size_t n, before = *len;
	const uint8_t *text = keystroke_text(&n, l->keys);

	if (key == KEYS_CTRL('U'))
		*len = 0;
	if (*len <= LINEEDIT_SECRET_MAX && key == KEYS_BACKSPACE)
		*len = shortened(secret, *len);
	if (*len < before && before <= LINEEDIT_SECRET_MAX)
		bytes_wipe(secret + *len, before - *len);
	if (key != KEYS_TEXT || *len > LINEEDIT_SECRET_MAX)
		return;
	if (n <= LINEEDIT_SECRET_MAX - *len) {
		memcpy(secret + *len, text, n);
		*len += n;
	} else {
		*len = LINEEDIT_SECRET_MAX + 1;
	}
}

/* Whether the len bytes that were typed may be a passphrase. */
static enum lineedit_end
judge_secret(size_t *len, const struct secret *s, struct lineedit *l)
{
	const uint8_t *secret = secret_view(s);
	size_t left_out = keystroke_left_out(l->keys);

	if (*len > LINEEDIT_SECRET_MAX)
		return LINEEDIT_TOO_LONG;
	/* As in a passphrase file, one line break at the end does not count. */
	if (*len > 0 && secret[*len - 1] == '\n')
		--*len;
	/* Another passphrase than what was typed would be worse than none. */
	if (left_out > 0 || memchr(secret, '\n', *len) != NULL)
		return LINEEDIT_NOT_TEXT;
	return LINEEDIT_DONE;
}

enum lineedit_end
lineedit_secret(struct secret **out, struct lineedit *l, const char *prompt)
{
	enum lineedit_end end = LINEEDIT_FAILED;
	struct secret *s;
	size_t len = 0;
	int key;

	*out = NULL;
	if ((s = secret_new(LINEEDIT_SECRET_MAX)) == NULL || !raw_on(l))
		goto out;
	(void)keystroke_left_out(l->keys);
	put(l, KEYS_PASTE_ON);
	put(l, prompt);
	flush(l);
	while (!is_end(&end, l, key = keystroke_next(l->keys, -1))) {
		press_secret(&len, s, l, key);
		if (key == KEYS_ESCAPE) {
			end = LINEEDIT_CANCELLED;
			break;
		}
	}
	put(l, "\r\n" KEYS_PASTE_OFF);
	flush(l);
	raw_off(l);
	if (end == LINEEDIT_DONE)
		end = judge_secret(&len, s, l);
	if (end == LINEEDIT_DONE && len > 0) {
		/* A copy, since the length of a secret is that of its text. */
		*out = secret_copy(secret_view(s), len);
		end = *out == NULL ? LINEEDIT_FAILED : LINEEDIT_DONE;
	}
out:
	secret_free(s);
	return end;
}

struct lineedit *
lineedit_new(const struct lineedit_hooks *hooks)
{
	struct lineedit *l;

	if ((l = calloc(1, sizeof(*l))) == NULL)
		return NULL;
	l->hooks = *hooks;
	l->fd = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (l->fd >= 0)
		l->keys = keystroke_new(l->fd, hooks->gone, hooks->ctx);
	if (l->keys == NULL) {
		lineedit_free(l);
		return NULL;
	}
	return l;
}

void
lineedit_free(struct lineedit *l)
{
	if (l == NULL)
		return;
	lineedit_forget(l);
	buf_free(&l->output);
	keystroke_free(l->keys);
	if (l->fd >= 0)
		close(l->fd);
	free(l);
}
