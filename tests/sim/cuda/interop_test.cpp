// What the suite cannot ask for every vendor: CUDA's own contexts, streams and pointers beside the plugin's,
// MIG instances, addresses beyond 16 bits, and what the plugin leaves alone.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <dlfcn.h>
#include <doctest/doctest.h>

#include <cstdlib>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

#include "hal/abi/plugin.h"
#include "plugins/cuda/api.hpp"
#include "tests/conformance/ptx_kernels.hpp"

namespace {

namespace driver = hal::plugins::cuda::driver;

void ignore(void *, hal_log_level, const char *) {}
constexpr hal_host host{sizeof(hal_host), HAL_ABI_MAJOR, HAL_ABI_MINOR, nullptr, &ignore};

// Two instances of one GPU, and a GPU at an address that 16 bits of domain do not hold.
constexpr char machine[] = R"({"devices": [
  {"name": "NVIDIA Stand-in MIG 1g", "uuid": "11111111000000000000000000000001",
   "parent_uuid": "11111111000000000000000000000000", "pci": "0000:17:00.0"},
  {"name": "NVIDIA Stand-in MIG 1g", "uuid": "11111111000000000000000000000002",
   "parent_uuid": "11111111000000000000000000000000", "pci": "0000:17:00.0"},
  {"capability": 86, "pci": "00010001:02:03.0", "memory": 16777216, "peers": [0], "xids": [13, 79]}]})";

template <typename Function>
Function *symbol(const char *library, const char *name) {
  void *object = dlopen(library, RTLD_NOW | RTLD_LOCAL);
  REQUIRE_MESSAGE(object != nullptr, dlerror());
  void *found = dlsym(object, name);
  REQUIRE(found != nullptr);
  return reinterpret_cast<Function *>(found);
}

template <typename Function>
Function *cuda(const char *name) {
  return symbol<Function>("libcuda.so.1", name);
}

