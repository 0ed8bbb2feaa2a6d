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

static const struct model_code act_codes[] = {
	{ "enforced-disappearance", "030103", N_("enforced disappearance"),
	    NULL },
	{ "arbitrary-arrest", "030101", N_("arbitrary arrest"), NULL },
	{ "arbitrary-detention", "030102", N_("arbitrary detention"), NULL },
	{ "abduction", "030104", N_("abduction"), NULL },
	{ "house-arrest", "030105", N_("house arrest"), NULL },
	{ "mass-roundup", "030107", N_("mass round-up"), NULL },
	{ "torture", "02011111", N_("torture"), NULL },
	{ "assault", "020101", N_("assault"), NULL },
	{ "sexual-violence", "020102", N_("sexual violence"), NULL },
	{ "rape", "02011101", N_("rape"), NULL },
	{ "threat", "02010301", N_("threat"), NULL },
	{ "death-threat", "02010302", N_("death threat"), NULL },
	{ "surveillance", "02010303", N_("surveillance"), NULL },
	{ "raid", "040101", N_("raid"), NULL },
	{ "killing", "0101", N_("killing, not further judged"), NULL },
	{ "summary-execution", "01010101", N_("summary execution"), NULL },
	{ "extrajudicial-execution", "01010102", N_("extrajudicial execution"),
	    NULL },
	{ "capital-punishment", "01010103", N_("capital punishment"), NULL },
	{ "attempted-killing", "010109", N_("attempted killing"), NULL },
	{ "censorship", "100101", N_("censorship"), NULL },
	{ "speech-ban", "100104", N_("ban on speaking"), NULL },
	{ "travel-ban", "050106", N_("ban on travelling"), NULL },
	{ "exile", "050102", N_("exile"), NULL },
	{ "office-closure", "120101", N_("closure of an office"), NULL },
	{ "assembly-ban", "120105", N_("ban on assembling"), NULL },
	{ "property-seizure", "130107", N_("seizure of property"), NULL },
	{ "other", NULL, N_("other"), NULL },
};

static const struct model_code method_codes[] = {
	{ "shooting", "0101", N_("shooting"), NULL },
	{ "blade", "0103", N_("blade"), NULL },
	{ "burning", "0105", N_("burning"), NULL },
	{ "bombing", "0106", N_("bombing"), NULL },
	{ "poisoning", "0108", N_("poisoning"), NULL },
	{ "beating", "0301", N_("beating"), NULL },
	{ "electric", "0308", N_("electric shocks"), NULL },
	{ "asphyxia", "0309", N_("asphyxia"), NULL },
	{ "submersion", "030901", N_("submersion"), NULL },
	{ "forced-posture", "0311", N_("forced posture"), NULL },
	{ "suspension", "031101", N_("suspension"), NULL },
	{ "food-deprivation", "031501", N_("deprivation of food"), NULL },
	{ "sleep-deprivation", "031502", N_("deprivation of sleep"), NULL },
	{ "denied-medical", "031503", N_("denial of medical care"), NULL },
	{ "forced-feeding", "0316", N_("forced feeding"), NULL },
	{ "bound", "031701", N_("binding"), NULL },
	{ "isolation", "0318", N_("isolation"), NULL },
	{ "blindfold", "031904", N_("blindfold or hood"), NULL },
	{ "nakedness", "032102", N_("forced nakedness"), NULL },
	{ "threats", "0322", N_("threats"), NULL },
	{ "drugged", "0325", N_("drugging"), NULL },
	{ "sexual", "0305/0306", N_("sexual violence"), NULL },
	{ "psychiatric", "0204", N_("psychiatric confinement"), NULL },
	{ "other", "0390", N_("other"), NULL },
};

static const struct model_code purpose_codes[] = {
	{ "information", "01", N_("to obtain information or a confession"),
	    NULL },
	{ "intimidation", "02", N_("to intimidate"), NULL },
	{ "punishment", "03", N_("to punish"), NULL },
	{ "extortion", "07", N_("to extort"), NULL },
	{ "other", "9", N_("other"), NULL },
};

static const struct model_code position_codes[] = {
	{ "acknowledged", "0101", N_("acknowledged"), NULL },
	{ "denied", "0102", N_("denied"), NULL },
	{ "responsibility-denied", "0103", N_("responsibility denied"), NULL },
	{ "other-account", "0104", N_("another account given"), NULL },
	{ "accepted", "0105", N_("responsibility accepted"), NULL },
};

