/* SPDX-License-Identifier: ISC */
/* care - checking a vault, with progress, and saying what was found. */
#ifndef CLI_CARE_H
#define CLI_CARE_H

#include <stdbool.h>

#include "say.h"

enum care_how { CARE_SUM, CARE_CELLS, CARE_RECORDS };

/*
 * Check, so much of it, after saying why (SAY_COUNT: nothing).
 * Returns 0, 13 if something was found, or the status of an error.
 */
int care_check(struct vault *v, enum care_how how_much, enum say why);

#endif
