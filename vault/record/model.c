/* SPDX-License-Identifier: ISC */
/*
 * model - the types and their fields, row by row as in records.md, 3 and 4,
 * and the look-ups in them.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "record/country.h"
#include "record/model.h"
#include "record/vocab.h"

#define N_(text) text /* marks what xgettext shall find */
#define LEN(array) (sizeof(array) / sizeof((array)[0]))
#define MANY .many = true
#define SHOULD .need = MODEL_SHOULD
#define MUST .need = MODEL_MUST
#define TELL(text) .label = N_(text)
#define OBJECT(name_, fields_)                                                 \
	.name = name_, .fields = fields_, .n = LEN(fields_)

/* Small objects that are types of fields. */

static const struct model_field date_members[] = {
	{ "edtf", MODEL_EDTF, TELL("Date"),
	    .help = N_(
		"2011-04-26, 2011-04, 2011~, [2011-04-27..2011-05-09]") },
	{ "text", MODEL_TEXT, TELL("In the words of the source") },
};
static const struct model_object date_object = { OBJECT("date", date_members),
	.any_of = "edtf text" };

static const struct model_field span_members[] = {
	{ "iso", MODEL_PERIOD, TELL("Duration"), .help = N_("P10D, ~P2M") },
	{ "min", MODEL_PERIOD, TELL("At least") },
	{ "max", MODEL_PERIOD, TELL("At most") },
	{ "text", MODEL_TEXT, TELL("In the words of the source") },
};
static const struct model_object span_object = { OBJECT("span", span_members),
	.any_of = "iso min max text" };

static const struct model_field party_members[] = {
	{ "ref", MODEL_LINK, .targets = "person", TELL("Person") },
	{ "text", MODEL_TEXT, .query = "name", TELL("Description"),
	    .help = N_("for people without a record of their own") },
};
static const struct model_object party_object = {
	OBJECT("party", party_members), .any_of = "ref text"
};

static const struct model_field cite_members[] = {
	{ "ref", MODEL_LINK, MUST, .targets = "testimony document",
	    TELL("Testimony or document") },
	{ "locator", MODEL_TEXT, TELL("Where in it"),
	    .help = N_("p. 159, 00:12:30") },
};
static const struct model_object cite_object = { OBJECT("cite", cite_members) };

static const struct model_field place_members[] = {
	{ "text", MODEL_TEXT, .query = "place", TELL("Place") },
	{ "country", MODEL_CODE, .codes = &country_vocab, .query = "country",
	    TELL("Country"), .help = N_("two letters, ISO 3166-1") },
	{ "admin", MODEL_TEXT, MANY, .query = "place", TELL("Divisions"),
	    .help = N_("from large to small") },
	{ "kind", MODEL_NUMBER, TELL("Kind of place"),
	    .help = N_("number of Micro-thesaurus 17") },
	{ "lat", MODEL_DEC, .low = -90, .high = 90, TELL("Latitude") },
	{ "lon", MODEL_DEC, .low = -180, .high = 180, TELL("Longitude") },
	{ "exact", MODEL_BOOL, TELL("Are the coordinates exact?") },
	{ "facility", MODEL_TEXT, .query = "place", TELL("Facility") },
	{ "from", MODEL_DATE, .object = &date_object, TELL("From") },
	{ "to", MODEL_DATE, .object = &date_object, .not_before = "from",
	    TELL("To") },
};
static const struct model_object place_object = { OBJECT(
    "place", place_members) };

static const struct model_field name_members[] = {
	{ "text", MODEL_TEXT, MUST, TELL("Name"),
	    .help = N_("exactly as it is written") },
	{ "script", MODEL_SCRIPT, TELL("Script"),
	    .help = N_("Hans, Hant, Latn, Arab, Cyrl, Tibt, Mong") },
	{ "lang", MODEL_LANG, TELL("Language") },
	{ "kind", MODEL_CODE, .codes = &vocab_name_kind, TELL("Kind of name") },
	{ "order", MODEL_CODE, .codes = &vocab_name_order,
	    TELL("Order of its parts") },
	{ "family", MODEL_TEXT, TELL("Family name") },
	{ "given", MODEL_TEXT, TELL("Given name") },
	{ "system", MODEL_CODE, .codes = &vocab_name_system,
	    TELL("System of romanisation") },
	{ "primary", MODEL_BOOL, TELL("Is it the name to show?") },
};
static const struct model_object name_object = { OBJECT("name", name_members),
	.single = "primary" };

