// Devices that AMD's compute driver shows in /sys/class/kfd: GPUs and the partitions that they are cut into.
#pragma once

#include <string>

#include "discovery/provider.hpp"

namespace hal::discovery {

class kfd_provider final : public provider {
 public:
  // The folder of nodes: sys/class/kfd/kfd/topology/nodes. Where it is absent there is nothing and no
  // warning.
  explicit kfd_provider(std::string nodes) : nodes_(std::move(nodes)) {}

  std::string_view name() const noexcept override { return "kfd"; }

  // A device for every node with compute units, sorted by address and partition.
  provider_result scan() const override;

 private:
  std::string nodes_;
};

}  // namespace hal::discovery
