package org.mlx4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertThrowsExactly;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.mlx4j.ArrayAssertions.assertThrowsSaying;
import static org.mlx4j.ArrayAssertions.assertValues;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The device on which operations run, and their order. */
@ExtendWith(InScope.class)
class DeviceStreamTest {
  private static final Device CPU = Device.cpu();
  private static final Device GPU = new Device(Device.Type.GPU);

  /** One stream for all tests, because streams are never given back. */
  private static final MlxStream EXTRA = MlxStream.newStream(CPU);

  @Test
  void theCpuIsAlwaysThere() {
    assertTrue(CPU.isAvailable());
    assertEquals(Device.Type.CPU, CPU.type());
    assertEquals("Device(cpu, 0)", CPU.toString());
    assertEquals("Device(gpu, 0)", GPU.toString());
    assertEquals(CPU, new Device(Device.Type.CPU));
  }

  @Test
  void theDefaultDeviceIsTheGpuWhereThereIsOne() {
    assertEquals(GPU.isAvailable() ? GPU : CPU, Device.defaultDevice());
  }

  @Test
  void aDeviceThatIsNotThereIsRefused() {
    assumeFalse(GPU.isAvailable());
    assertThrowsSaying(IllegalStateException.class, Device::gpu, "[Device]", "GPU", "CPU");
    assertThrowsSaying(IllegalStateException.class, () -> Device.setDefaultDevice(GPU), "GPU");
    assertThrowsSaying(IllegalStateException.class, () -> MlxStream.defaultStream(GPU), "GPU");
    assertThrowsSaying(IllegalStateException.class, () -> MlxStream.newStream(GPU), "GPU");
    assertThrowsSaying(IllegalStateException.class, () -> StreamScope.open(GPU), "GPU");
    assertEquals(CPU, Device.defaultDevice());
  }

  @Test
  void theDefaultDeviceIsChosenForAllThreads() throws InterruptedException {
    Device before = Device.defaultDevice();
    try {
      Device.setDefaultDevice(CPU);
      assertEquals(CPU, Device.defaultDevice());
      AtomicReference<Device> elsewhere = new AtomicReference<>();
      Thread thread = new Thread(() -> elsewhere.set(Device.defaultDevice()));
      thread.start();
      thread.join();
      assertEquals(CPU, elsewhere.get());
      assertValues(MlxArray.of(1f).add(1), 2);
    } finally {
      Device.setDefaultDevice(before);
    }
  }

  @Test
  void theDefaultStreamOfADeviceIsOne() {
    assertSame(MlxStream.defaultStream(CPU), MlxStream.defaultStream(CPU));
    assertEquals(CPU, MlxStream.defaultStream(CPU).device());
    assertTrue(MlxStream.defaultStream(CPU).toString().startsWith("Stream(Device(cpu, 0), "));
  }

  @Test
  void newStreamsAreTheirOwn() {
    assertNotSame(MlxStream.defaultStream(CPU), EXTRA);
    assertNotEquals(MlxStream.defaultStream(CPU).toString(), EXTRA.toString());
    assertEquals(CPU, EXTRA.device());
  }

  @Test
  void operationsRunOnTheChosenStream() {
    MlxArray x = MlxArray.of(1f, 2f);
    MlxArray y;
    try (StreamScope onExtra = StreamScope.open(EXTRA)) {
      y = x.add(1);
      EXTRA.synchronize();
    }
    MlxArray z = y.multiply(x);
    assertValues(z, 2, 6);
    try (StreamScope onCpu = StreamScope.open(CPU)) {
      assertValues(z.add(y), 4, 9);
    }
  }

  @Test
  void choicesNest() {
    try (StreamScope outer = StreamScope.open(EXTRA)) {
      try (StreamScope inner = StreamScope.open(CPU)) {
        assertValues(MlxArray.of(1f).add(1), 2);
      }
      assertValues(MlxArray.of(1f).add(1), 2);
    }
    assertValues(MlxArray.of(1f).add(1), 2);
  }

