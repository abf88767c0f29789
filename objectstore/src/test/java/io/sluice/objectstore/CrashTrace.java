package io.sluice.objectstore;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What one run of a store did to its disk, every step numbered in the order in which it happened.
 *
 * <p>A data write may be on disk, whole or in parts, from its first step on; it is durable when a
 * flush of its file began after its last step and has ended. A log write is durable when the sync
 * that RocksDB makes within the same call has ended.
 *
 * @param base the store's files before the first transaction, by path
 * @param steps how many there were
 * @param transactions in the order in which they committed
 * @param states what the store holds after the first n of them, for n = 0, 1, ...
 */
record CrashTrace(
    Map<String, byte[]> base,
    int steps,
    List<DataWrite> data,
    List<Flush> flushes,
    List<LogWrite> log,
    List<Committed> transactions,
    List<List<String>> states) {
  record DataWrite(int begin, int end, int file, long offset, byte[] bytes) {}

  record Flush(int begin, int end, int file) {}

  record LogWrite(int begin, int end, boolean synced, String file, long offset, byte[] bytes) {}

  /** When it was handed to the store, and when the store called back. */
  record Committed(int submitted, int acknowledged) {}

  boolean isDurable(DataWrite write, int step) {
    return flushes.stream()
        .anyMatch(
            flush ->
                flush.file() == write.file() && flush.begin() > write.end() && flush.end() <= step);
  }

  static boolean isDurable(LogWrite write, int step) {
    return write.synced() && write.end() <= step;
  }

  /** How many transactions must be there at least after a crash at that step. */
  int acknowledged(int step) {
    return (int) transactions.stream().filter(each -> each.acknowledged() <= step).count();
  }

  /** How many can be there at most. */
  int submitted(int step) {
    int count = 0;
    while (count < transactions.size() && transactions.get(count).submitted() <= step) {
      count++;
    }
    return count;
  }

  /** As if the store never flushed its data files, though it believes so. */
  CrashTrace withoutFlushes() {
    return new CrashTrace(base, steps, data, List.of(), log, transactions, states);
  }

  /** As if RocksDB wrote its log without a sync. */
  CrashTrace withoutLogSyncs() {
    List<LogWrite> unsynced = new ArrayList<>();
    log.forEach(
        write ->
            unsynced.add(
                new LogWrite(
                    write.begin(),
                    write.end(),
                    false,
                    write.file(),
                    write.offset(),
                    write.bytes())));
    return new CrashTrace(base, steps, data, flushes, unsynced, transactions, states);
  }

  /** As if the store called back before its batch was durable. */
  CrashTrace withEarlyReplies() {
    List<Committed> early = new ArrayList<>();
    transactions.forEach(each -> early.add(new Committed(each.submitted(), each.submitted() + 1)));
    return new CrashTrace(base, steps, data, flushes, log, early, states);
  }
}
