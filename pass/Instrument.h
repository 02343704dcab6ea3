// Instrument.h - makes a function count: its calls, its lines and its
// allocations.
#ifndef MEMPROF_PASS_INSTRUMENT_H
#define MEMPROF_PASS_INSTRUMENT_H

#include "Lines.h"
#include "RuntimeHooks.h"

namespace memprof {

/// Instruments \p F (a twin, or a function in place) as \p Plan says. \p Live
/// is its live word.
void instrument(llvm::Function &F, llvm::GlobalVariable &Live,
                const LinePlan &Plan, RuntimeHooks &Hooks);

} // namespace memprof

#endif
