/* SPDX-License-Identifier: ISC */
/*
 * The parser.  It goes once through a cleaned copy of the text, from left to
 * right, and takes time in proportion to its length.
 *
 * 1. Recursion is bounded: only a parenthesis recurses, and beyond
 *    QUERY_DEPTH_MAX parentheses are passed over.
 * 2. Memory is bounded: nodes and words lie in two arrays of fixed size.
 * 3. There is no syntax error: what cannot be used is passed over.
 */
#include <string.h>

#include "core/mem.h"
#include "core/text.h"
#include "record/date.h"
#include "search/letter.h"
#include "search/query.h"
#include "search/words.h"

static const char *const fields[] = {
	[QUERY_TYPE] = "type",
	[QUERY_TITLE] = "title",
	[QUERY_NAME] = "name",
	[QUERY_STATUS] = "status",
	[QUERY_ACT] = "act",
	[QUERY_PLACE] = "place",
	[QUERY_COUNTRY] = "country",
	[QUERY_DATE] = "date",
	[QUERY_CASE] = "case",
	[QUERY_TAG] = "tag",
	[QUERY_LEVEL] = "level",
	[QUERY_OFFICE] = "office",
	[QUERY_DURATION] = "duration",
};

#define N_FIELDS (sizeof(fields) / sizeof(fields[0]))

enum token_kind {
	TOKEN_END,
	TOKEN_OPEN,
	TOKEN_CLOSE,
	TOKEN_AND,
	TOKEN_OR,
	TOKEN_NOT,
	TOKEN_TERM,
};

struct token {
	enum token_kind kind;
	/* A term: where it stands in query.text, and its field and value. */
	size_t at, len;
	enum query_field field;
	size_t value, value_len;
	bool prefix;
};

struct parser {
	struct query *q;
	size_t at;         /* how far the text has been read */
	struct token next; /* the token that begins there */
	size_t open;       /* parentheses whose end is to come */
	size_t ignored;    /* and those that were passed over */
	enum vault_err err;
};

const char *
query_field_name(enum query_field field)
{
	size_t i = (size_t)field;

	return i < N_FIELDS ? fields[i] : NULL;
}

/*
 * The copy that everything else reads: valid UTF-8 without control
 * characters, with one sort of blank and one sort of double quotes.
 */
static enum vault_err
clean_text(struct buf *out, const uint8_t *text, size_t len)
{
	uint32_t cp;
	size_t n;

	if (len > BUF_MAX)
		return VAULT_EUSE;
	buf_reserve(out, len);
	for (size_t i = 0; i<len; i += n> 0 ? n : 1) {
		n = text_next(&cp, text + i, len - i);
		if (n == 0 || cp <= 0x20 || (cp >= 0x7f && cp <= 0xa0) ||
		    cp == 0x1680 || (cp >= 0x2000 && cp <= 0x200a) ||
		    cp == 0x2028 || cp == 0x2029 || cp == 0x202f ||
		    cp == 0x205f || cp == 0x3000)
			buf_put_byte(out, ' ');
		else if ((cp >= 0x201c && cp <= 0x201f) || cp == 0xff02)
			buf_put_byte(out, '"');
		else
			buf_put(out, text + i, n);
	}
	return buf_ok(out);
}

/* ---- Tokens ---- */

static bool
ends_chunk(char c)
{
	return c == ' ' || c == '"' || c == '(' || c == ')' || c == '\0';
}

/* The length of the quoted text at `at`, its quotes included, or 0. */
static size_t
quoted_len(const struct query *q, size_t at)
{
	const char *text = buf_text(&q->text), *end;

	if (text[at] != '"')
		return 0;
	end = memchr(text + at + 1, '"', q->text.len - at - 1);
	return end == NULL ? 0 : (size_t)(end - text) - at + 1;
}

static size_t
chunk_len(const struct query *q, size_t at)
{
	const char *text = buf_text(&q->text);
	size_t n = 0;

	while (!ends_chunk(text[at + n]))
		n++;
	return n;
}

/* The field whose name and colon stand at `at`. */
static enum query_field
field_at(const struct query *q, size_t at, size_t len)
{
	const char *text = buf_text(&q->text) + at;
	const char *colon = memchr(text, ':', len);
	size_t n;

	if (colon == NULL)
		return QUERY_ANY;
	n = (size_t)(colon - text);
	for (size_t i = 1; i < N_FIELDS; i++)
		if (fields[i] != NULL && strlen(fields[i]) == n &&
		    memcmp(fields[i], text, n) == 0)
			return (enum query_field)i;
	return QUERY_ANY;
}