static const struct model_field translation_members[] = {
	{ "field", MODEL_PATH, MUST, .quiet = true, TELL("Field") },
	{ "lang", MODEL_LANG, MUST, TELL("Language") },
	{ "text", MODEL_LONG, MUST, TELL("Translation") },
	{ "translator", MODEL_PARTY, .object = &party_object,
	    TELL("Translator") },
	{ "date", MODEL_DATE, .object = &date_object, TELL("Date") },
};
static const struct model_object translation_object = { OBJECT(
    "translation", translation_members) };

static const struct model_field cell_members[] = {
	{ "name", MODEL_TEXT, MUST, .quiet = true, TELL("Column") },
	{ "text", MODEL_LONG, MUST, TELL("Value") },
};
static const struct model_object cell_object = { OBJECT("cell", cell_members) };

static const struct model_field import_members[] = {
	{ "file", MODEL_TEXT, TELL("File") },
	{ "sha256", MODEL_HASH, TELL("SHA-256 of the file") },
	{ "row", MODEL_INT, .low = 0, .high = INT32_MAX, TELL("Row") },
	{ "map", MODEL_TEXT, .quiet = true, TELL("Map") },
	{ "key", MODEL_TEXT, MANY, .quiet = true, TELL("Key columns") },
	{ "fields", MODEL_OBJECT, MANY, .object = &cell_object,
	    TELL("Cells that found no field") },
};
static const struct model_object import_object = { OBJECT(
    "import", import_members) };

static const struct model_field contact_members[] = {
	{ "kind", MODEL_TEXT, .quiet = true, TELL("Kind of contact"),
	    .help = N_("telephone, e-mail, messenger") },
	{ "value", MODEL_TEXT, MUST, TELL("Number or address") },
	{ "safe", MODEL_CODE, .codes = &vocab_yn,
	    TELL("Is it safe to use it?") },
};
static const struct model_object contact_object = { OBJECT(
    "contact", contact_members) };

static const struct model_field paper_members[] = {
	{ "kind", MODEL_TEXT, .quiet = true, TELL("Kind of paper") },
	{ "number", MODEL_TEXT, TELL("Number") },
	{ "issuer", MODEL_TEXT, TELL("Issuer") },
	{ "date", MODEL_DATE, .object = &date_object, TELL("Date of issue") },
};
static const struct model_object paper_object = { OBJECT(
    "paper", paper_members) };

static const struct model_field size_members[] = {
	{ "op", MODEL_CODE, MUST, .codes = &vocab_op, TELL("How exact") },
	{ "n", MODEL_INT, .low = 0, .high = INT32_MAX, TELL("Number") },
	{ "n2", MODEL_INT, .low = 0, .high = INT32_MAX, TELL("Up to") },
};
static const struct model_object size_object = { OBJECT("size", size_members) };

static const struct model_field relation_members[] = {
	{ "to", MODEL_LINK, MUST, .targets = "person", TELL("Person") },
	{ "kind", MODEL_CODE, SHOULD, .codes = &vocab_relation,
	    TELL("Relation") },
	{ "date", MODEL_DATE, .object = &date_object, TELL("Date") },
};
static const struct model_object relation_object = { OBJECT(
    "relation", relation_members) };

static const struct model_field sentence_members[] = {
	{ "length", MODEL_SPAN, .object = &span_object, TELL("Length") },
	{ "kind", MODEL_TEXT, TELL("Kind of sentence") },
	{ "from", MODEL_DATE, .object = &date_object, TELL("From") },
	{ "to", MODEL_DATE, .object = &date_object, .not_before = "from",
	    TELL("To") },
};
static const struct model_object sentence_object = { OBJECT(
    "sentence", sentence_members) };

static const struct model_field custody_members[] = {
	{ "when", MODEL_DATE, SHOULD, .object = &date_object, TELL("When") },
	{ "from", MODEL_PARTY, .object = &party_object, TELL("From") },
	{ "to", MODEL_PARTY, .object = &party_object, TELL("To") },
	{ "what", MODEL_TEXT, TELL("What was done") },
	{ "sha256", MODEL_HASH, TELL("SHA-256") },
};
static const struct model_object custody_object = { OBJECT(
    "custody", custody_members) };

