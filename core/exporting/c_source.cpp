// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "exporting/c_source.h"

#include <algorithm>
#include <map>
#include <optional>

#include "codegen/init_hoisting.h"
#include "codegen/packing.h"
#include "codegen/storage.h"
#include "exporting/c_expressions.h"
#include "exporting/c_names.h"
#include "program/analysis.h"
#include "program/interpreter.h"

namespace espalier {
namespace {

/// Larger buffers come from the heap: threads may have small stacks.
constexpr std::int64_t kLargestArray = 64 * 1024;

bool isWritten(const Buffer& buffer) {
  return buffer.role == BufferRole::Output || buffer.role == BufferRole::Accumulated;
}

std::string shapeWords(const std::vector<std::int64_t>& shape) {
  std::string text;
  for (const std::int64_t extent : shape) text += (text.empty() ? "" : ", ") + std::to_string(extent);
  return "(" + text + ")";
}

std::string parameterMeaning(const Buffer& buffer) {
  std::string text = std::string(nameOf(buffer.type)) + shapeWords(logicalShape(buffer));
  switch (buffer.role) {
    case BufferRole::Input: text += ", read"; break;
    case BufferRole::Constant: text += ", read"; break;
    case BufferRole::Output: text += ", written"; break;
    case BufferRole::Accumulated: text += ", read and written"; break;
    case BufferRole::Intermediate: break;
  }
  if (buffer.packing) text += ", passed packed: " + std::to_string(buffer.elements()) + " elements";
  return text;
}

class FunctionWriter {
 public:
  FunctionWriter(const Program& program, CHelpers& helpers)
      : program_(program), helpers_(helpers), lanes_(loopsThatBecomeLanes(program)) {
    const auto parameters = cParameters(program_);
    for (const auto& parameter : parameters) static_cast<void>(names_.fresh(parameter.name));
    scope_.buffers.resize(program_.buffers.size());
    scope_.loops.resize(program_.loops.size());
    const auto arguments = argumentsOf(program_);
    for (std::size_t i = 0; i < arguments.size(); ++i)
      scope_.buffers[arguments[i].index].name = parameters[i].name;
    for (std::uint32_t i = 0; i < program_.buffers.size(); ++i) placeIntermediate(BufferId{i});
    for (const LoopId loop : loopsOf(program_))
      scope_.loops[loop.index] = names_.fresh(program_.loop(loop).name);
  }

  std::string run(const std::string& signature) {
    text_ = signature + " {\n";
    depth_ = 1;
    body(std::nullopt, program_.roots);
    return text_ + "}\n";
  }

  [[nodiscard]] bool usesHeap() const { return usesHeap_; }
  [[nodiscard]] bool unrolls() const { return unrolls_; }

 private:
  void placeIntermediate(BufferId id) {
    const auto& buffer = program_.buffer(id);
    if (buffer.isArgument() || (writersOf(program_, id).empty() && readersOf(program_, id).empty())) return;
    auto& place = scope_.buffers[id.index];
    place.name = names_.fresh(buffer.name);
    place.array = buffer.bytes() <= kLargestArray;
    usesHeap_ = usesHeap_ || !place.array;
    const auto loop = allocationScope(program_, id);
    scoped_[loop ? std::optional<std::uint32_t>(loop->index) : std::nullopt].push_back(id);
  }

  void line(const std::string& content) { text_ += std::string(2 * depth_, ' ') + content + "\n"; }

  /// Nodes with the buffers that exist once an iteration of the loop around them.
  void body(std::optional<LoopId> loop, const std::vector<NodeRef>& nodes) {
    const auto found = scoped_.find(loop ? std::optional<std::uint32_t>(loop->index) : std::nullopt);
    const std::vector<BufferId> buffers = found == scoped_.end() ? std::vector<BufferId>{} : found->second;
    for (const BufferId id : buffers) {
      const auto& buffer = program_.buffer(id);
      const auto& place = scope_.buffers[id.index];
      if (place.array) {
        std::string extents;
        for (const std::int64_t extent : buffer.shape) extents += "[" + std::to_string(extent) + "]";
        line(std::string("_Alignas(64) ") + cType(buffer.type) + " " + place.name +
             (extents.empty() ? "[1]" : extents) + ";");
      } else {
        line(std::string(cType(buffer.type)) + "* const " + place.name + " = espalier_allocate(" +
             std::to_string(buffer.bytes()) + ");  // " + shapeWords(buffer.shape));
      }
    }
    for (const auto& node : nodes) {
      if (const auto* inner = std::get_if<LoopId>(&node))
        loopNode(*inner);
      else
        blockNode(program_.block(std::get<BlockId>(node)));
    }
    for (auto id = buffers.rbegin(); id != buffers.rend(); ++id)
      if (!scope_.buffers[id->index].array) line("free(" + scope_.buffers[id->index].name + ");");
  }

