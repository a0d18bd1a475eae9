package dev.countersign.server;

import dev.countersign.db.sealed.BlockCheck;
import dev.countersign.server.verification.Finding;
import dev.countersign.server.verification.Findings;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What {@code verify} has found.
 *
 * @param unreadable why the database could not even be opened
 * @param blocks of the embedded database; of one that cannot be opened also those not in use
 * @param pageChecksums whether PostgreSQL has them
 * @param rows empty when the blocks are damaged: then no row can be relied on
 */
record VerifyReport(
    Optional<String> unreadable,
    Optional<BlockCheck.Report> blocks,
    Optional<Boolean> pageChecksums,
    Optional<Findings.Report> rows) {

  static VerifyReport unreadable(String why, Optional<BlockCheck.Report> blocks) {
    return new VerifyReport(Optional.of(why), blocks, Optional.empty(), Optional.empty());
  }

  static VerifyReport damaged(BlockCheck.Report blocks) {
    return new VerifyReport(
        Optional.empty(), Optional.of(blocks), Optional.empty(), Optional.empty());
  }

  static VerifyReport read(
      Optional<BlockCheck.Report> blocks, Optional<Boolean> checksums, Findings.Report rows) {
    return new VerifyReport(Optional.empty(), blocks, checksums, Optional.of(rows));
  }

  boolean whole() {
    return rows.filter(report -> report.findings() == 0).isPresent();
  }

  Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("whole", whole());
    unreadable.ifPresent(why -> json.put("unreadable", why));
    blocks.ifPresent(
        report ->
            json.put(
                "blocks",
                Map.of(
                    "read",
                    report.read(),
                    "damaged",
                    report.damaged(),
                    "firstDamaged",
                    report.first())));
    pageChecksums.ifPresent(on -> json.put("pageChecksums", on));
    rows.ifPresent(
        report -> {
          json.put("rows", new TreeMap<>(report.rows()));
          json.put("findings", report.findings());
          json.put("firstFindings", report.first());
        });
    return json;
  }

  String forPeople() {
    List<String> lines = new ArrayList<>();
    unreadable.ifPresent(lines::add);
    blocks.ifPresent(report -> lines.add(line(report)));
    pageChecksums.ifPresent(
        on ->
            lines.add(
                on
                    ? "PostgreSQL reads its pages against checksums."
                    : "PostgreSQL has no checksums of its pages (data_checksums is off): turn them"
                        + " on with pg_checksums while it is stopped."));
    rows.ifPresent(
        report -> {
          lines.add("Rows read: " + counts(report.rows()) + ".");
          report.first().stream().map(Finding::toString).forEach(lines::add);
          if (report.findings() > report.first().size()) {
            lines.add("… and " + (report.findings() - report.first().size()) + " more");
          }
        });
    lines.add(
        whole()
            ? "The database is whole."
            : "The database is damaged: put it aside and restore the newest backup.");
    return String.join("\n", lines);
  }

  private static String line(BlockCheck.Report report) {
    String read = String.format(Locale.ROOT, "Blocks of 4 KiB read: %,d", report.read());
    return report.damaged() == 0
        ? read + ", each as it was written."
        : read
            + String.format(Locale.ROOT, ", %,d of them damaged: ", report.damaged())
            + report.first().stream().map(String::valueOf).collect(Collectors.joining(", "))
            + (report.damaged() > report.first().size() ? ", …" : ".");
  }

  private static String counts(Map<String, Long> rows) {
    return new TreeMap<>(rows)
        .entrySet().stream()
            .map(each -> String.format(Locale.ROOT, "%s %,d", each.getKey(), each.getValue()))
            .collect(Collectors.joining(", "));
  }
}
