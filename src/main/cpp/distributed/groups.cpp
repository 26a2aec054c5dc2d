#include "distributed/groups.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <future>
#include <limits>
#include <mutex>
#include <sstream>
#include <thread>

#include "distributed/protocol.h"
#include "distributed/sockets.h"
#include "memory_limits.h"
#include "mlx/allocator.h"
#include "mlx/distributed/distributed_impl.h"
#include "mlx/scheduler.h"
#include "threads.h"

namespace mlx4j {

namespace {

using Group = mx::distributed::Group;
using GroupImpl = mx::distributed::detail::GroupImpl;
using Milliseconds = std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

std::atomic<jlong> time_limit{300000};

// How long a communication may take to fail once its sockets are shut down.
constexpr Milliseconds grace{5000};

// How long a communication may go on without moving any data once a neighbor has hung up. It can still succeed then:
// the neighbor may have everything it needs, and others may be slow.
constexpr Milliseconds stall{15000};

thread_local bool may_communicate = false;

mx::array memory(const mx::Shape& shape, mx::Dtype dtype) {
  std::size_t bytes = mx::size_of(dtype);
  for (auto d : shape) {
    bytes *= std::size_t(d);
  }
  return mx::array(mx::allocator::malloc(bytes), shape, dtype);
}

class Singleton : public GroupImpl {
 public:
  mx::Stream communication_stream(mx::StreamOrDevice) override { return process_stream(mx::Device::cpu); }
  int rank() override { return 0; }
  int size() override { return 1; }
  std::shared_ptr<GroupImpl> split(int, int) override {
    throw std::invalid_argument("[split] a group of one cannot be split");
  }
  void all_sum(const mx::array&, mx::array&, mx::Stream) override { nobody(); }
  void all_gather(const mx::array&, mx::array&, mx::Stream) override { nobody(); }
  void send(const mx::array&, int, mx::Stream) override { nobody(); }
  void recv(mx::array&, int, mx::Stream) override { nobody(); }
  void all_max(const mx::array&, mx::array&, mx::Stream) override { nobody(); }
  void all_min(const mx::array&, mx::array&, mx::Stream) override { nobody(); }
  void sum_scatter(const mx::array&, mx::array&, mx::Stream) override { nobody(); }

 private:
  [[noreturn]] void nobody() { throw std::logic_error("a group of one has no peers"); }
};

// Wraps a group of MLX so that each operation ends in bounded time, with a result or with an error on the calling
// thread. After a connection error the group is unusable: its sockets are shut down, so the neighbors notice and do the
// same, and so on around the ring.
class GuardedGroup : public GroupImpl {
 public:
  GuardedGroup(Group inner, bool ring, std::vector<int> sockets)
      : inner_(std::move(inner)),
        ring_(ring),
        sockets_(std::move(sockets)),
        stream_(mx::new_thread_unsafe_stream(mx::Device::cpu)) {}

  bool is_ring() const { return ring_; }
  const Group& inner() const { return inner_; }

  mx::Stream communication_stream(mx::StreamOrDevice) override { return process_stream(mx::Device::cpu); }
  int rank() override { return inner_.rank(); }
  int size() override { return inner_.size(); }
  std::shared_ptr<GroupImpl> split(int color, int key) override {
    Group part = inner_.split(color, key);
    Entry entry;
    return std::make_shared<GuardedGroup>(std::move(part), false, std::vector<int>{});
  }

  void all_sum(const mx::array& in, mx::array& out, mx::Stream) override {
    together(Kind::all_sum, in, out, [&] { impl().all_sum(in, out, stream_); });
  }
  void all_max(const mx::array& in, mx::array& out, mx::Stream) override {
    together(Kind::all_max, in, out, [&] { impl().all_max(in, out, stream_); });
  }
  void all_min(const mx::array& in, mx::array& out, mx::Stream) override {
    together(Kind::all_min, in, out, [&] { impl().all_min(in, out, stream_); });
  }
  void all_gather(const mx::array& in, mx::array& out, mx::Stream) override {
    together(Kind::all_gather, in, out, [&] { impl().all_gather(in, out, stream_); });
  }
  // Neither the ring nor MPI supports it. Each rank keeps its part of a sum instead, which is the same.
  void sum_scatter(const mx::array& in, mx::array& out, mx::Stream) override {
    mx::array sum = memory(in.shape(), in.dtype());
    together(Kind::sum_scatter, in, sum, [&] { impl().all_sum(in, sum, stream_); });
    std::memcpy(out.data<char>(), sum.data<char>() + std::size_t(rank()) * out.nbytes(), out.nbytes());
  }

  void send(const mx::array& in, int dst, mx::Stream) override {
    Turn turn(*this, Kind::send);
    mx::array header = Header(Kind::send, in).as_array();
    perform(turn, {header}, [&] { impl().send(header, dst, stream_); });
    perform(turn, {in}, [&] { impl().send(in, dst, stream_); });
  }

