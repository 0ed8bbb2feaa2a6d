#!/bin/sh
# SPDX-License-Identifier: ISC
#
# planted - shows that unit tests find faults.  Each fault is planted in the
# files of vault/ that know its name; the test beside it must fail there, and
# pass without it.  To be run by `make planted`, which says how to link.
#
# The last line is "N planted, N caught".

set -u
built=build-test
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT

# The fault, the program that must notice, and which of its tests.
plants="
PLANT_NO_REOPEN test_pages sees_what_another_writer_committed_after_a_failed_commit
PLANT_WORKER_ORDER test_worker in_order_none_overlaps_another
PLANT_TAG15 test_age refuses_every_flipped_bit
PLANT_NO_FINAL test_age refuses_chunks_swapped_doubled_and_dropped
PLANT_UNVERIFIED test_age hands_out_only_what_comes_before_the_first_bad_chunk
PLANT_BECH32_CASE test_bech32 refuses_every_changed_character
PLANT_TAR_TRAILING test_tar refuses_every_flipped_bit_outside_the_contents
PLANT_MANIFEST_ORDER test_manifest refuses_every_other_text
PLANT_NO_GLOBAL test_minisig refuses_another_trusted_comment
PLANT_STALE_VALUES test_derived what_is_derived_is_what_the_bodies_say
PLANT_LONE_PART test_derived what_is_derived_is_what_the_bodies_say
PLANT_FORGETS_OTHERS test_tombstone our_own_words_protect_a_record
PLANT_ANY_SUCCESSOR test_signing refuses_a_succession_that_was_not_signed_so
PLANT_ANY_SUCCESSOR test_keycheck names_an_earlier_key_of_ours
PLANT_NEVER_FROZEN test_signing two_successors_freeze_until_one_is_compared
PLANT_FROZEN_HEARD test_signing a_frozen_contact_is_not_believed
PLANT_ANNOUNCED_SEALED_TO test_signing a_new_key_is_announced_and_taken_when_compared
PLANT_EARLIER_CARD test_signing a_new_key_is_announced_and_taken_when_compared
PLANT_OURS_FOLLOWED test_signing whoever_follows_our_key_has_stolen_it
PLANT_ONE_KEY test_renewed what_we_signed_before_is_ours
PLANT_ANNOUNCED_COMPARED test_renewed a_bundle_of_the_new_key_is_as_well_known_as_the_key
PLANT_EARLIER_UNSAID test_renewed a_bundle_of_the_new_key_is_as_well_known_as_the_key
PLANT_REVOCATION_UNSIGNED test_revoked refuses_every_other_text
PLANT_REVOCATION_UNSIGNED test_keycheck names_a_revocation
PLANT_REVOKED_SENDER test_revoked nothing_new_of_a_revoked_key_is_taken
PLANT_REVOKED_MEANWHILE test_revoked a_key_that_is_revoked_meanwhile_brings_nothing
PLANT_REVOKED_HEARD test_revoked a_tombstone_of_a_revoked_key_destroys_nothing
PLANT_REVOKED_CARD test_revoked a_key_can_be_revoked_before_it_is_known
PLANT_REVOKED_COMPARED test_revoked nothing_new_of_a_revoked_key_is_taken
PLANT_REVOKED_SEALED_TO test_revoked nothing_new_of_a_revoked_key_is_taken
PLANT_REVOKED_ANNOUNCED test_revoked a_key_that_is_announced_can_be_revoked
PLANT_ANNOUNCED_VOUCHES test_revoked only_the_present_key_vouches_and_only_compared
PLANT_EARLIER_VOUCHES test_revoked only_the_present_key_vouches_and_only_compared
PLANT_NO_CONSENT test_leaving_consent leaves_with_consent_only
PLANT_FOREIGN_CONSENT test_leaving_consent leaves_with_consent_only
PLANT_FOREIGN_REACH test_leaving_consent another_office_brings_no_consent_back
PLANT_FOREIGN_VICTIM test_leaving_consent another_office_changes_nobody_in_ours
PLANT_CONSENT_OLD test_leaving_consent a_consent_withdrawn_meanwhile_stops_it
PLANT_LAPSE_LOST test_leaving_consent a_forgotten_withdrawal_goes_on
PLANT_ROW_LEAVES test_leaving cells_of_a_list_stay
PLANT_FIELDS_ALONE test_leaving_names a_name_in_two_fields_is_asked_about
PLANT_AS_WRITTEN test_scan finds_a_name_however_it_is_written
PLANT_SPELT_RIGHT test_scan suspects_a_name_with_a_letter_wrong
PLANT_CLOSED_COPIED test_redact keeps_a_copy_and_logs_no_text
PLANT_DAY_UNSEEN test_leaving_names a_day_that_ends_meanwhile_stops_a_plain_file
PLANT_DAY_UNSEEN test_leaving_names what_changes_meanwhile_stops_a_report
PLANT_REPORT_OLD test_leaving_names what_changes_meanwhile_stops_a_report
PLANT_NAMES_UNSEEN test_leaving_names refuses_what_names_somebody
PLANT_SUBMITTED_ANYWAY test_submission needs_the_consent_of_the_person
PLANT_SAME_UNASKED test_submission takes_in_only_records_that_have_their_own_consent
PLANT_OTHERS_CONSENT test_submission a_record_needs_the_consent_of_whom_it_is_of
PLANT_SOURCES_UNASKED test_submission a_record_needs_the_consent_of_whom_it_is_of
PLANT_DRAFT_UNSEEN test_submission refuses_what_names_somebody
PLANT_KEPT_APART test_submission is_kept_whole_or_not_at_all
PLANT_SAME_UNHEARD test_heads who_somebody_is_we_say_alone
PLANT_SAME_HEARD test_same what_another_office_says_is_a_suggestion
PLANT_SAME_TAKEN_OVER test_same what_another_office_says_is_a_suggestion
PLANT_SAME_NAMED test_leaving_names another_record_hides_the_names_of_both
PLANT_NAMESAKE test_leaving_names a_name_that_is_taken_back_is_no_namesake
PLANT_UNSIGNED_TAKEN test_unsigned nobody_signed_it_and_a_person_decides
PLANT_UNSIGNED_UNSAID test_unsigned nobody_signed_it_and_a_person_decides
PLANT_UNSIGNED_NUMBER test_unsigned what_nobody_signed_has_no_number
PLANT_SIGNATURE_MISSING test_unsigned a_signature_that_was_taken_off_is_missed
PLANT_FIRST_MEANING test_date_words reads_numbers_in_the_order_of_the_map
PLANT_OURS_REPLACED test_table_again what_a_person_changed_is_never_replaced
PLANT_FOREIGN_EDITION test_table_claims an_edition_that_they_count_up_replaces_nothing
PLANT_FOREIGN_EDITION test_table_claims a_record_that_they_say_is_of_a_row_is_of_none
PLANT_FORGOTTEN_ROW test_table_again what_was_forgotten_stays_so
PLANT_FOREIGN_RENEWAL test_crowded others_consents_renew_nothing_and_take_no_time
PLANT_HALF_A_ROW test_table_records all_records_of_a_row_come_in_or_none
PLANT_DOUBT_DROPPED test_table_records a_code_in_doubt_makes_its_record_possible
PLANT_CELL_DROPPED test_table_records a_cell_that_no_record_takes_is_kept_once
PLANT_WORDS_DROPPED test_table dates_are_read_by_the_rules_of_their_column
PLANT_TALLY_OTHERS test_tally a_table_is_what_a_naive_count_gives
PLANT_TALLY_DOUBLE test_tally a_table_is_what_a_naive_count_gives
PLANT_TALLY_ALONE test_tally what_is_hidden_cannot_be_had_by_subtraction
PLANT_TALLY_ORDER test_tally the_order_tells_nothing_of_what_is_hidden
"

