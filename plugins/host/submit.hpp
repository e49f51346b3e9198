// Work on its way into a queue, or into the recording of a stream that is being captured.
#pragma once

#include <utility>

#include "plugins/host/queue.hpp"
#include "plugins/host/stream.hpp"

namespace hal::plugins::host {

// A command that runs a piece of work and holds what it uses.
template <typename Work>
class work_command final : public command {
 public:
  explicit work_command(const Work &work) noexcept : work_(work) { work_.hold(); }
  ~work_command() override { work_.release(); }

  void run(executor &on) override { work_.run(on); }

 private:
  const Work work_;
};

template <typename Work>
void submit(hal_stream &stream, const Work &work) {
  if (stream.capture != nullptr) {
    stream.capture->nodes.emplace_back(work);
  } else {
    stream.queue->submit_simple<work_command<Work>>(work);
  }
}

}  // namespace hal::plugins::host
