/* SPDX-License-Identifier: ISC */
/*
 * access.c - who can open a vault: its passphrases, and the machines on which
 * it was opened.
 *
 * The inner database remembers the MAC of the file of keys.  A change of
 * passphrases is three steps: what is about to be written is noted (one
 * commit), the file is written, the note becomes the truth (one commit).  So
 * after a crash it is known which of the two files counts; and a file that is
 * neither has been put back by somebody.
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

/* ---- What is remembered of the file of keys ---- */

enum keys_row { CONFIRMED, PENDING };

struct change {
	uint8_t mac[HASH_LEN];
	char what[16];
	unsigned slot;
	struct buf name;
};

static enum vault_err
put_keys_row(struct store *s, enum keys_row state, const struct change *c)
{
	struct sql *q = sql_open(
	    s, "INSERT OR REPLACE INTO keys VALUES(?1,?2,?3,?4,?5)");

	sql_put_int(q, 1, state);
	sql_put_blob(q, 2, c->mac, HASH_LEN);
	sql_put_text(q, 3, c->what, strlen(c->what));
	sql_put_int(q, 4, c->slot);
	sql_put_text(q, 5, buf_text(&c->name), c->name.len);
	return sql_finish(q);
}

static enum vault_err
get_keys_row(
    bool *found, struct change *out, struct store *s, enum keys_row state)
{
	struct sql *q = sql_open(
	    s, "SELECT mac,what,slot,name FROM keys WHERE state=?1");
	enum vault_err err;
	size_t len;

	memset(out, 0, sizeof(*out));
	sql_put_int(q, 1, state);
	if ((err = sql_step(q, found)) == VAULT_OK && *found) {
		const char *name = sql_text(q, 3, &len);

		buf_put(&out->name, name, len);
		snprintf(
		    out->what, sizeof(out->what), "%s", sql_text(q, 1, NULL));
		out->slot = (unsigned)sql_int(q, 2);
		if ((err = sql_copy(q, 0, out->mac, HASH_LEN)) == VAULT_OK)
			err = buf_ok(&out->name);
	}
	sql_close(q);
	return err;
}

static enum vault_err
put_name(struct store *s, unsigned slot, const char *name)
{
	struct sql *q = sql_open(
	    s, "INSERT INTO passphrase VALUES(?1,?2,?3,?3)");

	sql_put_int(q, 1, slot);
	sql_put_text(q, 2, name, strlen(name));
	sql_put_int(q, 3, clock_now());
	return sql_finish(q);
}

enum vault_err
access_first(struct store *s, const struct keys *keys, const char *name)
{
	struct change first = { .slot = 0 };
	enum vault_err err;

	memcpy(first.mac, keys_mac(keys->copy), HASH_LEN);
	if ((err = put_keys_row(s, CONFIRMED, &first)) != VAULT_OK)
		return err;
	return put_name(s, 0, name);
}

/* The names follow the file: what a change does to them. */
static enum vault_err
apply_names(struct store *s, const struct change *c)
{
	struct sql *q;

	if (strcmp(c->what, "add") == 0)
		return put_name(s, c->slot, buf_text(&c->name));
	if (strcmp(c->what, "change") == 0) {
		q = sql_open(
		    s, "UPDATE passphrase SET changed=?2 WHERE slot=?1");
		sql_put_int(q, 1, c->slot);
		sql_put_int(q, 2, clock_now());
		return sql_finish(q);
	}
	if (strcmp(c->what, "remove") != 0)
		return VAULT_OK;
	q = sql_open(s, "DELETE FROM passphrase WHERE slot=?1");
	sql_put_int(q, 1, c->slot);
	return sql_finish(q);
}

/* The note becomes the truth. */
static enum vault_err
confirm(struct store *s, const struct change *c)
{
	struct change now = { .slot = 0 };
	struct buf what = { 0 };
	enum vault_err err;

	memcpy(now.mac, c->mac, HASH_LEN);
	/* A name is a secret too: nothing of it stays in a free place. */
	buf_putf(&what, "passphrase-%s", c->what);
	if ((err = store_secure_delete(s, true)) == VAULT_OK &&
	    (err = buf_ok(&what)) == VAULT_OK &&
	    (err = apply_names(s, c)) == VAULT_OK &&
	    (err = put_keys_row(s, CONFIRMED, &now)) == VAULT_OK &&
	    (err = sql_run(s, "DELETE FROM keys WHERE state=1")) == VAULT_OK &&
	    (err = log_add(s, buf_text(&what), "", 0)) == VAULT_OK)
		err = store_commit(s);
	buf_free(&what);
	return err;
}

