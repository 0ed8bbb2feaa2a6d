/* SPDX-License-Identifier: ISC */
/*
 * words.c - dates and durations that somebody types in words, read as those
 * of lists are: by one language, and never guessed.
 */
#include <string.h>

#include "core/buf.h"
#include "record/date.h"
#include "record/date_lexicon.h"
#include "record/date_words.h"
#include "record/span_words.h"
#include "vault.h"

#define DAY 86400

static enum vault_err
read_date(
    struct vault_words *out, const char *lang, const char *text, size_t len)
{
	struct date_rules rules;
	enum date_reading what = DATE_NOT_READ;
	struct date date;
	struct date_days days;
	enum vault_err err;

	date_rules_typed(&rules, date_language_bit(lang));
	err = date_words_read(&out->least, &what, &rules, text, len);
	if (err != VAULT_OK)
		return err;
	if (what != DATE_READ)
		return VAULT_EUSE;
	out->exact = true;
	err = date_parse(&date, buf_text(&out->least), out->least.len);
	if (err != VAULT_OK)
		return err;
	date_days(&days, &date);
	out->starts = days.lo != INT32_MIN;
	out->ends = days.hi != INT32_MAX;
	out->first = (int64_t)days.lo * DAY;
	out->last = (int64_t)days.hi * DAY;
	return VAULT_OK;
}

static enum vault_err
read_span(
    struct vault_words *out, const char *lang, const char *text, size_t len)
{
	struct span_reading read;
	enum vault_err err = span_words_read(
	    &read, date_language_bit(lang), text, len);

	if (err == VAULT_OK) {
		out->least = read.least; /* given away */
		out->most = read.most;
		out->exact = read.exact;
		read = (struct span_reading){ .exact = false };
	}
	span_reading_free(&read);
	return err;
}

enum vault_err
vault_words_read(struct vault_words *out, const struct vault_field *field,
    const char *locale, const char *text, size_t len)
{
	struct date_language language;
	const char *lang = "en";

	memset(out, 0, sizeof(*out));
	for (size_t i = 0; date_language(&language, i); i++)
		if (strncmp(locale, language.lang, strlen(language.lang)) == 0)
			lang = language.lang;
	if (field->object != NULL && strcmp(field->object, "date") == 0)
		return read_date(out, lang, text, len);
	return read_span(out, lang, text, len);
}

void
vault_words_free(struct vault_words *w)
{
	buf_free(&w->least);
	buf_free(&w->most);
}
