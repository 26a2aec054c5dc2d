package org.mlx4j;

import java.lang.ref.Reference;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/**
 * Positional arguments, followed by named ones in ascending order of the UTF-8 bytes of their
 * names. This is the order of MLX's files.
 */
final class NamedArrays {
  final MlxArray[] all;

  /** The names as {@code byte[]}, in UTF-8. */
  final Object[] names;

  NamedArrays(String function, MlxArray[] positional, Map<String, MlxArray> named) {
    Call.notNull(function, "the array of positional arguments", positional);
    Call.notNull(function, "the map of named arguments", named);
    Map<byte[], MlxArray> sorted = new TreeMap<>(Arrays::compareUnsigned);
    named.forEach(
        (name, array) -> {
          Call.notNull(function, "the name of an argument", name);
          Call.notNull(function, "argument \"" + name + "\"", array);
          sorted.put(utf8(name), array);
        });
    names = sorted.keySet().toArray();
    all = Arrays.copyOf(positional, positional.length + names.length);
    int i = positional.length;
    for (MlxArray array : sorted.values()) {
      all[i++] = array;
    }
  }

  String[] strings() {
    return Arrays.stream(names).map(name -> string((byte[]) name)).toArray(String[]::new);
  }

  static byte[] utf8(String s) {
    return s.getBytes(StandardCharsets.UTF_8);
  }

  static String string(byte[] utf8) {
    return new String(utf8, StandardCharsets.UTF_8);
  }

  interface Use<T> {
    T of(Object[] names, long[] handles);
  }

  /** Calls a native with the names and the arrays; messages name the function. */
  <T> T use(String function, Use<T> use) {
    long[] handles = Call.handles(function, all);
    try {
      return use.of(names, handles);
    } catch (RuntimeException e) {
      // exceptions of the user's functions pass unchanged
      throw Explanation.isNative(e) ? Call.explained(function, e, all) : e;
    } finally {
      Reference.reachabilityFence(this);
    }
  }
}
