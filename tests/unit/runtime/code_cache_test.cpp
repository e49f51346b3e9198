#include "runtime/bundle/code_cache.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <chrono>
#include <fstream>
#include <iterator>
#include <thread>

#include "tests/support/environment_variable.hpp"
#include "tests/support/plugin_folder.hpp"

namespace {
namespace fs = std::filesystem;

using hal::module_binary;
using hal::rt::code_cache;
using hal::test::environment_variable;
using hal::test::temporary_directory;

module_binary binary(std::size_t size, int fill = 7) {
  return {"cubin", std::vector<std::byte>(size, static_cast<std::byte>(fill))};
}

struct kept {
  temporary_directory home;
  fs::path folder = home.path() / "a" / "hal";
  code_cache cache{folder};

  std::vector<fs::path> files() const {
    std::vector<fs::path> all;
    for (const auto &one : fs::directory_iterator(folder / "code")) all.push_back(one.path());
    return all;
  }
  void used_before(std::string_view key, std::chrono::minutes ago) const {
    // Only the file of that key is read, and reading makes it new.
    const auto before = files();
    static_cast<void>(cache.find(key));
    for (const fs::path &one : before) {
      if (fs::file_time_type::clock::now() - fs::last_write_time(one) < std::chrono::seconds(30))
        fs::last_write_time(one, fs::file_time_type::clock::now() - ago);
    }
  }
};

TEST_CASE("code cache: what is kept is found under its key, and is this user's alone") {
  const kept here;
  CHECK_FALSE(here.cache.find("key"));
  here.cache.keep("key", binary(100));
  const auto found = here.cache.find("key");
  REQUIRE(found);
  CHECK(found->format == "cubin");
  CHECK(found->bytes == binary(100).bytes);
  CHECK_FALSE(here.cache.find("another"));
  CHECK_FALSE(here.cache.find(""));
  CHECK(here.files().size() == 1);
  CHECK(static_cast<unsigned>(fs::status(here.files()[0]).permissions()) == 0600);
  CHECK(static_cast<unsigned>(fs::status(here.folder / "code").permissions()) == 0700);
  here.cache.keep("key", binary(50, 9));
  CHECK(here.cache.find("key")->bytes == binary(50, 9).bytes);
  CHECK(here.cache.used().files == 1);
  here.cache.remove("key");
  CHECK_FALSE(here.cache.find("key"));
}

TEST_CASE("code cache: a file that was damaged anywhere is not used, and is removed") {
  const kept here;
  here.cache.keep("key", binary(40));
  const fs::path file = here.files().at(0);
  std::ifstream in(file, std::ios::binary);
  const std::string whole{std::istreambuf_iterator<char>(in), {}};
  for (std::size_t at = 0; at < whole.size(); ++at) {
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x10);
    std::ofstream(file, std::ios::binary) << damaged;
    fs::permissions(file, fs::perms::owner_read | fs::perms::owner_write);
    CAPTURE(at);
    CHECK_FALSE(here.cache.find("key"));
    CHECK_FALSE(fs::exists(file));
  }
  for (std::size_t length = 0; length < whole.size(); ++length) {
    std::ofstream(file, std::ios::binary) << whole.substr(0, length);
    fs::permissions(file, fs::perms::owner_read | fs::perms::owner_write);
    CHECK_FALSE(here.cache.find("key"));
    CHECK_FALSE(fs::exists(file));
  }
  here.cache.keep("key", binary(40));
  CHECK(here.cache.find("key"));
}

TEST_CASE("code cache: another user's words are not taken") {
  const kept here;
  here.cache.keep("key", binary(40));
  const fs::path file = here.files().at(0);
  fs::permissions(file, fs::perms::others_write, fs::perm_options::add);
  CHECK_FALSE(here.cache.find("key"));
  fs::permissions(file, fs::perms::owner_read | fs::perms::owner_write);
  CHECK(here.cache.find("key"));
  fs::permissions(here.folder / "code", fs::perms::others_write, fs::perm_options::add);
  CHECK_FALSE(here.cache.find("key"));
}

