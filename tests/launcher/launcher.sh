#!/usr/bin/env bash
# launcher.sh [PART_OF_A_NAME ...]: tests ./distillkit and tests/run in a sandbox, with stand-ins for dotnet, apt-get, id and uname.
# Every function below named in CamelCase_with_underscores is a test; a test passes when its body succeeds (set -e).
set -uo pipefail
repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

# stand_in NAME < SCRIPT: takes the place of a link to a real tool; it must never write through that link.
stand_in() { rm -f "$box/bin/$1"; cat > "$box/bin/$1"; chmod +x "$box/bin/$1"; }

# A checkout in a folder with spaces, and a PATH that holds only what the launcher may count on.
sandbox() {
    box=$(mktemp -d) checkout="$box/my checkout"
    mkdir -p "$box/bin" "$box/home" "$checkout"/lib/{DistillKit,DistillKit.Cli/Commands} "$checkout"/tests/launcher
    for tool in bash sh basename cat chmod cksum cp cut dirname find flock grep head mkdir mktemp mv paste ps readlink rm sed sha512sum sleep sort tail tar tee timeout touch tr gzip; do
        ln -s "$(command -v $tool)" "$box/bin/$tool"
    done
    sed "s|/usr/include/ATen|$box/include/ATen|" "$repository/distillkit" > "$checkout/distillkit"
    cp "$repository/lib/fetch-npm.sh" "$checkout/lib/"
    cp "$repository/tests/run" "$checkout/tests/run"
    chmod +x "$checkout/distillkit" "$checkout/tests/run"
    touch "$checkout"/lib/DistillKit.Cli/Commands/{Doctor,Run}Command.cs "$box/calls"
    echo '<Project><ItemGroup><UsesPackage Include="TorchSharp" /></ItemGroup></Project>' > "$checkout/lib/DistillKit/DistillKit.csproj"

    # shellcheck disable=SC2016 # they expand in the stand-ins
    stand_in id <<< 'echo "${USER_ID:-0}"'
    # shellcheck disable=SC2016
    stand_in uname <<< 'echo "${MACHINE:-Linux x86_64}"'
    stand_in apt-get <<< "echo \"apt-get \$*\" >> '$box/calls'; mkdir -p '$box/include/ATen'; touch '$box/include/ATen/ATen.h'; cp '$box/bin/id' '$box/bin/g++'"
    stand_in dpkg <<< ':'
    stand_in npm <<< ':'
    stand_in dotnet <<END
#!/bin/bash
echo "dotnet \$*" >> '$box/calls'
case \$1 in
--version) [[ -z \${OLD_SDK:-} ]] ;;
--list-sdks) echo "\${OLD_SDK:-10.0.100} [/somewhere]" ;;
restore)
    project="\${2%/*}/TorchSharp"
    mkdir "\$project/obj"
    if [[ \${FEED:-} == has ]]; then echo '"success": true' > "\$project/obj/project.nuget.cache"
    elif [[ \${FEED:-} == silent ]]; then echo "\$project/Probe.TorchSharp.csproj : error NU1301: no route"; exit 1
    else echo "\$project/Probe.TorchSharp.csproj : error NU1101: Unable to find package TorchSharp"; exit 1; fi ;;
build)
    sleep "\${BUILD_SECONDS:-0}"
    if [[ -n \${BUILD_FAILS:-} ]]; then echo 'Model.cs(1,2): error CS1002: ; expected'; exit 1; fi
    mkdir -p '$checkout/lib/DistillKit.Cli/bin/Release/net10.0'
    touch '$checkout/lib/DistillKit.Cli/bin/Release/net10.0/DistillKit.Cli.dll' ;;
test)
    results=\$(dirname "\$4")
    case \$2 in
    *Good*) echo '<Counters total="5" executed="4" passed="4" failed="0" />' > "\$4/Good.Tests.trx" ;;
    *Bad*) echo '<Counters total="3" executed="3" passed="1" failed="2" />' > "\$4/Bad.Tests.trx"; echo 'Failed Sum_is_wrong'; exit 1 ;;
    *Crash*) echo '<Counters total="2" executed="2" passed="2" failed="0" />' > "\$4/Crash.Tests.trx"; echo 'The test host process crashed'; exit 1 ;;
    *) echo 'not found'; exit 1 ;;
    esac ;;
*) echo "ran \${*:2}, HOME=\$HOME" ;;
esac
END
}

