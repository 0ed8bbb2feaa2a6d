/* SPDX-License-Identifier: ISC */
/*
 * age - keys and whole files.  Text in front: age_header.c.  Chunks behind
 * it: age_stream.c.  What a stanza holds: age_x25519.c, one file a kind.
 */
#include <string.h>

#include <sodium.h>

#include "core/base64.h"
#include "core/buf.h"
#include "core/mem.h"
#include "core/random.h"
#include "core/secret.h"
#include "exchange/age.h"
#include "exchange/age_header.h"
#include "exchange/age_kind.h"
#include "exchange/age_stream.h"
#include "exchange/bech32.h"
#include "exchange/hkdf.h"

#define NONCE_LEN 16 /* of the payload: the salt of its key */

/* The kinds, indexed by enum age_type. */
static const struct age_kind *const kinds[] = { &age_x25519 };
#define NKINDS (sizeof(kinds) / sizeof(kinds[0]))

/* --- keys --- */

/* An identity of this kind, its secret still zeros; or NULL. */
static struct age_identity *
identity_alloc(const struct age_kind *kind)
{
	struct age_identity *id = mem_zalloc(sizeof(*id));

	if (id == NULL)
		return NULL;
	id->kind = kind;
	if ((id->secret = secret_new(kind->secret_len)) == NULL ||
	    (id->public = mem_alloc(kind->public_len)) == NULL) {
		age_identity_free(id);
		return NULL;
	}
	return id;
}

/* Complete id, whose secret is set, and give it away. */
static enum vault_err
identity_finish(struct age_identity **out, struct age_identity *id)
{
	enum vault_err err = id->kind->publish(
	    id->public, secret_view(id->secret));

	if (err == VAULT_OK)
		*out = id;
	else
		age_identity_free(id);
	return err;
}

enum vault_err
age_identity_new(struct age_identity **out, enum age_type type)
{
	struct age_identity *id = identity_alloc(kinds[type]);

	*out = NULL;
	if (id == NULL)
		return VAULT_ENOMEM;
	random_fill(secret_bytes(id->secret), secret_len(id->secret));
	return identity_finish(out, id);
}

enum vault_err
age_identity_parse(struct age_identity **out, const char *text, size_t len)
{
	struct age_identity *id;

	*out = NULL;
	for (size_t i = 0; i < NKINDS; i++) {
		if ((id = identity_alloc(kinds[i])) == NULL)
			return VAULT_ENOMEM;
		if (bech32_decode(secret_bytes(id->secret),
			kinds[i]->secret_len, kinds[i]->identity_prefix, text,
			len) == VAULT_OK)
			return identity_finish(out, id);
		age_identity_free(id);
	}
	return VAULT_EUSE;
}

enum vault_err
age_identity_text(struct secret **out, const struct age_identity *id)
{
	*out = bech32_encode_secret(id->kind->identity_prefix,
	    secret_view(id->secret), id->kind->secret_len);
	return *out == NULL ? VAULT_ENOMEM : VAULT_OK;
}

bool
age_identity_recipient(struct buf *out, const struct age_identity *id)
{
	return bech32_encode(out, id->kind->recipient_prefix, id->public,
	    id->kind->public_len, BECH32_LOWER);
}

enum age_type
age_identity_type(const struct age_identity *id)
{
	return id->kind->type;
}

void
age_identity_free(struct age_identity *id)
{
	if (id == NULL)
		return;
	secret_free(id->secret);
	mem_free(id->public);
	mem_free(id);
}

enum vault_err
age_recipient_parse(struct age_recipient **out, const char *text, size_t len)
{
	struct age_recipient *to;

	*out = NULL;
	for (size_t i = 0; i < NKINDS; i++) {
		if ((to = mem_alloc(sizeof(*to) + kinds[i]->public_len)) ==
		    NULL)
			return VAULT_ENOMEM;
		to->kind = kinds[i];
		if (bech32_decode(to->public, kinds[i]->public_len,
			kinds[i]->recipient_prefix, text, len) == VAULT_OK &&
		    kinds[i]->check_public(to->public) == VAULT_OK) {
			*out = to;
			return VAULT_OK;
		}
		mem_free(to);
	}
	return VAULT_EUSE;
}

