// Judging one answer. Each expectation also checks the error record that came with the answer: a failure
// leaves the same status and one terminated line of text; success leaves the record alone.
#pragma once

#include <doctest/doctest.h>

#include <cstdint>
#include <initializer_list>
#include <string>
#include <vector>

#include "tests/conformance/subject.hpp"

namespace conformance {

const char *status_name(hal_status status);
std::string error_text(const answer &given);
// What is wrong with the record that came with a failure; empty: nothing.
std::string record_fault(const answer &given);

// Each reports a failure at the caller's line and lets the case go on.
void expect_ok(const answer &given, const char *file = __builtin_FILE(), int line = __builtin_LINE());
void expect_status(const answer &given, hal_status expected, const char *file = __builtin_FILE(),
                   int line = __builtin_LINE());
// For a mistake to which the boundary gives more than one name.
void expect_one_of(const answer &given, std::initializer_list<hal_status> expected,
                   const char *file = __builtin_FILE(), int line = __builtin_LINE());
// The answer of a query entry, which leaves the record alone.
void expect_not_ready(const answer &given, const char *file = __builtin_FILE(), int line = __builtin_LINE());
// Ends the case when it fails: what follows could not be judged.
void require_ok(const answer &given, const char *file = __builtin_FILE(), int line = __builtin_LINE());

void fail_at(const char *file, int line, const std::string &text);

// Compares element by element and names the first difference.
template <typename Value>
void expect_equal(const std::vector<Value> &found, const std::vector<Value> &expected,
                  const char *file = __builtin_FILE(), int line = __builtin_LINE()) {
  if (found.size() != expected.size()) {
    fail_at(
        file, line,
        "found " + std::to_string(found.size()) + " elements, expected " + std::to_string(expected.size()));
    return;
  }
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (found[i] == expected[i]) continue;
    fail_at(file, line,
            "element " + std::to_string(i) + " of " + std::to_string(found.size()) + " is " +
                std::to_string(found[i]) + ", expected " + std::to_string(expected[i]));
    return;
  }
}

}  // namespace conformance
