// JumpTables.h - the tables of labels behind a computed goto, which a twin
// needs copies of.
#ifndef MEMPROF_PASS_JUMPTABLES_H
#define MEMPROF_PASS_JUMPTABLES_H

#include "llvm/ADT/SetVector.h"
#include "llvm/IR/Function.h"
#include "llvm/IR/GlobalVariable.h"
#include "llvm/Transforms/Utils/ValueMapper.h"

namespace memprof {

using JumpTables = llvm::SmallSetVector<llvm::GlobalVariable *, 2>;

/// Collects the tables that hold addresses of \p F's blocks. False when such an
/// address may outlive a call: a clone that meets it would jump into \p F.
bool collectJumpTables(const llvm::Function &F, JumpTables &Tables);

/// Makes a copy of each table and enters it into \p Map, before the function is
/// cloned with it.
void declareCopies(const JumpTables &Tables, llvm::ValueToValueMapTy &Map);

/// Fills the copies with the addresses of the clone's blocks, afterwards.
void fillCopies(const JumpTables &Tables, llvm::ValueToValueMapTy &Map);

} // namespace memprof

#endif
