/** Cluster maps, placement and the messages that carry them; pure functions and records, no I/O. */
package io.sluice.protocol;
