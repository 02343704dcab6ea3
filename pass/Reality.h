// Reality.h - tells the user's code from what clang adds around it.
#ifndef MEMPROF_PASS_REALITY_H
#define MEMPROF_PASS_REALITY_H

#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/SmallPtrSet.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/IntrinsicInst.h"
#include <utility>

namespace llvm {
class DILocation;
} // namespace llvm

namespace memprof {

/// The location of an instruction in this function, outside what was inlined;
/// null when it has none.
const llvm::DILocation *locationOf(const llvm::Instruction &I);

/// Tells real instructions from those that make no code at -O0, or that only a
/// cleanup of -O1 needs.
///
/// Clang ends the lifetime of a scope's variables in a cleanup block that all
/// ways out of the scope share. Before it, each stores a number into a slot;
/// behind it, a switch on the slot sends each on to where it goes: 0 falls out
/// of the scope, 1 returns, other numbers break, continue or go to a label.
class Reality {
public:
  explicit Reality(const llvm::Function &F);

  /// Whether a loop statement begins here.
  bool isLoopStart(unsigned Line, unsigned Column) const;
  /// Where the statement of a loop's metadata begins, or null.
  static const llvm::DILocation *startOf(const llvm::MDNode &Loop);

  /// Whether clang emits the instruction at -O0 too, code or not.
  bool isPresent(const llvm::Instruction &I) const;

  /// Whether the instruction is code of the user's.
  bool isReal(const llvm::Instruction &I) const;

  /// Whether the block holds nothing but a cleanup's business.
  bool isPureCleanup(const llvm::BasicBlock &BB) const;

  /// The switch on the slot at the end of a cleanup, or null.
  const llvm::SwitchInst *switchOfCleanup(const llvm::BasicBlock &BB) const;

  /// The number that the switch of a cleanup sends on to \p To, or null.
  static const llvm::ConstantInt *
  numberLeadingTo(const llvm::SwitchInst &Switch, const llvm::BasicBlock &To);

  /// The last number that the block stores into the slot, or null.
  const llvm::ConstantInt *numberStoredIn(const llvm::BasicBlock &BB) const;

private:
  static bool isNoCode(const llvm::IntrinsicInst &I);

  /// The cast of a lifetime marker's operand, with typed pointers.
  static bool isLifetimeCast(const llvm::Instruction &I);

  /// Unlike a variable's, some stores into the slot have no location. This
  /// holds with -gline-tables-only too.
  static bool isCleanupSlot(const llvm::AllocaInst &Alloca);

  bool isSlot(const llvm::Value *V) const;

  /// Loads and stores of a slot, the comparison and the switch or branch.
  bool isOfCleanup(const llvm::Instruction &I) const;
  bool isOfCleanup(const llvm::Value *V) const;

  llvm::SmallPtrSet<const llvm::AllocaInst *, 2> Slots;
  llvm::DenseSet<std::pair<unsigned, unsigned>> LoopStarts; // line, column
};

} // namespace memprof

#endif
