/* SPDX-License-Identifier: ISC */
/*
 * access.c - who can open a vault: its passphrases, and the machines on which
 * it was opened.
 *
 * A slot is in use if and only if it is not filler: the file of keys is the
 * truth, the names in the inner database follow it.  A passphrase is named
 * before its slot is filled and loses its slot before its name, so a crash
 * leaves at most a name without a slot, which access_settle takes away; a
 * slot in use without a name was made by somebody else.
 */
#include <stdio.h>
#include <string.h>

#include "core/clock.h"
#include "core/io.h"
#include "inside.h"
#include "seal/seal.h"
#include "store/check.h"
#include "store/log.h"
#include "store/sql.h"
#include "store/store.h"

#define MACHINE_ID_MAX 64

enum vault_err
access_first(struct store *s, unsigned slot, const char *name)
{
	struct sql *q = sql_open(
	    s, "INSERT INTO passphrase VALUES(?1,?2,?3,?3)");

	sql_put_int(q, 1, slot);
	sql_put_text(q, 2, name, strlen(name));
	sql_put_int(q, 3, clock_now());
	return sql_finish(q);
}

/* HASH of /etc/machine-id: recognises a machine and names none. */
static enum vault_err
machine_id(uint8_t out[static HASH_LEN], const struct keyring *ring)
{
	char text[MACHINE_ID_MAX + 1] = "";
	struct hash_part part = { text, 0 };
	FILE *f = fopen("/etc/machine-id", "re");

	/* Without the file all machines are one: no check is then due. */
	if (f != NULL) {
		if (fscanf(f, "%64s", text) != 1)
			text[0] = '\0';
		fclose(f);
	}
	part.len = strlen(text);
	return hash_in(out, ring, KEY_MACHINE, &part, 1);
}

static enum vault_err
machine_is_known(bool *out, struct store *s, const uint8_t *id)
{
	struct sql *q = sql_open(s, "SELECT 1 FROM machine WHERE id=?1");
	enum vault_err err;

	sql_put_blob(q, 1, id, HASH_LEN);
	err = sql_step(q, out);
	sql_close(q);
	return err;
}

enum vault_err
access_remember_machine(struct store *s, bool *new_machine)
{
	uint8_t id[HASH_LEN];
	enum vault_err err;
	struct sql *q;
	bool known;

	*new_machine = false;
	if ((err = machine_id(id, store_ring(s))) != VAULT_OK ||
	    (err = machine_is_known(&known, s, id)) != VAULT_OK || known)
		return err;
	*new_machine = true;
	q = sql_open(s, "INSERT INTO machine VALUES(?1,?2)");
	sql_put_blob(q, 1, id, HASH_LEN);
	sql_put_int(q, 2, clock_now());
	return sql_finish(q);
}

/* ---- Changes that a crash cut short ---- */

/* Take away names whose slot is free. */
static enum vault_err
access_settle(bool *changed, struct vault *v, const struct keys_account *a)
{
	enum vault_err err = VAULT_OK;
	struct sql *q;

	*changed = false;
	for (unsigned slot = 0; err == VAULT_OK && slot < KEYS_SLOTS; slot++) {
		bool row;

		if (a->used[slot])
			continue;
		q = sql_open(v->store,
		    "DELETE FROM passphrase WHERE slot=?1 RETURNING slot");
		sql_put_int(q, 1, slot);
		err = sql_step(q, &row);
		sql_close(q);
		*changed = *changed || (err == VAULT_OK && row);
	}
	return err;
}

static enum vault_err
mend_keys(struct keys *keys, const struct vault *v)
{
	return keys->state == KEYS_EQUAL ? VAULT_OK : vault_keys_write(keys, v);
}

static enum vault_err
enter(struct vault *v, bool *new_machine, bool *changed)
{
	struct keys_account account;
	enum vault_err err;
	struct keys keys;

	if ((err = vault_keys_read(&keys, v)) != VAULT_OK)
		return err;
	/* The passphrase that was just typed has shown which copy counts. */
	if (keys.state == KEYS_DIFFER && v->key->first_counts)
		memcpy(keys.copy, keys.other, KEYS_COPY_LEN);
	if ((err = mend_keys(&keys, v)) != VAULT_OK ||
	    (err = keys_account(&account, &keys, v->key->ring)) != VAULT_OK ||
	    (err = access_settle(changed, v, &account)) != VAULT_OK)
		return err;
	return access_remember_machine(v->store, new_machine);
}

/* Whether there is anything to do, without writing. */
static enum vault_err
enter_is_due(bool *due, struct vault *v, bool *new_machine)
{
	struct keys_account account;
	uint8_t id[HASH_LEN];
	enum vault_err err;
	struct keys keys;
	int64_t names;
	bool known;

	if ((err = vault_keys_read(&keys, v)) != VAULT_OK ||
	    (err = keys_account(&account, &keys, v->key->ring)) != VAULT_OK ||
	    (err = machine_id(id, v->key->ring)) != VAULT_OK ||
	    (err = machine_is_known(&known, v->store, id)) != VAULT_OK ||
	    (err = sql_number(&names, v->store,
		 "SELECT count(*) FROM passphrase")) != VAULT_OK)
		return err;
	for (unsigned slot = 0; slot < KEYS_SLOTS; slot++)
		names -= account.used[slot];
	*new_machine = !known;
	*due = keys.state != KEYS_EQUAL || !known || names > 0;
	return VAULT_OK;
}

