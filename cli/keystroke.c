/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "keystroke.h"
#include "vault.h"

#define ESC 0x1b
#define IN_LEN 4096

/* A shorter wait than the 50 ms that are promised. */
#define SLICE_MS 40

/* How long the rest of an escape sequence may take, even through a network. */
#define SEQUENCE_MS 60
#define SEQUENCE_MAX 32

static const char paste_end[] = "\033[201~";
#define PASTE_END_LEN (sizeof(paste_end) - 1)

struct keystrokes {
	int fd;
	bool (*gone)(void *ctx);
	void *ctx;
	int64_t asked;     /* when gone was asked last, in ms */
	struct secret *in; /* IN_LEN bytes that were read ... */
	size_t at, len;    /* ... of which these are still to be used */
	size_t text_at, text_len;
	size_t left_out;
	bool pasting;
	bool after_cr; /* a line feed is part of the line break before it */
};

static int64_t
now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static bool
is_gone(struct keystrokes *k)
{
	int64_t now = now_ms();

	if (k->gone == NULL || now - k->asked < SLICE_MS)
		return false;
	k->asked = now;
	return k->gone(k->ctx);
}

/* Wipe what was used and move the rest to the front. */
static void
tidy(struct keystrokes *k)
{
	uint8_t *in = secret_bytes(k->in);
	size_t rest = k->len - k->at;

	memmove(in, in + k->at, rest);
	bytes_wipe(in + rest, k->len - rest);
	k->at = 0;
	k->len = rest;
	k->text_len = 0;
}

/* Read more bytes.  KEYS_TEXT if there are, else why not. */
static int
fill(struct keystrokes *k, int timeout_ms)
{
	int64_t end = now_ms() + timeout_ms;
	struct pollfd p = { k->fd, POLLIN, 0 };

	for (;;) {
		int64_t left = timeout_ms < 0 ? SLICE_MS : end - now_ms();
		int slice = left < 0 ? 0
				     : (int)(left < SLICE_MS ? left : SLICE_MS);
		int n = poll(&p, 1, slice);
		ssize_t got;

		if (is_gone(k))
			return KEYS_GONE;
		if (n < 0)
			return errno == EINTR ? KEYS_NONE : KEYS_CLOSED;
		if (n == 0 && left <= slice && timeout_ms >= 0)
			return KEYS_NONE;
		if (n == 0)
			continue;
		got = read(
		    k->fd, secret_bytes(k->in) + k->len, IN_LEN - k->len);
		if (got < 0 && (errno == EINTR || errno == EAGAIN))
			return KEYS_NONE;
		if (got <= 0)
			return KEYS_CLOSED;
		k->len += (size_t)got;
		return KEYS_TEXT;
	}
}

static int
letter_key(uint8_t letter, bool modified)
{
	switch (letter) {
	case 'A':
		return KEYS_UP;
	case 'B':
		return KEYS_DOWN;
	case 'C':
		return modified ? KEYS_WORD_RIGHT : KEYS_RIGHT;
	case 'D':
		return modified ? KEYS_WORD_LEFT : KEYS_LEFT;
	case 'F':
		return modified ? KEYS_TEXT_END : KEYS_END;
	case 'H':
		return modified ? KEYS_TEXT_START : KEYS_HOME;
	case 'P':
		return KEYS_F1;
	case 'Q':
		return KEYS_F2;
	}
	return KEYS_OTHER;
}

static int
number_key(int number, bool modified)
{
	switch (number) {
	case 1:
	case 7:
		return modified ? KEYS_TEXT_START : KEYS_HOME;
	case 4:
	case 8:
		return modified ? KEYS_TEXT_END : KEYS_END;
	case 3:
		return KEYS_DELETE;
	case 5:
		return KEYS_PAGE_UP;
	case 6:
		return KEYS_PAGE_DOWN;
	case 11:
		return KEYS_F1;
	case 12:
		return KEYS_F2;
	case 200:
		return KEYS_PASTE;
	}
	return KEYS_OTHER;
}

