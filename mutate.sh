#!/usr/bin/env bash
# Plants each bug of Gateway.Tests/Faults/Planted in a copy of the tree, one at a time, builds it and runs the tests named there: they
# must fail. `./mutate.sh [NAME...]` for some. Not part of ./test.sh: each bug costs a build, some minutes on two cores for all.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 MSBUILDDISABLENODEREUSE=1
quick=(-c Release -nologo -v q -p:UseSharedCompilation=false -p:RunAnalyzers=false -p:EnforceCodeStyleInBuild=false)

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
git ls-files -co --exclude-standard -z | tar --null -cf - -T - | tar -xf - -C "$work"

names=("$@")
((${#names[@]})) || for file in Gateway.Tests/Faults/Planted/*.txt; do names+=("$(basename "$file" .txt)"); done
(cd "$work" && dotnet build Gateway.Tests "${quick[@]}" >"$work/build.log" 2>&1) || { cat "$work/build.log"; exit 2; }

# Simulations begin with a fifth of their seeds: most bugs need no more, and one that survives those gets them all.
tests_pass() {
  (cd "$work" && GATEWAY_SIMULATION_SEEDS=1-40 timeout 900 dotnet test Gateway.Tests -c Release --no-build --filter "$1") >"$work/tests.log" 2>&1 &&
    (cd "$work" && timeout 1800 dotnet test Gateway.Tests -c Release --no-build --filter "$1") >"$work/tests.log" 2>&1
}

survivors=0
for name in "${names[@]}"; do
  bug=Gateway.Tests/Faults/Planted/$name.txt
  source=$(sed -n 's/^file: //p' "$bug")
  tests=$(sed -n 's/^tests: //p' "$bug")
  BUG=$bug perl -0777 -pe 'BEGIN { open my $f, "<", $ENV{BUG}; local $/; $_ = <$f>; ($right, $wrong) = /\n--- right\n(.*)\n--- wrong\n(.*)\n\z/s }
    my $n = s/\Q$right\E/$wrong/g; die "matches $n times\n" unless $n == 1' "$source" >"$work/$source"
  if ! (cd "$work" && dotnet build Gateway.Host --no-restore "${quick[@]}") >"$work/build.log" 2>&1; then
    echo "$name: does not build"
    tail -n 3 "$work/build.log"
    survivors=$((survivors + 1))
  else
    cp "$work/Gateway.Host/bin/Release/net10.0/gateway.dll" "$work/Gateway.Tests/bin/Release/net10.0/"
    if tests_pass "$tests"; then
      echo "$name: SURVIVES $tests"
      survivors=$((survivors + 1))
    else
      echo "$name: caught by $(grep -oE '^ +Failed [A-Za-z0-9_.]+' "$work/tests.log" | sed 's/.*\.\([A-Za-z0-9_]*\.[A-Za-z0-9_]*\)$/\1/' | sort -u | paste -sd' ' || true)"
    fi
  fi
  cp "$source" "$work/$source"
done
echo "$((${#names[@]} - survivors)) caught, $survivors not"
((survivors == 0))
