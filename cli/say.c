/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <inttypes.h>
#include <langinfo.h>
#include <libintl.h>
#include <limits.h>
#include <locale.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <jansson.h>

#include "say.h"

#define PLACES 16
#define PLACE_LEN 64
#define ARGS_MAX 9

/* many is NULL unless the sentence has a count. */
static const struct sentence {
	const char *text, *many;
} sentences[SAY_COUNT] = {
#define SAY(name, text) { text, NULL },
#define SAY_N(name, one, many) { one, many },
#include "say.def"
#undef SAY
#undef SAY_N
};

static bool use_json;

/* With --json: the last message and hint, printed as one object at the end. */
static struct buf last_message, last_hint;

/*
 * A language needs no locale of the system: where the one that was asked for
 * is not installed, gettext takes its name from LANGUAGE, under any locale but
 * C.
 */
static void
speak_anyway(void)
{
	const char *lang = say_lang(), *list = getenv("LANGUAGE");

	if (strcmp(lang, "C") == 0 || strchr(lang, '/') != NULL)
		return;
	setlocale(LC_MESSAGES, "C.UTF-8");
	if (list == NULL || *list == '\0')
		setenv("LANGUAGE", lang, 1);
}

/* A folder as seen from that of the program, which is not moved apart. */
static bool
beside_program(struct buf *path, const char *folder)
{
	char self[PATH_MAX];
	ssize_t len = readlink("/proc/self/exe", self, sizeof(self));
	struct stat st;

	while (len > 0 && self[len - 1] != '/')
		len--;
	buf_reset(path);
	if (len <= 0)
		return false;
	buf_put(path, self, (size_t)len);
	buf_put_text(path, folder);
	return buf_ok(path) == VAULT_OK && stat(buf_text(path), &st) == 0 &&
	    S_ISDIR(st.st_mode);
}

/*
 * "locale" beside the program, as it is built and on a stick, else where it is
 * installed.  Whoever can write there can replace the program.
 */
static void
bind_translations(void)
{
	struct buf path = { 0 };

	if (beside_program(&path, "locale") ||
	    beside_program(&path, "../share/locale"))
		bindtextdomain("amparo", buf_text(&path));
	buf_free(&path);
}

void
say_setup(void)
{
	if (setlocale(LC_ALL, "") == NULL) {
		setlocale(LC_CTYPE, "C.UTF-8");
		speak_anyway();
	} else if (strcmp(nl_langinfo(CODESET), "UTF-8") != 0) {
		setlocale(LC_CTYPE, "C.UTF-8");
	}
	setlocale(LC_NUMERIC, "C");
	bind_translations();
	bind_textdomain_codeset("amparo", "UTF-8");
	textdomain("amparo");
}

void
say_use_json(bool on)
{
	use_json = on;
}

bool
say_is_json(void)
{
	return use_json;
}

/* ---- Sentences ---- */

/*
 * What was asked for, not what is installed: labels need no locale of the
 * system.  LANGUAGE counts as it does for gettext, unless the locale is C.
 */
const char *
say_lang(void)
{
	static const char *const names[] = { "LC_ALL", "LC_MESSAGES", "LANG" };
	const char *locale = NULL, *list = getenv("LANGUAGE");

	for (size_t i = 0; i < 3 && (locale == NULL || *locale == '\0'); i++)
		locale = getenv(names[i]);
	if (locale == NULL || *locale == '\0' || strcmp(locale, "C") == 0 ||
	    strcmp(locale, "POSIX") == 0)
		return "C";
	return list == NULL || *list == '\0' ? locale : list;
}

const char *
say_label(const char *english)
{
	return english == NULL || *english == '\0' ? "" : gettext(english);
}

/* Which argument a %s or %N$s is; *at moves behind it. */
static unsigned
argument(const char **at, unsigned *next)
{
	const char *p = *at + 1;

	if (*p >= '1' && *p <= '9' && p[1] == '$' && p[2] == 's') {
		*at = p + 3;
		return (unsigned)(*p - '1');
	}
	*at = p + 1;
	return (*next)++;
}

/* The number in a text of say_number's, which parts thousands by commas. */
static unsigned long
count_in(const char *text)
{
	unsigned long n = 0;

	for (; (*text >= '0' && *text <= '9') || *text == ','; text++)
		if (*text != ',')
			n = n * 10 + (unsigned long)(*text - '0');
	return n;
}

