/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "core/base64.h"
#include "core/mem.h"
#include "record/body.h"
#include "record/carry.h"
#include "record/json.h"
#include "record/name.h"

/* A part stands so much deeper in the file than on its own. */
#define DEEPER 4

void
carry_free(struct carried *c)
{
	for (size_t i = 0; i < c->n_files; i++)
		part_free(&c->files[i].part);
	mem_free(c->files);
	part_free(&c->body);
	part_free(&c->hidden);
	version_free(&c->version);
	memset(c, 0, sizeof(*c));
}

enum vault_err
carry_room(struct carried *c, size_t n)
{
	c->n_files = 0;
	c->files = mem_zalloc((n + 1) * sizeof(*c->files));
	if (c->files == NULL)
		return VAULT_ENOMEM;
	c->n_files = n;
	return VAULT_OK;
}

enum vault_err
carry_title(struct buf *out, const struct carried *c)
{
	enum vault_err err;
	json_t *body;

	if (!c->body.present)
		return VAULT_OK;
	err = json_read(
	    &body, c->body.json.bytes, c->body.json.len, CARRY_MAX, NULL);
	if (err == VAULT_OK)
		err = record_title(out, body, NULL, NULL, NULL);
	json_decref(body);
	return err == VAULT_EUSE ? VAULT_EDAMAGED : err;
}

/* ---- Writing: the parts are canonical already, and so is their order ---- */

static void
put_part(struct buf *out, const struct part *p)
{
	buf_put_text(out, "\"part\":");
	buf_put(out, p->json.bytes, p->json.len);
	buf_put_text(out, ",\"salt\":\"");
	hex_encode(out, p->salt, sizeof(p->salt));
	buf_put_text(out, "\"}");
}

enum vault_err
carry_write(struct buf *out, const struct carried *c)
{
	buf_put_text(out, "{\"attachments\":[");
	for (size_t i = 0; i < c->n_files; i++) {
		buf_putf(out, "%s{\"file\":\"%s\",", i > 0 ? "," : "",
		    c->files[i].file);
		put_part(out, &c->files[i].part);
	}
	buf_put_byte(out, ']');
	if (c->body.present) {
		buf_put_text(out, ",\"body\":{");
		put_part(out, &c->body);
	}
	buf_put_text(out, ",\"envelope\":");
	buf_put(out, c->version.envelope.bytes, c->version.envelope.len);
	if (c->hidden.present) {
		buf_put_text(out, ",\"private\":{");
		put_part(out, &c->hidden);
	}
	buf_put_text(out, ",\"signature\":\"");
	hex_encode(out, c->version.signature, SIGNATURE_LEN);
	buf_put_text(out, "\"}");
	return buf_ok(out);
}

/* ---- Reading ---- */

static enum vault_err
read_hex(uint8_t *to, size_t len, const json_t *value)
{
	const char *text = json_string_value(value);

	return text == NULL ||
		hex_decode(to, len, text, json_string_length(value)) != VAULT_OK
	    ? VAULT_EDAMAGED
	    : VAULT_OK;
}

/* {"part": ..., "salt": ...}, or nothing. */
static enum vault_err
read_part(struct part *out, const json_t *o)
{
	enum vault_err err;

	if (o == NULL)
		return VAULT_OK;
	if ((err = read_hex(out->salt, sizeof(out->salt),
		 json_object_get(o, "salt"))) != VAULT_OK)
		return err;
	err = json_write(&out->json, json_object_get(o, "part"));
	if (err == VAULT_OK && out->json.len > PART_MAX)
		err = VAULT_EDAMAGED;
	out->present = err == VAULT_OK;
	return err == VAULT_EUSE ? VAULT_EDAMAGED : err;
}

static enum vault_err
read_file(struct carried_file *f, const struct version *v, const json_t *o)
{
	const char *name = json_string_value(json_object_get(o, "file"));
	uint8_t hash[HASH_LEN];
	enum vault_err err;

	if (name == NULL || strlen(name) > CARRY_FILE_MAX ||
	    strpbrk(name, "\"\\") != NULL)
		return VAULT_EDAMAGED;
	memcpy(f->file, name, strlen(name) + 1);
	if ((err = read_part(&f->part, o)) != VAULT_OK)
		return err;
	version_part_hash(
	    hash, f->part.salt, f->part.json.bytes, f->part.json.len);
	return version_has_hash(&v->attachments, hash) ? VAULT_OK
						       : VAULT_EDAMAGED;
}

