#!/bin/sh
# fetch.sh: puts ONNX Runtime's library where the polyfill looks for it (Interop/Library.cs), out of the npm package onnxruntime-node.
# fetch.sh where: says which file that is. Of the package only that file is unpacked, and none of its scripts runs.
set -eu
package=onnxruntime-node version=1.30.0
sum=b7086cd42d82fc1164cf5c9ce4e634288536194aba0d444eee10f86f1e50d90cb79c0309c115d6f31537355733136f5503d96894b3987a9a03f1f8d318e7c8ab
folder=${XDG_CACHE_HOME:-$HOME/.cache}/distillkit/onnxruntime-$version
file=libonnxruntime.so.1
case $(uname -sm) in
'Linux x86_64') system=linux/x64 ;;
'Linux aarch64') system=linux/arm64 ;;
*) echo "error: $package has no library for $(uname -sm)"; exit 1 ;;
esac
[ "${1:-}" != where ] || { echo "$folder/$file"; exit; }

command -v npm > /dev/null || { echo 'error: npm is not installed'; exit 1; }
mkdir -p "$folder"
work=$(mktemp -d "$folder/.incoming.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'rm -rf "$work"; trap - EXIT INT; kill -INT $$' INT # the caller learns that it was Ctrl+C
trap 'exit 143' TERM
cd "$work"
timeout --foreground 900 npm pack "$package@$version" --cache "$work/npm" --ignore-scripts --loglevel=error --fetch-retries=1 \
    --fetch-retry-mintimeout=1000 --fetch-timeout=20000
archive=$package-$version.tgz
[ "$(sha512sum "$archive" | cut -d' ' -f1)" = "$sum" ] || { echo "error: $archive is not the published one"; exit 1; }
tar -xzf "$archive" "package/bin/napi-v6/$system/$file"
mv "package/bin/napi-v6/$system/$file" "$folder/$file"