# launch ARGUMENT...: what it prints goes to $box/said; NAME=VALUE words before the verb are variables.
launch() {
    local code=0 variables=()
    while [[ ${1:-} == [A-Z]*=* ]]; do variables+=("$1"); shift; done
    env -i PATH="$box/bin" HOME="$box/home" "${variables[@]}" "$checkout/distillkit" "$@" > "$box/said" 2>&1 || code=$?
    return $code
}
refuses() { if launch "$@"; then false; fi; }
says() { grep -qF -- "$1" "$box/said" || { echo "expected: $1"; sed 's/^/  said: /' "$box/said"; return 1; }; }
calls() { [[ $(grep -cF -- "$2" "$box/calls") == "$1" ]] || { echo "expected $1 x: $2"; sed 's/^/  call: /' "$box/calls"; return 1; }; }

A_second_call_repeats_nothing() {
    launch run --profile smoke; says 'ran run --profile smoke'; calls 1 'dotnet restore'; calls 1 'dotnet build'; calls 2 'apt-get'
    : > "$box/calls"
    launch run; says 'ran run'; calls 0 'dotnet restore'; calls 0 'dotnet build'; calls 0 'apt-get'; [[ $(wc -l < "$box/said") == 1 ]]
}
A_changed_new_or_deleted_source_is_built() {
    launch run
    echo new > "$checkout/lib/DistillKit/A.cs"; launch run; calls 2 'dotnet build'
    sleep 0.01; echo changed > "$checkout/lib/DistillKit/A.cs"; launch run; calls 3 'dotnet build'
    rm "$checkout/lib/DistillKit/A.cs"; launch run; calls 4 'dotnet build'
    launch run; calls 4 'dotnet build'
}
Another_libtorch_is_built() {
    launch run; mkdir -p "$box/torch/lib"; touch "$box/torch/lib/libtorch_cpu.so"
    launch LIBTORCH="$box/torch" run; launch LIBTORCH="$box/torch" run; calls 2 'dotnet build'
}
No_dotnet_is_said() { rm "$box/bin/dotnet"; refuses run; says 'the .NET SDK 10 is not installed'; [[ ! -e $checkout/artifacts ]]; }
An_old_sdk_is_said() { refuses OLD_SDK=8.0.100 run; says 'the .NET SDK 10 is needed, and dotnet here has 8.0.100'; calls 0 'apt-get'; }
A_user_gets_the_command_to_type() { refuses USER_ID=1000 run; says 'sudo apt-get install -y g++ libtorch-dev'; calls 0 'apt-get'; calls 0 'dotnet build'; }
Without_apt_other_ways_are_named() { rm "$box/bin/apt-get"; refuses run; says 'no apt-get here'; says 'pip install torch'; }
A_wrong_libtorch_folder_is_named() { refuses LIBTORCH=/nowhere run; says 'LIBTORCH=/nowhere holds no lib/libtorch_cpu.so'; calls 0 'apt-get'; }
A_given_libtorch_needs_only_a_compiler() {
    mkdir -p "$box/torch/lib"; touch "$box/torch/lib/libtorch_cpu.so"
    refuses USER_ID=1000 LIBTORCH="$box/torch" run; says 'type: sudo apt-get install -y g++'; ! grep -q libtorch-dev "$box/said"
}
A_failed_install_shows_the_reason() {
    stand_in apt-get <<< 'echo "E: Unable to locate package libtorch-dev"; exit 100'
    refuses run; says 'E: Unable to locate package libtorch-dev'; says 'failed: installing g++ libtorch-dev'; calls 0 'dotnet build'
}
A_missing_package_is_replaced_and_remembered() {
    launch run; says 'from lib/polyfill: TorchSharp (not in the feed)'; grep -q '<Polyfilled>TorchSharp<' "$checkout/packages.local.props"
}
A_package_that_restores_needs_no_libtorch() {
    launch FEED=has run; says 'packages from NuGet: TorchSharp; from lib/polyfill: none'; calls 0 'apt-get'; calls 1 'NativeShim=false'
}
A_silent_feed_is_asked_again() {
    launch FEED=silent run; says 'no answer from the feed'; [[ ! -e $checkout/packages.local.props ]]
    launch FEED=has run; calls 2 'dotnet restore'; grep -q '<Polyfilled>none<' "$checkout/packages.local.props"
}
Linux_on_arm_uses_the_polyfill() { launch FEED=has 'MACHINE=Linux aarch64' run; says 'from lib/polyfill: TorchSharp'; }
A_forced_choice_asks_no_feed() { launch DISTILLKIT_POLYFILL=none run; calls 0 'dotnet restore'; calls 0 'apt-get'; [[ ! -e $checkout/packages.local.props ]]; }
A_forced_unknown_package_is_refused() { refuses DISTILLKIT_POLYFILL=TorchSharp,Torch run; says "no package 'Torch' here; all, none, or some of: TorchSharp"; calls 0 'dotnet build'; }
Doctor_installs_nothing() { launch doctor; says 'ran doctor'; calls 0 'apt-get'; calls 1 'NativeShim=false'; launch doctor; calls 1 'dotnet build'; }
Help_and_unknown_verbs_install_nothing() { launch; launch help; launch run --help; launch evalute; calls 0 'apt-get'; calls 1 'dotnet build'; }
The_engine_is_built_after_doctor_when_a_verb_needs_it() { launch doctor; launch run; calls 2 'dotnet build'; launch doctor; launch run; calls 2 'dotnet build'; }
Doctor_builds_the_shim_once_libtorch_is_there() { launch doctor; "$box/bin/apt-get"; launch doctor; calls 2 'dotnet build'; calls 1 'NativeShim=false'; }
Npm_is_installed_where_only_it_can_bring_the_data() {
    rm "$box/bin/npm"
    # shellcheck disable=SC2016
    stand_in timeout <<< '[[ $2 != bash ]] || exit "${SITE:-1}"; shift; exec "$@"'
    launch SITE=0 data get; launch data verify; launch run --profile smoke; launch DISTILLKIT_DATA=/some run; launch USER_ID=1000 data get; launch data get --help; calls 0 'npm'
    launch data get; calls 1 'install -y --no-install-recommends -o DPkg::Lock::Timeout=600 npm'; says 'ran data get'
}

