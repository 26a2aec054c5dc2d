#include "exported/operation_reading.h"
#include "indexing.h"

namespace mlx4j::exported {

namespace {

// Limits the indices of slices of `slice` elements along an axis of `size`; they may count from the end.
array slice_start(const array& indices, int size, int slice, S s) {
  require_integers(indices);
  if (slice == 1) {
    return within("importFunction", indices, -size, size - 1, s);
  }
  auto wide = mx::astype(indices, mx::int64, s);
  wide = mx::where(mx::less(wide, array(std::int64_t(0)), s), mx::add(wide, array(std::int64_t(size)), s), wide, s);
  return limited(wide, size - slice, s);
}

// Limits a vector of starts, one for each axis.
array starts(const array& start, const std::vector<int>& axes, const array& a, const mx::Shape& slice, S s) {
  require_integers(start);
  require_axes(axes, a);
  require(start.ndim() == 1 && start.size() == axes.size(), "there must be one start for each axis");
  require(slice.size() == a.ndim(), "the slice has a wrong number of dimensions");
  if (axes.empty()) {
    return start;
  }
  std::vector<std::int64_t> last;
  for (std::size_t axis = 0; axis < slice.size(); ++axis) {
    require(slice[axis] >= 0 && slice[axis] <= a.shape(int(axis)), "the slice is too large");
  }
  for (auto axis : axes) {
    last.push_back(a.shape(axis) - slice[axis]);
  }
  const array limit(last.begin(), mx::Shape{int(last.size())}, mx::int64);
  auto wide = mx::astype(start, mx::int64, s);
  return mx::astype(mx::minimum(mx::maximum(wide, array(std::int64_t(0)), s), limit, s), mx::int32, s);
}

// ---- shapes -------------------------------------------------------------------------------------
Read broadcast_axes() {
  return [](FunctionFile& file) {
    return of(1, any_number, [ignored = file.ints()](const Arrays& in, S s) {
      int ndim = 0;
      for (auto& a : in) {
        ndim = std::max(ndim, int(a.ndim()));
      }
      auto shape = in[0].shape();
      shape.insert(shape.begin(), std::size_t(ndim - int(in[0].ndim())), 1);
      for (auto& a : in) {
        for (int i = 1; i <= int(a.ndim()); ++i) {
          const bool ignore = std::any_of(ignored.begin(), ignored.end(),
                                          [&](int axis) { return (axis < 0 ? axis + ndim : axis) == ndim - i; });
          auto& size = shape[std::size_t(ndim - i)];
          if (!ignore && size == 1) {
            size = a.shape(-i);
          }
          require(ignore || a.shape(-i) == 1 || a.shape(-i) == size, "the shapes cannot be broadcast");
        }
      }
      return mx::broadcast_to(in[0], shape, s);
    });
  };
}

void require_slice(const array& a, const mx::Shape& start, const mx::Shape& stop, const mx::Shape& strides) {
  require(start.size() == a.ndim() && stop.size() == a.ndim() && strides.size() == a.ndim(),
          "the slice has a wrong number of dimensions");
  constexpr int most = 1 << 30;  // MLX adds sizes and strides without checking for overflow
  for (std::size_t i = 0; i < a.ndim(); ++i) {
    require(strides[i] != 0 && strides[i] > -most && strides[i] < most, "a stride of the slice is out of range");
    require(start[i] > -most - a.shape(int(i)) && stop[i] > -most - a.shape(int(i)), "the slice is out of range");
  }
}

Apply as_strided(FunctionFile& file) {
  auto shape = file.shape();
  const auto strides = file.numbers<std::int64_t>();
  const auto offset = file.number<std::uint64_t>();
  return of(1, [=](const Arrays& in, S s) {
    require(shape.size() == strides.size(), "there must be one stride for each axis");
    __int128 low = offset, high = offset;
    bool empty = false;
    for (std::size_t i = 0; i < shape.size(); ++i) {
      empty = empty || shape[i] == 0;
      const __int128 reach = __int128(strides[i]) * (shape[i] - 1);
      (reach < 0 ? low : high) += reach;
    }
    require(empty || (low >= 0 && high < __int128(in[0].size())), "it reaches outside its input");
    return mx::as_strided(in[0], shape, mx::Strides(strides.begin(), strides.end()), offset, s);
  });
}

template <class F>
Read with_axes(F f) {
  return [f](FunctionFile& file) {
    return of(1, [f, axes = file.ints()](const Arrays& in, S s) { return f(in[0], axes, s); });
  };
}

// ---- indexing -----------------------------------------------------------------------------------
Apply gather(FunctionFile& file) {
  const auto axes = file.ints();
  const auto slice = file.shape();
  return of(1, any_number, [=](const Arrays& in, S s) {
    const array& a = in[0];
    require_axes(axes, a);
    require(slice.size() == a.ndim() && in.size() == 1 + axes.size(), "the number of its indices is wrong");
    Arrays indices;
    for (std::size_t i = 0; i < axes.size(); ++i) {
      const auto size = a.shape(axes[i]);
      require(slice[std::size_t(axes[i])] <= size, "the slices are too large");
      indices.push_back(slice_start(in[1 + i], size, slice[std::size_t(axes[i])], s));
    }
    return mx::gather(a, indices, axes, slice, s);
  });
}

enum class Update { Max, Min, Sum, Prod, None };

Apply scatter(FunctionFile& file) {
  const auto kind = choice(file, Update::None);
  const auto axes = file.ints();
  return of(2, any_number, [=](const Arrays& in, S s) {
    const array& a = in[0];
    const array& updates = in.back();
    require_axes(axes, a);
    require(in.size() == 2 + axes.size() && updates.ndim() >= a.ndim(), "the number of its indices is wrong");
    Arrays indices;
    for (std::size_t i = 0; i < axes.size(); ++i) {
      const int slice = updates.shape(int(updates.ndim() - a.ndim()) + axes[i]);
      require(slice <= a.shape(axes[i]), "the updates are too large");
      indices.push_back(slice_start(in[1 + i], a.shape(axes[i]), slice, s));
    }
    switch (kind) {
      case Update::Max:
        return mx::scatter_max(a, indices, updates, axes, s);
      case Update::Min:
        return mx::scatter_min(a, indices, updates, axes, s);
      case Update::Sum:
        return mx::scatter_add(a, indices, updates, axes, s);
      case Update::Prod:
        return mx::scatter_prod(a, indices, updates, axes, s);
      default:
        return mx::scatter(a, indices, updates, axes, s);
    }
  });
}

Apply slice_update(FunctionFile& file) {
  const auto kind = choice(file, Update::None);
  const auto start = file.sizes();
  const auto stop = file.sizes();
  const auto strides = file.sizes();
  return of(2, [=](const Arrays& in, S s) {
    require_slice(in[0], start, stop, strides);
    switch (kind) {
      case Update::Max:
        return mx::slice_update_max(in[0], in[1], start, stop, strides, s);
      case Update::Min:
        return mx::slice_update_min(in[0], in[1], start, stop, strides, s);
      case Update::Sum:
        return mx::slice_update_add(in[0], in[1], start, stop, strides, s);
      case Update::Prod:
        return mx::slice_update_prod(in[0], in[1], start, stop, strides, s);
      default:
        return mx::slice_update(in[0], in[1], start, stop, strides, s);
    }
  });
}

// The operation's arrays have an additional first axis, for several arrays at once, which no public operation creates.
array masked_scatter(const Arrays& in, S s) {
  const array& a = in[0];
  require(a.ndim() > 1 && a.shape(0) == 1 && in[1].shape() == a.shape() && in[2].ndim() > 1 && in[2].shape(0) == 1,
          "its inputs do not fit");
  const auto mask = mx::squeeze(in[1], 0, s);
  auto values = mx::flatten(mx::squeeze(in[2], 0, s), s);
  require(values.size() <= std::size_t(std::numeric_limits<int>::max()) - mask.size(), "it is too large");
  values =
      mx::concatenate({values, mx::zeros({int(mask.size())}, values.dtype(), s)}, 0, s);  // MLX reads beyond the values
  const auto result = mx::masked_scatter(mx::flatten(mx::squeeze(a, 0, s), s), mx::flatten(mask, s), values, s);
  return mx::reshape(result, a.shape(), s);
}

}  // namespace

Operations shapes_and_indexing() {
  return {
      {name_in_files<mx::AsStrided>, as_strided},
      {name_in_files<mx::Broadcast>,
       [](FunctionFile& file) {
         return of(1, any_number, [shape = file.shape()](const Arrays& in, S s) {
           return in.size() == 1 ? mx::broadcast_to(in[0], shape, s) : mx::broadcast_arrays(in, s)[0];
         });
       }},
      {name_in_files<mx::BroadcastAxes>, broadcast_axes()},
      {name_in_files<mx::Concatenate>,
       [](FunctionFile& file) {
         return of(1, any_number, [axis = file.number<int>()](const Arrays& in, S s) {
           return mx::concatenate(in, axis_in(axis, in[0]), s);
         });
       }},
      {name_in_files<mx::DynamicSlice>,
       [](FunctionFile& file) {
         const auto axes = file.ints();
         const auto size = file.shape();
         return of(2, [=](const Arrays& in, S s) {
           return mx::slice(in[0], starts(in[1], axes, in[0], size, s), axes, size, s);
         });
       }},
      {name_in_files<mx::DynamicSliceUpdate>,
       [](FunctionFile& file) {
         return of(3, [axes = file.ints()](const Arrays& in, S s) {
           return mx::slice_update(in[0], in[1], starts(in[2], axes, in[0], in[1].shape(), s), axes, s);
         });
       }},
      {name_in_files<mx::ExpandDims>,
       with_axes([](const array& a, const std::vector<int>& axes, S s) { return mx::expand_dims(a, axes, s); })},
      {name_in_files<mx::Flatten>,
       [](FunctionFile& file) {
         const auto first = file.number<int>();
         const auto last = file.number<int>();
         return of(1, [=](const Arrays& in, S s) { return mx::flatten(in[0], first, last, s); });
       }},
      {name_in_files<mx::Gather>, gather},
      {name_in_files<mx::GatherAxis>,
       [](FunctionFile& file) {
         return of(2, [axis = file.number<int>()](const Arrays& in, S s) {
           return mlx4j::take_along_axis(in[0], in[1], axis_in(axis, in[0]), s);
         });
       }},
      {name_in_files<mx::MaskedScatter>, plain(3, masked_scatter)},
      {name_in_files<mx::NumberOfElements>,
       [](FunctionFile& file) {
         const auto axes = file.ints();
         const auto inverted = file.boolean();
         const auto dtype = file.dtype();
         return of(1, [=](const Arrays& in, S s) {
           require_axes(axes, in[0]);
           return mx::number_of_elements(in[0], axes, inverted, dtype, s);
         });
       }},
      {name_in_files<mx::Pad>,
       [](FunctionFile& file) {
         const auto axes = file.ints();
         const auto low = file.shape();
         const auto high = file.shape();
         return of(2, [=](const Arrays& in, S s) {
           require_axes(axes, in[0]);
           require(in[1].ndim() == 0, "the value must be a scalar");
           return mx::pad(in[0], axes, low, high, in[1], "constant", s);
         });
       }},
      {name_in_files<mx::Reshape>,
       [](FunctionFile& file) {
         return of(1, [shape = file.sizes()](const Arrays& in, S s) { return mx::reshape(in[0], shape, s); });
       }},
      {name_in_files<mx::Scatter>, scatter},
      {name_in_files<mx::ScatterAxis>,
       [](FunctionFile& file) {
         const auto put = choice(file, 1);
         const auto axis = file.number<int>();
         return of(3, [=](const Arrays& in, S s) {
           axis_in(axis, in[0]);
           return put ? mlx4j::put_along_axis(in[0], in[1], in[2], axis, s)
                      : mx::scatter_add_axis(in[0], slice_start(in[1], in[0].shape(axis), 1, s), in[2], axis, s);
         });
       }},
      {name_in_files<mx::Slice>,
       [](FunctionFile& file) {
         const auto start = file.sizes();
         const auto stop = file.sizes();
         const auto strides = file.sizes();
         return of(1, [=](const Arrays& in, S s) {
           require_slice(in[0], start, stop, strides);
           return mx::slice(in[0], start, stop, strides, s);
         });
       }},
      {name_in_files<mx::SliceUpdate>, slice_update},
      {name_in_files<mx::Split>,
       [](FunctionFile& file) {
         const auto indices = file.sizes();
         const auto axis = file.number<int>();
         return of(1, [=](const Arrays& in, S s) {
           const auto size = in[0].shape(axis_in(axis, in[0]));
           require(std::is_sorted(indices.begin(), indices.end()) &&
                       (indices.empty() || (indices[0] >= 0 && indices.back() <= size)),
                   "the positions to split at are out of range");
           return mx::split(in[0], indices, axis, s);
         });
       }},
      {name_in_files<mx::Squeeze>,
       with_axes([](const array& a, const std::vector<int>& axes, S s) { return mx::squeeze(a, axes, s); })},
      {name_in_files<mx::Transpose>,
       with_axes([](const array& a, const std::vector<int>& axes, S s) { return mx::transpose(a, axes, s); })},
      {name_in_files<mx::Unflatten>,
       [](FunctionFile& file) {
         const auto axis = file.number<int>();
         const auto shape = file.sizes();
         return of(1, [=](const Arrays& in, S s) { return mx::unflatten(in[0], axis, shape, s); });
       }},
      {name_in_files<mx::View>,
       [](FunctionFile& file) {
         return of(1, [d = file.dtype()](const Arrays& in, S s) { return mx::view(in[0], d, s); });
       }},
  };
}

}  // namespace mlx4j::exported
