package dev.countersign.cli;

import dev.countersign.client.Answers;
import dev.countersign.client.OperatorApi;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code countersign profile|authority|event …} */
final class AuthorityCommands {
  private AuthorityCommands() {}

  @Command(
      name = "profile",
      description = "What kinds of certificates there are.",
      synopsisSubcommandLabel = "COMMAND")
  static final class ProfileGroup {}

  @Command(
      name = "authority",
      description = "Roots and issuing CAs.",
      synopsisSubcommandLabel = "COMMAND")
  static final class AuthorityGroup {}

  @Command(
      name = "event",
      description = "What happened, by whom.",
      synopsisSubcommandLabel = "COMMAND")
  static final class EventGroup {}

  static CommandLine profiles(Surroundings s) {
    return new CommandLine(new ProfileGroup())
        .addSubcommand(new ProfileList(s))
        .addSubcommand(new ProfileShow(s));
  }

  static CommandLine authorities(Surroundings s) {
    return new CommandLine(new AuthorityGroup())
        .addSubcommand(new AuthorityList(s))
        .addSubcommand(new AuthorityShow(s));
  }

  static CommandLine events(Surroundings s) {
    return new CommandLine(new EventGroup()).addSubcommand(new EventList(s));
  }

  @Command(name = "list", description = "List the profiles.")
  static final class ProfileList extends OperatorCommand {
    ProfileList(Surroundings surroundings) {
      super(surroundings);
    }

    @Override
    void ask(OperatorApi api, Reply reply) {
      reply.many(
          api.profiles(),
          List.of("NAME", "USAGE", "DEFAULT LIFE", "LONGEST LIFE", "NAMES", "KEYS"),
          p ->
              List.of(
                  p.name(),
                  p.extendedKeyUsage(),
                  Values.spoken(p.defaultLifetime()),
                  Values.spoken(p.maximumLifetime()),
                  p.nameKinds(),
                  p.keyAlgorithms()));
    }
  }

  @Command(name = "show", description = "Show one profile.")
  static final class ProfileShow extends OperatorCommand {
    @Parameters(paramLabel = "NAME")
    String name = "";

    ProfileShow(Surroundings surroundings) {
      super(surroundings);
    }

    @Override
    void ask(OperatorApi api, Reply reply) {
      Answers.Profile p = api.profile(name);
      Map<String, Object> facts = new LinkedHashMap<>();
      facts.put("name", p.name());
      facts.put("key usage", p.keyUsage());
      facts.put("extended key usage", p.extendedKeyUsage());
      facts.put("keys", p.keyAlgorithms());
      facts.put("default life", Values.spoken(p.defaultLifetime()));
      facts.put("longest life", Values.spoken(p.maximumLifetime()));
      facts.put("names", p.nameKinds());
      facts.put("SPIFFE ID", p.spiffeId() ? "yes" : "no");
      facts.put("renew after", Math.round(p.renewAfter() * 100) + " % of the life");
      facts.put("grace", Values.spoken(p.grace()));
      facts.put("copied extensions", p.copiedExtensions());
      reply.one("profile", p, facts);
    }
  }

  @Command(name = "list", description = "List roots and issuing CAs.")
  static final class AuthorityList extends OperatorCommand {
    AuthorityList(Surroundings surroundings) {
      super(surroundings);
    }

    @Override
    void ask(OperatorApi api, Reply reply) {
      reply.many(
          api.authorities(),
          List.of("NAME", "KIND", "STATE", "KEY", "HERE", "NOT AFTER", "SUBJECT"),
          a ->
              List.of(
                  a.name(),
                  a.kind(),
                  a.state(),
                  a.keyAlgorithm(),
                  a.keyPresent() ? "yes" : "no",
                  a.notAfter(),
                  a.subject()));
    }
  }

  @Command(name = "show", description = "Show one root or issuing CA.")
  static final class AuthorityShow extends OperatorCommand {
    @Parameters(paramLabel = "NAME")
    String name = "";

