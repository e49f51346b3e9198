// 16 threads at once: every thread on its own stream, all on the same device. Threads only count what went
// wrong; the case judges.
#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "tests/conformance/features.hpp"
#include "tests/conformance/kernels.hpp"

using namespace conformance;

namespace {

constexpr unsigned thread_count = 16;

// The first thing that went wrong on any thread.
class complaints {
 public:
  bool ok(hal_status status, const char *what) {
    if (status == HAL_STATUS_OK) return true;
    add(std::string(what) + " answered " + status_name(status));
    return false;
  }
  void add(const std::string &text) {
    const std::lock_guard lock(mutex_);
    if (count_++ == 0) first_ = text;
  }
  void report(const char *file = __builtin_FILE(), int line = __builtin_LINE()) {
    if (count_ != 0)
      fail_at(file, line, std::to_string(count_) + " failures on threads; the first: " + first_);
  }

 private:
  std::mutex mutex_;
  unsigned count_ = 0;
  std::string first_;
};

void on_threads(const std::function<void(unsigned, complaints &)> &body, const char *file = __builtin_FILE(),
                int line = __builtin_LINE()) {
  complaints all;
  std::atomic<unsigned> waiting = thread_count;
  std::vector<std::thread> threads;
  for (unsigned i = 0; i < thread_count; ++i) {
    threads.emplace_back([&, i] {
      --waiting;
      while (waiting != 0) std::this_thread::yield();
      body(i, all);
    });
  }
  for (auto &one : threads) one.join();
  all.report(file, line);
}

hal_memory *allocate(hal_device *device, std::uint64_t size, complaints &all) {
  const auto options = memory_options(size);
  hal_memory *memory = nullptr;
  return all.ok(table().memory_allocate(device, &options, &memory, nullptr), "memory_allocate") ? memory
                                                                                                : nullptr;
}

}  // namespace

TEST_CASE("threads: copies and fills on streams of their own") {
  opened_device device;
  on_threads([&](unsigned id, complaints &all) {
    hal_stream *on = nullptr;
    if (!all.ok(table().stream_create(device, nullptr, &on, nullptr), "stream_create")) return;
    hal_memory *memory = allocate(device, 20000, all);
    if (memory != nullptr) {
      for (unsigned round = 0; round < 20; ++round) {
        const auto bytes = pattern(20000, id * 100 + round);
        std::vector<std::uint8_t> back(20000);
        all.ok(table().copy_to_device(on, memory, 0, bytes.data(), bytes.size(), nullptr), "copy_to_device");
        all.ok(table().copy_to_host(on, back.data(), memory, 0, back.size(), nullptr), "copy_to_host");
        all.ok(table().stream_synchronize(on, patience(), nullptr), "stream_synchronize");
        if (back != bytes) all.add("a copy came back changed");
      }
      all.ok(table().memory_free(device, memory, nullptr), "memory_free");
    }
    all.ok(table().stream_destroy(device, on, nullptr), "stream_destroy");
  });
}

TEST_CASE("threads: allocate and free on one device") {
  opened_device device;
  on_threads([&](unsigned id, complaints &all) {
    std::vector<hal_memory *> mine;
    for (unsigned round = 0; round < 100; ++round) {
      if (auto *memory = allocate(device, 1 + (id * 37 + round * 101) % 10000, all)) mine.push_back(memory);
      if (round % 3 == 2 && !mine.empty()) {
        all.ok(table().memory_free(device, mine.front(), nullptr), "memory_free");
        mine.erase(mine.begin());
      }
    }
    for (auto *memory : mine) all.ok(table().memory_free(device, memory, nullptr), "memory_free");
  });
}

TEST_CASE("threads: create and destroy streams and events on one device") {
  opened_device device;
  on_threads([&](unsigned, complaints &all) {
    for (int round = 0; round < 30; ++round) {
      hal_stream *on = nullptr;
      hal_event *made = nullptr;
      if (!all.ok(table().stream_create(device, nullptr, &on, nullptr), "stream_create")) return;
      if (all.ok(table().event_create(device, nullptr, &made, nullptr), "event_create")) {
        all.ok(table().event_record(made, on, nullptr), "event_record");
        all.ok(table().event_synchronize(made, patience(), nullptr), "event_synchronize");
        all.ok(table().event_destroy(device, made, nullptr), "event_destroy");
      }
      all.ok(table().stream_destroy(device, on, nullptr), "stream_destroy");
    }
  });
}

