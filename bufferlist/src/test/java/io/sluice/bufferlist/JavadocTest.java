package io.sluice.bufferlist;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.ModifiersTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePath;
import com.sun.source.util.TreePathScanner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import javax.lang.model.element.Modifier;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;

/** Whatever another module may call says what it does, and every class who may use it. */
class JavadocTest {
  private static final Path SOURCES = Path.of("src/main/java/io/sluice/bufferlist");

  @Test
  void shouldSayOfEveryPublicMethodWhatItDoes() throws IOException {
    TreeSet<String> silent = new TreeSet<>();
    scan(
        (trees, path, name) -> {
          if (trees.getDocComment(path) == null) {
            silent.add(name);
          }
        });
    assertThat(silent).as("public, and without javadoc").isEmpty();
  }

  @Test
  void shouldSayInTheTourOfEveryPublicTypeWhereItBelongs() throws IOException {
    String tour = Files.readString(SOURCES.resolve("package-info.java"));
    TreeSet<String> missing = new TreeSet<>();
    scan(
        (trees, path, name) -> {
          boolean type = path.getLeaf() instanceof ClassTree && !name.contains(".");
          if (type && !tour.contains("bufferlist." + name)) {
            missing.add(name);
          }
        });
    assertThat(missing).as("public types that package-info does not name").isEmpty();
  }

  private interface Found {
    void at(DocTrees trees, TreePath path, String name);
  }

  /** Calls for every type, method and constructor that is part of the interface. */
  private static void scan(Found found) throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    try (Stream<Path> files = Files.list(SOURCES);
        StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, null)) {
      List<Path> sources = files.filter(file -> file.toString().endsWith(".java")).toList();
      assertThat(sources).hasSizeGreaterThan(50);
      JavacTask task =
          (JavacTask)
              compiler.getTask(
                  null,
                  manager,
                  null,
                  List.of("-proc:none"),
                  null,
                  manager.getJavaFileObjectsFromPaths(sources));
      DocTrees trees = DocTrees.instance(task);
      for (CompilationUnitTree unit : task.parse()) {
        new Interface(trees, found).scan(unit, null);
      }
    }
  }

  /** Walks what is public, and so is all around it. */
  private static final class Interface extends TreePathScanner<Void, Void> {
    private final DocTrees trees;
    private final Found found;

    Interface(DocTrees trees, Found found) {
      this.trees = trees;
      this.found = found;
    }

    @Override
    public Void visitClass(ClassTree type, Void none) {
      if (isPublic(type.getModifiers())) {
        found.at(trees, getCurrentPath(), name(getCurrentPath()));
        return super.visitClass(type, none);
      }
      return null;
    }

    @Override
    public Void visitMethod(MethodTree method, Void none) {
      boolean override = method.getModifiers().getAnnotations().toString().contains("Override");
      boolean made =
          trees.getSourcePositions().getStartPosition(getCurrentPath().getCompilationUnit(), method)
              < 0;
      boolean compact =
          getCurrentPath().getParentPath().getLeaf().getKind() == Tree.Kind.RECORD
              && method.getName().contentEquals("<init>");
      if (isPublic(method.getModifiers()) && !override && !made && !compact) {
        found.at(trees, getCurrentPath(), name(getCurrentPath()));
      }
      return null;
    }

    private boolean isPublic(ModifiersTree modifiers) {
      Tree around = getCurrentPath().getParentPath().getLeaf();
      boolean inInterface = around.getKind() == Tree.Kind.INTERFACE;
      return inInterface || modifiers.getFlags().contains(Modifier.PUBLIC);
    }

    private static String name(TreePath path) {
      Tree leaf = path.getLeaf();
      String own =
          leaf instanceof ClassTree type
              ? type.getSimpleName().toString()
              : ((MethodTree) leaf).getName() + "(" + ((MethodTree) leaf).getParameters() + ")";
      return path.getParentPath().getLeaf() instanceof ClassTree
          ? name(path.getParentPath()) + "." + own
          : own;
    }
  }
}
