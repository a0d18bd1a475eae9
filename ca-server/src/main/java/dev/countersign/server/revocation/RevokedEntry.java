package dev.countersign.server.revocation;

import dev.countersign.pki.SerialNumber;
import dev.countersign.server.issuance.Denial;

/** One line of a CRL. */
public record RevokedEntry(SerialNumber serial, Denial denial) {}