static enum token_kind
keyword(const char *text, size_t len)
{
	if (len == 3 && memcmp(text, "AND", 3) == 0)
		return TOKEN_AND;
	if (len == 2 && memcmp(text, "OR", 2) == 0)
		return TOKEN_OR;
	if (len == 3 && memcmp(text, "NOT", 3) == 0)
		return TOKEN_NOT;
	return TOKEN_TERM;
}

/* A term: a quoted text or a chunk, perhaps after a field and its colon. */
static void
read_term(struct parser *p)
{
	const char *text = buf_text(&p->q->text);
	struct token *t = &p->next;
	size_t quoted, name_len;

	t->kind = TOKEN_TERM;
	t->at = t->value = p->at;
	t->field = field_at(p->q, p->at, chunk_len(p->q, p->at));
	if (t->field != QUERY_ANY) {
		name_len = strlen(fields[t->field]) + 1;
		t->value += name_len;
	}
	if ((quoted = quoted_len(p->q, t->value)) > 0) {
		p->at = t->value + quoted;
		t->value++;
		t->value_len = quoted - 2;
		if (text[p->at] == '*') {
			t->prefix = true;
			p->at++;
		}
	} else {
		t->value_len = chunk_len(p->q, t->value);
		p->at = t->value + t->value_len;
		if (t->value_len > 0 && text[p->at - 1] == '*') {
			t->prefix = true;
			t->value_len--;
		}
		if (t->field == QUERY_ANY)
			t->kind = keyword(text + t->at, p->at - t->at);
	}
	t->len = p->at - t->at;
}

/*
 * Step on to the next token.  Parentheses without a partner, and those beyond
 * the greatest depth, never become one: the grammar sees only good ones.
 */
static void
advance(struct parser *p)
{
	const char *text = buf_text(&p->q->text);
	char c;

	p->next = (struct token){ .kind = TOKEN_END };
	for (; (c = text[p->at]) != '\0'; p->at++) {
		if (c == '(' && p->open < QUERY_DEPTH_MAX) {
			p->next.kind = TOKEN_OPEN;
			p->open++;
			p->at++;
			return;
		}
		if (c == ')' && p->ignored == 0 && p->open > 0) {
			p->next.kind = TOKEN_CLOSE;
			p->open--;
			p->at++;
			return;
		}
		if (c == '(') {
			p->q->truncated = true;
			p->ignored++;
		} else if (c == ')' && p->ignored > 0) {
			p->ignored--;
		} else if (!ends_chunk(c) || quoted_len(p->q, p->at) > 0) {
			read_term(p);
			return;
		}
	}
}

/* ---- Nodes ---- */

static int
new_node(struct parser *p, enum query_kind kind)
{
	struct query *q = p->q;

	if (q->n_nodes == QUERY_NODES_MAX) {
		q->truncated = true;
		return QUERY_NONE;
	}
	q->nodes[q->n_nodes] = (struct query_node){
		.kind = kind,
		.child = QUERY_NONE,
		.next = QUERY_NONE,
	};
	return (int)q->n_nodes++;
}

/* The node of kind over a list of children: the child itself if it is one. */
static int
group(struct parser *p, enum query_kind kind, int children)
{
	int node;

	if (children == QUERY_NONE || p->q->nodes[children].next == QUERY_NONE)
		return children;
	if ((node = new_node(p, kind)) == QUERY_NONE) {
		p->q->nodes[children].next = QUERY_NONE;
		return children;
	}
	p->q->nodes[node].child = children;
	return node;
}

/* Add node at the end of the list that begins at *first. */
static void
append(struct query *q, int *first, int *last, int node)
{
	if (node == QUERY_NONE)
		return;
	if (*first == QUERY_NONE)
		*first = node;
	else
		q->nodes[*last].next = node;
	*last = node;
}

/* ---- Terms ---- */

struct collector {
	struct parser *p;
	struct query_node *node;
	size_t start, end; /* from the first word to the last */
	size_t joined_start, joined_end;
	bool full;
};

