package org.mlx4j.nn;

import java.lang.invoke.MethodHandles;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.BiPredicate;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.mlx4j.DType;
import org.mlx4j.Distributed;
import org.mlx4j.MlxArray;
import org.mlx4j.MlxStream;
import org.mlx4j.Ops;
import org.mlx4j.QuantizationMode;
import org.mlx4j.Scope;
import org.mlx4j.StreamScope;
import org.mlx4j.internal.Formula;
import org.mlx4j.internal.SharedSecrets;
import org.mlx4j.internal.TreeAccess;
import org.mlx4j.internal.tree.Flattening;
import org.mlx4j.internal.tree.Replacement;
import org.mlx4j.internal.tree.Roots;
import org.mlx4j.internal.tree.Structure;
import org.mlx4j.tree.NotTrained;
import org.mlx4j.tree.TreeBiFunction;
import org.mlx4j.tree.TreeFunction;
import org.mlx4j.tree.TreeTriFunction;
import org.mlx4j.tree.TreeValueAndGrad;
import org.mlx4j.tree.Trees;
import org.mlx4j.tree.TriFunction;
import org.mlx4j.tree.ValueAuxAndGrad;
import org.mlx4j.tree.WithAux;

/**
 * Functions of whole models. Mirrors the functions of {@code mlx.nn}.
 *
 * <pre>{@code
 * record Batch(MlxArray x, MlxArray y) {}
 * Sequential model = Sequential.of(Linear.of(64, 32), Activations::relu, Linear.of(32, 10));
 * Batch batch = new Batch(Ops.ones(8, 64), Ops.zeros(new int[] {8}, DType.INT32));
 * try (var lossAndGrad = Nn.valueAndGrad((Sequential m, Batch b) ->
 *     Losses.crossEntropy(m.apply(b.x()), b.y(), Reduction.MEAN))) {
 *   var r = lossAndGrad.apply(model, batch);
 *   Sequential gradients = Nn.averageGradients(r.grad());
 * }
 * Sequential small = Nn.quantize(model, 32, 4);
 * }</pre>
 */
public final class Nn {
  private static final int ALL_REDUCE_SIZE = 32 * 1024 * 1024;

  private static final TreeAccess TREES;

  static {
    SharedSecrets.initialize(MethodHandles.lookup(), Trees.class);
    TREES = SharedSecrets.treeAccess();
  }

  private Nn() {}

  // ---- gradients -------------------------------------------------------------------------------

  /**
   * Returns a function that computes the loss of a model and the gradients for what is trained:
   * arrays in components that are marked as {@link NotTrained} have null in place of a gradient.
   * Mirrors {@code mlx.nn.value_and_grad}.
   *
   * @param f the loss, a function of the model that returns a scalar
   * @param <M> the type of the model
   * @return the function. It throws what that of {@link Trees#valueAndGrad(Function)} throws, and
   *     {@link IllegalArgumentException} if no array of the model is trained
   * @throws NullPointerException if {@code f} is null
   */
  public static <M> TreeFunction<M, TreeValueAndGrad<M>> valueAndGrad(Function<M, MlxArray> f) {
    return TREES.valueAndGrad(false, f);
  }

  /**
   * As {@link #valueAndGrad(Function)}, for a loss of a model and something else.
   *
   * @param f the loss, which returns a scalar
   * @param <M> the type of the model
   * @param <B> the type of the second argument
   * @return the function
   * @throws NullPointerException if {@code f} is null
   */
  public static <M, B extends @Nullable Object>
      TreeBiFunction<M, B, TreeValueAndGrad<M>> valueAndGrad(BiFunction<M, B, MlxArray> f) {
    return TREES.valueAndGrad(false, f);
  }

