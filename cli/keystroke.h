/* SPDX-License-Identifier: ISC */
/*
 * keystroke - what is typed on a terminal in raw mode, for the editor and the
 * prompt: text, named keys, pasted text.
 *
 * What was typed lies in guarded memory and is wiped when the next key is
 * read.  Text is always valid UTF-8 without control characters but line break
 * and tab; other bytes are left out, and counted.
 */
#ifndef CLI_KEYSTROKE_H
#define CLI_KEYSTROKE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct keystrokes;

/* What keystroke_next returns; besides these KEYS_CTRL of a letter. */
enum {
	KEYS_NONE = 256, /* nothing in time, or a signal arrived */
	KEYS_GONE,       /* the gone function said so */
	KEYS_CLOSED,     /* the terminal was closed */
	KEYS_TEXT,       /* see keystroke_text */
	KEYS_PASTE,      /* pasted text follows as KEYS_TEXT ... */
	KEYS_PASTE_END,  /* ... and ends here */
	KEYS_ENTER,
	KEYS_TAB,
	KEYS_ESCAPE,
	KEYS_BACKSPACE,
	KEYS_DELETE,
	KEYS_LEFT,
	KEYS_RIGHT,
	KEYS_UP,
	KEYS_DOWN,
	KEYS_HOME,
	KEYS_END,
	KEYS_PAGE_UP,
	KEYS_PAGE_DOWN,
	KEYS_WORD_LEFT,
	KEYS_WORD_RIGHT,
	KEYS_WORD_BACKSPACE,
	KEYS_TEXT_START,
	KEYS_TEXT_END,
	KEYS_F1,
	KEYS_F2,
	KEYS_OTHER, /* a key without a meaning here */
};

#define KEYS_CTRL(letter) ((letter) - '@')

/* What a terminal is told to mark what is pasted, and to stop. */
#define KEYS_PASTE_ON "\033[?2004h"
#define KEYS_PASTE_OFF "\033[?2004l"

/*
 * Read from the terminal fd.  gone, which may be NULL, is asked at least every
 * 50 ms while keystroke_next waits, and as often between keys.  NULL: no
 * memory.
 */
struct keystrokes *keystroke_new(int fd, bool (*gone)(void *ctx), void *ctx);

/* Wipe and free k, which may be NULL.  The terminal stays open. */
void keystroke_free(struct keystrokes *k);

/* The next key, waiting for at most timeout_ms; -1 waits for ever. */
int keystroke_next(struct keystrokes *k, int timeout_ms);

/* The text of the last key, if it was KEYS_TEXT: borrowed, until the next. */
const uint8_t *keystroke_text(size_t *len, const struct keystrokes *k);

/* True if keystroke_next would return at once. */
bool keystroke_are_waiting(const struct keystrokes *k);

/* How many bytes were left out since this was asked last. */
size_t keystroke_left_out(struct keystrokes *k);

#endif
