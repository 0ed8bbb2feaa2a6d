/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

#include "core/buf.h"
#include "core/mem.h"
#include "core/text.h"
#include "search/like.h"

/* How much a name is like another one, both as they are typed. */
static unsigned
score(const char *name, const char *other)
{
	struct buf key = { 0 };
	struct like *like;
	unsigned s;

	assert_int_equal(text_key(&key, other, strlen(other)), VAULT_OK);
	assert_int_equal(like_new(&like, name, strlen(name)), VAULT_OK);
	s = like_score(like, buf_text(&key), key.len);
	assert_true(s <= LIKE_SAME);
	like_free(like);
	buf_free(&key);
	return s;
}

static void
the_same_name_scores_most(void **state)
{
	(void)state;
	assert_int_equal(score("Teng Biao", "Teng Biao"), LIKE_SAME);
	assert_int_equal(score("Teng Biao", "TENGBIAO"), LIKE_SAME);
	assert_int_equal(score("Teng Biao", "Teng·Biao"), LIKE_SAME);
	assert_int_equal(score("Corredera", "Corredéra"), LIKE_SAME);
	assert_int_equal(score("腾彪", "腾彪"), LIKE_SAME);
}

static void
finds_names_within_two_edits(void **state)
{
	(void)state;
	assert_true(score("Teng Biao", "Teng Bia") > 0);
	assert_true(score("Teng Biao", "Tneg Biao") > 0);
	assert_true(score("Teng Biao", "Tang Biau") > 0);
	assert_true(score("Teng Biao", "Tneg Baio") > 0);
	assert_true(score("Jin Guanghong", "Jin Guang-hung") > 0);
	assert_true(score("Corredera Reyes", "Coredera Reyez") > 0);
	assert_true(score("Teng Biao", "Tang Bieu") == 0);
	assert_true(score("Teng Biao", "Liu Xiaobo") == 0);
	assert_true(score("Teng Biao", "Teng Biaoxyz") == 0);
	assert_true(score("Teng Biao", "") == 0);
}

static void
short_names_may_differ_less(void **state)
{
	(void)state;
	assert_true(score("腾彪", "滕彪") > 0);
	assert_true(score("腾彪", "彪") > 0);
	assert_true(score("腾彪", "金光") == 0);
	assert_true(score("金光鸿", "金光洪") > 0);
	assert_true(score("金光鸿", "金广洪") == 0);
	assert_true(score("J", "K") == 0);
	assert_true(score("J", "J") > 0);
	assert_true(score("Teng", "Tang") > 0);
	assert_true(score("Teng", "Tung") > 0);
	assert_true(score("Teng", "Wang") == 0);
}

static void
the_order_of_names_does_not_matter(void **state)
{
	(void)state;
	assert_true(score("Teng Biao", "Biao Teng") > 0);
	assert_true(score("Teng Biao", "Biao, Tang") > 0);
	assert_true(
	    score("Gabriel García Márquez", "García Márquez, Gabriel") > 0);
	assert_true(
	    score("García Márquez Gabriel", "Gabriel Garcia Marques") > 0);
	assert_true(score("أحمد إبراهيم", "ابراهيم احمد") > 0);
}

static void
a_part_of_a_name_is_found(void **state)
{
	unsigned part = score("Guanghong", "Jin Guanghong");

	(void)state;
	assert_true(score("Guanghng", "Jin Guanghong") > 0);
	assert_true(score("Guang-hnog", "Jin Guanghong") > 0);
	assert_true(score("Garcia Marquiz", "Gabriel García Márquez") > 0);
	assert_true(score("Marquiz Garcia", "Gabriel García Márquez") > 0);
	assert_true(score("Gabriel Marquez", "Gabriel García Márquez") == 0);
	assert_true(score("Guangxi", "Jin Guanghong") == 0);
	/* Short ones are many. */
	assert_true(score("Teng", "Teng Biao") > 0);
	assert_true(score("Tang", "Teng Biao") == 0);
	assert_true(score("Bieo", "Teng Biao") == 0);
	assert_true(score("光鸿", "金 光鸿") > 0);
	assert_true(score("光洪", "金 光鸿") == 0);
	assert_true(score("Corredara", "Mercedes Corredera Reyes") > 0);
	assert_true(score("Coredara", "Mercedes Corredera Reyes") > 0);
	assert_true(score("Coredar", "Mercedes Corredera Reyes") == 0);
	/* As good as no edit of a whole, better than as many. */
	assert_true(part < score("Guanghong", "Guanghong"));
	assert_true(part > score("Guanghng", "Guanghong"));
	assert_true(score("Guanghng", "Jin Guanghong") <
	    score("Guanghng", "Guanghong"));
}

/* Words beyond the eighth count as one with it; characters beyond 64 do not. */
static void
parts_of_long_names_are_bounded(void **state)
{
	char name[128];

	(void)state;
	assert_true(score("seventhy", "a b c d e f seventh h i j k") > 0);
	assert_true(score("tenthone", "a b c d e f g h ijk tenthone") == 0);
	memset(name, 'a', 60);
	strcpy(name + 60, " beginning");
	assert_true(score("beginning", name) == 0);
	assert_true(score("begi", name) > 0);
}

static void
nearer_names_score_more(void **state)
{
	unsigned same = score("Teng Biao", "Teng Biao");
	unsigned turned = score("Teng Biao", "Biao Teng");
	unsigned one = score("Teng Biao", "Tang Biao");
	unsigned two = score("Teng Biao", "Tang Bia");

	(void)state;
	assert_true(same > turned && turned > one && one > two && two > 0);
}