  /**
   * As {@link #valueAndGrad(Function)}, for a loss of a model and two other arguments.
   *
   * @param f the loss, which returns a scalar
   * @param <M> the type of the model
   * @param <B> the type of the second argument
   * @param <C> the type of the third argument
   * @return the function
   * @throws NullPointerException if {@code f} is null
   */
  public static <M, B extends @Nullable Object, C extends @Nullable Object>
      TreeTriFunction<M, B, C, TreeValueAndGrad<M>> valueAndGrad(TriFunction<M, B, C, MlxArray> f) {
    return TREES.valueAndGrad(false, f);
  }

  /**
   * As {@link #valueAndGrad(Function)}, for a loss with an auxiliary result, such as the layers for
   * the next step.
   *
   * @param f the loss, which returns a scalar and a tree, through which no gradient flows
   * @param <M> the type of the model
   * @param <T> the type of the auxiliary result
   * @return the function
   * @throws NullPointerException if {@code f} is null
   */
  public static <M, T extends @Nullable Object>
      TreeFunction<M, ValueAuxAndGrad<T, M>> valueAndGradWithAux(Function<M, WithAux<T>> f) {
    return TREES.valueAndGrad(true, f);
  }

  /**
   * As {@link #valueAndGradWithAux(Function)}, for a loss of a model and something else.
   *
   * @param f the loss, which returns a scalar and a tree
   * @param <M> the type of the model
   * @param <B> the type of the second argument
   * @param <T> the type of the auxiliary result
   * @return the function
   * @throws NullPointerException if {@code f} is null
   */
  public static <M, B extends @Nullable Object, T extends @Nullable Object>
      TreeBiFunction<M, B, ValueAuxAndGrad<T, M>> valueAndGradWithAux(
          BiFunction<M, B, WithAux<T>> f) {
    return TREES.valueAndGrad(true, f);
  }

  /**
   * As {@link #valueAndGradWithAux(Function)}, for a loss of a model and two other arguments.
   *
   * @param f the loss, which returns a scalar and a tree
   * @param <M> the type of the model
   * @param <B> the type of the second argument
   * @param <C> the type of the third argument
   * @param <T> the type of the auxiliary result
   * @return the function
   * @throws NullPointerException if {@code f} is null
   */
  public static <
          M, B extends @Nullable Object, C extends @Nullable Object, T extends @Nullable Object>
      TreeTriFunction<M, B, C, ValueAuxAndGrad<T, M>> valueAndGradWithAux(
          TriFunction<M, B, C, WithAux<T>> f) {
    return TREES.valueAndGrad(true, f);
  }

  /**
   * Equivalent to {@link #averageGradients(Object, Distributed.Group) averageGradients(gradients,
   * Distributed.init())}.
   */
  public static <P extends @Nullable Object> P averageGradients(P gradients) {
    return averageGradients(gradients, Distributed.init());
  }

  /**
   * Equivalent to {@link #averageGradients(Object, Distributed.Group, int)
   * averageGradients(gradients, group, 32 * 1024 * 1024)}.
   */
  public static <P extends @Nullable Object> P averageGradients(
      P gradients, Distributed.Group group) {
    return averageGradients(gradients, group, ALL_REDUCE_SIZE);
  }

  /**
   * Equivalent to {@link #averageGradients(Object, Distributed.Group, int, MlxStream)
   * averageGradients(gradients, group, allReduceSize, null)}.
   */
  public static <P extends @Nullable Object> P averageGradients(
      P gradients, Distributed.Group group, int allReduceSize) {
    return averageGradients(gradients, group, allReduceSize, null);
  }

