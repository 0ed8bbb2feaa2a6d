/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include <zxcvbn.h>

#include "answer.h"
#include "ask.h"
#include "host.h"
#include "lineedit.h"
#include "session.h"
#include "words.h"

#define PASS_MAX 1024
#define PROPOSED_WORDS 7
#define GOOD_BITS 65

/* ---- The terminal ---- */

bool
ask_show(const char *text)
{
	int tty = open("/dev/tty", O_WRONLY | O_CLOEXEC | O_NOCTTY);
	size_t len = strlen(text);
	bool good;

	if (tty < 0)
		return false;
	good = write(tty, text, len) == (ssize_t)len;
	close(tty);
	return good;
}

void
ask_clear_screen(void)
{
	/* Home, clear, clear the scrollback. */
	(void)ask_show("\033[H\033[2J\033[3J");
}

bool
ask_has_terminal(void)
{
	int tty = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);

	if (tty >= 0)
		close(tty);
	return tty >= 0;
}

static bool
gone(void *ctx)
{
	(void)ctx;
	/* A signal that only asks long work to stop ends a question too. */
	return session_is_gone() || host_interrupted();
}

/* As the terminal was before the first prompt. */
static struct termios before;

/* A lock ends us in the midst of a prompt: the shell shall not suffer. */
static void
give_terminal_back(void)
{
	static const char paste_off[] = "\r\n\033[?2004l";
	int tty = open("/dev/tty", O_WRONLY | O_CLOEXEC | O_NOCTTY);

	if (tty < 0)
		return;
	(void)tcsetattr(tty, TCSANOW, &before);
	(void)!write(tty, paste_off, sizeof(paste_off) - 1);
	close(tty);
}

static struct lineedit *
editor(void)
{
	struct lineedit_hooks hooks = { .gone = gone };
	static bool known;
	int tty;

	if (!known &&
	    (tty = open("/dev/tty", O_RDONLY | O_CLOEXEC | O_NOCTTY)) >= 0) {
		known = tcgetattr(tty, &before) == 0;
		close(tty);
		if (known)
			session_at_lock(give_terminal_back);
	}
	return lineedit_new(&hooks);
}

bool
ask_line(struct buf *out, enum say prompt, const char *start)
{
	struct lineedit *l = editor();
	struct buf text = { 0 };
	bool got;

	say_put(&text, prompt, NULL);
	got = l != NULL &&
	    lineedit_read(out, l, buf_text(&text), start) == LINEEDIT_DONE;
	buf_free(&text);
	lineedit_free(l);
	return got;
}

/* What is neither yes nor no is asked again; the end of the terminal is no. */
static bool
read_yes(struct lineedit *l, const char *question, bool preset)
{
	struct buf line = { 0 };
	enum answer_is is = IS_NEITHER;

	while (is == IS_NEITHER &&
	    lineedit_read(&line, l, question, NULL) == LINEEDIT_DONE)
		is = answer_is(line.bytes, line.len);
	buf_free(&line);
	return is == IS_BLANK ? preset : is == IS_YES;
}

bool
ask_yes(
    const struct cli *c, bool preset, enum say question, const char *argument)
{
	struct lineedit *l;
	struct buf text = { 0 };
	bool yes = false;

	if (c->yes)
		return true;
	say_put(&text, question, argument, NULL);
	if ((l = editor()) == NULL) {
		say_warning(SAY_NO_TERMINAL, NULL);
		say_hint(SAY_HINT_YES, NULL);
	} else {
		yes = read_yes(l, buf_text(&text), preset);
	}
	lineedit_free(l);
	buf_free(&text);
	return yes;
}

/* ---- Passphrases from files ---- */

static int
refuse(enum say why)
{
	say_error(why, NULL);
	return 2;
}

/* All of fd, up to a byte more than there may be. */
static ssize_t
read_all(int fd, uint8_t *to, size_t max)
{
	size_t got = 0;

	while (got < max) {
		ssize_t n = read(fd, to + got, max - got);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		if (n == 0)
			break;
		got += (size_t)n;
	}
	return (ssize_t)got;
}

/* A passphrase of len bytes in s: one line end off, and is it one at all? */
static int
accept(struct secret **out, struct secret *s, size_t len)
{
	const uint8_t *bytes = secret_view(s);

	*out = NULL;
	if (len > 0 && bytes[len - 1] == '\n')
		len--;
	if (len > 0 && bytes[len - 1] == '\r')
		len--;
	if (len == 0 || len > PASS_MAX || !text_is_valid(bytes, len)) {
		enum say why = SAY_PASS_NOT_TEXT;

		if (len == 0)
			why = SAY_PASS_EMPTY;
		else if (len > PASS_MAX)
			why = SAY_PASS_TOO_LONG;
		secret_free(s);
		return refuse(why);
	}
	secret_trim(s, len);
	*out = s;
	return 0;
}

