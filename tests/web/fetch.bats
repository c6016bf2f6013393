bats_require_minimum_version 1.5.0
load server

# Weights by URL: rcnn-train begins with Detectron's body of tests/data, from a
# server that misbehaves. One step is enough: what is asked is where the
# weights come from.
setup_file() {
	: "${BIN:=$BATS_TEST_DIRNAME/../../bin}"
	PATH=$(realpath "$BIN"):$PATH
	root=$(realpath "$BATS_TEST_DIRNAME/../..")
	export PATH root
	cd "$BATS_FILE_TMPDIR" || exit
	dfsynth -q -n 2 --size 64x96 -o d
	sha=$(sha256sum <"$root/tests/data/body.pkl")
	export sha=${sha%% *}
}

setup() {
	cd "$BATS_FILE_TMPDIR" || exit
	o=$BATS_TEST_TMPDIR/o
	export XDG_CACHE_HOME=$BATS_TEST_TMPDIR/cache
	cache=$XDG_CACHE_HOME/deepstyle
}

# train WEIGHTS ARGUMENT...: a step from those weights
train() {
	local weights=$1
	shift
	rcnn-train --threads 1 -c "$root/tests/data/detectron/deepstyle-R-50.yaml" \
		--dataset train=d/coco_train.json:d --metrics /dev/null "$@" \
		MODEL.CONV_BODY FPN.add_fpn_ResNet18_conv5_body \
		TRAIN.DATASETS "('train',)" RESNETS.WIDTH_PER_GROUP 1 \
		FPN.DIM 8 FAST_RCNN.MLP_HEAD_DIM 8 TRAIN.SCALES "(64,)" \
		TRAIN.BATCH_SIZE_PER_IM 8 SOLVER.MAX_ITER 1 \
		TRAIN.WEIGHTS "$weights" OUTPUT_DIR "$o"
}

# The files in the cache, without the hash of their URL.
cached() {
	find "$cache" -type f ! -name '*.lock' -printf '%P\n' |
		sed 's/[0-9a-f]\{12\}-/-/' | sort | xargs
}

@test "fetched once, then taken from the cache, and with --offline" {
	serve -r "$root/tests/data" <<'END'
/R-50.pkl
	200 file=body.pkl
END
	run --separate-stderr -0 train "$base/R-50.pkl#sha256=$sha"
	[[ $stderr == *"fetching '$base/R-50.pkl'"* ]]
	[[ $stderr == *"-R-50.pkl'; 30 of 130 tensors are not in it"* ]]
	[ "$(cached)" = -R-50.pkl ]
	# the same weights as from the file
	cp "$o/model_final.safetensors" first
	rm -r "$o"
	run -0 train "$root/tests/data/body.pkl"
	tensors() { nn-info -s "$1" | jq -c 'select(.name)'; }
	[ "$(tensors first)" = "$(tensors "$o/model_final.safetensors")" ]
	server_stop
	for how in "" --offline; do
		rm -r "$o"
		# shellcheck disable=SC2086
		run --separate-stderr -0 train "$base/R-50.pkl" $how \
			TRAIN.WEIGHTS_SHA256 "${sha^^}" TRAIN.SNAPSHOT_ITERS 1
		[[ $stderr != *fetching* ]]
	done
	# and a run that is resumed needs neither
	rm -r "$cache"
	run --separate-stderr -0 train "$base/R-50.pkl"
	[[ $stderr == *"resuming at iteration 1"* ]]
	[[ $stderr != *fetching* ]]
}

