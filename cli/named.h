/* SPDX-License-Identifier: ISC */
/*
 * named - somebody is named in what is to leave: where, and what follows.
 * Whole names refuse it; parts of names are shown, and a person decides.
 */
#ifndef CLI_NAMED_H
#define CLI_NAMED_H

#include "session.h"

/* To be zeroed before its first use. */
struct named {
	struct buf places; /* struct vault_named with texts of their own */
	size_t names, parts, more;
};

/* As the callback of what leaves; ctx is a struct named. */
void named_add(void *ctx, const struct vault_named *n);
void named_free(struct named *n);

/*
 * 0: it may leave.  17, after a message, if somebody is named, or in parts and
 * nobody has looked at them; checked: somebody has.  audience is its code.
 */
int named_verdict(const struct cli *c, const struct session *s,
    const struct named *n, size_t short_names, bool checked,
    const char *audience);

#endif
