/* SPDX-License-Identifier: ISC */
/*
 * Reaches record/json.c, record/json_quick.c and the parser of jansson.
 * Properties: a fault lies inside the input; what was read can be written;
 * write(read(write(x))) == write(x); and what is read quickly is what jansson
 * makes of it.
 */
#include <assert.h>
#include <string.h>

#include "core/buf.h"
#include "core/text.h"
#include "record/json.h"
#include "record/json_quick.h"

static void
compare_with_jansson(const uint8_t *data, size_t len)
{
	json_t *quick, *slow;

	if (!text_is_valid(data, len) ||
	    json_quick(&quick, data, len, JSON_DEPTH, JSON_VALUES) != VAULT_OK)
		return;
	slow = json_loadb(
	    (const char *)data, len, JSON_REJECT_DUPLICATES, NULL);
	assert(slow != NULL && json_equal(quick, slow));
	json_decref(quick);
	json_decref(slow);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct buf once = { 0 }, twice = { 0 };
	struct json_fault fault;
	json_t *value;

	compare_with_jansson(data, len);
	if (json_read(&value, data, len, len, &fault) != VAULT_OK) {
		assert(value == NULL && fault.kind != JSON_FAULT_NONE);
		assert(fault.offset <= len && fault.line > 0);
		return 0;
	}
	assert(fault.kind == JSON_FAULT_NONE);
	assert(json_write(&once, value) == VAULT_OK);
	json_decref(value);
	assert(json_read(&value, once.bytes, once.len, once.len, NULL) ==
	    VAULT_OK);
	assert(json_write(&twice, value) == VAULT_OK);
	assert(once.len == twice.len);
	assert(memcmp(once.bytes, twice.bytes, once.len) == 0);
	json_decref(value);
	buf_free(&once);
	buf_free(&twice);
	return 0;
}
