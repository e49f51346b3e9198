// Asynchronous failure: where it surfaces, and that it stays. A suite of its own, which doctest runs last: on
// some drivers one failure reaches every opening of the process.
#include <atomic>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

#include "tests/conformance/features.hpp"
#include "tests/conformance/kernels.hpp"

using namespace conformance;

namespace {

void count_up(void *user) {
  ++*static_cast<std::atomic<int> *>(user);
}

// A device on which a kernel is about to fail, or has failed. Everything that a case needs is made before,
// since allocations fail afterwards.
struct failing {
  explicit failing(const kernel_format &given)
      : format(given), loaded(device, given, "fail_block"), kernel(loaded.kernel("fail_block")) {
    // Once without failing, so that nothing is left to load when a case holds the stream.
    work items({4, 1, 1}, {1, 1, 1});
    items.value(99u);
    require_ok(launch(on, kernel, items));
    finish(on);
  }

  // Submits the kernel that fails.
  void submit() {
    work items({4, 1, 1}, {1, 1, 1});
    items.value(2u);
    require_ok(launch(on, kernel, items));
  }
  // The failure as a wait for its stream tells it.
  answer surface() { return call(table().stream_synchronize, on, patience()); }
  void fail() {
    submit();
    expect_one_of(surface(), {HAL_STATUS_LAUNCH_FAILED, HAL_STATUS_DEVICE_LOST});
  }

  kernel_format format;
  opened_device device;
  stream on{device};
  stream second{device};
  event made{device};
  buffer memory{device, 256};
  loaded_module loaded;
  hal_kernel *kernel;
};

// Each of them answers with the failure; `first` is what it said when it surfaced.
void expect_same(const answer &given, const answer &first, const char *file = __builtin_FILE(),
                 int line = __builtin_LINE()) {
  expect_status(given, first.status, file, line);
  if (given.status != first.status || !first.touched) return;
  const std::string cause(first.error.message, strnlen(first.error.message, sizeof first.error.message));
  const std::string text(given.error.message, strnlen(given.error.message, sizeof given.error.message));
  if (text.find(cause) == std::string::npos && cause.find(text) == std::string::npos)
    fail_at(file, line, "does not name the first cause (" + cause + ") but says: " + text);
}

template <typename Body>
void on_each_failing(Body &&body) {
  if (skip_without_kernels()) return;
  bool any = false;
  on_each_format([&](const kernel_format &format) {
    if (!format.failing) return;
    any = true;
    failing test(format);
    body(test);
  });
  if (!any) record_skip("no format of the device has a kernel that can fail without ending the process");
}

}  // namespace

