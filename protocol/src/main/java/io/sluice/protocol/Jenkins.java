package io.sluice.protocol;

/**
 * Robert Jenkins' mixing of three 32-bit words, on which the object name hash and the CRUSH hash
 * are built.
 *
 * <p>The published function (burtleburtle.net/bob/hash/evahash.html, public domain): nine rounds of
 * subtract, subtract, xor with a shift, over the words in turn.
 *
 * <p><b>Threads:</b> one owner; a mixer is three words of state and lives on the stack of one call.
 */
final class Jenkins {
  int a;
  int b;
  int c;

  Jenkins(int a, int b, int c) {
    this.a = a;
    this.b = b;
    this.c = c;
  }

  void mix() {
    a = (a - b - c) ^ (c >>> 13);
    b = (b - c - a) ^ (a << 8);
    c = (c - a - b) ^ (b >>> 13);
    a = (a - b - c) ^ (c >>> 12);
    b = (b - c - a) ^ (a << 16);
    c = (c - a - b) ^ (b >>> 5);
    a = (a - b - c) ^ (c >>> 3);
    b = (b - c - a) ^ (a << 10);
    c = (c - a - b) ^ (b >>> 15);
  }
}
