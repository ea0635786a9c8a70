// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "measure/npy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <string>

namespace espalier {
namespace {

using ::testing::HasSubstr;

class Npy : public ::testing::Test {
 protected:
  Npy() {
    folder_ = std::filesystem::path(::testing::TempDir()) /
              (std::string("npy_") + ::testing::UnitTest::GetInstance()->current_test_info()->name());
    std::filesystem::create_directories(folder_);
  }
  ~Npy() override { std::filesystem::remove_all(folder_); }

  /// A file as NumPy writes it.
  std::filesystem::path file(const std::string& header, const std::string& content, char version = 1) {
    std::string text = header + "\n";
    std::string bytes = std::string("\x93NUMPY") + version + '\0';
    bytes += static_cast<char>(text.size() & 255);
    bytes += static_cast<char>(text.size() >> 8);
    if (version > 1) bytes += std::string(2, '\0');
    const auto path = folder_ / "a.npy";
    std::ofstream(path, std::ios::binary) << bytes << text << content;
    return path;
  }

  template <class Value>
  static std::string bytesOfValues(std::initializer_list<Value> values) {
    return {reinterpret_cast<const char*>(values.begin()), values.size() * sizeof(Value)};
  }

  std::filesystem::path folder_;
};

TEST_F(Npy, ReadsWhatNumPyWrites) {
  for (const char version : {1, 2, 3}) {
    const auto tensor = readNpy(file("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }       ",
                                     bytesOfValues<float>({1, 2, 3, 4, 5, 6}), version));
    ASSERT_TRUE(tensor) << tensor.error().text();
    EXPECT_EQ(tensor->type, DataType::Float32);
    EXPECT_EQ(tensor->shape, (std::vector<std::int64_t>{2, 3}));
    EXPECT_EQ(tensor->at(5), 6);
  }
}

TEST_F(Npy, ReadsScalarsAndVectors) {
  const auto scalar =
      readNpy(file("{'descr': '<f8', 'fortran_order': False, 'shape': (), }", bytesOfValues<double>({2.5})));
  ASSERT_TRUE(scalar) << scalar.error().text();
  EXPECT_TRUE(scalar->shape.empty());
  EXPECT_EQ(scalar->at(0), 2.5);
  const auto vector =
      readNpy(file("{'descr': '<i4', 'fortran_order': False, 'shape': (2,), }", bytesOfValues<int>({7, -8})));
  ASSERT_TRUE(vector) << vector.error().text();
  EXPECT_EQ(vector->at(1), -8);
}

TEST_F(Npy, LongIntegersMustFit) {
  const char* header = "{'descr': '<i8', 'fortran_order': False, 'shape': (2,), }";
  const auto good = readNpy(file(header, bytesOfValues<std::int64_t>({1, -2})));
  ASSERT_TRUE(good) << good.error().text();
  EXPECT_EQ(good->type, DataType::Int32);
  EXPECT_EQ(good->at(1), -2);
  const auto bad = readNpy(file(header, bytesOfValues<std::int64_t>({1, std::int64_t{1} << 40})));
  ASSERT_FALSE(bad);
  EXPECT_THAT(bad.error().message, HasSubstr("1099511627776 does not fit into int32"));
}

TEST_F(Npy, WrongFilesAreRefusedInWords) {
  const std::string floats = bytesOfValues<float>({1, 2, 3, 4});
  const std::pair<std::filesystem::path, const char*> missing = {folder_ / "none.npy", "cannot be opened"};
  EXPECT_THAT(readNpy(missing.first).error().message, HasSubstr(missing.second));
  const std::pair<std::string, const char*> cases[] = {
      {"{'descr': '<f2', 'fortran_order': False, 'shape': (4,), }", "'<f2' cannot be read"},
      {"{'descr': '>f4', 'fortran_order': False, 'shape': (4,), }", "'>f4' cannot be read"},
      {"{'descr': '<f4', 'fortran_order': True, 'shape': (2, 2), }", "Fortran order"},
      {"{'descr': '<f4', 'fortran_order': False, 'shape': (5,), }", "too short for shape (5,)"},
      {"{'descr': '<f4', 'fortran_order': False, 'shape': (99999999, 99999999, 9999999), }", "too short"},
      {"{'descr': '<f4', 'fortran_order': False, 'shape': (x,), }", "header is damaged"},
      {"{'fortran_order': False, 'shape': (4,), }", "header is damaged"},
  };
  for (const auto& [header, words] : cases) {
    const auto tensor = readNpy(file(header, floats));
    ASSERT_FALSE(tensor) << header;
    EXPECT_THAT(tensor.error().message, HasSubstr(words));
    EXPECT_THAT(tensor.error().message, HasSubstr("a.npy"));
  }
  std::ofstream(folder_ / "b.npy") << "text";
  EXPECT_THAT(readNpy(folder_ / "b.npy").error().message, HasSubstr("no NumPy file"));
}

TEST_F(Npy, WhatIsWrittenIsReadAgain) {
  for (const DataType type : {DataType::Float32, DataType::Float64, DataType::Int32}) {
    Tensor tensor = Tensor::zeros(type, {3, 1, 5});
    for (std::int64_t i = 0; i < 15; ++i) tensor.set(i, static_cast<double>(i - 7));
    ASSERT_TRUE(writeNpy(folder_ / "c.npy", tensor));
    const auto again = readNpyAs(folder_ / "c.npy", type, {3, 1, 5});
    ASSERT_TRUE(again) << again.error().text();
    EXPECT_EQ(again->data, tensor.data);
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_), {}), 1);
  }
}

TEST_F(Npy, ArgumentsWantTheirShapeAndType) {
  ASSERT_TRUE(writeNpy(folder_ / "d.npy", Tensor::zeros(DataType::Float64, {2, 3})));
  EXPECT_EQ(readNpyAs(folder_ / "d.npy", DataType::Float32, {2, 3})->type, DataType::Float32);
  EXPECT_THAT(readNpyAs(folder_ / "d.npy", DataType::Float32, {3, 2}).error().message,
              HasSubstr("(2, 3) where (3, 2)"));
  EXPECT_THAT(readNpyAs(folder_ / "d.npy", DataType::Int32, {2, 3}).error().message,
              HasSubstr("holds float64 where int32"));
}

TEST_F(Npy, UnwritablePlaceIsAnError) {
  const auto written = writeNpy(folder_ / "no" / "such" / "e.npy", Tensor::zeros(DataType::Float32, {1}));
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().kind, ErrorKind::Environment);
}

}  // namespace
}  // namespace espalier
