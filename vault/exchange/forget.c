/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "core/base64.h"
#include "core/mem.h"
#include "exchange/forget.h"
#include "exchange/minisig.h"
#include "record/forgotten_row.h"
#include "record/graph.h"
#include "record/whose.h"
#include "store/log.h"
#include "store/sql.h"
#include "store/store.h"

/* ---- What is here of a record ---- */

/* Which versions of r are silent, if one more office has forgotten it. */
struct view {
	struct buf silences; /* struct tombstone, those for r */
	struct buf wipe;     /* ids: the versions of that office */
	struct buf theirs;   /* hashes: attachments of silent versions */
	struct buf others;   /* hashes: attachments of the other ones */
	size_t n_others;     /* versions that are not silent */
	bool loud;           /* a silent one that is not in wipe has its text */
	bool draft;          /* somebody here is writing on it */
};

static void
view_free(struct view *w)
{
	buf_free(&w->silences);
	buf_free(&w->wipe);
	buf_free(&w->theirs);
	buf_free(&w->others);
}

/* Is any of its texts here? */
static enum vault_err
has_text(bool *out, struct store *s, const uint8_t *id)
{
	struct sql *q = sql_open(s,
	    "SELECT 1 FROM version WHERE id=?1"
	    " AND (body IS NOT NULL OR private IS NOT NULL)");
	enum vault_err err;

	sql_put_blob(q, 1, id, VERSION_ID_LEN);
	err = sql_step(q, out);
	sql_close(q);
	return err;
}

static enum vault_err
add_version(struct view *w, struct store *s, const struct record_row *r,
    const uint8_t *id, const struct buf *keys)
{
	struct version v;
	enum vault_err err;
	struct buf *to;
	bool of_it, silent = false, text = false;

	err = rows_version(&v, NULL, NULL, s, r, id, false);
#ifdef PLANT_FORGETS_OTHERS
	of_it = keys->len > 0;
#else
	of_it = whose_has(keys, v.office);
#endif
	if (err == VAULT_OK && !of_it)
		err = tombstone_covers(&silent, s, &w->silences, v.office);
	silent = silent || of_it;
	if (err == VAULT_OK && silent && !of_it)
		err = has_text(&text, s, id);
	w->loud = w->loud || text;
	to = silent ? &w->theirs : &w->others;
	if (err == VAULT_OK &&
	    ((of_it && !buf_put(&w->wipe, id, VERSION_ID_LEN)) ||
		!buf_put(to, v.attachments.bytes, v.attachments.len)))
		err = VAULT_ENOMEM;
	w->n_others += !silent;
	version_free(&v);
	return err;
}

/* office, if it is not NULL, is the one more, by whatever key of its. */
static enum vault_err
look(struct view *w, struct store *s, const struct record_row *r,
    const uint8_t *office)
{
	struct sql *q = sql_open(s, "SELECT 1 FROM draft WHERE record=?1");
	struct buf all = { 0 }, keys = { 0 };
	enum vault_err err;

	memset(w, 0, sizeof(*w));
	sql_put_blob(q, 1, r->id, ID_LEN);
	err = sql_step(q, &w->draft);
	sql_close(q);
	if (err == VAULT_OK && office != NULL)
		err = whose_keys(&keys, s, office);
	if (err == VAULT_OK &&
	    (err = tombstone_list(&w->silences, s, r->id, false)) == VAULT_OK)
		err = rows_versions(&all, s, r, false);
	for (size_t i = 0; err == VAULT_OK && i < version_hash_count(&all); i++)
		err = add_version(w, s, r, version_hash_at(&all, i), &keys);
	buf_free(&keys);
	buf_free(&all);
	return err;
}

/*
 * Is a version of this office here, by whatever key; with_text: one that has
 * its text still?  The key stands in the envelope as no other member can:
 * nothing is parsed, since tombstones may be many and come again.
 */
