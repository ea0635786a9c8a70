#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 Espalier developers
# SPDX-License-Identifier: Apache-2.0
# ./test.sh [ARGUMENTS]   installs what is missing, builds, and runs every test; arguments go to ctest
# (for instance -R transform). ESPALIER_PRESET picks another preset than release.
set -euo pipefail
# shellcheck source=.ci/setup.sh
source "$(dirname "${BASH_SOURCE[0]}")/.ci/setup.sh"

preset=${ESPALIER_PRESET:-release}
install_missing
build_preset "$preset"
# Windows are tested without a display.
export QT_QPA_PLATFORM=${QT_QPA_PLATFORM:-offscreen}
cd "$espalier_root"
exec ctest --preset "$preset" "$@" < /dev/null
