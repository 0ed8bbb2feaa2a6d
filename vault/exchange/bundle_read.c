/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "core/mem.h"
#include "exchange/bundle.h"
#include "exchange/contact.h"
#include "exchange/keyid.h"
#include "exchange/revocation.h"
#include "record/whose.h"
#include "record/attach.h"
#include "record/carry.h"

#define SIGNATURE_MAX 4096
#define NUMBER_MAX (UINT64_C(1) << 53)

/* What is being read of the archive. */
enum kind { README, MANIFEST, SIGNATURE, ATTACHMENT, RECORD };

struct reading {
	struct bundle *b;
	const struct bundle_events *events;
	bool again; /* for the second time */
	struct tar_reader tar;
	crypto_hash_sha256_state hash;
	bool hashed;        /* by whoever takes its bytes, not here */
	uint64_t size, sum; /* of this entry; of all that are listed */
	enum kind kind;
	struct buf text; /* an entry that is looked at as a whole */
	uint8_t readme[MANIFEST_HASH_LEN];
	bool has_manifest, has_signature;
	size_t at;    /* in the manifest: the next file */
	size_t files; /* attachments that have come */
	size_t records, tombstones;
	char name[TAR_NAME_MAX + 1];
	uint64_t total;
};

static enum vault_err
refuse(struct bundle *b, enum bundle_fault fault)
{
	b->fault = fault;
	return VAULT_EDAMAGED;
}

/* An error of something that was read: damage is the bundle's fault. */
static enum vault_err
blame(struct bundle *b, enum vault_err err, enum bundle_fault fault)
{
	if (err == VAULT_EDAMAGED || err == VAULT_EVERSION)
		b->fault = fault;
	return err;
}

/* ---- What bundle.h hands out ---- */

size_t
bundle_n_files(const struct bundle *b)
{
	return b->files.len / sizeof(struct bundle_file);
}

static struct bundle_file *
file_at(const struct bundle *b, size_t i)
{
	return (struct bundle_file *)(void *)b->files.bytes + i;
}

const struct bundle_file *
bundle_file(const struct bundle *b, size_t i)
{
	return file_at(b, i);
}

/* Compare a name with the one that stands in the manifest, up to its LF. */
static int
compare_name(
    const struct bundle *b, const struct bundle_file *f, const char *name)
{
	const char *there = b->manifest.text + f->name_at;
	const char *end = memchr(there, '\n', b->manifest.len - f->name_at);
	size_t len = (size_t)(end - there), own = strlen(name);
	int order = memcmp(name, there, own < len ? own : len);

	return order != 0 ? order : (own > len) - (own < len);
}

size_t
bundle_find_file(const struct bundle *b, const char *name)
{
	size_t low = 0, high = bundle_n_files(b), n = high;

	/* They came in the order of their names. */
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int order = compare_name(b, file_at(b, mid), name);

		if (order == 0)
			return mid;
		if (order < 0)
			high = mid;
		else
			low = mid + 1;
	}
	return n;
}

const void *
bundle_peer(const struct bundle *b, size_t *len)
{
	*len = b->knows_sender ? IDENTITY_PUBLIC_LEN : MANIFEST_SENDER_LEN;
	if (!b->knows_sender)
		return b->manifest.sender;
	/* What was announced only counts nothing of the office's own. */
	return b->sender_key == CONTACT_KEY_EARLIER ? b->present : b->sender;
}

void
bundle_free(struct bundle *b)
{
	buf_free(&b->text);
	buf_free(&b->vouched);
	buf_free(&b->files);
	arrivals_free(&b->arrivals);
	buf_free(&b->staged);
}

/* ---- The manifest and its signature ---- */

/* What nobody signed is in no chain of anybody's. */
static bool
is_first(const struct manifest_place *place)
{
	static const uint8_t none[MANIFEST_HASH_LEN];

#ifdef PLANT_UNSIGNED_NUMBER
	return true;
#endif
	return place->number == 1 &&
	    memcmp(place->previous, none, sizeof(none)) == 0;
}

/* The line for one of our recipients. */
static enum vault_err
find_place(struct bundle *b)
{
	for (size_t i = 0; i < b->keys->n; i++) {
		enum vault_err err = manifest_find(&b->place, &b->manifest,
		    buf_text(&b->keys->key[i].recipient));

		if (err == VAULT_OK &&
		    (b->place.number > NUMBER_MAX ||
			(!b->manifest.is_signed && !is_first(&b->place))))
			err = VAULT_EDAMAGED;
		if (err != VAULT_ENOTFORUS)
			return blame(b, err, BUNDLE_FAULT_MANIFEST);
	}
	return refuse(b, BUNDLE_FAULT_NOT_TO_US);
}

