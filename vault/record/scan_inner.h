/* SPDX-License-Identifier: ISC */
/*
 * scan_inner - what the files of scan.h share: scan_forms.c makes the forms
 * that are looked for, scan.c looks for them in a text, scan_near.c for those
 * with a letter wrong.
 *
 * The forms stand in one sorted array, which is walked like a tree: from each
 * place where a name may begin, one byte after the other narrows the range of
 * forms that agree so far.
 */
#ifndef RECORD_SCAN_INNER_H
#define RECORD_SCAN_INNER_H

#include "core/buf.h"
#include "record/scan.h"

/* A name of several words and so many letters may go on a little. */
#define LOOSE_LETTERS 6
#define LOOSE_AFTER 3
#define LOOSE_BEFORE 3

/* What is shorter is no number of a person. */
#define NUMBER_MIN 5
#define NUMBER_ANYWHERE 7

struct form {
	char *key; /* without blanks */
	size_t len;
	size_t who;
	enum scan_kind kind;
	uint8_t words;
	bool loose; /* several words, long enough */
	bool alone; /* so short that it must stand by itself */
	bool near;  /* long enough to be known with a letter wrong */
	bool half;  /* a half of such a one, which has these bytes around it: */
	size_t before, after;
};

#define KINDS 3

/* Somebody who is looked for. */
struct whom {
	bool is_short; /* a form is .alone */
	uint64_t turn; /* the text in which .found were found */
	uint8_t found[KINDS];
};

struct scan {
	struct form *forms;
	size_t n, cap;
	bool sorted;
	size_t first[257]; /* once sorted: the forms that begin with a byte */
	struct buf whom;   /* struct whom, by number */
	uint64_t turn;     /* how many texts were looked through */
	bool earlier;      /* what is added is no longer said */
	bool exact;        /* or is no name, and has no near ones */
	bool open;         /* see scan_is_open */
};

/* In order, of one person each key once; before anything is looked for. */
VAULT_CHECKED enum vault_err scan_sort(struct scan *s);

bool scan_is_hangul(uint32_t cp);
struct whom *scan_whom(const struct scan *s, size_t who);

/* What stands before a byte of the squeezed text, or at its end. */
enum {
	BLANK = 1,     /* a blank was taken out here */
	CHARACTER = 2, /* a character begins here */
	SPACELESS = 4, /* this character is of a script without spaces */
	DIGIT = 8,
	PREFIXED = 16, /* of one that writes prepositions before the word */
	ENDING = 32,   /* there was an apostrophe here, within a word */
};

struct looking {
	const struct scan *s;
	struct buf text;  /* the key, without blanks */
	struct buf marks; /* a byte for each, and one behind the last */
	struct buf found; /* struct scan_hit: bytes of the squeezed text */
	bool open;        /* its end begins a form that is longer */
};

/* Does a word begin or end here?  Letters and digits are apart. */
bool scan_is_edge(const struct looking *l, size_t at);

/* Does a word end here, perhaps with an ending behind it that is known? */
bool scan_ends_word(const struct looking *l, size_t len, size_t end);

/*
 * Is there room for one more of this person?  A part that is told says it all,
 * whatever the others are: either it is the only one, or a whole name is there.
 */
bool scan_take_one(const struct looking *l, const struct form *f);

/* One half of a long name is at this place: is the other almost there? */
void scan_note_near(struct looking *l, const struct form *f, size_t at);

#endif
