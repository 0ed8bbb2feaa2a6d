/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "core/base64.h"
#include "core/random.h"
#include "core/secret.h"
#include "record/rows.h"
#include "store/sql.h"
#include "store/store.h"

static const char body_label[] = "body";
static const char hidden_label[] = "private";

/* ---- Parts ---- */

void
part_free(struct part *p)
{
	buf_free(&p->json);
	p->present = false;
}

enum vault_err
part_new(struct part *out, uint8_t hash[static HASH_LEN], const void *json,
    size_t len)
{
	memset(out, 0, sizeof(*out));
	if (len > PART_MAX)
		return VAULT_EVERSION;
	random_fill(out->salt, sizeof(out->salt));
	if (!buf_put(&out->json, json, len))
		return VAULT_ENOMEM;
	out->present = true;
	version_part_hash(hash, out->salt, json, len);
	return VAULT_OK;
}

/* vault id || record id || version id || label */
static void
part_ad(struct buf *ad, const struct keyring *ring, const uint8_t *record,
    const uint8_t *version, const char *label)
{
	buf_put(ad, keyring_vault_id(ring), ID_LEN);
	buf_put(ad, record, ID_LEN);
	buf_put(ad, version, VERSION_ID_LEN);
	buf_put_text(ad, label);
}

static enum vault_err
part_seal(struct buf *out, const struct part *p, const struct secret *key,
    const struct buf *ad)
{
	struct buf plain = { 0 };
	enum vault_err err;

	buf_put(&plain, p->salt, VERSION_SALT_LEN);
	buf_put(&plain, p->json.bytes, p->json.len);
	if ((err = buf_ok(&plain)) == VAULT_OK &&
	    buf_reserve(out, plain.len + SEAL_EXTRA)) {
		seal_with(out->bytes, secret_view(key), plain.bytes, plain.len,
		    ad->bytes, ad->len);
		out->len = plain.len + SEAL_EXTRA;
	}
	buf_free(&plain);
	return err == VAULT_OK ? buf_ok(out) : err;
}

static enum vault_err
part_open(struct part *out, const struct secret *key, const uint8_t *sealed,
    size_t len, const struct buf *ad)
{
	struct buf plain = { 0 };
	enum vault_err err = VAULT_EDAMAGED;

	if (len < SEAL_EXTRA + VERSION_SALT_LEN)
		return VAULT_EDAMAGED;
	if (!buf_reserve(&plain, len - SEAL_EXTRA))
		return VAULT_ENOMEM;
	err = seal_open_with(
	    plain.bytes, secret_view(key), sealed, len, ad->bytes, ad->len);
	if (err == VAULT_OK) {
		memcpy(out->salt, plain.bytes, VERSION_SALT_LEN);
		buf_put(&out->json, plain.bytes + VERSION_SALT_LEN,
		    len - SEAL_EXTRA - VERSION_SALT_LEN);
		err = buf_ok(&out->json);
		out->present = err == VAULT_OK;
	}
	plain.len = len - SEAL_EXTRA;
	buf_free(&plain);
	return err;
}

static bool
is_here(const struct part *p)
{
	return p != NULL && p->present;
}

bool
part_fits(const struct part *p, bool named, const uint8_t hash[static HASH_LEN])
{
	uint8_t have[HASH_LEN];

	if (!is_here(p))
		return true;
	version_part_hash(have, p->salt, p->json.bytes, p->json.len);
	return named && memcmp(have, hash, HASH_LEN) == 0;
}

/* ---- Records ---- */

static enum vault_err
row_of(struct record_row *out, struct sql *q)
{
	enum vault_err err;
	size_t len;
	const char *type;
	bool row;

	memset(out, 0, sizeof(*out));
	if ((err = sql_step(q, &row)) == VAULT_OK && !row)
		err = VAULT_ENORECORD;
	if (err == VAULT_OK) {
		out->num = sql_int(q, 0);
		type = sql_text(q, 2, &len);
		out->forgotten = sql_int(q, 3) != 0;
		err = len > VERSION_TYPE_MAX ? VAULT_EDAMAGED
					     : sql_copy(q, 1, out->id, ID_LEN);
		if (err == VAULT_OK)
			memcpy(out->type, type, len);
	}
	sql_close(q);
	return err;
}

enum vault_err
rows_find(
    struct record_row *out, struct store *s, const uint8_t id[static ID_LEN])
{
	struct sql *q = sql_open(
	    s, "SELECT num,id,type,key IS NULL FROM record WHERE id=?1");

