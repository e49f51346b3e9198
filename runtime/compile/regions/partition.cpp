// Where the items' code is cut, and what must be kept from one part to another.
#include "runtime/compile/regions/splitter.hpp"

#include <llvm/Analysis/ValueTracking.h>
#include <llvm/IR/CFG.h>
#include <llvm/IR/IntrinsicInst.h>
#include <llvm/Transforms/Utils/BasicBlockUtils.h>

#include "runtime/compile/regions/uniformity.hpp"

namespace hal::regions {
using namespace llvm;

void splitter::open(CallInst *begin) {
  for (unsigned axis = 0; axis < 3; ++axis) extent_[axis] = begin->getArgOperand(axis);
  prologue_ = begin->getParent();
  BasicBlock *first = SplitBlock(prologue_, begin->getNextNode());
  begin->eraseFromParent();
  SmallVector<Instruction *, 8> barriers;
  for (BasicBlock &block : function_) {
    for (Instruction &each : block) {
      if (calls(each, "hal_region_barrier")) barriers.push_back(&each);
    }
  }
  regions_.emplace_back().entry = first;
  for (Instruction *barrier : barriers) {
    BasicBlock *at = barrier->getParent();
    BasicBlock *after = SplitBlock(at, barrier->getNextNode());
    barrier->eraseFromParent();
    next_[at] = static_cast<unsigned>(regions_.size());
    regions_.emplace_back().entry = after;
  }
  SmallVector<Instruction *, 8> lifetimes;
  for (BasicBlock &block : function_) {
    for (Instruction &each : block) {
      if (isa<LifetimeIntrinsic>(each)) lifetimes.push_back(&each);
    }
  }
  for (Instruction *each : lifetimes) each->eraseFromParent();
}

SmallPtrSet<BasicBlock *, 16> splitter::reached(BasicBlock *from, const BasicBlock *avoided) const {
  SmallPtrSet<BasicBlock *, 16> all;
  SmallVector<BasicBlock *, 16> next;
  if (from != avoided) next.push_back(from), all.insert(from);
  while (!next.empty()) {
    BasicBlock *block = next.pop_back_val();
    if (next_.count(block) != 0) continue;
    for (BasicBlock *other : successors(block)) {
      if (other != avoided && all.insert(other).second) next.push_back(other);
    }
  }
  return all;
}

void splitter::find_regions() {
  for (region &each : regions_) {
    for (BasicBlock *block : reached(each.entry, nullptr)) body_.insert(block);
    each.blocks.insert(each.entry);
    for (unsigned at = 0; at < each.blocks.size(); ++at) {
      BasicBlock *block = each.blocks[at];
      if (next_.count(block) != 0) continue;
      for (BasicBlock *other : successors(block)) each.blocks.insert(other);
    }
  }
}

BasicBlock *splitter::place_of(const Use &use) {
  auto *user = cast<Instruction>(use.getUser());
  if (auto *phi = dyn_cast<PHINode>(user)) return phi->getIncomingBlock(use);
  return user->getParent();
}

bool splitter::from_outside(const region &in, const Instruction *value, const Use &use) {
  BasicBlock *place = place_of(use);
  const BasicBlock *made = value->getParent();
  if (place == made) return false;
  auto &known = without_[{in.entry, made}];
  if (known.empty()) known = reached(in.entry, made);
  return known.contains(place);
}

bool splitter::is_cheap(const Instruction &value) {
  if (is_item_place(value)) return true;
  if (const auto *intrinsic = dyn_cast<IntrinsicInst>(&value))
    return intrinsic->getIntrinsicID() == Intrinsic::threadlocal_address;
  return (isa<BinaryOperator>(value) || isa<CastInst>(value) || isa<GetElementPtrInst>(value) ||
          isa<SelectInst>(value) || isa<CmpInst>(value)) &&
         isSafeToSpeculativelyExecute(&value);
}

void splitter::find_slots() {
  const uniformity same(function_);
  SmallVector<Instruction *, 32> cheap;
  for (BasicBlock *block : body_) {
    for (Instruction &value : *block) {
      if (value.getType()->isVoidTy() || isa<AllocaInst>(value)) continue;
      bool needed = false;
      bool mixed = false;
      for (const Use &use : value.uses()) {
        for (const region &in : regions_) {
          if (!in.blocks.contains(place_of(use)) || !from_outside(in, &value, use)) continue;
          needed = true;
          mixed |= in.blocks.contains(block) && reached(block, nullptr).contains(place_of(use));
        }
      }
      if (!needed) continue;
      if (is_cheap(value) && !mixed)
        cheap.push_back(&value);
      else
        slots_[&value].uniform = same.uniform(&value) && !mixed;
    }
  }
  while (!cheap.empty()) {
    Instruction *value = cheap.pop_back_val();
    if (!rebuilt_.insert(value).second) continue;
    for (Value *operand : value->operands()) {
      auto *from = dyn_cast<Instruction>(operand);
      if (from == nullptr || !body_.contains(from->getParent()) || slots_.count(from) != 0) continue;
      if (is_cheap(*from))
        cheap.push_back(from);
      else if (!isa<AllocaInst>(from))
        slots_[from].uniform = same.uniform(from);
    }
  }
}

}  // namespace hal::regions
