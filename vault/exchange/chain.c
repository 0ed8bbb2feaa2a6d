/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "core/clock.h"
#include "core/random.h"
#include "exchange/chain.h"
#include "exchange/minisig.h"
#include "store/sql.h"
#include "store/store.h"

_Static_assert(MINISIG_ID_LEN == 8, "OF_PEER says so");

/* ---- What we send ---- */

static enum vault_err
own_chain(uint8_t out[static MANIFEST_CHAIN_LEN], struct store *s)
{
	struct sql *q = sql_open(s, "SELECT chain FROM chain");
	enum vault_err err;
	bool row;

	if ((err = sql_step(q, &row)) == VAULT_OK && row)
		err = sql_copy(q, 0, out, MANIFEST_CHAIN_LEN);
	else
		random_fill(out, MANIFEST_CHAIN_LEN);
	sql_close(q);
	return err;
}

enum vault_err
chain_next(struct manifest_place *out, struct store *s,
    const uint8_t peer[static IDENTITY_PUBLIC_LEN])
{
	enum vault_err err;
	struct sql *q;
	bool row;

	memset(out, 0, sizeof(*out));
	out->number = 1;
	if ((err = own_chain(out->chain, s)) != VAULT_OK)
		return err;
	q = sql_open(
	    s, "SELECT number,hash FROM sent WHERE peer=?1 AND chain=?2");
	sql_put_blob(q, 1, peer, IDENTITY_PUBLIC_LEN);
	sql_put_blob(q, 2, out->chain, MANIFEST_CHAIN_LEN);
	if ((err = sql_step(q, &row)) == VAULT_OK && row) {
		out->number = (uint64_t)sql_int(q, 0) + 1;
		err = sql_copy(q, 1, out->previous, MANIFEST_HASH_LEN);
	}
	sql_close(q);
	return err;
}

/* The chain becomes ours with the first bundle that was written under it. */
static enum vault_err
keep_chain(struct store *s, const uint8_t chain[static MANIFEST_CHAIN_LEN])
{
	struct sql *q = sql_open(s, "INSERT OR IGNORE INTO chain VALUES(1,?1)");

	sql_put_blob(q, 1, chain, MANIFEST_CHAIN_LEN);
	return sql_finish(q);
}

enum vault_err
chain_sent(struct store *s, const uint8_t peer[static IDENTITY_PUBLIC_LEN],
    const struct manifest_place *place,
    const uint8_t hash[static MANIFEST_HASH_LEN])
{
	struct manifest_place now;
	enum vault_err err;
	struct sql *q;

	if ((err = keep_chain(s, place->chain)) != VAULT_OK ||
	    (err = chain_next(&now, s, peer)) != VAULT_OK)
		return err;
	if (memcmp(now.chain, place->chain, MANIFEST_CHAIN_LEN) != 0 ||
	    now.number != place->number)
		return VAULT_EBUSY;
	q = sql_open(s, "INSERT OR REPLACE INTO sent VALUES(?1,?2,?3,?4)");
	sql_put_blob(q, 1, peer, IDENTITY_PUBLIC_LEN);
	sql_put_blob(q, 2, place->chain, MANIFEST_CHAIN_LEN);
	sql_put_int(q, 3, (int64_t)place->number);
	sql_put_blob(q, 4, hash, MANIFEST_HASH_LEN);
	return sql_finish(q);
}

enum vault_err
chain_renew(struct store *s)
{
	return sql_run(s, "DELETE FROM chain");
}

/* ---- What comes ---- */

/*
 * A sender that was no contact is known by the first bytes of its key; when it
 * becomes one, or is one no more, its bundles are still those of one sender.
 */
#define OF_PEER                                                                \
	" substr(peer,1,8)=substr(?1,1,8)"                                     \
	" AND (length(peer)=8 OR length(?1)=8 OR peer=?1)"

/* Is there a row?  q has its parameters, and is closed. */
static enum vault_err
any(bool *out, struct sql *q)
{
	enum vault_err err = sql_step(q, out);

	sql_close(q);
	return err;
}

static enum vault_err
was_imported(bool *out, struct store *s, const uint8_t *hash)
{
	struct sql *q = sql_open(s, "SELECT 1 FROM received WHERE hash=?1");

	sql_put_blob(q, 1, hash, MANIFEST_HASH_LEN);
	return any(out, q);
}

static enum vault_err
knows_peer(bool *out, struct store *s, const void *peer, size_t len)
{
	struct sql *q = sql_open(
	    s, "SELECT 1 FROM received WHERE" OF_PEER " LIMIT 1");

	sql_put_blob(q, 1, peer, len);
	return any(out, q);
}

