package org.mlx4j;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.lang.reflect.Array;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Proxy;
import java.lang.reflect.Type;
import java.lang.reflect.WildcardType;
import java.nio.ByteBuffer;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.mlx4j.nn.ALiBi;
import org.mlx4j.nn.AllToShardedLinear;
import org.mlx4j.nn.AvgPool1d;
import org.mlx4j.nn.AvgPool2d;
import org.mlx4j.nn.AvgPool3d;
import org.mlx4j.nn.BatchNorm;
import org.mlx4j.nn.Bilinear;
import org.mlx4j.nn.Conv1d;
import org.mlx4j.nn.Conv2d;
import org.mlx4j.nn.Conv3d;
import org.mlx4j.nn.ConvTranspose1d;
import org.mlx4j.nn.ConvTranspose2d;
import org.mlx4j.nn.ConvTranspose3d;
import org.mlx4j.nn.Dropout;
import org.mlx4j.nn.Dropout2d;
import org.mlx4j.nn.Dropout3d;
import org.mlx4j.nn.Embedding;
import org.mlx4j.nn.FullyShardedModule;
import org.mlx4j.nn.GRU;
import org.mlx4j.nn.GroupNorm;
import org.mlx4j.nn.Identity;
import org.mlx4j.nn.InstanceNorm;
import org.mlx4j.nn.LSTM;
import org.mlx4j.nn.Layer;
import org.mlx4j.nn.LayerNorm;
import org.mlx4j.nn.Linear;
import org.mlx4j.nn.MaxPool1d;
import org.mlx4j.nn.MaxPool2d;
import org.mlx4j.nn.MaxPool3d;
import org.mlx4j.nn.MultiHeadAttention;
import org.mlx4j.nn.PReLU;
import org.mlx4j.nn.QQLinear;
import org.mlx4j.nn.QuantizedAllToShardedLinear;
import org.mlx4j.nn.QuantizedEmbedding;
import org.mlx4j.nn.QuantizedLinear;
import org.mlx4j.nn.QuantizedMultiHeadAttention;
import org.mlx4j.nn.QuantizedShardedToAllLinear;
import org.mlx4j.nn.RMSNorm;
import org.mlx4j.nn.RNN;
import org.mlx4j.nn.RoPE;
import org.mlx4j.nn.Sequential;
import org.mlx4j.nn.ShardedToAllLinear;
import org.mlx4j.nn.SinusoidalPositionalEncoding;
import org.mlx4j.nn.Trained;
import org.mlx4j.nn.Transformer;
import org.mlx4j.nn.TransformerDecoder;
import org.mlx4j.nn.TransformerDecoderLayer;
import org.mlx4j.nn.TransformerEncoder;
import org.mlx4j.nn.TransformerEncoderLayer;
import org.mlx4j.nn.Upsample;
import org.mlx4j.optimizers.AdaDelta;
import org.mlx4j.optimizers.Adafactor;
import org.mlx4j.optimizers.Adagrad;
import org.mlx4j.optimizers.Adam;
import org.mlx4j.optimizers.AdamW;
import org.mlx4j.optimizers.Adamax;
import org.mlx4j.optimizers.Clipped;
import org.mlx4j.optimizers.Lion;
import org.mlx4j.optimizers.MultiOptimizer;
import org.mlx4j.optimizers.Muon;
import org.mlx4j.optimizers.OptimizerState;
import org.mlx4j.optimizers.RMSprop;
import org.mlx4j.optimizers.SGD;
import org.mlx4j.optimizers.Updated;
import org.mlx4j.training.ConfusionMatrix;
import org.mlx4j.training.CsvLog;
import org.mlx4j.training.EarlyStopping;
import org.mlx4j.training.Epoch;
import org.mlx4j.training.Fit;
import org.mlx4j.training.FitProgress;
import org.mlx4j.training.History;
import org.mlx4j.tree.CustomTreeFunction;
import org.mlx4j.tree.TreeBiFunction;
import org.mlx4j.tree.TreeFunction;
import org.mlx4j.tree.TreeHandle;
import org.mlx4j.tree.TreeTriFunction;
import org.mlx4j.tree.Trees;
import org.mlx4j.tree.WithAux;