enum age_type
age_recipient_type(const struct age_recipient *to)
{
	return to->kind->type;
}

void
age_recipient_free(struct age_recipient *to)
{
	mem_free(to);
}

/* --- stanza bodies, for the kinds --- */

void
age_body_seal(uint8_t body[static AGE_BODY_LEN], const struct secret *file_key,
    const struct secret *wrap)
{
	const uint8_t *key = secret_view(wrap);

	crypto_aead_chacha20poly1305_ietf_encrypt(body, NULL,
	    secret_view(file_key), AGE_FILE_KEY_LEN, NULL, 0, NULL,
	    key + AGE_WRAP_KEY_LEN, key);
}

bool
age_body_open(struct secret *file_key, const uint8_t body[static AGE_BODY_LEN],
    const struct secret *wrap)
{
	const uint8_t *key = secret_view(wrap);

	return crypto_aead_chacha20poly1305_ietf_decrypt(secret_bytes(file_key),
		   NULL, NULL, body, AGE_BODY_LEN, NULL, 0,
		   key + AGE_WRAP_KEY_LEN, key) == 0;
}

enum vault_err
age_share_write(struct buf *header, const char *type, const void *share,
    size_t share_len, const uint8_t body[static AGE_BODY_LEN])
{
	struct buf args = { 0 };
	enum vault_err err;

	buf_putf(&args, "%s ", type);
	base64_encode(&args, share, share_len, BASE64_BARE);
	age_header_stanza(header, buf_text(&args), body, AGE_BODY_LEN);
	err = buf_ok(&args);
	buf_free(&args);
	return err != VAULT_OK ? err : buf_ok(header);
}

enum vault_err
age_share_read(uint8_t *share, size_t share_len,
    uint8_t body[static AGE_BODY_LEN], const struct age_stanza *stanza)
{
	struct buf b = { 0 };
	enum vault_err err = VAULT_EDAMAGED;
	size_t len;
	const char *arg;

	if (age_stanza_arg(stanza, 2, &len) != NULL ||
	    (arg = age_stanza_arg(stanza, 1, &len)) == NULL)
		goto out;
	if ((err = base64_decode(&b, arg, len, BASE64_BARE)) == VAULT_OK)
		err = age_stanza_body(&b, stanza);
	if (err == VAULT_ENOMEM)
		goto out;

	/* Checked before anything is opened: other sizes would be an oracle. */
	err = VAULT_EDAMAGED;
	if (len * 3 / 4 != share_len || b.len != share_len + AGE_BODY_LEN)
		goto out;
	memcpy(share, b.bytes, share_len);
	memcpy(body, b.bytes + share_len, AGE_BODY_LEN);
	err = VAULT_OK;
out:
	buf_free(&b);
	return err;
}

/* --- reading --- */

/*
 * Read and parse the header.  It is mostly short, so a little is read at
 * first and twice as much each time that it did not suffice.
 */
static enum vault_err
read_header(struct buf *bytes, struct age_header *header, enum age_fault *fault,
    const struct pipe_source *from)
{
	enum vault_err err = VAULT_EDAMAGED;
	bool more = true;

	for (size_t want = 16384; more; want *= 2) {
		*fault = AGE_FAULT_NONE;
		if (want > from->size)
			want = (size_t)from->size;
		if (!buf_reserve(bytes, want - bytes->len))
			return VAULT_ENOMEM;
		err = pipe_read(from, bytes->bytes + bytes->len,
		    want - bytes->len, bytes->len);
		if (err != VAULT_OK)
			return err;
		bytes->len = want;
		err = age_header_parse(
		    header, fault, &more, bytes->bytes, bytes->len);
		if (want == from->size)
			break;
	}
	return err;
}

