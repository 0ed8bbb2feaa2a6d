/* SPDX-License-Identifier: ISC */
/* unlock, lock, info: starting, ending and asking the agent. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agent.h"
#include "ask.h"
#include "host.h"
#include "session.h"

#define IDLE_DEFAULT (15 * 60)
#define TOTAL_DEFAULT (8 * 3600)
#define TIME_MAX (7 * 24 * 3600)

/* "90s", "15m", "8h"; a number alone is minutes. */
static bool
parse_time(uint32_t *out, const char *text)
{
	unsigned long value, unit;
	char *end;

	if (text[0] < '0' || text[0] > '9')
		return false;
	value = strtoul(text, &end, 10);
	if (strcmp(end, "s") == 0)
		unit = 1;
	else if (strcmp(end, "m") == 0 || *end == '\0')
		unit = 60;
	else if (strcmp(end, "h") == 0)
		unit = 3600;
	else
		return false;
	if (value == 0 || value > TIME_MAX / unit)
		return false;
	*out = (uint32_t)(value * unit);
	return true;
}

static int
say_last_change(struct session *s, const struct agent_limits *limits)
{
	struct vault_info info;
	enum vault_err err;
	uint64_t due;
	bool more;
	int status = 0;

	if ((err = vault_info(&info, s->vault)) != VAULT_OK)
		return session_fault(s, err);
	/* Unlocked all the same: that is not worth a failure. */
	if (vault_due_count(&due, &more, s->vault) != VAULT_OK)
		due = 0;
	say_line(SAY_UNLOCKED, say_span(limits->idle), say_span(limits->total),
	    NULL);
	say_line(SAY_LAST_CHANGE, say_time(info.last_change),
	    say_number(info.change), NULL);
	if (isatty(STDOUT_FILENO))
		say_line(SAY_LAST_CHANGE_NOTE, NULL);
	if (due > 0)
		say_line(more ? SAY_DUE_COME_MORE : SAY_DUE_COME,
		    say_number(due), NULL);
	if (say_is_json()) {
		struct doc *d = doc_object();

		doc_bool(d, "unlocked", true);
		doc_int(d, "idle", limits->idle);
		doc_int(d, "at_most", limits->total);
		doc_text(d, "last_change", say_time(info.last_change));
		doc_int(d, "change", (int64_t)info.change);
		doc_int(d, "due", (int64_t)due);
		status = doc_print(d);
	}
	vault_info_free(&info);
	return status;
}

static void
warn_of_memory(const struct session *s)
{
	if (!vault_key_is_locked_in_memory(s->key))
		say_warning(SAY_NOT_LOCKED_MEMORY, NULL);
	if (host_swaps_in_clear())
		say_warning(SAY_SWAP_ON, NULL);
}

/* With the vault open: hand the key to the waiting process. */
static int
start_agent(struct session *s, const struct cli *c, int prepared,
    const struct agent_limits *limits)
{
	char name[VAULT_PLACE_NAME_LEN];
	bool again;
	int older;

	if (vault_place_name(name, &c->place) != VAULT_OK)
		return say_fault(VAULT_ENOVAULT, NULL, c->place.folder);
	if ((again = (older = agent_connect(name)) >= 0))
		close(older);
	if (!agent_begin(prepared, s->key, name, limits)) {
		say_error(SAY_AGENT_FAILED, NULL);
		return 1;
	}
	if (again)
		say_warning(SAY_ALREADY_UNLOCKED, NULL);
	return 0;
}

int
cmd_unlock(struct cli *c, int argc, char **argv)
{
	struct agent_limits limits = { IDLE_DEFAULT, TOTAL_DEFAULT };
	const char *idle = NULL, *total = NULL;
	const struct option_of options[] = {
		{ "--for", &idle, NULL },
		{ "--at-most", &total, NULL },
	};
	struct session s;
	int status, prepared;

	if (cli_options(argc, argv, options, 2) != 0)
		return say_usage("unlock [--for 15m] [--at-most 8h]");
	if ((idle != NULL && !parse_time(&limits.idle, idle)) ||
	    (total != NULL && !parse_time(&limits.total, total))) {
		say_error(SAY_BAD_TIME,
		    idle != NULL && !parse_time(&limits.idle, idle) ? idle
								    : total,
		    NULL);
		return 2;
	}
	/* Before any secret is read: the agent holds the keys and no more. */
	if ((prepared = agent_prepare()) < 0) {
		say_error(SAY_AGENT_FAILED, NULL);
		return 1;
	}
	if ((status = session_enter(&s, c, SAY_ASK_PASS)) == 0) {
		warn_of_memory(&s);
		if ((status = start_agent(&s, c, prepared, &limits)) == 0)
			status = say_last_change(&s, &limits);
		/* Unlocked all the same: what is left can be read. */
		if (status == 0)
			status = s.care;
		session_close(&s);
	}
	close(prepared);
	return status;
}

/* ---- lock ---- */

struct locking {
	unsigned locked, stuck;
};

static void
lock_one(void *ctx, const char *name)
{
	struct locking *all = ctx;
	struct agent_locked one;
	int fd = agent_connect(name);

	if (fd < 0)
		return;
	agent_lock(fd, &one);
	close(fd);
	all->locked++;
	if (!one.answered)
		say_warning(SAY_LOCK_NO_ANSWER, NULL);
	for (unsigned i = 0; i < one.stuck; i++) {
		all->stuck++;
		say_error(
		    SAY_LOCK_STUCK, say_number((uint64_t)one.pid[i]), NULL);
	}
}

