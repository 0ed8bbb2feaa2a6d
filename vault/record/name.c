/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "core/buf.h"
#include "core/mem.h"
#include "core/text.h"
#include "record/model.h"
#include "record/name.h"

#define TITLE_CHARACTERS 80 /* of one field in a title */

static void
form_free(struct name_form *form)
{
	mem_free(form->text);
	mem_free(form->key);
}

void
name_list_free(struct name_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		form_free(&list->forms[i]);
	mem_free(list->forms);
	*list = (struct name_list){ 0 };
}

static bool
make_room(struct name_list *list)
{
	size_t cap = list->cap == 0 ? 8 : list->cap * 2;
	struct name_form *forms;

	if (list->n < list->cap)
		return true;
	forms = mem_realloc(list->forms, cap * sizeof(*forms));
	if (forms == NULL)
		return false;
	list->forms = forms;
	list->cap = cap;
	return true;
}

/* True if the element that began at first has this key already. */
static bool
has_key(const struct name_list *list, size_t first, const char *key)
{
	for (size_t i = first; i < list->n; i++)
		if (strcmp(list->forms[i].key, key) == 0)
			return true;
	return false;
}

/* A form under construction; first is where its element began. */
struct draft {
	struct name_list *list;
	size_t first;
	size_t entry;
	bool primary;
};

static enum vault_err
add_form(const struct draft *d, const struct buf *text, const struct buf *key,
    enum name_source source)
{
	struct name_form form = {
		.source = source, .primary = d->primary, .entry = d->entry
	};

	if (key->len == 0 || has_key(d->list, d->first, buf_text(key)))
		return VAULT_OK;
	form.text = mem_textn(buf_text(text), text->len);
	form.key = mem_textn(buf_text(key), key->len);
	if (form.text == NULL || form.key == NULL || !make_room(d->list)) {
		form_free(&form);
		return VAULT_ENOMEM;
	}
	d->list->forms[d->list->n++] = form;
	return VAULT_OK;
}

/* Add the words of a key without the blanks between them. */
static enum vault_err
add_joined(
    const struct draft *d, const struct buf *key, enum name_source source)
{
	struct buf joined = { 0 };
	enum vault_err err;

	err = text_key_joined(&joined, buf_text(key), key->len);
	if (err == VAULT_OK)
		err = add_form(d, &joined, &joined, source);
	buf_free(&joined);
	return err;
}

/* Add a text, and its words without the blanks between them. */
static enum vault_err
add_text(const struct draft *d, const struct buf *text, enum name_source source)
{
	struct buf key = { 0 };
	enum vault_err err;

	err = text_key(&key, text->bytes, text->len);
	if (err == VAULT_OK)
		err = add_form(d, text, &key, source);
	if (err == VAULT_OK)
		err = add_joined(
		    d, &key, source == NAME_PSEUDONYM ? source : NAME_JOINED);
	buf_free(&key);
	/* Text that is not UTF-8 has no form; others may be fine. */
	return err == VAULT_EUSE ? VAULT_OK : err;
}

/* True if a key may be turned: few words, of a script that has blanks. */
static bool
may_be_turned(const struct buf *key)
{
	size_t n = 1, step;
	uint32_t cp;

	for (size_t i = 0; i < key->len; i += step) {
		step = text_next(&cp, key->bytes + i, key->len - i);
		if (step == 0 || text_is_spaceless(cp))
			return false;
		n += cp == ' ';
	}
	return n <= NAME_TURNED_MAX;
}

/* Add a name with its first words behind the others. */
static enum vault_err
add_turned(const struct draft *d, const json_t *name)
{
	struct buf key = { 0 }, turned = { 0 };
	enum vault_err err;

	err = text_key(&key, json_string_value(name), json_string_length(name));
	for (size_t i = 1;
	     err == VAULT_OK && i < key.len && may_be_turned(&key); i++) {
		if (key.bytes[i] != ' ')
			continue;
		buf_reset(&turned);
		buf_put(&turned, key.bytes + i + 1, key.len - i - 1);
		buf_put_byte(&turned, ' ');
		buf_put(&turned, key.bytes, i);
		if ((err = buf_ok(&turned)) == VAULT_OK)
			err = add_form(d, &turned, &turned, NAME_TURNED);
		if (err == VAULT_OK)
			err = add_joined(d, &turned, NAME_TURNED);
	}
	buf_free(&key);
	buf_free(&turned);
	return err == VAULT_EUSE ? VAULT_OK : err;
}

/* Add one text, or two with a blank between them. */
static enum vault_err
add_parts(const struct draft *d, const json_t *one, const json_t *two,
    enum name_source source)
{
	struct buf text = { 0 };
	enum vault_err err;

	buf_put(&text, json_string_value(one), json_string_length(one));
	if (two != NULL) {
		buf_put_byte(&text, ' ');
		buf_put(&text, json_string_value(two), json_string_length(two));
	}
	if ((err = buf_ok(&text)) == VAULT_OK)
		err = add_text(d, &text, source);
	buf_free(&text);
	return err;
}

