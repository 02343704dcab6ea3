// Variants.h - the several functions that clang makes of one constructor or
// destructor.
#ifndef MEMPROF_PASS_VARIANTS_H
#define MEMPROF_PASS_VARIANTS_H

#include "Annotations.h"

namespace memprof {

/// Takes those variants out of \p Found that enter another one of the same
/// object: they are one call of one function.
void keepInnermostVariants(Marks &Found);

} // namespace memprof

#endif
