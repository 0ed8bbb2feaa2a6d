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
	{ "as", MODEL_TEXT, .quiet = true, TELL("Which record of the row") },
	{ "edition", MODEL_INT, .low = 2, .high = INT32_MAX,
	    TELL("How often an import wrote it") },
	{ "kept", MODEL_OBJECT, MANY, .object = &cell_object,
	    TELL("What the list says of fields changed here") },
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
	{ "n", MODEL_INT, .must_when = "op!=approx", .low = 0,
	    .high = INT32_MAX, TELL("Number") },
	{ "n2", MODEL_INT, .must_when = "op=range", .only_when = "op=range",
	    .not_below = "n", .low = 0, .high = INT32_MAX, TELL("Up to") },
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
	{ "length", MODEL_SPAN, .object = &span_object, .query = "duration",
	    TELL("Length") },
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

static const struct model_field perpetrator_members[] = {
	{ "who", MODEL_PARTY, .object = &party_object, TELL("Who") },
	{ "kind", MODEL_CODE, .codes = &vocab_perpetrator, TELL("Kind") },
	{ "role", MODEL_CODE, .codes = &vocab_role, TELL("Role") },
	{ "unit", MODEL_TEXT, TELL("Unit") },
	{ "uniform", MODEL_TEXT, TELL("Uniform") },
	{ "rank", MODEL_TEXT, TELL("Rank") },
	{ "nickname", MODEL_TEXT, .query = "name", TELL("Nickname") },
	{ "vehicle", MODEL_TEXT, TELL("Vehicle"),
	    .help = N_("make, colour, number plate") },
	{ "evidence", MODEL_LONG, TELL("Evidence"),
	    .help = N_("why they are held responsible") },
};
const struct model_object perpetrator_object = { OBJECT(
    "perpetrator", perpetrator_members) };

static const struct model_field remedy_members[] = {
	{ "date", MODEL_DATE, .object = &date_object, TELL("Date") },
	{ "by", MODEL_PARTY, .object = &party_object, TELL("By") },
	{ "authority", MODEL_TEXT, TELL("Authority") },
	{ "action", MODEL_TEXT, TELL("Action"),
	    .help = N_("an inquiry, habeas corpus, a complaint") },
	{ "result", MODEL_LONG, TELL("Result") },
};
const struct model_object remedy_object = { OBJECT("remedy", remedy_members),
	.any_of = "date by authority action result" };

static const struct model_field detention_members[] = {
	{ "warrant", MODEL_CODE, .codes = &vocab_yn,
	    TELL("Was a warrant shown?") },
	{ "warrant_authority", MODEL_TEXT, TELL("Who issued the warrant") },
	{ "legal_basis", MODEL_LONG, TELL("Law applied") },
	{ "charges", MODEL_TEXT, MANY, TELL("Charges") },
	{ "force", MODEL_TEXT, TELL("Force that holds them") },
	{ "facilities", MODEL_PLACE, MANY, .object = &place_object,
	    TELL("Places of detention"),
	    .help = N_("in order, each with from and to") },
	{ "ordering_authority", MODEL_TEXT, TELL("Who ordered it") },
	{ "acknowledged", MODEL_NUMBER, TELL("Is it acknowledged?"),
	    .help = N_("number of Micro-thesaurus 30") },
	{ "family_notified", MODEL_CODE, .codes = &vocab_yn,
	    TELL("Was the family told?") },
	{ "family_access", MODEL_CODE, .codes = &vocab_yn,
	    TELL("May the family visit?") },
	{ "lawyer_access", MODEL_NUMBER, TELL("Access of a lawyer"),
	    .help = N_("number of Micro-thesaurus 31") },
	{ "court", MODEL_CODE, .codes = &vocab_court, TELL("Court") },
	{ "remedies", MODEL_OBJECT, MANY, .object = &remedy_object,
	    TELL("Remedies tried") },
	{ "wgad_category", MODEL_CODE, .codes = &vocab_wgad,
	    TELL("Why it is arbitrary"),
	    .help = N_(
		"category of the Working Group on Arbitrary Detention") },
};
const struct model_object detention_object = { OBJECT(
    "detention", detention_members) };

static const struct model_field doctor_members[] = {
	{ "when", MODEL_CODE, .codes = &vocab_doctor_when, TELL("When") },
	{ "kind", MODEL_CODE, .codes = &vocab_doctor_kind,
	    TELL("Kind of doctor") },
	{ "date", MODEL_DATE, .object = &date_object, TELL("Date") },
	{ "could_detect", MODEL_CODE, .codes = &vocab_yn,
	    TELL("Could torture be detected?") },
	{ "certificate", MODEL_LINK, .targets = "document",
	    TELL("Certificate") },
	{ "findings", MODEL_LONG, TELL("Findings") },
	{ "consistency", MODEL_CODE, .codes = &vocab_consistency,
	    TELL("Consistent with the account?"),
	    .help = N_("scale of the Istanbul Protocol") },
};
const struct model_object doctor_object = { OBJECT("doctor", doctor_members) };

static const struct model_field torture_members[] = {
	{ "injuries", MODEL_LONG, TELL("Injuries") },
	{ "statement_signed", MODEL_NUMBER, TELL("Was a statement signed?"),
	    .help = N_("number of Micro-thesaurus 36") },
	{ "doctor", MODEL_OBJECT, .object = &doctor_object,
	    TELL("Examination by a doctor") },
	{ "treatment", MODEL_LONG, TELL("Treatment") },
	{ "autopsy", MODEL_LONG, TELL("Autopsy") },
};
const struct model_object torture_object = { OBJECT(
    "torture", torture_members) };

static const struct model_field death_members[] = {
	{ "cause", MODEL_LONG, TELL("Cause of death") },
	{ "autopsy", MODEL_NUMBER, TELL("Was there an autopsy?"),
	    .help = N_("number of Micro-thesaurus 34") },
	{ "certificate", MODEL_NUMBER, TELL("Is there a death certificate?"),
	    .help = N_("number of Micro-thesaurus 35") },
	{ "body_returned", MODEL_CODE, .codes = &vocab_yn,
	    TELL("Was the body returned?") },
};
const struct model_object death_object = { OBJECT("death", death_members) };

static const struct model_field response_members[] = {
	{ "date", MODEL_DATE, .object = &date_object, TELL("Date") },
	{ "from", MODEL_PARTY, .object = &party_object, TELL("From") },
	{ "code", MODEL_CODE, SHOULD, .codes = &vocab_response,
	    TELL("Response") },
	{ "text", MODEL_LONG, TELL("In their words") },
	{ "document", MODEL_LINK, .targets = "document", TELL("Document") },
};
const struct model_object response_object = { OBJECT(
    "response", response_members) };

static const struct model_field computed_members[] = {
	{ "n", MODEL_INT, MUST, .low = 0, .high = INT32_MAX, TELL("Certain") },
	{ "n_possible", MODEL_INT, .not_below = "n", .low = 0,
	    .high = INT32_MAX, TELL("Possible") },
	{ "at", MODEL_DATE, MUST, .object = &date_object, TELL("On") },
};
const struct model_object computed_object = { OBJECT(
    "computed", computed_members) };

const struct model_object *const model_objects[] = { &date_object, &span_object,
	&party_object, &cite_object, &place_object, &name_object,
	&translation_object, &cell_object, &import_object, &contact_object,
	&paper_object, &size_object, &relation_object, &sentence_object,
	&custody_object, &perpetrator_object, &remedy_object, &detention_object,
	&doctor_object, &torture_object, &death_object, &response_object,
	&computed_object };
const size_t model_objects_n = LEN(model_objects);
