bats_require_minimum_version 1.5.0

setup() {
	command -v gnuplot >/dev/null || skip "gnuplot is missing"
	cd "$BATS_TEST_TMPDIR" || exit
	plot=$BATS_TEST_DIRNAME/../../pipelines/plot.sh
	for i in 1 2 3 4; do
		echo '{"images":'$((i * 64))',"step":'$i',"loss_d":0.'$i',"odd_key":'$i'}'
	done >metrics.jsonl
	echo '{"images":256,"SWD":31.5,"SWD_floor":9.5,"KD-1a2b":0.5}' \
		>>metrics.jsonl
}

@test "curves of what is known of a run" {
	"$plot" metrics.jsonl >curves.svg
	grep -q '^<svg' curves.svg
	grep -q loss_d curves.svg
	grep -q SWD curves.svg
	grep -q KD-1a2b curves.svg
	grep -q images curves.svg
	run ! grep -q odd_key curves.svg
	run ! grep -q floor curves.svg
}

@test "keys and axis by option, records from a pipe" {
	"$plot" -x step -k odd_key <metrics.jsonl >curves.svg
	grep -q odd_key curves.svg
	grep -q step curves.svg
	run ! grep -q loss_d curves.svg
}

@test "a detector's run, by its iterations" {
	printf '{"iter":%d,"loss":%d,"lr":0.1}\n' 20 3 40 2 60 1 >m
	"$plot" m >curves.svg
	grep -q iter curves.svg
	grep -q loss curves.svg
}

@test "nothing to draw is an error" {
	run --separate-stderr "$plot" /dev/null
	[ "$status" = 65 ]
	run --separate-stderr "$plot" -k none metrics.jsonl
	[ "$status" = 65 ]
	[[ $stderr == *"none of the keys"* ]]
	run --separate-stderr "$plot" no-such-file
	[ "$status" = 66 ]
	run "$plot" -z
	[ "$status" = 64 ]
}
