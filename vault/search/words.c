/* SPDX-License-Identifier: ISC */
/*
 * Two ways through the text.  Words of ASCII letters and digits, which are
 * nearly all bytes of a record in a Latin script, are lower-cased on the spot;
 * everything else is cut by what letter_of() says of its code points and keyed
 * by text_key().
 */
#include <sqlite3.h>
#include <stdint.h>
#include <string.h>

#include "core/buf.h"
#include "core/mem.h"
#include "core/text.h"
#include "search/letter.h"
#include "search/words.h"

/* What an ASCII letter or digit is in a key; '.' for everything else. */
static const char ascii_key[] = "................................"
				"................0123456789......"
				".abcdefghijklmnopqrstuvwxyz....."
				".abcdefghijklmnopqrstuvwxyz.....";

/* No cluster of marks that anybody writes is longer. */
#define UNIT_MAX 48

/* A run's keys are moved to the front of their buffer from here on. */
#define RUN_KEYS_MAX 512

struct cutter {
	const uint8_t *text;
	size_t len;
	enum words_mode mode;
	words_fn *each;
	void *ctx;
	enum vault_err err; /* once it is set nothing more is given out */
	struct buf keys;
	/* While a key is cut again, places are those of its source. */
	const struct cutter *outer;
	size_t start, end;
};

/* A stretch of text and its key, which lies in cutter.keys. */
struct part {
	size_t start, end;
	size_t key, key_len;
	bool mixed; /* the key must be cut again */
};

struct point {
	uint32_t cp;
	size_t len; /* 0 only at the end of the text */
	enum letter letter;
};

static bool
is_ascii_word(uint8_t byte)
{
	return byte < 0x80 && ascii_key[byte] != '.';
}

static struct point
point_at(const struct cutter *c, size_t at)
{
	struct point p = { 0, 0, LETTER_NONE };

	if (at >= c->len)
		return p;
	if (c->text[at] < 0x80) {
		p.cp = c->text[at];
		p.len = 1;
		p.letter = letter_of(p.cp);
		return p;
	}
	p.len = text_next(&p.cp, c->text + at, c->len - at);
	if (p.len == 0)
		p.len = 1;
	else
		p.letter = letter_of(p.cp);
	return p;
}

static void
emit(struct cutter *c, struct word word)
{
	if (c->err != VAULT_OK || word.key_len == 0)
		return;
	if (c->outer != NULL) {
		word.start = c->start;
		word.end = word.first_end = c->end;
	}
	if (!c->each(c->ctx, &word))
		c->err = VAULT_ECANCELED;
}

/* The word of kind whose key and place begin with part a and end with b. */
static struct word
word_of(const struct cutter *c, enum word_kind kind, const struct part *a,
    const struct part *b)
{
	return (struct word){
		.kind = kind,
		.key = buf_text(&c->keys) + a->key,
		.key_len = b->key + b->key_len - a->key,
		.start = a->start,
		.end = b->end,
		.first_end = a->end,
	};
}

/*
 * The end of the word that begins at `at`: letters of the same sort with
 * their marks.  Unseen characters are within a word, not at its end.
 */
static size_t
part_end(const struct cutter *c, size_t at, enum letter letter)
{
	size_t end = at, i = at;
	struct point p = point_at(c, i);

	while ((p.letter == letter || p.letter == LETTER_MARK ||
		   p.letter == LETTER_UNSEEN) &&
	    i + p.len - at <= WORDS_WORD_MAX) {
		i += p.len;
		if (p.letter != LETTER_UNSEEN)
			end = i;
		p = point_at(c, i);
	}
	return end;
}

/* Append the key of a stretch to c->keys.  A key's own key is itself. */
static void
part_key(struct cutter *c, struct part *part, size_t start, size_t end)
{
	enum vault_err err = VAULT_OK;

	*part = (struct part){ .start = start, .end = end, .key = c->keys.len };
	if (c->outer != NULL)
		buf_put(&c->keys, c->text + start, end - start);
	else
		err = text_key(&c->keys, c->text + start, end - start);
	if (err == VAULT_OK)
		err = buf_ok(&c->keys);

	/* Only lack of memory is possible: the stretch is valid UTF-8. */
	if (err != VAULT_OK && c->err == VAULT_OK)
		c->err = err;
	part->key_len = c->keys.len - part->key;
}

