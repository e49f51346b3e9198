// open, device_close, device_synchronize, native_handle.
#include <atomic>
#include <cstddef>
#include <cstring>
#include <memory>
#include <thread>
#include <vector>

#include "tests/conformance/features.hpp"

using namespace conformance;

namespace {

// A device that still has what `make` left on it does not close, and works on.
template <typename Make, typename Unmake>
void check_busy(Make make, Unmake unmake) {
  opened_device device;
  make(static_cast<hal_device *>(device));
  expect_status(call(table().device_close, device), HAL_STATUS_BUSY);
  {
    stream on(device);
    buffer memory(device, 64);
    fill(on, memory, 7);
    expect_equal(download(on, memory, 64), std::vector<std::uint8_t>(64, 7));
  }
  unmake(static_cast<hal_device *>(device));
}

}  // namespace

TEST_CASE("open: without options, and with a record of zeros") {
  { const opened_device device; }
  hal_open_options options{};
  options.struct_size = sizeof options;
  hal_device *device = nullptr;
  require_ok(call(plugin().open, the_subject().host(), the_subject().index(), &options, &device));
  expect_ok(call(table().device_close, device));
}

TEST_CASE("open: with a short options record") {
  hal_open_options options;
  std::memset(&options, 0xff, sizeof options);
  options.struct_size = offsetof(hal_open_options, native_context);
  options.flags = 0;
  hal_device *device = nullptr;
  require_ok(call(plugin().open, the_subject().host(), the_subject().index(), &options, &device));
  expect_ok(call(table().device_close, device));
}

TEST_CASE("open: each opening is a device of its own") {
  const opened_device first;
  const opened_device second;
  CHECK(static_cast<hal_device *>(first) != static_cast<hal_device *>(second));
}

TEST_CASE("open: one opening's end leaves the others working") {
  auto first = std::make_unique<opened_device>();
  opened_device second;
  stream on(second);
  buffer memory(second, 4096);
  fill(on, memory, 9);
  first.reset();
  expect_equal(download(on, memory, 4096), std::vector<std::uint8_t>(4096, 9));
}

TEST_CASE("open: again and again") {
  for (int i = 0; i < 10; ++i) {
    opened_device device;
    stream on(device);
    buffer memory(device, 256);
    fill(on, memory, static_cast<std::uint8_t>(i));
    expect_equal(download(on, memory, 256), std::vector<std::uint8_t>(256, static_cast<std::uint8_t>(i)));
  }
}

TEST_CASE("open: every device of the plugin") {
  for (std::uint32_t index = 0; index < the_subject().device_count(); ++index) {
    CAPTURE(index);
    opened_device device(index);
    stream on(device);
    buffer memory(device, 256);
    fill(on, memory, 5);
    expect_equal(download(on, memory, 256), std::vector<std::uint8_t>(256, 5));
  }
}

TEST_CASE("open: from 16 threads at once") {
  std::atomic<int> wrong = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 16; ++i) {
    threads.emplace_back([&] {
      hal_device *device = nullptr;
      if (plugin().open(the_subject().host(), the_subject().index(), nullptr, &device, nullptr) !=
              HAL_STATUS_OK ||
          table().device_close(device, nullptr) != HAL_STATUS_OK)
        ++wrong;
    });
  }
  for (auto &one : threads) one.join();
  CHECK(wrong == 0);
}

TEST_CASE("open: an index beyond the count [negative]") {
  hal_device *device = nullptr;
  for (const std::uint32_t index : {the_subject().device_count(), UINT32_MAX}) {
    expect_status(call(plugin().open, the_subject().host(), index, nullptr, &device),
                  HAL_STATUS_OUT_OF_RANGE);
  }
}

TEST_CASE("open: no place for the device [negative]") {
  expect_status(call(plugin().open, the_subject().host(), the_subject().index(), nullptr, nullptr),
                HAL_STATUS_INVALID_ARGUMENT);
}

TEST_CASE("open: a flag that does not exist [negative]") {
  hal_open_options options{};
  options.struct_size = sizeof options;
  options.flags = 1u << 31;
  hal_device *device = nullptr;
  expect_status(call(plugin().open, the_subject().host(), the_subject().index(), &options, &device),
                HAL_STATUS_INVALID_ARGUMENT);
}

TEST_CASE("open: a context, where contexts can't be adopted [negative]") {
  if (skip_without(HAL_FEATURE_ADOPT_CONTEXT)) return;
  record_skip("the suite has no context of the vendor's API to offer");
}

TEST_CASE("close: no device [negative]") {
  expect_status(call(table().device_close, nullptr), HAL_STATUS_INVALID_HANDLE);
}

