// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include <curl/curl.h>
#include <llvm/Config/llvm-config.h>
#include <sqlite3.h>
#include <xgboost/c_api.h>
#include <nlohmann/json.hpp>

#include "cli/figures.h"
#include "cli/model_report.h"
#include "cli/table.h"
#include "cli/verbs.h"
#include "measure/hardware.h"
#include "measure/worker.h"

namespace espalier::cli {
namespace {

std::string xgboostVersion() {
  int major = 0;
  int minor = 0;
  int patch = 0;
  XGBoostVersion(&major, &minor, &patch);
  return std::to_string(major) + "." + std::to_string(minor) + "." + std::to_string(patch);
}

nlohmann::json asJson(const HardwareSheet& sheet) {
  constexpr double kGiga = 1e-9;
  nlohmann::json caches = nlohmann::json::array();
  for (const MemoryLevel& level : sheet.levels)
    caches.push_back({{"name", level.name},
                      {"bytes", level.bytes},
                      {"shared_by", level.sharedBy},
                      {"bandwidth_gbps",
                       {{"one_thread", level.bandwidthOneThread * kGiga},
                        {"all_threads", level.bandwidthAllThreads * kGiga}}}});
  const MemoryLevel memory = sheet.levels.empty() ? MemoryLevel{} : sheet.levels.back();
  return {{"cpu", sheet.cpu},
          {"target", {{"triple", sheet.target.triple}, {"cpu", sheet.target.cpu}}},
          {"cores", sheet.cores},
          {"vector_bits", sheet.target.vectorBits},
          {"vector_registers", sheet.target.vectorRegisters},
          {"clock_ghz", sheet.clockGigahertz},
          {"peak_gflops",
           {{"one_thread", sheet.peakOneThread * kGiga}, {"all_threads", sheet.peakAllThreads * kGiga}}},
          {"bandwidth_gbps",
           {{"one_thread", memory.bandwidthOneThread * kGiga},
            {"all_threads", memory.bandwidthAllThreads * kGiga}}},
          {"caches", caches}};
}

std::string inWords(const nlohmann::json& report) {
  Table table({{""}, {""}});
  const auto both = [](const nlohmann::json& figures, const char* unit) {
    return fixed(figures.at("one_thread").get<double>(), 1) + " " + unit + " with one thread, " +
           fixed(figures.at("all_threads").get<double>(), 1) + " with all";
  };
  table.add({"CPU", report.at("cpu").get<std::string>() + ", " +
                        std::to_string(report.at("cores").get<int>()) + " cores, vectors of " +
                        std::to_string(report.at("vector_bits").get<int>()) +
                        " bits (LLVM: " + report.at("target").at("cpu").get<std::string>() + ")"});
  table.add({"peak", both(report.at("peak_gflops"), "GFLOPS")});
  for (const auto& level : report.at("caches"))
    table.add({level.at("name"), bytesInWords(level.at("bytes").get<double>()) + ", " +
                                     both(level.at("bandwidth_gbps"), "GB/s")});
  table.add({"LLVM", report.at("llvm").get<std::string>()});
  table.add({"XGBoost", report.at("xgboost").get<std::string>()});
  table.add({"SQLite", report.at("sqlite").get<std::string>()});
  table.add({"libcurl", report.at("curl").get<std::string>()});
  table.add({"LLM", report.at("llm").at("words").get<std::string>()});
  return table.text();
}

}  // namespace

Result<ExitStatus> doctor(const DoctorOptions& options, Console& console) {
  auto worker = Worker::start();
  if (!worker) return tl::unexpected(worker.error());
  console.progress("measuring peak and bandwidth, a few seconds");
  const auto sheet = hardwareSheet(**worker, true);
  if (!sheet) return tl::unexpected(sheet.error());
  nlohmann::json report = asJson(*sheet);
  report["llvm"] = LLVM_VERSION_STRING;
  report["xgboost"] = xgboostVersion();
  report["sqlite"] = sqlite3_libversion();
  report["curl"] = curl_version_info(CURLVERSION_NOW)->version;
  report["llm"] = modelReport(options);
  if (console.json) {
    console.printJson(report);
  } else {
    console.print(inWords(report));
  }
  return ExitStatus::Done;
}

}  // namespace espalier::cli
