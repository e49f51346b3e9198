// memory_export, memory_import.
#include <fcntl.h>
#include <unistd.h>

#include <utility>
#include <vector>

#include "tests/conformance/features.hpp"

using namespace conformance;

namespace {

struct kind_row {
  hal_external_kind kind;
  std::uint64_t feature;
};

constexpr kind_row descriptors[] = {{HAL_EXTERNAL_FD, HAL_FEATURE_EXPORT_FD},
                                    {HAL_EXTERNAL_DMA_BUF, HAL_FEATURE_EXPORT_DMA_BUF}};

// The kinds by their own flags and features.
struct named_kind {
  hal_external_kind kind;
  std::uint32_t flag;
  std::uint64_t exported, imported, both_ways;
};

constexpr named_kind named_kinds[] = {
    {HAL_EXTERNAL_FD, HAL_MEMORY_EXPORT_FD, HAL_FEATURE_MEMORY_EXPORT_FD, HAL_FEATURE_MEMORY_IMPORT_FD,
     HAL_FEATURE_EXPORT_FD},
    {HAL_EXTERNAL_DMA_BUF, HAL_MEMORY_EXPORT_DMA_BUF, HAL_FEATURE_MEMORY_EXPORT_DMA_BUF,
     HAL_FEATURE_MEMORY_IMPORT_DMA_BUF, HAL_FEATURE_EXPORT_DMA_BUF},
    {HAL_EXTERNAL_IPC, HAL_MEMORY_EXPORT_IPC, HAL_FEATURE_MEMORY_EXPORT_IPC, HAL_FEATURE_MEMORY_EXPORT_IPC,
     HAL_FEATURE_EXPORT_IPC}};

answer try_allocate(hal_device *device, std::uint32_t flags) {
  hal_memory_options options = memory_options(4096);
  options.flags = flags;
  hal_memory *memory = nullptr;
  const answer given = call(table().memory_allocate, device, &options, &memory);
  if (given.status == HAL_STATUS_OK) call(table().memory_free, device, memory);
  return given;
}

answer try_export(hal_device *device, hal_memory *memory, hal_external_kind kind) {
  hal_external_handle handle{};
  handle.struct_size = sizeof handle;
  handle.fd = -1;
  const answer given = call(table().memory_export, device, memory, kind, &handle);
  if (given.status == HAL_STATUS_OK && handle.fd >= 0) close(handle.fd);
  return given;
}

class exported {
 public:
  exported(hal_device *device, hal_memory *memory, hal_external_kind kind) {
    handle.struct_size = sizeof handle;
    handle.fd = -1;
    require_ok(call(table().memory_export, device, memory, kind, &handle));
  }
  ~exported() {
    if (handle.fd >= 0) close(handle.fd);
  }
  exported(const exported &) = delete;
  exported &operator=(const exported &) = delete;

  hal_external_handle handle{};
};

answer try_import(hal_device *device, const hal_external_handle &handle) {
  hal_memory *memory = nullptr;
  const answer given = call(table().memory_import, device, &handle, &memory);
  if (given.status == HAL_STATUS_OK) call(table().memory_free, device, memory);
  return given;
}

// Bytes written on one opening are read through an import into another.
void check_round_trip(const kind_row &row) {
  if (skip_without(row.feature)) return;
  opened_device device;
  opened_device other;
  stream here(device);
  stream there(other);
  buffer memory(device, 65536, HAL_MEMORY_DEVICE, HAL_MEMORY_EXPORTABLE);
  CHECK((memory->flags & HAL_MEMORY_EXPORTABLE) != 0);
  upload(here, memory, pattern(65536));
  const exported out(device, memory, row.kind);
  CHECK(out.handle.kind == row.kind);
  CHECK(out.handle.size == 65536);
  REQUIRE(out.handle.fd >= 0);
  hal_memory *imported = nullptr;
  require_ok(call(table().memory_import, other, &out.handle, &imported));
  const buffer owned(other, imported);
  CHECK(imported->size == 65536);
  expect_equal(download(there, imported, 65536), pattern(65536));
  fill(there, imported, 0x77);
  finish(there);
  expect_equal(download(here, memory, 65536), std::vector<std::uint8_t>(65536, 0x77));
  CHECK(fcntl(out.handle.fd, F_GETFD) >= 0);
}

}  // namespace