/* The sentence in the reader's language, in the form that its count wants. */
static const char *
sentence(enum say what, const char *const *args, unsigned n)
{
	const struct sentence *s = &sentences[what];

	if (s->many == NULL)
		return gettext(s->text);
	return ngettext(s->text, s->many, n == 0 ? 0 : count_in(args[0]));
}

/* What stands behind "amparo " in commands to be typed. */
static struct buf vault_words;

void
say_use_vault(const char *folder, const char *keys)
{
	buf_reset(&vault_words);
	if (folder != NULL)
		buf_putf(&vault_words, "-v %s ", say_word(folder));
	if (keys != NULL)
		buf_putf(&vault_words, "--keys %s ", say_word(keys));
}

/* Else it is a command for another vault, for somebody else, or none. */
static bool
is_of_this_vault(enum say what)
{
	return what != SAY_WAITING && what != SAY_HINT_HALF &&
	    what != SAY_HINT_HELP && what != SAY_BAD_USAGE &&
	    what != SAY_HINT_PREPARED && what != SAY_HINT_OWN_REVOKED &&
	    what != SAY_HINT_PRACTICE && what != SAY_HINT_VOCAB;
}

/* "amparo ", with the vault that is meant. */
static bool
put_own_name(struct buf *b, enum say what, const char **at)
{
	static const char name[] = "amparo ";

	if (strncmp(*at, name, sizeof(name) - 1) != 0 ||
	    !is_of_this_vault(what))
		return false;
	buf_put_text(b, name);
	*at += sizeof(name) - 1;
	return text_safe_line(b, buf_text(&vault_words), vault_words.len) ==
	    VAULT_OK;
}

/* "[y/N]", with the letters of the reader's language. */
static bool
put_choice(struct buf *b, const char **at)
{
	static const enum say choices[] = { SAY_YES_OR_NO, SAY_YES_UNLESS_NO };

	for (size_t i = 0; i < 2; i++) {
		const char *text = sentences[choices[i]].text;
		size_t len = strlen(text);

		if (strncmp(*at, text, len) != 0)
			continue;
		*at += len;
		return buf_put_text(b, gettext(text));
	}
	return false;
}

/* Our own formatter: texts only, each made safe, whatever a translation has. */
static void
put_sentence(struct buf *b, enum say what, const char *const *args, unsigned n)
{
	const char *p = sentence(what, args, n);
	unsigned next = 0;

	while (*p != '\0') {
		unsigned i;

		if (put_own_name(b, what, &p) || put_choice(b, &p))
			continue;
		if (*p != '%') {
			buf_put_byte(b, (uint8_t)*p++);
			continue;
		}
		i = argument(&p, &next);
		if (i < n &&
		    text_safe_line(b, args[i], strlen(args[i])) != VAULT_OK)
			return;
	}
}

static unsigned
take_args(const char **args, va_list list)
{
	const char *arg;
	unsigned n = 0;

	while ((arg = va_arg(list, const char *)) != NULL)
		if (n < ARGS_MAX)
			args[n++] = arg;
	return n;
}

#define WITH_ARGS(b, what)                                                     \
	do {                                                                   \
		const char *args_[ARGS_MAX];                                   \
		va_list list_;                                                 \
		unsigned n_;                                                   \
		va_start(list_, what);                                         \
		n_ = take_args(args_, list_);                                  \
		va_end(list_);                                                 \
		put_sentence(b, what, args_, n_);                              \
	} while (0)

void
say_put(struct buf *b, enum say what, ...)
{
	WITH_ARGS(b, what);
}

void
say_line(enum say what, ...)
{
	struct buf b = { 0 };

	if (!use_json) {
		WITH_ARGS(&b, what);
		printf("%s\n", buf_text(&b));
	}
	buf_free(&b);
}

static void
to_stderr(struct buf *keep, const char *before, struct buf *b)
{
	/* What was printed before belongs before it. */
	fflush(stdout);
	if (!use_json)
		fprintf(stderr, "%s%s\n", before, buf_text(b));
	else if (keep != NULL) {
		buf_reset(keep);
		buf_put(keep, b->bytes, b->len);
	}
	buf_free(b);
}

void
say_put_title(struct buf *b, const struct buf *title)
{
	if (title->len == 0)
		say_put(b, SAY_NO_TITLE, NULL);
	else if (text_safe_line(b, title->bytes, title->len) != VAULT_OK)
		b->failed = true;
}

void
say_error(enum say what, ...)
{
	struct buf b = { 0 };

	WITH_ARGS(&b, what);
	to_stderr(&last_message, "amparo: ", &b);
}

