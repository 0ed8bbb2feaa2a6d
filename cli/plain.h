/* SPDX-License-Identifier: ISC */
/* plain - what export --plain and may share: why something does not leave. */
#ifndef CLI_PLAIN_H
#define CLI_PLAIN_H

#include "cli.h"
#include "say.h"

/* Is it a plain export that is asked for?  Then this does it. */
bool plain_is_wanted(int argc, char **argv);
int plain_export(struct cli *c, int argc, char **argv);

/* Why, for programs and for people: with the level and the highest allowed. */
const char *may_word(enum vault_may_why why);
enum say may_reason(enum vault_may_why why);

/* There is no such audience; which there are.  Returns exit status 2. */
int may_no_audience(const char *audience);

#endif
