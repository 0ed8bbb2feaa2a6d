/* SPDX-License-Identifier: ISC */
/*
 * 1. Words of the text that are words of the query, with their places.
 * 2. Hits: single words, and phrases whose words stand at consecutive places.
 * 3. The window of the given width that has the most different terms in it.
 * 4. What fits around it, cut where a word ends, copied on to one line.
 */
#include <stdlib.h>
#include <string.h>

#include "core/mem.h"
#include "core/text.h"
#include "search/letter.h"
#include "search/query.h"
#include "search/snippet.h"
#include "search/words.h"

/* A text with more is marked in its beginning only. */
#define FOUND_MAX 8192

/* A cut may move by so many columns to reach the end of a word. */
#define MOVE_MAX 24

#define ELLIPSIS "\xe2\x80\xa6"

/* A word that a positive term of the query wants. */
struct wanted {
	const char *key;
	size_t key_len;
	bool prefix;
};

/* A word of the text, and which of those it is. */
struct found {
	size_t place, start, end, first_end;
	size_t wanted;
	bool pair;
};

/* Words wanted .. wanted + n - 1, at consecutive places. */
struct term {
	size_t wanted, n;
	size_t node; /* both spellings of O'Brien count as one */
	bool single; /* the last stands for any pair it begins */
};

struct hit {
	size_t start, end, node;
	size_t column; /* of its start */
	size_t width;
};

struct finder {
	const uint8_t *text;
	size_t len;
	struct wanted *wanted;
	size_t n_wanted;
	struct term *terms;
	size_t n_terms;
	bool begins[256]; /* bytes that a wanted key begins with */
	size_t place;
	bool any; /* a word has been seen */
	struct found *found;
	size_t n_found, found_cap;
	struct hit *hits;
	size_t n_hits, hits_cap;
	bool failed;
};

/* ---- What is wanted ---- */

static void
want(struct finder *f, const char *key, size_t key_len, bool prefix)
{
	f->wanted[f->n_wanted++] = (struct wanted){ key, key_len, prefix };
	f->begins[(uint8_t)key[0]] = true;
}

static void
want_node(struct finder *f, const struct query *q, size_t i)
{
	const struct query_node *n = &q->nodes[i];
	const struct query_word *word = &q->words[n->word];
	bool single = word[n->n - 1].single;

	f->terms[f->n_terms++] = (struct term){ f->n_wanted, n->n, i, single };
	for (size_t k = 0; k < n->n; k++, word++)
		want(f, buf_text(&q->keys) + word->key, word->key_len,
		    k == n->n - 1 && (n->prefix || single));
	if (n->joined_len == 0)
		return;
	f->terms[f->n_terms++] = (struct term){ f->n_wanted, 1, i, false };
	want(f, buf_text(&q->keys) + n->joined, n->joined_len, n->prefix);
}

static void
finder_free(struct finder *f)
{
	mem_free(f->wanted);
	mem_free(f->terms);
	mem_free(f->found);
	mem_free(f->hits);
	mem_free(f);
}

/* With room for each word of the query, and for those of each node as one. */
static struct finder *
finder_new(const struct query *q)
{
	struct finder *f = mem_zalloc(sizeof(*f));

	if (f == NULL)
		return NULL;
	f->wanted = mem_alloc((q->n_words + q->n_nodes) * sizeof(*f->wanted));
	f->terms = mem_alloc(2 * q->n_nodes * sizeof(*f->terms));
	if (f->wanted != NULL && f->terms != NULL)
		return f;
	finder_free(f);
	return NULL;
}

/* ---- What is there ---- */

/* Room for one more in an array, of which n are used. */
static void *
grow(struct finder *f, void *array, size_t n, size_t *cap, size_t size)
{
	size_t more = *cap == 0 ? 64 : *cap * 2;
	void *grown;

	if (n < *cap)
		return array;
	if ((grown = mem_realloc(array, more * size)) == NULL) {
		f->failed = true;
		return array;
	}
	*cap = more;
	return grown;
}

static bool
is_wanted(const struct wanted *w, const struct word *word)
{
	return word->key_len >= w->key_len &&
	    (w->prefix || word->key_len == w->key_len) &&
	    memcmp(word->key, w->key, w->key_len) == 0;
}

static bool
note_word(void *ctx, const struct word *word)
{
	struct finder *f = ctx;

	f->place += f->any && !word->same_place;
	f->any = true;
	if (!f->begins[(uint8_t)word->key[0]])
		return true;
	for (size_t i = 0; i < f->n_wanted; i++) {
		if (!is_wanted(&f->wanted[i], word))
			continue;
		f->found = grow(
		    f, f->found, f->n_found, &f->found_cap, sizeof(*f->found));
		if (f->failed || f->n_found == FOUND_MAX)
			return false;
		f->found[f->n_found++] = (struct found){ f->place, word->start,
			word->end, word->first_end, i,
			word->kind == WORD_PAIR };
	}
	return true;
}

