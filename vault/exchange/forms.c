/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "exchange/forms.h"

#define LEN(array) (sizeof(array) / sizeof((array)[0]))
#define HEAD(text)                                                             \
	{                                                                      \
		.label = (text)                                                \
	}
#define ROW(text, path) .label = (text), .from = (path)
#define NEED(what) .need = (what)
#define KNOWN .need = FORM_IF_KNOWN
#define RECALLED .recalled = true

/* Codes of acts, and of situations, that rows are limited to. */
#define GONE                                                                   \
	"missing enforced-disappearance abduction arbitrary-arrest"            \
	" arbitrary-detention"
#define TAKEN_ACTS                                                             \
	"enforced-disappearance abduction arbitrary-arrest"                    \
	" arbitrary-detention house-arrest mass-roundup"
#define HELD_STATUS                                                            \
	"missing located held held-admin held-crim arrested house black-jail"  \
	" psych travelled"
#define TAKEN TAKEN_ACTS " " HELD_STATUS
#define ILL_TREATED "torture assault sexual-violence rape"

/* What all forms ask of the office; records.md, 11: never from a record. */
#define SUBMITTER                                                              \
	{ ROW("Organisation", "@office") },                                    \
	    { ROW("Name of the person", "@fill") },                            \
	    { ROW("Address", "@fill") },                                       \
	{                                                                      \
		ROW("Telephone, e-mail", "@fill")                              \
	}
#define SIGNED                                                                 \
	{ ROW("Date", "@fill") },                                              \
	{                                                                      \
		ROW("Signature", "@fill")                                      \
	}

static const struct form_row wgeid_rows[] = {
	HEAD("1. Identity of the disappeared person"),
	{ ROW("Name", "person.names"), NEED("(a)") },
	{ ROW("Pseudonym", "person.pseudonym") },
	{ ROW("Sex", "person.sex"), KNOWN },
	{ ROW("Date of birth", "person.born person.age"), KNOWN },
	{ ROW("Place of birth", "person.birth_place") },
	{ ROW("Nationality", "person.nationalities"), KNOWN },
	{ ROW("Identity paper", "person.id_papers"), KNOWN },
	{ ROW("Profession or occupation", "person.occupations"), KNOWN },
	{ ROW("Activities", "person.activities"), KNOWN },
	{ ROW("Address", "person.addresses"), KNOWN },
	{ ROW("Marital status", "person.marital"), KNOWN },
	{ ROW("Pregnant", "person.pregnant"), KNOWN, .unless = "sex=m",
	    RECALLED },
	{ ROW("Under 18", "person.minor"), KNOWN },
	{ ROW("Member of a minority or an indigenous people",
	      "person.minority"),
	    KNOWN },
	{ ROW("Mother", "person.mother"), KNOWN, RECALLED },
	{ ROW("Father", "person.father"), KNOWN, RECALLED },
	{ ROW("Photograph", "person.photo"), KNOWN },
	HEAD("2. Date of the disappearance"),
	{ ROW("Date of arrest, abduction or disappearance",
	      "status.date act.date"),
	    .only = GONE, NEED("(b)"), RECALLED, .month = true },
	{ ROW("Last seen or heard from", "status.last_contact"), .only = GONE },
	{ ROW("Duration", "act.duration"), .only = GONE },
	HEAD("3. Place of the disappearance"),
	{ ROW("Place of arrest or abduction, or where last seen",
	      "act.places status.place"),
	    .only = GONE, NEED("(c)") },
	HEAD("4. Forces held responsible"),
	{ ROW("State agents, or forces backed by the State, and why",
	      "act.perpetrators"),
	    .only = GONE, NEED("(d)") },
	{ ROW("Force that holds the person", "act.detention.force"),
	    .only = GONE },
	{ ROW("Who ordered it", "act.detention.ordering_authority"),
	    .only = GONE },
	{ ROW("Authority", "status.authority"), .only = GONE },
	HEAD("5. Circumstances"),
	{ ROW("Account", "act.description testimony.text"), KNOWN },
	{ ROW("Reason that was given", "act.stated_reason") },
	{ ROW("What the authorities say", "act.official_position") },
	{ ROW("Witnesses", "@witnesses"), KNOWN },
	{ ROW("What is recorded", "@history") },
	HEAD("6. Action taken"),
	{ ROW("Inquiries, habeas corpus, complaints: dates, authority, result; "
	      "or why none",
	      "act.detention.remedies"),
	    NEED("(e)") },
	HEAD("7. Submitted by"),
	SUBMITTER,
	{ ROW("Relation to the disappeared person", "@relation"), NEED("(f)") },
	{ ROW("Consent", "@consent") },
	{ ROW("Is the name of the submitter to be kept confidential?", "@fill"),
	    RECALLED },
	SIGNED,
};

