/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "core/buf.h"
#include "core/text.h"
#include "record/date_lexicon.h"
#include "record/date_rules.h"
#include "record/model.h"

#define LEN(array) (sizeof(array) / sizeof((array)[0]))

const char date_rule_names[] =
    "order separators pivot months roman unknown words several dash edtf";

static const char *const orders[] = { "dmy", "dym", "mdy", "myd", "ymd", "ydm",
	"my", "ym", "y" };

const char *
date_order(size_t i)
{
	return i < LEN(orders) ? orders[i] : NULL;
}

int
date_roman(const char *text, size_t len)
{
	static const char *const roman[] = { "i", "ii", "iii", "iv", "v", "vi",
		"vii", "viii", "ix", "x", "xi", "xii" };

	for (size_t i = 0; i < LEN(roman); i++)
		if (strlen(roman[i]) == len && memcmp(roman[i], text, len) == 0)
			return (int)i + 1;
	return 0;
}

static enum vault_err
refuse(struct date_rules_fault *f, enum date_rules_why why, const char *rule,
    const char *value)
{
	*f = (struct date_rules_fault){ why, rule, value };
	return VAULT_EUSE;
}

typedef enum vault_err take_fn(struct date_rules *r, struct date_rules_fault *f,
    const char *rule, const char *text);

/* One text, or each of an array of them. */
static enum vault_err
each_text(struct date_rules *r, struct date_rules_fault *f, const json_t *all,
    const char *rule, take_fn *take)
{
	const json_t *value = json_object_get(all, rule);
	enum vault_err err = VAULT_OK;

	if (value == NULL)
		return VAULT_OK;
	if (json_is_string(value))
		return take(r, f, rule, json_string_value(value));
	if (!json_is_array(value) || json_array_size(value) == 0)
		return refuse(f, DATE_RULES_KIND, rule, "");
	for (size_t i = 0; err == VAULT_OK && i < json_array_size(value); i++) {
		const json_t *one = json_array_get(value, i);

		if (!json_is_string(one))
			return refuse(f, DATE_RULES_KIND, rule, "");
		err = take(r, f, rule, json_string_value(one));
	}
	return err;
}

static enum vault_err
take_order(struct date_rules *r, struct date_rules_fault *f, const char *rule,
    const char *text)
{
	for (size_t i = 0; i < LEN(orders); i++)
		if (strcmp(orders[i], text) == 0) {
			r->orders |= (uint16_t)(1U << i);
			return VAULT_OK;
		}
	return refuse(f, DATE_RULES_VALUE, rule, text);
}

static enum vault_err
take_language(struct date_rules *r, struct date_rules_fault *f,
    const char *rule, const char *text)
{
	uint8_t bit = date_language_bit(text);

	if (bit == 0)
		return refuse(f, DATE_RULES_VALUE, rule, text);
	if (*rule == 'm')
		r->months |= bit;
	else
		r->words |= bit;
	return VAULT_OK;
}

/* Keep the folded text; *kept is what became of it. */
static enum vault_err
keep(struct date_texts *to, const char **kept, struct date_rules_fault *f,
    const char *rule, const char *text)
{
	struct buf folded = { 0 };
	enum vault_err err = date_fold(&folded, text, strlen(text));

	*kept = NULL;
	if (err == VAULT_EUSE || folded.len >= DATE_TEXT_LEN ||
	    folded.len == 0 || to->n == DATE_TEXTS_MAX) {
		err = refuse(f, DATE_RULES_VALUE, rule, text);
	} else if (err == VAULT_OK) {
		memcpy(to->text[to->n], buf_text(&folded), folded.len + 1);
		*kept = to->text[to->n++];
	}
	buf_free(&folded);
	return err;
}

static bool
has_letter_or_digit(const char *text)
{
	return text[strcspn(text, "abcdefghijklmnopqrstuvwxyz0123456789")] !=
	    '\0';
}

/* Each character of the text; an empty one: nothing between the parts. */
static enum vault_err
take_separators(struct date_rules *r, struct date_rules_fault *f,
    const char *rule, const char *text)
{
	enum vault_err err = VAULT_OK;
	size_t all = strlen(text), n;
	uint32_t cp;

	r->none |= all == 0;
	for (size_t i = 0; err == VAULT_OK && i < all; i += n) {
		const char *kept;
		char one[5] = "";

		if ((n = text_next(&cp, text + i, all - i)) == 0)
			return refuse(f, DATE_RULES_VALUE, rule, text);
		memcpy(one, text + i, n);
		if (cp == ' ') {
			r->blank = true;
			continue;
		}
		err = keep(&r->marks, &kept, f, rule, one);
		if (err == VAULT_EUSE)
			f->value = text;
		else if (err == VAULT_OK && has_letter_or_digit(kept))
			return refuse(f, DATE_RULES_VALUE, rule, text);
	}
	return err;
}

/* A number that is a month or a day cannot stand for one that is unknown. */
static bool
is_day_or_month(const char *text)
{
	size_t digits = strspn(text, "0123456789");
	int value;

	if (digits == 0)
		return false;
	if (digits > 2 || text[digits] != '\0')
		return true;
	value = text[0] - '0';
	if (digits == 2)
		value = value * 10 + (text[1] - '0');
	return value > 0 && value < 32;
}

