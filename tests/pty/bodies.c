/* SPDX-License-Identifier: ISC */
/*
 * bodies FOLDER - what is in the vault FOLDER/v, whose passphrase is "dusk":
 * "record ID N-HEADS JSON" and "draft TYPE JSON", a line each.
 */
#include "support.h"

static bool
print_record(void *ctx, const struct vault_row *row)
{
	struct vault_record r;

	if (vault_get(&r, ctx, row->id) != VAULT_OK)
		return false;
	printf("record %s %u %s\n", r.id, r.n_heads, buf_text(&r.body));
	vault_record_free(&r);
	return true;
}

static bool
print_draft(void *ctx, const struct vault_draft *d)
{
	(void)ctx;
	printf("draft %s %s\n", d->type, buf_text(&d->body));
	return true;
}

int
main(int argc, char **argv)
{
	struct vault_search all = { .query = "" };
	struct opened o;
	enum vault_err err;

	if (argc != 2 || vault_setup() != VAULT_OK ||
	    vault_try(&o, argv[1], "dusk") != VAULT_OK)
		return 2;
	err = vault_find(o.vault, &all, print_record, o.vault, NULL, NULL);
	if (err == VAULT_OK)
		err = vault_drafts(o.vault, print_draft, NULL);
	vault_done(&o);
	return err == VAULT_OK ? 0 : 1;
}
