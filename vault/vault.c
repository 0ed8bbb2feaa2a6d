/* SPDX-License-Identifier: ISC */
/* vault.c - making, opening and closing a vault. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "core/base64.h"
#include "core/clock.h"
#include "core/io.h"
#include "core/mem.h"
#include "core/random.h"
#include "keyfile.h"
#include "record/json.h"
#include "record/label.h"
#include "search/index.h"
#include "search/words.h"
#include "seal/identity.h"
#include "store/log.h"
#include "store/sql.h"
#include "store/store.h"

#define KEYS_FILE "keys"

enum vault_err
vault_ready(struct sqlite3 *db)
{
	return words_register(db);
}

enum vault_err
vault_setup(void)
{
	if (sodium_init() < 0)
		return VAULT_EIO;
	json_setup();
	return store_setup();
}

void
vault_libraries(struct buf *out)
{
	buf_putf(out, "libsodium %s, SQLite %s", sodium_version_string(),
	    store_library());
}

bool
vault_place_vanishes(const char *path)
{
	return io_vanishes(path);
}

bool
vault_time_is_sane(int64_t time)
{
	return clock_is_sane(time);
}

void
vault_titles_in(struct vault *v, const char *lang)
{
	v->labels = label_language(lang);
}

enum vault_err
vault_failed(struct vault *v, enum vault_err err)
{
	if (err != VAULT_OK)
		v->fault = store_fault(v->store);
	return err;
}

struct vault_fault
vault_fault(const struct vault *v)
{
	return v->fault;
}

/* ---- The file of keys ---- */

static enum vault_err
keys_read_at(struct keys *out, const char *folder, const char *path)
{
	enum vault_err err;
	int dir;

	if (path != NULL)
		return keys_read(out, AT_FDCWD, path);
	if ((err = io_open_dir(&dir, folder)) != VAULT_OK)
		return err == VAULT_EABSENT ? VAULT_ENOVAULT : err;
	err = keys_read(out, dir, KEYS_FILE);
	io_close(dir);
	return err;
}

enum vault_err
place_keys_read(struct keys *out, const struct vault_place *place)
{
	return keys_read_at(out, place->folder, place->keys);
}

enum vault_err
vault_keys_read(struct keys *out, const struct vault *v)
{
	return keys_read_at(out, v->folder, v->keys_path);
}

enum vault_err
vault_keys_write(struct keys *k, const struct vault *v)
{
	enum vault_err err;
	int dir;

	if (v->keys_path != NULL)
		return keys_write(k, AT_FDCWD, v->keys_path);
	if ((err = io_open_dir(&dir, v->folder)) != VAULT_OK)
		return err;
	err = keys_write(k, dir, KEYS_FILE);
	io_close(dir);
	return err;
}

static struct vault_cost
cost_out(const struct kdf_cost *cost)
{
	return (struct vault_cost){ cost->memory, cost->passes, cost->lanes };
}

enum vault_err
vault_calibrate(struct vault_cost *out)
{
	struct kdf_cost cost;
	enum vault_err err = kdf_calibrate(&cost);

	if (err == VAULT_OK)
		*out = cost_out(&cost);
	return err;
}

enum vault_err
vault_cost_of(struct vault_cost *out, const struct vault_place *place)
{
	struct keys_header header;
	enum vault_err err;
	struct keys keys;

	if ((err = place_keys_read(&keys, place)) != VAULT_OK ||
	    (err = keys_header_decode(&header, keys.copy)) != VAULT_OK)
		return err;
	*out = cost_out(&header.cost);
	return VAULT_OK;
}

uint64_t
vault_memory_free(void)
{
	return kdf_memory_free();
}

enum vault_err
vault_place_id(uint8_t out[static 16], const struct vault_place *place)
{
	struct keys_header header;
	enum vault_err err;
	struct keys keys;

	if ((err = place_keys_read(&keys, place)) == VAULT_OK &&
	    (err = keys_header_decode(&header, keys.copy)) == VAULT_OK)
		memcpy(out, header.vault_id, ID_LEN);
	return err;
}

/* ---- Keys ---- */

static enum vault_err
wrap(struct vault_key **out, struct keyring *ring)
{
	if ((*out = mem_zalloc(sizeof(**out))) == NULL) {
		keyring_free(ring);
		return VAULT_ENOMEM;
	}
	(*out)->ring = ring;
	return VAULT_OK;
}

