/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "core/base64.h"
#include "core/clock.h"
#include "core/mem.h"
#include "core/random.h"
#include "core/secret.h"
#include "record/attach.h"
#include "record/json.h"
#include "store/sql.h"
#include "store/store.h"

#define FILE_PART_MAX 4096
#define SWEEP_AFTER (24 * 3600)

#ifdef VAULT_TEST
static unsigned commit_after = ATTACH_COMMIT;

void
attach_test_commit(unsigned chunks)
{
	commit_after = chunks;
}
#else
#define commit_after ATTACH_COMMIT
#endif

struct attach_writer {
	struct store *store;
	struct record_row record;
	struct secret *key;
	struct buf name;
	int64_t num;
	uint8_t id[ID_LEN];
	struct chunks *chunks;
	uint64_t committed; /* chunks, when the caller was told to commit */
};

void
attach_row_free(struct attach_row *a)
{
	buf_free(&a->name);
}

/* vault id || record id || attachment id || "attachment" */
static void
part_ad(struct buf *ad, const struct store *s, const uint8_t *record,
    const uint8_t *id)
{
	buf_put(ad, keyring_vault_id(store_ring(s)), ID_LEN);
	buf_put(ad, record, ID_LEN);
	buf_put(ad, id, ID_LEN);
	buf_put_text(ad, "attachment");
}

/* ---- Writing ---- */

static enum vault_err
insert_row(struct attach_writer *w)
{
	struct sql *q = sql_open(w->store,
	    "INSERT INTO attachment(id,record,hash,size,chunks,part)"
	    " VALUES(?1,?2,NULL,?3,0,NULL) RETURNING num");
	enum vault_err err;
	bool row;

	sql_put_blob(q, 1, w->id, ID_LEN);
	sql_put_int(q, 2, w->record.num);
	/* Until it ends, the time when it began: for attach_sweep. */
	sql_put_int(q, 3, clock_now());
	if ((err = sql_step(q, &row)) == VAULT_OK && row)
		w->num = sql_int(q, 0);
	sql_close(q);
	return err;
}

/* The rest of a writer that knows its record and its key. */
static enum vault_err
begin(struct attach_writer *w)
{
	struct chunks_of of = { 0 };
	struct secret *key;
	enum vault_err err;

	random_fill(w->id, ID_LEN);
	if ((err = insert_row(w)) != VAULT_OK)
		return err;
	of.num = w->num;
	memcpy(of.record, w->record.id, ID_LEN);
	memcpy(of.id, w->id, ID_LEN);
	key = secret_copy(secret_view(w->key), secret_len(w->key));
	if (key == NULL)
		return VAULT_ENOMEM;
	if ((err = chunks_new(&w->chunks, w->store, &of, key)) == VAULT_OK)
		chunks_ahead(w->chunks, commit_after);
	return err;
}

enum vault_err
attach_begin(struct attach_writer **out, struct store *s,
    const struct record_row *r, const char *name)
{
	struct attach_writer *w;
	enum vault_err err = VAULT_EUSE;

	*out = NULL;
	if (*name == '\0' || strlen(name) > ATTACH_NAME_MAX)
		return VAULT_EUSE;
	if ((w = mem_zalloc(sizeof(*w))) == NULL)
		return VAULT_ENOMEM;
	w->store = s;
	w->record = *r;
	buf_put_text(&w->name, name);
	err = VAULT_ENOMEM;
	if (buf_ok(&w->name) != VAULT_OK)
		goto out;
	if ((err = rows_key(&w->key, s, r)) != VAULT_OK ||
	    (err = begin(w)) != VAULT_OK)
		goto out;
	*out = w;
	w = NULL; /* given away */
out:
	attach_writer_free(w);
	return err;
}

enum vault_err
attach_put(struct attach_writer *w, const void *bytes, size_t len)
{
	return chunks_put(w->chunks, bytes, len);
}

uint64_t
attach_commit_bytes(void)
{
	return (uint64_t)commit_after * ATTACH_CHUNK;
}

bool
attach_wants_commit(struct attach_writer *w)
{
	if (chunks_stored(w->chunks) - w->committed < commit_after)
		return false;
	w->committed = chunks_stored(w->chunks);
	return true;
}

/* {"name": ..., "sha256": ..., "size": ...} */
static enum vault_err
write_part(
    struct buf *out, const struct buf *name, const struct attach_staged *a)
{
	struct buf hex = { 0 };
	json_t *o = json_object();
	enum vault_err err;
	bool good = true;

