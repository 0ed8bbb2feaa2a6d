/* SPDX-License-Identifier: ISC */
/*
 * vocab - the codes of records.md, 5, with their numbers in the HURIDOCS
 * Micro-thesauri (Dueck, Guzman, Verstappen, 2001), used with thanks.
 */
#include "record/country.h"
#include "record/vocab.h"

#define N_(text) text /* marks what xgettext shall find */

static const struct model_code yn_codes[] = {
	{ "y", NULL, N_("yes"), NULL },
	{ "n", NULL, N_("no"), NULL },
	{ "u", NULL, N_("unknown"), NULL },
};

static const struct model_code sex_codes[] = {
	{ "m", NULL, N_("male"), NULL },
	{ "f", NULL, N_("female"), NULL },
	{ "x", NULL, N_("other"), NULL },
	{ "u", NULL, N_("unknown"), NULL },
};

static const struct model_code status_codes[] = {
	{ "missing", "0103",
	    N_("missing: whereabouts unknown, or incommunicado"), NULL },
	{ "reappeared", "010401", N_("reappeared: found alive and free"),
	    NULL },
	{ "located", "010402", N_("located: found alive in custody"),
	    "in-custody" },
	{ "held", "0202", N_("held, legal form unknown"), "in-custody" },
	{ "held-admin", "MT29 01", N_("held: administrative detention"),
	    "in-custody" },
	{ "held-crim", "020201",
	    N_("held: criminal detention by police before arrest"),
	    "in-custody" },
	{ "arrested", "020201",
	    N_("arrested: arrest approved by the prosecutor"), "in-custody" },
	{ "house", NULL, N_("house arrest, residential surveillance"),
	    "in-custody" },
	{ "black-jail", "MT5 0206", N_("held in an unofficial place"),
	    "in-custody" },
	{ "psych", "MT5 0204", N_("held in a psychiatric institution"),
	    "in-custody" },
	{ "travelled", NULL, N_("taken on forced travel"), NULL },
	{ "charged", NULL, N_("charged"), "in-custody" },
	{ "tried", "020202", N_("tried"), "in-custody" },
	{ "sentenced", "020203", N_("sentenced"), "in-custody" },
	{ "bail", "020101", N_("released on bail"), NULL },
	{ "released", "0201", N_("released"), NULL },
	{ "served", "020105", N_("released after serving the sentence"), NULL },
	{ "acquitted", "020104", N_("acquitted"), NULL },
	{ "dropped", "020103", N_("charges dropped"), NULL },
	{ "exiled", "0302", N_("exiled"), NULL },
	{ "dead", "0101", N_("dead"), NULL },
	{ "dead-custody", NULL, N_("died in custody"), NULL },
	{ "executed", NULL, N_("executed"), NULL },
	{ "unknown", "99", N_("unknown"), NULL },
};

static const struct model_code certainty_codes[] = {
	{ "confirmed", "01", N_("confirmed"), NULL },
	{ "likely", "04", N_("likely"), NULL },
	{ "possible", "03", N_("possible"), NULL },
	{ "unlikely", "02", N_("unlikely"), NULL },
	{ "unknown", "99", N_("unknown"), NULL },
};

static const struct model_code verdict_codes[] = {
	{ "confirmed", "01", N_("confirmed"), NULL },
	{ "likely", "04", N_("likely"), NULL },
	{ "possible", "03", N_("possible"), NULL },
	{ "unlikely", "02", N_("unlikely"), NULL },
	{ "unknown", "99", N_("unknown"), NULL },
	{ "not-a-violation", "0103", N_("not a violation"), NULL },
};

static const struct model_code reliability_codes[] = {
	{ "A", "01", N_("completely reliable"), NULL },
	{ "B", "02", N_("usually reliable"), NULL },
	{ "C", "03", N_("fairly reliable"), NULL },
	{ "D", "04", N_("not usually reliable"), NULL },
	{ "E", "05", N_("unreliable"), NULL },
	{ "F", "99", N_("reliability cannot be judged"), NULL },
};

static const struct model_code credibility_codes[] = {
	{ "1", NULL, N_("confirmed by other sources"), NULL },
	{ "2", NULL, N_("probably true"), NULL },
	{ "3", NULL, N_("possibly true"), NULL },
	{ "4", NULL, N_("doubtful"), NULL },
	{ "5", NULL, N_("improbable"), NULL },
	{ "6", NULL, N_("truth cannot be judged"), NULL },
};

