#include "plugins/level_zero/binary.hpp"

#include <cstdint>
#include <cstring>
#include <string>

namespace hal::plugins::level_zero {
namespace {

// Last of all: the size of the driver's part, and this.
constexpr char mark[8] = {'h', 'a', 'l', 'z', 'e', 'b', 'i', '1'};
constexpr std::size_t tail = sizeof(std::uint64_t) + sizeof mark;

template <typename Value>
void put(std::vector<std::byte> &out, const Value &value) {
  const auto *bytes = reinterpret_cast<const std::byte *>(&value);
  out.insert(out.end(), bytes, bytes + sizeof value);
}

void put_text(std::vector<std::byte> &out, const std::string &text) {
  put(out, static_cast<std::uint32_t>(text.size()));
  const auto *bytes = reinterpret_cast<const std::byte *>(text.data());
  out.insert(out.end(), bytes, bytes + text.size());
}

class reader {
 public:
  explicit reader(std::span<const std::byte> given) : left_(given) {}

  bool read(void *out, std::size_t size) {
    if (size > left_.size()) return false;
    std::memcpy(out, left_.data(), size);
    left_ = left_.subspan(size);
    return true;
  }
  bool number(std::uint32_t &out) { return read(&out, sizeof out); }
  bool text(std::string &out) {
    std::uint32_t size = 0;
    if (!number(size) || size > left_.size()) return false;
    out.resize(size);
    return read(out.data(), size);
  }
  bool is_at_end() const { return left_.empty(); }

 private:
  std::span<const std::byte> left_;
};

bool read_kernel(reader &from, image_kernel &out) {
  std::uint32_t count = 0;
  if (!from.text(out.name) || !from.read(out.required_block, sizeof out.required_block) ||
      !from.number(count))
    return false;
  for (std::uint32_t i = 0; i < count; ++i) {
    image_parameter each;
    if (!from.number(each.kind) || !from.number(each.size) || !from.number(each.alignment) ||
        !from.text(each.name) || each.kind > HAL_ARGUMENT_SHARED)
      return false;
    out.parameters.push_back(std::move(each));
  }
  return true;
}

}  // namespace

std::vector<std::byte> join_binary(std::vector<std::byte> native, const std::vector<image_kernel> &kernels) {
  const std::uint64_t size = native.size();
  for (const image_kernel &one : kernels) {
    put_text(native, one.name);
    put(native, one.required_block);
    put(native, static_cast<std::uint32_t>(one.parameters.size()));
    for (const image_parameter &each : one.parameters) {
      put(native, each.kind);
      put(native, each.size);
      put(native, each.alignment);
      put_text(native, each.name);
    }
  }
  put(native, size);
  put(native, mark);
  return native;
}

split_binary split(std::span<const std::byte> binary) {
  const split_binary whole{binary, {}};
  if (binary.size() < tail ||
      std::memcmp(binary.data() + binary.size() - sizeof mark, mark, sizeof mark) != 0)
    return whole;
  std::uint64_t size = 0;
  std::memcpy(&size, binary.data() + binary.size() - tail, sizeof size);
  if (size > binary.size() - tail) return whole;
  split_binary found{binary.first(size), {}};
  reader from(binary.subspan(size, binary.size() - tail - size));
  while (!from.is_at_end()) {
    if (!read_kernel(from, found.kernels.emplace_back())) return whole;
  }
  return found;
}

}  // namespace hal::plugins::level_zero
