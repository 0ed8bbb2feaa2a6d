/* SPDX-License-Identifier: ISC */
/*
 * date - EDTF and ISO 8601 durations, read by hand.
 *
 * The grammar leaves no choice: for each struct date there is one text, so
 * printing what was read gives the same bytes.
 */
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "core/buf.h"
#include "record/date.h"

/* What is left of the text. */
struct reader {
	const char *at;
	const char *end;
};

static bool
skip(struct reader *in, const char *word)
{
	size_t len = strlen(word);

	if ((size_t)(in->end - in->at) < len || memcmp(in->at, word, len) != 0)
		return false;
	in->at += len;
	return true;
}

/* The next character if it is one of these, which is then read; else NUL. */
static char
skip_one_of(struct reader *in, const char *set)
{
	if (in->at == in->end || *in->at == '\0' ||
	    strchr(set, *in->at) == NULL)
		return '\0';
	return *in->at++;
}

/* Exactly two digits, of a value from low to high. */
static bool
read_two(uint8_t *out, struct reader *in, int low, int high)
{
	int value;

	if (in->end - in->at < 2 || in->at[0] < '0' || in->at[0] > '9' ||
	    in->at[1] < '0' || in->at[1] > '9')
		return false;
	value = (in->at[0] - '0') * 10 + (in->at[1] - '0');
	if (value < low || value > high)
		return false;
	*out = (uint8_t)value;
	in->at += 2;
	return true;
}

static bool
is_leap(int year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int
days_in_month(int year, int month)
{
	static const uint8_t days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31,
		30, 31 };

	return days[month - 1] + (month == 2 && is_leap(year));
}

/* Years are counted from March, so that the leap day is the last. */
int32_t
date_to_day(int year, int month, int day)
{
	int y = month <= 2 ? year - 1 : year;
	int m = month <= 2 ? month + 9 : month - 3;

	return 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day -
	    1 - 719468;
}

void
date_from_day(int *year, int *month, int *day, int32_t count)
{
	int y, left;

	/* Half a day a century off at most; the loops correct it. */
	y = (int)(((int64_t)count + 719468) * 400 / 146097) + 1;
	while (date_to_day(y, 1, 1) > count)
		y--;
	while (date_to_day(y + 1, 1, 1) <= count)
		y++;
	left = count - date_to_day(y, 1, 1);
	*year = y;
	for (*month = 1; left >= days_in_month(y, *month); ++*month)
		left -= days_in_month(y, *month);
	*day = left + 1;
}

void
date_day_text(char out[static DATE_DAY_LEN], int32_t day)
{
	int year, month, of_month;

	out[0] = '\0';
	if (day == INT32_MIN || day == INT32_MAX)
		return;
	date_from_day(&year, &month, &of_month, day);
	snprintf(out, DATE_DAY_LEN, "%04u-%02u-%02u", (unsigned)year % 10000,
	    (unsigned)month % 100, (unsigned)of_month % 100);
}

/* Four digits, of which the last one or two may be X. */
static bool
read_year(struct date_point *out, struct reader *in)
{
	if (in->end - in->at < 4)
		return false;
	for (int i = 0; i < 4; i++) {
		char c = in->at[i];

		if (c == 'X' && i >= 2)
			out->year_x++;
		else if (c < '0' || c > '9' || out->year_x > 0)
			return false;
		out->year = (uint16_t)(out->year * 10 +
		    (c == 'X' ? 0 : c - '0'));
	}
	in->at += 4;
	return out->year > 0 || out->year_x > 0;
}

static bool
read_time(struct date_point *out, struct reader *in)
{
	out->has_time = true;
	if (!read_two(&out->hour, in, 0, 23) || !skip(in, ":") ||
	    !read_two(&out->minute, in, 0, 59))
		return false;
	if (skip(in, ":")) {
		out->has_seconds = true;
		if (!read_two(&out->second, in, 0, 59))
			return false;
	}
	out->zone = skip_one_of(in, "Z+-");
	if (out->zone == '\0' || out->zone == 'Z')
		return true;
	if (!read_two(&out->zone_hour, in, 0, 14))
		return false;
	if (!skip(in, ":"))
		return true;
	out->has_zone_minute = true;
	return read_two(&out->zone_minute, in, 0, 59);
}

