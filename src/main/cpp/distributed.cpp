#include "distributed.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <cstring>
#include <future>
#include <limits>
#include <mutex>
#include <set>
#include <sstream>
#include <thread>

#include "evaluation.h"
#include "graph_guard.h"
#include "memory_limits.h"
#include "mlx/allocator.h"
#include "mlx/distributed/distributed_impl.h"
#include "mlx/primitives.h"
#include "mlx/scheduler.h"
#include "threads.h"

namespace mlx4j {

namespace {

using Group = mx::distributed::Group;
using GroupImpl = mx::distributed::detail::GroupImpl;
using Milliseconds = std::chrono::milliseconds;

std::atomic<jlong> time_limit{300000};

// What a communication may take to fail once its sockets are shut down.
constexpr Milliseconds grace{5000};

// Set while this thread carries out an operation that communicates, apart from any graph.
thread_local bool apart = false;

std::string text(jbyteArray bytes) {
  auto b = copy_in<jbyteArray, jbyte, &JNIEnv::GetByteArrayRegion>(bytes);
  return std::string(b.begin(), b.end());
}

mx::array memory(const mx::Shape& shape, mx::Dtype dtype) {
  std::size_t bytes = mx::size_of(dtype);
  for (auto d : shape) {
    bytes *= std::size_t(d);
  }
  return mx::array(mx::allocator::malloc(bytes), shape, dtype);
}

// ---- sockets ------------------------------------------------------------------------------------
// MLX keeps the sockets of its ring to itself. They are found by where they lead.
struct Ring {
  std::vector<int> own_ports;
  std::vector<std::pair<std::uint32_t, int>> right;  // address and port

  std::vector<int> sockets() const {
    std::vector<int> found;
    DIR* directory = opendir("/dev/fd");
    if (!directory) {
      return found;
    }
    while (dirent* entry = readdir(directory)) {
      const int fd = std::atoi(entry->d_name);
      if (fd > 2 && leads(fd)) {
        found.push_back(fd);
      }
    }
    closedir(directory);
    return found;
  }

 private:
  bool leads(int fd) const {
    sockaddr_in a{};
    socklen_t length = sizeof a;
    auto* address = reinterpret_cast<sockaddr*>(&a);
    if (getsockname(fd, address, &length) != 0 || a.sin_family != AF_INET) {
      return false;
    }
    if (std::find(own_ports.begin(), own_ports.end(), ntohs(a.sin_port)) != own_ports.end()) {
      return true;
    }
    length = sizeof a;
    return getpeername(fd, address, &length) == 0 &&
           std::find(right.begin(), right.end(), std::pair(ntohl(a.sin_addr.s_addr), int(ntohs(a.sin_port)))) !=
               right.end();
  }
};

void hang_up(const std::vector<int>& sockets) {
  for (int fd : sockets) {
    shutdown(fd, SHUT_RDWR);
  }
}

// The system notices a machine that is gone while nothing is sent to it.
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

// ---- what the ranks tell each other before the data ---------------------------------------------
enum class Kind { all_sum, all_max, all_min, all_gather, sum_scatter, send, recv };
constexpr std::array<const char*, 7> kind_names{"allSum",     "allMax", "allMin", "allGather",
                                                "sumScatter", "send",   "recv"};

// MLX takes it for granted that all ranks do the same with arrays of one shape and dtype, and mixes up their bytes
// where they do not.
class Header {
 public:
  static constexpr int size = 16;
  Header(Kind kind, const mx::array& a) {
    v_[0] = std::int64_t(kind);
    v_[1] = std::int64_t(a.dtype().val());
    v_[2] = std::int64_t(a.ndim());
    v_[size - 1] = std::int64_t(a.nbytes());
    for (std::size_t i = 0; i < a.ndim(); ++i) {  // beyond the last place dimensions are mixed
      auto& place = v_[std::min<std::size_t>(3 + i, size - 2)];
      place = place * 31 + a.shape(int(i));
    }
  }
  explicit Header(const std::int64_t* v) { std::copy_n(v, size, v_.begin()); }
  mx::array as_array() const { return mx::array(v_.data(), {size}, mx::int64); }
  bool operator==(const Header&) const = default;
  bool is(Kind kind) const { return v_[0] == std::int64_t(kind); }
  std::int64_t nbytes() const { return v_[size - 1]; }
  bool same_array(Header other) const {
    other.v_[0] = v_[0];
    return *this == other;
  }
  std::string describe() const {
    std::ostringstream s;
    s << (v_[0] >= 0 && v_[0] < std::int64_t(kind_names.size()) ? kind_names[v_[0]] : "something unknown") << " of ";
    if (v_[1] >= 0 && v_[1] <= std::int64_t(mx::Dtype::Val::complex64)) {
      s << dtype_of(jint(v_[1])) << " ";
    }
    s << "(";
    for (std::int64_t i = 0; i < std::min<std::int64_t>(v_[2], size - 4); ++i) {
      s << (i ? "," : "") << v_[3 + i];
    }
    s << ")";
    return s.str();
  }

