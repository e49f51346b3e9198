// What the suite cannot ask for every vendor: Level Zero's own contexts, lists and pointers beside the
// plugin's, tiles in both hierarchies, NPUs, clocks that wrap, specialisation constants, and devices without
// a link.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <dlfcn.h>
#include <doctest/doctest.h>

#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

#include "hal/abi/plugin.h"
#include "plugins/level_zero/api.hpp"

namespace {

namespace driver = hal::plugins::level_zero::driver;

void ignore(void *, hal_log_level, const char *) {}
constexpr hal_host host{sizeof(hal_host), HAL_ABI_MAJOR, HAL_ABI_MINOR, nullptr, &ignore};

// A card of two tiles, a GPU that no link joins to it, whose clock is about to wrap, and an NPU.
constexpr char machine[] = R"({"devices": [
  {"name": "Intel Stand-in of two tiles", "tiles": 2, "memory": 67108864, "pci": "10001:03:00.0"},
  {"name": "Intel Stand-in Arc", "memory": 16777216, "max_allocation": 8388608, "timestamp_bits": 36,
   "timestamp_start": 68719476730},
  {"name": "Intel Stand-in NPU", "type": 5, "spirv": "0.0"}]})";

template <typename Function>
Function *symbol(const char *library, const char *name) {
  void *object = dlopen(library, RTLD_NOW | RTLD_LOCAL);
  REQUIRE_MESSAGE(object != nullptr, dlerror());
  void *found = dlsym(object, name);
  REQUIRE(found != nullptr);
  return reinterpret_cast<Function *>(found);
}

template <typename Function>
Function *ze(const char *name) {
  return symbol<Function>("libze_loader.so.1", name);
}

const hal_plugin &plugin() {
  static const hal_plugin &loaded = *[] {
    setenv("HAL_SIM_LEVEL_ZERO", machine, 1);
    const auto *table =
        symbol<const hal_plugin *(const hal_host *)>(HAL_SIM_PLUGIN, HAL_PLUGIN_QUERY_SYMBOL)(&host);
    std::uint32_t count = 0;
    REQUIRE(table->probe(&host, &count, nullptr) == HAL_STATUS_OK);
    REQUIRE(count == 5);
    return table;
  }();
  return loaded;
}

hal_device_description describe(std::uint32_t index) {
  hal_device_description facts{};
  facts.struct_size = sizeof facts;
  REQUIRE(plugin().describe(index, &facts, nullptr) == HAL_STATUS_OK);
  return facts;
}

struct opened {
  explicit opened(std::uint32_t index, void *context = nullptr) {
    const hal_open_options options{sizeof options, 0, context};
    error.struct_size = sizeof error;
    status = plugin().open(&host, index, &options, &device, &error);
    REQUIRE_MESSAGE(status == HAL_STATUS_OK, error.message);
    REQUIRE(table.stream_create(device, nullptr, &stream, nullptr) == HAL_STATUS_OK);
  }
  ~opened() {
    CHECK(table.stream_destroy(device, stream, nullptr) == HAL_STATUS_OK);
    CHECK(table.device_close(device, nullptr) == HAL_STATUS_OK);
  }
  opened(const opened &) = delete;
  opened &operator=(const opened &) = delete;

  hal_memory *allocate(std::uint64_t size) const {
    const hal_memory_options options{sizeof options, HAL_MEMORY_DEVICE, size, 0, 0, 0};
    hal_memory *memory = nullptr;
    REQUIRE(table.memory_allocate(device, &options, &memory, nullptr) == HAL_STATUS_OK);
    return memory;
  }
  void free(hal_memory *memory) const { CHECK(table.memory_free(device, memory, nullptr) == HAL_STATUS_OK); }
  void finish() const { REQUIRE(table.stream_synchronize(stream, HAL_NO_TIMEOUT, nullptr) == HAL_STATUS_OK); }
  std::vector<std::uint8_t> read(hal_memory *memory) const {
    std::vector<std::uint8_t> bytes(memory->size);
    REQUIRE(table.copy_to_host(stream, bytes.data(), memory, 0, memory->size, nullptr) == HAL_STATUS_OK);
    finish();
    return bytes;
  }

