#include "plugins/host/executor.hpp"

#include <algorithm>
#include <cstring>
#include <new>

#include "plugins/host/device.hpp"
#include "plugins/host/fiber.hpp"
#include "plugins/host/limits.hpp"

namespace hal::plugins::host {
namespace {

// One core moves less than this in the time that it takes to wake another one.
constexpr std::size_t worth_splitting = std::size_t{1} << 20;
constexpr std::size_t part_size = std::size_t{256} << 10;
constexpr std::size_t pattern_size = 256;

bool apart(const std::byte *one, std::size_t one_size, const std::byte *two, std::size_t two_size) noexcept {
  return one + one_size <= two || two + two_size <= one;
}

// A pattern that repeats the value, and the fill of a range that begins at a multiple of its width.
struct pattern {
  pattern(std::uint32_t value, std::uint32_t width) noexcept {
    const auto byte = static_cast<std::uint8_t>(value);
    const auto half = static_cast<std::uint16_t>(value);
    for (std::size_t at = 0; at < pattern_size; at += width) {
      if (width == 1) std::memcpy(bytes + at, &byte, 1);
      if (width == 2) std::memcpy(bytes + at, &half, 2);
      if (width == 4) std::memcpy(bytes + at, &value, 4);
    }
    same = std::all_of(bytes, bytes + width, [this](std::byte each) { return each == bytes[0]; });
  }

  void write(std::byte *to, std::size_t size) const noexcept {
    if (same) {
      std::memset(to, static_cast<int>(bytes[0]), size);
      return;
    }
    for (; size >= pattern_size; to += pattern_size, size -= pattern_size)
      std::memcpy(to, bytes, pattern_size);
    std::memcpy(to, bytes, size);
  }

  std::byte bytes[pattern_size];
  bool same;
};

}  // namespace

scratch::scratch() = default;
scratch::~scratch() = default;
scratch::scratch(scratch &&) noexcept = default;

void scratch::aligned_delete::operator()(std::byte *bytes) const noexcept {
  ::operator delete[](bytes, std::align_val_t{max_value_alignment});
}

std::byte *scratch::shared_memory(std::size_t size) {
  if (size > shared_size_ || shared_ == nullptr) {
    const std::size_t room = std::max<std::size_t>(size, 1);
    shared_.reset(static_cast<std::byte *>(::operator new[](room, std::align_val_t{max_value_alignment})));
    shared_size_ = room;
  }
  return shared_.get();
}

fiber_group &scratch::fibers() {
  if (fibers_ == nullptr) fibers_ = std::make_unique<fiber_group>();
  return *fibers_;
}

executor::executor(hal_device &device)
    : device_(device), parallel_(device.compute_units), scratch_(device.compute_units) {}

executor::~executor() = default;

template <typename Body>
void executor::split(std::size_t count, std::size_t bytes, Body &&body) {
  if (bytes < worth_splitting || parallel_.width() == 1 || count < 2) {
    body(std::size_t{0}, count);
    return;
  }
  const std::size_t step = std::max<std::size_t>(count / std::max<std::size_t>(bytes / part_size, 2), 1);
  const auto threads = static_cast<unsigned>(std::min<std::size_t>(parallel_.width(), count));
  parallel_.distribute(count, threads, step, [&](unsigned) -> Body & { return body; });
}

void executor::copy(void *destination, const void *source, std::size_t size) {
  auto *to = static_cast<std::byte *>(destination);
  const auto *from = static_cast<const std::byte *>(source);
  if (!apart(to, size, from, size)) {
    std::memmove(to, from, size);
    return;
  }
  split(size, size,
        [&](std::size_t begin, std::size_t end) { std::memcpy(to + begin, from + begin, end - begin); });
}

void executor::fill(void *destination, std::size_t size, std::uint32_t value, std::uint32_t width) {
  const pattern repeated(value, width);
  auto *to = static_cast<std::byte *>(destination);
  split(size / width, size, [&](std::size_t begin, std::size_t end) {
    repeated.write(to + begin * width, (end - begin) * width);
  });
}

void executor::copy_rows(std::byte *destination, std::size_t destination_pitch, const std::byte *source,
                         std::size_t source_pitch, std::size_t width, std::size_t height) {
  if (height == 0 || width == 0) return;
  if (destination_pitch == width && source_pitch == width) return copy(destination, source, width * height);
  const auto rows = [&](std::size_t begin, std::size_t end) {
    for (std::size_t row = begin; row < end; ++row)
      std::memmove(destination + row * destination_pitch, source + row * source_pitch, width);
  };
  const bool disjoint = apart(destination, destination_pitch * (height - 1) + width, source,
                              source_pitch * (height - 1) + width);
  split(height, disjoint ? width * height : 0, rows);
}

void executor::fill_rows(std::byte *destination, std::size_t pitch, std::size_t row_size, std::size_t height,
                         std::uint32_t value, std::uint32_t width) {
  if (height == 0 || row_size == 0) return;
  if (pitch == row_size) return fill(destination, row_size * height, value, width);
  const pattern repeated(value, width);
  split(height, row_size * height, [&](std::size_t begin, std::size_t end) {
    for (std::size_t row = begin; row < end; ++row) repeated.write(destination + row * pitch, row_size);
  });
}

}  // namespace hal::plugins::host
