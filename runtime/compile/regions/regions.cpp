#include "runtime/compile/regions/regions.hpp"

#include <llvm/ADT/SetVector.h>
#include <llvm/Analysis/ValueTracking.h>
#include <llvm/IR/CFG.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/IntrinsicInst.h>
#include <llvm/IR/Module.h>
#include <llvm/IR/Verifier.h>
#include <llvm/Support/ErrorHandling.h>
#include <llvm/Transforms/Utils/BasicBlockUtils.h>
#include <llvm/Transforms/Utils/Cloning.h>
#include <llvm/Transforms/Utils/Local.h>
#include <llvm/Transforms/Utils/ValueMapper.h>

#include <functional>
#include <map>

#include "runtime/compile/regions/uniformity.hpp"

namespace hal::regions {
namespace {

using namespace llvm;

bool calls(const Instruction &instruction, StringRef name) {
  const auto *call = dyn_cast<CallInst>(&instruction);
  return call != nullptr && call->getCalledFunction() != nullptr &&
         call->getCalledFunction()->getName() == name;
}

// What runs from one barrier to the next.
struct region {
  BasicBlock *entry = nullptr;
  SetVector<BasicBlock *> blocks;  // without crossing a barrier
  BasicBlock *begin = nullptr;     // of the loop over the items
};

// A value that one region makes and another uses.
struct slot {
  bool uniform = false;
  AllocaInst *memory = nullptr;  // of one value when uniform, else of one for each item
};

class splitter {
 public:
  explicit splitter(Function &function, CallInst *begin) : function_(function) { open(begin); }