	sql_put_blob(q, 1, id, ID_LEN);
	return row_of(out, q);
}

enum vault_err
rows_get(struct record_row *out, struct store *s, int64_t num)
{
	struct sql *q = sql_open(
	    s, "SELECT num,id,type,key IS NULL FROM record WHERE num=?1");

	sql_put_int(q, 1, num);
	return row_of(out, q);
}

/* vault id || record id */
static void
key_ad(uint8_t ad[static 2 * ID_LEN], const struct keyring *ring,
    const uint8_t *id)
{
	memcpy(ad, keyring_vault_id(ring), ID_LEN);
	memcpy(ad + ID_LEN, id, ID_LEN);
}

enum vault_err
rows_seal_key(uint8_t sealed[static ROWS_KEY_SEALED_LEN],
    const struct keyring *ring, const uint8_t id[static ID_LEN],
    const struct secret *key)
{
	uint8_t ad[2 * ID_LEN];

	key_ad(ad, ring, id);
	return seal_in(sealed, ring, KEY_RECORD_KEYS, secret_view(key), KEY_LEN,
	    ad, sizeof(ad));
}

/* r has its id and type; it gets its number. */
static enum vault_err
insert_record(struct record_row *r, struct store *s,
    const uint8_t sealed[static ROWS_KEY_SEALED_LEN])
{
	struct sql *q = sql_open(
	    s, "INSERT INTO record(id,type,key) VALUES(?1,?2,?3)");
	enum vault_err err;

	sql_put_blob(q, 1, r->id, ID_LEN);
	sql_put_text(q, 2, r->type, strlen(r->type));
	sql_put_blob(q, 3, sealed, ROWS_KEY_SEALED_LEN);
	if ((err = sql_finish(q)) != VAULT_OK)
		return err;
	return sql_number(&r->num, s, "SELECT last_insert_rowid()");
}

enum vault_err
rows_new_with(struct record_row *out, struct store *s,
    const uint8_t id[static ID_LEN], const char *type, const struct secret *key)
{
	uint8_t sealed[ROWS_KEY_SEALED_LEN];
	enum vault_err err;

	if ((err = rows_find(out, s, id)) != VAULT_ENORECORD)
		return err == VAULT_OK ? VAULT_EEXISTS : err;
	if (strlen(type) > VERSION_TYPE_MAX)
		return VAULT_EUSE;
	memcpy(out->id, id, ID_LEN);
	memcpy(out->type, type, strlen(type) + 1);
	if ((err = rows_seal_key(sealed, store_ring(s), id, key)) == VAULT_OK)
		err = insert_record(out, s, sealed);
	return err;
}

enum vault_err
rows_give_key(struct record_row *r, struct store *s, const struct secret *key)
{
	uint8_t sealed[ROWS_KEY_SEALED_LEN];
	enum vault_err err;
	struct sql *q;

	if ((err = rows_seal_key(sealed, store_ring(s), r->id, key)) !=
	    VAULT_OK)
		return err;
	q = sql_open(
	    s, "UPDATE record SET key=?2 WHERE num=?1 AND key IS NULL");
	sql_put_int(q, 1, r->num);
	sql_put_blob(q, 2, sealed, sizeof(sealed));
	if ((err = sql_finish(q)) == VAULT_OK)
		r->forgotten = false;
	return err;
}

/* The key of r that is sealed in a column, to be freed. */
static enum vault_err
open_key(struct secret **out, struct sql *q, int column, struct store *s,
    const struct record_row *r)
{
	uint8_t sealed[ROWS_KEY_SEALED_LEN], ad[2 * ID_LEN];
	struct secret *key = NULL;
	enum vault_err err;

	*out = NULL;
	if (sql_is_null(q, column))
		return VAULT_ENORECORD;
	if ((err = sql_copy(q, column, sealed, sizeof(sealed))) != VAULT_OK)
		return err;
	if ((key = secret_new(KEY_LEN)) == NULL)
		return VAULT_ENOMEM;
	key_ad(ad, store_ring(s), r->id);
	err = seal_open_in(secret_bytes(key), store_ring(s), KEY_RECORD_KEYS,
	    sealed, sizeof(sealed), ad, sizeof(ad));
	if (err != VAULT_OK) {
		secret_free(key);
		return err;
	}
	*out = key;
	return VAULT_OK;
}