/* -MM-DD, -MM, -SS (a season), with XX from the right; nothing is fine too. */
static bool
read_month_and_day(struct date_point *out, struct reader *in)
{
	if (out->year_x > 0 || !skip(in, "-"))
		return true;
	if (skip(in, "XX")) {
		out->month = DATE_UNSPECIFIED;
		if (!skip(in, "-"))
			return true;
		out->day = DATE_UNSPECIFIED;
		return skip(in, "XX");
	}
	if (read_two(&out->month, in, 21, 24))
		return true;
	if (!read_two(&out->month, in, 1, 12))
		return false;
	if (!skip(in, "-"))
		return true;
	out->day = DATE_UNSPECIFIED;
	return skip(in, "XX") ||
	    read_two(&out->day, in, 1, days_in_month(out->year, out->month));
}

static bool
read_point(struct date_point *out, struct reader *in, bool with_time)
{
	*out = (struct date_point){ .bound = DATE_STATED };
	if (!read_year(out, in) || !read_month_and_day(out, in))
		return false;
	if (with_time && out->day > 0 && out->day != DATE_UNSPECIFIED &&
	    skip(in, "T"))
		return read_time(out, in);
	out->qualifier = skip_one_of(in, "?~%");
	return true;
}

/* The end of an interval, or of a one-of range. */
static bool
read_end(struct date_point *out, struct reader *in, bool may_be_unknown)
{
	*out = (struct date_point){ .bound = DATE_OPEN };
	if (skip(in, ".."))
		return true;
	out->bound = DATE_UNKNOWN;
	if (may_be_unknown && (in->at == in->end || *in->at == '/'))
		return true;
	return read_point(out, in, false);
}

/* From behind the bracket on. */
static bool
read_one_of(struct date *out, struct reader *in)
{
	out->form = DATE_WITHIN;
	if (skip(in, "..")) {
		out->from.bound = DATE_OPEN;
		return read_point(&out->to, in, false) && skip(in, "]");
	}
	if (!read_point(&out->from, in, false))
		return false;
	if (skip(in, ",")) {
		out->form = DATE_EITHER;
		return read_point(&out->to, in, false) && skip(in, "]");
	}
	if (!skip(in, ".."))
		return false;
	if (skip(in, "]")) {
		out->to.bound = DATE_OPEN;
		return true;
	}
	return read_point(&out->to, in, false) && skip(in, "]");
}

static void
point_days(struct date_days *out, const struct date_point *p)
{
	static const int years[] = { 1, 10, 100 };
	int year = p->year > 0 ? p->year : 1; /* 00XX begins with year 1 */
	int last = p->year + years[p->year_x] - 1;

	*out = (struct date_days){ INT32_MIN, INT32_MAX };
	if (p->bound != DATE_STATED)
		return;
	out->lo = date_to_day(year, 1, 1);
	out->hi = date_to_day(last, 12, 31);
	if (p->month == 22 || p->month == 24)
		out->hi = date_to_day(last + 1, 3, 1) - 1;
	if (p->month < 1 || p->month > 12)
		return;
	out->lo = date_to_day(year, p->month, 1);
	out->hi = date_to_day(year, p->month, days_in_month(year, p->month));
	if (p->day < 1 || p->day > 31)
		return;
	out->lo = out->hi = date_to_day(year, p->month, p->day);
}

void
date_days(struct date_days *out, const struct date *date)
{
	struct date_days to;

	point_days(out, &date->from);
	if (date->form == DATE_SINGLE)
		return;
	point_days(&to, &date->to);
	if (date->form == DATE_EITHER) {
		if (to.lo < out->lo)
			out->lo = to.lo;
		if (to.hi > out->hi)
			out->hi = to.hi;
	} else {
		out->hi = to.hi;
	}
}

static bool
read_date(struct date *out, struct reader *in)
{
	if (skip(in, "["))
		return read_one_of(out, in);
	out->form = DATE_INTERVAL;
	if (memchr(in->at, '/', (size_t)(in->end - in->at)) != NULL)
		return read_end(&out->from, in, true) && skip(in, "/") &&
		    read_end(&out->to, in, true) &&
		    (out->from.bound == DATE_STATED ||
			out->to.bound == DATE_STATED);
	out->form = DATE_SINGLE;
	return read_point(&out->from, in, true);
}

enum vault_err
date_parse(struct date *out, const char *text, size_t len)
{
	struct reader in = { text, len > 0 ? text + len : text };
	struct date_days days;

	*out = (struct date){ .form = DATE_SINGLE };
	if (len > 0 && read_date(out, &in) && in.at == in.end) {
		date_days(&days, out);
		if (days.lo <= days.hi)
			return VAULT_OK;
	}
	*out = (struct date){ .form = DATE_SINGLE };
	return VAULT_EUSE;
}

static void
print_two(struct buf *out, uint8_t value)
{
	if (value == DATE_UNSPECIFIED)
		buf_put_text(out, "XX");
	else
		buf_putf(out, "%02u", value);
}