static enum vault_err
wrote_any(bool *out, struct store *s, const struct record_row *r,
    const uint8_t *office, bool with_text)
{
	struct buf keys = { 0 }, member = { 0 };
	enum vault_err err = whose_keys(&keys, s, office);

	*out = false;
	for (size_t at = 0; err == VAULT_OK && !*out && at < keys.len;
	     at += IDENTITY_PUBLIC_LEN) {
		struct sql *q = sql_open(s,
		    "SELECT 1 FROM version WHERE record=?1"
		    " AND (?3=0 OR body IS NOT NULL OR private IS NOT NULL)"
		    " AND instr(envelope,?2)>0 LIMIT 1");

		buf_reset(&member);
		buf_put_text(&member, "\"office\":\"");
		hex_encode(&member, keys.bytes + at, IDENTITY_PUBLIC_LEN);
		sql_put_int(q, 1, r->num);
		sql_put_text(q, 2, buf_text(&member), member.len);
		sql_put_int(q, 3, with_text);
		if ((err = buf_ok(&member)) == VAULT_OK)
			err = sql_step(q, out);
		sql_close(q);
	}
	buf_free(&keys);
	buf_free(&member);
	return err;
}

static enum vault_err
is_contact(bool *out, struct store *s, const uint8_t *office)
{
	struct sql *q = sql_open(s,
	    "SELECT 1 FROM contact WHERE public=?1 UNION ALL"
	    " SELECT 1 FROM earlier WHERE public=?1 AND contact<>0");
	enum vault_err err;

	sql_put_blob(q, 1, office, IDENTITY_PUBLIC_LEN);
	err = sql_step(q, out);
	sql_close(q);
	return err;
}

/* The offices that wrote versions of r: 32 bytes each, each once. */
static enum vault_err
authors(struct buf *out, struct store *s, const struct record_row *r)
{
	struct buf all = { 0 };
	enum vault_err err = rows_versions(&all, s, r, false);

	for (size_t i = 0; err == VAULT_OK && i < version_hash_count(&all);
	     i++) {
		struct version v;

		err = rows_version(
		    &v, NULL, NULL, s, r, version_hash_at(&all, i), false);
		if (err == VAULT_OK && !version_has_hash(out, v.office))
			buf_put(out, v.office, sizeof(v.office));
		version_free(&v);
	}
	buf_free(&all);
	return err == VAULT_OK ? buf_ok(out) : err;
}

enum vault_err
forget_concerns(bool *out, struct store *s, const struct record_row *r,
    const uint8_t office[static IDENTITY_PUBLIC_LEN])
{
	struct buf all = { 0 };
	enum vault_err err;

	if ((err = is_contact(out, s, office)) != VAULT_OK || *out)
		return err;
	if ((err = authors(&all, s, r)) == VAULT_OK)
		*out = version_has_hash(&all, office);
	buf_free(&all);
	return err;
}

static enum forget_does
effect(const struct view *w, bool ours)
{
	if (ours)
		return FORGET_RECORD;
	if (w->wipe.len == 0)
		return FORGET_REQUEST;
	return w->n_others > 0 || w->draft ? FORGET_TEXTS : FORGET_RECORD;
}

/* *r and *w are filled if there is something to do; free *w in any case. */
static enum vault_err
look_at(enum forget_does *out, struct record_row *r, struct view *w,
    struct store *s, const struct tombstone *t)
{
	enum vault_err err;
	bool known, ours, wrote;

	memset(w, 0, sizeof(*w));
	if ((err = tombstone_has(&known, s, t->record, t->office)) != VAULT_OK)
		return err;
	*out = known ? FORGET_KNOWN : FORGET_LATER;
	err = rows_find(r, s, t->record);
	if (err == VAULT_ENORECORD || (err == VAULT_OK && r->forgotten))
		return VAULT_OK;
	/* It may have come before its key was known to be of that office. */
	if (err != VAULT_OK ||
	    (err = wrote_any(&wrote, s, r, t->office, known)) != VAULT_OK ||
	    (known && !wrote) ||
	    (err = whose_is_ours(&ours, s, t->office)) != VAULT_OK ||
	    ((wrote || ours) && (err = look(w, s, r, t->office)) != VAULT_OK))
		return err;
	*out = effect(w, ours);
	if (*out != FORGET_REQUEST)
		return VAULT_OK;
	/* Whom nobody knows here, and who wrote none of it, need not be asked
	 * about; something of theirs may come, though. */
	if ((err = is_contact(&known, s, t->office)) == VAULT_OK && !known)
		*out = FORGET_LATER;
	return err;
}

