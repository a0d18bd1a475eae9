package dev.countersign.server;

import dev.countersign.server.keys.KeyFiles;
import dev.countersign.server.keys.Passphrase;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code countersignd root}. */
@Command(
    name = "root",
    mixinStandardHelpOptions = true,
    description = "Takes the root key off this machine: first a copy, then the original.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {RootCommand.Export.class, RootCommand.Remove.class})
final class RootCommand {
  private static final String ROOT = "root-1";

  private RootCommand() {}

  /** {@code countersignd root export}. */
  @Command(
      name = "export",
      mixinStandardHelpOptions = true,
      description = "Copies the root's key file, still encrypted under the same passphrase.")
  static final class Export implements Callable<Integer> {
    @Spec private @Nullable CommandSpec spec;
    @Mixin private final HomeOption home = new HomeOption();

    @Option(
        names = "--to",
        paramLabel = "FILE",
        required = true,
        description = "Where to; must not exist.")
    private @Nullable Path to;

    @Override
    public Integer call() throws IOException {
      Path target = given(to).toAbsolutePath();
      try (Opened opened = Opened.of(home)) {
        opened.files.export(ROOT, target, opened.passphrase);
      }
      tell(
          spec,
          "The root key was copied to "
              + target
              + ". When the copy is safe, remove the key here: countersignd root remove "
              + home.again()
              + " --copy "
              + target);
      return ExitCodes.DONE;
    }
  }

  /** {@code countersignd root remove}. */
  @Command(
      name = "remove",
      mixinStandardHelpOptions = true,
      description = {
        "Removes the root's key file, after checking that a copy opens and is the same key.",
        "Everything but signing a new issuing CA works without it."
      })
  static final class Remove implements Callable<Integer> {
    @Spec private @Nullable CommandSpec spec;
    @Mixin private final HomeOption home = new HomeOption();

    @Option(
        names = "--copy",
        paramLabel = "FILE",
        required = true,
        description = "What root export wrote.")
    private @Nullable Path copy;

    @Override
    public Integer call() throws IOException {
      try (Opened opened = Opened.of(home)) {
        opened.files.remove(ROOT, given(copy).toAbsolutePath(), opened.passphrase);
      }
      tell(spec, "The root key is no longer on this machine; keep the copy and its passphrase.");
      return ExitCodes.DONE;
    }
  }

  private static Path given(@Nullable Path path) {
    if (path == null) {
      throw new IllegalStateException("picocli requires it");
    }
    return path;
  }

  private static void tell(@Nullable CommandSpec spec, String text) {
    if (spec != null) {
      spec.commandLine().getErr().println(text);
      spec.commandLine().getErr().flush();
    }
  }

  /** The folder, for this command alone: not while a server has it. */
  private static final class Opened implements AutoCloseable {
    private final HomeLock lock;
    private final KeyFiles files;
    private final Passphrase passphrase;

    private Opened(HomeLock lock, KeyFiles files, Passphrase passphrase) {
      this.lock = lock;
      this.files = files;
      this.passphrase = passphrase;
    }

    static Opened of(HomeOption option) throws IOException {
      Home home = option.home();
      Ground ground = Wiring.ground();
      HomeLock lock = HomeLock.ofAuthority(home);
      try {
        Passphrase passphrase =
            Passphrase.require(option.passphraseFile(), ground.environment(), home.directory());
        return new Opened(lock, new KeyFiles(home.directory(), ground.random()), passphrase);
      } catch (RuntimeException e) {
        lock.close();
        throw e;
      }
    }

    @Override
    public void close() throws IOException {
      lock.close();
    }
  }
}
