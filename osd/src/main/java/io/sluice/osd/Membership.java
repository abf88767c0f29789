package io.sluice.osd;

import io.sluice.bufferlist.BufferList;
import io.sluice.messenger.Connection;
import io.sluice.objectstore.ObjectStore;
import io.sluice.objectstore.StagedWrite;
import io.sluice.objectstore.StoreException;
import io.sluice.protocol.PeerActivate;
import io.sluice.protocol.PeerActivated;
import io.sluice.protocol.PeerList;
import io.sluice.protocol.PeerListing;
import io.sluice.protocol.PeerLogEntry;
import io.sluice.protocol.PeerMessage;
import io.sluice.protocol.PeerPull;
import io.sluice.protocol.PeerQuery;
import io.sluice.protocol.PeerReport;
import io.sluice.protocol.PeerScrub;
import io.sluice.protocol.PeerScrubbed;
import io.sluice.protocol.PeerUnreadable;
import io.sluice.protocol.PushObject;
import io.sluice.protocol.PushReply;
import io.sluice.protocol.RepChange;
import io.sluice.protocol.RepDrop;
import io.sluice.protocol.RepOp;
import io.sluice.protocol.RepOpReply;
import io.sluice.protocol.RepPiece;
import io.sluice.types.ObjectId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The other side of peering, replication and recovery: does what the primary of this interval says.
 *
 * <p><b>Invariants:</b> only messages of the latest round of the present interval count; writes are
 * taken only after the round's activation and only in the order of their versions.
 *
 * <p><b>Threads:</b> the group's loop.
 */
final class Membership {
  private static final Logger LOG = LoggerFactory.getLogger(Membership.class);

  private final PlacementGroup group;
  private final PgServices services;
  private final PushReceiver receiver;
  private final PieceReceiver pieces;
  private PushQueue pushes;
  private int round;
  private boolean activated;

  Membership(PlacementGroup group, PgServices services) {
    this.group = group;
    this.services = services;
    this.receiver = new PushReceiver(group.store());
    this.pieces = new PieceReceiver(services.store());
  }

  /** A new interval: what the last primary wanted is void. */
  void reset() {
    round = 0;
    forget();
  }

  private void forget() {
    activated = false;
    receiver.abort();
    pieces.abort();
    if (pushes != null) {
      pushes.cancel();
      pushes = null;
    }
  }

  boolean activated() {
    return activated;
  }

  /** A message of this interval from its primary; taken over. */
  void handle(PeerDelivery delivery) {
    PeerMessage message = delivery.message();
    if (message instanceof PeerQuery query) {
      delivery.close();
      onQuery(query, delivery.connection());
    } else if (message.scope().round() != round) {
      delivery.close();
    } else if (message instanceof RepOp op) {
      onWrite(op, delivery);
    } else if (message instanceof RepPiece piece) {
      onPiece(piece, delivery);
    } else if (message instanceof PushObject piece) {
      onPush(piece, delivery);
    } else {
      delivery.close();
      onRequest(message, delivery);
    }
  }

  private void onRequest(PeerMessage message, PeerDelivery delivery) {
    if (message instanceof PeerList list) {
      onList(list, delivery.connection());
    } else if (message instanceof PeerPull pull) {
      onPull(pull, delivery);
    } else if (message instanceof PushReply reply && pushes != null) {
      pushes.onReply(delivery.from(), reply);
    } else if (message instanceof PeerActivate activate) {
      onActivate(activate, delivery.connection());
    } else if (message instanceof PeerScrub scrub) {
      onScrub(scrub, delivery.connection());
    } else if (message instanceof RepDrop drop) {
      pieces.drop(drop.stream());
    }
  }

  private void onQuery(PeerQuery query, Connection connection) {
    if (query.scope().round() <= round) {
      return;
    }
    forget();
    round = query.scope().round();
    if (group.entry().up().contains(services.whoami())
        || group.entry().acting().contains(services.whoami())) {
      group.store().create(group.view().pool(group.id()).pgNum());
    }
    int generation = group.generation();
    group
        .store()
        .whenDrained(
            () -> {
              if (group.generation() == generation && round == query.scope().round()) {
                report(query, connection);
              }
            });
  }

  private void report(PeerQuery query, Connection connection) {
    PgLog log = group.store().log();
    List<PeerLogEntry> entries = log.head().equals(query.lastUpdate()) ? List.of() : log.all();
    PeerReport report =
        new PeerReport(query.scope(), group.store().info(), services.fullness().room(), entries);
    connection.send(report.toEnvelope());
  }

  private void onList(PeerList list, Connection connection) {
    PgObjects objects = group.store().objects();
    ObjectStore.Listing page = objects.list(list.from(), list.max());
    connection.send(
        new PeerListing(list.scope(), objects.copies(page.objects()), page.next()).toEnvelope());
  }

