package org.mlx4j.nn;

import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.mlx4j.CustomFunction;
import org.mlx4j.DType;
import org.mlx4j.Distributed;
import org.mlx4j.MlxArray;
import org.mlx4j.Ops;
import org.mlx4j.Scope;
import org.mlx4j.TransformedArraysFunction;
import org.mlx4j.internal.tree.Flattening;
import org.mlx4j.internal.tree.Roots;
import org.mlx4j.internal.tree.Structure;

/**
 * A model of which each process of a group keeps only a part of every parameter. The parameters are
 * gathered whenever the model is applied, and gradients are averaged over all processes and
 * divided, so that each process trains its own part. Mirrors {@code mlx.nn.FullyShardedModule}.
 *
 * <pre>{@code
 * Distributed.Group group = Distributed.init();
 * FullyShardedModule<Linear> sharded = FullyShardedModule.of(Linear.of(64, 32), group);
 * MlxArray y = sharded.apply(Ops.ones(2, 64));
 * Linear whole = sharded.gather();                         // for what is not a layer of one input
 * }</pre>
 *
 * <p>Parameters are divided along their first axis. Those inside another {@code FullyShardedModule}
 * are left to that one.
 *
 * @param module the model with the parts of this process
 * @param group the processes
 * @param computeDtype the dtype that gathered parameters are converted to, or null
 * @param <M> the type of the model
 */