# A small package of the right shape, and the polyfill with the sum of it; npm gives it (NPM=fails: nothing, NPM=other: another one).
onnxruntime() {
    local polyfill=lib/polyfill/Microsoft.ML.OnnxRuntime/native archive="$box/onnxruntime-node-1.30.0.tgz" sum
    library="$box/home/.cache/distillkit/onnxruntime-1.30.0/libonnxruntime.so.1"
    mkdir -p "$checkout/$polyfill" "$box/package/bin/napi-v6/linux/x64"
    echo '<Project><ItemGroup><UsesPackage Include="Microsoft.ML.OnnxRuntime" /></ItemGroup></Project>' > "$checkout/lib/DistillKit.Cli/DistillKit.Cli.csproj"
    echo library > "$box/package/bin/napi-v6/linux/x64/libonnxruntime.so.1"
    tar -C "$box" -czf "$archive" package
    sum=$(sha512sum "$archive" | cut -d' ' -f1)
    sed "s/^sum=.*/sum=$sum/" "$repository/$polyfill/fetch.sh" > "$checkout/$polyfill/fetch.sh"
    stand_in npm <<END
#!/bin/bash
echo "npm \$*" >> '$box/calls'
case \${NPM:-} in
fails) printf 'npm error code ENOTFOUND\\nnpm error network request failed, reason: ENOTFOUND\\nnpm error A log is somewhere\\n' >&2; exit 1 ;;
other) echo other > onnxruntime-node-1.30.0.tgz ;;
*) cp '$archive' . ;;
esac
END
}
polyfilled=DISTILLKIT_POLYFILL=Microsoft.ML.OnnxRuntime
Onnx_runtime_is_fetched_once() {
    onnxruntime
    launch $polyfilled run; says "fetching ONNX Runtime's library with npm"; says 'ran run'; calls 1 'npm pack onnxruntime-node@1.30.0'
    [[ $(cat "$library") == library && $(ls -A "$(dirname "$library")") == libonnxruntime.so.1 ]]
    launch $polyfilled run; launch $polyfilled benchmark; launch $polyfilled notebooks run; suite Good.Tests; no_shell_tests; launch $polyfilled test; calls 1 'npm'
}
Onnx_runtime_is_fetched_only_where_it_is_used() {
    onnxruntime
    launch $polyfilled doctor; launch $polyfilled run --profile smoke; launch $polyfilled notebooks run --profile smoke; launch $polyfilled notebooks run --check; launch $polyfilled run --help; launch $polyfilled ONNXRUNTIME=/some run
    launch $polyfilled 'MACHINE=Linux riscv64' run; launch DISTILLKIT_POLYFILL=none run; calls 0 'npm'
    stand_in ldconfig <<< "echo '	libonnxruntime.so.1 (libc6,x86-64) => /usr/lib/libonnxruntime.so.1'"; launch $polyfilled run; calls 0 'npm'
    rm "$box/bin/ldconfig"; suite Good.Tests; no_shell_tests; launch $polyfilled test; calls 1 'npm'
}
Without_onnx_runtime_everything_else_goes_on() {
    onnxruntime; suite Good.Tests; no_shell_tests
    launch $polyfilled NPM=fails run; says 'no ONNX Runtime: npm error network request failed, reason: ENOTFOUND; only what'; says 'ran run'
    launch $polyfilled NPM=fails test; [[ $(tail -n 1 "$box/said") == '5 passed, 0 failed, 2 skipped' ]]; calls 1 'npm'
    touch -d '2 hours ago' "$checkout/artifacts/setup/no-onnxruntime"; launch $polyfilled run; calls 2 'npm'; [[ -e $library ]]
}
A_changed_onnx_runtime_is_refused() { onnxruntime; launch $polyfilled NPM=other run; says 'onnxruntime-node-1.30.0.tgz is not the published one'; [[ -z $(ls -A "$(dirname "$library")") ]]; }
Npm_is_installed_for_onnx_runtime_where_that_is_allowed() {
    onnxruntime; rm "$box/bin/npm"
    launch USER_ID=1000 $polyfilled run --seed 1; says 'no ONNX Runtime: error: npm is not installed'; calls 0 'apt-get'
    rm "$checkout/artifacts/setup/no-onnxruntime"; launch $polyfilled benchmark; calls 1 'install -y --no-install-recommends -o DPkg::Lock::Timeout=600 npm'; says 'ran benchmark'
}
# The report's script, out of a small package of the right shape.
plotly() {
    local report=lib/DistillKit.Charts/Report archive="$box/plotly.js-dist-min-2.35.3.tgz" sum
    script="$box/home/.cache/distillkit/plotly.js-2.35.3/plotly.min.js"
    mkdir -p "$checkout/$report" "$box/package"
    echo script > "$box/package/plotly.min.js"
    tar -C "$box" -czf "$archive" package
    sum=$(sha512sum "$archive" | cut -d' ' -f1)
    sed "s/^sum=.*/sum=$sum/" "$repository/$report/fetch.sh" > "$checkout/$report/fetch.sh"
    stand_in npm <<END
#!/bin/bash
echo "npm \$*" >> '$box/calls'
[[ \${NPM:-} != fails ]] || { echo 'npm error network request failed, reason: ENOTFOUND' >&2; exit 1; }
cp '$archive' .
END
}
Plotly_is_fetched_once_for_the_report() {
    plotly
    launch doctor; launch run --profile smoke; launch run --help; launch PLOTLYJS=/some run; calls 0 'npm'
    launch run; says 'fetching plotly.js with npm'; says 'ran run'; calls 1 'npm pack plotly.js-dist-min@2.35.3'
    [[ $(cat "$script") == script && $(ls -A "$(dirname "$script")") == plotly.min.js ]]
    launch run; suite Good.Tests; no_shell_tests; launch test; calls 1 'npm'
}
Without_plotly_the_run_goes_on() {
    plotly
    launch NPM=fails run; says 'no plotly.js: npm error network request failed, reason: ENOTFOUND; the charts of the report will be pictures'; says 'ran run'
    launch NPM=fails run; calls 1 'npm'
}
The_report_looks_where_plotly_is_put() {
    plotly
    local version; version=$(sed -n 's/.*Version = "\(.*\)"/\1/p' "$repository/lib/DistillKit.Charts/Report/PlotlyScript.fs")
    [[ $(basename "$(dirname "$script")") == "plotly.js-$version" ]]
}
The_polyfill_looks_where_onnx_runtime_is_put() { onnxruntime; grep -q "\"$(basename "$(dirname "$library")")\"" "$repository/lib/polyfill/Microsoft.ML.OnnxRuntime/Interop/Library.cs"; }

