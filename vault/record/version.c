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

static void
put_name(struct buf *out, const char *name)
{
	buf_put_text(out, out->len == 0 ? "{\"" : ",\"");
	buf_put_text(out, name);
	buf_put_text(out, "\":");
}

static void
put_hex(struct buf *out, const uint8_t *bytes, size_t len)
{
	buf_put_byte(out, '"');
	hex_encode(out, bytes, len);
	buf_put_byte(out, '"');
}

static void
put_hashes(struct buf *out, const char *name, const struct buf *hashes)
{
	put_name(out, name);
	buf_put_byte(out, '[');
	for (size_t i = 0; i < version_hash_count(hashes); i++) {
		if (i > 0)
			buf_put_byte(out, ',');
		put_hex(out, version_hash_at(hashes, i), HASH_LEN);
	}
	buf_put_byte(out, ']');
}

static void
put_part(
    struct buf *out, const char *name, bool has, const uint8_t hash[HASH_LEN])
{
	if (!has)
		return;
	put_name(out, name);
	put_hex(out, hash, HASH_LEN);
}

static void
put_text(struct buf *out, const char *name, const char *plain)
{
	put_name(out, name);
	buf_put_byte(out, '"');
	buf_put_text(out, plain);
	buf_put_byte(out, '"');
}

static void
put_number(struct buf *out, const char *name, int64_t n)
{
	put_name(out, name);
	buf_put_int(out, n);
}

static bool
is_type(const char *text, size_t len)
{
	return len > 0 && len <= VERSION_TYPE_MAX &&
	    strspn(text, "abcdefghijklmnopqrstuvwxyz_-") == len;
}

/* In the canonical form of JSON, for such members: by their names, as here. */
static enum vault_err
write_envelope(struct version *v)
{
	struct buf *out = &v->envelope;
	char record[ID_TEXT_LEN + 1];

	if (!is_type(v->type, strlen(v->type)) || v->time < 0 ||
	    v->time > JSON_MAX_INTEGER)
		return VAULT_EUSE;
	id_print(record, v->record);
	buf_reset(out);
	put_hashes(out, "attachments", &v->attachments);
	put_part(out, "body", v->has_body, v->body);
	put_number(out, "format", FORMAT);
	put_name(out, "office");
	put_hex(out, v->office, IDENTITY_PUBLIC_LEN);
	put_hashes(out, "parents", &v->parents);
	put_part(out, "private", v->has_private, v->hidden);
	put_text(out, "record", record);
	put_number(out, "time", v->time);
	put_text(out, "type", v->type);
	if (v->unseen.len > 0)
		put_hashes(out, "unseen", &v->unseen);
	buf_put_byte(out, '}');
	/* An envelope with a member missing must never be signed. */
	return buf_ok(out);
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

	if (text == NULL || !is_type(text, len))
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