enum vault_err
forget_look(enum forget_does *out, struct store *s, const struct tombstone *t)
{
	struct record_row r;
	struct view w;
	enum vault_err err = look_at(out, &r, &w, s, t);

	view_free(&w);
	return err;
}

/* ---- Taking away ---- */

static enum vault_err
with_num(struct store *s, const char *sql, int64_t num)
{
	struct sql *q = sql_open(s, sql);

	sql_put_int(q, 1, num);
	return sql_finish(q);
}

static enum vault_err
drop_drafts(struct store *s, const struct record_row *r)
{
	struct sql *q = sql_open(s, "DELETE FROM draft WHERE record=?1");

	sql_put_blob(q, 1, r->id, ID_LEN);
	return sql_finish(q);
}

/*
 * The key, so that nothing of the record opens any more, and the parts.
 * Envelopes stay and confirm nothing; chunks are swept away afterwards.
 */
static enum vault_err
drop_record(struct store *s, const struct record_row *r)
{
	enum vault_err err;

	if ((err = store_secure_delete(s, true)) != VAULT_OK ||
	    (err = with_num(s, "UPDATE record SET key=NULL WHERE num=?1",
		 r->num)) != VAULT_OK ||
	    (err = with_num(s,
		 "UPDATE version SET body=NULL,private=NULL WHERE record=?1",
		 r->num)) != VAULT_OK ||
	    (err = with_num(s,
		 "UPDATE attachment SET hash=NULL,part=NULL,size=0"
		 " WHERE record=?1",
		 r->num)) != VAULT_OK)
		return err;
	return drop_drafts(s, r);
}

static enum vault_err
drop_parts(struct store *s, const uint8_t *id)
{
	struct sql *q = sql_open(
	    s, "UPDATE version SET body=NULL,private=NULL WHERE id=?1");

	sql_put_blob(q, 1, id, VERSION_ID_LEN);
	return sql_finish(q);
}

static enum vault_err
drop_attachment(
    struct store *s, const struct record_row *r, const uint8_t *hash)
{
	struct sql *q = sql_open(s,
	    "UPDATE attachment SET hash=NULL,part=NULL,size=0"
	    " WHERE record=?1 AND hash=?2");

	sql_put_int(q, 1, r->num);
	sql_put_blob(q, 2, hash, HASH_LEN);
	return sql_finish(q);
}

/* What an office wrote; the key stays, so it matters that all is overwritten.
 */
static enum vault_err
drop_texts(struct store *s, const struct record_row *r, const struct view *w)
{
	enum vault_err err = store_secure_delete(s, true);

	for (size_t i = 0; err == VAULT_OK && i < version_hash_count(&w->wipe);
	     i++)
		err = drop_parts(s, version_hash_at(&w->wipe, i));
	for (size_t i = 0;
	     err == VAULT_OK && i < version_hash_count(&w->theirs); i++) {
		const uint8_t *hash = version_hash_at(&w->theirs, i);

		if (!version_has_hash(&w->others, hash))
			err = drop_attachment(s, r, hash);
	}
	return err;
}

/* {"did":WORD,"office":KEY,"record":ID} */
static enum vault_err
log_it(struct store *s, const struct tombstone *t, enum forget_does did)
{
	static const char *const words[] = { "", "later", "request", "texts",
		"record" };
	char id[ID_TEXT_LEN + 1];
	struct buf detail = { 0 };
	enum vault_err err;

	id_print(id, t->record);
	buf_putf(&detail, "{\"did\":\"%s\",\"office\":\"", words[did]);
	hex_encode(&detail, t->office, sizeof(t->office));
	buf_putf(&detail, "\",\"record\":\"%s\"}", id);
	if ((err = buf_ok(&detail)) == VAULT_OK)
		err = log_add(s, "tombstone", buf_text(&detail), detail.len);
	buf_free(&detail);
	return err;
}

/* What another office forgets, our own lists may bring. */
static enum vault_err
keep_row(struct store *s, const struct record_row *r, const struct tombstone *t)
{
	enum vault_err err;
	bool ours;

	if ((err = whose_is_ours(&ours, s, t->office)) == VAULT_OK && ours)
		err = forgotten_row_keep(s, r);
	return err;
}

enum vault_err
forget_obey(enum forget_does *out, struct store *s, const struct tombstone *t,
    struct lapse *lapse)
{
	struct record_row r;
	struct view w;
	enum vault_err err;
	bool fresh;

