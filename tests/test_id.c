/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "record/id.h"

static void
writes_the_number_in_base32(void **state)
{
	static const struct {
		uint8_t id[ID_LEN];
		const char *text;
	} rows[] = {
		{ { 0 }, "00000000000000000000000000" },
		{ { [15] = 1 }, "00000000000000000000000001" },
		{ { [15] = 32 }, "00000000000000000000000010" },
		{ { [15] = 31 }, "0000000000000000000000000z" },
		{ { [0] = 0x80 }, "40000000000000000000000000" },
		{ { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
		      0xff, 0xff, 0xff, 0xff, 0xff, 0xff },
		    "7zzzzzzzzzzzzzzzzzzzzzzzzz" },
		/* Computed with a big-number library. */
		{ { 0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef, 0xfe, 0xdc,
		      0xba, 0x98, 0x76, 0x54, 0x32, 0x10 },
		    "014d2pf2dbsqqzxq5tk1v58cgg" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char text[ID_TEXT_LEN + 1];
		uint8_t id[ID_LEN];

		assert_int_equal(
		    id_parse(id, rows[i].text, ID_TEXT_LEN), VAULT_OK);
		assert_memory_equal(id, rows[i].id, ID_LEN);
		id_print(text, id);
		assert_int_equal(strcasecmp(text, rows[i].text), 0);
		assert_true(id_is_canonical(text, strlen(text)));
	}
}

static void
reads_what_it_wrote_and_keeps_the_order(void **state)
{
	char last[ID_TEXT_LEN + 1] = "";
	uint8_t last_id[ID_LEN] = { 0 };

	(void)state;
	for (int i = 0; i < 10000; i++) {
		uint8_t id[ID_LEN], back[ID_LEN];
		char text[ID_TEXT_LEN + 1];

		id_new(id);
		id_print(text, id);
		assert_int_equal(id_parse(back, text, ID_TEXT_LEN), VAULT_OK);
		assert_memory_equal(id, back, ID_LEN);
		assert_int_equal(strcmp(text, last) > 0,
		    memcmp(id, last_id, ID_LEN) > 0 || i == 0);
		memcpy(last, text, sizeof(last));
		memcpy(last_id, id, sizeof(last_id));
	}
}

static void
reads_what_people_type(void **state)
{
	uint8_t a[ID_LEN], b[ID_LEN];

	(void)state;
	assert_int_equal(
	    id_parse(a, "5031hqst45wb18ntqz0y2b7v9q", 26), VAULT_OK);
	assert_int_equal(
	    id_parse(b, "5O3IHQST45WBL8NTQZoY2B7V9Q", 26), VAULT_OK);
	assert_memory_equal(a, b, ID_LEN);
	assert_int_equal(
	    id_parse(b, "503lhqst45wbi8ntqz0y2b7v9q", 26), VAULT_OK);
	assert_memory_equal(a, b, ID_LEN);
	assert_false(id_is_canonical("5O3IHQST45WBL8NTQZoY2B7V9Q", 26));
}

static void
refuses_what_is_not_an_id(void **state)
{
	static const char *const bad[] = { "", "5031",
		"5031hqst45wb18ntqz0y2b7v9", "5031hqst45wb18ntqz0y2b7v9qq",
		"8031hqst45wb18ntqz0y2b7v9q", "z031hqst45wb18ntqz0y2b7v9q",
		"5u31hqst45wb18ntqz0y2b7v9q", "5-31hqst45wb18ntqz0y2b7v9q",
		"5 31hqst45wb18ntqz0y2b7v9q" };
	uint8_t id[ID_LEN];

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(
		    id_parse(id, bad[i], strlen(bad[i])), VAULT_EUSE);
		assert_false(id_is_canonical(bad[i], strlen(bad[i])));
	}
	assert_int_equal(
	    id_parse(id, "5031hqst45wb1\0ntqz0y2b7v9q", 26), VAULT_EUSE);
}

static void
turns_a_prefix_into_a_range(void **state)
{
	uint8_t low[ID_LEN], high[ID_LEN], want[ID_LEN];

	(void)state;
	assert_int_equal(id_range(low, high, "5O3I", 4), VAULT_OK);
	assert_int_equal(
	    id_parse(want, "50310000000000000000000000", 26), VAULT_OK);
	assert_memory_equal(low, want, ID_LEN);
	assert_int_equal(
	    id_parse(want, "5031zzzzzzzzzzzzzzzzzzzzzz", 26), VAULT_OK);
	assert_memory_equal(high, want, ID_LEN);
	assert_int_equal(
	    id_range(low, high, "5031hqst45wb18ntqz0y2b7v9q", 26), VAULT_OK);
	assert_memory_equal(low, high, ID_LEN);
	assert_int_equal(id_range(low, high, "503", 3), VAULT_EUSE);
	assert_int_equal(id_range(low, high, "8031", 4), VAULT_EUSE);
	assert_int_equal(id_range(low, high, "50u1", 4), VAULT_EUSE);
	assert_int_equal(
	    id_range(low, high, "5031hqst45wb18ntqz0y2b7v9qq", 27), VAULT_EUSE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(writes_the_number_in_base32),
		cmocka_unit_test(reads_what_it_wrote_and_keeps_the_order),
		cmocka_unit_test(reads_what_people_type),
		cmocka_unit_test(refuses_what_is_not_an_id),
		cmocka_unit_test(turns_a_prefix_into_a_range),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
