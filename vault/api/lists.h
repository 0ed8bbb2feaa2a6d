/* SPDX-License-Identifier: ISC */
/*
 * lists - tables that come in by a map.  Part of vault.h, which includes
 * it.
 */
#ifndef VAULT_API_LISTS_H
#define VAULT_API_LISTS_H

/* ---- Lists ---- */

/*
 * A map says which columns of a table fill which fields (docs/MAPS.md).
 * VAULT_EUSE: *fault says why and where.
 */
enum vault_map_why {
	VAULT_MAP_JSON,      /* not JSON: value says what, where says where */
	VAULT_MAP_KIND,      /* not the sort of value that belongs there */
	VAULT_MAP_UNKNOWN,   /* a member that is not known, or out of place */
	VAULT_MAP_LACKS,     /* a member that must be there */
	VAULT_MAP_VERSION,   /* of a later program */
	VAULT_MAP_TYPE,      /* no such type of record */
	VAULT_MAP_FIELD,     /* no such field, or not one that a cell fills */
	VAULT_MAP_VALUE,     /* the field does not take this value */
	VAULT_MAP_TWICE,     /* given twice */
	VAULT_MAP_NOT_MANY,  /* split, and the field takes one value only */
	VAULT_MAP_NO_RECORD, /* no other record of the row has this name */
	VAULT_MAP_NO_LINK,   /* no field that links to such a record */
};
struct vault_map_fault {
	enum vault_map_why why;
	char where[128]; /* "columns[3]"; "line 3, column 7" of what is no JSON
			  */
	size_t line, column; /* those of what is no JSON, or 0 */
	char value[128]; /* an excerpt, not made safe; what is no JSON; or "" */
	char near[32];   /* what may have been meant; or "" */
};
#define VAULT_MAP_MAX ((size_t)1024 * 1024)
struct vault_map;
VAULT_CHECKED enum vault_err vault_map_read(struct vault_map **out,
    struct vault_map_fault *fault, const void *json, size_t len);
void vault_map_free(struct vault_map *map);

/* Why a file is refused. */
enum vault_table_why {
	VAULT_TABLE_OK,
	VAULT_TABLE_UTF8,        /* not UTF-8 at offset */
	VAULT_TABLE_NUL,         /* a byte of zero at offset */
	VAULT_TABLE_QUOTE,       /* a quote where none can be */
	VAULT_TABLE_CUT,         /* it ends inside quotes */
	VAULT_TABLE_CELLS,       /* so many cells, and so many columns */
	VAULT_TABLE_LONG,        /* a row is too long */
	VAULT_TABLE_EMPTY,       /* no line with the names of the columns */
	VAULT_TABLE_ENCODING,    /* not of the encoding at offset */
	VAULT_TABLE_NO_ENCODING, /* there is none of this name here */
	VAULT_TABLE_ZERO,        /* a zero character, in that encoding */
	VAULT_TABLE_JSON,        /* not JSON: see json */
	VAULT_TABLE_FLAT,     /* not an array of flat objects; or see column */
	VAULT_TABLE_NOT_UTF8, /* JSON is UTF-8 and has no other encoding */
	VAULT_TABLE_NAME,     /* it is not text, or has a line end */
	VAULT_TABLE_COLUMN,   /* it lacks a column that the map names */
	VAULT_TABLE_COLUMNS,  /* a column that the map names is there twice */
	VAULT_TABLE_CHANGED,  /* it was changed while it was read */
};
struct vault_table_fault {
	enum vault_table_why why;
	uint64_t row, line, offset; /* row 0: the names of the columns */
	size_t cells, columns;
	const char *column; /* or NULL */
	const char *json;   /* what is wrong with it; or NULL */
	bool mixed; /* UTF-8, and not ASCII alone, stands before offset */
};

/*
 * Read a file of comma-separated values, or of JSON if the map says so, all of
 * it, and write nothing.  name is what records will call it; map and encoding
 * (a name of iconv's; NULL: UTF-8) are borrowed.  VAULT_EUSE: each fault was
 * told.
 */
struct vault_table;
VAULT_CHECKED enum vault_err vault_table_open(struct vault_table **out,
    struct vault *v, const struct vault_map *map, const char *name,
    const char *encoding, const struct vault_input *from,
    void (*fault)(void *ctx, const struct vault_table_fault *f), void *ctx);
void vault_table_close(struct vault_table *t);