void
say_warning(enum say what, ...)
{
	struct buf b = { 0 };

	WITH_ARGS(&b, what);
	to_stderr(NULL, "amparo: ", &b);
}

void
say_hint(enum say what, ...)
{
	struct buf b = { 0 };

	WITH_ARGS(&b, what);
	to_stderr(&last_hint, gettext(sentences[SAY_HINT_MARK].text), &b);
}

void
say_lines_aside(const struct buf *lines)
{
	fflush(stdout);
	if (!use_json)
		fputs(buf_text(lines), stderr);
}

/* The sentence about an option that waits for its usage line. */
static struct buf bad_option;

void
say_bad_option(enum say what, const char *option, const char *near)
{
	struct buf name = { 0 };

	buf_put(&name, option, strcspn(option, "="));
	buf_reset(&bad_option);
	if (what == SAY_NO_OPTION && near != NULL)
		what = SAY_NO_OPTION_NEAR;
	say_put(&bad_option, what, buf_text(&name), near, NULL);
	buf_free(&name);
}

int
say_usage(const char *usage)
{
	if (bad_option.len == 0) {
		say_error(SAY_BAD_USAGE, usage, NULL);
		return 2;
	}
	say_error(SAY_ID, buf_text(&bad_option), NULL);
	say_hint(SAY_BAD_USAGE, usage, NULL);
	buf_free(&bad_option);
	return 2;
}

/* ---- Errors of the library ---- */

int
say_status(enum vault_err err)
{
	if (err == VAULT_OK)
		return 0;
	if (err == VAULT_EUSE)
		return 2;
	return (int)err >= 10 ? (int)err : 1;
}

static bool checking;

void
say_checking(void)
{
	checking = true;
}

static void
say_damage(const struct vault_fault *fault)
{
	enum vault_where where = fault == NULL ? VAULT_WHERE_UNKNOWN
					       : fault->where;

	switch (where) {
	case VAULT_WHERE_KEYS:
		say_error(SAY_DAMAGED_KEYS, NULL);
		break;
	case VAULT_WHERE_CELLS:
	case VAULT_WHERE_JOURNAL:
		say_error(SAY_DAMAGED_CELLS, NULL);
		break;
	case VAULT_WHERE_CELL:
		say_error(
		    SAY_DAMAGED_CELL, say_number((uint64_t)fault->n), NULL);
		break;
	case VAULT_WHERE_INNER:
		say_error(SAY_DAMAGED_INNER, NULL);
		break;
	case VAULT_WHERE_LOG:
		say_error(SAY_DAMAGED_LOG, NULL);
		break;
	case VAULT_WHERE_UNKNOWN:
		say_error(SAY_DAMAGED, NULL);
		break;
	}
	say_hint(checking ? SAY_HINT_KEEP_COPY : SAY_HINT_CHECK, NULL);
}

static void
say_no_space(const struct vault_fault *fault)
{
	if (fault != NULL && fault->where == VAULT_WHERE_JOURNAL) {
		say_error(SAY_HOT_JOURNAL, NULL);
		say_hint(SAY_HINT_COPY_MEDIUM, NULL);
	} else {
		say_error(SAY_NO_SPACE, NULL);
	}
}

static bool
is_there(const char *folder, const char *name)
{
	struct buf path = { 0 };
	struct stat st;
	bool there;

	buf_putf(&path, "%s/%s", folder, name);
	there = buf_ok(&path) == VAULT_OK && lstat(buf_text(&path), &st) == 0;
	buf_free(&path);
	return there;
}

/* Something else where a file of a vault should be: named, if that is why. */
static bool
say_not_plain(const char *folder)
{
	static const char *const names[] = { "", "/keys", "/cells.db" };
	bool found = false;

	for (size_t i = 0; !found && i < 3; i++) {
		struct buf path = { 0 };
		struct stat st;

		buf_putf(&path, "%s%s", folder, names[i]);
		found = buf_ok(&path) == VAULT_OK &&
		    lstat(buf_text(&path), &st) == 0 && !S_ISREG(st.st_mode) &&
		    (i > 0 || !S_ISDIR(st.st_mode));
		if (found)
			say_error(SAY_NOT_PLAIN, buf_text(&path), NULL);
		buf_free(&path);
	}
	return found;
}

/* What the system says, unless we know better. */
static void
say_io(const struct vault_fault *fault, const char *about)
{
	const char *system = strerror(errno);

	if (fault == NULL || *about == '\0' || !say_not_plain(about))
		say_error(SAY_IO, about, system, NULL);
}

