#include "runtime/compile/regions/guards.hpp"

#include <llvm/ADT/SmallVector.h>
#include <llvm/Analysis/LoopInfo.h>
#include <llvm/Analysis/ScalarEvolution.h>
#include <llvm/Analysis/ScalarEvolutionExpressions.h>
#include <llvm/IR/Dominators.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/PatternMatch.h>
#include <llvm/Transforms/Utils/BasicBlockUtils.h>
#include <llvm/Transforms/Utils/Cloning.h>
#include <llvm/Transforms/Utils/LoopSimplify.h>
#include <llvm/Transforms/Utils/LoopUtils.h>
#include <llvm/Transforms/Utils/ScalarEvolutionExpander.h>

#include <optional>

namespace hal::regions {
namespace {

using namespace llvm;

// A comparison of the loop's index with what stays the same: `index predicate bound`.
struct guard {
  ICmpInst *compare;
  CmpInst::Predicate predicate;
  const SCEVAddRecExpr *index;
  const SCEV *bound;
  bool usual;  // the answer that lets an item work
};

// Twice the code is fine for a few lines, which is what such loops have.
constexpr unsigned most_instructions = 400;

class versioner {
 public:
  versioner(Function &function, FunctionAnalysisManager &analyses)
      : function_(function),
        loops_(analyses.getResult<LoopAnalysis>(function)),
        dominators_(analyses.getResult<DominatorTreeAnalysis>(function)),
        evolution_(analyses.getResult<ScalarEvolutionAnalysis>(function)) {}

  bool run() {
    SmallVector<Loop *, 8> innermost;
    for (Loop *loop : loops_.getLoopsInPreorder()) {
      if (loop->isInnermost()) innermost.push_back(loop);
    }
    bool changed = false;
    for (Loop *loop : innermost) changed |= divide(*loop);
    return changed;
  }

 private:
  std::optional<guard> guard_of(ICmpInst &compare, Loop &loop, std::optional<bool> usual) {
    CmpInst::Predicate predicate = compare.getPredicate();
    if (!ICmpInst::isRelational(predicate) || !compare.getOperand(0)->getType()->isIntegerTy()) return {};
    const SCEV *index = evolution_.getSCEV(compare.getOperand(0));
    const SCEV *bound = evolution_.getSCEV(compare.getOperand(1));
    if (evolution_.isLoopInvariant(index, &loop)) {
      std::swap(index, bound);
      predicate = ICmpInst::getSwappedPredicate(predicate);
    }
    const auto *moving = dyn_cast<SCEVAddRecExpr>(index);
    if (moving == nullptr || moving->getLoop() != &loop || !evolution_.isLoopInvariant(bound, &loop) ||
        !moving->getStepRecurrence(evolution_)->isOne())
      return {};
    return guard{&compare, predicate, moving, bound,
                 usual.value_or(ICmpInst::isLT(predicate) || ICmpInst::isLE(predicate))};
  }

  // Items work where all parts of an `and` hold, or none of an `or`; alone, where the index is below the
  // bound.
  void collect(Value *condition, Loop &loop, std::optional<bool> usual, SmallVectorImpl<guard> &found) {
    using namespace PatternMatch;
    Value *left = nullptr;
    Value *right = nullptr;
    if (match(condition, m_LogicalAnd(m_Value(left), m_Value(right)))) {
      collect(left, loop, true, found);
      collect(right, loop, true, found);
    } else if (match(condition, m_LogicalOr(m_Value(left), m_Value(right)))) {
      collect(left, loop, false, found);
      collect(right, loop, false, found);
    } else if (auto *compare = dyn_cast<ICmpInst>(condition); compare != nullptr && loop.contains(compare)) {
      if (const auto one = guard_of(*compare, loop, usual)) found.push_back(*one);
    }
  }