/* ESC [ numbers letter; return the length or 0 if it is not whole. */
static size_t
control_sequence(int *key, const uint8_t *in, size_t len)
{
	int number[2] = { 0, 1 };
	size_t at, n = 0;

	for (at = 2; at < len && in[at] >= 0x20 && in[at] < 0x40; at++) {
		if (in[at] == ';')
			n++;
		if (in[at] == ';' && n == 1)
			number[1] = 0;
		if (n < 2 && in[at] >= '0' && in[at] <= '9' && number[n] < 1000)
			number[n] = number[n] * 10 + (in[at] - '0');
	}
	*key = KEYS_OTHER;
	if (at >= len)
		return len < SEQUENCE_MAX ? 0 : len;
	if (in[at] < 0x40)
		return at; /* a control character: the sequence is broken */
	/* Shift alone, 2, changes nothing here; Alt and Ctrl do. */
	if (in[at] == '~')
		*key = number_key(number[0], number[1] > 2);
	else
		*key = letter_key(in[at], number[1] > 2);
	return at + 1;
}

/* What follows ESC at in; return the length or 0 if it is not whole. */
static size_t
sequence(int *key, const uint8_t *in, size_t len)
{
	*key = KEYS_ESCAPE;
	if (len < 2)
		return 0;
	switch (in[1]) {
	case '[':
		if (len < 3 || in[2] != '[')
			return control_sequence(key, in, len);
		/* The Linux console: ESC [ [ A is F1. */
		if (len > 3)
			*key = in[3] == 'A' ? KEYS_F1
			    : in[3] == 'B'  ? KEYS_F2
					    : KEYS_OTHER;
		return len > 3 ? 4 : 0;
	case 'O':
		if (len > 2)
			*key = letter_key(in[2], false);
		return len > 2 ? 3 : 0;
	case 'b':
		*key = KEYS_WORD_LEFT;
		return 2;
	case 'f':
		*key = KEYS_WORD_RIGHT;
		return 2;
	case 0x7f:
		*key = KEYS_WORD_BACKSPACE;
		return 2;
	}
	return 1; /* the key itself, or Alt, which has no other meaning */
}

static int
escape(struct keystrokes *k)
{
	int key;
	size_t n;

	while ((n = sequence(
		    &key, secret_bytes(k->in) + k->at, k->len - k->at)) == 0) {
		int more = KEYS_NONE;

		tidy(k);
		if (k->len < IN_LEN)
			more = fill(k, SEQUENCE_MS);
		if (more == KEYS_GONE)
			return KEYS_GONE;
		if (more != KEYS_TEXT) {
			/* Nothing follows: the key itself, or a torn one. */
			n = k->len;
			break;
		}
	}
	k->at += n;
	k->pasting = key == KEYS_PASTE;
	k->after_cr = false;
	return key;
}

static int
control(uint8_t c)
{
	switch (c) {
	case '\r':
	case '\n':
		return KEYS_ENTER;
	case '\t':
		return KEYS_TAB;
	case '\b':
	case 0x7f:
		return KEYS_BACKSPACE;
	case 0:
		return KEYS_OTHER;
	}
	return c;
}

static bool
is_control(uint32_t cp)
{
	return cp < 0x20 || (cp >= 0x7f && cp < 0xa0);
}

/* The length of the code point at in if more bytes might complete it. */
static bool
is_torn(const uint8_t *in, size_t len)
{
	size_t need = in[0] >= 0xf0 ? 4 : in[0] >= 0xe0 ? 3 : 2;

	if (in[0] < 0xc2 || in[0] > 0xf4 || len >= need)
		return false;
	for (size_t i = 1; i < len; i++)
		if ((in[i] & 0xc0) != 0x80)
			return false;
	return true;
}

