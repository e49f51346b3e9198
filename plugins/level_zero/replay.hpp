// A graph's operations as closed command lists, which cost one submission however many commands they hold.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "plugins/level_zero/context.hpp"
#include "plugins/level_zero/operation.hpp"

namespace hal::plugins::level_zero {

// A list, and the marks that tie it to the stream that launches it; see hal_stream::execute.
struct closed_list {
  driver::command_list list = nullptr;
  driver::fence fence = nullptr;
  mark_ref begin, end;
  mark_ref behind;         // where the stream is past it, at the last launch
  bool in_flight = false;  // since the last launch, as far as was asked
};

// One launch at a time: the driver may write into a list that it submits, so that one which still runs cannot
// be submitted again. An executable has several. Its user holds a lock.
class replay {
 public:
  // Whether there is anything that a list would be made for.
  static bool is_worth_it(const std::vector<operation> &operations) noexcept;

  replay(hal_device &device, driver::command_queue queue, const std::vector<operation> &operations);
  ~replay();
  replay(const replay &) = delete;
  replay &operator=(const replay &) = delete;
  // Nothing of it is in flight, or the device has failed.
  void end(ending &told) noexcept;

  // Whether the last launch is over: ZE_RESULT_SUCCESS, ZE_RESULT_NOT_READY or what the driver answers.
  driver::result state() noexcept;
  // Asks until it is.
  void wait_out() noexcept;
  // The operations are those that it was made of, for what is in no list. When it throws, the replay is not
  // launched again.
  void launch(hal_stream &on, const std::vector<operation> &operations);

 private:
  // A list for `count` operations from `first` on; or, without a list, operations that are submitted by
  // themselves.
  struct part {
    std::size_t first, count;
    std::unique_ptr<closed_list> closed;
  };
  void close(closed_list &made, const operation *first, std::size_t count);

  hal_device &device_;
  const driver::command_queue queue_;
  std::vector<part> parts_;
};

}  // namespace hal::plugins::level_zero
