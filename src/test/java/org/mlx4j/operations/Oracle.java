package org.mlx4j.operations;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.mlx4j.DType;
import org.mlx4j.internal.Library;

/**
 * MLX's own Python, asked for the value of an expression or for its gradients.
 *
 * <p>One process serves all tests of a run; it ends when this JVM does. {@code oracle.py} tells
 * what is sent.
 */
final class Oracle {
  /** MLX refused to compute, with its own message. */
  static final class RefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    RefusedException(String message) {
      super(message);
    }
  }

  private static final String PYTHON = "mlx4j.oracle.python";

  private static Oracle running;

  private final DataOutputStream requests;
  private final DataInputStream answers;

  private Oracle(Process process) {
    requests = new DataOutputStream(new BufferedOutputStream(process.getOutputStream()));
    answers = new DataInputStream(new BufferedInputStream(process.getInputStream()));
  }

  /**
   * The outputs of an expression.
   *
   * @param expression Python, with MLX as {@code mx} and the inputs as {@code a}, {@code b}, …
   * @param onCpu whether to compute on the CPU even where there is a GPU
   * @throws RefusedException if MLX raises an exception
   * @throws IllegalStateException if there is no such Python, or the expression is wrong in itself
   */
  static HostArray[] outputs(String expression, boolean onCpu, HostArray... inputs) {
    return gradients(expression, onCpu, inputs, new int[0]);
  }

  /**
   * The gradients of the sum of all outputs, each multiplied by its weights.
   *
   * @param argnums the inputs whose gradients are asked for
   * @param weights one array for each output, of its shape
   */
  static synchronized HostArray[] gradients(
      String expression, boolean onCpu, HostArray[] inputs, int[] argnums, HostArray... weights) {
    try {
      if (running == null) {
        running = start(System.getProperty(PYTHON));
      }
      return running.ask(expression, onCpu, inputs, argnums, weights);
    } catch (IOException e) {
      throw new UncheckedIOException("the oracle broke off at " + expression, e);
    }
  }

  static Oracle start(String python) throws IOException {
    if (python == null || !Files.isExecutable(Path.of(python))) {
      throw new IllegalStateException(
          "these tests compare with MLX's Python, and the system property "
              + PYTHON
              + " names none: "
              + python);
    }
    File script = File.createTempFile("oracle", ".py");
    script.deleteOnExit();
    try (InputStream source = Oracle.class.getResourceAsStream("oracle.py")) {
      Files.copy(source, script.toPath(), StandardCopyOption.REPLACE_EXISTING);
    }
    ProcessBuilder builder =
        new ProcessBuilder(python, script.getPath()).redirectError(ProcessBuilder.Redirect.INHERIT);
    computeWithOurBlas(builder.environment());
    return new Oracle(builder.start());
  }

  /** On Linux Python has another BLAS, which rounds differently, and chooses other signs. */
  private static void computeWithOurBlas(Map<String, String> environment) {
    for (String platform : List.of("linux-x86_64", "linux-arm64")) {
      URL library = Library.class.getResource(platform + "/libopenblas.so.0");
      if (library != null) {
        Path folder = Path.of(URI.create(library.toString())).getParent();
        boolean quadmath = Files.exists(folder.resolve("libquadmath.so.0"));
        environment.put("LD_LIBRARY_PATH", folder.toString());
        environment.put("LD_PRELOAD", (quadmath ? "libquadmath.so.0:" : "") + "libopenblas.so.0");
        environment.put(
            "OPENBLAS_NUM_THREADS", String.valueOf(Runtime.getRuntime().availableProcessors()));
      }
    }
  }

  private HostArray[] ask(
      String expression, boolean onCpu, HostArray[] inputs, int[] argnums, HostArray[] weights)
      throws IOException {
    requests.writeUTF(expression);
    requests.writeBoolean(onCpu);
    write(inputs);
    requests.writeInt(argnums.length);
    for (int argnum : argnums) {
      requests.writeInt(argnum);
    }
    write(weights);
    requests.flush();
    byte status = answers.readByte();
    return switch (status) {
      case 0 -> readArrays();
      case 1 -> throw new RefusedException(readMessage());
      default ->
          throw new IllegalStateException(
              "Python cannot compute " + expression + "\n" + readMessage());
    };
  }

  private void write(HostArray[] arrays) throws IOException {
    requests.writeInt(arrays.length);
    for (HostArray array : arrays) {
      requests.writeUTF(array.dtype().toString());
      requests.writeInt(array.shape().length);
      for (int size : array.shape()) {
        requests.writeInt(size);
      }
      requests.writeInt(array.bytes().length);
      requests.write(array.bytes());
    }
  }

  private HostArray[] readArrays() throws IOException {
    HostArray[] arrays = new HostArray[answers.readInt()];
    for (int i = 0; i < arrays.length; i++) {
      DType dtype = DType.valueOf(answers.readUTF().toUpperCase(Locale.ROOT));
      int[] shape = new int[answers.readInt()];
      for (int axis = 0; axis < shape.length; axis++) {
        shape[axis] = answers.readInt();
      }
      arrays[i] = new HostArray(dtype, shape, readBytes());
    }
    return arrays;
  }

  private String readMessage() throws IOException {
    return new String(readBytes(), StandardCharsets.UTF_8);
  }

  private byte[] readBytes() throws IOException {
    byte[] bytes = new byte[answers.readInt()];
    answers.readFully(bytes);
    return bytes;
  }
}
