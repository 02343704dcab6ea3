/* stamps.c - which functions need a clock to order their events: those that
 * several threads know and that had an event. Functions of one name count as one
 * function. See core.h.
 */
#include "core.h"

_Atomic uint8_t mprt_orders[MPRT_ORDERS];
_Atomic bool mprt_has_clocked;
_Atomic uint64_t mprt_epoch = 1;

/* What belongs to a function id; functions may share one, as in mprt_orders. */
static struct place {
  _Atomic memprof_ref owner; /* the first record that had a context of it; 0:
                                none yet */
  _Atomic uint32_t first; /* the first function of its name; 0: it is the first,
                             or alone */
  _Atomic uint32_t next;  /* another one; 0: no more */
} places[MPRT_ORDERS];

static struct place *place_of(uint32_t function) {
  return &places[function % MPRT_ORDERS];
}

/* All functions of a name. The first one's bit comes first: whoever adds a
 * function behind this walk sees it. */
static void name_is_many(uint32_t first) {
  uint32_t at = first; /* 0: outside all functions */
  do
    mprt_order_add(at, MPRT_MANY);
  while ((at = place_of(at)->next));
}

static bool name_has_other(uint32_t first, memprof_ref record) {
  memprof_ref owner;
  uint32_t at = first;
  do
    owner = place_of(at)->owner;
  while ((!owner || owner == record) && (at = place_of(at)->next));
  return owner && owner != record;
}

/* Of two records that join at once, each with a function of the name, one at
 * the least sees the other. */
void mprt_order_join(uint32_t function, memprof_ref record) {
  struct place *own = place_of(function);
  memprof_ref owner = 0;
  if (mprt_order_of(function) & MPRT_MANY)
    return;
  bool is_owned = !atomic_compare_exchange_strong(&own->owner, &owner, record);
  uint32_t first = own->first ? own->first : function;
  if (is_owned ? owner != record : name_has_other(first, record))
    name_is_many(first);
}

/* Where a place is another function's too, nothing is known of either. */
void mprt_order_name(uint32_t function, uint32_t first) {
  struct place *own = place_of(function), *head = place_of(first);
  if (own == head || own->owner || own->first || own->next || head->first) {
    mprt_order_add(function, MPRT_MANY);
    name_is_many(first);
    return;
  }
  own->next = head->next;
  own->first = first;
  head->next = function;
  if (mprt_order_add(first, 0) & MPRT_MANY)
    mprt_order_add(function, MPRT_MANY);
}