/**
 * Arguments of any type for methods that are called by reflection: one that most methods take, and
 * those that people give by mistake.
 */
final class SampleArguments {
  /** A message of a function of the caller. */
  static final String MINE = "thrown by a function of the caller";

  private final Path folder;
  private final Path exported;
  private final MlxArray matrix = Ops.ones(2, 3);
  private final MlxArray closed = Ops.ones(2, 3);
  private final List<MlxArray> badArrays;
  private final Set<Object> lent = Collections.newSetFromMap(new IdentityHashMap<>());
  private final Map<Class<?>, Supplier<?>> samples = new HashMap<>();

  SampleArguments(Path folder) {
    this.folder = folder;
    closed.close();
    exported = folder.resolve("exported.mlxfn");
    Export.exportFunction(exported, xs -> xs, matrix);
    badArrays =
        List.of(
            closed,
            MlxArray.scalar(2f),
            Ops.zeros(0),
            Ops.zeros(2, 0, 3),
            Ops.ones(1, 2, 3, 4, 5),
            Ops.ones(new int[] {2, 3}, DType.BOOL),
            Ops.full(new int[] {3}, 7L, DType.INT32),
            Ops.ones(new int[] {3, 2}, DType.COMPLEX64),
            Ops.full(new int[] {2}, Double.NaN));
    samples.put(boolean.class, () -> false);
    samples.put(int.class, () -> 1);
    samples.put(long.class, () -> 1L);
    samples.put(byte.class, () -> (byte) 1);
    samples.put(short.class, () -> (short) 1);
    samples.put(float.class, () -> 1f);
    samples.put(double.class, () -> 1.0);
    samples.put(Boolean.class, () -> true);
    samples.put(Integer.class, () -> 1);
    samples.put(Double.class, () -> 1.0);
    samples.put(String.class, () -> "x");
    samples.put(Object.class, () -> matrix);
    samples.put(MlxArray.class, () -> matrix);
    for (Class<?> subject : MlxArray.class.getInterfaces()) {
      samples.put(subject, () -> matrix);
    }
    samples.put(Index.class, () -> Index.at(0));
    samples.put(ArrayAt.class, () -> matrix.at(0));
    samples.put(Complex64.class, () -> new Complex64(1, 2));
    samples.put(ConvolutionOptions.class, ConvolutionOptions::defaults);
    samples.put(BatcherOptions.class, BatcherOptions::defaults);
    samples.put(Batcher.class, () -> Batcher.of((Object x) -> first(x)));
    try (Batcher<Object, Object> batcher = Batcher.of(x -> first(x))) {
      BatcherStatistics statistics = batcher.statistics();
      samples.put(BatcherStatistics.class, () -> statistics);
      samples.put(DurationHistogram.class, statistics::latency);
    }
    samples.put(Path.class, () -> folder.resolve("nothing.npz"));
    samples.put(InputStream.class, () -> new ByteArrayInputStream(new byte[0]));
    samples.put(OutputStream.class, OutputStream::nullOutputStream);
    samples.put(
        PrintStream.class, () -> new PrintStream(OutputStream.nullOutputStream(), false, UTF_8));
    samples.put(
        PrintWriter.class, () -> new PrintWriter(OutputStream.nullOutputStream(), false, UTF_8));
    samples.put(ByteBuffer.class, () -> ByteBuffer.allocate(24));
    samples.put(FloatBuffer.class, () -> FloatBuffer.allocate(6));
    samples.put(DoubleBuffer.class, () -> DoubleBuffer.allocate(6));
    samples.put(IntBuffer.class, () -> IntBuffer.allocate(6));
    samples.put(LongBuffer.class, () -> LongBuffer.allocate(6));
    samples.put(List.class, () -> List.of(matrix));
    samples.put(Map.class, () -> Map.of("x", matrix));
    samples.put(Duration.class, () -> Duration.ofMinutes(5));
    samples.put(TransformedFunction.class, () -> Transforms.compile(x -> x.sum()));
    samples.put(TransformedBiFunction.class, () -> Transforms.compile((x, y) -> x.sum()));
    samples.put(TransformedArraysFunction.class, () -> Transforms.compileArrays(xs -> xs));
    samples.put(ValueAndGradFunction.class, () -> Transforms.valueAndGrad(x -> x.sum()));
    samples.put(ArraysFunctionHandle.class, () -> Transforms.compileArrays(xs -> xs));
    samples.put(CustomFunction.Builder.class, () -> CustomFunction.of(x -> x.sin()));
    samples.put(CustomFunction.BiBuilder.class, () -> CustomFunction.of((x, y) -> x.add(y)));
    samples.put(CustomFunction.ArraysBuilder.class, () -> CustomFunction.ofArrays(xs -> xs));
    samples.put(
        CustomTreeFunction.Builder.class, () -> CustomTreeFunction.of((Object x) -> first(x)));
    samples.put(
        CustomTreeFunction.BiBuilder.class,
        () -> CustomTreeFunction.of((Object x, Object y) -> first(x, y)));
    samples.put(
        CustomTreeFunction.TriBuilder.class,
        () -> CustomTreeFunction.of((Object x, Object y, Object z) -> first(x, y, z)));
    samples.put(FunctionHandle.class, () -> Transforms.grad(x -> x.sum()));
    samples.put(TreeFunction.class, () -> Trees.compile((Object x) -> first(x)));
    samples.put(TreeBiFunction.class, () -> Trees.compile((Object x, Object y) -> first(x, y)));
    samples.put(
        TreeTriFunction.class,
        () -> Trees.compile((Object x, Object y, Object z) -> first(x, y, z)));
    samples.put(TreeHandle.class, () -> Trees.compile((Object x) -> first(x)));
    samples.put(ImportedFunction.class, () -> Export.importFunction(exported));
    samples.put(
        FunctionExporter.class, () -> Export.exporter(folder.resolve("new.mlxfn"), xs -> xs));
    samples.put(byte[].class, () -> new byte[] {1});
    samples.put(Device.class, Device::cpu);
    samples.put(MlxStream.class, () -> MlxStream.defaultStream(Device.cpu()));
    samples.put(Distributed.Group.class, () -> Distributed.init(false));
    samples.put(TemplateArgument.class, () -> TemplateArgument.of("T", 1));
    samples.put(MetadataValue.class, () -> MetadataValue.of("x"));
    samples.put(Class.class, () -> Linear.class);
    History history = new History(List.of(new Epoch(1, 2, 0.5, Map.of("val_loss", 0.25))));
    samples.put(Epoch.class, history::last);
    samples.put(History.class, () -> history);
    samples.put(
        FitProgress.class, () -> new FitProgress(1, 1, 2, OptionalInt.of(2), 2, 0.5, history));
    samples.put(CsvLog.class, () -> CsvLog.of(folder.resolve("log.csv")));
    samples.put(EarlyStopping.class, () -> EarlyStopping.lowest("val_loss", 1));
    samples.put(ConfusionMatrix.class, () -> ConfusionMatrix.of(new int[] {0}, new int[] {0}, 1));
    samples.put(
        Fit.class,
        () ->
            Fit.of((Object state, Object batch) -> new WithAux<>((MlxArray) first(state), state))
                .batches(matrix, 1)
                .checkpoints(folder.resolve("fit.safetensors")));
    models().forEach(this::lend);
  }