/* A key that is announced may be a thief's, one before it stolen meanwhile. */
static bool
speaks_for_its_office(enum contact_key which)
{
#ifdef PLANT_EARLIER_VOUCHES
	return which != CONTACT_KEY_ANNOUNCED;
#endif
#ifdef PLANT_ANNOUNCED_VOUCHES
	return which != CONTACT_KEY_EARLIER;
#endif
	return which == CONTACT_KEY_PRESENT;
}

static enum vault_err
find_sender(struct bundle *b)
{
	struct contact c = { 0 };
	enum vault_err err;

	if (!b->manifest.is_signed)
		return VAULT_OK;
	err = contact_by_sender(
	    &c, b->sender, &b->sender_key, b->store, b->manifest.sender);
	if (err == VAULT_OK) {
		b->knows_sender = true;
		memcpy(b->present, c.key, sizeof(b->present));
		if (c.verified != 0 && c.revoked == 0 &&
		    speaks_for_its_office(b->sender_key))
			err = whose_keys(&b->vouched, b->store, c.key);
	}
	contact_free(&c);
	if (err != VAULT_OK && err != VAULT_ENORECORD)
		return err;
	return revocation_time_of_id(&b->revoked, b->store, b->manifest.sender);
}

enum vault_err
bundle_hears(bool *out, const struct bundle *b,
    const uint8_t key[static IDENTITY_PUBLIC_LEN])
{
	int64_t revoked;
	enum vault_err err = revocation_time(&revoked, b->store, key);

	*out = revoked == 0 || whose_has(&b->vouched, key);
#ifdef PLANT_REVOKED_HEARD
	*out = true;
#endif
	return err;
}

/* The first file of the manifest is README.txt, which came before it. */
static enum vault_err
check_readme(struct reading *r)
{
	struct manifest_file file;

	if (!manifest_next(&file, &r->b->manifest, &r->at) ||
	    strcmp(file.name, TAR_README) != 0 ||
	    memcmp(file.hash, r->readme, sizeof(r->readme)) != 0)
		return refuse(r->b, BUNDLE_FAULT_FILES);
	return VAULT_OK;
}

static enum vault_err
take_manifest(struct reading *r, const uint8_t *hash)
{
	struct bundle *b = r->b;
	enum vault_err err;

	r->has_manifest = true;
	if (r->again)
		return memcmp(hash, b->hash, sizeof(b->hash)) == 0
		    ? check_readme(r)
		    : refuse(b, BUNDLE_FAULT_CHANGED);
	memcpy(b->hash, hash, sizeof(b->hash));
	b->text = r->text;
	r->text = (struct buf){ 0 };
	err = manifest_parse(&b->manifest, buf_text(&b->text), b->text.len);
	if (err != VAULT_OK)
		return blame(b, err, BUNDLE_FAULT_MANIFEST);
	if ((err = check_readme(r)) != VAULT_OK ||
	    (err = find_place(b)) != VAULT_OK)
		return err;
	return find_sender(b);
}

static enum vault_err
take_signature(struct reading *r)
{
	struct bundle *b = r->b;
	struct minisig_key key;
	struct minisig sig;
	enum vault_err err;

	r->has_signature = true;
	if (!b->manifest.is_signed)
		return refuse(b, BUNDLE_FAULT_FILES);
	err = minisig_parse(&sig, buf_text(&r->text), r->text.len);
	if (err == VAULT_OK && b->knows_sender) {
		key = keyid_minisign(b->sender);
		err = minisig_check(&sig, &key, b->text.bytes, b->text.len);
	} else if (err == VAULT_OK &&
	    memcmp(sig.id, b->manifest.sender, MINISIG_ID_LEN) != 0) {
		err = VAULT_EDAMAGED;
	}
	return blame(b, err, BUNDLE_FAULT_SIGNATURE);
}

static bool
is_signed_as_it_says(const struct reading *r)
{
#ifdef PLANT_SIGNATURE_MISSING
	return true;
#endif
	return r->has_signature == r->b->manifest.is_signed;
}

/* ---- Files ---- */

/* A record file names an attachment: it must be here, and be what it says. */
static enum vault_err
match_file(
    struct bundle *b, const struct carried *c, const struct carried_file *named)
{
	size_t i = bundle_find_file(b, named->file);
	uint8_t hash[HASH_LEN];
	struct attach_row says = { 0 };
	struct bundle_file *f;
	enum vault_err err;

