/* SPDX-License-Identifier: ISC */
#include "bulk.h"
#include "core/crew.h"
#include "core/mem.h"
#include "core/secret.h"
#include "search/index.h"
#include "store/store.h"

/* Records ahead; of long ones fewer, so that they take no more memory. */
#define AHEAD 64
#define AHEAD_BYTES ((size_t)8 * 1024 * 1024)

struct item {
	json_t *whole; /* until it was made */
	size_t len;
	struct kept kept;
	struct index_entry *entry;
	enum vault_err err;
};

struct bulk {
	struct store *s;
	const struct signer *by;
	struct secret *room[2]; /* of the caller, and of the helper */
	struct crew *crew;
	size_t ahead; /* bytes */
	size_t added;
};

/* No store here: this is what the second thread does. */
static void
make(void *ctx, void *at, bool helper)
{
	struct bulk *b = ctx;
	struct item *i = at;

	i->err = keep_make(
	    &i->kept, store_ring(b->s), b->by, b->room[helper], i->whole);
	if (i->err == VAULT_OK)
		i->err = index_entry_new(&i->entry, &i->kept.head);
	json_decref(i->whole);
	i->whole = NULL;
}

static void
item_free(void *at)
{
	struct item *i = at;

	json_decref(i->whole);
	kept_free(&i->kept);
	index_entry_free(i->entry);
	*i = (struct item){ 0 };
}

enum vault_err
bulk_new(struct bulk **out, struct store *s, const struct signer *by)
{
	struct bulk *b = *out = mem_zalloc(sizeof(*b));
	enum vault_err err;

	if (b == NULL)
		return VAULT_ENOMEM;
	b->s = s;
	b->by = by;
	b->room[0] = secret_new(KEY_LEN);
	b->room[1] = secret_new(KEY_LEN);
	err = b->room[0] == NULL || b->room[1] == NULL ? VAULT_ENOMEM
						       : store_wide(s, true);
	if (err == VAULT_OK)
		err = crew_new(&b->crew, AHEAD, sizeof(struct item), make, b);
	if (err != VAULT_OK) {
		bulk_free(b);
		*out = NULL;
	}
	return err;
}

void
bulk_free(struct bulk *b)
{
	if (b == NULL)
		return;
	crew_free(b->crew, item_free);
	secret_free(b->room[0]);
	secret_free(b->room[1]);
	mem_free(b);
}

static enum vault_err
put_oldest(struct bulk *b)
{
	struct item *i = crew_oldest(b->crew);
	enum vault_err err = i->err;

	if (err == VAULT_OK && (err = keep_put(&i->kept, b->s)) == VAULT_OK)
		err = index_put_entry(b->s, &i->kept.row, i->entry);
	b->added += err == VAULT_OK;
	b->ahead -= i->len;
	item_free(i);
	crew_pop(b->crew);
	return err;
}

enum vault_err
bulk_add(struct bulk *b, json_t *whole, size_t len)
{
	enum vault_err err = VAULT_OK;
	struct item *i;

	while (err == VAULT_OK &&
	    ((i = crew_next(b->crew)) == NULL ||
		(b->ahead > 0 && b->ahead + len > AHEAD_BYTES)))
		err = put_oldest(b);
	if (err != VAULT_OK) {
		json_decref(whole);
		return err;
	}
	i->whole = whole;
	i->len = len;
	b->ahead += len;
	crew_push(b->crew);
	return VAULT_OK;
}

enum vault_err
bulk_finish(struct bulk *b)
{
	enum vault_err err = VAULT_OK;

	while (err == VAULT_OK && crew_oldest(b->crew) != NULL)
		err = put_oldest(b);
	if (err == VAULT_OK && b->added > 0)
		err = index_tidy(b->s, b->added);
	return err == VAULT_OK ? store_wide(b->s, false) : err;
}
