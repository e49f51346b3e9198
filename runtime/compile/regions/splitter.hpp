// What rewrites one function: the code of its items is cut at the barriers, and each part becomes a loop over
// the items.
#pragma once

#include <llvm/ADT/DenseMap.h>
#include <llvm/ADT/MapVector.h>
#include <llvm/ADT/SetVector.h>
#include <llvm/ADT/SmallPtrSet.h>
#include <llvm/ADT/SmallVector.h>
#include <llvm/IR/Function.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/Instructions.h>
#include <llvm/Transforms/Utils/ValueMapper.h>

#include <functional>
#include <map>
#include <utility>

namespace hal::regions {

// Whether it is a call of the function of that name.
bool calls(const llvm::Instruction &instruction, llvm::StringRef name);

// What runs from one barrier to the next.
struct region {
  llvm::BasicBlock *entry = nullptr;
  llvm::SetVector<llvm::BasicBlock *> blocks;  // without crossing a barrier
  llvm::BasicBlock *begin = nullptr;           // of the loop over the items
};

// A value that one region makes and another uses.
struct slot {
  bool uniform = false;
  llvm::AllocaInst *memory = nullptr;  // of one value when uniform, else of one for each item
};

class splitter {
 public:
  // `begin` is the call after which the items' code begins.
  splitter(llvm::Function &function, llvm::CallInst *begin) : function_(function) { open(begin); }

  void run();

 private:
  llvm::LLVMContext &context() const { return function_.getContext(); }
  llvm::Type *word() const { return llvm::Type::getInt64Ty(context()); }

  struct item_loop {
    llvm::BasicBlock *items;  // where an item begins
    llvm::BasicBlock *latch;  // where it ends
    llvm::BasicBlock *done;   // where all have
    llvm::PHINode *place[3];
    llvm::Value *number;  // of the item
  };

  // The value at hand for a use: of the function's own text, at a place of the loop.
  using reader = std::function<llvm::Value *(llvm::Instruction *value, llvm::Instruction *at)>;

  // Ends the prologue at the call that begins the items' code, and blocks at barriers.
  void open(llvm::CallInst *begin);
  llvm::SmallPtrSet<llvm::BasicBlock *, 16> reached(llvm::BasicBlock *from,
                                                    const llvm::BasicBlock *avoided) const;
  void find_regions();
  // Where the value must be at hand for a use.
  static llvm::BasicBlock *place_of(const llvm::Use &use);
  // Whether some path of the region leads to the use without passing the definition.
  bool from_outside(const region &in, const llvm::Instruction *value, const llvm::Use &use);
  // Computed anew in each region that needs it, from what is there: cheaper than to keep it for every item.
  static bool is_cheap(const llvm::Instruction &value);
  void find_slots();
  llvm::AllocaInst *array_of(llvm::IRBuilder<> &at, uint64_t size, llvm::Align alignment);
  void make_memory();
  bool is_slot(const llvm::AllocaInst *memory) const;
  llvm::Value *wide(llvm::IRBuilder<> &at, unsigned axis) {
    return at.CreateZExtOrTrunc(extent_[axis], word());
  }

  // The loops are there to be vectorized; unrolled before that, they could not be.
  void describe(llvm::BranchInst *back, llvm::Metadata *fact);
  item_loop loop_of(region &in, llvm::BasicBlock *before);
  static uint64_t axis_of(const llvm::Instruction &place);
  llvm::Value *read(const slot &kept, const llvm::Instruction *value, llvm::IRBuilder<> &at,
                    llvm::Value *number);
  llvm::Value *at_item(llvm::IRBuilder<> &at, llvm::AllocaInst *array, llvm::Value *number);
  void build(region &in, llvm::BasicBlock *end);
  void rewire(region &in, const item_loop &loop, llvm::ValueToValueMapTy &copies, llvm::Instruction *from,
              llvm::Instruction *to, const reader &from_slot);
  // Values that other regions use go to their slots.
  void keep(region &in, const item_loop &loop, llvm::ValueToValueMapTy &copies, llvm::IRBuilder<> &before);
  void leave(const item_loop &loop, llvm::ArrayRef<std::pair<llvm::BasicBlock *, unsigned>> exits,
             llvm::BasicBlock *end);

  llvm::Function &function_;
  llvm::Value *extent_[3] = {};
  llvm::BasicBlock *prologue_ = nullptr;
  llvm::Value *items_ = nullptr;  // of the block
  llvm::SmallVector<region, 8> regions_;
  llvm::DenseMap<const llvm::BasicBlock *, unsigned>
      next_;  // the region behind the barrier at the block's end
  llvm::SetVector<llvm::BasicBlock *> body_;
  llvm::MapVector<llvm::Instruction *, slot> slots_;
  llvm::SmallPtrSet<llvm::Instruction *, 32> rebuilt_;
  llvm::MapVector<llvm::AllocaInst *, std::pair<llvm::AllocaInst *, uint64_t>>
      private_;  // the items' own, and its size
  std::map<std::pair<llvm::BasicBlock *, const llvm::BasicBlock *>, llvm::SmallPtrSet<llvm::BasicBlock *, 16>>
      without_;
  llvm::MDNode *group_ = nullptr;
};

}  // namespace hal::regions