A_missing_home_is_replaced() {
    launch HOME= doctor; says "HOME=$checkout/artifacts/home"
    launch HOME=/nowhere doctor; says "HOME=$checkout/artifacts/home"
}
A_home_that_cannot_be_written_lends_its_feeds() {
    [[ $(id -u) != 0 ]] || skip 'root may write anywhere'
    mkdir -p "$box/home/.nuget/NuGet"; echo feeds > "$box/home/.nuget/NuGet/NuGet.Config"; chmod -R a-w "$box/home"
    launch doctor; launch doctor; says "HOME=$checkout/artifacts/home"; grep -q feeds "$checkout/artifacts/home/.nuget/NuGet/NuGet.Config"
}
A_checkout_that_cannot_be_written_is_said() {
    [[ $(id -u) != 0 ]] || skip 'root may write anywhere'
    chmod a-w "$checkout"; refuses run; says "cannot write to $checkout"
}
A_failed_build_shows_its_errors_and_is_tried_again() {
    refuses BUILD_FAILS=1 run; says 'error CS1002: ; expected'; says 'failed: building lib/DistillKit.Cli'
    launch run; says 'ran run'; calls 2 'dotnet build'
}
An_interrupted_set_up_is_taken_up_again() {
    launch doctor; rm "$checkout/lib/DistillKit.Cli/bin/Release/net10.0/DistillKit.Cli.dll" # as a build leaves it half-way
    env -i PATH="$box/bin" HOME="$box/home" BUILD_SECONDS=30 "$(command -v setsid)" "$checkout/distillkit" doctor > "$box/said" 2>&1 & local launcher=$!
    until [[ $(grep -c 'dotnet build' "$box/calls") == 2 ]]; do sleep 0.05; done
    kill -TERM -- "-$launcher"; local code=0; wait "$launcher" || code=$?
    [[ $code == 130 ]]; says 'interrupted; the same command takes up the set-up again'
    launch doctor; says 'ran doctor'; calls 3 'dotnet build'
}
Two_at_once_set_up_once() {
    launch BUILD_SECONDS=1 doctor & sleep 0.3
    env -i PATH="$box/bin" HOME="$box/home" "$checkout/distillkit" doctor > "$box/second" 2>&1; wait
    calls 1 'dotnet build'; cp "$box/second" "$box/said"; says 'another ./distillkit is setting up; waiting for it'; says 'ran doctor'
}
Verbose_shows_the_output() { refuses DISTILLKIT_VERBOSE=1 BUILD_FAILS=1 doctor; says 'Unable to find package TorchSharp'; }

