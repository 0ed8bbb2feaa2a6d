/* SPDX-License-Identifier: ISC */
/* table_row_inner - what the files of table_row.h share. */
#ifndef RECORD_TABLE_ROW_INNER_H
#define RECORD_TABLE_ROW_INNER_H

#include "record/table_row.h"

#define PATH_LEN 128
#define SLOTS 10 /* indices of one digit in the paths of a map */

/* A row while it becomes bodies, and the one of them that is being made. */
struct making {
	const struct table_columns *c;
	const struct table_row *row;
	struct table_made *made;
	json_t *body;
	size_t self;   /* its number */
	bool *placed;  /* by column */
	size_t *owner; /* by column: who keeps it if nobody has placed it */
	bool *doubted; /* by column: this body is in doubt for its sake */
	bool in_doubt; /* so is what was read last */
	void (*note)(void *ctx, const struct table_note *note);
	void *ctx;
	/* "names[1]" is the first name if "names[0]" has none in this row. */
	struct slot {
		const char *path; /* as far as the index, with it */
		size_t len, index;
	} slots[SLOTS];
	size_t n_slots;
};

/* A part of a cell. */
struct piece {
	const char *text;
	size_t len;
};

/* Without the blanks around it, no-break spaces too: for matching only. */
struct piece row_trimmed(struct piece p);
struct piece row_cell(const struct making *m, size_t column);
bool row_equals(struct piece p, const char *text);
bool row_is_missing(const struct table_map *map, struct piece p);

/* Nothing but what stands where characters were lost. */
bool row_is_destroyed(struct piece p);

/*
 * Take a mark of doubt off the front or the end of a cell.  False: there is
 * none, or nothing else.
 */
bool row_take_doubt(struct piece *p, const struct table_map *map);

/* Can this record of the map be said to be in doubt? */
bool row_may_doubt(const struct table_map *map, size_t record);

/* Say that the body is in doubt, for the sake of a cell that is kept too. */
void row_doubt(const struct making *m, size_t column);

/* The body is no more certain than what is in doubt. */
VAULT_CHECKED enum vault_err row_lower_certainty(struct making *m);

/*
 * A cell in doubt by which the row has this record, or would have it if it
 * had a certainty: say so.
 */
void row_tell_wants(struct making *m, size_t record);

/* Tell what became of a cell, or of a value made of several. */
void row_tell(const struct making *m, enum table_note_why why, size_t column);
void row_tell_value(const struct making *m, enum table_note_why why,
    size_t column, const char *value);

/*
 * A member of the field, or with "" the field itself, whose path is left in
 * path; and the same with what stands beside it.  VAULT_EUSE: the field does
 * not take it.
 */
VAULT_CHECKED enum vault_err row_put(char path[static PATH_LEN],
    struct making *m, const struct table_rule *r, const char *member,
    struct piece p);
VAULT_CHECKED enum vault_err row_set(struct making *m,
    const struct table_rule *r, const char *member, struct piece p);

/* Follow a rule for dates, for a period, for a duration. */
VAULT_CHECKED enum vault_err row_set_date(
    struct making *m, const struct table_rule *r, const size_t *columns);
VAULT_CHECKED enum vault_err row_set_joined_date(
    struct making *m, const struct table_rule *r, const size_t *columns);
VAULT_CHECKED enum vault_err row_read_period(
    struct making *m, const struct table_rule *r, const size_t *columns);
VAULT_CHECKED enum vault_err row_set_span(
    struct making *m, const struct table_rule *r, size_t column);

#endif