static const struct model_code right_codes[] = {
	{ "life", "0101", N_("right to life"), NULL },
	{ "abuse-of-authority", "0105",
	    N_("protection against abuse of authority"), NULL },
	{ "legal-person", "0106", N_("recognition as a person before the law"),
	    NULL },
	{ "liberty", "0108", N_("liberty and security of person"), NULL },
	{ "integrity", "0109", N_("integrity of the person"), NULL },
	{ "no-torture", "0111", N_("freedom from torture"), NULL },
	{ "no-inhuman", "0112",
	    N_("freedom from inhuman or degrading treatment"), NULL },
	{ "assembly", "0113", N_("freedom of assembly"), NULL },
	{ "association", "0114", N_("freedom of association"), NULL },
	{ "conscience", "0115", N_("freedom of thought and conscience"), NULL },
	{ "expression", "0116", N_("freedom of opinion and expression"), NULL },
	{ "movement", "0121", N_("freedom of movement"), NULL },
	{ "religion", "0122", N_("freedom of religion"), NULL },
	{ "privacy", "0128", N_("right to privacy"), NULL },
};

static const struct model_code op_codes[] = {
	{ "eq", NULL, N_("exactly"), NULL },
	{ "min", NULL, N_("at least"), NULL },
	{ "max", NULL, N_("at most"), NULL },
	{ "approx", NULL, N_("about"), NULL },
	{ "range", NULL, N_("from one number to another"), NULL },
};

static const struct model_code monitoring_codes[] = {
	{ "active", "01", N_("active"), NULL },
	{ "pending", "02", N_("pending"), NULL },
	{ "closed", "03", N_("closed"), NULL },
};

static const struct model_code priority_codes[] = {
	{ "urgent", "01", N_("urgent"), NULL },
	{ "high", "02", N_("high"), NULL },
	{ "normal", "03", N_("normal"), NULL },
	{ "low", "04", N_("low"), NULL },
	{ "rejected", "05", N_("rejected"), NULL },
};

static const struct model_code person_kind_codes[] = {
	{ "individual", "01", N_("an individual"), NULL },
	{ "family", "02", N_("a family"), NULL },
	{ "group", "03", N_("a group"), NULL },
	{ "organisation", "03", N_("an organisation"), NULL },
	{ "agency", NULL, N_("an agency of a state"), NULL },
};

static const struct model_code relation_codes[] = {
	{ "spouse", "010101", N_("spouse"), NULL },
	{ "sibling", "010102", N_("brother or sister"), NULL },
	{ "parent", "010103", N_("parent"), NULL },
	{ "child", "010104", N_("child"), NULL },
	{ "relative", "010105", N_("other relative"), NULL },
	{ "friend", "010201", N_("friend"), NULL },
	{ "co-worker", "010401", N_("co-worker"), NULL },
	{ "colleague", "010501", N_("professional colleague"), NULL },
	{ "lawyer", "01060201", N_("lawyer"), NULL },
	{ "member", "1101", N_("member"), NULL },
	{ "officer", "1102", N_("officer"), NULL },
	{ "branch", "2101", N_("branch"), NULL },
	{ "other", "90", N_("other"), NULL },
};

static const struct model_code medium_codes[] = {
	{ "interview", NULL, N_("interview"), NULL },
	{ "victim-testimony", NULL, N_("testimony of a victim"), NULL },
	{ "witness-testimony", NULL, N_("testimony of a witness"), NULL },
	{ "letter", NULL, N_("letter"), NULL },
	{ "affidavit", NULL, N_("affidavit"), NULL },
	{ "telephone", NULL, N_("telephone call"), NULL },
	{ "questionnaire", NULL, N_("questionnaire"), NULL },
	{ "press-release", NULL, N_("press release"), NULL },
	{ "press", NULL, N_("newspaper or magazine"), NULL },
	{ "broadcast", NULL, N_("radio or television"), NULL },
	{ "court-record", NULL, N_("court record"), NULL },
	{ "medical", NULL, N_("medical record"), NULL },
	{ "autopsy", NULL, N_("autopsy report"), NULL },
	{ "photo", NULL, N_("photo"), NULL },
	{ "audio", NULL, N_("sound recording"), NULL },
	{ "video", NULL, N_("video"), NULL },
	{ "social-media", NULL, N_("social media"), NULL },
	{ "report", NULL, N_("report"), NULL },
	{ "document", NULL, N_("other document"), NULL },
	{ "dataset", NULL, N_("data set"), NULL },
	{ "other", NULL, N_("other"), NULL },
};

