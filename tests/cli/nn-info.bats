bats_require_minimum_version 1.5.0

# weights HEADER: a file of that header on standard output; data from stdin
weights() {
	local n=${#1} i
	for i in 0 8 16 24 32 40 48 56; do
		# shellcheck disable=SC2059
		printf "\\x$(printf %02x $((n >> i & 255)))"
	done
	printf %s "$1"
	cat
}

setup_file() {
	: "${BIN:=$BATS_TEST_DIRNAME/../../bin}"
	PATH=$(realpath "$BIN"):$PATH
	export PATH LC_ALL=C
	cd "$BATS_FILE_TMPDIR" || exit
	# 1.5 and -3, then a half NaN, then a byte
	printf '\0\0\xc0\x3f\0\0\x40\xc0''\x00\x7e''\x07' | weights '{
		"__metadata__": {"step": "12", "config": "A: 1\nB: \"x\""},
		"w": {"dtype": "F32", "shape": [2, 1], "data_offsets": [0, 8]},
		"optimizer.0.w":
			{"dtype": "F16", "shape": [], "data_offsets": [8, 10]},
		"u": {"dtype": "U8", "shape": [1], "data_offsets": [10, 11]}
	}' >good
}

setup() {
	cd "$BATS_FILE_TMPDIR" || exit
}

@test "the file, then its tensors" {
	run -0 --separate-stderr nn-info good
	[ -z "$stderr" ]
	[ "${#lines[@]}" = 4 ]
	size=$(wc -c <good)
	diff - <(echo "$output") <<-END
		{"file":"good","bytes":$size,"tensors":3,"parameters":3,"metadata":{"config":"A: 1\\nB: \\"x\\"","step":"12"}}
		{"name":"w","dtype":"F32","shape":[2,1],"bytes":8}
		{"name":"optimizer.0.w","dtype":"F16","shape":[],"bytes":2}
		{"name":"u","dtype":"U8","shape":[1],"bytes":1}
	END
}

@test "--stats: of what is finite" {
	nn-info -s good | tail -n +2 |
		jq -c '[.min, .max, .mean, .nonfinite]' >got
	diff - got <<-'END'
		[-3,1.5,-0.75,0]
		[null,null,null,1]
		[7,7,7,0]
	END
	nn-info --stats good | cmp - <(nn-info -s good)
	nn-info --no-stats good | cmp - <(nn-info good)
}

@test "a file without tensors or metadata" {
	weights '{}' </dev/null >empty
	[ "$(nn-info empty)" = \
		'{"file":"empty","bytes":10,"tensors":0,"parameters":0,"metadata":{}}' ]
}

@test "without a file: the devices" {
	run -0 --separate-stderr nn-info
	[ "$(jq -c '[.device, .threads >= 1, (.isa | length > 0)]' \
		<<<"${lines[0]}")" = '["cpu",true,true]' ]
	[[ $(jq -r .library <<<"${lines[0]}") == oneDNN\ [0-9]*.* ]]
	OMP_NUM_THREADS=3 nn-info | head -n 1 | jq -e '.threads == 3'
}

@test "cards, or why there is none" {
	nn-info | tail -n +2 >cards
	jq -es 'length >= 1 and all((.device | startswith("cuda")) and
		((.unavailable | type == "string" and length > 0) !=
		(.bf16 == "fast" and .bytes > 0)))' cards
	# No card is seen, whatever the machine has.
	CUDA_VISIBLE_DEVICES= nn-info | tail -n +2 | jq -ce \
		'.device == "cuda" and (.unavailable | length > 0)'
}

@test "--ops: what nets can be made of" {
	run --separate-stderr nn-info --ops
	[ "$status" = 0 ]
	jq -es 'length > 10 and all((.op | length > 0) and
		(.about | length > 0) and .dtypes[0] == "f32") and
		(map(.op) | . == unique or length == (unique | length)) and
		any(.op == "conv" and .dtypes == ["f32", "bf16"]) and
		any(.op == "softmax" and .dtypes == ["f32"])' <<<"$output"
	run nn-info --ops x
	[ "$status" = 64 ]
	[ "$(nn-info | head -n 1 | jq '.bf16 | IN("fast", "slow", "emulated")')" = true ]
}

