/* SPDX-License-Identifier: ISC */
/*
 * body_parts - taking the private fields out of a body, so that they can stay
 * behind, and putting them back.  Whatever was parted can be joined to the
 * same object again: what is taken out leaves nothing empty behind, and what
 * was empty before stays.
 */
#include <string.h>

#include "core/mem.h"
#include "record/body.h"
#include "record/body_inner.h"
#include "record/json.h"

/* Copy what is in from; VAULT_EDAMAGED if it is there and no object. */
static enum vault_err
merge(json_t *into, const json_t *from)
{
	enum vault_err err = VAULT_OK;
	const char *name;
	json_t *value;

	json_object_foreach(body_loose(from), name, value)
	{
		json_t *there = json_object_get(into, name);

		if (there == NULL)
			err = json_object_set_new(
				  into, name, json_deep_copy(value)) == 0
			    ? VAULT_OK
			    : VAULT_ENOMEM;
		else if (json_is_object(there) && json_is_object(value))
			err = merge(there, value);
		else
			err = VAULT_EDAMAGED;
		if (err != VAULT_OK)
			break;
	}
	return err;
}

static enum vault_err hide(json_t *from, json_t *to, const char *path);

/* Move one member; what lies deeper may have been moved before it. */
static enum vault_err
hide_whole(json_t *from, json_t *to, const char *name)
{
	json_t *value = json_object_get(from, name);
	json_t *there = json_object_get(to, name);
	enum vault_err err = VAULT_OK;

	if (there != NULL)
		err = merge(there, value);
	else if (json_object_set(to, name, value) != 0)
		err = VAULT_ENOMEM;
	if (err != VAULT_OK)
		return err;
	return json_object_del(from, name) == 0 ? VAULT_OK : VAULT_ENOMEM;
}

static enum vault_err
hide_inside(json_t *from, json_t *to, const char *name, const char *rest)
{
	json_t *value = json_object_get(from, name);
	json_t *there = json_incref(json_object_get(to, name));
	enum vault_err err = VAULT_ENOMEM;

	if (there == NULL && (there = json_object()) == NULL)
		return VAULT_ENOMEM;
	if ((err = hide(value, there, rest)) != VAULT_OK)
		goto out;
	err = VAULT_ENOMEM;
	if (json_object_size(there) > 0) {
		if (json_object_set(to, name, there) != 0)
			goto out;
		/* Nothing empty stays behind. */
		if (json_object_size(value) == 0 &&
		    json_object_del(from, name) != 0)
			goto out;
	}
	err = VAULT_OK;
out:
	json_decref(there);
	return err;
}

/* Move what path names from one object to the other, if it is there. */
static enum vault_err
hide(json_t *from, json_t *to, const char *path)
{
	size_t len = strcspn(path, ".");
	enum vault_err err = VAULT_OK;
	char *name = mem_textn(path, len);
	const json_t *value;

	if (name == NULL)
		return VAULT_ENOMEM;
	value = json_object_get(from, name);
	if (value != NULL && path[len] == '\0')
		err = hide_whole(from, to, name);
	else if (json_is_object(value))
		err = hide_inside(from, to, name, path + len + 1);
	mem_free(name);
	return err;
}

/* Fields that the program acts on stay where it finds them. */
static bool
may_hide(const char *path)
{
	size_t len = strcspn(path, ".");
	const struct model_field *field = NULL;

	while ((field = model_next_field(model_next_type(NULL), field)) != NULL)
		if (field->obeyed && strlen(field->name) == len &&
		    memcmp(field->name, path, len) == 0)
			return false;
	return true;
}

/* Paths that are deeper than any body would only cost stack. */
static bool
is_deep(const char *path)
{
	size_t dots = 0;

	for (; *path != '\0'; path++)
		dots += *path == '.';
	return dots > 32;
}

bool
body_hides(const json_t *whole, const char *path)
{
	const json_t *at = whole;

	if (!may_hide(path) || is_deep(path))
		return false;
	for (;;) {
		size_t len = strcspn(path, ".");

		at = json_object_getn(at, path, len);
		if (at == NULL || path[len] == '\0')
			return at != NULL;
		path += len + 1;
	}
}

enum vault_err
body_idle_paths(struct buf *out, const json_t *whole)
{
	const json_t *names = json_object_get(whole, "private_fields");

	for (size_t i = 0; i < json_array_size(names); i++) {
		const char *path = json_string_value(json_array_get(names, i));

		if (path == NULL || body_hides(whole, path))
			continue;
		buf_put_text(out, path);
		buf_put_byte(out, '\n');
	}
	return buf_ok(out);
}

/* More places to end at than a path has that any body obeys. */
#define ENDS_MAX 64

/* Is path, or what it lies in, in a set of paths? */
static bool
is_within(const json_t *set, const char *path)
{
	size_t n = 0;

	for (unsigned i = 0; i < ENDS_MAX; i++, n++) {
		n += strcspn(path + n, ".[");
		if (json_object_getn(set, path, n) != NULL)
			return true;
		if (path[n] == '\0')
			return false;
	}
	return json_object_get(set, path) != NULL;
}

/*
 * What is private is so in other languages, too: is a translation of one of
 * these paths, of something in it or around it?
 */
static enum vault_err
any_translated(bool *out, const json_t *whole, const json_t *paths)
{
	const json_t *all = json_object_get(whole, "translations");
	json_t *fields = json_object(), *value;
	bool good = fields != NULL;
	const char *path;

	*out = false;
	for (size_t i = 0; good && i < json_array_size(all); i++) {
		const char *field = json_string_value(
		    json_object_get(json_array_get(all, i), "field"));

		if (field == NULL)
			continue;
		good = json_put_text(fields, field, strlen(field));
		*out = *out || is_within(paths, field);
	}
	json_object_foreach(body_loose(paths), path, value) *out = *out ||
	    is_within(fields, path);
	json_decref(fields);
	return good ? VAULT_OK : VAULT_ENOMEM;
}

