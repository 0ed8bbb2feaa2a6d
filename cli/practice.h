/* SPDX-License-Identifier: ISC */
/* practice - records about nobody, for a vault in which all can be tried. */
#ifndef CLI_PRACTICE_H
#define CLI_PRACTICE_H

#include "vault.h"

/* Known to everybody: there is nothing to protect. */
#define PRACTICE_PASSPHRASE "practice"
#define PRACTICE_OFFICE "Practice office"

/* Keep the records of practice/records.txt, which lie in the program. */
VAULT_CHECKED enum vault_err practice_fill(struct vault *v);

#endif
