vault
mkdir "$V.unfinished"
expect_clean
