package org.mlx4j.spring;

import java.lang.reflect.Method;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.mlx4j.MlxArray;

/** Says which option of Java lets mlx4j load its native code. */
final class NativeAccess {
  /** The first Java that warns about native code. */
  private static final int WARNS = 24;

  private NativeAccess() {}

  /** Logs the advice if Java is going to warn. */
  static void check() {
    if (isMissing(Runtime.version().feature(), MlxArray.class.getModule())) {
      Log log = LogFactory.getLog(NativeAccess.class);
      log.warn("mlx4j loads native code without permission. " + advice(MlxArray.class.getModule()));
    }
  }

  private static boolean isMissing(int version, Module module) {
    if (version < WARNS) {
      return false;
    }
    try {
      Method isEnabled = Module.class.getMethod("isNativeAccessEnabled"); // since Java 22
      return !(boolean) isEnabled.invoke(module);
    } catch (ReflectiveOperationException e) {
      return false; // nothing to advise
    }
  }

  static String advice(Module module) {
    String names = module.isNamed() ? module.getName() + ",org.bytedeco.javacpp" : "ALL-UNNAMED";
    return "Start Java with --enable-native-access="
        + names
        + ", or put \"Enable-Native-Access: ALL-UNNAMED\" into the manifest of the executable jar."
        + " A later Java will refuse to load it otherwise.";
  }
}
