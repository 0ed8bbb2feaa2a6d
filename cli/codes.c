/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "codes.h"
#include "say.h"

/*
 * How a code was found, the best first.  Parts of labels in a language that
 * the reader did not ask for come last: "d" means no "del Estado".
 */
enum way {
	BY_CODE,
	BY_NUMBER,
	BY_ESF,
	BY_LABEL,
	BY_BEGINNING,
	BY_PART,
	BY_OTHER_BEGINNING,
	BY_OTHER_PART,
	WAYS
};

struct sought {
	const char *typed;
	struct buf key;
	size_t number; /* 0: it is none */
};

static void
key_of(struct buf *out, const char *text)
{
	buf_reset(out);
	if (text_key(out, text, strlen(text)) != VAULT_OK)
		buf_reset(out);
}

/* True if a word of text begins with part. */
static bool
begins_word(const char *text, const char *part)
{
	const char *at = text;

	while ((at = strstr(at, part)) != NULL) {
		if (at == text || at[-1] == ' ')
			return true;
		at++;
	}
	return false;
}

/* How well the key of a label or code fits. */
static enum way
fit(const struct buf *key, const struct sought *s)
{
	const char *text = buf_text(key), *part = buf_text(&s->key);

	if (s->key.len == 0)
		return WAYS;
	if (strcmp(text, part) == 0)
		return BY_LABEL;
	if (begins_word(text, part))
		return BY_BEGINNING;
	return strstr(text, part) != NULL ? BY_PART : WAYS;
}

/* A code or a label, if it fits better than what was there before. */
static void
judge_text(enum way *best, const char *text, const struct sought *s, bool other)
{
	struct buf key = { 0 };
	enum way way;

	key_of(&key, text);
	way = fit(&key, s);
	if (other && way == BY_BEGINNING)
		way = BY_OTHER_BEGINNING;
	else if (other && way == BY_PART)
		way = BY_OTHER_PART;
	if (way < *best)
		*best = way;
	buf_free(&key);
}

static enum way
judge(const struct vault_code *c, size_t number, const struct sought *s)
{
	struct vault_language l = { 0 };
	enum way best = WAYS;

	if (strcasecmp(c->code, s->typed) == 0)
		return BY_CODE;
	if (number == s->number)
		return BY_NUMBER;
	if (c->esf != NULL && strcmp(c->esf, s->typed) == 0)
		return BY_ESF;
	judge_text(&best, c->code, s, false);
	judge_text(&best, vault_code_label(c, say_lang()), s, false);
	judge_text(&best, c->label, s, true);
	while (vault_language_next(&l))
		judge_text(&best, vault_code_label(c, l.lang), s, true);
	return best;
}

static void
add(struct codes_found *out, const struct vault_code *c, size_t number)
{
	if (out->n == CODES_MAX)
		return;
	out->code[out->n] = *c;
	out->number[out->n++] = number;
}

void
codes_all(struct codes_found *out, const struct vault_field *f)
{
	struct vault_code c = { 0 };

	out->n = 0;
	out->exact = false;
	while (vault_code_next(&c, f))
		add(out, &c, out->n + 1);
}

void
codes_find(
    struct codes_found *out, const struct vault_field *f, const char *typed)
{
	struct sought s = { .typed = typed };
	struct vault_code c = { 0 };
	enum way best = WAYS;
	size_t number = 0;

	out->n = 0;
	key_of(&s.key, typed);
	/* A number of ESF begins with a zero, one of the list does not. */
	if (*typed >= '1' && *typed <= '9' &&
	    typed[strspn(typed, "0123456789")] == '\0')
		s.number = strtoul(typed, NULL, 10);
	while (vault_code_next(&c, f)) {
		enum way way = judge(&c, ++number, &s);

		if (way < best) {
			best = way;
			out->n = 0;
		}
		if (way == best && way < WAYS)
			add(out, &c, number);
	}
	out->exact = best == BY_CODE || best == BY_ESF || best == BY_LABEL;
	buf_free(&s.key);
}

