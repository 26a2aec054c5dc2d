package org.mlx4j.internal.tree;

import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * A map. It keeps its iteration order when it is rebuilt.
 *
 * @param form the kind of map
 * @param empty the comparator of a sorted map, an empty copy of an enum map, otherwise null
 * @param keys the keys in iteration order
 */
record MapShape(Form form, Object empty, List<Object> keys) implements Node {
  private static final Pattern PLAIN = Pattern.compile("[\\w$-]+");

  enum Form {
    UNMODIFIABLE,
    LINKED,
    SORTED,
    ENUM
  }

  static void flatten(Object value, Flattening into) {
    if (value instanceof IdentityHashMap) {
      throw into.error("an IdentityHashMap is not a tree, because it distinguishes equal keys");
    }
    Map<?, ?> map = (Map<?, ?>) value;
    Map.Entry<?, ?>[] entries = map.entrySet().toArray(new Map.Entry<?, ?>[0]);
    Object[] keys = Arrays.stream(entries).map(Map.Entry::getKey).toArray();
    into.open(of(map, Collections.unmodifiableList(Arrays.asList(keys))));
    for (Map.Entry<?, ?> entry : entries) {
      into.add(entry.getValue());
    }
    into.close();
  }

  private static MapShape of(Map<?, ?> map, List<Object> keys) {
    if (map instanceof HashMap) {
      return new MapShape(Form.LINKED, null, keys);
    }
    if (map instanceof SortedMap<?, ?> sorted) {
      return new MapShape(Form.SORTED, sorted.comparator(), keys);
    }
    if (map instanceof EnumMap<?, ?> enums) {
      EnumMap<?, ?> empty = enums.clone();
      empty.clear();
      return new MapShape(Form.ENUM, empty, keys);
    }
    return new MapShape(Form.UNMODIFIABLE, null, keys);
  }

  @Override
  public int children() {
    return keys.size();
  }

  @Override
  public String segment(int child) {
    Object key = keys.get(child);
    if (key instanceof String || key instanceof Enum) {
      String name = key.toString();
      return PLAIN.matcher(name).matches() ? "." + name : "[\"" + name + "\"]";
    }
    return "[" + key + "]";
  }

  @Override
  public String name(int child) {
    return String.valueOf(keys.get(child));
  }

  @Override
  public Object rebuild(Rebuilding from) {
    Map<Object, Object> map = emptyMap();
    for (Object key : keys) {
      map.put(key, from.next());
    }
    return form == Form.UNMODIFIABLE ? Collections.unmodifiableMap(map) : map;
  }

  @SuppressWarnings("unchecked") // the keys are those of a map of the same kind
  private Map<Object, Object> emptyMap() {
    return switch (form) {
      case UNMODIFIABLE, LINKED -> new LinkedHashMap<>();
      case SORTED -> new TreeMap<>((Comparator<Object>) empty);
      case ENUM -> (Map<Object, Object>) (Map<?, ?>) ((EnumMap<?, ?>) empty).clone();
    };
  }

  @Override
  public void match(Object other, Matching matching) {
    if (!(other instanceof Map<?, ?> map)
        || map.size() != keys.size()
        || !map.keySet().containsAll(keys)) {
      throw matching.mismatch(other);
    }
    for (Object key : keys) {
      matching.next(map.get(key));
    }
  }

  @Override
  public String description() {
    return "a map of " + keys;
  }
}
