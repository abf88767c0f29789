package io.sluice.osd;

import io.sluice.bufferlist.ChecksumVector;
import io.sluice.bufferlist.SpliceReader;

/** The bounds of this module in one place, each with its reason. */
final class Limits {
  private static final long KIB = 1L << 10;
  private static final long MIB = 1L << 20;

  /** As Ceph's osd_max_object_size: recovery copies whole objects. More is EFBIG. */
  static final long OBJECT_BYTES = 128 * MIB;

  /**
   * As Ceph's osd_max_write_size: one operation is held by every replica at once. More is EMSGSIZE.
   */
  static final long WRITE_OP_BYTES = 90 * MIB;

  /** What a step of a write may give back with RETURNVEC. (ceph: osd_max_write_op_reply_len) */
  static final int WRITE_REPLY_BYTES = 64;

  /**
   * And all steps of an operation together, 8 bytes for each step's result: about as much as a name
   * takes in the log's entry. More is EOVERFLOW.
   */
  static final int WRITE_REPLIES_BYTES = (int) (2 * KIB);

  /** UTF-8 bytes, as Ceph's osd_max_object_name_len. More is ENAMETOOLONG. */
  static final int NAME_BYTES = 2048;

  /** UTF-8 bytes, as Ceph's osd_max_object_namespace_len. More is ENAMETOOLONG. */
  static final int NAMESPACE_BYTES = 256;

  /** UTF-8 bytes, as Ceph's osd_max_attr_name_len. More is ENAMETOOLONG. */
  static final int XATTR_NAME_BYTES = 100;

  /** An attribute lives in the metadata batch of every change of its object. More is EFBIG. */
  static final int XATTR_VALUE_BYTES = (int) (64 * KIB);

  /** Payloads from here on are worth a pipe, as was measured. */
  static final long PIPE_BYTES = SpliceReader.PIPES_FROM;

  /** What payload is cut along: the checksum vectors' block. */
  static final long BLOCK_BYTES = ChecksumVector.BLOCK;

  /** Writes up to here go into the metadata batch itself: one sync, no data flush. */
  static final long INLINE_BYTES = 16 * KIB;

  /** Log entries kept, so many operations back a duplicate is known. */
  static final int LOG_ENTRIES = 3000;

  /** Most objects in one answer to a listing. (ceph: osd_max_pgls) */
  static final int LISTED_OBJECTS = 1024;

  /** Most omap keys in one answer. (ceph: osd_max_omap_entries_per_request) */
  static final int OMAP_ENTRIES = 1024;

  /**
   * And most bytes, but for one entry that is larger: an answer is in the heap several times over.
   * (ceph: osd_max_omap_bytes_per_request, 1 GiB)
   */
  static final long OMAP_REPLY_BYTES = 4 * MIB;

  /** What one step may give back from the heap; more is E2BIG where it cannot be cut short. */
  static final int STEP_OUTPUT_BYTES = (int) (8 * MIB);

  /** What all steps of an operation may give back: the largest object. More is E2BIG. */
  static final long OUTPUT_BYTES = OBJECT_BYTES + MIB;

  /**
   * What an operation changes beside the object's bytes (omap, attributes), and what it brings to
   * be taken apart: it travels to the replicas in the front of one message, of 16 MiB at most, and
   * is in the heap some six times meanwhile. More is EMSGSIZE.
   */
  static final long CHANGES_BYTES = 8 * MIB;

  /**
   * What the watchers of an object are told by one operation: each gets a message of its own, with
   * its own cookie, and all of them wait in the heap. More is EMSGSIZE. (Ceph has no such bound)
   */
  static final long NOTIFY_BYTES = 16 * MIB;

  /** Copies of such bytes in the heap while they are carried out, beside those that came. */
  static final long CHANGES_COPIES = 5;

  /** Recovery reads and sends this much of an object at a time and waits for the answer. */
  static final long PUSH_PIECE_BYTES = 4 * MIB;

  /**
   * Objects of one group being copied at the same time: with pieces of 4 MiB at most 16 MiB on
   * their way.
   */
  static final int PUSHES_IN_FLIGHT = 4;

  /** Objects of one group that lose snapshots at the same time: clients go first. */
  static final int TRIMS_IN_FLIGHT = 2;

  /** Objects compared at a time in recovery. */
  static final int COMPARED_OBJECTS = 256;

  /** Recovery stops operations of the group when no more objects than this are left to copy. */
  static final int FINAL_OBJECTS = 16;

  /** Messages kept for a map that has not come yet, per group; the sender's resend covers more. */
  static final int WAITING_FOR_MAP = 4096;

  /**
   * Placement groups known, those included that a message named before their map came: a map has
   * 16,384 at most.
   */
  static final int GROUPS = 20_000;

  /**
   * How long the primary waits for a piece of a member's copy of an object before it asks the next
   * one.
   */
  static final long MEND_NANOS = 5_000_000_000L;

  /** How long an OSD waits for another one that it reads an object from. */
  static final long REMOTE_NANOS = 15_000_000_000L;

  /** And how long before it asks again where a connection broke. */
  static final long REMOTE_RETRY_NANOS = 200_000_000L;

  /** Recent maps kept for clients that lag: at 40 a message, one client can catch up from here. */
  static final int MAPS_KEPT = 400;

  /**
   * What objects that are copied from others take outside the heap, per daemon: a third of the
   * direct memory there is. More wait.
   */
  static final long COPY_BYTES = 256 * MIB;

  /** What an operation takes beside its payload: request, contexts, reply. */
  static final long OPERATION_BYTES = KIB;

  /** Payload of client operations in hand, per daemon: more is not read from the sockets. */
  static final long CLIENT_BYTES = 256 * MIB;

  /** The same per connection. */
  static final long CONNECTION_BYTES = 64 * MIB;

  private Limits() {}
}