static const struct model_code connection_codes[] = {
	{ "victim", "0101", N_("the victim"), NULL },
	{ "witness", "0102", N_("a witness"), NULL },
	{ "perpetrator", "0103", N_("a perpetrator"), NULL },
	{ "relative", "020101", N_("a relative"), NULL },
	{ "colleague", "020102", N_("a colleague"), NULL },
	{ "reporter", "0301", N_("a reporter"), NULL },
	{ "lawyer", "0401", N_("a lawyer"), NULL },
	{ "medical", "0402", N_("medical staff"), NULL },
	{ "ngo", "0404", N_("a non-governmental organisation"), NULL },
	{ "human-rights-ngo", "040401", N_("a human rights organisation"),
	    NULL },
	{ "unknown", "99", N_("unknown"), NULL },
};

static const struct model_code restriction_codes[] = {
	{ "gagged", NULL, N_("barred from speaking"), NULL },
	{ "surveilled", NULL, N_("under surveillance"), NULL },
	{ "travel-ban", NULL, N_("barred from travelling"), NULL },
	{ "bail", NULL, N_("on bail"), NULL },
};

static const struct model_code scope_codes[] = {
	{ "store", NULL, N_("may be kept"), NULL },
	{ "partner", NULL, N_("partner offices"), NULL },
	{ "un", NULL, N_("a UN body, in confidence"), NULL },
	{ "gov", NULL, N_("the government concerned"), NULL },
	{ "un-public", NULL, N_("public reports of the UN"), NULL },
	{ "media", NULL, N_("press and web"), NULL },
	{ "court", NULL, N_("courts"), NULL },
	{ "research", NULL, N_("statistics without names"), NULL },
};

static const struct model_code name_kind_codes[] = {
	{ "legal", NULL, N_("legal name"), NULL },
	{ "usual", NULL, N_("usual name"), NULL },
	{ "pen", NULL, N_("pen name"), NULL },
	{ "religious", NULL, N_("religious name"), NULL },
	{ "nick", NULL, N_("nickname"), NULL },
	{ "birth", NULL, N_("name at birth"), NULL },
	{ "alias", NULL, N_("alias"), NULL },
	{ "romanised", NULL, N_("romanised form"), NULL },
	{ "misspelling", NULL, N_("misspelling found in sources"), NULL },
};

static const struct model_code name_order_codes[] = {
	{ "family-first", NULL, N_("family name first"), NULL },
	{ "given-first", NULL, N_("given name first"), NULL },
};

static const struct model_code name_system_codes[] = {
	{ "pinyin", NULL, N_("Hanyu Pinyin"), NULL },
	{ "wylie", NULL, N_("Wylie"), NULL },
	{ "ala-lc", NULL, N_("ALA-LC"), NULL },
};

#define VOCAB(id, name, table, open)                                           \
	const struct model_vocab vocab_##id = { name, table, id##_codes,       \
		sizeof(id##_codes) / sizeof(id##_codes[0]), open }

VOCAB(yn, "yn", NULL, false);
VOCAB(sex, "sex", NULL, false);
VOCAB(status, "status", "MT25", false);
VOCAB(certainty, "certainty", "MT41", false);
VOCAB(verdict, "verdict", "MT41", false);
VOCAB(reliability, "reliability", "MT42", false);
VOCAB(credibility, "credibility", NULL, false);
VOCAB(right, "right", "MT03", false);
VOCAB(op, "op", NULL, false);
VOCAB(monitoring, "monitoring", "MT43", false);
VOCAB(priority, "priority", "MT46", false);
VOCAB(person_kind, "person-kind", "MT07", false);
VOCAB(relation, "relation", "MT21", false);
VOCAB(medium, "medium", "MT16", false);
VOCAB(connection, "connection", "MT19", false);
VOCAB(restriction, "restriction", NULL, false);
VOCAB(scope, "scope", NULL, false);
VOCAB(name_kind, "name-kind", NULL, false);
VOCAB(name_order, "name-order", NULL, false);
VOCAB(name_system, "name-system", NULL, true);

const struct model_vocab *const vocab_all[] = {
	&vocab_yn,
	&vocab_sex,
	&vocab_status,
	&vocab_certainty,
	&vocab_verdict,
	&vocab_reliability,
	&vocab_credibility,
	&vocab_right,
	&vocab_op,
	&vocab_monitoring,
	&vocab_priority,
	&vocab_person_kind,
	&vocab_relation,
	&vocab_medium,
	&vocab_connection,
	&vocab_restriction,
	&vocab_scope,
	&vocab_name_kind,
	&vocab_name_order,
	&vocab_name_system,
	&country_vocab,
};
const size_t vocab_n = sizeof(vocab_all) / sizeof(vocab_all[0]);
