#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 Espalier developers
# SPDX-License-Identifier: GPL-3.0-or-later
#
# What walk.sh and gallery.sh are written in: a window on the virtual display, keys and clicks, pictures, checks.
# Expects out, bin, width, height (pixels of the display), theme, language and layer to be set.
# shellcheck disable=SC2154,SC2034

failures=0 pid='' window='' shot=0

say() { printf 'tour: %s\n' "$*" >&2; }

# English names of commands, as the palette has them in other languages.
declare -A german=(
  ["show effort"]="Aufwand zeigen" ["chart: timeline"]="Diagramm: Zeitachse"
  ["chart: predicted against"]="Diagramm: Vorhersage gegen" ["chart: nodes by depth"]="Diagramm: Knoten nach"
  ["chart: share of fallbacks"]="Diagramm: Anteil" ["chart: speedup against samples"]="Diagramm: Beschleunigung über Proben"
  ["go on with another"]="Mit anderem Vorschlagenden" ["export the picture"]="Bild des Baums"
  ["about espalier"]="Über Espalier" ["answer in place"]="Statt des Modells")

prepare() { # a home of its own, with the theme chosen
  place=$(mktemp -d)
  session=$place/$layer.espalier
  export HOME=$place XDG_CONFIG_HOME=$place/config XDG_RUNTIME_DIR=$place/run QT_SCALE_FACTOR=$scale
  export LC_ALL=C.UTF-8
  unset ESPALIER_API_KEY OPENAI_API_KEY
  mkdir -p "$XDG_CONFIG_HOME/espalier" "$out"
  mkdir -m 700 "$XDG_RUNTIME_DIR"
  printf '[General]\nversion=1\ntheme=%s\n' "$theme" > "$XDG_CONFIG_HOME/espalier/window.ini"
  cd "$place" || return 1
}

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

events() { # how many events of the session satisfy a condition
  sqlite3 -readonly "file:$session?mode=ro" "SELECT count(*) FROM events WHERE $1" 2> /dev/null || echo 0
}
at_least() { [ "$(events "$2")" -ge "$1" ]; }
titled() { [[ $(xdotool getwindowname "$window") == "$1 "* ]]; }
command_was() { at_least 1 "kind = 'command-received' AND json_extract(body, '\$.command.kind') = '$1'"; }

picture() { # NAME, once what was asked for is drawn
  sleep 0.8
  shot=$((shot + 1))
  import -window root "$out/$(printf %02d $shot)-$1.png"
}
press() { xdotool key --clearmodifiers --delay 60 "$@"; }
write() { xdotool type --clearmodifiers --delay 15 "$1"; }
fill_form() { # the start page asks for a long search of the layer; keys as the caller's language has them
  press "$workload"
  press ctrl+a
  write "$layer"
  press "$samples"
  press ctrl+a
  write 400
}
tabs() { # presses Tab so many times
  local step
  for ((step = 0; step < $1; ++step)); do press Tab; done
}
palette() { # carries out a command by its name
  local words=$1
  [ "$language" = en ] || words=${german[$1]:-$1}
  press ctrl+shift+p
  sleep 0.3
  write "$words"
  press Return
  sleep 0.4
}
panel() { press "ctrl+$1"; } # program 1, diff 2, reasoning 3, measurements 4, why 5, run 6, charts 7, table 8, outline 9
canvas() { # a click beside the tree gives it the keyboard
  xdotool mousemove $((width / 5)) $((height * 3 / 5 - 60 * scale)) click 1
}

silent_server() { # accepts connections and says nothing, until the tour ends; prints its port
  local socket=$place/port
  perl -MIO::Socket::INET -e '
    my $server = IO::Socket::INET->new(Listen => 9, LocalAddr => "127.0.0.1") or die;
    print $server->sockport, "\n";
    close STDOUT;
    my @clients;
    while (my $client = $server->accept) { push @clients, $client }' > "$socket" 2> /dev/null &
  printf '%s\n' $! >> "$place/servers"
  until [ -s "$socket" ]; do sleep 0.1; done
  cat "$socket"
}

launch() { # ARGUMENTS…: the window fills the display
  env LC_ALL="$([ "$language" = en ] && echo C.UTF-8 || echo "$language")" "$bin/espalier" "$@" 2>> "$place/messages" &
  pid=$!
  window=$(timeout 30 xdotool search --sync --onlyvisible --pid $pid | tail -1)
  xdotool windowmove "$window" 0 0 windowsize "$window" "$width" "$height"
  xdotool windowfocus "$window"
  sleep 1
}
gone() { ! kill -0 "$pid" 2> /dev/null; }
end() {
  kill "$pid" 2> /dev/null
  wait "$pid" 2> /dev/null
}

finish() { # succeeds if nothing failed and the window wrote no messages
  # A language may be toured whose locale this machine lacks; X then has no table for composing letters.
  [ "$language" = en ] || sed -i '/^qt.xkb.compose: failed/d' "$place/messages"
  if [ -s "$place/messages" ]; then
    say "FAILED: the window wrote messages: $(cat "$place/messages")"
    failures=$((failures + 1))
  fi
  [ -e "$place/servers" ] && xargs kill < "$place/servers" 2> /dev/null
  rm -rf "$place"
  ((failures == 0))
}