/* The kind of a stanza, if one of the identities is of it, or NULL. */
static const struct age_kind *
offered_kind(const struct age_stanza *stanza,
    const struct age_identity *const *ids, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (age_stanza_is(stanza, ids[i]->kind->stanza))
			return ids[i]->kind;
	return NULL;
}

/*
 * A malformed stanza of a kind that we were given an identity for is not one
 * to skip: it fails the file, wherever in the header it stands.
 */
static enum vault_err
check_stanzas(const struct age_header *header,
    const struct age_identity *const *ids, size_t n)
{
	const struct age_kind *kind;
	struct age_stanza stanza;
	enum vault_err err;

	for (size_t at = 0; age_header_next(&stanza, header, &at);) {
		kind = offered_kind(&stanza, ids, n);
		if (kind == NULL)
			continue;
		if ((err = kind->check_stanza(&stanza)) != VAULT_OK)
			return err;
	}
	return VAULT_OK;
}

/* Open the first stanza that one of the identities opens. */
static enum vault_err
open_stanzas(struct secret *file_key, const struct age_header *header,
    const struct age_identity *const *ids, size_t n)
{
	struct age_stanza stanza;
	enum vault_err err;

	for (size_t at = 0; age_header_next(&stanza, header, &at);) {
		for (size_t i = 0; i < n; i++) {
			if (!age_stanza_is(&stanza, ids[i]->kind->stanza))
				continue;
			err = ids[i]->kind->open(file_key, ids[i], &stanza);
			if (err != VAULT_ENOTFORUS)
				return err;
		}
	}
	return VAULT_ENOTFORUS;
}

static enum vault_err
find_file_key(struct secret *file_key, enum age_fault *fault,
    const struct age_header *header, const struct age_identity *const *ids,
    size_t n)
{
	enum vault_err err = check_stanzas(header, ids, n);

	if (err == VAULT_OK)
		err = open_stanzas(file_key, header, ids, n);
	if (err == VAULT_EDAMAGED)
		*fault = AGE_FAULT_HEADER;
	else if (err == VAULT_ENOTFORUS)
		*fault = AGE_FAULT_MATCH;
	return err;
}

/* The MAC of len bytes of header. */
static enum vault_err
header_mac(uint8_t mac[static AGE_MAC_LEN], const struct secret *file_key,
    const uint8_t *bytes, size_t len)
{
	struct secret *key = secret_new(HKDF_LEN);

	if (key == NULL)
		return VAULT_ENOMEM;
	hkdf_derive(secret_bytes(key), secret_view(file_key), AGE_FILE_KEY_LEN,
	    NULL, 0, "header", 6);
	hkdf_hmac(mac, secret_view(key), HKDF_LEN, bytes, len);
	secret_free(key);
	return VAULT_OK;
}

/* The MAC is over the bytes as they were read, never over a copy made anew. */
static enum vault_err
check_mac(enum age_fault *fault, const struct age_header *header,
    const struct secret *file_key)
{
	uint8_t mac[AGE_MAC_LEN];
	size_t len = AGE_MAC_LEN;
	enum vault_err err;

	err = header_mac(mac, file_key, header->bytes, header->mac_len);
	if (err != VAULT_OK)
		return err;
#ifdef PLANT_TAG15
	len = 15;
#endif
	if (bytes_equal(mac, header->mac, len))
		return VAULT_OK;
	*fault = AGE_FAULT_MAC;
	return VAULT_EDAMAGED;
}

static void
payload_key(struct secret *key, const struct secret *file_key,
    const uint8_t nonce[static NONCE_LEN])
{
	hkdf_derive(secret_bytes(key), secret_view(file_key), AGE_FILE_KEY_LEN,
	    nonce, NONCE_LEN, "payload", 7);
}

/* Read the payload's nonce, which stands between header and chunks. */
static enum vault_err
read_nonce(uint8_t nonce[static NONCE_LEN], enum age_fault *fault,
    const struct pipe_source *from, uint64_t offset)
{
	if (from->size - offset < NONCE_LEN) {
		*fault = AGE_FAULT_HEADER;
		return VAULT_EDAMAGED;
	}
	return pipe_read(from, nonce, NONCE_LEN, offset);
}

