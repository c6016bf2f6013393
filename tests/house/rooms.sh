#!/bin/bash
# The law of the rooms: who may include whom. CONTRIBUTING.md draws it.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh

# room: the rooms of lib/ that it may include besides itself
law='base:
cli: base
conf: base
img: base
json: base
data: json img base
nn: json base
foreign: nn base
rcnn: nn base
gan: nn base
web: json base
app: base cli conf img json data nn foreign rcnn gan web
cmd: base cli conf img json data nn foreign rcnn gan web app'

# header: the one folder that may include it
owners='jpeglib.h: img
jerror.h: img
png.h: img
yaml.h: conf
curl/curl.h: web
libxml/HTMLparser.h: web
sqlite3.h: web
openssl/evp.h: web
dnnl.h: nn/cpu
mpi.h: nn/reduce
oneapi/dnnl/dnnl.h: nn/cpu
cuda.h: nn/cuda
cuda_runtime.h: nn/cuda
cuda_runtime_api.h: nn/cuda
cudnn_graph.h: nn/cuda
cub/device/device_radix_sort.cuh: nn/cuda'

# What the compiler and libc bring is everybody's.
host='arpa/inet assert complex cpuid ctype dirent dlfcn errno fcntl fenv float immintrin
inttypes limits locale malloc math netinet/in omp poll pthread sched setjmp signal stdarg
stdatomic stdbool stddef stdint stdio stdlib string strings termios time unistd'

# rule ROOT: a line for each include below ROOT that breaks the law
rule() {
	(cd "$1" && grep -rnE '^[[:space:]]*#[[:space:]]*include' \
		--include='*.[ch]' --include='*.cu' lib cmd) |
		awk -F: -v law="$law" -v owners="$owners" -v host="$host" '
		function words(list, into, prefix,    n, part, i) {
			n = split(list, part, /[ \n]+/)
			for (i = 1; i <= n; i++)
				into[prefix part[i]] = 1
		}
		BEGIN {
			n = split(law, line, "\n")
			for (i = 1; i <= n; i++) {
				room = may = line[i]
				sub(/:.*/, "", room)
				sub(/[^:]*:/, "", may)
				rooms[room] = 1
				words(room " " may, allowed, room " ")
			}
			n = split(owners, line, "\n")
			for (i = 1; i <= n; i++) {
				split(line[i], part, ": ")
				owner[part[1]] = part[2]
			}
			words(host, libc, "")
		}
		{
			room = $1
			sub(/^lib\//, "", room)
			folder = room
			sub(/\/[^\/]*$/, "", folder)
			sub(/\/.*/, "", room)
			text = $3
			for (i = 4; i <= NF; i++)
				text = text ":" $i
			if (!match(text, /[<"][^>"]*/))
				next
			quoted = substr(text, RSTART, 1) == "\""
			name = substr(text, RSTART + 1, RLENGTH - 1)
			first = last = name
			sub(/\/.*/, "", first)
			sub(/\.h$/, "", last)
			where = $1 ":" $2 ": "
			if (!(room in rooms))
				print where "room " room " has no law"
			else if (quoted && !(first in rooms && name ~ /\//))
				print where "\"" name "\" names no room"
			else if (quoted && !((room " " first) in allowed))
				print where room " may not use " first
			else if (quoted && room != first && name ~ /\/.*\//)
				print where name " is for " first " alone"
			else if (folder ~ /^nn\/(op|body)$/ && name ~ /^nn\/cpu\//)
				print where "an op mentions no device"
			else if (!quoted && (name in owner) &&
				owner[name] != folder)
				print where name " belongs to " owner[name]
			else if (!quoted && !(name in owner) &&
				!(last in libc) && name !~ /^(sys|sanitizer)\//)
				print where name " has no room in the law"
		}'
}

none "every include keeps the law of the rooms" rule .

# A rule that finds nothing anywhere would pass too: plant violations.
copy=$(mktemp -d) || exit 1
trap 'rm -rf "$copy"' EXIT
mkdir -p "$copy"/lib/{base,nn/cpu,nn/op,rcnn,shop} "$copy/cmd"
plant() {
	echo "#include $2" >"$copy/$1"
}
plant lib/rcnn/loss.c '"data/record.h"'
plant lib/base/text.c '<yaml.h>'
plant lib/nn/net.c '<dnnl.h>'
plant lib/nn/side.c '"../base/err.h"'
plant lib/nn/cpu/conv.c '<dnnl.h>'
plant lib/nn/op/pool.c '"nn/cpu/cpu.h"'
plant lib/nn/tape.c '"nn/cpu/cpu.h"'
plant lib/rcnn/head.c '"nn/body/act.h"'
plant lib/shop/http.c '<stdio.h>'
plant cmd/bbcrop.c '<gd.h>'

finds "lib/rcnn/loss.c:1: rcnn may not use data" "rooms" rule "$copy"
finds "lib/base/text.c:1: yaml.h belongs to conf" "libraries" \
	rule "$copy"
finds "lib/nn/net.c:1: dnnl.h belongs to nn/cpu" "a library's folder" \
	rule "$copy"
finds 'lib/nn/side.c:1: "../base/err.h" names no room' "side doors" \
	rule "$copy"
finds "lib/nn/op/pool.c:1: an op mentions no device" "devices in ops" \
	rule "$copy"
finds "lib/rcnn/head.c:1: nn/body/act.h is for nn alone" "inner rooms" \
	rule "$copy"
finds "lib/shop/http.c:1: room shop has no law" "rooms without a law" \
	rule "$copy"
finds "cmd/bbcrop.c:1: gd.h has no room" "unknown libraries" \
	rule "$copy"
[ "$(rule "$copy" | wc -l)" -eq 8 ]
ok $? "and nothing else is found there"
plan