@test "what is not in the cache is 69 with --offline, old addresses as new" {
	run -69 train https://host.invalid/a/R-50.pkl --offline
	[[ $output == *"'https://host.invalid/a/R-50.pkl' is not in "`
		`"'$cache', and --offline"* ]]
	run -69 train https://s3-us-west-2.amazonaws.com/detectron/`
		`ImageNetPretrained/MSRA/R-50.pkl --offline
	[[ $output == *"'https://dl.fbaipublicfiles.com/detectron/"`
		`"ImageNetPretrained/MSRA/R-50.pkl' is not in"* ]]
	unset XDG_CACHE_HOME
	HOME='' run -69 train https://host.invalid/a/R-50.pkl
	[[ $output == *"neither XDG_CACHE_HOME nor HOME is set"* ]]
	HOME=$BATS_TEST_TMPDIR run -69 train https://host.invalid/R --offline
	[[ $output == *"is not in '$BATS_TEST_TMPDIR/.cache/deepstyle'"* ]]
}

@test "another digest is 65, and nothing is kept" {
	serve -r "$root/tests/data" <<'END'
/R-50.pkl
	200 file=body.pth
	200 file=body.pkl
END
	run -65 train "$base/R-50.pkl#sha256=$sha"
	[[ $output == *"has SHA-256 "*", not $sha" ]]
	[ -z "$(cached)" ]
	run -0 train "$base/R-50.pkl#sha256=$sha"
	# damaged in the cache: it is fetched again
	echo >>"$cache/"*-R-50.pkl
	rm -r "$o"
	run -0 train "$base/R-50.pkl#sha256=$sha"
	[[ $output == *"it is fetched again"* ]]
	[ "$(stats '.requests')" = 3 ]
	echo >>"$cache/"*-R-50.pkl
	rm -r "$o"
	run -65 train "$base/R-50.pkl#sha256=$sha" --offline
	# of a file too
	run -65 train "$root/tests/data/body.pth" TRAIN.WEIGHTS_SHA256 "$sha"
	run -0 train "$root/tests/data/body.pkl" TRAIN.WEIGHTS_SHA256 "$sha"
}

@test "a broken connection goes on where it was, in this run or the next" {
	serve -r "$root/tests/data" -l log <<'END'
/R-50.pkl
	200 file=body.pkl cut=5000
	200 file=body.pkl reset=9000
	503 retry-after=3000
	200 file=body.pkl
END
	run -75 train "$base/R-50.pkl#sha256=$sha"
	[[ $output == *"$base"* ]]
	[[ "$(cached)" == part/-R-50.pkl.* ]]
	run -0 train "$base/R-50.pkl#sha256=$sha"
	[ "$(cached)" = -R-50.pkl ]
	jq -es 'map(.headers.range // "") | .[0] == "" and
		(.[1:] | all(test("^bytes=[1-9]")))' log
}

@test "what the server says is the status" {
	serve -r "$root/tests/data" <<'END'
/403
	403
/404
	404
/page
	200 text="<html>Sign in</html>"
/far
	302 location=/near
/near
	200 file=body.pkl
END
	run -77 train "$base/403#sha256=$sha"
	[[ $output == *"'$base/403': status 403"* ]]
	run -66 train "$base/404#sha256=$sha"
	run -65 train "$base/page#sha256=$sha"
	run -0 train "$base/far#sha256=$sha"
	server_stop
}

@test "http is for what has a digest; digests are checked" {
	run -78 train http://127.0.0.1:1/R-50.pkl
	[[ $output == *"http needs a SHA-256"* ]]
	run -78 train "https://host.invalid/R-50.pkl#sha256=12"
	[[ $output == *"'12' is no SHA-256"* ]]
	run -78 train "https://host.invalid/R-50.pkl#md5=$sha"
	run -78 train "https://host.invalid/R-50.pkl#sha256=$sha" \
		TRAIN.WEIGHTS_SHA256 "${sha//a/b}"
	[[ $output == *"two SHA-256"* ]]
	[ ! -e "$o/model_final.safetensors" ]
}

@test "two at once fetch it once" {
	serve -r "$root/tests/data" <<'END'
/R-50.pkl
	200 file=body.pkl drip=4000/50
END
	train "$base/R-50.pkl#sha256=$sha" 2>first &
	o=$o.second
	train "$base/R-50.pkl#sha256=$sha" 2>second
	wait $!
	[ "$(stats .requests)" = 1 ]
}

@test "a signal ends the wait for another program's fetch" {
	serve -r "$root/tests/data" <<'END'
/R-50.pkl
	200 file=body.pkl drip=200/200
END
	train "$base/R-50.pkl#sha256=$sha" 2>first &
	first=$!
	until grep -q fetching first; do sleep 0.05; done
	o=$o.second
	train "$base/R-50.pkl#sha256=$sha" 2>second &
	until second=$(pgrep -P $!); do sleep 0.05; done
	sleep 1
	kill -TERM "$second"
	timeout 10 tail --pid "$second" -f /dev/null
	status=0
	wait $! || status=$?
	[ "$status" = 143 ]
	[ ! -s second ] || run ! grep -q fetching second
	kill -TERM "$(pgrep -P $first)"
	wait $first || true
}

@test "rcnn-detect takes its model so, too" {
	train "$root/tests/data/body.pkl" 2>/dev/null
	mv "$o/model_final.safetensors" model
	sha=$(sha256sum <model)
	serve <<'END'
/m.safetensors
	200 file=model
	404
END
	find d -name '*.jpg' | sort >list
	rcnn-detect -q -t 0 --threads 1 -w model list >want
	for turn in 1 2; do
		rcnn-detect -q -t 0 --threads 1 \
			-w "$base/m.safetensors#sha256=${sha%% *}" list |
			cmp - want
	done
	[ "$(stats .requests)" = 1 ]
	run -66 rcnn-detect -w "$base/other#sha256=${sha%% *}" list
}
