// PCI functions from the text that `lspci -nn` prints: addresses, classes and ids; with -k the drivers, too.
#pragma once

#include <string>
#include <string_view>

#include "discovery/provider.hpp"

namespace hal::discovery {

class pci_listing_provider final : public provider {
 public:
  explicit pci_listing_provider(std::string path) : path_(std::move(path)) {}

  std::string_view name() const noexcept override { return "lspci"; }
  provider_result scan() const override;

 private:
  std::string path_;
};

provider_result read_pci_listing(std::string_view text);

// What a file of text holds, judged by its lines.
enum class pci_text {
  neither,
  dump,     // written by lspci -x, -xxx or -xxxx: has rows of configuration space
  listing,  // written by lspci -nn
};
pci_text kind_of_pci_text(std::string_view text);

}  // namespace hal::discovery
