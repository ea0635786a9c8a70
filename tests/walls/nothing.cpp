// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
// Never compiled: stands for a source of the floor whose include path is asked for.
