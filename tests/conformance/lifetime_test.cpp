// Destroying what submitted work still uses: the work is finished first.
#include <atomic>
#include <chrono>
#include <memory>
#include <thread>
#include <vector>

#include "tests/conformance/features.hpp"
#include "tests/conformance/kernels.hpp"

using namespace conformance;

namespace {

std::vector<std::uint8_t> all(std::uint8_t value) {
  return std::vector<std::uint8_t>(4096, value);
}

// Opens the gate a little later from another thread, while the case is in a call that may block. The case's
// outcome is the same whichever comes first.
class later {
 public:
  explicit later(gate &closed)
      : thread_([&closed] {
          std::this_thread::sleep_for(std::chrono::milliseconds(20));
          closed.open();
        }) {}
  ~later() { thread_.join(); }

 private:
  std::thread thread_;
};

}  // namespace

TEST_CASE("lifetime: memory freed while work uses it") {
  if (skip_without(HAL_FEATURE_HOST_FUNCTIONS)) return;
  opened_device device;
  stream on(device);
  buffer result(device, 4096);
  buffer source(device, 4096);
  fill(on, source, 0x2b);
  fill(on, result, 0);
  finish(on);
  gate closed(on);
  expect_ok(call(table().copy, on, result, 0u, source, 0u, 4096u));
  {
    later opening(closed);
    expect_ok(call(table().memory_free, device, source.release()));
  }
  expect_equal(download(on, result, 4096), all(0x2b));
}

TEST_CASE("lifetime: a stream destroyed while it has work") {
  if (skip_without(HAL_FEATURE_HOST_FUNCTIONS)) return;
  opened_device device;
  stream other(device);
  buffer memory(device, 4096);
  fill(other, memory, 0);
  finish(other);
  stream on(device);
  gate closed(on);
  fill(on, memory, 0x3c);
  {
    later opening(closed);
    expect_ok(call(table().stream_destroy, device, on.release()));
  }
  expect_equal(download(other, memory, 4096), all(0x3c));
}

TEST_CASE("lifetime: a stream destroyed right after its work was submitted") {
  opened_device device;
  stream other(device);
  buffer memory(device, 1 << 20);
  for (int round = 0; round < 20; ++round) {
    stream on(device);
    fill(on, memory, static_cast<std::uint8_t>(round));
    expect_ok(call(table().stream_destroy, device, on.release()));
    CHECK(download(other, memory, 1, (1 << 20) - 1).front() == round);
  }
}

TEST_CASE("lifetime: an event destroyed while streams wait for it") {
  if (skip_without(HAL_FEATURE_HOST_FUNCTIONS)) return;
  opened_device device;
  stream producer(device);
  stream consumer(device);
  buffer data(device, 4096);
  buffer result(device, 4096);
  fill(producer, data, 0);
  finish(producer);
  gate closed(producer);
  fill(producer, data, 0x4e);
  {
    event made(device);
    require_ok(call(table().event_record, made, producer));
    require_ok(call(table().stream_wait_event, consumer, made));
  }
  expect_ok(call(table().copy, consumer, result, 0u, data, 0u, 4096u));
  expect_not_ready(call(table().stream_query, consumer));
  closed.open();
  expect_equal(download(consumer, result, 4096), all(0x4e));
}

TEST_CASE("lifetime: an event destroyed after its stream") {
  opened_device device;
  event made(device, has(HAL_FEATURE_TIMESTAMPS) ? std::uint32_t{HAL_EVENT_TIMING} : 0u);
  {
    stream on(device);
    require_ok(call(table().event_record, made, on));
  }
  expect_ok(call(table().event_synchronize, made, patience()));
  expect_ok(call(table().event_query, made));
}

TEST_CASE("lifetime: a module unloaded while its kernel runs") {
  if (skip_without_kernels()) return;
  opened_device device;
  stream on(device);
  buffer out(device, 4);
  on_each_format([&](const kernel_format &format) {
    fill(on, out, 0);
    loaded_module loaded(device, format, "spin");
    work items({1, 1, 1}, {1, 1, 1});
    items.value(5000u).memory(out).value(91u);
    expect_ok(launch(on, loaded.kernel("spin"), items));
    expect_ok(call(table().module_unload, device, loaded.release()));
    expect_equal(download<std::uint32_t>(on, out, 1), {91u});
  });
}

TEST_CASE("lifetime: memory freed while a kernel writes it") {
  if (skip_without_kernels()) return;
  opened_device device;
  stream on(device);
  on_each_format([&](const kernel_format &format) {
    loaded_module loaded(device, format, "spin");
    for (int round = 0; round < 5; ++round) {
      buffer out(device, 4);
      work items({1, 1, 1}, {1, 1, 1});
      items.value(2000u).memory(out).value(1u);
      expect_ok(launch(on, loaded.kernel("spin"), items));
      expect_ok(call(table().memory_free, device, out.release()));
    }
    finish(on);
  });
}

TEST_CASE("lifetime: a graph executable destroyed while it runs") {
  if (skip_without(HAL_FEATURE_GRAPHS)) return;
  if (skip_without(HAL_FEATURE_HOST_FUNCTIONS)) return;
  opened_device device;
  stream on(device);
  buffer memory(device, 4096);
  fill(on, memory, 0);
  finish(on);
  require_ok(call(table().graph_begin_capture, on));
  fill(on, memory, 0x5f);
  hal_graph *recorded = nullptr;
  require_ok(call(table().graph_end_capture, on, &recorded));
  hal_graph_executable *ready = nullptr;
  require_ok(call(table().graph_instantiate, device, recorded, &ready));
  expect_ok(call(table().graph_destroy, device, recorded));
  {
    gate closed(on);
    expect_ok(call(table().graph_launch, ready, on));
    later opening(closed);
    expect_ok(call(table().graph_executable_destroy, device, ready));
  }
  expect_equal(download(on, memory, 4096), all(0x5f));
}

TEST_CASE("lifetime: a graph destroyed with its executable still to launch") {
  if (skip_without(HAL_FEATURE_GRAPHS)) return;
  opened_device device;
  stream on(device);
  buffer memory(device, 4096);
  fill(on, memory, 0);
  require_ok(call(table().stream_synchronize, on, patience()));
  require_ok(call(table().graph_begin_capture, on));
  fill(on, memory, 0x61);
  hal_graph *recorded = nullptr;
  require_ok(call(table().graph_end_capture, on, &recorded));
  hal_graph_executable *ready = nullptr;
  require_ok(call(table().graph_instantiate, device, recorded, &ready));
  expect_ok(call(table().graph_destroy, device, recorded));
  expect_ok(call(table().graph_launch, ready, on));
  expect_equal(download(on, memory, 4096), all(0x61));
  expect_ok(call(table().graph_executable_destroy, device, ready));
}

TEST_CASE("close: with live objects, again and again, loses nothing [negative]") {
  opened_device device;
  stream on(device);
  event made(device);
  buffer memory(device, 4096);
  fill(on, memory, 0x6a);
  for (int i = 0; i < 5; ++i) expect_status(call(table().device_close, device), HAL_STATUS_BUSY);
  require_ok(call(table().event_record, made, on));
  expect_equal(download(on, memory, 4096), all(0x6a));
}

TEST_CASE("close: names what lives by kind [negative]") {
  opened_device device;
  stream on(device);
  const answer given = call(table().device_close, device);
  expect_status(given, HAL_STATUS_BUSY);
  CHECK(std::string(given.error.message).find("1") != std::string::npos);
}
