/* SPDX-License-Identifier: ISC */
/* care.c - checking a vault, and the machines on which it was opened. */
#include <stdio.h>
#include <string.h>

#include "core/clock.h"
#include "exchange/keycheck.h"
#include "keyfile.h"
#include "record/attach.h"
#include "record/body.h"
#include "record/heads.h"
#include "record/tombstone.h"
#include "search/index.h"
#include "store/check.h"
#include "store/log.h"
#include "store/sql.h"
#include "store/store.h"

#define MACHINE_ID_MAX 64

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
machine_add(struct store *s, bool *new_machine)
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

enum vault_err
machine_look(bool *new_machine, struct vault *v)
{
	uint8_t id[HASH_LEN];
	enum vault_err err;
	bool known;

	if ((err = machine_id(id, v->key->ring)) != VAULT_OK ||
	    (err = machine_is_known(&known, v->store, id)) != VAULT_OK)
		return vault_failed(v, err);
	*new_machine = !known;
	return VAULT_OK;
}

enum vault_err
vault_remember_machine(struct vault *v)
{
	enum vault_err err;
	bool new_machine;

	if (store_is_read_only(v->store))
		return VAULT_OK;
	if ((err = store_begin(v->store)) == VAULT_OK &&
	    (err = machine_add(v->store, &new_machine)) == VAULT_OK &&
	    (err = log_add(v->store, "machine", "", 0)) == VAULT_OK)
		err = store_commit(v->store);
	store_abort(v->store);
	return vault_failed(v, err);
}

/* ---- Checking ---- */

static enum vault_err
check_slots(struct vault *v, const struct keys *keys,
    const struct keys_account *account, const struct vault_check *how)
{
	for (unsigned slot = 0; slot < KEYS_SLOTS; slot++) {
		enum vault_err err;
		bool known;

		if (!account->used[slot])
			continue;
		err = keyfile_knows(&known, v->store, keys, slot);
		if (err != VAULT_OK)
			return err;
		if (!known)
			how->found(how->ctx, VAULT_FOUND_SLOT, slot);
	}
	return VAULT_OK;
}

