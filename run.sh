#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 Espalier developers
# SPDX-License-Identifier: Apache-2.0
# ./run.sh [ARGUMENTS]   installs what is missing, builds, and runs `espalier-cli ARGUMENTS`.
# Without arguments: the window where there is a display, else it tunes a named layer.
set -euo pipefail
# shellcheck source=.ci/setup.sh
source "$(dirname "${BASH_SOURCE[0]}")/.ci/setup.sh"

install_missing
build_preset release programs

bin=$espalier_root/build/release/bin
if [ $# -gt 0 ]; then
  exec "$bin/espalier-cli" "$@"
elif [ -x "$bin/espalier" ] && [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
  exec "$bin/espalier"
else
  exec "$bin/espalier-cli" tune deepseek_r1_moe
fi