TEST_CASE("export: through a descriptor into another opening") {
  check_round_trip(descriptors[0]);
}

TEST_CASE("export: through a dma-buf into another opening") {
  check_round_trip(descriptors[1]);
}

TEST_CASE("export: as bytes for another process") {
  if (skip_without(HAL_FEATURE_EXPORT_IPC)) return;
  opened_device device;
  buffer memory(device, 65536, HAL_MEMORY_DEVICE, HAL_MEMORY_EXPORTABLE);
  const exported out(device, memory, HAL_EXTERNAL_IPC);
  CHECK(out.handle.kind == HAL_EXTERNAL_IPC);
  CHECK(out.handle.size == 65536);
  CHECK(out.handle.fd == -1);
}

TEST_CASE("export: imported memory outlives the exporter's descriptor") {
  for (const auto &row : descriptors) {
    if (!has(row.feature)) continue;
    opened_device device;
    stream on(device);
    buffer memory(device, 4096, HAL_MEMORY_DEVICE, HAL_MEMORY_EXPORTABLE);
    upload(on, memory, pattern(4096));
    hal_memory *imported = nullptr;
    {
      const exported out(device, memory, row.kind);
      require_ok(call(table().memory_import, device, &out.handle, &imported));
    }
    const buffer owned(device, imported);
    expect_equal(download(on, imported, 4096), pattern(4096));
    return;
  }
  skip_without(HAL_FEATURE_EXPORT_FD);
  skip_without(HAL_FEATURE_EXPORT_DMA_BUF);
}

TEST_CASE("export: memory that was not allocated for it [negative]") {
  bool any = false;
  for (const auto &row :
       {descriptors[0], descriptors[1], kind_row{HAL_EXTERNAL_IPC, HAL_FEATURE_EXPORT_IPC}}) {
    if (!has(row.feature)) continue;
    any = true;
    opened_device device;
    buffer memory(device, 4096);
    hal_external_handle handle{};
    handle.struct_size = sizeof handle;
    expect_status(call(table().memory_export, device, memory, row.kind, &handle), HAL_STATUS_INVALID_STATE);
  }
  if (!any) skip_without(HAL_FEATURE_EXPORT_FD);
}

TEST_CASE("export: a kind that does not exist [negative]") {
  if (skip_without_entry(table().memory_export, "memory_export")) return;
  opened_device device;
  buffer memory(device, 4096);
  hal_external_handle handle{};
  handle.struct_size = sizeof handle;
  for (const hal_external_kind kind : {0u, 99u}) {
    expect_status(call(table().memory_export, device, memory, kind, &handle), HAL_STATUS_INVALID_ARGUMENT);
  }
}

TEST_CASE("export: no memory, another opening's, no record [negative]") {
  if (skip_without(HAL_FEATURE_EXPORT_FD)) return;
  opened_device device;
  opened_device other;
  buffer memory(device, 4096, HAL_MEMORY_DEVICE, HAL_MEMORY_EXPORTABLE);
  buffer foreign(other, 4096, HAL_MEMORY_DEVICE, HAL_MEMORY_EXPORTABLE);
  hal_external_handle handle{};
  handle.struct_size = sizeof handle;
  const auto ask = [&](hal_memory *from, hal_external_handle *to) {
    return call(table().memory_export, device, from, HAL_EXTERNAL_FD, to);
  };
  expect_status(ask(nullptr, &handle), HAL_STATUS_INVALID_HANDLE);
  expect_status(ask(foreign, &handle), HAL_STATUS_INVALID_HANDLE);
  expect_status(ask(memory, nullptr), HAL_STATUS_INVALID_ARGUMENT);
}

TEST_CASE("import: a descriptor that names nothing of the driver's [negative]") {
  bool any = false;
  for (const auto &row : descriptors) {
    if (!has(row.feature)) continue;
    any = true;
    opened_device device;
    hal_external_handle handle{};
    handle.struct_size = sizeof handle;
    handle.kind = row.kind;
    handle.size = 4096;
    handle.fd = -1;
    expect_status(try_import(device, handle), HAL_STATUS_INVALID_ARGUMENT);
    int ends[2] = {-1, -1};
    REQUIRE(pipe(ends) == 0);
    handle.fd = ends[0];
    expect_status(try_import(device, handle), HAL_STATUS_INVALID_ARGUMENT);
    CHECK(fcntl(ends[0], F_GETFD) >= 0);
    close(ends[0]);
    close(ends[1]);
  }
  if (!any) skip_without(HAL_FEATURE_EXPORT_FD);
}

