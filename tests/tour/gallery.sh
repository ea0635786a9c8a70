#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 Espalier developers
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Every sheet, menu and form that the walk does not open, and what the window says when something goes wrong.
# shellcheck disable=SC2154,SC2034  # stage.sh and tour.sh set what is used here, and use what is set

gallery() {
  prepare || return 1
  local workload=alt+w sizes=alt+z proposer=alt+p profile=alt+f url=alt+u model=alt+m samples=alt+a start=alt+n
  if [ "$language" = de ]; then
    workload=alt+u sizes=alt+g proposer=alt+v url=alt+r samples=alt+p
  fi

  # --- what goes wrong before a search begins
  printf 'this is no session\n' > "$place/broken.espalier"
  printf 'def f(float(M,K) A, float(K,N) B) -> (C) {\n  C(m,n) +=! A(m,k) * B(k,n\n}\n' > "$place/broken.tc"
  launch "$place/broken.espalier"
  picture no-session
  press $workload
  press ctrl+a
  write "$place/broken.tc"
  press $sizes
  write 'M=64 N=64 K=64'
  press $start
  picture broken-kernel
  press ctrl+n
  press $workload
  press ctrl+a
  write matmul_small
  press $proposer
  press Down
  press $profile
  write openai
  picture llm-profile
  press $start
  session=$place/matmul_small.espalier
  check "a search without a key goes on with the rules" at_least 3 "kind = 'sample-measured'"
  picture missing-key
  check "it ends" at_least 1 "kind = 'run-finished'"
  press ctrl+n
  press $profile
  press Home
  press $url
  press ctrl+a
  write 'http://localhost:1/v1'
  picture llm-server
  press $start
  session=$place/matmul_small-2.espalier
  check "a search whose server refuses goes on with the rules" at_least 3 "kind = 'sample-measured'"
  picture refused-server
  palette "go on with another"
  picture another-proposer
  press Escape
  end

  # --- a model that never answers, and a person who does
  launch matmul_small
  press $proposer
  press Down
  press $profile
  press Home
  press $url
  press ctrl+a
  local port
  port=$(silent_server)
  write "http://localhost:$port/v1"
  press $model
  press ctrl+a
  write slow
  press $start
  session=$place/matmul_small-3.espalier
  check "a search asks the model" at_least 1 "kind = 'node-selected'"
  sleep 1
  picture thinking
  palette "answer in place"
  sleep 0.3
  write 'Parallel(loops=[m])'
  sleep 0.8
  picture answer
  press ctrl+Return
  check "the answer is a node" at_least 1 "kind = 'proposal-arrived' AND json_extract(body, '\$.proposer') = 'user'"
  check "it is measured" at_least 1 "kind = 'sample-measured'"
  picture answered
  end

  # --- a short search and the sheets over it
  launch matmul_small
  session=$place/matmul_small-4.espalier
  press $start
  check "the short search ended" at_least 1 "kind = 'run-finished'"
  picture finished
  press ctrl+e
  picture export-node
  press Tab
  press ctrl+a
  write /nowhere/at/all.o
  press Return
  picture export-refused
  press Escape
  palette "export the picture"
  picture export-picture
  press Escape
  palette "about espalier"
  picture about
  palette "chart: nodes by depth"
  picture chart-depths
  palette "chart: share of fallbacks"
  picture chart-fallbacks
  canvas
  press ctrl+b
  press Menu
  picture node-menu
  press Escape
  press shift+l
  picture path-labels
  press shift+h
  picture subtree
  press shift+h
  local step
  for step in 1 2 3 4 5 6 7 8; do press plus; done
  picture zoomed
  press z
  press ctrl+n
  picture recent

  # --- a worker that is killed
  fill_form
  press $start
  session=$place/$layer.espalier
  check "a search runs" at_least 2 "kind = 'sample-measured'"
  pkill -KILL -P "$pid"
  local before
  before=$(events "kind = 'sample-measured'")
  check "it goes on after its worker was killed" at_least $((before + 3)) "kind = 'sample-measured'"
  picture worker-killed
  canvas
  press space
  check "it was paused" at_least 1 "kind = 'run-paused'"
  press ctrl+b
  press question
  picture ask-again
  press Escape
  end
  finish
}