/* One control character inside pasted text, put at to. */
static size_t
paste_control(struct keystrokes *k, uint8_t *to, uint8_t c)
{
	bool joined = c == '\n' && k->after_cr;

	k->after_cr = c == '\r';
	if (joined)
		return 0;
	if (c != '\r' && c != '\n' && c != '\t') {
		k->left_out++;
		return 0;
	}
	*to = c == '\r' ? '\n' : c;
	return 1;
}

/* True if what stands at in is, or may become, the end of a paste. */
static bool
may_end_paste(const uint8_t *in, size_t len)
{
	return memcmp(in, paste_end,
		   len < PASTE_END_LEN ? len : PASTE_END_LEN) == 0;
}

/*
 * Take text as far as it goes; what is left out is closed up in place.  Stops
 * before what has to be read on, and outside a paste before control characters.
 */
static void
take_text(struct keystrokes *k)
{
	uint8_t *in = secret_bytes(k->in);
	size_t to = k->at;
	uint32_t cp;

	k->text_at = k->at;
	while (k->at < k->len) {
		const uint8_t *from = in + k->at;
		size_t step = text_next(&cp, from, k->len - k->at);

		if (step == 0 && is_torn(from, k->len - k->at))
			break;
		if (step == 1 && is_control(cp)) {
			if (!k->pasting || may_end_paste(from, k->len - k->at))
				break;
			to += paste_control(k, in + to, (uint8_t)cp);
		} else if (step == 0 || is_control(cp)) {
			step = step == 0 ? 1 : step;
			k->left_out += step;
		} else {
			memmove(in + to, from, step);
			to += step;
			k->after_cr = false;
		}
		k->at += step;
	}
	k->text_len = to - k->text_at;
}

/* The key at the front of what was read; KEYS_NONE if more is needed. */
static int
take(struct keystrokes *k)
{
	const uint8_t *in = secret_bytes(k->in);
	size_t left = k->len - k->at;

	if (left == 0)
		return KEYS_NONE;
	if (k->pasting && left >= PASTE_END_LEN &&
	    may_end_paste(in + k->at, left)) {
		k->at += PASTE_END_LEN;
		k->pasting = false;
		return KEYS_PASTE_END;
	}
	if (!k->pasting && in[k->at] == ESC)
		return escape(k);
	if (!k->pasting && is_control(in[k->at]) && in[k->at] < 0x80)
		return control(in[k->at++]);
	take_text(k);
	return k->text_len > 0 ? KEYS_TEXT : KEYS_NONE;
}

int
keystroke_next(struct keystrokes *k, int timeout_ms)
{
	int key;

	if (is_gone(k))
		return KEYS_GONE;
	for (;;) {
		size_t left;

		tidy(k);
		left = k->len - k->at;
		if ((key = take(k)) != KEYS_NONE)
			return key;
		/* Bytes that were left out may stand before a whole key. */
		if (k->at < k->len && k->len - k->at < left)
			continue;
		tidy(k);
		if ((key = fill(k, timeout_ms)) != KEYS_TEXT)
			return key;
	}
}

const uint8_t *
keystroke_text(size_t *len, const struct keystrokes *k)
{
	*len = k->text_len;
	return secret_view(k->in) + k->text_at;
}

bool
keystroke_are_waiting(const struct keystrokes *k)
{
	struct pollfd p = { k->fd, POLLIN, 0 };

	return k->at < k->len || poll(&p, 1, 0) > 0;
}

size_t
keystroke_left_out(struct keystrokes *k)
{
	size_t n = k->left_out;

	k->left_out = 0;
	return n;
}

struct keystrokes *
keystroke_new(int fd, bool (*gone)(void *ctx), void *ctx)
{
	struct keystrokes *k;

	if ((k = calloc(1, sizeof(*k))) == NULL)
		return NULL;
	k->fd = fd;
	k->gone = gone;
	k->ctx = ctx;
	if ((k->in = secret_new(IN_LEN)) == NULL) {
		free(k);
		return NULL;
	}
	return k;
}

void
keystroke_free(struct keystrokes *k)
{
	if (k == NULL)
		return;
	secret_free(k->in);
	free(k);
}
