package io.sluice.types;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;

/** Who speaks: a kind of daemon or client and its number. (ceph: entity_name_t) */
public record EntityName(int type, long number) {
  public static final int MON = 0x01;
  public static final int MDS = 0x02;
  public static final int OSD = 0x04;
  public static final int CLIENT = 0x08;
  public static final int MGR = 0x10;

  public static EntityName mon(long rank) {
    return new EntityName(MON, rank);
  }

  public static EntityName osd(long id) {
    return new EntityName(OSD, id);
  }

  public static EntityName client(long globalId) {
    return new EntityName(CLIENT, globalId);
  }

  /** {@code u8 type | le64 number}. */
  public void encode(Encoder to) {
    to.u8(type).le64(number);
  }

  public static EntityName decode(Decoder from) {
    int type = from.u8();
    return new EntityName(type, from.le64());
  }

  // A record's own equals and hashCode go through method handles, slow until C2 has compiled every
  // caller: keys of maps on the way of each operation say it themselves.

  @Override
  public boolean equals(Object other) {
    return other instanceof EntityName that && type == that.type && number == that.number;
  }

  @Override
  public int hashCode() {
    return type * 31 + Long.hashCode(number);
  }

  /** {@code osd}, {@code client}, ... */
  public static String typeName(int type) {
    return switch (type) {
      case MON -> "mon";
      case MDS -> "mds";
      case OSD -> "osd";
      case CLIENT -> "client";
      case MGR -> "mgr";
      default -> "entity" + type;
    };
  }

  @Override
  public String toString() {
    return typeName(type) + "." + number;
  }
}