	if ((err = look_at(out, &r, &w, s, t)) != VAULT_OK ||
	    (err = tombstone_put(&fresh, s, t)) != VAULT_OK)
		goto out;
	if (*out >= FORGET_TEXTS)
		err = lapse_note(
		    lapse, s, &r, *out == FORGET_TEXTS ? &w.wipe : NULL);
	if (err == VAULT_OK && *out == FORGET_TEXTS)
		err = drop_texts(s, &r, &w);
	else if (err == VAULT_OK && *out == FORGET_RECORD &&
	    (err = keep_row(s, &r, t)) == VAULT_OK)
		err = drop_record(s, &r);
	if (err == VAULT_OK && *out >= FORGET_REQUEST)
		err = graph_settle(s, &r);
	if (err == VAULT_OK && (fresh || *out >= FORGET_TEXTS))
		err = log_it(s, t, *out);
out:
	view_free(&w);
	return err;
}

enum vault_err
forget_record(struct store *s, const struct record_row *r,
    const struct tombstone *ours, struct lapse *lapse)
{
	enum vault_err err;
	bool fresh;

	if ((err = tombstone_put(&fresh, s, ours)) != VAULT_OK ||
	    (err = lapse_note(lapse, s, r, NULL)) != VAULT_OK ||
	    (err = forgotten_row_keep(s, r)) != VAULT_OK ||
	    (err = drop_record(s, r)) != VAULT_OK)
		return err;
	return graph_settle(s, r);
}

enum vault_err
forget_scrub(struct store *s, const struct lapse *lapse)
{
	enum vault_err err = lapse_keep(lapse, s);

	/* FTS5 keeps deleted words until it merges everything. */
	if (err == VAULT_OK)
		err = sql_run(s, "INSERT INTO find(find) VALUES('optimize')");
	return err == VAULT_OK ? store_scrub(s) : err;
}

/* ---- What comes later ---- */

enum vault_err
forget_takes(enum forget_takes *out, struct store *s,
    const uint8_t record[static ID_LEN],
    const uint8_t office[static IDENTITY_PUBLIC_LEN])
{
	enum vault_err err;
	bool ours, silent;

	*out = FORGET_TAKES_ALL;
	if ((err = tombstone_is_ours(&ours, s, record)) != VAULT_OK ||
	    (err = tombstone_silences(&silent, s, record, office)) != VAULT_OK)
		return err;
	if (ours)
		*out = FORGET_TAKES_NOTHING;
	else if (silent)
		*out = FORGET_TAKES_ENVELOPE;
	return VAULT_OK;
}

enum vault_err
forget_settle(struct store *s, const struct record_row *r)
{
	struct view w = { 0 };
	enum vault_err err = graph_settle(s, r);

	/* A text that is left goes when its tombstone comes, and is told. */
	if (err == VAULT_OK && !r->forgotten &&
	    (err = look(&w, s, r, NULL)) == VAULT_OK && w.silences.len > 0 &&
	    w.n_others == 0 && !w.loud && !w.draft)
		err = drop_record(s, r);
	view_free(&w);
	return err;
}

/* ---- To whom they leave ---- */

/* Did this key get the record?  Our log of exports knows. */
static enum vault_err
was_sent_to(bool *out, struct store *s, const struct tombstone *t,
    const uint8_t *office)
{
	struct sql *q;
	char id[ID_TEXT_LEN + 1], record[ID_TEXT_LEN + 3];
	struct buf to = { 0 };
	enum vault_err err;

	id_print(id, t->record);
	record[0] = record[ID_TEXT_LEN + 1] = '"';
	memcpy(record + 1, id, ID_TEXT_LEN);
	buf_put_byte(&to, '"');
	hex_encode(&to, office, MINISIG_ID_LEN);
	buf_put_byte(&to, '"');
	if ((err = buf_ok(&to)) != VAULT_OK)
		goto out;
	/* Whole strings of canonical JSON that no other member can hold. */
	q = sql_open(s,
	    "SELECT 1 FROM log WHERE what='export' AND instr(detail,?1)>0"
	    " AND instr(detail,?2)>0 LIMIT 1");
	sql_put_text(q, 1, record, ID_TEXT_LEN + 2);
	sql_put_text(q, 2, buf_text(&to), to.len);
	err = sql_step(q, out);
	sql_close(q);
out:
	buf_free(&to);
	return err;
}

