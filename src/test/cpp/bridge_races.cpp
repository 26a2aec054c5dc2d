// Lets threads use the bridge under ThreadSanitizer: handles, the entry lock, references into the virtual machine,
// compiled functions, evaluation, computations divided among threads. There is no virtual machine; this program answers
// what the bridge asks of one.
//
// bridge_races SECONDS: fails on a wrong number, on a reference that is lost or deleted twice, and on a data race
// bridge_races failing: fails on a failure of a computation that is not reported, or is reported for another one
// bridge_races planted: contains a data race; a run that does not report it proves nothing
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "cpu/parallel.h"
#include "evaluation.h"
#include "handles.h"
#include "mlx/backend/cpu/encoder.h"
#include "mlx/primitives.h"
#include "threads.h"
#include "transforms.h"

using namespace mlx4j;

// MLX's package is not instrumented, so ThreadSanitizer does not see the reference count of an event, by which the last
// owner destroys it after the others have released it. It does see MLX's locks.
extern "C" JNIEXPORT const char* __tsan_default_suppressions() { return "called_from_lib:libmlx.so\n"; }

// ---- in place of a virtual machine --------------------------------------------------------------
static std::atomic<int> global_references{0};
static thread_local bool known_to_the_vm = false;

// Each reference is a separate object, so that it is noticed if one is deleted twice or used afterwards.
static jobject as_object(int* reference) { return reinterpret_cast<jobject>(reference); }

static JNIEnv* fake_environment() {
  static JNINativeInterface_ functions = [] {
    JNINativeInterface_ f{};
    f.NewGlobalRef = [](JNIEnv*, jobject) {
      ++global_references;
      return as_object(new int(1));
    };
    f.DeleteGlobalRef = [](JNIEnv*, jobject reference) {
      --global_references;
      delete reinterpret_cast<int*>(reference);
    };
    f.ExceptionOccurred = [](JNIEnv*) -> jthrowable { return nullptr; };
    f.ExceptionCheck = [](JNIEnv*) -> jboolean { return JNI_FALSE; };
    return f;
  }();
  static JNIEnv environment{&functions};
  return &environment;
}

static JavaVM* fake_vm() {
  static JNIInvokeInterface_ functions = [] {
    JNIInvokeInterface_ f{};
    f.GetEnv = [](JavaVM*, void** environment, jint) -> jint {
      *environment = known_to_the_vm ? fake_environment() : nullptr;
      return known_to_the_vm ? JNI_OK : JNI_EDETACHED;
    };
    return f;
  }();
  static JavaVM vm{&functions};
  return &vm;
}

// ---- what the threads do ------------------------------------------------------------------------
static std::atomic<bool> over{false};
static std::atomic<long> steps{0};

static void require(bool holds, const char* what) {
  if (!holds) {
    std::fprintf(stderr, "bridge_races: %s\n", what);
    std::_Exit(1);
  }
}

static int any(int bound) {
  thread_local std::mt19937 generator{std::random_device{}()};
  return int(generator() % unsigned(bound));
}

template <class Body>
static std::thread start(bool known, Body body) {
  return std::thread([known, body] {
    known_to_the_vm = known;
    while (!over) {
      body();
      ++steps;
    }
  });
}

// Arrays that all threads use, replace and close. An array of n elements contains n in each, so a handle that led to a
// wrong array would give a number that does not fit.
constexpr int shared = 32;
static std::atomic<jlong> handles_of_all[shared];

static jlong array_of(int n) {
  Entry entry;
  return out(mx::full({n}, float(n))).h;
}

static void replace() {
  const jlong old = handles_of_all[any(shared)].exchange(array_of(1 + any(20)));
  close(old);
  if (any(4) == 0) {
    close(old);  // a no-op, even if the slot is in use again
  }
}

static void check(const mx::array& a, int scale) {
  require(item_long(mx::max(a)) == long(scale) * a.shape(0), "a wrong number");
}

static void use() {
  const jlong h = handles_of_all[any(shared)];
  try {
    switch (any(6)) {
      case 0: {
        held a(h);
        check(a.a, 1);
        break;
      }
      case 1: {
        held a(h);
        const out sum(mx::add(a.a, a.a));
        async_evaluate({held(sum.h).a});
        {
          Released others_may_enter;
        }
        check(held(sum.h).a, 2);
        close(sum.h);
        break;
      }
      case 2:
        is_live(h);
        break;
      case 3: {
        held a(h);
        const auto f = std::make_shared<const Fn>([](const Arrays& x) {
          Released as_if_in_java;
          Entry entry;
          return Arrays{mx::sum(mx::square(x[0]))};
        });
        check(value_and_grad(f, {0}, false)({a.a})[0], 2);
        break;
      }
      default: {
        in a(h);
        describe(a);
      }
    }
  } catch (const closed_error&) {  // another thread was faster
  }
}

