package dev.countersign.server;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
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

  /**
   * What is wrong with the addresses on this machine, as it is now.
   *
   * @return a warning for each that it does not have
   * @throws IllegalArgumentException when one is a name that nobody knows
   */
  List<String> odd() throws SocketException {
    List<String> warnings = new ArrayList<>();
    look("--bind", bind, warnings);
    look("--management-bind", managementBind, warnings);
    return warnings;
  }

  private static void look(String option, @Nullable String host, List<String> warnings)
      throws SocketException {
    if (host == null) {
      return;
    }
    InetAddress address;
    try {
      address = InetAddress.getByName(host);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(
          option
              + ": nobody knows the name "
              + host
              + ": give an address of this machine, or 0.0.0.0 for all of them",
          e);
    }
    boolean here =
        address.isAnyLocalAddress()
            || address.isLoopbackAddress()
            || NetworkInterface.getByInetAddress(address) != null;
    if (!here) {
      warnings.add(
          option
              + " "
              + host
              + ": this machine has no such address now, and serve cannot listen there until it"
              + " has; correct it in countersign.yaml if that is not meant.");
    }
  }

  Optional<String> bind() {
    return Optional.ofNullable(bind);
  }

  Optional<String> managementBind() {
    return Optional.ofNullable(managementBind);
  }
}