  /** A layer and an optimizer of every kind; those that take (2, 3) are made for it. */
  private static Stream<Record> models() {
    Layer linear = Linear.of(4, 4);
    OptimizerState<MlxArray> state =
        new OptimizerState<>(MlxArray.scalar(0L, DType.UINT64), List.of(Ops.ones(2, 3)));
    return Stream.of(
        ALiBi.of(),
        AllToShardedLinear.of(3, 2),
        AvgPool1d.of(1),
        AvgPool2d.of(1),
        AvgPool3d.of(1),
        BatchNorm.of(3),
        Bilinear.of(3, 3, 2),
        Conv1d.of(3, 2, 1),
        Conv2d.of(3, 2, 1),
        Conv3d.of(3, 2, 1),
        ConvTranspose1d.of(3, 2, 1),
        ConvTranspose2d.of(3, 2, 1),
        ConvTranspose3d.of(3, 2, 1),
        Dropout.of(),
        Dropout2d.of(),
        Dropout3d.of(),
        Embedding.of(4, 3),
        FullyShardedModule.of(Linear.of(3, 2)),
        GRU.of(3, 2),
        GroupNorm.of(1, 3),
        Identity.of(),
        InstanceNorm.of(3),
        LSTM.of(3, 2),
        new LSTM.State(Ops.ones(2), Ops.ones(2)),
        LayerNorm.of(3),
        Linear.of(3, 2),
        MaxPool1d.of(1),
        MaxPool2d.of(1),
        MaxPool3d.of(1),
        MultiHeadAttention.of(4, 2),
        PReLU.of(),
        QQLinear.of(32, 2),
        QuantizedAllToShardedLinear.of(64, 2),
        QuantizedEmbedding.of(4, 64),
        QuantizedLinear.of(64, 2),
        new QuantizedMultiHeadAttention(linear, linear, linear, linear, 2),
        QuantizedShardedToAllLinear.of(64, 2),
        RMSNorm.of(3),
        RNN.of(3, 2),
        RoPE.of(2),
        Sequential.of(Linear.of(3, 2)),
        ShardedToAllLinear.of(3, 2),
        SinusoidalPositionalEncoding.of(2),
        Transformer.of(4, 2, 1, 1),
        TransformerDecoder.of(1, 4, 2),
        TransformerDecoderLayer.of(4, 2),
        TransformerEncoder.of(1, 4, 2),
        TransformerEncoderLayer.of(4, 2),
        new Trained<>(Ops.ones(2), BatchNorm.of(2)),
        Upsample.of(2),
        AdaDelta.of(0.1),
        Adafactor.of(),
        Adagrad.of(0.1),
        Adam.of(0.1),
        AdamW.of(0.1),
        Adamax.of(0.1),
        Lion.of(0.1),
        MultiOptimizer.of(List.of(SGD.of(0.1))),
        Muon.of(0.1),
        RMSprop.of(0.1),
        SGD.of(0.1),
        state,
        new Updated<>(Ops.ones(2, 3), state),
        new Clipped<>(Ops.ones(2, 3), Ops.ones()));
  }