  @Test
  void transformsFollowTheChoiceOfTheirCaller() {
    TransformedFunction gradient = Transforms.grad(a -> a.square().sum());
    TransformedFunction compiled = Transforms.compile(a -> a.square().sum());
    MlxArray x = MlxArray.of(1f, 2f);
    for (int again = 0; again < 2; again++) {
      try (StreamScope onExtra = StreamScope.open(EXTRA)) {
        assertValues(gradient.apply(x), 2, 4);
        assertValues(compiled.apply(x), 5);
      }
      assertValues(gradient.apply(x), 2, 4);
      assertValues(compiled.apply(x), 5);
    }
  }

  @Test
  void closingTwiceIsHarmless() {
    StreamScope scope = StreamScope.open(EXTRA);
    scope.close();
    try (StreamScope other = StreamScope.open(CPU)) {
      scope.close();
      assertValues(MlxArray.of(1f).add(1), 2);
    }
  }

  @Test
  void anotherThreadCannotEndAChoice() throws InterruptedException {
    try (StreamScope scope = StreamScope.open(EXTRA)) {
      AtomicReference<IllegalStateException> caught = new AtomicReference<>();
      Thread thread =
          new Thread(
              () -> caught.set(assertThrowsExactly(IllegalStateException.class, scope::close)));
      thread.start();
      thread.join();
      assertTrue(caught.get().getMessage().contains("[StreamScope]"));
    }
  }

  @Test
  void streamsAreForAllThreads() throws InterruptedException {
    List<Float> results = new ArrayList<>();
    MlxArray x;
    try (StreamScope scope = StreamScope.open(EXTRA)) {
      x = MlxArray.of(1f).add(1);
    }
    Thread thread =
        new Thread(
            () -> {
              try (StreamScope scope = StreamScope.open(EXTRA)) {
                results.add(x.multiply(3).itemFloat());
              }
              EXTRA.synchronize();
              results.add(x.multiply(4).itemFloat());
            });
    thread.start();
    thread.join();
    assertEquals(List.of(6f, 8f), results);
  }

  @Test
  void devicesAreCountedAndDescribed() {
    assertEquals(1, Device.deviceCount(Device.Type.CPU));
    assertEquals(GPU.isAvailable(), Device.deviceCount(Device.Type.GPU) > 0);
    Map<String, Object> cpu = Device.deviceInfo(CPU);
    assertFalse(cpu.isEmpty());
    cpu.values().forEach(v -> assertTrue(v instanceof String || v instanceof Long, v + ""));
    assertInstanceOf(String.class, cpu.get("architecture"));
    assertEquals(Device.deviceInfo(Device.defaultDevice()), Device.deviceInfo());
    assertThrows(NullPointerException.class, () -> Device.deviceCount(null));
    assertThrows(NullPointerException.class, () -> Device.deviceInfo(null));
    if (!GPU.isAvailable()) {
      assertThrowsSaying(IllegalStateException.class, () -> Device.deviceInfo(GPU), "GPU");
    }
  }

  @Test
  void withoutMetalItsFunctionsSaySo() {
    assumeFalse(Metal.isAvailable());
    assertThrowsSaying(
        IllegalStateException.class,
        () -> Metal.startCapture(Path.of("x.gputrace")),
        "[startCapture]",
        "Metal");
    assertThrowsSaying(IllegalStateException.class, Metal::stopCapture, "[stopCapture]", "Metal");
    assertThrowsSaying(IllegalStateException.class, Metal::deviceInfo, "[deviceInfo]", "Metal");
    assertThrows(NullPointerException.class, () -> Metal.startCapture(null));
  }

  @Test
  void theDefaultStreamIsChosenForAllThreads() throws InterruptedException {
    MlxStream before = MlxStream.defaultStream(CPU);
    Device device = Device.defaultDevice();
    try {
      MlxStream.setDefaultStream(EXTRA);
      assertSame(EXTRA, MlxStream.defaultStream(CPU));
      assertEquals(device, Device.defaultDevice());
      AtomicReference<MlxStream> elsewhere = new AtomicReference<>();
      Thread thread = new Thread(() -> elsewhere.set(MlxStream.defaultStream(CPU)));
      thread.start();
      thread.join();
      assertSame(EXTRA, elsewhere.get());
      assertValues(MlxArray.of(1f).add(1), 2);
      Ops.synchronize();
    } finally {
      MlxStream.setDefaultStream(before);
    }
    assertSame(before, MlxStream.defaultStream(CPU));
    assertValues(MlxArray.of(1f).add(1), 2);
    assertThrows(NullPointerException.class, () -> MlxStream.setDefaultStream(null));
  }

