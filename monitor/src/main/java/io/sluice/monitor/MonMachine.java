package io.sluice.monitor;

import io.sluice.bufferlist.MalformedInputException;
import io.sluice.protocol.Errno;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The replicated state machine: applies changes in the order of the log and shows each new state to
 * a listener.
 *
 * <p><b>Invariant:</b> a change that cannot be applied, for whatever reason, leaves the state as it
 * was, on every monitor alike.
 *
 * <p><b>Threads:</b> one at a time, the consensus'; the listener hands on to where it lives.
 */
final class MonMachine implements MonConsensus.Machine {
  private static final Logger LOG = LoggerFactory.getLogger(MonMachine.class);

  /** Who wants to know. */
  interface Listener {
    void onState(MonState state);

    void onLeadership(boolean leader);

    void onFailure(Throwable cause);
  }

  private final Listener listener;
  private MonState state = MonState.EMPTY;

  MonMachine(Listener listener) {
    this.listener = listener;
  }

  /** A machine whose states go nowhere but here. */
  static MonMachine watchedBy(Consumer<MonState> states) {
    return new MonMachine(
        new Listener() {
          @Override
          public void onState(MonState state) {
            states.accept(state);
          }

          @Override
          public void onLeadership(boolean leader) {}

          @Override
          public void onFailure(Throwable cause) {}
        });
  }

  @Override
  public byte[] apply(byte[] command) {
    Outcome outcome;
    try {
      Change.Applied applied = ChangeCodec.decode(command).applyTo(state);
      outcome = applied.outcome();
      if (applied.state() != state) {
        state = applied.state();
        listener.onState(state);
      }
    } catch (MalformedInputException | IllegalArgumentException e) {
      LOG.error("a change that cannot be applied: {}", e.toString());
      outcome = Outcome.refused(Errno.EINVAL, String.valueOf(e.getMessage()));
    }
    return outcome.encode();
  }

  @Override
  public byte[] snapshot() {
    return state.encode();
  }

  @Override
  public void restore(byte[] snapshot) {
    state = MonState.decode(snapshot);
    listener.onState(state);
  }

  @Override
  public void onLeadership(boolean leader) {
    listener.onLeadership(leader);
  }

  @Override
  public void onFailure(Throwable cause) {
    listener.onFailure(cause);
  }
}
