// Groups of processes, and what they say to each other.
//
// MLX's backends wait on the thread of a stream, for ever where a peer is silent, and their errors reach whichever
// thread waits next. So every group of MLX is wrapped in one of ours (GuardedGroup), and an operation that communicates
// is carried out by the evaluating thread itself, alone, with the entry lock open and a limit of time.
#pragma once

#include <string>

#include "handles.h"
#include "mlx/distributed/ops.h"

namespace mlx4j {

struct group {  // a number that init_group or split_group returned; 0 stands for this process alone
  mx::distributed::Group g;
  explicit group(jint number);
  operator std::optional<mx::distributed::Group>() const { return g; }
};

bool is_backend_available(jbyteArray backend);

// Joins the group of a backend; fails after `limit` milliseconds at the latest. Where the backend is MLX's ring,
// `hostfile` and `rank` say who belongs to it, `own_ports` where this process listens, and `right` (address and port in
// turn) to whom it connects; elsewhere they are null.
jint init_group(jbyteArray backend, jbyteArray hostfile, jint rank, jintArray own_ports, jintArray right, jlong limit);
jint split_group(jint number, jint color, jint key);
jint group_rank(jint number);
jint group_size(jint number);

// How long one communication may take, in milliseconds.
void set_time_limit(jlong limit);

// As in MLX, with sizes and neighbours checked.
mx::array all_gather(const mx::array& x, const std::optional<mx::distributed::Group>& g, mx::StreamOrDevice s);
mx::array send(const mx::array& x, jint dst, const std::optional<mx::distributed::Group>& g, mx::StreamOrDevice s);
mx::array recv(const mx::Shape& shape, mx::Dtype dtype, jint src, const std::optional<mx::distributed::Group>& g,
               mx::StreamOrDevice s);

// Brings the operations below `outputs` that communicate to their results, one after the other, in an order that
// depends on the graph alone. The entry lock is held, and open while a peer is waited for.
void communicate(const Arrays& outputs);

}  // namespace mlx4j
