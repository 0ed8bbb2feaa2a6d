/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <string.h>

#include "core/clock.h"
#include "keyfile.h"
#include "store/log.h"
#include "store/sql.h"
#include "store/store.h"

/* ---- Notes ---- */

enum keys_row { CONFIRMED, PENDING };

struct note {
	bool found;
	struct key_change change;
};

static enum vault_err
put_note(struct store *s, enum keys_row state, const struct key_change *c)
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
get_note(struct note *out, struct store *s, enum keys_row state)
{
	struct sql *q = sql_open(
	    s, "SELECT mac,what,slot,name FROM keys WHERE state=?1");
	struct key_change *c = &out->change;
	enum vault_err err;
	size_t len;

	memset(out, 0, sizeof(*out));
	sql_put_int(q, 1, state);
	if ((err = sql_step(q, &out->found)) == VAULT_OK && out->found) {
		const char *name = sql_text(q, 3, &len);

		buf_put(&c->name, name, len);
		snprintf(c->what, sizeof(c->what), "%s", sql_text(q, 1, NULL));
		c->slot = (unsigned)sql_int(q, 2);
		if ((err = sql_ok(q)) == VAULT_OK &&
		    (err = sql_copy(q, 0, c->mac, HASH_LEN)) == VAULT_OK)
			err = buf_ok(&c->name);
	}
	sql_close(q);
	return err;
}

struct notes {
	struct note confirmed, pending;
};

static void
notes_free(struct notes *n)
{
	buf_free(&n->confirmed.change.name);
	buf_free(&n->pending.change.name);
}

static enum vault_err
get_notes(struct notes *out, struct store *s)
{
	enum vault_err err;

	memset(out, 0, sizeof(*out));
	if ((err = get_note(&out->confirmed, s, CONFIRMED)) == VAULT_OK)
		err = get_note(&out->pending, s, PENDING);
	if (err == VAULT_OK && !out->confirmed.found)
		err = VAULT_EDAMAGED;
	if (err != VAULT_OK)
		notes_free(out);
	return err;
}

/* ---- Names ---- */

static enum vault_err
put_name(
    struct store *s, const struct keys *keys, unsigned slot, const char *name)
{
	struct sql *q = sql_open(
	    s, "INSERT INTO passphrase VALUES(?1,?2,?3,?3,?4)");
	uint8_t hash[HASH_LEN];

	keys_slot_hash(hash, keys, slot);
	sql_put_int(q, 1, slot);
	sql_put_text(q, 2, name, strlen(name));
	sql_put_int(q, 3, clock_now());
	sql_put_blob(q, 4, hash, HASH_LEN);
	return sql_finish(q);
}

static enum vault_err
renew_name(struct store *s, const struct keys *keys, unsigned slot)
{
	struct sql *q = sql_open(
	    s, "UPDATE passphrase SET changed=?2,seal=?3 WHERE slot=?1");
	uint8_t hash[HASH_LEN];

	keys_slot_hash(hash, keys, slot);
	sql_put_int(q, 1, slot);
	sql_put_int(q, 2, clock_now());
	sql_put_blob(q, 3, hash, HASH_LEN);
	return sql_finish(q);
}

static enum vault_err
drop_name(struct store *s, unsigned slot)
{
	struct sql *q = sql_open(s, "DELETE FROM passphrase WHERE slot=?1");

	sql_put_int(q, 1, slot);
	return sql_finish(q);
}

static enum vault_err
has_name(bool *out, struct store *s, unsigned slot)
{
	struct sql *q = sql_open(s, "SELECT 1 FROM passphrase WHERE slot=?1");
	enum vault_err err;

	sql_put_int(q, 1, slot);
	err = sql_step(q, out);
	sql_close(q);
	return err;
}

enum vault_err
keyfile_knows(
    bool *out, struct store *s, const struct keys *keys, unsigned slot)
{
	struct sql *q = sql_open(
	    s, "SELECT seal FROM passphrase WHERE slot=?1");
	uint8_t have[HASH_LEN], want[HASH_LEN];
	enum vault_err err;
	bool row;

	*out = false;
	keys_slot_hash(have, keys, slot);
	sql_put_int(q, 1, slot);
	if ((err = sql_step(q, &row)) == VAULT_OK && row &&
	    (err = sql_copy(q, 0, want, HASH_LEN)) == VAULT_OK)
		*out = memcmp(have, want, HASH_LEN) == 0;
	sql_close(q);
	return err;
}

/*
 * After "settle": the slot that somebody opened just now is kept and known,
 * names of what is no longer there go.
 */
static enum vault_err
settle_names(struct store *s, const struct keys *keys, unsigned kept)
{
	enum vault_err err = VAULT_OK;
	bool known, named;

	for (unsigned slot = 0; err == VAULT_OK && slot < KEYS_SLOTS; slot++)
		if (slot != kept &&
		    (err = keyfile_knows(&known, s, keys, slot)) == VAULT_OK &&
		    !known)
			err = drop_name(s, slot);
	if (err != VAULT_OK || (err = has_name(&named, s, kept)) != VAULT_OK)
		return err;
	return named ? renew_name(s, keys, kept)
		     : put_name(s, keys, kept, "unnamed");
}