	if (i == bundle_n_files(b))
		return refuse(b, BUNDLE_FAULT_FILES);
	f = file_at(b, i);
	version_part_hash(hash, named->part.salt, named->part.json.bytes,
	    named->part.json.len);
	err = attach_read_part(&says, &named->part);
	if (err == VAULT_OK &&
	    (says.size != f->size || says.name.len == 0 ||
		says.name.len > ATTACH_NAME_MAX ||
		memcmp(says.sha256, f->sha256, sizeof(f->sha256)) != 0 ||
		(f->has_record &&
		    (memcmp(f->record, c->version.record, ID_LEN) != 0 ||
			memcmp(f->part_hash, hash, HASH_LEN) != 0))))
		err = VAULT_EDAMAGED;
	attach_row_free(&says);
	if (err != VAULT_OK)
		return blame(b, err, BUNDLE_FAULT_RECORD);
	f->has_record = true;
	memcpy(f->record, c->version.record, ID_LEN);
	memcpy(f->part_hash, hash, HASH_LEN);
	return VAULT_OK;
}

static enum vault_err
take_tombstone(struct reading *r)
{
	struct tombstone t;
	enum vault_err err;

	err = blame(r->b, tombstone_read(&t, r->text.bytes, r->text.len),
	    BUNDLE_FAULT_RECORD);
	if (err == VAULT_OK && r->events->tombstone != NULL)
		err = r->events->tombstone(r->events->ctx, &t);
	r->tombstones++;
	return err;
}

static enum vault_err
take_record(struct reading *r)
{
	struct bundle *b = r->b;
	struct carried c;
	enum vault_err err;

	/* Tombstones come last: attachments are staged before them. */
	if (r->tombstones > 0)
		return refuse(b, BUNDLE_FAULT_RECORD);
	err = blame(b, carry_read(&c, buf_text(&r->text), r->text.len),
	    BUNDLE_FAULT_RECORD);
	for (size_t i = 0; err == VAULT_OK && i < c.n_files; i++)
		err = match_file(b, &c, &c.files[i]);
	if (err == VAULT_OK && r->events->record != NULL)
		err = r->events->record(r->events->ctx, &c);
	carry_free(&c);
	r->records++;
	return err;
}

static enum vault_err
take_file(struct reading *r, const struct manifest_file *listed)
{
	struct bundle *b = r->b;
	struct bundle_file f;

	memset(&f, 0, sizeof(f));
	f.name_at = r->at - strlen(listed->name) - 1;
	f.size = r->size;
	memcpy(f.sha256, listed->hash, sizeof(f.sha256));
	if (!r->again && !buf_put(&b->files, &f, sizeof(f)))
		return VAULT_ENOMEM;
	if (r->again &&
	    (r->files >= bundle_n_files(b) ||
		bundle_file(b, r->files)->size != f.size))
		return refuse(b, BUNDLE_FAULT_CHANGED);
	if (r->events->file_end != NULL) {
		enum vault_err err = r->events->file_end(
		    r->events->ctx, r->files);

		if (err != VAULT_OK)
			return err;
	}
	r->files++;
	return VAULT_OK;
}

/* A file has come whole: it must be the next one of the manifest. */
static enum vault_err
take_listed(struct reading *r, const uint8_t *hash)
{
	struct manifest_file listed;

	if (!manifest_next(&listed, &r->b->manifest, &r->at) ||
	    strcmp(listed.name, r->name) != 0 ||
	    memcmp(listed.hash, hash, sizeof(listed.hash)) != 0)
		return refuse(r->b, BUNDLE_FAULT_FILES);
	if (r->kind == ATTACHMENT)
		return take_file(r, &listed);
	return tombstone_is(r->text.bytes, r->text.len) ? take_tombstone(r)
							: take_record(r);
}

/* ---- Entries ---- */

static enum kind
kind_of(const char *name)
{
	if (strcmp(name, TAR_README) == 0)
		return README;
	if (strcmp(name, TAR_MANIFEST) == 0)
		return MANIFEST;
	if (strcmp(name, TAR_SIGNATURE) == 0)
		return SIGNATURE;
	return strncmp(name, "records/", 8) == 0 ? RECORD : ATTACHMENT;
}

