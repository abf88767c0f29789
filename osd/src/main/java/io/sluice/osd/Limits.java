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

  /**
   * An attribute lives in the metadata batch of every change of its object. More is EFBIG. (Ceph
   * has no such bound)
   */
  static final int XATTR_VALUE_BYTES = (int) MIB;

  /**
   * All attributes of an object, which are read and written together: with each change of it, and
   * for a thousand objects in one commit; the longest, and what is usual beside it. More is EFBIG.
   */
  static final long ATTRIBUTES_BYTES = MIB + 64 * KIB;

  /** One that is read by itself counts so much before it is looked up; a longer one waits then. */
  static final int USUAL_XATTR_BYTES = (int) (64 * KIB);

  /** Payloads from here on are worth a pipe, as was measured. */
  static final long PIPE_BYTES = SpliceReader.PIPES_FROM;

  /** Payloads that have to be copied in anyway are worth a memory file from here on. (ADR 51) */
  static final long SLOT_BYTES = 512 * KIB;

  /** What payload is cut along: the checksum vectors' block. */
  static final long BLOCK_BYTES = ChecksumVector.BLOCK;

  /** Writes up to here go into the metadata batch itself: one sync, no data flush. */
  static final long INLINE_BYTES = 16 * KIB;

  /** Log entries kept, so many operations back a duplicate is known. */
  static final int LOG_ENTRIES = 3000;

  /**
   * What the logs of all groups here take of the heap, in equal shares: 64 groups have their 3,000
   * entries of short names in it. One of the longest name, key and namespace that there are takes
   * 6.5 KiB: 20 MiB a group would have, were they not fewer then.
   */
  static final long LOGS_BYTES = 32 * MIB;

  /**
   * So many are kept however long they are, as operations that are sent again are known by them:
   * 100 groups of the longest ones take 41 MiB.
   */
  static final int LOG_ENTRIES_MIN = 64;

  /** Of shorter ones 3,000 are little to load, too: with the longest name that is usual. */
  static final int LOG_ENTRY_SHORT_BYTES = (int) KIB;

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

  /** What all of them may give back from the heap. More is E2BIG. */
  static final long HEAP_OUTPUT_BYTES = 16 * MIB;

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

  /**
   * What all notifications under way keep: what is told, to each watcher, and the answers. One that
   * would be more is refused with EBUSY, an answer that would be is passed on as an empty one.
   */
  static final long NOTIFICATIONS_BYTES = 32 * MIB;

  /** What a watcher of it takes beside the payload: its place, its message. */
  static final long TOLD_BYTES = 512;

  /**
   * Changes of one operation, keys that it asks for, or conditions: each takes some 200 bytes of
   * the heap, however short. More is EMSGSIZE, or E2BIG where nothing is changed.
   */
  static final int CHANGES = 64 << 10;

  /**
   * Steps of one operation that write, zero or cut bytes: each place is looked up among all others.
   * More is EMSGSIZE.
   */
  static final int WRITE_STEPS = 4096;

  /** Copies of such bytes in the heap while they are carried out. */
  static final long CHANGES_COPIES = 5;

  /** Recovery reads and sends this much of an object at a time and waits for the answer. */
  static final long PUSH_PIECE_BYTES = 4 * MIB;

  /**
   * And so much of its omap and attributes, which are in the heap at both ends, in each of many
   * groups; or one entry.
   */
  static final long PUSH_KEYS_BYTES = 512 * KIB;

  /** What is kept in the heap of an object that comes in pieces; more is stored as it comes. */
  static final long COPY_KEPT_BYTES = 256 * KIB;

  /** The same of all objects of a group that become what they shall be together. */
  static final long COPIES_KEPT_BYTES = 4 * MIB;

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
   * What objects that are copied from others take outside the heap, per daemon: a sixth of the
   * direct memory there is. More wait.
   */
  static final long COPY_BYTES = 128 * MIB;

  /** What operations that copy may take of the heap together: two at a time. */
  static final long COPYING_BYTES = 6 * CHANGES_BYTES + MIB;

  /** What an operation takes of the heap beside its payload: request, contexts, reply. */
  static final long OPERATION_BYTES = 3 * KIB;

  /**
   * How much more a byte in the heap counts than one outside: there are 192 MiB of it, in which the
   * store's caches, the groups' logs and the messages of other OSDs have their place, too.
   */
  static final long HEAP_WEIGHT = 4;

  /** Operations that take more of the heap go through the {@link MemoryGate}. */
  static final long GATED_BYTES = 256 * KIB;

  /** What those may have together; the largest takes some 53 MiB. */
  static final long GATE_BYTES = 64 * MIB;

  /**
   * Longer payload that is kept whole until its operation's turn, and is no single write, is not
   * read before there is room for all of it: many that have come in part would wait for each other.
   */
  static final long WHOLE_PAYLOAD_BYTES = MIB;

  /** How much of it there may be: of 120 MiB that the messenger has for what clients send. */
  static final long WHOLE_PAYLOADS_BYTES = 48 * MIB;

  /** Watches of one object, which are written together. More is ENOSPC. */
  static final int WATCHES = 1024;

  /** Longer reads into memory that is not the heap go through the gate, too. */
  static final long GATED_READ_BYTES = 8 * MIB;

  /** Of which there is so much more: the largest object counts 21 MiB. */
  static final long READ_SHARE = 6;

  /**
   * How long a client may take with what others wait for: to take its answer, or to send it all.
   */
  static final long PATIENCE_NANOS = Long.getLong("sluice.osd.patience-ms", 30_000) * 1_000_000L;

  /** The same without a byte of the answer being taken. */
  static final long STUCK_NANOS = Long.getLong("sluice.osd.stuck-ms", 5000) * 1_000_000L;

  /** How often it is looked whether it is gone. */
  static final long ANSWER_PAUSE_NANOS = 10_000_000L;

  /** So little of what waits for a client is no longer one of those. */
  static final long ANSWER_LEFT_BYTES = 64 * KIB;

  /**
   * Small objects kept outside the heap, whatever the memory target is: a sixteenth of Ceph's
   * default, and a third of the 768 MiB that a daemon's JVM has there; without the others no
   * payload is received and no batch is written.
   */
  static final long INLINE_CACHE_BYTES = 256 * MIB;

  /**
   * What has come of other OSDs and waits for its group's loop, as far as it is in the heap, where
   * it is three times when it is taken apart: some thousands of small writes. More is not read.
   */
  static final long PEER_BYTES = 16 * MIB;

  /** Payload of client operations in hand, per daemon: more is not read from the sockets. */
  static final long CLIENT_BYTES = 256 * MIB;

  /** The same per connection. */
  static final long CONNECTION_BYTES = 64 * MIB;

  private Limits() {}
}
