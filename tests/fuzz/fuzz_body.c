/* SPDX-License-Identifier: ISC */
/*
 * Reaches record/body.c, name.c and model.c with any JSON.  Properties: errors
 * in the report and VAULT_EUSE come together; what is parted is joined to the
 * same; a scan sees no less than a search; a title is one line.
 */
#include <assert.h>
#include <string.h>

#include "record/body.h"
#include "record/json.h"
#include "record/name.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	json_setup();
	return 0;
}

static enum vault_err
count_word(void *arg, const char *path, const char *text, size_t len)
{
	assert(path[0] != '\0' || text != NULL);
	*(size_t *)arg += len;
	return VAULT_OK;
}

static enum vault_err
check_value(void *arg, const struct body_value *value)
{
	(void)arg;
	assert(value->query != NULL);
	assert(value->text != NULL || value->days.lo <= value->days.hi);
	return VAULT_OK;
}

static void
check(const json_t *body, enum body_from from)
{
	struct body_report report = { 0 };
	enum vault_err err = body_check(body, from, &report);

	assert(err == (report.count[BODY_ERROR] > 0 ? VAULT_EUSE : VAULT_OK));
	for (size_t i = 0; i < report.n; i++)
		assert(report.list[i].code < BODY_CODES &&
		    report.list[i].n_near <= MODEL_NEAR);
	body_report_free(&report);
}

static void
check_split(const json_t *whole)
{
	json_t *body, *private, *joined;

	assert(body_split(&body, &private, whole) == VAULT_OK);
	assert(body_join(&joined, body, private) == VAULT_OK);
	assert(json_equal(whole, joined));
	json_decref(body);
	json_decref(private);
	json_decref(joined);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct name_list names = { 0 };
	struct buf title = { 0 };
	size_t searched = 0, all = 0;
	json_t *body;

	if (json_read(&body, data, len, len, NULL) != VAULT_OK)
		return 0;
	check(body, BODY_ENTRY);
	check(body, BODY_BUNDLE);
	if (json_is_object(body))
		check_split(body);
	assert(body_words(body, false, count_word, &searched) == VAULT_OK);
	assert(body_words(body, true, count_word, &all) == VAULT_OK);
	assert(searched <= all);
	assert(body_values(body, check_value, NULL) == VAULT_OK);
	assert(name_add_body(&names, body) == VAULT_OK);
	assert(record_title(&title, body, NULL, NULL, NULL) == VAULT_OK);
	assert(memchr(title.bytes == NULL ? (const uint8_t *)"" : title.bytes,
		   '\n', title.len) == NULL);
	assert(body_fill(body) == VAULT_OK);
	check(body, BODY_ENTRY);
	name_list_free(&names);
	buf_free(&title);
	json_decref(body);
	return 0;
}
