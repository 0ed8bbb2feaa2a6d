/* SPDX-License-Identifier: ISC */
/*
 * text - UTF-8 through utf8proc, with three promises of our own.
 *
 * 1. Nothing of a text is left in memory that is not wiped: utf8proc works in
 *    buffers that we lend it, and never calls malloc.
 * 2. The time is linear in the length of the text.  utf8proc orders combining
 *    marks by neighbour swaps, which takes hours for a megabyte of hostile
 *    marks, so we order them ourselves.
 * 3. text_key is idempotent, and two canonically equivalent texts have one
 *    key.  What becomes of a character does not depend on those beside it, but
 *    for the composing at the end: who looks for keys in a text counts on it.
 */
#include <string.h>
#include <utf8proc.h>

#include "core/buf.h"
#include "core/secret.h"
#include "core/text.h"

#define MAX_DECOMPOSED 64 /* the longest that Unicode has is 18 */
#define MARKS_SHOWN 8

struct range {
	uint32_t first, last;
};

static bool
in_ranges(const struct range *ranges, size_t n, uint32_t cp)
{
	size_t low = 0, high = n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (cp < ranges[middle].first)
			high = middle;
		else if (cp > ranges[middle].last)
			low = middle + 1;
		else
			return true;
	}
	return false;
}

#define IN(ranges, cp)                                                         \
	in_ranges(ranges, sizeof(ranges) / sizeof((ranges)[0]), cp)

const char *
text_unicode(void)
{
	return utf8proc_unicode_version();
}

static const utf8proc_property_t *
property(uint32_t cp)
{
	return utf8proc_get_property((utf8proc_int32_t)cp);
}

static utf8proc_category_t
category(uint32_t cp)
{
	return (utf8proc_category_t)property(cp)->category;
}

/* Invisible by default, where nothing is assigned yet too. */
static bool
is_ignorable(uint32_t cp)
{
	return property(cp)->ignorable || cp == 0x180f || cp == 0x2065 ||
	    (cp >= 0xfff0 && cp <= 0xfff8) || (cp >= 0xe0000 && cp <= 0xe0fff);
}

static bool
is_mark(uint32_t cp)
{
	utf8proc_category_t c = category(cp);

	return c == UTF8PROC_CATEGORY_MN || c == UTF8PROC_CATEGORY_MC ||
	    c == UTF8PROC_CATEGORY_ME;
}

/* How many continuation bytes follow this first byte; -1 for a bad one. */
static int
following(uint8_t first)
{
	if (first < 0x80)
		return 0;
	if (first >= 0xc2 && first <= 0xdf)
		return 1;
	if (first >= 0xe0 && first <= 0xef)
		return 2;
	return first >= 0xf0 && first <= 0xf4 ? 3 : -1;
}

size_t
text_next(uint32_t *cp, const void *text, size_t len)
{
	static const uint32_t least[] = { 0, 0x80, 0x800, 0x10000 };
	const uint8_t *in = text;
	uint32_t value;
	int more;

	if (len == 0 || (more = following(in[0])) < 0 || (size_t)more >= len)
		return 0;
	value = more == 0 ? in[0] : in[0] & (0x3fu >> more);
	for (int i = 1; i <= more; i++) {
		if ((in[i] & 0xc0) != 0x80)
			return 0;
		value = value << 6 | (in[i] & 0x3f);
	}
	if (value < least[more] || value > 0x10ffff ||
	    (value >= 0xd800 && value <= 0xdfff))
		return 0;
	*cp = value;
	return (size_t)more + 1;
}

size_t
text_valid_len(const void *text, size_t len)
{
	const uint8_t *in = text;
	size_t i = 0, step;

	for (; i < len; i += step) {
		uint32_t cp = in[i];

		/* Most of it is ASCII, and long. */
		step = cp < 0x80 ? 1 : text_next(&cp, in + i, len - i);
		if (step == 0 || cp == 0)
			break;
	}
	return i;
}

bool
text_is_valid(const void *text, size_t len)
{
	return text_valid_len(text, len) == len;
}