static const struct form_row wgad_rows[] = {
	HEAD("I. Identity"),
	{ ROW("Name", "person.names"), NEED("must") },
	{ ROW("Sex", "person.sex"), KNOWN },
	{ ROW("Date of birth, or age", "person.born person.age"), KNOWN },
	{ ROW("Nationality", "person.nationalities"), KNOWN },
	{ ROW("Identity paper, its issuer and date", "person.id_papers"), KNOWN,
	    RECALLED },
	{ ROW("Profession", "person.occupations"), KNOWN },
	{ ROW("Activities", "person.activities") },
	{ ROW("Address", "person.addresses"), KNOWN, RECALLED },
	HEAD("II. Arrest"),
	{ ROW("Date of arrest", "status.date act.date"), .only = TAKEN,
	    NEED("must"), RECALLED },
	{ ROW("Place of arrest", "act.places status.place"), .only = TAKEN,
	    NEED("must"), RECALLED },
	{ ROW("Forces that arrested", "act.perpetrators"), .only = TAKEN,
	    NEED("must"), RECALLED },
	{ ROW("Was a warrant shown?", "act.detention.warrant"), KNOWN,
	    RECALLED },
	{ ROW("Authority that issued it", "act.detention.warrant_authority"),
	    KNOWN, RECALLED },
	{ ROW("Law applied", "act.detention.legal_basis"), KNOWN, RECALLED },
	HEAD("III. Detention"),
	{ ROW("Duration", "act.duration"), .only = TAKEN, KNOWN, RECALLED },
	{ ROW("Forces that hold the person", "act.detention.force"), KNOWN,
	    RECALLED },
	{ ROW("Places of detention and transfers",
	      "act.detention.facilities status.place"),
	    .only = TAKEN, KNOWN, RECALLED },
	{ ROW("Authority that ordered it",
	      "act.detention.ordering_authority status.authority"),
	    .only = TAKEN, KNOWN, RECALLED },
	{ ROW("Reasons given",
	      "act.stated_reason act.detention.charges "
	      "status.charges"),
	    KNOWN, RECALLED },
	{ ROW("Reasons given by", "act.stated_by") },
	{ ROW("Court", "act.detention.court") },
	{ ROW("Sentence", "status.sentence") },
	{ ROW("Was the family told?", "act.detention.family_notified") },
	{ ROW("May the family visit?", "act.detention.family_access") },
	{ ROW("Access of a lawyer", "act.detention.lawyer_access") },
	{ ROW("What is recorded", "@history") },
	HEAD("IV. Why it is arbitrary"),
	{ ROW("Circumstances and reasons", "act.description testimony.text"),
	    NEED("must") },
	{ ROW("Category: 1 no legal basis, 2 exercise of rights, 3 unfair "
	      "trial, 4 asylum seekers and migrants, 5 discrimination",
	      "act.detention.wgad_category"),
	    NEED("must"), RECALLED },
	{ ROW("National laws broken", "act.laws_national") },
	{ ROW("International law broken", "act.laws_international") },
	HEAD("V. Domestic remedies"),
	{ ROW("Remedies tried, and their results", "act.detention.remedies"),
	    NEED("must"), RECALLED },
	HEAD("VI. Submitted by"),
	SUBMITTER,
	{ ROW("Relation to the detained person", "@relation") },
	{ ROW("Consent", "@consent") },
	SIGNED,
};

static const struct form_row torture_rows[] = {
	HEAD("I. Identity of the person"),
	{ ROW("Full name", "person.names"), NEED("must") },
	{ ROW("Sex", "person.sex"), KNOWN, RECALLED },
	{ ROW("Age, or date of birth", "person.age person.born"),
	    NEED("must") },
	{ ROW("Nationality", "person.nationalities"), NEED("must") },
	{ ROW("Occupation", "person.occupations"), NEED("must") },
	{ ROW("Identity paper", "person.id_papers"), KNOWN, RECALLED },
	{ ROW("Activities", "person.activities"), KNOWN, RECALLED },
	{ ROW("Address", "person.addresses"), KNOWN, RECALLED },
	HEAD("II. Circumstances of the torture"),
	{ ROW("Date and time of arrest", "status.date act.date"), .only = TAKEN,
	    NEED("must") },
	{ ROW("Place of arrest and detention",
	      "act.places act.detention.facilities status.place"),
	    .only = TAKEN, NEED("must") },
	{ ROW("Duration", "act.duration"), .only = TAKEN },
	{ ROW("Date of torture", "act.date"), .only = ILL_TREATED, NEED("must"),
	    RECALLED },
	{ ROW("Place of torture", "act.places"), .only = ILL_TREATED,
	    NEED("must"), RECALLED },
	{ ROW("Forces that hold or held the person",
	      "act.detention.force status.authority"),
	    KNOWN, RECALLED },
	{ ROW("Perpetrators", "act.perpetrators"), NEED("must") },
	{ ROW("Detailed account, or why torture is feared",
	      "act.description testimony.text"),
	    NEED("must") },
	{ ROW("Methods", "act.methods"), .only = ILL_TREATED, KNOWN, RECALLED },
	{ ROW("Injuries", "act.torture.injuries act.physical"), KNOWN,
	    RECALLED },
	{ ROW("Consequences for the mind", "act.psychological") },
	{ ROW("Believed purpose", "act.purposes"), KNOWN, RECALLED },
	{ ROW("Was a statement signed?", "act.torture.statement_signed") },
	{ ROW("Access of a lawyer", "act.detention.lawyer_access"),
	    NEED("must") },
	{ ROW("Visits of the family, and after how long",
	      "act.detention.family_access"),
	    NEED("must") },
	{ ROW("Was the family told?", "act.detention.family_notified") },
	{ ROW("Examination by a doctor", "act.torture.doctor"), NEED("must") },
	{ ROW("Treatment", "act.torture.treatment"), KNOWN, RECALLED },
	{ ROW("Autopsy", "act.torture.autopsy"), RECALLED },
	{ ROW("Cause of death", "act.death.cause"), RECALLED },
	{ ROW("Witnesses", "@witnesses") },
	{ ROW("What is recorded", "@history") },
	HEAD("III. Remedies"),
	{ ROW("Remedies tried, and their results", "act.detention.remedies"),
	    KNOWN, RECALLED },
	HEAD("IV. Author of this report"),
	SUBMITTER,
	{ ROW("Relation to the person", "@relation") },
	{ ROW("Consent", "@consent") },
	SIGNED,
};