TEST_CASE("import: more than was exported [negative]") {
  if (skip_without(HAL_FEATURE_EXPORT_FD)) return;
  opened_device device;
  buffer memory(device, 4096, HAL_MEMORY_DEVICE, HAL_MEMORY_EXPORTABLE);
  const exported out(device, memory, HAL_EXTERNAL_FD);
  hal_external_handle more = out.handle;
  more.size = std::uint64_t{1} << 40;
  expect_status(try_import(device, more), HAL_STATUS_INVALID_ARGUMENT);
  more = out.handle;
  more.offset = UINT64_MAX - 100;
  expect_status(try_import(device, more), HAL_STATUS_INVALID_ARGUMENT);
}

TEST_CASE("import: no record, no place for the result [negative]") {
  if (skip_without(HAL_FEATURE_EXPORT_FD)) return;
  opened_device device;
  buffer memory(device, 4096, HAL_MEMORY_DEVICE, HAL_MEMORY_EXPORTABLE);
  const exported out(device, memory, HAL_EXTERNAL_FD);
  hal_memory *made = nullptr;
  expect_status(call(table().memory_import, device, nullptr, &made), HAL_STATUS_INVALID_ARGUMENT);
  expect_status(call(table().memory_import, device, &out.handle, nullptr), HAL_STATUS_INVALID_ARGUMENT);
}

TEST_CASE("export: memory allocated for one kind leaves as that kind and as no other") {
  bool any = false;
  for (const named_kind &row : named_kinds) {
    if (!has(row.exported)) continue;
    any = true;
    opened_device device;
    buffer memory(device, 4096, HAL_MEMORY_DEVICE, row.flag);
    CHECK(memory->flags == row.flag);
    for (const named_kind &other : named_kinds) {
      const answer given = try_export(device, memory, other.kind);
      if (other.kind == row.kind) {
        expect_ok(given);
      } else {
        const bool known = has(other.exported) || has(other.both_ways);
        expect_status(given, known ? HAL_STATUS_INVALID_STATE : HAL_STATUS_UNSUPPORTED);
      }
    }
  }
  if (!any) skip_without(HAL_FEATURE_MEMORY_EXPORT_FD);
}

TEST_CASE("export: through a descriptor of memory allocated for it") {
  bool any = false;
  for (const named_kind &row : named_kinds) {
    if (row.kind == HAL_EXTERNAL_IPC || !has(row.exported) || !has(row.imported)) continue;
    any = true;
    opened_device device;
    opened_device other;
    stream here(device);
    stream there(other);
    buffer memory(device, 65536, HAL_MEMORY_DEVICE, row.flag);
    upload(here, memory, pattern(65536));
    const exported out(device, memory, row.kind);
    hal_memory *imported = nullptr;
    require_ok(call(table().memory_import, other, &out.handle, &imported));
    const buffer owned(other, imported);
    expect_equal(download(there, imported, 65536), pattern(65536));
  }
  if (!any) skip_without(HAL_FEATURE_MEMORY_EXPORT_FD);
}

TEST_CASE("export: memory for a kind that the device lacks, or together with any kind [negative]") {
  if (plugin().abi_minor == 0) return record_skip("the plugin was built before the kinds had flags");
  opened_device device;
  for (const named_kind &row : named_kinds) {
    if (!has(row.exported)) expect_status(try_allocate(device, row.flag), HAL_STATUS_UNSUPPORTED);
    expect_status(try_allocate(device, row.flag | HAL_MEMORY_EXPORTABLE), HAL_STATUS_INVALID_ARGUMENT);
  }
  expect_status(try_allocate(device, 1u << 20), HAL_STATUS_INVALID_ARGUMENT);
}

TEST_CASE("import: a kind that is exported only [negative]") {
  bool any = false;
  for (const named_kind &row : named_kinds) {
    if (!has(row.exported) || has(row.imported) || has(row.both_ways)) continue;
    any = true;
    opened_device device;
    buffer memory(device, 4096, HAL_MEMORY_DEVICE, row.flag);
    const exported out(device, memory, row.kind);
    expect_status(try_import(device, out.handle), HAL_STATUS_UNSUPPORTED);
  }
  if (!any) record_skip("the device imports every kind that it exports");
}
