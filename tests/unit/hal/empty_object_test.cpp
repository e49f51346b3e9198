// Objects that were moved from or never filled: every call answers invalid_handle, and none of them crashes.
#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "hal/hal.hpp"
#include "tests/support/fixture_device.hpp"
#include "tests/support/thrown.hpp"

namespace {

using hal::test::open_fixture;
using hal::test::thrown;

template <typename Call>
void check_empty(Call &&call) {
  CHECK(to_string(thrown(call).status()) == "invalid_handle");
}

void check_stream(hal::stream &stream) {
  const hal::device device = open_fixture("heap_a:0");
  const hal::buffer buffer = device.allocate(16);
  const hal::event event = device.create_event();
  std::vector<char> host(16);
  CHECK_FALSE(stream);
  CHECK(stream.handle() == nullptr);
  check_empty([&] { stream.launch(hal::kernel(), {.grid = 1, .block = 1}, buffer, 5); });
  check_empty([&] { stream.launch_record(hal::kernel(), hal_launch{}); });
  check_empty([&] { stream.launch(hal::graph_executable()); });
  check_empty([&] { stream.copy(buffer, host); });
  check_empty([&] { stream.copy(host, buffer); });
  check_empty([&] { stream.copy(buffer, buffer); });
  check_empty([&] { stream.copy_2d({}, {}, {1, 1}); });
  check_empty([&] { stream.fill(buffer, 1); });
  check_empty([&] { stream.record(event); });
  check_empty([&] { stream.wait(event); });
  check_empty([&] { stream.call([](void *) {}, nullptr); });
  check_empty([&] { stream.allocate(16); });
  check_empty([&] { stream.free(device.allocate(1)); });
  check_empty([&] { stream.capture([](hal::stream &) {}); });
  check_empty([&] { (void)stream.idle(); });
  check_empty([&] { stream.synchronize(); });
  check_empty([&] { (void)stream.wait_for(std::chrono::seconds(1)); });
}

TEST_CASE("empty: a stream that was never filled, or moved from") {
  hal::stream never;
  check_stream(never);
  const hal::device device = open_fixture("heap_a:0");
  hal::stream from = device.create_stream();
  hal::stream to = std::move(from);
  check_stream(from);
  CHECK_NOTHROW(to.synchronize());
  from = std::move(to);
  CHECK_NOTHROW(from.synchronize());
  check_stream(to);
}

TEST_CASE("empty: an event") {
  const hal::device device = open_fixture("heap_a:0");
  hal::event from = device.create_event({.timing = true});
  const hal::event to = std::move(from);
  const hal::event never;
  for (const hal::event *event : {&never, static_cast<const hal::event *>(&from)}) {
    CHECK_FALSE(*event);
    check_empty([&] { (void)event->ready(); });
    check_empty([&] { event->synchronize(); });
    check_empty([&] { (void)event->wait_for(std::chrono::nanoseconds(0)); });
    check_empty([&] { (void)elapsed(*event, to); });
    check_empty([&] { (void)elapsed(to, *event); });
  }
  CHECK(to.ready());
}

TEST_CASE("empty: a buffer") {
  const hal::device device = open_fixture("heap_a:0");
  hal::stream stream = device.create_stream();
  hal::buffer from = device.allocate(16);
  const hal::buffer to = std::move(from);
  hal::buffer never;
  std::vector<char> host(16);
  for (hal::buffer *buffer : {&never, &from}) {
    CHECK_FALSE(*buffer);
    CHECK(buffer->size() == 0);
    CHECK(buffer->address() == 0);
    CHECK(buffer->host_bytes().empty());
    CHECK(buffer->host_span<int>().empty());
    CHECK(to_string(thrown([&] { buffer->part(0, 1); }).status()) == "out_of_range");
    CHECK(buffer->part(0, 0).size() == 0);
    check_empty([&] { buffer->slice(0, 1); });
    check_empty([&] { buffer->map(); });
    check_empty([&] { buffer->export_handle(HAL_EXTERNAL_FD); });
    check_empty([&] { stream.copy(to, *buffer); });
    check_empty([&] { stream.copy(*buffer, *buffer); });
    check_empty([&] { stream.copy(std::vector<char>(), *buffer); });
    CHECK(to_string(thrown([&] { stream.copy(*buffer, to); }).status()) == "out_of_range");
    CHECK(to_string(thrown([&] { stream.copy(*buffer, host); }).status()) == "out_of_range");
    check_empty([&] { stream.free(std::move(*buffer)); });
  }
}

TEST_CASE("empty: a module and its kernels") {
  const hal::device device = open_fixture("heap_a:0");
  hal::module from = device.load({.format = "any", .bytes = {}});
  const hal::module to = std::move(from);
  const hal::module never;
  for (const hal::module *module : {&never, static_cast<const hal::module *>(&from)}) {
    CHECK_FALSE(*module);
    check_empty([&] { (*module)["scale"]; });
    check_empty([&] { module->kernel_names(); });
  }
  const hal::kernel kernel;
  check_empty([&] { kernel.get_attributes(); });
  check_empty([&] { kernel.get_parameter(0); });
  check_empty([&] { kernel.suggest_block(); });
  check_empty([&] { kernel.occupancy(64); });
  hal::stream stream = device.create_stream();
  check_empty([&] { stream.launch(kernel, {.grid = 1, .block = 1}); });
}

TEST_CASE("empty: graphs") {
  const hal::device device = open_fixture("heap_a:0");
  hal::stream stream = device.create_stream();
  hal::graph from = stream.capture([](hal::stream &) {});
  const hal::graph to = std::move(from);
  CHECK_FALSE(from);
  check_empty([&] { hal::graph_executable{from}; });
  check_empty([] { hal::graph_executable{hal::graph()}; });
  hal::graph_executable made(to);
  hal::graph_executable kept = std::move(made);
  CHECK_FALSE(made);
  check_empty([&] { made.update(to); });
  CHECK(kept);
}

TEST_CASE("empty: a device") {
  const hal::device real = open_fixture("heap_a:0");
  hal::device from = open_fixture("heap_a:1");
  const hal::device to = std::move(from);
  const hal::device never;
  for (const hal::device *device : {&never, static_cast<const hal::device *>(&from)}) {
    CHECK_FALSE(*device);
    check_empty([&] { (void)device->info(); });
    check_empty([&] { device->properties(); });
    check_empty([&] { device->metrics(); });
    check_empty([&] { device->memory(); });
    check_empty([&] { device->allocate(1); });
    check_empty([&] { device->import_buffer(hal::external_handle(hal_external_handle{})); });
    check_empty([&] { device->adopt(hal::memory_kind::device, 1, 1); });
    check_empty([&] { device->pointer_info(1); });
    check_empty([&] { device->create_stream(); });
    check_empty([&] { device->adopt_stream(nullptr); });
    check_empty([&] { device->create_event(); });
    check_empty([&] { device->load({.format = "any", .bytes = {}}); });
    check_empty([&] { (void)device->can_access(real); });
    check_empty([&] { (void)real.can_access(*device); });
    check_empty([&] { device->enable_peer(real); });
    check_empty([&] { real.enable_peer(*device); });
    check_empty([&] { device->synchronize(); });
    check_empty([&] { (void)device->native(); });
    check_empty([&] { (void)device->native(HAL_OBJECT_STREAM, nullptr); });
  }
  CHECK(never == from);
  CHECK(to.info().selector() == "heap_a:1");
}

TEST_CASE("empty: assigning an object to itself leaves it as it is") {
  const hal::device device = open_fixture("heap_a:0");
  hal::buffer buffer = device.allocate(16);
  hal::buffer &same = buffer;
  buffer = std::move(same);
  CHECK(buffer.size() == 16);
}

}  // namespace