  void loopNode(LoopId id) {
    const auto& loop = program_.loop(id);
    const std::string& name = scope_.loops[id.index];
    if (loop.extent == 1) {
      const bool braces = scoped_.count(id.index) != 0;
      if (braces) line("{");
      if (braces) ++depth_;
      body(id, loop.body);
      if (braces) --depth_;
      if (braces) line("}");
      return;
    }
    for (const Prefetch& prefetch : loop.prefetches)
      line("/* The tuned object code also fetches, " + std::to_string(prefetch.ahead) +
           " iterations ahead, what is read of " + program_.buffer(prefetch.buffer).name + ". */");
    if (loop.kind == LoopKind::Parallel) line("#pragma omp parallel for");
    if (loop.kind == LoopKind::Vectorized && std::find(lanes_.begin(), lanes_.end(), id) != lanes_.end())
      line("#pragma omp simd");
    if (loop.kind == LoopKind::Unrolled) {
      unrolls_ = true;
      line("ESPALIER_UNROLL");
    }
    line("for (int64_t " + name + " = 0; " + name + " < " + std::to_string(loop.extent) + "; ++" + name +
         ") {");
    ++depth_;
    body(id, loop.body);
    --depth_;
    line("}");
  }

  /// An expression of a block over loops, in simple form.
  [[nodiscard]] Expr plain(const Expr& expr) const {
    const Expr started = substituteLoops(
        expr, [&](LoopId loop) { return program_.loop(loop).extent == 1 ? Expr::integer(0) : Expr(); });
    return started.type() == DataType::Index ? simplify(program_, started)
                                             : rewrite(started, [&](const Expr& part) {
                                                 if (part.kind() != ExprKind::Load) return part;
                                                 std::vector<Expr> subscripts;
                                                 for (const auto& subscript : part.operands())
                                                   subscripts.push_back(simplify(program_, subscript));
                                                 return part.withOperands(std::move(subscripts));
                                               });
  }

  void blockNode(const Block& block) {
    const CExpressions expressions(program_, scope_, helpers_);
    std::string condition;
    for (const auto& guard : block.guards) {
      const Expr value = plain(guard.value);
      if (intervalOf(program_, value).high < guard.limit) continue;
      condition += (condition.empty() ? "" : " && ") +
                   expressions.text(Expr::binary(ExprKind::Less, value, Expr::integer(guard.limit)));
    }
    if (!condition.empty()) line("if (" + condition + ") {");
    if (!condition.empty()) ++depth_;
    store(block, expressions);
    if (!condition.empty()) --depth_;
    if (!condition.empty()) line("}");
  }

  void store(const Block& block, const CExpressions& expressions) {
    const DataType type = program_.buffer(block.output).type;
    std::vector<Expr> subscripts;
    for (const auto& subscript : block.subscripts) subscripts.push_back(plain(overLoops(block, subscript)));
    const std::string target = expressions.element(block.output, subscripts);
    if (block.initialises) {
      std::string first;
      for (std::size_t i = 0; i < block.axes.size(); ++i) {
        const Expr position = plain(block.bindings[i]);
        if (block.axes[i].kind == AxisKind::Reduction && !position.isInteger(0))
          first += (first.empty() ? "" : " && ") +
                   expressions.text(Expr::binary(ExprKind::Equal, position, Expr::integer(0)));
      }
      line((first.empty() ? "" : "if (" + first + ") ") + target + " = " +
           expressions.text(identityOf(block.combiner, type)) + ";");
    }
    const std::string value = expressions.text(plain(overLoops(block, block.value)));
    switch (block.combiner) {
      case Combiner::None: line(target + " = " + value + ";"); break;
      case Combiner::Sum: line(target + " += " + value + ";"); break;
      case Combiner::Product: line(target + " *= " + value + ";"); break;
      case Combiner::Max:
      case Combiner::Min:
        line(target + " = " +
             expressions.maximumOrMinimum(block.combiner == Combiner::Max, type, target, value) + ";");
        break;
    }
  }

