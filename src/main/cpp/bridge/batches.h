// Batches: arrays that are stacked along a new first axis, and taken apart again.
//
// Stacking and taking apart by MLX's operations would schedule several of them for each row, which takes longer than
// computing a small model. So rows are copied, and a batch of one row shares the memory of the row.
#pragma once

#include "handles.h"

namespace mlx4j {

// Returns each array with a new first axis of size 1. What is computed already needs no operation for that.
Arrays batches_of_one(const Arrays& v);

// Returns a batch with the rows of batches of one, which have equal shapes and dtypes. The last one is repeated until
// there are `rows` rows.
mx::array joined(const Arrays& ones, jint rows);

// Evaluates batches of `size` rows and returns the first `rows` of each, those of the first batch first. No row holds
// the memory of the others. If one of them is no such batch, returns nothing and evaluates nothing.
Arrays rows_of(const Arrays& batches, jint size, jint rows);

}  // namespace mlx4j
