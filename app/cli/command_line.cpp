// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "cli/command_line.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <csignal>
#include <functional>
#include <iostream>
#include <limits>
#include <new>

#include "cli/verbs.h"

namespace espalier::cli {
namespace {

constexpr const char* kExamples = R"(Examples:
  espalier-cli tune deepseek_r1_moe                     tune a named layer with the built-in rules
  espalier-cli tune kernel.tc --size M=64 --size N=96   tune a kernel of your own
  espalier-cli tune llama3_8b_attention --llm-url http://localhost:11434/v1 --llm-model NAME
  espalier-cli resume deepseek_r1_moe.espalier --samples 256
  espalier-cli show deepseek_r1_moe.espalier --best
  espalier-cli export deepseek_r1_moe.espalier --best --format object --output moe.o
  espalier-cli measure kernel.tc --size M=64 --size N=96 --trace best.trace --inputs in --outputs out

Exit status: 0 done; 1 nothing valid was measured; 2 wrong usage; 3 bad input; 4 the environment lacks
something; 130 interrupted by Ctrl-C, after the session was closed.
An API key is read only from ESPALIER_API_KEY or OPENAI_API_KEY.)";

constexpr const char* kSearchNotes =
    R"(fallback_rate is the share of expansions that the proposer did not answer with a legal step: nothing that it
proposed was legal and a random step was taken; or its call failed, its reply held nothing, or its budget was
spent, and the rules answered in its place.
timeline.idle_percent is the share of the time with a candidate left (proposed, not yet measured) in which
nothing was built or measured.)";

/// A verb and what to run once it was chosen.
struct Verb {
  CLI::App* app = nullptr;
  std::function<Result<ExitStatus>()> run;
};

CLI::Option* addJson(CLI::App* app, Console& console) {
  return app->add_flag("--json", console.json, "Print exactly one JSON object on standard output");
}

void addWorkload(CLI::App* app, WorkloadOptions& options) {
  app->add_option("WORKLOAD", options.workload, "A named layer (see `workloads`) or a .tc file")->required();
  app->add_option("--kernel", options.kernel, "Which def of the .tc file")->type_name("NAME");
  app->add_option("--size", options.sizes, "Size of a symbol of the .tc file; repeatable")
      ->type_name("NAME=VALUE")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
}

void addKernel(CLI::App* app, KernelOptions& options) {
  app->add_option("--threads", options.threads, "Threads of the kernel (default: all cores)")
      ->check(CLI::Range(1, 4096))
      ->type_name("T");
  app->add_option("--prepack", options.prepack,
                  "Whether weights may be packed once, outside the timed region: auto, on or off")
      ->check(CLI::IsMember({"auto", "on", "off"}))
      ->type_name("WHEN");
  app->add_option("--target-cpu", options.targetCpu, "CPU to generate code for, by LLVM's name")
      ->type_name("NAME");
}