bool
text_put(struct buf *b, uint32_t cp)
{
	uint8_t bytes[4];
	size_t n = 0;

	if (cp < 0x80) {
		bytes[n++] = (uint8_t)cp;
	} else if (cp < 0x800) {
		bytes[n++] = (uint8_t)(0xc0 | cp >> 6);
	} else if (cp < 0x10000) {
		bytes[n++] = (uint8_t)(0xe0 | cp >> 12);
		bytes[n++] = (uint8_t)(0x80 | (cp >> 6 & 0x3f));
	} else {
		bytes[n++] = (uint8_t)(0xf0 | cp >> 18);
		bytes[n++] = (uint8_t)(0x80 | (cp >> 12 & 0x3f));
		bytes[n++] = (uint8_t)(0x80 | (cp >> 6 & 0x3f));
	}
	if (cp >= 0x80)
		bytes[n++] = (uint8_t)(0x80 | (cp & 0x3f));
	return buf_put(b, bytes, n);
}

/*
 * Runs of code points: a struct buf that holds int32_t, the type of utf8proc.
 * The memory behind a struct buf is aligned for any type.
 */
static int32_t *
points(struct buf *run)
{
	return (int32_t *)(void *)run->bytes;
}

static bool
put_point(struct buf *run, int32_t cp)
{
	return buf_put(run, &cp, sizeof(cp));
}

/*
 * The class by which marks are ordered.  Unicode leaves the Thai and the Lao
 * nikhahit without one, so that its order with a tone mark depends on who
 * typed it; before the tone is where we want it, in keys only.
 */
static unsigned
mark_class(int32_t cp, bool for_key)
{
	if (for_key && cp == 0x0e4d)
		return 106;
	if (for_key && cp == 0x0ecd)
		return 121;
	return (unsigned)property((uint32_t)cp)->combining_class;
}

/* Sort n marks by class, keeping the order of equals, into run again. */
static bool
sort_marks(int32_t *marks, size_t n, bool for_key)
{
	size_t start[257] = { 0 };
	struct buf copy = { 0 };
	const int32_t *from;

	if (n < 2)
		return true;
	if (!buf_put(&copy, marks, n * sizeof(*marks)))
		return false;
	from = points(&copy);
	for (size_t i = 0; i < n; i++)
		start[mark_class(from[i], for_key) + 1]++;
	for (size_t c = 1; c < 257; c++)
		start[c] += start[c - 1];
	for (size_t i = 0; i < n; i++)
		marks[start[mark_class(from[i], for_key)]++] = from[i];
	buf_free(&copy);
	return true;
}

static bool
order_marks(struct buf *run, bool for_key)
{
	size_t n = run->len / sizeof(int32_t), i = 0;
	int32_t *cps = points(run);

	while (i < n) {
		size_t first = i;

		while (i < n && mark_class(cps[i], for_key) != 0)
			i++;
		if (!sort_marks(cps + first, i - first, for_key))
			return false;
		if (i == first)
			i++;
	}
	return true;
}

/* Order and compose a decomposed run, append it to out, and empty it. */
static enum vault_err
flush_run(struct buf *out, struct buf *run, bool for_key)
{
	utf8proc_ssize_t n = (utf8proc_ssize_t)(run->len / sizeof(int32_t));

	if (n == 0)
		return buf_ok(run);
	if (buf_ok(run) != VAULT_OK || !order_marks(run, for_key))
		return VAULT_ENOMEM;
	n = utf8proc_normalize_utf32(
	    points(run), n, UTF8PROC_COMPOSE | UTF8PROC_STABLE);
	for (utf8proc_ssize_t i = 0; i < n; i++)
		text_put(out, (uint32_t)points(run)[i]);
	run->len = 0; /* wiped once, by its buf_free */
	return buf_ok(out);
}

static size_t
decompose(int32_t to[static MAX_DECOMPOSED], uint32_t cp, int options)
{
	int unused = 0;
	utf8proc_ssize_t n = utf8proc_decompose_char((utf8proc_int32_t)cp, to,
	    MAX_DECOMPOSED, (utf8proc_option_t)options, &unused);

	return n < 0 || n > MAX_DECOMPOSED ? 0 : (size_t)n;
}

