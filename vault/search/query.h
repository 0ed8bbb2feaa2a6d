/* SPDX-License-Identifier: ISC */
/*
 * query - the query language.  Any text is a valid query.  (Before it comes
 * here, the whole id of a record was taken for that record.)
 *
 *	teng biao          both words, anywhere       a AND b: the same;
 *	                   or one word of a name:     Tengbiao
 *	teng OR liu        either                     AND binds tighter
 *	teng NOT beijing   the first without the second
 *	"teng biao"        these words in this order
 *	teng*  "teng bi"*  words that begin so
 *	status:held        the value of a field
 *	place:"hai dian"   the value begins with these words; office: too
 *	name:biao          a word, but in a name only (or in a title)
 *	date:2011-02..     days that may fall into a range; also a/b
 *	date:~2011-02..    a unit more: from January on, here
 *	duration:30d..     how long it may have lasted; 2w..1m, 36h, P1Y6M
 *	( )                what belongs together
 *
 * Operators are upper-case, fields lower-case, and a field's value follows
 * its colon at once.  Everything else is words, cut by words.h: al-Jazeera,
 * O'Brien.  Typographic double quotes count as double quotes.  What does not
 * fit (an operator without its operand, a quote or parenthesis without its
 * partner, a word of punctuation only) is passed over; a date that is not
 * understood and a field without a value are words; bytes that are not UTF-8
 * are blanks.  A query with nothing in it matches every record.
 *
 * A query_sql reads these tables; item.num is the local number of a record:
 *
 *	item(num INTEGER PRIMARY KEY, ...)
 *	find   FTS5 over body, names, title; tokenize='amparo'; rowid = num
 *	value(field INTEGER, key TEXT, num INTEGER,
 *	    PRIMARY KEY(field, key, num)) WITHOUT ROWID
 *
 * value.field is an enum query_field, or one of the numbers behind it, and
 * value.key the text_key() of a value, of an office the first 16
 * bytes of its signing key in hexadecimal.
 */
#ifndef SEARCH_QUERY_H
#define SEARCH_QUERY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/buf.h"
#include "core/error.h"

/* What goes beyond these is left out, and query.truncated says so. */
#define QUERY_NODES_MAX 192
#define QUERY_WORDS_MAX 256
#define QUERY_DEPTH_MAX 12

/*
 * So many words of a name are found written together, and the other way round.
 * Part of the index: FORMAT.md, 7.7.
 */
#define QUERY_RUN_MAX 4

/* Stored in value.field: never renumber. */
enum query_field {
	QUERY_ANY = 0,
	QUERY_TYPE = 1,
	QUERY_TITLE = 2,
	QUERY_NAME = 3,
	QUERY_STATUS = 4,
	QUERY_ACT = 5,
	QUERY_PLACE = 6,
	QUERY_COUNTRY = 7,
	QUERY_DATE = 8,
	QUERY_CASE = 9,
	QUERY_TAG = 10,
	QUERY_LEVEL = 11,
	QUERY_OFFICE = 12,
	QUERY_DURATION = 23, /* its key: as that of QUERY_DAY, of numbers */
};

/*
 * In value.field too, and in no query: the row of a list, by table_key(); the
 * text_key() of what a record may be called by; the days that it may fall
 * into, two numbers of QUERY_DAY_FORM: the first and the last, or an end of
 * int32_t if it is open; the id of each record that it links to; a
 * change of status, as status_key() has it; the kind of a person that is not
 * one person; the days from which it wants to be looked at again, each a first
 * day as above and the field that says so; of a person, the ids of records of
 * whom somebody says that it is the same person or not, the text_key() without
 * blanks of the number of each identity paper, and the day of birth, one
 * number of QUERY_DAY_FORM, if it is a day; of no record, in a row of num 0,
 * the version of Unicode that made the keys.
 */
#define QUERY_ROW_KEY 13
#define QUERY_LABEL 14
#define QUERY_DAY 15
#define QUERY_LINK 16
#define QUERY_CHANGE 17
#define QUERY_KIND 18
#define QUERY_DUE 19
#define QUERY_SAME 20
#define QUERY_PAPER 21
#define QUERY_BORN 22
#define QUERY_UNICODE 24
#define QUERY_DAY_FORM "%08llx"
#define QUERY_DAY_ZERO ((int64_t)1 << 31) /* 1970-01-01, as it is written */