enum vault_err
rows_key(struct secret **out, struct store *s, const struct record_row *r)
{
	struct sql *q = sql_open(s, "SELECT key FROM record WHERE num=?1");
	enum vault_err err;
	bool row;

	*out = NULL;
	sql_put_int(q, 1, r->num);
	if ((err = sql_step(q, &row)) == VAULT_OK)
		err = row ? open_key(out, q, 0, s, r) : VAULT_ENORECORD;
	sql_close(q);
	return err;
}

/* ---- Versions ---- */

static enum vault_err
put_parents(struct store *s, const struct version *v)
{
	enum vault_err err = VAULT_OK;

	for (size_t i = 0;
	     err == VAULT_OK && i < version_hash_count(&v->parents); i++) {
		const uint8_t *parent = version_hash_at(&v->parents, i);
		struct sql *q = sql_open(
		    s, "INSERT OR IGNORE INTO parent VALUES(?1,?2)");

		sql_put_blob(q, 1, parent, VERSION_ID_LEN);
		sql_put_blob(q, 2, v->id, VERSION_ID_LEN);
		err = sql_finish(q);
	}
	return err;
}

/* A part sealed, or nothing in *out if it is not here. */
static enum vault_err
seal_part(struct buf *out, const struct part *p, const struct keyring *ring,
    const struct version *v, const struct secret *key, const char *label)
{
	struct buf ad = { 0 };
	enum vault_err err;

	if (!is_here(p))
		return VAULT_OK;
	part_ad(&ad, ring, v->record, v->id, label);
	if ((err = buf_ok(&ad)) == VAULT_OK)
		err = part_seal(out, p, key, &ad);
	buf_free(&ad);
	return err;
}

enum vault_err
rows_seal(struct sealed_parts *out, const struct keyring *ring,
    const struct version *v, const struct part *body, const struct part *hidden,
    const struct secret *key)
{
	enum vault_err err;

	memset(out, 0, sizeof(*out));
	if ((err = seal_part(&out->body, body, ring, v, key, body_label)) ==
	    VAULT_OK)
		err = seal_part(
		    &out->hidden, hidden, ring, v, key, hidden_label);
	return err;
}

void
sealed_parts_free(struct sealed_parts *p)
{
	buf_free(&p->body);
	buf_free(&p->hidden);
}

static void
put_or_null(struct sql *q, int at, const struct buf *b)
{
	if (b->len > 0)
		sql_put_blob(q, at, b->bytes, b->len);
	else
		sql_put_null(q, at);
}

static enum vault_err
insert_version(struct store *s, int64_t record, const struct version *v,
    const struct sealed_parts *parts, bool head)
{
	struct sql *q = sql_open(s,
	    "INSERT INTO version(id,record,time,head,envelope,signature,body,"
	    "private) VALUES(?1,?2,?3,?8,?4,?5,?6,?7)");
	enum vault_err err;

	sql_put_blob(q, 1, v->id, VERSION_ID_LEN);
	sql_put_int(q, 2, record);
	sql_put_int(q, 3, v->time);
	sql_put_int(q, 8, head);
	sql_put_text(q, 4, (const char *)v->envelope.bytes, v->envelope.len);
	sql_put_blob(q, 5, v->signature, SIGNATURE_LEN);
	put_or_null(q, 6, &parts->body);
	put_or_null(q, 7, &parts->hidden);
	err = sql_finish(q);
	return err == VAULT_OK ? put_parents(s, v) : err;
}

enum vault_err
rows_put_new(struct record_row *r, struct store *s,
    const uint8_t key[static ROWS_KEY_SEALED_LEN], const struct version *v,
    const struct sealed_parts *parts)
{
	enum vault_err err = insert_record(r, s, key);

	return err == VAULT_OK ? insert_version(s, r->num, v, parts, true)
			       : err;
}

/* Parts that were withheld earlier and have come now. */
static enum vault_err
complete_version(bool *fresh, struct store *s, const struct version *v,
    const struct sealed_parts *parts)
{
	struct sql *q = sql_open(s,
	    "UPDATE version SET body=ifnull(body,?2),"
	    " private=ifnull(private,?3) WHERE id=?1"
	    " AND ((body IS NULL AND ?2 IS NOT NULL)"
	    " OR (private IS NULL AND ?3 IS NOT NULL)) RETURNING 1");
	enum vault_err err;

	sql_put_blob(q, 1, v->id, VERSION_ID_LEN);
	put_or_null(q, 2, &parts->body);
	put_or_null(q, 3, &parts->hidden);
	err = sql_step(q, fresh);
	sql_close(q);
	return err;
}

