# SPDX-License-Identifier: ISC
# Neither locale nor time zone changes what is done or what scripts read.
vault
expect_status 0 opened --json info
cp "$OUT" info
expect_status 0 opened log
cp "$OUT" log
tried=0
for locale in C POSIX C.UTF-8 tr_TR tr_TR.UTF-8 ar ar_EG.UTF-8 fa_IR de_DE.UTF-8 \
    zh_CN.GB18030 ja_JP.SJIS nonsense "" ../../etc; do
	for zone in UTC Asia/Kathmandu America/St_Johns Pacific/Kiritimati :/etc/passwd "" XXX-25; do
		tried=$((tried + 1))
		expect_status 0 env LC_ALL="$locale" LANG="$locale" TZ="$zone" \
		    "$AMPARO" -v "$V" --passphrase-file "$PASS" --json info
		expect_same info "$OUT"
	done
	expect_status 0 env LC_ALL="$locale" TZ=Asia/Kathmandu \
	    "$AMPARO" -v "$V" --passphrase-file "$PASS" log
	expect_same log "$OUT"
	expect_status 2 env LC_ALL="$locale" "$AMPARO" -v "$V" INIT
	expect_status 0 env LC_ALL="$locale" "$AMPARO" -v "$V" \
	    --passphrase-file "$PASS" unlock --for 5m
	expect_status 0 env LC_ALL="$locale" "$AMPARO" -v "$V" lock
done
echo "$tried locales and zones"
case $(locale -a 2> /dev/null) in
*tr_TR*) ;;
*) skip_part "no Turkish locale is installed: it fell back" ;;
esac
# A passphrase of another script means the same in any of them.
printf '暗号 كلمة\n' > other
expect_status 0 env LC_ALL=C "$AMPARO" -v "$V" --passphrase-file "$PASS" \
    passphrase add other --new-passphrase-file other
expect_status 0 env LC_ALL=zh_CN.GB18030 "$AMPARO" -v "$V" --passphrase-file other check
expect_status 0 opened --json info
cp "$OUT" info
# Variables that other programs obey.
expect_status 0 env LANGUAGE=../../../tmp NLSPATH=/tmp/%N TMPDIR=/nonexistent \
    SQLITE_TMPDIR=/nonexistent TERM=nonsense COLUMNS=-1 LINES=x \
    AMPARO_PASSPHRASE=x XDG_DATA_HOME=relative "$AMPARO" -v "$V" --passphrase-file "$PASS" --json info
expect_same info "$OUT"
