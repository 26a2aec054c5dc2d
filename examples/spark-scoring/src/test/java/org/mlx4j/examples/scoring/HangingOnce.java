package org.mlx4j.examples.scoring;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Iterator;
import java.util.concurrent.locks.LockSupport;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Row;

/**
 * Hands rows on, but hangs in the middle of a partition the first time, after it has written its
 * process and the identifier of its executor to a file.
 */
record HangingOnce(String victim) implements MapPartitionsFunction<Row, Row> {
  private static final int PARTITION = 5;
  private static final int ROWS = 100;

  @Override
  public Iterator<Row> call(Iterator<Row> rows) {
    if (TaskContext.getPartitionId() != PARTITION) {
      return rows;
    }
    return new Iterator<>() {
      private int handedOn;

      @Override
      public boolean hasNext() {
        return rows.hasNext();
      }

      @Override
      public Row next() {
        if (handedOn++ == ROWS) {
          hangIfFirst();
        }
        return rows.next();
      }
    };
  }

  private void hangIfFirst() {
    try {
      Path written = Files.createFile(Path.of(victim + ".new"));
      Files.writeString(written, ProcessHandle.current().pid() + " " + SparkEnv.get().executorId());
      Files.copy(written, Path.of(victim + ".copy"));
      Files.move(Path.of(victim + ".copy"), Path.of(victim), StandardCopyOption.ATOMIC_MOVE);
    } catch (FileAlreadyExistsException second) {
      return;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    while (true) {
      LockSupport.park();
    }
  }
}
