// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "surrogate/xgboost_model.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <sstream>
#include <stdexcept>

#include <xgboost/c_api.h>

#include "support/random.h"
#include "surrogate/features.h"

namespace espalier {

namespace {

constexpr char kMagic[] = "espalier surrogate 1";
constexpr int kMostRounds = 200;
constexpr int kPatience = 12;
constexpr double kHalfTrust = 12;  ///< samples at which the trees count half

void check(int status) {
  if (status != 0) throw std::runtime_error(std::string("XGBoost: ") + XGBGetLastError());
}

/// Rows as XGBoost wants them.
class Matrix {
 public:
  Matrix(const std::vector<const std::vector<float>*>& rows)
      : columns_(rows.empty() ? 0 : rows.front()->size()) {
    std::vector<float> flat;
    flat.reserve(rows.size() * columns_);
    for (const auto* row : rows) flat.insert(flat.end(), row->begin(), row->end());
    check(XGDMatrixCreateFromMat(flat.data(), rows.size(), columns_, std::nanf(""), &handle_));
  }
  ~Matrix() { XGDMatrixFree(handle_); }
  Matrix(const Matrix&) = delete;
  Matrix& operator=(const Matrix&) = delete;

  void setFloats(const char* field, const std::vector<float>& values) {
    check(XGDMatrixSetFloatInfo(handle_, field, values.data(), values.size()));
  }
  [[nodiscard]] DMatrixHandle handle() const { return handle_; }

 private:
  std::size_t columns_;
  DMatrixHandle handle_ = nullptr;
};

}  // namespace

class XgboostModel::Booster {
 public:
  Booster() { check(XGBoosterCreate(nullptr, 0, &handle_)); }
  Booster(const Matrix& first, std::uint64_t seed) {
    const DMatrixHandle matrices[] = {first.handle()};
    check(XGBoosterCreate(matrices, 1, &handle_));
    set("objective", "reg:squarederror");
    set("base_score", "0");
    set("max_depth", "5");
    set("eta", "0.12");
    set("lambda", "2");
    set("min_child_weight", "0.5");
    set("subsample", "0.85");
    set("colsample_bytree", "0.5");
    set("tree_method", "exact");
    set("verbosity", "0");
    set("nthread", "1");
    set("seed", std::to_string(seed % 1000003));
  }
  ~Booster() { XGBoosterFree(handle_); }
  Booster(const Booster&) = delete;
  Booster& operator=(const Booster&) = delete;

  void set(const char* name, const std::string& value) {
    check(XGBoosterSetParam(handle_, name, value.c_str()));
  }
  void step(int round, const Matrix& matrix) {
    check(XGBoosterUpdateOneIter(handle_, round, matrix.handle()));
  }

  [[nodiscard]] std::vector<float> predict(const Matrix& matrix) const {
    const std::string config =
        "{\"type\": 0, \"training\": false, \"iteration_begin\": 0, \"iteration_end\": " +
        std::to_string(rounds) + ", \"strict_shape\": false}";
    const bst_ulong* shape = nullptr;
    bst_ulong dimensions = 0;
    const float* values = nullptr;
    check(
        XGBoosterPredictFromDMatrix(handle_, matrix.handle(), config.c_str(), &shape, &dimensions, &values));
    return {values, values + (dimensions > 0 ? shape[0] : 0)};
  }

  [[nodiscard]] std::string bytes() const {
    bst_ulong length = 0;
    const char* data = nullptr;
    check(XGBoosterSaveModelToBuffer(handle_, "{\"format\": \"ubj\"}", &length, &data));
    return {data, length};
  }
  [[nodiscard]] bool restore(const std::string& bytes) {
    if (XGBoosterLoadModelFromBuffer(handle_, bytes.data(), bytes.size()) != 0) return false;
    return XGBoosterSetParam(handle_, "nthread", "1") == 0;
  }

  int rounds = 0;  ///< that predictions use: those up to the best held-out error

 private:
  BoosterHandle handle_ = nullptr;
};

XgboostModel::XgboostModel(std::uint64_t seed) : seed_(seed) {}
XgboostModel::~XgboostModel() = default;
XgboostModel::XgboostModel(XgboostModel&&) noexcept = default;
XgboostModel& XgboostModel::operator=(XgboostModel&&) noexcept = default;

void XgboostModel::train(std::span<const TrainingSample> samples) {
  members_.clear();
  samples_ = samples.size();
  const std::vector<double> taught = taughtSeconds(samples);
  if (samples.size() < kFewestSamples || taught.empty()) return;
  const double fastest = *std::min_element(taught.begin(), taught.end());

  std::vector<float> targets;
  std::vector<float> weights;
  double sum = 0;
  double weightSum = 0;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const double target = std::log(taught[i] / samples[i].priorSeconds);
    // The fast end decides what is measured next, so it weighs more; nothing weighs nothing.
    const double weight = std::max(0.1, std::sqrt(fastest / taught[i]));
    targets.push_back(static_cast<float>(target));
    weights.push_back(static_cast<float>(weight));
    sum += target * weight;
    weightSum += weight;
  }
  bias_ = sum / weightSum;
  for (float& target : targets) target -= static_cast<float>(bias_);

