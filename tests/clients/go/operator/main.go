// The operator of package websites, with leader election; with --webhooks it also serves and installs its webhooks.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"time"

	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/log/zap"
	"sigs.k8s.io/controller-runtime/pkg/manager"
	"sigs.k8s.io/controller-runtime/pkg/metrics/server"
	"sigs.k8s.io/controller-runtime/pkg/webhook"

	"orrery.dev/tests/clients/go/websites"
)

func run(options websites.Options, manifests string, port int) error {
	ctrl.SetLogger(zap.New())
	settings := ctrl.Options{
		Metrics:                       server.Options{BindAddress: "0"},
		LeaderElection:                true,
		LeaderElectionID:              "websites.example.com",
		LeaderElectionNamespace:       "default",
		LeaderElectionReleaseOnCancel: true,
	}
	var authority []byte
	if manifests != "" {
		folder, certificate, err := selfSigned()
		if err != nil {
			return err
		}
		defer os.RemoveAll(folder)
		authority = certificate
		settings.WebhookServer = webhook.NewServer(webhook.Options{Host: "127.0.0.1", Port: port, CertDir: folder})
	}
	cluster, err := ctrl.NewManager(ctrl.GetConfigOrDie(), settings)
	if err != nil {
		return err
	}
	if manifests != "" {
		websites.SetUpWebhooks(cluster)
		if err := cluster.Add(manager.RunnableFunc(func(ctx context.Context) error {
			return installWebhooks(ctx, cluster, manifests, port, authority)
		})); err != nil {
			return err
		}
	}
	if err := websites.SetUp(cluster, options); err != nil {
		return err
	}
	return cluster.Start(ctrl.SetupSignalHandler())
}

func main() {
	options := websites.Options{}
	flag.DurationVar(&options.CheckEvery, "check-every", 6*time.Hour, "how often a Website is looked at although nothing happened")
	flag.Float64Var(&options.Jitter, "jitter", 0.1, "by which part that may be longer")
	flag.Float64Var(&options.Trouble, "trouble", 0, "the share of reconciliations that fail by chance")
	manifests := flag.String("webhooks", "", "the file with the webhook configurations to serve and install")
	port := flag.Int("webhook-port", 9443, "where webhooks are served")
	flag.Parse()
	if err := run(options, *manifests, *port); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