/* The word at a place that is this wanted one; NULL if there is none. */
static const struct found *
found_at(const struct finder *f, size_t place, size_t wanted)
{
	size_t low = 0, high = f->n_found;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (f->found[mid].place < place)
			low = mid + 1;
		else
			high = mid;
	}
	for (; low < f->n_found && f->found[low].place == place; low++)
		if (f->found[low].wanted == wanted)
			return &f->found[low];
	return NULL;
}

static void
note_hit(struct finder *f, const struct term *t, const struct found *first,
    const struct found *last)
{
	size_t end = t->single && last->pair ? last->first_end : last->end;

	f->hits = grow(f, f->hits, f->n_hits, &f->hits_cap, sizeof(*f->hits));
	if (f->failed)
		return;
	f->hits[f->n_hits++] = (struct hit){
		.start = first->start, .end = end, .node = t->node
	};
}

static void
find_term(struct finder *f, const struct term *t)
{
	const struct found *first = f->found, *last;
	size_t k;

	for (size_t i = 0; i < f->n_found; i++, first++) {
		if (first->wanted != t->wanted)
			continue;
		last = first;
		for (k = 1; k < t->n && last != NULL; k++)
			last = found_at(f, first->place + k, t->wanted + k);
		if (last != NULL)
			note_hit(f, t, first, last);
	}
}

static int
compare_hits(const void *a, const void *b)
{
	const struct hit *x = a, *y = b;

	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	/* The longer first, so that it is not marked in two pieces. */
	return x->end == y->end ? 0 : x->end > y->end ? -1 : 1;
}

/* ---- Columns ---- */

/* The length of what stands at `at`, and its columns. */
static size_t
step(const struct finder *f, size_t at, uint32_t *cp, size_t *width)
{
	size_t n;
	int columns;

	/* Most text is ASCII: this halves the time of a snippet. */
	if (f->text[at] >= 0x20 && f->text[at] < 0x7f) {
		*cp = f->text[at];
		*width = 1;
		return 1;
	}
	n = text_next(cp, f->text + at, f->len - at);
	if (n == 0) {
		*cp = 0xfffd;
		*width = 4; /* it will be shown as \xNN */
		return 1;
	}
	columns = *cp < 0x20 ? 1 : text_cp_width(*cp);
	*width = columns > 0 ? (size_t)columns : 0;
	return n;
}

/* The beginning of what stands before `at`, which is not 0. */
static size_t
step_back(const struct finder *f, size_t at)
{
	uint32_t cp;

	for (size_t n = 2; n <= 4 && n <= at; n++)
		if (text_next(&cp, f->text + at - n, n) == n)
			return at - n;
	return at - 1;
}

static size_t
width_of(const struct finder *f, size_t start, size_t end)
{
	size_t columns = 0, width;
	uint32_t cp;

	while (start < end) {
		start += step(f, start, &cp, &width);
		columns += width;
	}
	return columns;
}

/* Hits are sorted by their start, so one pass is enough. */
static void
measure_hits(struct finder *f)
{
	size_t at = 0, column = 0;

	for (size_t i = 0; i < f->n_hits; i++) {
		struct hit *hit = &f->hits[i];

		column += width_of(f, at, hit->start);
		at = hit->start;
		hit->column = column;
		hit->width = width_of(f, hit->start, hit->end);
	}
}

/* ---- The window ---- */

/* The stretch of text that will be shown. */
struct window {
	size_t start, end;
};

static struct window
best_window(const struct finder *f, size_t columns)
{
	size_t seen[QUERY_NODES_MAX] = { 0 };
	size_t different = 0, score, best = 0, i = 0;
	struct window w = { 0, 0 };

	for (size_t j = 0; j < f->n_hits; j++) {
		const struct hit *hit = &f->hits[j];

		different += seen[hit->node]++ == 0;
		for (; f->hits[i].column + columns < hit->column + hit->width &&
		     i < j;
		     i++)
			different -= --seen[f->hits[i].node] == 0;
		score = different * FOUND_MAX * 2 + (j - i + 1);
		if (score > best) {
			best = score;
			w.start = f->hits[i].start;
			w.end = hit->end;
		}
	}
	return w;
}

static bool
is_blank(uint32_t cp)
{
	return cp <= 0x20 || cp == 0x7f || cp == 0xa0 || cp == 0x3000 ||
	    cp == 0x2028 || cp == 0x2029 || (cp >= 0x2000 && cp <= 0x200a);
}

/* True if a line may be cut at `at`. */
static bool
may_cut(const struct finder *f, size_t at)
{
	uint32_t before, after;
	size_t width;

	if (at == 0 || at >= f->len)
		return true;
	step(f, step_back(f, at), &before, &width);
	step(f, at, &after, &width);
	if (letter_of(after) == LETTER_MARK || width == 0)
		return false;
	return is_blank(before) || is_blank(after) ||
	    letter_of(after) == LETTER_UNIT ||
	    (letter_of(before) == LETTER_NONE &&
		letter_of(after) != LETTER_NONE);
}

