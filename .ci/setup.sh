# SPDX-FileCopyrightText: 2026 Espalier developers
# SPDX-License-Identifier: Apache-2.0
# Sourced by run.sh, test.sh and .ci/run: what all three do first. Everything here speaks on standard error,
# so that standard output belongs to the program alone.

espalier_root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

say() { printf 'espalier: %s\n' "$*" >&2; }
fail() { say "$1"; exit 4; }

# Installs the packages of .ci/packages.txt that are missing; touches nothing if none is.
install_missing() {
  if ! command -v dpkg-query > /dev/null || ! command -v apt-get > /dev/null; then
    say "this is not Debian: install by hand what .ci/packages.txt lists, if the build asks for it."
    return
  fi
  local missing
  missing=$(comm -23 <(sort -u "$espalier_root/.ci/packages.txt") \
    <(dpkg-query --show --showformat='${db:Status-Status} ${Package}\n' | sed -n 's/^installed //p' | sort -u))
  [ -n "$missing" ] || return 0
  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo > /dev/null || fail "missing packages, and neither root nor sudo to install them. Ask an administrator for: ${missing//$'\n'/ }"
    as_root=(sudo)
  fi
  say "installing by apt: ${missing//$'\n'/ }"
  {
    # A machine may have package lists that are old or none at all.
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update -q &&
      # shellcheck disable=SC2086  # one word a package
      "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $missing
  } < /dev/null >&2 || fail "apt could not install them: see its message above; Debian 12 or later has them all."
}

# How many compilers fit: a core and about 1.2 GB each.
compile_jobs() {
  local cores gigabytes_tenths jobs
  cores=$(nproc)
  gigabytes_tenths=$(awk '/^MemAvailable:/ { print int($2 / 104858) }' /proc/meminfo)
  jobs=$((gigabytes_tenths / 12))
  [ "$jobs" -ge 1 ] || jobs=1
  [ "$jobs" -le "$cores" ] || jobs=$cores
  echo "$jobs"
}

# build_preset PRESET [TARGET...]: configures when it must and builds; waits for another build of the same folder.
build_preset() {
  local preset=$1
  shift
  local folder=$espalier_root/build/$preset targets=()
  [ $# -eq 0 ] || targets=(--target "$@")
  mkdir -p "$folder"
  exec 9> "$folder/.lock"
  flock 9
  if [ ! -f "$folder/build.ninja" ] || [ "$espalier_root/CMakePresets.json" -nt "$folder/build.ninja" ]; then
    say "configuring build/$preset"
    (cd "$espalier_root" && cmake --preset "$preset") >&2 || fail "CMake could not configure the build: see above."
  fi
  (cd "$espalier_root" && cmake --build "$folder" --parallel "$(compile_jobs)" "${targets[@]}") >&2 ||
    fail "the build failed: see above."
  exec 9>&-
}
