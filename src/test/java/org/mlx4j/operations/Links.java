package org.mlx4j.operations;

import static org.mlx4j.Index.all;
import static org.mlx4j.Index.at;
import static org.mlx4j.Index.ellipsis;
import static org.mlx4j.Index.newAxis;
import static org.mlx4j.Index.slice;
import static org.mlx4j.operations.Link.Trait.CHOOSES;
import static org.mlx4j.operations.Link.Trait.MAKES_EQUAL;
import static org.mlx4j.operations.Link.Trait.SINGLE_PRECISION;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.mlx4j.ArrayAt;
import org.mlx4j.DType;
import org.mlx4j.Fast;
import org.mlx4j.Fft;
import org.mlx4j.Index;
import org.mlx4j.Linalg;
import org.mlx4j.MlxArray;
import org.mlx4j.Ops;
import org.mlx4j.PadMode;

/**
 * The links of chains, in kinds. Every link is smooth almost everywhere, and takes numbers of the
 * order of 1 to numbers of that order.
 */
@SuppressWarnings("ImmutableEnumChecker") // nothing is added once a kind is made
enum Links {
  TAKING(MAKES_EQUAL) {
    @Override
    void list() {
      add(
          s ->
              Link.of(
                  "take axis",
                  along(s, (x, axis, o) -> x.take(o[0], axis)),
                  indices(-s.length(), s.length() - 1, 5)));
      add(
          s ->
              Link.of(
                  "take matrix of indices",
                  along(s, (x, axis, o) -> x.take(o[0], axis)),
                  indices(0, s.length() - 1, 2, 3)));
      add(
          s ->
              s.ndim() < 2
                  ? null
                  : Link.of(
                      "take at scalar",
                      along(s, (x, axis, o) -> x.take(o[0], axis)),
                      indices(-s.length(), s.length() - 1)));
      add(
          s ->
              Link.of(
                  "take flattened",
                  (x, o) -> x.take(o[0]),
                  indices(-s.size(), s.size() - 1, 3, 2)));
      add(
          s ->
              Link.of(
                  "takeAlongAxis",
                  along(s, (x, axis, o) -> x.takeAlongAxis(o[0], axis)),
                  indices(-s.length(), s.length() - 1, s.with(4))));
    }
  },

  GETTING(MAKES_EQUAL) {
    @Override
    void list() {
      add(s -> Link.of("get array", (x, o) -> x.get(o[0]), indices(0, s.sizes()[0] - 1, 2, 2)));
      add(
          s ->
              s.ndim() < 2
                  ? null
                  : Link.of(
                      "get arrays",
                      (x, o) -> x.get(o[0], o[1]),
                      indices(0, s.sizes()[0] - 1, 4),
                      indices(0, s.sizes()[1] - 1, 2, 1)));
      add(
          s ->
              s.ndim() < 2
                  ? null
                  : Link.of(
                      "get array between",
                      (x, o) -> x.get(all(), Index.of(o[0])),
                      indices(-s.sizes()[1], s.sizes()[1] - 1, 3)));
      add(
          s ->
              s.ndim() < 3
                  ? null
                  : Link.of(
                      "get arrays apart",
                      (x, o) -> x.get(Index.of(o[0]), slice(null, null, -1), Index.of(o[1])),
                      indices(0, s.sizes()[0] - 1, 3),
                      indices(0, s.sizes()[2] - 1, 3)));
      add(s -> Link.of("get list", (x, o) -> x.get(ellipsis(), Index.of(0, -1, 0))));
      add(
          s ->
              s.ndim() < 2
                  ? null
                  : Link.of(
                      "diagonal", (x, o) -> x.diagonal(0, s.axis(), (s.axis() + 1) % s.ndim())));
    }
  },

