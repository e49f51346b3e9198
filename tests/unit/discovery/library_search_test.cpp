// The dynamic linker's rules, on folders made for it and the fixture plugins' own files.
#include "discovery/library_search.hpp"

#include <doctest/doctest.h>

#include <cstring>

#include "discovery/elf_needs.hpp"
#include "tests/support/plugin_folder.hpp"
#include "tests/support/thrown.hpp"

namespace {
namespace fs = std::filesystem;
using namespace hal::discovery;
using hal::test::fixture_library;
using hal::test::write_file;

// A root with libraries that need nothing but the C library, which is there, too.
class machine {
 public:
  machine() {
    view.root = root.path();
    view.environment = [this](const char *name) -> std::optional<std::string> {
      return std::string(name) == "LD_LIBRARY_PATH" ? library_path : std::nullopt;
    };
    for (const char *name :
         {"libc.so.6", "libdl.so.2", "libpthread.so.0", "libasan.so.8", "libubsan.so.1", "libtsan.so.2",
          "libm.so.6", "libgcc_s.so.1", "libstdc++.so.6", "ld-linux-x86-64.so.2", "ld-linux-aarch64.so.1"}) {
      add("usr/lib", name, "null");
    }
  }
  fs::path add(const std::string &folder, const std::string &name, const char *fixture) const {
    const fs::path file = root.path() / folder / name;
    fs::create_directories(file.parent_path());
    fs::copy_file(fixture_library(fixture), file);
    return file;
  }
  // glibc's cache: header, entries, texts.
  void cache(const std::vector<std::pair<std::string, std::string>> &entries) const {
    std::string texts;
    std::string table;
    const auto put = [](std::string &into, std::uint32_t value) {
      into.append(reinterpret_cast<const char *>(&value), sizeof value);
    };
    const std::size_t begin = 48 + entries.size() * 24;
    for (const auto &[name, path] : entries) {
      put(table, 0x0303);
      put(table, static_cast<std::uint32_t>(begin + texts.size()));
      texts += name + '\0';
      put(table, static_cast<std::uint32_t>(begin + texts.size()));
      texts += path + '\0';
      table.append(12, '\0');
    }
    std::string bytes = "glibc-ld.so.cache1.1";
    put(bytes, static_cast<std::uint32_t>(entries.size()));
    put(bytes, static_cast<std::uint32_t>(texts.size()));
    bytes.resize(48, '\0');
    fs::create_directories(root.path() / "etc");
    write_file(root.path() / "etc/ld.so.cache", bytes + table + texts);
  }
  std::optional<fs::path> find(const std::string &name, const std::vector<std::string> &runpath = {}) const {
    return library_search(view).find(name, runpath);
  }
  std::optional<library_fault> check(const vendor_library &library) const {
    return check_library(library_search(view), view, library);
  }

