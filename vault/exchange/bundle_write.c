/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <string.h>

#include <sodium.h>

#include "core/base64.h"
#include "core/mem.h"
#include "core/random.h"
#include "core/secret.h"
#include "exchange/bundle.h"
#include "exchange/forget.h"
#include "exchange/keyid.h"
#include "record/attach.h"
#include "record/carry.h"
#include "store/store.h"

_Static_assert(MANIFEST_HASH_LEN == crypto_hash_sha256_BYTES, "SHA-256");

struct entry {
	uint8_t hash[MANIFEST_HASH_LEN];
	uint64_t size;
};

struct writing {
	struct store *store;
	const struct bundle_what *what;
	const struct leave *leave;
	struct entry *records; /* of the record files, in order */
	struct bundle_written *out;
	struct buf manifest, signature;
	struct age_writer *age;
	struct tar_writer tar;
	uint64_t total; /* of the archive, for progress */
};

static void
file_name(char out[static TAR_NAME_MAX + 1], size_t i)
{
	snprintf(out, TAR_NAME_MAX + 1, "attachments/%06zu", i + 1);
}

static void
record_name(char out[static TAR_NAME_MAX + 1], size_t i)
{
	snprintf(out, TAR_NAME_MAX + 1, "records/%06zu.json", i + 1);
}

/* ---- One record file ---- */

/* The attachments of a version that leave: each is found by its hash. */
static enum vault_err
fill_files(struct carried *c, const struct writing *w,
    const struct record_row *r, size_t first, size_t end)
{
	const struct version *v = &c->version;
	enum vault_err err;
	size_t n = 0;

	err = carry_room(c, version_hash_count(&v->attachments));
	for (size_t i = first; err == VAULT_OK && i < end; i++) {
		const struct leave_file *f = leave_file(w->leave, i);
		struct attach_row a;

		if (!version_has_hash(&v->attachments, f->hash))
			continue;
		if ((err = attach_find(&a, w->store, r, f->hash)) != VAULT_OK)
			break;
		file_name(c->files[n].file, i);
		err = attach_part(&c->files[n++].part, w->store, r, &a);
		attach_row_free(&a);
	}
	c->n_files = n;
	return err;
}

/* Attachments of one record stand together: from *first on, up to *end. */
static void
files_of(size_t *first, size_t *end, const struct leave *l, int64_t record)
{
	size_t low = 0, high = leave_files(l);

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (leave_file(l, mid)->record < record)
			low = mid + 1;
		else
			high = mid;
	}
	*first = low;
	while (low < leave_files(l) && leave_file(l, low)->record == record)
		low++;
	*end = low;
}

static enum vault_err
fill(struct carried *c, const struct writing *w, const struct leave_version *v)
{
	struct record_row r;
	enum vault_err err;
	size_t first, end;

	if ((err = rows_get(&r, w->store, v->record)) != VAULT_OK ||
	    (err = rows_version(&c->version, v->body ? &c->body : NULL,
		 v->hidden ? &c->hidden : NULL, w->store, &r, v->id, true)) !=
		VAULT_OK)
		return err;
	if (!v->body)
		return VAULT_OK;
	files_of(&first, &end, w->leave, v->record);
	return fill_files(c, w, &r, first, end);
}

/* How many record files: versions, and behind them tombstones. */
static size_t
n_records(const struct writing *w)
{
	return leave_versions(w->leave) +
	    tombstone_count(&w->leave->tombstones);
}

/* The text of record file i, in a snapshot of its own. */
static enum vault_err
record_text(struct buf *out, const struct writing *w, size_t i)
{
	size_t versions = leave_versions(w->leave);
	struct carried c;
	enum vault_err err;

	memset(&c, 0, sizeof(c));
	buf_reset(out);
	if (i >= versions)
		return tombstone_write(
		    out, tombstone_at(&w->leave->tombstones, i - versions));
	if ((err = store_read(w->store)) != VAULT_OK)
		return err;
	if ((err = fill(&c, w, leave_version(w->leave, i))) == VAULT_OK)
		err = carry_write(out, &c);
	store_read_end(w->store);
	carry_free(&c);
	if (err == VAULT_OK && out->len > CARRY_MAX)
		err = VAULT_EVERSION;
	return err == VAULT_ENORECORD ? VAULT_EBUSY : err;
}

/* ---- The manifest ---- */

