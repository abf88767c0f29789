package io.sluice.osd;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongFunction;

/**
 * The payloads that are handed on here and neither committed nor dropped yet, by their numbers.
 *
 * <p><b>Threads:</b> any.
 */
final class CutStreams {
  private final AtomicLong last = new AtomicLong();
  private final Map<Long, CutThrough> open = new ConcurrentHashMap<>();

  /** One with a number that was never used before. */
  CutThrough open(LongFunction<CutThrough> maker) {
    CutThrough cut = maker.apply(last.incrementAndGet());
    open.put(cut.stream(), cut);
    return cut;
  }

  void ended(long stream) {
    open.remove(stream);
  }

  /** A replica has no room for it. */
  void refused(long stream) {
    CutThrough cut = open.get(stream);
    if (cut != null) {
      cut.refuse();
    }
  }
}
