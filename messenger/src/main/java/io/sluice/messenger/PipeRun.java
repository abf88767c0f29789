package io.sluice.messenger;

/** Receives into pipes. */
final class PipeRun {
  private PipeRun() {}

  static RunReceiver reserve(ReceiveContext context, PayloadPlan.Pipes plan) {
    context.meter().fallback("no_pipe");
    return new MemoryRun(context, plan.length());
  }
}
