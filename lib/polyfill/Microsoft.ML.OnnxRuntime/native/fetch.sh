#!/bin/sh
# fetch.sh: puts ONNX Runtime's library where the polyfill looks for it (Interop/Library.cs), out of the npm package onnxruntime-node.
# fetch.sh where: says which file that is.
set -eu
package=onnxruntime-node version=1.30.0
sum=b7086cd42d82fc1164cf5c9ce4e634288536194aba0d444eee10f86f1e50d90cb79c0309c115d6f31537355733136f5503d96894b3987a9a03f1f8d318e7c8ab
file=libonnxruntime.so.1
place=${XDG_CACHE_HOME:-$HOME/.cache}/distillkit/onnxruntime-$version/$file
case $(uname -sm) in
'Linux x86_64') system=linux/x64 ;;
'Linux aarch64') system=linux/arm64 ;;
*) echo "error: $package has no library for $(uname -sm)"; exit 1 ;;
esac
[ "${1:-}" != where ] || { echo "$place"; exit; }
exec sh "$(dirname "$0")/../../../fetch-npm.sh" "$package" "$version" "$sum" "bin/napi-v6/$system/$file" "$place"
