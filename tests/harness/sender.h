/* SPDX-License-Identifier: ISC */
/*
 * sender - another office: it has sent two records to a vault, the second of
 * which was edited there, forgets both, and says so in a bundle.
 */
#ifndef SENDER_H
#define SENDER_H

#include "support.h"

/*
 * Put the two records into v, an attachment with each.  *bundle is what asks
 * to forget them, *len bytes of malloc.
 */
VAULT_CHECKED enum vault_err sender_make(
    uint8_t **bundle, size_t *len, struct vault *v);

/* Export everything that may leave to the sender, and drop the bundle. */
VAULT_CHECKED enum vault_err sender_export(struct vault *v);

/* Import a bundle, whatever its number. */
VAULT_CHECKED enum vault_err sender_import(
    struct vault *v, const uint8_t *bundle, size_t len);

#endif
