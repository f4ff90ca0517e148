package dev.orrery.websites;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElectionConfigBuilder;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaseLock;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;

/** An operator for Websites over fabric8's client: two informers, a queue, workers, a Lease. It knows nothing of orrery. */
public final class Operator {
  private static final String NAMESPACE = "default";
  private static final int WORKERS = 3;
  private static final long RESYNC = Duration.ofMinutes(10).toMillis();
  private static final ResourceDefinitionContext WEBSITES =
      new ResourceDefinitionContext.Builder().withGroup("example.com").withVersion("v1").withKind("Website")
          .withPlural("websites").withNamespaced(true).build();

  private final KubernetesClient client;
  private final WorkQueue queue = new WorkQueue();

  private Operator(KubernetesClient client) {
    this.client = client;
  }

  static void log(String text) {
    System.out.println(Instant.now() + " " + text);
  }

  /** Starts it, and has it try again when it fails: the resource may not be served yet. */
  private <T extends HasMetadata> SharedIndexInformer<T> follow(SharedIndexInformer<T> informer) {
    informer.addEventHandler(new ResourceEventHandler<T>() {
      @Override public void onAdd(T object) {
        queue.add(object.getMetadata().getName());
      }

      @Override public void onUpdate(T before, T after) {
        queue.add(after.getMetadata().getName());
      }

      @Override public void onDelete(T object, boolean isUnknown) {
        queue.add(object.getMetadata().getName());
      }
    });
    informer.exceptionHandler((hasStarted, error) -> true);
    informer.start();
    return informer;
  }

  private void lead() {
    log("leading");
    SharedIndexInformer<GenericKubernetesResource> websites =
        follow(client.genericKubernetesResources(WEBSITES).inNamespace(NAMESPACE).runnableInformer(RESYNC));
    SharedIndexInformer<Deployment> deployments = follow(client.apps().deployments().inNamespace(NAMESPACE).runnableInformer(RESYNC));
    Reconciler reconciler = new Reconciler(client, WEBSITES, websites, deployments);
    for (int count = 0; count < WORKERS; ++count) {
      Thread worker = new Thread(() -> work(reconciler), "worker-" + count);
      worker.setDaemon(true);
      worker.start();
    }
  }

  private void work(Reconciler reconciler) {
    while (true) {
      String name = queue.take();
      try {
        reconciler.reconcile(name);
        queue.forget(name);
      } catch (RuntimeException error) {
        long delay = queue.addAfterFailure(name, ThreadLocalRandom.current().nextDouble());
        log(name + " again in " + delay + " ms: " + error.getMessage());
      }
    }
  }

  private void run() {
    String identity = UUID.randomUUID().toString();
    client.leaderElector()
        .withConfig(new LeaderElectionConfigBuilder().withName("websites").withReleaseOnCancel(true)
            .withLock(new LeaseLock(NAMESPACE, "websites.example.com", identity))
            .withLeaseDuration(Duration.ofSeconds(15)).withRenewDeadline(Duration.ofSeconds(10)).withRetryPeriod(Duration.ofSeconds(2))
            .withLeaderCallbacks(new LeaderCallbacks(this::lead, () -> System.exit(1), leader -> log(leader + " leads"))).build())
        .build().run();
  }

  public static void main(String[] arguments) {
    try (KubernetesClient client = new KubernetesClientBuilder().build()) {
      new Operator(client).run();
    }
  }
}