enum vault_err
text_nfc(struct buf *out, const void *text, size_t len)
{
	const uint8_t *in = text;
	struct buf run = { 0 };
	int32_t cps[MAX_DECOMPOSED];
	enum vault_err err;
	size_t start = out->len;

	if (!text_is_valid(text, len))
		return VAULT_EUSE;
	for (size_t i = 0; i < len;) {
		uint32_t cp = 0;
		size_t n;

		i += text_next(&cp, in + i, len - i);
		n = decompose(cps, cp, UTF8PROC_DECOMPOSE);
		buf_put(&run, cps, n * sizeof(*cps));
	}
	if ((err = flush_run(out, &run, false)) != VAULT_OK)
		buf_truncate(out, start);
	buf_free(&run);
	return err;
}

/*
 * The search key.  Each code point is decomposed for compatibility and case,
 * and each part then meets one of three fates.
 */
enum fate { KEPT, DROPPED, BLANK };

/*
 * Nonspacing marks that are accents, vowel points or cantillation: what a
 * reader of the script may leave out.  All others (the vowels of Thai,
 * Tibetan and the scripts of India, the voicing marks of kana, nukta, virama)
 * make letters and stay.
 */
static const struct range accents[] = {
	{ 0x0300, 0x036f },   /* accents of Latin, Greek, Cyrillic */
	{ 0x0483, 0x0489 },   /* Cyrillic titlo and others */
	{ 0x0591, 0x05c7 },   /* Hebrew points */
	{ 0x0610, 0x061a },   /* Arabic honorifics */
	{ 0x064b, 0x065f },   /* Arabic vowel signs, hamza and madda above */
	{ 0x0670, 0x0670 },   /* Arabic superscript alef */
	{ 0x06d6, 0x06ed },   /* Koranic marks */
	{ 0x0711, 0x0711 },   /* Syriac superscript alaph */
	{ 0x0730, 0x074a },   /* Syriac points */
	{ 0x0898, 0x089f },   /* Arabic */
	{ 0x08ca, 0x08ff },   /* Arabic */
	{ 0x1ab0, 0x1aff },   /* accents, extended */
	{ 0x1dc0, 0x1dff },   /* accents, supplement */
	{ 0x20d0, 0x20ff },   /* accents and circles for symbols */
	{ 0xfe20, 0xfe2f },   /* half marks */
	{ 0x10efd, 0x10eff }, /* Arabic */
};

/*
 * Punctuation that vanishes instead of parting words: interpuncts, and
 * apostrophes with the signs that romanisations use for hamza, ayn and soft
 * signs; geresh and gershayim stand inside Hebrew words.
 */
static const struct range vanishing[] = {
	{ 0x0027, 0x0027 },
	{ 0x0060, 0x0060 },
	{ 0x00b4, 0x00b4 },
	{ 0x00b7, 0x00b7 },
	{ 0x02b9, 0x02bf },
	{ 0x02c8, 0x02c8 },
	{ 0x02ee, 0x02ee },
	{ 0x055a, 0x055a },
	{ 0x05f3, 0x05f4 },
	{ 0x0621, 0x0621 }, /* hamza by itself, often left out */
	{ 0x0640, 0x0640 }, /* tatweel */
	{ 0x0674, 0x0674 }, /* high hamza */
	{ 0x07f4, 0x07f5 },
	{ 0x07fa, 0x07fa },
	{ 0x180a, 0x180a }, /* Mongolian nirugu, which only lengthens */
	{ 0x2018, 0x2019 },
	{ 0x201b, 0x201b },
	{ 0x2022, 0x2022 },
	{ 0x2027, 0x2027 },
	{ 0x2032, 0x2032 },
	{ 0x2219, 0x2219 },
	{ 0x22c5, 0x22c5 },
	{ 0x2e31, 0x2e31 },
	{ 0x30fb, 0x30fb },
	{ 0xa78b, 0xa78c },
	{ 0xa78f, 0xa78f },
};

