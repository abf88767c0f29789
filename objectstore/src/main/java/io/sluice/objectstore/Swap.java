package io.sluice.objectstore;

import io.sluice.types.ObjectId;
import java.util.List;

/**
 * The same bytes in one fresh blob: takes the place of some extents, if those are still exactly
 * what the object has there. Blobs do not change and their ids are not used again, so equal extents
 * mean equal bytes.
 *
 * @param expected neighbouring extents, whole
 * @param data their bytes, written
 */
record Swap(ObjectId object, List<Extent> expected, StagedBlob data) {
  /** False, and nothing changed, when the object has other extents there by now, or is gone. */
  boolean apply(Onode onode, BlobLedger blobs) {
    long from = expected.get(0).offset();
    long to = expected.get(expected.size() - 1).end();
    if (onode == null || !onode.extents.overlapping(from, to).equals(expected)) {
      return false;
    }
    long blob = blobs.add(data);
    onode.extents.put(new Extent(from, data.length(), blob, 0), blobs);
    return true;
  }
}
