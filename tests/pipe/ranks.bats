# Training by several processes that mpirun starts, on one machine.
bats_require_minimum_version 1.5.0

setup_file() {
	: "${BIN:=$BATS_TEST_DIRNAME/../../bin}"
	PATH=$(realpath "$BIN"):$PATH
	export PATH
	# What mpirun asks for before it runs anything for root.
	export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
	# Open MPI gives back less than it took.
	export ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0
	cd "$BATS_FILE_TMPDIR" || exit
	dfsynth -q -n 12 --size 64x96 -o d
	cp "$BATS_TEST_DIRNAME/../data/tiny.yaml" .
}

setup() {
	[ -e "$(dirname "$(command -v rcnn-train)")/deepstyle-mpi.so" ] ||
		skip "built without MPI"
	command -v mpirun >/dev/null || skip "no mpirun"
	cd "$BATS_TEST_TMPDIR" || exit
	ln -s "$BATS_FILE_TMPDIR"/{d,tiny.yaml} .
	train=(rcnn-train -q --threads 1 -c tiny.yaml
		--dataset train=d/coco_train.json:d
		--dataset val=d/coco_val.json:d)
}

# ranks N COMMAND...
ranks() {
	timeout 120 mpirun --oversubscribe --bind-to none -n "$@"
}

# Losses of so many steps with weights that stay, a line a step.
losses() {
	jq -r '.loss_rpn_cls, .loss_rpn_bbox, .loss_cls, .loss_bbox'
}

still=(SOLVER.BASE_LR 1e-30 TRAIN.SCALES '(64,)')

@test "a step of two processes is the mean of two steps of one" {
	"${train[@]}" "${still[@]}" SOLVER.MAX_ITER 4 OUTPUT_DIR one |
		losses >one.txt
	ranks 2 "${train[@]}" "${still[@]}" SOLVER.MAX_ITER 2 OUTPUT_DIR two |
		losses >two.txt
	[ "$(wc -l <one.txt)" = 16 ]
	[ "$(wc -l <two.txt)" = 8 ]
	# Steps 1 and 2 are the first of two, 3 and 4 the second: 4 losses each.
	awk 'NR == FNR { one[NR] = $1; next }
	{
		k = FNR > 4 ? FNR + 4 : FNR
		want = (one[k] + one[k + 4]) / 2
		if ($1 - want > 2e-6 || want - $1 > 2e-6) {
			print FNR, $1, "is not", want
			bad = 1
		}
	}
	END { exit bad }' one.txt two.txt
}

@test "gradients are summed, and a step leaves the same weights in all" {
	[ -n "${BUILD:-}" ] || skip "no test programs: make check"
	cp "$BUILD/tests/unit/nn_ranks_test" "$BIN/deepstyle-mpi.so" .
	ranks 3 ./nn_ranks_test
}

@test "one process that mpirun starts is one process" {
	"${train[@]}" OUTPUT_DIR o >/dev/null
	mv o alone
	ranks 1 "${train[@]}" OUTPUT_DIR o >/dev/null
	cmp o/model_final.safetensors alone/model_final.safetensors
}

@test "a run of two processes that is resumed ends as if it were not" {
	ranks 2 "${train[@]}" OUTPUT_DIR o >/dev/null
	cp o/model_final.safetensors whole
	rm o/model_final.safetensors o/model_iter0000004.safetensors
	ranks 2 "${train[@]}" OUTPUT_DIR o >/dev/null
	cmp o/model_final.safetensors whole
}

@test "the first process alone talks, and the schedule counts all" {
	unset 'train[1]'
	run --separate-stderr ranks 2 "${train[@]}" OUTPUT_DIR o \
		SOLVER.MAX_EPOCHS 2
	[ "$status" = 0 ]
	[ "${#lines[@]}" -gt 1 ]
	[ "$(grep -c "photographs to learn from" <<<"$stderr")" = 1 ]
	[[ $stderr == *"2 processes, 2 of them on this machine"* ]]
	[[ $stderr == *" steps of 4 of "* ]]
	run ! grep -F '[1]' <<<"$stderr"
}

@test "a signal to any process stops all of them, with one checkpoint" {
	ranks 2 "${train[@]}" OUTPUT_DIR o SOLVER.MAX_ITER 100000 \
		TRAIN.SNAPSHOT_ITERS 100000 >out 2>err &
	until [ "$(wc -l <out)" -gt 3 ]; do sleep 0.1; done
	# The last that was started.
	kill -TERM "$(pgrep -n -f "OUTPUT_DIR o SOLVER.MAX_ITER 100000")"
	status=0
	wait $! || status=$?
	[ "$status" = 143 ]
	[ "$(find o -name 'model_iter*' | wc -l)" = 1 ]
	# the rate is of both's photographs, two a step each
	jq -es 'all((100000 - .iter) * 4 / .images_per_s / .eta_s |
		. > 0.99 and . < 1.01)' out
}

@test "what one process cannot, ends all of them" {
	run ranks 2 "${train[@]}" OUTPUT_DIR o MODEL.NUM_CLASSES 7
	[ "$status" = 78 ]
	[[ $output == *"MODEL.NUM_CLASSES is 7"* ]]
	run ranks 2 "${train[@]}" --sanity 2
	[ "$status" = 64 ]
	[[ $output == *"--sanity is for one process"* ]]
	# One that is killed does not keep the others waiting.
	ranks 2 "${train[@]}" OUTPUT_DIR o SOLVER.MAX_ITER 100000 >out 2>err &
	until [ "$(wc -l <out)" -gt 3 ]; do sleep 0.1; done
	kill -KILL "$(pgrep -n -f "OUTPUT_DIR o SOLVER.MAX_ITER 100000")"
	status=0
	wait $! || status=$?
	[ "$status" != 0 ]
	[ "$status" != 124 ]
}

@test "processes that do not see one folder are told so" {
	cat >own.sh <<-'END'
		exec "$@" OUTPUT_DIR "o$OMPI_COMM_WORLD_RANK"
	END
	"${train[@]}" OUTPUT_DIR o1 >/dev/null
	run ranks 2 bash own.sh "${train[@]}"
	[ "$status" = 66 ]
	[[ $output == *"goes on at iteration 0, another at 4"* ]]
}

@test "dcgan-train is for one process" {
	mkdir crops
	run ranks 2 dcgan-train -o g crops
	[ "$status" = 64 ]
	[[ $output == *"this is for one process, and mpirun started 2"* ]]
	[ ! -e g ]
}

@test "a configuration is printed once" {
	ranks 2 "${train[@]}" --dump-config >two
	"${train[@]}" --dump-config >one
	cmp one two
}

@test "without the plug-in mpirun is of no use, and the reason is told" {
	mkdir bin
	cp "$(command -v rcnn-train)" bin/
	run ranks 2 bin/rcnn-train "${train[@]:1}" OUTPUT_DIR o
	[ "$status" = 69 ]
	[[ $output == *"started by MPI, but its plug-in cannot be loaded"* ]]
}