enum vault_err
age_open_where(struct age_where *where, const struct pipe_sink *to,
    const struct pipe_source *from, const struct age_identity *const *ids,
    size_t n)
{
	struct secret *file_key = NULL, *key = NULL;
	enum age_fault *fault = &where->fault;
	struct age_header header;
	struct buf bytes = { 0 };
	uint8_t nonce[NONCE_LEN];
	enum vault_err err;
	bool bad;

	memset(where, 0, sizeof(*where));
	if ((err = read_header(&bytes, &header, fault, from)) != VAULT_OK)
		goto out;
	err = VAULT_ENOMEM;
	if ((file_key = secret_new(AGE_FILE_KEY_LEN)) == NULL ||
	    (key = secret_new(HKDF_LEN)) == NULL)
		goto out;
	if ((err = find_file_key(file_key, fault, &header, ids, n)) !=
		VAULT_OK ||
	    (err = check_mac(fault, &header, file_key)) != VAULT_OK ||
	    (err = read_nonce(nonce, fault, from, header.len)) != VAULT_OK)
		goto out;

	payload_key(key, file_key, nonce);
	where->byte = header.len + NONCE_LEN;
	err = age_stream_open(&bad, &where->chunk, to, from, where->byte, key);
	where->byte += where->chunk * AGE_CHUNK_SEALED_LEN;
	if (bad)
		*fault = AGE_FAULT_PAYLOAD;
out:
	secret_free(key);
	secret_free(file_key);
	buf_free(&bytes);
	return err;
}

enum vault_err
age_open(enum age_fault *fault, const struct pipe_sink *to,
    const struct pipe_source *from, const struct age_identity *const *ids,
    size_t n)
{
	struct age_where where;
	enum vault_err err = age_open_where(&where, to, from, ids, n);

	*fault = where.fault;
	return err;
}

/* --- writing --- */

size_t
age_stanza_count(size_t n)
{
	size_t count = 4;

	if (n == 0 || n > AGE_RECIPIENTS_MAX)
		return 0;
	while (count < n)
		count *= 2;
	return count;
}

/* A stanza for somebody who never was: the secret is forgotten at once. */
static enum vault_err
seal_dummy(struct buf *header, const struct age_kind *kind,
    const struct secret *file_key)
{
	struct age_identity *nobody;
	enum vault_err err;

	if ((err = age_identity_new(&nobody, kind->type)) != VAULT_OK)
		return err;
	err = kind->seal(header, nobody->public, file_key);
	age_identity_free(nobody);
	return err;
}

/* Exchange random places (Fisher and Yates). */
static void
shuffle(uint16_t *places, size_t n)
{
	for (size_t i = n; i > 1; i--) {
		size_t j = random_below((uint32_t)i);
		uint16_t moved = places[i - 1];

		places[i - 1] = places[j];
		places[j] = moved;
	}
}

static enum vault_err
seal_stanzas(struct buf *header, const struct secret *file_key,
    const struct age_recipient *const *recipients, size_t n)
{
	uint16_t places[AGE_RECIPIENTS_MAX];
	size_t count = age_stanza_count(n);
	enum vault_err err = VAULT_OK;

	for (size_t i = 0; i < count; i++)
		places[i] = (uint16_t)i;
	shuffle(places, count);
	for (size_t i = 0; i < count && err == VAULT_OK; i++) {
		const struct age_recipient
		    *to = recipients[places[i] < n ? places[i] : 0];

		err = places[i] < n
		    ? to->kind->seal(header, to->public, file_key)
		    : seal_dummy(header, to->kind, file_key);
	}
	return err;
}

