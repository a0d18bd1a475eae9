package dev.countersign.client.doctor;

import dev.countersign.client.PathCheck;
import dev.countersign.client.PathCheck.BrokenPathException;
import dev.countersign.client.PathCheck.Fault;
import dev.countersign.client.Printable;
import dev.countersign.pki.Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A chain that one side shows to the other, which judges it by its roots.
 *
 * @param chain not empty
 * @param shower what the side that shows it has on its disk, if that is known
 * @param judge the same of the other
 * @param spare CA certificates that are known here, and may be what is missing
 */
record Showing(
    Party by,
    List<Certificate> chain,
    Optional<Side> shower,
    Optional<Side> judge,
    List<Certificate> spare,
    Instant now) {

  Certificate leaf() {
    return chain.get(0);
  }

  /** Empty where they are not known. */
  List<Certificate> roots() {
    return judge.map(Side::roots).orElse(List.of());
  }

  /** Who refuses it if it is not right. */
  Party refuser() {
    return by.other();
  }

  /** In a sentence, such as: the server's certificate "CN=orders" (serial 01…). */
  String it() {
    return "the "
        + by.word()
        + "'s certificate \""
        + Printable.line(leaf().subject())
        + "\" (serial "
        + leaf().serial()
        + ")";
  }

  /** The beginning of a sentence. */
  String refusal() {
    return "The " + refuser().word() + " refuses " + it() + ": ";
  }

  /** A command on the machine of the side that shows it. */
  String there(String command) {
    return shower
        .map(side -> "countersign " + command + " --dir " + side.folder())
        .orElse("countersign " + command + ", where the " + by.word() + " runs");
  }

  /** A command on the machine of the side that judges it. */
  String atJudge(String command) {
    return judge
        .map(side -> "countersign " + command + " --dir " + side.folder())
        .orElse("countersign " + command + ", where the " + refuser().word() + " runs");
  }

  Optional<PathCheck.Path> path() {
    return path(List.of());
  }

  /** With other certificates than those that are shown, too. */
  Optional<PathCheck.Path> path(List<Certificate> more) {
    try {
      List<Certificate> all = new ArrayList<>(chain);
      all.addAll(more);
      return Optional.of(PathCheck.path(leaf(), all, roots(), now));
    } catch (BrokenPathException e) {
      return Optional.empty();
    }
  }

  /** What its judge has against it; empty if nothing, or if the roots are not known. */
  Optional<BrokenPathException> broken() {
    if (roots().isEmpty()) {
      return Optional.empty();
    }
    try {
      PathCheck.path(leaf(), chain, roots(), now);
      return Optional.empty();
    } catch (BrokenPathException e) {
      return Optional.of(e);
    }
  }

  boolean leadsNowhere() {
    return broken().filter(e -> e.fault() == Fault.UNKNOWN_ROOT).isPresent();
  }

  /** The last one that the one before it names as its issuer. */
  Certificate top() {
    Certificate top = leaf();
    for (Certificate next : chain.subList(1, chain.size())) {
      if (next.subject().equals(top.issuer())) {
        top = next;
      }
    }
    return top;
  }
}
