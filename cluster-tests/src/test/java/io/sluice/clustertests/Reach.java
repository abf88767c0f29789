package io.sluice.clustertests;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaCodeUnitAccess;
import com.tngtech.archunit.core.domain.JavaConstructor;
import com.tngtech.archunit.core.domain.JavaFieldAccess;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What code may run when other code does, by the calls in class files: a call of an instance's
 * method means that of every class of which something reached makes an instance, a reference to a
 * method counts as its call. So it may find too much, but nothing that is never made.
 */
final class Reach {
  /** Of which class, what its name is, and what it takes: what decides who overrides whom. */
  private record Signature(JavaClass owner, String name, List<String> parameters) {
    static Signature of(JavaCodeUnitAccess<?> access) {
      return new Signature(
          access.getTargetOwner(),
          access.getName(),
          names(access.getTarget().getRawParameterTypes()));
    }
  }

  private final JavaClasses classes;
  private final Set<String> notEntered;
  private final Set<JavaCodeUnit> reached = new LinkedHashSet<>();
  private final Set<JavaClass> made = new HashSet<>();
  private final Map<JavaClass, Set<JavaClass>> types = new HashMap<>();
  private final Set<Signature> called = new HashSet<>();
  private final Deque<JavaCodeUnit> toVisit = new ArrayDeque<>();

  /**
   * @param notEntered names of classes whose code is not looked at
   */
  Reach(JavaClasses classes, Set<String> notEntered) {
    this.classes = classes;
    this.notEntered = notEntered;
  }

  private static List<String> names(List<JavaClass> types) {
    return types.stream().map(JavaClass::getName).toList();
  }

  /** Everything that a class initializes, and its static methods. */
  Reach from(JavaClass root) {
    begin(root);
    root.getMethods().stream().filter(Reach::isStatic).forEach(this::add);
    return this;
  }

  /** One method of a class, which something outside of the class files calls. */
  Reach from(JavaClass owner, String method) {
    owner.getMethods().stream().filter(each -> each.getName().equals(method)).forEach(this::add);
    return this;
  }

  Set<JavaCodeUnit> all() {
    for (JavaCodeUnit next; (next = toVisit.poll()) != null; ) {
      visit(next);
    }
    return reached;
  }

  private static boolean isStatic(JavaMethod method) {
    return method.getModifiers().contains(JavaModifier.STATIC);
  }

  private void add(JavaCodeUnit unit) {
    if (!notEntered.contains(unit.getOwner().getName()) && reached.add(unit)) {
      toVisit.add(unit);
      begin(unit.getOwner());
    }
  }

  private void begin(JavaClass type) {
    type.getStaticInitializer().ifPresent(this::add);
  }

  private void visit(JavaCodeUnit unit) {
    for (JavaFieldAccess access : unit.getFieldAccesses()) {
      access.getTarget().resolveMember().ifPresent(field -> begin(field.getOwner()));
    }
    Stream.of(
            unit.getMethodCallsFromSelf(),
            unit.getMethodReferencesFromSelf(),
            unit.getConstructorCallsFromSelf(),
            unit.getConstructorReferencesFromSelf())
        .flatMap(Set::stream)
        .forEach(this::follow);
  }

  private void follow(JavaCodeUnitAccess<?> access) {
    Optional<? extends JavaCodeUnit> target = access.getTarget().resolveMember();
    if (target.isPresent() && target.get() instanceof JavaConstructor made) {
      add(made);
      make(made.getOwner());
    } else if (target.isPresent() && isStatic((JavaMethod) target.get())) {
      add(target.get());
    } else if (called.add(Signature.of(access))) {
      Signature signature = Signature.of(access);
      Set.copyOf(made).forEach(type -> resolve(type, signature));
    }
  }

  private void make(JavaClass type) {
    if (made.add(type)) {
      Set.copyOf(called).forEach(signature -> resolve(type, signature));
    }
  }

  private Set<JavaClass> typesOf(JavaClass type) {
    return types.computeIfAbsent(
        type,
        each -> {
          Set<JavaClass> all = new LinkedHashSet<>(List.of(each));
          all.addAll(each.getAllRawSuperclasses());
          all.addAll(each.getAllRawInterfaces());
          return all;
        });
  }

  /** What a call means for an instance of that class. */
  private void resolve(JavaClass type, Signature signature) {
    if (!typesOf(type).contains(signature.owner())) {
      return;
    }
    typesOf(type).stream()
        .filter(each -> classes.contain(each.getName()))
        .flatMap(each -> each.getMethods().stream())
        .filter(
            method ->
                method.getName().equals(signature.name())
                    && names(method.getRawParameterTypes()).equals(signature.parameters())
                    && !method.getModifiers().contains(JavaModifier.ABSTRACT))
        .findFirst()
        .ifPresent(this::add);
  }
}
