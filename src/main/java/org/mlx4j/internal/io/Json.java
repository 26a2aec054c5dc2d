package org.mlx4j.internal.io;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import java.util.function.IntFunction;

/**
 * Reads JSON from untrusted files, token by token, and keeps nothing. Every method that reads a
 * value throws the caller's exception if the text is not JSON there or is a value of another kind.
 */
public final class Json implements AutoCloseable {
  private static final int MAX_DEPTH = 64;

  /**
   * Names are neither interned nor remembered: a hostile file could choose them to collide. Buffers
   * are not recycled: Jackson keeps them in thread locals, which would keep our class loader.
   */
  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .recyclerPool(JsonRecyclerPools.nonRecyclingPool())
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH)
                  .maxNameLength(Integer.MAX_VALUE) // the caller limits the whole text
                  .maxStringLength(Integer.MAX_VALUE)
                  .build())
          .build();

  private final String text;
  private final IntFunction<RuntimeException> wrong;
  private final JsonParser parser;
  private boolean peeked;

  /**
   * Prepares to read a text.
   *
   * @param text the text
   * @param wrong makes the exception for a text that cannot be understood at a byte of its UTF-8
   *     form
   */
  public Json(String text, IntFunction<RuntimeException> wrong) {
    this.text = text;
    this.wrong = wrong;
    try {
      parser = FACTORY.createParser(text);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // does not occur with texts
    }
  }

  /**
   * Returns a writer of JSON.
   *
   * @param out where to write, in UTF-8
   * @return the writer, which the caller must close
   * @throws IOException if that is not possible
   */
  static JsonGenerator writer(OutputStream out) throws IOException {
    return FACTORY.createGenerator(out);
  }

  // ---- values -----------------------------------------------------------------------------------

  /**
   * Reads an object.
   *
   * @param entry gets each key, and must read its value
   */
  public void object(Consumer<String> entry) {
    next(JsonToken.START_OBJECT);
    while (peek() != JsonToken.END_OBJECT) {
      next(JsonToken.FIELD_NAME);
      entry.accept(text());
    }
    next(JsonToken.END_OBJECT);
  }

  /**
   * Reads an array.
   *
   * @param item reads an element of the array
   */
  public void list(Runnable item) {
    next(JsonToken.START_ARRAY);
    while (peek() != JsonToken.END_ARRAY) {
      item.run();
    }
    next(JsonToken.END_ARRAY);
  }

  /**
   * Reads a string.
   *
   * @return the string
   */
  public String string() {
    next(JsonToken.VALUE_STRING);
    return text();
  }

  /** Reads an integer that is not negative and less than 2^63. */
  long integer() {
    next(JsonToken.VALUE_NUMBER_INT);
    try {
      long value = parser.getLongValue();
      if (value >= 0) {
        return value;
      }
    } catch (IOException e) {
      throw wrong(e);
    }
    throw wrong(null);
  }

  /** Reads past a null, if there is one, and tells whether there was. */
  boolean nextNull() {
    boolean there = peek() == JsonToken.VALUE_NULL;
    peeked = !there;
    return there;
  }

  /** Reads past a value of any kind. */
  public void skip() {
    peek();
    peeked = false;
    try {
      parser.skipChildren();
    } catch (IOException e) {
      throw wrong(e);
    }
  }

  /** Checks that nothing follows. */
  public void end() {
    try {
      if (peeked || parser.nextToken() != null) {
        throw wrong(null);
      }
    } catch (IOException e) {
      throw wrong(e);
    }
  }

  @Override
  public void close() {
    try {
      parser.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e); // does not occur with texts
    }
  }

  // ---- tokens -----------------------------------------------------------------------------------

  private void next(JsonToken expected) {
    JsonToken found = peek();
    peeked = false;
    if (found != expected) {
      throw wrong(null);
    }
  }

  /** Returns the next token, which {@link #next} or {@link #skip} then reads. */
  private JsonToken peek() {
    try {
      JsonToken token = peeked ? parser.currentToken() : parser.nextToken();
      if (token == null) {
        throw wrong(null);
      }
      peeked = true;
      return token;
    } catch (IOException e) {
      throw wrong(e);
    }
  }

  private String text() {
    try {
      return parser.getText();
    } catch (IOException e) {
      throw wrong(e);
    }
  }

  private RuntimeException wrong(IOException cause) {
    long at =
        cause == null
            ? parser.currentTokenLocation().getCharOffset()
            : parser.currentLocation().getCharOffset();
    int end = (int) Math.max(0, Math.min(at, text.length()));
    RuntimeException e =
        wrong.apply(text.substring(0, end).getBytes(StandardCharsets.UTF_8).length);
    if (cause != null) {
      e.initCause(cause);
    }
    return e;
  }
}