	hex_encode(&hex, a->sha256, sizeof(a->sha256));
	json_add(&good, o, "name", json_stringn(buf_text(name), name->len));
	json_add(&good, o, "size", json_integer((json_int_t)a->size));
	json_add(&good, o, "sha256", json_string(buf_text(&hex)));
	err = good ? json_write(out, o) : VAULT_ENOMEM;
	json_decref(o);
	buf_free(&hex);
	return err;
}

static enum vault_err
update_row(struct store *s, const struct record_row *r,
    const struct attach_staged *a, const uint8_t hash[static HASH_LEN],
    const struct buf *sealed)
{
	struct sql *q = sql_open(s,
	    "UPDATE attachment SET record=?6,hash=?2,size=?3,chunks=?4,part=?5"
	    " WHERE num=?1");

	sql_put_int(q, 1, a->num);
	sql_put_blob(q, 2, hash, HASH_LEN);
	sql_put_int(q, 3, (int64_t)a->size);
	sql_put_int(q, 4, (int64_t)a->chunks);
	sql_put_blob(q, 5, sealed->bytes, sealed->len);
	sql_put_int(q, 6, r->num);
	return sql_finish(q);
}

/* The part, sealed as salt || JSON, and the row as it stays. */
static enum vault_err
finish_row(struct store *s, const struct record_row *r,
    const struct secret *key, const struct attach_staged *a,
    const struct part *part, const uint8_t hash[static HASH_LEN])
{
	struct buf plain = { 0 }, sealed = { 0 }, ad = { 0 };
	enum vault_err err = VAULT_ENOMEM;

	buf_put(&plain, part->salt, VERSION_SALT_LEN);
	buf_put(&plain, part->json.bytes, part->json.len);
	part_ad(&ad, s, r->id, a->id);
	if (buf_ok(&plain) == VAULT_OK && buf_ok(&ad) == VAULT_OK &&
	    buf_reserve(&sealed, plain.len + SEAL_EXTRA)) {
		seal_with(sealed.bytes, secret_view(key), plain.bytes,
		    plain.len, ad.bytes, ad.len);
		sealed.len = plain.len + SEAL_EXTRA;
		err = update_row(s, r, a, hash, &sealed);
	}
	buf_free(&plain);
	buf_free(&sealed);
	buf_free(&ad);
	return err;
}

/* The last chunk; what there is now. */
static enum vault_err
end_chunks(struct attach_writer *w, struct attach_staged *out)
{
	enum vault_err err;

	if ((err = chunks_end(w->chunks, out->sha256)) != VAULT_OK)
		return err;
	out->num = w->num;
	memcpy(out->id, w->id, ID_LEN);
	out->size = chunks_size(w->chunks);
	out->chunks = chunks_stored(w->chunks);
	return VAULT_OK;
}

enum vault_err
attach_end(struct attach_writer *w, uint8_t hash[static HASH_LEN])
{
	struct attach_staged a;
	struct part part = { 0 };
	struct buf json = { 0 };
	enum vault_err err;

	if ((err = end_chunks(w, &a)) == VAULT_OK &&
	    (err = write_part(&json, &w->name, &a)) == VAULT_OK &&
	    (err = part_new(&part, hash, json.bytes, json.len)) == VAULT_OK)
		err = finish_row(w->store, &w->record, w->key, &a, &part, hash);
	part_free(&part);
	buf_free(&json);
	return err;
}

/* ---- Writing what came from elsewhere ---- */

enum vault_err
attach_stage(struct attach_writer **out, struct store *s,
    const uint8_t record[static ID_LEN], const struct secret *key)
{
	struct attach_writer *w = mem_zalloc(sizeof(*w));
	enum vault_err err = VAULT_ENOMEM;

	*out = NULL;
	if (w == NULL)
		return VAULT_ENOMEM;
	w->store = s;
	memcpy(w->record.id, record, ID_LEN);
	if ((w->key = secret_copy(secret_view(key), secret_len(key))) == NULL ||
	    (err = begin(w)) != VAULT_OK)
		goto out;
	*out = w;
	w = NULL; /* given away */
out:
	attach_writer_free(w);
	return err;
}

enum vault_err
attach_stage_end(struct attach_writer *w, struct attach_staged *out)
{
	return end_chunks(w, out);
}

enum vault_err
attach_adopt(struct store *s, const struct record_row *r,
    const struct attach_staged *a, const struct part *part)
{
	struct attach_row says = { 0 };
	struct secret *key = NULL;
	uint8_t hash[HASH_LEN];
	enum vault_err err;

	err = attach_read_part(&says, part);
	if (err == VAULT_OK &&
	    (says.size != a->size ||
		memcmp(says.sha256, a->sha256, DIGEST_LEN) != 0))
		err = VAULT_EDAMAGED;
	version_part_hash(hash, part->salt, part->json.bytes, part->json.len);
	if (err == VAULT_OK && (err = rows_key(&key, s, r)) == VAULT_OK)
		err = finish_row(s, r, key, a, part, hash);
	secret_free(key);
	attach_row_free(&says);
	return err;
}