static enum vault_err
hash_records(struct writing *w)
{
	struct buf text = { 0 };
	enum vault_err err = VAULT_OK;

	for (size_t i = 0; err == VAULT_OK && i < n_records(w); i++) {
		if ((err = record_text(&text, w, i)) != VAULT_OK)
			break;
		crypto_hash_sha256(w->records[i].hash, text.bytes, text.len);
		w->records[i].size = text.len;
		if (w->what->progress != NULL &&
		    !w->what->progress(w->what->ctx, 0, 0))
			err = VAULT_ECANCELED;
	}
	buf_free(&text);
	return err;
}

static bool
is_signed(const struct writing *w)
{
	return w->what->public_key != NULL;
}

static const char *
readme(const struct writing *w)
{
	return is_signed(w) ? bundle_readme : bundle_readme_unsigned;
}

static uint64_t
sum_sizes(const struct writing *w)
{
	uint64_t sum = strlen(readme(w));

	for (size_t i = 0; i < leave_files(w->leave); i++)
		sum += leave_file(w->leave, i)->size;
	for (size_t i = 0; i < n_records(w); i++)
		sum += w->records[i].size;
	return sum;
}

static void
list_files(struct writing *w)
{
	char name[TAR_NAME_MAX + 1];
	uint8_t hash[MANIFEST_HASH_LEN];

	crypto_hash_sha256(hash, (const uint8_t *)readme(w), strlen(readme(w)));
	manifest_write_file(&w->manifest, hash, TAR_README);
	for (size_t i = 0; i < leave_files(w->leave); i++) {
		file_name(name, i);
		manifest_write_file(
		    &w->manifest, leave_file(w->leave, i)->sha256, name);
	}
	for (size_t i = 0; i < n_records(w); i++) {
		record_name(name, i);
		manifest_write_file(&w->manifest, w->records[i].hash, name);
	}
}

static enum vault_err
sign(struct writing *w)
{
	struct minisig_key key = keyid_minisign(w->what->public_key);
	struct buf comment = { 0 };
	enum vault_err err;

	hex_encode(&comment, w->out->id, sizeof(w->out->id));
	if ((err = buf_ok(&comment)) == VAULT_OK)
		err = minisig_sign(&w->signature, key.id, w->what->key,
		    w->manifest.bytes, w->manifest.len, buf_text(&comment));
	buf_free(&comment);
	return err;
}

static enum vault_err
make_manifest(struct writing *w)
{
	struct bundle_written *out = w->out;
	struct manifest m = { .is_signed = is_signed(w) };
	enum vault_err err;

	random_fill(out->id, sizeof(out->id));
	memcpy(m.bundle, out->id, sizeof(m.bundle));
	if (m.is_signed)
		memcpy(m.sender, w->what->public_key, sizeof(m.sender));
	out->files = 1 + leave_files(w->leave) + n_records(w);
	out->bytes = sum_sizes(w);
	m.n_files = out->files;
	m.bytes = out->bytes;
	if (out->files > TAR_ENTRIES_MAX - 2)
		return VAULT_EVERSION;
	if ((err = manifest_write_head(
		 &w->manifest, &m, w->what->to, w->what->n_to)) != VAULT_OK)
		return err;
	list_files(w);
	if ((err = buf_ok(&w->manifest)) != VAULT_OK)
		return err;
	crypto_hash_sha256(out->hash, w->manifest.bytes, w->manifest.len);
	return is_signed(w) ? sign(w) : VAULT_OK;
}

/* ---- The archive ---- */

static enum vault_err
to_age(void *ctx, const void *bytes, size_t len)
{
	struct writing *w = ctx;

	if (w->what->progress != NULL &&
	    !w->what->progress(w->what->ctx, w->tar.written, w->total))
		return VAULT_ECANCELED;
	return age_writer_put(w->age, bytes, len);
}

static enum vault_err
put_bytes(struct writing *w, const char *name, const void *bytes, size_t len)
{
	enum vault_err err = tar_writer_begin(&w->tar, name, len);

	return err == VAULT_OK ? tar_writer_put(&w->tar, bytes, len) : err;
}

static enum vault_err
find_file(struct record_row *r, struct attach_row *a, const struct writing *w,
    const struct leave_file *f)
{
	enum vault_err err;

	memset(a, 0, sizeof(*a));
	if ((err = store_read(w->store)) != VAULT_OK)
		return err;
	if ((err = rows_get(r, w->store, f->record)) == VAULT_OK)
		err = attach_find(a, w->store, r, f->hash);
	store_read_end(w->store);
	return err == VAULT_ENORECORD ? VAULT_EBUSY : err;
}