@test "- is standard input, a file or a pipe" {
	nn-info -s good | tail -n +2 >want
	nn-info -s - <good | tail -n +2 | cmp - want
	# shellcheck disable=SC2002
	cat good | nn-info -s - | tail -n +2 | cmp - want
	[ "$(nn-info - <good | jq -r 'select(.file).file')" = - ]
	run bash -c 'nn-info - <&-'
	[ "$status" = 65 ]
}

# refuses STATUS TEXT FILE: no record, one line with that text, that status
refuses() {
	run --separate-stderr nn-info -s "$3"
	[ "$status" = "$1" ] || return 1
	[ -z "$output" ] || return 1
	[ "${#stderr_lines[@]}" = 1 ] || return 1
	[[ $stderr == "nn-info: "*"$2"* ]]
}

@test "what is no such file" {
	refuses 66 "cannot open 'none': No such file" none
	refuses 66 "cannot open '.': Is a directory" .
	: >nothing
	refuses 65 "'nothing' is no safetensors file" nothing
	printf '\211PNG\r\n\032\n{"width":1}' >picture
	refuses 65 "'picture' is no safetensors file" picture
	printf '\377\377\377\377\377\377\377\377{}' >huge
	refuses 65 "is no safetensors file" huge
	weights '{"a": nonsense}' </dev/null >bad
	refuses 65 "'bad': its header: bad JSON" bad
}

@test "a file that was cut off, at every byte" {
	size=$(wc -c <good)
	for n in 0 1 7 8 9 50 $((size - 11)) $((size - 1)); do
		head -c "$n" good >cut
		refuses 65 "'cut'" cut
	done
	refuses 65 'tensor "u" ends at byte 11 of the data, which has 10' cut
}

@test "headers that lie are named with their tensor" {
	lie() {
		head -c 8 /dev/zero | weights "{\"t\\u001b\":$1}" >lie
		refuses 65 "'lie': tensor \"t\\u001b\" $2" lie
	}
	lie '{"dtype":"X9","shape":[8],"data_offsets":[0,8]}' 'has the unknown'
	lie '{"dtype":"U8","shape":[9],"data_offsets":[0,8]}' 'has 8 bytes'
	lie '{"dtype":"U8","shape":[9],"data_offsets":[0,9]}' 'ends at byte 9'
	lie '{"dtype":"F64","shape":[4294967296,4294967296],
		"data_offsets":[0,8]}' 'is too large'
	lie '{"dtype":"U8","shape":[4],"data_offsets":[4,8]}' 'leaves a gap'
	head -c 8 /dev/zero | weights '{
		"a": {"dtype":"U8","shape":[6],"data_offsets":[0,6]},
		"b": {"dtype":"U8","shape":[4],"data_offsets":[4,8]}}' >two
	refuses 65 "'two': tensor \"b\" overlaps another" two
}

@test "a header of very many tensors or keys takes no time" {
	seq 50000 | jq -cn '[inputs | {key: "k\(.)", value: "v"}] |
		{__metadata__: from_entries}' >many
	weights "$(cat many)" </dev/null >file
	timeout 20 nn-info file | jq -e '.metadata | length == 50000'
	seq 50000 | jq -cn '[inputs | {key: "k\(.)", value:
		{dtype: "U8", shape: [0], data_offsets: [0, 0]}}] |
		from_entries' >many
	weights "$(cat many)" </dev/null >file
	[ "$(timeout 20 nn-info file | wc -l)" = 50001 ]
}

@test "a full disk, a closed output, wrong command lines" {
	run bash -c 'nn-info good >/dev/full'
	[ "$status" = 74 ]
	run bash -c 'nn-info >/dev/full'
	[ "$status" = 74 ]
	run bash -c 'nn-info good >&-'
	[ "$status" = 74 ]
	run nn-info good good
	[ "$status" = 64 ]
	run nn-info --bogus
	[ "$status" = 64 ]
}
