// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "c_library.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <limits>
#include <sstream>
#include <stdexcept>
#include <utility>

#include <dlfcn.h>

#include "exporting/c_names.h"
#include "support/random.h"

namespace espalier::testing {
namespace {

constexpr std::size_t kMostArguments = 8;

template <std::size_t... Position>
void callWith(void* function, const std::vector<void*>& pointers, std::index_sequence<Position...>) {
  reinterpret_cast<void (*)(decltype(static_cast<void>(Position), static_cast<void*>(nullptr))...)>(function)(
      pointers[Position]...);
}

template <std::size_t Count = 0>
void call(void* function, const std::vector<void*>& pointers) {
  if constexpr (Count > kMostArguments) {
    throw std::logic_error("too many arguments for this test");
  } else if (pointers.size() == Count) {
    callWith(function, pointers, std::make_index_sequence<Count>());
  } else {
    call<Count + 1>(function, pointers);
  }
}

}  // namespace

TemporaryFolder::TemporaryFolder() {
  std::string name = (std::filesystem::temp_directory_path() / "espalier-test-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot make a temporary folder");
  path_ = name;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code code;
  std::filesystem::remove_all(path_, code);
}

void writeText(const std::filesystem::path& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

std::string readText(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

std::string runCommand(const std::string& command) {
  std::FILE* pipe = popen((command + " 2>&1").c_str(), "r");
  if (pipe == nullptr) throw std::runtime_error("cannot run " + command);
  std::string output;
  std::array<char, 4096> chunk{};
  for (std::size_t count = 0; (count = std::fread(chunk.data(), 1, chunk.size(), pipe)) > 0;)
    output.append(chunk.data(), count);
  EXPECT_EQ(pclose(pipe), 0) << command << "\n" << output;
  return output;
}

// OpenMP's threads outlive the call, so what brought OpenMP in must stay.
CLibrary::CLibrary(const std::filesystem::path& path)
    : handle_(dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE)) {
  if (handle_ == nullptr) throw std::runtime_error(dlerror());
}

CLibrary::~CLibrary() { dlclose(handle_); }

void* CLibrary::symbol(const std::string& name) const {
  void* const found = dlsym(handle_, name.c_str());
  if (found == nullptr) throw std::runtime_error("no symbol " + name);
  return found;
}

void CLibrary::run(const std::string& name, const Program& program, std::vector<Tensor>& arguments) const {
  std::vector<void*> pointers;
  std::vector<Tensor> packed;
  packed.reserve(arguments.size());
  const auto ids = argumentsOf(program);
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const auto& buffer = program.buffer(ids[i]);
    if (!buffer.packing) {
      pointers.push_back(arguments[i].bytes());
      continue;
    }
    packed.push_back(Tensor::zeros(buffer.type, buffer.shape));
    call(symbol(name + "_pack_" + cIdentifier(buffer.name)), {arguments[i].bytes(), packed.back().bytes()});
    pointers.push_back(packed.back().bytes());
  }
  call(symbol(name), pointers);
}

std::vector<Tensor> exampleArguments(const Program& program, std::uint64_t seed) {
  Random random(seed);
  std::vector<Tensor> arguments;
  for (const BufferId id : argumentsOf(program)) {
    const auto& buffer = program.buffer(id);
    arguments.push_back(Tensor::zeros(buffer.type, logicalShape(buffer)));
    for (std::int64_t i = 0; i < arguments.back().elements(); ++i) {
      double value = static_cast<double>(random.between(-8, 8)) / 8;
      if (!isFloat(buffer.type)) value = static_cast<double>(random.between(0, 3));
      if (buffer.role == BufferRole::Output)
        value = isFloat(buffer.type) ? std::numeric_limits<double>::quiet_NaN() : -77;
      arguments.back().set(i, value);
    }
  }
  return arguments;
}

std::string difference(const std::vector<Tensor>& found, const std::vector<Tensor>& expected,
                       double tolerance) {
  for (std::size_t t = 0; t < expected.size(); ++t)
    for (std::int64_t i = 0; i < expected[t].elements(); ++i) {
      const double a = found[t].at(i);
      const double b = expected[t].at(i);
      if (a == b || std::fabs(a - b) <= tolerance * (1 + std::fabs(b))) continue;
      return "argument " + std::to_string(t) + ", element " + std::to_string(i) + ": " + std::to_string(a) +
             " instead of " + std::to_string(b);
    }
  return {};
}

}  // namespace espalier::testing
