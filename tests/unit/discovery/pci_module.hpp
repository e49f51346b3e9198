// The hal-pci module as the tests load it: the built shared object, by path, for the whole process.
#pragma once

#include "discovery/pci_scan.h"

namespace hal::test {

// NULL when the tests were built without libpci, and then a message says so. Fails the test case when the
// module is there and cannot be loaded.
hal_pci_scan_function pci_scan();

}  // namespace hal::test