// Compiled functions that are created, used by two threads and dropped; threads that come and go with their caches.
static void compile_and_drop() {
  known_to_the_vm = true;
  const int factor = 1 + any(50);
  const auto multiply =
      std::make_shared<const Fn>([factor, reference = std::make_shared<JavaRef>(require_env(), nullptr)](
                                     const Arrays& x) { return Arrays{mx::multiply(x[0], mx::array(float(factor)))}; });
  jlong f;
  {
    Entry entry;
    f = fnout(compile(multiply, false)).h;
  }
  auto call_it = [f, factor](bool known) {
    known_to_the_vm = known;
    try {
      fn function(f);
      Arrays r = call(function.f, {mx::full({3}, 1.f)});
      require(item_long(mx::min(r[0])) == factor, "a compiled function gave another one's number");
      r.clear();
    } catch (const closed_error&) {
    }
  };
  std::thread other(call_it, any(2) == 0);
  call_it(true);
  close(f);
  other.join();
}

// References that are destroyed where there is no virtual machine wait until a thread that has one enters.
static std::atomic<std::shared_ptr<JavaRef>*> dropped{nullptr};

static void make_reference() {
  delete dropped.exchange(new std::shared_ptr<JavaRef>(std::make_shared<JavaRef>(require_env(), nullptr)));
  settle();
}

static void drop_reference() { delete dropped.exchange(nullptr); }

// A number that only the entry lock protects.
static long guarded_number = 0;
static std::atomic<long> additions{0};

static void add_under_the_lock() {
  Entry entry;
  Entry nested;
  const long before = guarded_number++;
  {
    Released released;
  }
  require(guarded_number > before, "an addition was lost");
  ++additions;
}

// Computations that are divided among threads, also while they go on: what a thread writes is there when the division
// has returned.
static void divide() {
  std::vector<int> numbers(1 + any(5000));
  const int grain = 1 + any(50);
  cpu::assume_idle_processors(any(4));
  const bool slow = any(10) == 0;
  cpu::parallel(numbers.size(), std::size_t(grain), [&](std::size_t first, std::size_t last) {
    for (std::size_t i = first; i < last; ++i) {
      numbers[i] += int(i);
    }
    if (slow) {
      std::this_thread::sleep_for(std::chrono::microseconds(600));
    }
  });
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    require(numbers[i] == int(i), "a part of a divided computation is missing, or was done twice");
  }
}

