#include "runtime/compile/regions/uniformity.hpp"

#include <llvm/ADT/SmallVector.h>
#include <llvm/Analysis/LoopInfo.h>
#include <llvm/IR/CFG.h>
#include <llvm/IR/Dominators.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/IntrinsicInst.h>

namespace hal::regions {
namespace {

using namespace llvm;

DenseSet<const BasicBlock *> reached(const BasicBlock *from, bool backwards) {
  DenseSet<const BasicBlock *> all;
  SmallVector<const BasicBlock *, 16> next(1, from);
  while (!next.empty()) {
    const BasicBlock *block = next.pop_back_val();
    const auto visit = [&](const BasicBlock *other) {
      if (all.insert(other).second) next.push_back(other);
    };
    if (backwards) {
      for (const BasicBlock *other : predecessors(block)) visit(other);
    } else {
      for (const BasicBlock *other : successors(block)) visit(other);
    }
  }
  return all;
}

bool is_source(const Instruction &instruction) {
  if (isa<AllocaInst>(instruction) || isa<AtomicRMWInst>(instruction) || isa<AtomicCmpXchgInst>(instruction))
    return true;
  if (const auto *load = dyn_cast<LoadInst>(&instruction)) return !load->isSimple();
  if (const auto *call = dyn_cast<CallBase>(&instruction))
    return is_item_place(instruction) || !call->doesNotAccessMemory();
  return false;
}

}  // namespace

bool is_item_place(const Instruction &instruction) {
  const auto *call = dyn_cast<CallInst>(&instruction);
  return call != nullptr && call->getCalledFunction() != nullptr &&
         call->getCalledFunction()->getName() == "hal_region_local";
}

uniformity::uniformity(Function &function) {
  DominatorTree dominators(function);
  LoopInfo loops(dominators);
  // The branches that decide which way a join is reached, loops around included.
  DenseMap<const BasicBlock *, SmallVector<const Instruction *, 8>> deciding;
  for (const BasicBlock &block : function) {
    if (block.phis().empty()) continue;
    const auto *node = dominators.getNode(&block);
    const BasicBlock *from =
        node != nullptr && node->getIDom() != nullptr ? node->getIDom()->getBlock() : &block;
    DenseSet<const BasicBlock *> between = reached(from, false);
    between.insert(from);
    const DenseSet<const BasicBlock *> before = reached(&block, true);
    for (const BasicBlock *each : between) {
      if (before.count(each) != 0 && each->getTerminator()->getNumSuccessors() > 1)
        deciding[&block].push_back(each->getTerminator());
    }
  }
  const auto branch_varies = [&](const Instruction *branch) {
    for (const Value *operand : branch->operands()) {
      if (varying_.count(operand) != 0) return true;
    }
    return false;
  };
  for (bool changed = true; changed;) {
    changed = false;
    DenseSet<const Loop *> uneven;
    for (const BasicBlock &block : function) {
      const Loop *in = loops.getLoopFor(&block);
      for (const Loop *loop = in; loop != nullptr; loop = loop->getParentLoop()) {
        if (loop->isLoopExiting(&block) && branch_varies(block.getTerminator())) uneven.insert(loop);
      }
    }
    for (const BasicBlock &block : function) {
      bool in_uneven = false;
      for (const Loop *loop = loops.getLoopFor(&block); loop != nullptr; loop = loop->getParentLoop())
        in_uneven |= uneven.count(loop) != 0;
      for (const Instruction &each : block) {
        if (each.getType()->isVoidTy() || varying_.count(&each) != 0) continue;
        bool varies = in_uneven || is_source(each) || branch_varies(&each);
        if (!varies && isa<PHINode>(each)) {
          for (const Instruction *branch : deciding[&block]) varies |= branch_varies(branch);
        }
        if (!varies) continue;
        varying_.insert(&each);
        changed = true;
      }
    }
  }
}

}  // namespace hal::regions
