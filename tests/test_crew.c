/* SPDX-License-Identifier: ISC */
/* Two threads on items in order: nothing is lost, doubled or overtaken. */
#include <stdatomic.h>
#include <stdint.h>

#include "core/crew.h"
#include "core/mem.h"
#include "support.h"

#define ROOM 8

struct item {
	uint64_t number, result;
	unsigned worked;
};

static atomic_uint by_caller, by_helper, freed;

static void
work(void *ctx, void *at, bool helper)
{
	struct item *i = at;
	uint64_t x = i->number;

	/* Not equally long, so that they would overtake each other. */
	for (uint64_t n = i->number % 7 * *(uint64_t *)ctx; n > 0; n--)
		x = x * 6364136223846793005u + 1;
	i->worked++;
	i->result = i->number * 3 + (x == 1);
	*(helper ? &by_helper : &by_caller) += 1;
}

static void
last(void *at)
{
	(void)at;
	freed++;
}

static void
take_one(struct crew *c, uint64_t wanted)
{
	struct item *i = crew_oldest(c);

	assert_non_null(i);
	assert_int_equal(i->number, wanted);
	assert_int_equal(i->worked, 1);
	assert_in_range(i->result, wanted * 3, wanted * 3 + 1);
	crew_pop(c);
}

/* n items, each taken back when there is no room for the next. */
static void
pass(struct crew *c, uint64_t n)
{
	uint64_t taken = 0;

	for (uint64_t number = 0; number < n; number++) {
		struct item *i;

		while ((i = crew_next(c)) == NULL)
			take_one(c, taken++);
		*i = (struct item){ .number = number };
		crew_push(c);
	}
	while (taken < n)
		take_one(c, taken++);
	assert_null(crew_oldest(c));
}

static void
items_come_back_in_their_order(void **state)
{
	static uint64_t lengths[] = { 0, 50, 2000 };
	struct crew *c;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		by_caller = by_helper = freed = 0;
		assert_int_equal(
		    crew_new(&c, ROOM, sizeof(struct item), work, &lengths[i]),
		    VAULT_OK);
		pass(c, 5000);
		pass(c, 3); /* and once more, after a rest */
		crew_free(c, last);
		assert_int_equal(by_caller + by_helper, 5003);
		assert_int_equal(freed, ROOM);
	}
	/* The longest take so long that a second thread must have had some. */
	assert_true(by_helper > 0);
}

static void
what_waits_is_let_go(void **state)
{
	static uint64_t length = 100;
	struct crew *c;

	(void)state;
	for (unsigned n = 0; n <= ROOM; n++) {
		by_caller = by_helper = freed = 0;
		assert_int_equal(
		    crew_new(&c, ROOM, sizeof(struct item), work, &length),
		    VAULT_OK);
		for (unsigned i = 0; i < n; i++) {
			assert_non_null(crew_next(c));
			crew_push(c);
		}
		assert_true(n < ROOM || crew_next(c) == NULL);
		crew_free(c, last);
		assert_int_equal(freed, ROOM);
		assert_int_equal(by_caller, 0);
		assert_true(by_helper <= n);
	}
	crew_free(NULL, last);
}

static void
fails_cleanly_without_memory(void **state)
{
	static uint64_t length;
	struct crew *c;

	(void)state;
	for (size_t n = 1; n <= 3; n++) {
		mem_test_fail(n, 0);
		assert_int_equal(
		    crew_new(&c, ROOM, sizeof(struct item), work, &length),
		    VAULT_ENOMEM);
		assert_null(c);
	}
	mem_test_fail(0, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(items_come_back_in_their_order),
		cmocka_unit_test(what_waits_is_let_go),
		cmocka_unit_test(fails_cleanly_without_memory),
	};

	return cmocka_run_group_tests_name("crew", tests, NULL, NULL);
}
