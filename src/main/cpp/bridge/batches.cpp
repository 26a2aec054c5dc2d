#include "batches.h"

#include <algorithm>
#include <cstring>

#include "evaluation.h"
#include "host_data.h"
#include "threads.h"

namespace mlx4j {

// The elements of an array that is computed, with other axes.
static mx::array view(const mx::array& a, mx::Shape shape, const mx::Strides& strides) {
  mx::array v(std::move(shape), a.dtype(), nullptr, {});
  v.copy_shared_buffer(a, strides, a.flags(), a.data_size());
  v.set_status(mx::array::Status::available);
  return v;
}

static mx::array batch_of_one(const mx::array& a) {
  if (!a.is_available()) {
    return mx::expand_dims(a, 0);
  }
  auto shape = a.shape();
  auto strides = a.strides();
  // The stride of an array that was made with this shape, for operations that choose their way by the strides.
  const std::int64_t stride = a.ndim() == 0 ? 1 : a.shape(0) * a.strides(0);
  strides.insert(strides.begin(), stride);
  shape.insert(shape.begin(), 1);
  return view(a, std::move(shape), strides);
}

static mx::array only_row(const mx::array& a) {
  auto shape = a.shape();
  auto strides = a.strides();
  shape.erase(shape.begin());
  strides.erase(strides.begin());
  return view(a, std::move(shape), strides);
}

Arrays batches_of_one(const Arrays& v) {
  Arrays all;
  all.reserve(v.size());
  for (auto& a : v) {
    all.push_back(batch_of_one(a));
  }
  return all;
}

mx::array joined(const Arrays& ones, jint rows) {
  if (rows == 1) {
    return ones.front();
  }
  evaluate(ones);
  Arrays values;
  values.reserve(ones.size());
  for (auto& a : ones) {
    values.push_back(values_as(a, a.dtype()));
  }
  const auto bytes = values.front().nbytes();
  auto shape = values.front().shape();
  shape[0] = rows;
  mx::array batch = uninitialized(shape, values.front().dtype());
  auto* to = batch.data<char>();
  Released released;  // nobody else has the batch yet, and `values` keeps the rows alive
  for (std::size_t i = 0; i < std::size_t(rows); ++i) {
    std::memcpy(to + i * bytes, values[std::min(i, values.size() - 1)].data<char>(), bytes);
  }
  return batch;
}

static void add_rows_of(const mx::array& batch, jint rows, Arrays& all) {
  if (batch.shape(0) == 1) {
    all.push_back(only_row(batch));
    return;
  }
  const mx::array x = values_as(batch, batch.dtype());
  const auto bytes = x.nbytes() / std::size_t(x.shape(0));
  const mx::Shape shape(x.shape().begin() + 1, x.shape().end());
  const auto first = all.size();
  for (jint i = 0; i < rows; ++i) {
    all.push_back(uninitialized(shape, x.dtype()));
  }
  Released released;  // nobody else has the rows yet
  for (std::size_t i = 0; i < std::size_t(rows); ++i) {
    std::memcpy(all[first + i].data<char>(), x.data<char>() + i * bytes, bytes);
  }
}

Arrays rows_of(const Arrays& batches, jint size, jint rows) {
  if (!std::all_of(batches.begin(), batches.end(), [&](auto& a) { return a.ndim() > 0 && a.shape(0) == size; })) {
    return {};
  }
  evaluate(batches);
  Arrays all;
  all.reserve(batches.size() * std::size_t(rows));
  for (auto& batch : batches) {
    add_rows_of(batch, rows, all);
  }
  return all;
}

}  // namespace mlx4j
