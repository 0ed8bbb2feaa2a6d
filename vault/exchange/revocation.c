/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "core/base64.h"
#include "core/buf.h"
#include "core/clock.h"
#include "exchange/keyid.h"
#include "exchange/revocation.h"
#include "store/sql.h"

_Static_assert(REVOCATION_ID_LEN == MINISIG_ID_LEN, "the id of a key");

static const char label[] = "amparo revocation 1";
static const char first_line[] = "# amparo-revocation 1\n# key ";
static const char before_signature[] = "\n# signature ";

/* The text up to the line of the signature: what is signed. */
static enum vault_err
write_signed(struct buf *out, const uint8_t *key)
{
	struct minisig_key minisign = keyid_minisign(key);

	buf_put_text(out, first_line);
	minisig_key_write(out, &minisign);
	buf_put_byte(out, '\n');
	return buf_ok(out);
}

enum vault_err
revocation_sign(struct revocation *r, const struct secret *key)
{
	struct buf text = { 0 };
	enum vault_err err = write_signed(&text, r->key);

	if (err == VAULT_OK)
		err = identity_sign(
		    r->signature, key, label, text.bytes, text.len);
	buf_free(&text);
	return err;
}

enum vault_err
revocation_write(struct buf *out, const struct revocation *r)
{
	enum vault_err err = write_signed(out, r->key);

	if (err != VAULT_OK)
		return err;
	buf_put_text(out, before_signature + 1);
	hex_encode(out, r->signature, sizeof(r->signature));
	buf_put_byte(out, '\n');
	return buf_ok(out);
}

/* ---- Reading ---- */

/* "# amparo-revocation ", without the number of the version */
#define BEGIN_LEN (sizeof("# amparo-revocation ") - 1)

bool
revocation_is(const void *text, size_t len)
{
	return len >= BEGIN_LEN && memcmp(text, first_line, BEGIN_LEN) == 0;
}

/* Key and signature, wherever they would stand in what we write. */
static enum vault_err
take(struct revocation *out, const char *text, size_t len)
{
	size_t start = sizeof(first_line) - 1;
	size_t middle = sizeof(before_signature) - 1;
	struct minisig_key key;
	const char *end, *hex;
	enum vault_err err;

	if (len < start || memcmp(text, first_line, start) != 0 ||
	    (end = memchr(text + start, '\n', len - start)) == NULL)
		return VAULT_EDAMAGED;
	err = minisig_key_parse(
	    &key, text + start, (size_t)(end - text) - start);
	if (err != VAULT_OK)
		return err == VAULT_ENOMEM ? err : VAULT_EDAMAGED;
	hex = end + middle;
	if (len - (size_t)(end - text) != middle + 2 * SIGNATURE_LEN + 1 ||
	    hex_decode(out->signature, SIGNATURE_LEN, hex, 2 * SIGNATURE_LEN) !=
		VAULT_OK)
		return VAULT_EDAMAGED;
	memcpy(out->key, key.key, sizeof(out->key));
	return VAULT_OK;
}

enum vault_err
revocation_verify(const struct revocation *r)
{
	struct buf text = { 0 };
	enum vault_err err = write_signed(&text, r->key);

	if (err == VAULT_OK)
		err = identity_verify(
		    r->signature, r->key, label, text.bytes, text.len);
	buf_free(&text);
#ifdef PLANT_REVOCATION_UNSIGNED
	err = VAULT_OK;
#endif
	return err;
}

/* What was read must be exactly what would be written. */
static enum vault_err
compare(const struct revocation *r, const char *text, size_t len)
{
	struct buf own = { 0 };
	enum vault_err err = revocation_write(&own, r);

	if (err == VAULT_OK &&
	    (own.len != len || memcmp(own.bytes, text, len) != 0))
		err = VAULT_EDAMAGED;
	buf_free(&own);
	return err;
}

enum vault_err
revocation_read(struct revocation *out, const char *text, size_t len)
{
	enum vault_err err;

	memset(out, 0, sizeof(*out));
	if (revocation_is(text, len) && len > BEGIN_LEN &&
	    text[BEGIN_LEN] >= '2' && text[BEGIN_LEN] <= '9')
		return VAULT_EVERSION;
	if ((err = take(out, text, len)) == VAULT_OK &&
	    (err = compare(out, text, len)) == VAULT_OK)
		err = revocation_verify(out);
	return err;
}

/* ---- Rows ---- */

enum vault_err
revocation_put(struct store *s, const struct revocation *r)
{
	struct sql *q = sql_open(
	    s, "INSERT OR IGNORE INTO revoked VALUES(?1,?2,?3)");

	sql_put_blob(q, 1, r->key, sizeof(r->key));
	sql_put_int(q, 2, clock_now());
	sql_put_blob(q, 3, r->signature, sizeof(r->signature));
	return sql_finish(q);
}

static enum vault_err
only_time(int64_t *out, struct sql *q)
{
	enum vault_err err;
	bool row;

	*out = 0;
	if ((err = sql_step(q, &row)) == VAULT_OK && row)
		*out = sql_int(q, 0);
	sql_close(q);
	return err;
}

enum vault_err
revocation_time(int64_t *out, struct store *s,
    const uint8_t key[static IDENTITY_PUBLIC_LEN])
{
	struct sql *q = sql_open(s, "SELECT time FROM revoked WHERE public=?1");

	sql_put_blob(q, 1, key, IDENTITY_PUBLIC_LEN);
	return only_time(out, q);
}

enum vault_err
revocation_time_of_id(
    int64_t *out, struct store *s, const uint8_t id[static REVOCATION_ID_LEN])
{
	struct sql *q = sql_open(
	    s, "SELECT time FROM revoked WHERE substr(public,1,8)=?1");

	sql_put_blob(q, 1, id, REVOCATION_ID_LEN);
	return only_time(out, q);
}
