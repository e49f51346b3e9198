// A machine with devices of every vendor that has a stand-in here, and the host device.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "hal/hal.hpp"

namespace together {

// The names of the plugins that take part, the host's last.
std::vector<std::string> plugin_names();

// One runtime with all of them.
hal::runtime &all_plugins();

// Every device of all of them, each opened anew.
std::vector<hal::device> open_all();

// The first device of each plugin.
std::vector<hal::device> one_of_each();

// A bundle with the conformance suite's kernels in a form for each plugin.
const hal::bundle &kernels();

// Whether the bundle has code that the device takes: not for every vendor in a build without the compiler.
bool takes_kernels(const hal::device &device);

// Bytes that differ from their neighbours and from one seed to the next.
std::vector<std::byte> pattern(std::size_t size, unsigned seed);

void upload(hal::stream &on, const hal::buffer_view &memory, const std::vector<std::byte> &bytes);
std::vector<std::byte> download(hal::stream &on, const hal::buffer_view &memory);

// Fills, copies and reads back on the device, alone; false when a byte is wrong.
bool works(const hal::device &device);

}  // namespace together
