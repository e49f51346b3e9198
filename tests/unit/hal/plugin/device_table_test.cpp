// hal/plugin/device_table.hpp: a table out of groups of entries.
#include "hal/plugin/device_table.hpp"

#include <doctest/doctest.h>

#include <cstring>
#include <string>

namespace {

using hal::plugin::device_table;
using hal::plugin::failure;

struct memory_group {
  static void memory_free(hal_device *, hal_memory *) {}
  static void memory_info(hal_device *, std::uint64_t *out_free, std::uint64_t *out_total) {
    *out_free = 3;
    *out_total = 7;
  }
  static void unrelated(int) {}
};

struct stream_group {
  static hal_status stream_query(hal_stream *) { return HAL_STATUS_NOT_READY; }
};

// Has an entry of its own, and another one's.
struct replacing_group : memory_group {
  static void memory_free(hal_device *, hal_memory *) { throw failure(HAL_STATUS_BUSY, "Replaced.", 42); }
};

constexpr hal_device_table plain = device_table<memory_group, stream_group>();
constexpr hal_device_table replaced = device_table<replacing_group>();

// Slots that are filled.
int filled(const hal_device_table &table) {
  int count = 0;
  const auto *bytes = reinterpret_cast<const unsigned char *>(&table);
  for (std::size_t at = offsetof(hal_device_table, device_close); at < sizeof table; at += sizeof(void *)) {
    void *slot = nullptr;
    std::memcpy(&slot, bytes + at, sizeof slot);
    count += slot != nullptr ? 1 : 0;
  }
  return count;
}

}  // namespace

TEST_SUITE_BEGIN("hal/plugin/device_table");

TEST_CASE("device table: what the groups have is there, everything else is NULL") {
  CHECK(plain.struct_size == sizeof plain);
  CHECK(filled(plain) == 3);
  CHECK((plain.memory_free != nullptr));
  CHECK((plain.launch == nullptr));
  CHECK(filled(device_table<>()) == 0);
}

TEST_CASE("device table: entries answer statuses") {
  std::uint64_t free = 0;
  std::uint64_t total = 0;
  CHECK(plain.memory_info(nullptr, &free, &total, nullptr) == HAL_STATUS_OK);
  CHECK(free == 3);
  CHECK(total == 7);
  CHECK(plain.stream_query(nullptr, nullptr) == HAL_STATUS_NOT_READY);
}

TEST_CASE("device table: a derived group replaces an entry, and what it throws becomes an answer") {
  CHECK(filled(replaced) == 2);
  hal_error error{};
  error.struct_size = sizeof error;
  CHECK(replaced.memory_free(nullptr, nullptr, &error) == HAL_STATUS_BUSY);
  CHECK(error.native_code == 42);
  CHECK(std::string(error.message) == "Replaced.");
  CHECK((replaced.memory_info == plain.memory_info));
}

TEST_SUITE_END();
