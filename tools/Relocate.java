import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.ModuleVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.commons.ClassRemapper;
import org.objectweb.asm.commons.Remapper;

/**
 * Puts a library into a folder of classes under another package name, so that it becomes a part of
 * those classes and cannot meet another version of itself. The requirement of its module goes.
 *
 * <p>Arguments: the package of the library, which is also the name of its module; the package to
 * move it to; the jar of the library; the folder of the classes that use it; the folder to write
 * to.
 */
final class Relocate {
  private final String module;
  private final String from;
  private final String to;
  private final Path folder;
  private int moved;

  private Relocate(String module, String to, Path folder) {
    this.module = module;
    this.from = module.replace('.', '/') + "/";
    this.to = to.replace('.', '/') + "/";
    this.folder = folder;
  }

  public static void main(String[] arguments) throws IOException {
    Relocate relocate = new Relocate(arguments[0], arguments[1], Path.of(arguments[4]));
    relocate.library(Path.of(arguments[2]));
    relocate.users(Path.of(arguments[3]));
    if (relocate.moved == 0) {
      throw new IOException(arguments[2] + " has no classes in " + arguments[0]);
    }
  }

  /** Writes the classes and the licences; variants for later Java versions are not needed. */
  private void library(Path jar) throws IOException {
    String name = jar.getFileName().toString().replace(".jar", "");
    try (JarFile library = new JarFile(jar.toFile())) {
      for (JarEntry entry : library.stream().toList()) {
        try (InputStream in = library.getInputStream(entry)) {
          if (entry.getName().startsWith(from) && entry.getName().endsWith(".class")) {
            write(to + entry.getName().substring(from.length()), relocated(in.readAllBytes()));
            moved++;
          } else if (entry.getName().matches("META-INF/([\\w-]*LICENSE|NOTICE)")) {
            String file = entry.getName().substring("META-INF/".length());
            write("META-INF/licenses/" + name + "/" + file, in.readAllBytes());
          }
        }
      }
    }
  }

  private void users(Path classes) throws IOException {
    List<Path> files = new ArrayList<>();
    try (Stream<Path> all = Files.walk(classes)) {
      all.filter(Files::isRegularFile).forEach(files::add);
    }
    for (Path file : files) {
      byte[] content = Files.readAllBytes(file);
      boolean isClass = file.toString().endsWith(".class");
      write(classes.relativize(file).toString(), isClass ? relocated(content) : content);
    }
  }

  private void write(String name, byte[] content) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.write(file, content);
  }

  private byte[] relocated(byte[] content) {
    ClassWriter writer = new ClassWriter(0);
    ClassVisitor renaming =
        new ClassRemapper(
            withoutRequirement(writer),
            new Remapper(Opcodes.ASM9) {
              @Override
              public String map(String name) {
                return name.startsWith(from) ? to + name.substring(from.length()) : name;
              }
            });
    new ClassReader(content).accept(renaming, 0);
    return writer.toByteArray();
  }

  private ClassVisitor withoutRequirement(ClassVisitor next) {
    return new ClassVisitor(Opcodes.ASM9, next) {
      @Override
      public ModuleVisitor visitModule(String name, int access, String version) {
        return new ModuleVisitor(Opcodes.ASM9, super.visitModule(name, access, version)) {
          @Override
          public void visitRequire(String required, int flags, String requiredVersion) {
            if (!required.equals(module)) {
              super.visitRequire(required, flags, requiredVersion);
            }
          }
        };
      }
    };
  }
}