    @Option(names = "--pem", description = "Print its certificate as PEM.")
    boolean pem;

    AuthorityShow(Surroundings surroundings) {
      super(surroundings);
    }

    @Override
    void ask(OperatorApi api, Reply reply) {
      Answers.Authority a = api.authority(name);
      if (pem && !reply.isJson()) {
        reply.text(a.certificate());
        return;
      }
      Map<String, Object> facts = new LinkedHashMap<>();
      facts.put("name", a.name());
      facts.put("kind", a.kind());
      facts.put("state", a.state());
      facts.put("subject", a.subject());
      facts.put("serial", a.serial());
      facts.put("revoked", a.revokedAt());
      facts.put("reason", a.revocationReason());
      facts.put("key", a.keyAlgorithm());
      facts.put("key present", a.keyPresent() ? "yes" : "no");
      facts.put("not before", a.notBefore());
      facts.put("not after", a.notAfter());
      facts.put("pin", a.pin());
      facts.put("CRL number", a.crlNumber());
      reply.one("authority", a, facts);
    }
  }

  @Command(
      name = "list",
      description = {
        "List events, newest first.",
        "Every event has a sequence, a number that grows. To look further back, give --before the"
            + " last one shown; to read on from there later, give --oldest --after the last one"
            + " known."
      })
  static final class EventList extends OperatorCommand {
    // The REST interface gives at most so many at once.
    private static final int LARGEST_PAGE = 1000;

    @Option(names = "--identity", paramLabel = "NAME", description = "Only events about it.")
    @Nullable String identity;

    @Option(names = "--serial", paramLabel = "SERIAL", description = "Only of this certificate.")
    @Nullable String serial;

    @Option(names = "--action", paramLabel = "ACTION", description = "Such as certificate.issued.")
    @Nullable String action;

    @Option(names = "--oldest", description = "Oldest first.")
    boolean oldest;

    @Option(
        names = "--after",
        paramLabel = "SEQUENCE",
        description = "Only events with a greater sequence: what came after that one.")
    @Nullable Long after;

    @Option(
        names = "--before",
        paramLabel = "SEQUENCE",
        description = "Only events with a smaller sequence: what came before that one.")
    @Nullable Long before;

    @Option(
        names = "--limit",
        paramLabel = "N",
        converter = Values.CountConverter.class,
        description = "At most so many: the newest, or with --oldest the oldest. Default: all.")
    Integer limit = Integer.MAX_VALUE;

    EventList(Surroundings surroundings) {
      super(surroundings);
    }

    @Override
    void ask(OperatorApi api, Reply reply) {
      reply.many(
          all(api, filter()),
          List.of("SEQUENCE", "AT", "ACTION", "BY", "IDENTITY", "SERIAL"),
          e ->
              List.of(
                  e.sequence(),
                  e.at(),
                  e.action(),
                  e.actor().kind() + " " + e.actor().name(),
                  e.identity(),
                  e.serial()));
    }

    private Map<String, String> filter() {
      Map<String, String> filter = new LinkedHashMap<>();
      putIf(filter, "identity", identity);
      putIf(filter, "serial", serial);
      putIf(filter, "action", action);
      putIf(filter, "after", after == null ? null : after.toString());
      putIf(filter, "before", before == null ? null : before.toString());
      filter.put("order", oldest ? "oldest" : "newest");
      return filter;
    }

    private List<Answers.Event> all(OperatorApi api, Map<String, String> filter) {
      List<Answers.Event> events = new ArrayList<>();
      Map<String, String> parameters = new LinkedHashMap<>(filter);
      while (true) {
        parameters.put("limit", Integer.toString(Math.min(limit - events.size(), LARGEST_PAGE)));
        Answers.EventPage page = api.events(parameters);
        events.addAll(page.items());
        if (page.next().isEmpty() || page.items().isEmpty() || events.size() >= limit) {
          return events;
        }
        parameters.put(oldest ? "after" : "before", page.next().get().toString());
      }
    }
  }
}
