// Graphs: work recorded from a stream and launched again and again.
#include <atomic>
#include <memory>
#include <vector>

#include "tests/conformance/features.hpp"
#include "tests/conformance/graphs.hpp"
#include "tests/conformance/kernels.hpp"

using namespace conformance;

namespace {

void count_up(void *user) {
  ++*static_cast<std::atomic<int> *>(user);
}

}  // namespace

TEST_CASE("graph: what is captured does not run") {
  if (skip_without(HAL_FEATURE_GRAPHS)) return;
  bench at;
  const graph recorded(at.on, at.device, [&] { fill(at.on, at.first, 9); });
  expect_equal(download(at.on, at.first, 256), all(0));
}

TEST_CASE("graph: copies and fills run once each launch, in order") {
  if (skip_without(HAL_FEATURE_GRAPHS)) return;
  bench at;
  const graph recorded(at.on, at.device, [&] {
    fill(at.on, at.first, 9);
    expect_ok(call(table().copy, at.on, at.second, 0u, at.first, 0u, 256u));
    fill(at.on, at.first, 1);
  });
  const executable ready(at.device, recorded);
  for (int i = 0; i < 3; ++i) {
    fill(at.on, at.second, 0);
    expect_ok(run(ready, at.on));
    expect_equal(download(at.on, at.second, 256), all(9));
    expect_equal(download(at.on, at.first, 256), all(1));
  }
}

TEST_CASE("graph: a launch runs between the work before and after it") {
  if (skip_without(HAL_FEATURE_GRAPHS)) return;
  bench at;
  const graph recorded(at.on, at.device,
                       [&] { expect_ok(call(table().copy, at.on, at.second, 0u, at.first, 0u, 256u)); });
  const executable ready(at.device, recorded);
  fill(at.on, at.first, 3);
  expect_ok(run(ready, at.on));
  fill(at.on, at.first, 4);
  expect_equal(download(at.on, at.second, 256), all(3));
}

TEST_CASE("graph: kernels") {
  if (skip_without(HAL_FEATURE_GRAPHS)) return;
  if (skip_without_kernels()) return;
  opened_device device;
  stream on(device);
  buffer counter(device, 4);
  on_each_format([&](const kernel_format &format) {
    fill(on, counter, 0);
    loaded_module loaded(device, format, "count");
    hal_kernel *kernel = loaded.kernel("count");
    work items({2, 1, 1}, {5, 1, 1});
    items.memory(counter);
    expect_ok(launch(on, kernel, items));
    finish(on);
    const graph recorded(on, device, [&] {
      for (int i = 0; i < 10; ++i) expect_ok(launch(on, kernel, items));
    });
    items.destroy_arguments();
    const executable ready(device, recorded);
    for (int i = 0; i < 5; ++i) expect_ok(run(ready, on));
    expect_equal(download<std::uint32_t>(on, counter, 1), {510u});
  });
}

TEST_CASE("graph: host functions are called once each launch") {
  if (skip_without(HAL_FEATURE_GRAPHS)) return;
  if (skip_without(HAL_FEATURE_HOST_FUNCTIONS)) return;
  bench at;
  std::atomic<int> calls = 0;
  const graph recorded(at.on, at.device,
                       [&] { expect_ok(call(table().stream_host_function, at.on, &count_up, &calls)); });
  CHECK(calls == 0);
  const executable ready(at.device, recorded);
  for (int i = 0; i < 4; ++i) expect_ok(run(ready, at.on));
  finish(at.on);
  CHECK(calls == 4);
}

TEST_CASE("graph: copies read the host's memory anew at each launch") {
  if (skip_without(HAL_FEATURE_GRAPHS)) return;
  if (skip_without(HAL_FEATURE_HOST_MEMORY)) return;
  bench at;
  buffer pinned(at.device, 256, HAL_MEMORY_HOST);
  const graph recorded(at.on, at.device, [&] {
    expect_ok(call(table().copy_to_device, at.on, at.first, 0u, pinned->host, 256u));
  });
  const executable ready(at.device, recorded);
  for (const int value : {5, 6}) {
    std::memset(pinned->host, value, 256);
    expect_ok(run(ready, at.on));
    expect_equal(download(at.on, at.first, 256), all(static_cast<std::uint8_t>(value)));
  }
}

