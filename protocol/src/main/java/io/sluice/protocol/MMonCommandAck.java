package io.sluice.protocol;

import io.sluice.bufferlist.BufferList;
import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import io.sluice.types.Envelope;
import java.util.List;

/**
 * What a command came to; its output is the data segment. (ceph: MMonCommandAck v1)
 *
 * <pre>
 * paxos header | le32 result | string status | le32 n, n x string command
 * </pre>
 *
 * @param mapVersion of the map that holds the change
 * @param result 0 or a negative {@link Errno} number
 * @param status one line, which clients print to stderr
 */
public record MMonCommandAck(
    long tid, long mapVersion, List<String> command, int result, String status, byte[] output)
    implements Message {
  public MMonCommandAck {
    command = List.copyOf(command);
  }

  @Override
  public int type() {
    return MessageType.MON_COMMAND_ACK;
  }

  @Override
  public Envelope toEnvelope() {
    Encoder to = PaxosHeader.encode(new Encoder(), mapVersion).le32(result).string(status);
    to.list(command, Encoder::string);
    return Envelope.of(type(), 1, 1, tid, to.toByteArray())
        .claimData(BufferList.wrap(output), new byte[0], null);
  }

  public static MMonCommandAck decode(int version, long tid, byte[] front, byte[] data) {
    Decoder from = new Decoder(front);
    long mapVersion = PaxosHeader.decode(from);
    int result = from.le32();
    String status = from.string();
    return new MMonCommandAck(tid, mapVersion, from.list(Decoder::string), result, status, data);
  }

  @Override
  public String toString() {
    return "mon_command_ack(" + command + "=" + result + " " + status + " v" + mapVersion + ")";
  }
}
