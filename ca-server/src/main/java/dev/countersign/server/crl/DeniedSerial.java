package dev.countersign.server.crl;

import dev.countersign.pki.RevocationReason;
import dev.countersign.pki.SerialNumber;

/** That this certificate is not to be trusted now. */
public record DeniedSerial(SerialNumber serial, RevocationReason reason) {}
