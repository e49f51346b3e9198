// Which values are the same for all items of a block.
#pragma once

#include <llvm/ADT/DenseSet.h>
#include <llvm/IR/Instruction.h>

namespace hal::regions {

// The function that stands for an item's own place: hal_region_local(axis).
bool is_item_place(const llvm::Instruction &instruction);

// On the safe side: a value that is not known to be uniform is not.
class uniformity {
 public:
  explicit uniformity(llvm::Function &function);

  bool uniform(const llvm::Value *value) const { return varying_.count(value) == 0; }

 private:
  llvm::DenseSet<const llvm::Value *> varying_;
};

}  // namespace hal::regions
