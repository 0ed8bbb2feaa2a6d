/* SPDX-License-Identifier: ISC */
/*
 * content - what is kept in the vaults of the harnesses: a few records, one
 * of them with versions that disagree, an attachment and a draft; and all of
 * it as text that can be compared.
 */
#ifndef CONTENT_H
#define CONTENT_H

#include "support.h"

struct content {
	char person[VAULT_ID_LEN]; /* with an attachment of 70,000 bytes */
	char torn[VAULT_ID_LEN];   /* a case in two versions that disagree */
	char old[VAULT_ID_LEN];    /* a case in two versions, one by one */
	char old_version[VAULT_VERSION_LEN]; /* its first */
	int64_t draft;
};

/* In a vault that has no records: some. */
VAULT_CHECKED enum vault_err content_make(struct content *c, struct vault *v);

VAULT_CHECKED enum vault_err content_add(
    char id[static VAULT_ID_LEN], struct vault *v, const char *json);
VAULT_CHECKED enum vault_err content_edit(
    struct vault *v, const char *id, const char *json);

/* Bytes that say where they stand. */
VAULT_CHECKED enum vault_err content_attach(
    struct vault *v, const char *id, const char *name, size_t size);

/*
 * What a person would see: every record by vault_get, its attachments, read
 * to their end, drafts, what finding says, and whether the index agrees.
 * Ids and times are left out, for the same done twice shall read the same.
 * The first error is returned, and all of them are part of the text.
 */
enum vault_err content_dump(struct buf *out, struct vault *v);

/* The number of records that a query finds; UINT_MAX after an error. */
unsigned content_find(struct vault *v, const char *query);

/* True if the index says of each record what its heads say. */
bool content_index_agrees(struct vault *v);

#endif
