/* SPDX-License-Identifier: ISC */
/* office_keys - the receiving keys of our office: shown, renewed, retired. */
#ifndef CLI_OFFICE_KEYS_H
#define CLI_OFFICE_KEYS_H

#include "session.h"

/* A line for each, and whether it is time for a newer one. */
void office_keys_say(const struct vault_office *o);
void office_keys_doc(struct doc *d, const struct vault_office *o);

/* Each returns an exit status. */
int office_renew_signing(struct cli *c);

/* number: of a signing key, or NULL: the present one; prepare: only write. */
int office_revoke(
    struct cli *c, const char *number, const char *file, bool prepare);
int office_renew(struct cli *c);
int office_retire(struct cli *c, const char *serial);

#endif