enum vault_err
name_add(struct name_list *list, const json_t *name, size_t entry)
{
	const json_t *text = json_object_get(name, "text");
	const json_t *family = json_object_get(name, "family");
	const json_t *given = json_object_get(name, "given");
	struct draft d = { .list = list,
		.first = list->n,
		.entry = entry,
		.primary = json_is_true(json_object_get(name, "primary")) };
	enum vault_err err = VAULT_OK;

	if (json_is_string(text))
		err = add_parts(&d, text, NULL, NAME_AS_WRITTEN);
	if (err != VAULT_OK)
		return err;
	if (!json_is_string(family) || !json_is_string(given))
		return json_is_string(text) ? add_turned(&d, text) : VAULT_OK;
	err = add_parts(&d, family, given, NAME_COMPOSED);
	if (err == VAULT_OK)
		err = add_parts(&d, given, family, NAME_COMPOSED);
	return err;
}

enum vault_err
name_add_body(struct name_list *list, const json_t *body)
{
	const json_t *names = json_object_get(body, "names");
	const json_t *pseudonym = json_object_get(body, "pseudonym");
	struct draft d = { .list = list };
	enum vault_err err = VAULT_OK;

	for (size_t i = 0; i < json_array_size(names) && err == VAULT_OK; i++)
		err = name_add(list, json_array_get(names, i), i);
	d.first = list->n;
	if (err == VAULT_OK && json_is_string(pseudonym))
		err = add_parts(&d, pseudonym, NULL, NAME_PSEUDONYM);
	return err;
}

const char *
name_display(const json_t *body)
{
	const json_t *names = json_object_get(body, "names");
	const char *text, *first = NULL;

	for (size_t i = 0; i < json_array_size(names); i++) {
		const json_t *name = json_array_get(names, i);

		text = json_string_value(json_object_get(name, "text"));
		if (text == NULL)
			continue;
		if (json_is_true(json_object_get(name, "primary")))
			return text;
		if (first == NULL)
			first = text;
	}
	if (first != NULL)
		return first;
	text = json_string_value(json_object_get(body, "pseudonym"));
	return text == NULL ? "" : text;
}

/* The first line of a text, and of that so much as a list can show. */
static void
put_line(struct buf *out, const char *text)
{
	size_t len = strlen(text), end = 0, n = 0;
	uint32_t cp = 0;

	while (end < len && n < TITLE_CHARACTERS) {
		size_t step = text_next(&cp, text + end, len - end);

		if (step == 0 || cp == '\n' || cp == '\r' || cp == 0x2028 ||
		    cp == 0x2029)
			break;
		end += step;
		n++;
	}
	buf_put(out, text, end);
	if (end < len)
		buf_put_text(out, "\u2026");
}

struct titler {
	struct buf *out;
	const json_t *body;
	const struct model_type *type;
	record_namer namer;
	void *arg;
};

static void
put_link(const struct titler *t, const char *id)
{
	size_t before = t->out->len;

	if (t->namer == NULL || !t->namer(t->arg, t->out, id) ||
	    t->out->len == before)
		buf_put_text(t->out, id);
}

/*
 * A code stands between two of these, "act:torture", until the line is said in
 * a language; what stands before a number ("min 4") has no label that could.
 */
#define CODE_MARK '\x1f'

static void
put_code(struct buf *out, const struct model_field *field, const char *text)
{
	if (field->codes == NULL || strcmp(field->codes->name, "op") == 0 ||
	    model_code(field->codes, text) == NULL)
		put_line(out, text);
	else
		buf_putf(out, "%c%s:%s%c", CODE_MARK, field->codes->name, text,
		    CODE_MARK);
}

/* What one value says in a line; nothing if it is not of a kind for that. */
static void
put_one(const struct titler *t, const struct model_field *field,
    const json_t *value)
{
	const char *text = json_string_value(value);
	const char *ref = json_string_value(json_object_get(value, "ref"));
	const char *words = json_string_value(json_object_get(value, "text"));
	const char *edtf = json_string_value(json_object_get(value, "edtf"));

	if (field->kind == MODEL_NAME)
		words = name_display(t->body);
	if (field->kind == MODEL_LINK)
		ref = text;
	else if (text != NULL)
		words = text;
	else if (edtf != NULL &&
	    (words == NULL || edtf[strspn(edtf, "0123456789-?~")] == '\0'))
		words = edtf; /* else those of the source read better */
	else if (field->kind == MODEL_PLACE && words == NULL)
		words = json_string_value(json_object_get(value, "facility"));
	if (ref != NULL)
		put_link(t, ref);
	else if (text != NULL && field->kind == MODEL_CODE)
		put_code(t->out, field, text);
	else if (words != NULL)
		put_line(t->out, words);
	else if (field->kind == MODEL_INT && json_is_integer(value))
		buf_putf(t->out, "%lld", (long long)json_integer_value(value));
}

