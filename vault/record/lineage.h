/* SPDX-License-Identifier: ISC */
/*
 * lineage - a case may belong to a larger one, a figure to another, a record
 * may correct another: nothing belongs to itself, by whatever way round.
 */
#ifndef RECORD_LINEAGE_H
#define RECORD_LINEAGE_H

#include <jansson.h>
#include <stdbool.h>

#include "core/error.h"
#include "record/id.h"

struct store;

/*
 * Would the record of this id, with this body, come to be above itself?  *field
 * is the one that leads there, or NULL.  What other offices have made so
 * already is followed for a while, and then let be.
 */
VAULT_CHECKED enum vault_err lineage_loops(const char **field, struct store *s,
    const char id[static ID_TEXT_LEN + 1], const json_t *body);

#endif