static bool
is_mac(const uint8_t *copy, const struct change *c)
{
	return memcmp(keys_mac(copy), c->mac, HASH_LEN) == 0;
}

/* ---- Machines ---- */

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

/* ---- Entering ---- */

/* Make the other copy, or the one that counts, what is in the file. */
static enum vault_err
settle_on(struct vault *v, struct keys *keys, bool other)
{
	if (other)
		memcpy(keys->copy, keys->other, KEYS_COPY_LEN);
	else if (keys->state == KEYS_EQUAL)
		return VAULT_OK;
	return vault_keys_write(keys, v);
}

/* A change was noted: did the file become what it was to be? */
static enum vault_err
settle_pending(bool *other_file, struct vault *v, struct keys *keys,
    const struct change *pending, const struct change *confirmed)
{
	bool new_first = is_mac(keys->other, pending);
	enum vault_err err;

	/* The passphrase that was typed decides, where both are there. */
	if ((is_mac(keys->copy, pending) && !v->key->first_counts) ||
	    (new_first && !is_mac(keys->copy, confirmed))) {
		err = settle_on(v, keys, !is_mac(keys->copy, pending));
		return err == VAULT_OK ? confirm(v->store, pending) : err;
	}
	*other_file = !is_mac(keys->copy, confirmed) &&
	    !is_mac(keys->other, confirmed);
	if (*other_file)
		return VAULT_OK;
	if ((err = settle_on(v, keys, !is_mac(keys->copy, confirmed))) !=
		VAULT_OK ||
	    (err = sql_run(v->store, "DELETE FROM keys WHERE state=1")) !=
		VAULT_OK ||
	    (err = log_add(v->store, "passphrase-undone", "", 0)) != VAULT_OK)
		return err;
	return store_commit(v->store);
}

static enum vault_err
settle_keys(bool *other_file, struct vault *v)
{
	struct change confirmed, pending;
	enum vault_err err;
	struct keys keys;
	bool found, waiting;

	*other_file = false;
	if ((err = vault_keys_read(&keys, v)) != VAULT_OK)
		return err;
	err = get_keys_row(&found, &confirmed, v->store, CONFIRMED);
	if (err == VAULT_OK && !found)
		err = VAULT_EDAMAGED;
	if (err == VAULT_OK)
		err = get_keys_row(&waiting, &pending, v->store, PENDING);
	if (err != VAULT_OK)
		goto out;
	if (waiting)
		err = settle_pending(
		    other_file, v, &keys, &pending, &confirmed);
	else if (is_mac(keys.copy, &confirmed))
		err = settle_on(v, &keys, false);
	else if (is_mac(keys.other, &confirmed))
		err = settle_on(v, &keys, true);
	else
		*other_file = true;
	buf_free(&pending.name);
out:
	buf_free(&confirmed.name);
	return err;
}

/* Whether there is anything to settle or remember, without writing. */
static enum vault_err
look_at_keys(bool *due, bool *stale, struct vault *v)
{
	struct change confirmed, pending;
	enum vault_err err;
	struct keys keys;
	bool found, waiting;

	if ((err = vault_keys_read(&keys, v)) != VAULT_OK ||
	    (err = get_keys_row(&found, &confirmed, v->store, CONFIRMED)) !=
		VAULT_OK)
		return err;
	buf_free(&confirmed.name);
	if ((err = get_keys_row(&waiting, &pending, v->store, PENDING)) !=
	    VAULT_OK)
		return err;
	buf_free(&pending.name);
	*due = waiting || keys.state != KEYS_EQUAL ||
	    !is_mac(keys.copy, &confirmed);
	/* Opened by an old first copy, while the second is the right one. */
	*stale = !waiting && v->key->first_counts &&
	    is_mac(keys.copy, &confirmed);
	return VAULT_OK;
}

