package dev.countersign.db;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jdbi.v3.core.Handle;

/** Units that wait for the same commit with the same writer. */
final class UnitSet<U, T> implements Work {

  /** A unit that may be written in a set; alone it is a set of one. */
  static final class Member<U, T> extends Pending<T> {
    private final SetWriter<U, T> writer;
    private final U unit;

    Member(SetWriter<U, T> writer, U unit) {
      super(handle -> one(writer.run(handle, List.of(unit))), false);
      this.writer = writer;
      this.unit = unit;
    }

    private static <T> T one(List<Verdict<T>> verdicts) {
      Verdict<T> verdict = verdicts.get(0);
      verdict
          .refusal()
          .ifPresent(
              refusal -> {
                throw refusal;
              });
      return Objects.requireNonNull(verdict.result());
    }
  }

  private final SetWriter<U, T> writer;
  private final List<Member<U, T>> members = new ArrayList<>();

  private UnitSet(SetWriter<U, T> writer) {
    this.writer = writer;
  }

  /**
   * Single units in their order, and then the sets. A set may lock the rows of many, and what locks
   * few, or the guard, should not come after it: others would wait for both.
   */
  static List<Work> arranged(List<Pending<?>> group) {
    List<Work> works = new ArrayList<>();
    Map<SetWriter<?, ?>, UnitSet<?, ?>> sets = new IdentityHashMap<>();
    List<UnitSet<?, ?>> inOrder = new ArrayList<>();
    for (Pending<?> pending : group) {
      if (pending instanceof Member<?, ?> member) {
        UnitSet<?, ?> set = sets.get(member.writer);
        if (set == null) {
          set = new UnitSet<>(member.writer);
          sets.put(member.writer, set);
          inOrder.add(set);
        }
        set.add(member);
      } else {
        works.add(pending);
      }
    }
    works.addAll(inOrder);
    return works;
  }

  @SuppressWarnings("unchecked") // has the same writer, and so the same types
  private void add(Member<?, ?> member) {
    members.add((Member<U, T>) member);
  }

  @Override
  public boolean run(Handle handle) {
    List<Verdict<T>> verdicts =
        writer.run(handle, members.stream().map(member -> member.unit).toList());
    if (verdicts.size() != members.size()) {
      throw new IllegalStateException(
          verdicts.size() + " verdicts on " + members.size() + " units");
    }
    boolean anyDone = false;
    for (int i = 0; i < members.size(); i++) {
      Verdict<T> verdict = verdicts.get(i);
      Member<U, T> member = members.get(i);
      if (verdict.refusal().isPresent()) {
        member.failed(verdict.refusal().get());
      } else {
        member.succeeded(verdict.result());
        anyDone = true;
      }
    }
    return anyDone;
  }

  @Override
  public List<? extends Work> parts() {
    return members;
  }

  @Override
  public void failed(Throwable thrown) {
    members.forEach(member -> member.failed(thrown));
  }
}
