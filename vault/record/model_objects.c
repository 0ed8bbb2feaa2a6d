/* SPDX-License-Identifier: ISC */
/* model_objects - small objects that are types of fields (records.md, 2 to 4).
 */
#include "record/model_rows.h"

static const struct model_field date_members[] = {
	{ "edtf", MODEL_EDTF, TELL("Date"),
	    .help = N_(
		"2011-04-26, 2011-04, 2011~, [2011-04-27..2011-05-09]") },
	{ "text", MODEL_TEXT, TELL("In the words of the source") },
};
const struct model_object date_object = { OBJECT("date", date_members),
	.any_of = "edtf text" };

static const struct model_field span_members[] = {
	{ "iso", MODEL_PERIOD, TELL("Duration"), .help = N_("P10D, ~P2M") },
	{ "min", MODEL_PERIOD, TELL("At least") },
	{ "max", MODEL_PERIOD, TELL("At most") },
	{ "text", MODEL_TEXT, TELL("In the words of the source") },
};
const struct model_object span_object = { OBJECT("span", span_members),
	.any_of = "iso min max text" };

static const struct model_field party_members[] = {
	{ "ref", MODEL_LINK, .targets = "person", TELL("Person") },
	{ "text", MODEL_TEXT, .query = "name", TELL("Description"),
	    .help = N_("for people without a record of their own") },
};
const struct model_object party_object = { OBJECT("party", party_members),
	.any_of = "ref text" };

static const struct model_field cite_members[] = {
	{ "ref", MODEL_LINK, MUST, .targets = "testimony document",
	    TELL("Testimony or document") },
	{ "locator", MODEL_TEXT, TELL("Where in it"),
	    .help = N_("p. 159, 00:12:30") },
};
const struct model_object cite_object = { OBJECT("cite", cite_members) };

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
const struct model_object place_object = { OBJECT("place", place_members) };

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
const struct model_object name_object = { OBJECT("name", name_members),
	.single = "primary" };

static const struct model_field translation_members[] = {
	{ "field", MODEL_PATH, MUST, .quiet = true, TELL("Field") },
	{ "lang", MODEL_LANG, MUST, TELL("Language") },
	{ "text", MODEL_LONG, MUST, TELL("Translation") },
	{ "translator", MODEL_PARTY, .object = &party_object,
	    TELL("Translator") },
	{ "date", MODEL_DATE, .object = &date_object, TELL("Date") },
};
const struct model_object translation_object = { OBJECT(
    "translation", translation_members) };

static const struct model_field cell_members[] = {
	{ "name", MODEL_TEXT, MUST, .quiet = true, TELL("Column") },
	{ "text", MODEL_LONG, MUST, TELL("Value") },
};
const struct model_object cell_object = { OBJECT("cell", cell_members) };

static const struct model_field import_members[] = {
	{ "file", MODEL_TEXT, TELL("File") },
	{ "sha256", MODEL_HASH, TELL("SHA-256 of the file") },
	{ "row", MODEL_INT, .low = 0, .high = INT32_MAX, TELL("Row") },
	{ "map", MODEL_TEXT, .quiet = true, TELL("Map") },
	{ "key", MODEL_TEXT, MANY, .quiet = true, TELL("Key columns") },
	{ "fields", MODEL_OBJECT, MANY, .object = &cell_object,
	    TELL("Cells that found no field") },
};
const struct model_object import_object = { OBJECT("import", import_members) };

static const struct model_field contact_members[] = {
	{ "kind", MODEL_TEXT, .quiet = true, TELL("Kind of contact"),
	    .help = N_("telephone, e-mail, messenger") },
	{ "value", MODEL_TEXT, MUST, TELL("Number or address") },
	{ "safe", MODEL_CODE, .codes = &vocab_yn,
	    TELL("Is it safe to use it?") },
};
const struct model_object contact_object = { OBJECT(
    "contact", contact_members) };

static const struct model_field paper_members[] = {
	{ "kind", MODEL_TEXT, .quiet = true, TELL("Kind of paper") },
	{ "number", MODEL_TEXT, TELL("Number") },
	{ "issuer", MODEL_TEXT, TELL("Issuer") },
	{ "date", MODEL_DATE, .object = &date_object, TELL("Date of issue") },
};
const struct model_object paper_object = { OBJECT("paper", paper_members) };

static const struct model_field size_members[] = {
	{ "op", MODEL_CODE, MUST, .codes = &vocab_op, TELL("How exact") },
	{ "n", MODEL_INT, .low = 0, .high = INT32_MAX, TELL("Number") },
	{ "n2", MODEL_INT, .low = 0, .high = INT32_MAX, TELL("Up to") },
};
const struct model_object size_object = { OBJECT("size", size_members) };

static const struct model_field relation_members[] = {
	{ "to", MODEL_LINK, MUST, .targets = "person", TELL("Person") },
	{ "kind", MODEL_CODE, SHOULD, .codes = &vocab_relation,
	    TELL("Relation") },
	{ "date", MODEL_DATE, .object = &date_object, TELL("Date") },
};
const struct model_object relation_object = { OBJECT(
    "relation", relation_members) };

static const struct model_field sentence_members[] = {
	{ "length", MODEL_SPAN, .object = &span_object, TELL("Length") },
	{ "kind", MODEL_TEXT, TELL("Kind of sentence") },
	{ "from", MODEL_DATE, .object = &date_object, TELL("From") },
	{ "to", MODEL_DATE, .object = &date_object, .not_before = "from",
	    TELL("To") },
};
const struct model_object sentence_object = { OBJECT(
    "sentence", sentence_members) };

static const struct model_field custody_members[] = {
	{ "when", MODEL_DATE, SHOULD, .object = &date_object, TELL("When") },
	{ "from", MODEL_PARTY, .object = &party_object, TELL("From") },
	{ "to", MODEL_PARTY, .object = &party_object, TELL("To") },
	{ "what", MODEL_TEXT, TELL("What was done") },
	{ "sha256", MODEL_HASH, TELL("SHA-256") },
};
const struct model_object custody_object = { OBJECT(
    "custody", custody_members) };

const struct model_object *const model_objects[] = { &date_object, &span_object,
	&party_object, &cite_object, &place_object, &name_object,
	&translation_object, &cell_object, &import_object, &contact_object,
	&paper_object, &size_object, &relation_object, &sentence_object,
	&custody_object };
const size_t model_objects_n = LEN(model_objects);