/* True if there is anything in the key of part that would be cut. */
static bool
is_mixed(const struct cutter *c, const struct part *part)
{
	const char *key = buf_text(&c->keys) + part->key;
	enum letter letter;
	size_t n;
	uint32_t cp;

	if (c->outer != NULL)
		return false; /* once is enough */
	for (size_t i = 0; i < part->key_len; i += n) {
		if ((n = text_next(&cp, key + i, part->key_len - i)) == 0)
			return true;
		letter = letter_of(cp);
		if (letter != LETTER_SPACED && letter != LETTER_MARK)
			return true;
	}
	return false;
}

static void cut(struct cutter *c);

/* Cut a key once more, as a text whose words all stand where part stands. */
static void
emit_mixed(struct cutter *c, const struct part *part)
{
	struct cutter inner = {
		.text = c->keys.bytes + part->key,
		.len = part->key_len,
		.mode = c->mode,
		.each = c->each,
		.ctx = c->ctx,
		.err = c->err,
		.outer = c,
		.start = part->start,
		.end = part->end,
	};

	cut(&inner);
	c->err = inner.err;
	buf_free(&inner.keys);
}

static void
emit_parts(struct cutter *c, const struct part *parts, size_t n)
{
	bool mixed = false;
	struct word word;

	for (size_t i = 0; i < n; i++)
		mixed |= parts[i].mixed;
	for (size_t i = 0; i < n; i++) {
		if (parts[i].mixed)
			emit_mixed(c, &parts[i]);
		else
			emit(c, word_of(c, WORD_PLAIN, &parts[i], &parts[i]));

		/* Keys lie one after another: two together are one key. */
		for (size_t k = 1; i == 0 && k < n && !mixed; k++) {
			word = word_of(c, WORD_JOINED, &parts[0], &parts[k]);
			word.same_place = true;
			emit(c, word);
		}
	}
}

/* Where the next part of the same word begins, or 0. */
static size_t
next_part(const struct cutter *c, size_t end)
{
	struct point p = point_at(c, end), next;

	if (p.letter != LETTER_DOT && p.letter != LETTER_QUOTE &&
	    p.letter != LETTER_HYPHEN)
		return 0;
	next = point_at(c, end + p.len);
	if (next.letter != LETTER_SPACED)
		return 0;
	if (p.letter == LETTER_HYPHEN && next.cp <= '9' &&
	    c->text[end - 1] <= '9')
		return 0;
	return end + p.len;
}

static size_t
cut_words(struct cutter *c, size_t at)
{
	struct part parts[WORDS_PARTS_MAX];
	size_t n = 0, end, next = at;

	buf_reset(&c->keys);
	do {
		at = next;
		end = part_end(c, at, LETTER_SPACED);
		part_key(c, &parts[n], at, end);
		parts[n].mixed = is_mixed(c, &parts[n]);
		if (parts[n].key_len > 0)
			n++;
	} while (
	    n > 0 && n < WORDS_PARTS_MAX && (next = next_part(c, end)) != 0);
	emit_parts(c, parts, n);
	return end;
}

/*
 * A genitive and four more particles are written on to the syllable before
 * them: the letter 'a (0f60) and one more.  Give out what is before it.
 */
static void
emit_stem(struct cutter *c, struct word word)
{
	static const char *particles[] = { "\u0f60\u0f72", "\u0f60\u0f74",
		"\u0f60\u0f7c", "\u0f60\u0f44", "\u0f60\u0f58" };
	const size_t len = 6;

	if (c->mode != WORDS_TEXT || word.key_len <= len)
		return;
	word.key_len -= len;
	for (size_t i = 0; i < sizeof(particles) / sizeof(particles[0]); i++)
		if (memcmp(word.key + word.key_len, particles[i], len) == 0) {
			word.kind = WORD_STEM;
			word.same_place = true;
			emit(c, word);
		}
}

static size_t
cut_syllable(struct cutter *c, size_t at)
{
	size_t end = part_end(c, at, LETTER_TIBETAN);
	struct part part;

	buf_reset(&c->keys);
	part_key(c, &part, at, end);
	emit(c, word_of(c, WORD_PLAIN, &part, &part));
	emit_stem(c, word_of(c, WORD_PLAIN, &part, &part));
	return end;
}

/*
 * True for U+4E00 to U+9FFF, most of all Chinese text, which needs no table:
 * each is a unit and its own key.
 */
static bool
is_han(const struct cutter *c, size_t at)
{
	const uint8_t *p = c->text + at;

	return c->len - at >= 3 && p[0] >= 0xe4 && p[0] <= 0xe9 &&
	    (p[1] & 0xc0) == 0x80 && (p[2] & 0xc0) == 0x80 &&
	    (p[0] > 0xe4 || p[1] >= 0xb8);
}

