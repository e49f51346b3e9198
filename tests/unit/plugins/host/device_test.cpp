#include "plugins/host/device.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <cstring>
#include <numeric>
#include <random>

#include "opened_device.hpp"

namespace hal::plugins::host {
namespace {

void fail_at_once(const hal_native_block *block) {
  block->fail(block, "on purpose");
}
void add_one(const hal_native_block *block) {
  std::atomic_ref(**static_cast<std::uint64_t **>(block->arguments[0])).fetch_add(1);
}

constexpr hal_native_parameter memory_only[] = {{HAL_ARGUMENT_MEMORY, 8, 8, 0, "out"}};
constexpr hal_native_kernel failing = {
    sizeof(hal_native_kernel), 0, "failing", &fail_at_once, nullptr, nullptr, 0, {0, 0, 0}, 0};
constexpr hal_native_kernel adding = {
    sizeof(hal_native_kernel), 0, "adding", &add_one, nullptr, memory_only, 1, {0, 0, 0}, 0};
constexpr const hal_native_kernel *kernel_list[] = {&failing, &adding};
constexpr hal_native_module module_code = {sizeof(hal_native_module), 2, kernel_list};

void count_up(void *counter) {
  ++*static_cast<std::atomic<int> *>(counter);
}
void throw_up(void *) {
  throw 1;
}

}  // namespace

TEST_SUITE("host/device") {
  TEST_CASE("a device closes once, and not before its objects are gone") {
    opened_device on;
    hal_stream *stream = on.stream();
    hal_event *first = on.event(), *second = on.event();
    CHECK(on.table.device_close(on.device, &on.error) == HAL_STATUS_BUSY);
    CHECK(std::string(on.error.message).find("1 stream, 2 events.") != std::string::npos);
    on.end(stream);
    on.end(first);
    on.end(second);
    CHECK(on.table.device_close(on.device, &on.error) == HAL_STATUS_OK);
    CHECK(on.table.device_close(on.device, &on.error) == HAL_STATUS_INVALID_HANDLE);
    CHECK(on.table.device_close(nullptr, &on.error) == HAL_STATUS_INVALID_HANDLE);
    on.device = nullptr;
  }

  TEST_CASE("handles of one opening are foreign to another") {
    opened_device on, other;
    hal_stream *stream = on.stream();
    hal_event *event = on.event(HAL_EVENT_TIMING), *its_event = other.event(HAL_EVENT_TIMING);
    hal_memory *memory = on.memory(64), *its_memory = other.memory(64);
    hal_module *module = on.module(module_code), *its_module = other.module(module_code);
    const auto foreign = [&](hal_status status) { CHECK(status == HAL_STATUS_INVALID_HANDLE); };
    foreign(on.table.memory_free(other.device, memory, &on.error));
    foreign(on.table.stream_destroy(other.device, stream, &on.error));
    foreign(on.table.event_destroy(other.device, event, &on.error));
    foreign(on.table.module_unload(other.device, module, &on.error));
    foreign(on.table.event_record(its_event, stream, &on.error));
    foreign(on.table.fill(stream, its_memory, 0, 64, 0, 1, &on.error));
    foreign(on.table.copy(stream, memory, 0, its_memory, 0, 8, &on.error));
    foreign(on.table.copy_to_device(stream, its_memory, 0, "x", 1, &on.error));
    foreign(on.table.memory_free_async(stream, its_memory, &on.error));
    foreign(on.launch(stream, other.kernel(its_module, "failing"), 1, 1));
    foreign(on.launch(stream, on.kernel(module, "adding"), 1, 1, {its_memory}));
    std::int64_t elapsed = 0;
    foreign(on.table.event_elapsed(event, its_event, &elapsed, &on.error));
    // Waiting for another device's event is allowed.
    CHECK(on.table.stream_wait_event(stream, its_event, &on.error) == HAL_STATUS_OK);
    CHECK(on.wait(stream) == HAL_STATUS_OK);
    on.end(stream);
    on.end(event);
    on.end(memory);
    on.end(module);
    other.end(its_event);
    other.end(its_memory);
    other.end(its_module);
  }

  TEST_CASE("peers") {
    opened_device on, other;
    hal_stream *stream = on.stream();
    hal_module *module = on.module(module_code);
    hal_memory *mine = on.memory(8), *theirs = other.memory(8);
    *static_cast<std::uint64_t *>(theirs->host) = 41;
    hal_peer_info info{};
    info.struct_size = sizeof info;
    CHECK(on.table.peer_info(on.device, other.device, &info, &on.error) == HAL_STATUS_OK);
    CHECK(info.accessible == 1);
    CHECK(on.table.peer_disable(on.device, other.device, &on.error) == HAL_STATUS_INVALID_STATE);
    CHECK(on.table.peer_enable(on.device, on.device, &on.error) == HAL_STATUS_INVALID_ARGUMENT);
    CHECK(on.table.peer_enable(on.device, nullptr, &on.error) == HAL_STATUS_INVALID_HANDLE);
    CHECK(on.table.peer_enable(on.device, other.device, &on.error) == HAL_STATUS_OK);
    CHECK(on.table.peer_enable(on.device, other.device, &on.error) == HAL_STATUS_OK);
    CHECK(on.launch(stream, on.kernel(module, "adding"), 1, 1, {theirs}) == HAL_STATUS_OK);
    CHECK(on.table.copy_peer(stream, mine, 0, theirs, 0, 8, &on.error) == HAL_STATUS_OK);
    CHECK(on.wait(stream) == HAL_STATUS_OK);
    CHECK(*static_cast<std::uint64_t *>(mine->host) == 42);
    CHECK(on.table.peer_disable(on.device, other.device, &on.error) == HAL_STATUS_OK);
    CHECK(on.launch(stream, on.kernel(module, "adding"), 1, 1, {theirs}) == HAL_STATUS_INVALID_HANDLE);
    other.end(theirs);
    on.end(mine);
    on.end(stream);
    on.end(module);
  }

  TEST_CASE("a failure is sticky, ends every wait, and spares other openings") {
    opened_device on, other;
    hal_module *module = on.module(module_code);
    hal_stream *first = on.stream(), *second = on.stream();
    hal_event *event = on.event(HAL_EVENT_TIMING);
    hal_memory *memory = on.memory(64);
    std::atomic<int> calls = 0;
    gate held;
    held.close_on(on, second);
    CHECK(on.table.stream_host_function(second, &count_up, &calls, &on.error) == HAL_STATUS_OK);
    CHECK(on.launch(first, on.kernel(module, "failing"), 1, 1) == HAL_STATUS_OK);
    // Between submission and failure more work may come in behind.
    static_cast<void>(on.table.stream_host_function(first, &count_up, &calls, &on.error));
    static_cast<void>(on.table.event_record(event, first, &on.error));
    CHECK(on.wait(first) == HAL_STATUS_LAUNCH_FAILED);
    const std::string cause = "Kernel failing failed in block (0, 0, 0): on purpose.";
    CHECK(on.error.message == cause);
    held.open();
    const auto sticky = [&](hal_status status) {
      CHECK(status == HAL_STATUS_LAUNCH_FAILED);
      CHECK(on.error.message == cause);
      on.error.message[0] = '\0';
    };
    sticky(on.wait(second));
    sticky(on.wait(second, 0));
    sticky(on.table.device_synchronize(on.device, HAL_NO_TIMEOUT, &on.error));
    sticky(on.table.stream_query(second, &on.error));
    sticky(on.table.event_query(event, &on.error));
    sticky(on.table.event_synchronize(event, HAL_NO_TIMEOUT, &on.error));
    sticky(on.table.event_record(event, first, &on.error));
    sticky(on.table.stream_wait_event(first, event, &on.error));
    sticky(on.table.stream_host_function(second, &count_up, &calls, &on.error));
    sticky(on.table.fill(second, memory, 0, 64, 0, 1, &on.error));
    sticky(on.launch(second, on.kernel(module, "failing"), 1, 1));
    sticky(on.table.graph_begin_capture(second, &on.error));
    const hal_memory_options options{sizeof options, HAL_MEMORY_DEVICE, 64, 0, 0, 0};
    hal_memory *made = nullptr;
    sticky(on.table.memory_allocate(on.device, &options, &made, &on.error));
    sticky(on.table.memory_allocate_async(first, &options, &made, &on.error));
    CHECK(calls == 0);
    hal_stream *fine = other.stream();
    CHECK(other.table.stream_host_function(fine, &count_up, &calls, &other.error) == HAL_STATUS_OK);
    CHECK(other.wait(fine) == HAL_STATUS_OK);
    CHECK(calls == 1);
    other.end(fine);
    on.end(first);
    on.end(second);
    on.end(event);
    on.end(memory);
    on.end(module);
  }

  TEST_CASE("a failure ends a wait for another device's event") {
    opened_device on, other;
    gate held;
    hal_module *module = on.module(module_code);
    hal_stream *theirs = other.stream(), *waiting = on.stream(), *failing_one = on.stream();
    hal_event *event = other.event();
    held.close_on(other, theirs);
    CHECK(other.table.event_record(event, theirs, &other.error) == HAL_STATUS_OK);
    CHECK(on.table.stream_wait_event(waiting, event, &on.error) == HAL_STATUS_OK);
    CHECK(on.wait(waiting, 1000) == HAL_STATUS_TIMED_OUT);
    CHECK(on.launch(failing_one, on.kernel(module, "failing"), 1, 1) == HAL_STATUS_OK);
    CHECK(on.wait(waiting) == HAL_STATUS_LAUNCH_FAILED);
    on.end(waiting);
    on.end(failing_one);
    on.end(module);
    held.open();
    CHECK(other.wait(theirs) == HAL_STATUS_OK);
    other.end(event);
    other.end(theirs);
  }

  TEST_CASE("a host function that throws is a failure, not the end") {
    opened_device on;
    hal_stream *stream = on.stream();
    CHECK(on.table.stream_host_function(stream, &throw_up, nullptr, &on.error) == HAL_STATUS_OK);
    CHECK(on.wait(stream) == HAL_STATUS_INTERNAL);
    on.end(stream);
  }

  TEST_CASE("events stand for what was submitted before, also when recorded again") {
    opened_device on;
    gate first_gate, second_gate;
    hal_stream *first = on.stream(), *second = on.stream(), *third = on.stream();
    hal_event *event = on.event();
    std::atomic<int> calls = 0;
    CHECK(on.table.event_query(event, &on.error) == HAL_STATUS_OK);
    first_gate.close_on(on, first);
    CHECK(on.table.event_record(event, first, &on.error) == HAL_STATUS_OK);
    CHECK(on.table.event_query(event, &on.error) == HAL_STATUS_NOT_READY);
    CHECK(on.table.event_synchronize(event, 0, &on.error) == HAL_STATUS_TIMED_OUT);
    CHECK(on.table.stream_wait_event(second, event, &on.error) == HAL_STATUS_OK);
    CHECK(on.table.stream_host_function(second, &count_up, &calls, &on.error) == HAL_STATUS_OK);
    // From here on the event stands for something else; the wait above does not.
    second_gate.close_on(on, third);
    CHECK(on.table.event_record(event, third, &on.error) == HAL_STATUS_OK);
    CHECK(on.wait(second, 1'000'000) == HAL_STATUS_TIMED_OUT);
    CHECK(calls == 0);
    first_gate.open();
    CHECK(on.wait(second) == HAL_STATUS_OK);
    CHECK(calls == 1);
    CHECK(on.table.event_query(event, &on.error) == HAL_STATUS_NOT_READY);
    CHECK(on.table.stream_wait_event(first, event, &on.error) == HAL_STATUS_OK);
    on.end(event);
    second_gate.open();
    CHECK(on.wait(first) == HAL_STATUS_OK);
    for (hal_stream *stream : {first, second, third}) on.end(stream);
  }

  TEST_CASE("elapsed time has a sign") {
    opened_device on;
    hal_stream *stream = on.stream();
    hal_event *start = on.event(HAL_EVENT_TIMING), *end = on.event(HAL_EVENT_TIMING), *plain = on.event();
    std::int64_t forward = 0, backward = 0;
    CHECK(on.table.event_elapsed(start, end, &forward, &on.error) == HAL_STATUS_INVALID_STATE);
    gate held;
    CHECK(on.table.event_record(start, stream, &on.error) == HAL_STATUS_OK);
    held.close_on(on, stream);
    CHECK(on.table.event_record(end, stream, &on.error) == HAL_STATUS_OK);
    CHECK(on.table.event_synchronize(start, HAL_NO_TIMEOUT, &on.error) == HAL_STATUS_OK);
    CHECK(on.table.event_elapsed(start, end, &forward, &on.error) == HAL_STATUS_NOT_READY);
    held.open();
    CHECK(on.table.event_synchronize(end, HAL_NO_TIMEOUT, &on.error) == HAL_STATUS_OK);
    CHECK(on.table.event_elapsed(start, end, &forward, &on.error) == HAL_STATUS_OK);
    CHECK(on.table.event_elapsed(end, start, &backward, &on.error) == HAL_STATUS_OK);
    CHECK(forward > 0);
    CHECK(backward == -forward);
    CHECK(on.table.event_elapsed(start, plain, &forward, &on.error) == HAL_STATUS_INVALID_ARGUMENT);
    for (hal_event *event : {start, end, plain}) on.end(event);
    on.end(stream);
  }

  TEST_CASE("copies and fills of every alignment") {
    opened_device on;
    hal_stream *stream = on.stream();
    std::mt19937 random(3);
    constexpr std::size_t size = 3 << 20;
    hal_memory *first = on.memory(size), *second = on.memory(size);
    std::vector<unsigned char> expected(size), got(size);
    for (unsigned char &byte : expected) byte = static_cast<unsigned char>(random());
    CHECK(on.table.copy_to_device(stream, first, 0, expected.data(), size, &on.error) == HAL_STATUS_OK);
    for (int round = 0; round < 40; ++round) {
      const std::size_t length = round % 4 == 0 ? (1 << 20) + random() % (1 << 20) : random() % 5000;
      const std::size_t from = random() % (size - length), to = random() % (size - length);
      CHECK(on.table.copy(stream, second, to, first, from, length, &on.error) == HAL_STATUS_OK);
      CHECK(on.table.copy_to_host(stream, got.data(), second, to, length, &on.error) == HAL_STATUS_OK);
      CHECK(on.wait(stream) == HAL_STATUS_OK);
      CHECK(std::memcmp(got.data(), expected.data() + from, length) == 0);
    }
    for (const std::uint32_t width : {1u, 2u, 4u}) {
      for (const std::size_t length : {std::size_t{4}, std::size_t{1000}, std::size_t{2 << 20}}) {
        const std::uint32_t value = 0x01020304;
        CHECK(on.table.copy_to_device(stream, first, 0, expected.data(), size, &on.error) == HAL_STATUS_OK);
        CHECK(on.table.fill(stream, first, 8, length, value, width, &on.error) == HAL_STATUS_OK);
        CHECK(on.wait(stream) == HAL_STATUS_OK);
        const auto *bytes = static_cast<const unsigned char *>(first->host);
        bool right = bytes[7] == expected[7] && bytes[8 + length] == expected[8 + length];
        for (std::size_t at = 0; at < length; at += width)
          right = right && std::memcmp(bytes + 8 + at, &value, width) == 0;
        CHECK(right);
      }
    }
    on.end(first);
    on.end(second);
    on.end(stream);
  }

  TEST_CASE("rectangles") {
    opened_device on;
    hal_stream *stream = on.stream();
    hal_memory *memory = on.memory(10000), *odd = nullptr;
    std::memset(memory->host, 0, memory->size);
    REQUIRE(on.table.memory_adopt(on.device, HAL_MEMORY_DEVICE, memory->address + 4001, 5000, &odd,
                                  &on.error) == HAL_STATUS_OK);
    CHECK(on.table.fill_2d(stream, odd, 4, 100, 60, 40, 0xabcdef01, 4, &on.error) == HAL_STATUS_OK);
    CHECK(on.wait(stream) == HAL_STATUS_OK);
    const std::uint32_t value = 0xabcdef01;
    const auto *bytes = static_cast<const unsigned char *>(memory->host) + 4001;
    for (int row = 0; row < 40; ++row) {
      CHECK(std::memcmp(bytes + 4 + row * 100 + 56, &value, 4) == 0);
      CHECK(bytes[4 + row * 100 + 60] == 0);
    }
    char host[40 * 64] = {};
    hal_copy_2d copy{};
    copy.struct_size = sizeof copy;
    copy.destination.host = host;
    copy.destination.pitch = 64;
    copy.source.memory = odd;
    copy.source.offset = 4;
    copy.source.pitch = 100;
    copy.width = 60;
    copy.height = 40;
    CHECK(on.table.copy_2d(stream, &copy, &on.error) == HAL_STATUS_OK);
    CHECK(on.wait(stream) == HAL_STATUS_OK);
    for (int row = 0; row < 40; ++row) {
      CHECK(std::memcmp(host + row * 64 + 56, &value, 4) == 0);
      CHECK(host[row * 64 + 60] == 0);
    }
    const auto status = [&] { return on.table.copy_2d(stream, &copy, &on.error); };
    copy.destination.pitch = 59;
    CHECK(status() == HAL_STATUS_INVALID_ARGUMENT);
    copy.destination.pitch = 64;
    copy.height = 51;
    CHECK(status() == HAL_STATUS_OUT_OF_RANGE);
    copy.height = UINT64_MAX;
    CHECK(status() == HAL_STATUS_OUT_OF_RANGE);
    copy.height = 40;
    copy.destination.host = nullptr;
    CHECK(status() == HAL_STATUS_INVALID_ARGUMENT);
    copy.width = 0;
    CHECK(status() == HAL_STATUS_OK);
    copy.width = 10;
    copy.height = 2;
    copy.destination.memory = odd;
    copy.destination.offset = 50;
    CHECK(status() == HAL_STATUS_INVALID_ARGUMENT);
    copy.destination.offset = 200;
    CHECK(status() == HAL_STATUS_OK);
    CHECK(on.wait(stream) == HAL_STATUS_OK);
    on.end(odd);
    on.end(memory);
    on.end(stream);
  }

  TEST_CASE("graphs: recorded once, launched often, updated between") {
    opened_device on;
    hal_stream *stream = on.stream();
    hal_module *module = on.module(module_code);
    hal_kernel *kernel = on.kernel(module, "adding");
    hal_memory *first = on.memory(8), *second = on.memory(8);
    std::memset(first->host, 0, 8);
    std::memset(second->host, 0, 8);
    std::atomic<int> calls = 0;
    const auto record = [&](hal_memory *memory, bool with_function) {
      hal_graph *graph = nullptr;
      CHECK(on.table.graph_begin_capture(stream, &on.error) == HAL_STATUS_OK);
      CHECK(on.launch(stream, kernel, 3, 1, {memory}) == HAL_STATUS_OK);
      if (with_function)
        CHECK(on.table.stream_host_function(stream, &count_up, &calls, &on.error) == HAL_STATUS_OK);
      CHECK(on.table.graph_end_capture(stream, &graph, &on.error) == HAL_STATUS_OK);
      return graph;
    };
    hal_graph *graph = record(first, true), *updated = record(second, true), *other = record(second, false);
    CHECK(*static_cast<std::uint64_t *>(first->host) == 0);
    hal_graph_executable *executable = nullptr;
    CHECK(on.table.graph_instantiate(on.device, graph, &executable, &on.error) == HAL_STATUS_OK);
    CHECK(on.table.graph_destroy(on.device, graph, &on.error) == HAL_STATUS_OK);
    CHECK(on.table.graph_destroy(on.device, graph, &on.error) == HAL_STATUS_INVALID_HANDLE);
    gate held;
    held.close_on(on, stream);
    CHECK(on.table.graph_launch(executable, stream, &on.error) == HAL_STATUS_OK);
    CHECK(on.table.graph_launch(executable, stream, &on.error) == HAL_STATUS_OK);
    CHECK(on.table.graph_update(executable, other, &on.error) == HAL_STATUS_INVALID_ARGUMENT);
    CHECK(on.table.graph_update(executable, updated, &on.error) == HAL_STATUS_OK);
    CHECK(on.table.graph_launch(executable, stream, &on.error) == HAL_STATUS_OK);
    held.open();
    CHECK(on.table.graph_executable_destroy(on.device, executable, &on.error) == HAL_STATUS_OK);
    CHECK(on.wait(stream) == HAL_STATUS_OK);
    CHECK(*static_cast<std::uint64_t *>(first->host) == 6);
    CHECK(*static_cast<std::uint64_t *>(second->host) == 3);
    CHECK(calls == 3);
    for (hal_graph *left : {updated, other})
      CHECK(on.table.graph_destroy(on.device, left, &on.error) == HAL_STATUS_OK);
    on.end(first);
    on.end(second);
    on.end(stream);
    on.end(module);
  }

  TEST_CASE("what a capture does not take") {
    opened_device on;
    hal_stream *stream = on.stream();
    hal_event *event = on.event();
    hal_memory *memory = on.memory(64);
    hal_graph *graph = nullptr;
    CHECK(on.table.graph_end_capture(stream, &graph, &on.error) == HAL_STATUS_INVALID_STATE);
    CHECK(on.table.graph_begin_capture(stream, &on.error) == HAL_STATUS_OK);
    const auto refused = [&](hal_status status) { CHECK(status == HAL_STATUS_INVALID_STATE); };
    refused(on.table.graph_begin_capture(stream, &on.error));
    refused(on.wait(stream));
    refused(on.table.stream_query(stream, &on.error));
    refused(on.table.event_record(event, stream, &on.error));
    refused(on.table.stream_wait_event(stream, event, &on.error));
    refused(on.table.memory_free_async(stream, memory, &on.error));
    refused(on.table.device_synchronize(on.device, 0, &on.error));
    const hal_memory_options options{sizeof options, HAL_MEMORY_DEVICE, 64, 0, 0, 0};
    hal_memory *made = nullptr;
    refused(on.table.memory_allocate_async(stream, &options, &made, &on.error));
    // The end of a capture ends it also when it fails.
    CHECK(on.table.graph_end_capture(stream, nullptr, &on.error) == HAL_STATUS_INVALID_ARGUMENT);
    CHECK(on.wait(stream) == HAL_STATUS_OK);
    CHECK(on.table.graph_begin_capture(stream, &on.error) == HAL_STATUS_OK);
    CHECK(on.table.fill(stream, memory, 0, 64, 0, 1, &on.error) == HAL_STATUS_OK);
    on.end(stream);
    on.end(memory);
    on.end(event);
  }

  TEST_CASE("sixteen threads with a stream each, and events between them") {
    opened_device on;
    constexpr int threads = 16, rounds = 50;
    hal_memory *counter = on.memory(8);
    std::memset(counter->host, 0, 8);
    hal_module *module = on.module(module_code);
    hal_kernel *kernel = on.kernel(module, "adding");
    std::vector<hal_stream *> streams;
    std::vector<hal_event *> events;
    for (int index = 0; index < threads; ++index) {
      streams.push_back(on.stream());
      events.push_back(on.event(HAL_EVENT_TIMING));
    }
    std::mutex turn;
    hal_event *last = nullptr;
    std::vector<std::thread> callers;
    for (int index = 0; index < threads; ++index) {
      callers.emplace_back([&, index] {
        hal_error error{sizeof(hal_error), 0, 0, {}};
        void *arguments[] = {counter};
        hal_launch request{};
        request.struct_size = sizeof request;
        for (int axis = 0; axis < 3; ++axis) request.grid[axis] = request.block[axis] = 1;
        request.argument_count = 1;
        request.arguments = arguments;
        for (int round = 0; round < rounds; ++round) {
          const std::lock_guard lock(turn);
          if (last != nullptr)
            CHECK(on.table.stream_wait_event(streams[index], last, &error) == HAL_STATUS_OK);
          CHECK(on.table.launch(streams[index], kernel, &request, &error) == HAL_STATUS_OK);
          CHECK(on.table.event_record(events[index], streams[index], &error) == HAL_STATUS_OK);
          last = events[index];
        }
      });
    }
    for (std::thread &caller : callers) caller.join();
    CHECK(on.table.device_synchronize(on.device, HAL_NO_TIMEOUT, &on.error) == HAL_STATUS_OK);
    // No atomic in the kernel: only the events keep the additions apart.
    CHECK(*static_cast<std::uint64_t *>(counter->host) == threads * rounds);
    for (hal_stream *stream : streams) on.end(stream);
    for (hal_event *event : events) on.end(event);
    on.end(counter);
    on.end(module);
  }
}

}  // namespace hal::plugins::host