  void run() {
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

 private:
  LLVMContext &context() const { return function_.getContext(); }
  Type *word() const { return Type::getInt64Ty(context()); }

  // Ends the prologue at the call that begins the items' code, and blocks at barriers.
  void open(CallInst *begin) {
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

  SmallPtrSet<BasicBlock *, 16> reached(BasicBlock *from, const BasicBlock *avoided) const {
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

  void find_regions() {
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

  // Where the value must be at hand for a use.
  static BasicBlock *place_of(const Use &use) {
    auto *user = cast<Instruction>(use.getUser());
    if (auto *phi = dyn_cast<PHINode>(user)) return phi->getIncomingBlock(use);
    return user->getParent();
  }

  // Whether some path of the region leads to the use without passing the definition.
  bool from_outside(const region &in, const Instruction *value, const Use &use) {
    BasicBlock *place = place_of(use);
    const BasicBlock *made = value->getParent();
    if (place == made) return false;
    auto &known = without_[{in.entry, made}];
    if (known.empty()) known = reached(in.entry, made);
    return known.contains(place);
  }

  // Computed anew in each region that needs it, from what is there: cheaper than to keep it for every item.
  static bool is_cheap(const Instruction &value) {
    if (is_item_place(value)) return true;
    if (const auto *intrinsic = dyn_cast<IntrinsicInst>(&value))
      return intrinsic->getIntrinsicID() == Intrinsic::threadlocal_address;
    return (isa<BinaryOperator>(value) || isa<CastInst>(value) || isa<GetElementPtrInst>(value) ||
            isa<SelectInst>(value) || isa<CmpInst>(value)) &&
           isSafeToSpeculativelyExecute(&value);
  }

  void find_slots() {
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

  AllocaInst *array_of(IRBuilder<> &at, uint64_t size, Align alignment) {
    AllocaInst *made = at.CreateAlloca(ArrayType::get(at.getInt8Ty(), alignTo(size, alignment)), items_);
    made->setAlignment(std::max(alignment, Align(64)));
    return made;
  }

  void make_memory() {
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
        const bool outside = any_of(memory->users(), [&](User *user) {
          return !body_.contains(cast<Instruction>(user)->getParent());
        });
        if (outside) continue;
        private_[memory] = {nullptr, layout.getTypeAllocSize(memory->getAllocatedType()) *
                                         cast<ConstantInt>(memory->getArraySize())->getZExtValue()};
      }
    }
    for (auto &[memory, room] : private_) room.first = array_of(at, room.second, memory->getAlign());
  }

  bool is_slot(const AllocaInst *memory) const {
    return any_of(slots_, [&](const auto &each) { return each.second.memory == memory; });
  }

  Value *wide(IRBuilder<> &at, unsigned axis) { return at.CreateZExtOrTrunc(extent_[axis], word()); }

  struct item_loop {
    BasicBlock *items;  // where an item begins
    BasicBlock *latch;  // where it ends
    BasicBlock *done;   // where all have
    PHINode *place[3];
    Value *number;  // of the item
  };

  // The loops are there to be vectorized; unrolled before that, they could not be.
  void describe(BranchInst *back, Metadata *fact) {
    SmallVector<Metadata *, 3> facts = {
        nullptr, MDNode::get(context(), MDString::get(context(), "llvm.loop.unroll.disable"))};
    if (fact != nullptr) facts.push_back(fact);
    MDNode *loop = MDNode::getDistinct(context(), facts);
    loop->replaceOperandWith(0, loop);
    back->setMetadata(LLVMContext::MD_loop, loop);
  }

  item_loop loop_of(region &in, BasicBlock *before) {
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

  static uint64_t axis_of(const Instruction &place) {
    return cast<ConstantInt>(cast<CallInst>(place).getArgOperand(0))->getZExtValue();
  }

  Value *read(const slot &kept, const Instruction *value, IRBuilder<> &at, Value *number) {
    if (kept.uniform) return at.CreateLoad(value->getType(), kept.memory);
    LoadInst *load = at.CreateLoad(value->getType(), at_item(at, kept.memory, number));
    load->setMetadata(LLVMContext::MD_access_group, group_);
    return load;
  }

  Value *at_item(IRBuilder<> &at, AllocaInst *array, Value *number) {
    return at.CreateInBoundsGEP(array->getAllocatedType(), array, number);
  }

  void build(region &in, BasicBlock *end) {
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
    const auto from_slot = [&](Instruction *value, Instruction *at) -> Value * {
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

  template <typename FromSlot>
  void rewire(region &in, const item_loop &loop, ValueToValueMapTy &copies, Instruction *from,
              Instruction *to, const FromSlot &from_slot) {
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

  // Values that other regions use go to their slots.
  void keep(region &in, const item_loop &loop, ValueToValueMapTy &copies, IRBuilder<> &before) {
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

  void leave(const item_loop &loop, ArrayRef<std::pair<BasicBlock *, unsigned>> exits, BasicBlock *end) {
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

  Function &function_;
  Value *extent_[3] = {};
  BasicBlock *prologue_ = nullptr;
  Value *items_ = nullptr;  // of the block
  SmallVector<region, 8> regions_;
  DenseMap<const BasicBlock *, unsigned> next_;  // the region behind the barrier at the block's end
  SetVector<BasicBlock *> body_;
  MapVector<Instruction *, slot> slots_;
  SmallPtrSet<Instruction *, 32> rebuilt_;
  MapVector<AllocaInst *, std::pair<AllocaInst *, uint64_t>> private_;  // the items' own, and its size
  std::map<std::pair<BasicBlock *, const BasicBlock *>, SmallPtrSet<BasicBlock *, 16>> without_;
  MDNode *group_ = nullptr;
};

CallInst *begin_in(Function &function) {
  for (BasicBlock &block : function) {
    for (Instruction &each : block) {
      if (calls(each, "hal_region_begin")) return cast<CallInst>(&each);
    }
  }
  return nullptr;
}

}  // namespace

PreservedAnalyses loop_pass::run(Module &module, ModuleAnalysisManager &) {
  for (Function &function : module) {
    CallInst *begin = begin_in(function);
    if (begin == nullptr) continue;
    splitter(function, begin).run();
    if (verifyFunction(function, &errs())) report_fatal_error("the loops over a block's items are unsound");
  }
  return PreservedAnalyses::none();
}

PreservedAnalyses inline_pass::run(Module &module, ModuleAnalysisManager &) {
  SetVector<Function *> leading;
  for (const char *name : {"hal_region_local", "hal_region_barrier"}) {
    if (Function *marker = module.getFunction(name)) leading.insert(marker);
  }
  for (unsigned at = 0; at < leading.size(); ++at) {
    for (User *user : leading[at]->users()) {
      auto *call = dyn_cast<CallBase>(user);
      if (call == nullptr || !leading.insert(call->getFunction())) continue;
      Function *caller = call->getFunction();
      if (begin_in(*caller) != nullptr || !caller->hasLocalLinkage()) continue;
      caller->removeFnAttr(Attribute::NoInline);
      caller->removeFnAttr(Attribute::OptimizeNone);
      caller->addFnAttr(Attribute::AlwaysInline);
    }
  }
  return PreservedAnalyses::none();
}

}  // namespace hal::regions