void
attach_writer_free(struct attach_writer *w)
{
	if (w == NULL)
		return;
	chunks_free(w->chunks);
	secret_free(w->key);
	buf_free(&w->name);
	mem_free(w);
}

bool
attach_note(struct buf *nums, const struct attach_writer *w)
{
	return buf_put(nums, &w->num, sizeof(w->num));
}

/* A number out of a query that gives one or none; 0: none. */
static enum vault_err
number_of(int64_t *num, struct sql *q)
{
	enum vault_err err;
	bool row;

	*num = 0;
	if ((err = sql_step(q, &row)) == VAULT_OK && row)
		*num = sql_int(q, 0);
	sql_close(q);
	return err;
}

/* Some chunks of it; and when there are none any more the row itself. */
static enum vault_err
drop_some(struct store *s, int64_t num)
{
	enum vault_err err;
	struct sql *q;
	bool row;

	q = sql_open(s,
	    "DELETE FROM chunk WHERE num IN (SELECT num FROM chunk"
	    " WHERE num>=?1 AND num<?2 LIMIT 64) RETURNING num");
	sql_put_int(q, 1, num * CHUNKS_MAX);
	sql_put_int(q, 2, (num + 1) * CHUNKS_MAX);
	err = sql_step(q, &row);
	if (err == VAULT_OK && row) {
		/* The rest of the rows is deleted by the same statement. */
		return sql_finish(q);
	}
	sql_close(q);
	if (err != VAULT_OK)
		return err;
	q = sql_open(s, "DELETE FROM attachment WHERE num=?1");
	sql_put_int(q, 1, num);
	return sql_finish(q);
}

enum vault_err
attach_sweep(bool *left, struct store *s, bool alone)
{
	struct sql *q;
	enum vault_err err;
	int64_t num;

	q = sql_open(s,
	    "SELECT num FROM attachment WHERE hash IS NULL AND size<=?1"
	    " LIMIT 1");
	sql_put_int(q, 1, alone ? INT64_MAX : clock_now() - SWEEP_AFTER);
	err = number_of(&num, q);
	*left = err == VAULT_OK && num != 0;
	return *left ? drop_some(s, num) : err;
}

enum vault_err
attach_drop(bool *left, struct store *s, int64_t num)
{
	struct sql *q = sql_open(
	    s, "SELECT num FROM attachment WHERE num=?1 AND hash IS NULL");
	enum vault_err err;

	sql_put_int(q, 1, num);
	err = number_of(&num, q);
	*left = err == VAULT_OK && num != 0;
	return *left ? drop_some(s, num) : err;
}

enum vault_err
attach_last_is_unended(bool *out, struct store *s)
{
	int64_t unended;
	enum vault_err err = number_of(&unended,
	    sql_open(s,
		"SELECT hash IS NULL FROM attachment"
		" ORDER BY num DESC LIMIT 1"));

	*out = unended != 0;
	return err;
}

/* ---- Reading ---- */

/* What the part says of the file. */
static enum vault_err
read_part(struct attach_row *out, const void *json, size_t len)
{
	const char *name, *sha256;
	json_t *o;
	enum vault_err err;

	if ((err = json_read(&o, json, len, FILE_PART_MAX, NULL)) != VAULT_OK)
		return err == VAULT_EUSE ? VAULT_EDAMAGED : err;
	name = json_string_value(json_object_get(o, "name"));
	sha256 = json_string_value(json_object_get(o, "sha256"));
	err = VAULT_EDAMAGED;
	if (name != NULL && sha256 != NULL &&
	    hex_decode(out->sha256, DIGEST_LEN, sha256, strlen(sha256)) ==
		VAULT_OK &&
	    json_integer_value(json_object_get(o, "size")) >= 0) {
		out->size = (uint64_t)json_integer_value(
		    json_object_get(o, "size"));
		buf_put_text(&out->name, name);
		err = buf_ok(&out->name);
	}
	json_decref(o);
	return err;
}

enum vault_err
attach_read_part(struct attach_row *out, const struct part *part)
{
	memset(out, 0, sizeof(*out));
	return read_part(out, part->json.bytes, part->json.len);
}