int
ask_passphrase_from(struct secret **out, const char *file, int fd)
{
	struct secret *s;
	ssize_t got;
	int from = fd;

	*out = NULL;
	if (file != NULL &&
	    (from = open(file, O_RDONLY | O_CLOEXEC | O_NOCTTY)) < 0) {
		say_error(SAY_IO, file, strerror(errno), NULL);
		return 1;
	}
	if ((s = secret_new(PASS_MAX + 3)) == NULL) {
		say_error(SAY_NO_MEMORY, NULL);
		return 1;
	}
	got = read_all(from, secret_bytes(s), PASS_MAX + 3);
	if (file != NULL)
		close(from);
	if (got < 0) {
		say_error(SAY_IO, file == NULL ? "--passphrase-fd" : file,
		    strerror(errno), NULL);
		secret_free(s);
		return 1;
	}
	return accept(out, s, (size_t)got);
}

/* ---- Passphrases from the terminal ---- */

static int
read_secret(struct secret **out, struct lineedit *l, enum say prompt)
{
	struct buf text = { 0 };
	enum lineedit_end end;

	say_put(&text, prompt, NULL);
	end = lineedit_secret(out, l, buf_text(&text));
	buf_free(&text);
	switch (end) {
	case LINEEDIT_DONE:
		return *out == NULL ? refuse(SAY_PASS_EMPTY) : 0;
	case LINEEDIT_TOO_LONG:
		return refuse(SAY_PASS_TOO_LONG);
	case LINEEDIT_NOT_TEXT:
		return refuse(SAY_PASS_NOT_TEXT);
	case LINEEDIT_GONE:
		if (session_is_gone())
			return 11;
		break;
	case LINEEDIT_CANCELLED:
	case LINEEDIT_CLOSED:
	case LINEEDIT_FAILED:
		break;
	}
	say_error(SAY_STOPPED, NULL);
	return 1;
}

static int
no_terminal(void)
{
	say_error(SAY_NO_TERMINAL, NULL);
	say_hint(SAY_HINT_PASS_FILE, NULL);
	return 2;
}

int
ask_passphrase(struct secret **out, const struct cli *c, enum say prompt)
{
	struct lineedit *l;
	int status;

	*out = NULL;
	if (c->pass_file != NULL || c->pass_fd >= 0)
		return ask_passphrase_from(out, c->pass_file, c->pass_fd);
	if ((l = editor()) == NULL)
		return no_terminal();
	status = read_secret(out, l, prompt);
	lineedit_free(l);
	return status;
}

/* ---- New passphrases ---- */

int
ask_words_known(const char *list)
{
	enum words_list known;
	struct buf all = { 0 };

	if (list == NULL || words_by_name(&known, list))
		return 0;
	for (unsigned i = 0; i < WORDS_LISTS; i++)
		buf_putf(&all, "%s%s", i > 0 ? ", " : "",
		    words_name((enum words_list)i));
	say_error(SAY_NO_WORDS, list, NULL);
	say_hint(SAY_HINT_WORDS, buf_text(&all), NULL);
	buf_free(&all);
	return 2;
}

static enum words_list
list_of(const char *name)
{
	const char *lang = say_lang();
	enum words_list list;

	if (name != NULL && words_by_name(&list, name))
		return list;
	if (strncmp(lang, "es", 2) == 0)
		return WORDS_ES;
	if (strncmp(lang, "zh", 2) == 0)
		return WORDS_PINYIN;
	return WORDS_EN;
}

/* Words drawn by lot, with blanks between them. */
static struct secret *
draw(const char *list_name)
{
	enum words_list list = list_of(list_name);
	struct secret *s = secret_new(PROPOSED_WORDS * 16);
	size_t at = 0;

	if (s == NULL)
		return NULL;
	for (unsigned i = 0; i < PROPOSED_WORDS; i++) {
		size_t len;
		const char *word = words_at(
		    list, vault_random_below(WORDS_N), &len);

		if (i > 0)
			secret_bytes(s)[at++] = ' ';
		memcpy(secret_bytes(s) + at, word, len);
		at += len;
	}
	secret_trim(s, at);
	return s;
}

