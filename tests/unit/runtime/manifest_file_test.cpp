#include "runtime/manifest_file.hpp"

#include <doctest/doctest.h>

#include <string>

#include "tests/support/ordinary_user.hpp"
#include "tests/support/plugin_folder.hpp"
#include "tests/support/thrown.hpp"

namespace {

using hal::discovery::manifest;
using hal::test::manifest_text;
using hal::test::thrown;

manifest read(const std::string &text) {
  const hal::test::plugin_folder folder;
  folder.add_manifest("p", text);
  return hal::rt::read_manifest(folder.manifest("p"));
}

// What reading it is refused with. Every sentence names the file.
std::string refusal(const std::string &text) {
  const hal::test::plugin_folder folder;
  folder.add_manifest("p", text);
  const hal::error error = thrown([&] { hal::rt::read_manifest(folder.manifest("p")); });
  CHECK(error.status() == hal::status::invalid_argument);
  CHECK_NAMES(error.what(), folder.manifest("p").string());
  return error.what();
}

TEST_CASE("manifest: everything that can be said") {
  const manifest all = read(R"({
    "name": "cuda", "version": "1.2", "vendor": "NVIDIA", "description": "CUDA devices", "library": "cuda.so",
    "abi": {"major": 1, "minor": 2, "minor_most": 7},
    "match": [{"vendor": "0x10de", "device": "0x2335", "class": "0x030200", "class_mask": "0xff0000"},
              {"vendor": "0x10DE"}, {"any": true}],
    "needs": {"kernel_drivers": ["nvidia"], "device_nodes": ["/dev/nvidiactl", "/dev/nvidia*"],
              "libraries": [{"file": "libcuda.so.1", "minimum_version": "525.60"}, {"file": "libm.so.7", "or": ["libm.so.6"]}],
              "visibility_variables": ["CUDA_VISIBLE_DEVICES"]},
    "of tomorrow": {"unknown": [1, 2, 3]}
  })");
  CHECK(all.name == "cuda");
  CHECK(all.version == "1.2");
  CHECK(all.vendor == "NVIDIA");
  CHECK(all.description == "CUDA devices");
  CHECK(all.library == "cuda.so");
  CHECK(all.abi == hal::discovery::abi_range{1, 2, 7});
  CHECK(all.any);
  REQUIRE(all.matches.size() == 2);
  CHECK(all.matches[0] == hal::discovery::pci_match{0x10de, 0x2335, 0x030200, 0xff0000});
  CHECK(all.matches[1] == hal::discovery::pci_match{0x10de, {}, {}, 0xffff00});
  CHECK(all.needs.kernel_drivers == std::vector<std::string>{"nvidia"});
  CHECK(all.needs.device_nodes.size() == 2);
  REQUIRE(all.needs.libraries.size() == 2);
  CHECK(all.needs.libraries[0] == hal::discovery::vendor_library{"libcuda.so.1", "525.60"});
  CHECK(all.needs.libraries[0].others.empty());
  CHECK(all.needs.libraries[1].minimum_version.empty());
  CHECK(all.needs.libraries[1].others == std::vector<std::string>{"libm.so.6"});
  CHECK(all.needs.visibility_variables == std::vector<std::string>{"CUDA_VISIBLE_DEVICES"});
}

TEST_CASE("manifest: the least that must be said") {
  const manifest least =
      read(R"({"name": "a", "version": "1", "library": "a.so", "abi": {"major": 1}, "match": []})");
  CHECK(least.abi == hal::discovery::abi_range{1, 0, 0xffff});
  CHECK_FALSE(least.any);
  CHECK(least.matches.empty());
  CHECK(least.needs == hal::discovery::plugin_needs{});
}

TEST_CASE("manifest: what is not JSON is told with the place") {
  CHECK_NAMES(refusal(""), "is not JSON: byte 1");
  CHECK_NAMES(refusal("{\"name\": \"a\",}"), "is not JSON: byte");
  CHECK_NAMES(refusal("#!/bin/sh"), "is not JSON");
  CHECK_NAMES(refusal(manifest_text("a", "a.so") + "x"), "is not JSON");
  CHECK_NAMES(refusal("{\"name\": \"\xff\"}"), "is not JSON");
  CHECK_NAMES(refusal(std::string("\0\0\0\0", 4)), "is not JSON");
}

TEST_CASE("manifest: a number that no machine can hold is no reason to end") {
  CHECK_NAMES(refusal(R"({"name": 1e999})"), "1e999");
}

TEST_CASE("manifest: what is no object is told with what it is") {
  CHECK_NAMES(refusal("[]"), "must be an object; given is [].");
  CHECK_NAMES(refusal("null"), "must be an object; given is null.");
  CHECK_NAMES(refusal("5"), "must be an object; given is 5.");
}

TEST_CASE("manifest: each key that is missing is named") {
  CHECK_NAMES(refusal("{}"), "lacks 'name'");
  CHECK_NAMES(refusal(R"({"name": "a"})"), "lacks 'version'");
  CHECK_NAMES(refusal(R"({"name": "a", "version": "1"})"), "lacks 'library'");
  CHECK_NAMES(refusal(R"({"name": "a", "version": "1", "library": "a.so"})"), "lacks 'abi'");
  CHECK_NAMES(refusal(R"({"name": "a", "version": "1", "library": "a.so", "abi": {}})"), "lacks 'abi.major'");
  CHECK_NAMES(refusal(R"({"name": "a", "version": "1", "library": "a.so", "abi": {"major": 1}})"),
              "lacks 'match'");
}

std::string with(const std::string &more) {
  return R"({"name": "a", "version": "1", "library": "a.so", "abi": {"major": 1}, "match": [], )" + more +
         "}";
}