TEST_CASE("code cache: what was not used for the longest time goes first") {
  const kept here;
  const environment_variable limit("HAL_CACHE_LIMIT", "1000KiB");
  constexpr std::size_t size = 300 << 10;
  here.cache.keep("a", binary(size));
  here.used_before("a", std::chrono::minutes(30));
  here.cache.keep("b", binary(size));
  here.used_before("b", std::chrono::minutes(20));
  here.cache.keep("c", binary(size));
  here.used_before("c", std::chrono::minutes(10));
  CHECK(here.cache.used().files == 3);
  CHECK(here.cache.find("a"));  // used now
  here.cache.keep("d", binary(size));
  CHECK(here.cache.used().files == 3);
  CHECK_FALSE(here.cache.find("b"));
  CHECK(here.cache.find("a"));
  CHECK(here.cache.find("c"));
  CHECK(here.cache.find("d"));
  here.cache.keep("huge", binary(2 << 20));  // more than the limit: nothing is removed for it
  CHECK(here.cache.used().files == 3);
}

TEST_CASE("code cache: the limit is the variable's, else the file's") {
  const kept here;
  CHECK(here.cache.limit() == std::uint64_t{1} << 30);
  here.cache.keep("key", binary(5000));
  here.cache.set_limit(4096);
  CHECK(here.cache.limit() == 4096);
  CHECK(here.cache.used().files == 0);
  {
    const environment_variable limit("HAL_CACHE_LIMIT", "2MiB");
    CHECK(here.cache.limit() == 2 << 20);
  }
  {
    const environment_variable limit("HAL_CACHE_LIMIT", "much");
    CHECK(here.cache.limit() == 4096);
  }
  here.cache.set_limit(0);
  here.cache.keep("key", binary(1));
  CHECK(here.cache.used().files == 0);
  CHECK(hal::rt::parse_limit("3GiB") == std::uint64_t{3} << 30);
  for (const char *text : {"", "x", "-1", "1 GiB", "1GB", "18446744073709551615KiB"})
    CHECK_FALSE(hal::rt::parse_limit(text));
}

TEST_CASE("code cache: cleared, with what was left behind") {
  const kept here;
  here.cache.keep("a", binary(10));
  here.cache.keep("b", binary(20));
  std::ofstream(here.folder / "code" / "left.1.2.part") << "half";
  const auto removed = here.cache.clear();
  CHECK(removed.files == 2);
  CHECK(removed.bytes > 30);
  CHECK(here.files().empty());
  CHECK(here.cache.used().files == 0);
}

TEST_CASE("code cache: no folder, and one that cannot be made") {
  const code_cache none{fs::path()};
  CHECK_FALSE(none);
  none.keep("key", binary(10));
  CHECK_FALSE(none.find("key"));
  CHECK(none.used().files == 0);
  const temporary_directory home;
  std::ofstream(home.path() / "file") << "no folder";
  const code_cache blocked(home.path() / "file");
  blocked.keep("key", binary(10));
  CHECK_FALSE(blocked.find("key"));
}

TEST_CASE("code cache: many threads keep and find at once") {
  const kept here;
  const environment_variable limit("HAL_CACHE_LIMIT", "64KiB");
  std::vector<std::thread> threads;
  std::vector<int> wrong(16);
  for (int thread = 0; thread < 16; ++thread) {
    threads.emplace_back([&, thread] {
      for (int round = 0; round < 40; ++round) {
        const int which = (thread + round) % 10;
        const std::string key = std::to_string(which);
        if (const auto found = here.cache.find(key); found && found->bytes != binary(9000, which).bytes)
          ++wrong[static_cast<std::size_t>(thread)];
        here.cache.keep(key, binary(9000, which));
      }
    });
  }
  for (std::thread &one : threads) one.join();
  CHECK(wrong == std::vector<int>(16));
  CHECK(here.cache.used().bytes <= 64 << 10);
}

}  // namespace
