/* SPDX-License-Identifier: ISC */
/*
 * table_ask - which policy for each row of a list that would change something
 * here, asked row by row at the terminal.
 */
#ifndef CLI_TABLE_ASK_H
#define CLI_TABLE_ASK_H

#include "vault.h"

/* To be zeroed before its first use. */
struct table_asking {
	struct buf questions; /* struct question */
	struct buf text;      /* what each one is about */
	size_t begun;         /* where the text of this row begins */
	bool named;           /* it says of whom it is */
	size_t next;          /* the question that is looked for */
};

/* To gather the questions: what a preview of an update tells. */
void table_asking_note(void *ctx, const struct vault_row_note *n);
void table_asking_row(void *ctx, uint64_t row, enum vault_row_end end);

/* Ask them all.  False, after a message: nobody answers, or it was stopped. */
bool table_asking_ask(struct table_asking *a);

/* The answer for a row; rows come in order. */
enum vault_policy table_asking_choose(void *ctx, uint64_t row);

void table_asking_free(struct table_asking *a);

#endif