/* What of this chain is at this number. */
static enum vault_err
at_number(bool *found, uint8_t hash[static MANIFEST_HASH_LEN], struct store *s,
    const void *peer, size_t peer_len, const uint8_t *chain, uint64_t number)
{
	struct sql *q = sql_open(s,
	    "SELECT hash FROM received WHERE" OF_PEER
	    " AND chain=?2 AND number=?3");
	enum vault_err err;

	sql_put_blob(q, 1, peer, peer_len);
	sql_put_blob(q, 2, chain, MANIFEST_CHAIN_LEN);
	sql_put_int(q, 3, (int64_t)number);
	if ((err = sql_step(q, found)) == VAULT_OK && *found)
		err = sql_copy(q, 0, hash, MANIFEST_HASH_LEN);
	sql_close(q);
	return err;
}

/* The last number that came of this chain; 0: none. */
static enum vault_err
last_number(uint64_t *out, struct store *s, const void *peer, size_t peer_len,
    const uint8_t *chain)
{
	struct sql *q = sql_open(s,
	    "SELECT ifnull(max(number),0) FROM received WHERE" OF_PEER
	    " AND chain=?2");
	enum vault_err err;
	bool row;

	*out = 0;
	sql_put_blob(q, 1, peer, peer_len);
	sql_put_blob(q, 2, chain, MANIFEST_CHAIN_LEN);
	if ((err = sql_step(q, &row)) == VAULT_OK && row)
		*out = (uint64_t)sql_int(q, 0);
	sql_close(q);
	return err;
}

enum vault_err
chain_look(enum chain_seen *out, struct store *s, const void *peer,
    size_t peer_len, const struct manifest_place *place,
    const uint8_t hash[static MANIFEST_HASH_LEN])
{
	uint8_t there[MANIFEST_HASH_LEN];
	bool same, taken, before, known;
	enum vault_err err;
	uint64_t last;

	*out = CHAIN_SAME;
	if ((err = was_imported(&same, s, hash)) != VAULT_OK || same)
		return err;
	if ((err = at_number(&taken, there, s, peer, peer_len, place->chain,
		 place->number)) != VAULT_OK ||
	    (err = at_number(&before, there, s, peer, peer_len, place->chain,
		 place->number - 1)) != VAULT_OK ||
	    (err = last_number(&last, s, peer, peer_len, place->chain)) !=
		VAULT_OK ||
	    (err = knows_peer(&known, s, peer, peer_len)) != VAULT_OK)
		return err;
	*out = CHAIN_NEXT;
	if (taken ||
	    (before && memcmp(there, place->previous, sizeof(there)) != 0))
		*out = CHAIN_OTHERS;
	else if (last == 0 && known)
		*out = CHAIN_NEW;
	else if (place->number < last)
		*out = CHAIN_OLDER;
	else if (place->number != last + 1)
		*out = CHAIN_GAP;
	return VAULT_OK;
}

enum vault_err
chain_received(struct store *s, const void *peer, size_t peer_len,
    const struct manifest_place *place,
    const uint8_t hash[static MANIFEST_HASH_LEN])
{
	struct sql *q = sql_open(
	    s, "INSERT OR IGNORE INTO received VALUES(?1,?2,?3,?4,?5)");

	sql_put_blob(q, 1, hash, MANIFEST_HASH_LEN);
	sql_put_blob(q, 2, peer, peer_len);
	sql_put_blob(q, 3, place->chain, MANIFEST_CHAIN_LEN);
	sql_put_int(q, 4, (int64_t)place->number);
	sql_put_int(q, 5, clock_now());
	return sql_finish(q);
}

/* ---- Another key ---- */

static enum vault_err
with_keys(
    struct store *s, const char *sql, const uint8_t *from, const uint8_t *to)
{
	struct sql *q = sql_open(s, sql);

	sql_put_blob(q, 1, from, IDENTITY_PUBLIC_LEN);
	sql_put_blob(q, 2, to, IDENTITY_PUBLIC_LEN);
	return sql_finish(q);
}

enum vault_err
chain_move(struct store *s, const uint8_t from[static IDENTITY_PUBLIC_LEN],
    const uint8_t to[static IDENTITY_PUBLIC_LEN])
{
	enum vault_err err;

	/* A number is never given twice: of two rows the higher one stays. */
	if ((err = with_keys(s,
		 "INSERT INTO sent SELECT ?2,chain,number,hash FROM sent"
		 " WHERE peer=?1 ON CONFLICT(peer,chain) DO UPDATE"
		 " SET number=excluded.number,hash=excluded.hash"
		 " WHERE excluded.number>number",
		 from, to)) != VAULT_OK ||
	    (err = with_keys(s, "DELETE FROM sent WHERE peer=?1 AND ?1<>?2",
		 from, to)) != VAULT_OK)
		return err;
	return with_keys(s,
	    "UPDATE received SET peer=?2 WHERE substr(peer,1,8)=substr(?1,1,8)"
	    " AND (length(peer)=8 OR peer=?1)",
	    from, to);
}
