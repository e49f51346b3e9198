#include <archive.h>
#include <archive_entry.h>
#include <fmt/format.h>

#include <memory>
#include <string_view>

#include "hal/error.hpp"
#include "runtime/halctl/machine_archive.hpp"
#include "runtime/whole_file.hpp"

namespace hal::ctl {
namespace fs = std::filesystem;
namespace {

struct close_writer {
  void operator()(archive *writer) const noexcept { archive_write_free(writer); }
};
using writer_handle = std::unique_ptr<archive, close_writer>;

[[noreturn]] void fail(const fs::path &file, const std::string &why) {
  throw error(status::resource_exhausted,
              fmt::format("The file '{}' cannot be written: {}.", file.string(), why));
}

void check(archive *writer, const fs::path &file, int code) {
  if (code >= ARCHIVE_WARN) return;
  const char *const text = archive_error_string(writer);
  fail(file, text ? text : "the archive cannot be written");
}

int add_filter(archive *writer, std::string_view name) {
  if (name.ends_with(".gz") || name.ends_with(".tgz")) return archive_write_add_filter_gzip(writer);
  if (name.ends_with(".bz2")) return archive_write_add_filter_bzip2(writer);
  if (name.ends_with(".xz")) return archive_write_add_filter_xz(writer);
  if (name.ends_with(".zst")) return archive_write_add_filter_zstd(writer);
  return archive_write_add_filter_none(writer);
}

// Owners and times are not the machine's: the same machine gives the same archive.
void describe(archive_entry *entry, const rt::recorded_entry &from) {
  archive_entry_clear(entry);
  archive_entry_set_pathname(entry, from.path.c_str());
  archive_entry_set_mtime(entry, 0, 0);
  switch (from.what) {
    case rt::recorded_entry::kind::folder:
      archive_entry_set_filetype(entry, AE_IFDIR);
      archive_entry_set_perm(entry, 0755);
      break;
    case rt::recorded_entry::kind::link:
      archive_entry_set_filetype(entry, AE_IFLNK);
      archive_entry_set_perm(entry, 0777);
      archive_entry_set_symlink(entry, from.content.c_str());
      break;
    case rt::recorded_entry::kind::file:
      archive_entry_set_filetype(entry, AE_IFREG);
      archive_entry_set_perm(entry, 0644);
      archive_entry_set_size(entry, static_cast<la_int64_t>(from.content.size()));
      break;
  }
}

}  // namespace

void write_archive(const fs::path &file, const rt::recording &machine) {
  rt::whole_file out(file);
  const writer_handle writer(archive_write_new());
  const std::unique_ptr<archive_entry, decltype(&archive_entry_free)> entry(archive_entry_new(),
                                                                            archive_entry_free);
  if (!writer || !entry)
    throw error(status::out_of_host_memory, "There is not enough memory to write an archive.");
  check(writer.get(), file, archive_write_set_format_pax_restricted(writer.get()));
  check(writer.get(), file, add_filter(writer.get(), file.filename().string()));
  check(writer.get(), file, archive_write_open_fd(writer.get(), out.descriptor()));
  for (const rt::recorded_entry &one : machine.entries) {
    describe(entry.get(), one);
    check(writer.get(), file, archive_write_header(writer.get(), entry.get()));
    if (one.what != rt::recorded_entry::kind::file) continue;
    const la_ssize_t written = archive_write_data(writer.get(), one.content.data(), one.content.size());
    if (written != static_cast<la_ssize_t>(one.content.size())) check(writer.get(), file, ARCHIVE_FATAL);
  }
  check(writer.get(), file, archive_write_close(writer.get()));
  out.put_in_place();
}

}  // namespace hal::ctl
