package org.mlx4j.internal.tree;

import java.lang.annotation.Annotation;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.AccessibleObject;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.Objects;
import java.util.stream.Stream;
import org.mlx4j.tree.Name;
import org.mlx4j.tree.NotTrained;

/** A record class with its accessors and its constructor; there is one instance for each class. */
final class RecordShape implements Node, Kind {
  private final Class<?> type;
  private final String[] names;
  private final String[] namesInFiles;
  private final boolean[] trained;
  private final Class<?>[] types;

  /** Take the record as an Object and return a component as an Object. */
  private final MethodHandle[] accessors;

  /** Takes the components as an Object[] and returns the record as an Object. */
  private final MethodHandle constructor;

  private RecordShape(Class<?> type) throws ReflectiveOperationException {
    this.type = type;
    RecordComponent[] components = type.getRecordComponents();
    names = Arrays.stream(components).map(RecordComponent::getName).toArray(String[]::new);
    namesInFiles = new String[components.length];
    trained = new boolean[components.length];
    for (int i = 0; i < trained.length; i++) {
      namesInFiles[i] = nameInFiles(components[i]);
      trained[i] = annotation(components[i], NotTrained.class) == null;
    }
    types = Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
    accessors = new MethodHandle[components.length];
    MethodHandles.Lookup lookup = MethodHandles.lookup();
    for (int i = 0; i < components.length; i++) {
      Method accessor = components[i].getAccessor();
      requireAccess(accessor);
      accessors[i] =
          lookup.unreflect(accessor).asType(MethodType.methodType(Object.class, Object.class));
    }
    Constructor<?> canonical = type.getDeclaredConstructor(types);
    requireAccess(canonical);
    constructor =
        lookup
            .unreflectConstructor(canonical)
            .asSpreader(Object[].class, types.length)
            .asType(MethodType.methodType(Object.class, Object[].class));
  }

  /**
   * Returns an annotation of a component, or of its field, which is all that Kotlin marks; or null.
   */
  private static <A extends Annotation> A annotation(RecordComponent component, Class<A> type) {
    Stream<Field> field =
        Arrays.stream(component.getDeclaringRecord().getDeclaredFields())
            .filter(f -> f.getName().equals(component.getName()));
    return Stream.<AnnotatedElement>concat(Stream.of(component), field)
        .map(place -> place.getAnnotation(type))
        .filter(Objects::nonNull)
        .findFirst()
        .orElse(null);
  }

  private static String nameInFiles(RecordComponent component) {
    Name name = annotation(component, Name.class);
    if (name != null && name.value().isEmpty()) {
      throw new UnusableTypeException(
          "the @Name of the component "
              + component.getName()
              + " of the record "
              + component.getDeclaringRecord().getName()
              + " is empty",
          null);
    }
    return name == null ? snakeCase(component.getName()) : name.value();
  }

  /** Returns the name {@code queryProj} as {@code query_proj}; others remain as they are. */
  private static String snakeCase(String name) {
    if (!Character.isLowerCase(name.charAt(0))) {
      return name;
    }
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (Character.isUpperCase(c)) {
        char before = name.charAt(i - 1);
        boolean startsWord =
            Character.isUpperCase(before)
                ? i + 1 < name.length() && Character.isLowerCase(name.charAt(i + 1))
                : before != '_';
        text.append(startsWord ? "_" : "").append(Character.toLowerCase(c));
      } else {
        text.append(c);
      }
    }
    return text.toString();
  }

  static RecordShape of(Class<?> type) {
    try {
      return new RecordShape(type);
    } catch (ReflectiveOperationException | IllegalArgumentException e) { // or too many components
      throw new UnusableTypeException(
          "the record " + type.getName() + " cannot be read or created: " + e.getMessage(), e);
    }
  }

  private void requireAccess(AccessibleObject member) {
    if (!member.trySetAccessible()) {
      Module ours = RecordShape.class.getModule();
      throw new UnusableTypeException(
          "the record "
              + type.getName()
              + " cannot be read or created, because its module does not open its package; add"
              + " \"opens "
              + type.getPackageName()
              + (ours.isNamed() ? " to " + ours.getName() : "")
              + ";\" to the module-info of "
              + type.getModule().getName(),
          null);
    }
  }

  /** Tells whether the type of a component allows arrays in it. */
  static boolean mayHoldArrays(Class<?> type) {
    return Arrays.stream(type.getRecordComponents())
        .map(RecordComponent::getType)
        .anyMatch(t -> !t.isPrimitive() && !t.isEnum() && t != String.class);
  }

  @Override
  public void flatten(Object value, Flattening into) {
    into.open(this);
    for (int i = 0; i < accessors.length; i++) {
      into.add(component(value, i));
    }
    into.close();
  }

  private Object component(Object value, int i) {
    try {
      return (Object) accessors[i].invokeExact(value);
    } catch (Throwable e) {
      throw asItIs(e);
    }
  }

  @Override
  public int children() {
    return names.length;
  }

  @Override
  public String segment(int child) {
    return "." + names[child];
  }

  @Override
  public String name(int child) {
    return namesInFiles[child];
  }

  @Override
  public boolean isTrained(int child) {
    return trained[child];
  }

  @Override
  public Object rebuild(Rebuilding from) {
    int token = from.token();
    Object[] components = from.next(new Object[types.length]);
    try {
      return (Object) constructor.invokeExact(components);
    } catch (ClassCastException e) {
      Object other = from.another(type, components);
      if (other != null) {
        return other;
      }
      for (int i = 0; i < components.length; i++) {
        if (components[i] != null
            && !MethodType.methodType(types[i]).wrap().returnType().isInstance(components[i])) {
          throw from.error(
              token,
              "the component "
                  + names[i]
                  + " of the record "
                  + type.getName()
                  + " is declared as "
                  + types[i].getName()
                  + (from.replaces()
                      ? ", which cannot hold a " + components[i].getClass().getName()
                      : ", but its value can only be rebuilt as "
                          + components[i].getClass().getName()
                          + "; declare it as List or Map"));
        }
      }
      throw e;
    } catch (Throwable e) {
      throw asItIs(e);
    }
  }

  @Override
  public void match(Object other, Matching matching) {
    if (other == null || other.getClass() != type) {
      throw matching.mismatch(other);
    }
    for (int i = 0; i < accessors.length; i++) {
      matching.next(component(other, i));
    }
  }

  @Override
  public String description() {
    return "a record " + type.getName();
  }

  /** Rethrows an exception of the code of a record unchanged, even if it is checked. */
  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private static <E extends Throwable> RuntimeException asItIs(Throwable e) throws E {
    throw (E) e;
  }
}
