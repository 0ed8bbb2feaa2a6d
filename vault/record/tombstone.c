/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "core/base64.h"
#include "record/tombstone.h"
#include "record/whose.h"
#include "store/sql.h"

#define FORMAT 1
#define TIME_MAX (INT64_C(1) << 53)
#define TEXT_MAX 512

static const char sign_label[] = "amparo tombstone 1";

/* The file is what stands between values of fixed length, and one number. */
static const char before_signature[] = "{\"signature\":\"";
static const char before_format[] = "\",\"tombstone\":{\"format\":";
static const char before_office[] = ",\"office\":\"";
static const char before_record[] = "\",\"record\":\"";
static const char before_time[] = "\",\"time\":";

/* ---- Bytes ---- */

/* The canonical JSON that is signed. */
static enum vault_err
write_signed(struct buf *out, const struct tombstone *t)
{
	char record[ID_TEXT_LEN + 1];

	id_print(record, t->record);
	buf_putf(out, "{\"format\":%d%s", FORMAT, before_office);
	hex_encode(out, t->office, sizeof(t->office));
	buf_putf(out, "%s%s%s%lld}", before_record, record, before_time,
	    (long long)t->time);
	return buf_ok(out);
}

enum vault_err
tombstone_sign(struct tombstone *t, const struct secret *key)
{
	struct buf text = { 0 };
	enum vault_err err = write_signed(&text, t);

	if (err == VAULT_OK)
		err = identity_sign(
		    t->signature, key, sign_label, text.bytes, text.len);
	buf_free(&text);
	return err;
}

static enum vault_err
verify(const struct tombstone *t)
{
	struct buf text = { 0 };
	enum vault_err err = write_signed(&text, t);

	if (err == VAULT_OK)
		err = identity_verify(
		    t->signature, t->office, sign_label, text.bytes, text.len);
	buf_free(&text);
	return err;
}

enum vault_err
tombstone_write(struct buf *out, const struct tombstone *t)
{
	buf_put_text(out, before_signature);
	hex_encode(out, t->signature, sizeof(t->signature));
	buf_put_text(out, "\",\"tombstone\":");
	if (write_signed(out, t) == VAULT_OK)
		buf_put_byte(out, '}');
	return buf_ok(out);
}

bool
tombstone_is(const void *text, size_t len)
{
	size_t n = strlen(before_signature);

	return len >= n && memcmp(text, before_signature, n) == 0;
}

/* What is left to be read. */
struct rest {
	const char *at;
	size_t len;
};

static bool
skip(struct rest *r, const char *text)
{
	size_t n = strlen(text);

	if (r->len < n || memcmp(r->at, text, n) != 0)
		return false;
	r->at += n;
	r->len -= n;
	return true;
}

static bool
take_hex(struct rest *r, uint8_t *to, size_t len)
{
	if (r->len < 2 * len || hex_decode(to, len, r->at, 2 * len) != VAULT_OK)
		return false;
	r->at += 2 * len;
	r->len -= 2 * len;
	return true;
}

static bool
take_id(struct rest *r, uint8_t id[static ID_LEN])
{
	if (r->len < ID_TEXT_LEN || !id_is_canonical(r->at, ID_TEXT_LEN) ||
	    id_parse(id, r->at, ID_TEXT_LEN) != VAULT_OK)
		return false;
	r->at += ID_TEXT_LEN;
	r->len -= ID_TEXT_LEN;
	return true;
}

/* Digits of a number up to 2^53. */
static bool
take_number(struct rest *r, int64_t *out)
{
	size_t n = 0;

	*out = 0;
	for (; n < r->len && r->at[n] >= '0' && r->at[n] <= '9'; n++) {
		*out = *out * 10 + (r->at[n] - '0');
		if (*out > TIME_MAX)
			return false;
	}
	r->at += n;
	r->len -= n;
	return n > 0;
}

static enum vault_err
take_all(struct tombstone *out, struct rest *r)
{
	int64_t format;

	if (!skip(r, before_signature) ||
	    !take_hex(r, out->signature, sizeof(out->signature)) ||
	    !skip(r, before_format) || !take_number(r, &format))
		return VAULT_EDAMAGED;
	if (format > FORMAT)
		return VAULT_EVERSION;
	if (!skip(r, before_office) ||
	    !take_hex(r, out->office, sizeof(out->office)) ||
	    !skip(r, before_record) || !take_id(r, out->record) ||
	    !skip(r, before_time) || !take_number(r, &out->time))
		return VAULT_EDAMAGED;
	return VAULT_OK;
}

enum vault_err
tombstone_read(struct tombstone *out, const void *text, size_t len)
{
	struct rest rest = { text, len };
	struct buf again = { 0 };
	enum vault_err err;

	memset(out, 0, sizeof(*out));
	if (len > TEXT_MAX)
		return VAULT_EDAMAGED;
	if ((err = take_all(out, &rest)) != VAULT_OK)
		return err;
	/* What was read must be exactly what would be written. */
	if ((err = tombstone_write(&again, out)) == VAULT_OK &&
	    (again.len != len || memcmp(again.bytes, text, len) != 0))
		err = VAULT_EDAMAGED;
	buf_free(&again);
	return err == VAULT_OK ? verify(out) : err;
}

