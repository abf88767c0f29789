package io.sluice.types;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import io.sluice.bufferlist.MalformedInputException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** The addresses of one entity. (ceph: entity_addrvec_t: {@code u8 2 | le32 count | addresses}) */
public record AddrVec(List<EntityAddr> addrs) {
  public static final AddrVec EMPTY = new AddrVec(List.of());

  public AddrVec {
    addrs = List.copyOf(addrs);
  }

  public static AddrVec of(EntityAddr addr) {
    return new AddrVec(List.of(addr));
  }

  /** The first msgr2 address, or {@link EntityAddr#BLANK}. */
  public EntityAddr msgr2() {
    return addrs.stream()
        .filter(a -> a.type() == EntityAddr.MSGR2)
        .findFirst()
        .orElse(EntityAddr.BLANK);
  }

  public void encode(Encoder to) {
    to.u8(2).le32(addrs.size());
    addrs.forEach(addr -> addr.encode(to));
  }

  public static AddrVec decode(Decoder from) {
    int marker = from.u8();
    switch (marker) {
      case 0:
        return ofNonBlank(EntityAddr.decodeLegacy(from));
      case 1:
        return ofNonBlank(EntityAddr.decodeBody(from));
      case 2:
        int count = from.count(7);
        List<EntityAddr> addrs = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
          addrs.add(EntityAddr.decode(from));
        }
        return new AddrVec(addrs);
      default:
        throw new MalformedInputException("address vector with marker " + marker);
    }
  }

  private static AddrVec ofNonBlank(EntityAddr addr) {
    return addr.isBlank() ? EMPTY : of(addr);
  }

  @Override
  public String toString() {
    return addrs.stream().map(EntityAddr::toString).collect(Collectors.joining(",", "[", "]"));
  }
}