/* Take in what stands before the window, as far as columns last. */
static size_t
widen_left(const struct finder *f, size_t start, size_t columns)
{
	size_t at = start, back, width;
	uint32_t cp;

	while (at > 0) {
		back = step_back(f, at);
		step(f, back, &cp, &width);
		if (width > columns)
			break;
		columns -= width;
		at = back;
	}
	for (size_t i = at, moved = 0; i < start && moved < MOVE_MAX; moved++) {
		if (may_cut(f, i))
			return i;
		i += step(f, i, &cp, &width);
	}
	return at;
}

static size_t
widen_right(const struct finder *f, size_t end, size_t columns)
{
	size_t at = end, n, width;
	uint32_t cp;

	while (at < f->len) {
		n = step(f, at, &cp, &width);
		if (width > columns)
			break;
		columns -= width;
		at += n;
	}
	for (size_t i = at, moved = 0; i > end && moved < MOVE_MAX; moved++) {
		if (may_cut(f, i))
			return i;
		i = step_back(f, i);
	}
	return at;
}

static struct window
widen(const struct finder *f, struct window w, size_t columns)
{
	size_t used = width_of(f, w.start, w.end), left;

	/* A hit that is too wide alone is cut. */
	if (used > columns) {
		w.end = widen_right(f, w.start, columns);
		return w;
	}
	left = (columns - used) / 2;
	/* A third before the hits is enough to see what they are about. */
	if (w.end > 0 && left > columns / 3)
		left = columns / 3;
	w.start = widen_left(f, w.start, left);
	used = width_of(f, w.start, w.end);
	w.end = widen_right(f, w.end, columns - used);

	/* What the right side could not use. */
	used = width_of(f, w.start, w.end);
	if (w.end == f->len && used < columns)
		w.start = widen_left(f, w.start, columns - used);
	return w;
}

/* ---- The copy ---- */

/* Mark out->text from start on, joined to the mark before if they touch. */
static void
mark(struct snippet *out, size_t start)
{
	size_t end = out->text.len;
	struct snippet_hit *last;

	if (out->n_hits > 0) {
		last = &out->hits[out->n_hits - 1];
		if (last->end == start) {
			last->end = end;
			return;
		}
	}
	if (out->n_hits < SNIPPET_HITS_MAX && end > start)
		out->hits[out->n_hits++] = (struct snippet_hit){ start, end };
}

/* Take away a blank at the end, and its mark. */
static void
trim_blank(struct snippet *out)
{
	struct buf *text = &out->text;

	if (text->len == 0 || text->bytes[text->len - 1] != ' ')
		return;
	text->bytes[--text->len] = '\0';
	if (out->n_hits > 0 && out->hits[out->n_hits - 1].end > text->len)
		out->hits[out->n_hits - 1].end = text->len;
}

static void
copy_window(struct snippet *out, const struct finder *f, struct window w)
{
	size_t n, width, start, marked = 0, hit = 0;
	bool blank = true;
	uint32_t cp;

	if (w.start > 0)
		buf_put_text(&out->text, ELLIPSIS);
	for (size_t at = w.start; at < w.end; at += n) {
		n = step(f, at, &cp, &width);
		start = out->text.len;
		if (!is_blank(cp))
			buf_put(&out->text, f->text + at, n);
		else if (!blank)
			buf_put_byte(&out->text, ' ');
		blank = is_blank(cp);
		for (; hit < f->n_hits && f->hits[hit].start <= at; hit++)
			if (f->hits[hit].end > marked)
				marked = f->hits[hit].end;
		if (at < marked)
			mark(out, start);
	}
	trim_blank(out);
	if (w.end < f->len)
		buf_put_text(&out->text, ELLIPSIS);
}

enum vault_err
snippet_make(struct snippet *out, const struct query *query, const void *text,
    size_t len, size_t columns)
{
	enum vault_err err = VAULT_ENOMEM;
	struct finder *f;
	struct window w;

	memset(out, 0, sizeof(*out));
	if ((f = finder_new(query)) == NULL)
		return VAULT_ENOMEM;
	f->text = text;
	f->len = len;
	for (size_t i = 0; i < query->n_nodes; i++)
		if (query->nodes[i].kind == QUERY_WORDS &&
		    query->nodes[i].positive)
			want_node(f, query, i);

	if (f->n_wanted > 0) {
		err = words_each(text, len, WORDS_TEXT, note_word, f);
		if (err == VAULT_ENOMEM)
			goto out;
		for (size_t i = 0; i < f->n_terms && !f->failed; i++)
			find_term(f, &f->terms[i]);
		err = VAULT_ENOMEM;
		if (f->failed)
			goto out;
	}
	if (f->n_hits > 0)
		qsort(f->hits, f->n_hits, sizeof(*f->hits), compare_hits);
	measure_hits(f);

	/* Two columns are for the ellipses. */
	columns = columns > 2 ? columns - 2 : 1;
	w = best_window(f, columns);
	copy_window(out, f, widen(f, w, columns));
	err = buf_ok(&out->text);
out:
	finder_free(f);
	return err;
}

void
snippet_free(struct snippet *snippet)
{
	buf_free(&snippet->text);
	snippet->n_hits = 0;
}
