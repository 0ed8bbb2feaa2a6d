/* SPDX-License-Identifier: ISC */
/*
 * prompt.c - amparo without a command.
 *
 * Three processes, one inside the other:
 *
 *    keeper    holds no key and reads no record; whatever becomes of the
 *              others it locks, gives the terminal back and clears it
 *    prompt    reads lines and completes them, with a key from the agent
 *    command   one per line, as if it stood on the command line
 *
 * 1. What is typed stays in the memory of the prompt: no history on disk, no
 *    argument in the list of processes.
 * 2. Leaving, Ctrl-D, a closed window, a lock from elsewhere, a crash: each
 *    ends the prompt, and then the keeper does its work.
 * 3. No vault is open in the prompt while it forks: SQLite does not allow it.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "agent.h"
#include "ask.h"
#include "editor.h"
#include "lineedit.h"
#include "menu.h"
#include "pager.h"
#include "pick.h"
#include "prompt.h"
#include "split.h"

#define SCREEN_ON "\033[?1049h\033[H\033[2J"
#define SCREEN_OFF "\033[H\033[2J\033[3J\033[?1049l"
#define OPTIONS_MAX 20

static bool is_around;
static volatile sig_atomic_t hung_up;

bool
prompt_is_around(void)
{
	return is_around;
}

static void
on_hang_up(int number)
{
	(void)number;
	hung_up = 1;
}

static void catch (int number, void (*handler)(int))
{
	struct sigaction act = { .sa_handler = handler };

	sigaction(number, &act, NULL);
}

/* Wait for pid; its exit status, 128 and more if a signal ended it. */
static int
wait_for(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return 1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* ---- The prompt ---- */

struct prompt {
	struct cli *c;
	struct session session; /* its key; the vault is closed */
	struct lineedit *line;
	time_t touched;
	bool menu; /* numbers are asked for, not commands */
	bool was_unlocked;
};

static bool
is_gone(void *ctx)
{
	(void)ctx;
	return hung_up != 0 || session_is_gone();
}

/* A key was pressed: that is activity, told at most once a second. */
static void
typed(void *ctx, const struct buf *line)
{
	struct prompt *p = ctx;
	struct timespec now;

	(void)line;
	clock_gettime(CLOCK_BOOTTIME, &now);
	if (now.tv_sec == p->touched)
		return;
	p->touched = now.tv_sec;
	agent_touch(p->session.agent);
}

/* ---- Completion ---- */

static const char *const own_words[] = { "quit" };

static bool
is_refused_here(const char *name)
{
	static const char *const refused[] = { "init", "restore", "unlock" };

	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
		if (strcmp(refused[i], name) == 0)
			return true;
	return false;
}

bool
prompt_refuses(const char *name)
{
	return is_around && is_refused_here(name);
}

static void
complete_command(struct buf *options, const char *begun, size_t len)
{
	for (size_t i = 0; i < n_commands; i++)
		if (strncmp(commands[i].name, begun, len) == 0 &&
		    !is_refused_here(commands[i].name))
			buf_putf(options, "%s\n", commands[i].name);
	for (size_t i = 0; i < sizeof(own_words) / sizeof(own_words[0]); i++)
		if (strncmp(own_words[i], begun, len) == 0)
			buf_putf(options, "%s\n", own_words[i]);
}

static void
complete_type(struct buf *options, const char *begun, size_t len)
{
	struct vault_type type = { 0 };

	while (vault_type_next(&type))
		if (strncmp(type.name, begun, len) == 0)
			buf_putf(options, "%s\n", type.name);
}

static void
complete_vocab(struct buf *options, const char *begun, size_t len)
{
	struct vault_vocab v = { 0 };

	while (vault_vocab_next(&v))
		if (strncmp(v.name, begun, len) == 0)
			buf_putf(options, "%s\n", v.name);
}

static void
complete_status(struct buf *options, const char *begun, size_t len)
{
	struct vault_vocab v;
	struct vault_code code = { 0 };

	if (!vault_vocab_by_name(&v, "status"))
		return;
	while (vault_vocab_code_next(&code, &v))
		if (strncmp(code.code, begun, len) == 0)
			buf_putf(options, "%s\n", code.code);
}

/* Titles of what matches, in the order found. */
struct names {
	struct vault *vault;
	struct buf ids; /* VAULT_ID_LEN bytes each */
	struct buf *options;
};

static bool
gather(void *ctx, const struct vault_row *row)
{
	struct names *n = ctx;

	buf_put(&n->ids, row->id, VAULT_ID_LEN);
	return true;
}

/* A title that means one record stands for it; else its id does. */
static void
put_name(struct names *n, const char *id)
{
	char same[VAULT_ID_LEN];
	struct buf title = { 0 };

	if (vault_title(&title, n->vault, id) == VAULT_OK && title.len > 0 &&
	    memchr(title.bytes, '\n', title.len) == NULL &&
	    vault_find_id(same, n->vault, buf_text(&title), NULL, NULL) ==
		VAULT_OK &&
	    strcmp(same, id) == 0)
		split_quote(n->options, buf_text(&title));
	else
		buf_putf(n->options, "%.*s", 2 * PICK_SHORT, id);
	buf_put_byte(n->options, '\n');
	buf_free(&title);
}

static void
find_names(struct names *n, const char *begun)
{
	char id[VAULT_ID_LEN];
	struct buf query = { 0 };
	struct vault_search what = { .ranked = true, .limit = OPTIONS_MAX };
	enum vault_err err;

	buf_putf(&query, "%s*", begun);
	what.query = buf_text(&query);
	what.query_len = query.len;
	err = vault_find(n->vault, &what, gather, n, NULL, NULL);
	if (err == VAULT_OK && n->ids.len == 0 &&
	    vault_find_id(id, n->vault, begun, NULL, NULL) == VAULT_OK)
		buf_put(&n->ids, id, VAULT_ID_LEN);
	for (size_t at = 0; err == VAULT_OK && at < n->ids.len;
	     at += VAULT_ID_LEN)
		put_name(n, (const char *)n->ids.bytes + at);
	buf_free(&query);
}

static void
complete_name(struct prompt *p, struct buf *options, const char *begun)
{
	struct names n = { .options = options };
	struct vault_fault fault;

	begun += *begun == '"' || *begun == '\'';
	if (*begun == '\0' ||
	    vault_open(&n.vault, &p->c->place, p->session.key, &fault) !=
		VAULT_OK)
		return;
	find_names(&n, begun);
	vault_close(n.vault);
	buf_free(&n.ids);
}

/* What the first word behind a command can be, if it is no record. */
static const struct {
	const char *command; /* with the blank behind it */
	void (*complete)(struct buf *options, const char *begun, size_t len);
} firsts[] = {
	{ "add ", complete_type },
	{ "new ", complete_type },
	{ "types ", complete_type },
	{ "vocab ", complete_vocab },
	{ "count ", complete_status },
	{ "help ", complete_command },
};

/* False: there is none; a record may be meant. */
static bool
complete_first(
    struct buf *options, const struct buf *line, const struct buf *begun)
{
	const char *text = buf_text(line);

	for (size_t i = 0; i < sizeof(firsts) / sizeof(firsts[0]); i++)
		if (strncmp(text, firsts[i].command,
			strlen(firsts[i].command)) == 0)
			firsts[i].complete(
			    options, buf_text(begun), begun->len);
	return options->len > 0;
}

static size_t
complete(void *ctx, struct buf *options, const struct buf *line, size_t at)
{
	struct buf begun = { 0 };
	unsigned n;
	size_t from = split_at(line, at, &n);

	if (at > from)
		buf_put(&begun, line->bytes + from, at - from);
	if (n == 0)
		complete_command(options, buf_text(&begun), begun.len);
	else if (n != 1 || !complete_first(options, line, &begun))
		complete_name(ctx, options, buf_text(&begun));
	buf_free(&begun);
	return from;
}

/* ---- Commands ---- */

static bool
is_leaving(const char *name)
{
	return strcmp(name, "quit") == 0 || strcmp(name, "exit") == 0 ||
	    strcmp(name, "lock") == 0;
}

/* The process of one command. */
static _Noreturn void
be_command(struct prompt *p, struct split *words)
{
	struct cli c = *p->c;

	/* Commands typed here are for this vault anyway. */
	say_use_vault(NULL, NULL);
	catch (SIGINT, SIG_DFL);
	catch (SIGHUP, SIG_DFL);
	catch (SIGTERM, SIG_DFL);
	/* The key comes from the agent: nothing is asked again. */
	c.pass_file = NULL;
	c.pass_fd = -1;
	_exit(say_finish(main_dispatch(&c, words->argc, words->argv)));
}

/*
 * "amparo list", as at a shell, is "list" here.  The line and not its words:
 * how these are told apart depends on the command.
 */
static bool
split_command(struct split *words, const struct buf *line)
{
	static const char own[] = "amparo ";
	const char *text = buf_text(line);
	struct buf rest = { 0 };
	bool good;

	text += strspn(text, " ");
	if (strncmp(text, own, sizeof(own) - 1) == 0)
		text += sizeof(own) - 1;
	buf_put_text(&rest, text);
	good = buf_ok(&rest) == VAULT_OK && split_line(words, &rest);
	buf_free(&rest);
	return good;
}

static void
run_command(struct prompt *p, struct split *words)
{
	pid_t pid;

	fflush(NULL);
	if ((pid = fork()) == 0)
		be_command(p, words);
	if (pid > 0)
		(void)wait_for(pid);
	else
		(void)say_fault(VAULT_EIO, NULL, "fork");
}

/* One line; false if it ends the prompt. */
static bool
obey(struct prompt *p, const struct buf *line)
{
	struct split words;
	bool stay = true;

	if (!split_command(&words, line)) {
		say_error(SAY_OPEN_QUOTE, NULL);
		return true;
	}
	if (words.argc > 0 && strcmp(words.argv[0], "menu") == 0) {
		p->menu = true;
		menu_show();
	} else if (words.argc > 0) {
		lineedit_remember(p->line, line);
		stay = !is_leaving(words.argv[0]);
		if (stay && is_refused_here(words.argv[0]))
			say_error(SAY_NOT_HERE, words.argv[0], NULL);
		else if (stay)
			run_command(p, &words);
	}
	split_free(&words);
	return stay;
}

static int
read_lines(struct prompt *p)
{
	struct buf line = { 0 };
	enum lineedit_end end;
	int status = 0;

	do {
		end = p->menu ? menu_read(&line, p->line)
			      : lineedit_read(&line, p->line, "amparo> ", NULL);
		if (end == LINEEDIT_GONE)
			status = hung_up ? 0 : 11;
		/* Ctrl-C leaves the list. */
		p->menu = p->menu && end != LINEEDIT_CANCELLED;
	} while (end == LINEEDIT_CANCELLED ||
	    (end == LINEEDIT_DONE && obey(p, &line)));
	buf_free(&line);
	return status;
}

static void
greet(const struct prompt *p)
{
	struct vault_info info;

	if (vault_info(&info, p->session.vault) != VAULT_OK)
		return;
	if (p->was_unlocked)
		say_line(SAY_PROMPT_UNLOCKED, NULL);
	say_line(
	    SAY_PROMPT_HEAD, p->c->place.folder, buf_text(&info.office), NULL);
	say_line(SAY_LAST_CHANGE, say_time(info.last_change),
	    say_number(info.change), NULL);
	say_line(SAY_LAST_CHANGE_NOTE, NULL);
	if (p->menu)
		menu_show();
	else
		say_line(SAY_PROMPT_HELP, NULL);
	fflush(stdout);
	vault_info_free(&info);
}

/* The process of the prompt. */
static int
be_prompt(struct cli *c, bool menu, bool was_unlocked)
{
	struct prompt p = {
		.c = c, .menu = menu, .was_unlocked = was_unlocked
	};
	const struct lineedit_hooks hooks = {
		.ctx = &p, .gone = is_gone, .complete = complete, .typed = typed
	};
	struct cli plain = *c;
	int status;

	plain.pass_file = NULL;
	plain.pass_fd = -1;
	catch (SIGINT, SIG_IGN);
	if ((status = session_open(&p.session, &plain)) != 0)
		return status;
	greet(&p);
	vault_close(p.session.vault);
	p.session.vault = NULL;
	if ((p.line = lineedit_new(&hooks)) == NULL)
		status = say_fault(VAULT_ENOMEM, NULL, NULL);
	else
		status = read_lines(&p);
	lineedit_free(p.line);
	session_close(&p.session);
	return status;
}

/* ---- The keeper ---- */

static bool
is_unlocked(const struct cli *c)
{
	char name[VAULT_PLACE_NAME_LEN];
	int fd = -1;

	if (vault_place_name(name, &c->place) == VAULT_OK &&
	    (fd = agent_connect(name)) >= 0)
		close(fd);
	return fd >= 0;
}

static void
lock(const char *name)
{
	struct agent_locked locked;
	int fd = agent_connect(name);

	if (fd < 0)
		return;
	agent_lock(fd, &locked);
	close(fd);
	for (unsigned i = 0; i < locked.stuck; i++)
		say_error(
		    SAY_LOCK_STUCK, say_number((uint64_t)locked.pid[i]), NULL);
}

/* Unlock as the command would: whether it worked is its exit status. */
static int
unlock(const struct cli *c, bool was_unlocked)
{
	char word[] = "unlock";
	char *argv[] = { word, NULL };
	struct cli copy = *c;

	return was_unlocked ? 0 : cmd_unlock(&copy, 1, argv);
}

/* Until the prompt has ended, or the window is closed. */
static int
keep(pid_t prompt, const char *name)
{
	int status;

	while (waitpid(prompt, &status, 0) < 0) {
		if (errno != EINTR)
			return 1;
		/* It ends with the agent, whatever it is doing. */
		if (hung_up)
			lock(name);
	}
	if (WIFEXITED(status))
		return WEXITSTATUS(status);
	/* The agent ended it, for nobody else would. */
	return WTERMSIG(status) == SIGKILL && !hung_up ? 11 : 1;
}

static int
keep_prompt(struct cli *c, const char *name, bool menu, bool was_unlocked)
{
	struct termios modes;
	bool have_modes = tcgetattr(STDIN_FILENO, &modes) == 0;
	int status = 1;
	pid_t pid;

	catch (SIGHUP, on_hang_up);
	catch (SIGTERM, on_hang_up);
	catch (SIGINT, SIG_IGN);
	catch (SIGQUIT, SIG_IGN);
	catch (SIGTSTP, SIG_IGN);
	pager_stay_on_alternate_screen();
	editor_stay_on_alternate_screen();
	(void)ask_show(SCREEN_ON);
	is_around = true;
	fflush(NULL);
	if ((pid = fork()) == 0)
		_exit(say_finish(be_prompt(c, menu, was_unlocked)));
	if (pid > 0)
		status = keep(pid, name);
	lock(name);
	if (have_modes)
		(void)tcsetattr(STDIN_FILENO, TCSANOW, &modes);
	(void)ask_show(SCREEN_OFF);
	ask_clear_screen();
	return hung_up ? 0 : status;
}

int
prompt_run(struct cli *c, bool menu)
{
	bool was_unlocked = is_unlocked(c);
	char name[VAULT_PLACE_NAME_LEN];
	int status;

	if (vault_place_name(name, &c->place) != VAULT_OK)
		return say_fault(VAULT_ENOVAULT, NULL, c->place.folder);
	if (!pick_share())
		return say_fault(VAULT_ENOMEM, NULL, NULL);
	if ((status = unlock(c, was_unlocked)) != 0)
		return status;
	status = keep_prompt(c, name, menu, was_unlocked);
	if (status == 11)
		say_warning(SAY_LOCKED, NULL);
	return status;
}

int
cmd_menu(struct cli *c, int argc, char **argv)
{
	if (cli_options(argc, argv, NULL, 0) != 0)
		return say_usage("menu");
	if (!ask_has_terminal()) {
		say_error(SAY_NO_TERMINAL, NULL);
		return 2;
	}
	return prompt_run(c, true);
}
