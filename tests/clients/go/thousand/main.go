// An operator at work: it makes a thousand Websites, hears of each by its informer, and reconciles it with ten requests,
// four at a time, as fast as the server answers. It ends when all are done: how long that takes natively and on virtual
// time is compared by tests/bench/reconcile.py.
package main

import (
	"context"
	"fmt"
	"os"
	"sync"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/dynamic/dynamicinformer"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/util/workqueue"
)

const (
	count   = 1000
	workers = 4
	rounds  = 3 // Of a read, a note and a status: with the first read ten requests.
)

var (
	sites = schema.GroupVersionResource{Group: "example.com", Version: "v1", Resource: "websites"}
	notes = schema.GroupVersionResource{Version: "v1", Resource: "configmaps"}
)

func must[T any](result T, err error) T {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	return result
}

func newSite(name string) *unstructured.Unstructured {
	return &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "example.com/v1", "kind": "Website", "metadata": map[string]any{"name": name},
		"spec": map[string]any{"image": "nginx:1", "replicas": int64(1)}}}
}

func reconcile(ctx context.Context, client dynamic.Interface, name string) {
	mine := client.Resource(sites).Namespace("default")
	must(mine.Get(ctx, name, metav1.GetOptions{}))
	for round := range rounds {
		site := must(mine.Get(ctx, name, metav1.GetOptions{}))
		note := &unstructured.Unstructured{Object: map[string]any{"apiVersion": "v1", "kind": "ConfigMap",
			"metadata": map[string]any{"name": fmt.Sprintf("%s-%d", name, round)}, "data": map[string]any{"image": "nginx:1"}}}
		must(client.Resource(notes).Namespace("default").Create(ctx, note, metav1.CreateOptions{}))
		status := fmt.Sprintf(`{"metadata":{"resourceVersion":%q},"status":{"readyReplicas":%d}}`, site.GetResourceVersion(), round)
		must(mine.Patch(ctx, name, types.MergePatchType, []byte(status), metav1.PatchOptions{}, "status"))
	}
}

func main() {
	config := must(clientcmd.BuildConfigFromFlags("", os.Getenv("KUBECONFIG")))
	config.QPS = -1
	client := dynamic.NewForConfigOrDie(config)
	ctx := context.Background()
	queue := workqueue.NewTyped[string]()
	factory := dynamicinformer.NewDynamicSharedInformerFactory(client, 0)
	informer := factory.ForResource(sites).Informer()
	must(informer.AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc: func(added any) { queue.Add(added.(*unstructured.Unstructured).GetName()) }}))
	factory.Start(ctx.Done())
	factory.WaitForCacheSync(ctx.Done())
	var left sync.WaitGroup
	left.Add(count)
	for range workers {
		go func() {
			for {
				name, _ := queue.Get()
				reconcile(ctx, client, name)
				queue.Done(name)
				left.Done()
			}
		}()
	}
	for number := range count {
		must(client.Resource(sites).Namespace("default").Create(ctx, newSite(fmt.Sprintf("site-%04d", number)), metav1.CreateOptions{}))
	}
	left.Wait()
	fmt.Println(count, "reconciled")
}
