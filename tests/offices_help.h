/* SPDX-License-Identifier: ISC */
/*
 * offices_help - offices that know one another and exchange bundles in
 * memory, and bundles made by hand, for tests.
 */
#ifndef TESTS_OFFICES_HELP_H
#define TESTS_OFFICES_HELP_H

#include <sodium.h>

#include "core/base64.h"
#include "core/secret.h"
#include "exchange/bundle.h"
#include "exchange/contact.h"
#include "exchange/keyid.h"
#include "inside.h"
#include "record/carry.h"
#include "record/keep.h"
#include "store/sql.h"
#include "store/store.h"
#include "support.h"

#undef assert
#include "exchange_help.h"

/* ---- Offices ---- */

struct office {
	struct opened o;
	char *folder;
};

static inline void
ignore_contact(void *ctx, const struct vault_contact *c)
{
	(void)ctx;
	(void)c;
}

static inline void
office_open(struct office *f, const char *name)
{
	f->folder = folder_new();
	vault_make(f->folder);
	assert_ok(vault_try(&f->o, f->folder, "dusk"));
	assert_ok(vault_office_rename(f->o.vault, name));
}

static inline void
office_close(struct office *f)
{
	vault_done(&f->o);
	folder_free(f->folder);
}

static inline struct vault *
of(const struct office *f)
{
	return f->o.vault;
}

static inline void
knows(const struct office *who, const struct office *whom)
{
	struct vault_office card;

	assert_ok(vault_office(&card, of(whom)));
	assert_ok(vault_contact_add(of(who), card.card.bytes, card.card.len,
	    NULL, false, ignore_contact, NULL));
	vault_office_free(&card);
}

static inline void
add(char *id, const struct office *f, const char *json)
{
	struct vault_report *report;

	assert_ok(vault_report_new(&report));
	assert_ok(vault_add(id, of(f), report, NULL, json, strlen(json)));
	vault_report_free(report);
}

/* The person lets partner offices know. */
static inline void
agree(const struct office *f, const char *person)
{
	char id[VAULT_ID_LEN], json[256];

	snprintf(json, sizeof(json),
	    "{\"type\":\"consent\",\"person\":\"%s\",\"level\":2,"
	    "\"scopes\":[\"store\",\"partner\"],\"naming\":\"full\","
	    "\"date\":{\"edtf\":\"2020\"}}",
	    person);
	add(id, f, json);
}

static inline void
edit(const struct office *f, const char *id, const char *json)
{
	struct vault_report *report;
	struct vault_record r;

	assert_ok(vault_report_new(&report));
	assert_ok(vault_get(&r, of(f), id));
	assert_ok(vault_edit(of(f), &r, report, json, strlen(json)));
	vault_record_free(&r);
	vault_report_free(report);
}

static inline enum vault_err
read_text(void *ctx, void *to, size_t len, size_t *got)
{
	const char **text = ctx;

	*got = strlen(*text) < len ? strlen(*text) : len;
	memcpy(to, *text, *got);
	*text += *got;
	return VAULT_OK;
}

static inline void
attach(
    const struct office *f, const char *id, const char *name, const char *text)
{
	const char *at = text;
	struct vault_source from = { &at, read_text, NULL, strlen(text) };

	assert_ok(vault_attach(of(f), id, name, &from));
}

/* ---- Bundles in memory ---- */

static inline void export(struct memory *out, const struct office *f,
    const char *to, const char *query)
{
	struct vault_export_what what = {
		.query = query, .query_len = strlen(query), .to = &to, .n_to = 1
	};
	struct vault_sink sink = { out, memory_write, NULL };
	char id[VAULT_BUNDLE_LEN];
	struct vault_export *e;
	const char *which;

	memset(out, 0, sizeof(*out));
	assert_ok(vault_export_new(&e, of(f), &what, &which, NULL, NULL));
	assert_ok(vault_export_write(id, e, &sink));
	assert_int_equal(strlen(id), 32);
	vault_export_free(e);
}

static inline int64_t
number(const struct office *f, const char *sql)
{
	int64_t n;

	assert_ok(sql_number(&n, of(f)->store, sql));
	return n;
}

/* A title from the heads of a record, or of what clashes in it. */
static inline void
assert_title(const struct office *f, const char *id, const char *title)
{
	struct vault_record r;

	assert_ok(vault_get(&r, of(f), id));
	assert_string_equal(buf_text(&r.title), title);
	vault_record_free(&r);
}

/* The archive inside, opened with the keys of an office. */
static inline void
open_archive(struct memory *tar, const struct office *f, struct memory *m)
{
	const struct age_identity *ids[OFFICE_KEYS_MAX];
	struct pipe_source from = memory_source(m);
	struct pipe_sink to = memory_sink(tar);
	struct office_keys keys;
	enum age_fault why;

	memset(tar, 0, sizeof(*tar));
	assert_ok(office_keys(&keys, of(f)->store, true));
	for (size_t i = 0; i < keys.n; i++)
		ids[i] = keys.key[i].id;
	assert_ok(age_open(&why, &to, &from, ids, keys.n));
	office_keys_free(&keys);
}