enum vault_err
vault_key_unlock(struct vault_key **out, enum vault_keys_state *state,
    const struct vault_place *place, const struct secret *pass)
{
	static const enum vault_keys_state states[] = {
		[KEYS_EQUAL] = VAULT_KEYS_EQUAL,
		[KEYS_FIRST_DAMAGED] = VAULT_KEYS_DAMAGED,
		[KEYS_SECOND_DAMAGED] = VAULT_KEYS_DAMAGED,
		[KEYS_DIFFER] = VAULT_KEYS_CUT,
		[KEYS_FORGED] = VAULT_KEYS_FORGED,
	};
	struct keyring *ring;
	enum vault_err err;
	struct keys keys;
	unsigned slot;

	*out = NULL;
	*state = VAULT_KEYS_EQUAL;
	if ((err = place_keys_read(&keys, place)) != VAULT_OK ||
	    (err = keys_unlock(&ring, &slot, &keys, pass)) != VAULT_OK)
		return err;
	*state = states[keys.state];
	if ((err = wrap(out, ring)) == VAULT_OK) {
		(*out)->by.known = true;
		(*out)->by.slot = slot;
		memcpy((*out)->by.mac, keys_mac(keys.copy), HASH_LEN);
		keys_slot_hash((*out)->by.slot_hash, &keys, slot);
	}
	return err;
}

int
vault_key_fd(const struct vault_key *key)
{
	return keyring_fd(key->ring);
}

enum vault_err
vault_key_attach(struct vault_key **out, int fd)
{
	struct keyring *ring;
	enum vault_err err;

	*out = NULL;
	if ((err = keyring_attach(&ring, fd)) != VAULT_OK)
		return err;
	return wrap(out, ring);
}

enum vault_err
vault_key_adopt(struct vault_key **out, int fd)
{
	struct keyring *ring;
	enum vault_err err;

	*out = NULL;
	if ((err = keyring_adopt(&ring, fd)) != VAULT_OK)
		return err;
	return wrap(out, ring);
}

void
vault_key_lock(struct vault_key *key)
{
	keyring_lock(key->ring);
}

bool
vault_key_is_gone(const struct vault_key *key)
{
	return keyring_is_gone(key->ring);
}

bool
vault_key_is_locked_in_memory(const struct vault_key *key)
{
	return keyring_is_locked_in_memory(key->ring);
}

void
vault_key_disown(struct vault_key *key)
{
	keyring_disown(key->ring);
}

void
vault_key_free(struct vault_key *key)
{
	if (key == NULL)
		return;
	keyring_free(key->ring);
	mem_free(key);
}

const uint8_t *
vault_key_id(const struct vault_key *key)
{
	return keyring_vault_id(key->ring);
}

/* ---- Opening ---- */

/* The absolute path of a folder or file that exists, without links. */
enum vault_err
vault_resolve_path(char **out, const char *path)
{
	char *real = realpath(path, NULL);

	*out = NULL;
	if (real == NULL)
		return io_err(errno);
	*out = mem_text(real);
	free(real);
	return *out == NULL ? VAULT_ENOMEM : VAULT_OK;
}

enum vault_err
vault_place_name(
    char out[static VAULT_PLACE_NAME_LEN], const struct vault_place *place)
{
	uint8_t hash[HASH_LEN];
	struct buf hex = { 0 };
	enum vault_err err;
	char *path;

	if ((err = vault_resolve_path(&path, place->folder)) != VAULT_OK)
		return err == VAULT_EABSENT ? VAULT_ENOVAULT : err;
	hash_bytes(hash, path, strlen(path));
	mem_free(path);
	hex_encode(&hex, hash, 16);
	if ((err = buf_ok(&hex)) == VAULT_OK)
		memcpy(out, buf_text(&hex), VAULT_PLACE_NAME_LEN);
	buf_free(&hex);
	return err;
}

uint32_t
vault_random_below(uint32_t below)
{
	return random_below(below);
}

enum vault_err
vault_open(struct vault **out, const struct vault_place *place,
    const struct vault_key *key, struct vault_fault *fault)
{
	struct vault *v = NULL;
	enum vault_err err = VAULT_ENOMEM;

	*out = NULL;
	*fault = (struct vault_fault){ VAULT_WHERE_UNKNOWN, 0 };
	if ((v = mem_zalloc(sizeof(*v))) == NULL)
		goto out;
	v->key = key;
	v->by = key->by;
	if ((err = vault_resolve_path(&v->folder, place->folder)) != VAULT_OK) {
		err = err == VAULT_EABSENT ? VAULT_ENOVAULT : err;
		goto out;
	}
	if (place->keys != NULL &&
	    (err = vault_resolve_path(&v->keys_path, place->keys)) != VAULT_OK)
		goto out;
	v->interrupted = store_has_journal(v->folder);
	if ((err = store_open(&v->store, v->folder, key->ring, vault_ready,
		 &key->busy, fault)) != VAULT_OK)
		goto out;
	*out = v;
	v = NULL; /* given away */
out:
	vault_close(v);
	return err;
}

