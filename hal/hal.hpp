// The hardware abstraction layer: one interface to every accelerator in the machine.
//
//   hal::runtime rt;                                             // loads nothing yet
//   hal::device gpu = rt.open(hal::any_of(hal::f16, hal::memory(8_GiB)));
//   hal::program mod = gpu.load(hal::bundle::open("scale.halb"));  // picks the variant that fits
//   hal::stream s = gpu.create_stream();
//   hal::buffer x = gpu.allocate(n * sizeof(float));
//   s.copy(x, host_x);
//   s.launch(mod["scale"], {.grid = {n / 256}, .block = {256}}, x, 2.0f);
//   s.copy(host_x, x);
//   s.synchronize();
//
// What it promises. Devices, streams, memory, events, modules, kernels and graphs behave the same on every
// device, as hal/abi/device.h says entry by entry. Vendors' software is loaded only for hardware that is
// there, and its failures are answers, not ends of the process. The hot calls cost one indirect call above
// the plugin.
//
// What it leaves to its caller. One stream is used by one thread at a time; streams are ordered by events;
// memory that a kernel uses lives until the kernel has run; a kernel's arguments have the kernel's types
// (checked where the code tells them).
//
// What an error means. Operations throw hal::error: status() says what kind, what() says what failed with
// which values. The caller could have prevented invalid_*, out_of_range, busy and not_found; nothing has
// changed then. unsupported and unavailable are ordinary answers. launch_failed and device_lost are sticky:
// close the device and open it again. The few questions whose "no" is ordinary (ready, idle, wait_for) answer
// bool.
//
// Lifetime. Whoever holds an object holds its device open and its plugin loaded; objects may be destroyed in
// any order. Destructors do not throw.
#pragma once

#include "hal/bundle.hpp"
#include "hal/device.hpp"
#include "hal/device_info.hpp"
#include "hal/dispatch.hpp"
#include "hal/error.hpp"
#include "hal/event.hpp"
#include "hal/graph.hpp"
#include "hal/hotplug.hpp"
#include "hal/inventory.hpp"
#include "hal/launch.hpp"
#include "hal/memory.hpp"
#include "hal/module.hpp"
#include "hal/near_data.hpp"
#include "hal/pci_address.hpp"
#include "hal/program.hpp"
#include "hal/requirement.hpp"
#include "hal/runtime.hpp"
#include "hal/status.hpp"
#include "hal/stream.hpp"
#include "hal/topology.hpp"
#include "hal/units.hpp"
#include "hal/uuid.hpp"
#include "hal/version.hpp"
