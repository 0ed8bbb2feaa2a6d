/* SPDX-License-Identifier: ISC */
/*
 * linked - what links to a record: of several records that are of one person
 * each record once.
 */
#include <stdlib.h>
#include <string.h>

#include "core/buf.h"
#include "figures/linked.h"
#include "record/body.h"
#include "record/model.h"
#include "search/query.h"
#include "store/sql.h"

static enum vault_err
add_linking(struct buf *nums, struct store *s, const char *id)
{
	struct sql *q = sql_open(
	    s, "SELECT num FROM value WHERE field=?1 AND key=?2 ORDER BY num");
	enum vault_err err;
	bool row;

	sql_put_int(q, 1, QUERY_LINK);
	sql_put_text(q, 2, id, ID_TEXT_LEN);
	while ((err = sql_step(q, &row)) == VAULT_OK && row) {
		int64_t num = sql_int(q, 0);

		buf_put(nums, &num, sizeof(num));
	}
	sql_close(q);
	return err == VAULT_OK ? buf_ok(nums) : err;
}

static int
compare(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

enum vault_err
linked_each(struct store *s, const same_id *ids, size_t n,
    enum vault_err (*each)(void *ctx, int64_t num), void *ctx)
{
	struct buf nums = { 0 };
	enum vault_err err = VAULT_OK;
	int64_t *list;
	size_t all;

	for (size_t i = 0; err == VAULT_OK && i < n; i++)
		err = add_linking(&nums, s, ids[i]);
	list = (int64_t *)(void *)nums.bytes;
	all = nums.len / sizeof(*list);
	if (n > 1 && all > 1)
		qsort(list, all, sizeof(*list), compare);
	for (size_t i = 0; err == VAULT_OK && i < all; i++)
		if (i == 0 || list[i] != list[i - 1])
			err = each(ctx, list[i]);
	buf_free(&nums);
	return err;
}

struct looking {
	const char *fields, *id;
	bool found;
};

static enum vault_err
look_at(void *ctx, const char *path, const char *text, size_t len)
{
	struct looking *l = ctx;
	size_t top = strcspn(path, ".[");
	char field[32] = "";

	if (l->found || len != ID_TEXT_LEN || memcmp(text, l->id, len) != 0 ||
	    top >= sizeof(field))
		return VAULT_OK;
	memcpy(field, path, top);
	l->found = model_has_word(l->fields, field);
	return VAULT_OK;
}

enum vault_err
linked_by(bool *out, const json_t *body, const char *fields, const char *id)
{
	struct looking l = { .fields = fields, .id = id };
	enum vault_err err = VAULT_OK;

	if (body != NULL && fields != NULL)
		err = body_links(body, look_at, &l);
	*out = l.found;
	return err;
}