void
codes_near(
    struct codes_found *out, const struct vault_field *f, const char *typed)
{
	struct vault_vocab v;
	struct vault_code c = { 0 };
	const char *near[3];
	size_t n = 0, number = 0;

	out->n = 0;
	out->exact = false;
	if (vault_vocab_by_name(&v, f->vocab))
		n = vault_near_codes(near, &v, typed);
	while (n > 0 && vault_code_next(&c, f)) {
		number++;
		for (size_t i = 0; i < n; i++)
			if (strcmp(near[i], c.code) == 0)
				add(out, &c, number);
	}
}

const char *
codes_label(const struct vault_field *f, const char *code)
{
	struct vault_code c = { 0 };

	while (vault_code_next(&c, f))
		if (strcmp(c.code, code) == 0)
			return vault_code_label(&c, say_lang());
	return code;
}

const char *
codes_vocab_label(const char *vocab, const char *code)
{
	struct vault_vocab v;
	struct vault_code c = { 0 };

	if (!vault_vocab_by_name(&v, vocab))
		return code;
	while (vault_vocab_code_next(&c, &v))
		if (strcmp(c.code, code) == 0)
			return vault_code_label(&c, say_lang());
	return code;
}

const char *
codes_yes_no(const char *word)
{
	const char code[2] = { word[0], '\0' };

	return codes_vocab_label("yn", code);
}

/* The row of a language of labels; false: they are in English. */
static bool
find_language(struct vault_language *l, const char *lang)
{
	*l = (struct vault_language){ 0 };
	while (vault_language_next(l))
		if (strncmp(l->lang, lang, strlen(l->lang)) == 0)
			return true;
	return false;
}

const char *
codes_language(const char *lang)
{
	struct vault_language l;

	return find_language(&l, lang) ? l.lang : "en";
}

void
codes_in_words(struct buf *out, const char *vocab, const char *codes)
{
	bool english = strcmp(codes_language(say_lang()), "en") == 0;
	struct buf code = { 0 };

	if (english)
		buf_put_text(out, codes);
	for (size_t len; !english && *codes != '\0';
	     codes += len + strspn(codes + len, " ")) {
		len = strcspn(codes, " ");
		buf_reset(&code);
		buf_put(&code, codes, len);
		buf_putf(out, "%s%s", out->len > 0 ? "; " : "",
		    codes_vocab_label(vocab, buf_text(&code)));
	}
	buf_free(&code);
}

const char *
codes_unreviewed(const char *lang)
{
	struct vault_language l;

	return find_language(&l, lang) && !l.reviewed ? l.lang : NULL;
}

/* What is no code of ours stands as it is. */
static void
describe_one(struct buf *out, const char *vocab, const char *text, size_t len)
{
	char code[64];
	const char *label;

	buf_put(out, text, len);
	if (len >= sizeof(code))
		return;
	memcpy(code, text, len);
	code[len] = '\0';
	label = codes_vocab_label(vocab, code);
	if (strcmp(label, code) != 0)
		buf_putf(out, " (%s)", label);
}

void
codes_describe(struct buf *out, const char *vocab, const char *text, size_t len)
{
	if (vocab == NULL) {
		buf_put(out, text, len);
		return;
	}
	for (size_t i = 0; i < len;) {
		size_t n = strcspn(text + i, ";");

		describe_one(out, vocab, text + i, n);
		i += n;
		if (i == len)
			break;
		buf_put_text(out, "; ");
		i += 1 + strspn(text + i + 1, " ");
	}
}

void
codes_vague(struct buf *out, const struct vault_line *line)
{
	if (!line->no_date && !line->no_span)
		return;
	buf_put_text(out, " (");
	say_put(out, line->no_date ? SAY_NO_DATE : SAY_NO_SPAN, NULL);
	buf_put_byte(out, ')');
}