  void recv(mx::array& out, int src, mx::Stream) override {
    Turn turn(*this, Kind::recv);
    mx::array received = memory({Header::size}, mx::int64);
    perform(turn, {received}, [&] { impl().recv(received, src, stream_); });
    const Header theirs(received.data<std::int64_t>());
    const Header ours(Kind::recv, out);
    auto differ = [&] { return differing(src, theirs, ours); };
    if (!theirs.is(Kind::send) || theirs.nbytes() < 0 || std::size_t(theirs.nbytes()) > physical_memory() / 2) {
      lose(turn, {}, differ());
    }
    if (!ours.same_array(theirs)) {
      if (theirs.nbytes() <= std::numeric_limits<int>::max()) {  // read anyway, so that the next message is found
        mx::array rest = memory({int(theirs.nbytes())}, mx::uint8);
        perform(turn, {rest}, [&] { impl().recv(rest, src, stream_); });
        throw std::invalid_argument("[recv] " + differ());
      }
      lose(turn, {}, differ());
    }
    perform(turn, {out}, [&] { impl().recv(out, src, stream_); });
  }

 private:
  // Gives one operation at a time the group, and a time limit.
  struct Turn {
    Turn(GuardedGroup& g, Kind k) : name(kind_names[std::size_t(k)]) {
      if (!may_communicate) {
        throw std::logic_error(std::string("[") + name +
                               "] evaluated where waiting for other processes is not possible");
      }
      {
        Released released;
        lock = std::unique_lock(g.mutex_);
      }
      if (!g.lost_.empty()) {
        throw std::runtime_error(std::string("[") + name + "] the group has been unusable since " + g.lost_);
      }
      limit = Milliseconds(time_limit);
      end = Clock::now() + limit;
    }
    const char* name;
    std::unique_lock<std::mutex> lock;
    Milliseconds limit;
    Clock::time_point end;
  };

  GroupImpl& impl() { return *inner_.raw_group(); }

  template <class F>
  void together(Kind kind, const mx::array& in, const mx::array& out, F schedule) {
    Turn turn(*this, kind);
    agree(turn, Header(kind, in));
    perform(turn, {in, out}, schedule);
  }

  void agree(Turn& turn, const Header& mine) {
    mx::array header = mine.as_array();
    mx::array all = memory({size() * Header::size}, mx::int64);
    perform(turn, {header, all}, [&] { impl().all_gather(header, all, stream_); });
    for (int r = 0; r < size(); ++r) {
      const Header theirs(all.data<std::int64_t>() + r * Header::size);
      if (!(theirs == mine)) {
        throw std::invalid_argument(std::string("[") + turn.name + "] " + differing(r, theirs, mine));
      }
    }
  }

  std::string differing(int peer, const Header& theirs, const Header& ours) {
    std::ostringstream msg;
    msg << "rank " << peer << " calls " << theirs.describe() << " where rank " << rank() << " calls "
        << ours.describe();
    return msg.str();
  }

  // Hands the data to the thread on which MLX communicates, and waits with the entry lock open. `used` are the arrays
  // that this thread reads and writes. They are never freed after an error, because it might continue to use them.
  template <class F>
  void perform(Turn& turn, const Arrays& used, F schedule) {
    schedule();
    auto done = std::make_shared<std::promise<void>>();
    auto finished = done->get_future();
    mx::scheduler::enqueue(stream_, [done] { done->set_value(); });
    std::string in_vain;
    {
      Released released;
      in_vain = await(turn, finished);
      if (!in_vain.empty()) {
        hang_up(sockets_);
        finished.wait_for(grace);
      }
    }
    if (!in_vain.empty()) {
      lose(turn, used, in_vain);
    }
    try {
      mx::scheduler::check_error(stream_);
    } catch (const std::exception& e) {
      lose(turn, used, e.what());
    }
  }

  // Waits for MLX; says why, if it gives up. MLX alone does not always notice a lost connection: the thread that it has
  // for a socket ends after an error, and what is requested from that thread later is never answered.
  std::string await(const Turn& turn, const std::future<void>& finished) {
    std::uint64_t moved = 0;
    auto last_move = Clock::now();
    while (finished.wait_until(std::min(turn.end, Clock::now() + Milliseconds(500))) != std::future_status::ready) {
      const auto now = Clock::now();
      if (now >= turn.end) {
        std::ostringstream msg;
        msg << "there was no answer within " << turn.limit.count() / 1000.0 << " seconds";
        return msg.str();
      }
      if (const auto bytes = bytes_moved(sockets_); bytes != moved || !any_hung_up(sockets_)) {
        moved = bytes;
        last_move = now;
      } else if (now - last_move >= stall) {
        return "a neighbor has hung up";
      }
    }
    return {};
  }