/* Keep one word, as long as there is room. */
static bool
collect(void *ctx, const struct word *word)
{
	struct collector *c = ctx;
	struct query *q = c->p->q;

	if (word->kind == WORD_JOINED) {
		c->node->joined = q->keys.len;
		c->node->joined_len = word->key_len;
		c->joined_start = word->start;
		c->joined_end = word->end;
		return buf_put(&q->keys, word->key, word->key_len);
	}
	if (q->n_words == QUERY_WORDS_MAX) {
		c->full = true;
		return false;
	}
	q->words[q->n_words++] = (struct query_word){ q->keys.len,
		word->key_len, word->kind == WORD_SINGLE };
	if (c->node->n++ == 0)
		c->start = word->start;
	c->end = word->end;
	return buf_put(&q->keys, word->key, word->key_len);
}

/* A phrase of the words in len bytes of the text at `at`, or nothing. */
static int
words_node(struct parser *p, enum query_field field, size_t at, size_t len,
    bool prefix)
{
	struct query *q = p->q;
	struct collector c = { .p = p };
	enum vault_err err;
	int i;

	if ((i = new_node(p, QUERY_WORDS)) == QUERY_NONE)
		return QUERY_NONE;
	c.node = &q->nodes[i];
	c.node->word = q->n_words;
	err = words_each(
	    buf_text(&q->text) + at, len, WORDS_QUERY, collect, &c);
	if (err == VAULT_ENOMEM || buf_ok(&q->keys) != VAULT_OK)
		p->err = VAULT_ENOMEM;
	q->truncated |= c.full;
	if (c.node->n == 0) {
		q->n_nodes--;
		return QUERY_NONE;
	}

	c.node->field = field;
	c.node->at = at + c.start;
	c.node->len = c.end - c.start;
	/* Of a phrase that was cut short the last word is the last kept. */
	c.node->prefix = prefix && !c.full;
	/* Written together they are one word only if they are the whole. */
	if (c.joined_start != c.start || c.joined_end != c.end)
		c.node->joined_len = 0;
	return i;
}

static int
value_node(struct parser *p, const struct token *t)
{
	struct query *q = p->q;
	size_t key = q->keys.len;
	enum vault_err err;
	int i;

	err = text_key(&q->keys, buf_text(&q->text) + t->value, t->value_len);
	if (err == VAULT_ENOMEM)
		p->err = err;
	if (q->keys.len == key)
		return words_node(p, QUERY_ANY, t->at, t->len, false);
	if ((i = new_node(p, QUERY_VALUE)) == QUERY_NONE)
		return QUERY_NONE;
	q->nodes[i].field = t->field;
	q->nodes[i].prefix = t->prefix;
	q->nodes[i].at = key;
	q->nodes[i].len = q->keys.len - key;
	return i;
}

/* ---- Dates ---- */

/* Days from 1970-01-01 to the first of March 0000 are -719468. */
static int64_t
days_of(int year, int month, int day)
{
	/* Count years from March, so that the leap day is the last. */
	int y = month <= 2 ? year - 1 : year;
	int m = month <= 2 ? month + 9 : month - 3;
	int era = y >= 0 ? y / 400 : -1;
	int of_era = y - era * 400;

	return (int64_t)era * 146097 + of_era * 365 + of_era / 4 -
	    of_era / 100 + (153 * m + 2) / 5 + day - 1 - 719468;
}

static int
month_len(int year, int month)
{
	return (int)(days_of(month == 12 ? year + 1 : year, month % 12 + 1, 1) -
	    days_of(year, month, 1));
}

/* n digits at text as a number, or -1. */
static int
digits(const char *text, size_t n)
{
	int value = 0;

	for (size_t i = 0; i < n; i++) {
		if (text[i] < '0' || text[i] > '9')
			return -1;
		value = value * 10 + text[i] - '0';
	}
	return value;
}

/* From the first day of one month to the last of another, 0 and 13 as well. */
static void
span_months(
    int64_t *lo, int64_t *hi, int year, int first, int last_year, int last)
{
	if (first < 1) {
		first += 12;
		year--;
	}
	if (last > 12) {
		last -= 12;
		last_year++;
	}
	*lo = days_of(year, first, 1);
	*hi = days_of(last_year, last, month_len(last_year, last));
}

/*
 * YYYY, YYYY-MM or YYYY-MM-DD: the first and the last day of it; with more = 1
 * also the year, the month or the day before it and the one after it.
 */
