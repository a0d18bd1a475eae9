package dev.countersign.db.crash;

import dev.countersign.db.crash.Recording.Confirmation;
import dev.countersign.db.crash.Recording.Event;
import dev.countersign.db.crash.Recording.Flush;
import dev.countersign.db.crash.Recording.Truncation;
import dev.countersign.db.crash.Recording.Write;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Goes through a recording and cuts the power at chosen moments. All writes of a file that began
 * before a flush that has ended are there; of the others, what the {@link Model} says.
 */
final class PowerCuts {

  /** The files as a power cut left them, and what had been confirmed until then. */
  record Cut(String name, Map<String, Image> files, Set<String> confirmed) {

    void save(Path folder) throws IOException {
      Files.createDirectories(folder);
      for (Map.Entry<String, Image> file : files.entrySet()) {
        file.getValue().save(folder.resolve(file.getKey()));
      }
    }
  }

  private record Waiting(Event event, int at) {}

  /** Looks at one. */
  @FunctionalInterface
  interface Judge {
    void judge(Cut cut) throws Exception;
  }

  private final List<Event> events;
  private final Map<String, Image> flushed = new HashMap<>();
  private final Map<String, List<Waiting>> unflushed = new HashMap<>();
  private final Set<String> confirmed = new HashSet<>();

  /**
   * Cuts in a recording.
   *
   * @param before the files as they were when the recording began
   */
  PowerCuts(Recording recording, Map<String, Path> before) throws IOException {
    this.events = recording.events();
    for (Map.Entry<String, Path> file : before.entrySet()) {
      Image image = new Image();
      image.write(0, Files.readAllBytes(file.getValue()));
      flushed.put(file.getKey(), image);
    }
  }

  /** Cuts in what followed an earlier one. */
  PowerCuts(Recording recording, Cut before) {
    this.events = recording.events();
    before.files().forEach((file, image) -> flushed.put(file, image.copy()));
    confirmed.addAll(before.confirmed());
  }

  /** So many for each model, at random moments at which something was not flushed yet. */
  int each(int count, Random random, Judge judge) throws Exception {
    int[] writes =
        IntStream.range(0, events.size())
            .filter(i -> events.get(i) instanceof Write || events.get(i) instanceof Truncation)
            .toArray();
    Map<Integer, List<Model>> moments = new HashMap<>();
    for (Model model : Model.values()) {
      for (int i = 0; i < count; i++) {
        int moment = writes[random.nextInt(writes.length)] + 1;
        moments.computeIfAbsent(moment, at -> new ArrayList<>()).add(model);
      }
    }
    for (int moment = 0; moment <= events.size(); moment++) {
      if (moment > 0) {
        pass(events.get(moment - 1), moment);
      }
      for (Model model : moments.getOrDefault(moment, List.of())) {
        judge.judge(cut(model + " after event " + moment, model, random));
      }
    }
    return count * Model.values().length;
  }

  private void pass(Event event, int moment) {
    if (event instanceof Write write) {
      waiting(write.file()).add(new Waiting(event, moment - 1));
    } else if (event instanceof Truncation truncation) {
      waiting(truncation.file()).add(new Waiting(event, moment - 1));
    } else if (event instanceof Flush flush) {
      List<Waiting> waiting = waiting(flush.file());
      Image image = flushed.computeIfAbsent(flush.file(), file -> new Image());
      while (!waiting.isEmpty() && waiting.get(0).at() < flush.before()) {
        Model.apply(waiting.remove(0).event(), image);
      }
    } else if (event instanceof Confirmation confirmation) {
      confirmed.add(confirmation.what());
    }
  }

  private List<Waiting> waiting(String file) {
    return unflushed.computeIfAbsent(file, none -> new ArrayList<>());
  }

  private Cut cut(String name, Model model, Random random) {
    Map<String, Image> files = new HashMap<>();
    flushed.forEach((file, image) -> files.put(file, image.copy()));
    unflushed.forEach(
        (file, waiting) -> {
          Image image = files.computeIfAbsent(file, none -> new Image());
          List<Event> lost = waiting.stream().map(Waiting::event).toList();
          for (Event event : model.survivors(lost, image.size(), random)) {
            Model.apply(event, image);
          }
        });
    return new Cut(name, files, Set.copyOf(confirmed));
  }
}
