/* SPDX-License-Identifier: ISC */
/* body_edit - the model as others see it, and bodies that are written. */
#include "core/mem.h"
#include "inside.h"
#include "record/body.h"
#include "record/edit.h"
#include "record/json.h"
#include "record/model.h"

/* ---- The model ---- */

static const enum vault_kind kinds[MODEL_KINDS] = {
	[MODEL_TEXT] = VAULT_KIND_LINE,
	[MODEL_LONG] = VAULT_KIND_TEXT,
	[MODEL_CODE] = VAULT_KIND_CODE,
	[MODEL_NUMBER] = VAULT_KIND_LINE,
	[MODEL_BOOL] = VAULT_KIND_BOOL,
	[MODEL_INT] = VAULT_KIND_INT,
	[MODEL_DEC] = VAULT_KIND_LINE,
	[MODEL_EDTF] = VAULT_KIND_LINE,
	[MODEL_PERIOD] = VAULT_KIND_LINE,
	[MODEL_LANG] = VAULT_KIND_LINE,
	[MODEL_SCRIPT] = VAULT_KIND_LINE,
	[MODEL_HASH] = VAULT_KIND_LINE,
	[MODEL_PATH] = VAULT_KIND_LINE,
	[MODEL_HIDDEN] = VAULT_KIND_LINE,
	[MODEL_LINK] = VAULT_KIND_LINK,
	[MODEL_TYPE] = VAULT_KIND_LINE,
	[MODEL_OBJECT] = VAULT_KIND_OBJECT,
	[MODEL_DATE] = VAULT_KIND_OBJECT,
	[MODEL_SPAN] = VAULT_KIND_OBJECT,
	[MODEL_PARTY] = VAULT_KIND_OBJECT,
	[MODEL_CITE] = VAULT_KIND_OBJECT,
	[MODEL_PLACE] = VAULT_KIND_OBJECT,
	[MODEL_NAME] = VAULT_KIND_OBJECT,
};

static bool
view_type(struct vault_type *t, const struct model_type *row)
{
	*t = (struct vault_type){ .row = row };
	if (row == NULL)
		return false;
	t->name = row->name;
	t->label = row->label;
	t->help = row->help;
	return true;
}

static bool
view_field(struct vault_field *f, const struct model_field *row)
{
	*f = (struct vault_field){ .row = row };
	if (row == NULL)
		return false;
	f->name = row->name;
	f->label = row->label;
	f->help = row->help;
	f->kind = kinds[row->kind];
	f->many = row->many;
	f->must = row->need == MODEL_MUST;
	f->should = row->need == MODEL_SHOULD;
	f->targets = row->targets;
	f->object = row->object == NULL ? NULL : row->object->name;
	return true;
}

bool
vault_type_next(struct vault_type *t)
{
	return view_type(t, model_next_type(t->row));
}

bool
vault_type_by_name(struct vault_type *t, const char *name)
{
	return view_type(t, model_type(name));
}

bool
vault_field_next(struct vault_field *f, const struct vault_type *t)
{
	return view_field(f, model_next_field(t->row, f->row));
}

bool
vault_member_next(struct vault_field *m, const struct vault_field *f)
{
	const struct model_field *field = f->row, *row = m->row;
	const struct model_object *object = field->object;

	if (object == NULL)
		return view_field(m, NULL);
	row = row == NULL ? object->fields : row + 1;
	return view_field(m, row < object->fields + object->n ? row : NULL);
}

bool
vault_code_next(struct vault_code *c, const struct vault_field *f)
{
	const struct model_field *field = f->row;
	const struct model_code *row = c->row;

	*c = (struct vault_code){ 0 };
	if (field->codes == NULL)
		return false;
	row = row == NULL ? field->codes->codes : row + 1;
	if (row >= field->codes->codes + field->codes->n)
		return false;
	*c = (struct vault_code){ row, row->code, row->esf, row->label };
	return true;
}

size_t
vault_near_types(const char *near[static 3], const char *name)
{
	return model_near_types(near, name);
}

size_t
vault_near_fields(
    const char *near[static 3], const struct vault_type *t, const char *name)
{
	return model_near_fields(near, t->row, name);
}

size_t
vault_near_members(
    const char *near[static 3], const struct vault_field *f, const char *name)
{
	const struct model_field *field = f->row;

	return field->object == NULL
	    ? 0
	    : model_near_members(near, field->object, name);
}

/* ---- A body being written ---- */

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

enum vault_err
vault_body_json(struct buf *out, const struct vault_body *b)
{
	return json_write(out, b->json);
}