TEST_CASE("manifest: each wrong type is told with the key and the value") {
  CHECK_NAMES(refusal(R"({"name": 5})"), "'name' must be a text that is not empty; given is 5.");
  CHECK_NAMES(refusal(R"({"name": ""})"), "'name' must be a text that is not empty; given is \"\".");
  CHECK_NAMES(refusal(with(R"("abi": [1])")), "'abi' must be an object; given is [1].");
  CHECK_NAMES(refusal(with(R"("abi": {"major": "1"})")),
              "'abi.major' must be a number from 0 to 65535; given is \"1\".");
  CHECK_NAMES(refusal(with(R"("abi": {"major": -1})")), "given is -1.");
  CHECK_NAMES(refusal(with(R"("abi": {"major": 1.5})")), "given is 1.5.");
  CHECK_NAMES(refusal(with(R"("abi": {"major": 65536})")), "given is 65536.");
  CHECK_NAMES(refusal(with(R"("match": {})")), "'match' must be a list; given is {}.");
  CHECK_NAMES(refusal(with(R"("match": [{}])")), "lacks 'match[0].vendor'");
  CHECK_NAMES(refusal(with(R"("match": [{"any": true}, 7])")), "'match[1]' must be an object; given is 7.");
  CHECK_NAMES(refusal(with(R"("match": [{"any": 1}])")), "'match[0].any' must be true or false; given is 1.");
  CHECK_NAMES(refusal(with(R"("match": [{"vendor": 4318}])")), "'match[0].vendor'");
  CHECK_NAMES(refusal(with(R"("match": [{"vendor": "10de"}])")), "hexadecimal");
  CHECK_NAMES(refusal(with(R"("match": [{"vendor": "0x"}])")), "hexadecimal");
  CHECK_NAMES(refusal(with(R"("match": [{"vendor": "0x10dg"}])")), "given is \"0x10dg\".");
  CHECK_NAMES(refusal(with(R"("match": [{"vendor": "0x-1"}])")), "given is \"0x-1\".");
  CHECK_NAMES(refusal(with(R"("match": [{"vendor": "0x10000"}])")), "at most 0xffff");
  CHECK_NAMES(refusal(with(R"("match": [{"vendor": "0x1", "class": "0x1000000"}])")), "at most 0xffffff");
  CHECK_NAMES(refusal(with(R"("needs": [])")), "'needs' must be an object");
  CHECK_NAMES(refusal(with(R"("needs": {"kernel_drivers": "nvidia"})")),
              "'needs.kernel_drivers' must be a list");
  CHECK_NAMES(refusal(with(R"("needs": {"device_nodes": [1]})")),
              "'needs.device_nodes' must be a list of texts");
  CHECK_NAMES(refusal(with(R"("needs": {"libraries": ["libcuda.so.1"]})")),
              "'needs.libraries[0]' must be an object");
  CHECK_NAMES(refusal(with(R"("needs": {"libraries": [{}]})")), "lacks 'needs.libraries[0].file'");
}

TEST_CASE("manifest: names are what rules and selectors can hold") {
  for (const char *name :
       {"Cuda", "1cuda", "_cuda", "cu-da", "cu da", "cuda.so", "abcdefghijklmnopqrstuvwxyz0123456"}) {
    CAPTURE(std::string(name));
    CHECK_NAMES(refusal(manifest_text(name, "a.so")), "'name' must be at most 32 lower case letters");
  }
  CHECK(read(manifest_text("abcdefghijklmnopqrstuvwxyz012345", "a.so")).name.size() == 32);
}

TEST_CASE("manifest: the library is a file beside it") {
  for (const char *library :
       {"../a.so", "/usr/lib/a.so", "sub/a.so", "a.so/", "./a.so", "..", ".", "a\\u0000.so", "a\\n.so"}) {
    CAPTURE(std::string(library));
    CHECK_NAMES(refusal(manifest_text("a", library)),
                "'library' must be the name of a file beside the manifest");
  }
}

TEST_CASE("manifest: a huge file is not read") {
  const std::string why = refusal(manifest_text("a", "a.so") + std::string(2 << 20, ' '));
  CHECK_NAMES(why, "the most is 1048576");
}

TEST_CASE("manifest: depth without end does not end the process") {
  const std::size_t depth = 200'000;
  CHECK_NAMES(refusal("{\"name\": " + std::string(depth, '[') + std::string(depth, ']') + "}"), "nested");
  CHECK_NAMES(refusal(std::string(depth, '[')), "nested");
}

TEST_CASE("manifest: a long wrong value is cut between characters") {
  std::string value;
  for (int i = 0; i < 100; ++i) value += "\xc3\xa4";
  const std::string why = refusal("{\"name\": \"a" + value + "\"}");
  CHECK_NAMES(why, "\xc3\xa4...");
  CHECK(why.size() < 400);
}

TEST_CASE("manifest: a file that cannot be read is told with the system's words") {
  const hal::error gone = thrown([] { hal::rt::read_manifest("/nonexistent/x.json"); });
  CHECK_NAMES(gone.what(), "/nonexistent/x.json");
  CHECK_NAMES(gone.what(), "No such file or directory");

  const hal::test::plugin_folder folder;
  folder.add_manifest("closed", "{}");
  std::filesystem::permissions(folder.manifest("closed"), std::filesystem::perms::none);
  folder.open_to_everybody();
  const hal::test::ordinary_user user;
  if (!user) {
    MESSAGE("skipped: root cannot become an ordinary user here");
    return;
  }
  const hal::error closed = thrown([&] { hal::rt::read_manifest(folder.manifest("closed")); });
  CHECK_NAMES(closed.what(), "Permission denied");
}

}  // namespace
