/* SPDX-License-Identifier: ISC */
/*
 * scan_near - a name of many letters, one of which is wrong: another one, one
 * too few, one too many, or two exchanged.  Where it is, one half of the name
 * is right, and is in the tree of forms; the other is compared here.
 */
#include <string.h>

#include "record/scan_inner.h"

/* The character at a place of the text, going that way; its length, or 0. */
static size_t
step_of(const uint8_t *bytes, size_t len, size_t at, int way)
{
	size_t n = 1;

	if (way > 0 ? at >= len : at == 0)
		return 0;
	if (way > 0)
		while (at + n < len && (bytes[at + n] & 0xc0) == 0x80)
			n++;
	else
		while (n < at && (bytes[at - n] & 0xc0) == 0x80)
			n++;
	return n;
}

/* Two texts that are compared, from a place in each, that way. */
struct pair {
	const uint8_t *name, *text;
	size_t name_len, text_len;
	int way;
};

static bool
same_step(const struct pair *p, size_t i, size_t j, size_t *di, size_t *dj)
{
	*di = step_of(p->name, p->name_len, i, p->way);
	*dj = step_of(p->text, p->text_len, j, p->way);
	if (*di == 0 || *di != *dj)
		return false;
	return p->way > 0
	    ? memcmp(p->name + i, p->text + j, *di) == 0
	    : memcmp(p->name + i - *di, p->text + j - *dj, *di) == 0;
}

static size_t
moved(const struct pair *p, size_t at, size_t by)
{
	return p->way > 0 ? at + by : at - by;
}

/* Does the rest of the name stand here?  *end is where it ends then. */
static bool
rest_is(const struct pair *p, size_t i, size_t j, size_t *end)
{
	size_t di, dj;

	while (same_step(p, i, j, &di, &dj)) {
		i = moved(p, i, di);
		j = moved(p, j, dj);
	}
	*end = j;
	return di == 0;
}

/* The place in the text where the other half ends: 4 ways of one mistake. */
#define MISTAKES 4
static size_t
other_half(
    size_t ends[static MISTAKES], const struct pair *p, size_t i, size_t j)
{
	size_t di, dj, n = 0, name2, text2;

	while (same_step(p, i, j, &di, &dj)) {
		i = moved(p, i, di);
		j = moved(p, j, dj);
	}
	/* Another letter, one too few, one too many. */
	if (di > 0 && dj > 0)
		n += rest_is(p, moved(p, i, di), moved(p, j, dj), &ends[n]);
	if (di > 0)
		n += rest_is(p, moved(p, i, di), j, &ends[n]);
	if (dj > 0)
		n += rest_is(p, i, moved(p, j, dj), &ends[n]);
	/* Two exchanged. */
	if (di == 0 || dj == 0)
		return n;
	name2 = step_of(p->name, p->name_len, moved(p, i, di), p->way);
	text2 = step_of(p->text, p->text_len, moved(p, j, dj), p->way);
	if (same_step(p, i, moved(p, j, dj), &di, &text2) && name2 > 0 &&
	    same_step(p, moved(p, i, di), j, &name2, &dj))
		n += rest_is(p, moved(p, moved(p, i, di), name2),
		    moved(p, moved(p, j, dj), text2), &ends[n]);
	return n;
}

static size_t
blanks_within(const struct looking *l, size_t at, size_t end)
{
	size_t n = 0;

	for (size_t i = at + 1; i < end; i++)
		n += (l->marks.bytes[i] & BLANK) != 0;
	return n;
}

/* One half was found at this place: is the other one almost there? */
void
scan_note_near(struct looking *l, const struct form *f, size_t at)
{
	bool first = f->after > 0;
	const struct pair p = {
		.name = (const uint8_t *)f->key - f->before,
		.name_len = f->before + f->len + f->after,
		.text = l->text.bytes,
		.text_len = l->text.len,
		.way = first ? 1 : -1,
	};
	size_t ends[MISTAKES], n, end = at + f->len;

	if (first ? !scan_is_edge(l, at) : !scan_ends_word(l, f->len, end))
		return;
	n = first ? other_half(ends, &p, f->len, end)
		  : other_half(ends, &p, f->before, at);
	for (size_t i = 0; i < n; i++) {
		size_t from = first ? at : ends[i], to = first ? ends[i] : end;
		struct scan_hit hit = { f->who, SCAN_PART, from, to - from };

		if (!scan_is_edge(l, from) || !scan_ends_word(l, f->len, to) ||
		    blanks_within(l, from, to) >= f->words ||
		    !scan_take_one(l, f))
			continue;
		buf_put(&l->found, &hit, sizeof(hit));
		return;
	}
}
