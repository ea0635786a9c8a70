#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 Espalier developers
# SPDX-License-Identifier: GPL-3.0-or-later
#
# A person's tour of the window on a virtual display, with real key and mouse events: start page, demo, a new tuning of a
# real layer, pause, inspect, hint, prune, undo, resume, export, close while running, reopen, scrub (walk.sh); then every
# other sheet and what the window says of faults (gallery.sh). It checks what came of each act (events of the session,
# files) and leaves a picture of every step.
#
#   tests/tour/tour.sh OUT_DIR [BIN_DIR]        BIN_DIR: where espalier and espalier-cli lie, build/release/bin by default
#
# TOUR_SETUPS chooses what is toured, as `WIDTHxHEIGHT@SCALE:THEME[:LANGUAGE] …`, width and height in points: a window of
# 1280x720 points at two pixels a point needs a display of 2560x1440. TOUR_PARTS is `walk gallery` or one of them,
# TOUR_LAYER the layer. Takes two minutes a setup.
# Exit status: 0 all went well; 1 something did not; 77 this machine lacks what it needs.
set -uo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tests/tour/stage.sh
. "$here/stage.sh"

sizes="1280x720@1 1280x720@2 2560x1440@1 2560x1440@2"
default_setups=$(for size in $sizes; do printf '%s:light %s:dark ' "$size" "$size"; done)
setups=${TOUR_SETUPS:-"$default_setups 1280x720@1:light:de"}
parts=${TOUR_PARTS:-"walk gallery"}
# shellcheck disable=SC2034  # for stage.sh
layer=${TOUR_LAYER:-deepseek_r1_moe}

skip() {
  say "$1; skipped."
  exit 77
}

if [ "${1:-}" = --inside ]; then
  part=$2 out=$3 bin=$4 width=$5 height=$6 scale=$7 theme=$8 language=$9
  # shellcheck source=/dev/null
  . "$here/$part.sh"
  "$part"
  exit
fi

[ $# -ge 1 ] || { say "usage: tests/tour/tour.sh OUT_DIR [BIN_DIR]"; exit 2; }
mkdir -p "$1" || exit 2
out=$(cd "$1" && pwd)
bin=$(cd "${2:-$here/../../build/release/bin}" 2> /dev/null && pwd) || skip "there are no programs in ${2:-build/release/bin}"
for tool in xvfb-run xdotool import sqlite3; do
  command -v "$tool" > /dev/null || skip "$tool is not installed (Debian: xvfb xauth xdotool imagemagick sqlite3)"
done
[ -x "$bin/espalier" ] || skip "$bin has no espalier"

status=0
for setup in $setups; do
  IFS=: read -r size theme language <<< "$setup"
  scale=${size#*@} size=${size%@*}
  width=$((${size%x*} * scale)) height=$((${size#*x} * scale))
  for part in $parts; do
    say "--- $setup $part"
    # Without -noreset the server starts over when a window ends, and may refuse the next one meanwhile.
    xvfb-run -a -s "-screen 0 ${width}x${height}x24 -noreset" bash "$here/tour.sh" --inside "$part" \
      "$out/$size-$scale-$theme${language:+-$language}/$part" "$bin" "$width" "$height" "$scale" "$theme" "${language:-en}" ||
      status=1
  done
done
[ $status -eq 0 ] && say "all went well; the pictures lie in $out"
exit $status
