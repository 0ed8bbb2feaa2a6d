/* SPDX-License-Identifier: ISC */
/*
 * From the tree of a query to SQL.
 *
 * What the full-text index can answer alone becomes one MATCH: words, AND and
 * OR of them, and NOT beside something positive.  The rest are subqueries.
 *
 * 1. No byte of the query stands in the SQL: text travels as a parameter.
 * 2. In a MATCH it stands between double quotes only, its own doubled.
 */
#include <string.h>

#include "core/mem.h"
#include "core/text.h"
#include "search/letter.h"
#include "search/query.h"

/* A hit in a name says more than one in a title, and that more than text. */
#define WEIGHTS "1.0, 8.0, 4.0" /* body, names, title */

/* After any text that begins with the same bytes, as bytes compare. */
#define LAST_CODE_POINT "\xf4\x8f\xbf\xbf"

/* What is asked for together (records.md, 5.1), as text_key() has it. */
static const char in_custody[] =
    "'located', 'held', 'held admin', 'held crim', 'arrested', 'house', "
    "'psych', 'black jail', 'charged', 'tried', 'sentenced'";

/* Who types more words does not type a name. */
#define NAME_WORDS_MAX 12

struct maker {
	const struct query *q;
	struct query_sql *out;
	bool match[QUERY_NODES_MAX]; /* can be in a MATCH, or be one */
};

static const struct query_node *
node_at(const struct maker *m, int node)
{
	return node == QUERY_NONE ? NULL : &m->q->nodes[node];
}

/* ---- Parameters ---- */

static void
add_param(struct maker *m, struct query_param param)
{
	struct query_sql *out = m->out;
	struct query_param *params;

	params = mem_realloc(
	    out->params, (out->n_params + 1) * sizeof(*out->params));
	if (params == NULL) {
		out->from.failed = true;
		return;
	}
	out->params = params;
	out->params[out->n_params++] = param;
}

static void
add_number(struct maker *m, int64_t number)
{
	add_param(m, (struct query_param){ .number = number });
}

/* A parameter of the text that was appended to out->text since at. */
static void
add_text(struct maker *m, size_t at)
{
	add_param(m,
	    (struct query_param){
		.is_text = true, .at = at, .len = m->out->text.len - at });
}

/* The key of a value, with something after it. */
static void
add_key(struct maker *m, const struct query_node *n, const char *after)
{
	size_t at = m->out->text.len;

	buf_put(&m->out->text, buf_text(&m->q->keys) + n->at, n->len);
	buf_put_text(&m->out->text, after);
	add_text(m, at);
}

/* ---- What the full-text index can answer ---- */

static bool
is_match(const struct maker *m, const struct query_node *n)
{
	return m->match[n - m->q->nodes];
}

/* True if n can stand after the NOT of a MATCH. */
static bool
is_unmatch(const struct maker *m, const struct query_node *n)
{
	return n->kind == QUERY_NOT && is_match(m, node_at(m, n->child));
}

/* True if any child of n, an AND or OR, can be in a MATCH. */
static bool
has_match(const struct maker *m, const struct query_node *n)
{
	const struct query_node *child = node_at(m, n->child);

	while (child != NULL && !is_match(m, child))
		child = node_at(m, child->next);
	return child != NULL;
}

/* As is_match, from what is known of the children of n. */
static bool
find_match(const struct maker *m, const struct query_node *n)
{
	const struct query_node *child = node_at(m, n->child);

	if (n->kind == QUERY_WORDS)
		return true;
	if ((n->kind != QUERY_AND && n->kind != QUERY_OR) || !has_match(m, n))
		return false;
	for (; child != NULL; child = node_at(m, child->next))
		if (!is_match(m, child) &&
		    (n->kind == QUERY_OR || !is_unmatch(m, child)))
			return false;
	return true;
}

static void
put_phrase(struct buf *to, const char *text, size_t len, bool prefix)
{
	buf_put_byte(to, '"');
	for (size_t i = 0; i < len; i++) {
		/* date:"x" is words, with its quotes, if x is no date. */
		if (text[i] == '"')
			buf_put_byte(to, '"');
		buf_put_byte(to, (uint8_t)text[i]);
	}
	buf_put_text(to, prefix ? "\" *" : "\"");
}

/*
 * What stands from one node to another as one word of a name: who types "guang
 * hong" means Guanghong too.  Nothing if it is one word anyway.
 */