/* Move what the names say; paths is a set of those that may be moved. */
static enum vault_err
hide_all(json_t *rest, json_t *hidden, const json_t *whole, json_t *paths)
{
	const json_t *names = json_object_get(whole, "private_fields");
	bool translated;
	enum vault_err err;

	for (size_t i = 0; i < json_array_size(names); i++) {
		const char *path = json_string_value(json_array_get(names, i));

		if (path == NULL || !may_hide(path) || is_deep(path))
			continue;
		if ((err = hide(rest, hidden, path)) != VAULT_OK)
			return err;
		if (!json_put_text(paths, path, strlen(path)))
			return VAULT_ENOMEM;
	}
	if ((err = any_translated(&translated, whole, paths)) != VAULT_OK)
		return err;
	return translated ? hide(rest, hidden, "translations") : VAULT_OK;
}

enum vault_err
body_split(json_t **body, json_t **private, const json_t *whole)
{
	json_t *rest = NULL, *hidden = NULL, *paths = NULL;
	enum vault_err err = VAULT_ENOMEM;

	*body = NULL;
	*private = NULL;
	if (!json_is_object(whole))
		return VAULT_EUSE;
	if ((rest = json_deep_copy(whole)) == NULL ||
	    (hidden = json_object()) == NULL || (paths = json_object()) == NULL)
		goto out;
	if ((err = hide_all(rest, hidden, whole, paths)) != VAULT_OK)
		goto out;
	*body = rest;
	rest = NULL;
	if (json_object_size(hidden) > 0) {
		*private = hidden;
		hidden = NULL;
	}
out:
	json_decref(rest);
	json_decref(hidden);
	json_decref(paths);
	return err;
}

/* Nobody but somebody with ill will hides what the program acts on. */
static bool
hides_obeyed(const json_t *private)
{
	const char *name;
	json_t *value;

	json_object_foreach(body_loose(private), name, value)
	{
		if (!may_hide(name))
			return true;
	}
	return false;
}

enum vault_err
body_join(json_t **whole, const json_t *body, const json_t *private)
{
	enum vault_err err = VAULT_ENOMEM;
	json_t *joined = NULL;

	*whole = NULL;
	if (!json_is_object(body) ||
	    (private != NULL &&
		(!json_is_object(private) || hides_obeyed(private))))
		return VAULT_EDAMAGED;
	if ((joined = json_deep_copy(body)) == NULL)
		return err;
	if (private == NULL || (err = merge(joined, private)) == VAULT_OK) {
		*whole = joined;
		joined = NULL;
		err = VAULT_OK;
	}
	json_decref(joined);
	return err;
}

/* ---- Earlier private parts ---- */

/* Put in what from has; what is there stays, unless over. */
static enum vault_err
fill(json_t *into, const json_t *from, bool over)
{
	enum vault_err err = VAULT_OK;
	const char *name;
	json_t *value;

	json_object_foreach(body_loose(from), name, value)
	{
		json_t *there = json_object_get(into, name);

		if (json_is_object(there) && json_is_object(value))
			err = fill(there, value, over);
		else if (there == NULL || over)
			err = json_object_set_new(
				  into, name, json_deep_copy(value)) == 0
			    ? VAULT_OK
			    : VAULT_ENOMEM;
		if (err != VAULT_OK)
			break;
	}
	return err;
}

static bool
has_path(const json_t *at, const char *path)
{
	size_t len = strcspn(path, ".");

	at = json_object_getn(at, path, len);
	return at != NULL &&
	    (path[len] == '\0' || has_path(at, path + len + 1));
}

/* What was private stays so: its path is named. */
static enum vault_err
keep_private(json_t *whole, const json_t *part, const json_t *names)
{
	json_t *have = json_object_get(whole, "private_fields");
	json_t *more = json_array();
	bool good = more != NULL;

	for (size_t i = 0; good && i < json_array_size(names); i++) {
		json_t *name = json_array_get(names, i);
		const char *path = json_string_value(name);

		if (path != NULL && may_hide(path) && !is_deep(path) &&
		    has_path(part, path))
			good = json_array_append(more, name) == 0;
	}
	if (good && json_array_size(more) > 0 && !json_is_array(have)) {
		have = json_array();
		good = json_object_set_new(whole, "private_fields", have) == 0;
	}
	if (good && json_array_size(more) > 0)
		good = json_add_texts(have, more);
	json_decref(more);
	return good ? VAULT_OK : VAULT_ENOMEM;
}

enum vault_err
body_inherit(json_t *whole, const json_t *part, const json_t *names, bool over)
{
	enum vault_err err = VAULT_OK;
	json_t *open = NULL, *taken = NULL, *only;

	if (!json_is_array(names) || !json_is_object(part))
		return VAULT_OK;
	if ((only = json_object()) == NULL)
		return VAULT_ENOMEM;
	/* Of a part by whoever, only what could have been taken out. */
	if (json_object_set(only, "private_fields", body_loose(names)) != 0 ||
	    json_object_update_missing(only, body_loose(part)) != 0)
		err = VAULT_ENOMEM;
	if (err == VAULT_OK)
		err = body_split(&open, &taken, only);
	if (err == VAULT_OK && taken != NULL &&
	    (err = fill(whole, taken, over)) == VAULT_OK)
		err = keep_private(whole, taken, names);
	json_decref(open);
	json_decref(taken);
	json_decref(only);
	return err;
}
