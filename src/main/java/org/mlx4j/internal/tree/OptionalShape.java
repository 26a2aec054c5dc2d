package org.mlx4j.internal.tree;

import java.util.Optional;

/** An {@link Optional}; its value has the same path as the optional itself. */
enum OptionalShape implements Node {
  EMPTY,
  PRESENT;

  static void flatten(Object value, Flattening into) {
    Optional<?> optional = (Optional<?>) value;
    into.open(optional.isPresent() ? PRESENT : EMPTY);
    if (optional.isPresent()) {
      into.add(optional.get());
    }
    into.close();
  }

  @Override
  public int children() {
    return this == PRESENT ? 1 : 0;
  }

  @Override
  public String segment(int child) {
    return "";
  }

  @Override
  public String name(int child) {
    return null;
  }

  @Override
  public Object rebuild(Rebuilding from) {
    return this == EMPTY ? Optional.empty() : Optional.ofNullable(from.next());
  }

  @Override
  public void match(Object other, Matching matching) {
    if (!(other instanceof Optional<?> optional)
        || (optional.isPresent() != (this == PRESENT)
            && !(this == PRESENT && matching.partial()))) {
      throw matching.mismatch(other);
    }
    if (this == PRESENT) {
      matching.next(optional.orElse(null));
    }
  }

  @Override
  public String description() {
    return this == EMPTY ? "an empty Optional" : "an Optional with a value";
  }
}