TEST_CASE("threads: ask one device for facts while it works") {
  opened_device device;
  stream on(device);
  buffer memory(device, 1 << 20);
  for (int i = 0; i < 20; ++i) fill(on, memory, 1);
  on_threads([&](unsigned, complaints &all) {
    for (int round = 0; round < 50; ++round) {
      std::uint64_t available = 0;
      std::uint64_t total = 0;
      all.ok(table().memory_info(device, &available, &total, nullptr), "memory_info");
      all.ok(table().device_synchronize(device, patience(), nullptr), "device_synchronize");
    }
  });
  finish(on);
}

TEST_CASE("threads: a ring of streams ordered by events") {
  opened_device device;
  std::vector<std::unique_ptr<event>> events;
  for (unsigned i = 0; i < thread_count; ++i) events.push_back(std::make_unique<event>(device));
  on_threads([&](unsigned id, complaints &all) {
    hal_stream *on = nullptr;
    if (!all.ok(table().stream_create(device, nullptr, &on, nullptr), "stream_create")) return;
    for (int round = 0; round < 50; ++round) {
      all.ok(table().stream_wait_event(on, *events[(id + 1) % thread_count], nullptr), "stream_wait_event");
      all.ok(table().event_record(*events[id], on, nullptr), "event_record");
    }
    all.ok(table().stream_synchronize(on, patience(), nullptr), "stream_synchronize");
    all.ok(table().stream_destroy(device, on, nullptr), "stream_destroy");
  });
}

TEST_CASE("threads: one kernel launched from all") {
  if (skip_without_kernels()) return;
  opened_device device;
  stream shared(device);
  buffer counter(device, 4);
  on_each_format([&](const kernel_format &format) {
    fill(shared, counter, 0);
    finish(shared);
    loaded_module loaded(device, format, "count");
    hal_kernel *kernel = loaded.kernel("count");
    on_threads([&](unsigned, complaints &all) {
      hal_stream *on = nullptr;
      if (!all.ok(table().stream_create(device, nullptr, &on, nullptr), "stream_create")) return;
      work items({2, 1, 1}, {4, 1, 1});
      items.memory(counter);
      for (int round = 0; round < 25; ++round)
        all.ok(table().launch(on, kernel, items.get(), nullptr), "launch");
      all.ok(table().stream_synchronize(on, patience(), nullptr), "stream_synchronize");
      all.ok(table().stream_destroy(device, on, nullptr), "stream_destroy");
    });
    expect_equal(download<std::uint32_t>(shared, counter, 1), {thread_count * 25 * 8});
  });
}

TEST_CASE("threads: modules loaded and unloaded from all") {
  if (skip_without_kernels()) return;
  opened_device device;
  on_each_format([&](const kernel_format &format) {
    const auto from = kernel_source(format, "nothing");
    on_threads([&](unsigned, complaints &all) {
      for (int round = 0; round < 4; ++round) {
        hal_module_source source = module_source(format.name, from.bytes, from.size);
        hal_module *made = nullptr;
        hal_kernel *kernel = nullptr;
        if (!all.ok(table().module_load(device, &source, &made, nullptr), "module_load")) return;
        all.ok(table().module_kernel(made, "nothing", &kernel, nullptr), "module_kernel");
        all.ok(table().module_unload(device, made, nullptr), "module_unload");
      }
    });
  });
}

TEST_CASE("threads: the same mistake on all at once is answered on each [negative]") {
  opened_device device;
  buffer memory(device, 64);
  on_threads([&](unsigned, complaints &all) {
    for (int round = 0; round < 50; ++round) {
      hal_error error = poisoned_error();
      const auto options = memory_options(0);
      hal_memory *made = nullptr;
      if (table().memory_allocate(device, &options, &made, &error) != HAL_STATUS_INVALID_ARGUMENT ||
          error.status != HAL_STATUS_INVALID_ARGUMENT || error.message[0] == '\0')
        all.add("an allocation of 0 bytes was not answered INVALID_ARGUMENT with a text");
      if (table().memory_free(device, nullptr, nullptr) != HAL_STATUS_INVALID_HANDLE)
        all.add("a free of NULL was not answered INVALID_HANDLE");
    }
  });
}

TEST_CASE("threads: one memory freed by 16 threads is freed once [negative]") {
  opened_device device;
  for (int round = 0; round < 20; ++round) {
    buffer memory(device, 64);
    hal_memory *freed = memory.release();
    std::atomic<int> frees = 0;
    on_threads([&](unsigned, complaints &all) {
      const hal_status status = table().memory_free(device, freed, nullptr);
      if (status == HAL_STATUS_OK) ++frees;
      if (status != HAL_STATUS_OK && status != HAL_STATUS_INVALID_HANDLE)
        all.add(std::string("memory_free answered ") + status_name(status));
    });
    CHECK(frees == 1);
  }
}
