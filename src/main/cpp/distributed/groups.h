// Groups of processes.
//
// MLX's back-ends wait on the thread of a stream, without end where a peer is silent, and their errors reach whichever
// thread waits next. So each of MLX's groups is wrapped in one of ours, all of whose operations end within a time
// limit.
#pragma once

#include <string>

#include "handles.h"
#include "mlx/distributed/distributed.h"

namespace mlx4j {

struct group {  // a number that init_group or split_group returned; 0 stands for this process alone
  mx::distributed::Group g;
  explicit group(jint number);
  operator std::optional<mx::distributed::Group>() const { return g; }
};

bool is_backend_available(jbyteArray backend);

// Joins the group of a back-end; fails after `limit` milliseconds at the latest. If the back-end is MLX's ring,
// `hostfile` and `rank` say who belongs to it, `own_ports` where this process listens, and `right` (address and port
// alternating) which neighbor it connects to; for other back-ends they are null.
jint init_group(jbyteArray backend, jbyteArray hostfile, jint rank, jintArray own_ports, jintArray right, jlong limit);
jint split_group(jint number, jint color, jint key);
jint group_rank(jint number);
jint group_size(jint number);

// How long one communication may take, in milliseconds.
void set_time_limit(jlong limit);

// Whether this process has joined any group.
bool has_groups();

// Throws std::invalid_argument unless this process can send to, or receive from, the rank `peer`.
void require_peer(const char* function, const char* argument, int peer, const mx::distributed::Group& g);

// Permits this thread to communicate while it exists. Elsewhere, as inside mx::eval, the entry lock would be held while
// other processes are waited for, so there the groups' operations throw.
class MayCommunicate {
 public:
  MayCommunicate();
  ~MayCommunicate();
  MayCommunicate(const MayCommunicate&) = delete;
  MayCommunicate& operator=(const MayCommunicate&) = delete;
};

}  // namespace mlx4j
