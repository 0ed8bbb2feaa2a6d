/* SPDX-License-Identifier: ISC */
/*
 * A small program around the editor and the line editor, for editor.py and
 * lineedit.py.
 *
 *   editor_main edit IN OUT [--limit N] [--gone FILE] [--draft FILE]
 *                            [--title TEXT] [--canary FILE]
 *   editor_main line OUT [--gone FILE] [--start TEXT]
 *   editor_main secret OUT [--gone FILE]
 *
 * edit writes OUT: a word for how it ended, a line break, the text.  line and
 * secret ask again and again, and add to OUT a word, the length and the text
 * for each, until the line is closed or the vault "gone": when FILE exists.
 * A canary is looked for in this process's memory when the editor has ended;
 * FILE holds it with all bits turned, so that looking does not plant it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wchar.h>
#include <fcntl.h>

#include <sodium.h>

#include "../../cli/editor.h"
#include "../../cli/lineedit.h"
#include "vault.h"

/* Freed memory stays as it is for a while, and there are terabytes of it. */
#ifndef __has_feature
#define __has_feature(x) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || __has_feature(address_sanitizer)
#define SANITIZED true
#else
#define SANITIZED false
#endif

struct options {
	const char *gone, *draft, *title, *canary, *start;
	int64_t limit;
};

static bool
is_gone(void *ctx)
{
	const struct options *o = ctx;

	return o->gone != NULL && access(o->gone, F_OK) == 0;
}

static void
write_all(const char *path, int flags, const void *bytes, size_t len)
{
	int fd = open(path, O_WRONLY | O_CREAT | flags, 0600);

	if (fd < 0 || write(fd, bytes, len) != (ssize_t)len)
		exit(3);
	close(fd);
}

static int
keep_draft(void *ctx, const struct buf *text)
{
	const struct options *o = ctx;

	if (strcmp(o->draft, "fail") == 0)
		return 1;
	write_all(o->draft, O_TRUNC, text->bytes, text->len);
	return 0;
}

static void
read_all(struct buf *b, const char *path)
{
	uint8_t block[4096];
	ssize_t n;
	int fd = open(path, O_RDONLY);

	if (fd < 0)
		exit(3);
	while ((n = read(fd, block, sizeof(block))) > 0)
		(void)buf_put(b, block, (size_t)n);
	bytes_wipe(block, sizeof(block));
	close(fd);
}

/*
 * How often the canary stands in len bytes, its letters stride bytes apart;
 * canary has all bits turned.
 */
static size_t
count_canary(
    const uint8_t *bytes, size_t len, const struct buf *canary, size_t stride)
{
	size_t n = 0, i;

	for (size_t at = 0; at + canary->len * stride <= len; at++) {
		for (i = 0; i < canary->len; i++)
			if ((bytes[at + i * stride] ^ canary->bytes[i]) != 0xff)
				break;
		n += i == canary->len;
	}
	return n;
}

/* As text, as wchar_t, and as the cells of ncurses, which take 28 bytes. */
static size_t
count_strides(const uint8_t *bytes, size_t len, const struct buf *canary)
{
	return count_canary(bytes, len, canary, 1) +
	    count_canary(bytes, len, canary, sizeof(wchar_t)) +
	    count_canary(bytes, len, canary, 28);
}

/* The same for all memory that this process may read and write. */
static size_t
search_memory(const struct buf *canary)
{
	static uint8_t block[1 << 20];
	FILE *maps = fopen("/proc/self/maps", "re");
	int mem = open("/proc/self/mem", O_RDONLY);
	unsigned long from, to;
	char line[512];
	size_t n = 0;

	while (maps != NULL && fgets(line, sizeof(line), maps) != NULL) {
		if (sscanf(line, "%lx-%lx", &from, &to) != 2 ||
		    strstr(line, " rw") == NULL)
			continue;
		for (; from < to; from += sizeof(block) - 4096) {
			unsigned long here = (unsigned long)(uintptr_t)block;
			size_t want = to - from < sizeof(block) ? to - from
								: sizeof(block);
			ssize_t got;

			if (from < here + sizeof(block) && here < from + want)
				want = from < here ? here - from : 0;
			got = pread(mem, block, want, (off_t)from);
			if (got > 0)
				n += count_strides(block, (size_t)got, canary);
			if (to - from <= sizeof(block))
				break;
		}
	}
	bytes_wipe(block, sizeof(block));
	if (maps != NULL)
		fclose(maps);
	close(mem);
	return n;
}

