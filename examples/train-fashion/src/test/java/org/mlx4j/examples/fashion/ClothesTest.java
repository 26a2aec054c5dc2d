package org.mlx4j.examples.fashion;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mlx4j.DType;
import org.mlx4j.MlxArray;

class ClothesTest {
  @TempDir private Path folder;

  @Test
  void idxFileIsReadWithItsShape() throws IOException {
    Path file = folder.resolve("numbers.gz");
    Drawings.saveIdx(file, new byte[] {0, 1, 2, 3, (byte) 254, (byte) 255}, 0x802, 2, 3);
    MlxArray numbers = IdxFile.read(file, 2);
    assertEquals(DType.UINT8, numbers.dtype());
    assertArrayEquals(new int[] {2, 3}, numbers.shape());
    assertArrayEquals(new int[] {0, 1, 2, 3, 254, 255}, numbers.astype(DType.INT32).toIntArray());
  }

  @Test
  void otherFilesAreRefused() throws IOException {
    Path file = folder.resolve("numbers.gz");
    Files.writeString(file, "not compressed");
    assertThrows(ZipException.class, () -> IdxFile.read(file, 1));

    Drawings.saveIdx(file, new byte[] {8}); // ends within its header
    assertRefused("is not an idx file of unsigned bytes with 1 axes", file, 1);
    Drawings.saveIdx(file, new byte[6], 0x802, 2, 3); // has two axes
    assertRefused("is not an idx file of unsigned bytes with 1 axes", file, 1);
    Drawings.saveIdx(file, new byte[8], 0xD01, 2); // has floats
    assertRefused("is not an idx file of unsigned bytes with 1 axes", file, 1);

    Drawings.saveIdx(file, new byte[5], 0x802, 2, 3);
    assertRefused("has 5 elements, but its header gives the shape [2, 3]", file, 2);
    Drawings.saveIdx(file, new byte[7], 0x802, 2, 3);
    assertRefused("has 7 elements, but its header gives the shape [2, 3]", file, 2);
  }

  private static void assertRefused(String reason, Path file, int ndim) {
    IOException problem = assertThrows(IOException.class, () -> IdxFile.read(file, ndim));
    assertEquals("[IdxFile.read] " + file + " " + reason, problem.getMessage());
  }

  @Test
  void missingDataSetIsSaidWithItsRemedy() {
    String message = problemOf(folder).getMessage();
    assertTrue(
        message.contains("there is no file " + folder.resolve("train-images-idx3-ubyte.gz")),
        message);
    assertTrue(message.contains("apt-get install dataset-fashion-mnist"), message);
    assertTrue(message.contains("--data"), message);
  }

  @Test
  void filesThatDoNotFitTogetherAreRefused() throws IOException {
    Path images = folder.resolve("train-images-idx3-ubyte.gz");
    Path labels = folder.resolve("train-labels-idx1-ubyte.gz");
    Drawings.saveIdx(images, new byte[2 * 28 * 28], 0x803, 2, 28, 28);
    Drawings.saveIdx(labels, new byte[3], 0x801, 3);
    assertEquals(
        "[Clothes.load] the shapes must be (count) and (count, 28, 28), got [3] and [2, 28, 28]",
        problemOf(folder).getMessage());

    Drawings.saveIdx(labels, new byte[] {9, 10}, 0x801, 2);
    assertEquals(
        "[Clothes.load] labels must be less than 10, got 10", problemOf(folder).getMessage());

    Drawings.saveIdx(images, new byte[2 * 14 * 56], 0x803, 2, 14, 56);
    assertTrue(problemOf(folder).getMessage().contains("got [2] and [2, 14, 56]"));
  }

  private static IOException problemOf(Path folder) {
    return assertThrows(IOException.class, () -> Clothes.loadTraining(folder));
  }

  @Test
  void partsHaveTheChosenImagesAndTheirLabels() throws IOException {
    Drawings.save(folder);
    Clothes all = Clothes.loadTraining(folder);
    assertEquals(Drawings.TRAINING, all.count());
    assertEquals(Drawings.TEST, Clothes.loadTest(folder).count());
    Clothes slice = all.slice(3, 5);
    Clothes selection = all.select(MlxArray.of(3, 4));
    assertArrayEquals(new int[] {3, 4}, slice.labels().toIntArray());
    assertArrayEquals(new int[] {3, 4}, selection.labels().toIntArray());
    assertArrayEquals(new int[] {2, 28, 28, 1}, slice.images().shape());
    assertTrue(slice.images().arrayEqual(selection.images()).itemBoolean());
  }
}
