// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "reasoning/chat_endpoint.h"
#include "reasoning/chat_message.h"
#include "reasoning/chat_transport.h"
#include "reasoning/chat_wire.h"

namespace espalier {

/// What to do about a fault.
enum class FaultRemedy {
  GiveUp,
  RepeatOnce,  ///< it may have been an accident
  Repeat,      ///< it will pass
  StepDown,    ///< ask for less, if there is less to ask for
};

struct JudgedFault {
  ChatFault fault;
  FaultRemedy remedy = FaultRemedy::GiveUp;
};

/// The judgement on an HTTP exchange that did not complete (its end is neither Complete nor Stopped).
[[nodiscard]] JudgedFault judgeTransport(const HttpAnswer& answer, const ChatEndpoint& endpoint);
/// The judgement on an error of the server, from its body or from the middle of a stream.
[[nodiscard]] JudgedFault judgeServer(const ServerError& error, const ChatEndpoint& endpoint);
/// The judgement on a redirect.
[[nodiscard]] JudgedFault judgeRedirect(const HttpAnswer& answer, const ChatEndpoint& endpoint);

/// The next thing to do without, after a refusal of the request; equal to `used` if there is nothing left.
/// `words` says what was given up.
[[nodiscard]] ServerTraits steppedDown(const ServerTraits& used, const ChatFault& fault, bool asksForSchema,
                                       std::string& words);

}  // namespace espalier
