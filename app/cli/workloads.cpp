// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

#include "cli/figures.h"
#include "cli/table.h"
#include "cli/verbs.h"
#include "program/interpreter.h"
#include "workload/workload.h"

namespace espalier::cli {
namespace {

const char* wordOf(BufferRole role) {
  switch (role) {
    case BufferRole::Input: return "input";
    case BufferRole::Constant: return "constant";
    case BufferRole::Output: return "output";
    case BufferRole::Accumulated: return "accumulated";
    case BufferRole::Intermediate: return "intermediate";
  }
  return "";
}

nlohmann::json tensorsOf(const Program& program) {
  nlohmann::json tensors = nlohmann::json::array();
  for (const BufferId id : argumentsOf(program)) {
    const Buffer& buffer = program.buffer(id);
    tensors.push_back({{"name", buffer.name},
                       {"role", wordOf(buffer.role)},
                       {"type", nameOf(buffer.type)},
                       {"shape", logicalShape(buffer)}});
  }
  return tensors;
}

std::string shapesOf(const Program& program) {
  std::string text;
  for (const BufferId id : argumentsOf(program)) {
    const Buffer& buffer = program.buffer(id);
    std::string shape;
    for (const std::int64_t extent : logicalShape(buffer))
      shape += (shape.empty() ? "" : ",") + std::to_string(extent);
    text += (text.empty() ? "" : " ") + buffer.name + "(" + shape + ")";
  }
  return text;
}

std::string indented(const std::string& text) {
  std::string result = "    ";
  for (const char character : text) {
    result += character;
    if (character == '\n') result += "    ";
  }
  result.erase(result.find_last_not_of(" \n") + 1);
  return result + '\n';
}

nlohmann::json asJson(const LayerList& list) {
  nlohmann::json tasks = nlohmann::json::array();
  for (const LayerList::Task& task : list.tasks)
    tasks.push_back({{"layer", task.layer}, {"weight", task.weight}});
  return {{"name", list.name}, {"title", list.title}, {"tasks", tasks}};
}

}  // namespace

Result<ExitStatus> listWorkloads(Console& console) {
  nlohmann::json layers = nlohmann::json::array();
  Table table({{"layer"}, {"FLOPs", Table::Align::Right}, {"bytes", Table::Align::Right}, {"tensors"}});
  std::string texts;
  for (const NamedLayer& layer : namedLayers()) {
    const Result<Workload> workload = namedWorkload(layer.name);
    if (!workload) return tl::unexpected(workload.error());
    table.add({layer.name, quantity(workload->operations), bytesInWords(workload->bytes),
               shapesOf(workload->program)});
    texts += "\n" + layer.name + ": " + layer.title + "\n" + indented(workload->text);
    layers.push_back({{"name", layer.name},
                      {"title", layer.title},
                      {"flops", workload->operations},
                      {"bytes", workload->bytes},
                      {"tensors", tensorsOf(workload->program)},
                      {"sizes", workload->sizes},
                      {"constants", workload->constants},
                      {"small", layer.small},
                      {"tc", workload->text}});
  }
  nlohmann::json lists = nlohmann::json::array();
  std::string listText;
  for (const LayerList& list : layerLists()) {
    lists.push_back(asJson(list));
    listText += "\n" + list.name + ": " + list.title + "\n";
    for (const LayerList::Task& task : list.tasks)
      listText += "    " + std::to_string(task.weight) + " x " + task.layer + "\n";
  }
  if (console.json) {
    console.printJson(nlohmann::json{{"workloads", layers}, {"lists", lists}});
  } else {
    console.print(table.text() + texts + listText);
  }
  return ExitStatus::Done;
}

}  // namespace espalier::cli