static bool
read_date(int64_t *lo, int64_t *hi, const char *text, size_t len, int more)
{
	int year, month = 0, day;

	if (len != 4 && len != 7 && len != 10)
		return false;
	year = digits(text, 4);
	if (len >= 7)
		month = text[4] == '-' ? digits(text + 5, 2) : -1;
	if (year < 1 || (len >= 7 && (month < 1 || month > 12)))
		return false;
	if (len == 4) {
		span_months(lo, hi, year - more, 1, year + more, 12);
	} else if (len == 7) {
		span_months(lo, hi, year, month - more, year, month + more);
	} else {
		day = text[7] == '-' ? digits(text + 8, 2) : -1;
		if (day < 1 || day > month_len(year, month))
			return false;
		*lo = days_of(year, month, day) - more;
		*hi = *lo + 2 * more;
	}
	return true;
}

/*
 * A date, or two with ".." or "/" between them, either of which may lack.  A ~
 * in front of it asks for more.
 */
static bool
read_range(int64_t *lo, int64_t *hi, const char *text, size_t len)
{
	int more = len > 0 && *text == '~';
	const char *sep;
	size_t sep_len = 2, left;
	int64_t unused, from = INT64_MIN, to = INT64_MAX;

	text += more;
	len -= (size_t)more;
	sep = memmem(text, len, "..", 2);
	if (sep == NULL) {
		sep = memchr(text, '/', len);
		sep_len = 1;
	}
	if (sep == NULL)
		return read_date(lo, hi, text, len, more);
	left = (size_t)(sep - text);
	text += left + sep_len;
	len -= left + sep_len;
	if ((left > 0 && !read_date(&from, &unused, sep - left, left, 0)) ||
	    (len > 0 && !read_date(&unused, &to, text, len, 0)))
		return false;

	/* The wrong way round, the days between them must be what is meant. */
	if (from > to)
		return read_date(lo, &unused, text, len, more) &&
		    read_date(&unused, hi, sep - left, left, more);
	*lo = from;
	*hi = to;
	return (left == 0 || read_date(lo, &unused, sep - left, left, more)) &&
	    (len == 0 || read_date(&unused, hi, text, len, more));
}

/* ---- Durations ---- */

/* ISO 8601 (P1Y6M, PT12H), or that without its P and in small letters. */
static bool
read_length(int64_t *lo, int64_t *hi, const char *text, size_t len)
{
	char iso[32] = "P";
	struct date_days days;
	struct date_span span;
	size_t n = 1;

	if (len == 0 || len > sizeof(iso) - 4)
		return false;
	if (*text == 'P' || *text == 'p') {
		text++;
		len--;
	} else if (text[len - 1] == 'h' || text[len - 1] == 'H') {
		iso[n++] = 'T'; /* hours alone */
	}
	for (size_t i = 0; i < len; i++)
		iso[n++] = (char)(text[i] >= 'a' && text[i] <= 'z'
			? text[i] - 'a' + 'A'
			: text[i]);
	if (date_span_parse(&span, iso, n) != VAULT_OK)
		return false;
	date_span_days(&days, &span);
	*lo = days.lo;
	*hi = days.hi;
	return true;
}

/* One, or two with ".." or "/" between them, either of which may lack. */
static bool
read_lengths(int64_t *lo, int64_t *hi, const char *text, size_t len)
{
	const char *sep = memmem(text, len, "..", 2);
	size_t sep_len = 2, left;
	int64_t unused;

	if (sep == NULL) {
		sep = memchr(text, '/', len);
		sep_len = 1;
	}
	if (sep == NULL)
		return read_length(lo, hi, text, len);
	left = (size_t)(sep - text);
	len -= left + sep_len;
	*lo = INT64_MIN;
	*hi = INT64_MAX;
	sep += sep_len;
	if ((left > 0 && !read_length(lo, &unused, text, left)) ||
	    (len > 0 && !read_length(&unused, hi, sep, len)))
		return false;
	/* The wrong way round. */
	return *lo <= *hi ||
	    (read_length(lo, &unused, sep, len) &&
		read_length(&unused, hi, text, left));
}

static int
days_node(struct parser *p, const struct token *t)
{
	const char *text = buf_text(&p->q->text) + t->value;
	int64_t lo, hi;
	int i;

	if (t->prefix ||
	    !(t->field == QUERY_DATE
		    ? read_range(&lo, &hi, text, t->value_len)
		    : read_lengths(&lo, &hi, text, t->value_len)))
		return words_node(p, QUERY_ANY, t->at, t->len, t->prefix);
	if ((i = new_node(p, QUERY_DAYS)) == QUERY_NONE)
		return QUERY_NONE;
	p->q->nodes[i].field = t->field;
	p->q->nodes[i].lo = lo;
	p->q->nodes[i].hi = hi;
	return i;
}

