/* SPDX-License-Identifier: ISC */
/* access.c - who can open a vault: its passphrases, by name. */
#include <string.h>

#include "keyfile.h"
#include "search/index.h"
#include "store/sql.h"
#include "store/store.h"

enum vault_err
vault_enter(struct vault_entered *out, struct vault *v)
{
	enum keyfile_state state;
	enum vault_err err;
	bool committed;

	memset(out, 0, sizeof(*out));
	if ((err = keyfile_look(&state, v)) != VAULT_OK)
		return vault_failed(v, err);
	if (state != KEYFILE_GOOD && state != KEYFILE_OTHER &&
	    !store_is_read_only(v->store)) {
		/* Under the writer's lock: two of us never write keys. */
		if ((err = store_begin(v->store)) == VAULT_OK)
			err = keyfile_settle(&state, &committed, v);
		store_abort(v->store);
		if (err != VAULT_OK)
			return vault_failed(v, err);
	}
	if (state == KEYFILE_STALE)
		return VAULT_EPASS;
	out->keys_other = state == KEYFILE_OTHER;
	if ((err = index_is_old(&out->index_old, v->store)) != VAULT_OK)
		return vault_failed(v, err);
	return machine_look(&out->new_machine, v);
}

/* ---- Passphrases ---- */

enum vault_err
vault_passphrase_each(struct vault *v,
    bool (*each)(void *ctx, const struct vault_passphrase *p), void *ctx)
{
	struct sql *q = sql_open(v->store,
	    "SELECT slot,name,added,changed FROM passphrase ORDER BY slot");
	enum vault_err err;
	bool row;

	while ((err = sql_step(q, &row)) == VAULT_OK && row) {
		struct vault_passphrase p = {
			.slot = (unsigned)sql_int(q, 0),
			.name = sql_text(q, 1, NULL),
			.added = sql_int(q, 2),
			.changed = sql_int(q, 3),
		};

		if ((err = sql_ok(q)) != VAULT_OK || !each(ctx, &p))
			break;
	}
	sql_close(q);
	return vault_failed(v, err);
}

enum vault_err
vault_passphrase_find(
    unsigned *slot, struct vault *v, const struct secret *pass)
{
	enum vault_err err;
	struct keys keys;

	if ((err = vault_keys_read(&keys, v)) != VAULT_OK)
		return err;
	return keys_find(slot, &keys, v->key->ring, pass);
}

static bool
name_is_good(const char *name)
{
	size_t len = strlen(name);

	return len > 0 && len <= VAULT_NAME_MAX && text_is_valid(name, len);
}

/* The slot of a name; *found is false if there is none. */
static enum vault_err
slot_of(bool *found, unsigned *slot, struct store *s, const char *name)
{
	struct sql *q = sql_open(
	    s, "SELECT slot FROM passphrase WHERE name=?1");
	enum vault_err err;

	sql_put_text(q, 1, name, strlen(name));
	if ((err = sql_step(q, found)) == VAULT_OK && *found)
		*slot = (unsigned)sql_int(q, 0);
	sql_close(q);
	return err;
}

static enum vault_err
prepare_add(struct vault *v, struct keys *keys, struct key_change *c,
    const struct secret *pass)
{
	struct keys_account account;
	enum vault_err err;
	unsigned slot = 0;
	bool taken;

	if ((err = keys_account(&account, keys, v->key->ring)) != VAULT_OK ||
	    (err = slot_of(&taken, &slot, v->store, buf_text(&c->name))) !=
		VAULT_OK)
		return err;
	if (taken)
		return VAULT_EEXISTS;
	slot = 0;
	while (slot < KEYS_SLOTS && account.used[slot])
		slot++;
	if (slot == KEYS_SLOTS)
		return VAULT_EUSE;
	c->slot = slot;
	return keys_set(keys, v->key->ring, slot, pass);
}

enum vault_err
vault_passphrase_add(
    struct vault *v, const char *name, const struct secret *pass)
{
	struct key_change c = { .what = "add" };
	enum vault_err err;
	unsigned slot;

	if (!name_is_good(name))
		return VAULT_EUSE;
	/* Two names for one passphrase would only confuse. */
	if ((err = vault_passphrase_find(&slot, v, pass)) != VAULT_EPASS)
		return err == VAULT_OK ? VAULT_EUSE : err;
	buf_put_text(&c.name, name);
	if ((err = buf_ok(&c.name)) == VAULT_OK)
		err = keyfile_change(v, &c, pass, prepare_add);
	buf_free(&c.name);
	return err;
}

static enum vault_err
prepare_change(struct vault *v, struct keys *keys, struct key_change *c,
    const struct secret *pass)
{
	return keys_set(keys, v->key->ring, c->slot, pass);
}

enum vault_err
vault_passphrase_change(
    struct vault *v, unsigned slot, const struct secret *pass)
{
	struct key_change c = { .what = "change", .slot = slot };
	enum vault_err err;
	unsigned other;

	if (slot >= KEYS_SLOTS)
		return VAULT_EUSE;
	if ((err = vault_passphrase_find(&other, v, pass)) != VAULT_EPASS)
		return err == VAULT_OK ? VAULT_EUSE : err;
	return keyfile_change(v, &c, pass, prepare_change);
}

static enum vault_err
prepare_remove(struct vault *v, struct keys *keys, struct key_change *c,
    const struct secret *pass)
{
	struct keys_account account;
	enum vault_err err;
	unsigned used = 0;
	bool found;

	(void)pass;
	if ((err = keys_account(&account, keys, v->key->ring)) != VAULT_OK ||
	    (err = slot_of(&found, &c->slot, v->store, buf_text(&c->name))) !=
		VAULT_OK)
		return err;
	if (!found)
		return VAULT_ENORECORD;
	for (unsigned i = 0; i < KEYS_SLOTS; i++)
		used += account.used[i];
	if (used <= 1 && account.used[c->slot])
		return VAULT_EUSE;
	return keys_clear(keys, v->key->ring, c->slot);
}

enum vault_err
vault_passphrase_remove(struct vault *v, const char *name)
{
	struct key_change c = { .what = "remove" };
	enum vault_err err;

	buf_put_text(&c.name, name);
	if ((err = buf_ok(&c.name)) == VAULT_OK)
		err = keyfile_change(v, &c, NULL, prepare_remove);
	buf_free(&c.name);
	return err;
}

/* Close every place whose content this vault did not put there itself. */
static enum vault_err
prepare_unknown(struct vault *v, struct keys *keys, struct key_change *c,
    const struct secret *pass)
{
	struct keys_account account;
	enum vault_err err;
	bool known;

	(void)pass;
	if ((err = keys_account(&account, keys, v->key->ring)) != VAULT_OK)
		return err;
	if (!account.used[c->slot])
		return VAULT_EUSE;
	for (unsigned slot = 0; slot < KEYS_SLOTS; slot++) {
		if (slot == c->slot || !account.used[slot])
			continue;
		if ((err = keyfile_knows(&known, v->store, keys, slot)) !=
			VAULT_OK ||
		    (!known &&
			(err = keys_clear(keys, v->key->ring, slot)) !=
			    VAULT_OK))
			return err;
	}
	return VAULT_OK;
}

enum vault_err
vault_passphrase_remove_unknown(struct vault *v, unsigned keep)
{
	struct key_change c = { .what = "settle", .slot = keep };

	if (keep >= KEYS_SLOTS)
		return VAULT_EUSE;
	return keyfile_change(v, &c, NULL, prepare_unknown);
}
