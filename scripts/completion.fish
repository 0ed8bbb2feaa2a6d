# SPDX-License-Identifier: ISC
# fish completion for amparo(1).  It runs no program and reads no vault.

set -l commands init unlock lock info passphrase add show list find history \
    revert resolve attach extract office contact export inspect import backup restore reindex check log new edit link same redact dossier submission may timeline due count report menu types vocab forget wipe help
set -l none "not __fish_seen_subcommand_from $commands"

complete -c amparo -f
complete -c amparo -n $none -a "$commands"
complete -c amparo -n $none -s v -l vault -r -a '(__fish_complete_directories)'
complete -c amparo -n $none -l keys -r -F
complete -c amparo -n $none -l passphrase-file -r -F
complete -c amparo -n $none -l passphrase-fd -x
complete -c amparo -n $none -l progress -x -a 'lines json'
complete -c amparo -n $none -l version
complete -c amparo -l json
complete -c amparo -l yes
complete -c amparo -l help
complete -c amparo -n '__fish_seen_subcommand_from help' -a "$commands"
complete -c amparo -n '__fish_seen_subcommand_from add new types' \
    -a 'case person act status testimony document intervention consent count'
complete -c amparo -n '__fish_seen_subcommand_from passphrase' -a 'add change remove list'
complete -c amparo -n '__fish_seen_subcommand_from passphrase' -l new-passphrase-file -r -F
complete -c amparo -n '__fish_seen_subcommand_from passphrase' -l unknown
complete -c amparo -n '__fish_seen_subcommand_from init' -l office -x
complete -c amparo -n '__fish_seen_subcommand_from init' -l practice
complete -c amparo -n '__fish_seen_subcommand_from init' -l paper-passphrase-file -r -F
complete -c amparo -n '__fish_seen_subcommand_from init passphrase' -l words -x -a 'en es pinyin'
complete -c amparo -n '__fish_seen_subcommand_from unlock' -l for -x -a '5m 15m 1h'
complete -c amparo -n '__fish_seen_subcommand_from unlock' -l at-most -x -a '1h 4h 8h'
complete -c amparo -n '__fish_seen_subcommand_from count' -l since -x
complete -c amparo -n '__fish_seen_subcommand_from count' -l on -x
complete -c amparo -n '__fish_seen_subcommand_from count' -l known-at -x
complete -c amparo -n '__fish_seen_subcommand_from count' -l case -x
complete -c amparo -n '__fish_seen_subcommand_from count' -l certainty -x -a 'confirmed likely possible unlikely'
complete -c amparo -n '__fish_seen_subcommand_from count' -l level -x -a '0 1 2 3'
complete -c amparo -n '__fish_seen_subcommand_from report' -l by -x
complete -c amparo -n '__fish_seen_subcommand_from report' -l over -x -a 'year month day'
complete -c amparo -n '__fish_seen_subcommand_from report' -l count -x -a 'records persons'
complete -c amparo -n '__fish_seen_subcommand_from report' -l hide-below -x
complete -c amparo -n '__fish_seen_subcommand_from report' -l csv
complete -c amparo -n '__fish_seen_subcommand_from report' -l html
complete -c amparo -n '__fish_seen_subcommand_from report' -s o -l output -r -F
complete -c amparo -n '__fish_seen_subcommand_from vocab' \
    -a 'yn sex status certainty verdict reliability credibility right op monitoring priority
    person-kind relation medium connection restriction scope name-kind name-order name-system
    act method purpose position perpetrator role court wgad-category consistency doctor-when
    doctor-kind intervention mechanism response impact state naming giver consent-form unit
    count-mode country'
complete -c amparo -n '__fish_seen_subcommand_from count' \
    -a 'ever missing reappeared located held held-admin held-crim arrested house black-jail psych
    travelled charged tried sentenced bail released served acquitted dropped exiled dead dead-custody executed unknown in-custody'
