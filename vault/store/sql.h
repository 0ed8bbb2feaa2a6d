/* SPDX-License-Identifier: ISC */
/*
 * sql - statements on the inner database, for rooms that do not know SQLite.
 *
 * A statement is opened with a literal text, filled, stepped and closed; it
 * is kept ready for the next time.  Values that are put are borrowed until
 * sql_close; values that are read are borrowed until the next step.
 * Parameters count from 1, columns from 0.
 */
#ifndef STORE_SQL_H
#define STORE_SQL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/error.h"

struct store;
struct sql;

/* Never NULL: if it cannot be made, the first sql_step says why. */
struct sql *sql_open(struct store *s, const char *text);
void sql_close(struct sql *q);

/* The same for a text that is made up: it is not kept ready. */
struct sql *sql_open_once(struct store *s, const char *text);

void sql_put_int(struct sql *q, int at, int64_t value);
void sql_put_text(struct sql *q, int at, const char *text, size_t len);
void sql_put_blob(struct sql *q, int at, const void *bytes, size_t len);
void sql_put_null(struct sql *q, int at);

/* *row is false when there are no more rows. */
VAULT_CHECKED enum vault_err sql_step(struct sql *q, bool *row);

/* sql_step until the end, and sql_close. */
VAULT_CHECKED enum vault_err sql_finish(struct sql *q);

bool sql_is_null(struct sql *q, int column);
int64_t sql_int(struct sql *q, int column);
double sql_real(struct sql *q, int column);
const char *sql_text(struct sql *q, int column, size_t *len);
const uint8_t *sql_blob(struct sql *q, int column, size_t *len);

/*
 * VAULT_ENOMEM if a value of this row could not be read for want of memory;
 * it was then handed out as empty.  To be asked before values are believed.
 */
VAULT_CHECKED enum vault_err sql_ok(const struct sql *q);

/*
 * As sql_blob, for a blob of exactly len bytes; VAULT_EDAMAGED if it is not.
 * It says what sql_ok says, too.
 */
VAULT_CHECKED enum vault_err sql_copy(
    struct sql *q, int column, void *to, size_t len);

/* Run a literal statement without values, or read one integer with it. */
VAULT_CHECKED enum vault_err sql_run(struct store *s, const char *text);
VAULT_CHECKED enum vault_err sql_number(
    int64_t *out, struct store *s, const char *text);

#endif
