package dev.countersign.cli;

import dev.countersign.client.Answers;
import dev.countersign.client.ClientException;
import dev.countersign.client.OperatorApi;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Waiting until a revocation has come to those whom it protects. */
final class HeardOptions {
  static final List<String> HEADS =
      List.of("IDENTITY", "SERIAL", "KNOWS UP TO", "HEARD OF", "EXPOSED UNTIL");

  @Option(
      names = "--wait",
      description =
          "Wait until all clients that were heard of in the last 3 minutes have said that they know"
              + " of it, and list those that have not; then the exit code is 11.")
  boolean wait;

  @Option(
      names = "--wait-for",
      paramLabel = "TIME",
      converter = Values.DurationConverter.class,
      description = "With --wait, how long at the most. Default: 30s.")
  Duration longest = Duration.ofSeconds(30);

  /** The revocation, and if it is wanted, who has not heard of it. */
  void report(Answered revocation, OperatorApi api, OperatorCommand.Reply reply) {
    if (!wait || revocation.denials().isEmpty()) {
      reply.one("revocation", revocation.document(), revocation.facts());
      return;
    }
    if (!reply.isJson()) { // it stands, whatever comes of the wait
      reply.one("revocation", revocation.document(), revocation.facts());
    }
    Optional<List<Answers.Unaware>> unaware = unaware(revocation, api, reply);
    if (!unaware.map(List::isEmpty).orElse(false)) {
      reply.endsWith(ExitCode.NOT_HEARD);
    }
    if (reply.isJson()) {
      Map<String, Object> members = new LinkedHashMap<>();
      members.put("revocation", revocation.document());
      unaware.ifPresent(list -> members.put("unaware", list));
      reply.json(members);
    } else {
      unaware.ifPresent(list -> tell(list, reply));
    }
  }

  /** Empty when that cannot be known, which is told. */
  private Optional<List<Answers.Unaware>> unaware(
      Answered revocation, OperatorApi api, OperatorCommand.Reply reply) {
    long denial = revocation.denials().orElseThrow();
    try {
      List<Answers.Unaware> left = api.awaitHeard(denial, longest);
      Optional<Instant> end = left.isEmpty() ? Optional.empty() : revocation.end(api);
      return Optional.of(left.stream().map(one -> until(one, end)).toList());
    } catch (ClientException e) {
      reply.warn(
          "this is revoked, but it is not known which clients have heard of it: "
              + e.getMessage()
              + " To see who has not: countersign certificate unaware --below "
              + denial);
      return Optional.empty();
    }
  }

  private static void tell(List<Answers.Unaware> exposed, OperatorCommand.Reply reply) {
    if (exposed.isEmpty()) {
      reply.talk("All clients that were heard of in the last 3 minutes know of it.");
      return;
    }
    reply.talk(
        exposed.size()
            + (exposed.size() == 1 ? " client has" : " clients have")
            + " not heard of it. Until the time in the last column they may still accept it, by"
            + " the revocation list that they have:");
    reply.many(exposed, HEADS, HeardOptions::row);
  }

  /**
   * What was revoked.
   *
   * @param denials absent in the answer of an older authority
   */
  record Answered(
      Record document, Map<String, ?> facts, List<String> serials, Optional<Long> denials) {
    // The ends of so many are asked for; of more, one may as well last longest
    private static final int FEW = 20;

    /** When the last of it would have ended anyway. */
    Optional<Instant> end(OperatorApi api) {
      return serials.isEmpty() || serials.size() > FEW
          ? Optional.empty()
          : serials.stream()
              .map(serial -> api.certificate(serial).notAfter())
              .max(Instant::compareTo);
    }
  }

  private static Answers.Unaware until(Answers.Unaware one, Optional<Instant> end) {
    Optional<Instant> first =
        end.isPresent() && one.exposedUntil().map(end.get()::isBefore).orElse(true)
            ? end
            : one.exposedUntil();
    return new Answers.Unaware(
        one.serial(),
        one.identity(),
        one.notAfter(),
        one.seenAt(),
        one.denials(),
        one.trustBundle(),
        one.version(),
        first);
  }

  static List<?> row(Answers.Unaware one) {
    return List.of(
        one.identity(),
        one.serial(),
        one.denials().map(Object::toString).orElse(""),
        one.seenAt().map(Object::toString).orElse("never"),
        one.exposedUntil().map(Object::toString).orElse(""));
  }
}
