package io.sluice.types;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import io.sluice.bufferlist.MalformedInputException;
import java.util.Arrays;
import java.util.function.BiConsumer;
import java.util.function.Function;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/** Every identity survives its encoding, and nothing but a typed error comes of a damaged one. */
class IdentityCodecProperties {

  @Provide
  Arbitrary<EntityAddr> addrs() {
    Arbitrary<String> ips =
        Arbitraries.of("127.0.0.1", "10.1.2.3", "0:0:0:0:0:0:0:1", "fe80:0:0:0:1:2:3:4");
    return Combinators.combine(
            Arbitraries.of(EntityAddr.LEGACY, EntityAddr.MSGR2, EntityAddr.ANY),
            Arbitraries.integers(),
            ips,
            Arbitraries.integers().between(0, 65535))
        .as(EntityAddr::new);
  }

  @Provide
  Arbitrary<ObjectId> objects() {
    return Combinators.combine(
            Arbitraries.longs().between(0, 1000),
            Arbitraries.strings().ofMaxLength(8),
            Arbitraries.strings().ofMaxLength(40),
            Arbitraries.integers())
        .as((pool, namespace, name, hash) -> ObjectId.head(pool, namespace, "", name, hash));
  }

  @Property
  void addressesSurvive(@ForAll("addrs") EntityAddr addr) {
    roundTrip(addr, EntityAddr::encode, EntityAddr::decode);
    roundTrip(AddrVec.of(addr), AddrVec::encode, AddrVec::decode);
  }

  @Property
  void objectIdsSurvive(@ForAll("objects") ObjectId id) {
    roundTrip(id, ObjectId::encode, ObjectId::decode);
  }

  @Property
  void versionsAndIdsSurvive(@ForAll int a, @ForAll long b, @ForAll @IntRange(max = 255) int kind) {
    roundTrip(new EVersion(a, b), EVersion::encode, EVersion::decode);
    roundTrip(new PgId(b, a), PgId::encode, PgId::decode);
    roundTrip(new UTime(a, kind), UTime::encode, UTime::decode);
    roundTrip(new RequestId(new EntityName(kind, b), b, a), RequestId::encode, RequestId::decode);
  }

  @Property
  void damageIsATypedError(
      @ForAll("addrs") EntityAddr addr,
      @ForAll("objects") ObjectId id,
      @ForAll int at,
      @ForAll byte to) {
    damaged(addr, EntityAddr::encode, EntityAddr::decode, at, to);
    damaged(AddrVec.of(addr), AddrVec::encode, AddrVec::decode, at, to);
    damaged(id, ObjectId::encode, ObjectId::decode, at, to);
  }

  @Property
  void truncationIsATypedError(
      @ForAll("objects") ObjectId id, @ForAll @IntRange(min = 1, max = 30) int cut) {
    Encoder encoder = new Encoder();
    id.encode(encoder);
    byte[] whole = encoder.toByteArray();
    byte[] part = Arrays.copyOf(whole, whole.length - cut);
    assertThatThrownBy(() -> ObjectId.decode(new Decoder(part)))
        .isInstanceOf(MalformedInputException.class);
  }

  private static <T> void roundTrip(
      T value, BiConsumer<T, Encoder> encode, Function<Decoder, T> decode) {
    Encoder encoder = new Encoder();
    encode.accept(value, encoder);
    Decoder decoder = new Decoder(encoder.toByteArray());
    assertThat(decode.apply(decoder)).isEqualTo(value);
    assertThat(decoder.remaining()).isZero();
  }

  private static <T> void damaged(
      T value, BiConsumer<T, Encoder> encode, Function<Decoder, T> decode, int at, byte to) {
    Encoder encoder = new Encoder();
    encode.accept(value, encoder);
    byte[] bytes = encoder.toByteArray();
    bytes[Math.floorMod(at, bytes.length)] = to;
    try {
      decode.apply(new Decoder(bytes));
    } catch (MalformedInputException expected) {
      assertThat(expected).hasMessageNotContaining("null");
    }
  }
}