/* After all other rules. */
static enum vault_err
take_unknown(struct date_rules *r, struct date_rules_fault *f, const char *rule,
    const char *text)
{
	const char *kept;
	enum vault_err err = keep(&r->unknown, &kept, f, rule, text);

	if (err != VAULT_OK)
		return err;
	if (is_day_or_month(kept) ||
	    (r->roman && date_roman(kept, strlen(kept)) > 0))
		return refuse(f, DATE_RULES_CLASH, rule, text);
	for (size_t i = 0; i < r->marks.n; i++)
		if (strcmp(r->marks.text[i], kept) == 0)
			return refuse(f, DATE_RULES_CLASH, rule, text);
	return VAULT_OK;
}

/* The blanks around it count: " / " parts dates that have "/" in them. */
static enum vault_err
take_several(struct date_rules *r, struct date_rules_fault *f, const char *rule,
    const char *text)
{
	const char *kept;
	char *own;
	size_t len = strlen(text);
	enum vault_err err = keep(&r->several, &kept, f, rule, text);

	if (err != VAULT_OK)
		return err;
	own = r->several.text[r->several.n - 1];
	if (strlen(own) + 3 > DATE_TEXT_LEN)
		return refuse(f, DATE_RULES_VALUE, rule, text);
	if (text[0] == ' ') {
		memmove(own + 1, own, strlen(own) + 1);
		own[0] = ' ';
	}
	if (text[len - 1] == ' ')
		memcpy(own + strlen(own), " ", 2);
	return VAULT_OK;
}

/* 30 is 2030, the last of the hundred years; 1950 is itself. */
static enum vault_err
read_pivot(
    struct date_rules *out, struct date_rules_fault *f, const json_t *rules)
{
	const json_t *pivot = json_object_get(rules, "pivot");
	json_int_t year;

	if (pivot == NULL)
		return VAULT_OK;
	if (!json_is_integer(pivot))
		return refuse(f, DATE_RULES_KIND, "pivot", "");
	year = json_integer_value(pivot);
	if (year >= 0 && year < 100)
		year += 2000;
	if (year < DATE_YEAR_FIRST + 99 || year > DATE_YEAR_LAST)
		return refuse(f, DATE_RULES_KIND, "pivot", "");
	out->last_year = (uint16_t)year;
	return VAULT_OK;
}

static enum vault_err
read_flag(bool *out, struct date_rules_fault *f, const json_t *rules,
    const char *rule)
{
	const json_t *value = json_object_get(rules, rule);

	*out = json_is_true(value);
	return value == NULL || json_is_boolean(value)
	    ? VAULT_OK
	    : refuse(f, DATE_RULES_KIND, rule, "");
}

static enum vault_err
read_dash(
    struct date_rules *out, struct date_rules_fault *f, const json_t *rules)
{
	const json_t *value = json_object_get(rules, "dash");
	const char *word = json_string_value(value);

	if (value == NULL)
		return VAULT_OK;
	if (word == NULL)
		return refuse(f, DATE_RULES_KIND, "dash", "");
	if (strcmp(word, "to") != 0 && strcmp(word, "between") != 0)
		return refuse(f, DATE_RULES_VALUE, "dash", word);
	out->dash = *word == 't' ? DATE_DASH_TO : DATE_DASH_BETWEEN;
	return VAULT_OK;
}

static void
usual_separators(struct date_rules *out)
{
	static const char usual[] = "./-,";

	out->blank = true;
	for (size_t i = 0; usual[i] != '\0'; i++)
		out->marks.text[out->marks.n++][0] = usual[i];
}

void
date_rules_typed(struct date_rules *out, uint8_t language)
{
	memset(out, 0, sizeof(*out));
	usual_separators(out);
	out->edtf = true;
	out->months = out->words = language;
}

enum vault_err
date_rules_read(
    struct date_rules *out, struct date_rules_fault *fault, const json_t *rules)
{
	const char *name;
	json_t *value;
	enum vault_err err;

	memset(out, 0, sizeof(*out));
	*fault = (struct date_rules_fault){ DATE_RULES_KIND, "", "" };
	if (!json_is_object(rules) || json_object_size(rules) == 0)
		return VAULT_EUSE;
	json_object_foreach((json_t *)(uintptr_t)rules, name,
	    value) if (strchr(name, ' ') != NULL ||
	    !model_has_word(date_rule_names, name)) return refuse(fault,
	    DATE_RULES_UNKNOWN, name, "");
	if (json_object_get(rules, "separators") == NULL)
		usual_separators(out);
	if ((err = read_pivot(out, fault, rules)) != VAULT_OK ||
	    (err = read_dash(out, fault, rules)) != VAULT_OK ||
	    (err = read_flag(&out->roman, fault, rules, "roman")) != VAULT_OK ||
	    (err = read_flag(&out->edtf, fault, rules, "edtf")) != VAULT_OK ||
	    (err = each_text(out, fault, rules, "order", take_order)) !=
		VAULT_OK ||
	    (err = each_text(out, fault, rules, "separators",
		 take_separators)) != VAULT_OK ||
	    (err = each_text(out, fault, rules, "months", take_language)) !=
		VAULT_OK ||
	    (err = each_text(out, fault, rules, "words", take_language)) !=
		VAULT_OK ||
	    (err = each_text(out, fault, rules, "unknown", take_unknown)) !=
		VAULT_OK)
		return err;
	return each_text(out, fault, rules, "several", take_several);
}
