/* SPDX-License-Identifier: ISC */
/*
 * table_row - from the cells of a row and a map to the body of a record.
 *
 * Never guess, never drop (records.md, 14): a cell ends in the field that the
 * map names, if the field takes it, and else, byte for byte, in
 * imported.fields.  Cells that the map declares missing, and blank ones, are
 * absent.  Nothing is read from one cell into another.
 */
#ifndef RECORD_TABLE_ROW_H
#define RECORD_TABLE_ROW_H

#include "record/id.h"
#include "record/table_import.h"
#include "record/table_map.h"
#include "seal/seal.h"

/* Why a cell is in the report. */
enum table_note_why {
	TABLE_NOTE_CODE,       /* in no code table: kept in imported.fields */
	TABLE_NOTE_VALUE,      /* the field does not take it: the same */
	TABLE_NOTE_DATE,       /* not understood as a date: kept as words */
	TABLE_NOTE_DESTROYED,  /* nothing but ? or U+FFFD */
	TABLE_NOTE_MEANINGS,   /* more than one date: kept as words */
	TABLE_NOTE_SEVERAL,    /* several dates: the same */
	TABLE_NOTE_NO_DAY,     /* no such day: the same */
	TABLE_NOTE_BACKWARDS,  /* its end is before its beginning: the same */
	TABLE_NOTE_SPAN,       /* not a duration: the same */
	TABLE_NOTE_DOUBTFUL,   /* it may be no day, says the map: taken */
	TABLE_NOTE_DOUBT,      /* a code in doubt: so is its record; kept too */
	TABLE_NOTE_DOUBT_KEPT, /* and its record has no certainty: kept only */
};
struct table_note {
	enum table_note_why why;
	uint64_t row, line;
	size_t record;              /* of the row */
	const char *column, *value; /* borrowed */
};

/* The columns of a map in a table that is there. */
struct table_columns {
	const struct table_map *map;
	struct table_row names; /* row 0, kept */
	size_t *rules;          /* n_rules * TABLE_JOIN_MAX: numbers */
	size_t (*whens)[2];     /* n_whens: numbers of the columns */
	size_t key[TABLE_KEY_MAX];
	bool *used; /* which columns the map names */
};

/*
 * Find the columns of the map by their names.  VAULT_EUSE: *lacks, borrowed
 * from the map, is not there, or is there *found = 2 times.
 */
VAULT_CHECKED enum vault_err table_columns(struct table_columns *out,
    const struct table_map *map, const struct table_row *names,
    const char **lacks, size_t *found);
void table_columns_free(struct table_columns *c);

/* Where the rows come from. */
struct table_file {
	const char *name;
	char sha256[65];
};

/* Does the row have record i of the map? */
bool table_wants(
    const struct table_columns *c, const struct table_row *row, size_t i);

/*
 * The number by which record i of the row is known again: table_key of its
 * body.  VAULT_ENORECORD: a cell of the row's key is missing.
 */
VAULT_CHECKED enum vault_err table_row_key(uint8_t out[static HASH_LEN],
    const struct table_columns *c, const struct table_row *row, size_t i);

/* The records of a row. */
struct table_made {
	char ids[TABLE_RECORDS_MAX][ID_TEXT_LEN + 1]; /* of links: filled in */
	bool wanted[TABLE_RECORDS_MAX];  /* these are made: filled in */
	bool no_link[TABLE_RECORDS_MAX]; /* but none links to these */
	json_t *bodies[TABLE_RECORDS_MAX];
};
void table_made_free(struct table_made *m);

/*
 * The bodies of the records that are wanted; the first one is, in any case.
 * Every cell that found no field is kept by the record of which a rule did not
 * take it, or by the first one.  VAULT_ENORECORD: a cell of the row's key is
 * missing.  Free *out in any case.
 */
VAULT_CHECKED enum vault_err table_bodies(struct table_made *out,
    const struct table_columns *c, const struct table_file *file,
    const struct table_row *row,
    void (*note)(void *ctx, const struct table_note *note), void *ctx);

/*
 * The number by which the row of a list is known again, from what the body
 * says of its map and key columns.  *has is false: it came from no list.
 */
VAULT_CHECKED enum vault_err table_key(
    bool *has, uint8_t out[static HASH_LEN], const json_t *body);

#endif
