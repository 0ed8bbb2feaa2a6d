/* SPDX-License-Identifier: ISC */
/* plain - what leaves as plain text: what export --plain, dossier, may share.
 */
#ifndef CLI_PLAIN_H
#define CLI_PLAIN_H

#include "cli.h"
#include "say.h"

/* To be zeroed; one of audience and unfiltered. */
struct plain_wanted {
	const char *format, *audience, *file;
	bool unfiltered, parts_checked;
	struct buf query;
	const char *the_case; /* a dossier of it, by its id */
};

/*
 * Ask for the passphrase again, and do it.  case_text is what was typed for a
 * case, or NULL.  Returns the exit status.
 */
int plain_run(struct cli *c, struct plain_wanted *want, const char *case_text);

/* Is it a plain export that is asked for?  Then this does it. */
bool plain_is_wanted(int argc, char **argv);
int plain_export(struct cli *c, int argc, char **argv);

/* Why, for programs and for people: with the level and the highest allowed. */
const char *may_word(enum vault_may_why why);
enum say may_reason(enum vault_may_why why);

/* There is no such audience; which there are.  Returns exit status 2. */
int may_no_audience(const char *audience);

#endif
