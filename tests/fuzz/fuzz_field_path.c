/* SPDX-License-Identifier: ISC */
/*
 * Reaches record/field_path.c: a path, a line end, a body of any JSON.
 * Properties: a path that fits has small letters, digits, _ and dots only, so
 * that it can be printed and logged as it is; the link that it follows ends at
 * one of the dots; a value is never empty.
 */
#include "fuzz.h"

#include "record/field_path.h"
#include "record/json.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	json_setup();
	return 0;
}

static enum vault_err
found(void *ctx, const char *text, size_t len)
{
	(void)ctx;
	assert(len > 0 && text != NULL);
	return VAULT_OK;
}

static void
check(const char *path, const json_t *body)
{
	const struct model_type *type = NULL;
	struct field_path p;

	while ((type = model_next_type(type)) != NULL) {
		if (field_path_read(&p, type, path) != FIELD_PATH_FITS)
			continue;
		assert(*path != '\0' &&
		    path[strspn(path,
			"abcdefghijklmnopqrstuvwxyz0123456789_.")] == '\0');
		assert(p.link == 0 || path[p.link] == '.');
		assert(field_path_each(body, path, strlen(path), found, NULL) ==
		    VAULT_OK);
		assert(field_path_each(body, path, p.link, found, NULL) ==
		    VAULT_OK);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *end = memchr(data, '\n', size);
	char path[200] = "";
	json_t *body;

	if (end == NULL || (size_t)(end - data) >= sizeof(path))
		return 0;
	memcpy(path, data, (size_t)(end - data));
	size -= (size_t)(end - data) + 1;
	if (json_read(&body, end + 1, size, 65536, NULL) != VAULT_OK)
		body = NULL;
	check(path, body);
	json_decref(body);
	return 0;
}
