/* SPDX-License-Identifier: ISC */
#include <inttypes.h>
#include <string.h>

#include <sodium.h>

#include "core/base64.h"
#include "core/buf.h"
#include "core/random.h"
#include "exchange/age.h"
#include "exchange/manifest.h"

#define HEX(len) (2 * (len))
#define PLACE_LEN (MANIFEST_CHAIN_LEN + 8 + MANIFEST_HASH_LEN)
#define TO_LEN (MANIFEST_HASH_LEN + PLACE_LEN)

static const char first_line[] = "# amparo-manifest 1\n";

/* "# to ", a hash, a blank, a place, LF: all of one length. */
#define TO_LINE_LEN (5 + HEX(MANIFEST_HASH_LEN) + 1 + HEX(PLACE_LEN) + 1)

/* --- places --- */

static bool
place_is_good(const struct manifest_place *place)
{
	static const uint8_t none[MANIFEST_HASH_LEN];
	bool has_previous = memcmp(place->previous, none, sizeof(none)) != 0;

	return place->number > 0 && (place->number > 1) == has_previous;
}

static void
place_encode(uint8_t to[static PLACE_LEN], const struct manifest_place *place)
{
	memcpy(to, place->chain, MANIFEST_CHAIN_LEN);
	to += MANIFEST_CHAIN_LEN;
	for (int i = 0; i < 8; i++)
		to[i] = (uint8_t)(place->number >> (56 - 8 * i));
	memcpy(to + 8, place->previous, MANIFEST_HASH_LEN);
}

static void
place_decode(struct manifest_place *place, const uint8_t from[static PLACE_LEN])
{
	memcpy(place->chain, from, MANIFEST_CHAIN_LEN);
	from += MANIFEST_CHAIN_LEN;
	place->number = 0;
	for (int i = 0; i < 8; i++)
		place->number = place->number << 8 | from[i];
	memcpy(place->previous, from + 8, MANIFEST_HASH_LEN);
}

/*
 * What a recipient looks for in a to line: the hash by which it knows the
 * line, then the mask over its place.
 */
static enum vault_err
make_key(uint8_t key[static TO_LEN],
    const uint8_t bundle[static MANIFEST_BUNDLE_LEN], const char *recipient)
{
	uint8_t mask[crypto_hash_sha512_BYTES];
	struct buf known = { 0 }, place = { 0 };
	enum vault_err err;

	/* Two buffers: one that is used again forgets that it had failed. */
	hex_encode(&known, bundle, MANIFEST_BUNDLE_LEN);
	buf_putf(&known, " %s", recipient);
	hex_encode(&place, bundle, MANIFEST_BUNDLE_LEN);
	buf_putf(&place, " place %s", recipient);
	if ((err = buf_ok(&known)) == VAULT_OK &&
	    (err = buf_ok(&place)) == VAULT_OK) {
		crypto_hash_sha256(key, known.bytes, known.len);
		crypto_hash_sha512(mask, place.bytes, place.len);
		memcpy(key + MANIFEST_HASH_LEN, mask, PLACE_LEN);
	}
	buf_free(&known);
	buf_free(&place);
	return err;
}

/* --- writing --- */

static enum vault_err
put_to(struct buf *out, const uint8_t bundle[static MANIFEST_BUNDLE_LEN],
    const struct manifest_to *to)
{
	uint8_t line[TO_LEN], place[PLACE_LEN];
	enum vault_err err;

	if (to == NULL) {
		random_fill(line, sizeof(line)); /* for nobody */
	} else {
		if (!place_is_good(&to->place))
			return VAULT_EUSE;
		if ((err = make_key(line, bundle, to->recipient)) != VAULT_OK)
			return err;
		place_encode(place, &to->place);
		for (size_t i = 0; i < PLACE_LEN; i++)
			line[MANIFEST_HASH_LEN + i] ^= place[i];
	}
	buf_put_text(out, "# to ");
	hex_encode(out, line, MANIFEST_HASH_LEN);
	buf_put_byte(out, ' ');
	hex_encode(out, line + MANIFEST_HASH_LEN, PLACE_LEN);
	buf_put_byte(out, '\n');
	return buf_ok(out);
}

/*
 * One line per stanza, in an order that tells nothing: at each step the next
 * line is one of those that are left, real or not, with equal chance.
 */
