// hal_plugin_query and the tables it answers with.
#include <cstddef>
#include <cstring>
#include <string>
#include <vector>

#include "tests/conformance/expect.hpp"
#include "tests/conformance/subject.hpp"

using namespace conformance;

TEST_CASE("query: the table carries its size, the versions and a version text") {
  const hal_plugin &given = *the_subject().given_plugin();
  CHECK(given.struct_size >= offsetof(hal_plugin, device) + sizeof given.device);
  CHECK(given.abi_major == HAL_ABI_MAJOR);
  REQUIRE(plugin().version != nullptr);
  CHECK(std::strlen(plugin().version) > 0);
}

TEST_CASE("query: the name is lower case letters, digits and underscores") {
  REQUIRE(plugin().name != nullptr);
  const std::string name = plugin().name;
  REQUIRE(!name.empty());
  CHECK(name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == std::string::npos);
  CHECK((name.front() >= 'a' && name.front() <= 'z'));
}

TEST_CASE("query: answers the same again, also to a second host") {
  const hal_plugin *first = the_subject().given_plugin();
  hal_host second = *the_subject().host();
  for (int i = 0; i < 100; ++i) {
    CHECK(the_subject().query()(the_subject().host()) == first);
    CHECK(the_subject().query()(&second) == first);
  }
}

TEST_CASE("query: the table does not change") {
  const hal_plugin &given = *the_subject().given_plugin();
  std::vector<char> before(given.struct_size);
  std::memcpy(before.data(), &given, before.size());
  std::vector<char> device_before(given.device->struct_size);
  std::memcpy(device_before.data(), given.device, device_before.size());
  expect_ok(the_subject().probe());
  CHECK(std::memcmp(before.data(), &given, before.size()) == 0);
  CHECK(std::memcmp(device_before.data(), given.device, device_before.size()) == 0);
}

TEST_CASE("query: answers a host of another major version [negative]") {
  hal_host other = *the_subject().host();
  for (const int major : {0, HAL_ABI_MAJOR + 1, 0xffff}) {
    other.abi_major = static_cast<std::uint16_t>(major);
    const hal_plugin *given = the_subject().query()(&other);
    REQUIRE(given != nullptr);
    CHECK(given->abi_major == HAL_ABI_MAJOR);
  }
}

TEST_CASE("query: reads nothing beyond a short host record [negative]") {
  hal_host host;
  std::memset(&host, 0xff, sizeof host);
  host.struct_size = offsetof(hal_host, context);
  host.abi_major = HAL_ABI_MAJOR;
  host.abi_minor = HAL_ABI_MINOR;
  CHECK(the_subject().query()(&host) == the_subject().given_plugin());
}

TEST_CASE("query: required entries are there") {
  CHECK((plugin().probe != nullptr));
  CHECK((plugin().describe != nullptr));
  CHECK((plugin().open != nullptr));
  CHECK((table().device_close != nullptr));
  CHECK((table().device_synchronize != nullptr));
  CHECK((table().memory_allocate != nullptr));
  CHECK((table().memory_free != nullptr));
  CHECK((table().memory_info != nullptr));
  CHECK((table().stream_create != nullptr));
  CHECK((table().stream_destroy != nullptr));
  CHECK((table().stream_synchronize != nullptr));
  CHECK((table().stream_query != nullptr));
  CHECK((table().stream_wait_event != nullptr));
  CHECK((table().event_create != nullptr));
  CHECK((table().event_destroy != nullptr));
  CHECK((table().event_record != nullptr));
  CHECK((table().event_query != nullptr));
  CHECK((table().event_synchronize != nullptr));
  CHECK((table().copy_to_device != nullptr));
  CHECK((table().copy_to_host != nullptr));
  CHECK((table().copy != nullptr));
  CHECK((table().fill != nullptr));
}

TEST_CASE("query: entries that belong together are there together") {
  CHECK((table().memory_map == nullptr) == (table().memory_unmap == nullptr));
  CHECK((table().peer_enable == nullptr) == (table().peer_disable == nullptr));
}

TEST_CASE("query: a feature bit promises its entries") {
  const hal_device_table &t = table();
  const auto promised = [](std::uint64_t feature, bool present) { return !has(feature) || present; };
  CHECK(promised(HAL_FEATURE_KERNELS, t.module_load && t.module_unload && t.module_kernel &&
                                          t.module_kernel_name && t.kernel_attributes && t.kernel_parameter &&
                                          t.kernel_suggest_block && t.kernel_occupancy && t.launch));
  CHECK(promised(HAL_FEATURE_STREAM_ALLOCATION, t.memory_allocate_async && t.memory_free_async));
  CHECK(promised(HAL_FEATURE_EXPORT_FD, t.memory_export && t.memory_import));
  CHECK(promised(HAL_FEATURE_EXPORT_DMA_BUF, t.memory_export && t.memory_import));
  CHECK(promised(HAL_FEATURE_EXPORT_IPC, t.memory_export && t.memory_import));
  CHECK(promised(HAL_FEATURE_MEMORY_EXPORT_FD, t.memory_export));
  CHECK(promised(HAL_FEATURE_MEMORY_EXPORT_DMA_BUF, t.memory_export));
  CHECK(promised(HAL_FEATURE_MEMORY_EXPORT_IPC, t.memory_export && t.memory_import));
  CHECK(promised(HAL_FEATURE_MEMORY_IMPORT_FD, t.memory_import));
  CHECK(promised(HAL_FEATURE_MEMORY_IMPORT_DMA_BUF, t.memory_import));
  CHECK(promised(HAL_FEATURE_PEER_ACCESS, t.peer_enable && t.peer_disable && t.peer_info));
  CHECK(promised(HAL_FEATURE_POINTER_QUERY, t.pointer_info));
  CHECK(promised(HAL_FEATURE_ADOPT_MEMORY, t.memory_adopt));
  CHECK(promised(HAL_FEATURE_ADOPT_STREAM, t.stream_adopt));
  CHECK(promised(HAL_FEATURE_TIMESTAMPS, t.event_elapsed));
  CHECK(promised(HAL_FEATURE_HOST_FUNCTIONS, t.stream_host_function));
  CHECK(promised(HAL_FEATURE_GRAPHS, t.graph_begin_capture && t.graph_end_capture && t.graph_destroy &&
                                         t.graph_instantiate && t.graph_launch &&
                                         t.graph_executable_destroy));
  CHECK(promised(HAL_FEATURE_GRAPH_UPDATE, t.graph_update));
  CHECK(promised(HAL_FEATURE_COPY_2D, t.copy_2d && t.fill_2d));
  CHECK(promised(HAL_FEATURE_PEER_COPY, t.copy_peer));
  CHECK(promised(HAL_FEATURE_METRICS, plugin().metrics));
  CHECK(promised(HAL_FEATURE_MODULE_BINARY, t.module_binary));
}