static enum vault_err
begin(void *ctx, const char *name, uint64_t size)
{
	struct reading *r = ctx;

	memcpy(r->name, name, strlen(name) + 1);
	r->kind = kind_of(name);
	r->size = size;
	buf_reset(&r->text);
	crypto_hash_sha256_init(&r->hash);
	r->hashed = false;
	if (r->kind == SIGNATURE && size > SIGNATURE_MAX)
		return refuse(r->b, BUNDLE_FAULT_SIGNATURE);
	if (r->kind == RECORD && size > CARRY_MAX) {
		r->b->fault = BUNDLE_FAULT_RECORD;
		return VAULT_EVERSION;
	}
	/* Who signed is known before anything is looked at. */
	if (r->kind >= ATTACHMENT && !is_signed_as_it_says(r))
		return refuse(r->b, BUNDLE_FAULT_SIGNATURE);
	if (r->kind == ATTACHMENT && r->events->file_begin != NULL) {
		if (r->again && r->files >= bundle_n_files(r->b))
			return refuse(r->b, BUNDLE_FAULT_CHANGED);
		return r->events->file_begin(
		    r->events->ctx, r->files, &r->hashed);
	}
	return VAULT_OK;
}

static enum vault_err
data(void *ctx, const void *bytes, size_t len)
{
	struct reading *r = ctx;

	if (!r->hashed)
		crypto_hash_sha256_update(&r->hash, bytes, len);
	if (r->kind == ATTACHMENT)
		return r->events->file_data == NULL
		    ? VAULT_OK
		    : r->events->file_data(r->events->ctx, bytes, len);
	if (r->kind == README)
		return VAULT_OK;
	return buf_put(&r->text, bytes, len) ? VAULT_OK : VAULT_ENOMEM;
}

static enum vault_err
end(void *ctx)
{
	uint8_t hash[MANIFEST_HASH_LEN];
	struct reading *r = ctx;
	enum vault_err err;

	crypto_hash_sha256_final(&r->hash, hash);
	if (r->hashed &&
	    (err = r->events->file_hash(r->events->ctx, r->files, hash)) !=
		VAULT_OK)
		return err;
	if (r->kind != MANIFEST && r->kind != SIGNATURE)
		r->sum += r->size;
	switch (r->kind) {
	case README:
		memcpy(r->readme, hash, sizeof(hash));
		return VAULT_OK;
	case MANIFEST:
		return take_manifest(r, hash);
	case SIGNATURE:
		return take_signature(r);
	case ATTACHMENT:
	case RECORD:
		break;
	}
	return take_listed(r, hash);
}

static enum vault_err
from_age(void *ctx, const void *bytes, size_t len)
{
	struct reading *r = ctx;
	enum vault_err err;

	if (r->events->progress != NULL &&
	    !r->events->progress(r->events->ctx, r->tar.seen, r->total))
		return VAULT_ECANCELED;
	err = tar_reader_put(&r->tar, bytes, len);
	if (err != VAULT_OK && r->tar.fault != TAR_FAULT_NONE) {
		r->b->fault = BUNDLE_FAULT_TAR;
		r->b->tar = r->tar.fault;
	}
	return err;
}

/* ---- What comes ---- */

/* Record and part of a file; and which file it is. */
struct part_of {
	uint8_t key[ID_LEN + HASH_LEN];
	size_t file;
};

static int
by_part(const void *x, const void *y)
{
	const struct part_of *a = x, *b = y;
	int order = memcmp(a->key, b->key, sizeof(a->key));

	return order != 0 ? order : (a->file > b->file) - (a->file < b->file);
}

/* One part that stands in several files is wanted once. */
static enum vault_err
want_each_once(struct bundle *b)
{
	size_t n = bundle_n_files(b);
	struct part_of *all = mem_alloc((n + 1) * sizeof(*all));

	if (all == NULL)
		return VAULT_ENOMEM;
	for (size_t i = 0; i < n; i++) {
		memcpy(all[i].key, file_at(b, i)->record, ID_LEN);
		memcpy(all[i].key + ID_LEN, file_at(b, i)->part_hash, HASH_LEN);
		all[i].file = i;
	}
	qsort(all, n, sizeof(*all), by_part);
	for (size_t i = 0; i < n; i++)
		file_at(b, all[i].file)->wanted = i == 0 ||
		    memcmp(all[i].key, all[i - 1].key, sizeof(all[i].key)) != 0;
	mem_free(all);
	return VAULT_OK;
}

/* Is it not here yet, and will a version that has it be taken? */
static enum vault_err
look_if_wanted(struct bundle *b, struct bundle_file *f)
{
	struct record_row r;
	struct attach_row a;
	enum vault_err err;
	bool once = f->wanted;

	f->wanted = false;
	if (!once || !arrivals_takes(&b->arrivals, f->record))
		return VAULT_OK;
	err = rows_find(&r, b->store, f->record);
	if (err == VAULT_OK && r.forgotten) {
		err = VAULT_ENORECORD; /* it comes back, and has nothing yet */
	} else if (err == VAULT_OK) {
		err = attach_find(&a, b->store, &r, f->part_hash);
		attach_row_free(&a);
	}
	f->wanted = err == VAULT_ENORECORD;
	return f->wanted ? VAULT_OK : err;
}

