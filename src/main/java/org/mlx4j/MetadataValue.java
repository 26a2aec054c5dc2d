package org.mlx4j;

import java.util.List;

/**
 * A value that a file holds beside its arrays: a text, a list of texts, or an array. Safetensors
 * files have texts only.
 */
public sealed interface MetadataValue {
  /**
   * A text.
   *
   * @param value the text
   */
  record Text(String value) implements MetadataValue {
    /**
     * Holds a text.
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
     * Holds texts.
     *
     * @param value the texts
     * @throws NullPointerException if the list or one of them is null
     */
    public Texts {
      value = List.copyOf(Call.notNull("MetadataValue", "the list of texts", value));
    }
  }

  /**
   * An array, of no axis for a number.
   *
   * @param value the array
   */
  record Array(MlxArray value) implements MetadataValue {
    /**
     * Holds an array.
     *
     * @param value the array
     * @throws NullPointerException if it is null
     */
    public Array {
      Call.notNull("MetadataValue", "the array", value);
    }
  }

  /**
   * A text as a value.
   *
   * @param value the text
   * @return the value
   * @throws NullPointerException if the text is null
   */
  static MetadataValue of(String value) {
    return new Text(Call.notNull("MetadataValue", "the text", value));
  }

  /**
   * Several texts as a value.
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
   * An array as a value.
   *
   * @param value the array
   * @return the value
   * @throws NullPointerException if the array is null
   */
  static MetadataValue of(MlxArray value) {
    return new Array(Call.notNull("MetadataValue", "the array", value));
  }

  /**
   * The text.
   *
   * @return the text
   * @throws IllegalStateException if this is no text
   */
  default String text() {
    if (this instanceof Text text) {
      return text.value();
    }
    throw new IllegalStateException("[text] this value is no text but " + this);
  }

  /**
   * The texts.
   *
   * @return the texts
   * @throws IllegalStateException if this is no list of texts
   */
  default List<String> texts() {
    if (this instanceof Texts texts) {
      return texts.value();
    }
    throw new IllegalStateException("[texts] this value is no list of texts but " + this);
  }

  /**
   * The array.
   *
   * @return the array
   * @throws IllegalStateException if this is no array
   */
  default MlxArray array() {
    if (this instanceof Array array) {
      return array.value();
    }
    throw new IllegalStateException("[array] this value is no array but " + this);
  }
}