  @Test
  void synchronizingWaitsForTheChosenStream() {
    MlxArray x = MlxArray.of(1f);
    try (StreamScope onExtra = StreamScope.open(EXTRA)) {
      MlxArray y = x.add(1);
      Ops.asyncEval(y);
      Ops.synchronize();
      assertTrue(org.mlx4j.internal.EvaluationNative.is_available(y.handle));
    }
    Ops.synchronize();
  }

  /** Each thread has a queue of the default stream; a graph may lie on several. */
  @Test
  void graphsPassFromThreadToThread() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(5);
    try {
      MlxArray sum = Scope.detached(() -> Ops.zeros(300, 300));
      int expected = 0;
      for (int i = 1; i <= 300; i++) {
        MlxArray before = sum;
        int term = i % 17;
        boolean started = i % 7 == 0;
        Future<MlxArray> after =
            threads.submit(
                () -> {
                  try (before) {
                    MlxArray x = before.add(term);
                    if (started) {
                      Ops.asyncEval(x);
                    }
                    return x;
                  }
                });
        sum = after.get();
        expected += term;
      }
      try (MlxArray last = sum) {
        assertEquals(expected, last.min().itemFloat());
        assertEquals(expected, last.max().itemFloat());
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void synchronizingTheDefaultStreamWaitsForTheWorkOfAllThreads() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      MlxArray x = Ops.full(new int[] {400, 400}, 1 / 400f);
      Ops.eval(x);
      List<Future<MlxArray>> products = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        products.add(
            threads.submit(
                () -> {
                  MlxArray y = x.matmul(x).matmul(x).matmul(x);
                  Ops.asyncEval(y);
                  return y;
                }));
      }
      List<MlxArray> results = new ArrayList<>();
      for (Future<MlxArray> product : products) {
        results.add(product.get());
      }
      MlxStream.defaultStream(CPU).synchronize();
      for (MlxArray y : results) {
        assertTrue(org.mlx4j.internal.EvaluationNative.is_available(y.handle));
        assertEquals(1 / 400f, y.max().itemFloat(), 1e-7f);
        y.close(); // no scope of this thread owns it
      }
    } finally {
      threads.shutdownNow();
    }
  }

  /** Virtual threads that share carriers make separate choices. */
  @Test
  void virtualThreadsChooseForThemselves() throws Exception {
    assumeTrue(Runtime.version().feature() >= 21, "no virtual threads");
    ExecutorService threads =
        (ExecutorService) Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
    List<Future<Boolean>> right = new ArrayList<>();
    for (int i = 0; i < 400; i++) {
      MlxStream mine = i % 2 == 0 ? EXTRA : MlxStream.defaultStream(CPU);
      right.add(
          threads.submit(
              () -> {
                try (Scope scope = Scope.open();
                    StreamScope on = StreamScope.open(mine)) {
                  Thread.sleep(1); // gives its carrier to another virtual thread
                  boolean kept = ThreadContext.current().streamHandle() == mine.handle;
                  MlxArray x = MlxArray.of(1f).add(1);
                  Thread.sleep(1);
                  return kept && x.itemFloat() == 2;
                }
              }));
    }
    for (Future<Boolean> each : right) {
      assertTrue(each.get());
    }
    threads.shutdown();
  }

  @Test
  void thereAreAtMost64Streams() throws Exception {
    String printed = ChildJvm.run(ManyStreams.class);
    assertTrue(printed.contains("[newStream] 64 streams"), printed);
  }

  static final class ManyStreams {
    private ManyStreams() {}

    public static void main(String[] args) {
      for (int i = 0; i < 64; i++) {
        MlxStream stream = MlxStream.newStream(Device.cpu());
        try (StreamScope scope = StreamScope.open(stream)) {
          assertValues(MlxArray.of(1f).add(i), 1 + i);
        }
      }
      try {
        MlxStream.newStream(Device.cpu());
        System.exit(1);
      } catch (IllegalStateException e) {
        System.out.println(e.getMessage());
      }
    }
  }
}