TEST_CASE("graph: outlives nothing but itself: the graph goes, the executable stays") {
  if (skip_without(HAL_FEATURE_GRAPHS)) return;
  bench at;
  std::unique_ptr<executable> ready;
  {
    const graph recorded(at.on, at.device, [&] { fill(at.on, at.first, 7); });
    ready = std::make_unique<executable>(at.device, recorded);
  }
  expect_ok(run(*ready, at.on));
  expect_equal(download(at.on, at.first, 256), all(7));
}

TEST_CASE("graph: an executable on another stream of the device") {
  if (skip_without(HAL_FEATURE_GRAPHS)) return;
  bench at;
  stream second(at.device);
  const graph recorded(at.on, at.device, [&] { fill(at.on, at.first, 8); });
  const executable ready(at.device, recorded);
  expect_ok(run(ready, second));
  expect_equal(download(second, at.first, 256), all(8));
}

TEST_CASE("graph: an empty capture can be launched") {
  if (skip_without(HAL_FEATURE_GRAPHS)) return;
  bench at;
  const graph recorded(at.on, at.device, [] {});
  const executable ready(at.device, recorded);
  expect_ok(run(ready, at.on));
  finish(at.on);
}

TEST_CASE("graph: two streams capture at the same time") {
  if (skip_without(HAL_FEATURE_GRAPHS)) return;
  bench at;
  stream second(at.device);
  require_ok(call(table().graph_begin_capture, at.on));
  const graph inner(second, at.device, [&] {
    fill(second, at.second, 2);
    fill(at.on, at.first, 1);
  });
  hal_graph *outer = nullptr;
  require_ok(call(table().graph_end_capture, at.on, &outer));
  {
    const executable ready(at.device, outer);
    expect_ok(run(ready, at.on));
    expect_equal(download(at.on, at.first, 256), all(1));
    expect_equal(download(at.on, at.second, 256), all(0));
  }
  expect_ok(call(table().graph_destroy, at.device, outer));
}

TEST_CASE("graph: an update brings new values, addresses and sizes") {
  if (skip_without(HAL_FEATURE_GRAPHS)) return;
  if (skip_without(HAL_FEATURE_GRAPH_UPDATE)) return;
  bench at;
  const graph old_work(at.on, at.device, [&] { fill(at.on, at.first, 1); });
  const graph new_work(at.on, at.device,
                       [&] { require_ok(call(table().fill, at.on, at.second, 0u, 128u, 2u, 1u)); });
  const executable ready(at.device, old_work);
  expect_ok(call(table().graph_update, ready, new_work));
  expect_ok(run(ready, at.on));
  expect_equal(download(at.on, at.first, 256), all(0));
  auto expected = all(0);
  std::fill_n(expected.begin(), 128, std::uint8_t{2});
  expect_equal(download(at.on, at.second, 256), expected);
}

TEST_CASE("graph: a launch that was submitted keeps what it had before the update") {
  if (skip_without(HAL_FEATURE_GRAPHS)) return;
  if (skip_without(HAL_FEATURE_GRAPH_UPDATE)) return;
  if (skip_without(HAL_FEATURE_HOST_FUNCTIONS)) return;
  bench at;
  const graph old_work(at.on, at.device, [&] { fill(at.on, at.first, 1); });
  const graph new_work(at.on, at.device, [&] { fill(at.on, at.second, 2); });
  const executable ready(at.device, old_work);
  expect_ok(run(ready, at.on));
  finish(at.on);
  fill(at.on, at.first, 0);
  gate closed(at.on);
  expect_ok(run(ready, at.on));
  expect_ok(call(table().graph_update, ready, new_work));
  closed.open();
  expect_equal(download(at.on, at.first, 256), all(1));
  expect_equal(download(at.on, at.second, 256), all(0));
}

TEST_CASE("graph: an update with other operations changes nothing [negative]") {
  if (skip_without(HAL_FEATURE_GRAPHS)) return;
  if (skip_without(HAL_FEATURE_GRAPH_UPDATE)) return;
  bench at;
  const graph recorded(at.on, at.device, [&] { fill(at.on, at.first, 1); });
  const graph longer(at.on, at.device, [&] {
    fill(at.on, at.first, 2);
    fill(at.on, at.second, 2);
  });
  const graph other(at.on, at.device,
                    [&] { expect_ok(call(table().copy, at.on, at.second, 0u, at.first, 0u, 256u)); });
  const executable ready(at.device, recorded);
  expect_status(call(table().graph_update, ready, longer), HAL_STATUS_INVALID_ARGUMENT);
  expect_status(call(table().graph_update, ready, other), HAL_STATUS_INVALID_ARGUMENT);
  expect_ok(run(ready, at.on));
  expect_equal(download(at.on, at.first, 256), all(1));
  expect_equal(download(at.on, at.second, 256), all(0));
}