static const struct model_code perpetrator_codes[] = {
	{ "national-official", "010101", N_("official of the state"), NULL },
	{ "local-official", "010102", N_("local official"), NULL },
	{ "military", "010103", N_("military"), NULL },
	{ "police", "010104", N_("police"), NULL },
	{ "prison", "010105", N_("prison staff"), NULL },
	{ "intelligence", "010106", N_("intelligence service"), NULL },
	{ "state-security", NULL, N_("state security police"), NULL },
	{ "judiciary", "0103", N_("judiciary"), NULL },
	{ "paramilitary", "020101", N_("paramilitary"), NULL },
	{ "vigilante", "020102", N_("vigilantes"), NULL },
	{ "guerrilla", "020201", N_("guerrilla"), NULL },
	{ "private-guard", "0204", N_("private guards"), NULL },
	{ "crowd", "0205", N_("a crowd"), NULL },
	{ "company", "2101", N_("a company"), NULL },
	{ "unknown", "99", N_("unknown"), NULL },
};

static const struct model_code role_codes[] = {
	{ "did", "0101", N_("did it"), NULL },
	{ "ordered", "0102", N_("ordered it"), NULL },
	{ "accomplice", "0103", N_("was an accomplice"), NULL },
	{ "present", "0104", N_("was present"), NULL },
	{ "planned", "0105", N_("planned it"), NULL },
	{ "suspected", "0106", N_("is suspected"), NULL },
	{ "failed-to-prevent", "0503", N_("failed to prevent it"), NULL },
	{ "political", "06", N_("has political responsibility"), NULL },
};

static const struct model_code court_codes[] = {
	{ "civilian", "01", N_("civilian court"), NULL },
	{ "military", "02", N_("military court"), NULL },
	{ "administrative", "03", N_("administrative authority"), NULL },
};

static const struct model_code wgad_codes[] = {
	{ "1", NULL, N_("no legal basis"), NULL },
	{ "2", NULL, N_("for the exercise of rights"), NULL },
	{ "3", NULL, N_("no fair trial"), NULL },
	{ "4", NULL, N_("asylum seekers and migrants"), NULL },
	{ "5", NULL, N_("discrimination"), NULL },
};

static const struct model_code consistency_codes[] = {
	{ "nc", NULL, N_("not consistent"), NULL },
	{ "c", NULL, N_("consistent: many other causes"), NULL },
	{ "hc", NULL, N_("highly consistent: few other causes"), NULL },
	{ "ty", NULL, N_("typical of"), NULL },
	{ "dx", NULL, N_("diagnostic of"), NULL },
};

static const struct model_code doctor_when_codes[] = {
	{ "during", NULL, N_("during detention"), NULL },
	{ "after", NULL, N_("after release"), NULL },
};

static const struct model_code doctor_kind_codes[] = {
	{ "prison", NULL, N_("doctor of the prison"), NULL },
	{ "independent", NULL, N_("independent doctor"), NULL },
};

static const struct model_code intervention_codes[] = {
	{ "financial", "0101", N_("financial help"), NULL },
	{ "legal", "0102", N_("legal help"), NULL },
	{ "medical", "0103", N_("medical help"), NULL },
	{ "publicity-victim", "0104", N_("publicity for the victim"), NULL },
	{ "confidential", "0105", N_("confidential approach"), NULL },
	{ "request", "0106", N_("request to authorities or bodies"), NULL },
	{ "investigation", "0201", N_("investigation"), NULL },
	{ "petition", "0202", N_("petition"), NULL },
	{ "publicity-event", "0203", N_("publicity for the event"), NULL },
	{ "other", "90", N_("other"), NULL },
};

static const struct model_code mechanism_codes[] = {
	{ "wgeid", NULL,
	    N_("Working Group on Enforced or Involuntary Disappearances"),
	    NULL },
	{ "wgad", NULL, N_("Working Group on Arbitrary Detention"), NULL },
	{ "sr-torture", NULL, N_("Special Rapporteur on torture"), NULL },
	{ "sr-defenders", NULL,
	    N_("Special Rapporteur on human rights defenders"), NULL },
	{ "sr-expression", NULL,
	    N_("Special Rapporteur on freedom of expression"), NULL },
	{ "ced-ua", NULL,
	    N_("Committee on Enforced Disappearances, urgent action"), NULL },
	{ "upr", NULL, N_("Universal Periodic Review"), NULL },
	{ "government", NULL, N_("a government"), NULL },
	{ "parliament", NULL, N_("a parliament"), NULL },
	{ "media", NULL, N_("the media"), NULL },
	{ "other", NULL, N_("other"), NULL },
};

static const struct model_code response_codes[] = {
	{ "favourable", "01", N_("favourable"), NULL },
	{ "pledged", "02", N_("pledged to act"), NULL },
	{ "countered", "03", N_("countered"), NULL },
	{ "denied", "0301", N_("denied"), NULL },
	{ "obstructed", "0302", N_("obstructed"), NULL },
	{ "asks-more", "04", N_("asks for more"), NULL },
	{ "token", "05", N_("for appearance only"), NULL },
	{ "none", "06", N_("none"), NULL },
	{ "other", "90", N_("other"), NULL },
};