static int
term_node(struct parser *p, const struct token *t)
{
	int i;

	switch (t->field) {
	case QUERY_ANY:
	case QUERY_TITLE:
	case QUERY_NAME:
		i = words_node(p, t->field, t->value, t->value_len, t->prefix);
		if (i != QUERY_NONE || t->field == QUERY_ANY)
			return i;
		return words_node(p, QUERY_ANY, t->at, t->len, false);
	case QUERY_DATE:
	case QUERY_DURATION:
		return days_node(p, t);
	case QUERY_TYPE:
	case QUERY_STATUS:
	case QUERY_ACT:
	case QUERY_PLACE:
	case QUERY_COUNTRY:
	case QUERY_CASE:
	case QUERY_TAG:
	case QUERY_LEVEL:
	case QUERY_OFFICE:
		break;
	}
	return value_node(p, t);
}

/* ---- Grammar ---- */

static int read_or(struct parser *p);

/* One term or parenthesis, or nothing. */
static int
read_primary(struct parser *p)
{
	struct token t = p->next;
	int node;

	if (t.kind != TOKEN_TERM && t.kind != TOKEN_OPEN)
		return QUERY_NONE;
	advance(p);
	if (t.kind == TOKEN_TERM)
		return term_node(p, &t);
	node = read_or(p);
	if (p->next.kind == TOKEN_CLOSE)
		advance(p);
	return node;
}

/* A primary after any number of NOTs, of which an even number is none. */
static int
read_not(struct parser *p)
{
	struct query *q = p->q;
	bool negated = false;
	int node, child;

	/* AND says only what holds anyway. */
	while (p->next.kind == TOKEN_NOT || p->next.kind == TOKEN_AND) {
		negated ^= p->next.kind == TOKEN_NOT;
		advance(p);
	}
	child = read_primary(p);
	if (child == QUERY_NONE || !negated)
		return child;
	if (q->nodes[child].kind == QUERY_NOT)
		return q->nodes[child].child;

	/* Without room for the NOT its child would mean the opposite. */
	if ((node = new_node(p, QUERY_NOT)) != QUERY_NONE)
		q->nodes[node].child = child;
	return node;
}

static int
read_and(struct parser *p)
{
	int first = QUERY_NONE, last = QUERY_NONE;

	while (p->next.kind != TOKEN_OR && p->next.kind != TOKEN_CLOSE &&
	    p->next.kind != TOKEN_END && p->err == VAULT_OK)
		append(p->q, &first, &last, read_not(p));
	return group(p, QUERY_AND, first);
}

static int
read_or(struct parser *p)
{
	int first = QUERY_NONE, last = QUERY_NONE;

	append(p->q, &first, &last, read_and(p));
	while (p->next.kind == TOKEN_OR && p->err == VAULT_OK) {
		advance(p);
		append(p->q, &first, &last, read_and(p));
	}
	return group(p, QUERY_OR, first);
}

/* Parentheses bound the depth of the tree, and of this recursion. */
static void
mark_positive(struct query *q, int node, bool positive)
{
	for (; node != QUERY_NONE; node = q->nodes[node].next) {
		q->nodes[node].positive = positive;
		mark_positive(q, q->nodes[node].child,
		    positive != (q->nodes[node].kind == QUERY_NOT));
	}
}

enum vault_err
query_parse(struct query **out, const void *text, size_t len)
{
	struct parser p = { .err = VAULT_OK };
	enum vault_err err = VAULT_ENOMEM;
	struct query *q;

	*out = NULL;
	if ((q = mem_zalloc(sizeof(*q))) == NULL)
		goto out;
	if ((err = clean_text(&q->text, text, len)) != VAULT_OK)
		goto out;
	p.q = q;
	advance(&p);
	q->root = read_or(&p);
	mark_positive(q, q->root, true);
	if ((err = p.err) != VAULT_OK)
		goto out;
	*out = q;
	q = NULL; /* given away */
out:
	query_free(q);
	return err;
}

void
query_free(struct query *query)
{
	if (query == NULL)
		return;
	buf_free(&query->text);
	buf_free(&query->keys);
	mem_free(query);
}
