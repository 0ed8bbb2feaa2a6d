/* SPDX-License-Identifier: ISC */
/*
 * due - the day from which a record wants to be looked at again: its review,
 * the deadline of an intervention that nobody has answered, the end of a
 * consent.
 */
#ifndef RECORD_DUE_H
#define RECORD_DUE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

enum due_kind { DUE_REVIEW, DUE_DEADLINE, DUE_EXPIRES, DUE_KINDS };

/* The field that says so: constant. */
const char *due_field(enum due_kind kind);

/*
 * The first day that it may mean, INT32_MIN if that is open; false if the body
 * says none.
 */
bool due_day(int32_t *day, const json_t *body, enum due_kind kind);

#endif
