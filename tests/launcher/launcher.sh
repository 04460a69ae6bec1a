#!/usr/bin/env bash
# launcher.sh [PART_OF_A_NAME ...]: tests ./distillkit and tests/run on a small checkout of its own, with the real dotnet.
# Every function below named in CamelCase_with_underscores is a test; a test passes when its body succeeds (set -e).
set -uo pipefail
repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

# A checkout in a folder with spaces, whose program prints what it was started with.
sandbox() {
    box=$(mktemp -d) checkout="$box/my checkout" program="$box/my checkout/lib/DistillKit.Cli/Program.cs"
    mkdir -p "$checkout"/lib/DistillKit.Cli "$checkout"/tests/launcher
    cp -r "$repository"/{distillkit,global.json,Directory.*,.config} "$checkout/"
    cp -r "$repository/lib/native" "$checkout/lib/"
    cp "$repository"/tests/{run,Directory.*} "$checkout/tests/"
    cp "$repository"/[Nn]u[Gg]et.[Cc]onfig "$checkout/" 2> /dev/null || true
    project Exe > "$checkout/lib/DistillKit.Cli/DistillKit.Cli.csproj"
    prints first
}
project() {
    local properties="<OutputType>$1</OutputType><RestorePackagesWithLockFile>false</RestorePackagesWithLockFile>"
    echo "<Project Sdk=\"Microsoft.NET.Sdk\"><PropertyGroup>$properties</PropertyGroup></Project>"
}
prints() {
    local home='System.Environment.GetEnvironmentVariable("HOME")'
    echo "System.Console.WriteLine(\"$1 \" + string.Join(' ', args) + \", HOME=\" + $home);" > "$program"
}

# launch ARGUMENT...: what it prints goes to $box/said; NAME=VALUE words before the verb are variables.
launch() {
    local code=0 variables=()
    while [[ ${1:-} == [A-Z]*=* ]]; do variables+=("$1"); shift; done
    env "${variables[@]}" "$checkout/distillkit" "$@" > "$box/said" 2>&1 || code=$?
    return $code
}
refuses() { if launch "$@"; then false; fi; }
says() { grep -qF -- "$1" "$box/said" || { echo "expected: $1"; sed 's/^/  said: /' "$box/said"; return 1; }; }
built() { grep -q 'restoring and building' "$box/said" || { echo 'expected a build'; sed 's/^/  said: /' "$box/said"; return 1; }; }
not_built() { ! grep -q 'restoring and building' "$box/said" || { echo 'expected no build'; return 1; }; }

Contents_decide_whether_to_build() {
    launch run --profile smoke; built; says 'first run --profile smoke'
    launch run; not_built; says 'first run'
    touch -d '2001-01-01' "$program"; launch run; not_built
    touch -d '2099-01-01' "$program"; launch run; not_built
    prints 'older'; touch -d '2001-01-01' "$program"; launch run; built; says 'older run'
    prints 'newer'; touch -d '2099-01-01' "$program"; launch run; built; says 'newer run'; launch run; not_built
    find "$checkout/lib" -type f -exec touch -d '2099-01-01' {} +; launch run; not_built
    prints 'newest'; launch run; built; says 'newest run'; launch run; not_built
    find "$checkout/lib" -type f -exec touch -d '2001-01-01' {} +; launch run; not_built
    find "$checkout/artifacts/setup" -exec touch -d '2099-01-01' {} +; prints 'last'; launch run; built; says 'last run'
    echo 'internal static class Another;' > "${program%/*}/Another.cs"; launch run; built
    rm "${program%/*}/Another.cs"; launch run; built; launch run; not_built
}
A_failed_build_shows_its_errors_and_is_tried_again() {
    echo 'int x = "text";' > "$program"
    refuses run; says 'error CS0029'; says 'failed: restoring and building lib/DistillKit.Cli'; ! grep -q "$box" "$box/said"
    prints fixed; launch run; says 'fixed run'
}
A_second_launcher_waits_for_the_first() {
    "$checkout/distillkit" one > "$box/one" 2>&1 &
    while [[ ! -e $checkout/artifacts/setup/log.txt ]]; do sleep 0.05; done
    launch two; wait; says 'another ./distillkit is setting up; waiting for it'; says 'first two'; not_built; grep -q 'first one' "$box/one"
}
A_killed_set_up_is_taken_up() {
    setsid "$checkout/distillkit" run > "$box/one" 2>&1 & local group=$!
    while [[ ! -e $checkout/artifacts/setup/log.txt ]]; do sleep 0.05; done
    sleep 1; kill -KILL -- -$group 2> /dev/null || kill -KILL $group; wait $group || true
    launch run; built; says 'first run'
}
Without_a_writable_home_it_uses_its_own() {
    launch HOME=/nowhere NUGET_PACKAGES="${NUGET_PACKAGES:-$HOME/.nuget/packages}" run; says "HOME=$checkout/artifacts/home"
}
No_dotnet_is_said() {
    mkdir "$box/bin"; for tool in bash basename dirname readlink mkdir; do ln -s "$(command -v $tool)" "$box/bin/$tool"; done
    refuses PATH="$box/bin" HOME="$box" run; says 'the .NET SDK 10 is not installed'; [[ ! -e $checkout/artifacts/setup ]]
}
An_old_sdk_is_said() {
    sed -i 's/"version": "[^"]*"/"version": "99.0.100"/' "$checkout/global.json"
    refuses run; says 'the .NET SDK 10 is needed, and dotnet here has 10.'
}
A_read_only_checkout_is_said() {
    [[ $(id -u) != 0 ]] || skip 'root may write anywhere'
    chmod -R a-w "$checkout"; refuses run; says 'needs a checkout that you may write to'
}

suite() { # NAME BODY
    mkdir -p "$checkout/tests/$1"
    project Library > "$checkout/tests/$1/$1.csproj"
    cat > "$checkout/tests/$1/Suite.cs" << END
public sealed class Suite
{
    [Fact] public void Good() { }
    [Fact(Skip = "why")] public void Skipped() { }
    [Fact] public void Other() { $2 }
}
END
    (cd "$checkout" && dotnet build "tests/$1" -c Release -v quiet > "$box/build" 2>&1) || { cat "$box/build"; return 1; }
}
Tests_are_summed_and_failures_shown() {
    suite Good.Tests ''; suite Bad.Tests 'Assert.Equal(1, 2);'; suite Crash.Tests 'System.Environment.FailFast("gone");'
    mkdir -p "$checkout/tests/Absent.Tests"; touch "$checkout/tests/Absent.Tests/Absent.Tests.csproj"
    printf '#!/bin/bash\necho "ok One"\necho "skip Two (why)"\n' > "$checkout/tests/launcher/one.sh"
    chmod +x "$checkout/tests/launcher/one.sh"
    ! "$checkout/tests/run" Suite > "$box/said" 2>&1 || return 1
    says 'Assert.Equal() Failure'
    says 'Bad.Tests                        1 passed, 1 failed, 1 skipped'
    says 'Good.Tests                       2 passed, 0 failed, 1 skipped'
    says 'Absent.Tests                     0 passed, 1 failed, 0 skipped'
    grep -qE '^Crash.Tests +[01] passed, 1 failed' "$box/said" || { says 'Crash.Tests with one failure'; return 1; }
    tail -n 1 "$box/said" | grep -qE '^[45] passed, 3 failed, [34] skipped$' || { tail -n 1 "$box/said"; return 1; }
}

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