static void
a_name_of_nothing_is_refused(void **state)
{
	struct like *like;

	(void)state;
	assert_int_equal(like_new(&like, "", 0), VAULT_EUSE);
	assert_null(like);
	assert_int_equal(like_new(&like, " . ", 3), VAULT_EUSE);
	assert_null(like);
	assert_int_equal(like_new(&like, "\xff", 1), VAULT_EUSE);
	assert_null(like);
}

/* The whole table, as in a textbook. */
static size_t
table_edits(const char *a, const char *b)
{
	size_t n = strlen(a), m = strlen(b), d[16][16], cost;

	for (size_t i = 0; i <= n; i++)
		d[i][0] = i;
	for (size_t j = 0; j <= m; j++)
		d[0][j] = j;
	for (size_t i = 1; i <= n; i++)
		for (size_t j = 1; j <= m; j++) {
			cost = d[i - 1][j - 1] + (a[i - 1] != b[j - 1]);
			if (d[i - 1][j] + 1 < cost)
				cost = d[i - 1][j] + 1;
			if (d[i][j - 1] + 1 < cost)
				cost = d[i][j - 1] + 1;
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
			    a[i - 2] == b[j - 1] && d[i - 2][j - 2] + 1 < cost)
				cost = d[i - 2][j - 2] + 1;
			d[i][j] = cost;
		}
	return d[n][m];
}

static void
agrees_with_the_table_of_distances(void **state)
{
	char a[16], b[16];

	(void)state;
	srand(1966);
	for (int round = 0; round < 100000; round++) {
		size_t n = 1 + (size_t)rand() % 12, m = (size_t)rand() % 13;
		size_t allowed = n < 2 ? 0 : n < 5 ? 1 : 2;
		unsigned s;

		for (size_t i = 0; i < n; i++)
			a[i] = (char)('a' + rand() % 3);
		a[n] = '\0';
		for (size_t i = 0; i < m; i++)
			b[i] = (char)(rand() % 4 && i < n ? a[i]
							  : 'a' + rand() % 3);
		b[m] = '\0';
		s = score(a, b);
		assert_int_equal(s > 0, m > 0 && table_edits(a, b) <= allowed);
		assert_int_equal(s == LIKE_SAME, strcmp(a, b) == 0);
	}
}

static void
long_names_and_any_bytes_are_compared(void **state)
{
	char name[300], other[300];
	struct like *like;

	(void)state;
	memset(name, 'a', sizeof(name));
	assert_int_equal(like_new(&like, name, sizeof(name)), VAULT_OK);
	assert_int_equal(like_score(like, name, sizeof(name)), LIKE_SAME);
	assert_int_equal(like_score(like, name, LIKE_MAX), LIKE_SAME);
	assert_int_equal(like_score(like, name, LIKE_MAX - 3), 0);
	like_free(like);

	/* Neither reads nor writes beyond its arrays, whatever it is given. */
	memset(name, 'x', 64);
	assert_int_equal(like_new(&like, name, 64), VAULT_OK);
	srand(3);
	for (int round = 0; round < 100000; round++) {
		size_t len = (size_t)rand() % sizeof(other);

		for (size_t i = 0; i < len; i++)
			other[i] = rand() % 8 ? 'x' : (char)rand();
		assert_true(like_score(like, other, len) <= LIKE_SAME);
	}
	assert_int_equal(like_score(like, "", 0), 0);
	assert_int_equal(like_score(like, "\0\0", 2), 0);
	like_free(like);
}

/* Ten times what is wanted, for slow machines and sanitizers. */
static void
a_hundred_thousand_keys_take_no_second(void **state)
{
	struct like *like;
	size_t n = 100000, hits = 0;
	char(*keys)[16] = malloc(n * sizeof(*keys));
	clock_t start;

	(void)state;
	srand(5);
	for (size_t i = 0; i < n; i++)
		snprintf(keys[i], sizeof(keys[i]), "%c%c%cg b%c%c%c",
		    "tdl"[rand() % 3], "eai"[rand() % 3], "nmg"[rand() % 3],
		    "iae"[rand() % 3], "aoi"[rand() % 3], "oun"[rand() % 3]);
	assert_int_equal(like_new(&like, "Teng Biao", 9), VAULT_OK);
	start = clock();
	for (size_t i = 0; i < n; i++)
		hits += like_score(like, keys[i], strlen(keys[i])) > 0;
	start = clock() - start;
	print_message("%zu of %zu in %.1f ms\n", hits, n,
	    1000.0 * (double)start / CLOCKS_PER_SEC);
	assert_true(start < CLOCKS_PER_SEC);
	assert_true(hits > 0 && hits < n);
	like_free(like);
	free(keys);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_same_name_scores_most),
		cmocka_unit_test(finds_names_within_two_edits),
		cmocka_unit_test(short_names_may_differ_less),
		cmocka_unit_test(the_order_of_names_does_not_matter),
		cmocka_unit_test(a_part_of_a_name_is_found),
		cmocka_unit_test(parts_of_long_names_are_bounded),
		cmocka_unit_test(nearer_names_score_more),
		cmocka_unit_test(a_name_of_nothing_is_refused),
		cmocka_unit_test(agrees_with_the_table_of_distances),
		cmocka_unit_test(long_names_and_any_bytes_are_compared),
		cmocka_unit_test(a_hundred_thousand_keys_take_no_second),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
