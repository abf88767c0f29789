package io.sluice.protocol;

import io.sluice.bufferlist.BufferList;
import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import io.sluice.types.Envelope;
import java.util.List;
import java.util.UUID;

/**
 * A command to the monitor: JSON text, and input as data. (ceph: MMonCommand v1)
 *
 * <pre>
 * paxos header | 16 bytes fsid | le32 n, n x string
 * </pre>
 *
 * @param command one JSON object with "prefix" and arguments, normally
 * @param input the data segment: what {@code ceph -i FILE} gives
 */
public record MMonCommand(long tid, UUID fsid, List<String> command, byte[] input)
    implements Message {
  public MMonCommand {
    command = List.copyOf(command);
  }

  @Override
  public int type() {
    return MessageType.MON_COMMAND;
  }

  @Override
  public Envelope toEnvelope() {
    Encoder to =
        Fsid.encode(PaxosHeader.encode(new Encoder(), 0), fsid).list(command, Encoder::string);
    return Envelope.of(type(), 1, 1, tid, to.toByteArray())
        .claimData(BufferList.wrap(input), new byte[0], null);
  }

  public static MMonCommand decode(int version, long tid, byte[] front, byte[] data) {
    Decoder from = new Decoder(front);
    PaxosHeader.decode(from);
    return new MMonCommand(tid, Fsid.decode(from), from.list(Decoder::string), data);
  }

  @Override
  public String toString() {
    return "mon_command(" + command + ")";
  }
}
