package dev.countersign.server.http;

import io.micrometer.core.instrument.MeterRegistry;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;

/**
 * What all listeners of a process share.
 *
 * @param finishWithin how long a stop waits for what was accepted
 */
public record ListenerContext(
    Problems problems,
    Workers workers,
    MeterRegistry meters,
    InstantSource clock,
    SecureRandom random,
    Duration finishWithin) {}
