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
	bool has[256];  /* low bytes of the characters of the name */
};

/* The characters of a key without its blanks; no more than max. */
static size_t
read_key(uint32_t *to, size_t max, const void *key, size_t len)
{
	const uint8_t *bytes = key;
	size_t n = 0, step;
	uint32_t cp;

	for (size_t i = 0; i < len && n < max; i += step) {
		if (bytes[i] < 0x80) {
			step = 1;
			cp = bytes[i];
		} else if ((step = text_next(&cp, bytes + i, len - i)) == 0) {
			return n;
		}
		if (cp != ' ')
			to[n++] = cp;
	}
	return n;
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
	uint32_t cps[LIKE_MAX];
	size_t n;

	n = read_key(cps, LIKE_MAX, key + first, len - first);
	n += read_key(cps + n, LIKE_MAX - n, key, first);
	for (size_t i = 0; i < n; i++) {
		add_char(turn, cps[i]);
		like->has[cps[i] & 0xff] = true;
	}
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
	like->edits = like->turns[0].n < 2 ? 0
	    : like->turns[0].n < 5         ? 1
					   : EDITS_MAX;
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

/*
 * Nearly every key of a list is refused here: for its length, or because more
 * of its characters are foreign to the name than could be edited.
 */
static bool
may_be_like(const struct like *like, const uint32_t *key, size_t n)
{
	size_t length = like->turns[0].n, foreign = 0;

	if (n > length + like->edits || length > n + like->edits || n == 0)
		return false;
	for (size_t i = 0; i < n; i++)
		foreign += !like->has[key[i] & 0xff];
	return foreign <= like->edits;
}

unsigned
like_score(const struct like *like, const void *key, size_t key_len)
{
	uint32_t cps[LIKE_MAX];
	unsigned best = 0, score;
	size_t n, edits;

	n = read_key(cps, LIKE_MAX, key, key_len);
	if (!may_be_like(like, cps, n))
		return 0;
	for (size_t i = 0; i < like->n_turns; i++) {
		edits = edits_to(&like->turns[i], cps, n);
		if (edits > like->edits)
			continue;
		score = LIKE_SAME - (unsigned)(edits * 400 / like->turns[i].n);
		score -= 300 * (unsigned)edits + (i > 0 ? 20 : 0);
		if (score > best)
			best = score;
	}
	return best;
}
