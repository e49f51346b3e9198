// Vendor and device names from a pci.ids file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace hal::discovery {

// Maps the file and bisects it for the ids that are asked, so that nothing is paid for the other forty
// thousand lines. Never fails: without a file, or for an id that the file lacks, the name is the number.
// Look-ups are safe from any thread.
//
// The file is trusted for nothing: entries out of order are simply not found, control characters and broken
// UTF-8 become '?', names end after 160 bytes.
class pci_names {
 public:
  // Looks in the places where distributions keep it.
  pci_names();
  explicit pci_names(const std::string &path);
  ~pci_names();
  pci_names(const pci_names &) = delete;
  pci_names &operator=(const pci_names &) = delete;

  bool available() const noexcept { return size_ != 0; }

  struct names {
    std::string vendor;
    std::string device;

    friend bool operator==(const names &, const names &) = default;
  };

  // Empty members for what the file does not know.
  names find(std::uint16_t vendor, std::uint16_t device) const;

  // The same with the number for what the file does not know: "10de", "10de:2335".
  names get(std::uint16_t vendor, std::uint16_t device) const;

 private:
  bool map(const char *path) noexcept;
  std::string_view text() const noexcept { return {data_, size_}; }

  const char *data_ = nullptr;
  std::size_t size_ = 0;
};

// Text from outside made fit for a terminal and for JSON: control characters and bytes that are not UTF-8
// become '?'; at most `longest` bytes, cut between characters.
std::string printable(std::string_view text, std::size_t longest = 160);

}  // namespace hal::discovery
