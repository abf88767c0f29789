/**
 * msgr 2.1: frames, handshake, payload plans and splice, over Netty's event loops. Knows no message
 * by name.
 */
package io.sluice.messenger;