void
vault_close(struct vault *v)
{
	if (v == NULL)
		return;
	store_close(v->store);
	mem_free(v->folder);
	mem_free(v->keys_path);
	mem_free(v);
}

void
vault_key_on_busy(struct vault_key *key,
    bool (*waiting)(void *ctx, unsigned waited_ms), void *ctx)
{
	key->busy = (struct vault_waiting){ waiting, ctx };
}

void
vault_on_busy(
    struct vault *v, bool (*waiting)(void *ctx, unsigned waited_ms), void *ctx)
{
	v->waiting = waiting;
	v->waiting_ctx = ctx;
	store_on_busy(v->store, 5000, waiting, ctx);
}

void
vault_speak(struct vault *v, const struct vault_speech *words)
{
	v->words = (struct print_words){ words->not_here, words->yes,
		words->no };
}

const struct print_words *
vault_speech(const struct vault *v)
{
	return v->words.not_here == NULL ? &print_english : &v->words;
}

bool
vault_was_interrupted(const struct vault *v)
{
	return v->interrupted;
}

/* ---- Making ---- */

static enum vault_err
add_office(struct store *s, const struct keyring *ring, const char *name)
{
	uint8_t public_key[IDENTITY_PUBLIC_LEN], sealed[IDENTITY_SEALED_LEN];
	enum vault_err err;
	struct sql *q;

	if ((err = identity_new(public_key, sealed, ring)) != VAULT_OK)
		return err;
	q = sql_open(s, "INSERT INTO office VALUES(1,?1,?2,?3,?4)");
	sql_put_text(q, 1, name, strlen(name));
	sql_put_int(q, 2, clock_now());
	sql_put_blob(q, 3, public_key, sizeof(public_key));
	sql_put_blob(q, 4, sealed, sizeof(sealed));
	return sql_finish(q);
}

/* cells.db in the folder at path, with the rows every vault has. */
static enum vault_err
make_store(const char *path, const struct keyring *ring,
    const struct keys *keys, const struct vault_new *what)
{
	struct store *s;
	enum vault_err err;
	bool new_machine;

	if ((err = store_create(&s, path, ring, vault_ready)) != VAULT_OK)
		return err;
	if ((err = keyfile_first(s, keys, what->pass_name)) == VAULT_OK &&
	    (err = add_office(s, ring, what->office)) == VAULT_OK &&
	    (err = machine_add(s, &new_machine)) == VAULT_OK &&
	    (err = index_mark(s)) == VAULT_OK &&
	    (err = log_add(s, "init", "", 0)) == VAULT_OK)
		err = store_commit(s);
	store_close(s);
	return err;
}

/*
 * The keys in a file elsewhere: whole under its name, or not there.  What an
 * earlier try left under the other name is ours to take away.
 */
static enum vault_err
make_keys_elsewhere(struct keys *keys, const char *path)
{
	struct place_names names = { 0 };
	enum vault_err err;

	if ((err = place_names(&names, path)) != VAULT_OK)
		goto out;
	err = VAULT_EEXISTS;
	if (io_exists(AT_FDCWD, buf_text(&names.final)))
		goto out;
	if (io_look(AT_FDCWD, buf_text(&names.work)) == VAULT_OK &&
	    (err = io_unlink(AT_FDCWD, buf_text(&names.work))) != VAULT_OK)
		goto out;
	if ((err = keys_create(keys, AT_FDCWD, buf_text(&names.work))) ==
	    VAULT_OK)
		err = place_publish(&names);
out:
	place_names_free(&names);
	return err;
}

/* The two files, in the folder work; the keys perhaps elsewhere. */
static enum vault_err
make_files(struct keys *keys, const struct keyring *ring, const char *work,
    const struct vault_new *what)
{
	enum vault_err err;
	char *path = NULL;
	int dir = -1;

	if ((err = io_mkdir(AT_FDCWD, work)) != VAULT_OK ||
	    (err = vault_resolve_path(&path, work)) != VAULT_OK ||
	    (err = make_store(path, ring, keys, what)) != VAULT_OK ||
	    (err = io_open_dir(&dir, work)) != VAULT_OK)
		goto out;
	if (what->place.keys == NULL)
		err = keys_create(keys, dir, KEYS_FILE);
	if (err == VAULT_OK)
		err = io_sync(dir);
	if (err == VAULT_OK && what->place.keys != NULL)
		err = make_keys_elsewhere(keys, what->place.keys);
out:
	mem_free(path);
	io_close(dir);
	return err;
}

