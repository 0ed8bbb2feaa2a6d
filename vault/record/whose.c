/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "core/buf.h"
#include "record/whose.h"
#include "store/sql.h"

/* Append the keys in the rows of q, which is closed. */
static enum vault_err
put_keys(struct buf *out, struct sql *q)
{
	uint8_t key[IDENTITY_PUBLIC_LEN];
	enum vault_err err;
	bool row;

	while ((err = sql_step(q, &row)) == VAULT_OK && row)
		if ((err = sql_copy(q, 0, key, sizeof(key))) != VAULT_OK ||
		    !buf_put(out, key, sizeof(key)))
			break;
	sql_close(q);
	return err == VAULT_OK ? buf_ok(out) : err;
}

enum vault_err
whose_own(struct buf *out, struct store *s)
{
#ifdef PLANT_ONE_KEY
	return put_keys(out, sql_open(s, "SELECT public FROM office"));
#endif
	return put_keys(out,
	    sql_open(s,
		"SELECT public FROM office UNION ALL"
		" SELECT public FROM earlier WHERE contact=0"));
}

bool
whose_has(const struct buf *keys, const uint8_t *key)
{
	for (size_t at = 0; at < keys->len; at += IDENTITY_PUBLIC_LEN)
		if (memcmp(keys->bytes + at, key, IDENTITY_PUBLIC_LEN) == 0)
			return true;
	return false;
}

enum vault_err
whose_is_ours(
    bool *out, struct store *s, const uint8_t key[static IDENTITY_PUBLIC_LEN])
{
	struct sql *q = sql_open(s,
	    "SELECT 1 FROM office WHERE public=?1 UNION ALL"
	    " SELECT 1 FROM earlier WHERE public=?1 AND contact=0");
	enum vault_err err;

	sql_put_blob(q, 1, key, IDENTITY_PUBLIC_LEN);
	err = sql_step(q, out);
	sql_close(q);
	return err;
}

/* The contact that has this key or had it; 0: none. */
static enum vault_err
contact_of(int64_t *out, struct store *s, const uint8_t *key)
{
	struct sql *q = sql_open(s,
	    "SELECT num FROM contact WHERE public=?1 UNION ALL"
	    " SELECT contact FROM earlier WHERE public=?1 AND contact<>0");
	enum vault_err err;
	bool row;

	*out = 0;
	sql_put_blob(q, 1, key, IDENTITY_PUBLIC_LEN);
	if ((err = sql_step(q, &row)) == VAULT_OK && row)
		*out = sql_int(q, 0);
	sql_close(q);
	return err;
}

enum vault_err
whose_keys(struct buf *out, struct store *s,
    const uint8_t key[static IDENTITY_PUBLIC_LEN])
{
	enum vault_err err;
	int64_t contact;
	struct sql *q;
	bool ours;

	if ((err = whose_is_ours(&ours, s, key)) != VAULT_OK)
		return err;
	if (ours)
		return whose_own(out, s);
	if ((err = contact_of(&contact, s, key)) != VAULT_OK)
		return err;
	if (contact == 0) {
		buf_put(out, key, IDENTITY_PUBLIC_LEN);
		return buf_ok(out);
	}
	q = sql_open(s,
	    "SELECT public FROM contact WHERE num=?1 UNION ALL"
	    " SELECT public FROM earlier WHERE contact=?1");
	sql_put_int(q, 1, contact);
	return put_keys(out, q);
}
