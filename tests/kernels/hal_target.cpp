#include "hal/program.hpp"
#include "hal/stream.hpp"
#include "tests/kernels/target.hpp"

namespace kernels_test {
namespace {

struct hal_memory : memory {
  hal::buffer buffer;
};

const hal::buffer &buffer_of(const memory &of) {
  return static_cast<const hal_memory &>(of).buffer;
}

class hal_target : public target {
 public:
  hal_target(const hal::device &device, const hal::bundle &kernels)
      : device_(device), program_(device.load(kernels)), stream_(device.create_stream()) {}

  std::string name() const override { return device_.info().plugin + ", " + device_.info().name; }

  std::unique_ptr<memory> allocate(std::size_t size) override {
    auto made = std::make_unique<hal_memory>();
    made->buffer = device_.allocate(size);
    return made;
  }

  void write(memory &to, std::span<const std::byte> bytes) override {
    stream_.copy_to_device(buffer_of(to), bytes.data(), bytes.size());
    stream_.synchronize();
  }

  void read(const memory &from, std::span<std::byte> bytes) override {
    stream_.copy_to_host(bytes.data(), buffer_of(from), bytes.size());
    stream_.synchronize();
  }

  void launch(const std::string &kernel, const shape &of, std::span<const argument> arguments) override {
    std::vector<void *> pointers;
    std::vector<hal_argument> types;
    for (const argument &one : arguments) {
      if (one.as_memory() != nullptr) {
        pointers.push_back(buffer_of(*one.as_memory()).handle());
        types.push_back({HAL_ARGUMENT_MEMORY, sizeof(std::uint64_t)});
      } else {
        pointers.push_back(const_cast<std::byte *>(one.as_value().data()));
        types.push_back({HAL_ARGUMENT_VALUE, static_cast<std::uint32_t>(one.as_value().size())});
      }
    }
    stream_.launch_record(program_[kernel], {.struct_size = sizeof(hal_launch),
                                             .flags = 0,
                                             .grid = {of.groups[0], of.groups[1], of.groups[2]},
                                             .block = {of.items[0], of.items[1], of.items[2]},
                                             .dynamic_shared_memory = 0,
                                             .argument_count = static_cast<std::uint32_t>(arguments.size()),
                                             .reserved = 0,
                                             .arguments = pointers.data(),
                                             .argument_types = types.data()});
  }

  void synchronize() override { stream_.synchronize(); }

 private:
  hal::device device_;
  hal::program program_;
  hal::stream stream_;
};

}  // namespace

std::unique_ptr<target> make_hal_target(const hal::device &device, const hal::bundle &kernels) {
  return std::make_unique<hal_target>(device, kernels);
}

}  // namespace kernels_test