  // What the index does not do between the first turn and the last: run over the end of its type.
  Value *holds(const guard &each, const SCEV *turns, SCEVExpander &expander, Instruction *at) {
    Type *type = each.index->getType();
    const SCEV *first = each.index->getStart();
    const SCEV *last = evolution_.getAddExpr(first, evolution_.getTruncateOrZeroExtend(turns, type));
    IRBuilder<> build(at);
    // An item that another guard keeps from running does not ask: what it would ask may then be undefined.
    const auto defined = [&](const SCEV *value) {
      return build.CreateFreeze(expander.expandCodeFor(value, type, at));
    };
    Value *from = defined(first);
    Value *to = defined(last);
    Value *bound = defined(each.bound);
    const CmpInst::Predicate predicate =
        each.usual ? each.predicate : ICmpInst::getInversePredicate(each.predicate);
    Value *all =
        build.CreateAnd(build.CreateICmp(predicate, from, bound), build.CreateICmp(predicate, to, bound));
    all = build.CreateAnd(
        all,
        build.CreateICmp(ICmpInst::isSigned(predicate) ? ICmpInst::ICMP_SLE : ICmpInst::ICMP_ULE, from, to));
    const unsigned width = type->getIntegerBitWidth();
    if (width < turns->getType()->getIntegerBitWidth()) {
      Value *count = expander.expandCodeFor(turns, turns->getType(), at);
      all = build.CreateAnd(
          all,
          build.CreateICmpULE(
              count, ConstantInt::get(count->getType(),
                                      APInt::getLowBitsSet(count->getType()->getIntegerBitWidth(), width))));
    }
    return all;
  }

  bool divide(Loop &loop) {
    if (!loop.isLoopSimplifyForm() || loop.getUniqueExitBlock() == nullptr || !loop.isSafeToClone())
      return false;
    SmallVector<guard, 4> guards;
    unsigned instructions = 0;
    for (BasicBlock *block : loop.blocks()) {
      instructions += static_cast<unsigned>(block->size());
      auto *branch = dyn_cast<BranchInst>(block->getTerminator());
      if (branch == nullptr || !branch->isConditional() || loop.isLoopExiting(block)) continue;
      collect(branch->getCondition(), loop, {}, guards);
    }
    if (guards.empty() || instructions > most_instructions) return false;
    const SCEV *turns = evolution_.getBackedgeTakenCount(&loop);
    if (isa<SCEVCouldNotCompute>(turns) || !turns->getType()->isIntegerTy()) return false;

    Instruction *at = loop.getLoopPreheader()->getTerminator();
    SCEVExpander expander(evolution_, "guard");
    if (!expander.isSafeToExpandAt(turns, at)) return false;
    erase_if(guards, [&](const guard &each) {
      return !expander.isSafeToExpandAt(each.index->getStart(), at) ||
             !expander.isSafeToExpandAt(each.bound, at);
    });
    if (guards.empty()) return false;
    Value *all = ConstantInt::getTrue(function_.getContext());
    for (const guard &each : guards) all = IRBuilder<>(at).CreateAnd(all, holds(each, turns, expander, at));
    make_second(loop, guards, all);
    return true;
  }

  void make_second(Loop &loop, ArrayRef<guard> guards, Value *all) {
    formLCSSARecursively(loop, dominators_, &loops_, &evolution_);
    BasicBlock *fork = loop.getLoopPreheader();
    BasicBlock *exit = loop.getUniqueExitBlock();
    SplitBlock(fork, fork->getTerminator(), &dominators_, &loops_);

    ValueToValueMapTy copies;
    SmallVector<BasicBlock *, 16> made;
    Loop *second = cloneLoopWithPreheader(exit, fork, &loop, copies, ".whole", &loops_, &dominators_, made);
    remapInstructionsInBlocks(made, copies);
    for (PHINode &phi : exit->phis()) {
      for (unsigned index = 0, count = phi.getNumIncomingValues(); index < count; ++index) {
        BasicBlock *from = phi.getIncomingBlock(index);
        if (!loop.contains(from)) continue;
        Value *value = phi.getIncomingValue(index);
        const auto copy = copies.find(value);
        phi.addIncoming(copy == copies.end() ? value : static_cast<Value *>(copy->second),
                        cast<BasicBlock>(copies[from]));
      }
    }
    Instruction *onward = fork->getTerminator();
    IRBuilder<>(onward).CreateCondBr(all, second->getLoopPreheader(), loop.getLoopPreheader());
    onward->eraseFromParent();
    for (const guard &each : guards)
      cast<Instruction>(copies[each.compare])
          ->replaceAllUsesWith(ConstantInt::getBool(function_.getContext(), each.usual));
    dominators_.recalculate(function_);
    evolution_.forgetAllLoops();
    for (Loop *each : {&loop, second}) formDedicatedExitBlocks(each, &dominators_, &loops_, nullptr, true);
  }

  Function &function_;
  LoopInfo &loops_;
  DominatorTree &dominators_;
  ScalarEvolution &evolution_;
};

}  // namespace

PreservedAnalyses guard_pass::run(Function &function, FunctionAnalysisManager &analyses) {
  return versioner(function, analyses).run() ? PreservedAnalyses::none() : PreservedAnalyses::all();
}

}  // namespace hal::regions
