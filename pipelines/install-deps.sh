#!/bin/bash
# Install what is missing of Debian's packages, and nothing when nothing is.
#
#	install-deps.sh [build] [mpi] [test] [fuzz] [plot] [bench]
#
# Status 77 when packages are missing and we may not install them, 69 when
# apt cannot, 64 for a set that does not exist.
set -u

build='gcc libc6-dev make pkg-config libdnnl-dev libjpeg-dev libpng-dev
libyaml-dev libcurl4-openssl-dev libxml2-dev libsqlite3-dev libssl-dev'
mpi='libopenmpi-dev openmpi-bin'
test='g++ bats mandoc shellcheck clang-format jq perl curl zlib1g-dev sqlite3'
fuzz='clang libclang-rt-dev libomp-dev'
plot='gnuplot-nox jq'
# A test of lookbook's page, which is skipped without; tests/bench/crop_peer.py
bench='chromium python3-pil'

say() {
	echo "install-deps: $*" >&2
}

wanted=()
for set in "${@:-build}"; do
	case $set in
	build) read -r -d '' -a more <<<"$build" ;;
	mpi) read -r -d '' -a more <<<"$mpi" ;;
	test) read -r -d '' -a more <<<"$test" ;;
	fuzz) read -r -d '' -a more <<<"$fuzz" ;;
	plot) read -r -d '' -a more <<<"$plot" ;;
	bench) read -r -d '' -a more <<<"$bench" ;;
	*)
		say "no set '$set': build, mpi, test, fuzz, plot and bench are"
		exit 64
		;;
	esac
	wanted+=("${more[@]}")
done

if ! command -v dpkg-query >/dev/null; then
	say "not a Debian system; needed are the equals of: ${wanted[*]}"
	exit 0
fi

missing=()
for package in "${wanted[@]}"; do
	state=$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)
	[ "$state" = installed ] || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0

say "installing ${missing[*]}"
as_root=(env DEBIAN_FRONTEND=noninteractive)
if [ "$(id -u)" -ne 0 ]; then
	if ! command -v sudo >/dev/null; then
		say "missing, and we are not root: ${missing[*]}"
		exit 77
	fi
	as_root=(sudo "${as_root[@]}")
fi
if ! "${as_root[@]}" apt-get -qq update ||
	! "${as_root[@]}" apt-get -qq -y --no-install-recommends install \
		"${missing[@]}"; then
	say "apt-get could not install ${missing[*]}"
	exit 69
fi