  private void onPull(PeerPull pull, PeerDelivery delivery) {
    if (pushes != null) {
      pushes.cancel();
    }
    pushes =
        new PushQueue(
            services,
            group.store().objects(),
            true,
            PushQueue.Turn.AT_ONCE,
            object -> {
              LOG.error("{}: the primary needs {}, which cannot be read", group.id(), object);
              delivery.connection().send(new PeerUnreadable(pull.scope(), object).toEnvelope());
              return true;
            });
    ObjectPush.Target primary = new ObjectPush.Target(pull.scope(), delivery.connection()::send);
    for (ObjectId object : pull.objects()) {
      pushes.add(object, Map.of(delivery.from(), primary));
    }
    pushes.start(() -> {});
  }

  private void onScrub(PeerScrub scrub, Connection connection) {
    CopyDigest.of(
        services,
        group.store().objects(),
        scrub.object(),
        scrub.deep(),
        new CopyDigest.Tally(),
        digest ->
            connection.send(new PeerScrubbed(scrub.scope(), scrub.object(), digest).toEnvelope()));
  }

  private void onPush(PushObject piece, PeerDelivery delivery) {
    PushReply reply = new PushReply(piece.scope(), piece.object(), piece.version(), piece.last());
    Connection primary = delivery.connection();
    boolean grows = piece.first() && piece.exists() && !piece.hold();
    boolean taken;
    if (grows && services.fullness().isFull(services.fullness().permille())) {
      delivery.close();
      taken = false;
    } else {
      taken = receiver.accept(piece, delivery.data(), () -> primary.send(reply.toEnvelope()));
    }
    if (!taken) {
      primary.send(piece.refused(services.fullness().room()).toEnvelope());
    }
  }

  private void onActivate(PeerActivate activate, Connection connection) {
    PgStore.Adoption adoption =
        new PgStore.Adoption(
            activate.info(),
            activate.replace(),
            activate.common(),
            activate.entries(),
            activate.scope().interval());
    activated = true;
    group
        .store()
        .adopt(
            adoption,
            receiver.claimHeld(),
            () ->
                connection.send(
                    new PeerActivated(activate.scope(), services.fullness().room()).toEnvelope()));
  }

  private void onPiece(RepPiece piece, PeerDelivery delivery) {
    if (!activated) {
      delivery.close();
      return;
    }
    services.counters().replicaBytes.add(delivery.data().length());
    try {
      if (!pieces.accept(piece, delivery.data())) {
        delivery.connection().close("a piece of a payload that does not follow: " + piece);
      }
    } catch (StoreException e) {
      LOG.info("{}: no room for a replica's write: {}", group.id(), e.getMessage());
      delivery.connection().send(piece.refused(services.fullness().roomNow()).toEnvelope());
    }
  }

  private void onWrite(RepOp op, PeerDelivery delivery) {
    long expected = group.store().log().head().version() + 1;
    if (!activated || op.entry().version().version() != expected) {
      // After a lost connection later writes may come before the primary peers again.
      LOG.info(
          "{}: write {} is not the next one ({}), dropped",
          group.id(),
          op.entry().version(),
          expected);
      delivery.close();
      return;
    }
    services.counters().replicaOps.increment();
    services.counters().replicaBytes.add(delivery.data().length());
    List<PgStore.Staged> staged = new ArrayList<>();
    try {
      stage(op, delivery.data(), staged);
    } catch (StoreException e) {
      staged.forEach(PgStore.Staged::abort);
      delivery.connection().close("a replica's write cannot be staged: " + e.getMessage());
      return;
    }
    Connection connection = delivery.connection();
    group
        .store()
        .apply(
            op.entry(),
            op.changes(),
            staged,
            false,
            () ->
                connection.send(
                    new RepOpReply(op.scope(), op.entry().version(), services.fullness().room())
                        .toEnvelope()));
  }

  /** Hands the data to the store, each write its part; the data is gone afterwards. */
  private void stage(RepOp op, Payload data, List<PgStore.Staged> into) throws StoreException {
    List<RepChange.Write> writes = new ArrayList<>();
    for (RepChange change : op.changes()) {
      if (change instanceof RepChange.Write write) {
        writes.add(write);
      }
    }
    if (op.stream() != 0) {
      data.close();
      StagedWrite whole =
          writes.size() == 1 ? pieces.claim(op.stream(), writes.get(0).length()) : null;
      if (whole == null) {
        throw new StoreException(
            StoreException.Kind.NOT_FOUND, "not all of stream " + op.stream() + " is here");
      }
      into.add(new PgStore.Staged(null, whole));
      return;
    }
    if (writes.size() == 1) {
      into.add(group.store().claimStage(data));
      return;
    }
    try (data) {
      long offset = 0;
      for (RepChange.Write write : writes) {
        BufferList part = data.bytes().slice(offset, write.length());
        into.add(group.store().claimStage(Payload.of(part)));
        offset += write.length();
      }
    }
  }
}
