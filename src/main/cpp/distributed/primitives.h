// Operations that communicate with other processes.
//
// Each is performed by the evaluating thread itself, alone, with the entry lock open and a time limit.
#pragma once

#include "handles.h"
#include "mlx/distributed/ops.h"

namespace mlx4j {

// As in MLX, with sizes and neighbors checked.
mx::array all_gather(const mx::array& x, const std::optional<mx::distributed::Group>& g, mx::StreamOrDevice s);
mx::array send(const mx::array& x, jint dst, const std::optional<mx::distributed::Group>& g, mx::StreamOrDevice s);
mx::array recv(const mx::Shape& shape, mx::Dtype dtype, jint src, const std::optional<mx::distributed::Group>& g,
               mx::StreamOrDevice s);

// Performs the operations below `outputs` that communicate, one after the other, in an order that depends on the graph
// alone. The entry lock is held, except while a peer is waited for.
void communicate(const Arrays& outputs);

}  // namespace mlx4j
