#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 Espalier developers
# SPDX-License-Identifier: GPL-3.0-or-later
#
# A person's tour of the window on a virtual display, with real key and mouse events: start page, demo, a new tuning of a
# real layer, pause, inspect, hint, prune, undo, resume, export, close while running, reopen, scrub. It checks what came
# of each act (events of the session, files) and leaves a picture of every step.
#
#   tests/tour/tour.sh OUT_DIR [BIN_DIR]        BIN_DIR: where espalier and espalier-cli lie, build/release/bin by default
#
# TOUR_SETUPS chooses what is toured, as `WIDTHxHEIGHT@SCALE:THEME …`; TOUR_LAYER the layer. Takes about a minute a setup.
# Exit status: 0 all went well; 1 something did not; 77 this machine lacks what it needs.
set -uo pipefail

setups=${TOUR_SETUPS:-"1280x720@1:light 1280x720@1:dark 2560x1440@1:light 2560x1440@1:dark 2560x1440@2:light 2560x1440@2:dark"}
layer=${TOUR_LAYER:-deepseek_r1_moe}

say() { printf 'tour: %s\n' "$*" >&2; }

skip() {
  say "$1; skipped."
  exit 77
}

# What happens inside the virtual display.
tour() {
  local out=$1 bin=$2 width=$3 height=$4 scale=$5 theme=$6
  local failures=0 pid='' window='' shot=0
  local place
  place=$(mktemp -d)
  local session=$place/$layer.espalier
  export HOME=$place XDG_CONFIG_HOME=$place/config XDG_RUNTIME_DIR=$place/run QT_SCALE_FACTOR=$scale LC_ALL=C.UTF-8
  mkdir -p "$XDG_CONFIG_HOME/espalier" "$out"
  mkdir -m 700 "$XDG_RUNTIME_DIR"
  printf '[General]\nversion=1\ntheme=%s\n' "$theme" > "$XDG_CONFIG_HOME/espalier/window.ini"
  cd "$place" || return 1

  check() { # WORDS COMMAND…: waits up to a minute for the command to succeed
    local words=$1 tries=0
    shift
    until "$@"; do
      if ((++tries > 240)) || ! kill -0 "$pid" 2> /dev/null; then
        say "FAILED: $words"
        failures=$((failures + 1))
        return 1
      fi
      sleep 0.25
    done
    say "ok: $words"
  }
  events() { # how many events satisfy a condition
    sqlite3 -readonly "file:$session?mode=ro" "SELECT count(*) FROM events WHERE $1" 2> /dev/null || echo 0
  }
  at_least() { [ "$(events "$2")" -ge "$1" ]; }
  command_was() { at_least 1 "kind = 'command-received' AND json_extract(body, '\$.command.kind') = '$1'"; }
  picture() { # NAME, once what was asked for is drawn
    sleep 0.8
    shot=$((shot + 1))
    import -window root "$out/$(printf %02d $shot)-$1.png"
  }
  press() { xdotool key --clearmodifiers --delay 60 "$@"; }
  write() { xdotool type --clearmodifiers --delay 15 "$1"; }
  palette() { # carries out a command by its name
    press ctrl+shift+p
    sleep 0.3
    write "$1"
    press Return
    sleep 0.4
  }
  launch() {
    "$bin/espalier" "$@" 2> "$place/messages" &
    pid=$!
    window=$(timeout 30 xdotool search --sync --onlyvisible --pid $pid | tail -1)
    xdotool windowmove "$window" 0 0 windowsize "$window" "$width" "$height"
    xdotool windowfocus "$window"
    sleep 1
  }
  gone() { ! kill -0 "$pid" 2> /dev/null; }

  # --- start page and demo
  launch
  picture start
  local step
  for step in 1 2 3 4 5 6 7 8 9; do press Tab; done # to the list of recorded sessions
  press Down Return
  sleep 2.5
  picture demo
  press ctrl+n

  # --- a new tuning of a real layer by rules
  press alt+w
  press ctrl+a
  write "$layer"
  press alt+a
  press ctrl+a
  write 400
  picture new-tuning
  press alt+n
  check "a session was begun" at_least 1 "kind = 'run-started'"
  check "eight samples were measured" at_least 8 "kind = 'sample-measured'"
  picture running

  # --- pause and inspect
  press space
  check "the search was paused" at_least 1 "kind = 'run-paused'"
  press ctrl+b
  picture paused
  palette "show measurements"
  picture measurements
  palette "show why"
  picture why
  palette "show diff"
  press F3
  picture diff
  palette "chart: timeline"
  picture timeline
  palette "chart: predicted against"
  picture predictions
  palette "show effort"
  picture effort
  palette "show table"
  picture table
  palette "show run"
  picture run
  press F1
  picture keys
  press Escape
  press ctrl+shift+p
  sleep 0.4
  picture palette
  press Escape
  palette "chart: speedup against samples"
  palette "show reasoning"

  # --- hint, prune, undo, note. A click on the canvas beside the tree gives it the keyboard.
  xdotool mousemove $((width / 5)) $((height * 3 / 5 - 60)) click 1
  press ctrl+b
  press t
  sleep 0.3
  write 'keep the reduction innermost and its panel in L1'
  picture hint
  press ctrl+Return
  check "the hint is in the session" command_was hint
  press n
  press Delete
  check "the node was pruned" at_least 1 "kind = 'node-marked' AND body LIKE '%\"pruned\"%'"
  picture pruned
  press ctrl+z
  check "it was taken back" at_least 1 "kind = 'node-marked' AND body LIKE '%\"unpruned\"%'"
  press w
  sleep 0.3
  write 'as fast as the best, with a smaller panel'
  picture note
  press ctrl+Return
  check "the note is in the session" test -n "$(sleep 1; sqlite3 "$session" 'SELECT note FROM annotations' 2> /dev/null)"
  press a
  sleep 0.6
  write 'Unroll(loop=k'
  sleep 0.8
  picture add-by-hand
  press Escape
  press Escape

  # --- resume, export the best
  local before
  before=$(events "kind = 'sample-measured'")
  press ctrl+b
  press space
  check "the search went on" at_least $((before + 2)) "kind = 'sample-measured'"
  press ctrl+shift+e
  sleep 0.4
  picture export
  press Return
  check "the object file was written" test -s "$place/$layer.o"
  check "its header was written" test -s "$place/$layer.h"
  picture exported

  # --- close while it runs
  press ctrl+q
  check "the window closed while the search ran" gone || kill "$pid"
  wait "$pid" 2> /dev/null
  pid=$$
  "$bin/espalier-cli" show "$session" --best > "$place/best" || failures=$((failures + 1))
  check "the session can be read afterwards" test -s "$place/best"

  # --- reopen and scrub
  launch "$session"
  picture reopened
  for step in 1 2 3 4 5 6 7 8; do press bracketleft; done
  picture past
  press alt+v # the menu
  sleep 0.4
  picture menu
  press Escape Escape
  kill "$pid"
  wait "$pid" 2> /dev/null
  if [ -s "$place/messages" ]; then
    say "FAILED: the window wrote messages: $(cat "$place/messages")"
    failures=$((failures + 1))
  fi
  rm -rf "$place"
  ((failures == 0))
}

if [ "${1:-}" = --inside ]; then
  shift
  tour "$@"
  exit
fi

[ $# -ge 1 ] || { say "usage: tests/tour/tour.sh OUT_DIR [BIN_DIR]"; exit 2; }
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
mkdir -p "$1" || exit 2
out=$(cd "$1" && pwd)
bin=$(cd "${2:-$here/../../build/release/bin}" 2> /dev/null && pwd) || skip "there are no programs in ${2:-build/release/bin}"
for tool in xvfb-run xdotool import sqlite3; do
  command -v "$tool" > /dev/null || skip "$tool is not installed (Debian: xvfb xauth xdotool imagemagick sqlite3)"
done
[ -x "$bin/espalier" ] || skip "$bin has no espalier"

status=0
for setup in $setups; do
  size=${setup%%@*} rest=${setup#*@}
  scale=${rest%%:*} theme=${rest#*:}
  say "--- $setup"
  xvfb-run -a -s "-screen 0 ${size}x24" bash "$here/tour.sh" --inside "$out/$size-$scale-$theme" "$bin" \
    "${size%x*}" "${size#*x}" "$scale" "$theme" || status=1
done
[ $status -eq 0 ] && say "all went well; the pictures lie in $out"
exit $status