  /**
   * Averages gradients over the processes of a group. Small arrays are joined, so that there are
   * fewer communications. Mirrors {@code mlx.nn.average_gradients}.
   *
   * @param gradients the gradients of this process, of the same structure everywhere
   * @param group the processes
   * @param allReduceSize the number of bytes that arrays communicated together reach; if it is not
   *     positive, or the arrays have different dtypes, each is communicated on its own
   * @param communicationStream the stream of the communication; null for the current one
   * @param <P> the type of the gradients
   * @return the means, the same in every process; null where {@code gradients} has null
   * @throws NullPointerException if {@code group} is null
   */
  public static <P extends @Nullable Object> P averageGradients(
      P gradients,
      Distributed.Group group,
      int allReduceSize,
      @Nullable MlxStream communicationStream) {
    Arguments.notNull("averageGradients", "group", group);
    if (group.size() == 1) {
      return gradients;
    }
    Flattening flattening = Flattening.of("averageGradients", Roots.TREE, gradients);
    MlxArray[] arrays = flattening.leaves();
    return Scope.run(
        () -> {
          DType first = arrays.length == 0 ? null : arrays[0].dtype();
          boolean joined =
              allReduceSize > 0 && Arrays.stream(arrays).allMatch(a -> a.dtype() == first);
          int i = 0;
          while (i < arrays.length) {
            List<MlxArray> together = new ArrayList<>();
            long bytes = 0;
            do {
              MlxArray next = arrays[i + together.size()];
              together.add(next);
              bytes += next.nbytes();
            } while (joined && bytes < allReduceSize && i + together.size() < arrays.length);
            for (MlxArray mean : means(together, group, communicationStream)) {
              arrays[i++] = mean;
            }
          }
          return Nn.<P>rebuilt(flattening.structure(), arrays);
        });
  }

  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // it has the same structure
  private static <P extends @Nullable Object> P rebuilt(Structure structure, MlxArray... arrays) {
    return (P) structure.rebuildFirst(arrays, 0);
  }

  private static MlxArray[] means(
      List<MlxArray> arrays, Distributed.Group group, @Nullable MlxStream stream) {
    if (arrays.size() == 1) {
      return new MlxArray[] {mean(arrays.get(0), group, stream)};
    }
    MlxArray[] flat = new MlxArray[arrays.size()];
    int[] ends = new int[flat.length - 1];
    long end = 0;
    for (int i = 0; i < flat.length; i++) {
      flat[i] = arrays.get(i).flatten();
      end += flat[i].size();
      if (i < ends.length) {
        ends[i] = Math.toIntExact(end);
      }
    }
    MlxArray[] means = mean(Ops.concatenate(flat), group, stream).split(ends);
    for (int i = 0; i < flat.length; i++) {
      means[i] = means[i].reshape(arrays.get(i).shape());
    }
    return means;
  }

  private static MlxArray mean(MlxArray x, Distributed.Group group, @Nullable MlxStream stream) {
    return allSum(x, group, stream).divide((long) group.size());
  }

  private static MlxArray allSum(MlxArray x, Distributed.Group group, @Nullable MlxStream stream) {
    if (stream == null) {
      return Distributed.allSum(x, group);
    }
    try (StreamScope scope = StreamScope.open(stream)) {
      return Distributed.allSum(x, group);
    }
  }

  // ---- parameters and layers -------------------------------------------------------------------

  /**
   * Returns the parameters of a model that are trained. Mirrors {@code
   * mlx.nn.Module.trainable_parameters}.
   *
   * <pre>{@code
   * BatchNorm norm = BatchNorm.of(8);
   * long trained = Trees.reduce(Nn.trainableParameters(norm), 0L, (sum, x) -> sum + x.size());  // 16
   * }</pre>
   *
   * @param model the model, a tree
   * @param <M> the type of the model
   * @return the model with null in place of arrays in components that are marked as {@link
   *     NotTrained}
   */
  @SuppressWarnings("unchecked") // it has the same structure
  public static <M extends @Nullable Object> M trainableParameters(M model) {
    Flattening flattening = Flattening.of("trainableParameters", Roots.TREE, model);
    Structure structure = flattening.structure();
    @Nullable MlxArray[] arrays = flattening.leaves();
    boolean[] trained = structure.trained();
    for (int i = 0; i < arrays.length; i++) {
      arrays[i] = trained[i] ? arrays[i] : null;
    }
    return (M) structure.rebuildFirst(arrays, 0);
  }

