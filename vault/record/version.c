/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "core/base64.h"
#include "core/secret.h"
#include "record/json.h"
#include "record/version.h"

#define FORMAT 1

static const char sign_label[] = "amparo version 1";
static const char part_label[] = "amparo part 1";

void
version_part_hash(uint8_t out[static HASH_LEN],
    const uint8_t salt[static VERSION_SALT_LEN], const void *part, size_t len)
{
	struct hash_part parts[] = {
		{ part_label, sizeof(part_label) }, /* the NUL included */
		{ salt, VERSION_SALT_LEN },
		{ part, len },
	};

	hash_parts(out, NULL, parts, 3);
}

static void
number(uint8_t out[static VERSION_ID_LEN], const struct buf *envelope)
{
	struct hash_part parts[] = {
		{ sign_label, sizeof(sign_label) },
		{ envelope->bytes, envelope->len },
	};

	hash_parts(out, NULL, parts, 2);
}

const uint8_t *
version_hash_at(const struct buf *hashes, size_t n)
{
	return hashes->bytes + n * HASH_LEN;
}

size_t
version_hash_count(const struct buf *hashes)
{
	return hashes->len / HASH_LEN;
}

bool
version_has_hash(const struct buf *hashes, const uint8_t hash[static HASH_LEN])
{
	for (size_t i = 0; i < version_hash_count(hashes); i++)
		if (memcmp(version_hash_at(hashes, i), hash, HASH_LEN) == 0)
			return true;
	return false;
}

static int
compare_hashes(const void *a, const void *b)
{
	return memcmp(a, b, HASH_LEN);
}

void
version_sort_hashes(struct buf *hashes)
{
	size_t n = version_hash_count(hashes), kept = 0;

	if (n == 0)
		return;
	qsort(hashes->bytes, n, HASH_LEN, compare_hashes);
	for (size_t i = 0; i < n; i++)
		if (i == 0 ||
		    memcmp(hashes->bytes + i * HASH_LEN,
			hashes->bytes + (kept - 1) * HASH_LEN, HASH_LEN) != 0)
			memmove(hashes->bytes + kept++ * HASH_LEN,
			    hashes->bytes + i * HASH_LEN, HASH_LEN);
	hashes->len = kept * HASH_LEN;
}

/* ---- Writing ---- */

static json_t *
hex_json(const uint8_t *bytes, size_t len)
{
	struct buf hex = { 0 };
	json_t *json = NULL;

	if (hex_encode(&hex, bytes, len))
		json = json_string(buf_text(&hex));
	buf_free(&hex);
	return json;
}

static json_t *
hashes_json(bool *good, const struct buf *hashes)
{
	json_t *array = json_array();

	for (size_t i = 0; i < version_hash_count(hashes); i++)
		json_add(good, array, NULL,
		    hex_json(version_hash_at(hashes, i), HASH_LEN));
	return array;
}

static enum vault_err
write_envelope(struct version *v)
{
	char record[ID_TEXT_LEN + 1];
	json_t *o = json_object();
	enum vault_err err = VAULT_ENOMEM;
	bool good = true;

	id_print(record, v->record);
	json_add(&good, o, "format", json_integer(FORMAT));
	json_add(&good, o, "record", json_string(record));
	json_add(&good, o, "type", json_string(v->type));
	json_add(&good, o, "office", hex_json(v->office, IDENTITY_PUBLIC_LEN));
	json_add(&good, o, "time", json_integer(v->time));
	json_add(&good, o, "parents", hashes_json(&good, &v->parents));
	json_add(&good, o, "attachments", hashes_json(&good, &v->attachments));
	if (v->has_body)
		json_add(&good, o, "body", hex_json(v->body, HASH_LEN));
	if (v->has_private)
		json_add(&good, o, "private", hex_json(v->hidden, HASH_LEN));
	if (v->unseen.len > 0)
		json_add(&good, o, "unseen", hashes_json(&good, &v->unseen));
	buf_reset(&v->envelope);
	/* An envelope with a member missing must never be signed. */
	if (good)
		err = json_write(&v->envelope, o);
	json_decref(o);
	return err;
}

static void
sort_lists(struct version *v)
{
	version_sort_hashes(&v->parents);
	version_sort_hashes(&v->attachments);
	version_sort_hashes(&v->unseen);
}

enum vault_err
version_sign(struct version *v, const struct secret *key)
{
	enum vault_err err;

	sort_lists(v);
	if ((err = write_envelope(v)) != VAULT_OK)
		return err;
	if (v->envelope.len > VERSION_ENVELOPE_MAX)
		return VAULT_EVERSION;
	number(v->id, &v->envelope);
	return identity_sign(
	    v->signature, key, sign_label, v->id, VERSION_ID_LEN);
}

/* ---- Reading ---- */

static bool
read_hex(uint8_t *to, size_t len, const json_t *value)
{
	const char *text = json_string_value(value);

	return text != NULL &&
	    hex_decode(to, len, text, json_string_length(value)) == VAULT_OK;
}

