// Package websites is a controller as people write them with controller-runtime: a Deployment per Website, status,
// events, a finalizer, several workers, and work that comes back after a while. Nothing in it knows of orrery.
package websites

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/tools/events"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller"
	"sigs.k8s.io/controller-runtime/pkg/controller/controllerutil"
)

const finalizer = "example.com/farewell"

// Options of the controller.
type Options struct {
	CheckEvery time.Duration // How often a Website is looked at although nothing happened.
	Jitter     float64       // By which part that may be longer.
	Trouble    float64       // The share of reconciliations that fail by chance, and are tried again with back-off.
}

var websiteKind = schema.GroupVersionKind{Group: "example.com", Version: "v1", Kind: "Website"}

// New is an empty Website.
func New() *unstructured.Unstructured {
	site := &unstructured.Unstructured{}
	site.SetGroupVersionKind(websiteKind)
	return site
}

type reconciler struct {
	client.Client
	recorder events.EventRecorder
	options  Options
}

func (r *reconciler) Reconcile(ctx context.Context, request ctrl.Request) (ctrl.Result, error) {
	site := New()
	if err := r.Get(ctx, request.NamespacedName, site); err != nil {
		return ctrl.Result{}, client.IgnoreNotFound(err)
	}
	if !site.GetDeletionTimestamp().IsZero() {
		return ctrl.Result{}, r.sayFarewell(ctx, site)
	}
	if controllerutil.AddFinalizer(site, finalizer) {
		return ctrl.Result{}, r.Update(ctx, site)
	}
	if rand.Float64() < r.options.Trouble {
		return ctrl.Result{}, fmt.Errorf("as if the world were slow")
	}
	deployment := &appsv1.Deployment{ObjectMeta: metav1.ObjectMeta{Name: site.GetName(), Namespace: site.GetNamespace()}}
	result, err := controllerutil.CreateOrUpdate(ctx, r.Client, deployment, func() error { return r.shape(site, deployment) })
	if err != nil {
		return ctrl.Result{}, err
	}
	if result == controllerutil.OperationResultCreated {
		r.recorder.Eventf(site, nil, corev1.EventTypeNormal, "Deployed", "Create", "made Deployment %s", deployment.Name)
	}
	return ctrl.Result{RequeueAfter: wait.Jitter(r.options.CheckEvery, r.options.Jitter)}, r.report(ctx, site, deployment)
}

func (r *reconciler) shape(site *unstructured.Unstructured, deployment *appsv1.Deployment) error {
	replicas, _, _ := unstructured.NestedInt64(site.Object, "spec", "replicas")
	image, _, _ := unstructured.NestedString(site.Object, "spec", "image")
	labels := map[string]string{"website": site.GetName()}
	wanted := int32(replicas)
	deployment.Spec.Replicas = &wanted
	deployment.Spec.Selector = &metav1.LabelSelector{MatchLabels: labels}
	deployment.Spec.Template.Labels = labels
	if len(deployment.Spec.Template.Spec.Containers) == 0 {
		deployment.Spec.Template.Spec.Containers = []corev1.Container{{Name: "site"}}
	}
	deployment.Spec.Template.Spec.Containers[0].Image = image
	return controllerutil.SetControllerReference(site, deployment, r.Scheme())
}

func (r *reconciler) report(ctx context.Context, site *unstructured.Unstructured, deployment *appsv1.Deployment) error {
	wanted := map[string]any{"readyReplicas": int64(deployment.Status.ReadyReplicas), "checked": time.Now().UTC().Format(time.RFC3339)}
	before, _, _ := unstructured.NestedMap(site.Object, "status")
	if last, err := time.Parse(time.RFC3339, fmt.Sprint(before["checked"])); err == nil && time.Since(last) < r.options.CheckEvery {
		wanted["checked"] = before["checked"]
	}
	if equality.Semantic.DeepEqual(before, wanted) {
		return nil
	}
	site.Object["status"] = wanted
	return r.Status().Update(ctx, site)
}

func (r *reconciler) sayFarewell(ctx context.Context, site *unstructured.Unstructured) error {
	if !controllerutil.ContainsFinalizer(site, finalizer) {
		return nil
	}
	note := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: "farewell-" + site.GetName(), Namespace: site.GetNamespace()}}
	if err := r.Create(ctx, note); err != nil && !apierrors.IsAlreadyExists(err) {
		return err
	}
	controllerutil.RemoveFinalizer(site, finalizer)
	return r.Update(ctx, site)
}

// SetUp adds the controller to a manager.
func SetUp(manager ctrl.Manager, options Options) error {
	reconciler := &reconciler{manager.GetClient(), manager.GetEventRecorder("website-operator"), options}
	return ctrl.NewControllerManagedBy(manager).For(New()).Owns(&appsv1.Deployment{}).
		WithOptions(controller.Options{MaxConcurrentReconciles: 4}).Complete(reconciler)
}
