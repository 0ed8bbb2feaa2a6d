/* SPDX-License-Identifier: ISC */
/* care - checking a vault, with progress, and saying what was found. */
#ifndef CLI_CARE_H
#define CLI_CARE_H

#include <stdbool.h>

#include "say.h"

/*
 * Check, all of it or only the sum, after saying why (SAY_COUNT: nothing).
 * Returns 0, 13 if something was found, or the status of an error.
 */
int care_check(struct vault *v, bool quick, enum say why);

#endif
