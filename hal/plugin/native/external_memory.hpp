// Memory that leaves the process or comes from outside: descriptors, dma-bufs and IPC handles.
#pragma once

#include <memory>
#include <utility>

#include "hal/abi/device.h"
#include "hal/plugin/checks.hpp"
#include "hal/plugin/external_memory.hpp"
#include "hal/plugin/failure.hpp"
#include "hal/plugin/native/vendor.hpp"
#include "hal/plugin/objects.hpp"
#include "hal/plugin/record.hpp"

namespace hal::plugin::native {

// The vendor adds three functions, for which the device is current.
//
// export_to(device &, memory &root, hal_external_handle &) fills in what a handle of its `kind` is, or
// throws.
//
// import(device &, const hal_external_handle &) answers a std::unique_ptr<memory> with its `base`, or throws.
//
// names_nothing(const failure &): whether a refusal of the API's own means that the handle is none of its
// kind.
template <typename Vendor>
struct external_memory_entries {
  static void memory_export(hal_device *device, hal_memory *handle, hal_external_kind kind,
                            hal_external_handle *out) {
    typename Vendor::device &open = open_for_work(device);
    typename Vendor::memory &given = *open.memory.find(handle);
    hal_external_handle told{};
    told.kind = kind;
    told.size = given.size;
    told.fd = -1;
    const external_kind &way = checked_kind(kind);
    check_feature(open, way.exported, "Export of memory in this way");
    check_pointer(out, "The external handle");
    typename Vendor::memory &root = given.root();
    check_exportable(root.flags, way);
    told.offset = given.address - from_address(root.base);
    const typename Vendor::current current(open);
    Vendor::export_to(open, root, told);
    write_record(out, told, "The external handle");
  }

  static void memory_import(hal_device *device, const hal_external_handle *handle, hal_memory **out_memory) {
    typename Vendor::device &open = open_for_work(device);
    hal_memory *&made = output(out_memory, "out_memory");
    const input_record<hal_external_handle> given(handle, "The external handle");
    check_external_handle(*given);
    check_feature(open, checked_kind(given->kind).imported, "Import of memory in this way");
    const typename Vendor::current current(open);
    std::unique_ptr<typename Vendor::memory> imported;
    try {
      imported = Vendor::import(open, *given);
    } catch (const failure &refused) {
      // An API has several codes for a handle that names nothing of its own; it is one mistake.
      open.failed.check();
      if (refused.native_code() == 0 || !Vendor::names_nothing(refused)) throw;
      throw failure(HAL_STATUS_INVALID_ARGUMENT, refused.what(), refused.native_code());
    }
    imported->address = from_address(imported->base) + given->offset;
    imported->size = given->size;
    imported->kind = HAL_MEMORY_DEVICE;
    made = open.memory.insert(std::move(imported));
  }
};

}  // namespace hal::plugin::native
