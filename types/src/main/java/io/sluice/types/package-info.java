/**
 * Identities, addresses, epochs and versions with their codecs, and the seams through which logic
 * sees the world.
 */
package io.sluice.types;
