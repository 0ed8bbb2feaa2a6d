/* SPDX-License-Identifier: ISC */
/*
 * Bit-parallel, after Myers (1999) and Hyyro (2003): a column of the table of
 * distances is two words of 64 bits, one bit for each character of the name,
 * so that a character of a key costs a dozen operations.
 */
#include <stdbool.h>
#include <stdint.h>

#include "core/buf.h"
#include "core/mem.h"
#include "core/text.h"
#include "search/like.h"

#define EDITS_MAX 2

/* What a part scores less than a whole name. */
#define PART_LESS 150

/* More words than a name has; further ones stay where they are. */
#define TURNS_MAX 4

/* Twice the characters, so that there is always a free place. */
#define SLOTS 128

/* One order of the words of the name, ready to be compared. */
struct turn {
	size_t n;
	/* Where each character stands in the name, one bit a place. */
	uint32_t cp[SLOTS];
	uint64_t at[SLOTS];
};

struct like {
	struct turn turns[TURNS_MAX];
	size_t n_turns;
	unsigned edits; /* as many as are allowed */
	unsigned part_edits;
	bool has[256]; /* low bytes of the characters of the name */
};

/* A key without its blanks, and where its words begin. */
struct chars {
	uint32_t cp[LIKE_MAX];
	size_t n;
	size_t
	    start[LIKE_WORDS_MAX]; /* of the first words; the last one's end */
	size_t words;
};

/* Add the characters of a key without its blanks, as far as there is room. */
static void
read_key(struct chars *to, const void *key, size_t len)
{
	const uint8_t *bytes = key;
	bool begins = true;
	size_t step;
	uint32_t cp;

	for (size_t i = 0; i < len && to->n < LIKE_MAX; i += step) {
		if (bytes[i] < 0x80) {
			step = 1;
			cp = bytes[i];
		} else if ((step = text_next(&cp, bytes + i, len - i)) == 0) {
			return;
		}
		if (cp == ' ') {
			begins = true;
			continue;
		}
		if (begins && to->words < LIKE_WORDS_MAX)
			to->start[to->words++] = to->n;
		begins = false;
		to->cp[to->n++] = cp;
	}
}

/* The slot of cp, or the free one where it belongs; cp is never 0. */
static size_t
slot_of(const struct turn *turn, uint32_t cp)
{
	size_t i = (cp ^ cp >> 7) % SLOTS;

	while (turn->cp[i] != 0 && turn->cp[i] != cp)
		i = (i + 1) % SLOTS;
	return i;
}

static void
add_char(struct turn *turn, uint32_t cp)
{
	size_t i = slot_of(turn, cp);

	turn->cp[i] = cp;
	turn->at[i] |= (uint64_t)1 << turn->n++;
}

/* The name from byte first on, and then what is before it. */
static void
add_turn(struct like *like, const char *key, size_t len, size_t first)
{
	struct turn *turn = &like->turns[like->n_turns++];
	struct chars all = { .n = 0 };

	read_key(&all, key + first, len - first);
	read_key(&all, key, first);
	for (size_t i = 0; i < all.n; i++) {
		add_char(turn, all.cp[i]);
		like->has[all.cp[i] & 0xff] = true;
	}
}

static void
allow_edits(struct like *like)
{
	size_t n = like->turns[0].n;

	like->edits = n < 2 ? 0 : n < 5 ? 1 : EDITS_MAX;
	like->part_edits = n < 5 ? 0 : n < 8 ? 1 : EDITS_MAX;
}

enum vault_err
like_new(struct like **out, const void *name, size_t len)
{
	enum vault_err err;
	struct buf key = { 0 };
	struct like *like = NULL;
	const char *text;

	*out = NULL;
	if ((err = text_key(&key, name, len)) != VAULT_OK)
		goto out;
	err = VAULT_EUSE;
	if (key.len == 0)
		goto out;
	err = VAULT_ENOMEM;
	if ((like = mem_zalloc(sizeof(*like))) == NULL)
		goto out;

	text = buf_text(&key);
	add_turn(like, text, key.len, 0);
	for (size_t i = 0; i < key.len && like->n_turns < TURNS_MAX; i++)
		if (text[i] == ' ')
			add_turn(like, text, key.len, i);
	allow_edits(like);
	*out = like;
	like = NULL; /* given away */
	err = VAULT_OK;
out:
	buf_free(&key);
	like_free(like);
	return err;
}

