package io.sluice.protocol;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;

/** Ids of a distributed trace; all zero when nobody traces. (ceph: blkin_trace_info, three le64) */
public record TraceInfo(long traceId, long spanId, long parentSpanId) {
  public static final TraceInfo NONE = new TraceInfo(0, 0, 0);

  void encode(Encoder to) {
    to.le64(traceId).le64(spanId).le64(parentSpanId);
  }

  static TraceInfo decode(Decoder from) {
    return new TraceInfo(from.le64(), from.le64(), from.le64());
  }
}
