package io.sluice.bufferlist;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;

/** Puts a test between an interface's callers and the real thing. */
public final class Intercepted {
  private Intercepted() {}

  /** What the test makes of a call. */
  public interface Interceptor {
    Object called(Call call) throws Throwable;
  }

  /** One call, not made yet. */
  public static final class Call {
    private final Object real;
    private final Method method;
    private final Object[] arguments;

    private Call(Object real, Method method, Object[] arguments) {
      this.real = real;
      this.method = method;
      this.arguments = arguments;
      method.setAccessible(true); // the interface may be its package's own
    }

    public String name() {
      return method.getName();
    }

    public Object argument(int index) {
      return arguments[index];
    }

    /** Makes the call as it came. */
    public Object proceed() throws Throwable {
      return proceed(arguments);
    }

    /** Makes the call with one argument changed. */
    public Object proceedWith(int index, Object argument) throws Throwable {
      Object[] changed = arguments.clone();
      changed[index] = argument;
      return proceed(changed);
    }

    private Object proceed(Object[] passed) throws Throwable {
      try {
        return method.invoke(real, passed);
      } catch (InvocationTargetException e) {
        throw e.getCause();
      }
    }
  }

  public static <T> T of(Class<T> type, T real, Interceptor interceptor) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> interceptor.called(new Call(real, method, arguments))));
  }
}