  [[noreturn]] void lose(Turn& turn, const Arrays& used, const std::string& why) {
    lost_ = std::string(turn.name) + " failed (" + why + ")";
    hang_up(sockets_);
    static auto& kept = immortal<Arrays>();
    kept.insert(kept.end(), used.begin(), used.end());
    throw std::runtime_error(std::string("[") + turn.name + "] " + why + "; the group is no longer usable");
  }

  const Group inner_;
  const bool ring_;
  const std::vector<int> sockets_;
  const mx::Stream stream_;
  std::mutex mutex_;
  std::string lost_;  // why the group is unusable; guarded by the mutex
};

// Groups live as long as the process, because threads of MLX use them until its end.
struct Groups {
  std::mutex mutex;
  std::vector<Group> all;
  std::atomic<bool> any{false};

  jint add(Group g) {
    std::lock_guard l(mutex);
    all.push_back(std::move(g));
    any = true;
    return jint(all.size());
  }
  Group at(jint number) {
    static auto& alone = immortal<std::shared_ptr<GroupImpl>>(std::make_shared<Singleton>());
    std::lock_guard l(mutex);
    return number == 0 ? Group(alone) : all.at(std::size_t(number) - 1);
  }
};
Groups& groups() {
  static auto& g = immortal<Groups>();
  return g;
}

bool is_of_ring(const Group& g) {
  auto* guarded = dynamic_cast<const GuardedGroup*>(g.raw_group().get());
  return guarded && guarded->is_ring();
}

}  // namespace

MayCommunicate::MayCommunicate() { may_communicate = true; }

MayCommunicate::~MayCommunicate() { may_communicate = false; }

void require_peer(const char* function, const char* argument, int peer, const Group& g) {
  std::ostringstream msg;
  msg << "[" << function << "] " << argument << " is " << peer << "; ";
  const int size = g.size();
  if (size == 1) {
    msg << "a group of one has no other ranks";
  } else if (peer < 0 || peer >= size) {
    msg << "the ranks of this group are 0 to " << size - 1;
  } else if (peer == g.rank()) {
    msg << "that is this rank itself";
  } else if (is_of_ring(g) && (peer + 1) % size != g.rank() && (g.rank() + 1) % size != peer) {
    msg << "in a ring rank " << g.rank() << " can communicate only with its neighbors " << (g.rank() + size - 1) % size
        << " and " << (g.rank() + 1) % size;
  } else {
    return;
  }
  throw std::invalid_argument(msg.str());
}

group::group(jint number) : g(groups().at(number)) {}

bool is_backend_available(jbyteArray backend) { return mx::distributed::is_available(utf8_in(backend).s); }

jint init_group(jbyteArray backend, jbyteArray hostfile, jint rank, jintArray own_ports, jintArray right, jlong limit) {
  static auto& attempts = immortal<std::mutex>();
  static auto& running = immortal<std::shared_future<void>>();
  std::lock_guard l(attempts);
  if (running.valid() && running.wait_for(Milliseconds(0)) != std::future_status::ready) {
    throw std::logic_error("[init] an earlier init, which failed, still tries to connect; try again later");
  }
  const std::string name = utf8_in(backend).s;
  Ring ring;
  if (hostfile) {
    ring.own_ports = ints(own_ports).v;
    auto r = ints(right).v;
    for (std::size_t i = 0; i + 1 < r.size(); i += 2) {
      ring.right.emplace_back(std::uint32_t(r[i]), r[i + 1]);
    }
    setenv("MLX_HOSTFILE", utf8_in(hostfile).s.c_str(), 1);  // MLX takes it only from the environment
    setenv("MLX_RANK", std::to_string(rank).c_str(), 1);
  }
  // On a separate thread, because MLX waits for its peers without a limit.
  auto joined = std::make_shared<std::optional<Group>>();
  auto attempt = std::make_shared<std::packaged_task<void()>>(
      [joined, name] { joined->emplace(mx::distributed::init(true, name)); });
  running = attempt->get_future().share();
  std::thread([attempt] { (*attempt)(); }).detach();
  if (running.wait_for(Milliseconds(limit)) != std::future_status::ready) {
    hang_up(ring.sockets());
    running.wait_for(grace);
    std::ostringstream msg;
    msg << "[init] the group was not complete within " << double(limit) / 1000 << " seconds";
    throw std::runtime_error(msg.str());
  }
  try {
    running.get();
  } catch (const std::exception& e) {
    throw std::runtime_error(std::string("[init] ") + e.what());
  }
  auto sockets = ring.sockets();
  keep_alive(sockets);
  Entry entry;
  return groups().add(Group(std::make_shared<GuardedGroup>(**joined, hostfile != nullptr, std::move(sockets))));
}

jint split_group(jint number, jint color, jint key) { return groups().add(groups().at(number).split(color, key)); }

jint group_rank(jint number) { return groups().at(number).rank(); }

jint group_size(jint number) { return groups().at(number).size(); }

void set_time_limit(jlong limit) { time_limit = limit; }

bool has_groups() { return groups().any; }

}  // namespace mlx4j