 private:
  std::array<std::int64_t, size> v_{};
};

// ---- groups -------------------------------------------------------------------------------------
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
  [[noreturn]] void nobody() { throw std::logic_error("a group of one has nobody to talk to"); }
};

// A group of MLX, each of whose operations ends in bounded time: with a result, or with an error on the thread that
// asked. After an error of the connection the group is of no use any more: its sockets are shut down, so that the
// neighbours see it and do the same, and so on around the ring.
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
  // Neither the ring nor MPI can do it; a sum of which each rank keeps its part is the same.
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
      if (theirs.nbytes() <= std::numeric_limits<int>::max()) {  // taken in, so that the next message is found
        mx::array rest = memory({int(theirs.nbytes())}, mx::uint8);
        perform(turn, {rest}, [&] { impl().recv(rest, src, stream_); });
        throw std::invalid_argument("[recv] " + differ());
      }
      lose(turn, {}, differ());
    }
    perform(turn, {out}, [&] { impl().recv(out, src, stream_); });
  }

 private:
  // One operation of the group at a time, with its limit of time.
  struct Turn {
    Turn(GuardedGroup& g, Kind k) : name(kind_names[std::size_t(k)]) {
      if (!apart) {
        throw std::logic_error(std::string("[") + name + "] evaluated where nobody may wait for other processes");
      }
      {
        Released released;
        lock = std::unique_lock(g.mutex_);
      }
      if (!g.lost_.empty()) {
        throw std::runtime_error(std::string("[") + name + "] the group is of no use since " + g.lost_);
      }
      limit = Milliseconds(time_limit);
      end = std::chrono::steady_clock::now() + limit;
    }
    const char* name;
    std::unique_lock<std::mutex> lock;
    Milliseconds limit;
    std::chrono::steady_clock::time_point end;
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

  // Hands the data to the thread that MLX communicates on, and waits with the entry lock open. `used` is what that
  // thread reads and writes: after an error it might go on doing so, so it is never freed.
  template <class F>
  void perform(Turn& turn, const Arrays& used, F schedule) {
    schedule();
    auto done = std::make_shared<std::promise<void>>();
    auto finished = done->get_future();
    mx::scheduler::enqueue(stream_, [done] { done->set_value(); });
    bool in_time;
    {
      Released released;
      in_time = finished.wait_until(turn.end) == std::future_status::ready;
      if (!in_time) {
        hang_up(sockets_);
        finished.wait_for(grace);
      }
    }
    if (!in_time) {
      std::ostringstream msg;
      msg << "there was no answer within " << turn.limit.count() / 1000.0 << " seconds";
      lose(turn, used, msg.str());
    }
    try {
      mx::scheduler::check_error(stream_);
    } catch (const std::exception& e) {
      lose(turn, used, e.what());
    }
  }

  [[noreturn]] void lose(Turn& turn, const Arrays& used, const std::string& why) {
    lost_ = std::string(turn.name) + " failed (" + why + ")";
    hang_up(sockets_);
    static auto& kept = immortal<Arrays>();
    kept.insert(kept.end(), used.begin(), used.end());
    throw std::runtime_error(std::string("[") + turn.name + "] " + why + "; the group is of no use any more");
  }

  const Group inner_;
  const bool ring_;
  const std::vector<int> sockets_;
  const mx::Stream stream_;
  std::mutex mutex_;
  std::string lost_;  // why the group is of no use; guarded by the mutex
};

