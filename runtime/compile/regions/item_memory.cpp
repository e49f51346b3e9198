// Memory for what an item keeps from one part to another.
#include "runtime/compile/regions/splitter.hpp"

#include <llvm/IR/Module.h>

namespace hal::regions {
using namespace llvm;

AllocaInst *splitter::array_of(IRBuilder<> &at, uint64_t size, Align alignment) {
  AllocaInst *made = at.CreateAlloca(ArrayType::get(at.getInt8Ty(), alignTo(size, alignment)), items_);
  made->setAlignment(std::max(alignment, Align(64)));
  return made;
}

void splitter::make_memory() {
  const DataLayout &layout = function_.getParent()->getDataLayout();
  IRBuilder<> at(prologue_->getTerminator());
  items_ = at.CreateMul(at.CreateMul(wide(at, 0), wide(at, 1)), wide(at, 2));
  IRBuilder<> early(&function_.getEntryBlock(), function_.getEntryBlock().begin());
  for (auto &[value, kept] : slots_) {
    Type *type = value->getType();
    kept.memory = kept.uniform ? early.CreateAlloca(type)
                               : array_of(at, layout.getTypeAllocSize(type), layout.getABITypeAlign(type));
  }
  for (BasicBlock &block : function_) {
    for (Instruction &each : block) {
      auto *memory = dyn_cast<AllocaInst>(&each);
      if (memory == nullptr || !memory->isStaticAlloca() || is_slot(memory)) continue;
      const bool outside = any_of(
          memory->users(), [&](User *user) { return !body_.contains(cast<Instruction>(user)->getParent()); });
      if (outside) continue;
      private_[memory] = {nullptr, layout.getTypeAllocSize(memory->getAllocatedType()) *
                                       cast<ConstantInt>(memory->getArraySize())->getZExtValue()};
    }
  }
  for (auto &[memory, room] : private_) room.first = array_of(at, room.second, memory->getAlign());
}

bool splitter::is_slot(const AllocaInst *memory) const {
  return any_of(slots_, [&](const auto &each) { return each.second.memory == memory; });
}

Value *splitter::read(const slot &kept, const Instruction *value, IRBuilder<> &at, Value *number) {
  if (kept.uniform) return at.CreateLoad(value->getType(), kept.memory);
  LoadInst *load = at.CreateLoad(value->getType(), at_item(at, kept.memory, number));
  load->setMetadata(LLVMContext::MD_access_group, group_);
  return load;
}

Value *splitter::at_item(IRBuilder<> &at, AllocaInst *array, Value *number) {
  return at.CreateInBoundsGEP(array->getAllocatedType(), array, number);
}

void splitter::keep(region &in, const item_loop &loop, ValueToValueMapTy &copies, IRBuilder<> &before) {
  IRBuilder<> early(&function_.getEntryBlock(), function_.getEntryBlock().begin());
  IRBuilder<> after(loop.done);
  for (auto &[value, kept] : slots_) {
    if (!in.blocks.contains(value->getParent())) continue;
    Value *copy = copies[value];
    auto *made = dyn_cast<Instruction>(copy);
    Instruction *behind = made != nullptr && !isa<PHINode>(made)
                              ? made->getNextNode()
                              : &*cast<BasicBlock>(copies[value->getParent()])->getFirstInsertionPt();
    IRBuilder<> at(behind);
    if (kept.uniform) {
      // Read by no item of this region: it becomes the slot when all items are through.
      AllocaInst *shadow = early.CreateAlloca(value->getType());
      before.CreateStore(before.CreateLoad(value->getType(), kept.memory), shadow);
      at.CreateStore(copy, shadow)->setMetadata(LLVMContext::MD_access_group, group_);
      after.CreateStore(after.CreateLoad(value->getType(), shadow), kept.memory);
    } else {
      at.CreateStore(copy, at_item(at, kept.memory, loop.number))
          ->setMetadata(LLVMContext::MD_access_group, group_);
    }
  }
}

}  // namespace hal::regions