static const struct model_object *const objects[] = { &date_object,
	&span_object, &party_object, &cite_object, &place_object, &name_object,
	&translation_object, &cell_object, &import_object, &contact_object,
	&paper_object, &size_object, &relation_object, &sentence_object,
	&custody_object };

/* Records.md, 3. */

static const struct model_field common[] = {
	{ "type", MODEL_TYPE, MUST, .query = "type", .obeyed = true,
	    TELL("Type") },
	{ "title", MODEL_TEXT, .query = "title", TELL("Title"),
	    .help = N_("one line, for lists") },
	{ "level", MODEL_INT, MUST, .low = 0, .high = 3, .query = "level",
	    .obeyed = true, TELL("Level"),
	    .help = N_(
		"0 public, 1 partner offices, 2 this office, 3 readers") },
	{ "readers", MODEL_TEXT, MANY, .need = MODEL_MUST_AT_3, .quiet = true,
	    .obeyed = true, TELL("Readers"),
	    .help = N_("handles of the people who may see it") },
	{ "audiences", MODEL_CODE, MANY, .codes = &vocab_scope, .obeyed = true,
	    TELL("Audiences"), .help = N_("exports to others are refused") },
	{ "private_fields", MODEL_HIDDEN, MANY, .obeyed = true,
	    TELL("Private fields"),
	    .help = N_("fields that are never exported") },
	{ "lang", MODEL_LANG, TELL("Language"),
	    .help = N_("of the free text: en, zh-Hans, fa") },
	{ "translations", MODEL_OBJECT, MANY, .object = &translation_object,
	    TELL("Translations") },
	{ "notes", MODEL_LONG, MANY, TELL("Notes") },
	{ "tags", MODEL_TEXT, MANY, .query = "tag", TELL("Tags") },
	{ "recorded_by", MODEL_TEXT, SHOULD, .quiet = true, TELL("Recorded by"),
	    .help = N_("a handle, never the real name") },
	{ "review", MODEL_DATE, .object = &date_object, TELL("Review"),
	    .help = N_("when to ask again whether this must be kept") },
	{ "documents", MODEL_LINK, MANY, .targets = "document",
	    TELL("Documents") },
	{ "imported", MODEL_OBJECT, .object = &import_object,
	    TELL("Imported") },
};

/* Records.md, 4. */

static const struct model_field case_fields[] = {
	{ "title", MODEL_TEXT, SHOULD, .query = "title", TELL("Title"),
	    .help = N_("name of the case") },
	{ "summary", MODEL_LONG, TELL("Summary"), .help = N_("what happened") },
	{ "context", MODEL_LONG, TELL("Context"), .help = N_("background") },
	{ "date", MODEL_DATE, .object = &date_object, .query = "date",
	    TELL("Date"), .help = N_("usually from one day to another") },
	{ "places", MODEL_PLACE, MANY, .object = &place_object,
	    TELL("Places") },
	{ "countries", MODEL_CODE, MANY, .codes = &country_vocab,
	    .query = "country", TELL("Countries"),
	    .help = N_("two letters, ISO 3166-1") },
	{ "rights", MODEL_CODE, MANY, .codes = &vocab_right,
	    TELL("Rights concerned") },
	{ "verdict", MODEL_CODE, .codes = &vocab_verdict,
	    TELL("Is it a violation?") },
	{ "monitoring", MODEL_CODE, .codes = &vocab_monitoring,
	    TELL("Monitoring") },
	{ "priority", MODEL_CODE, .codes = &vocab_priority, TELL("Priority") },
	{ "parent", MODEL_LINK, .targets = "case", .query = "case",
	    TELL("Part of the case") },
	{ "follows", MODEL_LINK, MANY, .targets = "case", .query = "case",
	    TELL("Follows the cases") },
};

