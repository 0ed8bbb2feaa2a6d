/* SPDX-License-Identifier: ISC */
/* check: look at everything, name what is wrong.  log: the ledger. */
#include <inttypes.h>
#include <string.h>

#include "care.h"
#include "host.h"
#include "pager.h"
#include "session.h"

static int
say_clean(struct session *s)
{
	struct vault_info info;
	enum vault_err err;

	if ((err = vault_info(&info, s->vault)) != VAULT_OK)
		return session_fault(s, err);
	say_line(SAY_CHECK_CLEAN, say_counted(SAY_N_CELLS, info.cells),
	    say_counted(SAY_N_LOG_ENTRIES, info.log_entries), NULL);
	say_line(SAY_LAST_CHANGE, say_time(info.last_change),
	    say_number(info.change), NULL);
	say_line(SAY_CHECK_CANNOT, NULL);
	vault_info_free(&info);
	return 0;
}

int
cmd_check(struct cli *c, int argc, char **argv)
{
	bool records = false;
	const struct option_of options[] = { { "--records", NULL, &records } };
	struct session s;
	int status;

	if (cli_options(argc, argv, options, 1) != 0)
		return say_usage("check [--records]");
	say_checking();
	if ((status = session_open(&s, c)) != 0)
		return status;
	host_catch_interrupts();
	status = care_check(s.vault, records ? CARE_RECORDS : CARE_CELLS,
	    SAY_PROGRESS_CHECKING);
	if (status == 0)
		status = say_clean(&s);
	session_close(&s);
	return status;
}

/* ---- log ---- */

/* The entries are gathered first: no reader waits for a terminal. */
struct lines {
	struct buf text;
	struct doc *array;
	struct buf contacts; /* lines: a key, a space, a name */
};

static bool
gather_contact(void *ctx, const struct vault_contact *c)
{
	struct lines *lines = ctx;

	return buf_putf(&lines->contacts, "%s %s\n", c->signing_key, c->name);
}

/* Who has the key of those 16 digits. */
static void
put_recipient(struct lines *lines, const char *key)
{
	const size_t len = VAULT_KEY_NAME_LEN - 1;
	const char *at = buf_text(&lines->contacts);
	struct buf name = { 0 };

	buf_put_byte(&lines->text, '\t');
	while (*at != '\0' && strncmp(at, key, len) != 0)
		at += strcspn(at, "\n") + 1;
	if (*at == '\0') {
		say_put(&lines->text, SAY_LOG_TO_REMOVED, NULL);
		return;
	}
	at += len + 1;
	buf_put(&name, at, strcspn(at, "\n"));
	say_put(&lines->text, SAY_LOG_TO, buf_text(&name), NULL);
	buf_free(&name);
}

/* The names behind the keys that an export went to, beside them. */
static void
put_recipients(struct lines *lines, const struct vault_log_entry *e)
{
	const char *at = strcmp(e->what, "export") == 0
	    ? strstr(e->detail, "\"to\":[")
	    : NULL;

	if (at == NULL)
		return;
	for (at += 5; at[1] == '"'; at += VAULT_KEY_NAME_LEN + 2) {
		if (strspn(at + 2, "0123456789abcdef") !=
		    VAULT_KEY_NAME_LEN - 1)
			return;
		put_recipient(lines, at + 2);
	}
}

static bool
gather(void *ctx, const struct vault_log_entry *e)
{
	struct lines *lines = ctx;

	buf_putf(&lines->text, "%" PRIu64 "\t%s\t%s", e->seq, say_time(e->time),
	    e->what);
	if (e->detail[0] != '\0') {
		buf_put_byte(&lines->text, '\t');
		if (text_safe_line(
			&lines->text, e->detail, strlen(e->detail)) != VAULT_OK)
			return false;
		put_recipients(lines, e);
	}
	buf_put_byte(&lines->text, '\n');
	if (say_is_json()) {
		struct doc *d = doc_object();

		doc_int(d, "seq", (int64_t)e->seq);
		doc_text(d, "time", say_time(e->time));
		doc_text(d, "what", e->what);
		if (e->detail[0] != '\0')
			doc_json(d, "detail", e->detail, strlen(e->detail));
		doc_put(lines->array, NULL, d);
	}
	return true;
}

int
cmd_log(struct cli *c, int argc, char **argv)
{
	struct lines lines = { 0 };
	struct session s;
	enum vault_err err;
	int status;

	if (cli_options(argc, argv, NULL, 0) != 0)
		return say_usage("log");
	if ((status = session_open(&s, c)) != 0)
		return status;
	lines.array = say_is_json() ? doc_array() : NULL;
	if ((err = vault_contacts(s.vault, gather_contact, &lines)) !=
		VAULT_OK ||
	    (err = vault_log_each(s.vault, 1, gather, &lines)) != VAULT_OK ||
	    (err = buf_ok(&lines.text)) != VAULT_OK)
		status = session_fault(&s, err);
	/* Before the session ends: lock takes what is shown, too. */
	if (status == 0 && say_is_json()) {
		status = doc_print(lines.array);
	} else {
		pager_table(&lines.text);
		doc_free(lines.array);
	}
	session_close(&s);
	buf_free(&lines.text);
	buf_free(&lines.contacts);
	return status;
}
