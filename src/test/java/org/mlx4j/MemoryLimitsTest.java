package org.mlx4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.mlx4j.internal.MemoryNative;

/**
 * Whatever limits the memory, an allocation that does not fit is an error, and the program
 * continues.
 */
class MemoryLimitsTest {
  private static final long MIB = 1 << 20;

  // ---- which control groups limit a process, on made-up systems --------------------------------

  @Nested
  class ControlGroups {
    @TempDir Path root;

    private void write(String file, String... lines) throws IOException {
      Path path = root.resolve(file.substring(1));
      Files.createDirectories(path.getParent());
      Files.write(path, List.of(lines));
    }

    private void v1(String folder, long limit, long used, long cache) throws IOException {
      write(folder + "/memory.limit_in_bytes", Long.toString(limit));
      write(folder + "/memory.usage_in_bytes", Long.toString(used));
      write(
          folder + "/memory.stat",
          "cache 7",
          "inactive_file 5",
          "total_inactive_file " + cache / 2,
          "total_active_file " + cache / 2);
    }

    private void v2(String folder, Object limit, long used, long cache) throws IOException {
      write(folder + "/memory.max", limit.toString());
      write(folder + "/memory.current", Long.toString(used));
      write(
          folder + "/memory.stat",
          "anon " + used,
          "inactive_file " + cache / 4,
          "active_file " + cache / 4,
          "slab_reclaimable " + cache / 2,
          "slab 9999999");
    }

    private static final String V1 =
        "36 31 0:33 / /sys/fs/cgroup/memory rw,relatime shared:1 - cgroup cgroup rw,memory";
    private static final String V2 = "30 23 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup rw";
    private static final long V1_UNLIMITED = 9223372036854771712L;

    private void assertLeft(long left, long limit) {
      assertEquals(left, MemoryNative.left_by_groups(root.toString()));
      assertEquals(limit, MemoryNative.limit_of_groups(root.toString()));
    }

    private void assertUnlimited() {
      assertLeft(-1, -1); // the largest number without a sign
    }

    @Test
    void noFilesMeanNoLimit() {
      assertUnlimited();
    }

    @Test
    void theGroupOfVersion1IsTheOneThatIsNamed() throws IOException {
      write("/proc/self/mountinfo", "25 1 0:5 / /proc rw - proc proc rw", V1);
      write("/proc/self/cgroup", "5:cpu,cpuacct:/other", "4:memory:/a/b", "0::/");
      v1("/sys/fs/cgroup/memory", V1_UNLIMITED, 900, 0);
      v1("/sys/fs/cgroup/memory/a", V1_UNLIMITED, 800, 0);
      v1("/sys/fs/cgroup/memory/a/b", 1000, 700, 0);
      v1("/sys/fs/cgroup/memory/other", 10, 9, 0);
      assertLeft(300, 1000);
    }

    @Test
    void aParentMayHaveLess() throws IOException {
      write("/proc/self/mountinfo", V1);
      write("/proc/self/cgroup", "4:memory:/a/b");
      v1("/sys/fs/cgroup/memory", 3000, 1000, 0);
      v1("/sys/fs/cgroup/memory/a", 1200, 1150, 0);
      v1("/sys/fs/cgroup/memory/a/b", 1000, 700, 0);
      assertLeft(50, 1200);
    }

    @Test
    void theGroupOfVersion2AndItsParents() throws IOException {
      write("/proc/self/mountinfo", V2);
      write("/proc/self/cgroup", "0::/system.slice/java.service");
      v2("/sys/fs/cgroup/system.slice/java.service", "max", 700, 0);
      v2("/sys/fs/cgroup/system.slice", 1000, 900, 0);
      assertLeft(100, 1000);
    }

    @Test
    void theRootOfVersion2HasNoFiles() throws IOException {
      write("/proc/self/mountinfo", V2);
      write("/proc/self/cgroup", "0::/");
      assertUnlimited();
    }

    @Test
    void bothVersionsMayBeThere() throws IOException {
      write(
          "/proc/self/mountinfo",
          V1,
          "41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw");
      write("/proc/self/cgroup", "4:memory:/a", "0::/b");
      v1("/sys/fs/cgroup/memory/a", 1000, 300, 0);
      v2("/sys/fs/cgroup/unified/b", 1000, 400, 0);
      assertLeft(600, 1000);
    }

    @Test
    void pageCacheCountsAsLeft() throws IOException {
      write("/proc/self/mountinfo", V1);
      write("/proc/self/cgroup", "4:memory:/a");
      v1("/sys/fs/cgroup/memory/a", 1000, 900, 400);
      assertLeft(500, 1000);
      write("/proc/self/mountinfo", V2);
      write("/proc/self/cgroup", "0::/a");
      v2("/sys/fs/cgroup/a", 1000, 900, 400);
      assertLeft(500, 1000);
    }

