package org.mlx4j;

/**
 * An argument of a {@link CustomKernel}'s template: a name and an int, a boolean or a dtype.
 *
 * <pre>{@code
 * List<TemplateArgument> template =
 *     List.of(TemplateArgument.of("T", DType.FLOAT32), TemplateArgument.of("N", 8));
 * }</pre>
 */
public final class TemplateArgument {
  private static final int INT = 0;
  private static final int BOOL = 1;
  private static final int DTYPE = 2;

  final String name;
  final int kind;
  final int value;

  private TemplateArgument(String name, int kind, int value) {
    this.name = Call.notNull("TemplateArgument", "the name", name);
    this.kind = kind;
    this.value = value;
  }

  /**
   * Creates an argument that is a number.
   *
   * @param name the parameter's name
   * @param value its value
   * @return an argument
   */
  public static TemplateArgument of(String name, int value) {
    return new TemplateArgument(name, INT, value);
  }

  /**
   * Creates an argument that is a truth value.
   *
   * @param name the parameter's name
   * @param value its value
   * @return an argument
   */
  public static TemplateArgument of(String name, boolean value) {
    return new TemplateArgument(name, BOOL, value ? 1 : 0);
  }

  /**
   * Creates an argument that is a type.
   *
   * @param name the parameter's name
   * @param value its value
   * @return an argument
   */
  public static TemplateArgument of(String name, DType value) {
    return new TemplateArgument(
        name, DTYPE, Call.notNull("TemplateArgument", "the dtype", value).code());
  }
}
