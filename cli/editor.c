/* SPDX-License-Identifier: ISC */
/*
 * The screen of the editor, and one of two users of ncurses, which only
 * draws: keys are read by keystroke.c, so that what is typed lies in memory
 * that is wiped, and long pastes come in one piece.
 *
 * What this file promises:
 * 1. Every way out goes through editor_run's end: the text is wiped, the
 *    screen blank, the terminal as it was found.
 * 2. The window's memory inside ncurses is overwritten before it is freed, see
 *    screen_close.
 * 3. Nothing is written to the terminal but through glyph.c, or words of ours.
 */
#include <fcntl.h>
#include <langinfo.h>
#include <libintl.h>
#include <locale.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>
#include <wchar.h>

#include <curses.h>

#include "editor.h"
#include "glyph.h"
#include "keystroke.h"
#include "term.h"
#include "textarea.h"
#include "vault.h"

#define DRAFT_SECONDS 10

/* How often the size of the screen and the age of the draft are looked at. */
#define TICK_MS 250

/*
 * The sentence in the reader's language.  A translation is a file beside the
 * program: what it has in the places of numbers and texts is not believed.
 */
static const char *__attribute__((format_arg(1))) in_words(const char *english)
{
	const char *words = gettext(english), *a = english, *b = words;

	for (;;) {
		size_t len;

		a += strcspn(a, "%");
		b += strcspn(b, "%");
		if (*a == '\0' && *b == '\0')
			return words;
		len = strncmp(a, "%zu", 3) == 0 ? 3 : 2;
		if (strncmp(a, b, len) != 0)
			return english;
		a += len;
		b += len;
	}
}

/* For people; whole sentences, translated where they are shown. */
#define SAY_HELP_SHORT                                                         \
	in_words("Ctrl-S: keep and leave    Ctrl-Q: leave    Esc: help")
/* One line of a narrow terminal, or its end is never seen. */
#define SAY_HELP                                                               \
	in_words("F2/^S keep  ^Q leave  ^F find  ^G again  ^Z undo  "          \
		 "^K/^U/^W cut on/back/word")
#define SAY_ASK in_words("Leave without keeping the changes? y: leave, n: stay")
#define SAY_FIND in_words("Find: ")
#define SAY_NOT_FOUND in_words("not found")
#define SAY_NO_UNDO in_words("nothing left to undo")
#define SAY_NO_MEMORY in_words("not enough memory for this change")
#define SAY_NO_DRAFT in_words("the draft could not be kept")
#define SAY_ESCAPED                                                            \
	in_words("what is no text is shown as \\xNN or \\u{N}, and kept")
#define SAY_LIMIT in_words("no more can be added: the limit is %s")
#define SAY_PASTE_LIMIT in_words("pasted text was not added: the limit is %s")
#define SAY_LEFT_OUT in_words("left out what is no text: bytes %zu")
#define SAY_BYTES in_words("%zu bytes")
#define SAY_STATUS in_words("bytes %zu  words %zu  ")
#define SAY_STATUS_DRAFT in_words("bytes %zu  words %zu  draft kept %s  ")

enum mode { WRITING, FINDING, ASKING };

struct editor {
	const struct editor_hooks *hooks;
	struct textarea *text;
	struct keystrokes *keys;
	FILE *tty;
	SCREEN *screen;
	locale_t locale, locale_before;
	size_t limit;
	int rows, columns;

	enum mode mode;
	bool help;
	bool pasting;
	bool paste_refused;
	char message[128];
	struct buf query;
	struct buf shown; /* one glyph, on its way to the screen */

	uint64_t first;   /* textarea_changes when opened, ... */
	uint64_t drafted; /* ... when the last draft was kept, ... */
	uint64_t counted; /* ... and when the words were counted */
	size_t words;
	time_t draft_tried; /* by CLOCK_MONOTONIC */
	char draft_time[8]; /* HH:MM */
};

/* Limits in words: whole MiB, kB or bytes. */
static void
limit_words(char words[48], size_t limit)
{
	if (limit >= 1024 * 1024 && limit % (1024 * 1024) == 0)
		snprintf(words, 48, "%zu MiB", limit / (1024 * 1024));
	else
		snprintf(words, 48, SAY_BYTES, limit);
}

static void
say(struct editor *e, const char *message)
{
	snprintf(e->message, sizeof(e->message), "%s", message);
}

