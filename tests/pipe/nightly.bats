# pipelines/nightly.sh against a server of our own. Detector and generator are
# replaced by scripts that tell how they were called.
bats_require_minimum_version 1.5.0
load ../web/server

setup() {
	: "${BIN:=$BATS_TEST_DIRNAME/../../bin}"
	pipelines=$(realpath "$BATS_TEST_DIRNAME/../../pipelines")
	cd "$BATS_TEST_TMPDIR" || exit
	mkdir bin
	ln -s "$(realpath "$BIN")"/* bin/
	stand_in rcnn-detect <<'END'
[ ! -e broken ] || exit 74
sed 's/}$/,"boxes":[{"bbox":[5,5,60,90],"category":"full","category_id":3,'`
	`'"score":0.9}]}/' "${!#}"
END
	stand_in dcgan-train <<'END'
while [ "$1" != -o ]; do shift; done
mkdir -p "$2"
wc -l <"${!#}" >>taught
echo >"$2/model.safetensors"
END
	stand_in dcgan-sample <<'END'
while [ "$1" != -o ]; do shift; done
mkdir "$2"
END
	[ -x bin/imdedup ] || stand_in imdedup <<<cat
	echo x >model
	# A pin on the first night, one more from the second.
	for n in 1 2; do
		printf '{"items":[%s],"bookmark":null}' "$(seq "$n" | sed \
		's|.*|{"id":"&","images":{"orig":{"url":"@BASE@/&.jpg"}}}|' |
			paste -sd ,)" >"$n.json"
	done
	serve <<'END'
/robots.txt
	404
/resource/*
	200 page=1.json
	200 page=2.json
/1.jpg
	200 jpg=80x120:1
/2.jpg
	200 jpg=80x120:5
END
}

# stand_in NAME: a program that tells its name; its work is on stdin.
stand_in() {
	rm -f "bin/$1"
	{
		printf '#!/bin/bash\necho "%s $*" >>calls\n' "$1"
		cat
	} >"bin/$1"
	chmod +x "bin/$1"
}

# shellcheck disable=SC2154
night() {
	"$pipelines/nightly.sh" BIN=bin OUT=out MODEL=model IMAGES=100 \
		CONTACT=me@example.org GAN='--ngf 8' \
		SCRAPE="--base-url $base --allow 127.0.0.1 --rate 0 \
			--backoff 0.01 --retries 1 coat"
}

@test "each night takes what is new, and teaches with all of it" {
	night
	[ "$(ls out/pictures)" = 1.jpg ]
	[ "$(ls out/crops/000001)" = 1_1.png ]
	[ -d out/sheets/000001 ]
	night
	[ "$(jq -r .crop_of out/crops/000002.jsonl)" = out/pictures/2.jpg ]
	[ "$(jq -r .source.pin out/crops/000002.jsonl)" = 2 ]
	[ "$(tr '\n' ' ' <taught)" = "1 2 " ]
	grep -q 'dcgan-train .*--ngf 8 --images 200 --resume' calls
	# Nothing new: nobody is disturbed.
	cp calls before
	run night
	[ "$status" = 0 ]
	[[ $output == *"nothing new"* ]]
	[ "$(grep -c rcnn-detect calls)" = "$(grep -c rcnn-detect before)" ]
	[ "$(wc -l <taught)" = 2 ]
}

@test "a night that failed is gone on with" {
	touch broken
	run night
	[ "$status" = 74 ]
	[ -e out/pictures/1.jpg ]
	[ ! -e out/found/000001.jsonl ]
	rm broken
	night
	[ "$(ls out/crops/*.jsonl)" = out/crops/000001.jsonl ]
	[ "$(wc -l <out/found/000001.jsonl)" = 2 ]
}

@test "teaching that was interrupted is made up for" {
	mv bin/dcgan-train bin/later
	stand_in dcgan-train <<<'exit 74'
	run night
	[ "$status" = 74 ]
	mv bin/later bin/dcgan-train
	night
	[ "$(cat out/generator/trained)" = 200 ]
	[ -e out/generator/model.safetensors ]
}

@test "what can be had later is said by status 75, and the rest is done" {
	server_stop
	serve <<'END'
/robots.txt
	404
/resource/*
	200 page=2.json
/1.jpg
	200 jpg=80x120:1
/2.jpg
	503
	503
	200 jpg=80x120:5
END
	run night
	[ "$status" = 75 ]
	[ "$(wc -l <taught)" = 1 ]
	night
	[ "$(tr '\n' ' ' <taught)" = "1 2 " ]
}

@test "forbidden is forbidden; one night at a time; knobs are checked" {
	server_stop
	serve <<<'/robots.txt
	200 text="User-agent: *\nDisallow: /"'
	run night
	[ "$status" = 77 ]
	(
		flock 9
		sleep 3
	) 9>out/.lock &
	sleep 0.5
	run night
	[ "$status" = 75 ]
	run "$pipelines/nightly.sh" OUT=x
	[ "$status" = 64 ]
	run "$pipelines/nightly.sh" OUT=x MODEL=y COLOUR=red
	[ "$status" = 64 ]
}

# A file of cron/, with our folder in place of those that it names.
here() {
	sed "s|/srv/deepstyle|$PWD/srv|g; s|/var/lib/deepstyle|$PWD/srv|g;
		s|/usr/local/share/deepstyle/pipelines/nightly.sh|$PWD/a-night|"
}

@test "the crontab's lines do a night, and go on when that makes sense" {
	server_stop
	serve <<'END'
/robots.txt
	404
/resource/*
	200 page=2.json
/1.jpg
	200 jpg=80x120:1
/2.jpg
	503
	503
	200 jpg=80x120:5
END
	mkdir srv
	printf '#!/bin/sh\nexec "%s" BIN=bin IMAGES=100 "SCRAPE=%s" "$@"\n' \
		"$pipelines/nightly.sh" "--base-url $base --allow 127.0.0.1 `
			`--rate 0 --backoff 0.01 --retries 1 coat" >a-night
	chmod +x a-night
	here <"$pipelines/cron/deepstyle.crontab" >crontab
	# As cron does: its variables, then what follows the five times.
	sed -n 's/^\([A-Z]*\)="*\([^"]*\)"*$/\1=\2/p' crontab >variables
	mapfile -t variables <variables
	for line in 17.2 17.5 17.5; do
		sed -n "s/^${line/./ } \* \* \* //p" crontab >command
		[ -s command ]
		env "${variables[@]}" sh -c "$(cat command)"
	done
	[ "$(cat srv/status)" = 75 ]
	[ "$(ls srv/pictures)" = "1.jpg
2.jpg" ]
	[ "$(tr '\n' ' ' <taught)" = "1 2 " ]
	[[ $(jq -r '.routes["/2.jpg"]' < <(stats)) = 3 ]]
	# The night was whole: at 05:17 nothing is asked.
	sed -n "s/^17 2 \* \* \* //p" crontab >command
	env "${variables[@]}" sh -c "$(cat command)"
	[ "$(cat srv/status)" = 0 ]
	server_reset
	sed -n "s/^17 5 \* \* \* //p" crontab >command
	env "${variables[@]}" sh -c "$(cat command)"
	[ "$(stats .requests)" = 0 ]
}

@test "the service does a night, and its timer is one" {
	unit=$pipelines/cron/deepstyle-nightly
	mkdir srv
	printf '#!/bin/sh\nexec "%s" BIN=bin IMAGES=100 "SCRAPE=%s" "$@"\n' \
		"$pipelines/nightly.sh" "--base-url $base --allow 127.0.0.1 `
			`--rate 0 coat" >a-night
	chmod +x a-night
	sed -n 's/^ExecStart=//p' "$unit.service" | here >command
	CONTACT=me@example.org sh -c "$(cat command)"
	[ "$(ls srv/pictures)" = 1.jpg ]
	grep -q '^SuccessExitStatus=75$' "$unit.service"
	command -v systemd-analyze || skip "no systemd"
	systemd-analyze calendar "$(sed -n 's/^OnCalendar=//p' "$unit.timer")"
	mkdir units
	here <"$unit.service" >units/deepstyle-nightly.service
	cp "$unit.timer" units
	systemd-analyze verify --man=no units/deepstyle-nightly.{service,timer}
}
