/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "core/text.h"
#include "record/rows.h"
#include "search/alike.h"
#include "search/like.h"
#include "search/query.h"
#include "store/sql.h"

/* Records of one name that are paired with each other. */
#define RUN_MAX 50

/* Names with a common beginning that are compared with each other. */
#define BUCKET_MAX 400

/* Pairs in all. */
#define PAIRS_MAX ((size_t)200000)

/* Of shorter names one edit makes anything. */
#define NEAR_MIN 5

/* Characters of a name that are looked at for a common beginning. */
#define BEGINNING 8

/* So that what is left of beginnings is never all in memory at once. */
#define PASSES 8

/* Pairs of names that wait to be compared. */
#define CANDIDATES_MAX ((size_t)250000)

/* A form of a name of a person. */
struct form {
	int64_t num;
	size_t at, len; /* in keys */
};

struct alike {
	struct store *s;
	struct buf keys;   /* one behind the other, each with a NUL */
	struct buf forms;  /* struct form, by key */
	struct buf by_num; /* struct form, by num */
	struct buf kinds;  /* int64_t: who is not one person, in order */
	struct buf *pairs; /* struct alike_pair */
	bool cut, full;
};

/* ---- Pairs ---- */

static int
compare_nums(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/* By the two records; of one reason the best score first. */
static int
compare_pairs(const void *a, const void *b)
{
	const struct alike_pair *x = a, *y = b;

	if (x->a != y->a)
		return x->a < y->a ? -1 : 1;
	if (x->b != y->b)
		return x->b < y->b ? -1 : 1;
	if (x->why != y->why)
		return x->why < y->why ? -1 : 1;
	return x->score > y->score ? -1 : x->score < y->score;
}

/* Names meet more than once: what was found twice is one pair. */
static void
drop_doubles(struct buf *pairs)
{
	struct alike_pair *list = (struct alike_pair *)(void *)pairs->bytes;
	size_t n = pairs->len / sizeof(*list), kept = 0;

	if (n == 0)
		return;
	qsort(list, n, sizeof(*list), compare_pairs);
	for (size_t i = 0; i < n; i++)
		if (kept == 0 || list[kept - 1].a != list[i].a ||
		    list[kept - 1].b != list[i].b ||
		    list[kept - 1].why != list[i].why)
			list[kept++] = list[i];
	buf_truncate(pairs, kept * sizeof(*list));
}

static bool
add_pair(struct alike *a, int64_t x, int64_t y, unsigned why, unsigned score)
{
	struct alike_pair pair = { .a = x < y ? x : y,
		.b = x < y ? y : x,
		.why = why,
		.score = score };

	if (x == y || a->full)
		return true;
	if (a->pairs->len / sizeof(pair) >= PAIRS_MAX) {
		drop_doubles(a->pairs);
		/* Room for a few more only is not worth the sorting. */
		a->full = a->pairs->len / sizeof(pair) > PAIRS_MAX / 4 * 3;
		a->cut = a->cut || a->full;
	}
	return a->full || buf_put(a->pairs, &pair, sizeof(pair));
}

/* Each of n with each, unless they are too many to mean anything. */
static bool
pair_run(struct alike *a, const int64_t *nums, size_t n, unsigned why,
    unsigned score)
{
	bool good = true;

	if (n > RUN_MAX) {
		a->cut = true;
		n = RUN_MAX;
	}
	for (size_t i = 0; i < n; i++)
		for (size_t k = i + 1; good && k < n; k++)
			good = add_pair(a, nums[i], nums[k], why, score);
	return good;
}

static int
compare_scores(const void *a, const void *b)
{
	const struct alike_pair *x = a, *y = b;

	if (x->score != y->score)
		return x->score > y->score ? -1 : 1;
	return compare_pairs(a, b);
}

/* A reason more; a name that is the same is not near as well. */
static void
merge_pair(struct alike_pair *to, const struct alike_pair *from)
{
	if ((to->why & from->why) != 0 ||
	    (from->why == ALIKE_NEAR && (to->why & ALIKE_NAME) != 0))
		return;
	to->why |= from->why;
	to->score += from->score;
}

static bool
is_many(const struct alike *a, int64_t num)
{
	return a->kinds.len > 0 &&
	    bsearch(&num, a->kinds.bytes, a->kinds.len / sizeof(num),
		sizeof(num), compare_nums) != NULL;
}

/* A group and one person are not the same. */
static void
settle(struct alike *a)
{
	struct alike_pair *list = (struct alike_pair *)(void *)a->pairs->bytes;
	size_t n = a->pairs->len / sizeof(*list), kept = 0;

	if (n == 0)
		return;
	qsort(list, n, sizeof(*list), compare_pairs);
	for (size_t i = 0; i < n; i++)
		if (kept > 0 && list[kept - 1].a == list[i].a &&
		    list[kept - 1].b == list[i].b)
			merge_pair(&list[kept - 1], &list[i]);
		else if (is_many(a, list[i].a) == is_many(a, list[i].b))
			list[kept++] = list[i];
	qsort(list, kept, sizeof(*list), compare_scores);
	buf_truncate(a->pairs, kept * sizeof(*list));
}

/* ---- Reading the index ---- */

static enum vault_err
read_kinds(struct alike *a)
{
	struct sql *q = sql_open(
	    a->s, "SELECT DISTINCT num FROM value WHERE field=?1 ORDER BY num");
	enum vault_err err;
	bool row;

	sql_put_int(q, 1, QUERY_KIND);
	while ((err = sql_step(q, &row)) == VAULT_OK && row) {
		int64_t num = sql_int(q, 0);

		buf_put(&a->kinds, &num, sizeof(num));
	}
	sql_close(q);
	return err == VAULT_OK ? buf_ok(&a->kinds) : err;
}

static int
compare_form_nums(const void *a, const void *b)
{
	const struct form *x = a, *y = b;

	if (x->num != y->num)
		return x->num < y->num ? -1 : 1;
	return x->at < y->at ? -1 : x->at > y->at;
}

static enum vault_err
read_forms(struct alike *a)
{
	struct sql *q = sql_open(a->s,
	    "SELECT value.key,value.num FROM value"
	    " JOIN item ON item.num=value.num"
	    " WHERE value.field=?1 AND item.type='person'"
	    " ORDER BY value.key,value.num");
	enum vault_err err;
	bool row;

	sql_put_int(q, 1, QUERY_LABEL);
	while ((err = sql_step(q, &row)) == VAULT_OK && row) {
		struct form form = { .num = sql_int(q, 1), .at = a->keys.len };
		const char *key = sql_text(q, 0, &form.len);

		if ((err = sql_ok(q)) != VAULT_OK)
			break;
		buf_put(&a->keys, key, form.len);
		buf_put_byte(&a->keys, 0);
		buf_put(&a->forms, &form, sizeof(form));
		buf_put(&a->by_num, &form, sizeof(form));
	}
	sql_close(q);
	if (err == VAULT_OK && (err = buf_ok(&a->keys)) == VAULT_OK &&
	    (err = buf_ok(&a->forms)) == VAULT_OK)
		err = buf_ok(&a->by_num);
	if (err == VAULT_OK && a->by_num.len > 0)
		qsort(a->by_num.bytes, a->by_num.len / sizeof(struct form),
		    sizeof(struct form), compare_form_nums);
	return err;
}

/* Hand the records that have one value of a field to each, value by value. */
static enum vault_err
each_run(struct alike *a, int field,
    enum vault_err (*each)(struct alike *a, const int64_t *nums, size_t n))
{
	struct sql *q = sql_open(a->s,
	    "SELECT value.key,value.num FROM value"
	    " JOIN item ON item.num=value.num"
	    " WHERE value.field=?1 AND item.type='person'"
	    " ORDER BY value.key,value.num");
	struct buf last = { 0 }, nums = { 0 };
	enum vault_err err;
	bool row = true;

	sql_put_int(q, 1, field);
	while (row && (err = sql_step(q, &row)) == VAULT_OK) {
		size_t len = 0, n = nums.len / sizeof(int64_t);
		const char *key = row ? sql_text(q, 0, &len) : "";
		int64_t num = row ? sql_int(q, 1) : 0;

		if (row && (err = sql_ok(q)) != VAULT_OK)
			break;
		if (!row || len != last.len ||
		    memcmp(key, buf_text(&last), len) != 0) {
			if (n > 1 &&
			    (err = each(a, (const int64_t *)(void *)nums.bytes,
				 n)) != VAULT_OK)
				break;
			buf_reset(&nums);
			buf_reset(&last);
			buf_put(&last, key, len);
		}
		buf_put(&nums, &num, sizeof(num));
		if ((err = buf_ok(&nums)) != VAULT_OK ||
		    (err = buf_ok(&last)) != VAULT_OK)
			break;
	}
	sql_close(q);
	buf_free(&last);
	buf_free(&nums);
	return err;
}

/* ---- The same name, number, day ---- */

static enum vault_err
same_name(struct alike *a, const int64_t *nums, size_t n)
{
	return pair_run(a, nums, n, ALIKE_NAME, LIKE_SAME) ? VAULT_OK
							   : VAULT_ENOMEM;
}

static enum vault_err
same_paper(struct alike *a, const int64_t *nums, size_t n)
{
	return pair_run(a, nums, n, ALIKE_PAPER, 3 * LIKE_SAME) ? VAULT_OK
								: VAULT_ENOMEM;
}

/* FNV-1a: what collides is only compared in vain, or shown to a person. */
#define HASH_BEGIN UINT64_C(0xcbf29ce484222325)

static uint64_t
hash_more(uint64_t hash, const void *bytes, size_t len)
{
	const uint8_t *at = bytes;

	for (size_t i = 0; i < len; i++)
		hash = (hash ^ at[i]) * UINT64_C(0x100000001b3);
	return hash;
}

struct word {
	uint64_t hash;
	int64_t num;
};

static int
compare_words(const void *a, const void *b)
{
	const struct word *x = a, *y = b;

	if (x->hash != y->hash)
		return x->hash < y->hash ? -1 : 1;
	return x->num < y->num ? -1 : x->num > y->num;
}

/* The words of the names of a record. */
static void
add_words(struct buf *words, const struct alike *a, int64_t num)
{
	const struct form *list = (const struct form *)(const void *)
				      a->by_num.bytes;
	size_t n = a->by_num.len / sizeof(*list), lo = 0, hi = n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (list[mid].num < num)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (; lo < n && list[lo].num == num; lo++) {
		const char *at = buf_text(&a->keys) + list[lo].at;

		while (*at != '\0') {
			size_t len = strcspn(at, " ");
			struct word w = { .num = num,
				.hash = hash_more(HASH_BEGIN, at, len) };

			buf_put(words, &w, sizeof(w));
			at += len + (at[len] == ' ');
		}
	}
}

/* Of those born on one day, who share a word of a name. */
static enum vault_err
same_birth(struct alike *a, const int64_t *nums, size_t n)
{
	struct buf words = { 0 };
	struct word *list;
	size_t all, first = 0;
	bool good = true;

	for (size_t i = 0; i < n; i++)
		add_words(&words, a, nums[i]);
	list = (struct word *)(void *)words.bytes;
	all = words.len / sizeof(*list);
	if ((good = buf_ok(&words) == VAULT_OK) && all > 0)
		qsort(list, all, sizeof(*list), compare_words);
	for (size_t i = 1; good && i < all; i++) {
		if (list[i].hash != list[first].hash)
			first = i;
		if (i - first >= RUN_MAX) {
			a->cut = true;
			continue;
		}
		for (size_t k = first; good && k < i; k++)
			good = add_pair(a, list[k].num, list[i].num, ALIKE_BORN,
			    LIKE_SAME * 9 / 10);
	}
	buf_free(&words);
	return good ? VAULT_OK : VAULT_ENOMEM;
}

/* ---- Names within two edits ---- */

/* A key without blanks, and those who have it. */
struct key {
	size_t at;       /* in keys */
	size_t first, n; /* in forms */
	size_t chars;
	uint64_t mask; /* a bit for each character, by its low bits */
	uint32_t begin[BEGINNING];
};

struct left {
	uint64_t hash;
	size_t key;
};

struct candidate {
	uint32_t a, b; /* keys */
};

struct near {
	struct alike *a;
	struct buf keys; /* struct key */
	struct buf left; /* struct left */
	struct buf candidates;
	unsigned pass;
};

static const struct key *
keys_of(const struct near *near, size_t *n)
{
	*n = near->keys.len / sizeof(struct key);
	return (const struct key *)(const void *)near->keys.bytes;
}

static void
read_key(struct key *key, const char *text, size_t len)
{
	uint32_t cp;

	for (size_t i = 0, step; i < len; i += step) {
		if ((step = text_next(&cp, text + i, len - i)) == 0)
			return;
		if (key->chars < BEGINNING)
			key->begin[key->chars] = cp;
		key->mask |= UINT64_C(1) << (cp & 63);
		key->chars++;
	}
}

static enum vault_err
list_keys(struct near *near)
{
	const struct alike *a = near->a;
	const struct form *forms = (const struct form *)(const void *)
				       a->forms.bytes;
	size_t n = a->forms.len / sizeof(*forms), end;

	for (size_t i = 0; i < n; i = end) {
		const char *text = buf_text(&a->keys) + forms[i].at;
		struct key key = { .at = forms[i].at, .first = i };

		for (end = i + 1; end < n && forms[end].len == forms[i].len &&
		     strcmp(text, buf_text(&a->keys) + forms[end].at) == 0;)
			end++;
		key.n = end - i;
		if (strchr(text, ' ') != NULL)
			continue;
		read_key(&key, text, forms[i].len);
		if (key.chars >= NEAR_MIN && key.chars <= LIKE_MAX)
			buf_put(&near->keys, &key, sizeof(key));
	}
	return buf_ok(&near->keys);
}

/* What is left of a beginning without characters i and k; n: of none. */
static void
put_left(
    struct near *near, size_t at, const struct key *key, size_t i, size_t k)
{
	size_t n = key->chars < BEGINNING ? key->chars : BEGINNING;
	struct left left = { .hash = HASH_BEGIN, .key = at };

	for (size_t c = 0; c < n; c++)
		if (c != i && c != k)
			left.hash = hash_more(
			    left.hash, &key->begin[c], sizeof(key->begin[c]));
	if (left.hash % PASSES == near->pass)
		buf_put(&near->left, &left, sizeof(left));
}

static int
compare_left(const void *a, const void *b)
{
	const struct left *x = a, *y = b;

	if (x->hash != y->hash)
		return x->hash < y->hash ? -1 : 1;
	return x->key < y->key ? -1 : x->key > y->key;
}

static enum vault_err
list_left(struct near *near)
{
	size_t all;
	const struct key *keys = keys_of(near, &all);

	buf_reset(&near->left);
	for (size_t at = 0; at < all; at++) {
		size_t n = keys[at].chars < BEGINNING ? keys[at].chars
						      : BEGINNING;

		for (size_t i = 0; i <= n; i++)
			for (size_t k = i; k <= n; k++)
				if (k > i || i == n)
					put_left(near, at, &keys[at], i, k);
	}
	if (buf_ok(&near->left) != VAULT_OK)
		return VAULT_ENOMEM;
	if (near->left.len > 0)
		qsort(near->left.bytes, near->left.len / sizeof(struct left),
		    sizeof(struct left), compare_left);
	return VAULT_OK;
}

/* An edit changes the length by one, and two characters at most. */
static bool
may_be_near(const struct key *x, const struct key *y)
{
	size_t more = x->chars > y->chars ? x->chars - y->chars
					  : y->chars - x->chars;

	return more <= 2 && __builtin_popcountll(x->mask ^ y->mask) <= 4;
}

static int
compare_candidates(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;

	if (x->a != y->a)
		return x->a < y->a ? -1 : 1;
	return x->b < y->b ? -1 : x->b > y->b;
}

/* Those who have the same left, from first to end. */
static void
pair_bucket(struct near *near, const struct left *list, size_t n)
{
	size_t all;
	const struct key *keys = keys_of(near, &all);

	if (n > BUCKET_MAX) {
		near->a->cut = true;
		n = BUCKET_MAX;
	}
	for (size_t i = 0; i < n; i++)
		for (size_t k = i + 1; k < n; k++) {
			struct candidate c = { (uint32_t)list[i].key,
				(uint32_t)list[k].key };

			if (c.a != c.b && may_be_near(&keys[c.a], &keys[c.b]))
				buf_put(&near->candidates, &c, sizeof(c));
		}
}

/* A few of those who have the one key, with a few who have the other. */
static bool
pair_keys(
    struct near *near, const struct key *x, const struct key *y, unsigned score)
{
	enum { FEW = 8 };
	const struct form *forms = (const struct form *)(const void *)
				       near->a->forms.bytes;
	bool good = true;

	near->a->cut = near->a->cut || x->n > FEW || y->n > FEW;
	for (size_t i = 0; i < x->n && i < FEW; i++)
		for (size_t k = 0; good && k < y->n && k < FEW; k++)
			good = add_pair(near->a, forms[x->first + i].num,
			    forms[y->first + k].num, ALIKE_NEAR, score);
	return good;
}

/* Compare those that wait, each pair once. */
static enum vault_err
score_candidates(struct near *near)
{
	struct candidate *list = (struct candidate *)(void *)
				     near->candidates.bytes;
	size_t n = near->candidates.len / sizeof(*list), all;
	const struct key *keys = keys_of(near, &all);
	const char *text = buf_text(&near->a->keys);
	struct like *like = NULL;
	enum vault_err err = buf_ok(&near->candidates);

	if (err == VAULT_OK && n > 0)
		qsort(list, n, sizeof(*list), compare_candidates);
	for (size_t i = 0; err == VAULT_OK && i < n; i++) {
		const char *x = text + keys[list[i].a].at;
		const char *y = text + keys[list[i].b].at;
		unsigned score;

		if (i > 0 && compare_candidates(&list[i - 1], &list[i]) == 0)
			continue;
		if (i == 0 || list[i].a != list[i - 1].a) {
			like_free(like);
			like = NULL;
			err = like_new(&like, x, strlen(x));
		}
		if (err == VAULT_OK &&
		    (score = like_score(like, y, strlen(y))) > 0 &&
		    !pair_keys(near, &keys[list[i].a], &keys[list[i].b], score))
			err = VAULT_ENOMEM;
	}
	like_free(like);
	buf_reset(&near->candidates);
	return err;
}

/* Those who have something left in common. */
static enum vault_err
compare_left_alike(struct near *near)
{
	const struct left *list = (const struct left *)(const void *)
				      near->left.bytes;
	size_t n = near->left.len / sizeof(*list), end;
	enum vault_err err = VAULT_OK;

	for (size_t i = 0; err == VAULT_OK && i < n; i = end) {
		for (end = i + 1; end < n && list[end].hash == list[i].hash;)
			end++;
		if (end - i > 1)
			pair_bucket(near, list + i, end - i);
		if (near->candidates.len / sizeof(struct candidate) >
		    CANDIDATES_MAX)
			err = score_candidates(near);
	}
	return err == VAULT_OK ? score_candidates(near) : err;
}

static enum vault_err
near_names(struct alike *a)
{
	struct near near = { .a = a };
	enum vault_err err = list_keys(&near);

	for (; err == VAULT_OK && near.pass < PASSES; near.pass++)
		if ((err = list_left(&near)) == VAULT_OK)
			err = compare_left_alike(&near);
	buf_free(&near.keys);
	buf_free(&near.left);
	buf_free(&near.candidates);
	return err;
}

/* ---- What another office says ---- */

static enum vault_err
find_num(int64_t *num, struct store *s, const char *id)
{
	uint8_t bytes[ID_LEN];
	struct record_row r;
	enum vault_err err;

	*num = 0;
	if (id_parse(bytes, id, strlen(id)) != VAULT_OK)
		return VAULT_OK;
	err = rows_find(&r, s, bytes);
	if (err == VAULT_OK && !r.forgotten && strcmp(r.type, "person") == 0)
		*num = r.num;
	return err == VAULT_ENORECORD ? VAULT_OK : err;
}

static enum vault_err
claimed(struct alike *a, const struct same *same)
{
	size_t n;
	const struct same_pair *list = same_pairs(&n, same);
	enum vault_err err = VAULT_OK;

	for (size_t i = 0; err == VAULT_OK && i < n; i++) {
		int64_t x, y;

		if (list[i].said != SAME_CLAIMED)
			continue;
		if ((err = find_num(&x, a->s, list[i].a)) == VAULT_OK &&
		    (err = find_num(&y, a->s, list[i].b)) == VAULT_OK &&
		    x != 0 && y != 0 &&
		    !add_pair(a, x, y, ALIKE_CLAIMED, 5 * LIKE_SAME))
			err = VAULT_ENOMEM;
	}
	return err;
}

static enum vault_err
find(struct buf *out, bool *cut, struct store *s, const struct same *same,
    bool near)
{
	struct alike a = { .s = s, .pairs = out };
	enum vault_err err;

	if ((err = claimed(&a, same)) == VAULT_OK &&
	    (err = read_kinds(&a)) == VAULT_OK &&
	    (err = read_forms(&a)) == VAULT_OK &&
	    (err = each_run(&a, QUERY_PAPER, same_paper)) == VAULT_OK &&
	    (err = each_run(&a, QUERY_LABEL, same_name)) == VAULT_OK &&
	    (err = each_run(&a, QUERY_BORN, same_birth)) == VAULT_OK &&
	    (!near || (err = near_names(&a)) == VAULT_OK))
		settle(&a);
	*cut = a.cut;
	buf_free(&a.keys);
	buf_free(&a.forms);
	buf_free(&a.by_num);
	buf_free(&a.kinds);
	return err;
}

enum vault_err
alike_find(struct buf *out, bool *cut, struct store *s, const struct same *same)
{
	return find(out, cut, s, same, true);
}

enum vault_err
alike_quick(
    struct buf *out, bool *cut, struct store *s, const struct same *same)
{
	return find(out, cut, s, same, false);
}