void addSearch(CLI::App* app, SearchOptions& options, Console& console) {
  const auto positive = CLI::Range(std::int64_t{1}, std::numeric_limits<std::int64_t>::max());
  const auto notNegative = CLI::Range(0.0, std::numeric_limits<double>::max());
  app->add_option("--samples", options.samples, "Candidates to send to the hardware, failed ones included")
      ->check(CLI::Range(1, 10'000'000))
      ->type_name("N");
  app->add_option("--seed", options.seed, "Seed of all randomness")->type_name("S");
  app->add_option("--strategy", options.strategy, "mcts, evolutionary or random")
      ->check(CLI::IsMember({"mcts", "evolutionary", "random"}))
      ->type_name("NAME");
  app->add_option("--proposer", options.proposer,
                  "auto, llm, rules, recorded, random, or exec:COMMAND for a program of your own")
      ->type_name("NAME");
  app->add_option("--llm-url", options.llmUrl, "Base URL of an OpenAI-compatible or Anthropic server")
      ->type_name("URL");
  app->add_option("--llm-model", options.llmModel, "Model to ask, or auto")->type_name("NAME");
  app->add_option("--llm-profile", options.llmProfiles,
                  "Profile of a model; repeatable: the first proposes, the last is asked after regressions")
      ->type_name("NAME")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  app->add_option(
         "--recording", options.recording,
         "With --proposer recorded what is replayed: a session with all that a person asked of it, or the "
         "exchanges with a model; else a file to write these to")
      ->type_name("FILE");
  app->add_option("--from", options.from,
                  "Begin with what this session learned: its measurements and its best schedules, fitted")
      ->type_name("SESSION");
  app->add_option("--measurements", options.measurements,
                  "File of measurements: what it holds is not measured again, what it lacks is added")
      ->type_name("FILE");
  app->add_option("--max-cost", options.maxCost, "Stop asking the model after this much money")
      ->check(notNegative)
      ->type_name("USD");
  app->add_option("--max-tokens", options.maxTokens, "Stop asking the model after this many tokens")
      ->check(positive)
      ->type_name("N");
  app->add_option("--max-calls", options.maxCalls, "Stop asking the model after this many calls")
      ->check(positive)
      ->type_name("N");
  app->add_option("--proposals", options.proposals, "Proposals per call of the model")
      ->check(CLI::Range(1, 16))
      ->type_name("K");
  app->add_option("--concurrency", options.concurrency,
                  "Calls of the model at once (default: the profile's, or 4)")
      ->check(CLI::Range(1, 32))
      ->type_name("N");
  app->add_option("--scorer", options.scorer,
                  "exec:COMMAND: a program of your own predicts times in place of the surrogate")
      ->type_name("exec:COMMAND");
  app->add_option("--time-limit", options.timeLimit, "Stop after this many seconds")
      ->check(notNegative)
      ->type_name("SECONDS");
  app->add_option("--history-depth", options.historyDepth, "Ancestors shown to the proposer")
      ->check(CLI::Range(0, 64))
      ->type_name("N");
  app->add_option("--branching", options.branching, "Children of a node of the tree")
      ->check(CLI::Range(1, 1024))
      ->type_name("B");
  app->add_option("--exploration", options.exploration, "The constant c of UCT")
      ->check(notNegative)
      ->type_name("C");
  app->add_option(
         "--selection", options.selection,
         "uct, or puct: the model states how much it believes in each proposal, and that is the prior")
      ->check(CLI::IsMember({"uct", "puct"}))
      ->type_name("NAME");
  app->add_option("--preset", options.preset,
                  "espalier (what our measurements favour) or paper (the paper's rules)")
      ->check(CLI::IsMember({"espalier", "paper"}))
      ->type_name("NAME");
  app->add_flag("--quiet", console.quiet, "No progress on standard error");
  addJson(app, console);
  app->footer(kSearchNotes);
}

void addNode(CLI::App* app, NodeOptions& options) {
  app->add_option("SESSION", options.session, "A session file (.espalier)")->required();
  CLI::Option* node = app->add_option("--node", options.node, "Id of a node")->type_name("ID");
  app->add_flag("--best", options.best, "The best node (what is taken if nothing is said)")->excludes(node);
}

/// Everything the command line can hold; the parser writes into it.
struct Parsed {
  TuneRequest tune;
  ResumeRequest resume;
  NodeOptions show;
  ExportOptions exported;
  MeasureOptions measure;
  CompareOptions compare;
  DoctorOptions doctor;
};

