# For tests in bats, and scripts: a web server with a script of faults
# (faultd.h says what a script is).
#
#	load ../web/server
#	serve [OPTION]... <<'END'	# sets $base, $server; or serve FILE
#	/robots.txt
#		200 text="User-agent: *\nAllow: /\n"
#	END
#	stats .open_max			# a figure of what was asked so far
#	server_reset			# forget it
#	server_stop
# shellcheck shell=bash

: "${BUILD:=$(dirname "${BASH_SOURCE[0]}")/../../build/cpu}"
# curl, and all that stands on it, would ask a proxy for loopback pages.
export NO_PROXY='*' no_proxy='*'

serve() {
	local script=${!#} port
	if [ $# -eq 0 ] || [ ! -f "$script" ]; then
		script=$(mktemp "${BATS_TEST_TMPDIR:-/tmp}/script.XXXXXX") ||
			return
		cat >"$script"
		set -- "$@" "$script"
	fi
	# It leaves with us, whatever subshell called it.
	read -r port server < <("$BUILD/tests/web/faultd" -w $$ "$@") ||
		return
	base=http://127.0.0.1:$port
}

# stats [FILTER]: what the server counted, through jq.
stats() {
	curl -sS "$base/=stats" | jq -r "${1:-.}"
}

server_reset() {
	curl -sS -o /dev/null "$base/=reset"
}

server_stop() {
	kill "$server"
}