static enum vault_err
read_files(struct carried *out, const json_t *array)
{
	size_t n = json_array_size(array);
	enum vault_err err = VAULT_OK;

	if (!json_is_array(array) ||
	    n > version_hash_count(&out->version.attachments))
		return VAULT_EDAMAGED;
	if ((err = carry_room(out, n)) != VAULT_OK)
		return err;
	for (size_t i = 0; err == VAULT_OK && i < n; i++)
		err = read_file(
		    &out->files[i], &out->version, json_array_get(array, i));
	return err;
}

static enum vault_err
read_version(struct version *out, const json_t *o)
{
	uint8_t signature[SIGNATURE_LEN];
	struct buf envelope = { 0 };
	enum vault_err err;

	err = read_hex(
	    signature, sizeof(signature), json_object_get(o, "signature"));
	if (err == VAULT_OK)
		err = json_write(&envelope, json_object_get(o, "envelope"));
	if (err == VAULT_OK)
		err = version_read(
		    out, envelope.bytes, envelope.len, signature);
	buf_free(&envelope);
	return err == VAULT_EUSE ? VAULT_EDAMAGED : err;
}

/* A body must at least be an object, of the type that the envelope says. */
static bool
body_fits(const struct version *v, const json_t *part)
{
	const char *type = json_string_value(json_object_get(part, "type"));

	return json_is_object(part) && type != NULL &&
	    strcmp(type, v->type) == 0;
}

static enum vault_err
read_members(struct carried *out, const json_t *o)
{
	const json_t *body = json_object_get(o, "body");
	const json_t *hidden = json_object_get(o, "private");
	const struct version *v = &out->version;
	enum vault_err err;

	if ((err = read_version(&out->version, o)) != VAULT_OK ||
	    (err = read_part(&out->body, body)) != VAULT_OK ||
	    (err = read_part(&out->hidden, hidden)) != VAULT_OK)
		return err;
	if (!part_fits(&out->body, v->has_body, v->body) ||
	    !part_fits(&out->hidden, v->has_private, v->hidden) ||
	    (body != NULL && !body_fits(v, json_object_get(body, "part"))) ||
	    (hidden != NULL &&
		!json_is_object(json_object_get(hidden, "part"))))
		return VAULT_EDAMAGED;
	return read_files(out, json_object_get(o, "attachments"));
}

/* The two parts must make one body, or nobody could ever read it. */
static enum vault_err
parts_join(const json_t *o)
{
	const json_t *body = json_object_get(o, "body");
	const json_t *hidden = json_object_get(o, "private");
	json_t *whole;
	enum vault_err err;

	if (body == NULL)
		return VAULT_OK;
	err = body_join(&whole, json_object_get(body, "part"),
	    json_object_get(hidden, "part"));
	json_decref(whole);
	return err;
}

/* What was read must be exactly what would be written. */
static enum vault_err
is_canonical(const struct carried *c, const void *text, size_t len)
{
	struct buf again = { 0 };
	enum vault_err err = carry_write(&again, c);

	if (err == VAULT_OK &&
	    (again.len != len || memcmp(again.bytes, text, len) != 0))
		err = VAULT_EDAMAGED;
	buf_free(&again);
	return err;
}

enum vault_err
carry_read(struct carried *out, const void *text, size_t len)
{
	enum vault_err err;
	json_t *o;

	memset(out, 0, sizeof(*out));
	if (len > CARRY_MAX)
		return VAULT_EVERSION;
	err = json_read_around(&o, text, len, CARRY_MAX, DEEPER, NULL);
	if (err != VAULT_OK)
		return err == VAULT_EUSE ? VAULT_EDAMAGED : err;
	if ((err = read_members(out, o)) == VAULT_OK &&
	    (err = parts_join(o)) == VAULT_OK)
		err = is_canonical(out, text, len);
	json_decref(o);
	return err;
}
