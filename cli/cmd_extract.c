/* SPDX-License-Identifier: ISC */
/*
 * extract: an attachment out of a record, streamed.
 *
 * A name out of a record is used as one name in the current folder or not at
 * all: no path, no "..", no control character.
 */
#include <string.h>

#include "host.h"
#include "outfile.h"
#include "pick.h"
#include "progress.h"

#define USAGE "extract ID NAME [-o FILE]"

struct writing {
	struct outfile file;
	struct progress progress;
};

static enum vault_err
write_some(void *ctx, const void *bytes, size_t len)
{
	struct writing *w = ctx;

	return outfile_write(&w->file, bytes, len);
}

/* True if a name from a record may be used as that of a file here. */
static bool
is_plain_name(const char *name)
{
	size_t len = strlen(name);

	if (len == 0 || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return false;
	for (size_t i = 0; i < len; i++)
		if ((uint8_t)name[i] < 0x20 || name[i] == 0x7f ||
		    name[i] == '/')
			return false;
	/* C1 controls, as UTF-8. */
	for (size_t i = 0; i + 1 < len; i++)
		if ((uint8_t)name[i] == 0xc2 && (uint8_t)name[i + 1] < 0xa0)
			return false;
	return true;
}

static bool
step(void *ctx, uint64_t done, uint64_t total)
{
	struct writing *w = ctx;

	return progress_step(&w->progress, done, total);
}

static int
stream(struct writing *w, struct session *s, const char *id, const char *name)
{
	struct vault_sink to = { w, write_some, step };
	enum vault_err err;

	host_catch_interrupts();
	progress_begin(&w->progress, SAY_PROGRESS_EXTRACTING);
	err = vault_extract(s->vault, id, name, &to);
	progress_end(&w->progress);
	if (w->file.error != 0)
		return outfile_fault(&w->file);
	if (err == VAULT_EABSENT) {
		say_error(SAY_NO_ATTACHMENT, name, NULL);
		return 15;
	}
	return err == VAULT_OK ? 0 : session_fault(s, err);
}

static int
say_extracted(const char *file)
{
	struct doc *d = doc_object();

	say_hint(SAY_EXTRACT_NOTE, NULL);
	doc_text(d, "file", file);
	if (say_is_json())
		return doc_print(d);
	doc_free(d);
	say_line(SAY_EXTRACTED, file, NULL);
	return 0;
}

static int
extract(struct session *s, const char *id, const char *name, const char *file)
{
	struct writing w = { 0 };
	int status;

	if ((status = outfile_begin(&w.file, file)) == 0)
		status = outfile_end(&w.file, stream(&w, s, id, name));
	if (status != 0 || strcmp(file, "-") == 0)
		return status;
	return say_extracted(file);
}

int
cmd_extract(struct cli *c, int argc, char **argv)
{
	const char *file = NULL;
	const struct option_of options[] = { { "-o", &file, NULL },
		{ "--output", &file, NULL } };
	int words = cli_options(argc, argv, options, 2), status;
	char id[VAULT_ID_LEN];
	struct session s;

	if (words != 2 || (file != NULL && *file == '\0'))
		return say_usage(USAGE);
	if (file == NULL && !is_plain_name(argv[2])) {
		say_error(SAY_EXTRACT_NAME, argv[2], NULL);
		say_hint(SAY_HINT_OUTPUT, NULL);
		return 2;
	}
	if ((status = pick_open(&s, id, c, argv[1])) != 0)
		return status;
	status = extract(&s, id, argv[2], file != NULL ? file : argv[2]);
	session_close(&s);
	return status;
}