/* What becomes of a row, or of a cell; borrowed for the call. */
enum vault_row_why {
	VAULT_ROW_CODE,      /* in no code table: kept as it is */
	VAULT_ROW_VALUE,     /* its field does not take it: kept as it is */
	VAULT_ROW_DATE,      /* not understood as a date: kept as words */
	VAULT_ROW_DESTROYED, /* nothing but ? or U+FFFD: kept as it is */
	VAULT_ROW_MEANINGS,  /* more than one date: kept as words */
	VAULT_ROW_SEVERAL,   /* several dates: the same */
	VAULT_ROW_NO_DAY,    /* no such day: the same */
	VAULT_ROW_BACKWARDS, /* its end is before its beginning: the same */
	VAULT_ROW_SPAN,      /* not a duration: the same */
	VAULT_ROW_NO_KEY,    /* not imported: a cell of its key is missing */
	VAULT_ROW_SAME_KEY,  /* not imported: the key of row other */
	VAULT_ROW_REFUSED,   /* not imported: column is the field, see issue */
	VAULT_ROW_CHANGED,   /* column is a field: the file says value now; not
				changed */
	VAULT_ROW_RECORD,    /* the row has this record now; not made */
	VAULT_ROW_NO_RECORD, /* the row has no such record any more; kept */
	VAULT_ROW_SET,       /* column is a field: it has value from now on */
	VAULT_ROW_OURS,      /* the same: it was changed here, and is kept */
	VAULT_ROW_GONE,      /* the file does not have it any more; kept */
	VAULT_ROW_FIXED,     /* records of this type are written once; kept */
	VAULT_ROW_MADE,      /* a row that is here: this record is made of it */
	VAULT_ROW_CLASH,     /* versions of the record disagree; not changed */
	VAULT_ROW_DOUBTFUL,  /* a date that may be none, says the map: taken */
	VAULT_ROW_DOUBT,     /* a code in doubt: so is its record; kept too */
	VAULT_ROW_DOUBT_KEPT, /* its record has no certainty: only kept */
	VAULT_ROW_FORGOTTEN,  /* forgotten on day: its record is not made */
	VAULT_ROW_AGAIN,      /* the same, and it is made again */
	VAULT_ROW_WHYS,
};
struct vault_row_note {
	enum vault_row_why why;
	uint64_t row, line, other;
	const char *record;         /* its name in the map; "" if it has none */
	const char *column, *value; /* "" if it is the whole row */
	const struct vault_issue *issue;
	int64_t day; /* at its beginning; 0: none */
	/* Of a field of a record that is here: its title, what it says; or NULL
	 */
	const char *title, *here;
};

/* What has become of a row in the end. */
enum vault_row_end {
	VAULT_ROW_NEW,
	VAULT_ROW_SAME, /* unchanged */
	VAULT_ROW_KEPT, /* the file says otherwise now; not changed */
	VAULT_ROW_BAD,  /* refused: none of its records was made or changed */
	VAULT_ROW_UPDATED,
	VAULT_ROW_GONE_HERE, /* forgotten: none of its records was made */
	VAULT_ROW_ENDS,
};

struct vault_table_info {
	char sha256[65];
	uint64_t rows;
	size_t columns, unmapped; /* unmapped: the map does not name them */
	const char *map;          /* its name; borrowed */
};
void vault_table_info(
    struct vault_table_info *out, const struct vault_table *t);

/* What may become of a row that is here, if the file says otherwise now. */
enum vault_policy {
	VAULT_POLICY_KEEP,   /* nothing: it is told */
	VAULT_POLICY_ADD,    /* fields and records that are absent are made */
	VAULT_POLICY_UPDATE, /* and what an import wrote last is replaced */
};

/*
 * Make records of the rows that are not here yet: of all, or of none.  What a
 * person has changed is never changed.  With preview nothing is written, and
 * everything is told as it would be.  VAULT_EUSE: the file has changed since
 * it was opened.
 */
struct vault_table_how {
	bool preview;
	enum vault_policy policy;
	bool forgotten; /* what was forgotten here is made again */
	/* NULL, or in place of policy, for each row that is here. */
	enum vault_policy (*choose)(void *ctx, uint64_t row);
	/* May be NULL; row is told after the notes of the row. */
	void (*note)(void *ctx, const struct vault_row_note *n);
	void (*row)(void *ctx, uint64_t row, enum vault_row_end end);
	void *ctx;
};
struct vault_table_done {
	uint64_t added, unchanged, changed, refused, updated; /* rows */
	uint64_t records;   /* that were made */
	uint64_t versions;  /* of records that were here */
	uint64_t notes;     /* of cells that were not understood */
	uint64_t forgotten; /* rows that are not made, for they were */
	uint64_t again;     /* records that were forgotten and are made again */
	uint64_t consents;  /* of those that were made: they count as ours */
};
VAULT_CHECKED enum vault_err vault_table_import(struct vault_table_done *out,
    struct vault_table *t, const struct vault_table_how *how);

#endif