  /**
   * Equivalent to {@link #setDtype(Object, DType, Predicate) setDtype(model, dtype, d ->
   * Ops.issubdtype(d, DType.Category.FLOATING))}.
   */
  public static <M extends @Nullable Object> M setDtype(M model, DType dtype) {
    return setDtype(model, dtype, d -> Ops.issubdtype(d, DType.Category.FLOATING));
  }

  /**
   * Converts the parameters of a model to another dtype. Mirrors {@code mlx.nn.Module.set_dtype}.
   *
   * @param model the model, a tree
   * @param dtype the dtype
   * @param predicate tells for the dtype of an array whether it is converted
   * @param <M> the type of the model
   * @return the model with converted arrays
   * @throws NullPointerException if {@code dtype} or {@code predicate} is null
   */
  public static <M extends @Nullable Object> M setDtype(
      M model, DType dtype, Predicate<DType> predicate) {
    Arguments.notNull("setDtype", "dtype", dtype);
    Arguments.notNull("setDtype", "predicate", predicate);
    return Formula.tree(
        "setDtype", () -> Trees.map(model, x -> predicate.test(x.dtype()) ? x.astype(dtype) : x));
  }

  /**
   * Returns the layers of a kind that a model consists of. Mirrors {@code
   * mlx.nn.Module.named_modules}.
   *
   * <pre>{@code
   * Transformer model = Transformer.of(8, 2, 2, 2);
   * int layers = Nn.namedModules(model, Linear.class).size();             // 32
   * }</pre>
   *
   * @param model the model, a tree
   * @param type a record class, or an interface of records such as {@link Layer}. Functions that
   *     are layers, such as {@code Activations::relu}, are not found
   * @param <L> the type of the layers
   * @return the layers by their paths, which are those of {@link Trees#flattenWithPaths}, such as
   *     {@code layers.0}; that of the model is empty. A layer comes after the layers in it. The map
   *     cannot be changed
   * @throws IllegalArgumentException if two paths are equal
   * @throws NullPointerException if {@code type} is null
   */
  public static <L> Map<String, L> namedModules(@Nullable Object model, Class<L> type) {
    Arguments.notNull("namedModules", "type", type);
    Map<String, L> found = new LinkedHashMap<>();
    rewritten(
        "namedModules",
        model,
        type,
        (path, layer) -> {
          if (found.put(path, layer) != null) {
            throw new IllegalArgumentException("another layer has the same path");
          }
          return layer;
        });
    return Collections.unmodifiableMap(found);
  }

  /**
   * Replaces layers of a model. Mirrors {@code mlx.nn.Module.apply_to_modules} and {@code
   * update_modules}.
   *
   * <pre>{@code
   * Sequential model = Sequential.of(Linear.of(8, 8), Dropout.of(0.1), Linear.of(8, 2));
   * Sequential gentle = Nn.applyToModules(model, Dropout.class, (path, d) -> Dropout.of(0.05));
   * }</pre>
   *
   * <p>Components that hold such a layer must be declared with a type that holds the other one,
   * too, such as {@link Layer}; {@link Attention} for {@link MultiHeadAttention}, which becomes a
   * {@link QuantizedMultiHeadAttention} if its projections are no longer {@link Linear}.
   *
   * @param model the model, a tree
   * @param type a record class, or an interface of records such as {@link Layer}
   * @param others returns for the path and the layer what takes its place, or null to keep it. The
   *     layers inside have been replaced already
   * @param <M> the type of the model
   * @param <L> the type of the layers
   * @return the model with other layers
   * @throws IllegalArgumentException if {@code others} throws it, or a component cannot hold what
   *     it returned
   * @throws NullPointerException if {@code type} or {@code others} is null
   */
  public static <M extends @Nullable Object, L> M applyToModules(
      M model, Class<L> type, BiFunction<String, L, ? extends @Nullable Object> others) {
    Arguments.notNull("applyToModules", "type", type);
    Arguments.notNull("applyToModules", "others", others);
    return Scope.run(() -> rewritten("applyToModules", model, type, others));
  }

