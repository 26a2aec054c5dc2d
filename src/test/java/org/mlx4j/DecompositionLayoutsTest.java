package org.mlx4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Results of decompositions, which LAPACK stores in column-major order, are read in every way. */
@ExtendWith(InScope.class)
class DecompositionLayoutsTest {
  private static final int[][] SHAPES = {
    {100, 100},
    {100, 3},
    {3, 100},
    {1, 1},
    {1, 5},
    {5, 1},
    {7, 7},
    {2, 3, 4, 4},
    {3, 1, 1},
    {2, 3, 5},
    {2, 5, 3}
  };

  @TempDir Path folder;

  static int[][] shapes() {
    return SHAPES;
  }

  private static MlxArray matrix(DType dtype, int... shape) {
    MlxArray a = MlxRandom.normal(shape, MlxRandom.key(shape.length + shape[0]));
    if (dtype != DType.COMPLEX64) {
      return a.astype(dtype);
    }
    MlxArray b = MlxRandom.normal(shape, MlxRandom.key(17));
    return a.astype(dtype).add(b.multiply(MlxArray.scalar(new Complex64(0, 1))));
  }

  /** A stack of positive definite matrices. */
  private static MlxArray definite(MlxArray a) {
    MlxArray square = a.matmul(a.conjugate().swapaxes(-1, -2));
    return square.add(Ops.eye(a.dim(-2)).astype(a.dtype()).multiply(a.dim(-1)));
  }

  private void assertReadsTheSameInEveryWay(MlxArray... results) {
    for (MlxArray x : results) {
      x.eval();
      MlxArray one = Ops.ones(x.shape(), x.dtype());
      double[] expected = values(x.multiply(one));
      Path file = folder.resolve("array.npy");
      Io.save(file, x);
      List<Function<MlxArray, MlxArray>> ways =
          List.of(
              y -> y,
              MlxArray::contiguous,
              y -> y.T().contiguous().T(),
              y -> y.get(Index.all()),
              y -> Ops.concatenate(y.get(Index.to(1)), y.get(Index.from(1))),
              y -> y.reshape(-1).reshape(y.shape()),
              y -> Io.loadNpy(file),
              y -> Transforms.compile(z -> z.multiply(one)).apply(y));
      for (Function<MlxArray, MlxArray> way : ways) {
        assertArrayEquals(expected, values(way.apply(x)));
      }
    }
  }

  /** The elements, without the sign of 0. */
  private static double[] values(MlxArray x) {
    double[] values =
        x.dtype() == DType.COMPLEX64
            ? Ops.stack(new MlxArray[] {x.real(), x.imag()}, 0).toDoubleArray()
            : x.toDoubleArray();
    Arrays.setAll(values, i -> values[i] + 0.0);
    return values;
  }

  private static void assertNear(MlxArray expected, MlxArray actual) {
    double allowed = expected.dtype() == DType.FLOAT64 ? 1e-10 : 1e-3;
    double difference = actual.subtract(expected).abs().max().itemDouble();
    assertTrue(difference < allowed, () -> Arrays.toString(expected.shape()) + " " + difference);
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void luAndItsFactors(int... shape) {
    for (DType dtype : List.of(DType.FLOAT32, DType.FLOAT64)) {
      MlxArray a = matrix(dtype, shape);
      try (StreamScope cpu = StreamScope.open(Device.cpu())) {
        LuFactor factor = Linalg.luFactor(a);
        assertReadsTheSameInEveryWay(factor.lu(), factor.pivots());
        Lu lu = Linalg.lu(a);
        assertReadsTheSameInEveryWay(lu.p(), lu.l(), lu.u());
        MlxArray rows = lu.l().matmul(lu.u());
        assertNear(a, rows.takeAlongAxis(lu.p().expandDims(-1), -2));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void qrAndSvd(int... shape) {
    try (StreamScope cpu = StreamScope.open(Device.cpu())) {
      for (DType dtype : List.of(DType.FLOAT32, DType.FLOAT64)) {
        MlxArray a = matrix(dtype, shape);
        Qr qr = Linalg.qr(a);
        assertReadsTheSameInEveryWay(qr.q(), qr.r());
        assertNear(a, qr.q().matmul(qr.r()));
      }
      for (DType dtype : List.of(DType.FLOAT32, DType.FLOAT64, DType.COMPLEX64)) {
        MlxArray a = matrix(dtype, shape);
        Svd svd = Linalg.svd(a);
        assertReadsTheSameInEveryWay(svd.u(), svd.s(), svd.vt());
        int k = svd.s().dim(-1);
        MlxArray u = svd.u().get(Index.ellipsis(), Index.to(k));
        MlxArray vt = svd.vt().get(Index.ellipsis(), Index.to(k), Index.all());
        assertNear(a, u.multiply(svd.s().expandDims(-2)).matmul(vt));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void eigenvaluesInversesAndRoots(int... shape) {
    try (StreamScope cpu = StreamScope.open(Device.cpu())) {
      for (DType dtype : List.of(DType.FLOAT32, DType.FLOAT64, DType.COMPLEX64)) {
        MlxArray a = definite(matrix(dtype, shape));
        Eigh eigh = Linalg.eigh(a);
        assertReadsTheSameInEveryWay(eigh.eigenvalues(), eigh.eigenvectors());
        MlxArray v = eigh.eigenvectors();
        MlxArray back =
            v.multiply(eigh.eigenvalues().expandDims(-2)).matmul(v.conjugate().swapaxes(-1, -2));
        assertNear(a.divide(a.dim(-1)), back.divide(a.dim(-1)));
        Eig eig = Linalg.eig(a);
        assertReadsTheSameInEveryWay(eig.eigenvalues(), eig.eigenvectors());
        if (dtype != DType.COMPLEX64) {
          MlxArray root = Linalg.cholesky(a);
          MlxArray inverse = Linalg.inv(a);
          MlxArray solved = Linalg.solve(a, a);
          assertReadsTheSameInEveryWay(
              root, inverse, solved, Linalg.triInv(root), Linalg.choleskyInv(root));
          assertNear(a, root.matmul(root.swapaxes(-1, -2)));
          MlxArray one = Ops.eye(a.dim(-1)).astype(dtype).broadcastTo(a.shape());
          assertNear(one, inverse.matmul(a));
          assertNear(one, solved);
        }
      }
    }
  }
}
