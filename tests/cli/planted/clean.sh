vault
$CRAFT cell "$V/cells.db" 2
expect_clean
