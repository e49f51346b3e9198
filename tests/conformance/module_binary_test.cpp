// module_binary, and loading what it hands out.
#include <algorithm>
#include <cstddef>
#include <cstring>
#include <numeric>
#include <string>
#include <vector>

#include "tests/conformance/features.hpp"
#include "tests/conformance/kernels.hpp"

using namespace conformance;

namespace {

// A module that was told that its binary will be asked for.
class kept_module {
 public:
  kept_module(hal_device *device, const kernel_format &format, const char *kernel) : device_(device) {
    const kernel_bytes from = kernel_source(format, kernel);
    hal_module_source source = module_source(format.name, from.bytes, from.size);
    source.flags = HAL_MODULE_KEEP_BINARY;
    require_ok(call(table().module_load, device, &source, &handle_));
  }
  ~kept_module() { expect_ok(call(table().module_unload, device_, handle_)); }
  kept_module(const kept_module &) = delete;
  kept_module &operator=(const kept_module &) = delete;
  operator hal_module *() const { return handle_; }

 private:
  hal_device *device_;
  hal_module *handle_ = nullptr;
};

hal_module_binary empty_binary() {
  hal_module_binary binary{};
  binary.struct_size = sizeof binary;
  return binary;
}

// Calls body(module, binary) for each format of which there is one; `binary` tells its format and size.
template <typename Body>
void on_each_binary(hal_device *device, const char *kernel, Body &&body) {
  bool any = false;
  on_each_format([&](const kernel_format &format) {
    kept_module kept(device, format, kernel);
    hal_module_binary told = empty_binary();
    const answer given = call(table().module_binary, kept, &told);
    if (given.status == HAL_STATUS_UNSUPPORTED) return;
    require_ok(given);
    any = true;
    body(kept, told);
  });
  if (!any) record_skip("no format that the suite has kernels in is compiled");
}

bool skip() {
  return skip_without_kernels() || skip_without(HAL_FEATURE_MODULE_BINARY);
}

}  // namespace

TEST_CASE("module binary: has a format that the device takes, and a size") {
  if (skip()) return;
  opened_device device;
  on_each_binary(device, "nothing", [&](hal_module *, const hal_module_binary &told) {
    REQUIRE(std::memchr(told.format, '\0', sizeof told.format) != nullptr);
    CHECK(the_subject().lists_format(told.format));
    CHECK(told.size > 0);
    CHECK(told.struct_size == sizeof told);
  });
}

TEST_CASE("module binary: loaded, it is the same module") {
  if (skip()) return;
  constexpr std::uint32_t count = 100;
  opened_device device;
  on_each_binary(device, "vector_add", [&](hal_module *made, hal_module_binary told) {
    std::vector<std::uint8_t> bytes(told.size);
    told.bytes = bytes.data();
    told.room = bytes.size();
    require_ok(call(table().module_binary, made, &told));
    hal_module_source again = module_source(told.format, bytes.data(), bytes.size());
    hal_module *loaded = nullptr;
    require_ok(call(table().module_load, device, &again, &loaded));
    std::fill(bytes.begin(), bytes.end(), poison);  // read during the call only
    hal_kernel *kernel = nullptr;
    require_ok(call(table().module_kernel, loaded, "vector_add", &kernel));
    std::vector<float> left(count);
    std::iota(left.begin(), left.end(), 1.0f);
    stream on(device);
    buffer one(device, count * 4);
    buffer other(device, count * 4);
    buffer sum(device, count * 4);
    upload(on, one, left);
    upload(on, other, left);
    work add({count, 1, 1}, {1, 1, 1});
    add.memory(one).memory(other).memory(sum).value(count);
    require_ok(launch(on, kernel, add));
    std::vector<float> expected(count);
    std::transform(left.begin(), left.end(), expected.begin(), [](float value) { return 2 * value; });
    expect_equal(download<float>(on, sum, count), expected);
    expect_ok(call(table().module_unload, device, loaded));
  });
}

TEST_CASE("module binary: the same bytes every time") {
  if (skip()) return;
  opened_device device;
  on_each_binary(device, "nothing", [&](hal_module *made, hal_module_binary told) {
    std::vector<std::uint8_t> first(told.size);
    std::vector<std::uint8_t> second(told.size);
    for (std::vector<std::uint8_t> *into : {&first, &second}) {
      told.bytes = into->data();
      told.room = into->size();
      require_ok(call(table().module_binary, made, &told));
      CHECK(told.size == into->size());
    }
    CHECK(first == second);
  });
}

TEST_CASE("module binary: too little room gets the size and no bytes [negative]") {
  if (skip()) return;
  opened_device device;
  on_each_binary(device, "nothing", [&](hal_module *made, const hal_module_binary &told) {
    std::vector<std::uint8_t> bytes(told.size, poison);
    hal_module_binary binary = empty_binary();
    binary.bytes = bytes.data();
    binary.room = bytes.size() - 1;
    expect_status(call(table().module_binary, made, &binary), HAL_STATUS_OUT_OF_RANGE);
    CHECK(binary.size == told.size);
    CHECK(std::all_of(bytes.begin(), bytes.end(), [](std::uint8_t one) { return one == poison; }));
  });
}

TEST_CASE("module binary: writes no more than a short record holds [negative]") {
  if (skip()) return;
  opened_device device;
  on_each_binary(device, "nothing", [&](hal_module *made, const hal_module_binary &) {
    hal_module_binary binary;
    std::memset(&binary, poison, sizeof binary);
    binary.struct_size = offsetof(hal_module_binary, bytes);
    expect_ok(call(table().module_binary, made, &binary));
    CHECK(binary.struct_size == offsetof(hal_module_binary, bytes));
    CHECK(reinterpret_cast<const std::uint8_t *>(&binary.size)[0] == poison);
  });
}

TEST_CASE("module binary: no record, no size, no module [negative]") {
  if (skip()) return;
  opened_device device;
  on_each_binary(device, "nothing", [&](hal_module *made, const hal_module_binary &) {
    hal_module_binary *none = nullptr;
    expect_status(call(table().module_binary, made, none), HAL_STATUS_INVALID_ARGUMENT);
    hal_module_binary binary{};
    expect_status(call(table().module_binary, made, &binary), HAL_STATUS_INVALID_ARGUMENT);
    binary.struct_size = sizeof binary;
    hal_module *nothing = nullptr;
    expect_status(call(table().module_binary, nothing, &binary), HAL_STATUS_INVALID_HANDLE);
  });
}

TEST_CASE("module binary: of a module that was loaded without asking for it") {
  if (skip()) return;
  opened_device device;
  on_each_format([&](const kernel_format &format) {
    loaded_module loaded(device, format, "nothing");
    hal_module_binary binary = empty_binary();
    const answer given = call(table().module_binary, loaded, &binary);
    if (given.status != HAL_STATUS_OK && given.status != HAL_STATUS_UNSUPPORTED)
      expect_status(given, HAL_STATUS_INVALID_STATE);
  });
}
