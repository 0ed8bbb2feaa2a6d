/* SPDX-License-Identifier: ISC */
#include <assert.h>
#include <string.h>

#include "lists/bulk.h"
#include "core/mem.h"
#include "core/secret.h"
#include "core/worker.h"
#include "search/index.h"
#include "store/store.h"

/* Bytes of records ahead: of long ones there are fewer. */
#define AHEAD_MAX ((size_t)8 * 1024 * 1024)

struct item {
	const struct bulk *b;
	json_t *whole; /* until it was made */
	uint8_t id[ID_LEN];
	bool has_id;
	size_t len;
	struct secret *room; /* for the key of its record; from the first use */
	struct kept kept;
	struct index_entry *entry;
	enum vault_err err;
};

struct bulk {
	struct store *s;
	const struct signer *by;
	struct worker *worker;
	struct item items[WORKER_JOBS];
	uint64_t put;
	size_t ahead; /* bytes */
	size_t added;
};

/* No store here: this is what the second thread does. */
static void
make(void *at)
{
	struct item *i = at;
	const struct bulk *b = i->b;

	i->err = keep_make(&i->kept, store_ring(b->s), b->by, i->room,
	    i->has_id ? i->id : NULL, i->whole);
	if (i->err == VAULT_OK)
		i->err = index_entry_new(&i->entry);
	if (i->err == VAULT_OK)
		i->err = index_entry_add(i->entry, &i->kept.head);
	json_decref(i->whole);
	i->whole = NULL;
}

/* All but its room. */
static void
clear(struct item *i)
{
	json_decref(i->whole);
	kept_free(&i->kept);
	index_entry_free(i->entry);
	*i = (struct item){ .b = i->b, .room = i->room };
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
	b->worker = worker_new(false);
	err = b->worker == NULL ? VAULT_ENOMEM : store_wide(s, true);
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
	worker_free(b->worker);
	for (size_t i = 0; i < WORKER_JOBS; i++) {
		clear(&b->items[i]);
		secret_free(b->items[i].room);
	}
	mem_free(b);
}

static enum vault_err
put_oldest(struct bulk *b)
{
	struct item *i = worker_take(b->worker);
	enum vault_err err = i->err;

	if (err == VAULT_OK && (err = keep_put(&i->kept, b->s)) == VAULT_OK)
		err = index_put_entry(b->s, &i->kept.row, i->entry);
	b->added += err == VAULT_OK;
	b->ahead -= i->len;
	clear(i);
	return err;
}

/* Until there is room for so many bytes more. */
static enum vault_err
make_room(struct bulk *b, size_t len)
{
	enum vault_err err = VAULT_OK;
	size_t out;

	while (err == VAULT_OK && (out = worker_out(b->worker)) > 0 &&
	    (out == WORKER_JOBS || b->ahead + len > AHEAD_MAX))
		err = put_oldest(b);
	return err;
}

enum vault_err
bulk_add(struct bulk *b, const uint8_t *id, json_t *whole, size_t len)
{
	enum vault_err err = make_room(b, len);
	struct item *i = &b->items[b->put % WORKER_JOBS];

	/* The second thread counts its references, too. */
	assert(whole->refcount == 1);
	if (err == VAULT_OK && i->room == NULL &&
	    (i->room = secret_new(KEY_LEN)) == NULL)
		err = VAULT_ENOMEM;
	if (err != VAULT_OK) {
		json_decref(whole);
		return err;
	}
	i->b = b;
	i->has_id = id != NULL;
	if (id != NULL)
		memcpy(i->id, id, ID_LEN);
	i->whole = whole;
	i->len = len;
	b->ahead += len;
	b->put++;
	worker_put(b->worker, make, i);
	return VAULT_OK;
}

enum vault_err
bulk_finish(struct bulk *b)
{
	enum vault_err err = VAULT_OK;

	while (err == VAULT_OK && worker_out(b->worker) > 0)
		err = put_oldest(b);
	if (err == VAULT_OK && b->added > 0)
		err = index_tidy(b->s, b->added);
	return err == VAULT_OK ? store_wide(b->s, false) : err;
}
