package dev.countersign.cli;

import dev.countersign.client.Answers;
import dev.countersign.client.OperatorApi;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What an operator asks of all clients at once. */
final class HearingCommands {
  private HearingCommands() {}

  @Command(
      name = "unaware",
      description = "List the live certificates whose users have not heard of a denial.")
  static final class Unaware extends OperatorCommand.Listing {
    @Option(
        names = "--below",
        paramLabel = "NUMBER",
        converter = Values.CountConverter.class,
        description = "The number of the denial. Default: the newest.")
    @Nullable Integer below;

    @Option(
        names = "--connected",
        description = "Only those that were heard of in the last 3 minutes.")
    boolean connected;

    @Option(names = "--identity", paramLabel = "NAME")
    @Nullable String identity;

    Unaware(Surroundings surroundings) {
      super(surroundings);
    }

    @Override
    void ask(OperatorApi api, Reply reply) {
      Map<String, String> filter = new LinkedHashMap<>();
      putIf(filter, "below", below == null ? null : below.toString());
      putIf(filter, "connected", connected ? "true" : null);
      putIf(filter, "identity", identity);
      reply.many(all(filter, api::unaware), HeardOptions.HEADS, HeardOptions::row);
    }
  }

  @Command(
      name = "call-in",
      description = {
        "Have certificates renewed early: what was issued up to now.",
        "Clients that ask the authority for their window do it within the time, one after the other."
      })
  static final class CallIn extends OperatorCommand {
    @Option(names = "--serial", paramLabel = "SERIAL", description = "This one.")
    @Nullable String serial;

    @Option(names = "--identity", paramLabel = "NAME", description = "All of this identity.")
    @Nullable String identity;

    @Option(names = "--issuer", paramLabel = "NAME", description = "All of this issuing CA.")
    @Nullable String issuer;

    @Option(
        names = "--within",
        paramLabel = "TIME",
        converter = Values.DurationConverter.class,
        description = "Default: 1h.")
    @Nullable Duration within;

    CallIn(Surroundings surroundings) {
      super(surroundings);
    }

    @Override
    void ask(OperatorApi api, Reply reply) {
      if ((serial == null ? 0 : 1) + (identity == null ? 0 : 1) + (issuer == null ? 0 : 1) != 1) {
        throw new UsageException("Give one of --serial, --identity and --issuer.");
      }
      Answers.RenewalCall call =
          api.callForRenewal(
              new Answers.RenewalCallRequest(
                  Optional.ofNullable(serial),
                  Optional.ofNullable(identity),
                  Optional.ofNullable(issuer),
                  Optional.ofNullable(within).map(Duration::toString)));
      Map<String, Object> facts = new LinkedHashMap<>();
      facts.put(call.kind(), call.name());
      facts.put("called at", call.calledAt());
      facts.put("within", Values.spoken(call.within()));
      reply.one("renewalCall", call, facts);
    }
  }
}
