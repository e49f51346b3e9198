#include "runtime/search_path.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "tests/support/environment_variable.hpp"
#include "tests/support/ordinary_user.hpp"
#include "tests/support/sysfs_tree.hpp"
#include "tests/support/thrown.hpp"
#include "tests/unit/runtime/secure_mode.hpp"

namespace {
namespace fs = std::filesystem;

using hal::rt::manifests_in;
using hal::rt::search_folder;
using hal::rt::search_path;
using hal::test::environment_variable;

std::vector<fs::path> paths(const hal::runtime_options &options) {
  std::vector<fs::path> all;
  for (const search_folder &folder : search_path(options)) all.push_back(folder.path);
  return all;
}

std::vector<fs::path> from_environment(const std::string &value) {
  const environment_variable variable("HAL_PLUGIN_PATH", value);
  std::vector<fs::path> all;
  for (const search_folder &folder : search_path({})) {
    if (folder.origin == "HAL_PLUGIN_PATH") all.push_back(folder.path);
  }
  return all;
}

TEST_CASE("search_path: the caller's folders, then the environment, then the library's own") {
  const environment_variable variable("HAL_PLUGIN_PATH", "/from/environment");
  hal::runtime_options options;
  options.plugin_path = {"/given/first", "/given/second"};
  const auto folders = search_path(options);
  REQUIRE(folders.size() == 4);
  CHECK(folders[0].path == "/given/first");
  CHECK(folders[1].path == "/given/second");
  CHECK(folders[2].path == "/from/environment");
  CHECK(folders[3].path.is_absolute());
  CHECK(folders[3].origin == "installed");
}

TEST_CASE("search_path: the caller's folders alone") {
  const environment_variable variable("HAL_PLUGIN_PATH", "/from/environment");
  hal::runtime_options options;
  options.plugin_path = {"/given"};
  options.only_plugin_path = true;
  CHECK(paths(options) == std::vector<fs::path>{"/given"});
}

TEST_CASE("search_path: relative and empty parts of the variable are ignored") {
  CHECK(from_environment("/a:/b") == std::vector<fs::path>{"/a", "/b"});
  CHECK(from_environment("").empty());
  CHECK(from_environment(":").empty());
  CHECK(from_environment("::/a::./b:c:../d:~/e:") == std::vector<fs::path>{"/a"});
}

TEST_CASE("search_path: a relative folder of the caller's counts from where the process is") {
  hal::runtime_options options;
  options.plugin_path = {"plugins"};
  options.only_plugin_path = true;
  CHECK(paths(options) == std::vector<fs::path>{fs::current_path() / "plugins"});
}

TEST_CASE("search_path: an empty folder of the caller's is a mistake, not the current folder") {
  hal::runtime_options options;
  options.plugin_path = {""};
  const hal::error error = hal::test::thrown([&] { search_path(options); });
  CHECK(error.status() == hal::status::invalid_argument);
  CHECK_NAMES(error.what(), "empty");
}

TEST_CASE("search_path: the environment is ignored in secure-execution mode") {
  const environment_variable variable("HAL_PLUGIN_PATH", "/from/environment");
  CHECK(from_environment("/a").size() == 1);
  const hal::test::secure_mode secure;
  CHECK(from_environment("/a").empty());
}

TEST_CASE("library_folder: where this program is, as the layers are linked into it") {
  CHECK(hal::rt::library_folder() == fs::canonical("/proc/self/exe").parent_path());
}

class folder {
 public:
  fs::path path() const { return directory_.path(); }
  void add(const char *file) const {
    fs::create_directories((path() / file).parent_path());
    hal::test::write_file(path() / file, "{}");
  }
  std::vector<std::string> manifests() {
    warnings.clear();
    std::vector<std::string> all;
    for (const fs::path &file : manifests_in({path(), "test"}, warnings))
      all.push_back(file.lexically_relative(path()).string());
    return all;
  }
  std::vector<std::string> warnings;

 private:
  hal::test::temporary_directory directory_;
};

TEST_CASE("manifests_in: one level deep, sorted, nothing else") {
  folder tree;
  tree.add("b.json");
  tree.add("a.json");
  tree.add("a.so");
  tree.add("inner/c.json");
  tree.add("inner/deeper/d.json");
  tree.add("readme.txt");
  fs::create_directory(tree.path() / "folder.json");
  CHECK(tree.manifests() == std::vector<std::string>{"a.json", "b.json", "inner/c.json"});
  CHECK(tree.warnings.empty());
}

TEST_CASE("manifests_in: a folder that is not there has none") {
  std::vector<std::string> warnings;
  CHECK(manifests_in({"/nonexistent/folder", "test"}, warnings).empty());
  CHECK(warnings.empty());
}

TEST_CASE("manifests_in: a folder that is none is told") {
  folder tree;
  tree.add("file");
  std::vector<std::string> warnings;
  CHECK(manifests_in({tree.path() / "file", "test"}, warnings).empty());
  REQUIRE(warnings.size() == 1);
  CHECK_NAMES(warnings[0], (tree.path() / "file").string());
  CHECK_NAMES(warnings[0], "Not a directory");
}

TEST_CASE("manifests_in: links are followed; those that lead nowhere are told") {
  folder tree;
  tree.add("real/a.json");
  fs::create_symlink(tree.path() / "real/a.json", tree.path() / "link.json");
  fs::create_symlink("gone.json", tree.path() / "dangling.json");
  fs::create_symlink("loop.json", tree.path() / "loop.json");
  CHECK(tree.manifests() == std::vector<std::string>{"link.json", "real/a.json"});
  REQUIRE(tree.warnings.size() == 2);
  std::sort(tree.warnings.begin(), tree.warnings.end());
  CHECK_NAMES(tree.warnings[0], "dangling.json");
  CHECK_NAMES(tree.warnings[0], "No such file");
  CHECK_NAMES(tree.warnings[1], "loop.json");
}

TEST_CASE("manifests_in: a folder that may not be read is told") {
  folder tree;
  tree.add("a.json");
  tree.add("closed/b.json");
  fs::permissions(tree.path(), static_cast<fs::perms>(0755));
  fs::permissions(tree.path() / "closed", fs::perms::none);
  bool allowed = false;
  std::vector<std::string> found;
  {
    const hal::test::ordinary_user user;
    allowed = static_cast<bool>(user);
    found = tree.manifests();
  }
  fs::permissions(tree.path() / "closed", fs::perms::owner_all);
  if (!allowed) {
    MESSAGE("skipped: root cannot become an ordinary user here");
    return;
  }
  CHECK(found == std::vector<std::string>{"a.json"});
  REQUIRE(tree.warnings.size() == 1);
  CHECK_NAMES(tree.warnings[0], "closed");
  CHECK_NAMES(tree.warnings[0], "Permission denied");
}

}  // namespace
