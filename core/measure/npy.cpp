// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "measure/npy.h"

#include <bit>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include <unistd.h>

namespace espalier {
namespace {

static_assert(std::endian::native == std::endian::little, "the content of the files is little-endian");

constexpr char kMagic[] = "\x93NUMPY";
constexpr std::size_t kMagicBytes = 6;
constexpr std::uint32_t kLargestHeader = 1 << 20;

/// What stands behind `'key':` in the header, up to the next comma outside parentheses.
std::optional<std::string> headerValue(const std::string& header, const std::string& key) {
  const auto found = header.find("'" + key + "'");
  if (found == std::string::npos) return std::nullopt;
  auto from = header.find(':', found);
  if (from == std::string::npos) return std::nullopt;
  int depth = 0;
  std::string value;
  for (++from; from < header.size(); ++from) {
    const char character = header[from];
    if (character == '(') ++depth;
    if (character == ')') --depth;
    if (depth == 0 && (character == ',' || character == '}')) break;
    if (character != ' ') value += character;
  }
  return value;
}

/// `(2,3)`, `(4,)`, `()`.
std::optional<std::vector<std::int64_t>> shapeFromText(const std::string& text) {
  if (text.size() < 2 || text.front() != '(' || text.back() != ')') return std::nullopt;
  std::vector<std::int64_t> shape;
  std::int64_t value = -1;
  for (const char character : std::string_view(text).substr(1)) {
    if (character >= '0' && character <= '9') {
      if (value > (std::int64_t{1} << 40)) return std::nullopt;
      value = (value < 0 ? 0 : value) * 10 + (character - '0');
    } else if (character == ',' || character == ')') {
      if (value >= 0) shape.push_back(value);
      value = -1;
    } else if (character != 'L') {
      return std::nullopt;
    }
  }
  return shape;
}

std::string shapeWords(const std::vector<std::int64_t>& shape) {
  std::string text = "(";
  for (std::size_t d = 0; d < shape.size(); ++d) text += (d > 0 ? ", " : "") + std::to_string(shape[d]);
  return text + (shape.size() == 1 ? ",)" : ")");
}

tl::unexpected<Error> badFile(const std::filesystem::path& path, const std::string& what,
                              const std::string& hint = {}) {
  return inputError(path.string() + ": " + what, hint);
}

struct Header {
  std::string descriptor;
  std::vector<std::int64_t> shape;
};

Result<Header> readHeader(std::ifstream& file, const std::filesystem::path& path) {
  char magic[kMagicBytes + 2];
  if (!file.read(magic, sizeof magic) || std::memcmp(magic, kMagic, kMagicBytes) != 0)
    return badFile(path, "This is no NumPy file.", "Write it with numpy.save.");
  const int version = magic[kMagicBytes];
  if (version < 1 || version > 3)
    return badFile(path, "The NumPy format version " + std::to_string(version) + " is not known.",
                   "Write it again with numpy.save.");
  unsigned char lengthBytes[4] = {};
  file.read(reinterpret_cast<char*>(lengthBytes), version == 1 ? 2 : 4);
  std::uint32_t length = 0;
  std::memcpy(&length, lengthBytes, sizeof length);
  if (!file || length > kLargestHeader)
    return badFile(path, "The header is damaged.", "Write it again with numpy.save.");
  std::string text(length, ' ');
  if (!file.read(text.data(), length))
    return badFile(path, "The header is cut off.", "Write it again with numpy.save.");

  const auto descriptor = headerValue(text, "descr");
  const auto order = headerValue(text, "fortran_order");
  const auto shapeText = headerValue(text, "shape");
  const auto shape = shapeText ? shapeFromText(*shapeText) : std::nullopt;
  if (!descriptor || descriptor->size() < 3 || !order || !shape)
    return badFile(path, "The header is damaged.", "Write it again with numpy.save.");
  if (*order != "False" && shape->size() > 1)
    return badFile(path, "The array is in Fortran order.", "Save numpy.ascontiguousarray(array).");
  return Header{descriptor->substr(1, descriptor->size() - 2), *shape};
}

Result<Tensor> readContent(std::ifstream& file, const std::filesystem::path& path, const Header& header) {
  const std::string& type = header.descriptor;
  const bool wide = type == "<i8";
  DataType dataType = DataType::Int32;
  if (type == "<f4")
    dataType = DataType::Float32;
  else if (type == "<f8")
    dataType = DataType::Float64;
  else if (type != "<i4" && !wide)
    return badFile(path, "Elements of type '" + type + "' cannot be read.",
                   "Save array.astype(numpy.float32), float64, int32 or int64.");

  // The size of the file is asked first, so that a wrong shape does not ask for memory without end.
  double elements = 1;
  for (const std::int64_t extent : header.shape) elements *= static_cast<double>(extent);
  const int elementBytes = wide ? 8 : bytesOf(dataType);
  std::error_code error;
  const auto fileBytes = static_cast<double>(std::filesystem::file_size(path, error));
  if (error || elements * elementBytes + static_cast<double>(file.tellg()) > fileBytes)
    return badFile(path, "The file is too short for shape " + shapeWords(header.shape) + ".",
                   "It was cut off; save it again.");

  Tensor tensor = Tensor::zeros(dataType, header.shape);
  if (!wide) {
    file.read(static_cast<char*>(tensor.bytes()), static_cast<std::streamsize>(tensor.byteCount()));
    if (!file) return badFile(path, std::string("The content cannot be read: ") + std::strerror(errno) + ".");
    return tensor;
  }
  for (std::int64_t i = 0; i < tensor.elements(); ++i) {
    std::int64_t value = 0;
    if (!file.read(reinterpret_cast<char*>(&value), sizeof value))
      return badFile(path, std::string("The content cannot be read: ") + std::strerror(errno) + ".");
    if (value < std::numeric_limits<std::int32_t>::min() || value > std::numeric_limits<std::int32_t>::max())
      return badFile(path, "The value " + std::to_string(value) + " does not fit into int32.",
                     "Integers are int32 here; bring the values into its range.");
    std::get<std::vector<std::int32_t>>(tensor.data)[static_cast<std::size_t>(i)] =
        static_cast<std::int32_t>(value);
  }
  return tensor;
}

}  // namespace

Result<Tensor> readNpy(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return badFile(path, std::string("The file cannot be opened: ") + std::strerror(errno) + ".");
  const auto header = readHeader(file, path);
  if (!header) return tl::unexpected(header.error());
  return readContent(file, path, *header);
}

Result<Tensor> readNpyAs(const std::filesystem::path& path, DataType type,
                         const std::vector<std::int64_t>& shape) {
  auto tensor = readNpy(path);
  if (!tensor) return tensor;
  if (tensor->shape != shape)
    return badFile(
        path,
        "The array has shape " + shapeWords(tensor->shape) + " where " + shapeWords(shape) + " is needed.",
        "Check the sizes, or reshape the array.");
  if (tensor->type == type) return tensor;
  if (!isFloat(tensor->type) || !isFloat(type))
    return badFile(
        path,
        std::string("The array holds ") + nameOf(tensor->type) + " where " + nameOf(type) + " is needed.",
        std::string("Save array.astype(numpy.") + nameOf(type) + ").");
  Tensor converted = Tensor::zeros(type, shape);
  for (std::int64_t i = 0; i < converted.elements(); ++i) converted.set(i, tensor->at(i));
  return converted;
}

Result<void> writeNpy(const std::filesystem::path& path, const Tensor& tensor) {
  const char* type = tensor.type == DataType::Float32   ? "<f4"
                     : tensor.type == DataType::Float64 ? "<f8"
                                                        : "<i4";
  std::string header = std::string("{'descr': '") + type +
                       "', 'fortran_order': False, 'shape': " + shapeWords(tensor.shape) + ", }";
  constexpr std::size_t kAlignment = 64;
  const std::size_t before = kMagicBytes + 4;
  while ((before + header.size() + 1) % kAlignment != 0) header += ' ';
  header += '\n';

  const std::filesystem::path unfinished = path.string() + ".part" + std::to_string(::getpid());
  std::ofstream file(unfinished, std::ios::binary);
  if (!file)
    return environmentError(path.string() + ": The file cannot be written: " + std::strerror(errno) + ".",
                            "Choose a folder that you may write to.");
  const auto length = static_cast<std::uint16_t>(header.size());
  file.write(kMagic, kMagicBytes).write("\x01\x00", 2);
  file.write(reinterpret_cast<const char*>(&length), sizeof length).write(header.data(), length);
  file.write(static_cast<const char*>(tensor.bytes()), static_cast<std::streamsize>(tensor.byteCount()));
  file.close();
  std::error_code error;
  if (!file) {
    const std::string reason = std::strerror(errno);
    std::filesystem::remove(unfinished, error);
    return environmentError(path.string() + ": The file cannot be written: " + reason + ".",
                            "Make room on the disk.");
  }
  std::filesystem::rename(unfinished, path, error);
  if (error) {
    const std::string reason = error.message();
    std::filesystem::remove(unfinished, error);
    return environmentError(path.string() + ": The file cannot be written: " + reason + ".");
  }
  return {};
}

}  // namespace espalier