static void
put_run(struct maker *m, const struct query_node *first,
    const struct query_node *last)
{
	struct buf key = { 0 }, joined = { 0 }, *to = &m->out->text;
	const char *text = buf_text(&m->q->text);
	const struct query_node *n = first;

	for (;; n = node_at(m, n->next)) {
		if (text_key(&key, text + n->at, n->len) != VAULT_OK)
			to->failed = true;
		if (n == last)
			break;
		buf_put_byte(&key, ' ');
	}
	if (memchr(buf_text(&key), ' ', key.len) != NULL) {
		if (text_key_joined(&joined, buf_text(&key), key.len) !=
		    VAULT_OK)
			to->failed = true;
		buf_put_text(to, " OR names : ");
		put_phrase(to, buf_text(&joined), joined.len, last->prefix);
	}
	buf_free(&key);
	buf_free(&joined);
}

/* True if the words of n, several, may be a name. */
static bool
is_name(const struct maker *m, const struct query_node *n)
{
	return n->n > 1 && n->n <= NAME_WORDS_MAX && n->field != QUERY_TITLE &&
	    memchr(buf_text(&m->q->text) + n->at, '*', n->len) == NULL;
}

/* True if b, the node behind a, may be the rest of a name that a begins. */
static bool
goes_on(const struct query_node *a, const struct query_node *b)
{
	return a->kind == QUERY_WORDS && a->field != QUERY_TITLE &&
	    !a->prefix && b != NULL && b->kind == QUERY_WORDS &&
	    b->field == a->field;
}

/* How many words there are in a node, and in those behind it. */
static size_t
count_words(const struct maker *m, const struct query_node *n)
{
	size_t words = 0;

	for (; n != NULL; n = node_at(m, n->next))
		if (n->kind == QUERY_WORDS)
			words += n->n;
	return words;
}

/* Each run of a few children of an AND beside each other that has n in it. */
static void
put_runs(struct maker *m, const struct query_node *parent,
    const struct query_node *n)
{
	const struct query_node *first = node_at(m, parent->child), *last;
	bool before = true;

	for (; before; first = node_at(m, first->next)) {
		before = first != n;
		last = first;
		for (int i = 1, seen = !before;
		     i < QUERY_RUN_MAX && goes_on(last, node_at(m, last->next));
		     i++) {
			last = node_at(m, last->next);
			seen |= last == n;
			if (seen)
				put_run(m, first, last);
		}
	}
}

/* Words; and what they may be a part of, among the children of an AND. */
static void
put_words(struct maker *m, const struct query_node *n,
    const struct query_node *parent)
{
	const struct query *q = m->q;
	struct buf *to = &m->out->text;
	bool prefix = n->prefix || q->words[n->word + n->n - 1].single;

	if (n->field == QUERY_NAME)
		buf_put_text(to, "names : ");
	else if (n->field == QUERY_TITLE)
		buf_put_text(to, "title : ");
	buf_put_byte(to, '(');
	put_phrase(to, buf_text(&q->text) + n->at, n->len, prefix);

	/* O'Brien also finds OBrien, which has no parts. */
	if (n->joined_len > 0) {
		buf_put_text(to, " OR ");
		put_phrase(to, buf_text(&q->keys) + n->joined, n->joined_len,
		    n->prefix);
	} else if (is_name(m, n)) {
		put_run(m, n, n);
	}
	if (parent != NULL && parent->kind == QUERY_AND &&
	    count_words(m, node_at(m, parent->child)) <= NAME_WORDS_MAX)
		put_runs(m, parent, n);
	buf_put_byte(to, ')');
}

static void put_match(struct maker *m, const struct query_node *n,
    const struct query_node *parent);

/* Those children of an AND or OR that can be in a MATCH, or after its NOT. */
static void
put_matches(struct maker *m, const struct query_node *n, const char *between)
{
	const struct query_node *first = node_at(m, n->child), *child;
	struct buf *to = &m->out->text;
	const char *before = "(";
	bool any = false;

	for (child = first; child != NULL; child = node_at(m, child->next))
		if (is_match(m, child)) {
			buf_put_text(to, before);
			put_match(m, child, n);
			before = between;
		}
	buf_put_byte(to, ')');

	for (child = first; child != NULL; child = node_at(m, child->next))
		if (n->kind == QUERY_AND && is_unmatch(m, child)) {
			buf_put_text(to, any ? " OR " : " NOT (");
			put_match(m, node_at(m, child->child), NULL);
			any = true;
		}
	if (any)
		buf_put_byte(to, ')');
}

static void
put_match(struct maker *m, const struct query_node *n,
    const struct query_node *parent)
{
	if (n->kind == QUERY_WORDS)
		put_words(m, n, parent);
	else
		put_matches(m, n, n->kind == QUERY_AND ? " AND " : " OR ");
}

