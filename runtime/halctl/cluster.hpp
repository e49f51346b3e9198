// What the verbs for clusters share: the accelerators on buses with their files, and names as clusters want
// them.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "hal/runtime.hpp"

namespace hal::ctl {

struct cluster_device {
  device_entry entry;  // of several partitions at one address the first
  device_files files;
};

// By address, without CPUs. Warns of what could not be read, and of files that were told by order.
std::vector<cluster_device> cluster_devices(runtime &rt);

// The model without its vendor: what stands in brackets in a name of the PCI list ("GH100 [H200 SXM 141GB]"),
// else the name without the vendor's before it.
std::string model_of(const device_entry &entry);

// Letters, digits and `joints`; everything else becomes one `gap`, none at either end. At most `longest`
// characters.
std::string reduced(std::string_view text, char gap, std::string_view joints, std::size_t longest);
std::string lower_case(std::string_view text);

// A DNS subdomain as RFC 1123 has it: labels of lower-case letters, digits and dashes, parted by dots.
bool is_dns_subdomain(std::string_view text);

// What stands before the dot of a vendor's domain: "nvidia"; from the id where the vendor has no name.
std::string vendor_label(const device_entry &entry);

}  // namespace hal::ctl