/* Half of a vault is not nothing: nobody is to make a new one there. */
static void
say_no_vault(const char *folder)
{
	bool keys = is_there(folder, "keys");
	bool cells = is_there(folder, "cells.db");

	if (keys == cells) {
		say_error(SAY_NO_VAULT, folder, NULL);
		say_hint(SAY_HINT_INIT, NULL);
		return;
	}
	say_error(SAY_HALF_VAULT, folder, keys ? "cells.db" : "keys", NULL);
	say_hint(SAY_HINT_HALF, NULL);
}

int
say_fault(
    enum vault_err err, const struct vault_fault *fault, const char *about)
{
	about = about == NULL ? "" : about;
	switch (err) {
	case VAULT_OK:
		break;
	case VAULT_EIO:
		say_io(fault, about);
		break;
	case VAULT_EUSE:
		say_error(SAY_BAD_OPTION, NULL);
		break;
	case VAULT_ENOMEM:
		say_error(SAY_NO_MEMORY, NULL);
		break;
	case VAULT_EABSENT:
		say_error(SAY_ABSENT, about, NULL);
		break;
	case VAULT_EEXISTS:
		say_error(SAY_EXISTS, about, NULL);
		break;
	case VAULT_ECANCELED:
		say_error(SAY_STOPPED, NULL);
		break;
	case VAULT_ENOVAULT:
		say_no_vault(about);
		break;
	case VAULT_ELOCKED:
		say_error(SAY_LOCKED_WHILE, NULL);
		break;
	case VAULT_EPASS:
		say_error(SAY_WRONG_PASS, NULL);
		break;
	case VAULT_EDAMAGED:
		say_damage(fault);
		break;
	case VAULT_EKDFMEM:
		say_error(SAY_NO_KDF_MEMORY, about,
		    say_size(vault_memory_free() * 1024), NULL);
		say_hint(SAY_HINT_MEMORY, NULL);
		break;
	case VAULT_ENORECORD:
		say_error(SAY_NO_RECORD, about, NULL);
		break;
	case VAULT_ECONFLICT:
		say_error(SAY_CONFLICT, NULL);
		break;
	case VAULT_EREFUSED:
		say_error(SAY_REFUSED, NULL);
		break;
	case VAULT_EBUSY:
		say_error(SAY_BUSY, NULL);
		break;
	case VAULT_ESPACE:
		say_no_space(fault);
		break;
	case VAULT_ENOTFORUS:
		say_error(SAY_NOT_FOR_US, NULL);
		break;
	case VAULT_EVERSION:
		say_error(SAY_NEWER, NULL);
		break;
	}
	return say_status(err);
}

/* ---- Numbers, times, sizes ---- */

static char *
place(void)
{
	static char places[PLACES][PLACE_LEN];
	static unsigned next;

	return places[next++ % PLACES];
}

const char *
say_number(uint64_t n)
{
	char digits[24], *out = place();
	int len = snprintf(digits, sizeof(digits), "%" PRIu64, n), at = 0;

	for (int i = 0; i < len; i++) {
		if (i > 0 && (len - i) % 3 == 0 && len > 4)
			out[at++] = ',';
		out[at++] = digits[i];
	}
	out[at] = '\0';
	return out;
}

const char *
say_counted(enum say what, uint64_t n)
{
	const char *number = say_number(n);
	char *out = place();
	struct buf b = { 0 };

	put_sentence(&b, what, &number, 1);
	snprintf(out, PLACE_LEN, "%s", buf_text(&b));
	buf_free(&b);
	return out;
}