  SLICING {
    @Override
    void list() {
      add(s -> Link.of("get bracket", (x, o) -> x.get(newAxis(), at(-1), newAxis(), ellipsis())));
      add(s -> Link.of("get reversed", (x, o) -> x.get(ellipsis(), slice(null, null, -1))));
      add(s -> Link.of("get every second", (x, o) -> x.get(slice(null, null, 2))));
      add(
          s -> {
            int[] start = new int[s.ndim()];
            start[s.axis()] = s.length() / 2;
            return Link.of("slice", (x, o) -> x.slice(start, s.sizes()));
          });
      add(
          s ->
              Link.of(
                  "slice at known place",
                  along(
                      s,
                      (x, axis, o) ->
                          x.slice(
                              MlxArray.of(s.length() / 2),
                              new int[] {axis},
                              s.with((s.length() + 1) / 2)))));
      add(
          s ->
              Link.of(
                  "slice at place",
                  along(
                      s,
                      (x, axis, o) ->
                          x.slice(o[0], new int[] {axis}, s.with((s.length() + 1) / 2))),
                  indices(0, s.length() / 2, 1)));
      add(
          s ->
              Link.of(
                  "split",
                  along(
                      s,
                      (x, axis, o) -> {
                        MlxArray[] parts = x.split(new int[] {(s.length() + 1) / 2}, axis);
                        return Ops.concatenate(new MlxArray[] {parts[1], parts[0].sin()}, axis);
                      })));
      add(
          s ->
              s.ndim() < 2
                  ? null
                  : Link.of(
                      "unstack",
                      along(
                          s,
                          (x, axis, o) -> {
                            MlxArray[] parts = x.unstack(axis);
                            return parts[0].multiply(parts[parts.length - 1]);
                          })));
    }
  },

  SETTING(MAKES_EQUAL) {
    @Override
    void list() {
      add(s -> Link.of("at set number", (x, o) -> x.at(0).set(0.5)));
      add(
          s ->
              Link.of(
                  "at set slice",
                  (x, o) -> x.at(ellipsis(), slice(null, null, -2)).set(o[0]),
                  numbers((s.last() + 1) / 2)));
      add(s -> Link.of("at set of its own", (x, o) -> x.at(0).set(x.get(-1).multiply(0.5))));
      add(
          s ->
              Link.of(
                  "at set array",
                  (x, o) -> x.at(o[0]).set(o[1]),
                  indices(s.sizes()[0] - 1, s.sizes()[0] - 1, 1),
                  numbers(s.from(1))));
      add(
          s ->
              Link.of(
                  "at set array twice",
                  (x, o) -> x.at(MlxArray.of(0, -1, 0)).set(o[0]),
                  numbers(front(s, 3))));
      add(
          s ->
              s.ndim() < 2
                  ? null
                  : Link.of(
                      "at set array between",
                      (x, o) -> x.at(all(), Index.of(o[0])).set(o[1]),
                      indices(-1, -1, 1),
                      numbers(1)));
      add(
          s ->
              Link.of(
                  "sliceUpdate",
                  (x, o) -> x.sliceUpdate(o[0], new int[s.ndim()], s.with((s.length() + 1) / 2)),
                  numbers(s.with((s.length() + 1) / 2))));
      add(
          s ->
              Link.of(
                  "sliceUpdate at known place",
                  along(
                      s,
                      (x, axis, o) ->
                          x.sliceUpdate(o[0], MlxArray.of(s.length() / 2), new int[] {axis})),
                  numbers(s.with((s.length() + 1) / 2))));
      add(
          s ->
              Link.of(
                  "sliceUpdate at place",
                  along(s, (x, axis, o) -> x.sliceUpdate(o[0], o[1], new int[] {axis})),
                  numbers(s.with((s.length() + 1) / 2)),
                  indices(0, s.length() / 2, 1)));
      add(
          s ->
              Link.of(
                  "putAlongAxis",
                  along(s, (x, axis, o) -> x.putAlongAxis(o[0], o[1], axis)),
                  indices(-s.length(), s.length() - 1, s.with(1)),
                  numbers(s.with(1))));
    }
  },

  UPDATING(MAKES_EQUAL, CHOOSES) {
    @Override
    void list() {
      update("add", ArrayAt::add);
      update("subtract", ArrayAt::subtract);
      update("multiply", ArrayAt::multiply);
      update("divide", ArrayAt::divide);
      update("maximum", ArrayAt::maximum);
      update("minimum", ArrayAt::minimum);
    }

    private void update(String name, Update update) {
      add(
          s ->
              Link.of(
                  "at " + name + " slice",
                  (x, o) -> update.apply(x.at(slice(0, 1)), o[0]),
                  numbers(s.from(1))));
      add(
          s ->
              Link.of(
                  "at " + name + " array",
                  (x, o) -> update.apply(x.at(o[0]), o[1]),
                  indices(-s.sizes()[0], s.sizes()[0] - 1, 1),
                  numbers(s.from(1))));
      add(
          s ->
              Link.of(
                  "at " + name + " array twice",
                  (x, o) -> update.apply(x.at(MlxArray.of(0, -1, 0)), o[0]),
                  numbers(front(s, 3))));
    }
  },

