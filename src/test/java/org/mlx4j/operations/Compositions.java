package org.mlx4j.operations;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.mlx4j.DType;
import org.mlx4j.MlxArray;
import org.mlx4j.Scope;

/**
 * Chains of two and three operations, which the laws of transforms hold for as they do for each
 * operation of {@link Operations}. A rule that is right for an operation by itself may still make
 * of it something that another rule has no answer to: the gradient of a gather is a scatter, and of
 * a mapped one a mapped scatter.
 *
 * <p>Each kind of {@link Links} follows each other kind, and each link stands in both places. What
 * comes together is chosen by chance, the same in every run; {@code -Dlaws.seed=N} gives other
 * chains. Chains have no counterpart in Python.
 */
final class Compositions {
  /** The seed of all chance in the laws. */
  static final long SEED = Long.getLong("laws.seed", 10);

  private static final int TRIPLES = 120;
  private static final int[][] SHAPES = {{3, 4}, {5}, {2, 3, 4}, {4, 1}, {2, 2}};

  private static final List<Links> KINDS = List.of(Links.values());
  private static final List<Operation> ALL = new Compositions().chains();

  private final Random random = new Random(SEED);
  private final Map<Links, List<Link.Maker>> decks = new EnumMap<>(Links.class);

  private Compositions() {}

  static Stream<Operation> all() {
    return ALL.stream();
  }

  private List<Operation> chains() {
    List<Operation> chains = new ArrayList<>();
    for (Links first : KINDS) {
      for (Links second : KINDS) {
        chains.add(chain(first, second));
      }
    }
    for (int i = 0; i < TRIPLES; i++) {
      chains.add(chain(any(), any(), any()));
    }
    return chains;
  }

  private Links any() {
    return KINDS.get(random.nextInt(KINDS.size()));
  }

  private Operation chain(Links... kinds) {
    int[] begin = SHAPES[random.nextInt(SHAPES.length)];
    int[] shape = begin;
    List<Link> links = new ArrayList<>();
    for (Links kind : kinds) {
      Link link = next(kind, shape);
      shape = shapeAfter(link, shape);
      links.add(link);
    }
    return operation(begin, links, List.of(kinds));
  }

  /** Links of a kind come in turn, so that each is used before one is used again. */
  private Link next(Links kind, int[] shape) {
    List<Link.Maker> deck = decks.computeIfAbsent(kind, k -> new ArrayList<>());
    for (int refills = 0; refills < 3; refills++) {
      for (int i = 0; i < deck.size(); i++) {
        Shape choices = new Shape(shape, random);
        Link link = deck.get(i).of(choices);
        if (link != null) {
          deck.remove(i);
          return link.named(link.name() + " (" + choices.axisFromEitherEnd() + ")");
        }
      }
      List<Link.Maker> all = new ArrayList<>(kind.makers());
      Collections.shuffle(all, random);
      deck.addAll(all);
    }
    throw new IllegalStateException(kind + " has no link for " + Arrays.toString(shape));
  }

  private int[] shapeAfter(Link link, int[] shape) {
    try (Scope arrays = Scope.open()) {
      return apply(
              link, draw(Input.between(0.5, 1.5, shape)), link.others().stream().map(this::draw))
          .shape();
    }
  }

  private MlxArray draw(Input input) {
    return input.draw(DType.FLOAT32, 0).toMlx();
  }

  private static MlxArray apply(Link link, MlxArray x, Stream<MlxArray> others) {
    return link.function().apply(x, others.toArray(MlxArray[]::new));
  }

  private static Operation operation(int[] begin, List<Link> links, List<Links> kinds) {
    List<Input> inputs = new ArrayList<>();
    inputs.add(Input.between(0.5, 1.5, begin));
    links.forEach(link -> inputs.addAll(link.others()));
    String name =
        "chain of "
            + Arrays.toString(begin)
            + ": "
            + links.stream().map(Link::name).collect(Collectors.joining(", "));
    Operation chain =
        Operation.nary(
            name,
            xs -> {
              MlxArray x = xs[0];
              int used = 1;
              for (Link link : links) {
                int end = used + link.others().size();
                x = apply(link, x, Arrays.stream(xs, used, end));
                used = end;
              }
              return x;
            },
            "",
            inputs.toArray(Input[]::new));
    boolean equal = false;
    boolean choice = false;
    for (Links kind : kinds) {
      choice = choice || (equal && kind.has(Link.Trait.CHOOSES));
      equal = equal || kind.has(Link.Trait.MAKES_EQUAL);
    }
    if (choice) {
      chain.withoutFiniteDifferences();
    }
    return kinds.stream().anyMatch(kind -> kind.has(Link.Trait.SINGLE_PRECISION))
        ? chain.inSinglePrecision()
        : chain;
  }
}
