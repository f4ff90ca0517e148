// Package webhooksuite is the suite of the operator's webhooks as kubebuilder lays it out, unchanged: envtest puts a URL
// and its own authority into the configurations of config/webhook, the manager serves what they name.
package webhooksuite

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/envtest"
	"sigs.k8s.io/controller-runtime/pkg/metrics/server"
	"sigs.k8s.io/controller-runtime/pkg/webhook"

	"orrery.dev/tests/clients/go/websites"
)

var direct client.Client

func waitForServer(options envtest.WebhookInstallOptions) error {
	address := fmt.Sprintf("%s:%d", options.LocalServingHost, options.LocalServingPort)
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		connection, err := tls.DialWithDialer(&net.Dialer{Timeout: time.Second}, "tcp", address, &tls.Config{InsecureSkipVerify: true})
		if err == nil {
			return connection.Close()
		}
		if time.Now().After(deadline) {
			return err
		}
	}
}

func run(m *testing.M) (status int, err error) {
	websites.Consideration = 50 * time.Millisecond
	environment := &envtest.Environment{
		CRDDirectoryPaths:     []string{filepath.Join("..", "config", "crd")},
		ErrorIfCRDPathMissing: true,
		WebhookInstallOptions: envtest.WebhookInstallOptions{Paths: []string{filepath.Join("..", "config", "webhook")}},
	}
	config, err := environment.Start()
	if err != nil {
		return 1, err
	}
	defer func() {
		if stopped := environment.Stop(); err == nil {
			err = stopped
		}
	}()
	if direct, err = client.New(config, client.Options{}); err != nil {
		return 1, err
	}
	hooks := environment.WebhookInstallOptions
	manager, err := ctrl.NewManager(config, ctrl.Options{Metrics: server.Options{BindAddress: "0"},
		WebhookServer: webhook.NewServer(webhook.Options{Host: hooks.LocalServingHost, Port: hooks.LocalServingPort, CertDir: hooks.LocalServingCertDir})})
	if err != nil {
		return 1, err
	}
	websites.SetUpWebhooks(manager)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go func() {
		if err := manager.Start(ctx); err != nil {
			panic(err)
		}
	}()
	if err := waitForServer(hooks); err != nil {
		return 1, err
	}
	return m.Run(), nil
}

func TestMain(m *testing.M) {
	status, err := run(m)
	if err != nil {
		panic(err)
	}
	os.Exit(status)
}

func website(name, image string) *unstructured.Unstructured {
	site := websites.New()
	site.SetName(name)
	site.SetNamespace("default")
	site.Object["spec"] = map[string]any{"image": image}
	return site
}

func TestAWebsiteGetsAnOwner(t *testing.T) {
	site := website("owned", "nginx:1")
	if err := direct.Create(context.Background(), site); err != nil {
		t.Fatal(err)
	}
	if owner := site.GetLabels()["owner"]; owner != "nobody" {
		t.Errorf("want the owner nobody, got %q", owner)
	}
	named := website("named", "nginx:1")
	named.SetLabels(map[string]string{"owner": "jane"})
	if err := direct.Create(context.Background(), named); err != nil || named.GetLabels()["owner"] != "jane" {
		t.Errorf("%v: owner %q", err, named.GetLabels()["owner"])
	}
}

func TestAnImageIsRefusedByWhatTheNamespaceSays(t *testing.T) {
	ctx := context.Background()
	namespace := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: "strict", Annotations: map[string]string{"forbidden": "evil"}}}
	if err := direct.Create(ctx, namespace); err != nil {
		t.Fatal(err)
	}
	site := website("bad", "evil:1")
	site.SetNamespace("strict")
	err := direct.Create(ctx, site)
	want := `admission webhook "image.example.com" denied the request: image evil:1 is forbidden in strict`
	if !apierrors.IsForbidden(err) || err.Error() != want {
		t.Errorf("want %q, got %v", want, err)
	}
	if err := direct.Create(ctx, website("bad", "evil:1"), client.DryRunAll); err != nil {
		t.Errorf("namespace default allows it: %v", err)
	}
}

func note(name, never string) *corev1.ConfigMap {
	return &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: "default", Labels: map[string]string{"never": never}}}
}

func TestWhatNeverAnswersFailsOrIsIgnored(t *testing.T) {
	err := direct.Create(context.Background(), note("fails", "fail"))
	if !apierrors.IsInternalError(err) || !strings.Contains(err.Error(), `failed calling webhook "never-fail.example.com"`) ||
		!strings.Contains(err.Error(), "context deadline exceeded") {
		t.Errorf("want a failed call, got %v", err)
	}
	if err := direct.Create(context.Background(), note("ignored", "ignore")); err != nil {
		t.Error(err)
	}
}
