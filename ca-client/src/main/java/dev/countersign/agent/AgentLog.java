package dev.countersign.agent;

import java.nio.file.Path;

/** Where an agent says what happens, each in a sentence, with a word for programs. */
public interface AgentLog {
  /** How much it matters. */
  enum Level {
    INFO,
    WARN,
    ERROR
  }

  /**
   * One event.
   *
   * @param event a word such as {@code renewed}
   */
  void say(Level level, Path folder, String event, String sentence);
}