enum vault_err
bundle_weigh(struct bundle *b)
{
	enum vault_err err = arrivals_settle(&b->arrivals);

	if (err == VAULT_OK)
		err = want_each_once(b);
	for (size_t i = 0; err == VAULT_OK && i < bundle_n_files(b); i++) {
		struct bundle_file *f = file_at(b, i);

		if ((err = look_if_wanted(b, f)) != VAULT_OK)
			break;
		arrivals_file(&b->arrivals, f->record, f->size, f->wanted);
		b->new_files += f->wanted;
		b->new_bytes += f->wanted ? f->size : 0;
	}
	arrivals_order(&b->arrivals);
	return err;
}

/* ---- All of it ---- */

/* Nothing is missing: no file of the manifest, no record of an attachment. */
static enum vault_err
check_end(struct reading *r)
{
	struct bundle *b = r->b;
	struct manifest_file left;
	enum vault_err err;

	if ((err = tar_reader_end(&r->tar)) != VAULT_OK) {
		b->fault = BUNDLE_FAULT_TAR;
		b->tar = r->tar.fault;
		return err;
	}
	if (!is_signed_as_it_says(r))
		return refuse(b, BUNDLE_FAULT_SIGNATURE);
	if (manifest_next(&left, &b->manifest, &r->at) ||
	    r->sum != b->manifest.bytes)
		return refuse(b, BUNDLE_FAULT_FILES);
	for (size_t i = 0; i < bundle_n_files(b); i++)
		if (!bundle_file(b, i)->has_record)
			return refuse(b, BUNDLE_FAULT_FILES);
	return VAULT_OK;
}

/* Only what does not begin like one is no age file; the rest is damaged. */
static enum bundle_fault
fault_of_age(const struct age_where *where, const struct pipe_source *from)
{
	static const char magic[] = "age-encryption.org/v1";
	char begins[sizeof(magic) - 1];

	switch (where->fault) {
	case AGE_FAULT_PAYLOAD:
		return BUNDLE_FAULT_CHUNK;
	case AGE_FAULT_LIMIT_HEADER:
	case AGE_FAULT_LIMIT_LINE:
	case AGE_FAULT_LIMIT_STANZAS:
		return BUNDLE_FAULT_LIMIT;
	default:
		break;
	}
	if (from->size < sizeof(begins) ||
	    pipe_read(from, begins, sizeof(begins), 0) != VAULT_OK ||
	    memcmp(begins, magic, sizeof(begins)) != 0)
		return BUNDLE_FAULT_AGE;
	return BUNDLE_FAULT_HEADER;
}

static enum vault_err
read_all(struct reading *r, const struct pipe_source *from)
{
	const struct age_identity *ids[OFFICE_KEYS_MAX];
	struct tar_events events = { begin, data, end, r };
	struct pipe_sink to = { from_age, r };
	struct bundle *b = r->b;
	enum vault_err err;

	b->fault = BUNDLE_FAULT_NONE;
	for (size_t i = 0; i < b->keys->n; i++)
		ids[i] = b->keys->key[i].id;
	r->total = from->size;
	tar_reader_init(&r->tar, &events);
	err = age_open_where(&b->age, &to, from, ids, b->keys->n);
	if (b->age.fault != AGE_FAULT_NONE)
		b->fault = fault_of_age(&b->age, from);
	if (err == VAULT_OK)
		err = check_end(r);
	buf_free(&r->text);
	return err;
}

enum vault_err
bundle_check(struct bundle *b, struct store *s, const struct office_keys *keys,
    const struct pipe_source *from, const struct bundle_events *events)
{
	struct reading *r = mem_zalloc(sizeof(*r));
	enum vault_err err;

	memset(b, 0, sizeof(*b));
	if (r == NULL)
		return VAULT_ENOMEM;
	b->store = s;
	b->keys = keys;
	r->b = b;
	r->events = events;
	err = read_all(r, from);
	b->n_records = r->records;
	b->n_tombstones = r->tombstones;
	mem_free(r);
	return err;
}

enum vault_err
bundle_again(struct bundle *b, const struct pipe_source *from,
    const struct bundle_events *events)
{
	struct reading *r = mem_zalloc(sizeof(*r));
	enum vault_err err;

	if (r == NULL)
		return VAULT_ENOMEM;
	r->b = b;
	r->events = events;
	r->again = true;
	err = read_all(r, from);
	mem_free(r);
	return err;
}
