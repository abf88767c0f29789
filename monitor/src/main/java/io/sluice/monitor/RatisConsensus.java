package io.sluice.monitor;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.ratis.RaftConfigKeys;
import org.apache.ratis.client.RaftClient;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.proto.RaftProtos.RoleInfoProto;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.rpc.SupportedRpcType;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.storage.RaftStorage.StartupOption;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;

/**
 * Agreement by Apache Ratis: a Raft log on disk, with one peer or several.
 *
 * <p>The leader's proposals go straight into its own server; another peer's go to the leader
 * through a Ratis client, which is only made when it is first needed. A group of one has no use for
 * a network: it runs over {@link LoneRpc}, opens no port, and starts without loading gRPC.
 *
 * <p><b>Threads:</b> any. <b>Owns</b> {@code DIR/raft}, which Ratis locks while it is open.
 */
public final class RatisConsensus implements MonConsensus {
  /**
   * @param self index of this monitor in {@code peers}
   * @param peers {@code host:port} of every monitor's Raft service, in the order of their ranks
   * @param fsid names the Raft group: logs of two clusters never mix
   */
  public record Config(int self, List<String> peers, UUID fsid, Path directory) {
    public Config {
      peers = List.copyOf(peers);
      if (self < 0 || self >= peers.size()) {
        throw new IllegalArgumentException("monitor " + self + " of " + peers.size());
      }
    }
  }

  private static final String PEER = "mon";

  /** More than what Ratis gives itself: whatever becomes of the question, it ends. */
  private static final int CATCH_UP_SECONDS = 5;

  private final Config config;
  private final RaftGroup group;
  private final RaftPeerId self;
  private final RatisMachine machine;
  private final RaftProperties properties;
  private final ClientId clientId = ClientId.randomId();
  private final AtomicLong callId = new AtomicLong();
  private RaftServer server;
  private RaftClient client;

  public RatisConsensus(Config config, Machine machine) {
    this.config = config;
    this.machine = new RatisMachine(machine);
    RaftPeer[] peers = new RaftPeer[config.peers().size()];
    for (int i = 0; i < peers.length; i++) {
      peers[i] = RaftPeer.newBuilder().setId(peerId(i)).setAddress(config.peers().get(i)).build();
    }
    self = peers[config.self()].getId();
    group = RaftGroup.valueOf(RaftGroupId.valueOf(config.fsid()), peers);
    properties = RatisSettings.of(config.directory().toFile(), peers.length);
    if (peers.length == 1) {
      RaftConfigKeys.Rpc.setType(properties, LoneRpc.TYPE);
    } else {
      RaftConfigKeys.Rpc.setType(properties, SupportedRpcType.GRPC);
      String address = config.peers().get(config.self());
      GrpcConfigKeys.Server.setHost(properties, address.substring(0, address.lastIndexOf(':')));
      GrpcConfigKeys.Server.setPort(
          properties, Integer.parseInt(address.substring(address.lastIndexOf(':') + 1)));
    }
  }

  @Override
  public void start() throws IOException {
    Files.createDirectories(config.directory());
    File meta =
        new File(config.directory().toFile(), group.getGroupId().getUuid() + "/current/raft-meta");
    server =
        RaftServer.newBuilder()
            .setServerId(self)
            .setGroup(group)
            .setProperties(properties)
            .setStateMachine(machine)
            .setOption(meta.exists() ? StartupOption.RECOVER : StartupOption.FORMAT)
            .build();
    server.start();
  }

  @Override
  public CompletableFuture<byte[]> propose(byte[] command) {
    Message message = Message.valueOf(UnsafeByteOperations.unsafeWrap(command));
    if (isLeader() || isAlone()) {
      return toOwnServer(message, RaftClientRequest.writeRequestType())
          .thenApply(RatisConsensus::answer);
    }
    return client()
        .async()
        .send(message)
        .thenApply(RatisConsensus::answer)
        // The leader has it. Without one to ask it is agreed on all the same.
        .thenCompose(answer -> catchUp().handle((done, failure) -> answer));
  }

  @Override
  public CompletableFuture<Void> catchUp() {
    return isAlone()
        ? CompletableFuture.completedFuture(null)
        : toOwnServer(Message.EMPTY, RaftClientRequest.readRequestType())
            .thenAccept(RatisConsensus::answer)
            .orTimeout(CATCH_UP_SECONDS, TimeUnit.SECONDS);
  }

  private boolean isAlone() {
    return config.peers().size() == 1;
  }

  private CompletableFuture<RaftClientReply> toOwnServer(
      Message message, RaftClientRequest.Type type) {
    RaftClientRequest request =
        RaftClientRequest.newBuilder()
            .setClientId(clientId)
            .setServerId(self)
            .setGroupId(group.getGroupId())
            .setCallId(callId.incrementAndGet())
            .setMessage(message)
            .setType(type)
            .build();
    try {
      return server.submitClientRequestAsync(request);
    } catch (IOException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private static byte[] answer(RaftClientReply reply) {
    if (!reply.isSuccess()) {
      throw new java.util.concurrent.CompletionException(reply.getException());
    }
    ByteString content = reply.getMessage().getContent();
    return content.toByteArray();
  }

  private synchronized RaftClient client() {
    if (client == null) {
      client =
          RaftClient.newBuilder()
              .setRaftGroup(group)
              .setProperties(properties)
              .setClientId(clientId)
              .build();
    }
    return client;
  }

  @Override
  public boolean isLeader() {
    try {
      return server != null && server.getDivision(group.getGroupId()).getInfo().isLeaderReady();
    } catch (IOException e) {
      return false; // the division is closed: it leads nothing
    }
  }

  @Override
  public Set<Integer> silentFor(Duration time) {
    Set<Integer> silent = new TreeSet<>();
    try {
      RoleInfoProto role = server.getDivision(group.getGroupId()).getInfo().getRoleInfoProto();
      for (var each : role.getLeaderInfo().getFollowerInfoList()) {
        if (each.getLastRpcElapsedTimeMs() >= time.toMillis()) {
          silent.add(rankOf(each.getId().getId().toStringUtf8()));
        }
      }
    } catch (IOException e) {
      return Set.of(); // the division is closed: it leads nothing
    }
    return silent;
  }

  private static String peerId(int rank) {
    return PEER + rank;
  }

  private static int rankOf(String peerId) {
    return Integer.parseInt(peerId.substring(PEER.length()));
  }

  /** Takes a snapshot now; for tests and for a stop that wants a fast start. */
  long snapshot() throws IOException {
    return machine.takeSnapshot();
  }

  @Override
  public void close() {
    try {
      synchronized (this) {
        if (client != null) {
          client.close();
        }
      }
      if (server != null) {
        server.close();
      }
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(
          "closing the monitor's log in " + config.directory(), e);
    }
  }

  @Override
  public String toString() {
    return "raft " + self + " of " + config.peers() + " in " + config.directory();
  }
}