static const struct model_field person_fields[] = {
	{ "kind", MODEL_CODE, SHOULD, .codes = &vocab_person_kind,
	    .preset = "individual", TELL("Kind") },
	{ "names", MODEL_NAME, MANY, SHOULD, .object = &name_object,
	    .query = "name", TELL("Names") },
	{ "pseudonym", MODEL_TEXT, .query = "name", TELL("Pseudonym"),
	    .help = N_("a label that may be public, always the same") },
	{ "sex", MODEL_CODE, .codes = &vocab_sex, TELL("Sex") },
	{ "minor", MODEL_CODE, .codes = &vocab_yn, TELL("Under age?") },
	{ "pregnant", MODEL_CODE, .codes = &vocab_yn, TELL("Pregnant?") },
	{ "born", MODEL_DATE, .object = &date_object, TELL("Born") },
	{ "birth_place", MODEL_PLACE, .object = &place_object,
	    TELL("Place of birth") },
	{ "age", MODEL_DEC, .low = 0, .high = 200, TELL("Age"),
	    .help = N_("in years; a fraction is allowed") },
	{ "age_at", MODEL_DATE, .object = &date_object,
	    TELL("Age on this day") },
	{ "nationalities", MODEL_TEXT, MANY, TELL("Nationalities"),
	    .help = N_("two letters of ISO 3166-1 if certain, else words") },
	{ "ethnicities", MODEL_TEXT, MANY, TELL("Ethnicities") },
	{ "religion", MODEL_TEXT, TELL("Religion") },
	{ "minority", MODEL_TEXT, TELL("Minority") },
	{ "marital", MODEL_TEXT, TELL("Marital status") },
	{ "health", MODEL_LONG, TELL("Health") },
	{ "description", MODEL_LONG, TELL("Description") },
	{ "occupations", MODEL_TEXT, MANY, TELL("Occupations") },
	{ "affiliations", MODEL_TEXT, MANY, TELL("Affiliations") },
	{ "activities", MODEL_TEXT, MANY, TELL("Activities"),
	    .help = N_("what may have caused the violation") },
	{ "addresses", MODEL_PLACE, MANY, .object = &place_object,
	    TELL("Addresses") },
	{ "contacts", MODEL_OBJECT, MANY, .object = &contact_object,
	    TELL("Contacts") },
	{ "id_papers", MODEL_OBJECT, MANY, .object = &paper_object,
	    TELL("Identity papers") },
	{ "mother", MODEL_PARTY, .object = &party_object, TELL("Mother") },
	{ "father", MODEL_PARTY, .object = &party_object, TELL("Father") },
	{ "dependants", MODEL_INT, .low = 0, .high = INT32_MAX,
	    TELL("Dependants") },
	{ "photo", MODEL_LINK, .targets = "document", TELL("Portrait") },
	{ "portrait_ok", MODEL_CODE, .codes = &vocab_yn,
	    TELL("May the portrait be shown?") },
	{ "group_size", MODEL_OBJECT, .object = &size_object,
	    TELL("Size of the group") },
	{ "relations", MODEL_OBJECT, MANY, .object = &relation_object,
	    TELL("Relations") },
	{ "source_reliability", MODEL_CODE, .codes = &vocab_reliability,
	    TELL("Reliability as a source") },
	{ "protected", MODEL_BOOL, TELL("At risk of reprisal?") },
};

static const struct model_field status_fields[] = {
	{ "person", MODEL_LINK, MUST, .targets = "person", TELL("Person") },
	{ "status", MODEL_CODE, MUST, .codes = &vocab_status, .query = "status",
	    TELL("Status") },
	{ "date", MODEL_DATE, SHOULD, .object = &date_object, .query = "date",
	    TELL("Date"), .help = N_("of the change, or when it was true") },
	{ "until", MODEL_DATE, .object = &date_object, .query = "date",
	    .not_before = "date", TELL("Until"),
	    .help = N_("when it ended, if the source says so") },
	{ "last_contact", MODEL_DATE, .object = &date_object,
	    TELL("Last seen or heard from") },
	{ "place", MODEL_PLACE, .object = &place_object, TELL("Place") },
	{ "authority", MODEL_PARTY, .object = &party_object,
	    TELL("Authority") },
	{ "act", MODEL_LINK, .targets = "act", TELL("Act") },
	{ "case", MODEL_LINK, .targets = "case", .query = "case",
	    TELL("Case") },
	{ "charges", MODEL_TEXT, MANY, TELL("Charges") },
	{ "sentence", MODEL_OBJECT, .object = &sentence_object,
	    TELL("Sentence") },
	{ "restrictions", MODEL_CODE, MANY, .codes = &vocab_restriction,
	    TELL("Restrictions") },
	{ "basis", MODEL_CITE, MANY, SHOULD, .object = &cite_object,
	    TELL("Basis"), .help = N_("which testimony or document says so") },
	{ "certainty", MODEL_CODE, SHOULD, .codes = &vocab_certainty,
	    TELL("Certainty") },
	{ "supersedes", MODEL_LINK, .targets = "status",
	    TELL("Corrects the status") },
};

