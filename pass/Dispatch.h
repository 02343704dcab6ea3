// Dispatch.h - the twin of a marked function, and the branch that leads to it.
#ifndef MEMPROF_PASS_DISPATCH_H
#define MEMPROF_PASS_DISPATCH_H

#include "llvm/ADT/MapVector.h"
#include "llvm/IR/InstrTypes.h"
#include "llvm/IR/Module.h"

namespace memprof {

/// What becomes of a marked function.
struct Treatment {
  enum Kind { Twin, InPlace, LeftOut } How;
  llvm::StringRef Reason; // why it is left out
};
Treatment treatmentOf(const llvm::Function &F);

/// Moves the static allocas of the entry block to its start: there they stay,
/// in front of what the pass inserts.
void gatherEntryAllocas(llvm::Function &F);

/// The first place of the entry block behind its static allocas.
llvm::BasicBlock::iterator behindEntryAllocas(llvm::Function &F);

/// Whether several objects may hold this function and the linker keeps one. Its
/// twin, live word and record then do the same, in a comdat of their own.
bool isMergedByLinker(const llvm::Function &F);

/// Gives \p GO, which belongs to the marked function \p F, the linkage that
/// goes with F's. \p Comdat: "f.memprof".
void linkLike(llvm::GlobalObject &GO, const llvm::Function &F,
              const llvm::Twine &Comdat);

/// The type, for alias analysis, of accesses that no user's access is about: it
/// stands beside the char of the user's, below the same root, as clang's "vtable
/// pointer" does. Unlike a scope it is not renamed when a function is inlined.
/// Null where clang gave accesses no types.
llvm::MDNode *createTypeOfOurs(const llvm::Module &M);

/// The word that is not 0 while a function of this program or shared object is
/// live, and the type of its loads.
struct AwakeWord {
  llvm::GlobalVariable *Global;
  llvm::MDNode *Tag;
};

/// Clones \p F to f.memprof and makes f enter it while \p Word is set and, if
/// \p Live is not null, that too: not for functions that call marked ones, which
/// must not go on in their body then.
llvm::Function *splitOffTwin(llvm::Function &F, const AwakeWord &Word,
                             llvm::GlobalVariable *Live);

/// Marked functions and their twins.
using TwinMap = llvm::MapVector<llvm::Function *, llvm::Function *>;

/// Makes twins enter the twins of functions of this module's own at once, past
/// the dispatch: what has one caller without us has one caller besides, which
/// the inliner rewards. A twin that is entered while its live word is not set
/// counts for nobody.
void callTwinsFromTwins(const TwinMap &Twins);

/// Drops attributes that are not true once a function runs the hooks, from the
/// function and from the calls of it.
void dropUntrueAttributes(llvm::Function &F);

} // namespace memprof

#endif
