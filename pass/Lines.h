// Lines.h - where execution arrives at a source line: what a debugger's `step`
// would stop at in a build without optimisation.
#ifndef MEMPROF_PASS_LINES_H
#define MEMPROF_PASS_LINES_H

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/IR/InstrTypes.h"

namespace llvm {
class DIFile;
class Function;
} // namespace llvm

namespace memprof {

struct SourceLine {
  unsigned File; // index into LinePlan::Files
  unsigned Line;
};

/// A function's line table and the places where its counters go up. Only read
/// from the function; the indices are those of the table.
struct LinePlan {
  /// Entry 0 is the definition line; the rest ascends by (file, line). The
  /// definition line stands there again when execution comes back to it from
  /// another line: entry 0 counts calls.
  llvm::SmallVector<SourceLine, 16> Table;
  /// File 0 holds the definition. Empty without debug info.
  llvm::SmallVector<const llvm::DIFile *, 2> Files;

  /// Execution always arrives at Line when it reaches At.
  struct Arrival {
    llvm::Instruction *At;
    unsigned Line;
  };
  llvm::SmallVector<Arrival, 32> Arrivals;

  /// Execution arrives at Line when it takes the edge.
  struct EdgeArrival {
    llvm::BasicBlock *From, *To;
    unsigned Line;
  };
  llvm::SmallVector<EdgeArrival, 8> EdgeArrivals;

  /// Execution arrives at Line when it reaches At, unless it was there already:
  /// only the way taken tells.
  llvm::SmallVector<Arrival, 2> JoinArrivals;

  /// The entry that stands for the definition line on the way in: 0, or the
  /// second one for that line.
  unsigned EntryLine = 0;

  /// The line on which execution leaves a block. Blocks that are not here leave
  /// on the line they were entered on.
  llvm::DenseMap<const llvm::BasicBlock *, unsigned> LeavesOn;

  /// Calls that may run the user's code or the allocator, with their lines.
  llvm::MapVector<llvm::CallBase *, unsigned> Calls;

  bool hasLines() const { return !Files.empty(); }
};

LinePlan planLines(llvm::Function &F);

/// Whether a call may lead to code that allocates or is marked: not an
/// intrinsic, not inline assembly.
bool mayRunCode(const llvm::CallBase &Call);

/// Whether a call may come back more than once, as setjmp does.
bool returnsTwice(const llvm::CallBase &Call);

} // namespace memprof

#endif