  MASKING(MAKES_EQUAL) {
    @Override
    void list() {
      add(s -> Link.of("where number", (x, o) -> o[0].where(x, 0.5), Input.bools(s.sizes())));
      add(
          s ->
              Link.of(
                  "where",
                  (x, o) -> o[0].where(o[1], x),
                  Input.bools(s.last()),
                  numbers(s.sizes())));
      add(s -> s.ndim() < 2 ? null : Link.of("tril", (x, o) -> x.tril()));
      add(s -> s.ndim() < 2 ? null : Link.of("triu", (x, o) -> x.triu(1)));
      add(
          s ->
              Link.of(
                  "at set mask",
                  (x, o) -> x.at(o[0]).set(o[1]),
                  Input.bools(s.sizes()),
                  numbers(s.size())));
      add(
          s ->
              Link.of(
                  "at add mask of rows",
                  (x, o) -> x.at(o[0]).add(o[1]),
                  Input.bools(s.sizes()[0]),
                  numbers(s.from(1))));
    }
  },

  PADDING(MAKES_EQUAL) {
    @Override
    void list() {
      add(s -> Link.of("pad", (x, o) -> x.pad(1)));
      add(
          s ->
              Link.of(
                  "pad with value",
                  (x, o) -> x.pad(widths(s, 1, 2), PadMode.CONSTANT, o[0]),
                  numbers()));
      add(s -> Link.of("pad edge", (x, o) -> x.pad(widths(s, 2, 1), PadMode.EDGE)));
      add(
          s ->
              s.length() < 2
                  ? null
                  : Link.of("pad reflect", (x, o) -> x.pad(widths(s, 1, 2), PadMode.REFLECT)));
      add(s -> Link.of("pad symmetric", (x, o) -> x.pad(widths(s, 0, 3), PadMode.SYMMETRIC)));
    }
  },

  SCANNING(MAKES_EQUAL, CHOOSES, SINGLE_PRECISION) {
    @Override
    void list() {
      scan("cumsum", (x, axis, reverse, inclusive) -> x.cumsum(axis, reverse, inclusive));
      scan("cumprod", (x, axis, reverse, inclusive) -> x.cumprod(axis, reverse, inclusive));
      scan("cummax", (x, axis, reverse, inclusive) -> x.cummax(axis, reverse, true));
      scan("cummin", (x, axis, reverse, inclusive) -> x.cummin(axis, reverse, true));
      scan("logcumsumexp", (x, axis, reverse, inclusive) -> x.logcumsumexp(axis, reverse, true));
      add(s -> s.length() < 2 ? null : Link.of("diff", along(s, (x, axis, o) -> x.diff(1, axis))));
    }

    private void scan(String name, Scan scan) {
      add(
          s -> {
            boolean reverse = s.coin();
            boolean inclusive = s.coin();
            return Link.of(name, along(s, (x, axis, o) -> scan.apply(x, axis, reverse, inclusive)));
          });
    }
  },

  SORTING(CHOOSES) {
    @Override
    void list() {
      add(s -> Link.of("sort", along(s, (x, axis, o) -> x.sort(axis))));
      add(
          s ->
              Link.of(
                  "argsort and take",
                  along(s, (x, axis, o) -> x.takeAlongAxis(x.argsort(axis), axis))));
      add(
          s ->
              s.ndim() < 2
                  ? null
                  : Link.of(
                      "partition",
                      along(
                          s,
                          (x, axis, o) ->
                              x.partition(s.length() / 2, axis).take(s.length() / 2, axis))));
      add(
          s ->
              Link.of(
                  "topk", along(s, (x, axis, o) -> x.topk((s.length() + 1) / 2, axis).sort(axis))));
      add(
          s ->
              Link.of(
                  "argmax and take",
                  along(s, (x, axis, o) -> x.takeAlongAxis(x.argmax(axis, true), axis))));
    }
  },

  REDUCING(CHOOSES, SINGLE_PRECISION) {
    @Override
    void list() {
      reduction("sum", MlxArray::sum);
      reduction("mean", MlxArray::mean);
      reduction("prod", MlxArray::prod);
      reduction("max", MlxArray::max);
      reduction("min", MlxArray::min);
      reduction("logsumexp", MlxArray::logsumexp);
      reduction("var", MlxArray::var);
      add(
          s ->
              Link.of(
                  "prod of all axes",
                  (x, o) -> x.prod(IntStream.range(0, s.ndim()).toArray(), true)));
      add(s -> Link.of("softmax", along(s, (x, axis, o) -> x.softmax(axis))));
    }

    private void reduction(String name, Reduction reduction) {
      add(
          s -> {
            boolean keepdims = s.ndim() == 1 || s.coin();
            return Link.of(name, along(s, (x, axis, o) -> reduction.apply(x, axis, keepdims)));
          });
    }
  },

