/* SPDX-License-Identifier: ISC */
/* situation - all changes of status of one person, out of the vault. */
#ifndef VAULT_SITUATION_H
#define VAULT_SITUATION_H

#include "record/head.h"
#include "record/status.h"

struct store;

/* The change that record r is; .out is STATUS_UNREAD if it cannot be read. */
VAULT_CHECKED enum vault_err situation_read(
    struct status *out, struct store *s, const struct record_row *r);

/* Append a struct status for each, in the order of their numbers. */
VAULT_CHECKED enum vault_err situation_of(struct buf *out, struct store *s,
    const char person[static ID_TEXT_LEN + 1]);

/* Call each for every record that links to this one, by whatever field. */
VAULT_CHECKED enum vault_err situation_links(struct store *s,
    const char id[static ID_TEXT_LEN + 1],
    enum vault_err (*each)(void *ctx, const struct record_row *r), void *ctx);

#endif
