// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "measure/machine_probe.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <unistd.h>

namespace espalier {
namespace {

std::string firstLine(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

/// `32K`, `1024K`, `32M`.
std::int64_t bytesFromText(const std::string& text) {
  std::istringstream stream(text);
  std::int64_t value = 0;
  char unit = ' ';
  stream >> value >> unit;
  if (unit == 'K') return value << 10;
  if (unit == 'M') return value << 20;
  return unit == 'G' ? value << 30 : value;
}

/// Cores in a list such as `0-3,8,10-11`.
int coresInList(const std::string& text) {
  std::istringstream stream(text);
  std::string part;
  int cores = 0;
  while (std::getline(stream, part, ',')) {
    int first = 0;
    int last = 0;
    char dash = ' ';
    std::istringstream range(part);
    if (!(range >> first)) continue;
    cores += range >> dash >> last ? last - first + 1 : 1;
  }
  return std::max(1, cores);
}

void addFromSystem(std::vector<CacheDescription>& caches, int level, int name) {
  const long bytes = ::sysconf(name);
  if (bytes > 0) caches.push_back({level, bytes, 1});
}

}  // namespace

std::string processorName() {
  std::ifstream file("/proc/cpuinfo");
  std::string line;
  while (std::getline(file, line)) {
    if (line.rfind("model name", 0) != 0) continue;
    const auto colon = line.find(": ");
    if (colon != std::string::npos) return line.substr(colon + 2);
  }
  return "unknown processor";
}

std::vector<CacheDescription> dataCaches() {
  std::vector<CacheDescription> caches;
  const std::filesystem::path root = "/sys/devices/system/cpu/cpu0/cache";
  for (int index = 0; index < 8; ++index) {
    const auto folder = root / ("index" + std::to_string(index));
    const std::string type = firstLine(folder / "type");
    if (type != "Data" && type != "Unified") continue;
    CacheDescription cache;
    cache.level = static_cast<int>(bytesFromText(firstLine(folder / "level")));
    cache.bytes = bytesFromText(firstLine(folder / "size"));
    cache.sharedBy = coresInList(firstLine(folder / "shared_cpu_list"));
    if (cache.bytes > 0) caches.push_back(cache);
  }
  if (caches.empty()) {
    addFromSystem(caches, 1, _SC_LEVEL1_DCACHE_SIZE);
    addFromSystem(caches, 2, _SC_LEVEL2_CACHE_SIZE);
    addFromSystem(caches, 3, _SC_LEVEL3_CACHE_SIZE);
  }
  std::sort(caches.begin(), caches.end(), [](const auto& a, const auto& b) { return a.level < b.level; });
  return caches;
}

std::int64_t physicalMemoryBytes() {
  return static_cast<std::int64_t>(::sysconf(_SC_PHYS_PAGES)) * ::sysconf(_SC_PAGESIZE);
}

}  // namespace espalier