/* The part of out, whose id and hash are set. */
static enum vault_err
unseal_part(struct part *part, struct store *s, const struct record_row *r,
    const struct attach_row *out, const uint8_t *sealed, size_t len)
{
	struct buf plain = { 0 }, ad = { 0 };
	struct secret *key = NULL;
	uint8_t hash[HASH_LEN];
	enum vault_err err = VAULT_EDAMAGED;

	memset(part, 0, sizeof(*part));

	if (sealed == NULL || len < SEAL_EXTRA + VERSION_SALT_LEN)
		return VAULT_EDAMAGED;
	if ((err = rows_key(&key, s, r)) != VAULT_OK)
		return err;
	part_ad(&ad, s, r->id, out->id);
	err = VAULT_ENOMEM;
	if (buf_ok(&ad) == VAULT_OK && buf_reserve(&plain, len - SEAL_EXTRA)) {
		err = seal_open_with(plain.bytes, secret_view(key), sealed, len,
		    ad.bytes, ad.len);
		plain.len = len - SEAL_EXTRA;
	}
	if (err == VAULT_OK) {
		const uint8_t *json = plain.bytes + VERSION_SALT_LEN;
		size_t json_len = plain.len - VERSION_SALT_LEN;

		version_part_hash(hash, plain.bytes, json, json_len);
		memcpy(part->salt, plain.bytes, VERSION_SALT_LEN);
		buf_put(&part->json, json, json_len);
		part->present = true;
		err = memcmp(hash, out->hash, HASH_LEN) == 0
		    ? buf_ok(&part->json)
		    : VAULT_EDAMAGED;
	}
	secret_free(key);
	buf_free(&plain);
	buf_free(&ad);
	if (err != VAULT_OK)
		part_free(part);
	return err;
}

static enum vault_err
open_part(struct attach_row *out, struct store *s, const struct record_row *r,
    const uint8_t *sealed, size_t len)
{
	struct part part;
	enum vault_err err;

	err = unseal_part(&part, s, r, out, sealed, len);
	if (err == VAULT_OK)
		err = read_part(out, part.json.bytes, part.json.len);
	part_free(&part);
	return err;
}

enum vault_err
attach_part(struct part *out, struct store *s, const struct record_row *r,
    const struct attach_row *a)
{
	struct sql *q = sql_open(s, "SELECT part FROM attachment WHERE num=?1");
	const uint8_t *sealed;
	enum vault_err err;
	size_t len;
	bool row;

	memset(out, 0, sizeof(*out));
	sql_put_int(q, 1, a->num);
	if ((err = sql_step(q, &row)) == VAULT_OK && !row)
		err = VAULT_ENORECORD;
	if (err == VAULT_OK) {
		sealed = sql_blob(q, 0, &len);
		err = unseal_part(out, s, r, a, sealed, len);
	}
	sql_close(q);
	return err;
}

enum vault_err
attach_find(struct attach_row *out, struct store *s, const struct record_row *r,
    const uint8_t hash[static HASH_LEN])
{
	struct sql *q = sql_open(s,
	    "SELECT num,id,chunks,part FROM attachment"
	    " WHERE record=?1 AND hash=?2");
	enum vault_err err;
	uint64_t chunks;
	size_t len;
	bool row;

	memset(out, 0, sizeof(*out));
	memcpy(out->hash, hash, HASH_LEN);
	sql_put_int(q, 1, r->num);
	sql_put_blob(q, 2, hash, HASH_LEN);
	if ((err = sql_step(q, &row)) == VAULT_OK && !row)
		err = VAULT_ENORECORD;
	if (err == VAULT_OK &&
	    (err = sql_copy(q, 1, out->id, ID_LEN)) == VAULT_OK) {
		const uint8_t *sealed = sql_blob(q, 3, &len);

		out->num = sql_int(q, 0);
		chunks = (uint64_t)sql_int(q, 2);
		err = open_part(out, s, r, sealed, len);
		out->here = err == VAULT_OK &&
		    chunks == chunks_count(out->size);
	}
	sql_close(q);
	if (err != VAULT_OK)
		attach_row_free(out);
	return err;
}

enum vault_err
attach_open(struct chunks **out, struct store *s, const struct record_row *r,
    const struct attach_row *a)
{
	struct chunks_of of = { .num = a->num };
	struct secret *key;
	enum vault_err err;

	*out = NULL;
	memcpy(of.record, r->id, ID_LEN);
	memcpy(of.id, a->id, ID_LEN);
	if ((err = rows_key(&key, s, r)) != VAULT_OK ||
	    (err = chunks_new(out, s, &of, key)) != VAULT_OK)
		return err;
	chunks_expect(*out, a->size, a->sha256);
	return VAULT_OK;
}
