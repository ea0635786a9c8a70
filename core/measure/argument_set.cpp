// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "measure/argument_set.h"

#include <cstring>

#include <nlohmann/json.hpp>

#include "measure/parallel_runtime.h"

namespace espalier {
namespace {

using nlohmann::json;

/// Calls `fill(begin, end)` on shares of the elements, one a core.
template <class Function>
void inParallel(std::int64_t elements, const Function& function) {
  constexpr std::int64_t kWorthSharing = 1 << 16;
  espalier_parallel_for(
      elements, elements >= kWorthSharing ? usableCores() : 1,
      [](std::int64_t begin, std::int64_t end, std::int64_t, void* context) {
        (*static_cast<const Function*>(context))(begin, end);
      },
      const_cast<Function*>(&function));
}

template <class Value, class FillKind>
void fillWith(const FillKind& fill, void* data, std::int64_t elements) {
  auto* values = static_cast<Value*>(data);
  inParallel(elements, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) values[i] = static_cast<Value>(filledValue(fill, i));
  });
}

template <class FillKind>
void fillTyped(DataType type, const FillKind& fill, void* data, std::int64_t elements) {
  if (type == DataType::Float32) fillWith<float>(fill, data, elements);
  if (type == DataType::Float64) fillWith<double>(fill, data, elements);
  if (type == DataType::Int32) fillWith<std::int32_t>(fill, data, elements);
}

std::optional<DataType> typeNamed(const std::string& name) {
  for (const DataType type : {DataType::Float32, DataType::Float64, DataType::Int32})
    if (name == nameOf(type)) return type;
  return std::nullopt;
}

constexpr unsigned char kPoisonFloat = 0xFF;  // NaN in every format
constexpr unsigned char kPoisonInteger = 0xCC;

}  // namespace

Attempt<ArgumentSet> ArgumentSet::create(const json& tensors, std::span<const char> payload) {
  ArgumentSet set;
  for (const json& tensor : tensors) {
    const std::string name = tensor.at("name");
    const auto type = typeNamed(tensor.at("type"));
    if (!type) return failed("worker", "Tensor " + name + " has a type that the worker does not know.");
    const std::int64_t elements = tensor.at("elements");
    const std::string access = tensor.at("access");
    const auto bytes = static_cast<std::size_t>(elements) * static_cast<std::size_t>(bytesOf(*type));
    auto memory = GuardedMemory::allocate(name, bytes);
    if (!memory)
      return failed("memory",
                    "There is no memory for the " + std::to_string(bytes) + " bytes of " + name + ".");

    void* data = memory->data();
    if (access != "write") {
      const json& fill = tensor.at("fill");
      const std::string kind = fill.at("kind");
      if (kind == "payload") {
        if (payload.size() < bytes) return failed("worker", "The content of " + name + " is too short.");
        std::memcpy(data, payload.data(), bytes);
        payload = payload.subspan(bytes);
      } else if (kind == "exact") {
        fillTyped(*type, ExactFill{fill.at("seed"), fill.at("bits")}, data, elements);
      } else if (kind == "uniform") {
        fillTyped(*type, UniformFill{fill.at("seed"), fill.at("low"), fill.at("high")}, data, elements);
      } else if (kind == "integers") {
        fillTyped(*type, IntegerFill{fill.at("seed"), fill.at("low"), fill.at("high")}, data, elements);
      } else {
        return failed("worker", "Tensor " + name + " asks for an unknown fill: " + kind + ".");
      }
    }
    Entry entry{std::move(*memory), Access::Read, *type == DataType::Int32, {}};
    if (access == "read") {
      entry.memory.makeReadOnly();
    } else if (access == "write") {
      entry.access = Access::Write;
    } else {
      entry.access = Access::Update;
      const auto* content = static_cast<const char*>(entry.memory.data());
      entry.first.assign(content, content + bytes);
    }
    set.entries_.push_back(std::move(entry));
  }
  return set;
}

void ArgumentSet::prepare() {
  for (Entry& entry : entries_) {
    if (entry.access == Access::Write)
      std::memset(entry.memory.data(), entry.integer ? kPoisonInteger : kPoisonFloat, entry.memory.bytes());
    if (entry.access == Access::Update && !entry.first.empty())
      std::memcpy(entry.memory.data(), entry.first.data(), entry.first.size());
  }
}

std::optional<std::string> ArgumentSet::checkCanaries() const {
  for (const Entry& entry : entries_)
    if (auto words = entry.memory.checkCanaries()) return words;
  return std::nullopt;
}

std::vector<char> ArgumentSet::written() const {
  std::vector<char> bytes;
  for (const Entry& entry : entries_) {
    if (entry.access == Access::Read) continue;
    const auto* content = static_cast<const char*>(entry.memory.data());
    bytes.insert(bytes.end(), content, content + entry.memory.bytes());
  }
  return bytes;
}

json tensorRequest(const KernelArgument& argument, const Fill& fill, std::vector<char>& payload) {
  json tensor = {{"name", argument.name}, {"type", nameOf(argument.type)}, {"elements", argument.elements()}};
  if (argument.access == Access::Write) {
    tensor["access"] = "write";
    return tensor;
  }
  tensor["access"] = argument.access == Access::Read ? "read" : "update";
  if (const auto* exact = std::get_if<ExactFill>(&fill)) {
    tensor["fill"] = {{"kind", "exact"}, {"seed", exact->seed}, {"bits", exact->bits}};
  } else if (const auto* uniform = std::get_if<UniformFill>(&fill)) {
    tensor["fill"] = {
        {"kind", "uniform"}, {"seed", uniform->seed}, {"low", uniform->low}, {"high", uniform->high}};
  } else if (const auto* integers = std::get_if<IntegerFill>(&fill)) {
    tensor["fill"] = {
        {"kind", "integers"}, {"seed", integers->seed}, {"low", integers->low}, {"high", integers->high}};
  } else {
    const Tensor& given = std::get<GivenFill>(fill).tensor;
    const auto* bytes = static_cast<const char*>(given.bytes());
    payload.insert(payload.end(), bytes, bytes + given.byteCount());
    tensor["fill"] = {{"kind", "payload"}};
  }
  return tensor;
}

}  // namespace espalier