/* ---- Rows ---- */

enum vault_err
tombstone_has(bool *out, struct store *s, const uint8_t record[static ID_LEN],
    const uint8_t office[static IDENTITY_PUBLIC_LEN])
{
	struct sql *q = sql_open(
	    s, "SELECT 1 FROM tombstone WHERE record=?1 AND office=?2");
	enum vault_err err;

	sql_put_blob(q, 1, record, ID_LEN);
	sql_put_blob(q, 2, office, IDENTITY_PUBLIC_LEN);
	err = sql_step(q, out);
	sql_close(q);
	return err;
}

enum vault_err
tombstone_silences(bool *out, struct store *s,
    const uint8_t record[static ID_LEN],
    const uint8_t office[static IDENTITY_PUBLIC_LEN])
{
	struct buf list = { 0 };
	enum vault_err err = tombstone_list(&list, s, record, false);

	if (err == VAULT_OK)
		err = tombstone_covers(out, s, &list, office);
	buf_free(&list);
	return err;
}

enum vault_err
tombstone_is_ours(
    bool *out, struct store *s, const uint8_t record[static ID_LEN])
{
	struct sql *q = sql_open(s,
	    "SELECT 1 FROM tombstone WHERE record=?1"
	    " AND office IN (SELECT public FROM office UNION ALL"
	    " SELECT public FROM earlier WHERE contact=0)");
	enum vault_err err;

	sql_put_blob(q, 1, record, ID_LEN);
	err = sql_step(q, out);
	sql_close(q);
	return err;
}

enum vault_err
tombstone_put(bool *fresh, struct store *s, const struct tombstone *t)
{
	enum vault_err err;
	struct sql *q;

	if ((err = tombstone_has(fresh, s, t->record, t->office)) != VAULT_OK)
		return err;
	*fresh = !*fresh;
	q = sql_open(s,
	    "INSERT INTO tombstone VALUES(?1,?2,?3,?4)"
	    " ON CONFLICT(record,office) DO UPDATE"
	    " SET time=excluded.time,signature=excluded.signature"
	    " WHERE (excluded.time,excluded.signature)<(time,signature)");
	sql_put_blob(q, 1, t->record, ID_LEN);
	sql_put_blob(q, 2, t->office, IDENTITY_PUBLIC_LEN);
	sql_put_int(q, 3, t->time);
	sql_put_blob(q, 4, t->signature, SIGNATURE_LEN);
	return sql_finish(q);
}

static enum vault_err
row_of(struct tombstone *out, struct sql *q, bool verified)
{
	enum vault_err err;

	memset(out, 0, sizeof(*out));
	if ((err = sql_copy(q, 0, out->record, ID_LEN)) != VAULT_OK ||
	    (err = sql_copy(q, 1, out->office, IDENTITY_PUBLIC_LEN)) !=
		VAULT_OK ||
	    (err = sql_copy(q, 3, out->signature, SIGNATURE_LEN)) != VAULT_OK)
		return err;
	out->time = sql_int(q, 2);
	return verified ? verify(out) : VAULT_OK;
}

enum vault_err
tombstone_list(
    struct buf *out, struct store *s, const uint8_t *record, bool verified)
{
	struct sql *q = sql_open(s,
	    "SELECT record,office,time,signature FROM tombstone"
	    " WHERE ?1 IS NULL OR record=?1 ORDER BY record,office");
	struct tombstone t;
	enum vault_err err;
	bool row;

	if (record != NULL)
		sql_put_blob(q, 1, record, ID_LEN);
	else
		sql_put_null(q, 1);
	while ((err = sql_step(q, &row)) == VAULT_OK && row)
		if ((err = row_of(&t, q, verified)) != VAULT_OK ||
		    !buf_put(out, &t, sizeof(t)))
			break;
	sql_close(q);
	return err == VAULT_OK ? buf_ok(out) : err;
}

const struct tombstone *
tombstone_at(const struct buf *list, size_t i)
{
	return (const struct tombstone *)(const void *)list->bytes + i;
}

size_t
tombstone_count(const struct buf *list)
{
	return list->len / sizeof(struct tombstone);
}

bool
tombstone_names(const struct buf *list, const uint8_t *office)
{
	for (size_t i = 0; i < tombstone_count(list); i++)
		if (memcmp(tombstone_at(list, i)->office, office,
			IDENTITY_PUBLIC_LEN) == 0)
			return true;
	return false;
}

enum vault_err
tombstone_covers(
    bool *out, struct store *s, const struct buf *list, const uint8_t *office)
{
	struct buf keys = { 0 };
	enum vault_err err;

	*out = false;
	if (list->len == 0)
		return VAULT_OK;
	err = whose_keys(&keys, s, office);
	for (size_t i = 0; err == VAULT_OK && i < tombstone_count(list); i++)
		*out = *out || whose_has(&keys, tombstone_at(list, i)->office);
	buf_free(&keys);
	return err;
}