static void
print_time(struct buf *out, const struct date_point *p)
{
	buf_putf(out, "T%02u:%02u", p->hour, p->minute);
	if (p->has_seconds)
		buf_putf(out, ":%02u", p->second);
	if (p->zone != '\0')
		buf_put_byte(out, (uint8_t)p->zone);
	if (p->zone == '+' || p->zone == '-')
		print_two(out, p->zone_hour);
	if (p->has_zone_minute)
		buf_putf(out, ":%02u", p->zone_minute);
}

static void
print_point(struct buf *out, const struct date_point *p)
{
	static const int scale[] = { 1, 10, 100 };

	if (p->bound != DATE_STATED)
		return;
	buf_putf(out, "%0*d", 4 - p->year_x, p->year / scale[p->year_x]);
	for (int i = 0; i < p->year_x; i++)
		buf_put_byte(out, 'X');
	if (p->month > 0) {
		buf_put_byte(out, '-');
		print_two(out, p->month);
	}
	if (p->day > 0) {
		buf_put_byte(out, '-');
		print_two(out, p->day);
	}
	if (p->has_time)
		print_time(out, p);
	if (p->qualifier != '\0')
		buf_put_byte(out, (uint8_t)p->qualifier);
}

bool
date_print(struct buf *out, const struct date *date)
{
	static const char *const between[] = { "", "/", "..", "," };
	bool one_of = date->form == DATE_WITHIN || date->form == DATE_EITHER;
	bool interval = date->form == DATE_INTERVAL;

	if (one_of)
		buf_put_byte(out, '[');
	if (interval && date->from.bound == DATE_OPEN)
		buf_put_text(out, "..");
	print_point(out, &date->from);
	buf_put_text(out, between[date->form]);
	if (interval && date->to.bound == DATE_OPEN)
		buf_put_text(out, "..");
	if (date->form != DATE_SINGLE)
		print_point(out, &date->to);
	if (one_of)
		buf_put_byte(out, ']');
	return buf_ok(out) == VAULT_OK;
}

/* The parts of a duration in their order; a T stands before the hours. */
static const struct {
	char letter;
	bool in_time;
	int fewest, most; /* days of one unit */
	size_t offset;
} span_parts[] = {
	{ 'Y', false, 365, 366, offsetof(struct date_span, years) },
	{ 'M', false, 28, 31, offsetof(struct date_span, months) },
	{ 'W', false, 7, 7, offsetof(struct date_span, weeks) },
	{ 'D', false, 1, 1, offsetof(struct date_span, days) },
	{ 'H', true, 0, 0, offsetof(struct date_span, hours) },
	{ 'M', true, 0, 0, offsetof(struct date_span, minutes) },
	{ 'S', true, 0, 0, offsetof(struct date_span, seconds) },
};
#define NPARTS (sizeof(span_parts) / sizeof(span_parts[0]))

static int32_t *
span_part(struct date_span *span, size_t i)
{
	return (int32_t *)(void *)((char *)span + span_parts[i].offset);
}

static int32_t
span_value(const struct date_span *span, size_t i)
{
	return *(const int32_t *)(const void *)((const char *)span +
	    span_parts[i].offset);
}

/* Up to five digits without leading zeros, so that nothing overflows. */
static bool
read_number(int32_t *out, struct reader *in)
{
	const char *start = in->at;
	int32_t value = 0;

	while (in->at < in->end && *in->at >= '0' && *in->at <= '9' &&
	    in->at - start < 5)
		value = value * 10 + (*in->at++ - '0');
	*out = value;
	return in->at > start && (*start != '0' || in->at == start + 1);
}

static bool
read_span_parts(struct date_span *out, struct reader *in)
{
	bool in_time = false, any = false;

	for (size_t i = 0; in->at < in->end; any = true) {
		int32_t value;

		if (!in_time && skip(in, "T"))
			in_time = true;
		if (!read_number(&value, in) || in->at == in->end)
			return false;
		while (i < NPARTS &&
		    (span_parts[i].letter != *in->at ||
			span_parts[i].in_time != in_time))
			i++;
		if (i == NPARTS)
			return false;
		*span_part(out, i++) = value;
		in->at++;
	}
	return any;
}

enum vault_err
date_span_parse(struct date_span *out, const char *text, size_t len)
{
	static const struct date_span none = { '\0', -1, -1, -1, -1, -1, -1,
		-1 };
	struct reader in = { text, len > 0 ? text + len : text };

	*out = none;
	if (len > 0)
		out->qualifier = skip_one_of(&in, "?~%");
	if (len > 0 && skip(&in, "P") && read_span_parts(out, &in) &&
	    in.at == in.end)
		return VAULT_OK;
	*out = none;
	return VAULT_EUSE;
}

