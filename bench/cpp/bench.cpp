// The C++ peer: MLX called directly, which is as fast as it gets. bench/run.py runs it:
//
//   bench check ROW...                             what each row computes, so that the peers can be compared
//   bench time ROW WARM_UP REPETITION REPETITIONS  nanoseconds for each repetition; the first two in seconds
//   bench first-call                               two arrays are added and the sum is read, by a fresh process
//   bench nothing                                  a process that does not touch MLX
//   bench version                                  the version of MLX
#include <mlx/mlx.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <functional>
#include <map>
#include <numeric>
#include <string>
#include <vector>

namespace mx = mlx::core;
using Arrays = std::vector<mx::array>;
using ArraysFunction = std::function<Arrays(const Arrays&)>;

namespace {

struct Work {
  std::function<void(long)> repeat;
  std::function<double()> check;
};

template <class Once>
Work work(Once once, std::function<double()> check) {
  auto repeat = [once](long n) mutable {
    for (long i = 0; i < n; ++i) {
      once();
    }
  };
  return {std::move(repeat), std::move(check)};
}

// ---- data: the same numbers in every peer -----------------------------------------------------------
std::vector<float> fill(std::size_t n, std::uint32_t seed, float scale) {
  std::vector<float> v(n);
  for (auto& x : v) {
    seed = seed * 1664525u + 1013904223u;
    x = (float(seed >> 8) / 16777216.f - 0.5f) * scale;
  }
  return v;
}

mx::array filled(const mx::Shape& shape, std::uint32_t seed, float scale) {
  std::size_t n = 1;
  for (auto size : shape) {
    n *= size;
  }
  return mx::array(fill(n, seed, scale).begin(), shape, mx::float32);
}

// In float64, because MLX's own sum of a million float32 has a relative error of 1e-3.
double total(const mx::array& x) {
  auto y = mx::contiguous(x);
  y.eval();
  return std::accumulate(y.data<float>(), y.data<float>() + y.size(), 0.);
}

// ---- operations and evaluation ----------------------------------------------------------------------
Work op_dispatch() {
  auto x = filled({4}, 1, 2);
  return work([x] { mx::add(x, x); }, [x] { return total(mx::add(x, x)); });
}

Work eval_small() {
  auto x = filled({4}, 1, 2);
  return work([x] { mx::eval(mx::add(x, x)); }, [x] { return total(mx::add(x, x)); });
}

Work chain100_eval() {
  auto x = filled({4}, 1, 2);
  auto chain = [x] {
    auto y = x;
    for (int i = 0; i < 100; ++i) {
      y = mx::add(y, x);
    }
    mx::eval(y);
    return y;
  };
  return work(chain, [chain] { return total(chain()); });
}

Work item() {
  auto x = mx::array(3.f);
  return work(
      [x]() mutable {
        [[maybe_unused]] volatile float sink = x.item<float>();
      },
      [x]() mutable { return double(x.item<float>()); });
}

// The lower limit is MLX without fused kernels, which need a C++ compiler at run time. Python cannot choose, and fuses.
void keep_kernels_apart() {
  if (mx::default_device() == mx::Device::cpu) {
    mx::set_compile_mode(mx::CompileMode::no_fuse);
  }
}

// ---- transforms -------------------------------------------------------------------------------------
Work grad_scalar() {
  auto x = filled({10}, 2, 2);
  auto gradient = mx::grad([](const mx::array& x) { return mx::sum(mx::multiply(x, x)); });
  return work([=] { mx::eval(gradient(x)); }, [=] { return total(gradient(x)); });
}

Work grad_grad_x3() {
  auto x = mx::array(1.5f);
  auto cube = [](const mx::array& x) { return mx::multiply(mx::multiply(x, x), x); };
  auto second = mx::grad(mx::grad(cube));
  return work([=] { mx::eval(second(x)); }, [=] { return total(second(x)); });
}

mx::array sine(const mx::array& x) {
  return mx::sin(x);
}

Work vjp_sin() {
  auto x = filled({10}, 2, 2), ones = mx::ones({10});
  auto once = [=] {
    auto [output, product] = mx::vjp(sine, x, ones);
    mx::eval(output, product);
    return product;
  };
  return work(once, [once] { return total(once()); });
}

Work jvp_sin() {
  auto x = filled({10}, 2, 2), ones = mx::ones({10});
  auto once = [=] {
    auto [output, product] = mx::jvp(sine, x, ones);
    mx::eval(output, product);
    return product;
  };
  return work(once, [once] { return total(once()); });
}

Work vmap_1000() {
  auto x = filled({1000, 8}, 30, 2);
  auto mapped = mx::vmap([](const mx::array& x) { return mx::sum(mx::multiply(mx::sin(x), x)); });
  return work([=] { mx::eval(mapped(x)); }, [=] { return total(mapped(x)); });
}

// ---- a training step of a perceptron with one hidden layer ------------------------------------------
// The parameters, the inputs and the labels -> the loss and the next parameters.
ArraysFunction training_step() {
  auto loss = [zero = mx::array(0.f)](const Arrays& p) {
    auto hidden = mx::maximum(mx::add(mx::matmul(p[4], p[0]), p[1]), zero);
    auto logits = mx::add(mx::matmul(hidden, p[2]), p[3]);
    auto normaliser = mx::log(mx::sum(mx::exp(logits), 1, false));
    auto chosen = mx::sum(mx::multiply(logits, p[5]), 1, false);
    return Arrays{mx::mean(mx::subtract(normaliser, chosen), 0, false)};
  };
  auto loss_and_grads = mx::value_and_grad(ArraysFunction(loss), std::vector<int>{0, 1, 2, 3});
  return [=, rate = mx::array(0.05f)](const Arrays& p) {
    auto [value, grads] = loss_and_grads(p);
    Arrays results{value[0]};
    for (std::size_t i = 0; i < grads.size(); ++i) {
      results.push_back(mx::subtract(p[i], mx::multiply(rate, grads[i])));
    }
    return results;
  };
}

class Training {
 public:
  explicit Training(ArraysFunction step) : step_(std::move(step)) {
    std::vector<float> one_hot(64 * 10, 0.f);
    for (int i = 0; i < 64; ++i) {
      one_hot[i * 10 + i * 7 % 10] = 1;
    }
    data_ = {filled({64, 784}, 10, 2), mx::array(one_hot.begin(), {64, 10}, mx::float32)};
    parameters_ = {filled({784, 128}, 11, 0.1f), filled({128}, 12, 0.1f), filled({128, 10}, 13, 0.2f),
                   filled({10}, 14, 0.1f)};
  }