  const hal_device_table &table = *plugin().device;
  hal_error error{};
  hal_status status = HAL_STATUS_OK;
  hal_device *device = nullptr;
  hal_stream *stream = nullptr;
};

// A context of the program's own.
struct own_context {
  own_context() {
    plugin();
    std::uint32_t count = 1;
    REQUIRE(ze<driver::result(std::uint32_t *, driver::driver_handle *)>("zeDriverGet")(&count, &owner) ==
            driver::ZE_RESULT_SUCCESS);
    const driver::context_description plain{driver::context_description_type, nullptr, 0};
    ze<driver::result(driver::driver_handle, const driver::context_description *, driver::context *)>(
        "zeContextCreate")(owner, &plain, &handle);
  }
  ~own_context() { ze<driver::result(driver::context)>("zeContextDestroy")(handle); }
  own_context(const own_context &) = delete;
  own_context &operator=(const own_context &) = delete;
  driver::driver_handle owner = nullptr;
  driver::context handle = nullptr;
};

std::vector<std::uint8_t> all(std::uint8_t value, std::size_t size) {
  return std::vector<std::uint8_t>(size, value);
}

void mark_called(void *user) {
  ++*static_cast<int *>(user);
}

std::vector<std::uint32_t> module_with_constant() {
  return {0x07230203,
          0x00010200,
          0,
          32,
          0,  //
          5u << 16 | 15,
          6,
          20,
          0x6b,
          25,  // OpEntryPoint Kernel %20 "k"
          4u << 16 | 71,
          30,
          1,
          7,  // OpDecorate %30 SpecId 7
          4u << 16 | 71,
          31,
          1,
          9,  // OpDecorate %31 SpecId 9
          2u << 16 | 19,
          1,
          4u << 16 | 21,
          2,
          32,
          0,
          3u << 16 | 22,
          3,
          32,
          3u << 16 | 33,
          5,
          1,
          4u << 16 | 50,
          2,
          30,
          1,
          4u << 16 | 50,
          3,
          31,
          0,  // the constants, an integer and a real one
          5u << 16 | 54,
          1,
          20,
          0,
          5,
          2u << 16 | 248,
          25,
          1u << 16 | 253,
          1u << 16 | 56};
}

}  // namespace

