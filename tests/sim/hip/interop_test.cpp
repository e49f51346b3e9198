// What the suite cannot ask for every vendor: HIP's own streams, pointers and devices beside the plugin's,
// partitions, targets, hipRTC, memory for another process, and what the plugin leaves alone.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <dlfcn.h>
#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "hal/abi/plugin.h"
#include "plugins/hip/api.hpp"
#include "tests/support/code_object.hpp"

namespace {

namespace driver = hal::plugins::hip::driver;
namespace fs = std::filesystem;

std::vector<std::string> said;
void listen(void *, hal_log_level, const char *text) {
  said.emplace_back(text);
}
constexpr hal_host host{sizeof(hal_host), HAL_ABI_MAJOR, HAL_ABI_MINOR, nullptr, &listen};

// Two parts of one card whose runtime tells their numbers, two of one whose runtime does not, and a card at
// an address that 16 bits of domain do not hold.
constexpr char machine[] = R"({"rtc_code": "@", "devices": [
  {"name": "AMD Stand-in MI300X", "target": "gfx942:sramecc+:xnack-", "pci": "0000:11:00.3", "peers": [1]},
  {"name": "AMD Stand-in MI300X", "target": "gfx942:sramecc+:xnack-", "pci": "0000:11:00.5", "peers": [0]},
  {"name": "AMD Stand-in MI300X", "target": "gfx942:sramecc+:xnack-", "pci": "0000:12:00.0"},
  {"name": "AMD Stand-in MI300X", "target": "gfx942:sramecc+:xnack-", "pci": "0000:12:00.0"},
  {"target": "gfx90a:sramecc+:xnack-", "pci": "00010001:02:03.0", "memory": 16777216, "uuid": "XX"}]})";
constexpr std::uint32_t last = 4;

template <typename Function>
Function *symbol(const char *library, const char *name) {
  void *object = dlopen(library, RTLD_NOW | RTLD_LOCAL);
  REQUIRE_MESSAGE(object != nullptr, dlerror());
  void *found = dlsym(object, name);
  REQUIRE(found != nullptr);
  return reinterpret_cast<Function *>(found);
}

template <typename Function>
Function *hip(const char *name) {
  return symbol<Function>("libamdhip64.so.6", name);
}

// Files as the amdgpu driver has them, for the last device and the second card.
std::string make_sysfs() {
  char name[] = "/tmp/hal-hip-XXXXXX";
  REQUIRE(mkdtemp(name) != nullptr);
  const fs::path root = name;
  const auto file = [&root](const std::string &path, const std::string &text) {
    const fs::path whole = root / "bus/pci/devices" / path;
    fs::create_directories(whole.parent_path());
    std::ofstream(whole) << text;
  };
  file("10001:02:03.0/gpu_busy_percent", "37\n");
  file("10001:02:03.0/hwmon/hwmon3/temp1_input", "41000\n");
  file("10001:02:03.0/current_link_speed", "16.0 GT/s PCIe\n");
  file("10001:02:03.0/current_link_width", "16\n");
  file("0000:12:00.0/current_compute_partition", "CPX\n");
  file("0000:12:00.0/gpu_busy_percent", "37\n");
  file("0000:12:00.0/hwmon/hwmon4/temp1_input", "51000\n");
  return root.string();
}

