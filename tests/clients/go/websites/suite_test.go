package websites

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/rest"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/envtest"
	"sigs.k8s.io/controller-runtime/pkg/metrics/server"
)

// As kubebuilder lays it out: one control plane for the suite, found by KUBEBUILDER_ASSETS.
var (
	config *rest.Config
	direct client.Client
)

func TestMain(m *testing.M) {
	environment := &envtest.Environment{
		CRDDirectoryPaths:     []string{filepath.Join("..", "config", "crd")},
		ErrorIfCRDPathMissing: true,
	}
	var err error
	if config, err = environment.Start(); err != nil {
		panic(err)
	}
	if direct, err = client.New(config, client.Options{}); err != nil {
		panic(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	manager, err := ctrl.NewManager(config, ctrl.Options{Metrics: server.Options{BindAddress: "0"}})
	if err != nil {
		panic(err)
	}
	if err := SetUp(manager, Options{CheckEvery: 6 * time.Hour}); err != nil {
		panic(err)
	}
	go func() {
		if err := manager.Start(ctx); err != nil {
			panic(err)
		}
	}()
	status := m.Run()
	cancel()
	if err := environment.Stop(); err != nil {
		panic(err)
	}
	os.Exit(status)
}

func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !holds(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("never: %s", what)
		}
	}
}

func website(name string) *unstructured.Unstructured {
	site := New()
	site.SetName(name)
	site.SetNamespace("default")
	site.Object["spec"] = map[string]any{"image": "nginx:1.27"}
	return site
}

func TestAWebsiteGetsADeployment(t *testing.T) {
	ctx, site := context.Background(), website("first")
	if err := direct.Create(ctx, site); err != nil {
		t.Fatal(err)
	}
	if replicas, _, _ := unstructured.NestedInt64(site.Object, "spec", "replicas"); replicas != 1 {
		t.Errorf("the schema's default was not applied: %v", site.Object["spec"])
	}
	deployment, key := &appsv1.Deployment{}, client.ObjectKeyFromObject(site)
	eventually(t, "the Deployment exists", func() bool { return direct.Get(ctx, key, deployment) == nil })
	if !metav1.IsControlledBy(deployment, site) {
		t.Errorf("the Deployment is not owned: %v", deployment.OwnerReferences)
	}
	if err := direct.Delete(ctx, site); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the finalizer ran", func() bool { return apierrors.IsNotFound(direct.Get(ctx, key, New())) })
	farewell := &corev1.ConfigMap{}
	if err := direct.Get(ctx, client.ObjectKey{Namespace: "default", Name: "farewell-first"}, farewell); err != nil {
		t.Error(err)
	}
	if err := direct.Get(ctx, key, deployment); err != nil {
		t.Errorf("envtest collects no garbage, but the owned Deployment is gone: %v", err)
	}
}

func TestAWrongWebsiteIsRefused(t *testing.T) {
	site := website("wrong")
	site.Object["spec"] = map[string]any{"replicas": int64(-1)}
	err := direct.Create(context.Background(), site)
	if !apierrors.IsInvalid(err) {
		t.Fatalf("want Invalid, got %v", err)
	}
	causes := err.(apierrors.APIStatus).Status().Details.Causes
	if len(causes) != 2 {
		t.Errorf("want two causes, got %v", causes)
	}
}

func TestNothingActsOnObjects(t *testing.T) {
	ctx := context.Background()
	namespace := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: "still"}}
	if err := direct.Create(ctx, namespace); err != nil {
		t.Fatal(err)
	}
	accounts := &corev1.ServiceAccountList{}
	if err := direct.List(ctx, accounts, client.InNamespace("still")); err != nil || len(accounts.Items) != 0 {
		t.Errorf("%v: %v", err, accounts.Items)
	}
	if err := direct.Delete(ctx, namespace); err != nil {
		t.Fatal(err)
	}
	if err := direct.Get(ctx, client.ObjectKeyFromObject(namespace), namespace); err != nil || namespace.Status.Phase != corev1.NamespaceTerminating {
		t.Errorf("%v: phase %q", err, namespace.Status.Phase)
	}
}

func TestUsersAreWhoTheirCertificatesSay(t *testing.T) {
	plane := envtest.Environment{}
	if _, err := plane.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := plane.Stop(); err != nil {
			t.Error(err)
		}
	}()
	user, err := plane.AddUser(envtest.User{Name: "jane", Groups: []string{"system:masters"}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	other, err := client.New(user.Config(), client.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := other.Get(context.Background(), client.ObjectKey{Name: "default"}, &corev1.Namespace{}); err != nil {
		t.Error(err)
	}
	fmt.Println("a second control plane beside the first, with a user of its own")
}
