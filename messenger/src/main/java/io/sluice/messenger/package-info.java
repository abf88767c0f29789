/**
 * msgr 2.1 in crc mode over Netty's event loops: frames, handshake, payload plans and splice. Knows
 * no message by name.
 *
 * <p>Callers see {@link io.sluice.messenger.Messenger}, {@link io.sluice.messenger.Connection} and
 * {@link io.sluice.messenger.Dispatcher}. Inside, along one message that comes in:
 *
 * <pre>
 * EpollListener -> EpollConnection (readiness, life) -> SocketReader (system calls) -> FrameParser (bytes to frames)
 *   -> FrameRouter -> Handshake until it is done, then Dispatcher.plan -> PayloadReceiver
 *        MemoryRun | PipeRun (splice, no byte touched) | IntoRun (the caller's buffer)
 *   -> checksums hold -> Dispatcher.onMessage
 * </pre>
 *
 * and along one that goes out:
 *
 * <pre>
 * Connection.send -> Outbox (priorities) -> FrameLayout (message to parts) -> SocketWriter
 *        Memory: gathered, many to a sendmsg | File: sendfile | Pipe: splice
 * </pre>
 *
 * <p>Between OSDs a {@link io.sluice.messenger.LosslessSession} stands between the layer above and
 * the connection that carries it now: {@link io.sluice.messenger.SessionTable} finds it by the
 * peer's address, {@link io.sluice.messenger.SessionNumbers} decides what becomes of connections
 * that race, {@link io.sluice.messenger.Unacked} keeps what may have to be sent again.
 *
 * <p>Why a payload stays page-aligned on its way is said in {@link io.sluice.messenger.SegmentSize}
 * and {@link io.sluice.messenger.FrameLayout}; every bound is in {@link
 * io.sluice.messenger.MessengerLimits}.
 */
package io.sluice.messenger;