enum vault_err
rows_has_version(
    bool *out, struct store *s, const uint8_t id[static VERSION_ID_LEN])
{
	struct sql *q = sql_open(s, "SELECT 1 FROM version WHERE id=?1");
	enum vault_err err;

	sql_put_blob(q, 1, id, VERSION_ID_LEN);
	err = sql_step(q, out);
	sql_close(q);
	return err;
}

enum vault_err
rows_put_version_with(bool *fresh, struct store *s, const struct record_row *r,
    const struct secret *key, const struct version *v, const struct part *body,
    const struct part *hidden)
{
	struct sealed_parts sealed = { 0 };
	struct secret *opened = NULL;
	enum vault_err err;
	bool here;

	*fresh = false;
	if (memcmp(r->id, v->record, ID_LEN) != 0 ||
	    strcmp(r->type, v->type) != 0 ||
	    !part_fits(body, v->has_body, v->body) ||
	    !part_fits(hidden, v->has_private, v->hidden))
		return VAULT_EDAMAGED;
	/* An envelope without parts needs no key: there may be none. */
	if (key == NULL && (is_here(body) || is_here(hidden))) {
		if ((err = rows_key(&opened, s, r)) != VAULT_OK)
			return err;
		key = opened;
	}
	if ((err = rows_seal(&sealed, store_ring(s), v, body, hidden, key)) !=
		VAULT_OK ||
	    (err = rows_has_version(&here, s, v->id)) != VAULT_OK)
		goto out;
	if (here) {
		err = complete_version(fresh, s, v, &sealed);
	} else {
		*fresh = true;
		err = insert_version(s, r->num, v, &sealed, false);
	}
out:
	secret_free(opened);
	sealed_parts_free(&sealed);
	return err;
}

enum vault_err
rows_put_version(bool *fresh, struct store *s, const struct record_row *r,
    const struct version *v, const struct part *body, const struct part *hidden)
{
	return rows_put_version_with(fresh, s, r, NULL, v, body, hidden);
}

/* The part that is sealed in a column, if there is one. */
static enum vault_err
open_part_with(struct part *out, const struct secret *key, struct sql *q,
    int column, struct store *s, const struct record_row *r,
    const uint8_t *version, const char *label)
{
	struct buf ad = { 0 };
	const uint8_t *sealed;
	enum vault_err err;
	size_t len;

	memset(out, 0, sizeof(*out));
	if (sql_is_null(q, column))
		return VAULT_OK;
	sealed = sql_blob(q, column, &len);
	part_ad(&ad, store_ring(s), r->id, version, label);
	if ((err = buf_ok(&ad)) == VAULT_OK)
		err = part_open(out, key, sealed, len, &ad);
	buf_free(&ad);
	return err;
}

static enum vault_err
open_part(struct part *out, struct sql *q, int column, struct store *s,
    const struct record_row *r, const uint8_t *version, const char *label)
{
	struct secret *key = NULL;
	enum vault_err err;

	memset(out, 0, sizeof(*out));
	if (sql_is_null(q, column))
		return VAULT_OK;
	if ((err = rows_key(&key, s, r)) == VAULT_OK)
		err = open_part_with(out, key, q, column, s, r, version, label);
	secret_free(key);
	return err;
}

enum vault_err
rows_version(struct version *v, struct part *body, struct part *hidden,
    struct store *s, const struct record_row *r,
    const uint8_t id[static VERSION_ID_LEN], bool verify)
{
	struct sql *q = sql_open(s,
	    "SELECT envelope,signature,body,private FROM version"
	    " WHERE id=?1 AND record=?2");
	uint8_t signature[SIGNATURE_LEN];
	enum vault_err err;
	const char *envelope;
	size_t len;
	bool row;

	if (v != NULL)
		memset(v, 0, sizeof(*v));
	if (body != NULL)
		memset(body, 0, sizeof(*body));
	if (hidden != NULL)
		memset(hidden, 0, sizeof(*hidden));
	sql_put_blob(q, 1, id, VERSION_ID_LEN);
	sql_put_int(q, 2, r->num);
	if ((err = sql_step(q, &row)) == VAULT_OK && !row)
		err = VAULT_ENORECORD;
	if (err == VAULT_OK && v != NULL &&
	    (err = sql_copy(q, 1, signature, SIGNATURE_LEN)) == VAULT_OK) {
		envelope = sql_text(q, 0, &len);
		err = verify ? version_read(v, envelope, len, signature)
			     : version_trust(v, envelope, len, id);
	}
	if (err == VAULT_OK && body != NULL)
		err = open_part(body, q, 2, s, r, id, body_label);
	if (err == VAULT_OK && hidden != NULL)
		err = open_part(hidden, q, 3, s, r, id, hidden_label);
	sql_close(q);
	return err;
}