/* n as a parameter: all of it that can be in a MATCH. */
static void
add_match(struct maker *m, const struct query_node *n)
{
	size_t at = m->out->text.len;

	put_match(m, n, NULL);
	add_text(m, at);
}

/* True if n is among the words that say how good a hit is. */
static bool
is_ranking(const struct query_node *n)
{
	return n->kind == QUERY_WORDS && n->positive;
}

static void
add_ranking(struct maker *m)
{
	size_t at = m->out->text.len;

	for (size_t i = 0; i < m->q->n_nodes; i++) {
		if (!is_ranking(&m->q->nodes[i]))
			continue;
		if (m->out->text.len > at)
			buf_put_text(&m->out->text, " OR ");
		put_words(m, &m->q->nodes[i], NULL);
	}
	add_text(m, at);
}

/* ---- Everything else ---- */

static bool
is_key(const struct maker *m, const struct query_node *n, const char *key)
{
	return n->len == strlen(key) &&
	    memcmp(buf_text(&m->q->keys) + n->at, key, n->len) == 0;
}

/* True if the key ends in a script without spaces. */
static bool
ends_spaceless(const struct maker *m, const struct query_node *n)
{
	const char *key = buf_text(&m->q->keys) + n->at;
	size_t i = n->len - 1;
	uint32_t cp;

	while (i > 0 && ((uint8_t)key[i] & 0xc0) == 0x80)
		i--;
	if (text_next(&cp, key + i, n->len - i) == 0)
		return false;
	return letter_of(cp) == LETTER_UNIT || letter_of(cp) == LETTER_MARK;
}

/* The keys that query_offices has found; none: nothing is found. */
static void
put_office(struct maker *m, const struct query_node *n)
{
	struct query_node one = *n;

	buf_put_text(&m->out->from,
	    "item.num IN (SELECT num FROM value WHERE field = ? AND key IN (");
	add_number(m, (int64_t)n->field);
	for (size_t i = 0; i < n->n; i++) {
		buf_put_text(&m->out->from, i > 0 ? ", ?" : "?");
		add_key(m, &one, "");
		one.at += n->len;
	}
	buf_put_text(&m->out->from, "))");
}

static void
put_value(struct maker *m, const struct query_node *n)
{
	struct buf *sql = &m->out->from;
	bool whole = !n->prefix;

	if (n->field == QUERY_OFFICE) {
		put_office(m, n);
		return;
	}

	/* Places: "Beijing" finds "Beijing, Haidian", and 北京 finds 北京市. */
	if (n->field == QUERY_PLACE && whole && ends_spaceless(m, n))
		whole = false;

	buf_put_text(sql, "item.num IN (SELECT num FROM value WHERE field = ?");
	add_number(m, (int64_t)n->field);
	if (!whole) {
		buf_put_text(sql, " AND key >= ? AND key < ?");
		add_key(m, n, "");
		add_key(m, n, LAST_CODE_POINT);
	} else if (n->field == QUERY_STATUS && is_key(m, n, "in custody")) {
		buf_putf(sql, " AND key IN (%s)", in_custody);
	} else {
		buf_put_text(sql, " AND key = ?");
		add_key(m, n, "");
	}
	if (n->field == QUERY_PLACE && whole) {
		buf_put_text(sql,
		    " UNION ALL SELECT num FROM value"
		    " WHERE field = ? AND key >= ? AND key < ?");
		add_number(m, (int64_t)n->field);
		add_key(m, n, " ");
		add_key(m, n, " " LAST_CODE_POINT);
	}
	buf_put_byte(sql, ')');
}

static int64_t
day_number(int64_t day)
{
	if (day < INT32_MIN)
		day = INT32_MIN;
	return QUERY_DAY_ZERO + (day > INT32_MAX ? INT32_MAX : day);
}

static void
put_days(struct maker *m, const struct query_node *n)
{
	struct buf *sql = &m->out->from;

	buf_put_text(sql, "item.num IN (SELECT num FROM value WHERE field = ?");
	add_number(m, n->field == QUERY_DATE ? QUERY_DAY : (int)n->field);
	if (n->hi != INT64_MAX) {
		/* 'g' stands behind all digits, whatever the last day is. */
		buf_put_text(
		    sql, " AND key <= format('" QUERY_DAY_FORM "g',?)");
		add_number(m, day_number(n->hi));
	}
	if (n->lo != INT64_MIN) {
		buf_put_text(sql,
		    " AND substr(key,9) >= format('" QUERY_DAY_FORM "',?)");
		add_number(m, day_number(n->lo));
	}
	buf_put_byte(sql, ')');
}

static void put_sql(struct maker *m, const struct query_node *n);

