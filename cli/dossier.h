/* SPDX-License-Identifier: ISC */
/* dossier - what may leave of a case, as text for people. */
#ifndef CLI_DOSSIER_H
#define CLI_DOSSIER_H

#include "outfile.h"

/* audience is its code; NULL: everything.  Errors as vault_dossier has them. */
enum vault_err dossier_write(
    struct outfile *file, struct vault_plain *p, const char *audience);

#endif
