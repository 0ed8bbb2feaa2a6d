/* SPDX-License-Identifier: ISC */
/*
 * tally - a table of figures while it is made: values, and how many there are
 * of each; pure, and bounded by VAULT_TALLY_CELLS.
 */
#ifndef VAULT_TALLY_H
#define VAULT_TALLY_H

#include "vault.h"

struct tally_value {
	enum vault_value_is is;
	size_t text, title; /* where in texts they begin; a NUL ends each */
	uint64_t n;         /* of different ones */
	uint64_t seen;      /* the last one that was counted here */
	enum vault_hidden hidden;
	bool between; /* a period that is shown even if there is none in it */
};

struct tally_axis {
	enum vault_period period;
	struct buf values; /* struct tally_value, as they came */
	struct buf sorted; /* uint32_t: their numbers, to find them by */
	struct buf order;  /* uint32_t: their numbers, as they are shown */
	struct buf texts;
};

struct tally_cell {
	uint32_t row, column;
	uint64_t n;
	enum vault_hidden hidden;
};

struct tally_table {
	struct tally_axis axis[2];
	unsigned axes;
	struct buf cells; /* struct tally_cell by row and column; of two axes */
	uint64_t total, several;
	enum vault_hidden total_hidden;
	bool full;  /* there would be more than VAULT_TALLY_CELLS */
	bool hides; /* a cell is hidden */
};

void tally_table_free(struct tally_table *t);

size_t tally_values(const struct tally_axis *a);
struct tally_value *tally_value(const struct tally_axis *a, size_t number);

/*
 * The number of a value, which is new or known.  VAULT_EUSE: the table is
 * full.
 */
VAULT_CHECKED enum vault_err tally_number(uint32_t *number,
    struct tally_table *t, unsigned axis, enum vault_value_is is,
    const char *text, size_t len);

/* Count one more, which stands in these n different places. */
struct tally_spot {
	uint32_t row, column; /* of one axis: column 0 */
};
VAULT_CHECKED enum vault_err tally_count(
    struct tally_table *t, const struct tally_spot *spots, size_t n);

/* NULL: nothing was counted there. */
struct tally_cell *tally_cell(
    const struct tally_table *t, uint32_t row, uint32_t column);

/* The periods between the first and the last, as far as they are not there. */
VAULT_CHECKED enum vault_err tally_fill(struct tally_table *t);

/* Hide what is below, and what would tell what it is; before tally_order. */
void tally_hide(struct tally_table *t, uint64_t below);

/*
 * How they are shown: periods in time, others by how many, then by text.  What
 * was seen and not counted is not among them.
 */
VAULT_CHECKED enum vault_err tally_order(struct tally_table *t);

#endif
