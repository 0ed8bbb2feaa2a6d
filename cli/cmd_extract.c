/* SPDX-License-Identifier: ISC */
/*
 * extract: an attachment out of a record, streamed.
 *
 * 1. A name out of a record is used as one name in the current folder or not
 *    at all (text_is_file_name): another office may have chosen it.
 * 2. Of several of one name none is taken unless it is said which.
 */
#include <string.h>

#include "host.h"
#include "outfile.h"
#include "pick.h"

#define USAGE "extract ID NAME [--number N] [-o FILE]"

/* ---- Which ---- */

/* What is wanted: as it is called there, or as that is printed. */
struct wanted {
	const char *typed;
	unsigned number;
	struct buf name;  /* as it is there */
	bool exact;       /* what was typed is the name itself */
	struct buf lines; /* all of that name */
};

static bool
compare(void *ctx, const struct vault_attachment *a)
{
	struct wanted *w = ctx;
	struct buf safe = { 0 };
	bool exact = strcmp(buf_text(&a->name), w->typed) == 0;

	if (text_safe_line(&safe, a->name.bytes, a->name.len) != VAULT_OK)
		w->name.failed = true;
	if (exact || (!w->exact && strcmp(buf_text(&safe), w->typed) == 0)) {
		buf_reset(&w->name);
		buf_put(&w->name, a->name.bytes, a->name.len);
		w->exact = exact;
	}
	buf_free(&safe);
	return true;
}

static bool
add_line(void *ctx, const struct vault_attachment *a)
{
	struct wanted *w = ctx;

	if (strcmp(buf_text(&a->name), buf_text(&w->name)) != 0)
		return true;
	buf_putf(&w->lines, "  %s  %s  %s  ", say_number(a->number),
	    say_size(a->size), say_time(a->time));
	if (text_safe_line(&w->lines, a->office, strlen(a->office)) != VAULT_OK)
		w->lines.failed = true;
	buf_put_byte(&w->lines, '\n');
	return true;
}

/* Find the name; nothing is written yet. */
static int
find(struct wanted *w, struct session *s, const char *id)
{
	enum vault_err err = vault_attachments(s->vault, id, compare, w);

	if (err == VAULT_OK)
		err = buf_ok(&w->name);
	if (err != VAULT_OK)
		return session_fault(s, err);
	if (w->name.len > 0)
		return 0;
	say_error(SAY_NO_ATTACHMENT, w->typed, NULL);
	return 15;
}

static int
say_several(struct wanted *w, struct session *s, const char *id)
{
	enum vault_err err = vault_attachments(s->vault, id, add_line, w);

	if (err == VAULT_OK)
		err = buf_ok(&w->lines);
	if (err != VAULT_OK)
		return session_fault(s, err);
	say_error(SAY_SEVERAL_ATTACHMENTS, buf_text(&w->name), NULL);
	say_lines_aside(&w->lines);
	say_hint(SAY_HINT_ATTACHMENT, NULL);
	return 15;
}

/* ---- Out ---- */

static int
stream(struct outfile *out, struct session *s, const char *id, struct wanted *w)
{
	struct vault_sink to = { out, outfile_write, outfile_step };
	enum vault_err err;

	host_catch_interrupts();
	progress_begin(&out->progress, SAY_PROGRESS_EXTRACTING);
	err = vault_extract(s->vault, id, buf_text(&w->name), w->number, &to);
	progress_end(&out->progress);
	if (out->error != 0)
		return outfile_fault(out);
	if (err == VAULT_ECONFLICT)
		return say_several(w, s, id);
	if (err == VAULT_EABSENT) {
		say_error(SAY_NO_ATTACHMENT, buf_text(&w->name), NULL);
		return 15;
	}
	return err == VAULT_OK ? 0 : session_fault(s, err);
}

/* file is NULL: by its own name, if that can be one. */
static int
extract(struct session *s, const char *id, struct wanted *w, const char *file)
{
	struct outfile out = { 0 };
	int status;

	if ((status = find(w, s, id)) != 0)
		return status;
	if (file == NULL && !text_is_file_name(w->name.bytes, w->name.len)) {
		say_error(SAY_EXTRACT_NAME, buf_text(&w->name), NULL);
		say_hint(SAY_HINT_OUTPUT, NULL);
		return 2;
	}
	if (file == NULL)
		file = buf_text(&w->name);
	if ((status = outfile_begin_bytes(&out, file)) == 0)
		status = outfile_end(&out, stream(&out, s, id, w));
	if (status != 0 || strcmp(file, "-") == 0)
		return status;
	return outfile_written(file, SAY_EXTRACT_NOTE);
}

/* 0: not a number that can be. */
static unsigned
read_number(const char *text)
{
	unsigned n = 0;

	for (; *text >= '0' && *text <= '9' && n < 100000; text++)
		n = n * 10 + (unsigned)(*text - '0');
	return *text == '\0' ? n : 0;
}

int
cmd_extract(struct cli *c, int argc, char **argv)
{
	const char *file = NULL, *number = NULL;
	const struct option_of options[] = { { "-o", &file, NULL },
		{ "--output", &file, NULL }, { "--number", &number, NULL } };
	int words = cli_options(argc, argv, options, 3), status;
	char id[VAULT_ID_LEN];
	struct wanted w = { 0 };
	struct session s;

	if (words != 2 || (file != NULL && *file == '\0'))
		return say_usage(USAGE);
	w.typed = argv[2];
	if (number != NULL && (w.number = read_number(number)) == 0)
		return say_usage(USAGE);
	if ((status = pick_open(&s, id, c, argv[1])) != 0)
		return status;
	status = extract(&s, id, &w, file);
	session_close(&s);
	buf_free(&w.name);
	buf_free(&w.lines);
	return status;
}
