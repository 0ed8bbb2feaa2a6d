/* SPDX-License-Identifier: ISC */
/* requests.c - what other offices ask to be forgotten here. */
#include <string.h>

#include "exchange/forget.h"
#include "inside.h"
#include "store/store.h"

struct asking {
	struct vault *v;
	void (*each)(void *ctx, const struct vault_request *r);
	void *ctx;
};

/*
 * A record that is gone, or that never came, needs nobody's decision, and
 * strangers who wrote nothing of it get none.
 */
static enum vault_err
tell(const struct asking *a, const struct tombstone *t)
{
	struct vault_request out = { .since = t->time };
	struct buf title = { 0 }, office = { 0 };
	struct record_row r;
	enum vault_err err;
	bool concerned;

	err = rows_find(&r, a->v->store, t->record);
	if (err == VAULT_ENORECORD || (err == VAULT_OK && r.forgotten))
		return VAULT_OK;
	if (err != VAULT_OK ||
	    (err = forget_concerns(&concerned, a->v->store, &r, t->office)) !=
		VAULT_OK ||
	    !concerned)
		return err;
	id_print(out.id, r.id);
	memcpy(out.type, r.type, sizeof(out.type));
	if ((err = vault_title(&title, a->v, out.id)) == VAULT_OK &&
	    (err = records_office(&office, a->v->store, t->office)) ==
		VAULT_OK) {
		out.title = buf_text(&title);
		out.office = buf_text(&office);
		a->each(a->ctx, &out);
	}
	buf_free(&title);
	buf_free(&office);
	return err;
}

enum vault_err
vault_requests(struct vault *v, const char *id,
    void (*each)(void *ctx, const struct vault_request *r), void *ctx)
{
	struct asking a = { v, each, ctx };
	struct buf list = { 0 };
	uint8_t record[ID_LEN];
	enum vault_err err;

	if (id != NULL && id_parse(record, id, strlen(id)) != VAULT_OK)
		return VAULT_ENORECORD;
	if ((err = store_read(v->store)) != VAULT_OK)
		return vault_failed(v, err);
	err = tombstone_list(
	    &list, v->store, id == NULL ? NULL : record, false);
	for (size_t i = 0; err == VAULT_OK && i < tombstone_count(&list); i++)
		err = tell(&a, tombstone_at(&list, i));
	store_read_end(v->store);
	buf_free(&list);
	return vault_failed(v, err);
}
