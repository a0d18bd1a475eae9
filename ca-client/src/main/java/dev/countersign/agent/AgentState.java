package dev.countersign.agent;

import dev.countersign.client.Credential;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What an agent leaves for the next one, and for {@code countersign status}, in {@code agent.json}
 * beside the credential.
 *
 * @param home where the folder was kept last
 * @param hooks by name
 */
public record AgentState(int version, Optional<Home> home, Map<String, HookState> hooks) {
  public static final String FILE = "agent.json";
  static final AgentState NONE = new AgentState(1, Optional.empty(), Map.of());

  /**
   * Where a credential belongs.
   *
   * @param machine as {@link Machine} knows it
   * @param enrollment which the credential came from: another one is no copy
   */
  record Home(String machine, Optional<String> enrollment) {}

  /**
   * How far a hook is.
   *
   * @param of the hook as it was when it was done: another of the same name is not
   * @param done what its program has loaded
   * @param failures how many times it has failed since
   */
  public record HookState(
      Optional<String> of,
      Optional<Marks> done,
      Optional<Instant> doneAt,
      int failures,
      Optional<Instant> failingSince,
      Optional<String> reason) {
    public static final HookState NEW =
        new HookState(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            0,
            Optional.empty(),
            Optional.empty());

    static HookState done(Hook hook, Marks marks, Instant at) {
      return new HookState(
          Optional.of(mark(hook)),
          Optional.of(marks),
          Optional.of(at),
          0,
          Optional.empty(),
          Optional.empty());
    }

    /** Whether its program has loaded all that is in force and matters to it. */
    public boolean isCurrent(Hook hook, Credential credential) {
      return failingSince.isEmpty()
          && isOf(hook)
          && Marks.of(credential).since(done, hook.parts()).isEmpty();
    }

    boolean isOf(Hook hook) {
      return of.equals(Optional.of(mark(hook)));
    }

    private static String mark(Hook hook) {
      return Integer.toHexString(hook.toString().hashCode());
    }

    HookState failed(String why, Instant at) {
      return new HookState(
          of, done, doneAt, failures + 1, failingSince.or(() -> Optional.of(at)), Optional.of(why));
    }
  }

  static FolderFile<AgentState> file(Path folder) {
    return new FolderFile<>(folder.resolve(FILE), AgentState.class);
  }

  public AgentState {
    hooks = Map.copyOf(hooks);
  }

  /** What is said of a folder that comes from elsewhere. */
  public static final String COPIED =
      "This folder was kept on another machine before. If it was moved here for good, say so once:"
          + " countersign agent --moved. If it is a copy, two machines have one private key, and a"
          + " revocation meets both: enrol this one with a string of its own, countersign enroll"
          + " --replace.";

  /**
   * Whether an agent has kept this credential on another machine.
   *
   * @param here which machine this is; if that is not known, nobody can tell
   */
  public boolean isOfAnother(Optional<String> here, Credential credential) {
    return here.isPresent()
        && home.filter(
                was ->
                    !was.machine().equals(here.get())
                        && was.enrollment().equals(credential.info().enrollment()))
            .isPresent();
  }

  /** As the last agent has left it. */
  public static AgentState read(Path folder) {
    return file(folder.toAbsolutePath().normalize()).read().orElse(NONE);
  }

  AgentState with(String hook, HookState state) {
    Map<String, HookState> all = new TreeMap<>(hooks);
    all.put(hook, state);
    return new AgentState(version, home, all);
  }

  AgentState at(Home place) {
    return new AgentState(version, Optional.of(place), hooks);
  }

  public HookState hook(String name) {
    return hooks.getOrDefault(name, HookState.NEW);
  }
}
