package dev.countersign.server.access;

import dev.countersign.server.identity.Identity;
import dev.countersign.server.issuance.CertificateRow;

/** Whoever has the key of a certificate of ours, proved in this request. */
public record Holder(CertificateRow certificate, Identity identity) {}