/* An archive sealed to an office, by anybody. */
static inline void
seal_archive(struct memory *out, const struct office *f, struct memory *tar)
{
	struct age_recipient *to;
	struct pipe_source from = memory_source(tar);
	struct pipe_sink sink = memory_sink(out);
	struct office_keys keys;

	out->len = 0;
	assert_ok(office_keys(&keys, of(f)->store, false));
	assert_ok(age_recipient_parse(
	    &to, buf_text(&keys.key[0].recipient), keys.key[0].recipient.len));
	assert_ok(age_seal(
	    &sink, &from, (const struct age_recipient *const *)&to, 1));
	age_recipient_free(to);
	office_keys_free(&keys);
}

/* ---- Archives made by hand ---- */

struct crafted {
	const char *name;
	const void *bytes;
	size_t len;
};

/* A bundle of these files, signed by an office, with a line for another. */
static inline void
craft(struct memory *out, const struct office *from, const struct office *to,
    const struct crafted *files, size_t n, const struct crafted *unlisted)
{
	struct manifest m = { .is_signed = true };
	struct manifest_to line = { .place = { .number = 1 } };
	struct buf text = { 0 }, sig = { 0 };
	struct memory tar = { 0 };
	struct pipe_sink sink = memory_sink(&tar);
	struct office_keys keys;
	struct minisig_key key;
	struct tar_writer w;
	struct signer by;

	assert_ok(records_signer(&by, of(from)->store));
	assert_ok(office_keys(&keys, of(to)->store, false));
	line.recipient = buf_text(&keys.key[0].recipient);
	randombytes_buf(line.place.chain, sizeof(line.place.chain));
	randombytes_buf(m.bundle, sizeof(m.bundle));
	key = keyid_minisign(by.public_key);
	memcpy(m.sender, key.id, sizeof(m.sender));
	m.n_files = n;
	for (size_t i = 0; i < n; i++)
		m.bytes += files[i].len;
	assert_ok(manifest_write_head(&text, &m, &line, 1));
	for (size_t i = 0; i < n; i++) {
		uint8_t hash[32];

		crypto_hash_sha256(hash, files[i].bytes, files[i].len);
		assert_true(manifest_write_file(&text, hash, files[i].name));
	}
	assert_ok(
	    minisig_sign(&sig, key.id, by.key, text.bytes, text.len, "x"));
	tar_writer_init(&w, &sink);
	for (size_t i = 0; i < n; i++) {
		assert_ok(tar_writer_begin(&w, files[i].name, files[i].len));
		if (files[i].len > 0)
			assert_ok(
			    tar_writer_put(&w, files[i].bytes, files[i].len));
		if (i > 0)
			continue;
		assert_ok(tar_writer_begin(&w, TAR_MANIFEST, text.len));
		assert_ok(tar_writer_put(&w, text.bytes, text.len));
		assert_ok(tar_writer_begin(&w, TAR_SIGNATURE, sig.len));
		assert_ok(tar_writer_put(&w, sig.bytes, sig.len));
	}
	if (unlisted != NULL) {
		assert_ok(tar_writer_begin(&w, unlisted->name, unlisted->len));
		assert_ok(tar_writer_put(&w, unlisted->bytes, unlisted->len));
	}
	assert_ok(tar_writer_end(&w));
	seal_archive(out, to, &tar);
	memory_free(&tar);
	secret_free(by.key);
	office_keys_free(&keys);
	buf_free(&text);
	buf_free(&sig);
}

/* When record files say that they were written. */
static int64_t craft_time __attribute__((unused)) = 1000;

/* The text of a record file, signed by an office; its id is new. */
static inline void
record_file(struct buf *out, const struct office *from, const char *type,
    const char *body, const uint8_t *id)
{
	struct carried one;
	struct signer by;

	memset(&one, 0, sizeof(one));
	assert_ok(records_signer(&by, of(from)->store));
	if (id != NULL)
		memcpy(one.version.record, id, ID_LEN);
	else
		id_new(one.version.record);
	memcpy(one.version.type, type, strlen(type));
	memcpy(one.version.office, by.public_key, IDENTITY_PUBLIC_LEN);
	one.version.time = craft_time;
	one.version.has_body = true;
	assert_ok(part_new(&one.body, one.version.body, body, strlen(body)));
	assert_ok(version_sign(&one.version, by.key));
	assert_ok(carry_write(out, &one));
	secret_free(by.key);
	carry_free(&one);
}

#endif
