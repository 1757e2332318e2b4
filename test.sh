#!/usr/bin/env bash
# Builds Release once and runs the tests. The last line is always `N passed, N failed, N skipped`; the exit code is 0 only when tests
# ran and none failed. `./test.sh --filter X` runs those that the filter names (see `dotnet test --filter`).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

# Programs of other people that judge the gateway. Without them their tests are skipped here, and fail where CI=true.
packages=(curl mosquitto mosquitto-clients openssl prometheus-alertmanager python3-paho-mqtt strace)
command -v node >/dev/null && command -v npm >/dev/null || packages+=(nodejs npm)
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

filter=()
while (($#)); do
  case "$1" in
    --filter) filter=(--filter "${2:?--filter needs an expression}"); shift 2 ;;
    -h | --help) sed -n '2,3s/^# //p' "$0"; exit 0 ;;
    *) echo "usage: ./test.sh [--filter EXPRESSION]" >&2; exit 2 ;;
  esac
done

work=$(mktemp -d)
reporter=
finish() {
  [[ -z $reporter ]] || kill "$reporter" 2>/dev/null || true
  rm -rf "$work"
}
trap finish EXIT

# Says how it ended and ends: PASSED FAILED SKIPPED EXITCODE.
close() {
  echo "$1 passed, $2 failed, $3 skipped"
  exit "$4"
}

# Debian's mosquitto and Alertmanager come with services on their ports; the tests start their own and a person may have a gateway there.
install_without_services() {
  local policy=/usr/sbin/policy-rc.d made=
  if [[ ! -e $policy ]]; then
    printf '#!/bin/sh\nexit 101\n' | "$@" tee "$policy" >/dev/null
    "$@" chmod +x "$policy"
    made=1
  fi
  local status=0
  "$@" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" || status=$?
  [[ -z $made ]] || "$@" rm -f "$policy"
  local service
  for service in mosquitto prometheus-alertmanager; do
    if [[ $status == 0 && " ${missing[*]} " == *" $service "* ]] && command -v systemctl >/dev/null; then
      "$@" systemctl disable --now "$service.service" >/dev/null 2>&1 || true
    fi
  done
  return "$status"
}

install_packages() {
  command -v apt-get >/dev/null && command -v dpkg-query >/dev/null || return 0
  missing=()
  local package
  for package in "${packages[@]}"; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
  done
  ((${#missing[@]})) || return 0

  local root=(env)
  if ((EUID != 0)); then
    if ! command -v sudo >/dev/null || ! sudo -n true 2>/dev/null; then
      echo "not installed, and this is not root: ${missing[*]}"
      return 0
    fi
    root=(sudo -n)
  fi
  echo "installing ${missing[*]}"
  if ! install_without_services "${root[@]}" >"$work/apt.log" 2>&1; then
    { "${root[@]}" apt-get update -qq && install_without_services "${root[@]}"; } >"$work/apt.log" 2>&1 ||
      { tail -n 5 "$work/apt.log"; echo "could not install ${missing[*]}; tests that need them are left out, or fail in CI"; }
  fi
}

# How far it is: on a terminal every second on one line, otherwise a line a minute.
report() {
  local seconds=0
  while sleep 1; do
    seconds=$((seconds + 1))
    if [[ -t 1 ]]; then
      printf '\r%d tests, %d:%02d ' "$(grep -cE '^ +(Passed|Failed|Skipped) ' "$work/tests.log" || true)" $((seconds / 60)) $((seconds % 60))
    elif ((seconds % 60 == 0)); then
      echo "$(grep -cE '^ +(Passed|Failed|Skipped) ' "$work/tests.log" || true) tests, $((seconds / 60)) min"
    fi
  done
}

# Packages of npm, exactly as their lock files have them, each beside what uses it. Left out here when they cannot be had; fails in CI.
install_npm() {
  command -v npm >/dev/null || return 0
  local name folder
  for name in mqttjs ajv; do
    folder=Gateway.Tests/Fixtures/$name
    [[ $folder/node_modules/.package-lock.json -nt $folder/package-lock.json ]] && continue
    echo "installing $name"
    npm ci --prefix "$folder" --ignore-scripts --no-audit --no-fund >"$work/npm.log" 2>&1 ||
      { tail -n 5 "$work/npm.log"; echo "could not install $name; tests that need it are left out, or fail in CI"; }
  done
}

# The sum of one attribute of the counters of all result files.
sum() {
  cat "$work"/*.trx 2>/dev/null | grep -o '<Counters [^>]*' | grep -o " $1=\"[0-9]*\"" | tr -dc '0-9\n' | awk '{ n += $1 } END { print n + 0 }' || true
}

install_packages
install_npm

echo "building"
if ! dotnet build Gateway.sln -c Release -nologo -v q >"$work/build.log" 2>&1; then
  grep -E ': (error|warning) ' "$work/build.log" | sort -u || cat "$work/build.log"
  echo "the build failed; no test ran"
  close 0 0 0 1
fi

echo "testing"
: >"$work/tests.log"
report &
reporter=$!
status=0
dotnet test Gateway.sln -c Release --no-build --no-restore "${filter[@]}" --results-directory "$work" \
  --logger "trx;LogFilePrefix=tests" --logger "console;verbosity=normal" >"$work/tests.log" 2>&1 || status=$?
kill "$reporter" 2>/dev/null && wait "$reporter" 2>/dev/null || true
reporter=
[[ ! -t 1 ]] || echo

# Failures with their messages, then what was skipped and why.
awk '/^ +(Passed|Skipped) / { show = 0 } /^ +Failed / { show = 1 } /^Test Run|^Total tests/ { show = 0 } show' "$work/tests.log"
awk '/^ +Skipped / { print; getline; print }' "$work/tests.log"

total=$(sum total)
executed=$(sum executed)
passed=$(sum passed)
skipped=$((total - executed))
failed=$((executed - passed))
if ((executed == 0)); then
  tail -n 20 "$work/tests.log"
  echo "no test ran"
  close "$passed" "$failed" "$skipped" 1
fi
if ((status != 0 && failed == 0)); then
  tail -n 20 "$work/tests.log"
  echo "the test run ended with $status although no test failed: it did not come to its end"
fi
((failed == 0)) || status=1
close "$passed" "$failed" "$skipped" "$status"
