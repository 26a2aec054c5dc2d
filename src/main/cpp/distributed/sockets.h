// The sockets of MLX's ring, which MLX keeps to itself: they are found by where they lead.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

namespace mlx4j {

struct Ring {
  std::vector<int> own_ports;                        // where this process listens
  std::vector<std::pair<std::uint32_t, int>> right;  // address and port of the neighbor that it connects to

  // The open sockets of this process that belong to the ring.
  std::vector<int> sockets() const;
};

// Shuts the sockets down, so that whoever waits for them, here or at the other end, is told.
void hang_up(const std::vector<int>& sockets);

// Whether anyone, here or at the other end, has closed one of the sockets or its connection is broken.
bool any_hung_up(const std::vector<int>& sockets);

// The number of bytes that the sockets have sent and received.
std::uint64_t bytes_moved(const std::vector<int>& sockets);

// Makes the system notice a machine that has vanished while nothing is sent to it.
void keep_alive(const std::vector<int>& sockets);

}  // namespace mlx4j