  /** Makes a sample of a record whose arrays no call may close. */
  private void lend(Record model) {
    lent.addAll(Trees.flatten(model));
    samples.put(model.getClass(), () -> model);
  }

  /** Returns whether there is an argument of this type. */
  boolean has(Class<?> type) {
    return samples.containsKey(type)
        || type.isEnum()
        || isFunctional(type)
        || (type.isArray() && has(type.getComponentType()));
  }

  static boolean isFunctional(Class<?> type) {
    return type.isInterface() && !type.isSealed();
  }

  /** Returns whether this array is lent to all calls. */
  boolean lends(Object array) {
    return array == matrix
        || lent.contains(array)
        || badArrays.stream().anyMatch(bad -> bad == array);
  }

  /**
   * An argument that most methods take; of lists and maps also the elements have the right type.
   */
  Object good(Type generic) {
    if (generic instanceof ParameterizedType parameterized) {
      Class<?> element = element(parameterized);
      if (has(element)) {
        if (parameterized.getRawType() == List.class) {
          return List.of(good(element));
        }
        if (parameterized.getRawType() == Map.class) {
          return Map.of("x", good(element));
        }
      }
      if (namesArrays(generic)) {
        return UnaryOperator.identity();
      }
      return good((Class<?>) parameterized.getRawType());
    }
    return good(raw(generic));
  }

