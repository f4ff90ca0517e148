package dev.orrery.websites;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.Map;

/** A Deployment per Website, and its readiness in the Website's status. */
final class Reconciler {
  private final KubernetesClient client;
  private final ResourceDefinitionContext context;
  private final SharedIndexInformer<GenericKubernetesResource> websites;
  private final SharedIndexInformer<Deployment> deployments;

  Reconciler(KubernetesClient client, ResourceDefinitionContext context, SharedIndexInformer<GenericKubernetesResource> websites,
             SharedIndexInformer<Deployment> deployments) {
    this.client = client;
    this.context = context;
    this.websites = websites;
    this.deployments = deployments;
  }

  void reconcile(String name) {
    String key = "default/" + name;
    GenericKubernetesResource website = websites.getStore().getByKey(key);
    if (website == null) return;
    int replicas = ((Number) website.get("spec", "replicas")).intValue();
    Deployment deployment = deployments.getStore().getByKey(key);
    if (deployment == null) {
      deployment = client.resource(shape(website, replicas)).create();
      Operator.log("made " + name);
    } else if (deployment.getSpec().getReplicas() != replicas) {
      deployment = client.resource(new DeploymentBuilder(deployment).editSpec().withReplicas(replicas).endSpec().build()).update();
    }
    Integer found = deployment.getStatus() == null ? null : deployment.getStatus().getReadyReplicas();
    int ready = found == null ? 0 : found;
    Number before = website.get("status", "readyReplicas");
    if (before != null && before.intValue() == ready) return;
    GenericKubernetesResource newer = new GenericKubernetesResource();
    newer.setApiVersion(website.getApiVersion());
    newer.setKind(website.getKind());
    newer.setMetadata(website.getMetadata());
    newer.setAdditionalProperty("spec", website.get("spec"));
    newer.setAdditionalProperty("status", Map.of("readyReplicas", ready));
    client.genericKubernetesResources(context).inNamespace("default").resource(newer).updateStatus();
  }

  private static Deployment shape(GenericKubernetesResource website, int replicas) {
    String name = website.getMetadata().getName();
    String image = website.get("spec", "image");
    Map<String, String> labels = Map.of("website", name);
    return new DeploymentBuilder()
        .withNewMetadata().withName(name).withNamespace("default")
        .addNewOwnerReference().withApiVersion(website.getApiVersion()).withKind(website.getKind()).withName(name)
        .withUid(website.getMetadata().getUid()).withController(true).endOwnerReference().endMetadata()
        .withNewSpec().withReplicas(replicas).withNewSelector().withMatchLabels(labels).endSelector()
        .withNewTemplate().withNewMetadata().withLabels(labels).endMetadata()
        .withNewSpec().addNewContainer().withName("site").withImage(image).endContainer().endSpec()
        .endTemplate().endSpec().build();
  }
}
