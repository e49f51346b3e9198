#include "tests/unit/discovery/pci_module.hpp"

#include <dlfcn.h>
#include <doctest/doctest.h>

namespace hal::test {

hal_pci_scan_function pci_scan() {
#ifdef HAL_TEST_PCI_MODULE
  static void *const module = ::dlopen(HAL_TEST_PCI_MODULE, RTLD_NOW | RTLD_LOCAL);
  static const char *const error = module ? "" : ::dlerror();
  REQUIRE_MESSAGE(module != nullptr, error);
  const auto scan = reinterpret_cast<hal_pci_scan_function>(::dlsym(module, "hal_pci_scan"));
  const bool exported = scan != nullptr;
  REQUIRE(exported);
  return scan;
#else
  MESSAGE("skipped: built without libpci");
  return nullptr;
#endif
}

}  // namespace hal::test