static enum vault_err
remember_machine(struct vault *v, bool *new_machine)
{
	enum vault_err err;

	if ((err = access_remember_machine(v->store, new_machine)) !=
		VAULT_OK ||
	    !*new_machine)
		return err;
	if ((err = log_add(v->store, "machine", "", 0)) != VAULT_OK)
		return err;
	return store_commit(v->store);
}

static enum vault_err
look_at_machine(bool *new_machine, struct vault *v)
{
	uint8_t id[HASH_LEN];
	enum vault_err err;
	bool known;

	if ((err = machine_id(id, v->key->ring)) != VAULT_OK ||
	    (err = machine_is_known(&known, v->store, id)) != VAULT_OK)
		return err;
	*new_machine = !known;
	return VAULT_OK;
}

enum vault_err
vault_enter(struct vault_entered *out, struct vault *v)
{
	enum vault_err err;
	bool due, stale;

	memset(out, 0, sizeof(*out));
	if ((err = look_at_keys(&due, &stale, v)) != VAULT_OK ||
	    (err = look_at_machine(&out->new_machine, v)) != VAULT_OK)
		return vault_failed(v, err);
	if (store_is_read_only(v->store))
		return stale ? VAULT_EPASS : VAULT_OK;
	/* Under the writer's lock: two of us never write keys at once. */
	if (due) {
		if ((err = store_begin(v->store)) == VAULT_OK)
			err = settle_keys(&out->keys_other, v);
		store_abort(v->store);
	}
	if (stale)
		return VAULT_EPASS;
	if (err == VAULT_OK && out->new_machine) {
		if ((err = store_begin(v->store)) == VAULT_OK)
			err = remember_machine(v, &out->new_machine);
		store_abort(v->store);
	}
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

/* First commit of a change: the note.  The file is still the old one. */
static enum vault_err
note(struct vault *v, struct keys *keys, struct change *c)
{
	enum vault_err err;

	if ((err = keys_finish(keys, v->key->ring)) != VAULT_OK)
		return err;
	memcpy(c->mac, keys_mac(keys->copy), HASH_LEN);
	if ((err = put_keys_row(v->store, PENDING, c)) != VAULT_OK)
		return err;
	return store_commit(v->store);
}

/* Then the file, and the second commit, under the writer's lock again. */
static enum vault_err
carry_out(struct vault *v, struct keys *keys, const struct change *c)
{
	struct change pending;
	enum vault_err err;
	bool found;

	if ((err = store_begin(v->store)) != VAULT_OK)
		return err;
	err = get_keys_row(&found, &pending, v->store, PENDING);
	buf_free(&pending.name);
	/* Somebody who entered in between has undone the note. */
	if (err == VAULT_OK &&
	    (!found || memcmp(pending.mac, c->mac, HASH_LEN) != 0))
		err = VAULT_EBUSY;
	if (err == VAULT_OK && (err = vault_keys_write(keys, v)) == VAULT_OK)
		err = confirm(v->store, c);
	store_abort(v->store);
	return err;
}

/*
 * One change of the file of keys: prepare fills in what changes, under the
 * writer's lock.
 */
static enum vault_err
change_keys(struct vault *v, struct change *c, const struct secret *pass,
    enum vault_err (*prepare)(struct vault *v, struct keys *keys,
	struct change *c, const struct secret *pass))
{
	enum vault_err err;
	struct keys keys;

	if ((err = store_begin(v->store)) != VAULT_OK)
		return vault_failed(v, err);
	if ((err = vault_keys_read(&keys, v)) == VAULT_OK &&
	    (err = prepare(v, &keys, c, pass)) == VAULT_OK)
		err = note(v, &keys, c);
	store_abort(v->store);
	return err == VAULT_OK ? carry_out(v, &keys, c) : err;
}

static enum vault_err
prepare_add(struct vault *v, struct keys *keys, struct change *c,
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
	struct change c = { .what = "add" };
	enum vault_err err;
	unsigned slot;

	if (!name_is_good(name))
		return VAULT_EUSE;
	/* Two names for one passphrase would only confuse. */
	if ((err = vault_passphrase_find(&slot, v, pass)) != VAULT_EPASS)
		return err == VAULT_OK ? VAULT_EUSE : err;
	buf_put_text(&c.name, name);
	if ((err = buf_ok(&c.name)) == VAULT_OK)
		err = change_keys(v, &c, pass, prepare_add);
	buf_free(&c.name);
	return err;
}

static enum vault_err
prepare_change(struct vault *v, struct keys *keys, struct change *c,
    const struct secret *pass)
{
	return keys_set(keys, v->key->ring, c->slot, pass);
}

enum vault_err
vault_passphrase_change(
    struct vault *v, unsigned slot, const struct secret *pass)
{
	struct change c = { .what = "change", .slot = slot };
	enum vault_err err;
	unsigned other;

	if (slot >= KEYS_SLOTS)
		return VAULT_EUSE;
	if ((err = vault_passphrase_find(&other, v, pass)) != VAULT_EPASS)
		return err == VAULT_OK ? VAULT_EUSE : err;
	return change_keys(v, &c, pass, prepare_change);
}

static enum vault_err
prepare_remove(struct vault *v, struct keys *keys, struct change *c,
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
	struct change c = { .what = "remove" };
	enum vault_err err;

	buf_put_text(&c.name, name);
	if ((err = buf_ok(&c.name)) == VAULT_OK)
		err = change_keys(v, &c, NULL, prepare_remove);
	buf_free(&c.name);
	return err;
}

static enum vault_err
slot_is_named(bool *out, struct store *s, unsigned slot)
{
	struct sql *q = sql_open(s, "SELECT 1 FROM passphrase WHERE slot=?1");
	enum vault_err err;

	sql_put_int(q, 1, slot);
	err = sql_step(q, out);
	sql_close(q);
	return err;
}

/* c->slot counts how many were closed. */
static enum vault_err
prepare_unknown(struct vault *v, struct keys *keys, struct change *c,
    const struct secret *pass)
{
	struct keys_account account;
	enum vault_err err;
	bool named;

	(void)pass;
	if ((err = keys_account(&account, keys, v->key->ring)) != VAULT_OK)
		return err;
	for (unsigned slot = 0; slot < KEYS_SLOTS; slot++) {
		if ((err = slot_is_named(&named, v->store, slot)) != VAULT_OK)
			return err;
		if (named || !account.used[slot])
			continue;
		c->slot++;
		if ((err = keys_clear(keys, v->key->ring, slot)) != VAULT_OK)
			return err;
	}
	return VAULT_OK;
}

enum vault_err
vault_passphrase_remove_unknown(unsigned *n, struct vault *v)
{
	struct change c = { .what = "settle" };
	enum vault_err err = change_keys(v, &c, NULL, prepare_unknown);

	*n = c.slot;
	return err;
}

/* ---- Checking ---- */

/* Is it the file that was written last, or about to be? */
static enum vault_err
check_mac(
    struct vault *v, const struct keys *keys, const struct vault_check *how)
{
	struct change confirmed, pending;
	enum vault_err err;
	bool found, waiting;

	err = get_keys_row(&found, &confirmed, v->store, CONFIRMED);
	buf_free(&confirmed.name);
	if (err != VAULT_OK)
		return err;
	err = get_keys_row(&waiting, &pending, v->store, PENDING);
	buf_free(&pending.name);
	if (err == VAULT_OK && !(found && is_mac(keys->copy, &confirmed)) &&
	    !(waiting && is_mac(keys->copy, &pending)))
		how->found(how->ctx, VAULT_FOUND_KEYS_OTHER, 0);
	return err;
}

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
	else if ((err = check_mac(v, &keys, how)) != VAULT_OK)
		return err;
	if (!account.filler_ok)
		how->found(how->ctx, VAULT_FOUND_FILLER, 0);
	for (unsigned slot = 0; slot < KEYS_SLOTS; slot++) {
		bool named;

		if (!account.used[slot])
			continue;
		if ((err = slot_is_named(&named, v->store, slot)) != VAULT_OK)
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
		[CHECK_ROOM] = VAULT_FOUND_ROOM,
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
