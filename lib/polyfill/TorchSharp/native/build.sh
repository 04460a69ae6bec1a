#!/bin/sh
# Compiles the shim against a libtorch: build.sh OUTPUT_FILE
# LIBTORCH: an unpacked LibTorch, or the torch folder of a pip-installed PyTorch. Without it: the distribution's, then python3's torch.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
output=${1:?usage: build.sh OUTPUT_FILE}

fail() { echo "build.sh: error : $*" >&2; exit 1; }

command -v "${CXX:-g++}" >/dev/null || fail "no C++ compiler: install g++ (apt-get install g++), or set CXX"

libraries=
if [ -n "${LIBTORCH:-}" ]; then
    libraries=$LIBTORCH/lib
    [ -e "$libraries/libtorch_cpu.so" ] || fail "LIBTORCH=$LIBTORCH holds no lib/libtorch_cpu.so: point it at an unpacked LibTorch or at the torch folder of a PyTorch"
    root=$LIBTORCH
elif [ -e /usr/include/ATen/ATen.h ]; then
    root=/usr
else
    root=$(python3 -c 'import os, importlib.util as u; s = u.find_spec("torch"); print(os.path.dirname(s.origin) if s else "")' 2>/dev/null || true)
    [ -n "$root" ] && [ -e "$root/lib/libtorch_cpu.so" ] || fail "no libtorch found: apt-get install libtorch-dev, or set LIBTORCH to an unpacked LibTorch"
    libraries=$root/lib
fi

set -- -std=c++17 -isystem "$root/include/torch/csrc/api/include"
# torch 2.x says in its headers which C++ it needs; compiled with an older one it stops with an #error.
if grep -qs 'C++20' "$root/include/c10/util/C++17.h" "$root/include/torch/csrc/api/include/torch/all.h"; then shift; set -- -std=c++20 "$@"; fi
if [ -n "$libraries" ]; then
    abi=$(python3 - "$libraries/libtorch_cpu.so" <<'PY' 2>/dev/null || echo 1
import mmap, sys
with open(sys.argv[1], "rb") as f, mmap.mmap(f.fileno(), 0, access=mmap.ACCESS_READ) as m:
    print(1 if m.find(b"_ZN3c105ErrorC1ENS_14SourceLocationENSt7__cxx1112basic_string") >= 0 else 0)
PY
)
    set -- "$@" -isystem "$root/include"
    set -- "$@" "-D_GLIBCXX_USE_CXX11_ABI=$abi" "-L$libraries" "-Wl,-rpath,$libraries"
    for name in torch_cuda c10_cuda; do
        if [ -e "$libraries/lib$name.so" ]; then set -- "$@" -Wl,--no-as-needed "-l$name"; fi
    done
fi

mkdir -p "$(dirname "$output")"
"${CXX:-g++}" "$@" -O2 -fPIC -shared -fvisibility=hidden -w "$here/shim.cpp" -o "$output.partial.$$" -ltorch_cpu -lc10 -ltorch ||
    { rm -f "$output.partial.$$"; fail "the shim does not compile against the libtorch at $root"; }
mv "$output.partial.$$" "$output"