static const struct model_field testimony_fields[] = {
	{ "medium", MODEL_CODE, SHOULD, .codes = &vocab_medium,
	    TELL("Medium") },
	{ "source", MODEL_PARTY, SHOULD, .object = &party_object,
	    TELL("Source"), .help = N_("who says it") },
	{ "relayed_by", MODEL_PARTY, MANY, .object = &party_object,
	    TELL("Relayed by"), .help = N_("from the source to us") },
	{ "connection", MODEL_CODE, .codes = &vocab_connection,
	    TELL("Connection of the source") },
	{ "date", MODEL_DATE, SHOULD, .object = &date_object, .query = "date",
	    TELL("Date"), .help = N_("when it was said") },
	{ "received", MODEL_DATE, .object = &date_object, .query = "date",
	    TELL("Received"), .help = N_("when it reached us") },
	{ "place", MODEL_PLACE, .object = &place_object, TELL("Place") },
	{ "interviewer", MODEL_TEXT, .quiet = true, TELL("Interviewer"),
	    .help = N_("a handle") },
	{ "interpreter", MODEL_TEXT, .quiet = true, TELL("Interpreter"),
	    .help = N_("a handle") },
	{ "orig_lang", MODEL_LANG, TELL("Original language") },
	{ "text", MODEL_LONG, TELL("Text"), .help = N_("verbatim") },
	{ "about", MODEL_LINK, MANY, .targets = "", .query = "case",
	    TELL("About"), .help = N_("persons, acts and cases") },
	{ "source_reliability", MODEL_CODE, .codes = &vocab_reliability,
	    TELL("Reliability of the source") },
	{ "credibility", MODEL_CODE, .codes = &vocab_credibility,
	    TELL("Credibility of what is said") },
	{ "evaluation", MODEL_LONG, TELL("Why it is judged so") },
	{ "corroborates", MODEL_LINK, MANY, .targets = "testimony",
	    TELL("Corroborates") },
	{ "contradicts", MODEL_LINK, MANY, .targets = "testimony",
	    TELL("Contradicts") },
	{ "consents", MODEL_LINK, MANY, .targets = "consent",
	    TELL("Consents") },
	{ "recontact", MODEL_LONG, TELL("Recontact"),
	    .help = N_("how, and whether it is safe") },
};

static const struct model_field document_fields[] = {
	{ "url", MODEL_TEXT, TELL("Web address") },
	{ "sha256", MODEL_HASH, .need = MODEL_MUST_WITH, .group = "file",
	    TELL("SHA-256") },
	{ "size", MODEL_INT, .need = MODEL_MUST_WITH, .group = "file", .low = 0,
	    .high = -1, TELL("Size in bytes") },
	{ "media_type", MODEL_TEXT, .need = MODEL_MUST_WITH, .group = "file",
	    .quiet = true, TELL("Media type") },
	{ "collected_at", MODEL_DATE, SHOULD, .object = &date_object,
	    .query = "date", TELL("Collected on") },
	{ "collected_by", MODEL_TEXT, SHOULD, .quiet = true,
	    TELL("Collected by"), .help = N_("a handle") },
	{ "method", MODEL_TEXT, TELL("Method"),
	    .help = N_("tool and version") },
	{ "original_name", MODEL_TEXT, TELL("Original name") },
	{ "original_date", MODEL_DATE, .object = &date_object, .query = "date",
	    TELL("Original date") },
	{ "author", MODEL_PARTY, .object = &party_object, TELL("Author") },
	{ "licence", MODEL_TEXT, TELL("Licence") },
	{ "custody", MODEL_OBJECT, MANY, .object = &custody_object,
	    TELL("Custody"), .help = N_("every transfer") },
	{ "copy_of", MODEL_LINK, .targets = "document", TELL("Copy of") },
	{ "shows_faces", MODEL_CODE, .codes = &vocab_yn,
	    TELL("Does it show faces?") },
};

static const struct model_type types[] = {
	{ "case", TELL("case"), .level = 1, .title = "title|summary|date",
	    .help = N_("a crackdown, an incident, a trial; groups the rest"),
	    .own = { OBJECT("case", case_fields) } },
	{ "person", TELL("person"), .level = 2,
	    .title = "names|pseudonym|title|description",
	    .help = N_("an individual, group, organisation or agency"),
	    .own = { OBJECT("person", person_fields) } },
	{ "status", TELL("status"), .level = 2, .fixed = true,
	    .title = "status person title",
	    .help = N_("one dated change in a person's situation"),
	    .own = { OBJECT("status", status_fields) } },
	{ "testimony", TELL("testimony"), .level = 2,
	    .title = "medium title|source|text",
	    .help = N_("what a source said, in any medium"),
	    .own = { OBJECT("testimony", testimony_fields) } },
	{ "document", TELL("document"), .level = 2,
	    .title = "title|original_name|url",
	    .help = N_("a file or a web address"),
	    .own = { OBJECT("document", document_fields) } },
};

