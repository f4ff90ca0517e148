package main

import (
	"context"
	"fmt"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"
	appslisters "k8s.io/client-go/listers/apps/v1"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/record"
	"k8s.io/client-go/util/workqueue"
)

var (
	sites    = schema.GroupVersionResource{Group: "example.com", Version: "v1", Resource: "websites"}
	siteKind = schema.GroupVersionKind{Group: "example.com", Version: "v1", Kind: "Website"}
)

// A Deployment per Website, and its readiness in the Website's status.
type controller struct {
	client      kubernetes.Interface
	sites       dynamic.NamespaceableResourceInterface
	siteLister  cache.GenericLister
	deployments appslisters.DeploymentLister
	synced      []cache.InformerSynced
	queue       workqueue.TypedRateLimitingInterface[cache.ObjectName]
	recorder    record.EventRecorder
}

func (c *controller) enqueue(object any) {
	if name, err := cache.DeletionHandlingObjectToName(object); err == nil {
		c.queue.Add(name)
	}
}

func (c *controller) enqueueOwner(object any) {
	if gone, ok := object.(cache.DeletedFinalStateUnknown); ok {
		object = gone.Obj
	}
	deployment, ok := object.(*appsv1.Deployment)
	if !ok {
		return
	}
	if owner := metav1.GetControllerOf(deployment); owner != nil && owner.Kind == siteKind.Kind {
		c.queue.Add(cache.NewObjectName(deployment.Namespace, owner.Name))
	}
}

func (c *controller) run(ctx context.Context, workers int) {
	defer c.queue.ShutDown()
	if !cache.WaitForCacheSync(ctx.Done(), c.synced...) {
		return
	}
	for range workers {
		go wait.UntilWithContext(ctx, func(ctx context.Context) {
			for c.work(ctx) {
			}
		}, time.Second)
	}
	<-ctx.Done()
}

func (c *controller) work(ctx context.Context) bool {
	name, isShuttingDown := c.queue.Get()
	if isShuttingDown {
		return false
	}
	defer c.queue.Done(name)
	if err := c.sync(ctx, name); err != nil {
		fmt.Printf("%s %s again after %d: %v\n", time.Now().UTC().Format(time.TimeOnly), name, c.queue.NumRequeues(name), err)
		c.queue.AddRateLimited(name)
		return true
	}
	c.queue.Forget(name)
	return true
}

func (c *controller) sync(ctx context.Context, name cache.ObjectName) error {
	found, err := c.siteLister.ByNamespace(name.Namespace).Get(name.Name)
	if apierrors.IsNotFound(err) {
		return nil
	} else if err != nil {
		return err
	}
	site := found.(*unstructured.Unstructured).DeepCopy()
	deployment, err := c.deployments.Deployments(name.Namespace).Get(name.Name)
	if apierrors.IsNotFound(err) {
		deployment, err = c.client.AppsV1().Deployments(name.Namespace).Create(ctx, deploymentOf(site), metav1.CreateOptions{})
	}
	if err != nil {
		return err
	}
	if !metav1.IsControlledBy(deployment, site) {
		c.recorder.Eventf(site, corev1.EventTypeWarning, "ErrResourceExists", "Deployment %s is not ours", name.Name)
		return fmt.Errorf("deployment %s is not ours", name)
	}
	if wanted := *deploymentOf(site).Spec.Replicas; wanted != *deployment.Spec.Replicas {
		newer := deployment.DeepCopy()
		newer.Spec.Replicas = &wanted
		if deployment, err = c.client.AppsV1().Deployments(name.Namespace).Update(ctx, newer, metav1.UpdateOptions{}); err != nil {
			return err
		}
	}
	ready := int64(deployment.Status.ReadyReplicas)
	if before, isSet, _ := unstructured.NestedInt64(site.Object, "status", "readyReplicas"); isSet && before == ready {
		return nil
	}
	if err := unstructured.SetNestedField(site.Object, ready, "status", "readyReplicas"); err != nil {
		return err
	}
	if _, err = c.sites.Namespace(name.Namespace).UpdateStatus(ctx, site, metav1.UpdateOptions{}); err == nil {
		c.recorder.Eventf(site, corev1.EventTypeNormal, "Synced", "%d ready", ready)
	}
	return err
}

func deploymentOf(site *unstructured.Unstructured) *appsv1.Deployment {
	replicas, _, _ := unstructured.NestedInt64(site.Object, "spec", "replicas")
	image, _, _ := unstructured.NestedString(site.Object, "spec", "image")
	labels, count := map[string]string{"website": site.GetName()}, int32(replicas)
	return &appsv1.Deployment{
		ObjectMeta: metav1.ObjectMeta{Name: site.GetName(), Namespace: site.GetNamespace(),
			OwnerReferences: []metav1.OwnerReference{*metav1.NewControllerRef(site, siteKind)}},
		Spec: appsv1.DeploymentSpec{Replicas: &count, Selector: &metav1.LabelSelector{MatchLabels: labels},
			Template: corev1.PodTemplateSpec{ObjectMeta: metav1.ObjectMeta{Labels: labels},
				Spec: corev1.PodSpec{Containers: []corev1.Container{{Name: "site", Image: image}}}}},
	}
}
