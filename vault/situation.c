/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "inside.h"
#include "record/heads.h"
#include "search/query.h"
#include "situation.h"
#include "store/sql.h"
#include "store/store.h"

/* When it was first written down, by whoever did. */
static enum vault_err
first_time(int64_t *out, struct store *s, const struct record_row *r)
{
	struct sql *q = sql_open(
	    s, "SELECT min(time) FROM version WHERE record=?1");
	enum vault_err err;
	bool row;

	sql_put_int(q, 1, r->num);
	err = sql_step(q, &row);
	*out = err == VAULT_OK && row ? sql_int(q, 0) : 0;
	sql_close(q);
	return err;
}

enum vault_err
situation_read(struct status *out, struct store *s, const struct record_row *r)
{
	struct merged m;
	enum vault_err err;

	*out = (struct status){ .out = STATUS_UNREAD, .level = 3 };
	if ((err = heads_merge(&m, s, r)) != VAULT_OK)
		return err;
	if (m.body != NULL &&
	    (err = status_read(out, m.body)) == VAULT_EDAMAGED) {
		out->out = STATUS_UNREAD;
		err = VAULT_OK;
	}
	merged_free(&m);
	id_print(out->id, r->id);
	return err == VAULT_OK ? first_time(&out->known, s, r) : err;
}

enum vault_err
situation_links(struct store *s, const char id[static ID_TEXT_LEN + 1],
    enum vault_err (*each)(void *ctx, const struct record_row *r), void *ctx)
{
	struct sql *q = sql_open(
	    s, "SELECT num FROM value WHERE field=?1 AND key=?2 ORDER BY num");
	struct record_row r;
	enum vault_err err;
	bool row;

	sql_put_int(q, 1, QUERY_LINK);
	sql_put_text(q, 2, id, ID_TEXT_LEN);
	while ((err = sql_step(q, &row)) == VAULT_OK && row)
		if ((err = rows_get(&r, s, sql_int(q, 0))) != VAULT_OK ||
		    (err = each(ctx, &r)) != VAULT_OK)
			break;
	sql_close(q);
	return err;
}

struct gathering {
	struct store *s;
	struct buf *out;
	const char *person;
};

static enum vault_err
gather(void *ctx, const struct record_row *r)
{
	const struct gathering *g = ctx;
	struct status status;
	enum vault_err err;

	if (strcmp(r->type, "status") != 0)
		return VAULT_OK;
	if ((err = situation_read(&status, g->s, r)) != VAULT_OK)
		return err;
	/* It may link to this person otherwise: as an authority. */
	if (status.out == STATUS_UNREAD ||
	    strcmp(status.person, g->person) == 0)
		buf_put(g->out, &status, sizeof(status));
	return buf_ok(g->out);
}

enum vault_err
situation_of(
    struct buf *out, struct store *s, const char person[static ID_TEXT_LEN + 1])
{
	struct gathering g = { s, out, person };

	return situation_links(s, person, gather, &g);
}