const struct model_type *
model_next_type(const struct model_type *after)
{
	const struct model_type *next = after == NULL ? types : after + 1;

	return next < types + LEN(types) ? next : NULL;
}

const struct model_type *
model_type(const char *name)
{
	for (size_t i = 0; i < LEN(types); i++)
		if (strcmp(types[i].name, name) == 0)
			return &types[i];
	return NULL;
}

const struct model_object *
model_object(const char *name)
{
	for (size_t i = 0; i < LEN(objects); i++)
		if (strcmp(objects[i]->name, name) == 0)
			return objects[i];
	return NULL;
}

const struct model_vocab *
model_vocab(const char *name)
{
	for (size_t i = 0; i < vocab_n; i++)
		if (strcmp(vocab_all[i]->name, name) == 0)
			return vocab_all[i];
	return NULL;
}

const struct model_vocab *
model_next_vocab(const struct model_vocab *after)
{
	size_t i = 0;

	while (after != NULL && i < vocab_n && vocab_all[i++] != after)
		;
	return i < vocab_n ? vocab_all[i] : NULL;
}

static const struct model_field *
find_field(const struct model_field *fields, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (fields[i].name[0] == name[0] &&
		    strcmp(fields[i].name, name) == 0)
			return &fields[i];
	return NULL;
}

const struct model_field *
model_member(const struct model_object *object, const char *name)
{
	return find_field(object->fields, object->n, name);
}

const struct model_field *
model_field(const struct model_type *type, const char *name)
{
	const struct model_field *field = model_member(&type->own, name);

	return field != NULL ? field : find_field(common, LEN(common), name);
}

const struct model_field *
model_next_field(const struct model_type *type, const struct model_field *after)
{
	const struct model_object *own = &type->own;
	/* By address: after may lie in either table. */
	uintptr_t at = (uintptr_t)after, first = (uintptr_t)own->fields,
		  last = (uintptr_t)(own->fields + own->n - 1);
	size_t i = 0;

	if (after == NULL && own->n > 0)
		return own->fields;
	if (at >= first && at < last)
		return after + 1;
	if (after != NULL && at != last)
		i = (size_t)(after - common) + 1;
	while (i < LEN(common) && model_member(own, common[i].name) != NULL)
		i++;
	return i < LEN(common) ? common + i : NULL;
}

/* The length of an index like [12] at text; 0 if there is none. */
static size_t
index_len(const char *text)
{
	size_t digits = text[0] == '[' ? strspn(text + 1, "0123456789") : 0;

	return digits > 0 && text[digits + 1] == ']' ? digits + 2 : 0;
}

const struct model_field *
model_path(const struct model_type *type, const char *path, bool indices)
{
	const struct model_field *field = NULL;
	char name[64];

	for (;;) {
		size_t len = strcspn(path, ".[");
		bool is_element = false;

		if (len >= sizeof(name))
			return NULL;
		memcpy(name, path, len);
		name[len] = '\0';
		field = field == NULL ? model_field(type, name)
				      : model_member(field->object, name);
		if (field == NULL)
			return NULL;
		path += len;
		if (indices && field->many && index_len(path) > 0) {
			path += index_len(path);
			is_element = true;
		}
		if (*path == '\0')
			return field;
		if (*path++ != '.' || field->object == NULL ||
		    (field->many && !is_element))
			return NULL;
	}
}

const struct model_code *
model_code(const struct model_vocab *vocab, const char *code)
{
	for (size_t i = 0; i < vocab->n; i++)
		if (strcmp(vocab->codes[i].code, code) == 0)
			return &vocab->codes[i];
	return NULL;
}

bool
model_has_word(const char *words, const char *word)
{
	size_t len = strlen(word);

	while (*words != '\0') {
		size_t n = strcspn(words, " ");

		if (n == len && memcmp(words, word, n) == 0)
			return true;
		words += n;
		words += strspn(words, " ");
	}
	return false;
}