/* The end of a unit with its marks. */
static size_t
unit_end(const struct cutter *c, size_t at)
{
	size_t end = at + point_at(c, at).len, i = end;
	struct point p = point_at(c, i);

	while ((p.letter == LETTER_MARK || p.letter == LETTER_UNSEEN) &&
	    i + p.len - at <= UNIT_MAX) {
		i += p.len;
		if (p.letter == LETTER_MARK)
			end = i;
		p = point_at(c, i);
	}
	return end;
}

/*
 * Where the next unit of the run begins, or 0.  One line break does not end
 * a run: these scripts are wrapped anywhere.
 */
static size_t
next_unit(const struct cutter *c, size_t end)
{
	struct point p = point_at(c, end);
	bool broken = false;

	while (p.letter == LETTER_UNSEEN || p.letter == LETTER_MARK ||
	    p.letter == LETTER_DOT ||
	    (p.cp == '\r' && point_at(c, end + 1).cp == '\n') ||
	    (p.cp == '\n' && !broken)) {
		broken |= p.cp == '\n';
		end += p.len;
		p = point_at(c, end);
	}
	return p.letter == LETTER_UNIT ? end : 0;
}

static void
unit_key(struct cutter *c, struct part *unit, size_t at)
{
	size_t end = unit_end(c, at);

	if (end - at == 3 && is_han(c, at)) {
		*unit = (struct part){ at, end, c->keys.len, 3, false };
		if (!buf_put(&c->keys, c->text + at, 3))
			c->err = VAULT_ENOMEM;
		return;
	}
	part_key(c, unit, at, end);
}

/* Keep the key of the last unit only, so that no run needs much memory. */
static void
trim_keys(struct cutter *c, struct part *last)
{
	if (c->keys.len < RUN_KEYS_MAX)
		return;
	memmove(c->keys.bytes, c->keys.bytes + last->key, last->key_len);
	c->keys.len = last->key_len;
	last->key = 0;
}

/*
 * The fast way for a run of Han characters alone: its words are slices of the
 * text.  Chinese is cut twice as fast for it.  Returns its end, or 0.
 */
static size_t
cut_han(struct cutter *c, size_t at)
{
	struct word word = { .kind = WORD_PAIR, .key_len = 6 };
	size_t end = at;
	struct point p;

	while (end < c->len && is_han(c, end))
		end += 3;
	p = point_at(c, end);
	if (end == at || p.cp == '\r' || p.cp == '\n' ||
	    (p.letter != LETTER_NONE && p.letter != LETTER_SPACED))
		return 0;
	for (size_t i = at; i < end; i += 3) {
		word.key = (const char *)c->text + i;
		word.start = i;
		word.first_end = i + 3;
		word.end = i + 6;
		if (i + 6 <= end)
			emit(c, word);
	}
	word.kind = WORD_SINGLE;
	word.key_len = 3;
	word.end = end;
	word.same_place = end - at > 3;
	if (!word.same_place || c->mode == WORDS_TEXT)
		emit(c, word);
	return end;
}

static size_t
cut_run(struct cutter *c, size_t at)
{
	struct part last = { 0 }, unit;
	struct word word;
	size_t n = 0, end, next = at;

	if ((end = cut_han(c, at)) != 0)
		return end;
	buf_reset(&c->keys);
	do {
		unit_key(c, &unit, next);
		end = unit.end;
		if (unit.key_len == 0)
			continue;
		if (n++ > 0)
			emit(c, word_of(c, WORD_PAIR, &last, &unit));
		last = unit;
		trim_keys(c, &last);
	} while (c->err == VAULT_OK && (next = next_unit(c, end)) != 0);

	if (n == 1 || (n > 0 && c->mode == WORDS_TEXT)) {
		word = word_of(c, WORD_SINGLE, &last, &last);
		word.same_place = n > 1;
		emit(c, word);
	}
	return end;
}

/*
 * The fast way: if a word of ASCII begins at `at` and ends before anything
 * that could be a part of it, give it out.  Returns its end, or 0.
 */
static size_t
cut_ascii(struct cutter *c, size_t at)
{
	char key[WORDS_WORD_MAX];
	size_t n = 0, end = at;

	while (end < c->len && n < sizeof(key) && is_ascii_word(c->text[end]))
		key[n++] = ascii_key[c->text[end++]];
	if (n == 0)
		return 0;
	if (end < c->len &&
	    (c->text[end] >= 0x80 || c->text[end] == '\'' ||
		c->text[end] == '-'))
		return 0;
	emit(c,
	    (struct word){ .key = key,
		.key_len = n,
		.start = at,
		.end = end,
		.first_end = end });
	return end;
}

