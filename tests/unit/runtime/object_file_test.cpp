#include "runtime/object_file.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include "tests/support/ordinary_user.hpp"
#include "tests/support/plugin_folder.hpp"
#include "tests/support/thrown.hpp"

namespace {
namespace fs = std::filesystem;

std::string refusal(const fs::path &file) {
  const hal::error error = hal::test::thrown([&] { hal::rt::check_object_file(file); });
  CHECK(error.status() == hal::status::unavailable);
  CHECK_NAMES(error.what(), file.string() + " cannot be loaded: ");
  return error.what();
}

TEST_CASE("object_file: sound ones pass, through links too") {
  const hal::test::plugin_folder folder;
  folder.add("null");
  CHECK_NOTHROW(hal::rt::check_object_file(folder.library("null")));
}

TEST_CASE("object_file: what is no file") {
  const hal::test::plugin_folder folder;
  CHECK_NAMES(refusal(folder.path() / "gone.so"), "No such file or directory.");
  fs::create_directory(folder.path() / "folder.so");
  CHECK_NAMES(refusal(folder.path() / "folder.so"), "it is a directory.");
  fs::create_symlink("loop.so", folder.path() / "loop.so");
  CHECK_NAMES(refusal(folder.path() / "loop.so"), "symbolic links");
  fs::create_symlink("gone.so", folder.path() / "dangling.so");
  CHECK_NAMES(refusal(folder.path() / "dangling.so"), "No such file or directory.");
}

TEST_CASE("object_file: a pipe is not waited for") {
  const hal::test::plugin_folder folder;
  REQUIRE(::mkfifo((folder.path() / "pipe.so").c_str(), 0600) == 0);
  CHECK_NAMES(refusal(folder.path() / "pipe.so"), "it is not a plain file.");
}

TEST_CASE("object_file: what is no object") {
  const hal::test::plugin_folder folder;
  hal::test::write_file(folder.path() / "empty.so", "");
  CHECK_NAMES(refusal(folder.path() / "empty.so"), "it is empty.");
  hal::test::write_file(folder.path() / "text.so", "/* GNU ld script */\nINPUT(libm.so.6)\n");
  CHECK_NAMES(refusal(folder.path() / "text.so"), "it is not an ELF file.");
}

TEST_CASE("object_file: one that may not be read") {
  const hal::test::plugin_folder folder;
  folder.add_copy("null");
  fs::permissions(folder.library("null"), fs::perms::none);
  folder.open_to_everybody();
  const hal::test::ordinary_user user;
  if (!user) {
    MESSAGE("skipped: root cannot become an ordinary user here");
    return;
  }
  CHECK_NAMES(refusal(folder.library("null")), "Permission denied.");
}

}  // namespace
