/* SPDX-License-Identifier: ISC */
/*
 * say - all output of the program.  Results go to standard output, everything
 * else to standard error.  Every sentence stands in say.def and is translated
 * by gettext; every text out of a vault is made safe on its way out.
 */
#ifndef CLI_SAY_H
#define CLI_SAY_H

#include <stdbool.h>
#include <stdint.h>

#include "vault.h"

enum say {
#define SAY(name, text) SAY_##name,
#define SAY_N(name, one, many) SAY_##name,
#include "say.def"
#undef SAY
#undef SAY_N
	SAY_COUNT
};

/* English, or what the locale asks for. */
void say_setup(void);

/*
 * The vault that -v, and the keys that --keys names, or NULL: commands in
 * sentences name them too, so that what is typed as it stands there reaches no
 * other one.
 */
void say_use_vault(const char *folder, const char *keys);

/* JSON on standard output, errors as JSON too. */
void say_use_json(bool on);
bool say_is_json(void);

/*
 * Arguments are texts, as many as the sentence has %s, and NULL behind the
 * last; they are made safe for a terminal.  A sentence with a count (SAY_N)
 * has that count, from say_number, as its first argument.
 */
#define SAY_ARGS __attribute__((sentinel))

/* The reader's language, as a locale has it: "zh_CN.UTF-8", "es", "C". */
const char *say_lang(void);

/* The translation of a label or help text of the library. */
const char *say_label(const char *english);

/* The sentence itself, appended to b, or written to the terminal fd. */
void say_put(struct buf *b, enum say what, ...) SAY_ARGS;

/* What a record is called in lists, or that it is called nothing. */
void say_put_title(struct buf *b, const struct buf *title);

/* A line of the result; nothing when the result is JSON. */
void say_line(enum say what, ...) SAY_ARGS;

/* "amparo: ..." and "hint: ..." on standard error; note: without "amparo". */
void say_error(enum say what, ...) SAY_ARGS;
void say_warning(enum say what, ...) SAY_ARGS;
void say_hint(enum say what, ...) SAY_ARGS;

/*
 * Which option is wrong, a sentence of its name: said by the next say_usage.
 * A value behind a = is left away.  near may be meant by what is no option;
 * or NULL.
 */
void say_bad_option(enum say what, const char *option, const char *near);

/* The usage line of a command; returns exit status 2. */
int say_usage(const char *usage);

/*
 * The message for an error of the library, with its hint; returns the exit
 * status.  about is a path or name, or NULL.
 */
int say_fault(
    enum vault_err err, const struct vault_fault *fault, const char *about);

/* From here on no hint names check, which is what runs. */
void say_checking(void);

/* The exit status of an error. */
int say_status(enum vault_err err);

/* Numbers, times and sizes as text, in one of a few static buffers. */
const char *say_number(uint64_t n);
/*
 * A counted thing, "1 record" or "2 records", as a part of a sentence that has
 * several: what is a SAY_N row whose only argument is the number.
 */
const char *say_counted(enum say what, uint64_t n);
const char *say_time(int64_t unix_seconds); /* ISO 8601, UTC */
const char *say_span(uint64_t seconds);     /* "15 min", "8 h" */
const char *say_size(uint64_t bytes);
/* Six of the twelve groups of an office's digits, half 0 or 1: a short line. */
const char *say_half(const char *digits, unsigned half);

/*
 * A word as a shell takes it, in quotes if it needs them, for a command in a
 * hint; valid until the next call.
 */
const char *say_word(const char *word);

/*
 * Lines of a table: cells are separated by TABs; columns are aligned by
 * display width when standard output is a terminal, else kept as TABs.
 */
void say_table(const struct buf *lines);
/* The same into out; the last cell is broken at blanks, unless columns is 0. */
void say_align(struct buf *out, const struct buf *lines, size_t columns);

/* Lines that are safe already, on standard error; nothing with JSON. */
void say_lines_aside(const struct buf *lines);

/* A JSON document under construction; NULL-safe when memory is short. */
struct doc;
struct doc *doc_object(void);
struct doc *doc_array(void);
void doc_text(struct doc *d, const char *key, const char *text);
void doc_int(struct doc *d, const char *key, int64_t n);
void doc_bool(struct doc *d, const char *key, bool yes);
/* The JSON text of a record, parsed and put in as it is. */
void doc_json(struct doc *d, const char *key, const char *json, size_t len);
/* child is given away; key is NULL in an array. */
void doc_put(struct doc *d, const char *key, struct doc *child);
/* Print and free; returns 0, or 1 if that fails. */
int doc_print(struct doc *d);
void doc_free(struct doc *d);

/* End of the program: flush standard output; 1 if it could not be written. */
int say_finish(int status);

#endif