TEST_CASE("level_zero description: a card, its tiles behind it, and what each is") {
  const hal_device_identity card = describe(0).identity;
  CHECK(card.valid == (HAL_IDENTITY_PCI | HAL_IDENTITY_UUID));
  CHECK(card.pci_domain == 0x10001);
  for (std::uint32_t tile = 0; tile < 2; ++tile) {
    const hal_device_description facts = describe(1 + tile);
    CHECK(facts.identity.valid == (HAL_IDENTITY_PCI | HAL_IDENTITY_UUID | HAL_IDENTITY_PARTITION));
    CHECK(facts.identity.partition == tile);
    CHECK(facts.identity.pci_domain == 0x10001);
    CHECK(facts.memory_total == describe(0).memory_total / 2);
    CHECK(facts.compute_units == 16);
    CHECK(std::memcmp(facts.identity.uuid, card.uuid, 16) != 0);
  }
  CHECK(describe(3).type == HAL_DEVICE_TYPE_GPU);
  CHECK(std::string(describe(3).targets[0]) == "spirv64v1.2");
  CHECK(describe(3).peak_f32 == 2ull * 16 * 8 * 16 * 1'600'000'000);
}

TEST_CASE("level_zero description: an NPU is named as one and takes no SPIR-V") {
  const hal_device_description facts = describe(4);
  CHECK(facts.type == HAL_DEVICE_TYPE_NPU);
  CHECK((facts.features & HAL_FEATURE_KERNELS) == 0);
  CHECK(facts.module_formats[0][0] == '\0');
  const opened device(4);
  hal_memory *memory = device.allocate(4096);
  REQUIRE(device.table.fill(device.stream, memory, 0, 4096, 7, 1, nullptr) == HAL_STATUS_OK);
  CHECK(device.read(memory) == all(7, 4096));
  device.free(memory);
}

TEST_CASE("level_zero metrics: what Sysman tells, each figure or none") {
  hal_metrics card{};
  card.struct_size = sizeof card;
  REQUIRE(plugin().metrics(3, &card, nullptr) == HAL_STATUS_OK);
  CHECK(card.power == doctest::Approx(150).epsilon(0.01));
  CHECK(card.power_limit == doctest::Approx(300));
  CHECK(card.temperature == doctest::Approx(61.5));
  CHECK(card.compute_clock == 1'550'000'000);
  CHECK((card.valid & HAL_METRIC_MEMORY_CLOCK) == 0);
  CHECK(card.utilization == doctest::Approx(0.25).epsilon(0.01));
  CHECK(card.memory_utilization == doctest::Approx(0.1).epsilon(0.01));
  CHECK(card.memory_total == 16777216);
  hal_metrics tile{};
  tile.struct_size = sizeof tile;
  REQUIRE(plugin().metrics(1, &tile, nullptr) == HAL_STATUS_OK);
  CHECK(tile.memory_total == 33554432);
  CHECK((tile.valid & HAL_METRIC_UTILIZATION) != 0);
  // Power, temperatures and clocks are the card's.
  CHECK((tile.valid & (HAL_METRIC_POWER | HAL_METRIC_TEMPERATURE | HAL_METRIC_COMPUTE_CLOCK)) == 0);
}

TEST_CASE("level_zero event: time goes on across a wrap of the device's clock") {
  const opened device(3);
  const hal_event_options timed{sizeof timed, HAL_EVENT_TIMING};
  hal_event *first = nullptr;
  hal_event *second = nullptr;
  REQUIRE(device.table.event_create(device.device, &timed, &first, nullptr) == HAL_STATUS_OK);
  REQUIRE(device.table.event_create(device.device, &timed, &second, nullptr) == HAL_STATUS_OK);
  REQUIRE(device.table.event_record(first, device.stream, nullptr) == HAL_STATUS_OK);
  device.finish();
  REQUIRE(device.table.event_record(second, device.stream, nullptr) == HAL_STATUS_OK);
  device.finish();
  std::int64_t elapsed = -1;
  REQUIRE(device.table.event_elapsed(first, second, &elapsed, nullptr) == HAL_STATUS_OK);
  CHECK(elapsed >= 0);
  CHECK(elapsed < 60'000'000'000);
  CHECK(device.table.event_destroy(device.device, first, nullptr) == HAL_STATUS_OK);
  CHECK(device.table.event_destroy(device.device, second, nullptr) == HAL_STATUS_OK);
}

TEST_CASE(
    "level_zero context: one of the caller's is worked in, waits across contexts hold, and it survives") {
  const own_context own;
  {
    const opened inside(3, own.handle);
    const opened outside(3);
    void *told = nullptr;
    REQUIRE(inside.table.native_handle(inside.device, HAL_OBJECT_CONTEXT, inside.device, &told, nullptr) ==
            HAL_STATUS_OK);
    CHECK(told == own.handle);
    hal_memory *memory = inside.allocate(4096);
    hal_event *event = nullptr;
    REQUIRE(outside.table.event_create(outside.device, nullptr, &event, nullptr) == HAL_STATUS_OK);
    int calls = 0;
    REQUIRE(outside.table.stream_host_function(outside.stream, &mark_called, &calls, nullptr) ==
            HAL_STATUS_OK);
    REQUIRE(outside.table.event_record(event, outside.stream, nullptr) == HAL_STATUS_OK);
    REQUIRE(inside.table.stream_wait_event(inside.stream, event, nullptr) == HAL_STATUS_OK);
    REQUIRE(inside.table.fill(inside.stream, memory, 0, 4096, 9, 1, nullptr) == HAL_STATUS_OK);
    CHECK(inside.read(memory) == all(9, 4096));
    CHECK(calls == 1);
    CHECK(outside.table.event_destroy(outside.device, event, nullptr) == HAL_STATUS_OK);
    inside.free(memory);
  }
  CHECK(ze<driver::result(driver::context)>("zeContextGetStatus")(own.handle) == driver::ZE_RESULT_SUCCESS);
}

TEST_CASE("level_zero memory: a device pointer of the caller's is adopted, one that nobody made is not") {
  const opened device(3);
  void *context = nullptr;
  void *native = nullptr;
  REQUIRE(device.table.native_handle(device.device, HAL_OBJECT_CONTEXT, device.device, &context, nullptr) ==
          HAL_STATUS_OK);
  REQUIRE(device.table.native_handle(device.device, HAL_OBJECT_DEVICE, device.device, &native, nullptr) ==
          HAL_STATUS_OK);
  const driver::device_allocation plain{driver::device_allocation_type, nullptr, 0, 0};
  void *pointer = nullptr;
  REQUIRE(ze<driver::result(driver::context, const driver::device_allocation *, std::size_t, std::size_t,
                            driver::device, void **)>("zeMemAllocDevice")(
              static_cast<driver::context>(context), &plain, 4096, 64, static_cast<driver::device>(native),
              &pointer) == driver::ZE_RESULT_SUCCESS);
  const auto address = reinterpret_cast<std::uintptr_t>(pointer);
  hal_memory *adopted = nullptr;
  hal_memory *none = nullptr;
  const auto adopt = [&](std::uint64_t at, std::uint64_t size, hal_memory **out) {
    return device.table.memory_adopt(device.device, HAL_MEMORY_DEVICE, at, size, out, nullptr);
  };
  REQUIRE(adopt(address, 4096, &adopted) == HAL_STATUS_OK);
  CHECK(adopt(address, 4097, &none) == HAL_STATUS_INVALID_ARGUMENT);
  CHECK(adopt(0x1000, 64, &none) == HAL_STATUS_INVALID_ARGUMENT);
  device.free(adopted);
  CHECK(ze<driver::result(driver::context, void *)>("zeMemFree")(static_cast<driver::context>(context),
                                                                 pointer) == driver::ZE_RESULT_SUCCESS);
}

TEST_CASE("level_zero copy: between devices that no link joins, through the host") {
  const opened card(0);
  const opened other(3);
  hal_peer_info info{};
  info.struct_size = sizeof info;
  REQUIRE(card.table.peer_info(card.device, other.device, &info, nullptr) == HAL_STATUS_OK);
  CHECK(info.accessible == 0);
  CHECK(card.table.peer_enable(card.device, other.device, nullptr) == HAL_STATUS_UNSUPPORTED);
  hal_memory *mine = card.allocate(100000);
  hal_memory *theirs = other.allocate(100000);
  for (const opened *on : {&card, &other}) {
    REQUIRE(card.table.fill(card.stream, mine, 0, 100000, 0x31, 1, nullptr) == HAL_STATUS_OK);
    REQUIRE(other.table.fill(other.stream, theirs, 0, 100000, 0, 1, nullptr) == HAL_STATUS_OK);
    card.finish();
    other.finish();
    REQUIRE(card.table.copy_peer(on->stream, theirs, 1, mine, 2, 99998, nullptr) == HAL_STATUS_OK);
    on->finish();
    auto expected = all(0x31, 100000);
    expected.front() = expected.back() = 0;
    CHECK(other.read(theirs) == expected);
  }
  card.free(mine);
  other.free(theirs);
}

TEST_CASE("level_zero copy: through the host in chunks, around their size, and read back in order") {
  const opened card(0);
  const opened other(3);
  constexpr std::uint64_t room = 13u << 20;
  constexpr std::uint64_t chunk = 4u << 20;
  hal_memory *mine = card.allocate(room);
  hal_memory *theirs = other.allocate(room);
  const std::vector<std::uint8_t> blank = all(0xee, room);
  std::vector<std::uint8_t> bytes(room), found(room);
  for (std::size_t at = 0; at < room; ++at) bytes[at] = static_cast<std::uint8_t>(at * 2654435761u >> 24);
  REQUIRE(card.table.copy_to_device(card.stream, mine, 0, bytes.data(), room, nullptr) == HAL_STATUS_OK);
  card.finish();
  for (const std::uint64_t size : {chunk - 1, chunk, chunk + 1, 2 * chunk, 2 * chunk + 1, 3 * chunk + 77}) {
    for (const opened *on : {&card, &other}) {
      CAPTURE(size);
      REQUIRE(other.table.copy_to_device(other.stream, theirs, 0, blank.data(), room, nullptr) ==
              HAL_STATUS_OK);
      other.finish();
      REQUIRE(card.table.copy_peer(on->stream, theirs, 3, mine, 5, size, nullptr) == HAL_STATUS_OK);
      if (on == &card) on->finish();
      REQUIRE(other.table.copy_to_host(other.stream, found.data(), theirs, 0, room, nullptr) ==
              HAL_STATUS_OK);
      other.finish();
      CHECK(found[2] == 0xee);
      CHECK(std::memcmp(found.data() + 3, bytes.data() + 5, size) == 0);
      CHECK(found[3 + size] == 0xee);
    }
  }
  card.free(mine);
  other.free(theirs);
}

TEST_CASE("level_zero memory: more than the driver's largest allocation, and a full device [negative]") {
  opened device(3);
  hal_memory *large = device.allocate(12u << 20);
  const hal_memory_options more{sizeof more, HAL_MEMORY_DEVICE, 8u << 20, 0, 0, 0};
  hal_memory *second = nullptr;
  CHECK(device.table.memory_allocate(device.device, &more, &second, &device.error) ==
        HAL_STATUS_OUT_OF_DEVICE_MEMORY);
  CHECK(device.error.native_code == 0x70000003);
  CHECK(std::string(device.error.message).find("4194304 of 16777216 bytes") != std::string::npos);
  device.free(large);
}

TEST_CASE("level_zero memory: what was freed in stream order is there again once the stream is past it") {
  opened device(3);
  const auto free_in_order = [&] {
    hal_memory *memory = device.allocate(12u << 20);
    CHECK(device.table.fill(device.stream, memory, 0, 64, 0, 4, nullptr) == HAL_STATUS_OK);
    CHECK(device.table.memory_free_async(device.stream, memory, nullptr) == HAL_STATUS_OK);
  };
  const auto free_bytes = [&] {
    std::uint64_t free = 0, total = 0;
    CHECK(device.table.memory_info(device.device, &free, &total, nullptr) == HAL_STATUS_OK);
    return free;
  };
  SUBCASE("at once, for a stream that was given nothing") {
    CHECK(device.table.memory_free_async(device.stream, device.allocate(12u << 20), nullptr) ==
          HAL_STATUS_OK);
    CHECK(free_bytes() == 16u << 20);
  }
  SUBCASE("after a wait for the stream") {
    free_in_order();
    device.finish();
    CHECK(free_bytes() == 16u << 20);
  }
  SUBCASE("after a wait for the device") {
    free_in_order();
    CHECK(device.table.device_synchronize(device.device, HAL_NO_TIMEOUT, nullptr) == HAL_STATUS_OK);
    CHECK(free_bytes() == 16u << 20);
  }
  SUBCASE("when the device is full, without a wait") {
    free_in_order();
    while (device.table.stream_query(device.stream, nullptr) == HAL_STATUS_NOT_READY)
      std::this_thread::yield();
    CHECK(free_bytes() == 4u << 20);
  }
  for (int round = 0; round < 3; ++round) {
    free_in_order();
    while (device.table.stream_query(device.stream, nullptr) == HAL_STATUS_NOT_READY)
      std::this_thread::yield();
  }
}

TEST_CASE("level_zero module: specialisation constants reach the driver by their types, others are refused") {
  const opened device(3);
  const std::vector<std::uint32_t> words = module_with_constant();
  char log[512] = "";
  hal_module_source source{};
  source.struct_size = sizeof source;
  source.format = "spirv";
  source.bytes = words.data();
  source.size = words.size() * 4;
  source.log = log;
  source.log_size = sizeof log;
  source.options = "-ze-opt-level=2 -spec=7:42 -spec=9:0.5";
  hal_module *module = nullptr;
  REQUIRE(device.table.module_load(device.device, &source, &module, nullptr) == HAL_STATUS_OK);
  CHECK(std::string(log).find("constant 7 of 4 bytes is 0x2a") != std::string::npos);
  CHECK(std::string(log).find("constant 9 of 4 bytes is 0x3f000000") != std::string::npos);
  CHECK(device.table.module_unload(device.device, module, nullptr) == HAL_STATUS_OK);
  for (const char *wrong : {"-spec=8:1", "-spec=7:much", "-spec=7", "--fast"}) {
    CAPTURE(std::string(wrong));
    source.options = wrong;
    CHECK(device.table.module_load(device.device, &source, &module, nullptr) == HAL_STATUS_INVALID_ARGUMENT);
  }
  source.options = "-ze-unknown";
  hal_error error{};
  error.struct_size = sizeof error;
  CHECK(device.table.module_load(device.device, &source, &module, &error) == HAL_STATUS_COMPILATION_FAILED);
  CHECK(std::string(error.message).find("unknown build flag") != std::string::npos);
}

TEST_CASE("level_zero module: SPIR-V that is newer than the device takes [negative]") {
  const opened device(3);
  std::vector<std::uint32_t> words = module_with_constant();
  words[1] = 0x00010600;
  hal_module_source source{};
  source.struct_size = sizeof source;
  source.format = "spirv";
  source.bytes = words.data();
  source.size = words.size() * 4;
  hal_module *module = nullptr;
  CHECK(device.table.module_load(device.device, &source, &module, nullptr) == HAL_STATUS_INCOMPATIBLE_TARGET);
}

TEST_CASE("level_zero kernel: one handle launched from 8 threads on their own streams") {
  const opened device(3);
  std::ifstream in(HAL_SIM_KERNELS, std::ios::binary);
  const std::string bytes(std::istreambuf_iterator<char>(in), {});
  hal_module_source source{};
  source.struct_size = sizeof source;
  source.format = "spirv";
  source.bytes = bytes.data();
  source.size = bytes.size();
  hal_module *module = nullptr;
  hal_kernel *kernel = nullptr;
  REQUIRE(device.table.module_load(device.device, &source, &module, nullptr) == HAL_STATUS_OK);
  REQUIRE(device.table.module_kernel(module, "spin", &kernel, nullptr) == HAL_STATUS_OK);
  hal_memory *out = device.allocate(8 * 256);
  std::vector<std::thread> threads;
  for (std::uint32_t each = 0; each < 8; ++each) {
    threads.emplace_back([&, each] {
      hal_stream *on = nullptr;
      if (device.table.stream_create(device.device, nullptr, &on, nullptr) != HAL_STATUS_OK) return;
      hal_memory *part = nullptr;
      device.table.memory_slice(device.device, out, each * 256u, 256, &part, nullptr);
      std::uint32_t time = 0;
      std::uint32_t mark = 100 + each;
      void *arguments[] = {&time, part, &mark};
      const hal_launch launch{sizeof launch, 0, {64, 1, 1}, {1, 1, 1}, 0, 3, 0, arguments, nullptr};
      for (int i = 0; i < 20; ++i) device.table.launch(on, kernel, &launch, nullptr);
      device.table.stream_synchronize(on, HAL_NO_TIMEOUT, nullptr);
      device.table.memory_free(device.device, part, nullptr);
      device.table.stream_destroy(device.device, on, nullptr);
    });
  }
  for (std::thread &one : threads) one.join();
  const std::vector<std::uint8_t> found = device.read(out);
  for (std::uint32_t i = 0; i < 8 * 64; ++i) {
    std::uint32_t mark = 0;
    std::memcpy(&mark, found.data() + i * 4, 4);
    CHECK(mark == 100 + i / 64);
  }
  device.free(out);
  CHECK(device.table.module_unload(device.device, module, nullptr) == HAL_STATUS_OK);
}

TEST_CASE("level_zero checks: Intel's validation layer is on and refuses what is wrong [negative]") {
  plugin();
  const char *on = std::getenv("ZE_ENABLE_VALIDATION_LAYER");
  if (on == nullptr || std::strcmp(on, "1") != 0) return;
  std::uint32_t count = 1;
  CHECK(ze<driver::result(driver::driver_handle, std::uint32_t *, driver::device *)>("zeDeviceGet")(
            nullptr, &count, nullptr) == driver::ZE_RESULT_ERROR_INVALID_NULL_HANDLE);
}

// In a process of its own: the stand-in reads its configuration once.
TEST_SUITE("flat") {
  TEST_CASE(
      "level_zero flat: tiles that are devices are parts of one card, numbered, and nothing is listed "
      "twice") {
    setenv("HAL_SIM_LEVEL_ZERO", R"({"flat": true, "devices": [{"tiles": 2}, {}]})", 1);
    const auto *table =
        symbol<const hal_plugin *(const hal_host *)>(HAL_SIM_PLUGIN, HAL_PLUGIN_QUERY_SYMBOL)(&host);
    std::uint32_t count = 0;
    REQUIRE(table->probe(&host, &count, nullptr) == HAL_STATUS_OK);
    REQUIRE(count == 3);
    for (std::uint32_t index = 0; index < 3; ++index) {
      CAPTURE(index);
      hal_device_description facts{};
      facts.struct_size = sizeof facts;
      REQUIRE(table->describe(index, &facts, nullptr) == HAL_STATUS_OK);
      CHECK(((facts.identity.valid & HAL_IDENTITY_PARTITION) != 0) == (index < 2));
      if (index < 2) CHECK(facts.identity.partition == index);
      CHECK(facts.identity.pci_bus == (index < 2 ? 3 : 4));
    }
  }
}

// The same, since the loader has no driver any more.
TEST_SUITE("no driver") {
  TEST_CASE("level_zero probe: after a failed zeInit nothing more is called, and the reason is told") {
    setenv("HAL_SIM_LEVEL_ZERO", R"({"faults": [{"entry": "zeInit", "call": 0, "result": 2013265921},
                                               {"entry": "zeDriverGet", "call": 0, "kill": true}]})",
           1);
    const auto *table =
        symbol<const hal_plugin *(const hal_host *)>(HAL_SIM_PLUGIN, HAL_PLUGIN_QUERY_SYMBOL)(&host);
    for (int i = 0; i < 2; ++i) {
      hal_error error{};
      error.struct_size = sizeof error;
      std::uint32_t count = 0;
      CHECK(table->probe(&host, &count, &error) == HAL_STATUS_UNAVAILABLE);
      CHECK(std::string(error.message).find("ZE_RESULT_ERROR_UNINITIALIZED") != std::string::npos);
      CHECK(std::string(error.message).find("intel-opencl-icd") != std::string::npos);
      hal_device_description facts{};
      facts.struct_size = sizeof facts;
      CHECK(table->describe(0, &facts, nullptr) == HAL_STATUS_INVALID_STATE);
    }
  }
}
