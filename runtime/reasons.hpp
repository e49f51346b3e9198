// What the system tells about devices that cannot be used, for the plugins at hand.
#pragma once

#include <memory>
#include <vector>

#include "discovery/library_search.hpp"
#include "discovery/need_checks.hpp"
#include "discovery/system_view.hpp"
#include "runtime/catalog.hpp"

namespace hal::rt {

struct reasons {
  std::shared_ptr<const discovery::library_search> libraries;  // borrowed by the checks
  std::vector<discovery::further_check> checks;
};

// Both arguments are borrowed for as long as the checks are used.
reasons reasons_in(const discovery::system_view &system, const catalog &plugins);

}  // namespace hal::rt