static bool
read_hashes(struct buf *to, const json_t *array)
{
	uint8_t hash[HASH_LEN];

	if (!json_is_array(array))
		return false;
	for (size_t i = 0; i < json_array_size(array); i++)
		if (!read_hex(hash, HASH_LEN, json_array_get(array, i)) ||
		    !buf_put(to, hash, HASH_LEN))
			return false;
	return true;
}

static bool
read_type(char type[static VERSION_TYPE_MAX + 1], const json_t *value)
{
	const char *text = json_string_value(value);
	size_t len = json_string_length(value);

	if (text == NULL || len == 0 || len > VERSION_TYPE_MAX ||
	    strspn(text, "abcdefghijklmnopqrstuvwxyz_-") != len)
		return false;
	memcpy(type, text, len + 1);
	return true;
}

/* Fill v from the members; what is too much shows when it is written back. */
static bool
read_members(struct version *v, const json_t *o)
{
	const json_t *record = json_object_get(o, "record");
	const json_t *body = json_object_get(o, "body");
	const json_t *hidden = json_object_get(o, "private");
	const json_t *unseen = json_object_get(o, "unseen");

	v->has_body = body != NULL;
	v->has_private = hidden != NULL;
	v->time = json_integer_value(json_object_get(o, "time"));
	return json_is_string(record) &&
	    id_is_canonical(
		json_string_value(record), json_string_length(record)) &&
	    id_parse(v->record, json_string_value(record),
		json_string_length(record)) == VAULT_OK &&
	    read_type(v->type, json_object_get(o, "type")) &&
	    read_hex(
		v->office, IDENTITY_PUBLIC_LEN, json_object_get(o, "office")) &&
	    json_is_integer(json_object_get(o, "time")) && v->time >= 0 &&
	    read_hashes(&v->parents, json_object_get(o, "parents")) &&
	    read_hashes(&v->attachments, json_object_get(o, "attachments")) &&
	    read_hex(v->body, HASH_LEN, body) &&
	    (hidden == NULL || read_hex(v->hidden, HASH_LEN, hidden)) &&
	    (unseen == NULL || read_hashes(&v->unseen, unseen)) &&
	    version_hash_count(&v->unseen) <= VERSION_UNSEEN_MAX;
}

/* What was read must be exactly what would be written. */
static enum vault_err
check_canonical(struct version *v, const void *envelope, size_t len)
{
	enum vault_err err;

	sort_lists(v);
	if ((err = write_envelope(v)) == VAULT_ENOMEM)
		return err;
	return err == VAULT_OK && v->envelope.len == len &&
		memcmp(v->envelope.bytes, envelope, len) == 0
	    ? VAULT_OK
	    : VAULT_EDAMAGED;
}

/* A list of hashes may also have been too long for the memory there is. */
static enum vault_err
why_not_read(const struct version *v)
{
	return buf_ok(&v->parents) == VAULT_OK &&
		buf_ok(&v->attachments) == VAULT_OK &&
		buf_ok(&v->unseen) == VAULT_OK
	    ? VAULT_EDAMAGED
	    : VAULT_ENOMEM;
}

enum vault_err
version_read(struct version *out, const void *envelope, size_t len,
    const uint8_t signature[static SIGNATURE_LEN])
{
	enum vault_err err;
	json_t *o;

	memset(out, 0, sizeof(*out));
	if ((err = json_read(&o, envelope, len, VERSION_ENVELOPE_MAX, NULL)) !=
	    VAULT_OK)
		return err == VAULT_EUSE ? VAULT_EDAMAGED : err;
	err = VAULT_EVERSION;
	if (json_integer_value(json_object_get(o, "format")) > FORMAT)
		goto out;
	if (!read_members(out, o)) {
		err = why_not_read(out);
		goto out;
	}
	if ((err = check_canonical(out, envelope, len)) != VAULT_OK)
		goto out;
	number(out->id, &out->envelope);
	memcpy(out->signature, signature, SIGNATURE_LEN);
	err = identity_verify(
	    signature, out->office, sign_label, out->id, VERSION_ID_LEN);
out:
	json_decref(o);
	return err;
}

enum vault_err
version_trust(struct version *out, const void *envelope, size_t len,
    const uint8_t id[static VERSION_ID_LEN])
{
	enum vault_err err;
	json_t *o;

	memset(out, 0, sizeof(*out));
	if ((err = json_read(&o, envelope, len, VERSION_ENVELOPE_MAX, NULL)) !=
	    VAULT_OK)
		return err == VAULT_EUSE ? VAULT_EDAMAGED : err;
	memcpy(out->id, id, VERSION_ID_LEN);
	if (!read_members(out, o))
		err = why_not_read(out);
	json_decref(o);
	return err;
}

void
version_free(struct version *v)
{
	buf_free(&v->parents);
	buf_free(&v->attachments);
	buf_free(&v->unseen);
	buf_free(&v->envelope);
}
