package io.sluice.monitor;

import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Collection;
import java.util.concurrent.CompletableFuture;
import org.apache.ratis.io.MD5Hash;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftGroupMemberId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.storage.FileInfo;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.TransactionContext;
import org.apache.ratis.statemachine.impl.BaseStateMachine;
import org.apache.ratis.statemachine.impl.SimpleStateMachineStorage;
import org.apache.ratis.statemachine.impl.SingleFileSnapshotInfo;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.util.LifeCycle;
import org.apache.ratis.util.MD5FileUtil;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts a {@link MonConsensus.Machine} under Ratis: committed log entries in, snapshots with their
 * MD5 files out.
 *
 * <p><b>Invariants:</b> a snapshot file is complete and synced before it gets its name, and has an
 * MD5 file before Ratis hears of it (Ratis prefers snapshots that have one). The machine and the
 * applied index change together, under this object's lock.
 *
 * <p><b>Threads:</b> Ratis' updater thread applies and takes snapshots; initialize and reinitialize
 * come from its starting threads, never at the same time.
 */
final class RatisMachine extends BaseStateMachine {
  private static final Logger LOG = LoggerFactory.getLogger(RatisMachine.class);

  private final MonConsensus.Machine machine;
  private final SimpleStateMachineStorage storage = new SimpleStateMachineStorage();
  private RaftPeerId self;

  RatisMachine(MonConsensus.Machine machine) {
    this.machine = machine;
  }

  @Override
  public void initialize(RaftServer server, RaftGroupId groupId, RaftStorage raftStorage)
      throws IOException {
    super.initialize(server, groupId, raftStorage);
    self = server.getId();
    storage.init(raftStorage);
    load(storage.loadLatestSnapshot());
  }

  @Override
  public synchronized void pause() {
    getLifeCycle().transition(LifeCycle.State.PAUSING);
    getLifeCycle().transition(LifeCycle.State.PAUSED);
  }

  @Override
  public synchronized void reinitialize() throws IOException {
    load(storage.loadLatestSnapshot());
    if (getLifeCycleState() == LifeCycle.State.PAUSED) {
      getLifeCycle().transition(LifeCycle.State.STARTING);
      getLifeCycle().transition(LifeCycle.State.RUNNING);
    }
  }

  private synchronized void load(SingleFileSnapshotInfo snapshot) throws IOException {
    if (snapshot == null) {
      return;
    }
    Path path = snapshot.getFile().getPath();
    if (MD5FileUtil.readStoredMd5ForFile(path.toFile()) == null) {
      // A crash between the rename and the MD5 file: the snapshot was whole before it got its name.
      MD5FileUtil.computeAndSaveMd5ForFile(path.toFile());
    }
    MD5FileUtil.verifySavedMD5(path.toFile(), MD5FileUtil.computeMd5ForFile(path.toFile()));
    machine.restore(Files.readAllBytes(path));
    setLastAppliedTermIndex(snapshot.getTermIndex());
    LOG.info("restored the state from {}", path.getFileName());
  }

  @Override
  public synchronized CompletableFuture<Message> applyTransaction(TransactionContext transaction) {
    byte[] command = transaction.getStateMachineLogEntry().getLogData().toByteArray();
    byte[] answer = machine.apply(command);
    updateLastAppliedTermIndex(TermIndex.valueOf(transaction.getLogEntry()));
    return CompletableFuture.completedFuture(Message.valueOf(ByteString.copyFrom(answer)));
  }

  /** Asked when all that was committed before the question is applied, which is the answer. */
  @Override
  public CompletableFuture<Message> query(Message question) {
    return CompletableFuture.completedFuture(Message.EMPTY);
  }

  @Override
  public synchronized long takeSnapshot() throws IOException {
    TermIndex applied = getLastAppliedTermIndex();
    if (applied == null || applied.getIndex() < 0) {
      return -1;
    }
    File file = storage.getSnapshotFile(applied.getTerm(), applied.getIndex());
    Path partial = file.toPath().resolveSibling(file.getName() + ".partial");
    try (var channel =
        FileChannel.open(
            partial,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      ByteBuffer bytes = ByteBuffer.wrap(machine.snapshot());
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
    Files.move(
        partial,
        file.toPath(),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
    try (var directory = FileChannel.open(file.toPath().getParent(), StandardOpenOption.READ)) {
      directory.force(true); // the name must be durable before Ratis purges the log below it
    }
    MD5Hash digest = MD5FileUtil.computeAndSaveMd5ForFile(file);
    storage.updateLatestSnapshot(
        new SingleFileSnapshotInfo(new FileInfo(file.toPath(), digest), applied));
    return applied.getIndex();
  }

  @Override
  public SimpleStateMachineStorage getStateMachineStorage() {
    return storage;
  }

  @Override
  public void notifyLeaderReady() {
    machine.onLeadership(true);
  }

  @Override
  public void notifyLeaderChanged(RaftGroupMemberId member, RaftPeerId newLeader) {
    if (!self.equals(newLeader)) {
      machine.onLeadership(false);
    }
  }

  @Override
  public void notifyNotLeader(Collection<TransactionContext> pending) {
    machine.onLeadership(false);
  }

  @Override
  public void notifyLogFailed(Throwable cause, LogEntryProto entry) {
    LOG.error("the monitor's log failed", cause);
    machine.onFailure(cause);
  }

  @Override
  public String toString() {
    return "monitor state of " + self;
  }
}
