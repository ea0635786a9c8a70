// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "codegen/target.h"
#include "exporting/exporting.h"
#include "exporting/html_report.h"
#include "exporting/object_export.h"
#include "exporting/session_tables.h"
#include "exporting/tvm_script.h"
#include "transform/transformation.h"

namespace espalier::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

Event event(std::uint64_t sequence, EventBody body) {
  return {sequence, static_cast<std::int64_t>(sequence) * 1000, std::move(body)};
}

Measurement measured(double seconds) {
  Measurement measurement;
  measurement.valid = true;
  measurement.seconds = seconds;
  measurement.repeats = {seconds, seconds * 1.25};
  measurement.verified = true;
  measurement.verification = "exact";
  return measurement;
}

/// Two samples: the second is twice as fast as the first, and its reasoning is hostile.
SessionFold session(double rooflineSeconds = 0.0005) {
  RunStarted run;
  run.problem.name = "matmul_small";
  run.problem.rooflineSeconds = rooflineSeconds;
  run.strategy = "mcts";
  run.proposer = "rules";
  run.host = R"({"cpu": "<b>&co</b>"})";
  NodeAdded root;
  root.node = 0;
  root.state = {{}, 1};
  NodeAdded first;
  first.node = 1;
  first.parent = 0;
  first.state = {{"Parallel(loop=m)"}, 2};
  first.source = "rules";
  first.reasoning = "<script>alert('x')</script> & more";
  first.items = {{"Parallel(loop=m)", true, "Parallel(loop=m)", "", "", ""},
                 {"Fly(loop=<m>)", false, "", "unknown-transformation", "there is no <Fly>", ""}};
  std::vector<EventBody> bodies{run,
                                root,
                                BaselineMeasured{measured(0.008)},
                                CandidateChosen{1, 0, "explored"},
                                SampleMeasured{1, 0, 0.003, measured(0.004)},
                                NewBest{1, 0, 0.004, 2},
                                first,
                                CandidateChosen{2, 1, "predicted-best"},
                                SampleMeasured{2, 1, 0.001, measured(0.002)},
                                NewBest{2, 1, 0.002, 4}};
  std::vector<Event> events;
  for (auto& body : bodies) events.push_back(event(events.size() + 1, std::move(body)));
  auto fold = foldEvents(events);
  if (!fold) throw std::runtime_error(fold.error().text());
  return std::move(*fold);
}

ExportRequest request(ExportFormat format, const SessionFold* fold) {
  ExportRequest result;
  result.format = format;
  result.workload = *namedWorkload("matmul_small");
  result.program = result.workload.program;
  Random random(1);
  const auto step = parseStep("Parallel(loop=m)");
  if (const auto applied = applyStep(result.program, *step, random)) {
    result.program = applied->program;
    result.trace = {print(applied->step)};
  }
  result.target = hostTarget();
  result.session = fold;
  result.node = 1;
  result.summary = R"({"speedup": 4.0})";
  return result;
}

std::string exported(ExportFormat format, const SessionFold* fold = nullptr) {
  const auto files = exportProgram(request(format, fold));
  EXPECT_TRUE(files) << files.error().text();
  EXPECT_EQ(files->size(), 1U);
  return files->front().content;
}

TEST(Formats, TraceIsReadBack) {
  const auto trace = parseTrace(exported(ExportFormat::Trace));
  ASSERT_TRUE(trace) << trace.error().text();
  EXPECT_EQ(trace->size(), 1U);
}

TEST(Formats, TheUnscheduledProgramIsCompiledAsItWasTimed) {
  ExportRequest unscheduled = request(ExportFormat::Object, nullptr);
  unscheduled.program = unscheduled.workload.program;
  unscheduled.trace.clear();
  const auto files = exportProgram(unscheduled);
  ASSERT_TRUE(files) << files.error().text();
  const auto with = [&](Pipeline pipeline) {
    return exportObject(unscheduled.program, unscheduled.workload.name, unscheduled.target, pipeline, {})
        ->front()
        .content;
  };
  EXPECT_EQ(files->front().content, with(Pipeline::Full));
  EXPECT_NE(files->front().content, with(Pipeline::Schedule));
}

TEST(Formats, CsvHasOneLineASample) {
  const auto fold = session();
  EXPECT_EQ(exported(ExportFormat::Csv, &fold),
            "sample,node,best_ms,speedup,elapsed_seconds,tokens,cost_usd\r\n"
            "1,0,4,2,4,0,0\r\n"
            "2,1,2,4,8,0,0\r\n");
}

