/* SPDX-License-Identifier: ISC */
/*
 * form - asking for the fields of a record, one line each, on /dev/tty.
 *
 * A first pass asks what must or should be there, and the little more that a
 * first account consists of; the rest is asked when it is wanted.  At every
 * prompt Enter keeps what is there, ? explains, - empties, < goes back, !
 * finishes, "more" asks for all there is; a backslash in front of one of
 * these makes it a text.  Nothing is guessed: words for a date stay words,
 * unless a person says that they were understood.
 *
 * What is written is kept as a draft after each field, and every ten seconds
 * while a line or a text is being typed.
 */
#ifndef CLI_FORM_H
#define CLI_FORM_H

#include <time.h>

#include "lineedit.h"
#include "session.h"

#define FORM_PATH_LEN 256

/* To be zeroed, but for the first five. */
struct form {
	const struct cli *cli;
	struct session *s;
	struct vault_type type;
	struct vault_body *body;
	char record[VAULT_ID_LEN]; /* "": a new one */
	const struct buf *follows; /* its heads, of vault_record; or NULL */

	struct lineedit *l;
	bool changed; /* anything was set or emptied here */
	bool drafts_fail;
	int64_t draft;              /* its number, 0: none yet */
	time_t drafted, touched;    /* by CLOCK_MONOTONIC */
	char asking[FORM_PATH_LEN]; /* what a line is typed for, or "" */
	char instead[VAULT_ID_LEN]; /* with FORM_INSTEAD */
	enum vault_err err;         /* with FORM_FAILED */
};

/* How asking ended. */
enum form_end {
	FORM_NEXT,    /* all was asked */
	FORM_BACK,    /* back, from the first field */
	FORM_MORE,    /* "more" was typed (not seen outside) */
	FORM_EMPTIED, /* "-" was typed (not seen outside) */
	FORM_FINISH,  /* enough: ! or Ctrl-D */
	FORM_STOP,    /* Ctrl-C */
	FORM_CLOSED,  /* the terminal is gone */
	FORM_LOCKED,  /* the vault is */
	FORM_INSTEAD, /* it is here already: that record is meant */
	FORM_FAILED,  /* no memory, or an error of the vault */
};

/* Open the terminal.  False: there is none. */
bool form_open(struct form *f);
void form_close(struct form *f);

/* Ask the first pass, or what it leaves out, or the field of a path. */
enum form_end form_first(struct form *f);
enum form_end form_rest(struct form *f);
enum form_end form_again(struct form *f, const char *path);

/* True if the record says facts that are written once, and is here already. */
bool form_is_settled(const struct form *f);

/*
 * Set the value at path to what text means there: codes by label too, links
 * by name, a party by "@NAME".  Returns 0, or an exit status after a message.
 */
int form_set(struct form *f, const char *path, const char *text);

/* Keep what there is as a draft. */
VAULT_CHECKED enum vault_err form_draft(struct form *f);

/* What stands in the record, on the terminal. */
void form_show(struct form *f);

/* A sentence on the terminal. */
#define FORM_TELL(...)                                                         \
	do {                                                                   \
		struct buf tell_ = { 0 };                                      \
		say_put(&tell_, __VA_ARGS__, NULL);                            \
		buf_put_byte(&tell_, '\n');                                    \
		(void)ask_show(buf_text(&tell_));                              \
		buf_free(&tell_);                                              \
	} while (0)

#endif