/*
 * Letters that Unicode does not take apart and that people type for one
 * another.  Sorted; none of the targets occurs on the left.
 */
static const struct {
	uint32_t from;
	const char *to;
} letters[] = {
	{ 0x00e6, "ae" },           /* ae ligature */
	{ 0x00f0, "d" },            /* eth */
	{ 0x00f8, "o" },            /* o with stroke */
	{ 0x00fe, "th" },           /* thorn */
	{ 0x0111, "d" },            /* d with stroke */
	{ 0x0127, "h" },            /* h with stroke */
	{ 0x0131, "i" },            /* dotless i */
	{ 0x0142, "l" },            /* l with stroke */
	{ 0x014b, "ng" },           /* eng */
	{ 0x0153, "oe" },           /* oe ligature */
	{ 0x0167, "t" },            /* t with stroke */
	{ 0x0199, "k" },            /* k with hook */
	{ 0x01b4, "y" },            /* y with hook */
	{ 0x0253, "b" },            /* b with hook */
	{ 0x0254, "o" },            /* open o */
	{ 0x0257, "d" },            /* d with hook */
	{ 0x025b, "e" },            /* open e */
	{ 0x05f0, "\u05d5\u05d5" }, /* Yiddish double vav */
	{ 0x05f1, "\u05d5\u05d9" }, /* Yiddish vav yod */
	{ 0x05f2, "\u05d9\u05d9" }, /* Yiddish double yod */
	{ 0x0620, "\u064a" },       /* Kashmiri yeh */
	{ 0x0629, "\u0647" },       /* ta marbuta: heh */
	{ 0x0649, "\u064a" },       /* alef maksura: yeh */
	{ 0x0671, "\u0627" },       /* alef wasla */
	{ 0x0672, "\u0627" },       /* alef with wavy hamza above */
	{ 0x0673, "\u0627" },       /* alef with wavy hamza below */
	{ 0x06a9, "\u0643" },       /* Persian kaf */
	{ 0x06aa, "\u0643" },       /* swash kaf */
	{ 0x06ba, "\u0646" },       /* noon without its dot */
	{ 0x06be, "\u0647" },       /* heh doachashmee */
	{ 0x06c1, "\u0647" },       /* heh goal */
	{ 0x06c3, "\u0647" },       /* ta marbuta goal */
	{ 0x06cc, "\u064a" },       /* Persian yeh */
	{ 0x06cd, "\u064a" },       /* yeh with tail */
	{ 0x06d2, "\u064a" },       /* yeh barree */
	{ 0x06d5, "\u0647" },       /* ae of Kurdish and Uyghur */
	{ 0x1824, "\u1823" },       /* Mongolian u: looks as o does */
	{ 0x1826, "\u1825" },       /* Mongolian ue: as oe */
	{ 0x1833, "\u1832" },       /* Mongolian da: as ta */
};

static enum fate
key_fate(uint32_t cp)
{
	if (IN(vanishing, cp))
		return DROPPED;
	switch (category(cp)) {
	case UTF8PROC_CATEGORY_CF: /* joiners, soft hyphens, directions */
		return DROPPED;
	case UTF8PROC_CATEGORY_MN:
	case UTF8PROC_CATEGORY_ME:
		return is_ignorable(cp) || IN(accents, cp) ? DROPPED : KEPT;
	case UTF8PROC_CATEGORY_CC:
	case UTF8PROC_CATEGORY_PC:
	case UTF8PROC_CATEGORY_PD:
	case UTF8PROC_CATEGORY_PS:
	case UTF8PROC_CATEGORY_PE:
	case UTF8PROC_CATEGORY_PI:
	case UTF8PROC_CATEGORY_PF:
	case UTF8PROC_CATEGORY_PO:
	case UTF8PROC_CATEGORY_SM:
	case UTF8PROC_CATEGORY_SC:
	case UTF8PROC_CATEGORY_SK:
	case UTF8PROC_CATEGORY_SO:
	case UTF8PROC_CATEGORY_ZS:
	case UTF8PROC_CATEGORY_ZL:
	case UTF8PROC_CATEGORY_ZP:
		return BLANK;
	default:
		/* Unassigned and private use too: rare Han of people's names.
		 */
		return is_ignorable(cp) ? DROPPED : KEPT;
	}
}

