// What Go programs do with a cluster through client-go: typed, dynamic and metadata clients, and an informer that lists
// by watching. Ends with status 1 and says why when the cluster behaves otherwise than Kubernetes.
package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	applycore "k8s.io/client-go/applyconfigurations/core/v1"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/metadata"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/util/retry"
)

const namespace = "default"

var configMaps = schema.GroupVersionResource{Version: "v1", Resource: "configmaps"}

func check(ok bool, format string, arguments ...any) {
	if !ok {
		log.Fatalf(format, arguments...)
	}
}

func must[T any](value T, err error) T {
	check(err == nil, "%v", err)
	return value
}

// Create, conflict, retry, apply with its conflict, watch, delete with a precondition.
func typed(ctx context.Context, config *rest.Config) {
	config = rest.CopyConfig(config)
	config.ContentType = "application/vnd.kubernetes.protobuf"
	client := kubernetes.NewForConfigOrDie(config).CoreV1().ConfigMaps(namespace)
	made := must(client.Create(ctx, &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{GenerateName: "typed-"},
		Data: map[string]string{"n": "0"}, BinaryData: map[string][]byte{"b": {0, 255}}}, metav1.CreateOptions{}))
	watcher := must(client.Watch(ctx, metav1.ListOptions{ResourceVersion: made.ResourceVersion,
		FieldSelector: "metadata.name=" + made.Name}))
	newer := must(client.Patch(ctx, made.Name, types.StrategicMergePatchType, []byte(`{"data":{"n":"1"}}`), metav1.PatchOptions{}))
	made.Data["n"] = "2"
	_, err := client.Update(ctx, made, metav1.UpdateOptions{})
	check(apierrors.IsConflict(err), "an update of an old version gave %v", err)
	check(retry.RetryOnConflict(retry.DefaultRetry, func() error {
		newest := must(client.Get(ctx, made.Name, metav1.GetOptions{}))
		newest.Data["n"] = "2"
		_, err := client.Update(ctx, newest, metav1.UpdateOptions{})
		return err
	}) == nil, "a retried update did not succeed")
	for _, want := range []string{newer.Data["n"], "2"} {
		event := <-watcher.ResultChan()
		check(event.Object.(*corev1.ConfigMap).Data["n"] == want, "watched %v, want n=%s", event, want)
	}
	watcher.Stop()
	wanted := applycore.ConfigMap(made.Name, namespace).WithData(map[string]string{"n": "3"})
	_, err = client.Apply(ctx, wanted, metav1.ApplyOptions{FieldManager: "applier"})
	check(apierrors.IsConflict(err), "an apply against another manager gave %v", err)
	applied := must(client.Apply(ctx, wanted, metav1.ApplyOptions{FieldManager: "applier", Force: true}))
	check(applied.Data["n"] == "3" && applied.BinaryData["b"][1] == 255, "applied %v", applied)
	wrong := types.UID("another")
	err = client.Delete(ctx, made.Name, metav1.DeleteOptions{Preconditions: &metav1.Preconditions{UID: &wrong}})
	check(apierrors.IsConflict(err), "a delete of another uid gave %v", err)
	check(client.Delete(ctx, made.Name, metav1.DeleteOptions{}) == nil, "delete")
	_, err = client.Get(ctx, made.Name, metav1.GetOptions{})
	check(apierrors.IsNotFound(err), "a deleted object gave %v", err)
	fmt.Println("typed client: protobuf, conflicts, watch, apply, preconditions")
}

// Pages of a list, and a metadata-only view of the same objects.
func untyped(ctx context.Context, config *rest.Config) {
	client := dynamic.NewForConfigOrDie(config).Resource(configMaps).Namespace(namespace)
	const count = 25
	for i := range count {
		must(client.Create(ctx, &unstructured.Unstructured{Object: map[string]any{"apiVersion": "v1", "kind": "ConfigMap",
			"metadata": map[string]any{"name": fmt.Sprintf("page-%02d", i), "labels": map[string]any{"page": "yes"}}}},
			metav1.CreateOptions{}))
	}
	options, seen, pages := metav1.ListOptions{LabelSelector: "page=yes", Limit: 10}, 0, 0
	for {
		list := must(client.List(ctx, options))
		seen, pages = seen+len(list.Items), pages+1
		if options.Continue = list.GetContinue(); options.Continue == "" {
			break
		}
	}
	check(seen == count && pages == 3, "%d objects on %d pages", seen, pages)
	partial := must(metadata.NewForConfigOrDie(config).Resource(configMaps).Namespace(namespace).List(ctx,
		metav1.ListOptions{LabelSelector: "page=yes"}))
	check(len(partial.Items) == count && partial.Items[0].Labels["page"] == "yes", "metadata: %v", partial.Items[0])
	check(client.DeleteCollection(ctx, metav1.DeleteOptions{}, metav1.ListOptions{LabelSelector: "page=yes"}) == nil, "deletecollection")
	fmt.Println("dynamic and metadata clients: pages, partial objects, deletecollection")
}

// An informer of a client-go that prefers streaming lists: it must sync by a watch with sendInitialEvents.
func informer(ctx context.Context, config *rest.Config) {
	client := kubernetes.NewForConfigOrDie(config)
	factory := informers.NewSharedInformerFactoryWithOptions(client, time.Hour, informers.WithNamespace(namespace))
	shared := factory.Core().V1().ConfigMaps().Informer()
	added, deleted := make(chan string, 100), make(chan string, 100)
	must(shared.AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc:    func(object any) { added <- object.(*corev1.ConfigMap).Name },
		DeleteFunc: func(object any) { deleted <- must(cache.DeletionHandlingMetaNamespaceKeyFunc(object)) },
	}))
	factory.Start(ctx.Done())
	check(cache.WaitForCacheSync(ctx.Done(), shared.HasSynced), "the informer did not sync")
	must(client.CoreV1().ConfigMaps(namespace).Create(ctx, &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: "informed"}}, metav1.CreateOptions{}))
	for name := <-added; name != "informed"; name = <-added {
	}
	check(client.CoreV1().ConfigMaps(namespace).Delete(ctx, "informed", metav1.DeleteOptions{}) == nil, "delete")
	key := <-deleted
	check(key == namespace+"/informed", "told of %s", key)
	fmt.Println("informer: synced by streaming, told of create and delete")
}

func main() {
	log.SetFlags(0)
	config := must(clientcmd.BuildConfigFromFlags("", os.Args[1]))
	config.QPS = -1
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	typed(ctx, config)
	untyped(ctx, config)
	informer(ctx, config)
}