bool
date_span_print(struct buf *out, const struct date_span *span)
{
	bool in_time = false;

	if (span->qualifier != '\0')
		buf_put_byte(out, (uint8_t)span->qualifier);
	buf_put_byte(out, 'P');
	for (size_t i = 0; i < NPARTS; i++) {
		if (span_value(span, i) < 0)
			continue;
		if (span_parts[i].in_time && !in_time) {
			buf_put_byte(out, 'T');
			in_time = true;
		}
		buf_putf(out, "%d%c", (int)span_value(span, i),
		    span_parts[i].letter);
	}
	return buf_ok(out) == VAULT_OK;
}

void
date_span_days(struct date_days *out, const struct date_span *span)
{
	*out = (struct date_days){ 0, 0 };
	for (size_t i = 0; i < NPARTS; i++) {
		if (span_value(span, i) < 0)
			continue;
		out->lo += span_value(span, i) * span_parts[i].fewest;
		out->hi += span_value(span, i) * span_parts[i].most;
	}
	/* Hours may add up to days; 99,999 of each are 4,237 days. */
	for (size_t i = 0; i < NPARTS; i++)
		if (span_parts[i].in_time && span_value(span, i) > 0)
			out->hi += span_value(span, i) / 24 + 1;
}

static bool
is_text(const json_t *value)
{
	return value == NULL || json_is_string(value);
}

static bool
read_edtf(struct date *out, const json_t *edtf)
{
	return json_is_string(edtf) &&
	    date_parse(out, json_string_value(edtf),
		json_string_length(edtf)) == VAULT_OK;
}

enum date_fault
date_object_check(const json_t *object)
{
	const json_t *edtf = json_object_get(object, "edtf");
	const json_t *text = json_object_get(object, "text");
	struct date date;

	if (!json_is_object(object) || !is_text(edtf) || !is_text(text))
		return DATE_FAULT_KIND;
	if (edtf == NULL && text == NULL)
		return DATE_FAULT_EMPTY;
	if (edtf != NULL && !read_edtf(&date, edtf))
		return DATE_FAULT_EDTF;
	return DATE_FAULT_NONE;
}

static bool
read_span(struct date_days *out, const json_t *iso)
{
	struct date_span span;

	if (iso == NULL)
		return true;
	if (date_span_parse(&span, json_string_value(iso),
		json_string_length(iso)) != VAULT_OK)
		return false;
	date_span_days(out, &span);
	return true;
}

enum date_fault
date_span_object_check(const json_t *object)
{
	const json_t *iso = json_object_get(object, "iso");
	const json_t *min = json_object_get(object, "min");
	const json_t *max = json_object_get(object, "max");
	const json_t *text = json_object_get(object, "text");
	struct date_days least = { 0, 0 }, most = { INT32_MAX, INT32_MAX };

	if (!json_is_object(object) || !is_text(iso) || !is_text(min) ||
	    !is_text(max) || !is_text(text))
		return DATE_FAULT_KIND;
	if (iso == NULL && min == NULL && max == NULL && text == NULL)
		return DATE_FAULT_EMPTY;
	if (!read_span(&least, iso) || !read_span(&least, min) ||
	    !read_span(&most, max))
		return DATE_FAULT_ISO;
	if (iso != NULL && (min != NULL || max != NULL))
		return DATE_FAULT_BOTH;
	return most.hi < least.lo ? DATE_FAULT_ORDER : DATE_FAULT_NONE;
}

bool
date_span_object_days(struct date_days *out, const json_t *object)
{
	const json_t *iso = json_object_get(object, "iso");
	const json_t *min = json_object_get(object, "min");
	const json_t *max = json_object_get(object, "max");
	struct date_days least = { 0, 0 }, most = { 0, INT32_MAX };

	if (date_span_object_check(object) != DATE_FAULT_NONE ||
	    (iso == NULL && min == NULL && max == NULL))
		return false;
	if (!read_span(&least, iso == NULL ? min : iso) ||
	    !read_span(&most, iso == NULL ? max : iso))
		return false;
	*out = (struct date_days){ least.lo, most.hi };
	return true;
}

bool
date_object_days(struct date_days *out, const json_t *object)
{
	struct date date;

	*out = (struct date_days){ INT32_MIN, INT32_MAX };
	if (!read_edtf(&date, json_object_get(object, "edtf")))
		return false;
	date_days(out, &date);
	return true;
}

int64_t
date_place(bool has_days, const struct date_days *days)
{
	if (!has_days)
		return INT64_MAX;
	return days->lo != INT32_MIN ? days->lo : days->hi;
}