suite() { mkdir -p "$checkout/tests/$1"; touch "$checkout/tests/$1/$1.csproj"; }
no_shell_tests() { printf '#!/bin/bash\necho "ok One"\necho "skip Two (why)"\n' > "$checkout/tests/launcher/one.sh"; chmod +x "$checkout/tests/launcher/one.sh"; }
Passed_and_skipped_tests_are_summed() { suite Good.Tests; no_shell_tests; launch test; [[ $(tail -n 1 "$box/said") == '5 passed, 0 failed, 2 skipped' ]]; }
Failed_tests_are_shown_and_summed() { suite Good.Tests; suite Bad.Tests; no_shell_tests; refuses test; says 'Failed Sum_is_wrong'; [[ $(tail -n 1 "$box/said") == '6 passed, 2 failed, 2 skipped' ]]; }
A_crashed_test_host_is_a_failure() { suite Crash.Tests; no_shell_tests; refuses test; says 'host process crashed'; [[ $(tail -n 1 "$box/said") == '3 passed, 1 failed, 1 skipped' ]]; }
A_suite_that_does_not_run_is_a_failure() { suite Absent.Tests; no_shell_tests; refuses test; [[ $(tail -n 1 "$box/said") == '1 passed, 1 failed, 1 skipped' ]]; }
A_build_that_fails_ends_the_test_run() { suite Good.Tests; refuses BUILD_FAILS=1 test; says 'failed: building DistillKit.Notebooks.sln'; [[ $(tail -n 1 "$box/said") == '0 passed, 1 failed' ]]; }

skip() { echo "$*" > "$box/skipped"; exit 0; }
failures=0
for name in $(declare -F | cut -d' ' -f3 | grep '^[A-Z]'); do
    [[ $# == 0 ]] || grep -qiF "$(printf '%s\n' "$@")" <<< "$name" || continue
    sandbox
    why=$(set -e; "$name" 2>&1); code=$? # outside any condition: inside one, bash forgets set -e
    if [[ $code == 0 ]]; then
        if [[ -e $box/skipped ]]; then echo "skip $name ($(cat "$box/skipped"))"; else echo "ok $name"; fi
    else
        failures=$((failures + 1))
        echo "not ok $name"
        printf '%s\n' "$why"
    fi
    chmod -R u+w "$box"
    rm -rf "$box"
done
[[ $failures == 0 ]]
