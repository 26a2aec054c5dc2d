package org.mlx4j;

import java.util.List;

/**
 * A piece of metadata in a file: a text, a list of texts, or an array. Safetensors files hold only
 * texts.
 *
 * <pre>{@code
 * Map<String, MetadataValue> metadata =
 *     Map.of(
 *         "general.name", MetadataValue.of("tiny"),
 *         "tokenizer.tokens", MetadataValue.of(List.of("a", "b")),
 *         "context_length", MetadataValue.of(MlxArray.scalar(4096, DType.UINT32)));
 * Io.saveGguf(Path.of("tiny"), Map.of("w", Ops.ones(2, 2)), metadata);
 * }</pre>
 */
public sealed interface MetadataValue {
  /**
   * A text.
   *
   * @param value the text
   */
  record Text(String value) implements MetadataValue {
    /**
     * Creates a value.
     *
     * @param value the text
     * @throws NullPointerException if it is null
     */
    public Text {
      Call.notNull("MetadataValue", "the text", value);
    }
  }

  /**
   * A list of texts.
   *
   * @param value the texts
   */
  record Texts(List<String> value) implements MetadataValue {
    /**
     * Creates a value.
     *
     * @param value the texts
     * @throws NullPointerException if the list or one of them is null
     */
    public Texts {
      value = List.copyOf(Call.notNull("MetadataValue", "the list of texts", value));
    }
  }

  /**
   * An array; a number is a scalar.
   *
   * @param value the array
   */
  record Array(MlxArray value) implements MetadataValue {
    /**
     * Creates a value.
     *
     * @param value the array
     * @throws NullPointerException if it is null
     */
    public Array {
      Call.notNull("MetadataValue", "the array", value);
    }
  }

  /**
   * Returns a text as a value.
   *
   * @param value the text
   * @return the value
   * @throws NullPointerException if the text is null
   */
  static MetadataValue of(String value) {
    return new Text(Call.notNull("MetadataValue", "the text", value));
  }

  /**
   * Returns a list of texts as a value.
   *
   * @param value the texts
   * @return the value
   * @throws NullPointerException if the list or a text is null
   */
  static MetadataValue of(List<String> value) {
    Call.notNull("MetadataValue", "the list of texts", value)
        .forEach(text -> Call.notNull("MetadataValue", "a text", text));
    return new Texts(value);
  }

  /**
   * Returns an array as a value.
   *
   * @param value the array
   * @return the value
   * @throws NullPointerException if the array is null
   */
  static MetadataValue of(MlxArray value) {
    return new Array(Call.notNull("MetadataValue", "the array", value));
  }

  /**
   * Returns the text of this value.
   *
   * @return the text
   * @throws IllegalStateException if this value is not a text
   */
  default String text() {
    if (this instanceof Text text) {
      return text.value();
    }
    throw new IllegalStateException("[text] this value is not a text but " + this);
  }

  /**
   * Returns the texts of this value.
   *
   * @return the texts
   * @throws IllegalStateException if this value is not a list of texts
   */
  default List<String> texts() {
    if (this instanceof Texts texts) {
      return texts.value();
    }
    throw new IllegalStateException("[texts] this value is not a list of texts but " + this);
  }

  /**
   * Returns the array of this value.
   *
   * @return the array
   * @throws IllegalStateException if this value is not an array
   */
  default MlxArray array() {
    if (this instanceof Array array) {
      return array.value();
    }
    throw new IllegalStateException("[array] this value is not an array but " + this);
  }
}