    @Test
    void aContainerSeesAPartOfTheTree() throws IOException {
      write(
          "/proc/self/mountinfo",
          "36 31 0:33 /docker/c /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory");
      write("/proc/self/cgroup", "4:memory:/docker/c/inner");
      v1("/sys/fs/cgroup/memory", 1000, 100, 0);
      v1("/sys/fs/cgroup/memory/inner", 500, 100, 0);
      assertLeft(400, 500);
      write("/proc/self/cgroup", "4:memory:/docker/c");
      assertLeft(900, 1000);
    }

    @Test
    void aGroupOutsideOfTheMountIsThatOfTheMount() throws IOException {
      write("/proc/self/mountinfo", V2.replace("0:26 / ", "0:26 /docker/c "));
      write("/proc/self/cgroup", "0::/elsewhere");
      v2("/sys/fs/cgroup", 1000, 100, 0);
      assertLeft(900, 1000);
      write("/proc/self/cgroup", "0::/../c");
      assertLeft(900, 1000);
      write("/proc/self/cgroup", "0::/docker/container");
      assertLeft(900, 1000);
    }

    @Test
    void foldersMayHaveSpaces() throws IOException {
      write("/proc/self/mountinfo", V2.replace("/sys/fs/cgroup", "/sys/fs/my\\040groups"));
      write("/proc/self/cgroup", "0::/a b");
      v2("/sys/fs/my groups/a b", 1000, 100, 0);
      assertLeft(900, 1000);
    }

    @Test
    void moreThanTheLimitMayBeUsed() throws IOException {
      write("/proc/self/mountinfo", V2);
      write("/proc/self/cgroup", "0::/a");
      v2("/sys/fs/cgroup/a", 1000, 1100, 0);
      assertLeft(0, 1000);
    }

    @Test
    void whatCannotBeReadIsNoLimit() throws IOException {
      write("/proc/self/mountinfo", "", "nonsense", " - ", "1 2 3 - cgroup2", V2);
      write("/proc/self/cgroup", "", "nonsense", ":", "0:", "0::/a");
      write("/sys/fs/cgroup/a/memory.max", "many");
      assertUnlimited();
    }
  }

  // ---- programs that use up what they have -----------------------------------------------------

  private static void assertGoesOn(List<String> starter, String... arguments) throws Exception {
    assertGoesOn(Runtime.getRuntime().availableProcessors(), starter, arguments);
  }

  private static void assertGoesOn(int threads, List<String> starter, String... arguments)
      throws Exception {
    ChildJvm.Ended ended =
        ChildJvm.end(
            LittleMemory.class,
            starter,
            Duration.ofMinutes(5),
            Map.of(),
            List.of(
                "-Xmx200m",
                "-XX:+UseSerialGC",
                "-XX:ReservedCodeCacheSize=64m",
                "-Dmlx4j.threads=" + threads),
            arguments);
    assertEquals(0, ended.exitCode(), ended.printed());
    assertTrue(ended.printed().contains("all right"), ended.printed());
  }

  @Test
  void theLimitThatIsSetHolds() throws Exception {
    assertGoesOn(List.of(), "set", "200");
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void theAddressSpaceOfTheProcess() throws Exception {
    // Each thread of OpenBLAS takes 256 MiB of addresses when it first helps, so there is only one.
    assertGoesOn(1, List.of("sh", "-c", "ulimit -v 4000000; exec \"$@\"", "sh"), "addresses");
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aControlGroupInsideOfOthers() throws Exception {
    Path outer = ownGroup().resolve("mlx4j-test-" + UUID.randomUUID());
    boolean v1 = outer.startsWith("/sys/fs/cgroup/memory");
    Path inner = outer.resolve("inner");
    try {
      Files.createDirectory(outer);
      Files.createDirectory(inner);
      Files.writeString(
          outer.resolve(v1 ? "memory.limit_in_bytes" : "memory.max"), Long.toString(550 * MIB));
    } catch (IOException e) {
      Files.deleteIfExists(inner);
      Files.deleteIfExists(outer);
      assumeTrue(false, "control groups of memory cannot be made here: " + e);
    }
    try {
      assertGoesOn(
          List.of("sh", "-c", "echo $$ > " + inner + "/cgroup.procs; exec \"$@\"", "sh"),
          "outside",
          "450");
    } finally {
      Files.delete(inner);
      Files.delete(outer);
    }
  }

  /** The folder of the group of this process that counts memory. */
  private static Path ownGroup() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/cgroup"))) {
      String[] parts = line.split(":", 3);
      if (parts[1].equals("memory")) {
        return Path.of("/sys/fs/cgroup/memory" + parts[2]);
      }
    }
    Path v2 = Path.of("/sys/fs/cgroup");
    assumeTrue(Files.exists(v2.resolve("cgroup.procs")), "there are no control groups here");
    return v2;
  }
}