public record FullyShardedModule<M>(M module, Distributed.Group group, @Nullable DType computeDtype)
    implements RandomLayer {
  private static final String NAME = "FullyShardedModule";

  private record Gathering(Distributed.Group group, Optional<DType> dtype) {}

  /** Belong to no scope, since they serve for all calls. */
  private static final Map<Gathering, TransformedArraysFunction> GATHER = new ConcurrentHashMap<>();

  /**
   * Makes a layer of a model that is divided already.
   *
   * @throws NullPointerException if {@code group} is null
   */
  public FullyShardedModule {
    Arguments.notNull(NAME, "group", group);
  }

  /** Equivalent to {@link #of(Object, Distributed.Group) of(module, Distributed.init())}. */
  public static <M> FullyShardedModule<M> of(M module) {
    return of(module, Distributed.init());
  }

  /** Equivalent to {@link #of(Object, Distributed.Group, DType) of(module, group, null)}. */
  public static <M> FullyShardedModule<M> of(M module, Distributed.Group group) {
    return of(module, group, null);
  }

  /**
   * Takes the part of this process from a model that is the same in every process.
   *
   * @param module the model
   * @param group the processes
   * @param computeDtype the dtype that gathered parameters are converted to, or null
   * @param <M> the type of the model
   * @return the model of this process
   * @throws IllegalArgumentException if a parameter is a scalar, its first axis is not a multiple
   *     of the size of the group, or it holds integers
   */
  public static <M> FullyShardedModule<M> of(
      M module, Distributed.Group group, @Nullable DType computeDtype) {
    Arguments.notNull(NAME, "module", module);
    Shards shards = new Shards(NAME, Shards.equal(NAME, 1), group);
    return Scope.run(
        () -> {
          Flattening flattening = Flattening.of(NAME, Roots.TREE, module);
          Structure structure = flattening.structure();
          MlxArray[] arrays = flattening.leaves();
          Set<MlxArray> others = ofOthers(structure, arrays);
          for (int i = 0; i < arrays.length; i++) {
            if (!others.contains(arrays[i])) {
              if (!Ops.issubdtype(arrays[i].dtype(), DType.Category.INEXACT)) {
                throw new IllegalArgumentException(
                    structure.complaint(
                        i,
                        "an array of dtype " + arrays[i].dtype() + " has no gradient to average"));
              }
              if (arrays[i].ndim() == 0 || arrays[i].dim(0) % group.size() != 0) {
                throw new IllegalArgumentException(
                    structure.complaint(
                        i,
                        "an array of shape "
                            + Arrays.toString(arrays[i].shape())
                            + " cannot be divided among "
                            + group.size()
                            + " processes along its first axis"));
              }
              arrays[i] = shards.ofThisProcess(arrays[i], 0);
            }
          }
          return new FullyShardedModule<>(
              FullyShardedModule.<M>rebuilt(structure, arrays), group, computeDtype);
        });
  }

  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // it has the same structure
  private static <M> M rebuilt(Structure structure, MlxArray... arrays) {
    return (M) structure.rebuildFirst(arrays, 0);
  }

  /** Tells whether a model has parameters outside other sharded modules. */
  static boolean hasParameters(Object module) {
    Flattening flattening = Flattening.of(NAME, Roots.TREE, module);
    MlxArray[] arrays = flattening.leaves();
    return !ofOthers(flattening.structure(), arrays).containsAll(Arrays.asList(arrays));
  }

  /** The arrays inside other sharded modules. */
  private static Set<MlxArray> ofOthers(Structure structure, MlxArray... arrays) {
    Set<MlxArray> others = Collections.newSetFromMap(new IdentityHashMap<>());
    structure.rewrite(
        arrays,
        (path, node) -> {
          if (node instanceof FullyShardedModule<?> other) {
            others.addAll(Arrays.asList(Flattening.of(NAME, Roots.TREE, other).leaves()));
          }
          return node;
        });
    return others;
  }

  /**
   * Gathers the parameters of all processes.
   *
   * @return the whole model, whose gradients belong to the parts
   */
  public M gather() {
    return Scope.run(
        () -> {
          Flattening flattening = Flattening.of(NAME, Roots.TREE, module);
          Structure structure = flattening.structure();
          MlxArray[] arrays = flattening.leaves();
          Set<MlxArray> others = ofOthers(structure, arrays);
          MlxArray[] parts =
              Arrays.stream(arrays).filter(a -> !others.contains(a)).toArray(MlxArray[]::new);
          if (parts.length > 0) {
            MlxArray[] gathered = gathering().apply(parts);
            for (int i = 0, next = 0; i < arrays.length; i++) {
              arrays[i] = others.contains(arrays[i]) ? arrays[i] : gathered[next++];
            }
          }
          return FullyShardedModule.<M>rebuilt(structure, arrays);
        });
  }

  private TransformedArraysFunction gathering() {
    Gathering gathering = new Gathering(group, Optional.ofNullable(computeDtype));
    return GATHER.computeIfAbsent(
        gathering,
        g ->
            Scope.detached(
                () ->
                    CustomFunction.ofArrays(parts -> gathered(g, parts))
                        .vjp((parts, cotangents, outputs) -> divided(g, parts, cotangents))
                        .build()));
  }

  private static MlxArray[] gathered(Gathering g, MlxArray... parts) {
    MlxArray[] rows = new MlxArray[parts.length];
    for (int i = 0; i < parts.length; i++) {
      DType dtype = g.dtype().orElse(parts[i].dtype());
      rows[i] = parts[i].reshape(1, -1).astype(dtype);
    }
    MlxArray all = Distributed.allGather(Ops.concatenate(rows, 1), g.group());
    MlxArray[] whole = all.split(ends(parts), 1);
    for (int i = 0; i < parts.length; i++) {
      int[] shape = parts[i].shape();
      shape[0] *= g.group().size();
      whole[i] = whole[i].reshape(shape).astype(g.dtype().orElse(parts[i].dtype()));
    }
    return whole;
  }

  private static MlxArray[] divided(Gathering g, MlxArray[] parts, MlxArray... cotangents) {
    int size = g.group().size();
    MlxArray[] columns = new MlxArray[parts.length];
    for (int i = 0; i < parts.length; i++) {
      columns[i] = cotangents[i].reshape(size, -1);
    }
    MlxArray sum = Distributed.sumScatter(Ops.concatenate(columns, 1), g.group());
    MlxArray[] means = sum.divide((long) size).split(ends(parts), 1);
    for (int i = 0; i < parts.length; i++) {
      means[i] = means[i].reshape(parts[i].shape()).astype(parts[i].dtype());
    }
    return means;
  }

  /** Where the parts end in an array of all of them, except for the last one. */
  private static int[] ends(MlxArray... parts) {
    int[] ends = new int[parts.length - 1];
    long end = 0;
    for (int i = 0; i < ends.length; i++) {
      end += parts[i].size();
      ends[i] = Math.toIntExact(end);
    }
    return ends;
  }

  /**
   * Applies the whole model.
   *
   * @param x the input
   * @param key a PRNG key in training if the model is a {@link RandomLayer}, otherwise ignored; or
   *     null
   * @return the output
   * @throws UnsupportedOperationException if the model is not a {@link Layer}; use {@link #gather}
   */
  @Override
  public MlxArray apply(MlxArray x, @Nullable MlxArray key) {
    if (!(module instanceof Layer)) {
      throw new UnsupportedOperationException(
          "[" + NAME + "] the model is not a Layer; apply what gather() returns");
    }
    return Scope.run(
        () -> {
          M whole = gather();
          return whole instanceof RandomLayer random
              ? random.apply(x, key)
              : ((Layer) whole).apply(x);
        });
  }

  /**
   * Applies the whole embedding as a linear layer. Mirrors {@code
   * mlx.nn.FullyShardedModule.as_linear}.
   *
   * @param x an array of shape {@code (…, dims)}
   * @return an array of shape {@code (…, numEmbeddings)}
   * @throws UnsupportedOperationException if the model is not an {@link Embedding}; use {@link
   *     #gather}
   */
  public MlxArray asLinear(MlxArray x) {
    if (!(module instanceof Embedding)) {
      throw new UnsupportedOperationException(
          "[" + NAME + ".asLinear] the model is not an Embedding; apply what gather() returns");
    }
    return Scope.run(() -> ((Embedding) gather()).asLinear(x));
  }
}
