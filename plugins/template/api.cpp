#include "plugins/template/api.hpp"

namespace template_plugin {

void *library::symbol(const char *name) const noexcept {
  return vendor_symbol(name);
}

const api &vendor() {
  static const api loaded;
  return loaded;
}

}  // namespace template_plugin
