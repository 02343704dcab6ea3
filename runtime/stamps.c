/* stamps.c - which functions need a clock to order their events: those that
 * several threads know and that had an event. See core.h.
 */
#include "core.h"

_Atomic uint8_t mprt_orders[MPRT_ORDERS];
_Atomic uint64_t mprt_epoch = 1;

/* The first record that had a context of the function; 0: none yet. */
static _Atomic memprof_ref owners[MPRT_ORDERS];

/* The bits come first: whoever still sees the old epoch has an event that is
 * not ordered with those that the bits are for. */
MPRT_COLD unsigned mprt_order_add(uint32_t function, unsigned bit) {
  _Atomic uint8_t *order = &mprt_orders[function % MPRT_ORDERS];
  unsigned before = atomic_fetch_or(order, (uint8_t)bit);
  if (before != MPRT_CLOCKED && (before | bit) == MPRT_CLOCKED)
    mprt_epoch_next();
  return before | bit;
}

void mprt_order_join(uint32_t function, memprof_ref record) {
  memprof_ref owner = 0;
  if (!atomic_compare_exchange_strong(&owners[function % MPRT_ORDERS], &owner,
                                      record) &&
      owner != record)
    mprt_order_add(function, MPRT_MANY);
}