const char *
say_time(int64_t unix_seconds)
{
	char *out = place();
	time_t t = (time_t)unix_seconds;
	struct tm tm;

	if (gmtime_r(&t, &tm) == NULL ||
	    strftime(out, PLACE_LEN, "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
		snprintf(out, PLACE_LEN, "?");
	return out;
}

const char *
say_span(uint64_t seconds)
{
	if (seconds < 120)
		return say_counted(SAY_SPAN_SECONDS, seconds);
	if (seconds < 2 * 3600)
		return say_counted(SAY_SPAN_MINUTES, seconds / 60);
	return say_counted(SAY_SPAN_HOURS, seconds / 3600);
}

const char *
say_size(uint64_t bytes)
{
	static const char *const units[] = { "B", "KiB", "MiB", "GiB", "TiB" };
	double size = (double)bytes;
	char *out = place();
	unsigned unit = 0;

	while (size >= 1024 && unit < 4) {
		size /= 1024;
		unit++;
	}
	snprintf(out, PLACE_LEN, size < 10 && unit > 0 ? "%.1f %s" : "%.0f %s",
	    size, units[unit]);
	return out;
}

const char *
say_half(const char *digits, unsigned half)
{
	size_t at = 0, len = 0;
	char *out = place();

	/* The sixth blank parts them. */
	for (unsigned blanks = 0; digits[at] != '\0' && blanks < 6; at++)
		blanks += digits[at] == ' ';
	len = half > 0 ? strlen(digits + at) : at - (at > 0);
	snprintf(
	    out, PLACE_LEN, "%.*s", (int)len, half > 0 ? digits + at : digits);
	return out;
}

const char *
say_word(const char *word)
{
	static struct buf quoted;
	static const char plain[] =
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "0123456789_-./,:@%+";

	if (*word != '\0' && word[strspn(word, plain)] == '\0')
		return word;
	buf_reset(&quoted);
	buf_put_byte(&quoted, '\'');
	for (; *word != '\0'; word++)
		if (*word == '\'')
			buf_put_text(&quoted, "'\\''");
		else
			buf_put_byte(&quoted, (uint8_t)*word);
	buf_put_byte(&quoted, '\'');
	return buf_text(&quoted);
}

/* ---- Tables ---- */

#define NARROWEST 20 /* less room is not worth a break */
#define COLUMNS 8

/* The cell at *at, and whether it is the last of its line; moves *at on. */
static size_t
cell(const char **start, const char **at, bool *last)
{
	size_t len = strcspn(*at, "\t\n");

	*start = *at;
	*last = (*at)[len] != '\t';
	*at += len + ((*at)[len] != '\0');
	return len;
}

static void
measure(size_t widths[COLUMNS], const char *at)
{
	while (*at != '\0') {
		bool last = false;

		for (unsigned i = 0; !last; i++) {
			const char *start;
			size_t len = cell(&start, &at, &last);
			size_t width = text_width(start, len);

			if (i < COLUMNS && width > widths[i])
				widths[i] = width;
		}
	}
}

static void
put_blanks(struct buf *out, size_t n)
{
	while (n-- > 0)
		buf_put_byte(out, ' ');
}

/* The last cell: if it is too wide, broken at blanks, each line from `from`. */
static void
put_last(
    struct buf *out, const char *text, size_t len, size_t from, size_t columns)
{
	size_t used = from;

	if (columns < from + NARROWEST || text_is_rtl(text, len)) {
		buf_put(out, text, len);
		return;
	}
	while (len > 0) {
		size_t blanks = 0, n;

		while (blanks < len && text[blanks] == ' ')
			blanks++;
		for (n = blanks; n < len && text[n] != ' ';)
			n++;
		if (used > from && used + text_width(text, n) > columns) {
			buf_put_byte(out, '\n');
			put_blanks(out, from);
			used = from;
			text += blanks;
			len -= blanks;
			n -= blanks;
		}
		buf_put(out, text, n);
		used += text_width(text, n);
		text += n;
		len -= n;
	}
}

void
say_align(struct buf *out, const struct buf *lines, size_t columns)
{
	size_t widths[COLUMNS] = { 0 };
	const char *at = buf_text(lines);

	measure(widths, at);
	while (*at != '\0') {
		size_t from = 0;
		bool last = false;

		for (unsigned i = 0; !last; i++) {
			const char *start;
			size_t len = cell(&start, &at, &last);
			size_t width = text_width(start, len);
			size_t pad = i < COLUMNS && widths[i] > width
			    ? widths[i] - width + 2
			    : 2;

			if (last) {
				put_last(out, start, len, from, columns);
				break;
			}
			buf_put(out, start, len);
			put_blanks(out, pad);
			from += width + pad;
		}
		buf_put_byte(out, '\n');
	}
}

void
say_table(const struct buf *lines)
{
	struct buf aligned = { 0 };

	if (use_json)
		return;
	if (isatty(STDOUT_FILENO))
		say_align(&aligned, lines, 0);
	fputs(buf_text(aligned.len > 0 ? &aligned : lines), stdout);
	buf_free(&aligned);
}

/* ---- JSON ---- */

struct doc {
	json_t *json;
};

static struct doc *
wrap(json_t *json)
{
	struct doc *d = malloc(sizeof(*d));

	if (d == NULL) {
		json_decref(json);
		return NULL;
	}
	d->json = json;
	return d;
}

struct doc *
doc_object(void)
{
	return wrap(json_object());
}

struct doc *
doc_array(void)
{
	return wrap(json_array());
}

static void
add(struct doc *d, const char *key, json_t *value)
{
	if (d == NULL)
		json_decref(value);
	else if (key == NULL)
		json_array_append_new(d->json, value);
	else
		json_object_set_new(d->json, key, value);
}

void
doc_text(struct doc *d, const char *key, const char *text)
{
	add(d, key, json_string(text));
}

void
doc_int(struct doc *d, const char *key, int64_t n)
{
	add(d, key, json_integer(n));
}

void
doc_bool(struct doc *d, const char *key, bool yes)
{
	add(d, key, json_boolean(yes));
}

void
doc_json(struct doc *d, const char *key, const char *json, size_t len)
{
	add(d, key, json_loadb(json, len, JSON_DECODE_ANY, NULL));
}

void
doc_put(struct doc *d, const char *key, struct doc *child)
{
	if (child != NULL)
		add(d, key, child->json);
	free(child);
}

/* Text in JSON is verbatim; what a terminal would obey is escaped. */
static void
put_escaped(struct buf *b, const char *at, size_t len, uint32_t cp)
{
	size_t before = b->len;

	if (text_safe_line(b, at, len) != VAULT_OK || b->bytes[before] != '\\')
		return;
	buf_truncate(b, before);
	if (cp > 0xffff) {
		buf_putf(b, "\\u%04x", 0xd7c0 + (cp >> 10));
		cp = 0xdc00 + (cp & 0x3ff);
	}
	buf_putf(b, "\\u%04x", cp);
}

static bool
put_json(FILE *to, const json_t *json, size_t flags)
{
	char *text = json_dumps(json, flags);
	size_t len = text == NULL ? 0 : strlen(text), step;
	struct buf b = { 0 };
	json_free_t give_back;
	bool good;

	json_get_alloc_funcs(NULL, &give_back);
	for (size_t i = 0; i < len; i += step) {
		uint32_t cp = (uint8_t)text[i];

		step = 1;
		if (cp >= 0x80 &&
		    (step = text_next(&cp, text + i, len - i)) == 0)
			break;
		if (cp < 0x7f)
			buf_put_byte(&b, (uint8_t)text[i]);
		else
			put_escaped(&b, text + i, step, cp);
	}
	buf_put_byte(&b, '\n');
	good = text != NULL && buf_ok(&b) == VAULT_OK &&
	    fwrite(b.bytes, 1, b.len, to) == b.len;
	if (text != NULL)
		bytes_wipe(text, len);
	give_back(text);
	buf_free(&b);
	return good;
}

int
doc_print(struct doc *d)
{
	int status = 1;

	if (d != NULL) {
		status = put_json(stdout, d->json, JSON_INDENT(1)) ? 0 : 1;
		json_decref(d->json);
		free(d);
	}
	return status;
}

void
doc_free(struct doc *d)
{
	if (d != NULL)
		json_decref(d->json);
	free(d);
}

/* The word for an exit status, in JSON errors. */
static const char *
word(int status)
{
	static const char *const words[] = {
		[1] = "failed",
		[2] = "usage",
		[10] = "no-vault",
		[11] = "locked",
		[12] = "wrong-passphrase",
		[13] = "damaged",
		[14] = "memory",
		[15] = "no-record",
		[16] = "conflict",
		[17] = "refused",
		[18] = "busy",
		[19] = "no-space",
		[20] = "not-for-us",
		[21] = "newer",
	};

	if (status < 0 || status > 21 || words[status] == NULL)
		return "failed";
	return words[status];
}

static void
print_json_error(int status)
{
	json_t *o = json_pack("{s:s, s:i, s:s}", "error", word(status), "exit",
	    status, "message", buf_text(&last_message));

	if (o == NULL)
		return;
	if (last_hint.len > 0)
		json_object_set_new(
		    o, "hint", json_string(buf_text(&last_hint)));
	(void)put_json(stderr, o, 0);
	json_decref(o);
}

int
say_finish(int status)
{
	struct buf output = { 0 };

	if (fflush(stdout) != 0 || ferror(stdout)) {
		int error = errno;

		if (status == 0)
			status = 1;
		say_put(&output, SAY_STANDARD_OUTPUT, NULL);
		say_error(SAY_IO, buf_text(&output), strerror(error), NULL);
		buf_free(&output);
	}
	if (use_json && status != 0)
		print_json_error(status);
	buf_free(&last_message);
	buf_free(&last_hint);
	return status;
}