/* The names follow the file. */
static enum vault_err
apply_names(
    struct store *s, const struct keys *keys, const struct key_change *c)
{
	if (strcmp(c->what, "add") == 0)
		return put_name(s, keys, c->slot, buf_text(&c->name));
	if (strcmp(c->what, "change") == 0)
		return renew_name(s, keys, c->slot);
	if (strcmp(c->what, "remove") == 0)
		return drop_name(s, c->slot);
	return settle_names(s, keys, c->slot);
}

enum vault_err
keyfile_first(struct store *s, const struct keys *keys, const char *name)
{
	struct key_change first = { .slot = 0 };
	enum vault_err err;

	memcpy(first.mac, keys_mac(keys->copy), HASH_LEN);
	if ((err = put_note(s, CONFIRMED, &first)) != VAULT_OK)
		return err;
	return put_name(s, keys, 0, name);
}

/* ---- Which one counts ---- */

static bool
is_mac(const uint8_t *mac, const struct note *n)
{
	return n->found && memcmp(mac, n->change.mac, HASH_LEN) == 0;
}

/*
 * A noted change has happened if the passphrase that was typed opened the new
 * file, or, where none was typed, if the new file is there.
 */
static bool
has_happened(
    const struct vault *v, const struct keys *keys, const struct notes *n)
{
	if (!n->pending.found)
		return false;
	if (v->by.known && is_mac(v->by.mac, &n->pending))
		return true;
	if (v->by.known && is_mac(v->by.mac, &n->confirmed))
		return false;
	return is_mac(keys_mac(keys->copy), &n->pending);
}

/*
 * Set a copy aside that was not made with the vault key, whatever MAC it
 * shows.  *sealed: there is one left that was.
 */
static enum vault_err
set_forged_aside(bool *sealed, struct keys *keys, const struct vault *v)
{
	enum vault_err err;
	bool other;

	if ((err = keys_is_sealed(sealed, keys->copy, v->key->ring)) !=
		VAULT_OK ||
	    keys->state != KEYS_DIFFER ||
	    (err = keys_is_sealed(&other, keys->other, v->key->ring)) !=
		VAULT_OK)
		return err;
	if (!*sealed && other) {
		keys_use_other(keys);
		*sealed = true;
	} else if (*sealed && other) {
		return VAULT_OK;
	}
	/* Only one counts: the other is no more than damaged. */
	keys->state = keys->first_counts ? KEYS_SECOND_DAMAGED
					 : KEYS_FIRST_DAMAGED;
	return VAULT_OK;
}

/*
 * Does what was typed open this file?  If it opened another copy, then only
 * if the same lies in that slot here.
 */
static bool
opens_too(
    const struct vault *v, const struct keys *keys, const struct note *wanted)
{
	uint8_t hash[HASH_LEN];

	if (!v->by.known || is_mac(v->by.mac, wanted))
		return true;
	keys_slot_hash(hash, keys, v->by.slot);
	return memcmp(hash, v->by.slot_hash, HASH_LEN) == 0;
}

/*
 * Compare, and turn keys so that keys->copy is the copy that counts.
 * *forward: the noted change is to be finished.
 */
static enum vault_err
judge(enum keyfile_state *out, bool *forward, struct keys *keys,
    const struct vault *v, const struct notes *n)
{
	const struct note *wanted;
	enum vault_err err;
	bool sealed;

	*out = KEYFILE_OTHER;
	*forward = false;
	if ((err = set_forged_aside(&sealed, keys, v)) != VAULT_OK || !sealed)
		return err;
	*forward = has_happened(v, keys, n);
	wanted = *forward ? &n->pending : &n->confirmed;
	if (!is_mac(keys_mac(keys->copy), wanted)) {
		if (keys->state != KEYS_DIFFER ||
		    !is_mac(keys_mac(keys->other), wanted))
			return VAULT_OK;
		keys_use_other(keys);
	}
	if (!opens_too(v, keys, wanted))
		*out = KEYFILE_STALE;
	else if (keys->state == KEYS_EQUAL && !n->pending.found)
		*out = KEYFILE_GOOD;
	else
		*out = KEYFILE_UNSETTLED;
	return VAULT_OK;
}

enum vault_err
keyfile_look(enum keyfile_state *out, struct vault *v)
{
	struct notes notes;
	struct keys keys;
	enum vault_err err;
	bool forward;

	*out = KEYFILE_OTHER;
	if ((err = vault_keys_read(&keys, v)) != VAULT_OK ||
	    (err = get_notes(&notes, v->store)) != VAULT_OK)
		return err;
	err = judge(out, &forward, &keys, v, &notes);
	notes_free(&notes);
	return err;
}

/* ---- Settling ---- */

