/* SPDX-License-Identifier: ISC */
/*
 * model - what a record can hold (records.md, 3 to 5), as tables of data.
 *
 * Everything that checks, asks for, prints or indexes a body is driven by
 * these rows; a new type is new rows.  All pointers are to constant data.
 * Labels and help are in English, to be given to gettext.
 */
#ifndef RECORD_MODEL_H
#define RECORD_MODEL_H

#include <stdbool.h>
#include <stddef.h>

/* What one value of a field is in JSON. */
enum model_kind {
	MODEL_TEXT,   /* a string: one line */
	MODEL_LONG,   /* a string: any number of lines */
	MODEL_CODE,   /* a string: a code of .codes */
	MODEL_NUMBER, /* a string: digits, a number of a long ESF table */
	MODEL_BOOL,
	MODEL_INT,    /* from .low to .high, unless that is less */
	MODEL_DEC,    /* a string: a decimal number, digits as given */
	MODEL_EDTF,   /* a string: a date */
	MODEL_PERIOD, /* a string: a duration */
	MODEL_LANG,   /* a string: BCP 47 */
	MODEL_SCRIPT, /* a string: ISO 15924 */
	MODEL_HASH,   /* a string: SHA-256, in lower-case hexadecimal */
	MODEL_PATH, /* a string: the name of a field, as model_path reads it */
	MODEL_HIDDEN, /* the same, without indices, of a field to be private */
	MODEL_LINK,   /* a string: the id of a record of .targets */
	MODEL_TYPE,   /* a string: the name of a type */
	MODEL_OBJECT, /* from here on an object, with the members .object */
	MODEL_DATE,
	MODEL_SPAN,
	MODEL_PARTY,
	MODEL_CITE,
	MODEL_PLACE,
	MODEL_NAME,
	MODEL_KINDS
};

enum model_need {
	MODEL_OPTIONAL,
	MODEL_SHOULD,    /* saved without it, with a warning */
	MODEL_MUST,      /* refused without it */
	MODEL_MUST_WITH, /* refused without it if its .group is begun */
};

struct model_code {
	const char *code;
	const char *esf; /* its number in ESF, or NULL: ours */
	const char *label;
	const char *group; /* the name of a set that queries know, or NULL */
};

struct model_vocab {
	const char *name;
	const char *table; /* of the Micro-thesauri, or NULL */
	const struct model_code *codes;
	size_t n;
	bool open; /* other codes are saved too, with a warning */
};

struct model_object;

struct model_field {
	const char *name;
	enum model_kind kind;
	bool many; /* an array of such values */
	enum model_need need;
	const char *group;
	const struct model_vocab *codes;
	const struct model_object *object;
	const char *targets;    /* types, parted by blanks; "" is any */
	const char *preset;     /* filled in if absent, or NULL */
	const char *query;      /* its name in the query language, or NULL */
	const char *must_when;  /* "op=range", "op!=approx": refused without */
	const char *only_when;  /* refused unless this is so */
	const char *not_before; /* warn if it ends before this one begins */
	const char *not_below;  /* warn if the number is less than this one */
	const char *two_in; /* warn if confirmed by fewer than two of these */
	int low, high;
	bool quiet;  /* text that the search for words leaves out */
	bool obeyed; /* the program acts on it: never private */
	bool apart;  /* of this office only: always private (body_apart) */
	bool filled; /* by the program: nobody is asked for it */
	const char *label;
	const char *help;
};

struct model_object {
	const char *name;
	const struct model_field *fields;
	size_t n;
	const char *any_of; /* one of these must be there; parted by blanks */
	const char *single; /* true in one element of an array at most */
};

struct model_type {
	const char *name;
	const char *label;
	const char *help;
	int level;  /* filled in if absent */
	bool fixed; /* its own fields never change after the first version */
	/*
	 * What makes its line in a list: fields parted by blanks, with a bar
	 * between fields of which the first that is there is taken, or a plus
	 * between those that stand together.
	 */
	const char *title;
	struct model_object own;
};

/* By name, or NULL. */
const struct model_type *model_type(const char *name);
const struct model_vocab *model_vocab(const char *name);
const struct model_object *model_object(const char *name);

/* The next in the order of the tables; the first after NULL. */
const struct model_type *model_next_type(const struct model_type *after);
const struct model_vocab *model_next_vocab(const struct model_vocab *after);

/* Fields of a type: its own first, then those common to all types. */
const struct model_field *model_next_field(
    const struct model_type *type, const struct model_field *after);
const struct model_field *model_field(
    const struct model_type *type, const char *name);
const struct model_field *model_member(
    const struct model_object *object, const char *name);

/*
 * The field that a path names, like "detention.lawyer_access"; with indices,
 * also "names[0].text".  Without, only the last part may be an array.
 */
const struct model_field *model_path(
    const struct model_type *type, const char *path, bool indices);

const struct model_code *model_code(
    const struct model_vocab *vocab, const char *code);

/* True if a link of this field may point to a record of this type. */
bool model_may_link(const struct model_field *field, const char *type);

/* True if word is one of the words, which are parted by blanks. */
bool model_has_word(const char *words, const char *word);

/*
 * Names near to what was given, the nearest first: by edit distance, by the
 * beginning, for codes also by number or label.  Return how many there are.
 */
#define MODEL_NEAR 3
size_t model_near_types(const char *near[static MODEL_NEAR], const char *name);
size_t model_near_fields(const char *near[static MODEL_NEAR],
    const struct model_type *type, const char *name);
size_t model_near_members(const char *near[static MODEL_NEAR],
    const struct model_object *object, const char *name);
/* The nearest of words that are parted by blanks into out, or "". */
void model_near_word(
    char *out, size_t cap, const char *words, const char *name);
size_t model_near_vocabs(const char *near[static MODEL_NEAR], const char *name);
size_t model_near_codes(const char *near[static MODEL_NEAR],
    const struct model_vocab *vocab, const char *code);

#endif
