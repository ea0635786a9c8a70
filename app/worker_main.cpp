// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include "measure/worker_loop.h"

int main() { return espalier::runWorker(STDIN_FILENO, STDOUT_FILENO); }
