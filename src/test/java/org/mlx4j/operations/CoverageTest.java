package org.mlx4j.operations;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.URISyntaxException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.mlx4j.Io;
import org.mlx4j.MlxArray;
import org.mlx4j.Ops;
import org.mlx4j.PublicMethods;
import org.mlx4j.Transforms;

/** Every operation has a row in the table. */
class CoverageTest {
  /**
   * Classes whose static methods return arrays that no other arrays or numbers determine, but host
   * data, files and functions.
   */
  private static final Set<Class<?>> NO_OPERATIONS =
      Set.of(MlxArray.class, Io.class, Transforms.class);

  /** Operations that one process alone can only be refused. */
  private static final Set<String> OF_SEVERAL_PROCESSES =
      Set.of("Distributed.send", "Distributed.recv", "Distributed.recvLike");

  @Test
  void everyOperationHasARow() throws IOException, URISyntaxException {
    Set<String> missing = operations();
    assertTrue(
        missing.containsAll(List.of("sin", "Ops.zeros", "MlxRandom.split", "Linalg.svd")),
        "operations are found");
    Operations.all().map(Operation::method).forEach(missing::remove);
    missing.removeAll(OF_SEVERAL_PROCESSES);
    assertEquals(Set.of(), missing);
  }

  @Test
  void everyRowIsOfAnOperation() throws IOException, URISyntaxException {
    Set<String> unknown =
        Operations.all().map(Operation::method).collect(Collectors.toCollection(TreeSet::new));
    unknown.removeAll(operations());
    assertEquals(Set.of(), unknown);
  }

  @Test
  void namesOfRowsAreUnique() {
    Set<String> names = new HashSet<>();
    List<String> repeated =
        Operations.all().map(Operation::toString).filter(name -> !names.add(name)).toList();
    assertEquals(List.of(), repeated);
  }

  /**
   * The methods of the interfaces of arrays, and the static ones of all classes beside them that
   * return arrays.
   */
  private static Set<String> operations() throws IOException, URISyntaxException {
    Stream<String> ofArrays =
        Arrays.stream(MlxArray.class.getInterfaces())
            .filter(subject -> subject.getPackage() == MlxArray.class.getPackage())
            .flatMap(subject -> publicMethods(subject).map(Method::getName));
    Stream<String> ofClasses =
        PublicMethods.classesBeside(Ops.class)
            .filter(owner -> !NO_OPERATIONS.contains(owner))
            .flatMap(
                owner ->
                    publicMethods(owner)
                        .filter(method -> Modifier.isStatic(method.getModifiers()))
                        .filter(method -> holdsArrays(method.getReturnType()))
                        .map(method -> owner.getSimpleName() + "." + method.getName()));
    return Stream.concat(ofArrays, ofClasses).collect(Collectors.toCollection(TreeSet::new));
  }

  private static Stream<Method> publicMethods(Class<?> owner) {
    return Arrays.stream(owner.getDeclaredMethods())
        .filter(method -> Modifier.isPublic(method.getModifiers()) && !method.isSynthetic());
  }

  /**
   * Returns whether values of a type are arrays: one, several, or a record of nothing but arrays.
   */
  private static boolean holdsArrays(Class<?> type) {
    return type == MlxArray.class
        || type == MlxArray[].class
        || (type.isRecord()
            && Arrays.stream(type.getRecordComponents())
                .allMatch(component -> holdsArrays(component.getType())));
  }
}
