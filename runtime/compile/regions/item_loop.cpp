// The loop over all items of a block that a part becomes.
#include "runtime/compile/regions/splitter.hpp"

#include <llvm/IR/IntrinsicInst.h>
#include <llvm/Transforms/Utils/BasicBlockUtils.h>
#include <llvm/Transforms/Utils/Cloning.h>

#include "runtime/compile/regions/uniformity.hpp"

namespace hal::regions {
using namespace llvm;

void splitter::run() {
  find_regions();
  find_slots();
  BasicBlock *end = BasicBlock::Create(context(), "end", &function_);
  ReturnInst::Create(context(), end);
  for (region &each : regions_) each.begin = BasicBlock::Create(context(), "items.begin", &function_, end);
  make_memory();
  for (region &each : regions_) build(each, end);
  prologue_->getTerminator()->eraseFromParent();
  BranchInst::Create(regions_.front().begin, prologue_);
  DeleteDeadBlocks(body_.getArrayRef());
  EliminateUnreachableBlocks(function_);
}

void splitter::describe(BranchInst *back, Metadata *fact) {
  SmallVector<Metadata *, 3> facts = {
      nullptr, MDNode::get(context(), MDString::get(context(), "llvm.loop.unroll.disable"))};
  if (fact != nullptr) facts.push_back(fact);
  MDNode *loop = MDNode::getDistinct(context(), facts);
  loop->replaceOperandWith(0, loop);
  back->setMetadata(LLVMContext::MD_loop, loop);
}

splitter::item_loop splitter::loop_of(region &in, BasicBlock *before) {
  item_loop made{};
  BasicBlock *planes = BasicBlock::Create(context(), "planes", &function_, before);
  BasicBlock *rows = BasicBlock::Create(context(), "rows", &function_, before);
  made.items = BasicBlock::Create(context(), "items", &function_, before);
  made.latch = BasicBlock::Create(context(), "item.end", &function_, before);
  BasicBlock *row_end = BasicBlock::Create(context(), "row.end", &function_, before);
  BasicBlock *plane_end = BasicBlock::Create(context(), "plane.end", &function_, before);
  made.done = BasicBlock::Create(context(), "items.end", &function_, before);
  IRBuilder<> at(in.begin);
  Value *extents[3] = {wide(at, 0), wide(at, 1), wide(at, 2)};
  at.CreateBr(planes);
  Constant *zero = ConstantInt::get(word(), 0);
  const auto count = [&](unsigned axis, BasicBlock *head, BasicBlock *from, BasicBlock *tail,
                         BasicBlock *out) {
    at.SetInsertPoint(tail);
    PHINode *place = PHINode::Create(word(), 2, "", head->begin());
    Value *next = at.CreateNUWAdd(place, ConstantInt::get(word(), 1));
    place->addIncoming(zero, from);
    place->addIncoming(next, tail);
    made.place[axis] = place;
    return at.CreateCondBr(at.CreateICmpULT(next, extents[axis]), head, out);
  };
  describe(count(2, planes, in.begin, plane_end, made.done), nullptr);
  describe(count(1, rows, planes, row_end, plane_end), nullptr);
  BranchInst *back = count(0, made.items, rows, made.latch, row_end);
  at.SetInsertPoint(planes);
  Value *plane = at.CreateMul(made.place[2], extents[1]);
  at.CreateBr(rows);
  at.SetInsertPoint(rows);
  Value *row = at.CreateMul(at.CreateAdd(plane, made.place[1]), extents[0]);
  at.CreateBr(made.items);
  at.SetInsertPoint(made.items);
  made.number = at.CreateAdd(row, made.place[0]);
  // Items between two barriers do not depend on each other: that would be a race.
  group_ = MDNode::getDistinct(context(), {});
  Metadata *parts[] = {MDString::get(context(), "llvm.loop.parallel_accesses"), group_};
  describe(back, MDNode::get(context(), parts));
  return made;
}

uint64_t splitter::axis_of(const Instruction &place) {
  return cast<ConstantInt>(cast<CallInst>(place).getArgOperand(0))->getZExtValue();
}

void splitter::build(region &in, BasicBlock *end) {
  item_loop loop = loop_of(in, end);
  ValueToValueMapTy copies;
  SmallVector<BasicBlock *, 16> made;
  for (BasicBlock *block : in.blocks) {
    BasicBlock *copy = CloneBasicBlock(block, copies, "", &function_);
    copy->moveBefore(loop.latch);
    copies[block] = copy;
    made.push_back(copy);
  }
  IRBuilder<> first(loop.items);
  for (auto &[memory, room] : private_) copies[memory] = at_item(first, room.first, loop.number);
  first.CreateBr(cast<BasicBlock>(copies[in.entry]));

  DenseMap<Value *, Value *>
      taken;  // by this region's items from before: once for all, or for each at its begin
  IRBuilder<> before(in.begin->getTerminator());
  first.SetInsertPoint(loop.items->getTerminator());
  const std::function<Value *(Value *)> from_before = [&](Value *value) -> Value * {
    auto *made_by = dyn_cast<Instruction>(value);
    if (made_by == nullptr || (!body_.contains(made_by->getParent()) && !isa<AllocaInst>(made_by)))
      return value;
    if (isa<AllocaInst>(made_by)) {
      const auto own = copies.find(made_by);
      return own == copies.end() ? value : static_cast<Value *>(own->second);
    }
    if (const auto known = taken.find(value); known != taken.end()) return known->second;
    Value *here = nullptr;
    if (const auto kept = slots_.find(made_by); kept != slots_.end()) {
      here = read(kept->second, made_by, kept->second.uniform ? before : first, loop.number);
    } else if (is_item_place(*made_by)) {
      here = loop.place[axis_of(*made_by)];
    } else {
      Instruction *again = made_by->clone();
      for (Use &operand : again->operands()) operand.set(from_before(operand.get()));
      first.Insert(again);
      here = again;
    }
    taken[value] = here;
    return here;
  };
  const reader from_slot = [&](Instruction *value, Instruction *at) -> Value * {
    const auto kept = slots_.find(value);
    if (kept == slots_.end() || kept->second.uniform) return from_before(value);
    IRBuilder<> here(at);
    return read(kept->second, value, here, loop.number);
  };

  SmallVector<std::pair<BasicBlock *, unsigned>, 4> exits;  // and the region that follows; 0: none does
  for (BasicBlock *block : in.blocks) {
    BasicBlock *copy = cast<BasicBlock>(copies[block]);
    for (PHINode &phi : make_early_inc_range(copy->phis())) {
      for (unsigned index = phi.getNumIncomingValues(); index-- > 0;) {
        BasicBlock *from = phi.getIncomingBlock(index);
        if (!in.blocks.contains(from) || next_.count(from) != 0) phi.removeIncomingValue(index, false);
      }
    }
    auto original = block->begin();
    SmallVector<std::pair<Instruction *, Instruction *>, 32> pairs;
    for (Instruction &each : *copy) pairs.push_back({&*original++, &each});
    for (auto [from, to] : pairs) rewire(in, loop, copies, from, to, from_slot);
    if (const auto barrier = next_.find(block); barrier != next_.end()) {
      exits.push_back({copy, barrier->second});
    } else if (isa<ReturnInst>(copy->getTerminator())) {
      exits.push_back({copy, 0});
    }
  }
  keep(in, loop, copies, before);
  leave(loop, exits, end);
}

void splitter::rewire(region &in, const item_loop &loop, ValueToValueMapTy &copies, Instruction *from,
                      Instruction *to, const reader &from_slot) {
  if (to->mayReadOrWriteMemory()) to->setMetadata(LLVMContext::MD_access_group, group_);
  if (is_item_place(*from)) {
    const uint64_t axis = axis_of(*from);
    to->replaceAllUsesWith(loop.place[axis]);
    // Uses in blocks that come later are found by the map.
    copies[from] = loop.place[axis];
    to->eraseFromParent();
    return;
  }
  auto *to_phi = dyn_cast<PHINode>(to);
  auto *from_phi = dyn_cast<PHINode>(from);
  for (Use &operand : to->operands()) {
    const Use *source = &from->getOperandUse(operand.getOperandNo());
    Instruction *place = to;
    if (to_phi != nullptr) {
      BasicBlock *incoming = to_phi->getIncomingBlock(operand);
      const int index = from_phi->getBasicBlockIndex(incoming);
      source = &from_phi->getOperandUse(static_cast<unsigned>(index));
      place = cast<BasicBlock>(copies[incoming])->getTerminator();
    }
    auto *value = dyn_cast<Instruction>(source->get());
    if (value != nullptr && (slots_.count(value) != 0 || rebuilt_.contains(value)) &&
        from_outside(in, value, *source)) {
      operand.set(from_slot(value, place));
    } else if (const auto known = copies.find(source->get()); known != copies.end()) {
      operand.set(known->second);
    }
  }
  if (to_phi != nullptr) {
    for (unsigned index = 0; index < to_phi->getNumIncomingValues(); ++index)
      to_phi->setIncomingBlock(index, cast<BasicBlock>(copies[to_phi->getIncomingBlock(index)]));
  }
}

void splitter::leave(const item_loop &loop, ArrayRef<std::pair<BasicBlock *, unsigned>> exits,
                     BasicBlock *end) {
  Type *number = Type::getInt32Ty(context());
  PHINode *which = PHINode::Create(number, 2, "", loop.latch->begin());
  for (auto [block, follower] : exits) {
    block->getTerminator()->eraseFromParent();
    BranchInst::Create(loop.latch, block);
    which->addIncoming(ConstantInt::get(number, follower), block);
  }
  IRBuilder<> after(loop.done);
  SwitchInst *onward = after.CreateSwitch(which, end);
  for (auto [block, follower] : exits) {
    ConstantInt *value = ConstantInt::get(cast<IntegerType>(number), follower);
    if (follower != 0 && onward->findCaseValue(value) == onward->case_default())
      onward->addCase(value, regions_[follower].begin);
  }
}

}  // namespace hal::regions