TEST_CASE("graph: a stream that is destroyed while it is captured discards the capture") {
  if (skip_without(HAL_FEATURE_GRAPHS)) return;
  bench at;
  stream captured(at.device);
  require_ok(call(table().graph_begin_capture, captured));
  fill(captured, at.first, 5);
  expect_ok(call(table().stream_destroy, at.device, captured.release()));
  expect_equal(download(at.on, at.first, 256), all(0));
}

TEST_CASE("graph: begun twice, ended without a beginning [negative]") {
  if (skip_without(HAL_FEATURE_GRAPHS)) return;
  bench at;
  hal_graph *made = nullptr;
  expect_status(call(table().graph_end_capture, at.on, &made), HAL_STATUS_INVALID_STATE);
  const graph recorded(at.on, at.device, [&] {
    expect_status(call(table().graph_begin_capture, at.on), HAL_STATUS_INVALID_STATE);
  });
  expect_status(call(table().graph_end_capture, at.on, &made), HAL_STATUS_INVALID_STATE);
}

TEST_CASE("graph: a captured stream can't be waited for or queried [negative]") {
  if (skip_without(HAL_FEATURE_GRAPHS)) return;
  bench at;
  const graph recorded(at.on, at.device, [&] {
    expect_status(call(table().stream_synchronize, at.on, 0u), HAL_STATUS_INVALID_STATE);
    expect_status(call(table().stream_query, at.on), HAL_STATUS_INVALID_STATE);
    expect_status(call(table().device_synchronize, at.device, 0u), HAL_STATUS_INVALID_STATE);
  });
}

TEST_CASE("graph: a captured stream takes no events [negative]") {
  if (skip_without(HAL_FEATURE_GRAPHS)) return;
  bench at;
  event made(at.device);
  const graph recorded(at.on, at.device, [&] {
    expect_status(call(table().event_record, made, at.on), HAL_STATUS_INVALID_STATE);
    expect_status(call(table().stream_wait_event, at.on, made), HAL_STATUS_INVALID_STATE);
  });
}

TEST_CASE("graph: a captured stream allocates and frees nothing [negative]") {
  if (skip_without(HAL_FEATURE_GRAPHS)) return;
  if (skip_without(HAL_FEATURE_STREAM_ALLOCATION)) return;
  bench at;
  buffer kept(at.device, 64);
  const graph recorded(at.on, at.device, [&] {
    const auto options = memory_options(64);
    hal_memory *memory = nullptr;
    expect_status(call(table().memory_allocate_async, at.on, &options, &memory), HAL_STATUS_INVALID_STATE);
    expect_status(call(table().memory_free_async, at.on, kept), HAL_STATUS_INVALID_STATE);
  });
}

TEST_CASE("graph: a captured stream launches no graph [negative]") {
  if (skip_without(HAL_FEATURE_GRAPHS)) return;
  bench at;
  const graph first(at.on, at.device, [&] { fill(at.on, at.first, 1); });
  const executable ready(at.device, first);
  const graph second(at.on, at.device, [&] { expect_status(run(ready, at.on), HAL_STATUS_INVALID_STATE); });
}

TEST_CASE("graph: what is refused records nothing and leaves the capture going [negative]") {
  if (skip_without(HAL_FEATURE_GRAPHS)) return;
  bench at;
  std::uint8_t byte = 0;
  const graph recorded(at.on, at.device, [&] {
    fill(at.on, at.first, 9);
    expect_status(call(table().copy_to_device, at.on, at.first, 256u, &byte, 1u), HAL_STATUS_OUT_OF_RANGE);
    expect_status(call(table().copy_to_device, at.on, at.first, 0u, nullptr, 1u),
                  HAL_STATUS_INVALID_ARGUMENT);
    expect_status(call(table().fill, at.on, nullptr, 0u, 1u, 0u, 1u), HAL_STATUS_INVALID_HANDLE);
    expect_status(call(table().graph_begin_capture, at.on), HAL_STATUS_INVALID_STATE);
    expect_ok(call(table().copy, at.on, at.second, 0u, at.first, 0u, 256u));
  });
  const executable ready(at.device, recorded);
  expect_ok(run(ready, at.on));
  expect_equal(download(at.on, at.second, 256), all(9));
}

