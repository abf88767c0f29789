package io.sluice.osd;

import io.sluice.bufferlist.Encoder;
import io.sluice.protocol.OsdOp;

/**
 * Who watches the object. (ceph: obj_list_watch_response_t v1, watch_item_t v2)
 *
 * <pre>
 * v1 { le32 n, n x v2 { entity name | le64 cookie | le32 timeout in seconds | addr } }
 * </pre>
 */
final class ListWatchersOperation implements Operation {
  @Override
  public int apply(OpContext context, OsdOp step) {
    Encoder to = new Encoder(128);
    int mark = to.begin(1, 1);
    to.list(
        context.group().watchers().of(context.object()).entrySet(),
        (out, entry) -> {
          int item = out.begin(2, 1);
          entry.getKey().client().encode(out);
          out.le64(entry.getKey().cookie()).le32(entry.getValue().timeoutSeconds());
          entry.getValue().addr().encode(out);
          out.end(item);
        });
    context.output(step.withData(to.end(mark).toByteArray()));
    return 0;
  }
}
