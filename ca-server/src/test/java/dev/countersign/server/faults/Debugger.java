package dev.countersign.server.faults;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.jdi.Bootstrap;
import com.sun.jdi.Location;
import com.sun.jdi.Method;
import com.sun.jdi.ReferenceType;
import com.sun.jdi.ThreadReference;
import com.sun.jdi.VMDisconnectedException;
import com.sun.jdi.VirtualMachine;
import com.sun.jdi.connect.Connector;
import com.sun.jdi.connect.IllegalConnectorArgumentsException;
import com.sun.jdi.connect.ListeningConnector;
import com.sun.jdi.event.BreakpointEvent;
import com.sun.jdi.event.ClassPrepareEvent;
import com.sun.jdi.event.Event;
import com.sun.jdi.event.EventSet;
import com.sun.jdi.request.BreakpointRequest;
import com.sun.jdi.request.ClassPrepareRequest;
import com.sun.jdi.request.EventRequest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Stops threads of a JVM where a method begins, so that the JVM can be killed between two steps
 * whose code knows nothing of it.
 */
final class Debugger {
  private static final long PATIENCE_SECONDS = 60;

  private final ListeningConnector connector;
  private final Map<String, Connector.Argument> arguments;
  private final String address;
  private final BlockingQueue<ThreadReference> stopped = new LinkedBlockingQueue<>();
  private final Map<String, Place> awaited = new ConcurrentHashMap<>();

  /**
   * Where to stop.
   *
   * @param method its name
   * @param thread how the names of the threads begin that are to stop there
   */
  record Place(String type, String method, String thread) {}

  private Debugger(
      ListeningConnector connector, Map<String, Connector.Argument> arguments, String address) {
    this.connector = connector;
    this.arguments = arguments;
    this.address = address;
  }

  static Debugger listen() throws IOException, IllegalConnectorArgumentsException {
    ListeningConnector connector =
        Bootstrap.virtualMachineManager().listeningConnectors().stream()
            .filter(one -> one.name().equals("com.sun.jdi.SocketListen"))
            .findFirst()
            .orElseThrow();
    Map<String, Connector.Argument> arguments = connector.defaultArguments();
    value(arguments, "localAddress", "127.0.0.1");
    value(arguments, "port", "0");
    return new Debugger(connector, arguments, connector.startListening(arguments));
  }

  private static void value(Map<String, Connector.Argument> arguments, String name, String value) {
    Objects.requireNonNull(arguments.get(name), name).setValue(value);
  }

  /** The option with which a JVM comes here. */
  String option() {
    return "-agentlib:jdwp=transport=dt_socket,server=n,suspend=n,address=" + address;
  }

  /** Takes the JVM that was started with the option. */
  Session attach() throws IOException, IllegalConnectorArgumentsException {
    VirtualMachine machine = connector.accept(arguments);
    connector.stopListening(arguments);
    Session session = new Session(machine);
    Thread events = new Thread(session::work, "debugger");
    events.setDaemon(true);
    events.start();
    return session;
  }

  /** One JVM, until it dies. */
  final class Session {
    private final VirtualMachine machine;
    private final Set<Location> locations = ConcurrentHashMap.newKeySet();

    private Session(VirtualMachine machine) {
      this.machine = machine;
    }

    void stopAt(List<Place> places) {
      for (Place place : places) {
        awaited.put(place.type(), place);
        ClassPrepareRequest loading = machine.eventRequestManager().createClassPrepareRequest();
        loading.addClassFilter(place.type());
        loading.setSuspendPolicy(EventRequest.SUSPEND_EVENT_THREAD);
        loading.enable();
        machine.classesByName(place.type()).forEach(type -> stopIn(type, place));
      }
    }

    private void stopIn(ReferenceType type, Place place) {
      List<Method> methods =
          type.methodsByName(place.method()).stream()
              .filter(method -> !method.isAbstract() && !method.isPrivate())
              .toList();
      assertThat(methods).as("%s in %s", place, type).isNotEmpty();
      for (Method method : methods) {
        if (!locations.add(method.location())) {
          continue; // found loaded, and told of as being loaded
        }
        BreakpointRequest request =
            machine.eventRequestManager().createBreakpointRequest(method.location());
        request.setSuspendPolicy(EventRequest.SUSPEND_EVENT_THREAD);
        request.enable();
      }
    }

    /** The threads that stand still, as soon as there are so many that were not given before. */
    List<ThreadReference> awaitStopped(int count) throws InterruptedException {
      List<ThreadReference> threads = new ArrayList<>();
      while (threads.size() < count) {
        ThreadReference thread = stopped.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        assertThat(thread).as("stopped, of %s, are only %s", count, threads).isNotNull();
        threads.add(thread);
      }
      return threads;
    }

    void release(List<ThreadReference> threads) {
      threads.forEach(ThreadReference::resume);
    }

    /** Stops nobody any more; who stands still stays so. */
    void stopNobodyElse() {
      awaited.clear();
      locations.clear();
      machine.eventRequestManager().deleteAllBreakpoints();
    }

    private void work() {
      try {
        while (true) {
          EventSet events = machine.eventQueue().remove();
          if (!stays(events)) {
            events.resume();
          }
        }
      } catch (VMDisconnectedException e) {
        // Killed, as it was meant to be
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    private boolean stays(EventSet events) {
      boolean stays = false;
      for (Event event : events) {
        if (event instanceof ClassPrepareEvent loaded) {
          Place place = awaited.get(loaded.referenceType().name());
          if (place != null) {
            stopIn(loaded.referenceType(), place);
          }
        } else if (event instanceof BreakpointEvent reached) {
          Place place = awaited.get(reached.location().declaringType().name());
          ThreadReference thread = reached.thread();
          if (place != null && thread.name().startsWith(place.thread())) {
            stopped.add(thread);
            stays = true;
          }
        }
      }
      return stays;
    }
  }
}