TEST_CASE("graph: an end without a place for the graph ends the capture [negative]") {
  if (skip_without(HAL_FEATURE_GRAPHS)) return;
  bench at;
  require_ok(call(table().graph_begin_capture, at.on));
  fill(at.on, at.first, 5);
  expect_status(call(table().graph_end_capture, at.on, nullptr), HAL_STATUS_INVALID_ARGUMENT);
  expect_ok(call(table().stream_query, at.on));
  expect_equal(download(at.on, at.first, 256), all(0));
}

TEST_CASE("graph: no stream, no graph, no executable, no place [negative]") {
  if (skip_without(HAL_FEATURE_GRAPHS)) return;
  bench at;
  hal_graph *made = nullptr;
  hal_graph_executable *ready = nullptr;
  expect_status(call(table().graph_begin_capture, nullptr), HAL_STATUS_INVALID_HANDLE);
  expect_status(call(table().graph_end_capture, nullptr, &made), HAL_STATUS_INVALID_HANDLE);
  expect_status(call(table().graph_destroy, at.device, nullptr), HAL_STATUS_INVALID_HANDLE);
  expect_status(call(table().graph_instantiate, at.device, nullptr, &ready), HAL_STATUS_INVALID_HANDLE);
  expect_status(call(table().graph_executable_destroy, at.device, nullptr), HAL_STATUS_INVALID_HANDLE);
  expect_status(run(nullptr, at.on), HAL_STATUS_INVALID_HANDLE);
  const graph recorded(at.on, at.device, [] {});
  expect_status(call(table().graph_instantiate, at.device, recorded, nullptr), HAL_STATUS_INVALID_ARGUMENT);
  const executable sound(at.device, recorded);
  expect_status(run(sound, nullptr), HAL_STATUS_INVALID_HANDLE);
}

TEST_CASE("graph: destroyed twice [negative]") {
  if (skip_without(HAL_FEATURE_GRAPHS)) return;
  bench at;
  graph recorded(at.on, at.device, [] {});
  executable ready(at.device, recorded);
  hal_graph *gone = recorded.release();
  expect_ok(call(table().graph_destroy, at.device, gone));
  expect_status(call(table().graph_destroy, at.device, gone), HAL_STATUS_INVALID_HANDLE);
  hal_graph_executable *unmade = ready.release();
  expect_ok(call(table().graph_executable_destroy, at.device, unmade));
  expect_status(call(table().graph_executable_destroy, at.device, unmade), HAL_STATUS_INVALID_HANDLE);
}

TEST_CASE("graph: another opening's graph and executable [negative]") {
  if (skip_without(HAL_FEATURE_GRAPHS)) return;
  bench at;
  opened_device other;
  stream elsewhere(other);
  const graph recorded(at.on, at.device, [&] { fill(at.on, at.first, 1); });
  const executable ready(at.device, recorded);
  hal_graph_executable *made = nullptr;
  expect_status(call(table().graph_instantiate, other, recorded, &made), HAL_STATUS_INVALID_HANDLE);
  expect_status(run(ready, elsewhere), HAL_STATUS_INVALID_HANDLE);
  expect_status(call(table().graph_destroy, other, recorded), HAL_STATUS_INVALID_HANDLE);
  expect_status(call(table().graph_executable_destroy, other, ready), HAL_STATUS_INVALID_HANDLE);
}

TEST_CASE("close: while a graph or an executable lives [negative]") {
  if (skip_without(HAL_FEATURE_GRAPHS)) return;
  opened_device device;
  hal_graph *recorded = nullptr;
  {
    stream on(device);
    require_ok(call(table().graph_begin_capture, on));
    require_ok(call(table().graph_end_capture, on, &recorded));
  }
  expect_status(call(table().device_close, device), HAL_STATUS_BUSY);
  hal_graph_executable *ready = nullptr;
  expect_ok(call(table().graph_instantiate, device, recorded, &ready));
  expect_ok(call(table().graph_destroy, device, recorded));
  expect_status(call(table().device_close, device), HAL_STATUS_BUSY);
  expect_ok(call(table().graph_executable_destroy, device, ready));
}
