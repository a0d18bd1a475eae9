package dev.countersign.server;

import dev.countersign.db.FatalHandler;
import java.security.SecureRandom;
import java.util.Map;

/** What comes from outside the program; {@link Wiring#ground} has the real ones. */
record Ground(
    SteadyClock clock, SecureRandom random, Map<String, String> environment, FatalHandler fatal) {}
