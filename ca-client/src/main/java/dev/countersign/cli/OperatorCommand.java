package dev.countersign.cli;

import dev.countersign.client.Answers.NameLists;
import dev.countersign.client.Answers.Page;
import dev.countersign.client.ClientException;
import dev.countersign.client.Credential;
import dev.countersign.client.CredentialFolder;
import dev.countersign.client.CredentialInfo;
import dev.countersign.client.OperatorApi;
import dev.countersign.client.Patience;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** A command that asks the authority as the operator whose credential is on this machine. */
abstract class OperatorCommand extends BaseCommand {
  // The REST interface gives at most so many at once.
  private static final int LARGEST_PAGE = 1000;

  @Option(
      names = "--url",
      paramLabel = "URL",
      converter = Values.UrlConverter.class,
      description = "Ask this URL instead of those in the credential. May be repeated.")
  List<URI> urls = List.of();

  OperatorCommand(Surroundings surroundings) {
    super(surroundings);
  }

  /** For lists. */
  abstract static class Listing extends OperatorCommand {
    @Option(
        names = "--limit",
        paramLabel = "N",
        converter = Values.CountConverter.class,
        description = "At most so many. Default: all.")
    Integer limit = Integer.MAX_VALUE;

    Listing(Surroundings surroundings) {
      super(surroundings);
    }

    /** Follows the pages. */
    <T> List<T> all(Map<String, String> filter, Function<Map<String, String>, Page<T>> ask) {
      List<T> items = new ArrayList<>();
      Map<String, String> parameters = new LinkedHashMap<>(filter);
      while (true) {
        parameters.put("limit", Integer.toString(Math.min(limit - items.size(), LARGEST_PAGE)));
        Page<T> page = ask.apply(parameters);
        items.addAll(page.items());
        if (page.next().isEmpty() || page.items().isEmpty() || items.size() >= limit) {
          return items;
        }
        parameters.put("cursor", page.next().get());
      }
    }
  }

  @Override
  final ExitCode run(Output output, Progress progress) {
    Path home = surroundings().operatorFolder();
    CredentialFolder folder = CredentialFolder.at(home);
    if (!folder.isUsed()) {
      throw new ClientException(
          ClientException.Kind.LOCAL_FILES,
          "There is no operator's credential in "
              + folder.path()
              + ". Enrol one with the string that an admin, or countersignd init, gave you:"
              + " countersign enroll --operator --string-file FILE. If it is elsewhere, set"
              + " COUNTERSIGN_HOME to its folder.");
    }
    Credential credential = folder.read();
    OperatorApi api =
        OperatorApi.with(
            credential,
            urls,
            Patience.DEFAULT,
            surroundings().clock(),
            surroundings().random(),
            progress);
    Reply reply = new Reply(output, progress, credential.info());
    ask(api, reply);
    return reply.end;
  }

  abstract void ask(OperatorApi api, Reply reply);

  /** Says the answer in the form that was asked for. */
  final class Reply {
    private final Output output;
    private final Progress progress;

    private final CredentialInfo own;
    private ExitCode end = ExitCode.DONE;

    private Reply(Output output, Progress progress, CredentialInfo own) {
      this.output = output;
      this.progress = progress;
      this.own = own;
    }

    /** What the command ends with, once all is said. */
    void endsWith(ExitCode code) {
      end = code;
    }

    boolean isJson() {
      return output.isJson();
    }

    /** One thing: as JSON under its name, else as facts. */
    void one(String name, Record thing, Map<String, ?> facts) {
      progress.close();
      if (output.isJson()) {
        output.document(commandName(), Map.of(name, thing));
      } else {
        output.facts(facts);
      }
    }

    <T extends Record> void many(List<T> items, List<String> heads, Function<T, List<?>> row) {
      progress.close();
      if (output.isJson()) {
        output.document(commandName(), Map.of("items", items));
      } else {
        output.table(heads, items.stream().map(row).toList());
      }
    }

    void json(Map<String, ?> members) {
      progress.close();
      output.document(commandName(), members);
    }

    void data(String line) {
      progress.close();
      output.data(line);
    }

    void text(String text) {
      progress.close();
      output.text(text);
    }

    /** Says that there was nothing to do, when the authority said so. */
    void talkUnless(Optional<Boolean> changed, String sentence) {
      if (changed.isPresent() && !changed.get()) {
        talk(sentence);
      }
    }

    /**
     * Whoever is the last admin locks everybody out with this, and it must be possible: the key may
     * be stolen. So it is done, and said what it means.
     */
    void warnOfOwn(List<String> revoked) {
      if (revoked.contains(own.serial().toString())) {
        progress.close();
        output.warn(
            "that is the certificate which these commands act by, and none of them is allowed with"
                + " it now. For a new one, an admin runs countersign enrollment create "
                + own.identity()
                + " --profile operator; if no admin can act any more, stop the authority and run"
                + " countersignd admin --dir DIR --identity "
                + own.identity()
                + ". Then: countersign enroll --operator --replace");
      }
    }

    void warn(String sentence) {
      progress.close();
      output.warn(sentence);
    }

    void talk(String sentence) {
      progress.close();
      output.talk(sentence);
    }
  }

  static void putIf(Map<String, String> filter, String name, @Nullable String value) {
    if (value != null) {
      filter.put(name, value);
    }
  }

  static List<String> names(NameLists names) {
    return names.all();
  }
}