complete -c amparo -n '__fish_seen_subcommand_from vocab' -l lang -x -a 'en es zh'
complete -c amparo -n '__fish_seen_subcommand_from lock' -l all
complete -c amparo -n '__fish_seen_subcommand_from show' -l version -x
complete -c amparo -n '__fish_seen_subcommand_from show' -l raw
complete -c amparo -n '__fish_seen_subcommand_from show' -l with
complete -c amparo -n '__fish_seen_subcommand_from link' -l not
complete -c amparo -n '__fish_seen_subcommand_from due' -l within -x
complete -c amparo -n '__fish_seen_subcommand_from same' -l limit -x
complete -c amparo -n '__fish_seen_subcommand_from same' -l not
complete -c amparo -n '__fish_seen_subcommand_from list find' -l limit -x
complete -c amparo -n '__fish_seen_subcommand_from find' -l like -x
complete -c amparo -n '__fish_seen_subcommand_from resolve' -l take -x
complete -c amparo -n '__fish_seen_subcommand_from attach' -l name -x
complete -c amparo -n '__fish_seen_subcommand_from attach add contact inspect import' -F
complete -c amparo -n '__fish_seen_subcommand_from extract' -s o -l output -r -F
complete -c amparo -n '__fish_seen_subcommand_from extract' -l number -x
complete -c amparo -n '__fish_seen_subcommand_from backup restore' \
    -a '(__fish_complete_directories)'
complete -c amparo -n '__fish_seen_subcommand_from new edit' -l set -x
complete -c amparo -n '__fish_seen_subcommand_from office' -a 'renew retire revoke secret-key'
complete -c amparo -n '__fish_seen_subcommand_from office' -l name -x
complete -c amparo -n '__fish_seen_subcommand_from office' -l card -r -F
complete -c amparo -n '__fish_seen_subcommand_from office' -l signing
complete -c amparo -n '__fish_seen_subcommand_from office' -l prepare
complete -c amparo -n '__fish_seen_subcommand_from office export dossier submission' -s o -r -F
complete -c amparo -n '__fish_seen_subcommand_from contact' -a 'add list verify mark remove'
complete -c amparo -n '__fish_seen_subcommand_from contact' -l as -x
complete -c amparo -n '__fish_seen_subcommand_from contact' -l digits -x
complete -c amparo -n '__fish_seen_subcommand_from contact' -l our-office
complete -c amparo -n '__fish_seen_subcommand_from contact' -l not-our-office
complete -c amparo -n '__fish_seen_subcommand_from export' -l to -x
complete -c amparo -n '__fish_seen_subcommand_from export' -l include -x
complete -c amparo -n '__fish_seen_subcommand_from export' -l with-sources
complete -c amparo -n '__fish_seen_subcommand_from export dossier submission report' -l parts-checked
complete -c amparo -n '__fish_seen_subcommand_from submission' -a 'wgeid wgad sr-torture special-procedures'
complete -c amparo -n '__fish_seen_subcommand_from submission' -l relation -x
complete -c amparo -n '__fish_seen_subcommand_from submission' -l lang -x -a 'en fr es'
complete -c amparo -n '__fish_seen_subcommand_from submission' -l keep
complete -c amparo -n '__fish_seen_subcommand_from redact' -l take-out -x
complete -c amparo -n '__fish_seen_subcommand_from redact' -l at -x
complete -c amparo -n '__fish_seen_subcommand_from redact' -l from-closed
complete -c amparo -n '__fish_seen_subcommand_from export' -l plain -x -a 'json csv'
complete -c amparo -n '__fish_seen_subcommand_from export dossier' -l unfiltered
complete -c amparo -n '__fish_seen_subcommand_from may export dossier report redact' -l audience -x -a 'partner un gov un-public media court'
complete -c amparo -n '__fish_seen_subcommand_from export' -l unsigned
complete -c amparo -n '__fish_seen_subcommand_from import' -l anyway
complete -c amparo -n '__fish_seen_subcommand_from import' -l keep
complete -c amparo -n '__fish_seen_subcommand_from import' -l map -r -F
complete -c amparo -n '__fish_seen_subcommand_from import' -l encoding -x
complete -c amparo -n '__fish_seen_subcommand_from import' -l policy -x -a 'keep add update ask'
complete -c amparo -n '__fish_seen_subcommand_from import' -l forgotten
complete -c amparo -n '__fish_seen_subcommand_from import' -l preview
complete -c amparo -n '__fish_seen_subcommand_from check' -l records
complete -c amparo -n '__fish_seen_subcommand_from forget' -l asked
complete -c amparo -n '__fish_seen_subcommand_from forget' -l rows