TEST(Formats, JsonHasProgramTraceAndMeasurements) {
  const auto fold = session();
  const auto json = nlohmann::json::parse(exported(ExportFormat::Json, &fold));
  EXPECT_EQ(json["workload"]["name"], "matmul_small");
  EXPECT_EQ(json["trace"].size(), 1U);
  EXPECT_THAT(json["program"].get<std::string>(), HasSubstr("parallel for m"));
  EXPECT_EQ(json["node"]["samples"][0]["ms"], 2.0);
  EXPECT_EQ(json["node"]["samples"][0]["repeats_ms"].size(), 2U);
  EXPECT_EQ(json["node"]["items"][1]["refusal"], "unknown-transformation");
  EXPECT_EQ(json["run"]["speedup"], 4.0);
}

TEST(Formats, JsonWorksWithoutASession) {
  const auto json = nlohmann::json::parse(exported(ExportFormat::Json));
  EXPECT_FALSE(json.contains("node"));
}

TEST(Formats, ReportIsWholeAndEscaped) {
  const auto fold = session();
  const std::string report = exported(ExportFormat::Html, &fold);
  EXPECT_THAT(report, HasSubstr("<!DOCTYPE html>"));
  EXPECT_THAT(report, HasSubstr("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp; more"));
  EXPECT_THAT(report, Not(HasSubstr("<script")));
  EXPECT_THAT(report, Not(HasSubstr("http")));
  EXPECT_THAT(report, HasSubstr("there is no &lt;Fly&gt;"));
  EXPECT_THAT(report, HasSubstr("&lt;b&gt;&amp;co&lt;/b&gt;"));
  EXPECT_THAT(report, HasSubstr("4.0 times"));
  EXPECT_THAT(report, HasSubstr("25.0 %"));
  EXPECT_THAT(report, HasSubstr("<svg"));
  EXPECT_THAT(report, HasSubstr("</html>\n"));
}

TEST(Formats, ReportSuspectsOnlyWhatIsBeyondTheNoiseOfMeasuring) {
  const auto within = session(0.00204);
  EXPECT_THAT(exported(ExportFormat::Html, &within), HasSubstr("102.0 %<"));
  const auto beyond = session(0.0021);
  EXPECT_THAT(exported(ExportFormat::Html, &beyond), HasSubstr("105.0 %, which is suspicious"));
}

TEST(Formats, CurveOfNothingIsWords) {
  EXPECT_EQ(curveSvg(SessionFold()), "<p>Nothing valid was measured.</p>\n");
}

TEST(Formats, RunsAreNeededWhereARunIsShown) {
  for (const auto format : {ExportFormat::Csv, ExportFormat::Html}) {
    const auto files = exportProgram(request(format, nullptr));
    ASSERT_FALSE(files);
    EXPECT_EQ(files.error().kind, ErrorKind::Usage);
  }
}

TEST(Formats, LlvmAndAssemblyNameTheKernel) {
  EXPECT_THAT(exported(ExportFormat::Llvm), HasSubstr("define void @matmul_small("));
  EXPECT_THAT(exported(ExportFormat::Assembly), HasSubstr("matmul_small"));
}

TEST(Formats, TvmScriptOfAReduction) {
  auto workload =
      readWorkload({"def mm(float(M,K) A, float(K,N) B) -> (C) {\n  T(m, n) +=! A(m, k) * B(k, n)\n"
                    "  C(m, n) = n > 2 ? fmax(T(m, n), 0) : 1.5 }",
                    "k.tc",
                    "",
                    {{"M", 4}, {"N", 8}, {"K", 2}},
                    {}});
  ASSERT_TRUE(workload) << workload.error().text();
  EXPECT_EQ(tvmScript(workload->program),
            "# from tvm.script import tir as T\n"
            "@T.prim_func\n"
            "def mm(A: T.Buffer((4, 2), \"float32\"), B: T.Buffer((2, 8), \"float32\"), C: T.Buffer((4, 8), "
            "\"float32\")):\n"
            "    T.func_attr({\"global_symbol\": \"mm\", \"tir.noalias\": True})\n"
            "    T_1 = T.alloc_buffer((4, 8), \"float32\")\n"
            "    for m in range(4):\n"
            "        for n in range(8):\n"
            "            for k in range(2):\n"
            "                with T.block(\"T\"):\n"
            "                    v_m = T.axis.spatial(4, m)\n"
            "                    v_n = T.axis.spatial(8, n)\n"
            "                    v_k = T.axis.reduce(2, k)\n"
            "                    with T.init():\n"
            "                        T_1[v_m, v_n] = T.float32(0)\n"
            "                    T_1[v_m, v_n] = T_1[v_m, v_n] + (A[v_m, v_k] * B[v_k, v_n])\n"
            "    for m_1 in range(4):\n"
            "        for n_1 in range(8):\n"
            "            with T.block(\"C\"):\n"
            "                v_m = T.axis.spatial(4, m_1)\n"
            "                v_n = T.axis.spatial(8, n_1)\n"
            "                C[v_m, v_n] = T.Select(2 < v_n, T.max(T_1[v_m, v_n], T.float32(0)), "
            "T.float32(1.5))\n");
}

}  // namespace
}  // namespace espalier::testing