// Groups live as long as the process, threads of MLX use them until its end.
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
    msg << "in a ring rank " << g.rank() << " talks to its neighbours " << (g.rank() + size - 1) % size << " and "
        << (g.rank() + 1) % size << " only";
  } else {
    return;
  }
  throw std::invalid_argument(msg.str());
}

}  // namespace

namespace distributed {

// As MLX's, whose rule for vmap appends the other ranks' batches to ours when the batch is the first axis.
class AllGather : public mx::Primitive {
 public:
  explicit AllGather(Group g) : mx::Primitive(process_stream(mx::Device::cpu)), group_(std::move(g)) {}

  static mx::array of(const mx::array& x, const Group& g) {
    mx::Shape shape = x.shape();
    if (shape.empty()) {
      shape.push_back(1);
    }
    const auto first = std::int64_t(shape[0]) * g.size();
    if (first > std::numeric_limits<int>::max()) {
      std::ostringstream msg;
      msg << "[allGather] " << g.size() << " times shape " << x.shape() << " is too large";
      throw std::invalid_argument(msg.str());
    }
    shape[0] = int(first);
    return mx::array(std::move(shape), x.dtype(), std::make_shared<AllGather>(g), {x});
  }

  void eval_cpu(const Arrays& inputs, Arrays& outputs) override {
    outputs[0].set_data(mx::allocator::malloc(outputs[0].nbytes()));
    group_.raw_group()->all_gather(inputs[0], outputs[0], stream());
  }
  void eval_gpu(const Arrays& inputs, Arrays& outputs) override { eval_cpu(inputs, outputs); }

  std::pair<Arrays, std::vector<int>> vmap(const Arrays& inputs, const std::vector<int>& axes) override {
    mx::array x = mx::moveaxis(inputs[0], axes[0], -1, stream());
    if (x.ndim() == 1) {
      x = mx::expand_dims(x, 0, stream());
    }
    mx::array all = of(x, group_);
    return {{all}, {int(all.ndim()) - 1}};
  }
  Arrays jvp(const Arrays&, const Arrays& tangents, const std::vector<int>&) override {
    return {of(tangents[0], group_)};
  }
  Arrays vjp(const Arrays& primals, const Arrays& cotangents, const std::vector<int>&, const Arrays&) override {
    const mx::Shape& shape = primals[0].shape();
    mx::array parts = mx::reshape(cotangents[0], rows(shape), stream());
    return {mx::reshape(mx::take(parts, group_.raw_group()->rank(), 0, stream()), shape, stream())};
  }
  const char* name() const override { return "AllGather"; }

 private:
  mx::Shape rows(const mx::Shape& shape) const {
    mx::Shape r{group_.raw_group()->size()};
    r.insert(r.end(), shape.begin(), shape.end());
    return r;
  }
  Group group_;
};

}  // namespace distributed

namespace {

// While one thread carries out an operation, others that need its result wait for it.
class Claim {
 public:
  explicit Claim(std::uintptr_t id) : id_(id) {
    Released released;
    std::unique_lock l(mutex());
    changed().wait(l, [&] { return claimed().insert(id_).second; });
  }
  ~Claim() {
    std::lock_guard l(mutex());
    claimed().erase(id_);
    changed().notify_all();
  }
  Claim(const Claim&) = delete;
  Claim& operator=(const Claim&) = delete;

