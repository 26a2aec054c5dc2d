// An update of a part of a large array, whose computation copies the array if somebody else needs it. A program that
// keeps an array up to date, such as a cache, closes the handle of the old one only after it has evaluated the new one:
//
//   MlxArray next = cache.sliceUpdate(keys, start, stop);
//   next.eval();
//   cache.close();
//
// So the roles are exchanged: the new array takes the memory, and the handle gets an array that is computed from the
// new one if anybody asks for it, by putting the old elements of the part back. They are copied before they are lost.
#pragma once

#include "bridge/handles.h"
#include "mlx/primitives.h"

namespace mlx4j::cpu {

// Exchanges the roles of the first input and of `out`, which is about to be computed, if nothing but a handle refers to
// the input. The update that follows finds an input that nobody else needs. Does nothing if the copy is cheap.
void exchange_roles(mx::SliceUpdate& update, const Arrays& inputs, const mx::array& out);
void exchange_roles(mx::DynamicSliceUpdate& update, const Arrays& inputs, const mx::array& out);

}  // namespace mlx4j::cpu