static void
say_refused(struct editor *e, enum textarea_done why)
{
	char limit[48];

	if (why == TEXTAREA_ENOMEM) {
		say(e, SAY_NO_MEMORY);
	} else if (why == TEXTAREA_LIMIT) {
		limit_words(limit, e->limit);
		snprintf(e->message, sizeof(e->message),
		    e->pasting ? SAY_PASTE_LIMIT : SAY_LIMIT, limit);
	}
}

/* Drawing. */

/*
 * ncurses and utf8proc may disagree about a rare character's width: it would
 * push the rest of its row aside, so a question mark stands in.
 */
static wchar_t
drawable(uint32_t cp)
{
	return wcwidth((wchar_t)cp) == text_cp_width(cp) ? (wchar_t)cp : L'?';
}

/* Draw the valid text in e->shown at x, and return where it ends. */
static int
draw_shown(struct editor *e, int y, int x)
{
	const uint8_t *text = e->shown.bytes;
	size_t left = e->shown.len, step;
	uint32_t cp;

	move(y, x);
	while (left > 0 && (step = text_next(&cp, text, left)) > 0) {
		wchar_t wide[2] = { drawable(cp), L'\0' };
		int columns = wcwidth(wide[0]);

		/* Past the edge addnwstr would go on in the next row. */
		if (x + columns > e->columns)
			break;
		if (columns > 0)
			move(y, x);
		addnwstr(wide, 1);
		x += columns;
		text += step;
		left -= step;
	}
	bytes_wipe(e->shown.bytes, e->shown.len);
	e->shown.len = 0;
	return x;
}

/* Draw any bytes from column x on, as far as the screen goes. */
static void
draw_bytes(struct editor *e, int y, int x, const uint8_t *text, size_t len)
{
	size_t column = 0;
	struct glyph g;

	for (size_t at = 0; at < len && x < e->columns; at += g.len) {
		glyph_read(&g, text + at, len - at, column);
		glyph_show(&e->shown, &g, text + at);
		column += g.columns;
		if (e->shown.len > 0)
			x = draw_shown(e, y, x);
	}
}

static void
draw_text(struct editor *e, int height)
{
	size_t top = textarea_top(e->text, (size_t)height), from, to;
	const uint8_t *text = textarea_text(e->text)->bytes;

	for (size_t y = 0; y < (size_t)height; y++) {
		if (top + y >= textarea_rows(e->text))
			break;
		textarea_row(&from, &to, e->text, top + y);
		draw_bytes(e, (int)y, 0, text + from, to - from);
	}
}

/*
 * The title stands at the end of the line: a right-to-left one cannot then
 * turn the numbers around.
 */
static void
draw_status(struct editor *e, int y)
{
	const char *title = e->hooks->title != NULL ? e->hooks->title : "";
	size_t bytes = textarea_text(e->text)->len;
	char status[128];

	if (e->counted != textarea_changes(e->text)) {
		e->words = textarea_words(e->text);
		e->counted = textarea_changes(e->text);
	}
	if (e->draft_time[0] == '\0')
		snprintf(status, sizeof(status), SAY_STATUS, bytes, e->words);
	else
		snprintf(status, sizeof(status), SAY_STATUS_DRAFT, bytes,
		    e->words, e->draft_time);
	attron(A_BOLD);
	draw_bytes(e, y, 0, (const uint8_t *)status, strlen(status));
	draw_bytes(e, y,
	    (int)glyph_columns((const uint8_t *)status, strlen(status)),
	    (const uint8_t *)title, strlen(title));
	attroff(A_BOLD);
}

/* The last line: a question, a message, or help.  Returns its columns. */
static int
draw_last(struct editor *e, int y)
{
	const char *line = e->help ? SAY_HELP : SAY_HELP_SHORT;
	int x;

	if (e->mode == ASKING)
		line = SAY_ASK;
	else if (e->mode == FINDING)
		line = SAY_FIND;
	else if (e->message[0] != '\0')
		line = e->message;
	draw_bytes(e, y, 0, (const uint8_t *)line, strlen(line));
	x = (int)glyph_columns((const uint8_t *)line, strlen(line));
	if (e->mode == FINDING) {
		draw_bytes(e, y, x, e->query.bytes, e->query.len);
		x += (int)glyph_columns(e->query.bytes, e->query.len);
	}
	return x < e->columns ? x : e->columns - 1;
}

/* Follow the terminal's size; true if it changed. */
static bool
measure(struct editor *e)
{
	struct winsize size = { 0 };

	if (ioctl(fileno(e->tty), TIOCGWINSZ, &size) != 0 || size.ws_row == 0 ||
	    size.ws_col == 0) {
		size.ws_row = 24;
		size.ws_col = 80;
	}
	if (size.ws_row == e->rows && size.ws_col == e->columns)
		return false;
	e->rows = size.ws_row;
	e->columns = size.ws_col;
	return true;
}

