#include "distributed/sockets.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#ifdef __APPLE__
#include <netinet/tcp.h>
#else
#include <linux/tcp.h>  // that of the C library does not know the numbers of bytes
#endif

#include <algorithm>
#include <cstdlib>

namespace mlx4j {

static bool belongs_to(const Ring& ring, int fd) {
  sockaddr_in a{};
  socklen_t length = sizeof a;
  auto* address = reinterpret_cast<sockaddr*>(&a);
  if (getsockname(fd, address, &length) != 0 || a.sin_family != AF_INET) {
    return false;
  }
  if (std::find(ring.own_ports.begin(), ring.own_ports.end(), ntohs(a.sin_port)) != ring.own_ports.end()) {
    return true;
  }
  length = sizeof a;
  return getpeername(fd, address, &length) == 0 &&
         std::find(ring.right.begin(), ring.right.end(), std::pair(ntohl(a.sin_addr.s_addr), int(ntohs(a.sin_port)))) !=
             ring.right.end();
}

std::vector<int> Ring::sockets() const {
  std::vector<int> found;
  DIR* directory = opendir("/dev/fd");
  if (!directory) {
    return found;
  }
  while (dirent* entry = readdir(directory)) {
    const int fd = std::atoi(entry->d_name);
    if (fd > 2 && belongs_to(*this, fd)) {
      found.push_back(fd);
    }
  }
  closedir(directory);
  return found;
}

void hang_up(const std::vector<int>& sockets) {
  for (int fd : sockets) {
    shutdown(fd, SHUT_RDWR);
  }
}

bool any_hung_up(const std::vector<int>& sockets) {
#ifdef __APPLE__
  constexpr short asked = POLLIN;
  constexpr short told = POLLHUP | POLLERR | POLLNVAL;
#else
  constexpr short asked = POLLRDHUP;
  constexpr short told = POLLRDHUP | POLLHUP | POLLERR | POLLNVAL;
#endif
  return std::any_of(sockets.begin(), sockets.end(), [](int fd) {
    pollfd p{fd, asked, 0};
    return poll(&p, 1, 0) == 1 && (p.revents & told);
  });
}

std::uint64_t bytes_moved(const std::vector<int>& sockets) {
  std::uint64_t sum = 0;
  for (int fd : sockets) {
#ifdef __APPLE__
    tcp_connection_info info{};
    socklen_t length = sizeof info;
    getsockopt(fd, IPPROTO_TCP, TCP_CONNECTION_INFO, &info, &length);
    sum += info.tcpi_txbytes + info.tcpi_rxbytes;
#else
    tcp_info info{};
    socklen_t length = sizeof info;
    getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &length);
    sum += info.tcpi_bytes_acked + info.tcpi_bytes_received;
#endif
  }
  return sum;
}

void keep_alive(const std::vector<int>& sockets) {
  auto set = [](int fd, int level, int option, int value) { setsockopt(fd, level, option, &value, sizeof value); };
  for (int fd : sockets) {
    set(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
#ifdef __APPLE__
    set(fd, IPPROTO_TCP, TCP_KEEPALIVE, 15);
#else
    set(fd, IPPROTO_TCP, TCP_KEEPIDLE, 15);
#endif
    set(fd, IPPROTO_TCP, TCP_KEEPINTVL, 5);
    set(fd, IPPROTO_TCP, TCP_KEEPCNT, 3);
  }
}

}  // namespace mlx4j