/*
 * Decimal digits come in runs of ten that begin at a multiple of 16, or 6
 * after one.  utf8proc does not tell their values.
 */
static uint32_t
fold_digit(uint32_t cp)
{
	uint32_t zero = cp & ~UINT32_C(15);

	if (category(cp) != UTF8PROC_CATEGORY_ND)
		return cp;
	if (category(zero) != UTF8PROC_CATEGORY_ND)
		zero += 6;
	return '0' + (cp - zero);
}

static const char *
fold_letter(uint32_t cp)
{
	size_t low = 0, high = sizeof(letters) / sizeof(letters[0]);

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (letters[middle].from == cp)
			return letters[middle].to;
		if (letters[middle].from < cp)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

/* What is known of a key under construction. */
struct key {
	struct buf *out;
	struct buf word; /* decomposed, not yet ordered and composed */
	bool other;      /* the word is not all ASCII */
	size_t start;    /* where the key begins in out */
	enum vault_err err;
};

/* As flush_run: there is nothing to order or to compose. */
static enum vault_err
flush_ascii(struct buf *out, struct buf *word)
{
	size_t n = word->len / sizeof(int32_t);

	if (buf_ok(word) != VAULT_OK || !buf_reserve(out, n))
		return VAULT_ENOMEM;
	for (size_t i = 0; i < n; i++)
		out->bytes[out->len++] = (uint8_t)points(word)[i];
	out->bytes[out->len] = '\0';
	word->len = 0;
	return VAULT_OK;
}

static void
key_end_word(struct key *k)
{
	if (k->err != VAULT_OK || k->word.len == 0)
		return;
	if (k->out->len > k->start)
		buf_put_byte(k->out, ' ');
	if (k->other)
		k->err = flush_run(k->out, &k->word, true);
	else
		k->err = flush_ascii(k->out, &k->word);
	k->other = false;
}

static void
key_keep(struct key *k, uint32_t cp)
{
	const char *letter = fold_letter(cp);
	size_t len = letter == NULL ? 0 : strlen(letter);

	if (letter == NULL)
		put_point(&k->word, (int32_t)fold_digit(cp));
	for (size_t i = 0; i < len;) {
		uint32_t part = 0;

		i += text_next(&part, letter + i, len - i);
		put_point(&k->word, (int32_t)part);
	}
	k->other = true;
}

/* The same as key_put, for most of the text of half of the world. */
static bool
key_put_ascii(struct key *k, uint32_t cp)
{
	if (cp >= 'A' && cp <= 'Z')
		cp += 'a' - 'A';
	if ((cp >= 'a' && cp <= 'z') || (cp >= '0' && cp <= '9'))
		put_point(&k->word, (int32_t)cp);
	else if (cp < 0x80 && cp != '\'' && cp != '`')
		key_end_word(k);
	return cp < 0x80;
}

static void
key_put(struct key *k, uint32_t cp)
{
	int32_t cps[MAX_DECOMPOSED];
	size_t n;

	if (key_put_ascii(k, cp))
		return;
	/* The spacing acute decomposes to a space and an accent. */
	if (IN(vanishing, cp))
		return;
	n = decompose(
	    cps, cp, UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD);
	for (size_t i = 0; i < n; i++) {
		enum fate fate = key_fate((uint32_t)cps[i]);

		if (fate == BLANK)
			key_end_word(k);
		else if (fate == KEPT)
			key_keep(k, (uint32_t)cps[i]);
	}
}

enum vault_err
text_key(struct buf *out, const void *text, size_t len)
{
	struct key k = { .out = out, .start = out->len, .err = VAULT_OK };
	const uint8_t *in = text;

	if (!text_is_valid(text, len))
		return VAULT_EUSE;
	for (size_t i = 0; i < len && k.err == VAULT_OK;) {
		uint32_t cp = 0;

		i += text_next(&cp, in + i, len - i);
		key_put(&k, cp);
	}
	key_end_word(&k);
	if (k.err == VAULT_OK)
		k.err = buf_ok(&k.word);
	if (k.err != VAULT_OK)
		buf_truncate(out, k.start);
	buf_free(&k.word);
	return k.err;
}

enum vault_err
text_key_joined(struct buf *out, const void *key, size_t len)
{
	struct buf joined = { 0 };
	const uint8_t *in = key;
	enum vault_err err;

	for (size_t i = 0; i < len; i++)
		if (in[i] != ' ')
			buf_put_byte(&joined, in[i]);
	/* What meets where a blank was may be composed. */
	if ((err = buf_ok(&joined)) == VAULT_OK)
		err = text_key(out, joined.bytes, joined.len);
	buf_free(&joined);
	return err;
}

/* True for what must not reach a terminal as it is, LF and TAB included. */
static bool
is_unsafe(uint32_t cp)
{
	const utf8proc_property_t *p = property(cp);

	switch (p->category) {
	case UTF8PROC_CATEGORY_CC:
	case UTF8PROC_CATEGORY_CS:
	case UTF8PROC_CATEGORY_ZL:
	case UTF8PROC_CATEGORY_ZP:
		return true;
	case UTF8PROC_CATEGORY_CF: /* some Arabic signs are visible */
		return p->boundclass != UTF8PROC_BOUNDCLASS_PREPEND;
	case UTF8PROC_CATEGORY_MN: /* variation selectors count as marks */
		return false;
	default:
		/* Invisible letters (Hangul fillers), and noncharacters. */
		return is_ignorable(cp) || (cp & 0xfffe) == 0xfffe ||
		    (cp >= 0xfdd0 && cp <= 0xfdef);
	}
}

static enum vault_err
make_safe(struct buf *out, const void *text, size_t len, bool one_line)
{
	const uint8_t *in = text;
	size_t marks = 0, step;

	for (size_t i = 0; i < len; i += step) {
		uint32_t cp = 0;

		step = text_next(&cp, in + i, len - i);
		if (step == 0 || cp < 0x20 || cp == 0x7f) {
			marks = 0;
			if (step == 1 && !one_line &&
			    (cp == '\n' || cp == '\t'))
				buf_put_byte(out, in[i]);
			else
				buf_putf(out, "\\x%02x", in[i]);
			step = 1;
			continue;
		}
		marks = cp >= 0x300 && is_mark(cp) ? marks + 1 : 0;
		if (marks > MARKS_SHOWN || (cp >= 0x7f && is_unsafe(cp)))
			buf_putf(out, "\\u{%x}", cp);
		else
			buf_put(out, in + i, step);
	}
	return buf_ok(out);
}

enum vault_err
text_safe(struct buf *out, const void *text, size_t len)
{
	return make_safe(out, text, len, false);
}

enum vault_err
text_safe_line(struct buf *out, const void *text, size_t len)
{
	return make_safe(out, text, len, true);
}

int
text_cp_width(uint32_t cp)
{
	int width;

	/* The later parts of a Hangul syllable lie on top of the first. */
	if (cp < 0x20 || (cp >= 0x7f && cp < 0xa0) ||
	    (cp >= 0x1160 && cp <= 0x11ff))
		return 0;
	if (is_mark(cp) && category(cp) != UTF8PROC_CATEGORY_MC)
		return 0;
	width = utf8proc_charwidth((utf8proc_int32_t)cp);
	return width < 0 ? 0 : width > 2 ? 2 : width;
}

bool
text_is_file_name(const void *text, size_t len)
{
	const uint8_t *in = text;

	if (len == 0 || len > 255 || !text_is_valid(text, len) ||
	    memchr(text, '/', len) != NULL ||
	    (in[0] == '.' && (len == 1 || (len == 2 && in[1] == '.'))))
		return false;
	for (size_t i = 0; i < len;) {
		uint32_t cp = 0;

		i += text_next(&cp, in + i, len - i);
		if (cp < 0x20 || (cp >= 0x7f && cp < 0xa0) ||
		    (cp >= 0x2028 && cp <= 0x202e) ||
		    (cp >= 0x2066 && cp <= 0x2069))
			return false;
	}
	return true;
}

size_t
text_width(const void *text, size_t len)
{
	const uint8_t *in = text;
	size_t width = 0;

	for (size_t i = 0, step; i < len; i += step) {
		uint32_t cp = 0;

		if ((step = text_next(&cp, in + i, len - i)) == 0)
			break;
		width += (size_t)text_cp_width(cp);
	}
	return width;
}

size_t
text_grapheme(const void *text, size_t len)
{
	const uint8_t *in = text;
	uint32_t cp = 0, next = 0;
	utf8proc_int32_t state = 0;
	size_t end = text_next(&cp, in, len), step;

	while (end > 0 && end < len) {
		if ((step = text_next(&next, in + end, len - end)) == 0)
			break;
		if (utf8proc_grapheme_break_stateful(
			(utf8proc_int32_t)cp, (utf8proc_int32_t)next, &state))
			break;
		end += step;
		cp = next;
	}
	return end;
}

/* Scripts that write words one after the other, with their marks. */
static const struct range spaceless[] = {
	{ 0x0e01, 0x0e5b },   /* Thai */
	{ 0x0e81, 0x0edf },   /* Lao */
	{ 0x0f00, 0x0fff },   /* Tibetan */
	{ 0x1000, 0x109f },   /* Myanmar */
	{ 0x1780, 0x17ff },   /* Khmer */
	{ 0x1950, 0x19ff },   /* Tai Le, New Tai Lue, Khmer symbols */
	{ 0x1a20, 0x1aaf },   /* Tai Tham */
	{ 0x1b00, 0x1b7f },   /* Balinese */
	{ 0x2e80, 0x2fdf },   /* radicals */
	{ 0x3005, 0x3007 },   /* Han iteration mark, closing mark, zero */
	{ 0x3021, 0x3029 },   /* Hangzhou numerals */
	{ 0x3031, 0x303c },   /* kana repeat marks, numerals */
	{ 0x3041, 0x312f },   /* hiragana, katakana, bopomofo */
	{ 0x31a0, 0x31bf },   /* bopomofo, extended */
	{ 0x31f0, 0x31ff },   /* katakana, extended */
	{ 0x3400, 0x4dbf },   /* Han */
	{ 0x4e00, 0xa4cf },   /* Han, Yi */
	{ 0xa980, 0xa9df },   /* Javanese */
	{ 0xa9e0, 0xa9ff },   /* Myanmar */
	{ 0xaa60, 0xaadf },   /* Myanmar, Tai Viet */
	{ 0xf900, 0xfaff },   /* Han */
	{ 0xff66, 0xff9f },   /* half-width katakana */
	{ 0x16fe0, 0x18cff }, /* Han marks, Tangut, Khitan */
	{ 0x1aff0, 0x1b2ff }, /* kana, Nushu */
	{ 0x20000, 0x3ffff }, /* Han */
};

bool
text_is_spaceless(uint32_t cp)
{
	utf8proc_category_t c;

	if (!IN(spaceless, cp))
		return false;
	c = category(cp);
	return (c >= UTF8PROC_CATEGORY_LU && c <= UTF8PROC_CATEGORY_NO) ||
	    (c == UTF8PROC_CATEGORY_CN && cp >= 0x20000);
}

bool
text_is_rtl(const void *text, size_t len)
{
	const uint8_t *in = text;

	for (size_t i = 0, step; i < len; i += step) {
		uint32_t cp = 0;
		int bidi;

		if ((step = text_next(&cp, in + i, len - i)) == 0)
			return false;
		bidi = property(cp)->bidi_class;
		if (bidi == UTF8PROC_BIDI_CLASS_R ||
		    bidi == UTF8PROC_BIDI_CLASS_AL)
			return true;
	}
	return false;
}