int
cmd_lock(struct cli *c, int argc, char **argv)
{
	struct locking all = { 0 };
	char name[VAULT_PLACE_NAME_LEN];
	bool everything = false;
	const struct option_of options[] = { { "--all", NULL, &everything } };

	if (cli_options(argc, argv, options, 1) != 0)
		return say_usage("lock [--all]");
	/* In a hurry nobody names a vault; a stick pulled out has no path. */
	if (!everything && c->place_given &&
	    vault_place_name(name, &c->place) == VAULT_OK)
		lock_one(&all, name);
	else
		agent_each(lock_one, &all);
	if (isatty(STDOUT_FILENO))
		ask_clear_screen();
	if (say_is_json()) {
		struct doc *d = doc_object();

		doc_int(d, "locked", all.locked);
		doc_int(d, "stuck", all.stuck);
		(void)doc_print(d);
	}
	say_line(all.locked > 0 ? SAY_LOCKED : SAY_LOCKED_ALREADY, NULL);
	return all.stuck > 0 ? 1 : 0;
}

/* ---- info ---- */

/* Without the key: only whether an agent has it. */
static int
info_locked(const struct cli *c)
{
	struct vault_cost cost;
	struct doc *d = doc_object();
	enum vault_err err;

	if ((err = vault_cost_of(&cost, &c->place)) != VAULT_OK) {
		struct vault_fault fault = { VAULT_WHERE_KEYS, 0 };

		doc_free(d);
		return say_fault(err, &fault, c->place.folder);
	}
	doc_text(d, "vault", c->place.folder);
	doc_bool(d, "unlocked", false);
	if (say_is_json())
		return doc_print(d);
	doc_free(d);
	say_line(SAY_IS_LOCKED, NULL);
	return 0;
}

static void
info_rows(struct buf *rows, const struct cli *c, const struct vault_info *info,
    const struct agent_limits *left, uint64_t requests)
{
	struct buf state = { 0 };

	say_put(&state, SAY_IS_UNLOCKED, say_span(left->idle),
	    say_span(left->total), NULL);
#define ROW(...)                                                               \
	do {                                                                   \
		say_put(rows, __VA_ARGS__, NULL);                              \
		buf_put_byte(rows, '\n');                                      \
	} while (0)
	ROW(SAY_INFO_VAULT, c->place.folder);
	if (left->total > 0)
		ROW(SAY_INFO_STATE, buf_text(&state));
	ROW(SAY_INFO_OFFICE, buf_text(&info->office));
	ROW(SAY_INFO_DIGITS, say_half(info->digits, 0),
	    say_half(info->digits, 1));
	ROW(SAY_INFO_MADE, say_time(info->made));
	ROW(SAY_INFO_LAST, say_time(info->last_change),
	    say_number(info->change));
	ROW(SAY_INFO_SIZE, say_size(info->bytes));
	ROW(SAY_INFO_PASSPHRASES, say_number(info->passphrases));
	ROW(SAY_INFO_COST, say_size((uint64_t)info->cost.memory * 1024),
	    say_number(info->cost.passes), say_number(info->cost.lanes));
	if (requests > 0)
		ROW(SAY_INFO_REQUESTS, say_number(requests));
	if (info->read_only)
		ROW(SAY_INFO_READ_ONLY);
#undef ROW
	buf_free(&state);
}

static int
info_json(const struct cli *c, const struct vault_info *info,
    const struct agent_limits *left, uint64_t requests)
{
	struct doc *d = doc_object();

	doc_text(d, "vault", c->place.folder);
	doc_bool(d, "unlocked", left->total > 0);
	doc_text(d, "office", buf_text(&info->office));
	doc_text(d, "digits", info->digits);
	doc_text(d, "fingerprint", info->digits); /* of old */
	doc_text(d, "made", say_time(info->made));
	doc_text(d, "last_change", say_time(info->last_change));
	doc_int(d, "change", (int64_t)info->change);
	doc_int(d, "bytes", (int64_t)info->bytes);
	doc_int(d, "log_entries", (int64_t)info->log_entries);
	doc_int(d, "passphrases", info->passphrases);
	doc_int(d, "forget_requests", (int64_t)requests);
	doc_bool(d, "read_only", info->read_only);
	return doc_print(d);
}

/* Records that others ask to be forgotten, each once: they come in order. */
struct counting {
	char last[VAULT_ID_LEN];
	uint64_t n;
};

static void
count_request(void *ctx, const struct vault_request *r)
{
	struct counting *count = ctx;

	count->n += strcmp(count->last, r->id) != 0;
	memcpy(count->last, r->id, sizeof(count->last));
}

int
cmd_info(struct cli *c, int argc, char **argv)
{
	struct agent_limits left = { 0 };
	char name[VAULT_PLACE_NAME_LEN];
	struct vault_info info;
	struct counting count = { "", 0 };
	struct buf rows = { 0 };
	struct session s;
	enum vault_err err;
	int status, agent = -1;

	if (cli_options(argc, argv, NULL, 0) != 0)
		return say_usage("info");
	if (vault_place_name(name, &c->place) == VAULT_OK)
		agent = agent_connect(name);
	if (agent >= 0) {
		(void)agent_status(agent, &left);
		close(agent);
	} else if (c->pass_file == NULL && c->pass_fd < 0) {
		return info_locked(c);
	}
	if ((status = session_open(&s, c)) != 0)
		return status;
	err = vault_requests(s.vault, NULL, count_request, &count);
	if (err != VAULT_OK || (err = vault_info(&info, s.vault)) != VAULT_OK) {
		status = session_fault(&s, err);
		session_close(&s);
		return status;
	}
	session_close(&s);
	if (say_is_json()) {
		status = info_json(c, &info, &left, count.n);
	} else {
		info_rows(&rows, c, &info, &left, count.n);
		say_table(&rows);
	}
	buf_free(&rows);
	vault_info_free(&info);
	return status;
}
