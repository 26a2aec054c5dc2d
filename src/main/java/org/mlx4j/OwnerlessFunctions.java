package org.mlx4j;

import java.lang.ref.Reference;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.LongUnaryOperator;
import org.mlx4j.internal.FlatFunctions;
import org.mlx4j.internal.HandlesNative;
import org.mlx4j.internal.Lease;
import org.mlx4j.internal.TransformsNative;

/** Native functions for {@code org.mlx4j.tree}, which makes one for each structure of arguments. */
final class OwnerlessFunctions extends FlatFunctions {
  @Override
  public long transformed(String transform, ArraysFunction f, LongUnaryOperator make) {
    try (Closure closure = Closure.ofMany(transform, f)) {
      return make.applyAsLong(closure.handle());
    }
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
  public Map<String, MlxArray> loadSafetensors(String function, Path file) {
    return Io.load(function, file, Io.Format.SAFETENSORS).arrays();
  }

  @Override
  public void saveSafetensors(String function, Path file, Map<String, MlxArray> arrays) {
    Io.saveSafetensors(function, file, arrays, Map.of());
  }

  private static long[] handles(MlxArray... arrays) {
    long[] handles = new long[arrays.length];
    for (int i = 0; i < handles.length; i++) {
      handles[i] = arrays[i].handle;
    }
    return handles;
  }

  @Override
  public void own(Object owner, Lease lease) {
    Ownership.own(owner, lease, ThreadContext.current());
  }
}
