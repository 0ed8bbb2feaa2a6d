/* SPDX-License-Identifier: ISC */
/*
 * receiving.c - the receiving keys of our own office: made, renewed,
 * destroyed.  The newest stands last on our card, and others seal to it; the
 * older ones go on opening what was sealed to them, until they are retired.
 */
#include <inttypes.h>
#include <string.h>

#include "core/clock.h"
#include "exchange/office.h"
#include "inside.h"
#include "store/log.h"
#include "store/store.h"

_Static_assert(VAULT_RECEIVING_MAX == OFFICE_KEYS_MAX &&
	sizeof(((struct vault_receiving *)0)->first) == CARD_DAY_LEN,
    "vault.h and card.h agree on the keys of a card");

#define YEAR (INT64_C(365) * 86400)

/* {"serial":N} */
static enum vault_err
log_key(struct vault *v, const char *what, uint64_t serial)
{
	struct buf detail = { 0 };
	enum vault_err err = VAULT_ENOMEM;

	if (buf_putf(&detail, "{\"serial\":%" PRIu64 "}", serial))
		err = log_add(v->store, what, buf_text(&detail), detail.len);
	buf_free(&detail);
	return err;
}

/* One key more, in a commit of its own. */
static enum vault_err
make(uint64_t *serial, struct vault *v)
{
	enum vault_err err;

	if ((err = store_begin(v->store)) != VAULT_OK)
		return err;
	if ((err = office_new_key(serial, v->store)) == VAULT_OK &&
	    (err = log_key(v, "receiving-key", *serial)) == VAULT_OK)
		err = store_commit(v->store);
	store_abort(v->store);
	return err;
}

enum vault_err
receiving_need(struct vault *v)
{
	enum vault_err err;
	uint64_t serial;
	bool has;

	if ((err = office_has_keys(&has, v->store)) != VAULT_OK || has)
		return err;
	return make(&serial, v);
}

enum vault_err
receiving_list(struct vault_office *out, struct store *s)
{
	char year_ago[CARD_DAY_LEN];
	struct office_keys keys;
	enum vault_err err;

	if ((err = office_keys(&keys, s, false)) != VAULT_OK)
		return err;
	out->n_keys = keys.n;
	for (size_t i = 0; i < keys.n; i++) {
		out->key[i].serial = keys.key[i].serial;
		memcpy(out->key[i].first, keys.key[i].first, CARD_DAY_LEN);
		out->key[i].newest = i + 1 == keys.n;
	}
	card_day(year_ago, clock_now() - YEAR);
	out->renew_due = keys.n > 0 &&
	    strcmp(keys.key[keys.n - 1].first, year_ago) < 0;
	office_keys_free(&keys);
	return VAULT_OK;
}

enum vault_err
vault_office_renew(uint64_t *serial, struct vault *v)
{
	*serial = 0;
	return vault_failed(v, make(serial, v));
}

/* One commit: the row, where it lay, and what lay in pages that are free. */
static enum vault_err
retire(struct vault *v, uint64_t serial)
{
	struct store *s = v->store;
	enum vault_err err;

	if ((err = store_secure_delete(s, true)) != VAULT_OK ||
	    (err = office_retire_key(s, serial)) != VAULT_OK ||
	    (err = store_scrub(s)) != VAULT_OK ||
	    (err = log_key(v, "receiving-key-retire", serial)) != VAULT_OK)
		return err;
	return store_commit(s);
}

enum vault_err
vault_office_retire(struct vault *v, uint64_t serial)
{
	enum vault_err err;

	if ((err = store_begin(v->store)) != VAULT_OK)
		return vault_failed(v, err);
	err = retire(v, serial);
	store_abort(v->store);
	return vault_failed(v, err);
}

enum vault_err
vault_office_retired(bool *out, struct vault *v)
{
	return vault_failed(v, office_any_retired(out, v->store));
}