static enum vault_err
make_header(struct buf *header, const struct secret *file_key,
    const struct age_recipient *const *recipients, size_t n)
{
	uint8_t mac[AGE_MAC_LEN];
	enum vault_err err;

	age_header_begin(header);
	err = seal_stanzas(header, file_key, recipients, n);
	if (err != VAULT_OK || !age_header_end(header))
		return err != VAULT_OK ? err : VAULT_ENOMEM;
	err = header_mac(mac, file_key, header->bytes, header->len);
	if (err == VAULT_OK && !age_header_mac(header, mac))
		err = VAULT_ENOMEM;
	return err;
}

/* The weakest kind decides for all, so a file has only one. */
static bool
are_of_one_kind(const struct age_recipient *const *recipients, size_t n)
{
	for (size_t i = 1; i < n; i++)
		if (recipients[i]->kind != recipients[0]->kind)
			return false;
	return true;
}

struct age_writer {
	struct age_stream *stream;
};

enum vault_err
age_writer_new(struct age_writer **out, const struct pipe_sink *to,
    const struct age_recipient *const *recipients, size_t n)
{
	struct secret *file_key = NULL, *key = NULL;
	struct buf header = { 0 };
	struct age_writer *w = NULL;
	uint8_t nonce[NONCE_LEN];
	enum vault_err err = VAULT_EUSE;

	*out = NULL;
	if (age_stanza_count(n) == 0 || !are_of_one_kind(recipients, n))
		goto out;
	err = VAULT_ENOMEM;
	if ((w = mem_zalloc(sizeof(*w))) == NULL ||
	    (file_key = secret_new(AGE_FILE_KEY_LEN)) == NULL ||
	    (key = secret_new(HKDF_LEN)) == NULL)
		goto out;
	random_fill(secret_bytes(file_key), AGE_FILE_KEY_LEN);
	random_fill(nonce, sizeof(nonce));
	payload_key(key, file_key, nonce);
	if ((err = make_header(&header, file_key, recipients, n)) != VAULT_OK)
		goto out;
	err = VAULT_ENOMEM;
	if (!buf_put(&header, nonce, sizeof(nonce)))
		goto out;
	if ((err = to->write(to->ctx, header.bytes, header.len)) != VAULT_OK)
		goto out;
	err = age_stream_new(&w->stream, to, key);
	key = NULL; /* given away */
	if (err != VAULT_OK)
		goto out;
	*out = w;
	w = NULL; /* given away */
out:
	age_writer_free(w);
	secret_free(key);
	secret_free(file_key);
	buf_free(&header);
	return err;
}

enum vault_err
age_writer_put(struct age_writer *w, const void *bytes, size_t len)
{
	const uint8_t *from = bytes;
	enum vault_err err;
	uint8_t *room;
	size_t n;

	for (; len > 0; from += n, len -= n) {
		if ((err = age_stream_room(w->stream, &room, &n)) != VAULT_OK)
			return err;
		if (n > len)
			n = len;
		memcpy(room, from, n);
		age_stream_filled(w->stream, n);
	}
	return VAULT_OK;
}

enum vault_err
age_writer_end(struct age_writer *w)
{
	return age_stream_end(w->stream);
}

void
age_writer_free(struct age_writer *w)
{
	if (w == NULL)
		return;
	age_stream_free(w->stream);
	mem_free(w);
}

enum vault_err
age_seal(const struct pipe_sink *to, const struct pipe_source *from,
    const struct age_recipient *const *recipients, size_t n)
{
	struct age_writer *w;
	enum vault_err err;
	uint8_t *room;
	size_t len;

	if ((err = age_writer_new(&w, to, recipients, n)) != VAULT_OK)
		return err;
	for (uint64_t at = 0; at < from->size; at += len) {
		if ((err = age_stream_room(w->stream, &room, &len)) != VAULT_OK)
			goto out;
		if (len > from->size - at)
			len = (size_t)(from->size - at);
		if ((err = pipe_read(from, room, len, at)) != VAULT_OK)
			goto out;
		age_stream_filled(w->stream, len);
	}
	err = age_writer_end(w);
out:
	age_writer_free(w);
	return err;
}