  // ---- quantization ----------------------------------------------------------------------------

  /**
   * Equivalent to {@link #quantize(Object, Integer, Integer, QuantizationMode, boolean,
   * BiPredicate) quantize(model, null, null, QuantizationMode.AFFINE, false, (path, layer) ->
   * true)}.
   */
  public static <M extends @Nullable Object> M quantize(M model) {
    return quantize(model, null, null);
  }

  /**
   * Equivalent to {@link #quantize(Object, Integer, Integer, QuantizationMode, boolean,
   * BiPredicate) quantize(model, groupSize, null, QuantizationMode.AFFINE, false, (path, layer) ->
   * true)}.
   */
  public static <M extends @Nullable Object> M quantize(M model, @Nullable Integer groupSize) {
    return quantize(model, groupSize, null);
  }

  /**
   * Equivalent to {@link #quantize(Object, Integer, Integer, QuantizationMode, boolean,
   * BiPredicate) quantize(model, groupSize, bits, QuantizationMode.AFFINE, false, (path, layer) ->
   * true)}.
   */
  public static <M extends @Nullable Object> M quantize(
      M model, @Nullable Integer groupSize, @Nullable Integer bits) {
    return quantize(model, groupSize, bits, QuantizationMode.AFFINE);
  }

  /**
   * Equivalent to {@link #quantize(Object, Integer, Integer, QuantizationMode, boolean,
   * BiPredicate) quantize(model, groupSize, bits, mode, false, (path, layer) -> true)}.
   */
  public static <M extends @Nullable Object> M quantize(
      M model, @Nullable Integer groupSize, @Nullable Integer bits, QuantizationMode mode) {
    return quantize(model, groupSize, bits, mode, false);
  }

  /**
   * Equivalent to {@link #quantize(Object, Integer, Integer, QuantizationMode, boolean,
   * BiPredicate) quantize(model, groupSize, bits, mode, quantizeInput, (path, layer) -> true)}.
   */
  public static <M extends @Nullable Object> M quantize(
      M model,
      @Nullable Integer groupSize,
      @Nullable Integer bits,
      QuantizationMode mode,
      boolean quantizeInput) {
    return quantize(model, groupSize, bits, mode, quantizeInput, (path, layer) -> true);
  }

  /**
   * Replaces layers of a model by quantized ones: {@link Linear} and {@link Embedding}, and your
   * own layers that implement {@link Quantizable}. Mirrors {@code mlx.nn.quantize}.
   *
   * <p>Components that hold such a layer must be declared with a type that holds the quantized one,
   * too, such as {@link Layer}; {@link Attention} for {@link MultiHeadAttention}, which becomes
   * {@link QuantizedMultiHeadAttention}.
   *
   * @param model the model, a tree
   * @param groupSize how many elements share a scale; null for the mode's default
   * @param bits the number of bits of an element; null for the mode's default
   * @param mode how elements are represented
   * @param quantizeInput whether inputs of layers are quantized, too; only with {@code NVFP4} and
   *     {@code MXFP8} and for {@link Linear} without a bias
   * @param predicate tells for the path and the layer whether it is quantized; paths are those of
   *     {@link Trees#flattenWithPaths}, such as {@code layers.0}
   * @param <M> the type of the model
   * @return the model with quantized layers
   * @throws IllegalArgumentException if a layer cannot be quantized in this way, or a component
   *     cannot hold the quantized layer
   * @throws NullPointerException if {@code mode} or {@code predicate} is null
   */
  public static <M extends @Nullable Object> M quantize(
      M model,
      @Nullable Integer groupSize,
      @Nullable Integer bits,
      QuantizationMode mode,
      boolean quantizeInput,
      BiPredicate<String, Quantizable> predicate) {
    Arguments.notNull("quantize", "mode", mode);
    Arguments.notNull("quantize", "predicate", predicate);
    return quantize(
        model,
        (path, layer) ->
            predicate.test(path, layer)
                ? layer.toQuantized(groupSize, bits, mode, quantizeInput)
                : null);
  }

