/* SPDX-License-Identifier: ISC */
/* leaving_help - what the tests of what leaves to other offices share. */
#ifndef LEAVING_HELP_H
#define LEAVING_HELP_H

#include "trio_help.h"

static struct vault_leaving last;

static inline void
note(void *ctx, const struct vault_leaving *l)
{
	(void)ctx;
	last = *l;
	last.title = NULL;
}

static inline enum vault_leaves
leaves_to(const char *to, const char *query)
{
	struct vault_export_what what = {
		.query = query, .query_len = strlen(query), .to = &to, .n_to = 1
	};
	struct vault_export *e;
	const char *which;

	memset(&last, 0, sizeof(last));
	assert_ok(vault_export_new(&e, of(&a), &what, &which, note, NULL));
	vault_export_free(e);
	return last.leaves;
}

static inline enum vault_leaves
leaves(const char *query)
{
	return leaves_to("B", query);
}

/* One record by its id, from one to another. */
static inline void
bring(const struct office *from, const char *to, const struct office *there,
    const char *id)
{
	struct vault_export_what what = {
		.to = &to, .n_to = 1, .include = &id, .n_include = 1
	};
	struct memory m = { 0 };
	struct vault_sink sink = { &m, memory_write, NULL };
	char bundle[VAULT_BUNDLE_LEN];
	struct vault_export *e;
	const char *which;

	assert_ok(vault_export_new(&e, of(from), &what, &which, NULL, NULL));
	assert_ok(vault_export_write(bundle, e, &sink));
	vault_export_free(e);
	assert_ok(import(there, &m));
	memory_free(&m);
}

/* What a bundle of this query would show to its reader, all in one text. */
static inline bool
shows(const char *query, const char *text)
{
	struct memory m, tar;
	bool found = false;

	export(&m, &a, "B", query);
	open_archive(&tar, &b, &m);
	for (size_t i = 0; i + strlen(text) <= tar.len; i++)
		found = found || memcmp(tar.bytes + i, text, strlen(text)) == 0;
	memory_free(&m);
	memory_free(&tar);
	return found;
}

/* Edit what is there, as a person does who changes one text. */
static inline void
change_text(
    const struct office *f, const char *id, const char *from, const char *to)
{
	struct vault_record r;
	struct buf json = { 0 };
	const char *body, *at;

	assert_ok(vault_get(&r, of(f), id));
	body = buf_text(&r.body);
	assert_non_null(at = strstr(body, from));
	buf_put(&json, body, (size_t)(at - body));
	buf_put_text(&json, to);
	buf_put_text(&json, at + strlen(from));
	edit(f, id, buf_text(&json));
	vault_record_free(&r);
	buf_free(&json);
}

/* A body with one id in it, or two. */
static inline const char *
with_ids(const char *form, const char *one, const char *two)
{
	static char text[512];

	snprintf(text, sizeof(text), form, one, two);
	return text;
}

/* A sink that edits a record of A when the first bytes come. */
struct meddler {
	struct memory m;
	const char *id, *json;
};

static inline enum vault_err
meddle(void *ctx, const void *bytes, size_t len)
{
	struct meddler *to = ctx;

	if (to->m.len == 0 && to->json != NULL)
		edit(&a, to->id, to->json);
	return memory_write(&to->m, bytes, len);
}

static struct vault_named named;
static char named_path[64];
static size_t n_named;

static inline void
note_named(void *ctx, const struct vault_named *n)
{
	(void)ctx;
	n_named++;
	named = *n;
	snprintf(named_path, sizeof(named_path), "%s", n->field);
}

/* A person of level 1, called so. */
static inline void
add_called(char *id, const char *name)
{
	char json[256];

	snprintf(json, sizeof(json),
	    "{\"type\":\"person\",\"level\":1,\"names\":[{\"text\":\"%s\"}]}",
	    name);
	add(id, &a, json);
}

/* A consent of theirs with these further members; by is who records it. */
static inline void
consent(const struct office *by, const char *person, const char *members)
{
	char id[VAULT_ID_LEN], json[512];

	snprintf(json, sizeof(json),
	    "{\"type\":\"consent\",\"level\":1,\"person\":\"%s\",%s}", person,
	    members);
	add(id, by, json);
	if (by != &a)
		bring(by, "A", &a, id);
}

/* Export an act of this description to B; what it said. */
static inline enum vault_err
send_described(const char *id, bool confirm)
{
	static const char *const to[] = { "B" };
	struct memory m = { 0 };
	struct vault_sink sink = { &m, memory_write, NULL };
	struct vault_export_what what = { .to = to,
		.n_to = 1,
		.include = &id,
		.n_include = 1,
		.named = note_named };
	char bundle[VAULT_BUNDLE_LEN];
	struct vault_export *e;
	enum vault_err err;
	const char *which;

	n_named = 0;
	assert_ok(vault_export_new(&e, of(&a), &what, &which, NULL, NULL));
	if (confirm)
		vault_export_confirm_parts(e);
	err = vault_export_write(bundle, e, &sink);
	assert_true(err == VAULT_OK || m.len == 0);
	vault_export_free(e);
	memory_free(&m);
	return err;
}

/* A consent of A's whose id is wanted. */
static inline void
consent_id(char *id, const char *person, const char *members)
{
	char json[512];

	snprintf(json, sizeof(json),
	    "{\"type\":\"consent\",\"level\":1,\"person\":\"%s\",%s}", person,
	    members);
	add(id, &a, json);
}

#define STORE_ONLY                                                             \
	"\"scopes\":[\"store\"],\"naming\":\"none\",\"date\":{\"edtf\":\"%"    \
	"s\"}"
#define PARTNER                                                                \
	"\"scopes\":[\"partner\"],\"naming\":\"full\","                        \
	"\"date\":{\"edtf\":\"2020\"}"

#endif
