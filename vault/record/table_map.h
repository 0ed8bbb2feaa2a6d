/* SPDX-License-Identifier: ISC */
/*
 * table_map - how the columns of a table become the fields of a record, as
 * somebody wrote it down (docs/MAPS.md).
 *
 * Strict: a member that is not known, a field that is not there, a code that
 * the field does not take, are refused when the map is read and not when row
 * 1,700 meets them.  Pure: JSON in, a map out.
 */
#ifndef RECORD_TABLE_MAP_H
#define RECORD_TABLE_MAP_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "core/error.h"
#include "record/date_rules.h"
#include "record/json.h"
#include "record/model.h"

#define TABLE_MAP_MAX ((size_t)1024 * 1024)
#define TABLE_NAME_MAX 64
#define TABLE_JOIN_MAX 8 /* columns that make one value together */
#define TABLE_KEY_MAX 8
#define TABLE_RECORDS_MAX 16 /* of a row */
#define TABLE_GROUPS_MAX 10  /* indices of one digit */

/* What a column of dates states, whatever else stands in its cells. */
enum table_date {
	TABLE_DATE_NONE,
	TABLE_DATE_EDTF,  /* what is written */
	TABLE_DATE_DAY,   /* YYYY-MM-DD and nothing else */
	TABLE_DATE_MONTH, /* YYYY-MM, or YYYY-MM-01 for want of a day */
	TABLE_DATE_YEAR,  /* YYYY, or YYYY-01-01 */
	TABLE_DATE_RULES, /* what the rules of the column allow */
};

/* One or more columns, and the field that they fill; or a link. */
struct table_rule {
	const char *columns[TABLE_JOIN_MAX];
	enum table_date dates[TABLE_JOIN_MAX];
	const struct date_rules *date_rules[TABLE_JOIN_MAX];
	size_t n;
	const char *field;
	const struct model_field *leaf; /* NULL: a field of the office's own */
	bool is_date, is_span;
	char unit;            /* of a duration that is a number alone; or NUL */
	uint8_t words;        /* languages in which durations are read */
	const json_t *codes;  /* an array of pairs, or NULL */
	bool keep_unlisted;   /* what is in no pair is taken as it is */
	const char *unlisted; /* what is in no pair becomes this; or NULL */
	const json_t
	    *parts; /* texts between parts that say the same; or NULL */
	const char *join, *split, *prefix; /* or NULL */
	const json_t *with;                /* pairs, or NULL */
	bool is_link;
	size_t to; /* of a link: which record of the row */
	/* Of a period: so many columns say its beginning, the rest its end. */
	size_t n_from;
	bool between;           /* it is a day of that period */
	const json_t *doubtful; /* dates that end so are told; or NULL */
	bool no_doubt; /* a mark of doubt makes its cell one in no pair */
};

/* What must be so for a row to have a record. */
enum table_when_kind {
	TABLE_WHEN_IN,      /* the cell is one of these texts */
	TABLE_WHEN_PRESENT, /* it says something */
	TABLE_WHEN_ABSENT,
	TABLE_WHEN_SAME, /* it says what another cell says */
	TABLE_WHEN_OTHER,
};
struct table_when {
	enum table_when_kind kind;
	const char *column;
	const json_t *in;   /* an array of texts */
	const char *second; /* the other column, or NULL */
};

/*
 * A record that a row becomes.  The first one has no conditions: each row has
 * it, and it is the one that the key of the row means.
 */
struct table_record {
	const char *as; /* its name in the row; NULL: the only one */
	const struct model_type *type;
	bool once;               /* one for the whole list */
	const json_t *constants; /* an array of pairs, or NULL */
	size_t first, n;         /* its rules */
	size_t first_when, n_when;
};

struct table_map {
	json_t *json; /* owns all texts */
	const char *name;
	char delimiter;
	bool paths;            /* columns are called by what they fill */
	bool is_json;          /* the table is an array of objects */
	const json_t *missing; /* an array of texts, or NULL */
	const json_t *doubt;   /* besides question marks; or NULL */
	bool no_doubt;         /* of any cell */
	const char *key[TABLE_KEY_MAX];
	size_t n_key;
	struct table_record records[TABLE_RECORDS_MAX];
	size_t n_records;
	struct table_rule *rules; /* of all records, one behind the other */
	size_t n_rules;
	struct table_when *whens;
	size_t n_whens;
	json_t *made; /* the rules of repeated columns, written out */
	struct date_rules *date_rules; /* all that there are */
	size_t n_date_rules;
	const struct date_rules *dates; /* of columns without their own */
};

enum table_map_why {
	TABLE_MAP_JSON,     /* not JSON as it must be: see .json */
	TABLE_MAP_KIND,     /* not the sort of value that belongs there */
	TABLE_MAP_UNKNOWN,  /* a member that is not known */
	TABLE_MAP_LACKS,    /* a member that must be there */
	TABLE_MAP_VERSION,  /* of a later program */
	TABLE_MAP_TYPE,     /* no such type of record */
	TABLE_MAP_FIELD,    /* no such field, or not one that a cell can fill */
	TABLE_MAP_VALUE,    /* the field does not take this value */
	TABLE_MAP_TWICE,    /* given twice */
	TABLE_MAP_NOT_MANY, /* split, and the field takes one value only */
	TABLE_MAP_NO_RECORD, /* no record of the row has this name */
	TABLE_MAP_NO_LINK,   /* no field that links to such a record */
};

struct table_map_fault {
	enum table_map_why why;
	struct json_fault json;
	char where[128]; /* "columns[3].field" */
	char value[128]; /* an excerpt, valid UTF-8, not made safe; or "" */
	char near[32];   /* what may have been meant; or "" */
};

/* VAULT_EUSE: *fault says why.  Free *out in any case. */
VAULT_CHECKED enum vault_err table_map_read(struct table_map *out,
    struct table_map_fault *fault, const void *text, size_t len);
void table_map_free(struct table_map *map);

/*
 * Is it about who the same person is?  A person here must say that: no list
 * says it, of somebody who is here, in our name.
 */
bool table_is_ours_to_say(const char *path);

/* The text of a pair: of what, or into what.  i < json_array_size. */
const char *table_pair(const json_t *pairs, size_t i, size_t which);

#endif