/*
 * Does an envelope name a part that is not here, or what its writer had not
 * seen?  In canonical JSON of hashes, ids and small letters a name with its
 * colon is a member.
 */
static bool
names_more(struct sql *q, int envelope, bool has_private)
{
	size_t len;
	const char *text = sql_text(q, envelope, &len);

#ifdef PLANT_LONE_PART
	return false;
#endif
	return memmem(text, len, "\"unseen\":", 9) != NULL ||
	    (!has_private && memmem(text, len, "\"private\":", 10) != NULL);
}

static enum vault_err
read_lone(struct rows_lone *out, struct sql *q, struct store *s,
    const struct record_row *r)
{
	struct secret *key = NULL;
	enum vault_err err;

	out->time = sql_int(q, 1);
	if ((err = sql_copy(q, 0, out->id, sizeof(out->id))) == VAULT_OK &&
	    (err = open_key(&key, q, 5, s, r)) == VAULT_OK &&
	    (err = open_part_with(
		 &out->body, key, q, 3, s, r, out->id, body_label)) == VAULT_OK)
		err = open_part_with(
		    &out->hidden, key, q, 4, s, r, out->id, hidden_label);
	secret_free(key);
	return err;
}

enum vault_err
rows_lone(bool *is, struct rows_lone *out, struct store *s,
    const struct record_row *r)
{
	struct sql *q = sql_open(s,
	    "SELECT v.id,v.time,v.envelope,v.body,v.private,r.key,v.head"
	    " FROM version v JOIN record r ON r.num=v.record"
	    " WHERE v.record=?1 LIMIT 2");
	enum vault_err err;
	bool more = false;

	memset(out, 0, sizeof(*out));
	sql_put_int(q, 1, r->num);
	if ((err = sql_step(q, is)) == VAULT_OK && *is)
		*is = sql_int(q, 6) == 1 && !sql_is_null(q, 3) &&
		    !names_more(q, 2, !sql_is_null(q, 4));
	if (err == VAULT_OK && *is &&
	    (err = read_lone(out, q, s, r)) == VAULT_OK)
		err = sql_step(q, &more);
	*is = *is && !more;
	sql_close(q);
	return err;
}

void
rows_lone_free(struct rows_lone *lone)
{
	part_free(&lone->body);
	part_free(&lone->hidden);
}

enum vault_err
rows_versions(
    struct buf *out, struct store *s, const struct record_row *r, bool heads)
{
	struct sql *q = sql_open(s,
	    "SELECT id FROM version WHERE record=?1 AND head>=?2"
	    " ORDER BY time,num");
	uint8_t id[VERSION_ID_LEN];
	enum vault_err err;
	bool row;

	sql_put_int(q, 1, r->num);
	sql_put_int(q, 2, heads);
	while ((err = sql_step(q, &row)) == VAULT_OK && row)
		if ((err = sql_copy(q, 0, id, sizeof(id))) != VAULT_OK ||
		    !buf_put(out, id, sizeof(id)))
			break;
	sql_close(q);
	return err == VAULT_OK ? buf_ok(out) : err;
}

enum vault_err
rows_version_prefix(uint8_t out[static VERSION_ID_LEN], struct store *s,
    const struct record_row *r, const char *digits, size_t len)
{
	struct sql *q = sql_open(s,
	    "SELECT id FROM version WHERE record=?1"
	    " AND substr(lower(hex(id)),1,?3)=?2 LIMIT 2");
	enum vault_err err;
	unsigned n = 0;
	bool row;

	sql_put_int(q, 1, r->num);
	sql_put_text(q, 2, digits, len);
	sql_put_int(q, 3, (int64_t)len);
	while ((err = sql_step(q, &row)) == VAULT_OK && row)
		if (n++ == 0)
			err = sql_copy(q, 0, out, VERSION_ID_LEN);
	sql_close(q);
	if (err != VAULT_OK)
		return err;
	if (n == 0)
		return VAULT_ENORECORD;
	return n == 1 ? VAULT_OK : VAULT_ECONFLICT;
}