  hal::test::temporary_directory root;
  std::optional<std::string> library_path;
  system_view view;
};

TEST_CASE("elf needs: a shared object's name, needs and run path") {
  const elf_needs gone = read_elf_needs(fixture_library("missing_dependency"));
  CHECK(gone.fault.empty());
  CHECK(std::count(gone.needed.begin(), gone.needed.end(), "libhal-fixture-gone.so.7") == 1);
  const fs::path failing = fixture_library("failing");
  const elf_needs with_path = read_elf_needs(failing);
  CHECK(std::count(with_path.runpath.begin(), with_path.runpath.end(), failing.parent_path().string()) >= 1);
  CHECK(read_elf_needs(failing.parent_path() / "libhal-fixture-failing.so").soname ==
        "libhal-fixture-failing.so");
  CHECK_FALSE(read_elf_needs("/nonexistent").fault.empty());
  CHECK_FALSE(read_elf_needs("/").fault.empty());
}

TEST_CASE("elf needs: a damaged file is a fault or an answer, never a crash") {
  const hal::test::temporary_directory folder;
  const std::string whole = small_file(fixture_library("no_symbol"));
  REQUIRE(whole.size() > 4096);
  for (std::size_t at = 0; at < 4096; ++at) {
    std::string damaged = whole;
    damaged[at] = static_cast<char>(~damaged[at]);
    write_file(folder.path() / "x", damaged);
    read_elf_needs(folder.path() / "x");
  }
  write_file(folder.path() / "x", whole.substr(0, 1000));
  CHECK_NAMES(read_elf_needs(folder.path() / "x").fault, "cut short");
}

TEST_CASE("library search: LD_LIBRARY_PATH, the run path, the cache, the usual folders, in this order") {
  machine all;
  CHECK_FALSE(all.find("libv.so.1"));
  all.add("usr/lib", "libv.so.1", "null");
  CHECK(all.find("libv.so.1") == "/usr/lib/libv.so.1");
  all.add("opt/cached", "libv.so.1", "null");
  all.cache({{"libother.so", "/opt/cached/libother.so"}, {"libv.so.1", "/opt/cached/libv.so.1"}});
  CHECK(all.find("libv.so.1") == "/opt/cached/libv.so.1");
  all.add("opt/run", "libv.so.1", "null");
  CHECK(all.find("libv.so.1", {"/opt/none", "/opt/run"}) == "/opt/run/libv.so.1");
  all.add("opt/first", "libv.so.1", "null");
  all.library_path = ":/opt/none:/opt/first";
  CHECK(all.find("libv.so.1", {"/opt/run"}) == "/opt/first/libv.so.1");
  all.view.recorded = true;  // the variable is this machine's
  CHECK(all.find("libv.so.1", {"/opt/run"}) == "/opt/run/libv.so.1");
}

TEST_CASE(
    "library search: a cache entry of another architecture is passed over, one without a file ignored") {
  machine all;
  const fs::path foreign = all.add("opt/32", "libv.so.1", "null");
  std::string bytes = small_file(foreign);
  bytes[4] = 1;
  write_file(foreign, bytes);
  all.cache({{"libv.so.1", "/opt/gone/libv.so.1"}, {"libv.so.1", "/opt/32/libv.so.1"}});
  CHECK(all.find("libv.so.1") == "/opt/32/libv.so.1");
  all.add("opt/64", "libv.so.1", "null");
  all.cache({{"libv.so.1", "/opt/32/libv.so.1"}, {"libv.so.1", "/opt/64/libv.so.1"}});
  CHECK(all.find("libv.so.1") == "/opt/64/libv.so.1");
}

TEST_CASE("library search: a damaged cache is one without entries") {
  machine all;
  all.add("opt/cached", "libv.so.1", "null");
  all.cache({{"libv.so.1", "/opt/cached/libv.so.1"}});
  const fs::path file = all.root.path() / "etc/ld.so.cache";
  const std::string whole = small_file(file);
  for (std::size_t at = 0; at < whole.size(); ++at) {
    std::string damaged = whole;
    damaged[at] = '\xff';
    write_file(file, damaged);
    all.find("libv.so.1");
    write_file(file, whole.substr(0, at));
    all.find("libv.so.1");
  }
  write_file(file, "ld.so-1.7.0");
  CHECK_FALSE(all.find("libv.so.1"));
}

TEST_CASE("library check: not found, unusable with what is missing, too old") {
  machine all;
  CHECK((all.check({"libv.so.1", ""})->what == library_fault::kind::not_found));
  all.add("usr/lib", "libsound.so.1", "null");
  CHECK_FALSE(all.check({"libsound.so.1", ""}));
  all.add("usr/lib", "libneedy.so.1", "missing_dependency");
  const auto needy = all.check({"libneedy.so.1", ""});
  REQUIRE(needy);
  CHECK((needy->what == library_fault::kind::unusable));
  CHECK_NAMES(needy->detail, "/usr/lib/libneedy.so.1 needs libhal-fixture-gone.so.7, which is not found");
  write_file(all.root.path() / "usr/lib/libtext.so.1", "text");
  const auto text = all.check({"libtext.so.1", ""});
  REQUIRE(text);
  CHECK((text->what == library_fault::kind::unusable));
  CHECK_NAMES(text->detail, "not an ELF file");
  all.add("usr/lib", "libv.so.470.57.02", "null");
  fs::create_symlink("libv.so.470.57.02", all.root.path() / "usr/lib/libv.so.1");
  const auto old = all.check({"libv.so.1", "525.60"});
  REQUIRE(old);
  CHECK((old->what == library_fault::kind::too_old));
  CHECK(old->detail == "470.57.02");
  CHECK_FALSE(all.check({"libv.so.1", "470.57.02"}));
  CHECK_FALSE(all.check({"libv.so.1", "450"}));
  // An ABI number is no release: nothing is said.
  CHECK_FALSE(all.check({"libsound.so.1", "525.60"}));
}

TEST_CASE("library check: versions are compared by number") {
  CHECK(version_in("libcuda.so.535.104.05") == "535.104.05");
  CHECK(version_in("libcuda.so").empty());
  CHECK(version_in("libcuda.so.1-debug").empty());
  CHECK(is_older("9.2", "10.1"));
  CHECK_FALSE(is_older("10.1", "9.2"));
  CHECK_FALSE(is_older("1.0", "1"));
  CHECK(is_older("1", "1.0.1"));
  CHECK_FALSE(is_older("535.104.05", "535.104.5"));
}

}  // namespace