std::vector<Verb> addVerbs(CLI::App& app, Parsed& parsed, Console& console) {
  std::vector<Verb> verbs;
  const auto add = [&](const char* name, const char* meaning, auto run) {
    verbs.push_back({app.add_subcommand(name, meaning), run});
    return verbs.back().app;
  };

  CLI::App* verb = add("workloads", "List the named layers with shapes, FLOPs, bytes and their .tc text",
                       [&] { return listWorkloads(console); });
  addJson(verb, console);

  verb = add("tune", "Tune a layer or a kernel", [&] { return tune(parsed.tune, console); });
  addWorkload(verb, parsed.tune.workload);
  addKernel(verb, parsed.tune.kernel);
  verb->add_option("--session", parsed.tune.search.session,
                   "Session file to write (default: WORKLOAD.espalier in this folder, numbered if it exists)")
      ->type_name("FILE");
  addSearch(verb, parsed.tune.search, console);

  verb = add("resume", "Go on where a session stopped", [&] { return resume(parsed.resume, console); });
  verb->add_option("SESSION", parsed.resume.session, "A session file (.espalier)")->required();
  addKernel(verb, parsed.resume.kernel);
  addSearch(verb, parsed.resume.search, console);

  verb = add("show", "Show a session, or one of its nodes: program, trace, reasoning, prompt, measurements",
             [&] { return show(parsed.show, console); });
  addNode(verb, parsed.show);
  addJson(verb, console);

  verb = add("export", "Write a node as code, trace or report",
             [&] { return exportNode(parsed.exported, console); });
  addNode(verb, parsed.exported.node);
  verb->add_option("--format", parsed.exported.format, "trace, c, llvm, asm, object, tvm, csv, json or html")
      ->required()
      ->check(CLI::IsMember({"trace", "c", "llvm", "asm", "object", "tvm", "csv", "json", "html"}))
      ->type_name("NAME");
  verb->add_option("--output", parsed.exported.output, "File to write")->required()->type_name("PATH");
  verb->add_option("--target-cpu", parsed.exported.targetCpu, "CPU to generate code for, by LLVM's name")
      ->type_name("NAME");
  addJson(verb, console);

  verb = add("measure", "Apply a trace, verify the output and time it against the unscheduled program",
             [&] { return measureTrace(parsed.measure, console); });
  addWorkload(verb, parsed.measure.workload);
  verb->add_option("--trace", parsed.measure.trace, "Trace file (default: no transformation)")
      ->type_name("FILE");
  verb->add_option("--inputs", parsed.measure.inputs, "Folder with a NumPy file TENSOR.npy for every input")
      ->type_name("DIR");
  verb->add_option("--outputs", parsed.measure.outputs, "Folder to write TENSOR.npy for every output")
      ->type_name("DIR");
  addKernel(verb, parsed.measure.kernel);
  addJson(verb, console);

  verb = add("compare", "Speedup against samples of several sessions, side by side",
             [&] { return compareSessions(parsed.compare, console); });
  verb->add_option("SESSION", parsed.compare.sessions, "Two session files or more")
      ->required()
      ->expected(2, 64);
  addJson(verb, console);

  verb = add("doctor", "Measure this machine and look for what Espalier needs",
             [&] { return doctor(parsed.doctor, console); });
  verb->add_option("--llm-url", parsed.doctor.llmUrl, "Server to look for")->type_name("URL");
  verb->add_option("--llm-profile", parsed.doctor.llmProfiles, "Profile whose server to look for")
      ->type_name("NAME")
      ->expected(1);
  addJson(verb, console);
  return verbs;
}

/// Runs the verb; whatever it throws becomes a sentence.
ExitStatus runVerb(const Verb& verb, Console& console) {
  try {
    const Result<ExitStatus> status = verb.run();
    return status ? *status : console.fail(status.error());
  } catch (const std::bad_alloc&) {
    return console.fail(
        {ErrorKind::Environment, "There is not enough memory for this.", "Take smaller sizes."});
  } catch (const std::exception& exception) {
    console.warn(std::string("Internal error: ") + exception.what() +
                 " This is a bug of Espalier; please report it with the command that you typed.");
    return ExitStatus::Bug;
  }
}

}  // namespace

int runCommandLine(int argc, char** argv) {
  // A reader that went away (`| head`), or a worker that died, is an error of a write and not the end of us.
  std::signal(SIGPIPE, SIG_IGN);
  // So is a file that may not grow any more.
  std::signal(SIGXFSZ, SIG_IGN);
  Console console(std::cout, std::cerr);
  Parsed parsed;
  CLI::App app("Tunes tensor programs by Monte Carlo tree search with reasoning.", "espalier-cli");
  app.set_version_flag("--version", "espalier " ESPALIER_VERSION);
  app.require_subcommand(1);
  app.footer(kExamples);
  app.get_formatter()->column_width(34);
  const std::vector<Verb> verbs = addVerbs(app, parsed, console);
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& success) {  // --help, --version
    return app.exit(success);
  } catch (const CLI::ParseError& error) {
    std::string verbName;
    for (const Verb& verb : verbs)
      if (verb.app->parsed()) verbName = " " + verb.app->get_name();
    std::string message = error.what();
    if (!message.empty() && message.back() != '.') message += '.';
    // The parser gives up before it has set any flag.
    console.json =
        std::any_of(argv, argv + argc, [](const char* word) { return std::string_view(word) == "--json"; });
    const ExitStatus status = console.fail(
        {ErrorKind::Usage, message, "`espalier-cli" + verbName + " --help` lists what is possible."});
    return static_cast<int>(status);
  }

  ExitStatus status = ExitStatus::Usage;
  for (const Verb& verb : verbs)
    if (verb.app->parsed()) status = runVerb(verb, console);
  if (!console.flush() && status == ExitStatus::Done)
    status = console.fail({ErrorKind::Environment, "Standard output could not be written.",
                           "Look for a full disk or a closed pipe."});
  return static_cast<int>(status);
}

}  // namespace espalier::cli
