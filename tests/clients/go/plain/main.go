// A controller over client-go alone, in the shape of k8s.io/sample-controller, with a Lease: informers
// with a resync, a queue with two rate limits, workers, an event recorder. Nothing in it knows of orrery.
package main

import (
	"context"
	"fmt"
	"os"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/uuid"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/dynamic/dynamicinformer"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/kubernetes/scheme"
	typedcore "k8s.io/client-go/kubernetes/typed/core/v1"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/leaderelection"
	"k8s.io/client-go/tools/leaderelection/resourcelock"
	"k8s.io/client-go/tools/record"
	"k8s.io/client-go/util/workqueue"

	"golang.org/x/time/rate"
)

const resync = 10 * time.Minute

func limiter() workqueue.TypedRateLimiter[cache.ObjectName] {
	return workqueue.NewTypedMaxOfRateLimiter(
		workqueue.NewTypedItemExponentialFailureRateLimiter[cache.ObjectName](5*time.Millisecond, 1000*time.Second),
		&workqueue.TypedBucketRateLimiter[cache.ObjectName]{Limiter: rate.NewLimiter(rate.Limit(50), 300)})
}

func start(ctx context.Context, client kubernetes.Interface, custom dynamic.Interface) {
	broadcaster := record.NewBroadcaster(record.WithContext(ctx))
	broadcaster.StartRecordingToSink(&typedcore.EventSinkImpl{Interface: client.CoreV1().Events("")})
	own := informers.NewSharedInformerFactory(client, resync)
	others := dynamicinformer.NewDynamicSharedInformerFactory(custom, resync)
	siteInformer := others.ForResource(sites)
	c := &controller{
		client: client, sites: custom.Resource(sites), siteLister: siteInformer.Lister(),
		deployments: own.Apps().V1().Deployments().Lister(),
		synced:      []cache.InformerSynced{siteInformer.Informer().HasSynced, own.Apps().V1().Deployments().Informer().HasSynced},
		queue:       workqueue.NewTypedRateLimitingQueue(limiter()),
		recorder:    broadcaster.NewRecorder(scheme.Scheme, corev1.EventSource{Component: "plain-controller"}),
	}
	siteInformer.Informer().AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc: c.enqueue, UpdateFunc: func(_, newer any) { c.enqueue(newer) }, DeleteFunc: c.enqueue})
	own.Apps().V1().Deployments().Informer().AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc: c.enqueueOwner, UpdateFunc: func(_, newer any) { c.enqueueOwner(newer) }, DeleteFunc: c.enqueueOwner})
	own.Start(ctx.Done())
	others.Start(ctx.Done())
	c.run(ctx, 2)
}

func main() {
	config, err := clientcmd.BuildConfigFromFlags("", os.Getenv("KUBECONFIG"))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	client, custom := kubernetes.NewForConfigOrDie(config), dynamic.NewForConfigOrDie(config)
	identity := string(uuid.NewUUID())
	leaderelection.RunOrDie(context.Background(), leaderelection.LeaderElectionConfig{
		Lock: &resourcelock.LeaseLock{LeaseMeta: metav1.ObjectMeta{Namespace: "default", Name: "plain-controller"},
			Client: client.CoordinationV1(), LockConfig: resourcelock.ResourceLockConfig{Identity: identity}},
		LeaseDuration: 15 * time.Second, RenewDeadline: 10 * time.Second, RetryPeriod: 2 * time.Second,
		Callbacks: leaderelection.LeaderCallbacks{
			OnStartedLeading: func(ctx context.Context) {
				fmt.Println(identity, "leads")
				start(ctx, client, custom)
			},
			OnStoppedLeading: func() { os.Exit(1) },
		},
	})
}
