/**
 * Bytes, segments, pipes, checksums, copy accounting and the Linux calls under them. Knows nothing
 * of the rest of Sluice.
 *
 * <h2>The tour</h2>
 *
 * Start at {@link io.sluice.bufferlist.BufferList}: bytes in order, made of segments. A {@link
 * io.sluice.bufferlist.Segment} is memory ({@link io.sluice.bufferlist.MemorySegment}), a pipe that
 * the kernel filled and nobody looked into ({@link io.sluice.bufferlist.PipeSegment}), or a range
 * of a file ({@link io.sluice.bufferlist.FileSegment}). A sink takes the segments one by one and
 * chooses its system call by their kind:
 *
 * <pre>
 *                     memory        pipe            file
 *   to a socket       sendmsg       splice          sendfile
 *   to a disk         pwrite        splice          splice through a pipe
 *   another owner     share         twin (tee)      share
 *   a look            buffer()      map: tee, memfd, mmap, once; counted
 * </pre>
 *
 * {@link io.sluice.bufferlist.SpliceReader} and {@link io.sluice.bufferlist.SpliceWriter} are those
 * two moves, resumable, over any number of pipes, for a loop or a worker:
 *
 * <pre>
 *   socket --splice--> pipe --tee--> twin --splice--> replica's socket
 *   file   --splice--> pipe ------------- --splice--> O_DIRECT file (pages), page cache (a copy)
 *                        |
 *                        +-- slice: tee, and splice the head of the copy to /dev/null
 *                        +-- look:  tee, splice to a memfd (tmpfs file, memory), mmap, once
 * </pre>
 *
 * Their ends are an {@link io.sluice.bufferlist.Endpoint}; they answer with {@link
 * io.sluice.bufferlist.Progress}, or a {@link io.sluice.bufferlist.MoveException} that says what
 * the caller can do. {@link io.sluice.bufferlist.Iovecs} gathers the memory of a list for a call of
 * one's own, {@link io.sluice.bufferlist.BufferFiles} copies lists to and from the JDK's files and
 * channels, {@link io.sluice.bufferlist.LazyBytes} are brought a pipe at a time. Which blocks an
 * O_DIRECT file does not take from a pipe, {@link io.sluice.bufferlist.BadBlockFinder} finds.
 *
 * <p>Bytes that are no payload come and go by {@link io.sluice.bufferlist.BufferAppender} and
 * {@link io.sluice.bufferlist.BufferCursor}; everything else that looks goes through one gate,
 * {@link io.sluice.bufferlist.BufferList#look}, with its reason, and sees a {@link
 * io.sluice.bufferlist.BufferView}. How the bytes lie, {@link io.sluice.bufferlist.Layout} says
 * without looking. What is asked of the kernel, and which test asks it, is in {@code
 * docs/bufferlist.md}.
 *
 * <h2>Who owns what</h2>
 *
 * A list has one owner, who closes it. {@code claim...} takes over what it is given; {@code share},
 * {@code slice} and {@code twin} return another owner's list; everything else only looks. Pipes
 * come from a {@link io.sluice.bufferlist.PipePool}, aligned memory from {@link
 * io.sluice.bufferlist.DirectBuffers}, mapped memory files, which are sent as pages, from a {@link
 * io.sluice.bufferlist.MemfdPool} of {@link io.sluice.bufferlist.MemfdBuffer}s: all are bounded
 * (pipes by {@link io.sluice.bufferlist.PipeBudget}), say null when the bound is reached, and count
 * it. A pipe that holds a byte when its lease ends is closed, never pooled. What the garbage
 * collector does not give back is counted in {@link io.sluice.bufferlist.Resources}; what native
 * libraries have freed goes back to the kernel by {@link io.sluice.bufferlist.NativeHeap}. With
 * {@code -Dsluice.owners=enforce}, as in the tests, a thread that uses what another one owns, and
 * was not handed over, gets a {@link io.sluice.bufferlist.WrongOwnerException}; with a {@link
 * io.sluice.bufferlist.Tripwire} armed, whoever looks unexpectedly gets an {@link
 * io.sluice.bufferlist.UnexpectedInspectionException}.
 *
 * <h2>Looking, and what it costs</h2>
 *
 * <ul>
 *   <li>{@link io.sluice.bufferlist.PipeSegment#map} for a decode or a compare of one pipe: the
 *       pipe stays whole.
 *   <li>{@link io.sluice.bufferlist.MemfdWindow} with a {@link
 *       io.sluice.bufferlist.ChecksumScanner} to check every byte on arrival: a small window,
 *       filled again and again; measured at 16-20 GB/s with hot pages.
 *   <li>{@link io.sluice.bufferlist.CheckedPipes} for pages that will be wanted again: what was
 *       looked at once is held, and need not be looked at the next time.
 *   <li>{@link io.sluice.bufferlist.BufferList#drainPipes} and {@code claimBytes} when the bytes
 *       are wanted in memory for good: gives the pipe back.
 *   <li>{@link io.sluice.bufferlist.ChecksumVector}: not looking at all, because the sender
 *       vouches; its combination by {@link io.sluice.bufferlist.Crc32c#concat} is compared with the
 *       checksum of the whole.
 * </ul>
 *
 * Each of them counts its bytes, by {@link io.sluice.bufferlist.Inspection reason}, in the {@link
 * io.sluice.bufferlist.CopyMeter}, for those who pay and in total.
 *
 * <h2>The kernel</h2>
 *
 * {@link io.sluice.bufferlist.Sys} is the seam for all system calls, {@link
 * io.sluice.bufferlist.Linux} makes them. They return {@code -errno} and never retry: loops belong
 * to the caller, who knows what a short count means. Sizes come from return values only: a pipe has
 * slots, not bytes. A call that failed for good is a {@link
 * io.sluice.bufferlist.SystemCallException}. {@link io.sluice.bufferlist.Encoder} and {@link
 * io.sluice.bufferlist.Decoder} are Ceph's little-endian encoding, over arrays, for everything that
 * is not payload; what Decoder and BufferCursor share is {@link
 * io.sluice.bufferlist.EncodedReader}, and what is malformed a {@link
 * io.sluice.bufferlist.MalformedInputException}.
 */
package io.sluice.bufferlist;
