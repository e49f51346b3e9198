// What became of each case, and how it is told. Three words stand for a case that did not pass: failed,
// skipped (unsupported by nature: the device says so and keeps to it), expected (a failure that a list
// announces, with a reason).
#pragma once

#include <iosfwd>
#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace conformance {

enum class verdict { passed, failed, skipped, expected };

struct case_result {
  std::string name;
  verdict outcome = verdict::passed;
  std::string reason;  // of a skip, an expected failure, or a failure that is not an assertion's
};

class verdicts {
 public:
  // Reads lines "case name = reason"; empty lines and lines beginning with # say nothing. Throws
  // std::runtime_error with a sentence that names the line.
  void read_expected(const std::string &file);
  // The names that read_expected found and no case bears.
  std::vector<std::string> unknown_expected(const std::vector<std::string> &cases) const;

  void begin(const std::string &name);
  // From within a case: it does not apply, for this reason.
  void skip(const std::string &reason);
  const case_result &end(bool success);
  // The case that is running, or an empty string.
  std::string current() const;

  std::size_t count(verdict outcome) const;
  std::size_t total() const;
  void print_summary(std::ostream &out) const;
  void print_json(std::ostream &out, const std::string &plugin, unsigned device) const;

 private:
  mutable std::mutex mutex_;
  std::map<std::string, std::string> expected_;
  std::vector<case_result> results_;
  std::string current_;
  std::string skip_reason_;
};

verdicts &the_verdicts();

inline bool is_negative(const std::string &name) {
  return name.find("[negative]") != std::string::npos;
}

}  // namespace conformance
