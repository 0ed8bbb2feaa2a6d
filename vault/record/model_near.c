/* SPDX-License-Identifier: ISC */
/* model_near - what was meant by a name that is not there. */
#include <string.h>

#include "record/model_rows.h"

/*
 * Longer names than this are nobody's typing error; the bound
 * also keeps hostile bodies cheap.
 */
#define NEAR_LEN 40

static char
lower(char c)
{
	static const char upper[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
	const char *found = c == '\0' ? NULL : strchr(upper, c);

	if (found != NULL)
		return "abcdefghijklmnopqrstuvwxyz"[found - upper];
	return c == '_' || c == ' ' ? '-' : c;
}

static unsigned
least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/* Insertions, deletions, replacements and swaps of neighbours. */
static unsigned
edit_distance(const char *a, size_t a_len, const char *b, size_t b_len)
{
	unsigned rows[3][NEAR_LEN + 1];

	for (size_t j = 0; j <= b_len; j++)
		rows[0][j] = (unsigned)j;
	for (size_t i = 1; i <= a_len; i++) {
		unsigned *row = rows[i % 3], *above = rows[(i + 2) % 3];

		row[0] = (unsigned)i;
		for (size_t j = 1; j <= b_len; j++) {
			bool same = lower(a[i - 1]) == lower(b[j - 1]);

			row[j] = least(above[j - 1] + !same,
			    least(above[j], row[j - 1]) + 1);
			if (i > 1 && j > 1 &&
			    lower(a[i - 1]) == lower(b[j - 2]) &&
			    lower(a[i - 2]) == lower(b[j - 1]))
				row[j] = least(
				    row[j], rows[(i + 1) % 3][j - 2] + 1);
		}
	}
	return rows[a_len % 3][b_len];
}

static unsigned
distance(const char *given, const char *name)
{
	size_t given_len = strlen(given), name_len = strlen(name), i = 0;
	unsigned far = 1000, d;

	if (given_len == 0 || given_len > NEAR_LEN || name_len > NEAR_LEN)
		return far;
	d = edit_distance(given, given_len, name, name_len);
	if (d <= least((unsigned)given_len / 3 + 1, 3))
		return d;
	while (i < given_len && lower(given[i]) == lower(name[i]))
		i++;
	return given_len >= 3 && i == given_len ? 3 : far;
}

/* The best so far, and how far they are. */
struct ranking {
	const char **near;
	unsigned far[MODEL_NEAR];
	size_t n;
};

static void
rank(struct ranking *r, const char *name, unsigned far)
{
	size_t i;

	if (far >= 1000)
		return;
	for (i = r->n; i > 0 && r->far[i - 1] > far; i--) {
		if (i < MODEL_NEAR) {
			r->near[i] = r->near[i - 1];
			r->far[i] = r->far[i - 1];
		}
	}
	if (i == MODEL_NEAR)
		return;
	r->near[i] = name;
	r->far[i] = far;
	if (r->n < MODEL_NEAR)
		r->n++;
}

size_t
model_near_types(const char *near[static MODEL_NEAR], const char *name)
{
	struct ranking r = { .near = near };

	for (size_t i = 0; i < model_types_n; i++)
		rank(&r, model_types[i].name,
		    distance(name, model_types[i].name));
	return r.n;
}

size_t
model_near_fields(const char *near[static MODEL_NEAR],
    const struct model_type *type, const char *name)
{
	struct ranking r = { .near = near };
	const struct model_field *field = NULL;

	while ((field = model_next_field(type, field)) != NULL)
		rank(&r, field->name, distance(name, field->name));
	return r.n;
}

size_t
model_near_members(const char *near[static MODEL_NEAR],
    const struct model_object *object, const char *name)
{
	struct ranking r = { .near = near };

	for (size_t i = 0; i < object->n; i++)
		rank(&r, object->fields[i].name,
		    distance(name, object->fields[i].name));
	return r.n;
}

void
model_near_word(char *out, size_t cap, const char *words, const char *name)
{
	unsigned best = 1000;
	char word[NEAR_LEN + 1];

	*out = '\0';
	for (size_t n; *words != '\0'; words += n, words += *words == ' ') {
		n = strcspn(words, " ");
		if (n >= sizeof(word) || n >= cap)
			continue;
		memcpy(word, words, n);
		word[n] = '\0';
		if (distance(name, word) >= best)
			continue;
		best = distance(name, word);
		memcpy(out, word, n + 1);
	}
}

size_t
model_near_vocabs(const char *near[static MODEL_NEAR], const char *name)
{
	struct ranking r = { .near = near };

	for (size_t i = 0; i < vocab_n; i++)
		rank(
		    &r, vocab_all[i]->name, distance(name, vocab_all[i]->name));
	return r.n;
}

size_t
model_near_codes(const char *near[static MODEL_NEAR],
    const struct model_vocab *vocab, const char *code)
{
	struct ranking r = { .near = near };

	for (size_t i = 0; i < vocab->n; i++) {
		const struct model_code *c = &vocab->codes[i];
		unsigned far = least(
		    distance(code, c->code), distance(code, c->label));

		if (c->esf != NULL && strcmp(c->esf, code) == 0)
			far = 0;
		rank(&r, c->code, far);
	}
	return r.n;
}
