// Compiled without sanitizers, because code that leaves a stack in the middle of a function confuses them;
// they are told of every switch instead (HAL_HOST_ASAN, HAL_HOST_TSAN).
#include "plugins/host/fiber.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <boost/context/fiber.hpp>
#include <cstdint>
#include <new>
#include <utility>

#ifdef HAL_HOST_ASAN
extern "C" {
void __sanitizer_start_switch_fiber(void **fake_stack_save, const void *bottom, std::size_t size);
void __sanitizer_finish_switch_fiber(void *fake_stack_save, const void **bottom_old, std::size_t *size_old);
void __asan_unpoison_memory_region(const volatile void *address, std::size_t size);
}
#endif
#ifdef HAL_HOST_TSAN
extern "C" {
void *__tsan_get_current_fiber(void);
void *__tsan_create_fiber(unsigned flags);
void __tsan_destroy_fiber(void *fiber);
void __tsan_switch_to_fiber(void *fiber, unsigned flags);
}
#endif

namespace hal::plugins::host {
namespace {

#if defined(HAL_HOST_ASAN) || defined(HAL_HOST_TSAN)
constexpr std::size_t stack_size = std::size_t{512} << 10;
#else
constexpr std::size_t stack_size = std::size_t{128} << 10;
#endif
constexpr unsigned stacks_per_slab = 64;

#ifndef MADV_GUARD_INSTALL
constexpr int MADV_GUARD_INSTALL = 102;
#endif

}  // namespace

// Stacks side by side. Where Linux can (from 6.13 on) a guard page lies below each, otherwise below all of
// them: a mapping for each guard would use up what a process may have.
struct fiber_group::slab {
  slab() {
    const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
    stride = stack_size + page;
    void *mapped = mmap(nullptr, stride * stacks_per_slab, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
    if (mapped == MAP_FAILED) throw std::bad_alloc();
    bytes = static_cast<std::byte *>(mapped);
    for (unsigned index = 0; index < stacks_per_slab; ++index) {
      if (madvise(bytes + index * stride, page, MADV_GUARD_INSTALL) == 0) continue;
      mprotect(bytes, page, PROT_NONE);
      break;
    }
  }
  ~slab() { munmap(bytes, stride * stacks_per_slab); }
  slab(const slab &) = delete;
  slab &operator=(const slab &) = delete;

  std::byte *stack(unsigned index) const noexcept { return bytes + index * stride + (stride - stack_size); }

  std::byte *bytes;
  std::size_t stride;
};

struct fiber_group::fiber {
  enum class state { returned, waiting };

  // Fibers get their stacks from the group, which keeps them.
  struct allocator {
    boost::context::stack_context allocate() const noexcept {
      boost::context::stack_context made;
      made.size = size;
      made.sp = bottom + size;
      return made;
    }
    void deallocate(boost::context::stack_context &) const noexcept {}

    std::byte *bottom;
    std::size_t size;
  };

  fiber(fiber_group &owner, std::byte *stack, unsigned index) : group(owner), number(index) {
    // Stacks that all begin at the same offset in a page would share the same few cache sets.
    const std::size_t jitter = (index % 15) * 256;
    place = {stack, stack_size - jitter};
    create();
  }

  ~fiber() {
    ending = true;
    resume();
#ifdef HAL_HOST_TSAN
    __tsan_destroy_fiber(tsan);
#endif
  }

  void create() {
#ifdef HAL_HOST_TSAN
    tsan = __tsan_create_fiber(0);
#endif
    here = boost::context::fiber(std::allocator_arg, place,
                                 [this](boost::context::fiber &&back) { return body(std::move(back)); });
  }

  // Leaves the suspended context as it is and begins a new one on its stack. Unwinding it instead would need
  // unwind tables that a kernel need not have.
  void abandon() {
    new (&here) boost::context::fiber();
#ifdef HAL_HOST_ASAN
    __asan_unpoison_memory_region(place.bottom, place.size);
#endif
#ifdef HAL_HOST_TSAN
    __tsan_destroy_fiber(tsan);
#endif
    status = state::returned;
    create();
  }

  boost::context::fiber body(boost::context::fiber &&back) {
    main = std::move(back);
    arrived();
    while (!ending) {
      group.function_(group.context_, number);
      status = state::returned;
      leave();
    }
#ifdef HAL_HOST_ASAN
    __sanitizer_start_switch_fiber(nullptr, group.main_stack_, group.main_stack_size_);
#endif
#ifdef HAL_HOST_TSAN
    __tsan_switch_to_fiber(group.main_state_, 0);
#endif
    return std::move(main);
  }

  // From the thread's stack to the fiber's, until the fiber leaves.
  void resume() {
    group.current_ = this;
#ifdef HAL_HOST_TSAN
    group.main_state_ = __tsan_get_current_fiber();
    __tsan_switch_to_fiber(tsan, 0);
#endif
#ifdef HAL_HOST_ASAN
    void *main_fake_stack = nullptr;
    __sanitizer_start_switch_fiber(&main_fake_stack, place.bottom, place.size);
#endif
    here = std::move(here).resume();
#ifdef HAL_HOST_ASAN
    __sanitizer_finish_switch_fiber(main_fake_stack, nullptr, nullptr);
#endif
    group.current_ = nullptr;
  }

  // And back.
  void leave() {
#ifdef HAL_HOST_ASAN
    __sanitizer_start_switch_fiber(&fake_stack, group.main_stack_, group.main_stack_size_);
#endif
#ifdef HAL_HOST_TSAN
    __tsan_switch_to_fiber(group.main_state_, 0);
#endif
    main = std::move(main).resume();
    arrived();
  }

  void arrived() {
#ifdef HAL_HOST_ASAN
    __sanitizer_finish_switch_fiber(fake_stack, &group.main_stack_, &group.main_stack_size_);
    fake_stack = nullptr;
#endif
  }

  fiber_group &group;
  const unsigned number;
  allocator place{};
  boost::context::fiber here;
  boost::context::fiber main;
  state status = state::returned;
  bool ending = false;
#ifdef HAL_HOST_ASAN
  void *fake_stack = nullptr;
#endif
#ifdef HAL_HOST_TSAN
  void *tsan = nullptr;
#endif
};

fiber_group::fiber_group() = default;
fiber_group::~fiber_group() = default;

void fiber_group::prepare(unsigned count) {
  while (fibers_.size() < count) {
    const auto index = static_cast<unsigned>(fibers_.size());
    if (index / stacks_per_slab >= slabs_.size()) slabs_.push_back(std::make_unique<slab>());
    fibers_.push_back(std::make_unique<fiber>(
        *this, slabs_[index / stacks_per_slab]->stack(index % stacks_per_slab), index));
  }
}

unsigned fiber_group::run(unsigned count, function called, void *context) {
  prepare(count);
  function_ = called;
  context_ = context;
  for (;;) {
    unsigned waiting = 0;
    for (unsigned index = 0; index < count; ++index) {
      fibers_[index]->resume();
      if (fibers_[index]->status == fiber::state::waiting) ++waiting;
    }
    if (waiting == 0) return 0;
    if (waiting == count) continue;
    for (unsigned index = 0; index < count; ++index) {
      if (fibers_[index]->status == fiber::state::waiting) fibers_[index]->abandon();
    }
    return waiting;
  }
}

void fiber_group::wait() noexcept {
  fiber &own = *current_;
  own.status = fiber::state::waiting;
  own.leave();
}

}  // namespace hal::plugins::host