/*
 * The children of an AND or OR, those that a MATCH has taken care of left
 * out; each with before in front.
 */
static void
put_others(struct maker *m, const struct query_node *n, const char *before,
    const char *between)
{
	const struct query_node *child = node_at(m, n->child);
	bool any = has_match(m, n);

	for (; child != NULL; child = node_at(m, child->next)) {
		if (is_match(m, child) ||
		    (any && n->kind == QUERY_AND && is_unmatch(m, child)))
			continue;
		buf_put_text(&m->out->from, before);
		put_sql(m, child);
		before = between;
	}
}

static void
put_in_match(struct maker *m, const struct query_node *n)
{
	buf_put_text(&m->out->from,
	    "item.num IN (SELECT rowid FROM find WHERE find MATCH ?)");
	add_match(m, n);
}

/* n as an expression. */
static void
put_sql(struct maker *m, const struct query_node *n)
{
	const char *between = n->kind == QUERY_AND ? " AND " : " OR ";
	struct buf *sql = &m->out->from;
	bool any;

	switch (n->kind) {
	case QUERY_WORDS:
		put_in_match(m, n);
		break;
	case QUERY_VALUE:
		put_value(m, n);
		break;
	case QUERY_DAYS:
		put_days(m, n);
		break;
	case QUERY_NOT:
		buf_put_text(sql, "NOT (");
		put_sql(m, node_at(m, n->child));
		buf_put_byte(sql, ')');
		break;
	case QUERY_AND:
	case QUERY_OR:
		buf_put_byte(sql, '(');
		if ((any = has_match(m, n)))
			put_in_match(m, n);
		put_others(m, n, any ? between : "", between);
		buf_put_byte(sql, ')');
		break;
	}
}

/*
 * FTS5 drives, the join only adds columns of item.  A pure MATCH is sorted
 * inside FTS5; with further conditions only what passes them is ranked.
 */
static void
put_matching(struct maker *m, const struct query_node *root)
{
	struct buf *sql = &m->out->from;

	buf_put_text(sql,
	    "find CROSS JOIN item ON item.num = find.rowid"
	    " WHERE find MATCH ?");
	add_match(m, root);
	if (is_match(m, root)) {
		buf_put_text(sql, " AND find.rank MATCH 'bm25(" WEIGHTS ")'");
		m->out->rank = "find.rank";
		/* To look up item for every hit would take most of the time. */
		m->out->count = "find WHERE find MATCH ?";
		return;
	}
	put_others(m, root, " AND ", " AND ");
	m->out->rank = "bm25(find, " WEIGHTS ")";
}

/* Words alone decide nothing here, but what has them comes first. */
static void
put_items(struct maker *m)
{
	bool ranking = false;

	for (size_t i = 0; i < m->q->n_nodes; i++)
		ranking |= is_ranking(&m->q->nodes[i]);
	buf_put_text(&m->out->from, "item");
	if (!ranking)
		return;

	/* LIMIT keeps SQLite from asking FTS5 once for every item. */
	buf_put_text(&m->out->from,
	    " LEFT JOIN (SELECT rowid AS num, bm25(find, " WEIGHTS ") AS score"
	    " FROM find WHERE find MATCH ? LIMIT -1) AS hit"
	    " ON hit.num = item.num");
	add_ranking(m);
	m->out->rank = "coalesce(hit.score, 0)";
}

enum vault_err
query_sql(struct query_sql *out, const struct query *query)
{
	struct maker m = { .q = query, .out = out };
	const struct query_node *root;

	*out = (struct query_sql){ 0 };
	/* Children have smaller numbers than what is above them. */
	for (size_t i = 0; i < query->n_nodes; i++)
		m.match[i] = find_match(&m, &query->nodes[i]);
	root = node_at(&m, query->root);
	if (root != NULL &&
	    (is_match(&m, root) ||
		(root->kind == QUERY_AND && has_match(&m, root)))) {
		put_matching(&m, root);
	} else {
		put_items(&m);
		buf_put_text(&out->from, " WHERE ");
		if (root != NULL)
			put_sql(&m, root);
		else
			buf_put_byte(&out->from, '1');
	}
	if (buf_ok(&out->from) != VAULT_OK)
		return VAULT_ENOMEM;
	return buf_ok(&out->text);
}

void
query_sql_free(struct query_sql *sql)
{
	buf_free(&sql->from);
	buf_free(&sql->text);
	mem_free(sql->params);
	*sql = (struct query_sql){ 0 };
}

const char *
query_param_text(const struct query_sql *sql, const struct query_param *param)
{
	return buf_text(&sql->text) + param->at;
}
