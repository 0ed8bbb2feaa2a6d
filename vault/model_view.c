/* SPDX-License-Identifier: ISC */
/* model_view - the model as others see it: constant data, walked row by row. */
#include "inside.h"
#include "record/label.h"
#include "record/model.h"

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

static const char *const forms[MODEL_KINDS] = {
	[MODEL_TEXT] = "text",
	[MODEL_LONG] = "long-text",
	[MODEL_CODE] = "code",
	[MODEL_NUMBER] = "esf-number",
	[MODEL_BOOL] = "bool",
	[MODEL_INT] = "int",
	[MODEL_DEC] = "dec",
	[MODEL_EDTF] = "edtf",
	[MODEL_PERIOD] = "duration",
	[MODEL_LANG] = "language",
	[MODEL_SCRIPT] = "script",
	[MODEL_HASH] = "sha256",
	[MODEL_PATH] = "path",
	[MODEL_HIDDEN] = "path",
	[MODEL_LINK] = "id",
	[MODEL_TYPE] = "type",
	[MODEL_OBJECT] = "object",
	[MODEL_DATE] = "object",
	[MODEL_SPAN] = "object",
	[MODEL_PARTY] = "object",
	[MODEL_CITE] = "object",
	[MODEL_PLACE] = "object",
	[MODEL_NAME] = "object",
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
	t->level = row->level;
	t->fixed = row->fixed;
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
	f->form = forms[row->kind];
	f->many = row->many;
	f->must = row->need == MODEL_MUST;
	f->should = row->need == MODEL_SHOULD;
	f->must_when = row->must_when;
	f->only_when = row->only_when;
	f->filled = row->filled;
	f->targets = row->targets;
	f->object = row->object == NULL ? NULL : row->object->name;
	f->vocab = row->codes == NULL ? NULL : row->codes->name;
	return true;
}

static bool
view_vocab(struct vault_vocab *v, const struct model_vocab *row)
{
	*v = (struct vault_vocab){ .row = row };
	if (row == NULL)
		return false;
	v->name = row->name;
	v->table = row->table;
	v->open = row->open;
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
	const struct model_type *type = t->row;
	const struct model_field *row = model_next_field(type, f->row);
	bool there = view_field(f, row);

	/* Its own; those common to all types may change. */
	f->once = there && type->fixed && row >= type->own.fields &&
	    row < type->own.fields + type->own.n;
	return there;
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

static bool
next_code(struct vault_code *c, const struct model_vocab *vocab)
{
	const struct model_code *row = c->row;

	*c = (struct vault_code){ 0 };
	if (vocab == NULL)
		return false;
	row = row == NULL ? vocab->codes : row + 1;
	if (row >= vocab->codes + vocab->n)
		return false;
	*c = (struct vault_code){ row, row->code, row->esf, row->label,
		row->group, vocab->name };
	return true;
}

bool
vault_code_next(struct vault_code *c, const struct vault_field *f)
{
	const struct model_field *field = f->row;

	return next_code(c, field->codes);
}

bool
vault_vocab_next(struct vault_vocab *v)
{
	return view_vocab(v, model_next_vocab(v->row));
}

bool
vault_vocab_by_name(struct vault_vocab *v, const char *name)
{
	return view_vocab(v, model_vocab(name));
}

bool
vault_vocab_code_next(struct vault_code *c, const struct vault_vocab *v)
{
	return next_code(c, v->row);
}

bool
vault_language_next(struct vault_language *l)
{
	const struct label_language *row = label_next_language(l->row);

	*l = (struct vault_language){ 0 };
	if (row == NULL)
		return false;
	*l = (struct vault_language){ row, row->lang, row->reviewed };
	return true;
}

const char *
vault_code_label(const struct vault_code *c, const char *lang)
{
	const struct label_language *language = label_language(lang);
	const char *label = language == NULL
	    ? NULL
	    : label_of(language, c->vocab, c->code);

	return label == NULL ? c->label : label;
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

size_t
vault_near_vocabs(const char *near[static 3], const char *name)
{
	return model_near_vocabs(near, name);
}

size_t
vault_near_codes(
    const char *near[static 3], const struct vault_vocab *v, const char *code)
{
	return model_near_codes(near, v->row, code);
}
