/* SPDX-License-Identifier: ISC */
/* doubles - a figure of persons is too high where one has two records. */
#include <stdlib.h>
#include <string.h>

#include "figures/doubles.h"
#include "record/rows.h"
#include "search/alike.h"

/* Of more pairs it is known well enough that there are many. */
#define PAIRS_MAX 20000

const char *
doubles_first(size_t *records, const struct same *same, const char *id)
{
	const same_id *ids = same_person(records, same, id);

	if (*records > 0)
		return ids[0];
	*records = 1;
	return id;
}

static int
compare(const void *a, const void *b)
{
	return memcmp(a, b, ID_LEN);
}

/* The record of a pair, as text; is the person among those counted? */
static enum vault_err
look_for(bool *found, char id[static ID_TEXT_LEN + 1], struct store *s,
    const struct same *same, const struct buf *counted, int64_t num)
{
	struct record_row r;
	uint8_t bytes[ID_LEN];
	enum vault_err err;
	size_t n;

	*found = false;
	if ((err = rows_get(&r, s, num)) != VAULT_OK)
		return err;
	id_print(id, r.id);
	err = id_parse(bytes, doubles_first(&n, same, id), ID_TEXT_LEN);
	*found = err == VAULT_OK && counted->len > 0 &&
	    bsearch(bytes, counted->bytes, counted->len / ID_LEN, ID_LEN,
		compare) != NULL;
	return err;
}

static enum vault_err
count_pair(uint64_t *out, struct store *s, const struct same *same,
    const struct buf *counted, const struct alike_pair *pair)
{
	char a[ID_TEXT_LEN + 1], b[ID_TEXT_LEN + 1];
	enum same_said said;
	enum vault_err err;
	bool found;

	if ((err = look_for(&found, a, s, same, counted, pair->a)) !=
		VAULT_OK ||
	    !found ||
	    (err = look_for(&found, b, s, same, counted, pair->b)) !=
		VAULT_OK ||
	    !found)
		return err;
	said = same_said(same, a, b);
	*out += said != SAME_IS && said != SAME_IS_NOT;
	return VAULT_OK;
}

enum vault_err
doubles_count(uint64_t *out, struct store *s, const struct same *same,
    struct buf *counted)
{
	struct buf pairs = { 0 };
	const struct alike_pair *list;
	enum vault_err err;
	size_t n;
	bool cut;

	*out = 0;
	if ((err = buf_ok(counted)) != VAULT_OK || counted->len <= ID_LEN)
		return err;
	qsort(counted->bytes, counted->len / ID_LEN, ID_LEN, compare);
	err = alike_quick(&pairs, &cut, s, same);
	list = (const struct alike_pair *)(const void *)pairs.bytes;
	n = pairs.len / sizeof(*list);
	for (size_t i = 0; err == VAULT_OK && i < n && i < PAIRS_MAX &&
	     *out < VAULT_DOUBLES_MAX;
	     i++)
		err = count_pair(out, s, same, counted, &list[i]);
	buf_free(&pairs);
	return err;
}
