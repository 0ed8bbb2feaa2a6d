/* SPDX-License-Identifier: ISC */
/* tally_gather - what the files of tally.c share: figures being made. */
#ifndef VAULT_TALLY_GATHER_H
#define VAULT_TALLY_GATHER_H

#include "exchange/edition.h"
#include "record/field_path.h"
#include "figures/tally.h"

/* A type of record, and what the fields asked for are in it. */
#define TALLY_KINDS 16
struct tally_kind {
	const struct model_type *type;
	struct field_path by[2];
	bool counts;         /* it can have all that is asked for */
	const char *persons; /* the field that names them; "" : itself */
	uint64_t n;
};

struct vault_tally {
	struct tally_table table;
	struct vault_tally_info info;
	char *by[2]; /* by axis; NULL: the period */
	const struct model_vocab *codes[2];
	bool is_link[2], is_bool[2];
	struct vault_moment seen; /* when it was counted */
	struct buf consents;      /* by which it may: audience_used */
};

struct tally_gather {
	struct vault *v;
	const struct vault_tally_what *what;
	struct vault_tally *t;
	struct tally_kind kinds[TALLY_KINDS];
	size_t n_kinds;
	struct buf ids[2];  /* uint32_t: values of one record, by axis */
	struct buf names;   /* ids of persons, as text with a NUL */
	struct buf seen;    /* of persons, until all are known */
	struct same *same;  /* of persons: who has several records */
	struct buf counted; /* ids of those who count, for doubles.h */
	/* Of what was read for the record at hand: */
	int64_t level;             /* the highest */
	bool clashes;              /* versions disagree */
	bool closed;               /* a field that is counted by is private */
	unsigned axis;             /* what a value is for */
	bool by_link;              /* and it is a link */
	struct audience *audience; /* NULL: all is counted */
};

/* The axis of a field: they stand behind the period, if there is one. */
unsigned tally_axis_of(const struct tally_gather *g, size_t by);

/* Which types can be counted, and by how many axes; false: why not. */
bool tally_ask(struct vault_tally_fault *fault, struct tally_gather *g);

/* Count the records with these numbers (finding_all), or their persons. */
VAULT_CHECKED enum vault_err tally_take(
    struct tally_gather *g, const struct buf *nums);

void tally_gather_free(struct tally_gather *g);

#endif
