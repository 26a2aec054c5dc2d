package org.mlx4j;

import java.lang.ref.Reference;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.LongUnaryOperator;
import java.util.function.Supplier;
import org.mlx4j.internal.ArrayAccess;
import org.mlx4j.internal.CustomRules;
import org.mlx4j.internal.EvaluationNative;
import org.mlx4j.internal.HandlesNative;
import org.mlx4j.internal.Lease;
import org.mlx4j.internal.TransformsNative;

/** Gives the other packages of this library access to this one. */
final class PackageAccess implements ArrayAccess {
  static final ArrayAccess INSTANCE = new PackageAccess();

  private PackageAccess() {}

  @Override
  public long handle(MlxArray array) {
    return array.handle;
  }

  @Override
  public int code(DType dtype) {
    return dtype.code();
  }

  @Override
  public MlxArray create(String function, LongUnaryOperator creation) {
    return Call.creation(function, creation::applyAsLong);
  }

  @Override
  public void withinMemory(Runnable action) {
    Call.withinMemory(action);
  }

  @Override
  public int firstClosed(MlxArray... arrays) {
    long[] handles = handles(arrays);
    if (HandlesNative.retain_live(handles, handles.length) < handles.length) {
      for (int i = 0; i < arrays.length; i++) {
        if (arrays[i].isClosed()) {
          return i;
        }
      }
    }
    return -1;
  }

  @Override
  public IllegalStateException closed(String message, MlxArray array, IllegalStateException cause) {
    return Explanation.closed(message, array.handle, cause);
  }

  @Override
  public long transformed(String transform, ArraysFunction f, LongUnaryOperator make) {
    try (Closure closure = Closure.ofMany(transform, f)) {
      return make.applyAsLong(closure.handle());
    }
  }

  @Override
  public LongUnaryOperator customized(String name, CustomRules rules) {
    return RulesAsNatives.transform(name, rules);
  }

  @Override
  public MlxArray[] call(long function, MlxArray... arrays) {
    long[] handles = handles(arrays);
    ThreadContext context = ThreadContext.current();
    try {
      return Call.wrap(TransformsNative.call(function, handles), context);
    } finally {
      Reference.reachabilityFence(arrays);
    }
  }

  @Override
  public void own(Object owner, Lease lease) {
    Ownership.own(owner, lease, ThreadContext.current());
  }

  @Override
  public Map<String, MlxArray> loadArrays(String function, Path file) {
    Io.Format format = isNpz(file) ? Io.Format.NPZ : Io.Format.SAFETENSORS;
    return Io.load(function, file, format).arrays();
  }

  @Override
  public void saveArrays(String function, Path file, Map<String, MlxArray> arrays) {
    if (isNpz(file)) {
      Io.savez(function, file, arrays, new MlxArray[0], false);
    } else {
      Io.saveSafetensors(function, file, arrays, Map.of());
    }
  }

  private static boolean isNpz(Path file) {
    return file.toString().endsWith(Io.Format.NPZ.extension());
  }

  private static long[] handles(MlxArray... arrays) {
    long[] handles = new long[arrays.length];
    for (int i = 0; i < handles.length; i++) {
      handles[i] = arrays[i].handle;
    }
    return handles;
  }

  @Override
  public MlxArray composed(String function, Supplier<MlxArray> body) {
    return Call.as(
        function,
        () -> {
          try (Scope scope = Scope.open()) {
            return scope.keep(body.get());
          }
        });
  }

  @Override
  public <T> T composedTree(String function, Supplier<T> body) {
    return Call.as(function, () -> Scope.run(body));
  }

  @Override
  public Device device() {
    return MlxStream.currentDevice();
  }

  @Override
  public boolean isKnown(MlxArray array) {
    try {
      return EvaluationNative.is_available(array.handle) && !EvaluationNative.tracing();
    } finally {
      Reference.reachabilityFence(array);
    }
  }
}