# plant FAULT TEST: the program, with the fault in place of what is right.
plant() {
	objects=$(grep -lw "$1" vault/*.c vault/*/*.c |
		sed "s|\(.*\)c\$|$built-$1/\1o|")
	[ -n "$objects" ] || return 1
	# Lists are meant to be split.
	# shellcheck disable=SC2086
	make -s TEST=1 SAN= PLANT="$1" $objects >/dev/null 2>&1 &&
		$CC $LINK -o "$dir/$2" "$built/tests/$2.o" \
		    "$built/tests/support.o" $objects "$built/libvault.a" $LIBS
}

tests=$(printf '%s\n' "$plants" | awk 'NF { print $2 }' | sort -u)
for test in $tests; do
	if ! "$built/tests/$test" >"$dir/log" 2>&1; then
		cat "$dir/log"
		echo "failed without a plant: $test"
		exit 1
	fi
done

planted=0 caught=0
while read -r fault test name; do
	[ -n "$fault" ] || continue
	planted=$((planted + 1))
	if ! plant "$fault" "$test"; then
		echo "cannot be planted: $fault"
	elif "$dir/$test" >"$dir/log" 2>&1 ||
	    ! grep -q "^\[  FAILED  \] $name\$" "$dir/log"; then
		echo "not caught: $fault by $test: $name"
	else
		caught=$((caught + 1))
		echo "caught: $fault by $test: $name"
	fi
done <<EOF
$plants
EOF

echo "$planted planted, $caught caught"
[ "$planted" -eq "$caught" ]
