/* SPDX-License-Identifier: ISC */
/*
 * lineedit - one line typed on /dev/tty, of any length, edited by grapheme
 * clusters; or a passphrase, of which nothing is shown.
 *
 * A line that is longer than the screen is wide is shown in part, around the
 * cursor, so that it never runs into the scrollback.  All memory that holds
 * what was typed is wiped.  Line breaks and tabs in pasted text become blanks.
 */
#ifndef CLI_LINEEDIT_H
#define CLI_LINEEDIT_H

#include <stdbool.h>
#include <stddef.h>

struct buf;
struct lineedit;
struct secret;

/* The longest passphrase, in bytes. */
#define LINEEDIT_SECRET_MAX 1024

enum lineedit_end {
	LINEEDIT_DONE,
	LINEEDIT_CANCELLED, /* Ctrl-C, or Esc while a secret is typed */
	LINEEDIT_CLOSED,    /* Ctrl-D on an empty line, or no terminal left */
	LINEEDIT_GONE,      /* the vault was locked */
	LINEEDIT_TOO_LONG, /* a secret of more than LINEEDIT_SECRET_MAX bytes */
	LINEEDIT_NOT_TEXT, /* a secret with bytes that are no UTF-8, or lines */
	LINEEDIT_FAILED,   /* no memory, no terminal settings */
};

struct lineedit_hooks {
	void *ctx;

	/* Asked at least every 50 ms: true ends the line.  May be NULL. */
	bool (*gone)(void *ctx);

	/*
	 * TAB was pressed behind the first at bytes of line.  Append to
	 * options what might stand there, each with a '\n' behind it, and
	 * return where in the line these would begin.  May be NULL.
	 */
	size_t (*complete)(
	    void *ctx, struct buf *options, const struct buf *line, size_t at);

	/* Told of the line after each key.  May be NULL. */
	void (*typed)(void *ctx, const struct buf *line);
};

/*
 * Open /dev/tty; the hooks are copied.  NULL if there is no terminal or no
 * memory.  The terminal is in raw mode only while a line is read.
 */
struct lineedit *lineedit_new(const struct lineedit_hooks *hooks);

/* Wipe all, the history included, and free; accepts NULL. */
void lineedit_free(struct lineedit *l);

/*
 * Ask with prompt, which is written as it is, and with the line start, which
 * may be NULL, to be changed. If the result is LINEEDIT_DONE the line, without
 * its end, replaces what was in *out; else *out is empty.
 */
enum lineedit_end lineedit_read(
    struct buf *out, struct lineedit *l, const char *prompt, const char *start);

/*
 * Ask for a passphrase.  *out is NULL unless the result is LINEEDIT_DONE; it
 * is NULL for an empty passphrase too, since a secret cannot be empty.
 */
enum lineedit_end lineedit_secret(
    struct secret **out, struct lineedit *l, const char *prompt);

/* Add a line to the history, which is kept in memory only. */
void lineedit_remember(struct lineedit *l, const struct buf *line);

/* Wipe the history. */
void lineedit_forget(struct lineedit *l);

#endif
