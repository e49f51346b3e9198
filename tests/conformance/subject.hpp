// The plugin under test, loaded as a stranger would load it: dlopen, the query, a probe. Nothing of the
// runtime stands between.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <stdexcept>
#include <string>
#include <vector>

#include "hal/abi/plugin.h"

namespace conformance {

// The plugin cannot be judged at all: what() is one sentence for the person who named it.
class load_failure : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// One answer of an entry, with the error record that came with it. The record is poisoned before the call, so
// that what the callee wrote can be told from what it left alone.
struct answer {
  hal_status status = HAL_STATUS_OK;
  hal_error error{};
  bool touched = false;  // the callee wrote into the record
  bool absent = false;   // the entry is NULL; status is HAL_STATUS_UNSUPPORTED
};

inline constexpr unsigned char poison = 0xa5;

hal_error poisoned_error();
bool is_poisoned(const hal_error &error);

// Calls an entry with an error record of its own. NULL entries answer HAL_STATUS_UNSUPPORTED.
template <typename... Parameters, typename... Arguments>
answer call(hal_status (*entry)(Parameters...), Arguments &&...arguments) {
  answer result;
  if (entry == nullptr) {
    result.status = HAL_STATUS_UNSUPPORTED;
    result.absent = true;
    return result;
  }
  result.error = poisoned_error();
  result.status = entry(arguments..., &result.error);
  result.touched = !is_poisoned(result.error);
  return result;
}

// What the plugin said through hal_host.log.
class log_record {
 public:
  void add(hal_log_level level, const char *message);
  std::vector<std::string> faults() const;  // each a sentence about a line that breaks the contract
  std::uint64_t lines() const { return lines_; }

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> faults_;
  std::atomic<std::uint64_t> lines_ = 0;
};

// Never unloads the object: vendor libraries have threads and exit handlers that outlive a dlclose.
class subject {
 public:
  // Loads and queries. Throws load_failure.
  explicit subject(const std::string &path);
  subject(const subject &) = delete;
  subject &operator=(const subject &) = delete;

  // Looks for devices. The answers of the reading entries before the first probe are kept.
  answer probe();
  // Makes `index` the device that the cases use, and reads its description. Throws load_failure.
  void select(std::uint32_t index);

  const std::string &path() const { return path_; }
  hal_plugin_query_function query() const { return query_; }
  const hal_plugin *given_plugin() const { return given_; }
  // Completed: what the plugin's own table is too short for is NULL.
  const hal_plugin &plugin() const { return plugin_; }
  const hal_device_table &table() const { return table_; }
  const hal_host *host() const { return &host_; }
  log_record &log() { return log_; }

  std::uint32_t device_count() const { return count_; }
  std::uint32_t index() const { return index_; }
  const hal_device_description &description() const { return description_; }
  bool has(std::uint64_t feature) const { return (description_.features & feature) == feature; }
  bool lists_format(const std::string &format) const;

  struct early_answers {
    answer describe, properties, metrics;
  };
  const early_answers &before_probe() const { return early_; }

 private:
  std::string path_;
  log_record log_;
  hal_host host_{};
  hal_plugin_query_function query_ = nullptr;
  const hal_plugin *given_ = nullptr;
  hal_plugin plugin_{};
  hal_device_table table_{};
  hal_device_description description_{};
  std::uint32_t count_ = 0;
  std::uint32_t index_ = 0;
  bool probed_ = false;
  early_answers early_;
};

// The one that main loaded. Cases begin only when it is there.
subject &the_subject();
void set_subject(subject *loaded);

inline const hal_device_table &table() {
  return the_subject().table();
}
inline const hal_plugin &plugin() {
  return the_subject().plugin();
}
inline const hal_device_description &description() {
  return the_subject().description();
}
inline bool has(std::uint64_t feature) {
  return the_subject().has(feature);
}

}  // namespace conformance
