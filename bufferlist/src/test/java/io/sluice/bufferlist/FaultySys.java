package io.sluice.bufferlist;

import com.sun.jna.Pointer;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * Makes system calls fail: the n-th call of a kind, the n-th of all, or some by chance from a seed.
 *
 * <pre>{@code
 * FaultySys faults = new FaultySys(Linux.instance());
 * faults.failNth("splice", 3, Sys.EIO);       // calls are counted from 1, per method name of Sys
 * faults.shortenNth("tee", 1, 100);           // lets it move 100 bytes at most
 * faults.failNthOfAll(17, Sys.EMFILE);
 * faults.random(seed, 0.01, Sys.EAGAIN, Sys.EIO);
 * Sys sys = faults.sys();
 * }</pre>
 *
 * <p>A failing {@code close} or {@code munmap} still closes, as Linux does. {@code describe} never
 * fails. <b>Threads:</b> any; calls are counted in the order they come.
 */
public final class FaultySys {
  /** Calls whose last or third parameter is a count that may come back short. */
  private static final Map<String, Integer> COUNT_AT =
      Map.of(
          "read",
          2,
          "write",
          2,
          "pread",
          2,
          "pwrite",
          2,
          "recv",
          2,
          "splice",
          4,
          "tee",
          2,
          "sendfile",
          3);

  /** Calls whose second parameter is an array of struct iovec: cut to a part of its first piece. */
  private static final Set<String> GATHERING = Set.of("sendmsg", "preadv", "pwritev");

  private static final Set<String> EXEMPT = Set.of("describe", "toString", "hashCode", "equals");

  private static final ThreadLocal<ByteBuffer> LAST_IOVEC = new ThreadLocal<>();

  private record Rule(String call, long nth, int errno, long atMost) {}

  private final Sys sys;
  private final List<Rule> rules = new ArrayList<>();
  private final Map<String, Long> calls = new HashMap<>();
  private final Sys real;
  private long total;
  private Random random;
  private double probability;
  private int[] randomErrnos = {};

  public FaultySys(Sys real) {
    this.real = real;
    InvocationHandler handler = (proxy, method, arguments) -> call(method, arguments);
    sys =
        (Sys)
            Proxy.newProxyInstance(Sys.class.getClassLoader(), new Class<?>[] {Sys.class}, handler);
  }

  /** What the code under test is given. */
  public Sys sys() {
    return sys;
  }

  /** The n-th call from now of that method, counted from 1, returns {@code -errno}. */
  public synchronized FaultySys failNth(String call, long nth, int errno) {
    rules.add(new Rule(checked(call), calls(call) + nth, errno, -1));
    return this;
  }

  /** Every call of that method from now on returns {@code -errno}. */
  public synchronized FaultySys failAlways(String call, int errno) {
    rules.add(new Rule(checked(call), 0, errno, -1));
    return this;
  }

  /**
   * The n-th call from now of that method moves {@code atMost} bytes; 0 makes it move nothing and
   * return 0.
   */
  public synchronized FaultySys shortenNth(String call, long nth, long atMost) {
    if (!mayComeShort(call)) {
      throw new IllegalArgumentException(call + " has no count");
    }
    rules.add(new Rule(call, calls(call) + nth, 0, atMost));
    return this;
  }

  /** The n-th call from now, of whatever kind, returns {@code -errno}. */
  public synchronized FaultySys failNthOfAll(long nth, int errno) {
    rules.add(new Rule("*", total + nth, errno, -1));
    return this;
  }

  /**
   * From now on each call fails with that probability, with one of the errnos, or (0 among them)
   * comes short.
   */
  public synchronized FaultySys random(long seed, double chance, int... errnos) {
    random = new Random(seed);
    probability = chance;
    randomErrnos = errnos.clone();
    return this;
  }

  /** No more faults; counts go on. */
  public synchronized FaultySys heal() {
    rules.clear();
    random = null;
    return this;
  }

  /** Calls so far of that method. */
  public synchronized long calls(String call) {
    return calls.getOrDefault(call, 0L);
  }

  /** Calls so far of all methods. */
  public synchronized long calls() {
    return total;
  }

  private static String checked(String call) {
    for (Method method : Sys.class.getMethods()) {
      if (method.getName().equals(call) && !EXEMPT.contains(call)) {
        return call;
      }
    }
    throw new IllegalArgumentException("Sys has no call " + call);
  }

  private Object call(Method method, Object[] arguments) throws Throwable {
    String name = method.getName();
    Rule rule = EXEMPT.contains(name) ? null : next(name);
    Object[] passed = arguments;
    if (rule != null && rule.atMost() == 0) {
      return result(method, 0);
    }
    if (rule != null && rule.atMost() > 0) {
      passed = shortened(name, arguments.clone(), rule.atMost());
    }
    if (rule != null && rule.errno() != 0) {
      if (name.equals("close") || name.equals("munmap")) {
        invoke(method, arguments);
      }
      return result(method, -rule.errno());
    }
    return invoke(method, passed);
  }

  private static boolean mayComeShort(String call) {
    return COUNT_AT.containsKey(call) || GATHERING.contains(call);
  }

  private static Object[] shortened(String name, Object[] arguments, long atMost) {
    if (!GATHERING.contains(name)) {
      int at = COUNT_AT.get(name);
      arguments[at] = Math.min((long) arguments[at], atMost);
      return arguments;
    }
    Pointer pieces = new Pointer((long) arguments[1]);
    int first = 0;
    while (first < (int) arguments[2] - 1 && pieces.getLong(first * 16L + 8) == 0) {
      first++;
    }
    ByteBuffer one = ByteBuffer.allocateDirect(16).order(ByteOrder.nativeOrder());
    one.putLong(0, pieces.getLong(first * 16L))
        .putLong(8, Math.min(pieces.getLong(first * 16L + 8), atMost));
    arguments[1] = DirectBuffers.addressOf(keep(one));
    arguments[2] = 1;
    return arguments;
  }

  /** The address of a buffer is good while somebody refers to the buffer. */
  private static ByteBuffer keep(ByteBuffer iovec) {
    LAST_IOVEC.set(iovec);
    return iovec;
  }

  private static Object result(Method method, int value) {
    return method.getReturnType() == long.class ? (Object) (long) value : (Object) value;
  }

  private Object invoke(Method method, Object[] arguments) throws Throwable {
    try {
      return method.invoke(real, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  private synchronized Rule next(String name) {
    long nth = calls.merge(name, 1L, Long::sum);
    total++;
    for (Rule rule : rules) {
      boolean all = rule.call().equals("*");
      boolean always = rule.nth() == 0 && rule.call().equals(name);
      if (always || all && rule.nth() == total || rule.call().equals(name) && rule.nth() == nth) {
        return rule;
      }
    }
    if (random != null && random.nextDouble() < probability) {
      int errno = randomErrnos[random.nextInt(randomErrnos.length)];
      if (name.equals("munmap") && (errno == Sys.EAGAIN || errno == Sys.EINTR)) {
        return null; // which it never says
      }
      if (errno != 0) {
        return new Rule(name, nth, errno, -1);
      }
      return mayComeShort(name) ? new Rule(name, nth, 0, 1 + random.nextInt(5000)) : null;
    }
    return null;
  }
}