void
like_free(struct like *like)
{
	mem_free(like);
}

/* The edits from one order of the name to n characters. */
static size_t
edits_to(const struct turn *turn, const uint32_t *key, size_t n)
{
	uint64_t up = ~(uint64_t)0, down = 0, zero = 0, match, before = 0;
	uint64_t last = (uint64_t)1 << (turn->n - 1), right, left;
	size_t edits = turn->n;

	for (size_t i = 0; i < n; i++) {
		match = turn->at[slot_of(turn, key[i])];
		zero = ((~zero & match) << 1) & before; /* exchanged */
		zero |= (((match & up) + up) ^ up) | match | down;
		right = down | ~(zero | up);
		left = zero & up;
		edits += (right & last) != 0;
		edits -= (left & last) != 0;
		right = right << 1 | 1;
		up = left << 1 | ~(zero | right);
		down = right & zero;
		before = match;
	}
	return edits;
}

/* How well n characters fit, at most so many edits away; 0: they do not. */
static unsigned
score_of(
    const struct like *like, const uint32_t *cps, size_t n, unsigned allowed)
{
	unsigned best = 0, score;
	size_t edits;

	for (size_t i = 0; i < like->n_turns; i++) {
		edits = edits_to(&like->turns[i], cps, n);
		if (edits > allowed)
			continue;
		score = LIKE_SAME - (unsigned)(edits * 400 / like->turns[i].n);
		score -= 300 * (unsigned)edits + (i > 0 ? 20 : 0);
		if (score > best)
			best = score;
	}
	return best;
}

/*
 * Nearly every key of a list, and part of one, is refused here: for its
 * length, or because more of its characters are foreign to the name than could
 * be edited.
 */
static bool
may_be_like(const struct like *like, size_t n, size_t foreign, unsigned allowed)
{
	size_t length = like->turns[0].n;

	return n > 0 && n <= length + allowed && length <= n + allowed &&
	    foreign <= allowed;
}

/* foreign[i]: how many of the first i characters are not in the name. */
static void
count_foreign(size_t foreign[static LIKE_MAX + 1], const struct like *like,
    const struct chars *key)
{
	foreign[0] = 0;
	for (size_t i = 0; i < key->n; i++)
		foreign[i + 1] = foreign[i] + !like->has[key->cp[i] & 0xff];
}

/* The best of the parts of a key: words of it beside each other. */
static unsigned
best_part(const struct like *like, const struct chars *key,
    const size_t foreign[static LIKE_MAX + 1])
{
	unsigned best = 0, score;

	for (size_t i = 0; i < key->words; i++)
		for (size_t k = i + 1; k <= key->words; k++) {
			size_t first = key->start[i];
			size_t end = k < key->words ? key->start[k] : key->n;

			if (end - first < key->n &&
			    may_be_like(like, end - first,
				foreign[end] - foreign[first],
				like->part_edits) &&
			    (score = score_of(like, key->cp + first,
				 end - first, like->part_edits)) > best)
				best = score;
		}
	return best > PART_LESS ? best - PART_LESS : best;
}

unsigned
like_score(const struct like *like, const void *key, size_t key_len)
{
	struct chars all;
	size_t foreign[LIKE_MAX + 1];
	unsigned whole = 0, part = 0;

	all.n = all.words = 0;
	read_key(&all, key, key_len);
	count_foreign(foreign, like, &all);
	if (may_be_like(like, all.n, foreign[all.n], like->edits))
		whole = score_of(like, all.cp, all.n, like->edits);
	if (all.words > 1)
		part = best_part(like, &all, foreign);
	return whole > part ? whole : part;
}
