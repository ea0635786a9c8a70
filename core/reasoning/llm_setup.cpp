// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "reasoning/llm_setup.h"

#include <sys/resource.h>

#include <algorithm>
#include <utility>

#include "reasoning/chat_client.h"
#include "reasoning/profile.h"

namespace espalier {
namespace {

constexpr int kMostProposals = 8;
constexpr double kStableShare = 0.71;

bool isLoopback(const std::string& base) {
  const std::size_t begin = base.find("://") + 3;
  const std::string host = base.substr(begin, base.find('/', begin) - begin);
  return host.starts_with("localhost") || host.starts_with("127.") || host.starts_with("[::1]");
}

/// The profiles of the options with the options' own values put in.
Result<std::vector<LlmProfile>> profilesOf(const LlmOptions& options) {
  std::vector<LlmProfile> profiles;
  const std::filesystem::path file = options.profileFile.empty() ? userProfilePath() : options.profileFile;
  for (const std::string& name : options.profiles) {
    Result<LlmProfile> profile = findProfile(name, file);
    if (!profile) return tl::unexpected<Error>(profile.error());
    profiles.push_back(std::move(*profile));
  }
  if (profiles.size() > 1 && !(options.url.empty() && options.model.empty())) {
    return usageError("An address or model is given together with several profiles.", "Give either of them.");
  }
  if (profiles.empty()) {
    if (options.url.empty()) {
      return usageError("No LLM server is given.",
                        "Use --llm-url URL, or --llm-profile NAME for a known server.");
    }
    profiles.emplace_back().name = "command line";
  }
  if (!options.url.empty()) {
    Result<ServerUrl> server = parseServerUrl(options.url);
    if (!server) return tl::unexpected<Error>(server.error());
    profiles.front().server = std::move(*server);
  }
  if (!options.model.empty()) profiles.front().model = options.model;
  if (options.concurrency) {
    for (LlmProfile& profile : profiles) profile.concurrency = std::clamp(*options.concurrency, 1, 64);
  }
  return profiles;
}

Result<ChatEndpoint> endpointOf(const LlmProfile& profile, const LlmOptions& options) {
  Result<Secret> key = keyFor(profile);
  if (!key) return tl::unexpected<Error>(key.error());
  if (!key->empty()) keepSecretsOutOfCoreDumps();
  ChatEndpoint endpoint;
  endpoint.dialect = profile.server.dialect;
  endpoint.base = profile.server.base;
  endpoint.model = profile.model;
  endpoint.key = std::move(*key);
  endpoint.extraBody = profile.extraBody;
  endpoint.limits = options.limits.value_or(ChatLimits{});
  return endpoint;
}

Result<PromptTemplate> templateOf(const LlmOptions& options) {
  if (options.preset != "espalier" && options.preset != "paper") {
    return usageError("There is no preset `" + options.preset + "`.", "Use espalier or paper.");
  }
  if (!options.promptTemplate.empty()) return PromptWriter::templateFile(options.promptTemplate);
  return PromptWriter::shippedTemplate(options.preset == "paper" ? "prompt_paper.txt" : "prompt.txt");
}

Result<std::unique_ptr<LlmProposer>> makeProposer(std::vector<LlmSeat> seats,
                                                  LlmProposerOptions proposerOptions,
                                                  const LlmOptions& options,
                                                  std::unique_ptr<Proposer> fallback) {
  Result<PromptTemplate> form = templateOf(options);
  if (!form) return tl::unexpected<Error>(form.error());
  const bool paper = options.preset == "paper";
  proposerOptions.proposals = std::clamp(options.proposals.value_or(paper ? 1 : 2), 1, kMostProposals);
  proposerOptions.jsonReply = !paper;
  proposerOptions.preferences = options.preferences && !paper;
  proposerOptions.budget = options.budget;
  std::unique_ptr<RecordingWriter> recording;
  if (!options.recording.empty()) {
    Result<std::unique_ptr<RecordingWriter>> opened =
        RecordingWriter::open(options.recording, "LLM " + seats.front().model->name());
    if (!opened) return tl::unexpected<Error>(opened.error());
    recording = std::move(*opened);
  }
  // The shipped prompt is made for caching; a prompt of the user is left as it is.
  const double stableShare = paper || !options.promptTemplate.empty() ? 0 : kStableShare;
  PromptWriter writer(std::move(*form), {.tokenLimit = options.promptTokens,
                                         .proposals = proposerOptions.proposals,
                                         .preferences = proposerOptions.preferences,
                                         .stableShare = stableShare});
  return std::make_unique<LlmProposer>(std::move(seats), std::move(writer), std::move(proposerOptions),
                                       std::move(fallback), std::move(recording));
}

}  // namespace

Result<std::unique_ptr<LlmProposer>> makeLlmProposer(const LlmOptions& options,
                                                     std::unique_ptr<Proposer> fallback) {
  const Result<std::vector<LlmProfile>> profiles = profilesOf(options);
  if (!profiles) return tl::unexpected<Error>(profiles.error());
  LlmProposerOptions proposerOptions;
  proposerOptions.concurrency = profiles->front().concurrency;
  std::vector<LlmSeat> seats;
  for (const LlmProfile& profile : *profiles) {
    Result<ChatEndpoint> endpoint = endpointOf(profile, options);
    if (!endpoint) return tl::unexpected<Error>(endpoint.error());
    const bool remote = !isLoopback(endpoint->base);
    if (remote && !endpoint->key.empty() && endpoint->base.starts_with("http://")) {
      proposerOptions.notices.push_back("The key is sent to " + endpoint->base + " without encryption.");
    }
    if (remote && options.budget.costUsd && !profile.prices) {
      proposerOptions.notices.push_back(
          "The prices of the model at " + endpoint->base +
          " are not known; the cost limit counts only what the server reports.");
    }
    LlmSeat seat;
    seat.model = std::make_unique<ChatClient>(std::move(*endpoint));
    seat.prices = profile.prices.value_or(TokenPrices{});
    seat.replyTokens = profile.replyTokens;
    seat.contextTokens = profile.contextTokens;
    seats.push_back(std::move(seat));
  }
  return makeProposer(std::move(seats), std::move(proposerOptions), options, std::move(fallback));
}

Result<std::unique_ptr<LlmProposer>> makeRecordedLlmProposer(const std::filesystem::path& recording,
                                                             const LlmOptions& options,
                                                             std::unique_ptr<Proposer> fallback) {
  Result<Recording> read = readRecording(recording);
  if (!read) return tl::unexpected<Error>(read.error());
  std::vector<LlmSeat> seats(1);
  seats.front().model = std::make_unique<RecordedModel>(std::move(*read));
  LlmProposerOptions proposerOptions;
  proposerOptions.name = "recorded";
  proposerOptions.concurrency = 0;
  LlmOptions replayed = options;
  replayed.recording.clear();
  return makeProposer(std::move(seats), std::move(proposerOptions), replayed, std::move(fallback));
}

Result<std::vector<std::string>> listModels(const LlmOptions& options, const std::stop_token& stop) {
  const Result<std::vector<LlmProfile>> profiles = profilesOf(options);
  if (!profiles) return tl::unexpected<Error>(profiles.error());
  Result<ChatEndpoint> endpoint = endpointOf(profiles->front(), options);
  if (!endpoint) return tl::unexpected<Error>(endpoint.error());
  constexpr std::chrono::milliseconds kPatience{3000};
  endpoint->limits.connect = kPatience;
  endpoint->limits.firstByte = kPatience;
  endpoint->limits.total = kPatience;
  return ChatClient(std::move(*endpoint)).models(stop);
}

void keepSecretsOutOfCoreDumps() {
  // A limit of one byte also stops the kernel from piping the image to a crash handler, which a limit of zero
  // does not.
  rlimit limit{};
  if (getrlimit(RLIMIT_CORE, &limit) != 0) return;
  limit.rlim_cur = std::min<rlim_t>(limit.rlim_max, 1);
  setrlimit(RLIMIT_CORE, &limit);
}

}  // namespace espalier
