/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "core/buf.h"
#include "record/date_english.h"

static const char *const months[] = { "January", "February", "March", "April",
	"May", "June", "July", "August", "September", "October", "November",
	"December" };
static const char *const seasons[] = { "spring", "summer", "autumn", "winter" };

/* ---- One point in time ---- */

/* Days are "on", months and years are "in"; a day that is not known too. */
static bool
is_day(const struct date_point *p)
{
	return p->day != 0 && p->day != DATE_UNSPECIFIED &&
	    p->month != DATE_UNSPECIFIED;
}

static void
put_year(struct buf *out, const struct date_point *p)
{
	unsigned more = p->year_x == 0 ? 0 : p->year_x == 1 ? 9 : 99;

	if (more == 0)
		buf_putf(out, "%u", (unsigned)p->year);
	else
		buf_putf(out, "a year from %u to %u", (unsigned)p->year,
		    p->year + more);
}

static void
put_zone(struct buf *out, const struct date_point *p)
{
	if (p->zone == '\0')
		return;
	buf_put_text(out, " UTC");
	if (p->zone != 'Z')
		buf_putf(out, "%c%02u:%02u", p->zone, (unsigned)p->zone_hour,
		    (unsigned)p->zone_minute);
}

static void
put_time(struct buf *out, const struct date_point *p)
{
	if (!p->has_time)
		return;
	buf_putf(out, ", %02u:%02u", (unsigned)p->hour, (unsigned)p->minute);
	if (p->has_seconds)
		buf_putf(out, ":%02u", (unsigned)p->second);
	put_zone(out, p);
}

/* "26 April 2011", "a day in April 2011", "April 2011", "spring 2011" */
static void
put_calendar(struct buf *out, const struct date_point *p)
{
	if (is_day(p))
		buf_putf(out, "%u ", (unsigned)p->day);
	else if (p->day == DATE_UNSPECIFIED)
		buf_put_text(out, "a day in ");
	else if (p->month == DATE_UNSPECIFIED)
		buf_put_text(out, "a month of ");
	if (p->month >= 1 && p->month <= 12)
		buf_putf(out, "%s ", months[p->month - 1]);
	else if (p->month >= 21 && p->month <= 24)
		buf_putf(out, "%s ", seasons[p->month - 21]);
	put_year(out, p);
	put_time(out, p);
}

static void
put_doubt(struct buf *out, const struct date_point *p)
{
	if (p->qualifier == '?' || p->qualifier == '%')
		buf_put_text(out, "probably ");
}

/* "about 15 February 2011", as it stands behind "since" and "between" */
static void
put_point(struct buf *out, const struct date_point *p)
{
	put_doubt(out, p);
	if (p->qualifier == '~' || p->qualifier == '%')
		buf_put_text(out, "about ");
	put_calendar(out, p);
}

/* "on 26 April 2011", "probably in April 2011" */
static void
put_when(struct buf *out, const struct date_point *p)
{
	put_doubt(out, p);
	if (p->qualifier == '~' || p->qualifier == '%')
		buf_put_text(out, "about ");
	else
		buf_put_text(out,
		    is_day(p) || p->day == DATE_UNSPECIFIED ? "on " : "in ");
	put_calendar(out, p);
}

/* ---- Two of them ---- */

static void
put_interval(struct buf *out, const struct date *d)
{
	bool from = d->from.bound == DATE_STATED;
	bool to = d->to.bound == DATE_STATED;

	if (from && d->to.bound == DATE_OPEN) {
		buf_put_text(out, "since ");
		put_point(out, &d->from);
	} else if (to && d->from.bound == DATE_OPEN) {
		buf_put_text(out, "until ");
		put_point(out, &d->to);
	} else {
		buf_put_text(out, "from ");
		if (from)
			put_point(out, &d->from);
		else
			buf_put_text(out, "a day that is not known");
		buf_put_text(out, " to ");
		if (to)
			put_point(out, &d->to);
		else
			buf_put_text(out, "a day that is not known");
	}
}

static void
put_within(struct buf *out, const struct date *d)
{
	bool from = d->from.bound == DATE_STATED;
	bool to = d->to.bound == DATE_STATED;

	if (from && to) {
		buf_put_text(out, "on a day between ");
		put_point(out, &d->from);
		buf_put_text(out, " and ");
		put_point(out, &d->to);
	} else {
		put_when(out, from ? &d->from : &d->to);
		buf_put_text(out, from ? " or later" : " or earlier");
	}
}

static void
put_date(struct buf *out, const struct date *d)
{
	switch (d->form) {
	case DATE_SINGLE:
		put_when(out, &d->from);
		break;
	case DATE_INTERVAL:
		put_interval(out, d);
		break;
	case DATE_WITHIN:
		put_within(out, d);
		break;
	case DATE_EITHER:
		put_when(out, &d->from);
		buf_put_text(out, " or ");
		put_when(out, &d->to);
		break;
	}
}

/* ---- Objects ---- */

static const char *
member(const json_t *object, const char *name)
{
	return json_string_value(json_object_get(object, name));
}

/* The words of the source: in brackets, if something stands before them. */
static void
put_words(struct buf *out, const json_t *object, bool alone)
{
	const char *text = member(object, "text");

	if (text != NULL)
		buf_putf(out, alone ? "\"%s\"" : " (\"%s\")", text);
}

enum vault_err
date_english(struct buf *out, const json_t *date)
{
	const char *edtf = member(date, "edtf");
	struct date d;
	bool read = edtf != NULL &&
	    date_parse(&d, edtf, strlen(edtf)) == VAULT_OK;

	if (read)
		put_date(out, &d);
	else if (edtf != NULL)
		buf_put_text(out, edtf);
	put_words(out, date, edtf == NULL);
	return buf_ok(out);
}

static void
put_units(struct buf *out, bool *any, int32_t n, const char *unit)
{
	if (n < 0 || (n == 0 && *any))
		return;
	buf_putf(out, "%s%d %s%s", *any ? ", " : "", (int)n, unit,
	    n == 1 ? "" : "s");
	*any = true;
}

static void
put_span(struct buf *out, const char *iso)
{
	struct date_span s;
	bool any = false;

	if (date_span_parse(&s, iso, strlen(iso)) != VAULT_OK) {
		buf_put_text(out, iso);
		return;
	}
	if (s.qualifier == '?' || s.qualifier == '%')
		buf_put_text(out, "probably ");
	if (s.qualifier == '~' || s.qualifier == '%')
		buf_put_text(out, "about ");
	put_units(out, &any, s.years, "year");
	put_units(out, &any, s.months, "month");
	put_units(out, &any, s.weeks, "week");
	put_units(out, &any, s.days, "day");
	put_units(out, &any, s.hours, "hour");
	put_units(out, &any, s.minutes, "minute");
	put_units(out, &any, s.seconds, "second");
}

enum vault_err
date_english_span(struct buf *out, const json_t *span)
{
	const char *iso = member(span, "iso");
	const char *min = member(span, "min"), *max = member(span, "max");
	size_t start = out->len;

	if (iso != NULL)
		put_span(out, iso);
	if (min != NULL) {
		buf_put_text(out, "at least ");
		put_span(out, min);
	}
	if (max != NULL) {
		buf_put_text(out, min == NULL ? "at most " : ", at most ");
		put_span(out, max);
	}
	put_words(out, span, out->len == start);
	return buf_ok(out);
}

void
date_english_day(struct buf *out, int32_t day)
{
	int y, m, d;

	date_from_day(&y, &m, &d, day);
	buf_putf(out, "%d %s %d", d, months[m - 1], y);
}
