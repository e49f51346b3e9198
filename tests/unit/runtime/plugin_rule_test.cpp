#include "runtime/plugin_rule.hpp"

#include <doctest/doctest.h>

#include "tests/support/thrown.hpp"

namespace {

using hal::rt::plugin_rule;
using hal::test::thrown;

TEST_CASE("plugin_rule: nothing allows everything") {
  for (const char *text : {"", " ", ",", " , ,\t"}) {
    const plugin_rule rule(text);
    CHECK(rule.allows("cuda"));
    CHECK(rule.preference("cuda") == rule.preference("host"));
  }
}

TEST_CASE("plugin_rule: only these, in this order") {
  const plugin_rule rule(" hip , cuda,hip");
  CHECK(rule.allows("cuda"));
  CHECK(rule.allows("hip"));
  CHECK_FALSE(rule.allows("host"));
  CHECK_FALSE(rule.allows("cud"));
  CHECK(rule.preference("hip") < rule.preference("cuda"));
  CHECK(rule.preference("cuda") < rule.preference("host"));
  CHECK(rule.text() == " hip , cuda,hip");
}

TEST_CASE("plugin_rule: all but this one") {
  const plugin_rule rule("-cuda");
  CHECK_FALSE(rule.allows("cuda"));
  CHECK(rule.allows("hip"));
}

TEST_CASE("plugin_rule: both kinds") {
  const plugin_rule rule("hip,-cuda");
  CHECK(rule.allows("hip"));
  CHECK_FALSE(rule.allows("cuda"));
  CHECK_FALSE(rule.allows("host"));
}

TEST_CASE("plugin_rule: what cannot be a name is named, with the rule") {
  for (const char *wrong : {"Cuda", "cu da", "-", "--cuda", "- cuda", "cuda;hip", "../cuda", "*"}) {
    CAPTURE(std::string(wrong));
    const hal::error error = thrown([&] { plugin_rule{std::string("hip,") + wrong}; });
    CHECK(error.status() == hal::status::invalid_argument);
    CHECK_NAMES(error.what(), std::string("'hip,") + wrong + "'");
  }
}

TEST_CASE("plugin_rule: to ask for a plugin and to exclude it is a mistake") {
  const hal::error error = thrown([] { plugin_rule{"cuda,-cuda"}; });
  CHECK(error.status() == hal::status::invalid_argument);
  CHECK_NAMES(error.what(), "'cuda'");
  CHECK_NAMES(error.what(), "'cuda,-cuda'");
}

}  // namespace