  mx::array step() {
    Arrays inputs = parameters_;
    inputs.insert(inputs.end(), data_.begin(), data_.end());
    auto results = step_(inputs);
    mx::eval(results);
    parameters_.assign(results.begin() + 1, results.end());
    return results[0];
  }

 private:
  ArraysFunction step_;
  Arrays data_;
  Arrays parameters_;
};

Work training(const ArraysFunction& step) {
  return work([t = Training(step)]() mutable { t.step(); },
              [step] {
                Training t(step);
                for (int i = 0; i < 4; ++i) {
                  t.step();
                }
                return double(t.step().item<float>());
              });
}

Work mlp_step() {
  return training(training_step());
}

Work mlp_step_compiled() {
  keep_kernels_apart();
  return training(mx::compile(training_step()));
}

// ---- large arrays -----------------------------------------------------------------------------------
ArraysFunction gelu() {
  return [root = mx::array(1.41421356f), one = mx::array(1.f), half = mx::array(0.5f)](const Arrays& inputs) {
    auto& x = inputs[0];
    return Arrays{mx::multiply(mx::multiply(half, x), mx::add(one, mx::erf(mx::divide(x, root))))};
  };
}

Work applied(const ArraysFunction& f) {
  Arrays inputs{filled({1000000}, 20, 6)};
  return work([=] { mx::eval(f(inputs)); }, [=] { return total(f(inputs)[0]); });
}

Work gelu_1e6() {
  return applied(gelu());
}

Work gelu_1e6_compiled() {
  keep_kernels_apart();
  return applied(mx::compile(gelu()));
}

double squares(const mx::array& x) {
  return total(mx::square(x));
}

Work rowwise(const ArraysFunction& f) {
  Arrays inputs{filled({1000, 1000}, 20, 6), filled({1000}, 21, 2), filled({1000}, 22, 2)};
  return work([=] { mx::eval(f(inputs)); }, [=] { return squares(f(inputs)[0]); });
}

Work rowwise_compiled(const ArraysFunction& f) {
  keep_kernels_apart();
  return rowwise(mx::compile(f));
}

Arrays silu(const Arrays& inputs) {
  return {mx::multiply(inputs[0], mx::sigmoid(inputs[0]))};
}

Arrays tanh(const Arrays& inputs) {
  return {mx::tanh(inputs[0])};
}

Arrays softmax(const Arrays& inputs) {
  return {mx::softmax(inputs[0], -1)};
}

Arrays layer_norm(const Arrays& inputs) {
  auto& x = inputs[0];
  auto centered = mx::subtract(x, mx::mean(x, -1, true));
  auto scale = mx::rsqrt(mx::add(mx::var(x, -1, true), mx::array(1e-5f)));
  return {mx::add(mx::multiply(mx::multiply(centered, scale), inputs[1]), inputs[2])};
}

Arrays fast_layer_norm(const Arrays& inputs) { return {mx::fast::layer_norm(inputs[0], inputs[1], inputs[2], 1e-5f)}; }

// The parameters, their moments and the gradient -> the next parameters and moments.
Arrays adam(const Arrays& p) {
  auto times = [](float factor, const mx::array& x) { return mx::multiply(mx::array(factor), x); };
  auto m = mx::add(times(0.9f, p[1]), times(0.1f, p[3]));
  auto v = mx::add(times(0.999f, p[2]), times(0.001f, mx::square(p[3])));
  auto step = mx::divide(times(1e-3f, m), mx::add(mx::sqrt(v), mx::array(1e-8f)));
  return {mx::subtract(p[0], step), m, v};
}

Work adam_1e6_compiled() {
  keep_kernels_apart();
  auto fresh = [] {
    return Arrays{filled({1000, 1000}, 23, 1), mx::zeros({1000, 1000}), mx::zeros({1000, 1000})};
  };
  auto once = [step = mx::compile(adam), gradient = filled({1000, 1000}, 24, 1)](Arrays& state) {
    state.push_back(gradient);
    state = step(state);
    mx::eval(state);
  };
  return work([=, state = fresh()]() mutable { once(state); },
              [=] {
                auto state = fresh();
                for (int i = 0; i < 5; ++i) {
                  once(state);
                }
                return squares(state[0]);
              });
}

Work matmul(int n) {
  auto a = filled({n, n}, 40, 1), b = filled({n, n}, 41, 1);
  return work([=] { mx::eval(mx::matmul(a, b)); }, [=] { return total(mx::matmul(a, b)); });
}

// ---- products of one row, and those of SmolLM2-135M with quantized matrices -------------------------
double sizes(const Arrays& products) {
  double sum = 0;
  for (auto& y : products) {
    sum += total(mx::abs(mx::astype(y, mx::float32)));
  }
  return sum;
}

Work product(const mx::array& x, const mx::array& w) {
  mx::eval(x, w);
  return work([=] { mx::eval(mx::matmul(x, w)); }, [=] { return sizes({mx::matmul(x, w)}); });
}

Work row_product() {
  return product(filled({1, 576}, 90, 2), filled({576, 1536}, 91, 2));
}

Work row_product_transposed() {
  return product(filled({1, 576}, 90, 2), mx::transpose(filled({1536, 576}, 92, 2)));
}

Work row_product_float16() {
  auto half = [](const mx::array& x) { return mx::astype(x, mx::float16); };
  return product(half(filled({1, 576}, 90, 2)), half(filled({576, 1536}, 91, 2)));
}

struct Weights {
  Arrays parts;
  mx::array x;
  int bits;
};

Arrays copy(const Arrays& w) {  // to another place
  Arrays parts{mx::add(w[0], mx::array(0, mx::uint32)), mx::multiply(w[1], mx::array(1.f)),
               mx::multiply(w[2], mx::array(1.f))};
  mx::eval(parts);
  return parts;
}

Work products(int count) {
  const mx::Shape shapes[] = {{576, 576}, {192, 576}, {192, 576}, {576, 576}, {1536, 576}, {1536, 576}, {576, 1536}};
  auto narrow = filled({count, 576}, 80, 2), wide = filled({count, 1536}, 81, 2);
  std::vector<Weights> model;
  std::uint32_t seed = 60;
  for (auto& shape : shapes) {
    auto first = mx::quantize(filled(shape, seed++, 0.2f), 32, 4);
    for (int layer = 0; layer < 30; ++layer) {
      model.push_back({copy(first), shape[1] == 576 ? narrow : wide, 4});
    }
  }
  if (count == 1) {
    model.push_back({copy(mx::quantize(filled({49152, 576}, 70, 0.2f), 32, 8)), narrow, 8});
  }
  auto once = [model = std::move(model)] {
    Arrays all;
    for (auto& [w, x, bits] : model) {
      all.push_back(mx::quantized_matmul(x, w[0], w[1], w[2], true, 32, bits));
    }
    mx::eval(all);
    return all;
  };
  return work(once, [once] { return sizes(once()); });
}

Work token_products() {
  return products(1);
}

Work prompt_products() {
  return products(32);
}

Work h2a_1e6() {
  auto host = fill(1000000, 50, 1);
  auto copy = [=] {
    mx::array a(host.data(), {1000000}, mx::float32);
    mx::eval(a);
    return a;
  };
  return work(copy, [=] { return total(copy()); });
}

Work a2h_1e6() {
  auto a = filled({1000000}, 50, 1);
  auto copy = [=] {
    const float* from = a.data<float>();
    return std::vector<float>(from, from + a.size());
  };
  return work(
      [=] {
        [[maybe_unused]] volatile float sink = copy()[7];
      },
      [=] {
        auto host = copy();
        return total(mx::array(host.begin(), {1000000}, mx::float32));
      });
}

Work a2h_into_1e6() {
  auto a = filled({1000000}, 50, 1);
  auto copy = [a, host = std::vector<float>(a.size())]() mutable -> const std::vector<float>& {
    std::memcpy(host.data(), a.data<float>(), a.nbytes());
    return host;
  };
  return work(
      [copy]() mutable {
        [[maybe_unused]] volatile float sink = copy()[7];
      },
      [copy]() mutable { return total(mx::array(copy().begin(), {1000000}, mx::float32)); });
}

// ---- the program ------------------------------------------------------------------------------------
const std::map<std::string, Work (*)()> rows{
    {"op_dispatch", op_dispatch},
    {"eval_small", eval_small},
    {"chain100_eval", chain100_eval},
    {"item", item},
    {"grad_scalar", grad_scalar},
    {"grad_grad_x3", grad_grad_x3},
    {"vjp_sin", vjp_sin},
    {"jvp_sin", jvp_sin},
    {"vmap_1000", vmap_1000},
    {"mlp_step", mlp_step},
    {"mlp_step_compiled", mlp_step_compiled},
    {"gelu_1e6", gelu_1e6},
    {"gelu_1e6_compiled", gelu_1e6_compiled},
    {"silu_1e6", [] { return rowwise(silu); }},
    {"silu_1e6_compiled", [] { return rowwise_compiled(silu); }},
    {"tanh_1e6", [] { return rowwise(tanh); }},
    {"tanh_1e6_compiled", [] { return rowwise_compiled(tanh); }},
    {"softmax_1e6", [] { return rowwise(softmax); }},
    {"softmax_1e6_compiled", [] { return rowwise_compiled(softmax); }},
    {"layer_norm_1e6_compiled", [] { return rowwise_compiled(layer_norm); }},
    {"fast_layer_norm_1e6_compiled", [] { return rowwise_compiled(fast_layer_norm); }},
    {"adam_1e6_compiled", adam_1e6_compiled},
    {"matmul_512", [] { return matmul(512); }},
    {"matmul_1024", [] { return matmul(1024); }},
    {"row_product", row_product},
    {"row_product_transposed", row_product_transposed},
    {"row_product_float16", row_product_float16},
    {"token_products", token_products},
    {"prompt_products", prompt_products},
    {"h2a_1e6", h2a_1e6},
    {"a2h_1e6", a2h_1e6},
    {"a2h_into_1e6", a2h_into_1e6},
};

double seconds(const Work& w, long n) {
  auto start = std::chrono::steady_clock::now();
  w.repeat(n);
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

void time(const std::string& row, double warm_up, double repetition, int repetitions) {
  auto w = rows.at(row)();
  long n = 1;
  double spent = 0, each = 0;
  while (spent < warm_up) {
    double taken = seconds(w, n);
    spent += taken;
    each = taken / n;
    if (taken < warm_up / 8) {
      n *= 2;
    }
  }
  n = std::max(1L, long(repetition / each));
  std::printf("{\"row\": \"%s\", \"nanoseconds\": [", row.c_str());
  for (int i = 0; i < repetitions; ++i) {
    std::printf("%s%.2f", i ? ", " : "", seconds(w, n) / n * 1e9);
  }
  std::printf("]}\n");
}

void check(const std::string& row) {
  std::printf("{\"row\": \"%s\", \"check\": %.9g}\n", row.c_str(), rows.at(row)().check());
}

void first_call() {
  mx::add(mx::array({1.f, 2.f}), mx::array({3.f, 4.f})).eval();
}

}  // namespace

int main(int count, char** words) {
  const std::vector<std::string> arguments(words + 1, words + count);
  const std::string action = arguments.at(0);
  if (action == "check") {
    for (std::size_t i = 1; i < arguments.size(); ++i) {
      check(arguments[i]);
    }
  } else if (action == "time") {
    time(arguments.at(1), std::stod(arguments.at(2)), std::stod(arguments.at(3)), std::stoi(arguments.at(4)));
  } else if (action == "first-call") {
    first_call();
  } else if (action == "version") {
    std::puts(mx::version());
  }
}
