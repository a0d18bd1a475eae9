package dev.countersign.server;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say on which addresses to listen. */
final class BindOptions {
  @Option(
      names = "--bind",
      paramLabel = "ADDRESS",
      description =
          "Where the https and http listeners listen, such as 127.0.0.1, or 0.0.0.0 for all"
              + " interfaces. init takes, without it, loopback when all host names are of loopback,"
              + " else all interfaces; serve what the configuration says.")
  private @Nullable String bind;

  @Option(
      names = "--management-bind",
      paramLabel = "ADDRESS",
      description =
          "The same for health and metrics, which ask nobody who they are; else loopback.")
  private @Nullable String managementBind;

  Optional<String> bind() {
    return Optional.ofNullable(bind);
  }

  Optional<String> managementBind() {
    return Optional.ofNullable(managementBind);
  }
}