TEST_CASE("close: twice [negative]") {
  opened_device device;
  hal_device *closed = device.release();
  expect_ok(call(table().device_close, closed));
  expect_status(call(table().device_close, closed), HAL_STATUS_INVALID_HANDLE);
}

TEST_CASE("close: while memory lives [negative]") {
  hal_memory *memory = nullptr;
  check_busy(
      [&](hal_device *device) {
        const auto options = memory_options(64);
        require_ok(call(table().memory_allocate, device, &options, &memory));
      },
      [&](hal_device *device) { expect_ok(call(table().memory_free, device, memory)); });
}

TEST_CASE("close: while a stream lives [negative]") {
  hal_stream *on = nullptr;
  check_busy([&](hal_device *device) { require_ok(call(table().stream_create, device, nullptr, &on)); },
             [&](hal_device *device) { expect_ok(call(table().stream_destroy, device, on)); });
}

TEST_CASE("close: while an event lives [negative]") {
  hal_event *made = nullptr;
  check_busy([&](hal_device *device) { require_ok(call(table().event_create, device, nullptr, &made)); },
             [&](hal_device *device) { expect_ok(call(table().event_destroy, device, made)); });
}

TEST_CASE("synchronize: the whole device, with nothing to do and after work on many streams") {
  opened_device device;
  expect_ok(call(table().device_synchronize, device, 0u));
  std::vector<std::unique_ptr<stream>> streams;
  std::vector<std::unique_ptr<buffer>> buffers;
  for (int i = 0; i < 8; ++i) {
    streams.push_back(std::make_unique<stream>(device));
    buffers.push_back(std::make_unique<buffer>(device, 1 << 16));
    fill(*streams.back(), *buffers.back(), static_cast<std::uint8_t>(i));
  }
  expect_ok(call(table().device_synchronize, device, patience()));
  for (auto &one : streams) expect_ok(call(table().stream_query, *one));
}

TEST_CASE("synchronize: the device's wait ends at its time limit, and the work goes on") {
  if (skip_without(HAL_FEATURE_HOST_FUNCTIONS)) return;
  opened_device device;
  stream on(device);
  gate closed(on);
  expect_status(call(table().device_synchronize, device, 0u), HAL_STATUS_TIMED_OUT);
  expect_status(call(table().device_synchronize, device, 1'000'000u), HAL_STATUS_TIMED_OUT);
  closed.open();
  expect_ok(call(table().device_synchronize, device, patience()));
}

TEST_CASE("synchronize: no device [negative]") {
  expect_status(call(table().device_synchronize, nullptr, 0u), HAL_STATUS_INVALID_HANDLE);
}

TEST_CASE("native handle: of each object, the same every time or unsupported") {
  if (skip_without_entry(table().native_handle, "native_handle")) return;
  opened_device device;
  stream on(device);
  event made(device);
  buffer memory(device, 64);
  const std::pair<hal_object_kind, const void *> objects[] = {
      {HAL_OBJECT_DEVICE, static_cast<hal_device *>(device)},
      {HAL_OBJECT_CONTEXT, static_cast<hal_device *>(device)},
      {HAL_OBJECT_MEMORY, static_cast<hal_memory *>(memory)},
      {HAL_OBJECT_STREAM, static_cast<hal_stream *>(on)},
      {HAL_OBJECT_EVENT, static_cast<hal_event *>(made)},
  };
  for (const auto &one : objects) {
    const auto kind = one.first;
    const auto object = one.second;
    CAPTURE(kind);
    void *first = nullptr;
    const answer given = call(table().native_handle, device, kind, object, &first);
    expect_one_of(given, {HAL_STATUS_OK, HAL_STATUS_UNSUPPORTED});
    if (given.status != HAL_STATUS_OK) continue;
    void *second = nullptr;
    expect_ok(call(table().native_handle, device, kind, object, &second));
    CHECK(first == second);
  }
}

TEST_CASE("native handle: no object, an unknown kind, no place for the result [negative]") {
  if (skip_without_entry(table().native_handle, "native_handle")) return;
  opened_device device;
  stream on(device);
  void *native = nullptr;
  expect_one_of(call(table().native_handle, device, HAL_OBJECT_STREAM, nullptr, &native),
                {HAL_STATUS_INVALID_HANDLE, HAL_STATUS_UNSUPPORTED});
  expect_one_of(call(table().native_handle, device, 99u, static_cast<hal_stream *>(on), &native),
                {HAL_STATUS_INVALID_ARGUMENT, HAL_STATUS_UNSUPPORTED});
  expect_one_of(
      call(table().native_handle, device, HAL_OBJECT_STREAM, static_cast<hal_stream *>(on), nullptr),
      {HAL_STATUS_INVALID_ARGUMENT, HAL_STATUS_UNSUPPORTED});
}
