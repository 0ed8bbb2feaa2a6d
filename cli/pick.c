/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>

#include "ask.h"
#include "pick.h"

#define LIST_MAX 10000

/* Ids only: what they stand for is asked of the vault. */
struct list {
	unsigned n;
	char id[LIST_MAX][VAULT_ID_LEN];
};
static struct list *list;

bool
pick_share(void)
{
	void *page = mmap(NULL, sizeof(*list), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	list = page == MAP_FAILED ? NULL : page;
	return list != NULL;
}

bool
pick_is_shared(void)
{
	return list != NULL;
}

void
pick_list_begin(void)
{
	if (list != NULL)
		list->n = 0;
}

void
pick_list_add(const char *id)
{
	if (list != NULL && list->n < LIST_MAX)
		memcpy(list->id[list->n++], id, VAULT_ID_LEN);
}

/* The id behind a number of the list just shown. */
static bool
by_number(char *id, const char *text)
{
	size_t len = strlen(text);
	unsigned long n;

	if (list == NULL || len > 5 || strspn(text, "0123456789") != len)
		return false;
	n = strtoul(text, NULL, 10);
	if (n == 0 || n > list->n)
		return false;
	memcpy(id, list->id[n - 1], VAULT_ID_LEN);
	return true;
}

struct candidates {
	struct buf lines;
	unsigned n;
};

static void
candidate(void *ctx, const char *id, const char *title)
{
	struct candidates *all = ctx;
	enum vault_err err;

	if (all->n++ == 0)
		pick_list_begin();
	pick_list_add(id);
	if (list != NULL)
		buf_putf(&all->lines, "%4u", all->n);
	buf_putf(&all->lines, "  %.*s  ", PICK_SHORT, id);
	err = text_safe_line(&all->lines, title, strlen(title));
	if (err == VAULT_OK)
		buf_put_byte(&all->lines, '\n');
}

int
pick_id(char id[static VAULT_ID_LEN], const struct session *s, const char *text)
{
	struct candidates all = { 0 };
	enum vault_err err;
	int status = 0;

	if (by_number(id, text))
		return 0;
	err = vault_find_id(id, s->vault, text, candidate, &all);
	if (err == VAULT_ECONFLICT) {
		say_error(SAY_SEVERAL, text, NULL);
		if (!say_is_json())
			fputs(buf_text(&all.lines), stderr);
		say_hint(list != NULL ? SAY_HINT_NUMBER : SAY_HINT_ID, NULL);
		status = 15;
	} else if (err == VAULT_ENORECORD) {
		status = say_fault(err, NULL, text);
		say_hint(SAY_HINT_FIND, NULL);
	} else if (err != VAULT_OK) {
		status = session_fault(s, err);
	}
	buf_free(&all.lines);
	return status;
}

int
pick_open(struct session *s, char id[static VAULT_ID_LEN], const struct cli *c,
    const char *text)
{
	struct buf asked = { 0 };
	int status;

	if ((status = session_open(s, c)) != 0)
		return status;
	if (text == NULL && ask_line(&asked, SAY_ASK_RECORD, NULL))
		text = buf_text(&asked);
	if (text == NULL) {
		say_error(SAY_NO_RECORD_NAMED, NULL);
		status = 2;
	} else {
		status = pick_id(id, s, text);
	}
	buf_free(&asked);
	if (status != 0)
		session_close(s);
	return status;
}

/* ---- Versions ---- */

struct versions {
	const char *begun;
	struct buf lines;
};

static bool
add_version(void *ctx, const struct vault_past *p)
{
	struct versions *all = ctx;
	enum vault_err err;

	if (strncasecmp(p->version, all->begun, strlen(all->begun)) != 0)
		return true;
	buf_putf(&all->lines, "  %.*s  %s  ", PICK_VERSION, p->version,
	    say_time(p->time));
	err = text_safe_line(&all->lines, p->office, strlen(p->office));
	buf_put_byte(&all->lines, '\n');
	return err == VAULT_OK;
}

int
pick_no_version(const struct session *s, const char *id, const char *version,
    enum vault_err err)
{
	struct versions all = { .begun = version };

	if (err == VAULT_ENORECORD) {
		say_error(SAY_NO_VERSION, version, NULL);
		say_hint(SAY_HINT_HISTORY, NULL);
		return say_status(err);
	}
	if (err != VAULT_ECONFLICT ||
	    (err = vault_history(s->vault, id, add_version, &all)) != VAULT_OK)
		return session_fault(s, err);
	say_error(SAY_SEVERAL_VERSIONS, version, NULL);
	say_lines_aside(&all.lines);
	say_hint(SAY_HINT_VERSION, NULL);
	buf_free(&all.lines);
	return say_status(VAULT_ENORECORD);
}