enum vault_err
vault_create(
    struct vault **out, struct vault_key **key, const struct vault_new *what)
{
	struct kdf_cost cost = { what->cost.memory, what->cost.passes,
		what->cost.lanes };
	struct place_names names = { 0 };
	struct keyring *ring = NULL;
	struct vault_fault fault;
	struct keys keys;
	enum vault_err err;

	*out = NULL;
	*key = NULL;
	if ((err = place_names(&names, what->place.folder)) != VAULT_OK ||
	    (err = place_clear(&names)) != VAULT_OK ||
	    (err = keys_new(&keys, &ring, &cost)) != VAULT_OK ||
	    (err = keys_set(&keys, ring, 0, what->pass)) != VAULT_OK ||
	    (err = keys_finish(&keys, ring)) != VAULT_OK ||
	    (err = make_files(&keys, ring, buf_text(&names.work), what)) !=
		VAULT_OK ||
	    (err = place_publish(&names)) != VAULT_OK)
		goto out;
	err = wrap(key, ring);
	ring = NULL; /* given away */
	if (err == VAULT_OK)
		err = vault_open(out, &what->place, *key, &fault);
out:
	if (err != VAULT_OK) {
		vault_key_free(*key);
		*key = NULL;
	}
	keyring_free(ring);
	place_names_free(&names);
	return err;
}

/* ---- Looking ---- */

static enum vault_err
office_info(struct vault_info *out, struct vault *v)
{
	struct sql *q = sql_open(
	    v->store, "SELECT name,made,public FROM office");
	uint8_t public_key[IDENTITY_PUBLIC_LEN];
	enum vault_err err;
	const char *name;
	size_t len;
	bool row;

	if ((err = sql_step(q, &row)) == VAULT_OK && !row)
		err = VAULT_EDAMAGED;
	if (err == VAULT_OK &&
	    (err = sql_copy(q, 2, public_key, sizeof(public_key))) ==
		VAULT_OK) {
		name = sql_text(q, 0, &len);
		buf_put(&out->office, name, len);
		if ((err = sql_ok(q)) == VAULT_OK)
			err = buf_ok(&out->office);
		out->made = sql_int(q, 1);
		identity_digits(out->digits, public_key);
	}
	sql_close(q);
	return err;
}

enum vault_err
vault_info(struct vault_info *out, struct vault *v)
{
	struct keys_header header;
	struct keys keys;
	enum vault_err err;
	int64_t n;

	memset(out, 0, sizeof(*out));
	if ((err = vault_keys_read(&keys, v)) != VAULT_OK ||
	    (err = keys_header_decode(&header, keys.copy)) != VAULT_OK ||
	    (err = store_size(v->folder, &out->bytes)) != VAULT_OK)
		return err;
	memcpy(out->id, header.vault_id, ID_LEN);
	out->cost = cost_out(&header.cost);
	out->read_only = store_is_read_only(v->store);
	if ((err = store_read(v->store)) != VAULT_OK)
		return vault_failed(v, err);
	out->change = store_commit_number(v->store);
	out->cells = store_cells(v->store);
	if ((err = office_info(out, v)) == VAULT_OK &&
	    (err = log_last(v->store, &out->log_entries, &out->last_change)) ==
		VAULT_OK &&
	    (err = sql_number(
		 &n, v->store, "SELECT count(*) FROM passphrase")) == VAULT_OK)
		out->passphrases = (unsigned)n;
	store_read_end(v->store);
	if (err != VAULT_OK)
		vault_info_free(out);
	return vault_failed(v, err);
}

void
vault_info_free(struct vault_info *info)
{
	buf_free(&info->office);
}

struct log_each {
	bool (*each)(void *ctx, const struct vault_log_entry *e);
	void *ctx;
};

static bool
log_out(void *ctx, const struct log_entry *e)
{
	const struct log_each *to = ctx;
	struct vault_log_entry entry = { e->seq, e->time, e->what, e->detail };

	return to->each(to->ctx, &entry);
}

enum vault_err
vault_log_each(struct vault *v, uint64_t from,
    bool (*each)(void *ctx, const struct vault_log_entry *e), void *ctx)
{
	struct log_each to = { each, ctx };

	return vault_failed(v, log_each(v->store, from, log_out, &to));
}
