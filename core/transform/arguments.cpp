// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "transform/arguments.h"

#include <algorithm>

#include "program/analysis.h"
#include "workload/near_names.h"

namespace espalier {
namespace {

tl::unexpected<Refusal> missing(const Step& step, std::string_view argument, std::string_view kind) {
  const std::string name(argument);
  if (step.find(argument) == nullptr)
    return refuse("missing-argument", about(step) + "the argument " + name + " is missing.",
                  "Give " + name + " as " + std::string(kind) + ".");
  return refuse("wrong-argument", about(step) + name + " is not " + std::string(kind) + ".",
                "Give " + name + " as " + std::string(kind) + ".");
}

std::string hintFor(const std::string& name, const std::vector<std::string>& known, const std::string& kind) {
  if (known.empty()) return "There is no " + kind + ".";
  return didYouMean(name, known, "There are " + enumerate(known) + ".");
}

}  // namespace

std::string enumerate(const std::vector<std::string>& words) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i)
    text += (i == 0 ? "" : (i + 1 == words.size() ? " and " : ", ")) + words[i];
  return text;
}

std::string namesOf(const Program& program, const std::vector<LoopId>& loops) {
  std::vector<std::string> names;
  for (const LoopId loop : loops) names.push_back(program.loop(loop).name);
  return enumerate(names);
}

std::string about(const Step& step) { return print(step) + ": "; }

Outcome<std::string> textArgument(const Step& step, std::string_view argument) {
  if (auto text = step.text(argument)) return *std::move(text);
  if (const auto number = step.integer(argument)) return std::to_string(*number);
  return missing(step, argument, "a name");
}

Outcome<std::int64_t> integerArgument(const Step& step, std::string_view argument) {
  if (const auto number = step.integer(argument)) return *number;
  if (const auto numbers = step.integers(argument); numbers && numbers->size() == 1) return numbers->front();
  return missing(step, argument, "an integer");
}

Outcome<std::vector<std::int64_t>> integersArgument(const Step& step, std::string_view argument) {
  if (auto numbers = step.integers(argument)) return *std::move(numbers);
  return missing(step, argument, "a list of integers");
}

Outcome<LoopId> loopNamed(const Program& program, const Step& step, const std::string& name) {
  if (const auto loop = program.findLoop(name)) return *loop;
  std::vector<std::string> known;
  for (const LoopId loop : loopsOf(program)) known.push_back(program.loop(loop).name);
  return refuse("unknown-loop", about(step) + "there is no loop " + name + ".", hintFor(name, known, "loop"));
}

Outcome<LoopId> loopArgument(const Program& program, const Step& step) {
  const Outcome<std::string> name = textArgument(step, "loop");
  if (!name) return tl::unexpected(name.error());
  return loopNamed(program, step, *name);
}

Outcome<std::vector<LoopId>> loopsArgument(const Program& program, const Step& step) {
  const auto names = step.texts("loops");
  if (!names) return missing(step, "loops", "a list of loop names");
  std::vector<LoopId> loops;
  for (const std::string& name : *names) {
    const Outcome<LoopId> loop = loopNamed(program, step, name);
    if (!loop) return tl::unexpected(loop.error());
    if (std::find(loops.begin(), loops.end(), *loop) != loops.end())
      return refuse("repeated-loop", about(step) + "loop " + name + " is named twice.",
                    "Name every loop once.");
    loops.push_back(*loop);
  }
  return loops;
}

Outcome<BlockId> blockArgument(const Program& program, const Step& step) {
  const Outcome<std::string> name = textArgument(step, "block");
  if (!name) return tl::unexpected(name.error());
  if (const auto block = program.findBlock(*name)) return *block;
  std::vector<std::string> known;
  for (const BlockId block : blocksOf(program)) known.push_back(program.block(block).name);
  return refuse("unknown-block", about(step) + "there is no block " + *name + ".",
                hintFor(*name, known, "block"));
}

Outcome<BufferId> bufferArgument(const Program& program, const Step& step) {
  const Outcome<std::string> name = textArgument(step, "buffer");
  if (!name) return tl::unexpected(name.error());
  if (const auto buffer = program.findBuffer(*name)) return *buffer;
  std::vector<std::string> known;
  for (const Buffer& buffer : program.buffers) known.push_back(buffer.name);
  return refuse("unknown-buffer", about(step) + "there is no buffer " + *name + ".",
                hintFor(*name, known, "buffer"));
}

Outcome<LoopId> loopAroundArgument(const Program& program, const Step& step, BlockId block) {
  const Outcome<std::string> name = textArgument(step, "loop");
  if (!name) return tl::unexpected(name.error());
  const std::vector<LoopId> around = loopsAround(program, block);
  std::vector<std::string> known;
  for (const LoopId loop : around) {
    if (program.loop(loop).name == *name) return loop;
    known.push_back(program.loop(loop).name);
  }
  const Block& body = program.block(block);
  for (std::size_t i = 0; i < body.axes.size(); ++i)
    if (body.axes[i].name == *name && body.bindings[i].kind() == ExprKind::LoopVar)
      return body.bindings[i].loop();
  if (program.findLoop(*name))
    return refuse(
        "not-around", about(step) + "loop " + *name + " does not surround block " + body.name + ".",
        known.empty() ? "No loop surrounds it." : "Around " + body.name + " are " + enumerate(known) + ".");
  return refuse("unknown-loop",
                about(step) + "there is no loop " + *name + " around block " + body.name + ".",
                hintFor(*name, known, "loop around it"));
}

Outcome<Step> canonicalStep(const Transformation& member, const Step& step) {
  Step canonical;
  canonical.name = std::string(member.name);
  std::vector<std::string> known;
  for (const Parameter& parameter : member.parameters) {
    known.emplace_back(parameter.name);
    if (const ArgumentValue* value = step.find(parameter.name)) canonical.set(parameter.name, *value);
  }
  for (const auto& [name, value] : step.arguments)
    if (std::find(known.begin(), known.end(), name) == known.end())
      return refuse("unknown-argument", about(step) + "there is no argument " + name + ".",
                    "Arguments are " + enumerate(known) + ".");
  return canonical;
}

}  // namespace espalier