static enum vault_err
put_all_to(struct buf *out, const uint8_t bundle[static MANIFEST_BUNDLE_LEN],
    const struct manifest_to *to, size_t n)
{
	const struct manifest_to *lines[AGE_RECIPIENTS_MAX] = { NULL };
	size_t count = age_stanza_count(n), pick;
	enum vault_err err = count == 0 ? VAULT_EUSE : VAULT_OK;

	for (size_t i = 0; i < n && count > 0; i++)
		lines[i] = &to[i];
	for (size_t left = count; left > 0 && err == VAULT_OK; left--) {
		pick = random_below((uint32_t)left);
		err = put_to(out, bundle, lines[pick]);
		lines[pick] = lines[left - 1];
	}
	return err;
}

enum vault_err
manifest_write_head(struct buf *out, const struct manifest *m,
    const struct manifest_to *to, size_t n)
{
	enum vault_err err;

	buf_put_text(out, first_line);
	buf_put_text(out, "# sender ");
	if (m->is_signed)
		hex_encode(out, m->sender, MANIFEST_SENDER_LEN);
	else
		buf_put_text(out, "unsigned");
	buf_put_text(out, "\n# bundle ");
	hex_encode(out, m->bundle, MANIFEST_BUNDLE_LEN);
	buf_put_byte(out, '\n');
	if ((err = put_all_to(out, m->bundle, to, n)) != VAULT_OK)
		return err;
	buf_putf(
	    out, "# files %zu\n# bytes %" PRIu64 "\n", m->n_files, m->bytes);
	return buf_ok(out);
}

bool
manifest_write_file(struct buf *out,
    const uint8_t hash[static MANIFEST_HASH_LEN], const char *name)
{
	hex_encode(out, hash, MANIFEST_HASH_LEN);
	return buf_putf(out, "  %s\n", name);
}

/* --- reading --- */

struct cursor {
	const char *text;
	size_t len, at;
};

/* Pass over text, which must stand at the cursor. */
static bool
take_text(struct cursor *c, const char *text)
{
	size_t len = strlen(text);

	if (c->len - c->at < len || memcmp(c->text + c->at, text, len) != 0)
		return false;
	c->at += len;
	return true;
}

static bool
take_hex(struct cursor *c, uint8_t *to, size_t len)
{
	if (c->len - c->at < HEX(len) ||
	    hex_decode(to, len, c->text + c->at, HEX(len)) != VAULT_OK)
		return false;
	c->at += HEX(len);
	return true;
}

/* A decimal number as printf writes it, below 10^18, and the LF. */
static bool
take_number(struct cursor *c, uint64_t *out)
{
	size_t start = c->at;

	*out = 0;
	while (c->at < c->len && c->at - start < 18 && c->text[c->at] >= '0' &&
	    c->text[c->at] <= '9')
		*out = *out * 10 + (uint64_t)(c->text[c->at++] - '0');
	if (c->at == start || (c->text[start] == '0' && c->at - start > 1))
		return false;
	return take_text(c, "\n");
}

static bool
take_sender(struct cursor *c, struct manifest *m)
{
	if (take_text(c, "# sender unsigned\n"))
		return true;
	m->is_signed = true;
	return take_text(c, "# sender ") &&
	    take_hex(c, m->sender, MANIFEST_SENDER_LEN) && take_text(c, "\n");
}

static bool
take_to(struct cursor *c, uint8_t to[static TO_LEN])
{
	return take_text(c, "# to ") && take_hex(c, to, MANIFEST_HASH_LEN) &&
	    take_text(c, " ") &&
	    take_hex(c, to + MANIFEST_HASH_LEN, PLACE_LEN) &&
	    take_text(c, "\n");
}

/* As many as there are stanzas; which is a number that we write. */
static bool
take_all_to(struct cursor *c, struct manifest *m)
{
	uint8_t to[TO_LEN];

	m->to_at = c->at;
	while (c->len - c->at > 3 && memcmp(c->text + c->at, "# t", 3) == 0) {
		if (!take_to(c, to))
			return false;
		m->n_to++;
	}
	return m->n_to > 0 && age_stanza_count(m->n_to) == m->n_to;
}