TEST_SUITE("zz sticky") {
  TEST_CASE("failure: surfaces at a wait for its stream [negative]") {
    on_each_failing([](failing &test) {
      test.submit();
      const answer first = test.surface();
      expect_status(first, HAL_STATUS_LAUNCH_FAILED);
      if (test.format.failure_text) {
        CHECK(std::string(first.error.message).find("the conformance suite asked this kernel to fail") !=
              std::string::npos);
      }
    });
  }

  TEST_CASE("failure: surfaces at a wait for the device [negative]") {
    on_each_failing([](failing &test) {
      test.submit();
      expect_status(call(table().device_synchronize, test.device, patience()), HAL_STATUS_LAUNCH_FAILED);
    });
  }

  TEST_CASE("failure: surfaces at an event recorded behind it [negative]") {
    on_each_failing([](failing &test) {
      test.submit();
      // Recording is a submission, so it may itself be where the failure surfaces.
      const answer recorded = call(table().event_record, test.made, test.on);
      expect_one_of(recorded, {HAL_STATUS_OK, HAL_STATUS_LAUNCH_FAILED});
      if (recorded.status != HAL_STATUS_OK) return;
      expect_status(call(table().event_synchronize, test.made, patience()), HAL_STATUS_LAUNCH_FAILED);
      expect_status(call(table().event_query, test.made), HAL_STATUS_LAUNCH_FAILED);
    });
  }

  TEST_CASE("failure: every later submission, wait, query and allocation answers it [negative]") {
    on_each_failing([](failing &test) {
      test.submit();
      const answer first = test.surface();
      std::uint8_t bytes[256] = {};
      hal_stream *const streams[] = {test.on, test.second};
      for (hal_stream *on : streams) {
        expect_same(call(table().stream_synchronize, on, patience()), first);
        expect_same(call(table().stream_query, on), first);
        expect_same(call(table().fill, on, test.memory, 0u, 256u, 1u, 1u), first);
        expect_same(call(table().copy_to_device, on, test.memory, 0u, bytes, 256u), first);
        expect_same(call(table().copy_to_host, on, bytes, test.memory, 0u, 256u), first);
        expect_same(call(table().copy, on, test.memory, 0u, test.memory, 128u, 128u), first);
        expect_same(call(table().event_record, test.made, on), first);
        expect_same(call(table().stream_wait_event, on, test.made), first);
        work items({1, 1, 1}, {1, 1, 1});
        items.value(9u);
        expect_same(launch(on, test.kernel, items), first);
        if (has(HAL_FEATURE_HOST_FUNCTIONS)) {
          std::atomic<int> calls = 0;
          expect_same(call(table().stream_host_function, on, &count_up, &calls), first);
        }
      }
      expect_same(call(table().device_synchronize, test.device, patience()), first);
      hal_memory *memory = nullptr;
      const auto options = memory_options(64);
      expect_same(call(table().memory_allocate, test.device, &options, &memory), first);
    });
  }

  TEST_CASE("failure: work behind it does not run [negative]") {
    if (skip_without(HAL_FEATURE_HOST_FUNCTIONS)) return;
    on_each_failing([](failing &test) {
      std::atomic<int> calls = 0;
      test.submit();
      const answer behind = call(table().stream_host_function, test.on, &count_up, &calls);
      expect_one_of(behind, {HAL_STATUS_OK, HAL_STATUS_LAUNCH_FAILED});
      expect_status(test.surface(), HAL_STATUS_LAUNCH_FAILED);
      CHECK(calls == 0);
    });
  }

  TEST_CASE("failure: memory behind it stays as it was [negative]") {
    if (skip_without(HAL_FEATURE_HOST_MEMORY)) return;
    on_each_failing([](failing &test) {
      buffer pinned(test.device, 4096, HAL_MEMORY_HOST);
      std::memset(pinned->host, 0x11, 4096);
      test.submit();
      call(table().fill, test.on, pinned, 0u, 4096u, 0x22u, 1u);
      expect_status(test.surface(), HAL_STATUS_LAUNCH_FAILED);
      const auto *seen = static_cast<const std::uint8_t *>(pinned->host);
      expect_equal(std::vector<std::uint8_t>(seen, seen + 4096), std::vector<std::uint8_t>(4096, 0x11));
    });
  }

  TEST_CASE("failure: a stream that waits for the failed one does not run on [negative]") {
    if (skip_without(HAL_FEATURE_HOST_FUNCTIONS)) return;
    on_each_failing([](failing &test) {
      std::atomic<int> calls = 0;
      {
        gate closed(test.on);
        test.submit();
        require_ok(call(table().event_record, test.made, test.on));
        require_ok(call(table().stream_wait_event, test.second, test.made));
        require_ok(call(table().stream_host_function, test.second, &count_up, &calls));
      }
      expect_status(call(table().stream_synchronize, test.second, patience()), HAL_STATUS_LAUNCH_FAILED);
      expect_status(test.surface(), HAL_STATUS_LAUNCH_FAILED);
      CHECK(calls == 0);
    });
  }

  TEST_CASE("failure: every wait ends [negative]") {
    if (skip_without(HAL_FEATURE_HOST_FUNCTIONS)) return;
    on_each_failing([](failing &test) {
      std::atomic<int> ended = 0;
      std::vector<std::thread> threads;
      {
        gate closed(test.on);
        test.submit();
        require_ok(call(table().event_record, test.made, test.on));
        for (int i = 0; i < 8; ++i) {
          threads.emplace_back([&] {
            if (table().event_synchronize(test.made, patience(), nullptr) == HAL_STATUS_LAUNCH_FAILED)
              ++ended;
          });
          threads.emplace_back([&] {
            if (table().device_synchronize(test.device, patience(), nullptr) == HAL_STATUS_LAUNCH_FAILED)
              ++ended;
          });
        }
      }
      for (auto &one : threads) one.join();
      CHECK(ended == 16);
    });
  }

  TEST_CASE("failure: the mistakes of a caller do not stick [negative]") {
    opened_device device;
    stream on(device);
    buffer memory(device, 64);
    expect_status(call(table().fill, on, memory, 0u, 65u, 1u, 1u), HAL_STATUS_OUT_OF_RANGE);
    expect_status(call(table().copy_to_device, on, memory, 0u, nullptr, 64u), HAL_STATUS_INVALID_ARGUMENT);
    const auto huge = memory_options(UINT64_MAX);
    hal_memory *none = nullptr;
    CHECK(call(table().memory_allocate, device, &huge, &none).status != HAL_STATUS_OK);
    fill(on, memory, 9);
    expect_equal(download(on, memory, 64), std::vector<std::uint8_t>(64, 9));
  }

  TEST_CASE("failure: fixed facts, frees and destructions still work, and the device closes [negative]") {
    on_each_failing([](failing &test) {
      test.fail();
      hal_kernel_attributes attributes{};
      attributes.struct_size = sizeof attributes;
      expect_ok(call(table().kernel_attributes, test.kernel, &attributes));
      hal_kernel *again = nullptr;
      expect_ok(call(table().module_kernel, test.loaded, "fail_block", &again));
      CHECK(again == test.kernel);
      hal_device_description facts{};
      facts.struct_size = sizeof facts;
      expect_ok(call(plugin().describe, the_subject().index(), &facts));
      expect_status(call(table().device_close, test.device), HAL_STATUS_BUSY);
      // What the fixtures own is destroyed and freed here, and reports when it can't be.
    });
  }

  TEST_CASE("failure: a device opened anew works [negative]") {
    on_each_failing([](failing &test) { test.fail(); });
    opened_device device;
    stream on(device);
    buffer memory(device, 64);
    fill(on, memory, 9);
    expect_equal(download(on, memory, 64), std::vector<std::uint8_t>(64, 9));
  }

  TEST_CASE("failure: met while something is destroyed, it is kept, and the destruction is done [negative]") {
    on_each_failing([](failing &test) {
      hal_stream *const ended = test.on.release();
      work items({4, 1, 1}, {1, 1, 1});
      items.value(2u);
      require_ok(launch(ended, test.kernel, items));
      expect_ok(call(table().stream_destroy, test.device, ended));
      expect_status(call(table().stream_destroy, test.device, ended), HAL_STATUS_INVALID_HANDLE);
      expect_status(call(table().stream_query, test.second), HAL_STATUS_LAUNCH_FAILED);
    });
  }

  TEST_CASE(
      "failure: met while memory is freed or a module unloaded, both are gone all the same [negative]") {
    on_each_failing([](failing &test) {
      test.submit();
      hal_memory *const freed = test.memory.release();
      expect_ok(call(table().memory_free, test.device, freed));
      expect_status(call(table().memory_free, test.device, freed), HAL_STATUS_INVALID_HANDLE);
      hal_module *const unloaded = test.loaded.release();
      expect_ok(call(table().module_unload, test.device, unloaded));
      expect_status(call(table().module_unload, test.device, unloaded), HAL_STATUS_INVALID_HANDLE);
      expect_status(test.surface(), HAL_STATUS_LAUNCH_FAILED);
    });
  }

  TEST_CASE(
      "failure: another opening goes on, or answers it as its own where failures are shared [negative]") {
    on_each_failing([](failing &test) {
      opened_device other;
      stream there(other);
      buffer memory(other, 64);
      fill(there, memory, 9);
      finish(there);
      test.fail();
      if (has(HAL_FEATURE_SEPARATE_FAILURES)) {
        expect_equal(download(there, memory, 64), std::vector<std::uint8_t>(64, 9));
        return;
      }
      const answer first = call(table().fill, there, memory, 0u, 64u, 7u, 1u);
      const answer waited = call(table().stream_synchronize, there, patience());
      if (first.status == HAL_STATUS_OK && waited.status == HAL_STATUS_OK) return;  // separate, not promised
      const answer &met = first.status == HAL_STATUS_OK ? waited : first;
      expect_one_of(met, {HAL_STATUS_LAUNCH_FAILED, HAL_STATUS_DEVICE_LOST});
      expect_same(call(table().stream_query, there), met);
    });
  }
}