/* The note becomes the truth; with keys as they are in the file now. */
static enum vault_err
confirm(struct vault *v, const struct keys *keys, const struct key_change *c)
{
	struct key_change now = { .slot = 0 };
	struct buf what = { 0 };
	enum vault_err err;

	memcpy(now.mac, c->mac, HASH_LEN);
	buf_putf(&what, "passphrase-%s", c->what);
	/* A name is a secret too: nothing of it stays in a free place. */
	if ((err = store_secure_delete(v->store, true)) == VAULT_OK &&
	    (err = buf_ok(&what)) == VAULT_OK &&
	    (err = apply_names(v->store, keys, c)) == VAULT_OK &&
	    (err = put_note(v->store, CONFIRMED, &now)) == VAULT_OK &&
	    (err = sql_run(v->store, "DELETE FROM keys WHERE state=1")) ==
		VAULT_OK &&
	    (err = log_add(v->store, buf_text(&what), "", 0)) == VAULT_OK)
		err = store_commit(v->store);
	buf_free(&what);
	/* What was opened earlier is not what is there any more. */
	if (err == VAULT_OK)
		v->by.known = false;
	return err;
}

static enum vault_err
undo_note(struct vault *v)
{
	enum vault_err err;

	if ((err = store_secure_delete(v->store, true)) != VAULT_OK ||
	    (err = sql_run(v->store, "DELETE FROM keys WHERE state=1")) !=
		VAULT_OK ||
	    (err = log_add(v->store, "passphrase-undone", "", 0)) != VAULT_OK)
		return err;
	return store_commit(v->store);
}

enum vault_err
keyfile_settle(enum keyfile_state *out, bool *committed, struct vault *v)
{
	struct notes notes;
	struct keys keys;
	enum vault_err err;
	bool forward;

	*out = KEYFILE_OTHER;
	*committed = false;
	if ((err = vault_keys_read(&keys, v)) != VAULT_OK ||
	    (err = get_notes(&notes, v->store)) != VAULT_OK)
		return err;
	err = judge(out, &forward, &keys, v, &notes);
	if (err == VAULT_OK && *out != KEYFILE_OTHER &&
	    keys.state != KEYS_EQUAL)
		err = vault_keys_write(&keys, v);
	if (err == VAULT_OK && *out != KEYFILE_OTHER && notes.pending.found) {
		*committed = true;
		err = forward ? confirm(v, &keys, &notes.pending.change)
			      : undo_note(v);
	}
	notes_free(&notes);
	return err;
}

/* ---- Changing ---- */

/* In a transaction: settle what is left over, until nothing is. */
static enum vault_err
begin_settled(enum keyfile_state *state, struct vault *v)
{
	enum vault_err err;
	bool committed;

	do {
		if ((err = store_begin(v->store)) != VAULT_OK)
			return vault_failed(v, err);
		if ((err = keyfile_settle(state, &committed, v)) != VAULT_OK) {
			store_abort(v->store);
			return err;
		}
	} while (committed);
	return VAULT_OK;
}

/* First commit of a change: the note.  The file is still the old one. */
static enum vault_err
note(struct vault *v, struct keys *keys, struct key_change *c)
{
	enum vault_err err;

	if ((err = keys_finish(keys, v->key->ring)) != VAULT_OK)
		return err;
	memcpy(c->mac, keys_mac(keys->copy), HASH_LEN);
	if ((err = put_note(v->store, PENDING, c)) != VAULT_OK)
		return err;
	return store_commit(v->store);
}

/* Then the file, and the second commit, under the writer's lock again. */
static enum vault_err
carry_out(struct vault *v, struct keys *keys, const struct key_change *c)
{
	struct note pending;
	enum vault_err err;

	if ((err = store_begin(v->store)) != VAULT_OK)
		return err;
	err = get_note(&pending, v->store, PENDING);
	buf_free(&pending.change.name);
	/* Somebody who entered in between has undone the note. */
	if (err == VAULT_OK && !is_mac(c->mac, &pending))
		err = VAULT_EBUSY;
	if (err == VAULT_OK && (err = vault_keys_write(keys, v)) == VAULT_OK)
		err = confirm(v, keys, c);
	store_abort(v->store);
	return err;
}

/* What is not sealed under the vault key must never be given a MAC. */
static enum vault_err
read_sealed(struct keys *keys, struct vault *v)
{
	enum vault_err err;
	bool sealed;

	if ((err = vault_keys_read(keys, v)) != VAULT_OK ||
	    (err = set_forged_aside(&sealed, keys, v)) != VAULT_OK)
		return err;
	return sealed ? VAULT_OK : VAULT_EDAMAGED;
}

enum vault_err
keyfile_change(struct vault *v, struct key_change *c, const struct secret *pass,
    keyfile_prepare *prepare)
{
	enum keyfile_state state;
	enum vault_err err;
	struct keys keys;

	if ((err = begin_settled(&state, v)) != VAULT_OK)
		return err;
	if (state == KEYFILE_OTHER && strcmp(c->what, "settle") != 0) {
		err = VAULT_EDAMAGED;
		v->fault = (struct vault_fault){ VAULT_WHERE_KEYS, 0 };
	}
	if (err == VAULT_OK && (err = read_sealed(&keys, v)) == VAULT_OK &&
	    (err = prepare(v, &keys, c, pass)) == VAULT_OK)
		err = note(v, &keys, c);
	store_abort(v->store);
	return err == VAULT_OK ? carry_out(v, &keys, c) : err;
}
