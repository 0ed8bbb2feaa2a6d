/* SPDX-License-Identifier: ISC */
/*
 * editor - write a long text on the whole screen.
 *
 * The text never leaves our memory but for the screen: no file, no other
 * program.  It is drawn on the terminal's alternate screen through /dev/tty,
 * whatever standard output is, and nothing of it is left on the screen or
 * above it.
 */
#ifndef CLI_EDITOR_H
#define CLI_EDITOR_H

#include <stdbool.h>
#include <stdint.h>

struct buf;

#define EDITOR_LIMIT ((int64_t)4 * 1024 * 1024)

struct editor_hooks {
	void *ctx;

	/*
	 * Keep text as a draft and return 0 if that was done.  Called at most
	 * every 10 seconds, if the text changed, and once more when the
	 * terminal is closed.  NULL: no drafts.
	 */
	int (*draft)(void *ctx, const struct buf *text);

	/* Asked at least every 50 ms: true if the vault was locked. */
	bool (*gone)(void *ctx);

	const char *title; /* any bytes; made safe here */
	int64_t limit;     /* in bytes; 0 is EDITOR_LIMIT */

	/* Is this key a yes?  NULL: y and Y are. */
	bool (*is_yes)(const void *key, size_t len);
};

enum editor_end {
	EDITOR_KEEP,   /* *text is what was written */
	EDITOR_DROP,   /* *text is as it was */
	EDITOR_GONE,   /* *text is wiped and empty */
	EDITOR_FAILED, /* no terminal, no memory; *text is as it was */
};

/*
 * The program itself is on the alternate screen: what it prints after the
 * editor belongs there too.
 */
void editor_stay_on_alternate_screen(void);

/* Let a person change text, which may hold any bytes. */
enum editor_end editor_run(struct buf *text, const struct editor_hooks *hooks);

#endif