/* The name that stands before the colon; NULL if there is no such field. */
const char *query_field_name(enum query_field field);

enum query_kind {
	QUERY_AND,   /* all of two or more children */
	QUERY_OR,    /* any of two or more children */
	QUERY_NOT,   /* not its one child, which is no QUERY_NOT */
	QUERY_WORDS, /* a phrase in the text, the names or the title */
	QUERY_VALUE, /* a value of a field */
	QUERY_DAYS,  /* days, or numbers of them, that touch a range */
};

#define QUERY_NONE (-1)

struct query_word {
	size_t key, key_len; /* in query.keys */
	bool single;         /* WORD_SINGLE: stands for any pair it begins */
};

struct query_node {
	enum query_kind kind;
	enum query_field field; /* of words: any, title or name */
	bool prefix;            /* the last word, or the value, may go on */
	bool positive;          /* under an even number of NOTs */
	int child, next;        /* nodes, or QUERY_NONE; child < node */
	/* Words: query.words[word] and on. */
	size_t word, n;
	size_t joined, joined_len; /* in keys: the words written together */
	/*
	 * Words: the source in query.text.  Values: the key in query.keys; of
	 * an office, once query_offices has been there, n keys of len bytes.
	 */
	size_t at, len;
	/* Days since 1970-01-01; INT64_MIN and INT64_MAX are open ends. */
	int64_t lo, hi;
};

struct query {
	struct query_node nodes[QUERY_NODES_MAX];
	size_t n_nodes;
	int root; /* QUERY_NONE: matches everything */
	struct query_word words[QUERY_WORDS_MAX];
	size_t n_words;
	struct buf text; /* the query as valid UTF-8 */
	struct buf keys;
	bool truncated; /* there was more than the maxima above allow */
};

/*
 * Understand a query.  No bytes are wrong: the only error is VAULT_ENOMEM, or
 * VAULT_EUSE for more than BUF_MAX bytes.
 */
VAULT_CHECKED enum vault_err query_parse(
    struct query **out, const void *text, size_t len);
void query_free(struct query *query);

/*
 * Put the signing keys of the offices of that name in the place of each value
 * of the field office: our own, or a contact.  Without it office finds
 * nothing.
 */
struct store;
/* The first 16 bytes of a signing key, in hexadecimal. */
#define QUERY_OFFICE_LEN 32
VAULT_CHECKED enum vault_err query_offices(
    struct query *query, struct store *s);

/*
 * The first part of a query that can find nothing, or that is read as words
 * though it looks like a field; to be told to whoever has found nothing.
 */
enum query_doubts {
	QUERY_NO_DOUBT,
	QUERY_NO_FIELD, /* field is none that can be searched by */
	QUERY_NO_VALUE, /* value is nothing that field can be */
	QUERY_NO_DATE,  /* value is not understood as days */
	QUERY_NO_CASE,  /* value is not the id of a case */
};
struct query_doubt {
	enum query_doubts what;
	struct buf field, value; /* or empty */
	const char *near[3];     /* fields or values: constant */
	size_t n_near;
};
/* Give d to query_doubt_free, also after an error. */
VAULT_CHECKED enum vault_err query_doubt(
    struct query_doubt *d, const struct query *query);
void query_doubt_free(struct query_doubt *d);

struct query_param {
	bool is_text;
	int64_t number;
	size_t at, len; /* in query_sql.text */
};

struct query_sql {
	/*
	 * What stands between FROM and ORDER BY, WHERE included, with a "?"
	 * for each of params in order.  Columns of item may be selected.
	 */
	struct buf from;
	/* What to order by to have the best first; NULL: nothing to rank. */
	const char *rank;
	/*
	 * What to count instead of `from`, with the same parameters; NULL:
	 * that itself.  A record has one row in item and one in find.
	 */
	const char *count;
	struct buf text;
	struct query_param *params;
	size_t n_params;
};

/*
 * Turn query into SQL: "SELECT item.num FROM " from " ORDER BY " rank.  Give
 * it to query_sql_free, also after an error.
 */
VAULT_CHECKED enum vault_err query_sql(
    struct query_sql *out, const struct query *query);
void query_sql_free(struct query_sql *sql);

/* The bytes of a text parameter: borrowed. */
const char *query_param_text(
    const struct query_sql *sql, const struct query_param *param);

#endif