  MULTIPLYING {
    @Override
    void list() {
      add(s -> Link.of("matmul", (x, o) -> x.matmul(o[0]), numbers(s.last(), 3)));
      add(
          s ->
              s.ndim() < 2
                  ? null
                  : Link.of(
                      "matmul from the left",
                      (x, o) -> o[0].matmul(x),
                      numbers(2, s.sizes()[s.ndim() - 2])));
      add(s -> s.ndim() < 2 ? null : Link.of("matmul with itself", (x, o) -> x.matmul(x.mT())));
      add(
          s ->
              Link.of(
                  "addmm",
                  (x, o) -> o[0].addmm(x, o[1], 0.5f, 2f),
                  numbers(3),
                  numbers(s.last(), 3)));
      add(
          s ->
              s.ndim() < 2
                  ? null
                  : Link.of(
                      "addmm to it",
                      (x, o) -> x.addmm(o[0], o[1]),
                      numbers(s.with(s.ndim() - 1, 2)),
                      numbers(2, s.last())));
      add(s -> Link.of("inner", (x, o) -> x.inner(o[0]), numbers(2, s.last())));
      add(s -> s.size() > 30 ? null : Link.of("outer", (x, o) -> x.outer(o[0]), numbers(3)));
      add(
          s ->
              Link.of(
                  "tensordot",
                  (x, o) -> x.tensordot(o[0], new int[] {s.axis()}, new int[] {0}),
                  numbers(s.length(), 2)));
    }
  },

  CONVOLVING(SINGLE_PRECISION) {
    @Override
    void list() {
      add(s -> Link.of("convolve", (x, o) -> x.flatten().convolve(o[0]), numbers(3)));
      add(
          s ->
              Link.of(
                  "conv1d",
                  (x, o) -> x.reshape(1, s.size(), 1).conv1d(o[0], 2, 1),
                  numbers(2, 3, 1)));
      add(
          s ->
              Link.of(
                  "conv1d with it as weights",
                  (x, o) -> o[0].conv1d(x.reshape(1, s.size(), 1)),
                  numbers(2, s.size() + 2, 1)));
      add(
          s ->
              Link.of(
                  "conv2d",
                  (x, o) -> x.reshape(1, s.size() / s.last(), s.last(), 1).conv2d(o[0], 1, 1),
                  numbers(2, 2, 2, 1)));
      add(
          s ->
              Link.of(
                  "convTranspose1d",
                  (x, o) -> x.reshape(1, s.size(), 1).convTranspose1d(o[0], 2),
                  numbers(2, 3, 1)));
    }
  },

  DECOMPOSING {
    @Override
    void list() {
      add(s -> s.ndim() < 2 ? null : Link.of("inverse", (x, o) -> Linalg.inv(definite(x))));
      add(s -> Link.of("norm", (x, o) -> Linalg.norm(x, true)));
    }

    private MlxArray definite(MlxArray x) {
      return x.matmul(x.mT()).multiply(0.1).add(Ops.eye(x.shape()[x.ndim() - 2]).astype(x.dtype()));
    }
  },

  RESHAPING {
    @Override
    void list() {
      add(s -> Link.of("flatten", (x, o) -> x.flatten()));
      add(s -> Link.of("reshape", (x, o) -> x.reshape(s.last(), -1)));
      add(s -> Link.of("unflatten", (x, o) -> x.unflatten(-1, 1, s.last(), 1)));
      add(s -> Link.of("expandDims", (x, o) -> x.expandDims(0, -1)));
      add(s -> Link.of("squeeze", (x, o) -> x.expandDims(s.axis()).squeeze(s.axis())));
      add(s -> Link.of("flip", along(s, (x, axis, o) -> x.flip(axis))));
      add(s -> Link.of("roll", along(s, (x, axis, o) -> x.roll(1, axis))));
    }
  },

  TRANSPOSING {
    @Override
    void list() {
      add(s -> Link.of("transpose", (x, o) -> x.transpose()));
      add(
          s -> {
            int[] order = s.order();
            return Link.of("transpose " + Arrays.toString(order), (x, o) -> x.transpose(order));
          });
      add(s -> Link.of("moveaxis", along(s, (x, axis, o) -> x.moveaxis(axis, 0))));
      add(s -> Link.of("contiguous", (x, o) -> x.transpose().contiguous()));
    }
  },

