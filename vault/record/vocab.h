/* SPDX-License-Identifier: ISC */
/* vocab - the vocabularies that the tables of model.c name. */
#ifndef RECORD_VOCAB_H
#define RECORD_VOCAB_H

#include "record/model.h"

extern const struct model_vocab vocab_yn;
extern const struct model_vocab vocab_sex;
extern const struct model_vocab vocab_status;
extern const struct model_vocab vocab_certainty;
extern const struct model_vocab vocab_verdict;
extern const struct model_vocab vocab_reliability;
extern const struct model_vocab vocab_credibility;
extern const struct model_vocab vocab_right;
extern const struct model_vocab vocab_op;
extern const struct model_vocab vocab_monitoring;
extern const struct model_vocab vocab_priority;
extern const struct model_vocab vocab_person_kind;
extern const struct model_vocab vocab_relation;
extern const struct model_vocab vocab_medium;
extern const struct model_vocab vocab_connection;
extern const struct model_vocab vocab_restriction;
extern const struct model_vocab vocab_scope;
extern const struct model_vocab vocab_name_kind;
extern const struct model_vocab vocab_name_order;
extern const struct model_vocab vocab_name_system;
extern const struct model_vocab vocab_act;
extern const struct model_vocab vocab_method;
extern const struct model_vocab vocab_purpose;
extern const struct model_vocab vocab_position;
extern const struct model_vocab vocab_perpetrator;
extern const struct model_vocab vocab_role;
extern const struct model_vocab vocab_court;
extern const struct model_vocab vocab_wgad;
extern const struct model_vocab vocab_consistency;
extern const struct model_vocab vocab_doctor_when;
extern const struct model_vocab vocab_doctor_kind;
extern const struct model_vocab vocab_intervention;
extern const struct model_vocab vocab_mechanism;
extern const struct model_vocab vocab_response;
extern const struct model_vocab vocab_impact;
extern const struct model_vocab vocab_state;
extern const struct model_vocab vocab_naming;
extern const struct model_vocab vocab_giver;
extern const struct model_vocab vocab_consent_form;
extern const struct model_vocab vocab_unit;
extern const struct model_vocab vocab_count_mode;

/* All of them, and the countries. */
extern const struct model_vocab *const vocab_all[];
extern const size_t vocab_n;

#endif
