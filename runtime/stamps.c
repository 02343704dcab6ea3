/* stamps.c - which functions need a clock to order their events: those that
 * several threads know and that had an event. See core.h.
 */
#include "core.h"

_Atomic uint8_t mprt_orders[MPRT_ORDERS];
_Atomic bool mprt_has_clocked;
_Atomic uint64_t mprt_epoch = 1;

/* The first record that had a context of the function; 0: none yet. */
static _Atomic memprof_ref owners[MPRT_ORDERS];

void mprt_order_join(uint32_t function, memprof_ref record) {
  memprof_ref owner = 0;
  if (!atomic_compare_exchange_strong(&owners[function % MPRT_ORDERS], &owner,
                                      record) &&
      owner != record)
    mprt_order_add(function, MPRT_MANY);
}
