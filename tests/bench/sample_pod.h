// A running pod of about 2.3 KB, as a kubelet leaves it.
#pragma once

#include <string>

namespace apiserver {

inline std::string SamplePodJson() {
  return R"({"apiVersion":"v1","kind":"Pod","metadata":{"name":"web-6d4b75cb6d-x7k2p","generateName":"web-6d4b75cb6d-","namespace":"default","uid":"0f8fad5b-d9cb-469f-a165-70867728950e","resourceVersion":"12345","generation":1,"creationTimestamp":"2026-01-01T00:00:00Z","labels":{"app":"web","pod-template-hash":"6d4b75cb6d"},"ownerReferences":[{"apiVersion":"apps/v1","kind":"ReplicaSet","name":"web-6d4b75cb6d","uid":"7c9e6679-7425-40de-944b-e07fc1f90ae7","controller":true,"blockOwnerDeletion":true}]},)"
         R"("spec":{"volumes":[{"name":"kube-api-access-abcde","projected":{"sources":[{"serviceAccountToken":{"expirationSeconds":3607,"path":"token"}},{"configMap":{"name":"kube-root-ca.crt","items":[{"key":"ca.crt","path":"ca.crt"}]}}],"defaultMode":420}}],"containers":[{"name":"web","image":"registry.example.com/web:1.2.3","ports":[{"name":"http","containerPort":8080,"protocol":"TCP"}],"env":[{"name":"MODE","value":"production"}],"resources":{"limits":{"cpu":"500m","memory":"256Mi"},"requests":{"cpu":"250m","memory":"128Mi"}},"volumeMounts":[{"name":"kube-api-access-abcde","readOnly":true,"mountPath":"/var/run/secrets/kubernetes.io/serviceaccount"}],"terminationMessagePath":"/dev/termination-log","terminationMessagePolicy":"File","imagePullPolicy":"IfNotPresent"}],"restartPolicy":"Always","terminationGracePeriodSeconds":30,"dnsPolicy":"ClusterFirst","serviceAccountName":"default","serviceAccount":"default","nodeName":"node-1","securityContext":{},"schedulerName":"default-scheduler","tolerations":[{"key":"node.kubernetes.io/not-ready","operator":"Exists","effect":"NoExecute","tolerationSeconds":300}],"priority":0,"enableServiceLinks":true,"preemptionPolicy":"PreemptLowerPriority"},)"
         R"("status":{"phase":"Running","conditions":[{"type":"Ready","status":"True","lastTransitionTime":"2026-01-01T00:00:03Z"},{"type":"PodScheduled","status":"True","lastTransitionTime":"2026-01-01T00:00:01Z"}],"hostIP":"10.0.0.1","podIP":"10.244.0.5","podIPs":[{"ip":"10.244.0.5"}],"startTime":"2026-01-01T00:00:01Z","containerStatuses":[{"name":"web","state":{"running":{"startedAt":"2026-01-01T00:00:03Z"}},"ready":true,"restartCount":0,"image":"registry.example.com/web:1.2.3","started":true}],"qosClass":"Burstable"}})";
}

}  // namespace apiserver