enum vault_err
vault_enter(struct vault *v, bool *new_machine)
{
	enum vault_err err;
	bool due, changed;

	if ((err = enter_is_due(&due, v, new_machine)) != VAULT_OK || !due ||
	    store_is_read_only(v->store))
		return vault_failed(v, err);
	/* Under the writer's lock: two of us never write keys at once. */
	if ((err = store_begin(v->store)) != VAULT_OK)
		return vault_failed(v, err);
	if ((err = enter(v, new_machine, &changed)) == VAULT_OK &&
	    (changed || *new_machine)) {
		if ((err = log_add(v->store,
			 *new_machine ? "machine" : "settle", "", 0)) ==
		    VAULT_OK)
			err = store_commit(v->store);
	}
	store_abort(v->store);
	return vault_failed(v, err);
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

		if (!each(ctx, &p))
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

/* A slot that is free in the file and has no name: else KEYS_SLOTS. */
static enum vault_err
free_slot(unsigned *out, struct vault *v, const struct keys *keys)
{
	struct keys_account account;
	enum vault_err err;
	bool changed;

	*out = KEYS_SLOTS;
	if ((err = keys_account(&account, keys, v->key->ring)) != VAULT_OK ||
	    (err = access_settle(&changed, v, &account)) != VAULT_OK)
		return err;
	for (unsigned slot = 0; slot < KEYS_SLOTS && *out == KEYS_SLOTS; slot++)
		if (!account.used[slot])
			*out = slot;
	return VAULT_OK;
}

/* First half of adding: the name, committed before the slot is filled. */
static enum vault_err
add_name(unsigned *slot, struct vault *v, const char *name)
{
	enum vault_err err;
	struct keys keys;
	unsigned taken;
	bool found;

	if ((err = vault_keys_read(&keys, v)) != VAULT_OK ||
	    (err = free_slot(slot, v, &keys)) != VAULT_OK ||
	    (err = slot_of(&found, &taken, v->store, name)) != VAULT_OK)
		return err;
	if (found)
		return VAULT_EEXISTS;
	if (*slot == KEYS_SLOTS)
		return VAULT_EUSE;
	if ((err = access_first(v->store, *slot, name)) != VAULT_OK ||
	    (err = log_add(v->store, "passphrase-add", "", 0)) != VAULT_OK)
		return err;
	return store_commit(v->store);
}

/* Second half: the slot, under the writer's lock again. */
static enum vault_err
fill_slot(
    struct vault *v, unsigned slot, const char *name, const struct secret *pass)
{
	struct keys_account account;
	enum vault_err err;
	struct keys keys;
	unsigned named = KEYS_SLOTS;
	bool found;

	if ((err = vault_keys_read(&keys, v)) != VAULT_OK ||
	    (err = keys_account(&account, &keys, v->key->ring)) != VAULT_OK ||
	    (err = slot_of(&found, &named, v->store, name)) != VAULT_OK)
		return err;
	/* Somebody else may have settled or filled it in between. */
	if (!found || named != slot || account.used[slot])
		return VAULT_EBUSY;
	if ((err = keys_set(&keys, v->key->ring, slot, pass)) != VAULT_OK)
		return err;
	return vault_keys_write(&keys, v);
}

enum vault_err
vault_passphrase_add(
    struct vault *v, const char *name, const struct secret *pass)
{
	enum vault_err err;
	unsigned slot;

	if (!name_is_good(name))
		return VAULT_EUSE;
	/* Two names for one passphrase would only confuse. */
	if ((err = vault_passphrase_find(&slot, v, pass)) != VAULT_EPASS)
		return err == VAULT_OK ? VAULT_EUSE : err;
	if ((err = store_begin(v->store)) != VAULT_OK)
		return vault_failed(v, err);
	err = add_name(&slot, v, name);
	store_abort(v->store);
	if (err != VAULT_OK || (err = store_begin(v->store)) != VAULT_OK)
		return vault_failed(v, err);
	err = fill_slot(v, slot, name, pass);
	store_abort(v->store);
	return err;
}

static enum vault_err
change_slot(struct vault *v, unsigned slot, const struct secret *pass)
{
	enum vault_err err;
	struct keys keys;
	struct sql *q;

	if ((err = vault_keys_read(&keys, v)) != VAULT_OK ||
	    (err = keys_set(&keys, v->key->ring, slot, pass)) != VAULT_OK ||
	    (err = vault_keys_write(&keys, v)) != VAULT_OK)
		return err;
	q = sql_open(
	    v->store, "UPDATE passphrase SET changed=?2 WHERE slot=?1");
	sql_put_int(q, 1, slot);
	sql_put_int(q, 2, clock_now());
	if ((err = sql_finish(q)) != VAULT_OK ||
	    (err = log_add(v->store, "passphrase-change", "", 0)) != VAULT_OK)
		return err;
	return store_commit(v->store);
}

enum vault_err
vault_passphrase_change(
    struct vault *v, unsigned slot, const struct secret *pass)
{
	enum vault_err err;
	unsigned other;

	if (slot >= KEYS_SLOTS)
		return VAULT_EUSE;
	if ((err = vault_passphrase_find(&other, v, pass)) != VAULT_EPASS)
		return err == VAULT_OK ? VAULT_EUSE : err;
	if ((err = store_begin(v->store)) != VAULT_OK)
		return vault_failed(v, err);
	err = change_slot(v, slot, pass);
	store_abort(v->store);
	return err;
}

static enum vault_err
remove_name(struct vault *v, const char *name)
{
	struct keys_account account;
	enum vault_err err;
	struct keys keys;
	unsigned slot, used = 0;
	struct sql *q;
	bool found;

	if ((err = vault_keys_read(&keys, v)) != VAULT_OK ||
	    (err = keys_account(&account, &keys, v->key->ring)) != VAULT_OK ||
	    (err = slot_of(&found, &slot, v->store, name)) != VAULT_OK)
		return err;
	if (!found)
		return VAULT_ENORECORD;
	for (unsigned i = 0; i < KEYS_SLOTS; i++)
		used += account.used[i];
	if (used <= 1 && account.used[slot])
		return VAULT_EUSE;
	if ((err = keys_clear(&keys, v->key->ring, slot)) != VAULT_OK ||
	    (err = vault_keys_write(&keys, v)) != VAULT_OK)
		return err;
	q = sql_open(v->store, "DELETE FROM passphrase WHERE slot=?1");
	sql_put_int(q, 1, slot);
	if ((err = sql_finish(q)) != VAULT_OK ||
	    (err = log_add(v->store, "passphrase-remove", "", 0)) != VAULT_OK)
		return err;
	return store_commit(v->store);
}

enum vault_err
vault_passphrase_remove(struct vault *v, const char *name)
{
	enum vault_err err;

	if ((err = store_begin(v->store)) != VAULT_OK)
		return vault_failed(v, err);
	err = remove_name(v, name);
	store_abort(v->store);
	return err;
}

/* ---- Checking ---- */

static enum vault_err
check_keys(struct vault *v, const struct vault_check *how)
{
	struct keys_account account;
	enum vault_err err;
	struct keys keys;

	if ((err = vault_keys_read(&keys, v)) == VAULT_EDAMAGED) {
		how->found(how->ctx, VAULT_FOUND_KEYS, 0);
		return VAULT_OK;
	}
	if (err != VAULT_OK ||
	    (err = keys_account(&account, &keys, v->key->ring)) != VAULT_OK)
		return err;
	if (keys.state != KEYS_EQUAL)
		how->found(how->ctx, VAULT_FOUND_KEYS, 0);
	if (!account.mac_ok)
		how->found(how->ctx, VAULT_FOUND_KEYS_FORGED, 0);
	if (!account.filler_ok)
		how->found(how->ctx, VAULT_FOUND_FILLER, 0);
	for (unsigned slot = 0; slot < KEYS_SLOTS; slot++) {
		struct sql *q;
		bool named;

		if (!account.used[slot])
			continue;
		q = sql_open(
		    v->store, "SELECT 1 FROM passphrase WHERE slot=?1");
		sql_put_int(q, 1, slot);
		err = sql_step(q, &named);
		sql_close(q);
		if (err != VAULT_OK)
			return err;
		if (!named)
			how->found(how->ctx, VAULT_FOUND_SLOT, slot);
	}
	return VAULT_OK;
}

static void
store_found(void *ctx, enum check_finding what, int64_t n)
{
	static const enum vault_finding as[] = {
		[CHECK_OUTER] = VAULT_FOUND_OUTER,
		[CHECK_MISSING] = VAULT_FOUND_MISSING,
		[CHECK_BROKEN] = VAULT_FOUND_BROKEN,
		[CHECK_FOREIGN] = VAULT_FOUND_FOREIGN,
		[CHECK_SUM] = VAULT_FOUND_SUM,
		[CHECK_INNER] = VAULT_FOUND_INNER,
		[CHECK_LOG] = VAULT_FOUND_LOG,
	};
	const struct vault_check *how = ctx;

	how->found(how->ctx, as[what], n);
}

static bool
store_progress(void *ctx, uint64_t done, uint64_t total)
{
	const struct vault_check *how = ctx;

	return how->progress == NULL || how->progress(how->ctx, done, total);
}

enum vault_err
vault_check(struct vault *v, const struct vault_check *how)
{
	struct vault_check copy = *how;
	struct check_how store = {
		.quick = how->quick,
		.ctx = &copy,
		.found = store_found,
		.progress = store_progress,
	};
	enum vault_err err;

	if ((err = check_store(v->store, &store)) != VAULT_OK)
		return vault_failed(v, err);
	if (how->quick)
		return VAULT_OK;
	/* The names of slots cannot be read from a broken database. */
	err = check_keys(v, how);
	return err == VAULT_EDAMAGED ? VAULT_OK : vault_failed(v, err);
}