  BROADCASTING(MAKES_EQUAL) {
    @Override
    void list() {
      add(
          s ->
              Link.of(
                  "broadcastTo",
                  (x, o) ->
                      x.broadcastTo(
                          IntStream.concat(IntStream.of(2), Arrays.stream(s.sizes())).toArray())));
      add(s -> Link.of("repeat", along(s, (x, axis, o) -> x.repeat(2, axis))));
      add(s -> Link.of("tile", (x, o) -> x.tile(2, 1)));
    }
  },

  JOINING(MAKES_EQUAL) {
    @Override
    void list() {
      add(
          s ->
              Link.of(
                  "concatenate",
                  along(s, (x, axis, o) -> Ops.concatenate(new MlxArray[] {o[0], x}, axis)),
                  numbers(s.with(1))));
      add(
          s ->
              Link.of(
                  "concatenate with itself",
                  along(s, (x, axis, o) -> Ops.concatenate(new MlxArray[] {x, x}, axis))));
      add(
          s ->
              Link.of(
                  "concatenate one",
                  along(s, (x, axis, o) -> Ops.concatenate(new MlxArray[] {x}, axis))));
      add(s -> Link.of("stack", (x, o) -> Ops.stack(x, x.multiply(0.5))));
    }
  },

  CALCULATING(CHOOSES, SINGLE_PRECISION) {
    @Override
    void list() {
      add(s -> Link.of("sin", (x, o) -> x.sin()));
      add(s -> Link.of("square", (x, o) -> x.square()));
      add(s -> Link.of("tanh", (x, o) -> x.tanh()));
      add(s -> Link.of("multiply", (x, o) -> x.multiply(o[0]), numbers(s.last())));
      add(s -> Link.of("divide", (x, o) -> o[0].divide(x.square().add(1)), numbers()));
      add(s -> Link.of("maximum", (x, o) -> x.maximum(o[0]), numbers(s.sizes())));
      add(s -> Link.of("logaddexp", (x, o) -> Ops.logaddexp(0.1, x)));
      add(s -> Link.of("remainder", (x, o) -> x.remainder(0.7)));
    }
  },

  TRANSFORMING(SINGLE_PRECISION) {
    @Override
    void list() {
      add(s -> Link.of("rfft", along(s, (x, axis, o) -> Fft.rfft(x, s.length(), axis).real())));
      add(
          s ->
              Link.of(
                  "fft and back",
                  along(
                      s,
                      (x, axis, o) ->
                          Fft.ifft(Fft.fft(x.sin(), s.length(), axis), s.length(), axis).real())));
    }
  },

  NORMALIZING(SINGLE_PRECISION) {
    @Override
    void list() {
      add(
          s ->
              Link.of(
                  "layerNorm",
                  (x, o) -> Fast.layerNorm(x, o[0], o[1], 0.1),
                  numbers(s.last()),
                  numbers(s.last())));
      add(s -> Link.of("rmsNorm", (x, o) -> Fast.rmsNorm(x, o[0], 0.1), numbers(s.last())));
    }
  };

  private interface Update {
    MlxArray apply(ArrayAt at, MlxArray value);
  }

  private interface Scan {
    MlxArray apply(MlxArray x, int axis, boolean reverse, boolean inclusive);
  }

  private interface Reduction {
    MlxArray apply(MlxArray x, int axis, boolean keepdims);
  }

  private interface AlongAxis {
    MlxArray apply(MlxArray x, int axis, MlxArray... others);
  }

  private final Set<Link.Trait> traits = EnumSet.noneOf(Link.Trait.class);
  private final List<Link.Maker> makers = new ArrayList<>();

  Links(Link.Trait... traits) {
    this.traits.addAll(List.of(traits));
    list();
  }

  abstract void list();

  void add(Link.Maker maker) {
    makers.add(maker);
  }

  List<Link.Maker> makers() {
    return makers;
  }

  boolean has(Link.Trait trait) {
    return traits.contains(trait);
  }

  private static Input numbers(int... shape) {
    return Input.between(0.5, 1.5, shape);
  }

  private static Input indices(int lowest, int highest, int... shape) {
    return Input.whole(lowest, highest, shape).as(DType.INT32);
  }

  /** The shape of some elements of the first axis. */
  private static int[] front(Shape s, int length) {
    return s.with(0, length);
  }

  private static int[][] widths(Shape s, int before, int after) {
    int[][] widths = new int[s.ndim()][2];
    widths[s.axis()] = new int[] {before, after};
    return widths;
  }

  private static Link.Function along(Shape s, AlongAxis function) {
    int axis = s.axisFromEitherEnd();
    return (x, others) -> function.apply(x, axis, others);
  }
}