// If processors become idle during a long computation, other threads help with what is left of it.
static void require_late_help() {
  cpu::assume_idle_processors(0);
  const auto caller = std::this_thread::get_id();
  std::atomic<int> ranges{0};
  std::atomic<bool> helped{false};
  const auto end = std::chrono::steady_clock::now() + std::chrono::minutes(1);
  cpu::parallel(100, 1, [&](std::size_t, std::size_t) {
    if (std::this_thread::get_id() != caller) {
      require(ranges > 0, "a thread helps although no processor is idle");
      helped = true;
      return;
    }
    if (++ranges == 1) {
      cpu::assume_idle_processors(3);
    } else {
      while (!helped && std::chrono::steady_clock::now() < end) {
        std::this_thread::yield();
      }
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  });
  require(helped, "no thread helps when processors have become idle");
}

// Who wants to take all of a computation gets all of it or nothing.
static void require_all_or_nothing() {
  for (const int idle : {0, 3}) {
    cpu::assume_idle_processors(idle);
    std::atomic<int> items{0};
    cpu::parallel_by_thread(100, 1, [&](cpu::Ranges& ranges) {
      std::size_t first, last;
      if (ranges.take_all()) {
        require(idle == 0, "all ranges are taken although a thread helps");
        items += 100;
        require(!ranges.take(first, last), "a range is left although all have been taken");
        return;
      }
      require(idle > 0, "a range is left to threads although no processor is idle");
      while (ranges.take(first, last)) {
        items += int(last - first);
      }
    });
    require(items == 100, "items are missing, or were done twice");
  }
}

// An operation that fails when it is computed, which is known only then.
class Failing final : public mx::Primitive {
 public:
  using Primitive::Primitive;

  void eval_cpu(const Arrays&, Arrays& outputs) override {
    outputs[0].set_data(mx::allocator::malloc(outputs[0].nbytes()));
    mx::cpu::get_command_encoder(stream()).dispatch([] { throw std::runtime_error("cannot be computed"); });
  }
  void eval_gpu(const Arrays&, Arrays&) override {}
  const char* name() const override { return "Failing"; }
};

static mx::array failing(mx::Stream s, const mx::array& x) {
  return mx::array(x.shape(), x.dtype(), std::make_shared<Failing>(s), {x});
}

static void require_failure(const mx::array& a) {
  try {
    evaluate({a});
  } catch (const std::runtime_error& e) {
    require(e.what() == std::string("cannot be computed"), "a wrong message");
    return;
  }
  require(false, "a failure was not reported");
}

// The thread that waits for a result is told that it could not be computed, and what comes afterwards is not affected.
static int fail_and_go_on() {
  Entry entry;
  require_queue();
  const auto s = mx::default_stream(mx::Device::cpu), other = mx::new_thread_unsafe_stream(mx::Device::cpu);
  const mx::array x = mx::full({1 << 18}, 1.f);  // not computed with the lock held
  const auto go_on = [&] {
    require(item_long(mx::max(mx::add(x, x, s), s)) == 2, "a wrong number after a failure");
    const mx::array sum = mx::add(mx::add(x, x, s), mx::add(x, x, other), s);
    require(item_long(mx::max(sum, s)) == 4, "a wrong number after a failure");
  };
  go_on();
  require_failure(failing(s, x));
  go_on();
  require_failure(mx::add(failing(s, x), x, s));
  go_on();
  mx::array many = failing(s, x);  // with more tasks than are kept
  for (int i = 0; i < 200; ++i) {
    many = mx::abs(mx::negative(many, s), s);
  }
  require_failure(many);
  go_on();
  // Once a second stream is found, the tasks are handed over, the failure with them.
  mx::array late = mx::abs(failing(s, x), s);
  for (int i = 0; i < 60; ++i) {
    late = mx::abs(mx::negative(late, s), s);
  }
  require_failure(mx::add(late, mx::stop_gradient(mx::add(x, x, other), s), s));
  go_on();
  std::printf("failed and went on\n");
  return 0;
}

// The table of arrays, which one of two threads reads without the lock.
static int planted() {
  std::thread locked([] { close(array_of(3)); });
  std::thread careless([] { require(array_table.live() <= 1, "more arrays than there are"); });
  locked.join();
  careless.join();
  return 0;
}

int main(int count, char** arguments) {
  known_to_the_vm = true;
  set_vm(fake_vm());
  use_queues(4);
  cpu::use_threads(4);
  start_first_thread();
  if (count == 2 && arguments[1] == std::string("planted")) {
    return planted();
  }
  if (count == 2 && arguments[1] == std::string("failing")) {
    return fail_and_go_on();
  }
  const int seconds = count == 2 ? std::atoi(arguments[1]) : 0;
  require(seconds > 0, "the argument is a number of seconds, or: failing, planted");
  require_late_help();
  require_all_or_nothing();
  for (auto& h : handles_of_all) {
    h = array_of(1 + any(20));
  }
  std::vector<std::thread> threads;
  for (int i = 0; i < 2; ++i) {
    threads.push_back(start(true, use));
    threads.push_back(start(true, replace));
    threads.push_back(start(true, compile_and_drop));
    threads.push_back(start(i == 0, add_under_the_lock));
    threads.push_back(start(false, divide));
  }
  threads.push_back(start(true, make_reference));
  threads.push_back(start(false, drop_reference));
  std::this_thread::sleep_for(std::chrono::seconds(seconds));
  over = true;
  for (auto& t : threads) {
    t.join();
  }
  drop_reference();
  for (auto& h : handles_of_all) {
    close(h);
  }
  settle();
  require(guarded_number == additions, "additions were lost");
  require(live_arrays() == 0, "arrays are left");
  require(live_functions() == 0, "functions are left");
  require(live_java_refs() == 0 && global_references == 0, "references into the virtual machine are left");
  require(pending_deletions() == 0, "deletions are still waiting");
  std::printf("%ld steps\n", steps.load());
  end_entries();
  return 0;
}