/* Of an array the first, and how many more there are. */
static void
put_value(const struct titler *t, const struct model_field *field,
    const json_t *value)
{
	size_t n = json_array_size(value), before = t->out->len;

	if (!field->many || n == 0 || field->kind == MODEL_NAME) {
		put_one(t, field, value);
		return;
	}
	put_one(t, field, json_array_get(value, 0));
	if (n > 1 && t->out->len > before)
		buf_putf(t->out, " +%zu", n - 1);
}

/*
 * Fields with bars between them: the first that says something.  With pluses:
 * all of them.
 */
static void
put_part(const struct titler *t, const char *names, size_t len)
{
	const char *end = names + len;
	size_t start = t->out->len;
	char name[64];

	while (names < end) {
		size_t n = strcspn(names, "|+ "), before = t->out->len, mark;
		const struct model_field *field;

		if (n >= sizeof(name))
			return;
		memcpy(name, names, n);
		name[n] = '\0';
		if (before > start)
			buf_put_byte(t->out, ' ');
		mark = t->out->len;
		field = model_field(t->type, name);
		if (field != NULL)
			put_value(t, field, json_object_get(t->body, name));
		if (t->out->len == mark)
			buf_truncate(t->out, before);
		names += n + 1;
		if (names < end && names[-1] == '|' && t->out->len > start)
			return;
	}
}

static enum vault_err
put_title(struct buf *out, const json_t *body, record_namer namer, void *arg)
{
	const char *name = json_string_value(json_object_get(body, "type"));
	struct buf part = { 0 };
	struct titler t = { &part, body, NULL, namer, arg };
	const char *title;
	bool any = false;

	if (name == NULL || (t.type = model_type(name)) == NULL)
		return buf_ok(out);
	for (title = t.type->title; *title != '\0';) {
		size_t len = strcspn(title, " ");

		put_part(&t, title, len);
		if (part.len > 0) {
			if (any)
				buf_put_text(out, ", ");
			buf_put(out, part.bytes, part.len);
			any = true;
		}
		if (part.failed)
			out->failed = true;
		buf_reset(&part);
		title += len;
		title += strspn(title, " ");
	}
	buf_free(&part);
	return buf_ok(out);
}

enum vault_err
record_title_stored(struct buf *out, const json_t *body)
{
	return put_title(out, body, NULL, NULL);
}

/*
 * The beginning of a label: what it is called before what it means, "missing:
 * whereabouts unknown", and before a comma, which parts a line.
 */
static size_t
short_len(const struct model_code *code, const char *label)
{
	static const char *const colons[] = { ":", "\uff1a" };
	static const char *const commas[] = { ",", "\uff0c" };
	size_t len = strlen(label), name = strlen(code->code);
	bool named = strncmp(code->label, code->code, name) == 0 &&
	    code->label[name] == ':';

	for (size_t i = 0; i < 2; i++) {
		const char *colon = strstr(label, colons[i]);
		const char *comma = strstr(label, commas[i]);

		if (named && colon != NULL && (size_t)(colon - label) < len)
			len = (size_t)(colon - label);
		if (comma != NULL && (size_t)(comma - label) < len)
			len = (size_t)(comma - label);
	}
	return len;
}

/* The label of a code that is marked; false: there is none. */
static bool
say_code(struct buf *out, const char *text, size_t len,
    const struct label_language *labels)
{
	char vocab[32] = "", name[64] = "";
	const char *colon = memchr(text, ':', len), *label = NULL;
	const struct model_vocab *v;
	const struct model_code *code;

	if (colon == NULL || (size_t)(colon - text) >= sizeof(vocab) ||
	    len - (size_t)(colon - text) - 1 >= sizeof(name))
		return false;
	memcpy(vocab, text, (size_t)(colon - text));
	memcpy(name, colon + 1, len - (size_t)(colon - text) - 1);
	if ((v = model_vocab(vocab)) == NULL ||
	    (code = model_code(v, name)) == NULL)
		return false;
	if (labels != NULL)
		label = label_of(labels, vocab, name);
	if (label == NULL)
		label = code->label;
	buf_put(out, label, short_len(code, label));
	return true;
}

enum vault_err
title_say(struct buf *out, const char *stored, size_t len,
    const struct label_language *labels)
{
	const char *end = stored + len;

	while (stored < end) {
		const char *last = *stored != CODE_MARK
		    ? NULL
		    : memchr(stored + 1, CODE_MARK, (size_t)(end - stored - 1));

		if (last != NULL &&
		    say_code(
			out, stored + 1, (size_t)(last - stored - 1), labels))
			stored = last + 1;
		else
			buf_put_byte(out, (uint8_t)*stored++);
	}
	return buf_ok(out);
}

enum vault_err
record_title(struct buf *out, const json_t *body,
    const struct label_language *labels, record_namer namer, void *arg)
{
	struct buf stored = { 0 };
	enum vault_err err = put_title(&stored, body, namer, arg);

	if (err == VAULT_OK)
		err = title_say(out, buf_text(&stored), stored.len, labels);
	buf_free(&stored);
	return err;
}