  /** Whether this is the type of functions that give names to arrays. */
  private static boolean namesArrays(Type type) {
    return type.getTypeName().equals("java.util.function.UnaryOperator<java.lang.String>");
  }

  /** The class of the elements of a list, or of the values of a map. */
  private static Class<?> element(ParameterizedType type) {
    Type[] arguments = type.getActualTypeArguments();
    return raw(arguments[arguments.length - 1]);
  }

  private static Class<?> raw(Type generic) {
    if (generic instanceof Class<?> type) {
      return type;
    }
    if (generic instanceof ParameterizedType parameterized) {
      return (Class<?>) parameterized.getRawType();
    }
    if (generic instanceof WildcardType wildcard) {
      return raw(wildcard.getUpperBounds()[0]);
    }
    return generic instanceof GenericArrayType array
        ? raw(array.getGenericComponentType()).arrayType()
        : Object.class;
  }

  private Object good(Class<?> type) {
    if (samples.containsKey(type)) {
      return samples.get(type).get();
    }
    if (type.isEnum()) {
      return type.getEnumConstants()[0];
    }
    if (type.isArray()) {
      Object one = Array.newInstance(type.getComponentType(), 1);
      Array.set(one, 0, good(type.getComponentType()));
      return one;
    }
    return function(type, SampleArguments::first);
  }

  /** Arguments that most methods do not take. */
  List<Object> bad(Type generic) {
    if (namesArrays(generic)) {
      UnaryOperator<String> toNull = name -> null;
      UnaryOperator<String> throwing = SampleArguments::refuse;
      return new ArrayList<>(Arrays.asList(null, toNull, throwing));
    }
    boolean ofOthers =
        generic instanceof ParameterizedType parameterized
            && !element(parameterized).isAssignableFrom(MlxArray.class);
    List<Object> bad = bad(raw(generic));
    if (ofOthers) {
      bad.removeIf(b -> b instanceof List<?> l && l.contains(closed));
      bad.removeIf(b -> b instanceof Map<?, ?> m && m.containsValue(closed));
    }
    return bad;
  }

  private List<Object> bad(Class<?> type) {
    List<Object> bad = new ArrayList<>();
    if (!type.isPrimitive()) {
      bad.add(null);
    }
    if (type.isAssignableFrom(MlxArray.class)) {
      bad.addAll(badArrays);
    } else if (type == int.class || type == Integer.class) {
      bad.addAll(List.of(-1, 0, 7, -9, Integer.MIN_VALUE, Integer.MAX_VALUE));
    } else if (type == long.class) {
      bad.addAll(List.of(-1L, 0L, Long.MIN_VALUE, Long.MAX_VALUE));
    } else if (type == double.class || type == Double.class) {
      bad.addAll(List.of(-1.0, 0.0, Double.NaN, Double.POSITIVE_INFINITY, -1e300));
    } else if (type == float.class) {
      bad.addAll(List.of(-1f, Float.NaN, Float.NEGATIVE_INFINITY));
    } else if (type == boolean.class) {
      bad.add(true);
    } else if (type.isEnum()) {
      bad.addAll(Arrays.asList(type.getEnumConstants()));
    } else if (type == String.class) {
      bad.addAll(List.of("", "ij,jk->ik", "\ud800"));
    } else if (type == Index.class) {
      bad.addAll(
          List.of(Index.at(9), Index.ellipsis(), Index.newAxis(), Index.of(closedIndices())));
    } else if (type == ConvolutionOptions.class) {
      ConvolutionOptions options = ConvolutionOptions.defaults();
      bad.addAll(
          List.of(options.withFlip(true), options.withOutputPadding(1), options.withStride(1, 2)));
    } else if (type == Path.class) {
      bad.addAll(List.of(folder, folder.resolve("no/such/x.safetensors")));
    } else if (type == Duration.class) {
      bad.addAll(List.of(Duration.ZERO, Duration.ofSeconds(-1)));
    } else if (type == Map.class) {
      bad.addAll(List.of(Map.of(), mapTo(null), Map.of("x", closed)));
    } else if (type == List.class) {
      bad.addAll(List.of(List.of(), Arrays.asList((Object) null), List.of(closed)));
    } else if (type.isArray()) {
      bad.addAll(badRows(type.getComponentType()));
    } else if (isFunctional(type)) {
      bad.add(function(type, xs -> null));
      bad.add(
          function(
              type,
              xs -> {
                Ops.ones(3).add(1);
                return refuse(MINE);
              }));
      bad.add(function(type, xs -> closed));
    } else if (samples.containsKey(type) && java.nio.Buffer.class.isAssignableFrom(type)) {
      bad.addAll(buffers(type));
    }
    return bad;
  }