static int
edit(const char *in, const char *out, struct options *o)
{
	static const char *const names[] = { "keep", "drop", "gone", "failed" };
	struct editor_hooks hooks = { o, o->draft != NULL ? keep_draft : NULL,
		is_gone, o->title, o->limit, NULL };
	struct buf text = { 0 }, result = { 0 }, canary = { 0 };
	enum editor_end end;
	size_t hits = 0;

	read_all(&text, in);
	end = editor_run(&text, &hooks);
	(void)buf_putf(&result, "%s\n", names[end]);
	(void)buf_put(&result, text.bytes, text.len);
	write_all(out, O_TRUNC, result.bytes, result.len);
	buf_free(&result);
	buf_free(&text);
	if (o->canary != NULL && SANITIZED) {
		printf("canary: not searched\n");
	} else if (o->canary != NULL) {
		read_all(&canary, o->canary);
		hits = search_memory(&canary);
		printf("canary: %zu hits\n", hits);
		buf_free(&canary);
	}
	return hits > 0;
}

static size_t
complete(void *ctx, struct buf *options, const struct buf *line, size_t at)
{
	static const char *const words[] = { "find", "finish", "export",
		"\xe8\x85\xbe\xe5\xbd\xaa" };
	size_t from = at;

	(void)ctx;
	while (from > 0 && line->bytes[from - 1] != ' ')
		from--;
	for (size_t i = 0; i < 4; i++)
		if (at - from <= strlen(words[i]) &&
		    memcmp(line->bytes + from, words[i], at - from) == 0)
			(void)buf_putf(options, "%s\n", words[i]);
	return from;
}

static int
ask(const char *out, struct options *o, bool secret)
{
	static const char *const names[] = { "done", "cancelled", "closed",
		"gone", "too-long", "not-text", "failed" };
	struct lineedit_hooks hooks = {
		.ctx = o, .gone = is_gone, .complete = complete
	};
	struct lineedit *l = lineedit_new(&hooks);
	struct buf line = { 0 }, result = { 0 };
	struct secret *s = NULL;
	enum lineedit_end end;

	if (l == NULL)
		return 3;
	do {
		if (secret) {
			end = lineedit_secret(&s, l, "passphrase: ");
			if (s != NULL)
				(void)buf_put(
				    &line, secret_view(s), secret_len(s));
			secret_free(s);
		} else {
			end = lineedit_read(&line, l, "> ", o->start);
			lineedit_remember(l, &line);
		}
		(void)buf_putf(&result, "%s %zu ", names[end], line.len);
		(void)buf_put(&result, line.bytes, line.len);
		(void)buf_put_byte(&result, '\n');
		write_all(out, O_APPEND, result.bytes, result.len);
		buf_reset(&result);
		buf_reset(&line);
	} while (end != LINEEDIT_CLOSED && end != LINEEDIT_GONE &&
	    end != LINEEDIT_FAILED);
	buf_free(&line);
	buf_free(&result);
	lineedit_free(l);
	return 0;
}

int
main(int argc, char **argv)
{
	struct options o = { 0 };
	int first;

	if (sodium_init() < 0)
		return 3;
	first = argc > 1 && strcmp(argv[1], "edit") == 0 ? 4 : 3;

	for (int i = first; i + 1 < argc; i += 2) {
		if (strcmp(argv[i], "--gone") == 0)
			o.gone = argv[i + 1];
		else if (strcmp(argv[i], "--draft") == 0)
			o.draft = argv[i + 1];
		else if (strcmp(argv[i], "--title") == 0)
			o.title = argv[i + 1];
		else if (strcmp(argv[i], "--canary") == 0)
			o.canary = argv[i + 1];
		else if (strcmp(argv[i], "--start") == 0)
			o.start = argv[i + 1];
		else if (strcmp(argv[i], "--limit") == 0)
			o.limit = strtoll(argv[i + 1], NULL, 10);
	}
	if (first == 4 && argc >= 4)
		return edit(argv[2], argv[3], &o);
	if (argc >= 3 && strcmp(argv[1], "line") == 0)
		return ask(argv[2], &o, false);
	if (argc >= 3 && strcmp(argv[1], "secret") == 0)
		return ask(argv[2], &o, true);
	return 2;
}