/* One column is left free, for the cursor behind a full row. */
static size_t
wrap_width(const struct editor *e)
{
	return e->columns > 1 ? (size_t)e->columns - 1 : 1;
}

static void
draw(struct editor *e)
{
	size_t row, column;
	int height, x;

	if (measure(e)) {
		resizeterm(e->rows, e->columns);
		textarea_wrap(e->text, wrap_width(e));
		/* A terminal may itself wrap anew what it shows. */
		clearok(curscr, TRUE);
	}
	height = e->rows > 2 ? e->rows - 2 : 1;
	erase();
	draw_text(e, height);
	if (e->rows > 2)
		draw_status(e, e->rows - 2);
	x = e->rows > 1 ? draw_last(e, e->rows - 1) : 0;
	if (e->mode != WRITING && e->rows > 1) {
		move(e->rows - 1, x);
	} else {
		textarea_where(&row, &column, e->text);
		move((int)(row - textarea_top(e->text, (size_t)height)),
		    (int)column);
	}
	refresh();
}

/* Drafts. */

static bool
is_changed(const struct editor *e)
{
	return textarea_changes(e->text) != e->first;
}

static void
draft_now(struct editor *e)
{
	time_t now = time(NULL);
	struct tm local;

	if (e->hooks->draft(e->hooks->ctx, textarea_text(e->text)) != 0) {
		say(e, SAY_NO_DRAFT);
		return;
	}
	e->drafted = textarea_changes(e->text);
	if (localtime_r(&now, &local) != NULL)
		strftime(e->draft_time, sizeof(e->draft_time), "%H:%M", &local);
}

static time_t
monotonic(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec;
}

static bool
draft_is_due(const struct editor *e)
{
	return e->hooks->draft != NULL &&
	    e->drafted != textarea_changes(e->text) &&
	    monotonic() - e->draft_tried >= DRAFT_SECONDS;
}

static void
draft_if_due(struct editor *e)
{
	if (!draft_is_due(e))
		return;
	e->draft_tried = monotonic();
	draft_now(e);
}

/* Keys. */