static void
propose(const struct secret *s, enum say head)
{
	struct buf text = { 0 };

	buf_put_byte(&text, '\n');
	say_put(&text, head, say_number(PROPOSED_WORDS),
	    say_number(PROPOSED_WORDS * WORDS_BITS), NULL);
	buf_put_text(&text, "\n\n    ");
	buf_put(&text, secret_view(s), secret_len(s));
	buf_put_text(&text, "\n\n");
	(void)ask_show(buf_text(&text));
	buf_free(&text);
}

static bool
is_ascii(const struct secret *s)
{
	for (size_t i = 0; i < secret_len(s); i++)
		if (secret_view(s)[i] >= 0x80)
			return false;
	return true;
}

/* One of their own: say what it is worth, and ask if that is little. */
static bool
judge(const struct secret *own, const struct cli *c)
{
	struct secret *text = secret_new(secret_len(own) + 1);
	double bits;

	if (text == NULL)
		return false;
	memcpy(secret_bytes(text), secret_view(own), secret_len(own));
	bits = ZxcvbnMatch((const char *)secret_view(text), NULL, NULL);
	secret_free(text);
	/* It knows English only: it gives 95 bits to a line of Chinese. */
	if (!is_ascii(own))
		say_warning(SAY_PASS_UNJUDGED, NULL);
	else if (bits < GOOD_BITS)
		say_warning(SAY_PASS_WEAK, say_number((uint64_t)bits), NULL);
	else
		return true;
	say_hint(SAY_PASS_ADVICE, NULL);
	return ask_yes(c, false, SAY_ASK_WEAK, "");
}

/* Blanks may have been typed as anything like blanks. */
static bool
is_the_proposed(const struct secret *typed, const struct secret *proposed)
{
	return secret_equal(typed, proposed);
}

/*
 * What was typed is not the proposal: type it again, and judge it.  2: not
 * taken, and why was said; 1: stopped.
 */
static int
confirm_own(const struct secret *own, const struct cli *c, struct lineedit *l)
{
	struct secret *again;
	bool same;
	int status;

	if ((status = read_secret(&again, l, SAY_ASK_PASS_AGAIN)) != 0)
		return status;
	same = secret_equal(own, again);
	secret_free(again);
	if (!same)
		return refuse(SAY_PASS_DIFFER);
	return judge(own, c) ? 0 : 2;
}

/*
 * What is not taken is asked for again: seven words are easily mistyped, and
 * a message before the screen is cleared would be read by nobody.
 */
static int
ask_screen(struct secret **out, const struct cli *c, struct lineedit *l,
    struct secret *proposed)
{
	struct secret *typed;
	int status;

	propose(proposed, SAY_PASS_PROPOSED);
	do {
		status = read_secret(&typed, l, SAY_ASK_PASS_OR_OWN);
		if (status == 0 && !is_the_proposed(typed, proposed))
			status = confirm_own(typed, c, l);
		if (status != 0)
			secret_free(typed);
	} while (status == 2);
	ask_clear_screen();
	if (status == 0)
		*out = typed;
	else if (status == 1)
		say_error(SAY_STOPPED, NULL);
	return status;
}

/* To be written down, not typed. */
static int
show_for_paper(
    struct secret **out, struct lineedit *l, struct secret **proposed)
{
	struct buf prompt = { 0 }, line = { 0 };
	enum lineedit_end end;

	propose(*proposed, SAY_PAPER_WRITE);
	say_put(&prompt, SAY_ASK_WRITTEN, NULL);
	end = lineedit_read(&line, l, buf_text(&prompt), NULL);
	buf_free(&prompt);
	buf_free(&line);
	ask_clear_screen();
	if (end != LINEEDIT_DONE) {
		say_error(SAY_STOPPED, NULL);
		return 1;
	}
	*out = *proposed;
	*proposed = NULL;
	return 0;
}

int
ask_new_passphrase(
    struct secret **out, const struct cli *c, const struct ask_new *how)
{
	struct secret *proposed;
	struct lineedit *l;
	int status;

	*out = NULL;
	if (how->file != NULL)
		return ask_passphrase_from(out, how->file, -1);
	if ((l = editor()) == NULL)
		return no_terminal();
	if ((proposed = draw(how->list)) == NULL) {
		lineedit_free(l);
		say_error(SAY_NO_MEMORY, NULL);
		return 1;
	}
	status = how->on_paper ? show_for_paper(out, l, &proposed)
			       : ask_screen(out, c, l, proposed);
	secret_free(proposed);
	lineedit_free(l);
	return status;
}