/* A place that no phrase passes. */
static size_t
cut_end(struct cutter *c, size_t at)
{
	emit(c,
	    (struct word){ .key = (const char *)c->text + at,
		.key_len = 1,
		.start = at,
		.end = at + 1,
		.first_end = at + 1 });
	return at + 1;
}

static void
cut(struct cutter *c)
{
	size_t at = 0, end;
	struct point p;

	while (at < c->len && c->err == VAULT_OK) {
		if ((end = cut_ascii(c, at)) != 0) {
			at = end;
			continue;
		}
		if (c->text[at] == WORDS_END) {
			at = cut_end(c, at);
			continue;
		}
		/* Of ASCII only letters and digits begin anything. */
		if (c->text[at] < 0x80 && !is_ascii_word(c->text[at])) {
			at++;
			continue;
		}
		p = point_at(c, at);
		if (p.letter == LETTER_SPACED)
			at = cut_words(c, at);
		else if (p.letter == LETTER_UNIT)
			at = cut_run(c, at);
		else if (p.letter == LETTER_TIBETAN)
			at = cut_syllable(c, at);
		else
			at += p.len;
	}
}

enum vault_err
words_each(const void *text, size_t len, enum words_mode mode, words_fn *each,
    void *ctx)
{
	struct cutter c = {
		.text = text,
		.len = len,
		.mode = mode,
		.each = each,
		.ctx = ctx,
		.err = VAULT_OK,
	};

	cut(&c);
	buf_free(&c.keys);
	return c.err;
}

/* What xTokenize hands to each word. */
struct sink {
	void *ctx;
	int (*token)(void *, int, const char *, int, int, int);
	bool query;
	int rc;
};

static bool
sink_put(void *ctx, const struct word *word)
{
	struct sink *sink = ctx;

	/* In a phrase the parts stand for themselves (see query.c). */
	if (sink->query && word->kind == WORD_JOINED)
		return true;
	sink->rc = sink->token(sink->ctx,
	    word->same_place ? FTS5_TOKEN_COLOCATED : 0, word->key,
	    (int)word->key_len, (int)word->start, (int)word->end);
	return sink->rc == SQLITE_OK;
}

static int
tokenizer_tokenize(Fts5Tokenizer *tokenizer, void *ctx, int flags,
    const char *text, int len,
    int (*token)(void *, int, const char *, int, int, int))
{
	struct sink sink = { ctx, token, (flags & FTS5_TOKENIZE_QUERY) != 0,
		SQLITE_OK };
	enum vault_err err;

	(void)tokenizer;
	err = words_each(text, len > 0 ? (size_t)len : 0,
	    sink.query ? WORDS_QUERY : WORDS_TEXT, sink_put, &sink);
	if (err == VAULT_ECANCELED)
		return sink.rc;
	return err == VAULT_OK ? SQLITE_OK : SQLITE_NOMEM;
}

/* There is nothing to keep, but FTS5 wants an object. */
static int
tokenizer_create(void *ctx, const char **args, int n, Fts5Tokenizer **out)
{
	(void)ctx;
	(void)args;
	*out = NULL;
	if (n != 0)
		return SQLITE_ERROR;
	*out = mem_zalloc(1);
	return *out == NULL ? SQLITE_NOMEM : SQLITE_OK;
}

static void
tokenizer_delete(Fts5Tokenizer *tokenizer)
{
	mem_free(tokenizer);
}

enum vault_err
words_register(struct sqlite3 *db)
{
	fts5_tokenizer tokenizer = { tokenizer_create, tokenizer_delete,
		tokenizer_tokenize };
	sqlite3_stmt *stmt = NULL;
	fts5_api *api = NULL;
	enum vault_err err = VAULT_EUSE;
	int rc;

	/* The documented way to reach FTS5: a pointer that SQL cannot see. */
	rc = sqlite3_prepare_v2(db, "SELECT fts5(?1)", -1, &stmt, NULL);
	if (rc != SQLITE_OK)
		goto out;
	rc = sqlite3_bind_pointer(stmt, 1, &api, "fts5_api_ptr", NULL);
	if (rc == SQLITE_OK)
		sqlite3_step(stmt);
	if (api == NULL)
		goto out;
	rc = api->xCreateTokenizer(api, "amparo", NULL, &tokenizer, NULL);
	err = rc == SQLITE_OK ? VAULT_OK : VAULT_ENOMEM;
out:
	sqlite3_finalize(stmt);
	return err == VAULT_EUSE && rc == SQLITE_NOMEM ? VAULT_ENOMEM : err;
}
