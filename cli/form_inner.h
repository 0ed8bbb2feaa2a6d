/* SPDX-License-Identifier: ISC */
/* form_inner - what the files of form.h share. */
#ifndef CLI_FORM_INNER_H
#define CLI_FORM_INNER_H

#include "form.h"

/* One question. */
struct form_ask {
	char path[FORM_PATH_LEN];
	const char *whole; /* what "-" takes out: the path, or more */
	const struct vault_field *field;
	struct buf label; /* made safe, without a colon */
	bool first;       /* of an array, or no array: lists are shown */
	bool direct;      /* a long text opens the editor at once */
};

/* ---- form_value.c ---- */

/* Ask for anything that is one value. */
enum form_end form_value(struct form *f, const struct form_ask *ask);

/*
 * Whether to go into an object, of which shown is a part if it is there, or
 * else NULL: *in.
 */
enum form_end form_gate(bool *in, struct form *f, const struct form_ask *ask,
    const struct buf *shown);

/* How such a value is written. */
enum say form_help_of_kind(const struct vault_field *field);

/* ---- form_words.c ---- */

/* True if the date or duration at path is there in words alone. */
bool form_is_words(
    struct form *f, const struct vault_field *field, const char *path);

/*
 * Words that were put there for a date: what they are read as, if a person
 * says that it is right.  Otherwise they are kept as words; that is said,
 * since nothing sorts them.
 */
enum form_end form_read_words(
    struct form *f, const struct form_ask *ask, const struct buf *line);

/* ---- form_value.c ---- */

/* Set a line, after a look at who has that name; FORM_BACK asks again. */
enum form_end form_take_line(
    struct form *f, const struct form_ask *ask, const struct buf *line);

/* ---- form_answer.c ---- */

/* True if the field takes one line though it is an object: a date. */
bool form_is_line(const struct vault_field *field);

/* True if it is an object of that name. */
bool form_is(const struct vault_field *field, const char *name);

/* The types a link leads to; those of a party's are its first member's. */
const char *form_targets(const struct vault_field *field);

/* Text made safe, and cut to a few columns. */
void form_put_short(struct buf *out, const struct buf *text);

/* What stands at the path, for people; false if nothing does. */
bool form_put_current(
    struct buf *out, const struct form *f, const struct form_ask *ask);

enum answer {
	ANSWER_TEXT,
	ANSWER_KEEP,
	ANSWER_HELP,
	ANSWER_EMPTY,
	ANSWER_END, /* *end says how */
};

/* Read a line behind a prompt; or behind that of a question. */
enum answer form_read(
    struct buf *line, enum form_end *end, struct form *f, const char *prompt);
enum answer form_ask_line(struct buf *line, enum form_end *end, struct form *f,
    const struct form_ask *ask);

/* Ctrl-D and a closed terminal look alike to whoever reads a line. */
bool form_has_terminal(void);

enum form_end form_failed(struct form *f, enum vault_err err);

/* Set what was asked for, or take it out; FORM_BACK: not such a value. */
enum form_end form_put(
    struct form *f, const struct form_ask *ask, const char *text, size_t len);
enum form_end form_take_out(struct form *f, const struct form_ask *ask);

/* ---- form_code.c ---- */

void form_list_codes(const struct vault_field *field);
bool form_list_is_short(const struct vault_field *field);
enum form_end form_take_code(
    struct form *f, const struct form_ask *ask, const struct buf *line);

/* ---- form_link.c ---- */

enum form_end form_take_link(
    struct form *f, const struct form_ask *ask, const struct buf *line);
enum form_end form_take_party(
    struct form *f, const struct form_ask *ask, const struct buf *line);

/* FORM_NEXT: nobody else has that name, or it is another person's. */
enum form_end form_already_here(
    struct form *f, const struct form_ask *ask, const struct buf *name);

/* ---- form_draft.c ---- */

/* Something was set: keep a draft; that it cannot be kept is said once. */
void form_done(struct form *f);

/*
 * True if the vault was locked, or if the process was told to end.  That the
 * terminal hung up is for whoever reads from it to see.
 */
bool form_gone(void *f);

/* Keep the draft with this text in the place of what is being asked. */
int form_keep_text(void *f, const struct buf *text);

#endif