static const struct {
	int key;
	enum textarea_move move;
} moves[] = {
	{ KEYS_LEFT, TEXTAREA_LEFT },
	{ KEYS_RIGHT, TEXTAREA_RIGHT },
	{ KEYS_WORD_LEFT, TEXTAREA_WORD_LEFT },
	{ KEYS_WORD_RIGHT, TEXTAREA_WORD_RIGHT },
	{ KEYS_HOME, TEXTAREA_ROW_START },
	{ KEYS_CTRL('A'), TEXTAREA_ROW_START },
	{ KEYS_END, TEXTAREA_ROW_END },
	{ KEYS_CTRL('E'), TEXTAREA_ROW_END },
	{ KEYS_TEXT_START, TEXTAREA_TEXT_START },
	{ KEYS_TEXT_END, TEXTAREA_TEXT_END },
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

static bool
press_move(struct editor *e, int key)
{
	ptrdiff_t page = e->rows > 4 ? e->rows - 4 : 1;

	for (size_t i = 0; i < N(moves); i++)
		if (moves[i].key == key) {
			textarea_move(e->text, moves[i].move);
			return true;
		}
	if (key == KEYS_UP || key == KEYS_DOWN)
		textarea_move_rows(e->text, key == KEYS_UP ? -1 : 1);
	else if (key == KEYS_PAGE_UP || key == KEYS_PAGE_DOWN)
		textarea_move_rows(e->text, key == KEYS_PAGE_UP ? -page : page);
	else
		return false;
	return true;
}

static bool
press_deletion(struct editor *e, int key)
{
	for (size_t i = 0; i < N(deletions); i++)
		if (deletions[i].key == key) {
			say_refused(
			    e, textarea_delete(e->text, deletions[i].move));
			return true;
		}
	return false;
}

static void
insert(struct editor *e, const uint8_t *text, size_t len)
{
	enum textarea_done done;

	if (e->paste_refused)
		return;
	/* Undo goes by words, and takes back a paste as one. */
	if (!e->pasting && (text[0] == ' ' || text[0] == '\n'))
		textarea_seal(e->text);
	if ((done = textarea_insert(e->text, text, len)) == TEXTAREA_DONE)
		return;
	say_refused(e, done);
	if (e->pasting) {
		/* A paste with its end cut off might be taken for whole. */
		if (textarea_joined(e->text))
			(void)textarea_undo(e->text);
		e->paste_refused = true;
	}
}

static void
press_text(struct editor *e, int key)
{
	size_t len;
	const uint8_t *text = keystroke_text(&len, e->keys);

	switch (key) {
	case KEYS_TEXT:
		insert(e, text, len);
		break;
	case KEYS_ENTER:
		insert(e, (const uint8_t *)"\n", 1);
		break;
	case KEYS_TAB:
		insert(e, (const uint8_t *)"\t", 1);
		break;
	case KEYS_PASTE:
	case KEYS_PASTE_END:
		textarea_seal(e->text);
		e->pasting = key == KEYS_PASTE;
		e->paste_refused = false;
		break;
	}
}

static void
press_writing(struct editor *e, int key)
{
	switch (key) {
	case KEYS_ESCAPE:
	case KEYS_F1:
		e->help = !e->help;
		break;
	case KEYS_CTRL('F'):
		e->mode = FINDING;
		buf_reset(&e->query);
		break;
	case KEYS_CTRL('G'):
		if (textarea_find(e->text, e->query.bytes, e->query.len) !=
		    TEXTAREA_DONE)
			say(e, SAY_NOT_FOUND);
		break;
	case KEYS_CTRL('Z'):
		if (textarea_undo(e->text) != TEXTAREA_DONE)
			say(e, SAY_NO_UNDO);
		break;
	case KEYS_CTRL('L'):
		clearok(curscr, TRUE);
		break;
	case KEYS_CTRL('Q'):
		e->mode = ASKING;
		break;
	default:
		if (!press_move(e, key) && !press_deletion(e, key))
			press_text(e, key);
	}
}

/* Take the last glyph off the words to look for. */
static void
query_shorten(struct buf *query)
{
	size_t at = 0, last = 0;
	struct glyph g;

	for (; at < query->len; at += g.len) {
		last = at;
		glyph_read(&g, query->bytes + at, query->len - at, 0);
	}
	bytes_wipe(query->bytes + last, query->len - last);
	query->len = last;
}

static void
press_finding(struct editor *e, int key)
{
	size_t len;
	const uint8_t *text = keystroke_text(&len, e->keys);

	switch (key) {
	case KEYS_TEXT:
		(void)buf_put(&e->query, text, len);
		break;
	case KEYS_BACKSPACE:
		if (e->query.len > 0)
			query_shorten(&e->query);
		break;
	case KEYS_ENTER:
	case KEYS_CTRL('F'):
	case KEYS_CTRL('G'):
		e->mode = WRITING;
		press_writing(e, KEYS_CTRL('G'));
		break;
	case KEYS_ESCAPE:
	case KEYS_CTRL('C'):
	case KEYS_CTRL('Q'):
		e->mode = WRITING;
		break;
	}
}

/* The answer to whether to leave: any other key is a no. */
static bool
is_yes(const struct editor *e, int key)
{
	size_t len;
	const uint8_t *text = keystroke_text(&len, e->keys);

	if (key != KEYS_TEXT)
		return false;
	if (e->hooks->is_yes != NULL)
		return e->hooks->is_yes(text, len);
	return len == 1 && (text[0] | 0x20) == 'y';
}

/* Act upon a key.  True if it ends the editor, then with *end. */
static bool
press(struct editor *e, enum editor_end *end, int key)
{
	size_t left_out;

	if (key == KEYS_NONE)
		return false;
	/* What is said about a paste stays until the paste is over. */
	if (!e->pasting)
		e->message[0] = '\0';
	*end = EDITOR_DROP;
	if (e->mode == ASKING) {
		e->mode = WRITING;
		return is_yes(e, key);
	}
	if (e->mode == FINDING) {
		press_finding(e, key);
		return false;
	}
	if (key == KEYS_CTRL('Q') && !is_changed(e))
		return true;
	*end = EDITOR_KEEP;
	if (key == KEYS_CTRL('S') || key == KEYS_F2)
		return true;
	press_writing(e, key);
	if (!e->pasting && (left_out = keystroke_left_out(e->keys)) > 0)
		snprintf(
		    e->message, sizeof(e->message), SAY_LEFT_OUT, left_out);
	return false;
}

static enum editor_end
work(struct editor *e)
{
	enum editor_end end = EDITOR_FAILED;
	int key = KEYS_NONE;

	do {
		draft_if_due(e);
		/* What is pasted is drawn once, when it is all there. */
		if (key == KEYS_NONE || !keystroke_are_waiting(e->keys))
			draw(e);
		key = keystroke_next(e->keys, TICK_MS);
		if (key == KEYS_GONE)
			return EDITOR_GONE;
		if (key == KEYS_CLOSED) {
			if (e->hooks->draft != NULL && is_changed(e))
				draft_now(e);
			return EDITOR_FAILED;
		}
	} while (!press(e, &end, key));
	return end;
}

/* Opening and closing. */

static void
tell_terminal(struct editor *e, const char *sequence)
{
	size_t len = strlen(sequence);

	if (write(fileno(e->tty), sequence, len) != (ssize_t)len)
		return; /* it is closed: the next key says so */
}

static bool on_alternate;

void
editor_stay_on_alternate_screen(void)
{
	on_alternate = true;
}

static bool
screen_open(struct editor *e)
{
	static const char away[] = "\033[0m\033[H\033[2J" KEYS_PASTE_OFF
				   "\033[?1049l\033[?25h\033[?1l\033>";
	struct termios before;
	int fd;

	/* ncurses asks the locale what is wide; this one is always there. */
	e->locale = newlocale(
	    LC_CTYPE_MASK, "C.UTF-8", duplocale(LC_GLOBAL_LOCALE));
	if (e->locale == (locale_t)0)
		return false;
	e->locale_before = uselocale(e->locale);
	if ((fd = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC)) < 0)
		return false;
	if ((e->tty = fdopen(fd, "r+")) == NULL) {
		close(fd);
		return false;
	}
	/* Before ncurses, which then leaves these signals alone. */
	if (tcgetattr(fd, &before) == 0)
		term_hold(fd, &before, away);
	if ((e->screen = newterm(NULL, e->tty, e->tty)) == NULL)
		return false;
	raw();
	noecho();
	nonl();
	tell_terminal(e, KEYS_PASTE_ON);
	return true;
}

