package io.sluice.osd;

import io.sluice.protocol.PeerLogEntry;
import io.sluice.protocol.RepChange;
import io.sluice.types.EVersion;
import io.sluice.types.ObjectId;
import io.sluice.types.UTime;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongPredicate;

/**
 * What every member does about one operation: its log entry, and the changes that it stands for,
 * snapshots included.
 */
record LoggedWrite(PeerLogEntry entry, List<RepChange> changes) {

  private static EVersion nextVersion(PlacementGroup group) {
    return new EVersion(group.view().epoch(), group.store().log().head().version() + 1);
  }

  /** A client's operation that succeeded, or failed and is logged so that its duplicates fail. */
  static LoggedWrite of(OpContext context, int result) {
    PlacementGroup group = context.group();
    EVersion version = nextVersion(group);
    ObjectInfo before = context.before();
    UTime given = context.op().request().mtime();
    UTime mtime = given.equals(UTime.ZERO) ? UTime.ofNanos(group.wallNanos()) : given;
    mtime = context.mtime() == null ? mtime : context.mtime();
    long userVersion = before == null ? 0 : before.userVersion();
    if (result < 0) {
      return failure(context, version, userVersion, result, mtime);
    }
    if (!context.onlyWatches()) {
      userVersion = Math.max(userVersion, group.store().info().lastUserVersion()) + 1;
    } else if (before != null) {
      mtime = before.mtime();
    }
    SnapSet.Written snaps = context.snapped().written(context.changed());
    PeerLogEntry entry =
        new PeerLogEntry(
            context.exists() ? PeerLogEntry.Kind.MODIFY : PeerLogEntry.Kind.DELETE,
            version,
            before == null ? EVersion.ZERO : before.version(),
            context.object(),
            context.op().requestId(),
            userVersion,
            StepReturns.success(context),
            mtime,
            snaps.newClone() == 0 ? List.of() : List.of(snaps.newClone()),
            StepReturns.of(context));
    return new LoggedWrite(entry, changes(context, entry, snaps));
  }

  private static LoggedWrite failure(
      OpContext context, EVersion version, long userVersion, int result, UTime mtime) {
    PeerLogEntry entry =
        new PeerLogEntry(
            PeerLogEntry.Kind.ERROR,
            version,
            context.before() == null ? EVersion.ZERO : context.before().version(),
            context.object(),
            context.op().requestId(),
            userVersion,
            result,
            mtime,
            List.of(),
            StepReturns.of(context));
    return new LoggedWrite(entry, List.of());
  }

  /** The clone first, while the object is what it was; its new description last. */
  private static List<RepChange> changes(
      OpContext context, PeerLogEntry entry, SnapSet.Written snaps) {
    List<RepChange> all = new ArrayList<>();
    if (snaps.newClone() != 0) {
      byte[] info = context.before().at(entry.version()).encode();
      all.add(new RepChange.CloneTo(snaps.newClone(), ObjectInfo.ATTRIBUTE, info));
    }
    all.addAll(context.changes());
    boolean whiteout = !context.exists() && !snaps.after().clones().isEmpty();
    if (whiteout) {
      all.add(new RepChange.Touch());
    }
    if (context.exists() || whiteout) {
      ObjectInfo info =
          new ObjectInfo(
              entry.version(), entry.userVersion(), entry.mtime(), context.size(), whiteout);
      all.add(new RepChange.SetAttr(ObjectInfo.ATTRIBUTE, info.encode()));
      if (!snaps.after().isEmpty()) {
        all.add(new RepChange.SetAttr(SnapSet.ATTRIBUTE, snaps.after().encode()));
      }
    }
    return List.copyOf(all);
  }

  /**
   * Takes snapshots that are gone away from an object: clones that stood for nothing else, and the
   * head when it was kept for them only. (ceph: PrimaryLogPG::trim_object)
   *
   * @return null when there is nothing to do
   */
  static LoggedWrite trim(PlacementGroup group, ObjectId head, LongPredicate removed) {
    SnapSet before = group.store().objects().snaps(head);
    ObjectInfo info = group.store().objects().info(head).orElse(null);
    if (info == null || !before.hasAny(removed)) {
      return null;
    }
    SnapSet after = before.without(removed);
    List<Long> gone = new ArrayList<>(before.clones().keySet());
    gone.removeAll(after.clones().keySet());
    boolean unneeded = info.whiteout() && after.clones().isEmpty();
    EVersion version = nextVersion(group);
    PeerLogEntry entry =
        new PeerLogEntry(
            unneeded ? PeerLogEntry.Kind.DELETE : PeerLogEntry.Kind.MODIFY,
            version,
            info.version(),
            head,
            PeerLogEntry.NO_REQUEST,
            info.userVersion(),
            0,
            info.mtime(),
            gone,
            List.of());
    List<RepChange> changes = new ArrayList<>();
    gone.forEach(clone -> changes.add(new RepChange.RemoveClone(clone)));
    if (unneeded) {
      changes.add(new RepChange.Remove());
    } else {
      changes.add(new RepChange.SetAttr(ObjectInfo.ATTRIBUTE, info.at(version).encode()));
      changes.add(new RepChange.SetAttr(SnapSet.ATTRIBUTE, after.encode()));
    }
    return new LoggedWrite(entry, changes);
  }
}
