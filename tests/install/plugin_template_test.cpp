// The generated plugin: names, and nothing left half written.
#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <set>
#include <sstream>
#include <stdexcept>
#include <string>

#include "hal/error.hpp"
#include "runtime/halctl/plugin_template.hpp"
#include "runtime/manifest_file.hpp"

namespace fs = std::filesystem;
using namespace hal::ctl;

namespace {

class scratch_folder {
 public:
  scratch_folder() {
    std::string pattern = (fs::temp_directory_path() / "hal-template-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no folder for the test");
    path = pattern;
  }
  ~scratch_folder() {
    std::error_code ignored;
    fs::remove_all(path, ignored);
  }

  fs::path path;
};

folder_content render(const std::string &name) {
  return render_plugin({.name = name});
}

std::string text_of(const fs::path &file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

hal::status status_of(const std::function<void()> &work) {
  try {
    work();
  } catch (const hal::error &failed) {
    return failed.status();
  }
  return hal::status::ok;
}

// The names in quotes that end in .cpp: the sources that a meson.build lists.
std::set<std::string> sources_in(const std::string &text) {
  std::set<std::string> names;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const auto begin = line.find('\'');
    const auto end = line.rfind(".cpp'");
    if (begin != std::string::npos && end != std::string::npos)
      names.insert(line.substr(begin + 1, end - begin + 3));
  }
  return names;
}

std::size_t entries_of(const fs::path &folder) {
  return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

}  // namespace

TEST_CASE("new plugin: nothing keeps the template's name") {
  for (const auto &[path, content] : render("acme")) {
    CAPTURE(path);
    CHECK(path.find("template") == std::string::npos);
    std::string rest = content;
    for (std::size_t at; (at = rest.find("template <")) != std::string::npos;) rest.erase(at, 8);
    CHECK(rest.find("template") == std::string::npos);
  }
}

TEST_CASE("new plugin: a name that holds the template's is replaced once") {
  const auto content = render("my_template");
  CHECK(content.contains("plugins/my_template/my_template.json"));
  CHECK(content.at("plugins/my_template/api.hpp").find("namespace my_template_plugin {") !=
        std::string::npos);
  CHECK(content.at("plugins/my_template/plugin.cpp").find("name[] = \"my_template\"") != std::string::npos);
  CHECK(content.at("meson.build").find("'hal-my_template'") != std::string::npos);
}

TEST_CASE("new plugin: lists every source that it holds") {
  const auto content = render("acme");
  std::set<std::string> held;
  for (const auto &[path, text] : content) {
    const std::string folder = "plugins/acme/";
    if (path.starts_with(folder) && path.ends_with(".cpp")) held.insert(path.substr(folder.size()));
  }
  CHECK(held.size() >= 10);
  CHECK(sources_in(content.at("plugins/acme/meson.build")) == held);
  CHECK(sources_in(text_of(fs::path(HAL_TEST_SOURCE) / "plugins" / "template" / "meson.build")) == held);
}

TEST_CASE("new plugin: the manifest is one, with what was asked for") {
  const scratch_folder scratch;
  const auto manifest_of = [&](const new_plugin &wanted) {
    const fs::path file = scratch.path / "manifest.json";
    std::ofstream(file) << render_plugin(wanted).at("plugins/" + wanted.name + "/" + wanted.name + ".json");
    return hal::rt::read_manifest(file);
  };
  const auto plain = manifest_of({.name = "acme"});
  CHECK(plain.name == "acme");
  CHECK(plain.library == "hal-acme.so");
  CHECK(plain.any);
  CHECK(plain.matches.empty());

  const auto given = manifest_of({.name = "acme_2", .vendor_id = 0xae0, .vendor = "A \"quoted\" \\ vendor"});
  CHECK(given.name == "acme_2");
  CHECK(given.vendor == "A \"quoted\" \\ vendor");
  CHECK_FALSE(given.any);
  REQUIRE(given.matches.size() == 1);
  CHECK(given.matches[0].vendor == 0xae0);
}

TEST_CASE("plugin guide: its annotated manifest is one, and has every key") {
  const std::string guide = text_of(fs::path(HAL_TEST_SOURCE) / "docs" / "plugin-guide.md");
  const std::string fence = "```\n";
  const auto begin = guide.find(fence + "{") + fence.size();
  std::istringstream annotated(guide.substr(begin, guide.find(fence, begin) - begin));
  const scratch_folder scratch;
  const fs::path file = scratch.path / "manifest.json";
  std::ofstream plain(file);
  for (std::string line; std::getline(annotated, line);) plain << line.substr(0, line.find("//")) << '\n';
  plain.close();

  const auto manifest = hal::rt::read_manifest(file);
  CHECK(manifest.name == "acme");
  CHECK_FALSE(manifest.vendor.empty());
  CHECK_FALSE(manifest.description.empty());
  CHECK(manifest.abi.minor_most < 0xffff);
  CHECK(manifest.any);
  REQUIRE(manifest.matches.size() == 3);
  CHECK(manifest.matches[1].device == 0x42);
  CHECK(manifest.matches[2].class_code == 0x120000u);
  CHECK(manifest.matches[2].class_mask == hal::discovery::pci_match().class_mask);
  CHECK(manifest.needs.kernel_drivers.size() == 1);
  CHECK(manifest.needs.device_nodes.size() == 1);
  REQUIRE(manifest.needs.libraries.size() == 1);
  CHECK_FALSE(manifest.needs.libraries[0].minimum_version.empty());
  CHECK(manifest.needs.visibility_variables.size() == 1);
}

TEST_CASE("new plugin: names that are none") {
  for (const char *name : {"", "2d", "_x", "Acme", "acme-2", "acme.so", "../acme", "a/b", "acme\n",
                           "a23456789012345678901234567890123"}) {
    CAPTURE(std::string(name));
    CHECK(status_of([&] { render(name); }) == hal::status::invalid_argument);
  }
  CHECK(status_of([] { render("a2345678901234567890123456789012"); }) == hal::status::ok);
}

TEST_CASE("new plugin: vendors that are none") {
  for (const std::string &vendor : {std::string(), std::string("two\nlines"), std::string(64, 'x')}) {
    CHECK(status_of([&] { render_plugin({.name = "acme", .vendor = vendor}); }) ==
          hal::status::invalid_argument);
  }
  for (const char *id : {"", "0x", "10de", "0x10deX", "0x10000", "0x-1", "x10de", "0"}) {
    CAPTURE(std::string(id));
    CHECK(status_of([&] { parse_vendor_id(id); }) == hal::status::invalid_argument);
  }
  CHECK(parse_vendor_id("0x10de") == 0x10de);
}

TEST_CASE("new plugin: writes a new folder, and one that is empty") {
  const scratch_folder scratch;
  const folder_content content = {{"top", "1\n"}, {"deep/er/file", "2\n"}};
  fs::create_directory(scratch.path / "empty");
  for (const char *name : {"new", "empty", "slash/"}) {
    CAPTURE(std::string(name));
    write_folder(scratch.path / name, content);
    CHECK(text_of(scratch.path / name / "top") == "1\n");
    CHECK(text_of(scratch.path / name / "deep/er/file") == "2\n");
  }
  CHECK(entries_of(scratch.path) == 3);
}

TEST_CASE("new plugin: leaves alone what is there") {
  const scratch_folder scratch;
  fs::create_directory(scratch.path / "full");
  std::ofstream(scratch.path / "full" / "mine") << "mine";
  std::ofstream(scratch.path / "file") << "mine";
  fs::create_directory_symlink("nowhere", scratch.path / "link");
  for (const char *name : {"full", "file", "link", "no/parent"}) {
    CAPTURE(std::string(name));
    CHECK(status_of([&] {
            write_folder(scratch.path / name, {{"top", "1\n"}});
          }) == hal::status::invalid_argument);
  }
  CHECK(entries_of(scratch.path) == 3);
  CHECK(entries_of(scratch.path / "full") == 1);
  CHECK(text_of(scratch.path / "file") == "mine");
}

TEST_CASE("new plugin: a failure in the middle leaves nothing") {
  const scratch_folder scratch;
  CHECK_THROWS_AS(write_folder(scratch.path / "new", {{"a", "1"}, {"a/b", "2"}}), hal::error);
  CHECK(entries_of(scratch.path) == 0);
}