  /**
   * Replaces layers of a model by quantized ones, each with its own parameters:
   *
   * <pre>{@code
   * Sequential model = Sequential.of(Linear.of(64, 64), Activations::relu, Linear.of(64, 64));
   * Sequential mixed = Nn.quantize(model, (path, layer) ->
   *     path.endsWith("0") ? layer.toQuantized(64, 4) : layer.toQuantized(32, 8));
   * }</pre>
   *
   * @param model the model, a tree
   * @param quantized returns for the path and the layer the quantized layer, or null to keep it
   * @param <M> the type of the model
   * @return the model with quantized layers
   * @throws IllegalArgumentException if a layer cannot be quantized in this way, or a component
   *     cannot hold the quantized layer
   * @throws NullPointerException if {@code quantized} is null
   */
  public static <M extends @Nullable Object> M quantize(
      M model, BiFunction<String, Quantizable, @Nullable Layer> quantized) {
    Arguments.notNull("quantize", "quantized", quantized);
    return Scope.run(() -> rewritten("quantize", model, Quantizable.class, quantized));
  }

  @SuppressWarnings("unchecked") // its parts are checked where they are declared
  private static <M extends @Nullable Object, L> M rewritten(
      String function,
      @Nullable M model,
      Class<L> type,
      BiFunction<String, L, ? extends @Nullable Object> others) {
    Flattening flattening = Flattening.of(function, Roots.TREE, model);
    return (M)
        flattening
            .structure()
            .rewrite(flattening.leaves(), new Replacing<>(function, type, others));
  }

  /** Replaces layers, and attention whose projections have been replaced. */
  private record Replacing<L>(
      String function, Class<L> type, BiFunction<String, L, ? extends @Nullable Object> others)
      implements Replacement {
    @Override
    public Object of(Supplier<String> path, Object value) {
      if (!type.isInstance(value)) {
        return value;
      }
      String place = path.get();
      try {
        Object other = others.apply(place, type.cast(value));
        return other == null ? value : other;
      } catch (IllegalArgumentException e) {
        String at = place.isEmpty() ? "the model" : place;
        throw new IllegalArgumentException("[" + function + "] " + at + ": " + e.getMessage(), e);
      }
    }

    @Override
    public @Nullable Object another(Class<?> type, Object... components) {
      if (type != MultiHeadAttention.class) {
        return null;
      }
      return new QuantizedMultiHeadAttention(
          (Layer) components[0],
          (Layer) components[1],
          (Layer) components[2],
          (Layer) components[3],
          (int) components[4]);
    }
  }

  // ---- sharding --------------------------------------------------------------------------------

  /** Equivalent to {@link #shardLinear(Layer, Sharding, int) shardLinear(layer, sharding, 1)}. */
  public static Layer shardLinear(Layer layer, Sharding sharding) {
    return shardLinear(layer, sharding, 1);
  }

  /**
   * Equivalent to {@link #shardLinear(Layer, Sharding, int, Distributed.Group) shardLinear(layer,
   * sharding, segments, Distributed.init())}.
   */
  public static Layer shardLinear(Layer layer, Sharding sharding, int segments) {
    return shardLinear(layer, sharding, segments, Distributed.init());
  }