/* Did this office, by whatever key it was known by then? */
static enum vault_err
was_sent(bool *out, struct store *s, const struct tombstone *t,
    const uint8_t *office)
{
	struct buf keys = { 0 };
	enum vault_err err = whose_keys(&keys, s, office);

	*out = false;
	for (size_t at = 0; err == VAULT_OK && !*out && at < keys.len;
	     at += IDENTITY_PUBLIC_LEN)
		err = was_sent_to(out, s, t, keys.bytes + at);
	buf_free(&keys);
	return err;
}

static bool
is_among(const struct buf *ids, const uint8_t *id)
{
	for (size_t at = 0; at < ids->len; at += ID_LEN)
		if (memcmp(ids->bytes + at, id, ID_LEN) == 0)
			return true;
	return false;
}

/* What is known of one record, for all tombstones that name it. */
struct leaving {
	struct store *s;
	const uint8_t *const *offices;
	size_t n;
	const struct buf *ids;
	uint8_t record[ID_LEN];
	struct buf authors; /* of its versions; none if it is not here */
	bool *got;          /* which of the offices have it, or get it */
};

/* It is not here: it was never sent from here either. */
static enum vault_err
next_record(struct leaving *l, const struct tombstone *t)
{
	bool goes = is_among(l->ids, t->record);
	struct record_row r;
	enum vault_err err;

	memcpy(l->record, t->record, ID_LEN);
	buf_reset(&l->authors);
	err = rows_find(&r, l->s, t->record);
	if (err == VAULT_ENORECORD)
		return VAULT_OK;
	if (err == VAULT_OK)
		err = authors(&l->authors, l->s, &r);
	for (size_t i = 0; err == VAULT_OK && i < l->n; i++) {
		l->got[i] = goes;
		if (!goes)
			err = was_sent(&l->got[i], l->s, t, l->offices[i]);
	}
	return err;
}

/* Whoever has forgotten it knows; all others must have it, if any has. */
static void
count_those(
    size_t *got, size_t *all, const struct leaving *l, const struct buf *forgot)
{
	*got = *all = 0;
	for (size_t i = 0; i < l->n; i++) {
		if (whose_has(forgot, l->offices[i]))
			continue;
		++*all;
		*got += l->got[i];
	}
}

static enum vault_err
leave_one(
    struct buf *out, size_t *held, struct leaving *l, const struct tombstone *t)
{
	struct buf keys = { 0 };
	size_t got, all;
	enum vault_err err;
	bool ours, wrote = false;

	if (memcmp(l->record, t->record, ID_LEN) != 0 &&
	    (err = next_record(l, t)) != VAULT_OK)
		return err;
	if ((err = whose_is_ours(&ours, l->s, t->office)) != VAULT_OK ||
	    (err = whose_keys(&keys, l->s, t->office)) != VAULT_OK)
		goto out;
	for (size_t at = 0; at < keys.len; at += IDENTITY_PUBLIC_LEN)
		wrote = wrote || version_has_hash(&l->authors, keys.bytes + at);
	/* Nobody fills our bundles with what strangers say. */
	if (!wrote && !(ours && l->authors.len > 0))
		goto out;
	count_those(&got, &all, l, &keys);
	if (got > 0 && got == all)
		buf_put(out, t, sizeof(*t));
	else
		*held += got > 0;
	err = buf_ok(out);
out:
	buf_free(&keys);
	return err;
}

enum vault_err
forget_leaving(struct buf *out, size_t *held, struct store *s,
    const uint8_t *const *offices, size_t n, const struct buf *ids)
{
	struct leaving l = { .s = s, .offices = offices, .n = n, .ids = ids };
	struct buf list = { 0 };
	enum vault_err err = VAULT_ENOMEM;

	*held = 0;
	if ((l.got = mem_zalloc((n + 1) * sizeof(*l.got))) != NULL)
		err = tombstone_list(&list, s, NULL, true);
	for (size_t i = 0; err == VAULT_OK && i < tombstone_count(&list); i++)
		err = leave_one(out, held, &l, tombstone_at(&list, i));
	mem_free(l.got);
	buf_free(&l.authors);
	buf_free(&list);
	return err;
}