  Random random(seed_);
  std::vector<std::size_t> order(samples.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  random.shuffle(order);
  double squares = 0;
  std::size_t heldOut = 0;
  for (int member = 0; member < kMembers; ++member) {
    std::vector<const std::vector<float>*> rows[2];
    std::vector<float> target[2];
    std::vector<float> weight[2];
    for (std::size_t i = 0; i < order.size(); ++i) {
      const int part = static_cast<int>(i % kMembers) == member ? 1 : 0;
      rows[part].push_back(&samples[order[i]].features);
      target[part].push_back(targets[order[i]]);
      weight[part].push_back(weights[order[i]]);
    }
    Matrix training(rows[0]);
    training.setFloats("label", target[0]);
    training.setFloats("weight", weight[0]);
    const Matrix checking(rows[1]);
    auto booster = std::make_unique<Booster>(training, random.next());
    const auto errorOf = [&] {
      const std::vector<float> predicted = booster->predict(checking);
      double error = 0;
      for (std::size_t i = 0; i < predicted.size(); ++i) {
        const double difference = predicted[i] - target[1][i];
        error += difference * difference * weight[1][i];
      }
      return error;
    };
    int best = 0;
    double bestError = 0;
    for (std::size_t i = 0; i < target[1].size(); ++i)
      bestError += target[1][i] * target[1][i] * weight[1][i];
    for (int round = 1; round <= kMostRounds && round - best <= kPatience; ++round) {
      booster->step(round - 1, training);
      booster->rounds = round;
      const double error = errorOf();
      if (error < bestError) {
        bestError = error;
        best = round;
      }
    }
    booster->rounds = best;
    squares += bestError;
    heldOut += target[1].size();
    members_.push_back(std::move(booster));
  }
  heldOutError_ = std::sqrt(squares / static_cast<double>(std::max<std::size_t>(1, heldOut)));
}

std::vector<Correction> XgboostModel::predict(std::span<const std::vector<float>> rows) const {
  std::vector<Correction> corrections(rows.size());
  if (rows.empty() || !trained()) return corrections;
  std::vector<const std::vector<float>*> pointers;
  for (const auto& row : rows) pointers.push_back(&row);
  const Matrix matrix(pointers);
  std::vector<double> squares(rows.size(), 0);
  for (const auto& member : members_) {
    // Zero rounds would mean "all of them" to XGBoost; here they mean that the mean correction was best.
    const std::vector<float> values =
        member->rounds > 0 ? member->predict(matrix) : std::vector<float>(rows.size(), 0.0F);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      corrections[i].logRatio += values[i] / kMembers;
      squares[i] += static_cast<double>(values[i]) * values[i] / kMembers;
    }
  }
  // Few samples fit many trees: what the trees say counts in full only once there are many.
  const double trust = static_cast<double>(samples_) / (static_cast<double>(samples_) + kHalfTrust);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const double variance = std::max(0.0, squares[i] - corrections[i].logRatio * corrections[i].logRatio);
    corrections[i].uncertainty = std::sqrt(variance + heldOutError_ * heldOutError_);
    corrections[i].logRatio = bias_ + trust * corrections[i].logRatio;
  }
  return corrections;
}

std::string XgboostModel::save() const {
  std::ostringstream out;
  out.precision(17);
  out << kMagic << '\n'
      << kFeatureVersion << ' ' << featureNames().size() << ' ' << seed_ << ' ' << samples_ << ' ' << bias_
      << ' ' << heldOutError_ << ' ' << members_.size() << '\n';
  for (const auto& member : members_) {
    const std::string bytes = member->bytes();
    out << member->rounds << ' ' << bytes.size() << '\n' << bytes;
  }
  return out.str();
}

Result<XgboostModel> XgboostModel::load(const std::string& bytes) {
  std::istringstream in(bytes);
  std::string magic;
  std::getline(in, magic);
  const auto unreadable = [] {
    return inputError("The stored surrogate cannot be read: it is damaged or of another version.",
                      "The run goes on with the analytic prior; new measurements train a new surrogate.");
  };
  int version = 0;
  std::size_t features = 0;
  std::size_t count = 0;
  XgboostModel model(0);
  if (magic != kMagic ||
      !(in >> version >> features >> model.seed_ >> model.samples_ >> model.bias_ >> model.heldOutError_ >>
        count) ||
      count > static_cast<std::size_t>(kMembers))
    return unreadable();
  if (version != kFeatureVersion || features != featureNames().size())
    return inputError("The stored surrogate was trained on other features (version " +
                          std::to_string(version) + ", this program has " + std::to_string(kFeatureVersion) +
                          ").",
                      "The run goes on with the analytic prior; new measurements train a new surrogate.");
  for (std::size_t m = 0; m < count; ++m) {
    auto booster = std::make_unique<Booster>();
    std::size_t length = 0;
    if (!(in >> booster->rounds >> length) || in.get() != '\n' || length > bytes.size()) return unreadable();
    std::string part(length, '\0');
    if (!in.read(part.data(), static_cast<std::streamsize>(length)) || !booster->restore(part))
      return unreadable();
    model.members_.push_back(std::move(booster));
  }
  return model;
}

}  // namespace espalier
