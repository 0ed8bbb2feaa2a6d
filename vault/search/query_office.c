/* SPDX-License-Identifier: ISC */
/*
 * The offices that a query names.  In the index an office is its signing key,
 * so that it is found under whatever name it has today.
 */
#include <string.h>

#include "core/base64.h"
#include "core/text.h"
#include "search/query.h"
#include "store/sql.h"

/*
 * A name fits a value as a place does: it is the same, or goes on with
 * another word; or it goes on at all, if the value ends in *.
 */
static bool
fits(const char *name, const struct query *q, const struct query_node *n)
{
	if (strncmp(name, buf_text(&q->keys) + n->at, n->len) != 0)
		return false;
	return n->prefix || name[n->len] == '\0' || name[n->len] == ' ';
}

/* Append the key of the office in q's row if its name fits. */
static enum vault_err
try_office(struct buf *out, const struct query *query,
    const struct query_node *n, struct sql *q)
{
	struct buf name = { 0 };
	enum vault_err err;
	const char *text;
	size_t len;

	text = sql_text(q, 0, &len);
	err = text_key(&name, text, len);
	if (err == VAULT_OK && fits(buf_text(&name), query, n)) {
		text = sql_text(q, 1, &len);
		buf_put(out, text, len);
		err = buf_ok(out);
	}
	buf_free(&name);
	/* What is no text is no name that anybody could type. */
	return err == VAULT_EUSE ? VAULT_OK : err;
}

static enum vault_err
resolve(struct query *query, struct query_node *n, struct store *s)
{
	struct sql *q = sql_open(s,
	    "SELECT name,lower(hex(substr(public,1,16))) FROM ("
	    "SELECT name,public FROM office UNION ALL"
	    " SELECT name,public FROM contact UNION ALL"
	    " SELECT o.name,e.public FROM earlier e,office o"
	    " WHERE e.contact=0 UNION ALL"
	    " SELECT c.name,e.public FROM earlier e"
	    " JOIN contact c ON c.num=e.contact)");
	struct buf keys = { 0 };
	enum vault_err err;
	bool row;

	while ((err = sql_step(q, &row)) == VAULT_OK && row)
		if ((err = try_office(&keys, query, n, q)) != VAULT_OK)
			break;
	sql_close(q);
	if (err == VAULT_OK) {
		n->at = query->keys.len;
		n->len = QUERY_OFFICE_LEN;
		n->n = keys.len / QUERY_OFFICE_LEN;
		buf_put(&query->keys, buf_text(&keys), keys.len);
		err = buf_ok(&query->keys);
	}
	buf_free(&keys);
	return err;
}

enum vault_err
query_offices(struct query *query, struct store *s)
{
	enum vault_err err = VAULT_OK;

	for (size_t i = 0; err == VAULT_OK && i < query->n_nodes; i++) {
		struct query_node *n = &query->nodes[i];

		if (n->kind == QUERY_VALUE && n->field == QUERY_OFFICE)
			err = resolve(query, n, s);
	}
	return err;
}