static bool
take_head(struct cursor *c, struct manifest *m)
{
	uint64_t files;

	if (!take_text(c, first_line) || !take_sender(c, m) ||
	    !take_text(c, "# bundle ") ||
	    !take_hex(c, m->bundle, MANIFEST_BUNDLE_LEN) ||
	    !take_text(c, "\n") || !take_all_to(c, m) ||
	    !take_text(c, "# files ") || !take_number(c, &files) ||
	    !take_text(c, "# bytes ") || !take_number(c, &m->bytes))
		return false;
	m->n_files = (size_t)files;
	m->files_at = c->at;
	return true;
}

static bool
take_file(struct cursor *c, struct manifest_file *file)
{
	const char *name, *end;
	size_t len;

	if (!take_hex(c, file->hash, MANIFEST_HASH_LEN) || !take_text(c, "  "))
		return false;
	name = c->text + c->at;
	end = memchr(name, '\n', c->len - c->at);
	if (end == NULL || (len = (size_t)(end - name)) > TAR_NAME_MAX ||
	    memchr(name, '\0', len) != NULL)
		return false;
	memcpy(file->name, name, len);
	file->name[len] = '\0';
	c->at += len + 1;
	return tar_name_is_good(file->name);
}

/* The order of the tar, with the manifest itself and its signature in it. */
static bool
follows(const char *name, const char *next)
{
	if (*name == '\0')
		return tar_may_follow(NULL, next);
	if (strcmp(name, TAR_README) == 0)
		name = TAR_SIGNATURE;
	return strcmp(next, TAR_SIGNATURE) != 0 && tar_may_follow(name, next);
}

static enum vault_err
take_files(struct cursor *c, const struct manifest *m)
{
	struct manifest_file file;
	char last[TAR_NAME_MAX + 1] = "";
	size_t n = 0;

	/* MANIFEST and perhaps MANIFEST.minisig are entries too. */
	if (m->n_files >
	    (m->is_signed ? TAR_ENTRIES_MAX - 2u : TAR_ENTRIES_MAX - 1u))
		return VAULT_EVERSION;
	for (; c->at < c->len; n++) {
		if (n == m->n_files || !take_file(c, &file))
			return VAULT_EDAMAGED;
#ifndef PLANT_MANIFEST_ORDER
		if (!follows(last, file.name))
			return VAULT_EDAMAGED;
#endif
		memcpy(last, file.name, sizeof(last));
	}
	return n == m->n_files && n > 0 ? VAULT_OK : VAULT_EDAMAGED;
}

/* True for the first line of a version that is not ours. */
static bool
is_other_version(const char *text, size_t len)
{
	size_t same = sizeof(first_line) - sizeof("1\n");

	return len > same && memcmp(text, first_line, same) == 0 &&
	    text[same] >= '2' && text[same] <= '9';
}

enum vault_err
manifest_parse(struct manifest *out, const char *text, size_t len)
{
	struct cursor c = { .text = text, .len = len };

	*out = (struct manifest){ .text = text, .len = len };
	if (len > TAR_MANIFEST_MAX || is_other_version(text, len))
		return VAULT_EVERSION;
	if (!take_head(&c, out))
		return VAULT_EDAMAGED;
	return take_files(&c, out);
}

bool
manifest_next(struct manifest_file *out, const struct manifest *m, size_t *at)
{
	struct cursor c = { .text = m->text, .len = m->len };

	c.at = *at == 0 ? m->files_at : *at;
	if (c.at == c.len || !take_file(&c, out))
		return false;
	*at = c.at;
	return true;
}

enum vault_err
manifest_find(
    struct manifest_place *out, const struct manifest *m, const char *recipient)
{
	struct cursor c = { m->text, m->files_at, m->to_at };
	uint8_t key[TO_LEN], to[TO_LEN];
	enum vault_err err;

	if ((err = make_key(key, m->bundle, recipient)) != VAULT_OK)
		return err;
	for (size_t i = 0; i < m->n_to; i++) {
		if (!take_to(&c, to))
			return VAULT_EDAMAGED; /* not what was parsed */
		if (memcmp(key, to, MANIFEST_HASH_LEN) != 0)
			continue;
		for (size_t j = MANIFEST_HASH_LEN; j < TO_LEN; j++)
			to[j] ^= key[j];
		place_decode(out, to + MANIFEST_HASH_LEN);
		return place_is_good(out) ? VAULT_OK : VAULT_EDAMAGED;
	}
	return VAULT_ENOTFORUS;
}