  const Program& program_;
  CHelpers& helpers_;
  std::vector<LoopId> lanes_;
  CNames names_;
  CScope scope_;
  std::map<std::optional<std::uint32_t>, std::vector<BufferId>> scoped_;
  std::string text_;
  std::size_t depth_ = 0;
  bool usesHeap_ = false;
  bool unrolls_ = false;
};

std::string signature(const std::string& name, const std::vector<CParameter>& parameters) {
  std::string text = "void " + name + "(";
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    std::string declaration = parameters[i].declaration;
    declaration.replace(declaration.find('*'), 1, "* restrict");
    text += (i == 0 ? "" : ", ") + declaration;
  }
  return text + (parameters.empty() ? "void)" : ")");
}

/// One line, and nothing that ends a comment.
std::string commentText(std::string text) {
  for (char& character : text)
    if (static_cast<unsigned char>(character) < 0x20U) character = ' ';
  if (!text.empty() && text.back() == '\\') text += ' ';
  return text;
}

}  // namespace

std::vector<CParameter> cParameters(const Program& program) {
  CNames names;
  std::vector<CParameter> parameters;
  for (const BufferId id : argumentsOf(program)) {
    const auto& buffer = program.buffer(id);
    CParameter parameter;
    parameter.name = names.fresh(buffer.packing ? buffer.name + "_packed" : buffer.name);
    parameter.declaration =
        std::string(isWritten(buffer) ? "" : "const ") + cType(buffer.type) + "* " + parameter.name;
    parameter.meaning = buffer.name + ": " + parameterMeaning(buffer);
    parameters.push_back(std::move(parameter));
  }
  return parameters;
}

std::string cSource(const Program& program, const std::string& name, const std::vector<std::string>& notes) {
  const std::string symbol = cIdentifier(name);
  const Program hoisted = hoistInitialisations(program);
  CHelpers helpers;
  FunctionWriter kernel(hoisted, helpers);
  const std::string function = kernel.run(signature(symbol, cParameters(hoisted)));
  std::string packing;
  for (const auto& buffer : program.buffers) {
    if (!buffer.packing) continue;
    const Program pack = packingProgram(buffer);
    packing += "// Brings " + buffer.name + " " + shapeWords(buffer.packing->logicalShape) +
               " into the layout that " + symbol + " reads, " + std::to_string(buffer.elements()) +
               " elements.\n" +
               FunctionWriter(pack, helpers)
                   .run(signature(symbol + "_pack_" + cIdentifier(buffer.name), cParameters(pack))) +
               "\n";
  }

  std::string text;
  for (const auto& note : notes) text += "// " + commentText(note) + "\n";
  text += "//\n";
  for (const auto& parameter : cParameters(program)) text += "// " + commentText(parameter.meaning) + "\n";
  text += "//\n// Build with: cc -std=c11 -O3 -march=native -fopenmp -c FILE.c   (link with -lm)\n\n";
  text += "#include <math.h>\n#include <stdint.h>\n";
  if (kernel.usesHeap()) text += "#include <stdio.h>\n#include <stdlib.h>\n";
  text += "\n";
  if (kernel.unrolls())
    text +=
        "#if defined(__clang__)\n#define ESPALIER_UNROLL _Pragma(\"unroll\")\n"
        "#elif defined(__GNUC__)\n#define ESPALIER_UNROLL _Pragma(\"GCC unroll 64\")\n"
        "#else\n#define ESPALIER_UNROLL\n#endif\n\n";
  if (kernel.usesHeap())
    text +=
        "static void* espalier_allocate(size_t bytes) {\n"
        "  void* const memory = aligned_alloc(64, (bytes + 63) / 64 * 64);\n"
        "  if (memory == NULL) {\n"
        "    fprintf(stderr, \"" +
        symbol +
        ": out of memory\\n\");\n"
        "    abort();\n  }\n  return memory;\n}\n\n";
  const std::string definitions = helpers.definitions();
  return text + definitions + (definitions.empty() ? "" : "\n") + packing + function;
}

}  // namespace espalier