static enum vault_err
check_keys(struct vault *v, const struct vault_check *how)
{
	struct keys_account account;
	enum keyfile_state state;
	enum vault_err err;
	struct keys keys;

	if ((err = vault_keys_read(&keys, v)) == VAULT_EDAMAGED) {
		how->found(how->ctx, VAULT_FOUND_KEYS, 0);
		return VAULT_OK;
	}
	if (err != VAULT_OK ||
	    (err = keys_account(&account, &keys, v->key->ring)) != VAULT_OK ||
	    (err = keyfile_look(&state, v)) != VAULT_OK)
		return err;
	if (keys.state != KEYS_EQUAL)
		how->found(how->ctx, VAULT_FOUND_KEYS, 0);
	if (!account.mac_ok)
		how->found(how->ctx, VAULT_FOUND_KEYS_FORGED, 0);
	else if (state == KEYFILE_OTHER)
		how->found(how->ctx, VAULT_FOUND_KEYS_OTHER, 0);
	if (!account.filler_ok)
		how->found(how->ctx, VAULT_FOUND_FILLER, 0);
	return check_slots(v, &keys, &account, how);
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

/* ---- Keys of offices ---- */

static void
key_found(void *ctx, enum keycheck_finding what, int64_t n)
{
	static const enum vault_finding as[] = {
		[KEYCHECK_CARD] = VAULT_FOUND_CARD,
		[KEYCHECK_EARLIER] = VAULT_FOUND_EARLIER,
		[KEYCHECK_REVOKED] = VAULT_FOUND_REVOKED,
	};
	const struct vault_check *how = ctx;

	how->found(how->ctx, as[what], n);
}

static enum vault_err
check_offices(struct vault *v, struct vault_check *how)
{
	enum vault_err err;

	if ((err = store_read(v->store)) != VAULT_OK)
		return err;
	err = keycheck(v->store, key_found, how);
	store_read_end(v->store);
	return err;
}

/* ---- Records ---- */

/* The parts that are here must have the hashes in the envelope. */
static enum vault_err
check_version(struct store *s, const struct record_row *r, const uint8_t *id,
    const struct buf *tombstones)
{
	struct part body, hidden;
	struct version v;
	enum vault_err err;

	err = rows_version(&v, &body, &hidden, s, r, id, true);
	if (err == VAULT_OK &&
	    (memcmp(v.id, id, VERSION_ID_LEN) != 0 ||
		memcmp(v.record, r->id, ID_LEN) != 0 ||
		(tombstone_names(tombstones, v.office) &&
		    (body.present || hidden.present)) ||
		!part_fits(&body, v.has_body, v.body) ||
		!part_fits(&hidden, v.has_private, v.hidden)))
		err = VAULT_EDAMAGED;
	version_free(&v);
	part_free(&body);
	part_free(&hidden);
	return err;
}

static enum vault_err
check_attachment(
    struct store *s, const struct record_row *r, const uint8_t *hash)
{
	struct attach_row a;
	struct chunks *c = NULL;
	const uint8_t *bytes;
	size_t len = 1;
	enum vault_err err = attach_find(&a, s, r, hash);

	if (err != VAULT_OK) /* one that is not here was withheld */
		return err == VAULT_ENORECORD ? VAULT_OK : err;
	if ((err = attach_open(&c, s, r, &a)) == VAULT_OK)
		while (err == VAULT_OK && len > 0)
			err = chunks_get(c, &bytes, &len);
	chunks_free(c);
	attach_row_free(&a);
	return err;
}

/* What the heads of a record say, each opened once. */
struct heads_seen {
	struct buf attachments; /* hashes */
	struct buf *idle;
	struct index_entry *entry;
};

static enum vault_err
look_at_head(void *ctx, const struct head *h)
{
	struct heads_seen *seen = ctx;
	enum vault_err err;

	buf_put(&seen->attachments, h->version.attachments.bytes,
	    h->version.attachments.len);
	/* Another office may believe that it has hidden something. */
	if (!h->has_withheld &&
	    (err = body_idle_paths(seen->idle, h->body)) != VAULT_OK)
		return err;
	if ((err = index_entry_add(seen->entry, h)) != VAULT_OK)
		return err;
	return buf_ok(&seen->attachments);
}

static enum vault_err
check_heads(
    bool *same, struct buf *idle, struct store *s, const struct record_row *r)
{
	struct heads_seen seen = { .idle = idle };
	enum vault_err err;

	if ((err = index_entry_new(&seen.entry)) == VAULT_OK)
		err = heads_each(s, r, look_at_head, &seen);
	if (err == VAULT_OK)
		err = index_entry_own(seen.entry, s, r);
	for (size_t i = 0;
	     err == VAULT_OK && i < version_hash_count(&seen.attachments); i++)
		err = check_attachment(
		    s, r, version_hash_at(&seen.attachments, i));
	if (err == VAULT_OK)
		err = index_has(same, s, r, seen.entry);
	index_entry_free(seen.entry);
	buf_free(&seen.attachments);
	return err;
}

static enum vault_err
check_record(
    bool *same, struct buf *idle, struct store *s, const struct record_row *r)
{
	struct buf ids = { 0 }, tombstones = { 0 };
	enum vault_err err = rows_versions(&ids, s, r, false);

	if (err == VAULT_OK)
		err = tombstone_list(&tombstones, s, r->id, true);
	for (size_t i = 0; err == VAULT_OK && i < version_hash_count(&ids); i++)
		err = check_version(
		    s, r, version_hash_at(&ids, i), &tombstones);
	if (err == VAULT_OK)
		err = check_heads(same, idle, s, r);
	buf_free(&ids);
	buf_free(&tombstones);
	return err;
}

/* One record in a snapshot of its own: a check may take minutes. */
static enum vault_err
check_one(struct vault *v, int64_t num, const struct vault_check *how)
{
	char id[ID_TEXT_LEN + 1];
	struct buf idle = { 0 };
	struct record_row r;
	enum vault_err err;
	bool same = true;

	if ((err = store_read(v->store)) != VAULT_OK)
		return err;
	if ((err = rows_get(&r, v->store, num)) == VAULT_OK && !r.forgotten) {
		err = check_record(&same, &idle, v->store, &r);
		id_print(id, r.id);
		if (err == VAULT_EDAMAGED || (err == VAULT_OK && !same))
			how->record(how->ctx, id,
			    err == VAULT_OK ? VAULT_RECORD_INDEX
					    : VAULT_RECORD_BROKEN);
		if (err == VAULT_OK && idle.len > 0)
			how->record(how->ctx, id, VAULT_RECORD_IDLE);
		if (err == VAULT_EDAMAGED)
			err = VAULT_OK;
	}
	store_read_end(v->store);
	buf_free(&idle);
	return err == VAULT_ENORECORD ? VAULT_OK : err;
}

static enum vault_err
check_records(struct vault *v, const struct vault_check *how)
{
	enum vault_err err;
	int64_t last;

	err = sql_number(
	    &last, v->store, "SELECT ifnull(max(num),0) FROM record");
	for (int64_t num = 1; err == VAULT_OK && num <= last; num++) {
		err = check_one(v, num, how);
		if (err == VAULT_OK && how->progress != NULL &&
		    !how->progress(how->ctx, (uint64_t)num, (uint64_t)last))
			err = VAULT_ECANCELED;
	}
	return err;
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
	if (err == VAULT_EDAMAGED)
		return VAULT_OK;
	if (err == VAULT_OK && how->records &&
	    (err = check_offices(v, &copy)) == VAULT_OK)
		err = check_records(v, how);
	return vault_failed(v, err);
}
