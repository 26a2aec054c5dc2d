import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import java.util.Arrays;
import java.util.function.Function;

/** Plain gradient descent with the Deep Java Library on PyTorch. */
final class DjlTraining implements Rounds.Peer, AutoCloseable {
  private final NDManager manager = NDManager.newBaseManager("PyTorch");
  private final NDArray[] state;
  private final int parameters;
  private final float rate;
  private final Function<NDArray[], NDArray> loss;
  private double result;

  /**
   * Makes the state.
   *
   * @param shapes the shapes of its arrays, of which the first ones are the parameters
   * @param data their numbers
   * @param loss the loss of the whole state
   */
  DjlTraining(
      int[][] shapes,
      float[][] data,
      int parameters,
      float rate,
      Function<NDArray[], NDArray> loss) {
    this.parameters = parameters;
    this.rate = rate;
    this.loss = loss;
    state = new NDArray[shapes.length];
    for (int i = 0; i < state.length; i++) {
      long[] shape = Arrays.stream(shapes[i]).asLongStream().toArray();
      state[i] = manager.create(data[i], new Shape(shape));
      state[i].setRequiresGradient(i < parameters);
    }
  }

  @Override
  public void repeat(int times) {
    NDList own = new NDList(state);
    for (int i = 0; i < times; i++) {
      try (NDManager step = manager.newSubManager()) {
        NDArray value;
        own.attach(step);
        try (GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
          value = loss.apply(state);
          collector.backward(value);
        }
        for (int j = 0; j < parameters; j++) {
          NDArray gradient = state[j].getGradient();
          state[j].subi(gradient.mul(rate));
          gradient.subi(gradient); // otherwise the next one is added to it
        }
        result = value.getFloat();
        own.attach(manager);
      }
    }
  }

  @Override
  public double check() {
    return result;
  }

  @Override
  public void close() {
    manager.close();
  }
}
