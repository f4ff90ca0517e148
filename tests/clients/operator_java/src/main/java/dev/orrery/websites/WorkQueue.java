package dev.orrery.websites;

import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Names that want attention: each at most once, and later after failures. */
final class WorkQueue {
  private static final long DELAY_MIN = 5;
  private static final long DELAY_MAX = 60_000;

  private final LinkedHashSet<String> names = new LinkedHashSet<>();
  private final Map<String, Integer> failures = new HashMap<>();
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(task -> {
    Thread thread = new Thread(task, "queue-timer");
    thread.setDaemon(true);
    return thread;
  });

  synchronized void add(String name) {
    if (names.add(name)) notify();
  }

  synchronized String take() {
    try {
      while (names.isEmpty()) wait();
    } catch (InterruptedException error) {
      throw new IllegalStateException(error);
    }
    Iterator<String> first = names.iterator();
    String name = first.next();
    first.remove();
    return name;
  }

  synchronized void forget(String name) {
    failures.remove(name);
  }

  /** `jitter` is between 0 and 1. Answers the delay in milliseconds. */
  synchronized long addAfterFailure(String name, double jitter) {
    int count = failures.merge(name, 1, Integer::sum);
    long delay = (long) (Math.min(DELAY_MIN << Math.min(count, 20), DELAY_MAX) * (1 + jitter));
    timer.schedule(() -> add(name), delay, TimeUnit.MILLISECONDS);
    return delay;
  }
}
