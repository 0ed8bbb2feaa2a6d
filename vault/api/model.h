/* SPDX-License-Identifier: ISC */
/*
 * model - types, fields and codes, and a body being written by them.  Part of
 * vault.h, which includes it.
 */
#ifndef VAULT_API_MODEL_H
#define VAULT_API_MODEL_H

/* ---- The model ---- */

/*
 * What can be written down, from the table that also checks it: constant.
 * Types, fields, members and codes are walked with *_next, which begins with
 * NULL and ends with NULL.
 */
enum vault_kind {
	VAULT_KIND_LINE, /* one line of text */
	VAULT_KIND_TEXT, /* any number of lines */
	VAULT_KIND_CODE, /* a code of the field's vocabulary */
	VAULT_KIND_BOOL,
	VAULT_KIND_INT,
	VAULT_KIND_LINK,   /* the id of a record of these types */
	VAULT_KIND_OBJECT, /* with members */
};
struct vault_type {
	const void *row;
	const char *name, *label, *help;
	int level;  /* of a new record */
	bool fixed; /* its own fields never change */
};
struct vault_field {
	const void *row;
	const char *name, *label, *help;
	enum vault_kind kind;
	const char *form; /* one word for what it is: "text", "edtf", "id" */
	bool many, must, should;
	bool once;             /* never changes after the first version */
	bool filled;           /* by the program: not to be asked for */
	const char *must_when; /* "op=range", or NULL */
	const char *only_when; /* the same: elsewhere it is refused */
	const char *targets;   /* of a link: names of types, "" is any */
	const char *object;    /* of an object: "date", "party", "name" ... */
	const char *vocab;     /* of a code: the name of its vocabulary */
};
struct vault_vocab {
	const void *row;
	const char *name;
	const char *table; /* of the Micro-thesauri, or NULL */
	bool open;         /* other codes are saved, too */
};
struct vault_code {
	const void *row;
	const char *code, *esf, *label;
	const char *group; /* a set that queries know, or NULL */
	const char *vocab;
};
bool vault_type_next(struct vault_type *t);
bool vault_type_by_name(struct vault_type *t, const char *name);
bool vault_field_next(struct vault_field *f, const struct vault_type *t);
bool vault_member_next(struct vault_field *m, const struct vault_field *f);
bool vault_code_next(struct vault_code *c, const struct vault_field *f);
bool vault_vocab_next(struct vault_vocab *v);
bool vault_vocab_by_name(struct vault_vocab *v, const char *name);
bool vault_vocab_code_next(struct vault_code *c, const struct vault_vocab *v);

/*
 * Languages beside English that codes have labels in.  A label of such a
 * language, by its code in BCP 47 or the name of a locale; in English if there
 * is none.
 */
struct vault_language {
	const void *row;
	const char *lang;
	bool reviewed; /* by a native speaker */
};
bool vault_language_next(struct vault_language *l);
const char *vault_code_label(const struct vault_code *c, const char *lang);

/*
 * Names near to one that is not there, the nearest first, constant; returns
 * how many: of types, of the fields of t, of the members of f, of
 * vocabularies, of the codes of one.
 */
size_t vault_near_types(const char *near[static 3], const char *name);
size_t vault_near_fields(
    const char *near[static 3], const struct vault_type *t, const char *name);
size_t vault_near_members(
    const char *near[static 3], const struct vault_field *f, const char *name);
size_t vault_near_vocabs(const char *near[static 3], const char *name);
size_t vault_near_codes(
    const char *near[static 3], const struct vault_vocab *v, const char *code);

/* ---- A body being written ---- */

/*
 * A JSON body, changed by path ("names[0].text").  Values go in as people
 * type them: a number, "yes", a code, an id; what the field wants is made of
 * it.  VAULT_EUSE: no such path, or not such a value; nothing is changed.
 *
 * An index equal to the number of elements appends, and so does the name of
 * an array alone.  A date and a span take "2011-02-15~/.. (since
 * mid-February)", the one without the other, or words that are kept as words;
 * a party an id or words; a name, a place or a citation its text or id.
 */
struct vault_body;
VAULT_CHECKED enum vault_err vault_body_new(
    struct vault_body **out, const char *type);
VAULT_CHECKED enum vault_err vault_body_read(
    struct vault_body **out, const void *json, size_t len);
void vault_body_free(struct vault_body *b);
VAULT_CHECKED enum vault_err vault_body_set(
    struct vault_body *b, const char *path, const char *text, size_t len);
VAULT_CHECKED enum vault_err vault_body_unset(
    struct vault_body *b, const char *path);

/* The value at path as text; false if there is none. */
bool vault_body_get(
    struct buf *out, const struct vault_body *b, const char *path);

/*
 * Words for a date or a duration, read by the word lists of a language as
 * those of lists are (locale: "es_ES"; of a language that has none, English).
 * Nothing is guessed; it is for a person to say whether it is what was meant.
 */
struct vault_words {
	struct buf least, most; /* of a date least alone: EDTF; else ISO 8601 */
	bool exact;             /* the duration itself, and no bounds of it */
	bool starts, ends;      /* a date: it has a first day, and a last one */
	int64_t first, last;    /* these days, at their beginning */
};

/* VAULT_EUSE: not understood.  Free *out in any case. */
VAULT_CHECKED enum vault_err vault_words_read(struct vault_words *out,
    const struct vault_field *field, const char *locale, const char *text,
    size_t len);
void vault_words_free(struct vault_words *w);

/* The number of elements of the array at path; 0 if there is none. */
size_t vault_body_count(const struct vault_body *b, const char *path);

/*
 * True if the object at that path ("": the body) is as a condition like
 * must_when says.  Where its field is absent none holds.
 */
bool vault_body_holds(
    const struct vault_body *b, const char *object, const char *condition);

VAULT_CHECKED enum vault_err vault_body_json(
    struct buf *out, const struct vault_body *b);

/* What vault_add would say of the body, which is kept nowhere. */
VAULT_CHECKED enum vault_err vault_body_check(
    struct vault_report *report, const struct vault_body *b);

#endif
