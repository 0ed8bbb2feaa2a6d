/* SPDX-License-Identifier: ISC */
/* doubt - to whoever has found nothing: what in the query may be wrong. */
#ifndef CLI_DOUBT_H
#define CLI_DOUBT_H

#include "say.h"

/* A warning and a hint; false: nothing is wrong with it, and nothing said. */
bool doubt_say(const char *query, size_t len);

#endif
