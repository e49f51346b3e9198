#include "tests/conformance/verdicts.hpp"

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <ostream>
#include <stdexcept>

namespace conformance {
namespace {

std::string trimmed(const std::string &text) {
  const auto first = text.find_first_not_of(" \t\r");
  if (first == std::string::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

std::string quoted(const std::string &text) {
  std::string out = "\"";
  for (const char character : text) {
    if (character == '"' || character == '\\') {
      out += '\\';
      out += character;
    } else if (static_cast<unsigned char>(character) < 0x20) {
      char code[8];
      std::snprintf(code, sizeof code, "\\u%04x", static_cast<unsigned>(character));
      out += code;
    } else {
      out += character;
    }
  }
  return out + '"';
}

const char *word(verdict outcome) {
  switch (outcome) {
    case verdict::passed:
      return "passed";
    case verdict::failed:
      return "failed";
    case verdict::skipped:
      return "skipped";
    case verdict::expected:
      return "expected failure";
  }
  return "";
}

std::size_t count_in(const std::vector<case_result> &results, verdict outcome) {
  return static_cast<std::size_t>(std::count_if(
      results.begin(), results.end(), [&](const case_result &one) { return one.outcome == outcome; }));
}

}  // namespace

void verdicts::read_expected(const std::string &file) {
  std::ifstream in(file);
  if (!in) throw std::runtime_error("The list of expected failures \"" + file + "\" could not be read.");
  std::string line;
  for (unsigned number = 1; std::getline(in, line); ++number) {
    const std::string text = trimmed(line);
    if (text.empty() || text.front() == '#') continue;
    // Case names hold no " = ", so the first one separates.
    const auto equals = text.find(" = ");
    const std::string name = equals == std::string::npos ? "" : trimmed(text.substr(0, equals));
    const std::string reason = equals == std::string::npos ? "" : trimmed(text.substr(equals + 3));
    if (name.empty() || reason.empty()) {
      throw std::runtime_error("Line " + std::to_string(number) + " of \"" + file +
                               "\" is not \"case name = reason\": " + text);
    }
    if (!expected_.emplace(name, reason).second) {
      throw std::runtime_error("Line " + std::to_string(number) + " of \"" + file + "\" repeats the case \"" +
                               name + "\".");
    }
  }
}

std::vector<std::string> verdicts::unknown_expected(const std::vector<std::string> &cases) const {
  std::vector<std::string> unknown;
  for (const auto &[name, reason] : expected_) {
    if (std::find(cases.begin(), cases.end(), name) == cases.end()) unknown.push_back(name);
  }
  return unknown;
}

void verdicts::begin(const std::string &name) {
  const std::lock_guard lock(mutex_);
  current_ = name;
  skip_reason_.clear();
}

void verdicts::skip(const std::string &reason) {
  const std::lock_guard lock(mutex_);
  skip_reason_ = reason;
}

const case_result &verdicts::end(bool success) {
  const std::lock_guard lock(mutex_);
  case_result result;
  result.name = current_;
  const auto announced = expected_.find(current_);
  if (!success) {
    result.outcome = announced == expected_.end() ? verdict::failed : verdict::expected;
    if (announced != expected_.end()) result.reason = announced->second;
  } else if (!skip_reason_.empty()) {
    result.outcome = verdict::skipped;
    result.reason = skip_reason_;
  } else if (announced != expected_.end()) {
    result.outcome = verdict::failed;
    result.reason =
        "It passed, although the list expects it to fail (" + announced->second + "): remove it there.";
  }
  results_.push_back(std::move(result));
  current_.clear();
  return results_.back();
}

std::string verdicts::current() const {
  const std::lock_guard lock(mutex_);
  return current_;
}

std::size_t verdicts::count(verdict outcome) const {
  const std::lock_guard lock(mutex_);
  return count_in(results_, outcome);
}

std::size_t verdicts::total() const {
  const std::lock_guard lock(mutex_);
  return results_.size();
}

void verdicts::print_summary(std::ostream &out) const {
  const std::lock_guard lock(mutex_);
  const auto list = [&](verdict outcome, const char *heading) {
    if (count_in(results_, outcome) == 0) return;
    out << heading << ":\n";
    for (const case_result &one : results_) {
      if (one.outcome != outcome) continue;
      out << "  " << one.name;
      if (!one.reason.empty()) out << ": " << one.reason;
      out << "\n";
    }
  };
  list(verdict::skipped, "Skipped");
  list(verdict::expected, "Expected failures, counted as skipped");
  list(verdict::failed, "Failed");
  out << count_in(results_, verdict::passed) << " passed, " << count_in(results_, verdict::failed)
      << " failed, " << count_in(results_, verdict::skipped) + count_in(results_, verdict::expected)
      << " skipped\n";
  out.flush();
}

void verdicts::print_json(std::ostream &out, const std::string &plugin, unsigned device) const {
  const std::lock_guard lock(mutex_);
  out << "{\"plugin\": " << quoted(plugin) << ", \"device\": " << device
      << ", \"passed\": " << count_in(results_, verdict::passed)
      << ", \"failed\": " << count_in(results_, verdict::failed)
      << ", \"skipped\": " << count_in(results_, verdict::skipped)
      << ", \"expected_failures\": " << count_in(results_, verdict::expected) << ", \"cases\": [";
  const char *separator = "";
  for (const case_result &one : results_) {
    out << separator << "\n  {\"name\": " << quoted(one.name)
        << ", \"negative\": " << (is_negative(one.name) ? "true" : "false")
        << ", \"outcome\": " << quoted(word(one.outcome)) << ", \"reason\": " << quoted(one.reason) << "}";
    separator = ",";
  }
  out << "\n]}\n";
  out.flush();
}

verdicts &the_verdicts() {
  static verdicts all;
  return all;
}

}  // namespace conformance