static const struct form_row special_rows[] = {
	HEAD("1. Victim"),
	{ ROW("Name", "person.names"), NEED("must") },
	{ ROW("Pseudonym", "person.pseudonym") },
	{ ROW("Age", "person.age person.born"), KNOWN },
	{ ROW("Gender", "person.sex"), KNOWN },
	{ ROW("Nationality", "person.nationalities"), KNOWN, RECALLED },
	{ ROW("Profession", "person.occupations"), KNOWN },
	{ ROW("Affiliations", "person.affiliations") },
	{ ROW("Views and activities related to the violation",
	      "person.activities"),
	    KNOWN },
	{ ROW("May the name be told to the government?", "@consent-gov"),
	    RECALLED },
	{ ROW("May the name stand in the public report?", "@consent-public"),
	    RECALLED },
	HEAD("2. What happened"),
	{ ROW("Date", "act.date status.date"), NEED("must") },
	{ ROW("Place", "act.places status.place"), NEED("must") },
	{ ROW("Account", "act.description testimony.text"), NEED("must") },
	{ ROW("Reason that was given", "act.stated_reason") },
	{ ROW("Law applied", "act.detention.legal_basis") },
	{ ROW("Charges", "act.detention.charges status.charges") },
	{ ROW("What the authorities say", "act.official_position") },
	{ ROW("Remedies tried, and their results", "act.detention.remedies") },
	{ ROW("Witnesses", "@witnesses") },
	{ ROW("What is recorded", "@history") },
	HEAD("3. Alleged perpetrators"),
	{ ROW("Who, also if they are no agents of the State; links to the "
	      "State, "
	      "and why",
	      "act.perpetrators"),
	    NEED("must") },
	{ ROW("Authority", "status.authority") },
	HEAD("4. Submitted by (kept confidential)"),
	SUBMITTER,
	{ ROW("Relation to the victim", "@relation") },
	{ ROW("Consent", "@consent") },
	SIGNED,
};

static const struct form forms[] = {
	{ "wgeid", "Working Group on Enforced or Involuntary Disappearances",
	    "hrc-wg-eid@un.org", "wgeid", "petition",
	    "Note: Urgent procedure: if it happened within the three months "
	    "before "
	    "the report is received.\n"
	    "Note: Committee on Enforced Disappearances, urgent action "
	    "(article "
	    "30): another form; the State must be a party to the "
	    "Convention.\n",
	    .family = true, .urgency = FORM_THREE_MONTHS, .rows = wgeid_rows,
	    .n = LEN(wgeid_rows) },
	{ "wgad", "Working Group on Arbitrary Detention", "hrc-wg-ad@un.org",
	    "wgad", "petition",
	    "Note: The government is given 60 days; its reply goes to whoever "
	    "submitted the case.\n",
	    .urgency = FORM_DETAINED, .rows = wgad_rows, .n = LEN(wgad_rows) },
	{ "sr-torture",
	    "Special Rapporteur on torture and other cruel, inhuman or "
	    "degrading treatment or punishment",
	    NULL, "sr-torture", "request",
	    "Note: An urgent appeal if somebody is at risk, else a letter of "
	    "allegation.\n",
	    .two_years = true, .urgency = FORM_AT_RISK, .rows = torture_rows,
	    .n = LEN(torture_rows) },
	{ "special-procedures",
	    "Special procedures of the Human Rights Council", NULL, "other",
	    "request",
	    "Note: Copy the two lines on consent word for word from the form "
	    "of the "
	    "day.\n",
	    .urgency = FORM_AT_RISK, .rows = special_rows,
	    .n = LEN(special_rows) },
};

const struct form *
forms_find(const char *code)
{
	for (size_t i = 0; i < LEN(forms); i++)
		if (strcmp(forms[i].code, code) == 0)
			return &forms[i];
	return NULL;
}

const char *
forms_code(size_t i)
{
	return i < LEN(forms) ? forms[i].code : NULL;
}

bool
forms_is_must(const struct form_row *row)
{
	return row->need != NULL && strcmp(row->need, FORM_IF_KNOWN) != 0;
}
