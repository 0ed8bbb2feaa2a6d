/* SPDX-License-Identifier: ISC */
/* add: a record from JSON. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "issues.h"
#include "left.h"
#include "session.h"

#define USAGE "add TYPE [FILE]"

/* ---- Reading ---- */

static int
cannot_read(const char *name)
{
	say_error(SAY_IO, name, strerror(errno), NULL);
	return 1;
}

/* All of fd; refused as soon as it is more than a body may be. */
static int
read_body(struct buf *out, int fd, const char *name)
{
	struct buf input = { 0 };

	while (out->len <= VAULT_BODY_MAX) {
		ssize_t n;

		if (!buf_reserve(out, 65536))
			return say_fault(VAULT_ENOMEM, NULL, NULL);
		n = read(fd, out->bytes + out->len, 65536);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return cannot_read(name);
		if (n == 0)
			return 0;
		out->len += (size_t)n;
		out->bytes[out->len] = '\0';
	}
	if (fd == STDIN_FILENO)
		say_put(&input, SAY_STANDARD_INPUT, NULL);
	say_error(SAY_BODY_TOO_LONG,
	    fd == STDIN_FILENO ? buf_text(&input) : name,
	    say_size(VAULT_BODY_MAX), NULL);
	buf_free(&input);
	return 2;
}

static int
read_file(struct buf *out, const char *name)
{
	int fd, status;

	if (name == NULL && isatty(STDIN_FILENO)) {
		/* A line typed there is cut at 4,096 bytes without a word. */
		say_error(SAY_ADD_TYPED, NULL);
		say_hint(SAY_HINT_NEW, NULL);
		return 2;
	}
	if (name == NULL || strcmp(name, "-") == 0)
		return read_body(out, STDIN_FILENO, "-");
	if ((fd = open(name, O_RDONLY | O_CLOEXEC | O_NOCTTY)) < 0)
		return cannot_read(name);
	status = read_body(out, fd, name);
	close(fd);
	return status;
}

/* ---- Keeping ---- */

static int
say_added(const char *id, const struct vault_report *report)
{
	struct doc *d = doc_object();

	doc_text(d, "id", id);
	doc_put(d, "issues", issues_doc(report));
	if (say_is_json())
		return doc_print(d);
	doc_free(d);
	say_line(SAY_ID, id, NULL);
	return 0;
}

static int
add(struct session *s, const char *type, const struct buf *json)
{
	char id[VAULT_ID_LEN];
	struct vault_report *report;
	enum vault_err err;
	int status = 0;

	if ((err = vault_report_new(&report)) != VAULT_OK)
		return session_fault(s, err);
	err = vault_add(id, s->vault, report, type, json->bytes, json->len);
	if (!say_is_json() || err == VAULT_EUSE)
		issues_say(report, VAULT_ERROR, NULL);
	if (!say_is_json())
		issues_say(report, VAULT_WARNING, NULL);
	if (err == VAULT_EUSE) {
		say_error(SAY_NOT_KEPT, NULL);
		status = 2;
	} else if (err != VAULT_OK) {
		status = session_fault(s, err);
	} else {
		status = say_added(id, report);
		if (strcmp(type, "consent") == 0)
			left_note(s, id);
	}
	vault_report_free(report);
	return status;
}

int
cmd_add(struct cli *c, int argc, char **argv)
{
	int words = cli_options(argc, argv, NULL, 0), status;
	struct vault_type type;
	struct buf json = { 0 };
	struct session s;

	if (words < 1 || words > 2)
		return say_usage(USAGE);
	if (!vault_type_by_name(&type, argv[1]))
		return cli_no_type(argv[1]);
	status = read_file(&json, words == 2 ? argv[2] : NULL);
	if (status == 0 && (status = session_open(&s, c)) == 0) {
		status = add(&s, argv[1], &json);
		session_close(&s);
	}
	buf_free(&json);
	return status;
}