/* Of these two scales the ends are described, what lies between is not. */
static const struct model_code impact_codes[] = {
	{ "1", "1", N_("strong positive"), NULL },
	{ "2", "2", N_("between 1 and 6"), NULL },
	{ "3", "3", N_("between 1 and 6"), NULL },
	{ "4", "4", N_("between 1 and 6"), NULL },
	{ "5", "5", N_("between 1 and 6"), NULL },
	{ "6", "6", N_("strong negative"), NULL },
	{ "99", "99", N_("unknown"), NULL },
};

static const struct model_code state_codes[] = {
	{ "1", "1", N_("action taken and continuing"), NULL },
	{ "2", "2", N_("between 1 and 6"), NULL },
	{ "3", "3", N_("between 1 and 6"), NULL },
	{ "4", "4", N_("between 1 and 6"), NULL },
	{ "5", "5", N_("between 1 and 6"), NULL },
	{ "6", "6", N_("no action"), NULL },
	{ "7", "7", N_("closed"), NULL },
};

static const struct model_code naming_codes[] = {
	{ "full", NULL, N_("full name"), NULL },
	{ "initials", NULL, N_("initials"), NULL },
	{ "pseudonym", NULL, N_("pseudonym"), NULL },
	{ "none", NULL, N_("no name"), NULL },
};

static const struct model_code giver_codes[] = {
	{ "self", NULL, N_("the person"), NULL },
	{ "parent", NULL, N_("a parent"), NULL },
	{ "guardian", NULL, N_("a guardian"), NULL },
	{ "family", NULL, N_("the family"), NULL },
	{ "lawyer", NULL, N_("a lawyer"), NULL },
	{ "none-possible", NULL, N_("nobody could be asked"), NULL },
};

static const struct model_code consent_form_codes[] = {
	{ "written", NULL, N_("in writing"), NULL },
	{ "recorded", NULL, N_("recorded"), NULL },
	{ "oral-noted", NULL, N_("spoken, and noted"), NULL },
	{ "inferred-public", NULL, N_("inferred: it is published already"),
	    NULL },
};

static const struct model_code unit_codes[] = {
	{ "persons", "01", N_("persons"), NULL },
	{ "families", "02", N_("families"), NULL },
	{ "groups", "03", N_("groups"), NULL },
	{ "communities", NULL, N_("communities"), NULL },
	{ "other", NULL, N_("other"), NULL },
};

static const struct model_code count_mode_codes[] = {
	{ "ever", NULL, N_("ever in one of these situations since a day"),
	    NULL },
	{ "now", NULL, N_("in one of these situations on that day"), NULL },
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
VOCAB(act, "act", "MT4", false);
VOCAB(method, "method", "MT5", false);
VOCAB(purpose, "purpose", "MT38", false);
VOCAB(position, "position", "MT28", false);
VOCAB(perpetrator, "perpetrator", "MT24", false);
VOCAB(role, "role", "MT18", false);
VOCAB(court, "court", "MT32", false);
VOCAB(wgad, "wgad-category", NULL, false);
VOCAB(consistency, "consistency", NULL, false);
VOCAB(doctor_when, "doctor-when", NULL, false);
VOCAB(doctor_kind, "doctor-kind", NULL, false);
VOCAB(intervention, "intervention", "MT20", false);
VOCAB(mechanism, "mechanism", NULL, false);
VOCAB(response, "response", "MT27", false);
VOCAB(impact, "impact", "MT44", false);
VOCAB(state, "state", "MT45", false);
VOCAB(naming, "naming", NULL, false);
VOCAB(giver, "giver", NULL, false);
VOCAB(consent_form, "consent-form", NULL, false);
VOCAB(unit, "unit", "MT07", false);
VOCAB(count_mode, "count-mode", NULL, false);

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
	&vocab_act,
	&vocab_method,
	&vocab_purpose,
	&vocab_position,
	&vocab_perpetrator,
	&vocab_role,
	&vocab_court,
	&vocab_wgad,
	&vocab_consistency,
	&vocab_doctor_when,
	&vocab_doctor_kind,
	&vocab_intervention,
	&vocab_mechanism,
	&vocab_response,
	&vocab_impact,
	&vocab_state,
	&vocab_naming,
	&vocab_giver,
	&vocab_consent_form,
	&vocab_unit,
	&vocab_count_mode,
	&country_vocab,
};
const size_t vocab_n = sizeof(vocab_all) / sizeof(vocab_all[0]);
