package dev.countersign.server.issuance;

import dev.countersign.pki.Names;
import dev.countersign.pki.SerialNumber;
import dev.countersign.server.identity.Identity;
import dev.countersign.server.ledger.Actor;
import java.time.Duration;
import java.util.Optional;

/**
 * Who asks, as a door has proved it.
 *
 * @param previous the certificate that is renewed
 * @param names what was asked for beside the certification request
 * @param lifetime what was asked for instead of the profile's
 */
public record Applicant(
    Identity identity,
    String profile,
    Proof proof,
    Actor actor,
    Optional<SerialNumber> previous,
    Optional<Names> names,
    Optional<Duration> lifetime) {}