/*
 * ncurses keeps what it draws in three windows and a buffer for the terminal,
 * and wipes none of them when it frees them.  A blank screen overwrites the
 * windows; it is also what remains where there is no alternate screen.  The
 * buffer is freed by delscreen, and glibc fills freed memory while M_PERTURB
 * is set.  Blocks below about 1 kB escape that, so this is care taken, not a
 * promise.
 */
static void
screen_close(struct editor *e)
{
	if (e->screen != NULL) {
		erase();
		clearok(curscr, TRUE);
		refresh();
		tell_terminal(e, KEYS_PASTE_OFF);
		endwin();
		if (on_alternate)
			tell_terminal(e, "\033[?1049h\033[H\033[2J");
		mallopt(M_PERTURB, 0x55);
		delscreen(e->screen);
		mallopt(M_PERTURB, 0);
	}
	term_let_go();
	if (e->tty != NULL)
		fclose(e->tty);
	if (e->locale != (locale_t)0) {
		if (e->locale_before != (locale_t)0)
			uselocale(e->locale_before);
		freelocale(e->locale);
	}
}

static bool
editor_open(struct editor *e, const struct buf *text)
{
	const struct editor_hooks *hooks = e->hooks;

	e->limit = (size_t)(hooks->limit > 0 ? hooks->limit : EDITOR_LIMIT);
	if (!screen_open(e))
		return false;
	e->keys = keystroke_new(fileno(e->tty), hooks->gone, hooks->ctx);
	e->text = textarea_new(text->bytes, text->len, 80, e->limit);
	if (e->keys == NULL || e->text == NULL)
		return false;
	e->first = e->drafted = textarea_changes(e->text);
	e->counted = e->first - 1;
	e->draft_tried = monotonic();
	if (glyph_escapes(text->bytes, text->len))
		say(e, SAY_ESCAPED);
	return true;
}

/* Copy the text out before anything is wiped; false if memory is short. */
static bool
keep(struct buf *text, const struct editor *e)
{
	const struct buf *written = textarea_text(e->text);
	struct buf copy = { 0 };

	if (!buf_put(&copy, written->bytes, written->len))
		return false;
	buf_free(text);
	*text = copy;
	return true;
}

enum editor_end
editor_run(struct buf *text, const struct editor_hooks *hooks)
{
	struct editor e = { .hooks = hooks };
	enum editor_end end = EDITOR_FAILED;

	if (!editor_open(&e, text))
		goto out;
	while ((end = work(&e)) == EDITOR_KEEP && !keep(text, &e))
		say(&e, SAY_NO_MEMORY);
out:
	if (end == EDITOR_GONE)
		buf_free(text);
	textarea_free(e.text);
	keystroke_free(e.keys);
	buf_free(&e.query);
	buf_free(&e.shown);
	screen_close(&e);
	return end;
}
