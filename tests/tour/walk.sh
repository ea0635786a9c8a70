#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 Espalier developers
# SPDX-License-Identifier: GPL-3.0-or-later
#
# From the start page to a session that is reopened: what a person does with a search, step by step.
# shellcheck disable=SC2154,SC2034  # stage.sh and tour.sh set what is used here, and use what is set

walk() {
  prepare || return 1
  # --- start page and demo
  launch
  picture start
  tabs 9 # to the list of recorded sessions
  press Down Return
  check "a recorded session was opened" titled matmul_small
  sleep 1.5 # it plays
  picture demo
  press ctrl+n

  # --- a new tuning of a real layer by rules
  local workload=alt+w samples=alt+a start=alt+n view=alt+v
  [ "$language" = de ] && workload=alt+u samples=alt+p view=alt+a
  fill_form
  picture new-tuning
  press $start
  check "a session was begun" at_least 1 "kind = 'run-started'"
  check "eight samples were measured" at_least 8 "kind = 'sample-measured'"
  picture running

  # --- pause and inspect
  press space
  check "the search was paused" at_least 1 "kind = 'run-paused'"
  press ctrl+b
  picture paused
  panel 4
  picture measurements
  panel 5
  picture why
  panel 2
  press F3
  picture diff
  palette "chart: timeline"
  picture timeline
  palette "chart: predicted against"
  picture predictions
  palette "show effort"
  picture effort
  panel 8
  picture table
  panel 9
  picture outline
  panel 6
  picture run
  press F1
  picture keys
  press Escape
  press ctrl+shift+p
  sleep 0.4
  picture palette
  press Escape
  palette "chart: speedup against samples"
  panel 3

  # --- hint, prune, undo, note
  canvas
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
  local step
  for step in 1 2 3 4 5 6 7 8; do press bracketleft; done
  picture past
  press $view # the menu
  sleep 0.4
  picture menu
  press Escape Escape
  end
  finish
}
