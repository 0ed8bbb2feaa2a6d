/* SPDX-License-Identifier: ISC */
/* body_edit - bodies that are being written. */
#include "core/mem.h"
#include "inside.h"
#include "record/body.h"
#include "record/edit.h"
#include "record/json.h"
#include "record/model.h"

struct vault_body {
	json_t *json;
};

/* json is given away. */
static enum vault_err
wrap(struct vault_body **out, json_t *json)
{
	struct vault_body *b = json == NULL ? NULL : mem_zalloc(sizeof(*b));

	if (b == NULL) {
		json_decref(json);
		return VAULT_ENOMEM;
	}
	b->json = json;
	*out = b;
	return VAULT_OK;
}

enum vault_err
vault_body_new(struct vault_body **out, const char *type)
{
	enum vault_err err;
	json_t *json;

	*out = NULL;
	if (model_type(type) == NULL)
		return VAULT_EUSE;
	json = json_object();
	err = json != NULL &&
		json_object_set_new(json, "type", json_string(type)) == 0
	    ? body_fill(json)
	    : VAULT_ENOMEM;
	if (err != VAULT_OK) {
		json_decref(json);
		return err;
	}
	return wrap(out, json);
}

enum vault_err
vault_body_read(struct vault_body **out, const void *json, size_t len)
{
	enum vault_err err;
	json_t *read;

	*out = NULL;
	err = json_read(&read, json, len, VAULT_BODY_MAX, NULL);
	if (err != VAULT_OK)
		return err;
	if (!json_is_object(read)) {
		json_decref(read);
		return VAULT_EUSE;
	}
	return wrap(out, read);
}

void
vault_body_free(struct vault_body *b)
{
	if (b == NULL)
		return;
	json_decref(b->json);
	mem_free(b);
}

enum vault_err
vault_body_set(
    struct vault_body *b, const char *path, const char *text, size_t len)
{
	return edit_set(b->json, path, text, len);
}

enum vault_err
vault_body_unset(struct vault_body *b, const char *path)
{
	return edit_unset(b->json, path);
}

bool
vault_body_get(struct buf *out, const struct vault_body *b, const char *path)
{
	return edit_get(out, b->json, path);
}

size_t
vault_body_count(const struct vault_body *b, const char *path)
{
	return edit_count(b->json, path);
}

bool
vault_body_holds(
    const struct vault_body *b, const char *object, const char *condition)
{
	return body_holds(
	    condition, *object == '\0' ? b->json : edit_at(b->json, object));
}

enum vault_err
vault_body_json(struct buf *out, const struct vault_body *b)
{
	return json_write(out, b->json);
}
