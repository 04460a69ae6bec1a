#!/bin/sh
# fetch.sh: puts plotly.js where the report looks for it (PlotlyScript.fs), out of the npm package plotly.js-dist-min.
# fetch.sh where: says which file that is.
set -eu
package=plotly.js-dist-min version=2.35.3
sum=b33d872cff20932b0bc7f05a9ccd8fb494ed6753cb3f0747c0c58dae2d98c4b072dc839eb83b1542d96659ae21a0ade3fdf8b89da683dee649a87e68cccdf31a
file=plotly.min.js
place=${XDG_CACHE_HOME:-$HOME/.cache}/distillkit/plotly.js-$version/$file
[ "${1:-}" != where ] || { echo "$place"; exit; }
exec sh "$(dirname "$0")/../../fetch-npm.sh" "$package" "$version" "$sum" "$file" "$place"
