package io.sluice.benchmarks;

import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import io.sluice.bufferlist.BufferCursor;
import io.sluice.bufferlist.BufferList;
import io.sluice.bufferlist.Inspection;
import io.sluice.bufferlist.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32C;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Small-message operations of a list, of Netty's CompositeByteBuf, and of copying into one
 * ByteBuffer: a message of 16 parts of 64 bytes.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Fork(1)
public class ListBenchmark {
  private static final int PARTS = 16;
  private static final int BYTES = 64;

  private final byte[] part = new byte[BYTES];
  private BufferList list;
  private CompositeByteBuf composite;
  private ByteBuffer buffer;

  @Setup
  public void fill() {
    list = appendList();
    composite = appendComposite();
    buffer = appendBuffer();
  }

  @TearDown
  public void release() {
    list.close();
    composite.release();
  }

  /** A view of each part. */
  private BufferList appendList() {
    BufferList made = new BufferList();
    for (int i = 0; i < PARTS; i++) {
      made.claimAppend(MemorySegment.wrap(ByteBuffer.wrap(part)));
    }
    return made;
  }

  private CompositeByteBuf appendComposite() {
    CompositeByteBuf made = Unpooled.compositeBuffer(PARTS);
    for (int i = 0; i < PARTS; i++) {
      made.addComponent(true, Unpooled.wrappedBuffer(part));
    }
    return made;
  }

  private ByteBuffer appendBuffer() {
    ByteBuffer made = ByteBuffer.allocate(PARTS * BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < PARTS; i++) {
      made.put(part);
    }
    return made.flip();
  }

  @Benchmark
  public long appendViewsList() {
    BufferList made = appendList();
    long length = made.length();
    made.close();
    return length;
  }

  @Benchmark
  public long appendViewsComposite() {
    CompositeByteBuf made = appendComposite();
    long length = made.readableBytes();
    made.release();
    return length;
  }

  @Benchmark
  public long appendCopiesList() {
    BufferList made = new BufferList();
    for (int i = 0; i < PARTS; i++) {
      made.append(part);
    }
    long length = made.length();
    made.close();
    return length;
  }

  @Benchmark
  public long appendCopiesComposite() {
    CompositeByteBuf made = Unpooled.compositeBuffer(PARTS);
    for (int i = 0; i < PARTS; i++) {
      made.writeBytes(part);
    }
    long length = made.readableBytes();
    made.release();
    return length;
  }

  @Benchmark
  public long appendCopiesBuffer() {
    return appendBuffer().remaining();
  }

  @Benchmark
  public long sliceList() {
    BufferList slice = list.slice(100, 500);
    long length = slice.length();
    slice.close();
    return length;
  }

  @Benchmark
  public long sliceComposite() {
    // As a slice of a list is another owner's: with a reference of its own.
    var slice = composite.retainedSlice(100, 500);
    long length = slice.readableBytes();
    slice.release();
    return length;
  }

  @Benchmark
  public long sliceBuffer() {
    byte[] copy = new byte[500];
    buffer.get(100, copy);
    return copy.length;
  }

  @Benchmark
  public long sliceReadList() {
    BufferList slice = list.slice(100, 500);
    BufferCursor cursor = slice.look(Inspection.DECODE).cursor();
    long sum = 0;
    for (int i = 0; i < 500 / 8; i++) {
      sum += cursor.le64();
    }
    slice.close();
    return sum;
  }

  @Benchmark
  public long sliceReadComposite() {
    var slice = composite.retainedSlice(100, 500);
    long sum = 0;
    for (int i = 0; i < 500 / 8; i++) {
      sum += slice.readLongLE();
    }
    slice.release();
    return sum;
  }

  @Benchmark
  public long sliceReadBuffer() {
    byte[] copy = new byte[500];
    buffer.get(100, copy);
    ByteBuffer slice = ByteBuffer.wrap(copy).order(ByteOrder.LITTLE_ENDIAN);
    long sum = 0;
    for (int i = 0; i < 500 / 8; i++) {
      sum += slice.getLong();
    }
    return sum;
  }

  @Benchmark
  public long iterateList() {
    BufferCursor cursor = list.look(Inspection.DECODE).cursor();
    long sum = 0;
    for (int i = 0; i < PARTS * BYTES / 8; i++) {
      sum += cursor.le64();
    }
    return sum;
  }

  @Benchmark
  public long iterateComposite() {
    composite.readerIndex(0);
    long sum = 0;
    for (int i = 0; i < PARTS * BYTES / 8; i++) {
      sum += composite.readLongLE();
    }
    return sum;
  }

  @Benchmark
  public long iterateBuffer() {
    buffer.rewind();
    long sum = 0;
    for (int i = 0; i < PARTS * BYTES / 8; i++) {
      sum += buffer.getLong();
    }
    return sum;
  }

  @Benchmark
  public int crcList() {
    return list.crc32c(-1);
  }

  @Benchmark
  public long crcComposite() {
    CRC32C crc = new CRC32C();
    for (ByteBuffer each : composite.nioBuffers(0, PARTS * BYTES)) {
      crc.update(each);
    }
    return crc.getValue();
  }

  @Benchmark
  public long crcBuffer() {
    CRC32C crc = new CRC32C();
    crc.update(buffer.rewind());
    return crc.getValue();
  }
}
