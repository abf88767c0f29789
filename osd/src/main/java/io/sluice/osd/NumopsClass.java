package io.sluice.osd;

import io.sluice.bufferlist.Decoder;
import io.sluice.protocol.Errno;
import io.sluice.protocol.RepChange;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.function.DoubleBinaryOperator;

/**
 * Arithmetic on omap values that are decimal texts, class {@code numops}: the input is {@code
 * string key | string number}; an absent value counts as 0. (ceph: src/cls/numops)
 */
final class NumopsClass {
  /** Ceph prints results so, as C's %.10g does. */
  private static final MathContext DIGITS = new MathContext(10);

  private static final int SCIENTIFIC_BELOW = -4;

  private NumopsClass() {}

  static Map<String, ObjectClasses.Method> methods() {
    return Map.of("add", method(Double::sum), "mul", method((a, b) -> a * b));
  }

  private static ObjectClasses.Method method(DoubleBinaryOperator operator) {
    return new ObjectClasses.Method(true, (context, step, from) -> run(context, from, operator));
  }

  private static int run(OpContext context, Decoder from, DoubleBinaryOperator operator) {
    byte[] key = from.blob();
    Optional<Double> operand = parse(from.blob());
    if (operand.isEmpty()) {
      return Errno.EINVAL.result();
    }
    byte[] stored = context.store().omapGet(context.object(), key).orElse(new byte[0]);
    Optional<Double> before = parse(stored);
    if (before.isEmpty()) {
      return Errno.EBADMSG.result();
    }
    double after = operator.applyAsDouble(before.get(), operand.get());
    if (Double.isNaN(after) || Double.isInfinite(after)) {
      return Errno.ERANGE.result(); // Ceph stores "inf" and "nan", which no later call gets rid of
    }
    context.create();
    byte[] text = text(after).getBytes(StandardCharsets.US_ASCII);
    context.change(new RepChange.OmapSet(key, text));
    return 0;
  }

  /** As C's strtod takes it whole; nothing is 0. The pattern never goes back in a long text. */
  private static Optional<Double> parse(byte[] text) {
    String number = new String(text, StandardCharsets.ISO_8859_1);
    if (number.isEmpty()) {
      return Optional.of(0.0);
    }
    boolean plain =
        number.matches("[ \\t\\n\\x0b\\f\\r]*+[+-]?(\\d++\\.?\\d*+|\\.\\d++)([eE][+-]?\\d++)?");
    return plain ? Optional.of(Double.parseDouble(number.strip())) : Optional.empty();
  }

  static String text(double value) {
    if (value == 0) {
      return "0";
    }
    BigDecimal rounded = new BigDecimal(value).round(DIGITS).stripTrailingZeros();
    int exponent = rounded.precision() - rounded.scale() - 1;
    if (exponent >= SCIENTIFIC_BELOW && exponent < DIGITS.getPrecision()) {
      return rounded.toPlainString();
    }
    String digits = rounded.scaleByPowerOfTen(-exponent).toPlainString();
    return String.format("%se%c%02d", digits, exponent < 0 ? '-' : '+', Math.abs(exponent));
  }
}
