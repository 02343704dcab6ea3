// TwinCopy.h - the copy of a function that becomes its twin.
#ifndef MEMPROF_PASS_TWINCOPY_H
#define MEMPROF_PASS_TWINCOPY_H

#include "llvm/IR/Function.h"
#include "llvm/Transforms/Utils/ValueMapper.h"

namespace memprof {

/// Copies \p F behind the module's other functions, with its debug info and
/// metadata. Takes time by the size of F alone, whatever else is in the module.
/// \p Map: what the copy refers to instead; the copies of arguments, blocks and
/// instructions come in too.
llvm::Function *copyFunction(llvm::Function &F, const llvm::Twine &Name,
                             llvm::ValueToValueMapTy &Map);

} // namespace memprof

#endif
