package dev.countersign.server.issuance;

import java.util.function.Supplier;

/**
 * Who was admitted, and the door that can be asked again when what it saw is not so any more.
 *
 * @param byMemory of what was so a while ago: a refusal then means nothing yet
 * @param door gives the applicant as it is then, or refuses it
 */
public record Admitted(Applicant applicant, boolean byMemory, Supplier<Applicant> door) {}
