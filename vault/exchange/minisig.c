/* SPDX-License-Identifier: ISC */
#include <string.h>

#include <sodium.h>

#include "core/base64.h"
#include "core/buf.h"
#include "core/secret.h"
#include "exchange/minisig.h"

#define HASH_LEN crypto_generichash_BYTES_MAX /* 64 */

static const char untrusted[] = "untrusted comment: " MINISIG_COMMENT "\n";
static const char trusted[] = "trusted comment: ";

static void
hash_message(uint8_t hash[static HASH_LEN], const void *message, size_t len)
{
	crypto_generichash(hash, HASH_LEN, message, len, NULL, 0);
}

/* What the second signature signs: the first one, then the comment. */
static bool
put_global(struct buf *out, const struct minisig *sig)
{
	buf_put(out, sig->sig, MINISIG_SIG_LEN);
	return buf_put(out, sig->text, sig->text_len);
}

static bool
is_text(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (text[i] < ' ' || text[i] > '~')
			return false;
	return len <= MINISIG_TEXT_MAX;
}

enum vault_err
minisig_sign(struct buf *out, const uint8_t id[static MINISIG_ID_LEN],
    const struct secret *key, const void *message, size_t len, const char *text)
{
	struct minisig sig = { .text = text, .text_len = strlen(text) };
	uint8_t hash[HASH_LEN];
	struct buf global = { 0 };
	enum vault_err err = VAULT_EUSE;

	if (secret_len(key) != MINISIG_SECRET_LEN ||
	    !is_text(text, sig.text_len))
		goto out;
	memcpy(sig.id, id, MINISIG_ID_LEN);
	hash_message(hash, message, len);
	crypto_sign_detached(
	    sig.sig, NULL, hash, sizeof(hash), secret_view(key));
	err = VAULT_ENOMEM;
	if (!put_global(&global, &sig))
		goto out;
	crypto_sign_detached(
	    sig.global_sig, NULL, global.bytes, global.len, secret_view(key));
	if (minisig_write(out, &sig))
		err = VAULT_OK;
out:
	buf_free(&global);
	return err;
}

bool
minisig_write(struct buf *out, const struct minisig *sig)
{
	uint8_t line[2 + MINISIG_ID_LEN + MINISIG_SIG_LEN] = { 'E', 'D' };

	memcpy(line + 2, sig->id, MINISIG_ID_LEN);
	memcpy(line + 2 + MINISIG_ID_LEN, sig->sig, MINISIG_SIG_LEN);
	buf_put_text(out, untrusted);
	base64_encode(out, line, sizeof(line), BASE64_PADDED);
	buf_put_byte(out, '\n');
	buf_put_text(out, trusted);
	buf_put(out, sig->text, sig->text_len);
	buf_put_byte(out, '\n');
	base64_encode(out, sig->global_sig, MINISIG_SIG_LEN, BASE64_PADDED);
	return buf_put_byte(out, '\n');
}

/* Pass over text at *at, which must stand there. */
static bool
take_text(const char **at, const char *end, const char *text)
{
	size_t len = strlen(text);

	if ((size_t)(end - *at) < len || memcmp(*at, text, len) != 0)
		return false;
	*at += len;
	return true;
}

/* Decode a line of base64 into exactly len bytes. */
static enum vault_err
take_base64(const char **at, const char *end, uint8_t *to, size_t len)
{
	size_t text_len = (len + 2) / 3 * 4;
	struct buf b = { 0 };
	enum vault_err err = VAULT_EDAMAGED;

	if ((size_t)(end - *at) < text_len + 1 || (*at)[text_len] != '\n')
		return err;
	err = base64_decode(&b, *at, text_len, BASE64_PADDED);
	if (err == VAULT_OK && b.len == len)
		memcpy(to, b.bytes, len);
	else if (err != VAULT_ENOMEM)
		err = VAULT_EDAMAGED;
	buf_free(&b);
	*at += text_len + 1;
	return err;
}

enum vault_err
minisig_parse(struct minisig *out, const char *text, size_t len)
{
	uint8_t line[2 + MINISIG_ID_LEN + MINISIG_SIG_LEN];
	const char *at = text, *end = text + len, *lf;
	enum vault_err err;

	*out = (struct minisig){ 0 };
	if (!take_text(&at, end, untrusted))
		return VAULT_EDAMAGED;
	if ((err = take_base64(&at, end, line, sizeof(line))) != VAULT_OK)
		return err;
	if (memcmp(line, "ED", 2) != 0 || !take_text(&at, end, trusted))
		return VAULT_EDAMAGED;
	memcpy(out->id, line + 2, MINISIG_ID_LEN);
	memcpy(out->sig, line + 2 + MINISIG_ID_LEN, MINISIG_SIG_LEN);

	lf = memchr(at, '\n', (size_t)(end - at));
	if (lf == NULL || !is_text(at, (size_t)(lf - at)))
		return VAULT_EDAMAGED;
	out->text = at;
	out->text_len = (size_t)(lf - at);
	at = lf + 1;
	err = take_base64(&at, end, out->global_sig, MINISIG_SIG_LEN);
	return err == VAULT_OK && at != end ? VAULT_EDAMAGED : err;
}

enum vault_err
minisig_check(const struct minisig *sig, const struct minisig_key *key,
    const void *message, size_t len)
{
	uint8_t hash[HASH_LEN];
	struct buf global = { 0 };
	enum vault_err err = VAULT_EDAMAGED;

	if (!bytes_equal(sig->id, key->id, MINISIG_ID_LEN))
		goto out;
	hash_message(hash, message, len);
	if (crypto_sign_verify_detached(
		sig->sig, hash, sizeof(hash), key->key) != 0)
		goto out;
	err = VAULT_ENOMEM;
	if (!put_global(&global, sig))
		goto out;
#ifndef PLANT_NO_GLOBAL
	err = VAULT_EDAMAGED;
	if (crypto_sign_verify_detached(
		sig->global_sig, global.bytes, global.len, key->key) != 0)
		goto out;
#endif
	err = VAULT_OK;
out:
	buf_free(&global);
	return err;
}

bool
minisig_key_write(struct buf *out, const struct minisig_key *key)
{
	uint8_t line[2 + MINISIG_ID_LEN + MINISIG_KEY_LEN] = { 'E', 'd' };

	memcpy(line + 2, key->id, MINISIG_ID_LEN);
	memcpy(line + 2 + MINISIG_ID_LEN, key->key, MINISIG_KEY_LEN);
	return base64_encode(out, line, sizeof(line), BASE64_PADDED);
}

enum vault_err
minisig_key_parse(struct minisig_key *out, const char *text, size_t len)
{
	struct buf b = { 0 };
	enum vault_err err = base64_decode(&b, text, len, BASE64_PADDED);

	if (err == VAULT_OK &&
	    (b.len != 2 + MINISIG_ID_LEN + MINISIG_KEY_LEN ||
		memcmp(b.bytes, "Ed", 2) != 0))
		err = VAULT_EUSE;
	if (err == VAULT_OK) {
		memcpy(out->id, b.bytes + 2, MINISIG_ID_LEN);
		memcpy(out->key, b.bytes + 2 + MINISIG_ID_LEN, MINISIG_KEY_LEN);
	}
	buf_free(&b);
	return err;
}

bool
minisig_key_file(struct buf *out, const struct minisig_key *key)
{
	buf_put_text(out, "untrusted comment: " MINISIG_KEY_COMMENT "\n");
	minisig_key_write(out, key);
	return buf_put_byte(out, '\n');
}