bool
model_may_link(const struct model_field *field, const char *type)
{
	if (field->kind != MODEL_LINK || field->targets == NULL)
		return false;
	return field->targets[0] == '\0' ||
	    model_has_word(field->targets, type);
}

/*
 * Near names.  Longer ones than this are nobody's typing error; the bound
 * also keeps hostile bodies cheap.
 */
#define NEAR_LEN 40

static char
lower(char c)
{
	static const char upper[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
	const char *found = c == '\0' ? NULL : strchr(upper, c);

	if (found != NULL)
		return "abcdefghijklmnopqrstuvwxyz"[found - upper];
	return c == '_' || c == ' ' ? '-' : c;
}

static unsigned
least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/* Insertions, deletions, replacements and swaps of neighbours. */
static unsigned
edit_distance(const char *a, size_t a_len, const char *b, size_t b_len)
{
	unsigned rows[3][NEAR_LEN + 1];

	for (size_t j = 0; j <= b_len; j++)
		rows[0][j] = (unsigned)j;
	for (size_t i = 1; i <= a_len; i++) {
		unsigned *row = rows[i % 3], *above = rows[(i + 2) % 3];

		row[0] = (unsigned)i;
		for (size_t j = 1; j <= b_len; j++) {
			bool same = lower(a[i - 1]) == lower(b[j - 1]);

			row[j] = least(above[j - 1] + !same,
			    least(above[j], row[j - 1]) + 1);
			if (i > 1 && j > 1 &&
			    lower(a[i - 1]) == lower(b[j - 2]) &&
			    lower(a[i - 2]) == lower(b[j - 1]))
				row[j] = least(
				    row[j], rows[(i + 1) % 3][j - 2] + 1);
		}
	}
	return rows[a_len % 3][b_len];
}

static unsigned
distance(const char *given, const char *name)
{
	size_t given_len = strlen(given), name_len = strlen(name), i = 0;
	unsigned far = 1000, d;

	if (given_len == 0 || given_len > NEAR_LEN || name_len > NEAR_LEN)
		return far;
	d = edit_distance(given, given_len, name, name_len);
	if (d <= least((unsigned)given_len / 3 + 1, 3))
		return d;
	while (i < given_len && lower(given[i]) == lower(name[i]))
		i++;
	return given_len >= 3 && i == given_len ? 3 : far;
}

/* The best so far, and how far they are. */
struct ranking {
	const char **near;
	unsigned far[MODEL_NEAR];
	size_t n;
};

static void
rank(struct ranking *r, const char *name, unsigned far)
{
	size_t i;

	if (far >= 1000)
		return;
	for (i = r->n; i > 0 && r->far[i - 1] > far; i--) {
		if (i < MODEL_NEAR) {
			r->near[i] = r->near[i - 1];
			r->far[i] = r->far[i - 1];
		}
	}
	if (i == MODEL_NEAR)
		return;
	r->near[i] = name;
	r->far[i] = far;
	if (r->n < MODEL_NEAR)
		r->n++;
}

size_t
model_near_types(const char *near[static MODEL_NEAR], const char *name)
{
	struct ranking r = { .near = near };

	for (size_t i = 0; i < LEN(types); i++)
		rank(&r, types[i].name, distance(name, types[i].name));
	return r.n;
}

size_t
model_near_fields(const char *near[static MODEL_NEAR],
    const struct model_type *type, const char *name)
{
	struct ranking r = { .near = near };
	const struct model_field *field = NULL;

	while ((field = model_next_field(type, field)) != NULL)
		rank(&r, field->name, distance(name, field->name));
	return r.n;
}

size_t
model_near_members(const char *near[static MODEL_NEAR],
    const struct model_object *object, const char *name)
{
	struct ranking r = { .near = near };

	for (size_t i = 0; i < object->n; i++)
		rank(&r, object->fields[i].name,
		    distance(name, object->fields[i].name));
	return r.n;
}

size_t
model_near_codes(const char *near[static MODEL_NEAR],
    const struct model_vocab *vocab, const char *code)
{
	struct ranking r = { .near = near };

	for (size_t i = 0; i < vocab->n; i++) {
		const struct model_code *c = &vocab->codes[i];
		unsigned far = least(
		    distance(code, c->code), distance(code, c->label));

		if (c->esf != NULL && strcmp(c->esf, code) == 0)
			far = 0;
		rank(&r, c->code, far);
	}
	return r.n;
}
