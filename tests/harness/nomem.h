/* SPDX-License-Identifier: ISC */
/* nomem - the calls that memory runs out in, and what they share. */
#ifndef NOMEM_H
#define NOMEM_H

#include "content.h"
#include "core/buf.h"

struct state {
	struct vault_place place;
	struct vault_key *key;
	struct vault *vault;
	struct secret *dusk, *paper, *fresh;
};

/* What a call starts with. */
enum start { NOTHING, VAULT, UNLOCKED, OPEN };

struct call {
	const char *name;
	enum vault_err (*run)(struct state *s);
	enum start start;
	const char *opens; /* the passphrase with which to look afterwards */
	void (*prepare)(void);
	bool records; /* in a vault with records, and they are looked at */
};

#define RECORDS(name, run)                                                     \
	{                                                                      \
		name, run, OPEN, "dusk", NULL, true                            \
	}

/* Those of the vault itself, with records, and of what leaves. */
extern const struct call nomem_vault[], nomem_records[], nomem_leaving[];
extern const size_t nomem_vault_n, nomem_records_n, nomem_leaving_n;

/* The vault that is worked on; what is in the rich one. */
extern char work[128];
extern struct content content;
extern size_t failing; /* the number of the allocation that fails */

/* What a call that reads has said. */
extern struct buf said;
enum vault_err saying(enum vault_err err);

/* A bundle that asks us to forget. */
extern uint8_t *asks;
extern size_t asks_len;

/* What is called by others, too. */
enum vault_err call_unlock(struct state *s);
enum vault_err call_open(struct state *s);
enum vault_err call_note(struct state *s);
enum vault_err call_revoke(struct state *s);
enum vault_err go_missing(struct state *s);
enum vault_err count_bytes(void *ctx, const void *bytes, size_t len);
void say_line(void *ctx, const struct vault_line *l);
const char *copy_path(void);

/* Before a call: a list that comes again, a person of two records. */
enum vault_err import_first(struct vault *v);
enum vault_err prepare_submission(struct vault *v);
enum vault_err make_withdrawal(struct vault *v);

#endif
