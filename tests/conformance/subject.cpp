#include "tests/conformance/subject.hpp"

#include <dlfcn.h>

#include <algorithm>
#include <cstring>

namespace conformance {
namespace {

subject *the_one = nullptr;

void forward_log(void *context, hal_log_level level, const char *message) {
  static_cast<log_record *>(context)->add(level, message);
}

// `given` as our version of the record: entries beyond its size are NULL.
template <typename Table>
Table completed(const Table &given) {
  Table whole{};
  std::memcpy(&whole, &given, std::min<std::size_t>(given.struct_size, sizeof whole));
  whole.struct_size = sizeof whole;
  return whole;
}

}  // namespace

hal_error poisoned_error() {
  hal_error error;
  std::memset(&error, poison, sizeof error);
  error.struct_size = sizeof error;
  return error;
}

bool is_poisoned(const hal_error &error) {
  const hal_error untouched = poisoned_error();
  return std::memcmp(&error, &untouched, sizeof error) == 0;
}

void log_record::add(hal_log_level level, const char *message) {
  ++lines_;
  const std::lock_guard lock(mutex_);
  if (level < HAL_LOG_ERROR || level > HAL_LOG_DEBUG)
    faults_.push_back("A line was logged at level " + std::to_string(level) + ", which does not exist.");
  if (message == nullptr) {
    faults_.emplace_back("A NULL message was logged.");
  } else if (std::strchr(message, '\n') != nullptr) {
    faults_.push_back("A message with a newline was logged: " + std::string(message));
  }
}

std::vector<std::string> log_record::faults() const {
  const std::lock_guard lock(mutex_);
  return faults_;
}

subject::subject(const std::string &path) : path_(path) {
  host_.struct_size = sizeof host_;
  host_.abi_major = HAL_ABI_MAJOR;
  host_.abi_minor = HAL_ABI_MINOR;
  host_.context = &log_;
  host_.log = &forward_log;

  // Without a slash dlopen would search the library path for a file that the caller named.
  const std::string file = path.find('/') == std::string::npos ? "./" + path : path;
  void *object = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (object == nullptr) {
    const char *text = dlerror();
    throw load_failure("\"" + path + "\" could not be loaded: " + (text ? text : "no reason was given") +
                       ".");
  }
  query_ = reinterpret_cast<hal_plugin_query_function>(dlsym(object, HAL_PLUGIN_QUERY_SYMBOL));
  if (query_ == nullptr) {
    throw load_failure("\"" + path + "\" is no plugin: it exports no symbol " HAL_PLUGIN_QUERY_SYMBOL ".");
  }
  given_ = query_(&host_);
  if (given_ == nullptr) {
    throw load_failure("\"" + path + "\" answers the query with NULL: it cannot exist in this process.");
  }
  if (given_->struct_size < offsetof(hal_plugin, name)) {
    throw load_failure("\"" + path + "\" has a table of " + std::to_string(given_->struct_size) +
                       " bytes, which has no room for its versions.");
  }
  if (given_->abi_major != HAL_ABI_MAJOR) {
    throw load_failure("\"" + path + "\" is made for ABI " + std::to_string(given_->abi_major) + "." +
                       std::to_string(given_->abi_minor) + "; this suite judges ABI " +
                       std::to_string(HAL_ABI_MAJOR) + "." + std::to_string(HAL_ABI_MINOR) + ".");
  }
  plugin_ = completed(*given_);
  if (plugin_.probe == nullptr || plugin_.describe == nullptr || plugin_.open == nullptr ||
      plugin_.device == nullptr) {
    throw load_failure("\"" + path + "\" leaves out a required entry: probe, describe, open or device.");
  }
  table_ = completed(*plugin_.device);
}

answer subject::probe() {
  if (!probed_) {
    hal_device_description facts{};
    facts.struct_size = sizeof facts;
    early_.describe = call(plugin_.describe, 0u, &facts);
    std::uint32_t count = 0;
    early_.properties = call(plugin_.properties, 0u, nullptr, 0u, &count);
    hal_metrics figures{};
    figures.struct_size = sizeof figures;
    early_.metrics = call(plugin_.metrics, 0u, &figures);
  }
  std::uint32_t count = 0;
  const answer found = call(plugin_.probe, &host_, &count);
  if (found.status == HAL_STATUS_OK) {
    probed_ = true;
    count_ = count;
  }
  return found;
}

void subject::select(std::uint32_t index) {
  index_ = index;
  description_ = {};
  description_.struct_size = sizeof description_;
  const answer told = call(plugin_.describe, index, &description_);
  if (told.status == HAL_STATUS_OK) return;
  throw load_failure("Device " + std::to_string(index) + " of \"" + path_ +
                     "\" could not be described (status " + std::to_string(told.status) + "): " +
                     std::string(told.error.message, strnlen(told.error.message, sizeof told.error.message)));
}

bool subject::lists_format(const std::string &format) const {
  for (const auto &listed : description_.module_formats) {
    if (format == std::string(listed, strnlen(listed, sizeof listed))) return true;
  }
  return false;
}

subject &the_subject() {
  return *the_one;
}
void set_subject(subject *loaded) {
  the_one = loaded;
}

}  // namespace conformance
