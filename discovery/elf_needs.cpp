#include "discovery/elf_needs.hpp"

#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstring>
#include <optional>
#include <span>
#include <string_view>
#include <system_error>

#include "hal/plugin/elf_image.hpp"

namespace hal::discovery {
namespace {

class mapping {
 public:
  explicit mapping(const std::filesystem::path &file) {
    const int opened = ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat facts {};
    if (opened < 0 || ::fstat(opened, &facts) != 0) {
      fault_ = std::generic_category().message(errno);
    } else if (!S_ISREG(facts.st_mode)) {
      fault_ = "it is not a plain file";
    } else if (facts.st_size > 0) {
      size_ = static_cast<std::size_t>(facts.st_size);
      from_ = ::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, opened, 0);
      if (from_ == MAP_FAILED) fault_ = std::generic_category().message(errno);
    }
    if (opened >= 0) ::close(opened);
  }
  mapping(const mapping &) = delete;
  mapping &operator=(const mapping &) = delete;
  ~mapping() {
    if (from_ != nullptr && from_ != MAP_FAILED) ::munmap(from_, size_);
  }
  const std::string &fault() const noexcept { return fault_; }
  std::span<const std::byte> bytes() const noexcept {
    return from_ == MAP_FAILED ? std::span<const std::byte>()
                               : std::span(static_cast<const std::byte *>(from_), size_);
  }

 private:
  void *from_ = nullptr;
  std::size_t size_ = 0;
  std::string fault_;
};

// The dynamic section of an image that elf_fault found sound; its values are still not trusted.
class dynamic {
 public:
  explicit dynamic(std::span<const std::byte> file) : file_(file) {
    const auto header = read<ElfW(Ehdr)>(0);
    for (std::uint64_t i = 0; i < header->e_phnum; ++i) {
      if (const auto segment = read<ElfW(Phdr)>(header->e_phoff + i * sizeof(ElfW(Phdr)))) {
        if (segment->p_type == PT_LOAD) loaded_.push_back(*segment);
        if (segment->p_type == PT_DYNAMIC) section_ = *segment;
      }
    }
    for_each([this](const ElfW(Dyn) & entry) {
      if (entry.d_tag == DT_STRTAB) strings_ = offset_of(entry.d_un.d_ptr);
    });
  }

  template <typename Use>
  void for_each(Use &&use) const {
    for (std::uint64_t at = 0; at + sizeof(ElfW(Dyn)) <= section_.p_filesz; at += sizeof(ElfW(Dyn))) {
      const auto entry = read<ElfW(Dyn)>(section_.p_offset + at);
      if (!entry || entry->d_tag == DT_NULL) return;
      use(*entry);
    }
  }

  std::string text(std::uint64_t at) const {
    if (!strings_ || at > file_.size() || *strings_ >= file_.size() - at) return {};
    const auto *from = reinterpret_cast<const char *>(file_.data() + *strings_ + at);
    return {from, ::strnlen(from, file_.size() - *strings_ - at)};
  }

 private:
  template <typename Record>
  std::optional<Record> read(std::uint64_t at) const {
    if (at > file_.size() || sizeof(Record) > file_.size() - at) return std::nullopt;
    Record record;
    std::memcpy(&record, file_.data() + at, sizeof record);
    return record;
  }
  std::optional<std::uint64_t> offset_of(std::uint64_t address) const {
    for (const ElfW(Phdr) & part : loaded_) {
      if (address >= part.p_vaddr && address - part.p_vaddr < part.p_filesz)
        return address - part.p_vaddr + part.p_offset;
    }
    return std::nullopt;
  }

  std::span<const std::byte> file_;
  std::vector<ElfW(Phdr)> loaded_;
  ElfW(Phdr) section_{};
  std::optional<std::uint64_t> strings_;
};

std::vector<std::string> folders_of(std::string_view list, const std::string &origin) {
  std::vector<std::string> folders;
  while (!list.empty()) {
    const std::size_t end = std::min(list.find(':'), list.size());
    std::string folder(list.substr(0, end));
    list.remove_prefix(std::min(end + 1, list.size()));
    for (const std::string_view name : {"${ORIGIN}", "$ORIGIN"}) {
      if (const std::size_t at = folder.find(name); at != std::string::npos)
        folder.replace(at, name.size(), origin);
    }
    if (folder.starts_with('/')) folders.push_back(std::move(folder));
  }
  return folders;
}

}  // namespace

elf_needs read_elf_needs(const std::filesystem::path &file) {
  elf_needs needs;
  const mapping image(file);
  needs.fault = image.fault().empty() ? plugin::elf_fault(image.bytes()) : image.fault();
  if (!needs.fault.empty()) return needs;
  const dynamic section(image.bytes());
  std::string rpath;
  std::string runpath;
  section.for_each([&](const ElfW(Dyn) & entry) {
    if (entry.d_tag == DT_NEEDED) needs.needed.push_back(section.text(entry.d_un.d_val));
    if (entry.d_tag == DT_SONAME) needs.soname = section.text(entry.d_un.d_val);
    if (entry.d_tag == DT_RPATH) rpath = section.text(entry.d_un.d_val);
    if (entry.d_tag == DT_RUNPATH) runpath = section.text(entry.d_un.d_val);
  });
  needs.runpath = folders_of(runpath.empty() ? rpath : runpath, file.parent_path().string());
  return needs;
}

}  // namespace hal::discovery