 private:
  static std::mutex& mutex() {
    static auto& m = immortal<std::mutex>();
    return m;
  }
  static std::condition_variable& changed() {
    static auto& c = immortal<std::condition_variable>();
    return c;
  }
  static std::set<std::uintptr_t>& claimed() {
    static auto& ids = immortal<std::set<std::uintptr_t>>();
    return ids;
  }
  std::uintptr_t id_;
};

struct Apart {
  Apart() { apart = true; }
  ~Apart() { apart = false; }
};

// Not by mx::eval, which would wait for the stream with the lock held, and for everything else that runs there.
void carry_out(mx::array a) {
  Claim claim(a.id());
  auto is_open = [&] { return a.status() == mx::array::Status::unscheduled && a.has_primitive(); };
  if (!is_open()) {
    return;
  }
  plan_evaluation({a}, tracing());  // throws when it cannot be done
  Arrays inputs = a.inputs();
  evaluate(inputs);
  for (auto& in : inputs) {
    if (!in.flags().row_contiguous) {
      in = mx::contiguous(in, false, process_stream(mx::Device::cpu));
    }
  }
  evaluate(inputs);
  Arrays outputs{mx::array(a.shape(), a.dtype(), nullptr, {})};
  {
    Apart scope;
    a.primitive().eval_cpu(inputs, outputs);
  }
  a.copy_shared_buffer(outputs[0]);
  a.set_status(mx::array::Status::available);
  if (!a.is_tracer()) {
    a.detach();
  }
}

}  // namespace

group::group(jint number) : g(groups().at(number)) {}

bool is_backend_available(jbyteArray backend) { return mx::distributed::is_available(text(backend)); }

jint init_group(jbyteArray backend, jbyteArray hostfile, jint rank, jintArray own_ports, jintArray right, jlong limit) {
  static auto& attempts = immortal<std::mutex>();
  static auto& running = immortal<std::shared_future<void>>();
  std::lock_guard l(attempts);
  if (running.valid() && running.wait_for(Milliseconds(0)) != std::future_status::ready) {
    throw std::logic_error("[init] an earlier init, which failed, still tries to connect; try again later");
  }
  const std::string name = text(backend);
  Ring ring;
  if (hostfile) {
    ring.own_ports = ints(own_ports).v;
    auto r = ints(right).v;
    for (std::size_t i = 0; i + 1 < r.size(); i += 2) {
      ring.right.emplace_back(std::uint32_t(r[i]), r[i + 1]);
    }
    setenv("MLX_HOSTFILE", text(hostfile).c_str(), 1);  // there is no other way to tell MLX
    setenv("MLX_RANK", std::to_string(rank).c_str(), 1);
  }
  // On a thread of its own: MLX waits for its peers as long as it takes.
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

mx::array all_gather(const mx::array& x, const std::optional<Group>& g, mx::StreamOrDevice) {
  return g->size() == 1 ? x : distributed::AllGather::of(x, *g);
}

mx::array send(const mx::array& x, jint dst, const std::optional<Group>& g, mx::StreamOrDevice s) {
  require_peer("send", "dst", dst, *g);
  return mx::distributed::send(x, dst, g, s);
}

mx::array recv(const mx::Shape& shape, mx::Dtype dtype, jint src, const std::optional<Group>& g, mx::StreamOrDevice s) {
  require_peer("recv", "src", src, *g);
  mx::array r = mx::distributed::recv(shape, dtype, src, g, s);
  // Compiled functions take an operation without inputs for a constant.
  return mx::array(shape, dtype, r.primitive_ptr(), {mx::array(0)});
}

void communicate(const Arrays& outputs) {
  if (!groups().any) {
    return;
  }
  for (auto& a : communications(outputs)) {
    carry_out(a);
  }
}

}  // namespace mlx4j