const hal_plugin &plugin() {
  static const hal_plugin &loaded = *[] {
    setenv("HAL_SIM_CUDA", machine, 1);
    const auto *table =
        symbol<const hal_plugin *(const hal_host *)>(HAL_SIM_PLUGIN, HAL_PLUGIN_QUERY_SYMBOL)(&host);
    std::uint32_t count = 0;
    REQUIRE(table->probe(&host, &count, nullptr) == HAL_STATUS_OK);
    REQUIRE(count == 3);
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

driver::context current() {
  driver::context now = nullptr;
  cuda<driver::result(driver::context *)>("cuCtxGetCurrent")(&now);
  return now;
}

struct opened {
  explicit opened(std::uint32_t index, void *context = nullptr) {
    const hal_open_options options{sizeof options, 0, context};
    error.struct_size = sizeof error;
    status = plugin().open(&host, index, &options, &device, &error);
  }
  ~opened() {
    if (device != nullptr) CHECK(table.device_close(device, nullptr) == HAL_STATUS_OK);
  }
  opened(const opened &) = delete;
  opened &operator=(const opened &) = delete;

  const hal_device_table &table = *plugin().device;
  hal_error error{};
  hal_status status = HAL_STATUS_OK;
  hal_device *device = nullptr;
};

// Allocates, fills, reads back and frees.
void use(const opened &on) {
  const hal_memory_options options{sizeof options, HAL_MEMORY_DEVICE, 4096, 0, 0, 0};
  hal_stream *stream = nullptr;
  hal_memory *memory = nullptr;
  std::uint8_t bytes[4096] = {};
  REQUIRE(on.table.stream_create(on.device, nullptr, &stream, nullptr) == HAL_STATUS_OK);
  REQUIRE(on.table.memory_allocate(on.device, &options, &memory, nullptr) == HAL_STATUS_OK);
  CHECK(on.table.fill(stream, memory, 0, 4096, 0x5a, 1, nullptr) == HAL_STATUS_OK);
  CHECK(on.table.copy_to_host(stream, bytes, memory, 0, 4096, nullptr) == HAL_STATUS_OK);
  CHECK(on.table.stream_synchronize(stream, HAL_NO_TIMEOUT, nullptr) == HAL_STATUS_OK);
  CHECK(bytes[0] == 0x5a);
  CHECK(bytes[4095] == 0x5a);
  CHECK(on.table.memory_free(on.device, memory, nullptr) == HAL_STATUS_OK);
  CHECK(on.table.stream_destroy(on.device, stream, nullptr) == HAL_STATUS_OK);
}

struct own_context {
  explicit own_context(int index) {
    plugin();
    cuda<driver::result(driver::context *, unsigned, int)>("cuCtxCreate_v2")(&handle, 0, index);
  }
  ~own_context() { cuda<driver::result(driver::context)>("cuCtxDestroy_v2")(handle); }
  own_context(const own_context &) = delete;
  own_context &operator=(const own_context &) = delete;
  driver::context handle = nullptr;
};

}  // namespace

TEST_CASE("cuda description: MIG instances are parts of one GPU, each with its own UUID and number") {
  const hal_device_identity first = describe(0).identity;
  const hal_device_identity second = describe(1).identity;
  const std::uint32_t all = HAL_IDENTITY_PCI | HAL_IDENTITY_UUID | HAL_IDENTITY_PARTITION;
  CHECK(first.valid == all);
  CHECK(second.valid == all);
  CHECK(first.pci_bus == second.pci_bus);
  CHECK(first.uuid[15] == 1);
  CHECK(second.uuid[15] == 2);
  CHECK(first.partition == 0);
  CHECK(second.partition == 1);
  std::vector<hal_property> properties(64);
  std::uint32_t count = 0;
  REQUIRE(plugin().properties(1, properties.data(), 64, &count, nullptr) == HAL_STATUS_OK);
  std::string parent;
  for (std::uint32_t i = 0; i < count; ++i) {
    if (std::string(properties[i].name) == "cuda.mig_parent") parent = properties[i].text;
  }
  CHECK(parent == "GPU-11111111-0000-0000-0000-000000000000");
}

TEST_CASE("cuda description: a PCI domain of more than 16 bits, targets and rates") {
  const hal_device_description facts = describe(2);
  CHECK(facts.identity.valid == (HAL_IDENTITY_PCI | HAL_IDENTITY_UUID));
  CHECK(facts.identity.pci_domain == 0x10001);
  CHECK(facts.identity.pci_bus == 2);
  CHECK(facts.identity.pci_device == 3);
  CHECK(facts.vendor_id == 0x10de);
  CHECK(facts.device_id == 0x2335);
  CHECK(std::string(facts.targets[0]) == "sm_86");
  CHECK(std::string(facts.targets[1]) == "sm_80");
  CHECK(facts.memory_bandwidth == 2ull * 2'619'000'000 * (5120 / 8));
  CHECK(facts.clock_rate == 1'980'000'000);
  CHECK(facts.peak_f32 == 2ull * 132 * 128 * 1'980'000'000);
  CHECK(facts.peak_f64 == facts.peak_f32 / 2);
}

TEST_CASE("cuda metrics: a GPU tells its figures, an instance only its memory") {
  hal_metrics whole{};
  whole.struct_size = sizeof whole;
  REQUIRE(plugin().metrics(2, &whole, nullptr) == HAL_STATUS_OK);
  CHECK(whole.utilization == doctest::Approx(0.37));
  CHECK(whole.power == doctest::Approx(123.456));
  CHECK(whole.power_limit == doctest::Approx(700));
  CHECK(whole.temperature == doctest::Approx(41));
  CHECK(whole.compute_clock == 1'980'000'000);
  CHECK(whole.memory_used == whole.memory_total / 4);
  CHECK(whole.memory_temperature == doctest::Approx(52));
  CHECK(whole.throttle == (HAL_THROTTLE_POWER | HAL_THROTTLE_TEMPERATURE));
  CHECK(whole.ecc_corrected == 5);
  CHECK(whole.ecc_uncorrected == 1);
  CHECK(whole.bus_sent == 2'000'000);
  CHECK(whole.bus_received == 3'000'000);
  CHECK(whole.link_sent == 7 * 1024);
  CHECK(whole.link_received == 9 * 1024);
  CHECK(whole.faults == 2);
  CHECK(whole.last_fault == 79);
  CHECK(whole.valid == 0x7fff);
  hal_metrics again{};
  again.struct_size = sizeof again;
  REQUIRE(plugin().metrics(2, &again, nullptr) == HAL_STATUS_OK);
  CHECK(again.faults == 2);
  hal_metrics part{};
  part.struct_size = sizeof part;
  REQUIRE(plugin().metrics(0, &part, nullptr) == HAL_STATUS_OK);
  CHECK(part.valid == (HAL_METRIC_MEMORY_USED | HAL_METRIC_MEMORY_TOTAL));
}

TEST_CASE("cuda properties: the device's file and its links, by the rules of the topology") {
  const auto value_of = [](std::uint32_t index, const std::string &name) {
    std::vector<hal_property> properties(64);
    std::uint32_t count = 0;
    REQUIRE(plugin().properties(index, properties.data(), 64, &count, nullptr) == HAL_STATUS_OK);
    for (std::uint32_t i = 0; i < count; ++i) {
      if (name != properties[i].name) continue;
      return properties[i].type == HAL_PROPERTY_TEXT ? std::string(properties[i].text)
                                                     : std::to_string(properties[i].value.unsigned_value);
    }
    return std::string();
  };
  CHECK(value_of(2, "device_file.0") == "/dev/nvidia2");
  CHECK(value_of(0, "device_file.0") == "/dev/nvidia0");
  CHECK(value_of(2, "link.0.peer") == "0000:17:00.0");
  CHECK(value_of(2, "link.0.kind") == "nvlink");
  CHECK(value_of(2, "link.0.count") == "2");
  CHECK(value_of(0, "link.0.peer").empty());
  CHECK(value_of(2, "cuda.compute_capability") == "8.6");
}

TEST_CASE("cuda context: probing, describing and metrics make none, and work leaves the thread's as it was") {
  describe(0);
  CHECK(current() == nullptr);
  {
    const opened device(0);
    REQUIRE(device.status == HAL_STATUS_OK);
    use(device);
    CHECK(current() == nullptr);
    const own_context other(2);
    use(device);
    CHECK(current() == other.handle);
  }
  CHECK(current() == nullptr);
}

TEST_CASE("cuda context: one of the caller's is worked in, and survives the closing") {
  const own_context own(2);
  {
    const opened device(2, own.handle);
    REQUIRE_MESSAGE(device.status == HAL_STATUS_OK, device.error.message);
    void *told = nullptr;
    REQUIRE(device.table.native_handle(device.device, HAL_OBJECT_CONTEXT, device.device, &told, nullptr) ==
            HAL_STATUS_OK);
    CHECK(told == own.handle);
    use(device);
  }
  CHECK(current() == own.handle);
  driver::deviceptr address = 0;
  CHECK(cuda<driver::result(driver::deviceptr *, std::size_t)>("cuMemAlloc_v2")(&address, 64) ==
        driver::CUDA_SUCCESS);
  cuda<driver::result(driver::deviceptr)>("cuMemFree_v2")(address);
}

TEST_CASE("cuda context: one of another device is refused [negative]") {
  const own_context own(0);
  const opened device(2, own.handle);
  CHECK(device.status == HAL_STATUS_INVALID_ARGUMENT);
  CHECK(device.device == nullptr);
}

TEST_CASE("cuda stream: one of another context is refused, the default stream is taken") {
  const opened device(2);
  const own_context own(2);
  driver::stream foreign = nullptr;
  REQUIRE(cuda<driver::result(driver::stream *, unsigned, int)>("cuStreamCreateWithPriority")(
              &foreign, 1, 0) == driver::CUDA_SUCCESS);
  hal_stream *adopted = nullptr;
  CHECK(device.table.stream_adopt(device.device, foreign, &adopted, nullptr) == HAL_STATUS_INVALID_ARGUMENT);
  REQUIRE(device.table.stream_adopt(device.device, nullptr, &adopted, nullptr) == HAL_STATUS_OK);
  CHECK(device.table.stream_synchronize(adopted, HAL_NO_TIMEOUT, nullptr) == HAL_STATUS_OK);
  CHECK(device.table.stream_destroy(device.device, adopted, nullptr) == HAL_STATUS_OK);
}

TEST_CASE("cuda memory: a device pointer of the caller's is adopted, one that nobody made is not") {
  const own_context own(2);
  const opened device(2, own.handle);
  driver::deviceptr address = 0;
  REQUIRE(cuda<driver::result(driver::deviceptr *, std::size_t)>("cuMemAlloc_v2")(&address, 4096) ==
          driver::CUDA_SUCCESS);
  hal_memory *adopted = nullptr;
  REQUIRE(device.table.memory_adopt(device.device, HAL_MEMORY_DEVICE, address, 4096, &adopted, nullptr) ==
          HAL_STATUS_OK);
  CHECK(adopted->address == address);
  hal_memory *none = nullptr;
  CHECK(device.table.memory_adopt(device.device, HAL_MEMORY_DEVICE, address, 4097, &none, nullptr) ==
        HAL_STATUS_INVALID_ARGUMENT);
  CHECK(device.table.memory_adopt(device.device, HAL_MEMORY_DEVICE, 0x1000, 64, &none, nullptr) ==
        HAL_STATUS_INVALID_ARGUMENT);
  CHECK(device.table.memory_free(device.device, adopted, nullptr) == HAL_STATUS_OK);
  CHECK(cuda<driver::result(driver::deviceptr)>("cuMemFree_v2")(address) == driver::CUDA_SUCCESS);
}

TEST_CASE("cuda memory: when the device is full the message says how much is free [negative]") {
  opened device(2);
  const hal_memory_options most{sizeof most, HAL_MEMORY_DEVICE, 12u << 20, 0, 0, 0};
  hal_memory *first = nullptr;
  hal_memory *second = nullptr;
  REQUIRE(device.table.memory_allocate(device.device, &most, &first, nullptr) == HAL_STATUS_OK);
  CHECK(device.table.memory_allocate(device.device, &most, &second, &device.error) ==
        HAL_STATUS_OUT_OF_DEVICE_MEMORY);
  CHECK(device.error.native_code == 2);
  CHECK(std::string(device.error.message).find("4194304 of 16777216 bytes") != std::string::npos);
  CHECK(std::string(device.error.message).find("00010001:02:03.0") == std::string::npos);
  CHECK(std::string(device.error.message).find("10001:02:03.0") != std::string::npos);
  CHECK(device.table.memory_free(device.device, first, nullptr) == HAL_STATUS_OK);
}

TEST_CASE("cuda module: PTX for a newer GPU is refused as such, an unknown option too [negative]") {
  opened device(2);
  std::string text(conformance::ptx_kernels);
  text.replace(text.find("sm_60"), 5, "sm_90");
  char log[256] = "";
  hal_module_source source{};
  source.struct_size = sizeof source;
  source.format = "ptx";
  source.bytes = text.data();
  source.size = text.size();
  source.log = log;
  source.log_size = sizeof log;
  hal_module *module = nullptr;
  CHECK(device.table.module_load(device.device, &source, &module, nullptr) == HAL_STATUS_INCOMPATIBLE_TARGET);
  CHECK(std::string(log).find(".target is newer") != std::string::npos);
  CHECK(source.log_length == std::strlen(log));
  source.options = "-O3 --fast";
  CHECK(device.table.module_load(device.device, &source, &module, nullptr) == HAL_STATUS_INVALID_ARGUMENT);
  text.replace(text.find("sm_90"), 5, "sm_86");
  source.options = "-O3 -maxrregcount=32 -lineinfo";
  REQUIRE(device.table.module_load(device.device, &source, &module, nullptr) == HAL_STATUS_OK);
  CHECK(device.table.module_unload(device.device, module, nullptr) == HAL_STATUS_OK);
}