/* Its SHA-256 is what the MANIFEST says, or the bundle never ends. */
static enum vault_err
put_file(struct writing *w, size_t i)
{
	const struct leave_file *f = leave_file(w->leave, i);
	char name[TAR_NAME_MAX + 1];
	struct chunks *c = NULL;
	const uint8_t *bytes;
	struct attach_row a;
	struct record_row r;
	enum vault_err err;
	size_t len;

	file_name(name, i);
	if ((err = find_file(&r, &a, w, f)) != VAULT_OK)
		return err;
	if (a.size != f->size ||
	    memcmp(a.sha256, f->sha256, sizeof(a.sha256)) != 0)
		err = VAULT_EDAMAGED;
	if (err == VAULT_OK &&
	    (err = attach_open(&c, w->store, &r, &a)) == VAULT_OK)
		err = tar_writer_begin(&w->tar, name, f->size);
	while (err == VAULT_OK &&
	    (err = chunks_get(c, &bytes, &len)) == VAULT_OK && len > 0)
		err = tar_writer_put(&w->tar, bytes, len);
	chunks_free(c);
	attach_row_free(&a);
	return err;
}

static enum vault_err
put_record(struct writing *w, size_t i, struct buf *text)
{
	uint8_t hash[MANIFEST_HASH_LEN];
	char name[TAR_NAME_MAX + 1];
	enum vault_err err;

	record_name(name, i);
	if ((err = record_text(text, w, i)) != VAULT_OK)
		return err;
	/* A part may have come meanwhile: then it is another text. */
	crypto_hash_sha256(hash, text->bytes, text->len);
	if (memcmp(hash, w->records[i].hash, sizeof(hash)) != 0)
		return VAULT_EBUSY;
	return put_bytes(w, name, text->bytes, text->len);
}

static enum vault_err
put_all(struct writing *w)
{
	struct buf text = { 0 };
	enum vault_err err;

	if ((err = put_bytes(w, TAR_README, readme(w), strlen(readme(w)))) !=
		VAULT_OK ||
	    (err = put_bytes(w, TAR_MANIFEST, w->manifest.bytes,
		 w->manifest.len)) != VAULT_OK ||
	    (is_signed(w) &&
		(err = put_bytes(w, TAR_SIGNATURE, w->signature.bytes,
		     w->signature.len)) != VAULT_OK))
		return err;
	for (size_t i = 0; err == VAULT_OK && i < leave_files(w->leave); i++)
		err = put_file(w, i);
	for (size_t i = 0; err == VAULT_OK && i < n_records(w); i++)
		err = put_record(w, i, &text);
	buf_free(&text);
	if (err != VAULT_OK || (err = tar_writer_end(&w->tar)) != VAULT_OK)
		return err;
	return age_writer_end(w->age);
}

/* ---- All of it ---- */

static enum vault_err
parse_recipients(struct age_recipient **out, const struct bundle_what *what)
{
	enum vault_err err = VAULT_OK;

	for (size_t i = 0; err == VAULT_OK && i < what->n_to; i++)
		err = age_recipient_parse(&out[i], what->to[i].recipient,
		    strlen(what->to[i].recipient));
	return err;
}

enum vault_err
bundle_write(struct bundle_written *out, const struct pipe_sink *to,
    struct store *s, const struct bundle_what *what)
{
	struct writing w = {
		.store = s, .what = what, .leave = what->leave, .out = out
	};
	struct pipe_sink sink = { to_age, &w };
	struct age_recipient **recipients = NULL;
	enum vault_err err = VAULT_ENOMEM;

	memset(out, 0, sizeof(*out));
	w.records = mem_zalloc((n_records(&w) + 1) * sizeof(*w.records));
	recipients = mem_zalloc((what->n_to + 1) * sizeof(*recipients));
	if (w.records == NULL || recipients == NULL)
		goto out;
	if ((err = parse_recipients(recipients, what)) != VAULT_OK ||
	    (err = hash_records(&w)) != VAULT_OK ||
	    (err = make_manifest(&w)) != VAULT_OK ||
	    (err = age_writer_new(&w.age, to,
		 (const struct age_recipient *const *)recipients,
		 what->n_to)) != VAULT_OK)
		goto out;
	w.total = out->bytes + w.manifest.len;
	tar_writer_init(&w.tar, &sink);
	err = put_all(&w);
out:
	for (size_t i = 0; recipients != NULL && i < what->n_to; i++)
		age_recipient_free(recipients[i]);
	mem_free(recipients);
	mem_free(w.records);
	age_writer_free(w.age);
	buf_free(&w.manifest);
	buf_free(&w.signature);
	return err;
}