  /**
   * Takes the part of this process from a layer that is the same in every process. Mirrors {@code
   * mlx.nn.layers.distributed.shard_linear}.
   *
   * @param layer a {@link Linear} or a {@link QuantizedLinear}
   * @param sharding whether outputs or inputs are divided
   * @param segments the number of equal segments of these, each of which is divided: 3 for a matrix
   *     of queries, keys and values
   * @param group the processes
   * @return an {@link AllToShardedLinear}, {@link ShardedToAllLinear}, {@link
   *     QuantizedAllToShardedLinear} or {@link QuantizedShardedToAllLinear}
   * @throws IllegalArgumentException if the layer is another one, or cannot be divided in this way
   * @throws NullPointerException if an argument is null
   */
  public static Layer shardLinear(
      Layer layer, Sharding sharding, int segments, Distributed.Group group) {
    return shardLinear(layer, sharding, Shards.equal("shardLinear", segments), group);
  }

  /**
   * As {@link #shardLinear(Layer, Sharding, int, Distributed.Group)}, with segments of different
   * sizes.
   *
   * @param layer a {@link Linear} or a {@link QuantizedLinear}
   * @param sharding whether outputs or inputs are divided
   * @param segments where the second segment and those after it begin, as fractions of the whole
   * @param group the processes
   * @return the layer of this process
   * @throws IllegalArgumentException if the layer is another one, or cannot be divided in this way
   * @throws NullPointerException if an argument is null
   */
  public static Layer shardLinear(
      Layer layer, Sharding sharding, double[] segments, Distributed.Group group) {
    return shardLinear(layer, sharding, Shards.at("shardLinear", segments), group);
  }

  private static Layer shardLinear(
      Layer layer, Sharding sharding, Shards.Segments segments, Distributed.Group group) {
    Arguments.notNull("shardLinear", "layer", layer);
    boolean all = Arguments.notNull("shardLinear", "sharding", sharding) == Sharding.ALL_TO_SHARDED;
    if (layer instanceof Linear linear) {
      return all
          ? AllToShardedLinear.of(linear, segments, group)
          : ShardedToAllLinear.of(linear, segments, group);
    }
    if (layer instanceof QuantizedLinear linear) {
      return all
          ? QuantizedAllToShardedLinear.of(linear, segments, group)
          : QuantizedShardedToAllLinear.of(linear, segments, group);
    }
    throw Arguments.refused(
        "shardLinear",
        "the layer must be a Linear or a QuantizedLinear, got " + layer.getClass().getName());
  }

  /**
   * Equivalent to {@link #fullyShard(Layer, Distributed.Group) fullyShard(module,
   * Distributed.init())}.
   */
  public static Layer fullyShard(Layer module) {
    return fullyShard(module, Distributed.init());
  }

  /**
   * Equivalent to {@link #fullyShard(Layer, Distributed.Group, DType) fullyShard(module, group,
   * null)}.
   */
  public static Layer fullyShard(Layer module, Distributed.Group group) {
    return fullyShard(module, group, null);
  }

  /**
   * Divides the parameters of a model among the processes of a group. Mirrors {@code
   * mlx.nn.fully_shard}.
   *
   * @param module the model, the same in every process
   * @param group the processes
   * @param computeDtype the dtype that gathered parameters are converted to, or null
   * @return a {@link FullyShardedModule}; the model itself if it is one or has no parameters, or
   *     there is one process
   * @throws IllegalArgumentException if a parameter is a scalar, its first axis is not a multiple
   *     of the size of the group, or it holds integers
   * @throws NullPointerException if {@code module} or {@code group} is null
   */
  public static Layer fullyShard(
      Layer module, Distributed.Group group, @Nullable DType computeDtype) {
    Arguments.notNull("fullyShard", "module", module);
    Arguments.notNull("fullyShard", "group", group);
    boolean asItIs =
        group.size() == 1
            || module instanceof FullyShardedModule
            || !FullyShardedModule.hasParameters(module);
    return asItIs ? module : FullyShardedModule.of(module, group, computeDtype);
  }
}