const hal_plugin &plugin() {
  static const hal_plugin &loaded = *[] {
    std::string text = machine;
    text.replace(text.find('@'), 1, HAL_SIM_RTC_CODE);
    setenv("HAL_SIM_HIP", text.c_str(), 1);
    static const std::string sysfs = make_sysfs();
    setenv("HAL_HIP_SYSFS", sysfs.c_str(), 1);
    std::atexit([] { fs::remove_all(sysfs); });
    // As a framework does, before the plugin asks.
    hip<driver::result(int *)>("hipGetDevice");
    const auto *table =
        symbol<const hal_plugin *(const hal_host *)>(HAL_SIM_PLUGIN, HAL_PLUGIN_QUERY_SYMBOL)(&host);
    std::uint32_t count = 0;
    REQUIRE(table->probe(&host, &count, nullptr) == HAL_STATUS_OK);
    REQUIRE(count == last + 1);
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

hal_metrics measure(std::uint32_t index) {
  hal_metrics figures{};
  figures.struct_size = sizeof figures;
  REQUIRE(plugin().metrics(index, &figures, nullptr) == HAL_STATUS_OK);
  return figures;
}

std::string property(std::uint32_t index, const std::string &name) {
  std::vector<hal_property> all(64);
  std::uint32_t count = 0;
  REQUIRE(plugin().properties(index, all.data(), 64, &count, nullptr) == HAL_STATUS_OK);
  for (std::uint32_t i = 0; i < count; ++i) {
    if (all[i].name == name)
      return all[i].type == HAL_PROPERTY_TEXT ? all[i].text : std::to_string(all[i].value.unsigned_value);
  }
  return "none";
}

int current() {
  int now = -1;
  hip<driver::result(int *)>("hipGetDevice")(&now);
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

struct made_stream {
  explicit made_stream(const opened &owner) : on(owner) {
    REQUIRE(on.table.stream_create(on.device, nullptr, &handle, nullptr) == HAL_STATUS_OK);
  }
  ~made_stream() { CHECK(on.table.stream_destroy(on.device, handle, nullptr) == HAL_STATUS_OK); }
  made_stream(const made_stream &) = delete;
  made_stream &operator=(const made_stream &) = delete;
  const opened &on;
  hal_stream *handle = nullptr;
};

// Allocates, fills, reads back and frees.
void use(const opened &on) {
  const hal_memory_options options{sizeof options, HAL_MEMORY_DEVICE, 4096, 0, 0, 0};
  const made_stream stream(on);
  hal_memory *memory = nullptr;
  std::uint8_t bytes[4096] = {};
  REQUIRE(on.table.memory_allocate(on.device, &options, &memory, nullptr) == HAL_STATUS_OK);
  CHECK(on.table.fill(stream.handle, memory, 0, 4096, 0x5a, 1, nullptr) == HAL_STATUS_OK);
  CHECK(on.table.copy_to_host(stream.handle, bytes, memory, 0, 4096, nullptr) == HAL_STATUS_OK);
  CHECK(on.table.stream_synchronize(stream.handle, HAL_NO_TIMEOUT, nullptr) == HAL_STATUS_OK);
  CHECK(bytes[0] == 0x5a);
  CHECK(bytes[4095] == 0x5a);
  CHECK(on.table.memory_free(on.device, memory, nullptr) == HAL_STATUS_OK);
}

hal_module_source source_of(const char *format, const void *bytes, std::size_t size) {
  hal_module_source source{};
  source.struct_size = sizeof source;
  source.format = format;
  source.bytes = bytes;
  source.size = size;
  return source;
}

}  // namespace

TEST_CASE("hip runtime: one that the program has loaded is used, and that is said") {
  plugin();
  REQUIRE(said.size() == 1);
  CHECK(said[0].find("libamdhip64.so.6, which the program had loaded already") != std::string::npos);
  CHECK(property(last, "hip.library").find("libamdhip64.so.6") != std::string::npos);
}

TEST_CASE("hip description: parts of one card, numbered by the runtime or by their order") {
  const std::uint32_t wanted[] = {3, 5, 0, 1};
  for (std::uint32_t index = 0; index < 4; ++index) {
    CAPTURE(index);
    const hal_device_identity told = describe(index).identity;
    CHECK(told.valid == (HAL_IDENTITY_PCI | HAL_IDENTITY_UUID | HAL_IDENTITY_PARTITION));
    CHECK(told.partition == wanted[index]);
    CHECK(told.pci_bus == (index < 2 ? 0x11 : 0x12));
    CHECK(told.pci_function == 0);
  }
  CHECK(property(2, "hip.compute_partition") == "CPX");
  CHECK(property(0, "hip.compute_partition") == "none");
  CHECK(property(0, "hip.xgmi_peers") == "1");
  CHECK(property(2, "hip.xgmi_peers") == "0");
}

TEST_CASE("hip description: a PCI domain of more than 16 bits, targets, rates and no UUID") {
  const hal_device_description facts = describe(last);
  CHECK(facts.identity.valid == HAL_IDENTITY_PCI);
  CHECK(facts.identity.pci_domain == 0x10001);
  CHECK(facts.identity.pci_device == 3);
  CHECK(facts.vendor_id == 0x1002);
  CHECK(facts.device_id == 0x740f);
  CHECK(std::string(facts.targets[0]) == "gfx90a:sramecc+:xnack-");
  CHECK(std::string(facts.targets[3]) == "gfx90a");
  CHECK(facts.memory_bandwidth == 2ull * 1'600'000'000 * (4096 / 8));
  CHECK(facts.clock_rate == 1'700'000'000);
  CHECK(facts.peak_f64 == 2ull * 104 * 64 * 1'700'000'000);
  CHECK(property(last, "hip.target") == "gfx90a:sramecc+:xnack-");
}

TEST_CASE(
    "hip metrics: a card tells its figures, a part what it shares with the others, no files no figures") {
  CHECK(measure(last).valid == (HAL_METRIC_UTILIZATION | HAL_METRIC_TEMPERATURE));
  CHECK(measure(last).temperature == doctest::Approx(41));
  CHECK(measure(2).valid == HAL_METRIC_TEMPERATURE);
  CHECK(property(last, "hip.link_speed") == "16.0 GT/s PCIe");
  CHECK(property(last, "hip.link_width") == "16");
  CHECK((describe(0).features & HAL_FEATURE_METRICS) == 0);
  hal_metrics none{};
  none.struct_size = sizeof none;
  CHECK(plugin().metrics(0, &none, nullptr) == HAL_STATUS_UNSUPPORTED);
}

TEST_CASE("hip device: work leaves the thread's current one as it was") {
  plugin();
  REQUIRE(hip<driver::result(int)>("hipSetDevice")(1) == driver::hipSuccess);
  {
    const opened device(last);
    REQUIRE(device.status == HAL_STATUS_OK);
    use(device);
    CHECK(current() == 1);
  }
  CHECK(current() == 1);
  hip<driver::result(int)>("hipSetDevice")(0);
}

TEST_CASE("hip device: a failure of the plugin's is not left for the program's hipGetLastError") {
  const opened device(last);
  const hal_memory_options options{sizeof options, HAL_MEMORY_DEVICE, 16777216 + 1, 0, 0, 0};
  hal_memory *memory = nullptr;
  const hal_memory_options most{sizeof most, HAL_MEMORY_DEVICE, 12u << 20, 0, 0, 0};
  hal_memory *first = nullptr;
  CHECK(device.table.memory_allocate(device.device, &options, &memory, nullptr) ==
        HAL_STATUS_OUT_OF_DEVICE_MEMORY);
  REQUIRE(device.table.memory_allocate(device.device, &most, &first, nullptr) == HAL_STATUS_OK);
  CHECK(device.table.memory_allocate(device.device, &most, &memory, nullptr) ==
        HAL_STATUS_OUT_OF_DEVICE_MEMORY);
  CHECK(hip<driver::result()>("hipGetLastError")() == driver::hipSuccess);
  CHECK(device.table.memory_free(device.device, first, nullptr) == HAL_STATUS_OK);
}

TEST_CASE("hip context: the device's own is taken, another's is refused") {
  void *own = nullptr;
  {
    const opened device(last);
    REQUIRE(device.table.native_handle(device.device, HAL_OBJECT_CONTEXT, device.device, &own, nullptr) ==
            HAL_STATUS_OK);
    CHECK(own != nullptr);
  }
  const opened again(last, own);
  CHECK(again.status == HAL_STATUS_OK);
  const opened other(0, own);
  CHECK(other.status == HAL_STATUS_INVALID_ARGUMENT);
  CHECK(other.device == nullptr);
}

TEST_CASE("hip stream: one of another device is refused, the default stream is taken") {
  const opened device(last);
  REQUIRE(hip<driver::result(int)>("hipSetDevice")(0) == driver::hipSuccess);
  driver::stream foreign = nullptr;
  REQUIRE(hip<driver::result(driver::stream *, unsigned, int)>("hipStreamCreateWithPriority")(
              &foreign, 1, 0) == driver::hipSuccess);
  hal_stream *adopted = nullptr;
  CHECK(device.table.stream_adopt(device.device, foreign, &adopted, nullptr) == HAL_STATUS_INVALID_ARGUMENT);
  int nothing = 0;
  CHECK(device.table.stream_adopt(device.device, &nothing, &adopted, nullptr) == HAL_STATUS_INVALID_HANDLE);
  REQUIRE(device.table.stream_adopt(device.device, nullptr, &adopted, nullptr) == HAL_STATUS_OK);
  CHECK(device.table.stream_synchronize(adopted, HAL_NO_TIMEOUT, nullptr) == HAL_STATUS_OK);
  CHECK(device.table.stream_destroy(device.device, adopted, nullptr) == HAL_STATUS_OK);
  CHECK(hip<driver::result(driver::stream)>("hipStreamDestroy")(foreign) == driver::hipSuccess);
}

TEST_CASE("hip memory: a device pointer of the caller's is adopted, one that nobody made is not") {
  const opened device(last);
  REQUIRE(hip<driver::result(int)>("hipSetDevice")(static_cast<int>(last)) == driver::hipSuccess);
  void *pointer = nullptr;
  REQUIRE(hip<driver::result(void **, std::size_t)>("hipMalloc")(&pointer, 4096) == driver::hipSuccess);
  const auto address = reinterpret_cast<std::uintptr_t>(pointer);
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
  CHECK(hip<driver::result(void *)>("hipFree")(pointer) == driver::hipSuccess);
  hip<driver::result(int)>("hipSetDevice")(0);
}

TEST_CASE("hip memory: an IPC handle reaches the same bytes in another process") {
  const opened device(last);
  const hal_memory_options options{sizeof options, HAL_MEMORY_DEVICE, 4096, 0, HAL_MEMORY_EXPORTABLE, 0};
  hal_memory *memory = nullptr;
  REQUIRE(device.table.memory_allocate(device.device, &options, &memory, nullptr) == HAL_STATUS_OK);
  hal_external_handle handle{};
  handle.struct_size = sizeof handle;
  REQUIRE(device.table.memory_export(device.device, memory, HAL_EXTERNAL_IPC, &handle, nullptr) ==
          HAL_STATUS_OK);
  const fs::path file = fs::temp_directory_path() / ("hal-hip-ipc-" + std::to_string(getpid()));
  std::ofstream(file, std::ios::binary).write(reinterpret_cast<const char *>(&handle), sizeof handle);
  const std::string command = "'" HAL_SIM_IPC_CHILD "' '" HAL_SIM_PLUGIN "' '" + file.string() + "'";
  const int status = std::system(command.c_str());
  fs::remove(file);
  CHECK(status == 0);
  const auto *bytes = reinterpret_cast<const unsigned char *>(static_cast<std::uintptr_t>(memory->address));
  CHECK(bytes[0] == 0x77);
  CHECK(bytes[4095] == 0x77);
  hal_memory *own = nullptr;
  CHECK(device.table.memory_import(device.device, &handle, &own, nullptr) == HAL_STATUS_INVALID_ARGUMENT);
  CHECK(device.table.memory_free(device.device, memory, nullptr) == HAL_STATUS_OK);
}

TEST_CASE("hip module: code for another target is refused by name [negative]") {
  opened device(last);
  hal::test::packed told;
  told.map(2).text("amdhsa.kernels").list(0).text("amdhsa.target").text("amdgcn-amd-amdhsa--gfx90a:xnack+");
  const auto image = hal::test::code_object(told.bytes());
  hal_module_source source = source_of("hsaco", image.data(), image.size());
  hal_module *module = nullptr;
  CHECK(device.table.module_load(device.device, &source, &module, &device.error) ==
        HAL_STATUS_INCOMPATIBLE_TARGET);
  CHECK(std::string(device.error.message) ==
        "The code is made for gfx90a:xnack+; the device is gfx90a:sramecc+:xnack-.");
  source.options = "-O3";
  CHECK(device.table.module_load(device.device, &source, &module, nullptr) == HAL_STATUS_INVALID_ARGUMENT);
}

TEST_CASE("hip module: of a bundle the part that fits best is taken") {
  opened device(last);
  const auto part = [](const char *target, const char *kernel) {
    hal::test::packed told;
    told.map(2).text("amdhsa.kernels").list(1).map(2).text(".name").text(kernel).text(".args").list(0);
    told.text("amdhsa.target").text(target);
    auto image = hal::test::code_object(told.bytes());
    const std::string descriptor = '\0' + std::string(kernel) + ".kd" + '\0';
    const auto *bytes = reinterpret_cast<const std::byte *>(descriptor.data());
    Elf64_Ehdr header;
    std::memcpy(&header, image.data(), sizeof header);
    // What lies behind the segments is found by where the section headers would be.
    header.e_shoff = image.size() + descriptor.size();
    image.insert(image.end(), bytes, bytes + descriptor.size());
    std::memcpy(image.data(), &header, sizeof header);
    return image;
  };
  const std::pair<std::string, std::vector<std::byte>> parts[] = {
      {"hipv4-amdgcn-amd-amdhsa--gfx90a", part("amdgcn-amd-amdhsa--gfx90a", "any")},
      {"hipv4-amdgcn-amd-amdhsa--gfx90a:xnack-", part("amdgcn-amd-amdhsa--gfx90a:xnack-", "off")},
      {"hipv4-amdgcn-amd-amdhsa--gfx90a:xnack+", part("amdgcn-amd-amdhsa--gfx90a:xnack+", "on")}};
  const std::size_t wanted[] = {3, 1};  // of the first so many parts; of the third one alone
  for (const std::size_t count : wanted) {
    std::vector<std::byte> bundle;
    const auto add = [&bundle](const void *from, std::size_t size) {
      const auto *bytes = static_cast<const std::byte *>(from);
      bundle.insert(bundle.end(), bytes, bytes + size);
    };
    add("__CLANG_OFFLOAD_BUNDLE__", 24);
    std::uint64_t number = count;
    add(&number, 8);
    const auto *first = count == 1 ? parts + 2 : parts;
    std::uint64_t at = 32;
    for (std::size_t i = 0; i < count; ++i) at += 24 + first[i].first.size();
    for (std::size_t i = 0; i < count; ++i) {
      const std::uint64_t row[] = {at, first[i].second.size(), first[i].first.size()};
      add(row, sizeof row);
      add(first[i].first.data(), first[i].first.size());
      at += first[i].second.size();
    }
    for (std::size_t i = 0; i < count; ++i) add(first[i].second.data(), first[i].second.size());
    hal_module_source source = source_of("hipfb", bundle.data(), bundle.size());
    hal_module *module = nullptr;
    const hal_status loaded = device.table.module_load(device.device, &source, &module, &device.error);
    if (count == 1) {
      CHECK(loaded == HAL_STATUS_INCOMPATIBLE_TARGET);
      CHECK(std::string(device.error.message).find("gfx90a:xnack+") != std::string::npos);
      continue;
    }
    REQUIRE_MESSAGE(loaded == HAL_STATUS_OK, device.error.message);
    char name[16] = "";
    std::uint32_t kernels = 0;
    CHECK(device.table.module_kernel_name(module, 0, name, sizeof name, &kernels, nullptr) == HAL_STATUS_OK);
    CHECK(std::string(name) == "off");
    CHECK(device.table.module_unload(device.device, module, nullptr) == HAL_STATUS_OK);
  }
}

TEST_CASE("hip module: hipRTC's log and verdict are told") {
  opened device(last);
  char log[256] = "";
  const auto load = [&](const std::string &text, const char *options) {
    hal_module_source source = source_of("hip", text.data(), text.size());
    source.options = options;
    source.log = log;
    source.log_size = sizeof log;
    hal_module *module = nullptr;
    const hal_status status = device.table.module_load(device.device, &source, &module, &device.error);
    CHECK(source.log_length == std::strlen(log));
    if (status == HAL_STATUS_OK)
      CHECK(device.table.module_unload(device.device, module, nullptr) == HAL_STATUS_OK);
    return status;
  };
  const std::string whole = "extern \"C\" __global__ void nothing() {}";
  CHECK(load("\n#error not today\n" + whole, nullptr) == HAL_STATUS_COMPILATION_FAILED);
  CHECK(std::string(log).find("module.hip:2: error: not today") != std::string::npos);
  CHECK(load(whole, "-O3 fast") == HAL_STATUS_INVALID_ARGUMENT);
  CHECK(load(whole.substr(0, whole.size() - 1), nullptr) == HAL_STATUS_COMPILATION_FAILED);
  if (fs::exists(HAL_SIM_RTC_CODE)) {
    CHECK(load(whole, "-O3") == HAL_STATUS_OK);
    CHECK(std::string(log) == "compiled by the stand-in\n");
  } else {
    MESSAGE("skipped: there was no compiler for what hipRTC would answer");
  }
}