  private static String refuse(String name) {
    throw new IllegalStateException(MINE);
  }

  private static MlxArray closedIndices() {
    MlxArray indices = MlxArray.of(0, 1);
    indices.dtype();
    indices.ndim();
    indices.close();
    return indices;
  }

  private static Map<String, Object> mapTo(Object value) {
    Map<String, Object> map = new HashMap<>();
    map.put("x", value);
    return map;
  }

  private List<Object> buffers(Class<?> type) {
    if (type == ByteBuffer.class) {
      return List.of(ByteBuffer.allocate(1), ByteBuffer.allocate(24).asReadOnlyBuffer());
    }
    if (type == FloatBuffer.class) {
      return List.of(FloatBuffer.allocate(1), FloatBuffer.allocate(6).asReadOnlyBuffer());
    }
    if (type == DoubleBuffer.class) {
      return List.of(DoubleBuffer.allocate(1), DoubleBuffer.allocate(6).asReadOnlyBuffer());
    }
    return type == IntBuffer.class
        ? List.of(IntBuffer.allocate(1), IntBuffer.allocate(6).asReadOnlyBuffer())
        : List.of(LongBuffer.allocate(1), LongBuffer.allocate(6).asReadOnlyBuffer());
  }

  /** Rows of none, of one bad element, of a good one twice, of a good and a bad one. */
  private List<Object> badRows(Class<?> component) {
    List<Object> rows = new ArrayList<>();
    rows.add(Array.newInstance(component, 0));
    rows.add(row(component, good(component), good(component)));
    for (Object bad : bad(component)) {
      rows.add(row(component, bad));
      rows.add(row(component, good(component), bad));
    }
    return rows;
  }

  private static Object row(Class<?> component, Object... elements) {
    Object row = Array.newInstance(component, elements.length);
    for (int i = 0; i < elements.length; i++) {
      Array.set(row, i, elements[i]);
    }
    return row;
  }

  private interface Body {
    Object apply(Object... arguments);
  }

  /** A function of any functional interface; what it returns becomes of the type that is wanted. */
  private Object function(Class<?> type, Body body) {
    InvocationHandler handler =
        (self, method, arguments) -> {
          if (method.getDeclaringClass() == Object.class) {
            return switch (method.getName()) {
              case "equals" -> self == arguments[0];
              case "hashCode" -> System.identityHashCode(self);
              default -> "a function";
            };
          }
          Object result = body.apply(arguments == null ? new Object[0] : arguments);
          Class<?> wanted = method.getReturnType();
          if (wanted == boolean.class) {
            return result != null;
          }
          if (wanted == void.class || result == null) {
            return null;
          }
          if (wanted == MlxArray[].class && result instanceof MlxArray array) {
            return new MlxArray[] {array};
          }
          return wanted.isInstance(result) ? result : null;
        };
    return Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler);
  }

  /** The sum of the first array among the arguments. */
  private static Object first(Object... arguments) {
    for (Object argument : arguments) {
      if (argument instanceof MlxArray array) {
        return array.sum();
      }
      if (argument instanceof MlxArray[] arrays && arrays.length > 0) {
        return arrays[0].sum();
      }
    }
    return null;
  }
}
